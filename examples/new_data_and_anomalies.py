"""
New data, and odd data
======================

A VAE is a distribution over rows: draw some that might have been measured, and ask of others how probable they are.
What is improbable is an anomaly, though the model has never seen one.
"""

# %%
# Benign tumours are what is normal here; malignant ones come only to be judged. ``score_samples`` is the log-likelihood
# of each row, as that of PCA.
import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_breast_cancer
from sklearn.decomposition import PCA, FactorAnalysis
from sklearn.metrics import RocCurveDisplay
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skvae import VAETransformer
from skvae.likelihoods import Gaussian

data = load_breast_cancer(as_frame=True)
X, is_malignant = data.data, data.target == 0
train, normal = train_test_split(X[~is_malignant], test_size=0.4, random_state=0)
models = {
    "PCA": make_pipeline(StandardScaler(), PCA(5)),
    "factor analysis": make_pipeline(StandardScaler(), FactorAnalysis(5)),
    "VAE": make_pipeline(StandardScaler(), VAETransformer(5, likelihood=Gaussian("per_feature"), random_state=0)),
}
judged = np.vstack([normal, X[is_malignant]])
is_odd = np.repeat([False, True], [len(normal), is_malignant.sum()])
figure, axes = plt.subplots(1, 2, figsize=(10, 4), layout="constrained")
for name, model in models.items():
    nats = model.fit(train.to_numpy()).score_samples(judged)
    RocCurveDisplay.from_predictions(is_odd, -nats, name=name, ax=axes[0])
    benign, malignant = np.median(nats[~is_odd]), np.median(nats[is_odd])
    print(f"{name}: benign tumours have {benign:.0f} nats, malignant ones {malignant:.0f} (medians)")
bins = np.linspace(-150, 0, 40)
for odd, label in {False: "benign, held out", True: "malignant, never seen"}.items():
    axes[1].hist(np.clip(nats[is_odd == odd], -150, None), bins, alpha=0.6, label=label)
axes[1].set(xlabel="log-likelihood of the VAE (nats; below -150 at the edge)", ylabel="tumours")
axes[1].legend()

# %%
# Malignant nuclei are odd to all three. What finds more of them than PCA does is a variance for each feature, which
# factor analysis has as well: the VAE knows benign tumours better, by 2 nats, but finds no more malignant ones.
#
# ``sample`` draws rows, from the prior of the codes and with the noise of the likelihood. The area grows with the
# square of the radius: the VAE draws the bend, factor analysis a straight line.
drawn = {"measured": train.to_numpy()}
for name in ("factor analysis", "VAE"):
    scaler, model = models[name][0], models[name][-1]
    if name == "VAE":
        rows = model.sample(len(train), random_state=0)
    else:
        rows = np.random.default_rng(0).multivariate_normal(model.mean_, model.get_covariance(), len(train))
    drawn[f"drawn from {name}"] = scaler.inverse_transform(rows)
i, j = X.columns.get_loc("mean radius"), X.columns.get_loc("mean area")
figure, axes = plt.subplots(1, 3, figsize=(11, 3.8), sharex=True, sharey=True, layout="constrained")
for ax, (name, table) in zip(axes, drawn.items(), strict=True):
    ax.plot(table[:, i], table[:, j], ".", alpha=0.5)
    ax.set(title=name, xlabel="mean radius")
axes[0].set_ylabel("mean area")
