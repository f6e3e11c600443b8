"""Small models and what tests ask of them."""

from skvae import VAETransformer


def small(**changes):
    """Make an estimator that trains in a moment."""
    return VAETransformer(**({"n_components": 2, "encoder": (8,), "epochs": 20, "random_state": 0} | changes))


def batches(X, size):
    """Cut rows into batches; the last may be smaller."""
    return [X[i : i + size] for i in range(0, len(X), size)]


def weights_of(model):
    """List the weights of a fitted model."""
    return [w for named in model._weights.values() for w in named.values()]
