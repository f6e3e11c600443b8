"""
A proteomics table with held-out samples
========================================

Thousands of proteins, few samples, missing values, two groups: where do samples fall that the model has never seen?
"""

# %%
# 60 samples with 3000 proteins, in logarithms; 300 proteins differ between the groups, a tenth of the cells is missing.
# The table is generated here; ``skvae.datasets.read_table`` reads your own.
import numpy as np
import pandas as pd
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skvae import VAETransformer
from skvae.metrics import centroid_distance_test, nearest_neighbor_accuracy
from skvae.plot import LatentSpaceDisplay
from skvae.preprocessing import MeanImputer

rng = np.random.default_rng(0)
y = np.repeat(["normal", "tumour"], 30)
X = 25 + 2 * rng.normal(size=3000) + rng.normal(size=(60, 3000))
X[y == "tumour", :300] += rng.choice([-1, 1], 300)
X[rng.random(X.shape) < 0.1] = np.nan
X = pd.DataFrame(X, columns=[f"protein{i}" for i in range(3000)])

# %%
# A quarter of the samples is held out. Means and scales come from the others alone, as all steps are in the pipeline.
train, test, y_train, y_test = train_test_split(X, y, test_size=0.25, stratify=y, random_state=0)
model = make_pipeline(MeanImputer(), StandardScaler(), VAETransformer(2, random_state=0))
Z_train = model.set_output(transform="pandas").fit_transform(train)
Z_test = model.transform(test)
LatentSpaceDisplay.from_estimator(model, X, y, held_out=X.index.isin(test.index))

# %%
# The held-out samples (dark edges) fall among their own kind. Are the groups apart beyond chance? Labels permuted among
# the held-out codes say how far groups of this size are apart by accident.
print("neighbours among the training samples tell", nearest_neighbor_accuracy(Z_train, y_train, Z_test, y_test))
print(centroid_distance_test(Z_test, y_test, random_state=0))
