"""
What does a latent variable mean?
=================================

Two latent variables stand for thirty measurements of cell nuclei. Which measurements move with which of them, which
differ between benign and malignant, and would another seed have told the same?
"""

from matplotlib.figure import Figure
from sklearn.datasets import load_breast_cancer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skvae import VAETransformer
from skvae.inspection import group_contrast, latent_stability, loadings, top_features
from skvae.plot import LoadingsDisplay, TraversalDisplay

data = load_breast_cancer(as_frame=True)
X, y = data.data, data.target_names[data.target]
model = make_pipeline(StandardScaler(), VAETransformer(2, random_state=0)).fit(X)

# In standard deviations of the measurement per standard deviation of the latent variable.
print(top_features(loadings(model, X), n_features=4).round(2).to_string(index=False))

# As the decoder sees the groups, and as they were observed, in units of the data.
print(group_contrast(model, X, y, groups=["malignant", "benign"]).head(5).round(2).to_string(index=False))

# Trust what stays with other seeds.
print(latent_stability(model, X, n_repeats=3, random_state=0))

figure = Figure(figsize=(11, 7.5), layout="constrained")
above, below = figure.subfigures(2, 1)
LoadingsDisplay.from_estimator(model, X, ax=above.subplots(1, 2))
for i, axis in enumerate(below.subplots(1, 2)):
    TraversalDisplay.from_estimator(model, X, i, n_features=4, ax=axis)
figure.savefig("skvae-example-meaning.png", dpi=150)
print("Picture: skvae-example-meaning.png")
