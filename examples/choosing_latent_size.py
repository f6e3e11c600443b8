"""
How many latent variables?
==========================

More latent variables always reconstruct better. Held-out likelihood asks whether they are worth it, and the KL
divergence shows which of them are used.
"""

# %%
# A table whose answer is known: 12 features that follow three hidden variables along curves, and noise.
import matplotlib.pyplot as plt
import numpy as np
from sklearn.decomposition import PCA
from sklearn.model_selection import train_test_split

from skvae import VAETransformer
from skvae.metrics import reconstruction_error

rng = np.random.default_rng(0)
hidden = rng.normal(size=(1200, 3))
curves = np.tanh(hidden @ rng.normal(size=(3, 12))) + 0.5 * (hidden @ rng.normal(size=(3, 12)))
train, test = train_test_split(curves + 0.2 * rng.normal(size=curves.shape), random_state=0)

sizes = [1, 2, 3, 4, 6, 8]
likelihood, lost, used = {"PCA": [], "VAE": []}, {"PCA": [], "VAE": []}, []
for k in sizes:
    models = {"PCA": PCA(k).fit(train), "VAE": VAETransformer(k, encoder=(32,), epochs=150, random_state=0).fit(train)}
    for name, model in models.items():
        likelihood[name].append(model.score(test))
        decoded = model.inverse_transform(model.transform(test))
        lost[name].append(reconstruction_error(test, decoded, baseline=train.mean(axis=0)))
    used.append(models["VAE"].kl_per_component_)

# %%
# The VAE's likelihood is highest at three, the number that the table was made with; PCA, which cannot follow the
# curves, gains a little with each further component. So does its lost variance, which says nothing about when to stop.
# Of more than three latent variables the VAE uses three, and the others hold a third of a nat at most.
figure, axes = plt.subplots(1, 3, figsize=(12, 3.8), layout="constrained")
for name, marker in {"PCA": "s", "VAE": "o"}.items():
    axes[0].plot(sizes, likelihood[name], marker=marker, label=name)
    axes[1].plot(sizes, lost[name], marker=marker, label=name)
axes[0].set(xlabel="latent variables", ylabel="held-out log-likelihood (nats)")
axes[1].set(xlabel="latent variables", ylabel="lost variance (share)", ylim=(0, None))
axes[0].legend()
for k, nats in zip(sizes, used, strict=True):
    axes[2].plot(np.full(k, k), nats, "o", color="tab:orange", alpha=0.6)
axes[2].set(xlabel="latent variables", ylabel="nats in each of them", ylim=(0, None))
for k, nats in zip(sizes, used, strict=True):
    print(k, "latent variables hold", np.sort(nats)[::-1].round(2), "nats")
