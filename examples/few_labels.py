"""
Few labels, many samples
========================

Labels are dear, samples are cheap. Codes are learned from all samples without labels, and a classifier from the few
codes that have one. Does it help?
"""

# %%
# 1797 handwritten digits, of which 1 to 20 of each kind have a label. The nearest labelled neighbour decides: among the
# pixels, or in codes of two or ten numbers.
import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_digits
from sklearn.decomposition import PCA
from sklearn.feature_selection import VarianceThreshold
from sklearn.model_selection import train_test_split
from sklearn.neighbors import KNeighborsClassifier

from skvae import VAETransformer

X, y = load_digits(return_X_y=True)
X = VarianceThreshold(0.1).fit_transform(X)
train, test, y_train, y_test = train_test_split(X, y, test_size=0.3, random_state=0, stratify=y)
models = {
    "PCA, 2": PCA(2),
    "VAE, 2": VAETransformer(2, random_state=0),
    "PCA, 10": PCA(10),
    "VAE, 10": VAETransformer(10, random_state=0),
}
features = {name: (model.fit_transform(train), model.transform(test)) for name, model in models.items()}
features["pixels"] = train, test

# %%
# Which digits have the labels is drawn 10 times; the bars are the standard deviation over these.
sizes = [1, 2, 5, 10, 20]
figure, ax = plt.subplots(figsize=(7, 4.4), layout="constrained")
for (name, (Z_train, Z_test)), style in zip(features.items(), ["s--", "s-", "o--", "o-", "x:"], strict=True):
    accuracies = np.empty((len(sizes), 10))
    for i, n_labels in enumerate(sizes):
        for k in range(10):
            rng = np.random.default_rng(k)
            labelled = [rng.choice(np.flatnonzero(y_train == digit), n_labels, replace=False) for digit in range(10)]
            labelled = np.concatenate(labelled)
            nearest = KNeighborsClassifier(1).fit(Z_train[labelled], y_train[labelled])
            accuracies[i, k] = nearest.score(Z_test, y_test)
    mean = accuracies.mean(axis=1)
    ax.errorbar(sizes, mean, accuracies.std(axis=1), fmt=style, capsize=3, label=name)
    print(f"{name:8}", dict(zip(sizes, mean.round(2).tolist(), strict=True)))
ax.set(
    xscale="log", xticks=sizes, xticklabels=sizes, xlabel="labels of each digit", ylabel="accuracy on held-out digits"
)
ax.minorticks_off()
ax.legend()

# %%
# Where two numbers must do, for a map or to save room, those of the VAE are worth far more than PCA's. Where ten may
# be kept, nothing is gained: the pixels themselves, and ten components of PCA, are at least as good. Samples without
# labels help only as far as the codes that they give are better than what was there.
