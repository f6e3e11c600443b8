"""The plain autoencoder: PCA as its linear case, losses, denoising, life cycle."""

import pickle
import warnings

import numpy as np
import pytest
from more_checks import MORE_CHECKS
from scipy.linalg import subspace_angles
from sklearn.base import clone
from sklearn.datasets import load_breast_cancer, load_digits
from sklearn.decomposition import PCA
from sklearn.metrics import log_loss
from sklearn.preprocessing import scale
from sklearn.utils.estimator_checks import parametrize_with_checks

from skvae import AutoencoderTransformer, load, save
from skvae._compat import InvalidParameterError
from skvae.networks import Dense
from skvae.noise import Dropout, Gaussian

pytestmark = pytest.mark.usefixtures("without_xla")


def small(**changes):
    """Make an estimator that trains in a moment."""
    return AutoencoderTransformer(2, **({"encoder": (8,), "epochs": 20, "random_state": 0} | changes))


@parametrize_with_checks(
    [AutoencoderTransformer()],
    expected_failed_checks=lambda _: {
        "check_sample_weight_equivalence_on_dense_data": "minibatches are drawn by row",
    },
)
def test_scikit_learns_checks(estimator, check):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        check(estimator)


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("check", MORE_CHECKS)
def test_checks_that_scikit_learns_suite_leaves_out(check):
    check("AutoencoderTransformer", AutoencoderTransformer(epochs=2))


def test_wrong_noise_can_be_shown(iris):
    """scikit-learn's HTML asks for all properties."""
    model = small(epochs=1).fit(iris).set_params(noise=Dropout(7))
    assert "Dropout" in model._repr_html_()


@pytest.fixture(scope="module")
def cancer():
    return scale(load_breast_cancer().data)


@pytest.fixture(scope="module")
def digits():
    return load_digits().data[:600, :] / 16


@pytest.mark.parametrize("encoder", [(), (16,)])
def test_it_starts_at_pca(cancer, encoder):
    start = AutoencoderTransformer(3, encoder=encoder, epochs=1, learning_rate=1e-30, random_state=0).fit(cancer)
    pca = PCA(3).fit(cancer)
    expected = pca.inverse_transform(pca.transform(cancer))
    np.testing.assert_allclose(start.reconstruct(cancer), expected, atol=0.01)
    assert start.score(cancer) == pytest.approx(-np.mean(np.square(expected - cancer)), rel=1e-5)


@pytest.mark.parametrize("seed", range(3))
def test_a_linear_autoencoder_finds_pcas_subspace(cancer, seed):
    """From random weights (Baldi and Hornik 1989)."""
    linear = AutoencoderTransformer(3, encoder=(), init="random", epochs=300, random_state=seed).fit(cancer)
    loadings = linear.inverse_transform(np.eye(3)) - linear.inverse_transform(np.zeros((1, 3)))
    assert np.degrees(subspace_angles(loadings.T, PCA(3).fit(cancer).components_.T)).max() < 1


def test_depth_goes_beyond_pca(cancer):
    pca = PCA(2).fit(cancer)
    error = np.mean(np.square(pca.inverse_transform(pca.transform(cancer)) - cancer))
    assert -AutoencoderTransformer(2, epochs=100, random_state=0).fit(cancer).score(cancer) < 0.8 * error


@pytest.mark.parametrize("factor", [1.0, 1000.0])
def test_losses_are_mean_squares_in_units_of_the_data(iris, factor):
    model = small(learning_rate=1e-30, early_stopping=True, epochs=3).fit(factor * iris)
    errors = np.square(model.reconstruct(factor * iris) - factor * iris).mean(axis=1)
    np.testing.assert_allclose(model.score_samples(factor * iris), -errors, rtol=1e-6)
    assert model.score(factor * iris) == pytest.approx(-errors.mean(), rel=1e-6)
    assert set(model.history_) == {"loss", "val_loss", "seconds"}
    joined = 0.9 * model.history_["loss"][-1] + 0.1 * model.history_["val_loss"][-1]
    assert joined == pytest.approx(errors.mean(), rel=1e-3)


def test_cross_entropy_is_that_of_scikit_learn(digits):
    bits = (digits[:, 2:6] > 0.5).astype(float)
    model = small(loss="binary_crossentropy").fit(bits)
    expected = model.reconstruct(bits)
    assert -model.score(bits) == pytest.approx(log_loss(bits.ravel(), expected.ravel()), rel=1e-5)
    assert ((expected > 0) & (expected < 1)).all()
    with pytest.raises(ValueError, match=r"loss='binary_crossentropy' needs values in \[0, 1\]"):
        small(loss="binary_crossentropy").fit(bits + 1)


