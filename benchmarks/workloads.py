"""The workloads: their sizes, their data, and ours and scikit-learn's way to run them."""

import warnings
from typing import NamedTuple

import numpy as np
from sklearn.datasets import make_blobs
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPRegressor
from sklearn.preprocessing import MinMaxScaler

from skvae import AutoencoderTransformer, VAETransformer
from skvae.networks import Conv, Dense, Recurrent


class Workload(NamedTuple):
    """Size of a table and of its training."""

    n_samples: int
    n_features: int
    batch_size: int
    epochs: int

    def __str__(self):
        """Return the size of the table."""
        return f"{self.n_samples}x{self.n_features}"


#: W1 to W3 train the paper's fully connected network, W5 the notebook's small autoencoder.
FULL = {
    "w1": Workload(60_000, 784, 128, 2),
    "w2": Workload(200, 64, 32, 100),
    "w3": Workload(54, 7744, 32, 6),
    "w5": Workload(30_000, 10, 64, 2),
    "networks": Workload(6_000, 784, 128, 2),
}
#: The same, small enough to see that the scripts run; their ratios mean nothing.
QUICK = {
    "w1": Workload(1_000, 784, 128, 2),
    "w2": Workload(200, 64, 32, 5),
    "w3": Workload(54, 1000, 32, 3),
    "w5": Workload(1_000, 10, 64, 2),
    "networks": Workload(300, 784, 128, 2),
}


def uniform_table(workload, n_samples=None):
    """Draw a table of values in [0, 1]."""
    shape = n_samples or workload.n_samples, workload.n_features
    return np.random.default_rng(0).random(shape, np.float32)


def blobs_table(workload):
    """Make the notebook's table: eight blobs and one column of noise, scaled to [0, 1]."""
    X, _ = make_blobs(workload.n_samples, workload.n_features - 1, centers=8, cluster_std=2, random_state=0)
    noise = np.random.default_rng(0).random((workload.n_samples, 1))
    return MinMaxScaler().fit_transform(np.hstack([X, noise])).astype(np.float32)


def vae(workload, **changes):
    """Return our model of the paper's fully connected network."""
    parameters = {
        "encoder": (120, 120, 16),
        "decoder": Dense((1.0,)),
        "likelihood": "bernoulli",
        "init": "random",
        "learning_rate": 1e-3,
        "batch_size": workload.batch_size,
        "epochs": workload.epochs,
        "random_state": 0,
    }
    return VAETransformer(2, **parameters | changes)


def small_autoencoder(workload):
    """Return our model of the notebook's autoencoder."""
    return AutoencoderTransformer(
        2,
        encoder=(8, 6),
        activation="tanh",
        init="random",
        optimizer="sgd",
        learning_rate=0.01,
        batch_size=workload.batch_size,
        epochs=workload.epochs,
        random_state=0,
    )


def small_vae(workload):
    """Return our variational model with the same layers."""
    shared = small_autoencoder(workload).get_params(deep=False)
    known = VAETransformer().get_params(deep=False)
    return VAETransformer(**{name: value for name, value in shared.items() if name in known})


#: One of each kind of network, for rows of 784 features.
NETWORKS = {
    "Dense, batch normalization, dropout": Dense((120, 120, 16), dropout=0.2, normalization="batch"),
    "Conv": Conv((32, 64), hidden_layer_sizes=(16,)),
    "Recurrent": Recurrent(32, (28, 28)),
}


def network(workload, name):
    """Return our plain autoencoder with a network."""
    return AutoencoderTransformer(
        2,
        encoder=NETWORKS[name],
        init="random",
        learning_rate=1e-3,
        batch_size=workload.batch_size,
        epochs=workload.epochs,
        random_state=0,
    )


def fit_perceptron(X, workload):
    """Train scikit-learn's perceptron with the layers of the notebook's autoencoder on its own input."""
    perceptron = MLPRegressor(
        hidden_layer_sizes=(8, 6, 2, 6, 8),
        activation="tanh",
        solver="sgd",
        momentum=0.0,
        alpha=0.0,
        learning_rate_init=0.01,
        batch_size=workload.batch_size,
        max_iter=workload.epochs,
        n_iter_no_change=workload.epochs,
        random_state=0,
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        return perceptron.fit(X, X)
