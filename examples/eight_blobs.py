"""
An autoencoder beside PCA, in 20 lines
======================================

A well-known notebook: eight blobs in nine features and a column of noise, in two dimensions, by PCA and by an
autoencoder 10-8-6-2-6-8-10 with tanh, 50 epochs of SGD. Which code shows the blobs? The silhouette of k-means tells,
and how well its clusters are the blobs (adjusted Rand index).
"""

import numpy as np
from sklearn.cluster import KMeans
from sklearn.datasets import make_blobs
from sklearn.decomposition import PCA
from sklearn.metrics import adjusted_rand_score, silhouette_score
from sklearn.preprocessing import MinMaxScaler

from skvae import AutoencoderTransformer
from skvae.metrics import reconstruction_error

X, y = make_blobs(30_000, 9, centers=8, cluster_std=2, random_state=0)
X = MinMaxScaler().fit_transform(np.hstack([X, np.random.default_rng(0).random((len(X), 1))]))
notebook = {"encoder": (8, 6), "activation": "tanh", "init": "random", "optimizer": "sgd", "learning_rate": 0.01}
models = {
    "PCA": PCA(2),
    "autoencoder of the notebook": AutoencoderTransformer(**notebook, batch_size=64, epochs=50, random_state=0),
    "autoencoder, defaults": AutoencoderTransformer(epochs=50, random_state=0),
}
for name, model in models.items():
    Z = model.fit_transform(X)
    clusters = KMeans(8, random_state=0).fit_predict(Z)
    code, features = (silhouette_score(V, clusters, sample_size=5000, random_state=0) for V in (Z, X))
    error, found = reconstruction_error(X, model.inverse_transform(Z)), adjusted_rand_score(y, clusters)
    print(
        f"{name:28} error {error:.3f}, silhouette {code:.2f} ({features:.2f} in the features), blobs found {found:.2f}"
    )