@pytest.mark.parametrize(
    ("noise", "loss"),
    [(Gaussian(0.3), "squared_error"), (Gaussian(0.3), "binary_crossentropy"), (Dropout(0.5), "binary_crossentropy")],
)
def test_denoising_takes_noise_out(digits, noise, loss):
    """Better than the noisy image itself, and than the same network without noise in training."""
    rng = np.random.default_rng(0)
    kept = digits[:, digits.std(axis=0) > 0.01]
    spoiled = kept + 0.3 * rng.standard_normal(kept.shape)
    if isinstance(noise, Dropout):
        spoiled = np.where(rng.random(kept.shape) < 0.5, 0, kept)
    errors = {}
    for used in (None, noise):
        model = AutoencoderTransformer(
            10, encoder=(64,), loss=loss, noise=used, epochs=100, learning_rate=3e-3, random_state=0
        ).fit(kept[:500])
        errors[used] = np.mean(np.square(model.reconstruct(spoiled[500:]) - kept[500:]))
    assert errors[noise] < 0.9 * errors[None]
    assert errors[noise] < np.mean(np.square(spoiled[500:] - kept[500:]))


def test_noise_has_the_size_it_has_in_the_data(iris):
    """So models of the same data in other units are the same."""
    own, other = (small(noise=Gaussian(0.5 * factor)).fit(factor * iris) for factor in (1, 1024))
    np.testing.assert_allclose(other.transform(1024 * iris), own.transform(iris), rtol=1e-3, atol=1e-3)
    without = small().fit(iris)
    assert np.abs(without.transform(iris) - own.transform(iris)).max() > 0.01


def test_noise_of_another_size_compiles_nothing_anew(iris):
    from skvae.training import _engine

    small(noise=Gaussian(0.1)).fit(iris)
    before = (
        len(_engine._programs),
        sum(program.n_traces for program, _ in _engine._programs.values() if isinstance(program, _engine.Program)),
    )
    small(noise=Gaussian(0.7)).fit(iris)
    after = (
        len(_engine._programs),
        sum(program.n_traces for program, _ in _engine._programs.values() if isinstance(program, _engine.Program)),
    )
    assert after == before


def test_the_notebooks_network_has_its_numbers_of_weights():
    model = small(encoder=(8, 6), activation="tanh", init="random", epochs=1).fit(
        np.random.default_rng(0).random((20, 10))
    )
    assert model.encoder_.count_params() == 156
    assert model.decoder_.count_params() == 164


@pytest.mark.parametrize("extra", [{}, {"missing": "mask"}, {"loss": "binary_crossentropy"}])
def test_copies_and_files_give_the_same_bits(digits, tmp_path, extra):
    X = np.where(np.random.default_rng(0).random(digits.shape) < 0.1, np.nan, digits) if "missing" in extra else digits
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        model = small(**extra).fit(X)
    save(model, tmp_path / "model.skvae")
    for copy in (pickle.loads(pickle.dumps(model)), load(tmp_path / "model.skvae")):
        np.testing.assert_array_equal(copy.transform(X), model.transform(X))
        assert copy.score(X) == model.score(X)


def test_it_goes_on(iris):
    warm = small(warm_start=True).fit(iris)
    first = warm.score(iris)
    assert warm.fit(iris).n_iter_ == 40
    assert warm.score(iris) > first
    stream = small()
    for _ in range(5):
        stream.partial_fit(iris[:77]).partial_fit(iris[77:])
    assert stream.n_iter_ == 10
    assert stream.score(iris) > small(epochs=1, learning_rate=1e-30).fit(iris).score(iris) - 0.01


def test_missing_values_are_not_asked_for(iris):
    """What is reconstructed where values are missing comes near them, closer than the mean."""
    with_holes = np.where(np.random.default_rng(0).random(iris.shape) < 0.2, np.nan, iris)
    model = small(missing="mask", epochs=100).fit(with_holes)
    missing = np.isnan(with_holes)
    assert np.mean(np.square(model.reconstruct(with_holes) - iris)[missing]) < 0.5 * np.mean(np.square(iris[missing]))
    assert np.isfinite(model.score(with_holes))


def test_starts_differ_and_the_best_is_kept(iris):
    scores = [small(init="random", random_state=seed, n_init=4).fit(iris).score(iris) for seed in range(3)]
    single = [small(init="random", random_state=seed).fit(iris).score(iris) for seed in range(3)]
    assert np.mean(scores) > np.mean(single)


@pytest.mark.parametrize(
    ("params", "words"),
    [
        ({"loss": "mse"}, "loss"),
        ({"noise": 0.2}, "noise"),
        ({"noise": Gaussian(-1)}, "stddev"),
        ({"pretraining": True}, "pretraining"),
        ({"init": "pca", "pretraining": "layerwise"}, "init='random'"),
        ({"init": "random", "decoder": (3,), "pretraining": "layerwise"}, "mirrors the encoder"),
        (
            {"init": "random", "encoder": Dense((8,), normalization="batch"), "pretraining": "layerwise"},
            "normalization",
        ),
    ],
)
def test_wrong_parameters_are_named(iris, params, words):
    model = small(**params)
    with pytest.raises(InvalidParameterError, match=words):
        model.fit(iris)
    assert not hasattr(model, "_weights")
    clone(model)
