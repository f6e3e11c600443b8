"""
A proteomics table with held-out samples
========================================

Thousands of proteins, few samples, missing values, two groups: where do samples fall that the model has never seen? The
table is generated here; ``skvae.datasets.read_table`` reads your own.
"""

import numpy as np
import pandas as pd
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skvae import VAETransformer
from skvae.metrics import centroid_distance_score, nearest_neighbor_accuracy
from skvae.preprocessing import MeanImputer

# 60 samples, 3000 proteins, log2 intensities; 300 proteins differ between the groups, a tenth of the cells is missing.
rng = np.random.default_rng(0)
y = np.repeat(["normal", "tumour"], 30)
X = 25 + 2 * rng.normal(size=3000) + rng.normal(size=(60, 3000))
X[y == "tumour", :300] += rng.choice([-1, 1], 300)
X[rng.random(X.shape) < 0.1] = np.nan
X = pd.DataFrame(X, columns=[f"protein{i}" for i in range(3000)])

train, test, y_train, y_test = train_test_split(X, y, test_size=0.25, stratify=y, random_state=0)
model = make_pipeline(MeanImputer(), StandardScaler(), VAETransformer(2, random_state=0))
Z_train = model.set_output(transform="pandas").fit_transform(train)
Z_test = model.transform(test)

print(Z_test.assign(group=y_test).round(2).to_string())
print("Nearest-neighbour accuracy:", nearest_neighbor_accuracy(Z_train, y_train, Z_test, y_test))
print("Distance of the groups, in pooled standard deviations:", centroid_distance_score(Z_test, y_test, scale="pooled"))
