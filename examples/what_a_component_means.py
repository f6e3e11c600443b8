"""
What does a latent variable mean?
=================================

Two latent variables stand for thirty measurements of cell nuclei. Which measurements move with which of them, which
differ between benign and malignant, and would another seed have told the same?
"""

# %%
# Loadings are the mean slope of what the decoder gives, in standard deviations of the measurement per standard
# deviation of the latent variable. For PCA they would be the correlations of measurement and component.
import matplotlib.pyplot as plt
from sklearn.datasets import load_breast_cancer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skvae import VAETransformer
from skvae.inspection import group_contrast, latent_stability, loadings, top_features
from skvae.plot import LoadingsDisplay, TraversalDisplay

data = load_breast_cancer(as_frame=True)
X, y = data.data, data.target_names[data.target]
model = make_pipeline(StandardScaler(), VAETransformer(2, random_state=0)).fit(X)
print(top_features(loadings(model, X), n_features=4).round(2).to_string(index=False))

# %%
# The first latent variable is size and how dented the outline is, the second how rough and irregular a nucleus is
# beyond what goes with its size.
LoadingsDisplay.from_estimator(model, X)

# %%
# A slope is an average. What is decoded on the way shows where a measurement hardly moves, or turns round.
figure, axes = plt.subplots(1, 2, figsize=(12, 4), layout="constrained")
for i, ax in enumerate(axes):
    TraversalDisplay.from_estimator(model, X, i, n_features=4, ax=ax)

# %%
# How do the groups differ, as the decoder sees them (``difference``, in units of the data) and as they were observed?
# Where the two disagree, the codes have lost it.
print(group_contrast(model, X, y, groups=["malignant", "benign"]).head(5).round(2).to_string(index=False))

# %%
# Trust what stays with other seeds: only where *matched* is high may a single latent variable be given a name.
print(latent_stability(model, X, n_repeats=3, random_state=0))
