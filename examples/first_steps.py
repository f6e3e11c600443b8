"""
First steps
===========

A variational autoencoder where PCA would stand: fit it, look at the codes, ask what it keeps and how sure it is.
"""

# %%
# Thirty measurements of the cell nuclei of 569 tumours, in units of their own. As for PCA, the columns are brought to
# one scale first, and as with PCA, that is a step of a pipeline.
import matplotlib.pyplot as plt
from sklearn.datasets import load_breast_cancer
from sklearn.decomposition import PCA
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skvae import VAETransformer
from skvae.plot import LatentSpaceDisplay

data = load_breast_cancer(as_frame=True)
X, y = data.data, data.target_names[data.target]
train, test, y_train, y_test = train_test_split(X, y, random_state=0, stratify=y)

model = make_pipeline(StandardScaler(), VAETransformer(n_components=2, random_state=0))
Z = model.set_output(transform="pandas").fit(train).transform(test)
print(Z.head(3).round(2).to_string())

# %%
# ``score`` is the log-likelihood of a row in nats, on the scale of scikit-learn's PCA: the two can be compared. The
# rows are those that neither has seen.
pca = make_pipeline(StandardScaler(), PCA(n_components=2)).fit(train)
print(f"PCA {pca.score(test):.2f}, VAE {model.score(test):.2f} nats per sample")

# %%
# The labels took no part in the fit. Dots with a dark edge are the tumours that were held out: they fall where those of
# their kind lie. The axes of the VAE need no scaling, as its codes have about unit variance; those of PCA have units.
figure, axes = plt.subplots(1, 2, figsize=(10, 4.4), layout="constrained")
held_out = X.index.isin(test.index)
for ax, (name, fitted) in zip(axes, {"PCA": pca, "VAE": model}.items(), strict=True):
    LatentSpaceDisplay.from_estimator(fitted, X, y, held_out=held_out, ax=ax)
    ax.set_title(name)

# %%
# What PCA has not: how much each latent variable tells about a row (in nats; below 0.01 it would be unused), and for
# each row how sure the encoder is. Both latent variables are in use here, and the codes are known to a fraction of
# their spread.
vae = model[-1]
mean, std = vae.posterior(model[:-1].transform(test))
print("nats by latent variable:", vae.kl_per_component_.round(2))
print("spread of the codes:", mean.std(axis=0).round(2), "and uncertainty of one:", std.mean(axis=0).round(2))

# %%
# Codes become measurements again, in units of the table. Two numbers keep much of the radius, and hardly anything of
# the symmetry.
decoded = model.inverse_transform(Z)
for name in ["mean radius", "mean symmetry"]:
    column = X.columns.get_loc(name)
    print(f"{name}: measured {test[name].iloc[:4].tolist()}, decoded {decoded[:4, column].round(2).tolist()}")
