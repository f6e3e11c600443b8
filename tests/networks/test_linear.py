"""The linear paths beside the networks."""

import numpy as np
import pytest
from keras import ops

from skvae.networks import Inputs
from skvae.networks._linear import PlainPath, PosteriorPath, posterior

D, K = 6, 3


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def posterior_of(x, known, loadings, precisions, center):
    """Condition the latent variables of one row on its known values, by the joint normal distribution."""
    x, center, W = x[known], center[known], loadings[:, known]
    covariance = np.linalg.inv(np.diag(1 / precisions[known]) + W.T @ W)
    mean = W @ covariance @ (x - center)
    return mean, np.linalg.inv(np.eye(len(W)) - W @ covariance @ W.T)


@pytest.mark.parametrize("n_covariates", [0, 2])
@pytest.mark.parametrize("backend", ["numpy", "keras"])
def test_posterior_is_that_of_each_row_by_itself(rng, backend, n_covariates):
    path = PosteriorPath(Inputs(D, True, n_covariates), K)
    weights = {name: rng.normal(size=weight.shape) for name, weight in path.weights().items()}
    loadings, log_precisions, offsets = (weights[f"linear/{n}"] for n in ("loadings", "log_precisions", "offsets"))
    x, C = rng.normal(size=(20, D)), rng.random((20, n_covariates))
    known = rng.random((20, D)) < 0.6
    known[0], known[1] = True, False
    inputs = np.hstack([np.where(known, x, 0.0), known, C])
    heads = [rng.normal(size=(20, K)) for _ in range(2)]
    if backend == "numpy":
        mean, log_variance = path.apply(weights, inputs, heads)
        tolerance = 1e-9
    else:
        import keras

        tensors = [keras.Input((n,)) for n in (inputs.shape[1], K, K)]
        outputs, variables = path.connect(tensors[0], tensors[1:])
        for name, variable in variables.items():
            variable.assign(weights[name])
        model = keras.Model(tensors, outputs)
        mean, log_variance = (np.asarray(v) for v in model([np.float32(v) for v in (inputs, *heads)]))
        tolerance = 2e-4
    for i in range(20):
        center = offsets[0] + C[i] @ offsets[1:]
        expected, precision = posterior_of(x[i], known[i], loadings, np.exp(log_precisions), center)
        np.testing.assert_allclose(mean[i] - heads[0][i], expected, rtol=tolerance, atol=tolerance)
        # Of the normal distributions with independent variables, that nearest to the posterior.
        np.testing.assert_allclose(
            log_variance[i] - heads[1][i], -np.log(np.diag(precision)), rtol=tolerance, atol=tolerance
        )


def test_values_that_are_missing_do_not_matter(rng):
    path = PosteriorPath(Inputs(D, True), K)
    weights = {name: rng.normal(size=weight.shape) for name, weight in path.weights().items()}
    known = rng.random((5, D)) < 0.5
    zeros = [np.zeros((5, K))] * 2
    x = rng.normal(size=(5, D)) * known
    changed = {**weights, "linear/offsets": weights["linear/offsets"].copy()}
    alone = path.apply(weights, np.hstack([x, known]), zeros)
    never_known = ~known[0]
    changed["linear/offsets"][:, never_known] += 100.0
    np.testing.assert_array_equal(path.apply(changed, np.hstack([x, known]), zeros)[0][0], alone[0][0])


def test_untrained_posterior_path_says_nothing(rng):
    path = PosteriorPath(Inputs(D, True), K)
    weights = {name: np.zeros(weight.shape) for name, weight in path.weights().items()}
    for values in path.apply(weights, rng.normal(size=(4, 2 * D)), [np.zeros((4, K))] * 2):
        np.testing.assert_array_equal(values, 0)


@pytest.mark.parametrize("has_bias", [True, False])
def test_plain_path_moves_the_first_head_alone(rng, has_bias):
    path = PlainPath(Inputs(D), K, has_bias)
    weights = {name: rng.normal(size=weight.shape) for name, weight in path.weights().items()}
    assert ("linear/bias" in weights) is has_bias
    inputs, first, second = rng.normal(size=(4, D)), rng.normal(size=(4, K)), rng.normal(size=(4, K))
    moved, same = path.apply(weights, inputs, [first, second])
    np.testing.assert_allclose(moved - first, inputs @ weights["linear/kernel"] + weights.get("linear/bias", 0.0))
    assert same is second


@pytest.mark.parametrize(("log_precision", "expected"), [(60.0, [0.0, 0.5, 0.5]), (200.0, [np.nan] * 3)])
@pytest.mark.parametrize("backend", [np, ops])
def test_singular_and_infinite_precisions_are_no_error(backend, log_precision, expected):
    """A row that knows one feature, at a precision beside which the prior is lost, and at one that overflows."""
    inputs, loadings = np.array([[2.0, 1.0]], "float32"), np.array([[0.0], [2.0], [2.0]], "float32")
    with np.errstate(over="ignore", invalid="ignore"):
        log_precisions, offsets = np.full(1, log_precision, "float32"), np.zeros((1, 1), "float32")
        mean, _ = posterior(Inputs(1, True), loadings, log_precisions, offsets, inputs, backend)
    np.testing.assert_allclose(np.asarray(mean)[0], expected, atol=1e-4)
