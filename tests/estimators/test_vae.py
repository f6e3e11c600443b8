"""VAETransformer as its users meet it."""

import pickle
import subprocess
import sys
from collections import OrderedDict

import joblib
import numpy as np
import pandas as pd
import pytest
import sklearn
from more_checks import MORE_CHECKS
from scipy.linalg import subspace_angles
from scipy.stats import multivariate_normal, norm
from sklearn.base import clone
from sklearn.datasets import load_breast_cancer, load_digits, load_iris, load_wine
from sklearn.decomposition import PCA
from sklearn.exceptions import ConvergenceWarning, NotFittedError
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import parametrize_with_checks

from skvae import VAETransformer
from skvae.networks import Dense
from skvae.training import _engine

# An untrained model, through the public parameters: one step that moves nothing.
AT_START = {"epochs": 1, "learning_rate": 1e-12}


@pytest.fixture(scope="module")
def vae(iris):
    return VAETransformer(2, random_state=0).fit(iris)


@pytest.fixture(scope="module")
def unit_data():
    """Rows of 12 values in [0, 1] with two directions of structure."""
    rng = np.random.default_rng(0)
    logits = 2 * rng.normal(size=(200, 2)) @ rng.normal(size=(2, 12))
    return 1 / (1 + np.exp(-logits))


# The contract


# Rows are drawn into batches, so a row of weight 2 meets other noise and other neighbours than two rows do;
# scikit-learn marks its own stochastic gradient estimators so. test_fitting.py tests what stands behind the check:
# that weights act as repeated rows do, and that rows of weight 0 count as absent, to the bit.
EXPECTED_FAILURES = {"check_sample_weight_equivalence_on_dense_data": "minibatches are drawn by row"}


@parametrize_with_checks([VAETransformer()], expected_failed_checks=lambda _: EXPECTED_FAILURES)
def test_scikit_learn_checks(estimator, check):
    check(estimator)


@pytest.mark.parametrize("check", MORE_CHECKS)
def test_checks_that_the_suite_leaves_out(check):
    check("VAETransformer", VAETransformer(epochs=2))


def test_latent_variables_are_named_as_pcas_are(vae):
    assert list(vae.get_feature_names_out()) == ["vaetransformer0", "vaetransformer1"]


def test_weights_are_routed_through_pipelines_and_searches(iris):
    weights = np.arange(1.0, 151)
    model = VAETransformer(2, encoder=(4,), epochs=2, random_state=0)
    expected = clone(model).fit(iris, sample_weight=weights)
    by_name = make_pipeline(clone(model)).fit(iris, vaetransformer__sample_weight=weights)
    np.testing.assert_array_equal(by_name.transform(iris), expected.transform(iris))
    with sklearn.config_context(enable_metadata_routing=True):
        asking = clone(model).set_fit_request(sample_weight=True).set_score_request(sample_weight=True)
        routed = make_pipeline(asking).fit(iris, sample_weight=weights)
        np.testing.assert_array_equal(routed.transform(iris), expected.transform(iris))
        assert routed.score(iris, sample_weight=weights) == expected.score(iris, sample_weight=weights)
        search = GridSearchCV(make_pipeline(asking), {"vaetransformer__beta": [1.0, 2.0]}, cv=2)
        search.fit(iris, sample_weight=weights)
        best = clone(model).set_params(beta=search.best_params_["vaetransformer__beta"])
        best.fit(iris, sample_weight=weights)
    np.testing.assert_array_equal(search.transform(iris), best.transform(iris))


def test_html_representation_holds_the_parameters(vae):
    assert "n_components" in vae._repr_html_()


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_float_type_is_kept(iris, vae, dtype):
    X = iris.astype(dtype)
    fitted = VAETransformer(2, epochs=2, random_state=0).fit(X)
    for model in (fitted, vae):
        Z = model.transform(X)
        assert Z.dtype == dtype
        assert model.inverse_transform(Z).dtype == dtype


@pytest.mark.parametrize(
    "convert",
    [
        lambda X: np.asfortranarray(X),
        lambda X: np.repeat(X, 2, axis=0)[::2],
        lambda X: X[:, ::-1].copy()[:, ::-1],
        lambda X: pd.DataFrame(X),
        lambda X: X.tolist(),
        lambda X: pd.DataFrame(X).convert_dtypes(),
    ],
)
def test_containers_and_layouts_give_the_same_codes(iris, vae, convert):
    X = convert(iris)
    again = clone(vae).fit(X)
    np.testing.assert_array_equal(again.transform(X), vae.transform(iris))
    np.testing.assert_array_equal(again.score_samples(X), vae.score_samples(iris))
    np.testing.assert_array_equal(vae.inverse_transform(convert(vae.transform(iris))), vae.reconstruct(iris))


@pytest.mark.parametrize("dtype", [np.float16, np.int64, bool])
def test_other_number_types_work(iris, dtype):
    X = (iris > 0).astype(dtype)
    assert np.isfinite(VAETransformer(2, epochs=2, random_state=0).fit(X).score(X))


def test_read_only_memory_maps_work(iris, vae, tmp_path):
    joblib.dump((vae, iris), tmp_path / "model.joblib")
    mapped, X = joblib.load(tmp_path / "model.joblib", mmap_mode="r")
    np.testing.assert_array_equal(mapped.transform(X), vae.transform(iris))
    assert np.isfinite(mapped.score(X))


def test_pickle_gives_the_same_model(iris, vae):
    copy = pickle.loads(pickle.dumps(vae))
    np.testing.assert_array_equal(copy.transform(iris), vae.transform(iris))
    assert copy.score(iris) == vae.score(iris)


@pytest.mark.parametrize(
    "changes",
    [
        {"encoder": (5,), "n_components": 3, "likelihood": "bernoulli"},
        {"encoder__activation": "tanh"},
        {"encoder__hidden_layer_sizes": (5, 5)},
    ],
)
def test_set_params_after_fit_changes_nothing_fitted(iris, changes):
    model = VAETransformer(2, encoder=Dense((4,)), epochs=2, random_state=0).fit(iris)
    before = model.transform(iris), model.score(iris)
    model.set_params(**changes)
    np.testing.assert_array_equal(model.transform(iris), before[0])
    assert model.score(iris) == before[1]


def test_transform_adds_no_attribute(iris, vae):
    before = set(vars(vae))
    vae.transform(iris), vae.score(iris), vae.sample(2), vae.reconstruct(iris), vae.encoder_
    assert set(vars(vae)) == before


# Seeds and global state


def test_same_seed_same_bits(iris, vae):
    again = clone(vae).fit(iris)
    np.testing.assert_array_equal(again.transform(iris), vae.transform(iris))
    other = clone(vae).set_params(random_state=1).fit(iris)
    assert not np.array_equal(other.transform(iris), vae.transform(iris))


def test_nothing_global_is_touched():
    """In a fresh process, so that importing TensorFlow is watched as well."""
    code = """
import os, random, warnings
import numpy as np
from skvae import VAETransformer
X = np.random.default_rng(0).normal(size=(20, 3))
np.random.seed(1)
state = random.getstate(), np.random.get_state()[1].tolist(), list(warnings.filters), os.getcwd()
model = VAETransformer(2, encoder=(7,), epochs=2, random_state=0).fit(X)
model.score(X), model.sample(3), model.encoder_, model.decoder_
assert state == (random.getstate(), np.random.get_state()[1].tolist(), list(warnings.filters), os.getcwd())
import keras
assert keras.config.dtype_policy().name == "float32"
assert keras.layers.Dense(1).name == "dense", "Keras' name counters moved"
"""
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.parametrize("fixed", [{}, {"batch_size": 32}, {"early_stopping": True}])
def test_other_folds_betas_rates_and_seeds_trace_nothing_new(iris, fixed):
    def traces():
        return sum(
            program.n_traces for program, _ in _engine._programs.values() if isinstance(program, _engine.Program)
        )

    base = VAETransformer(2, encoder=(6,), epochs=3, random_state=0, **fixed).fit(iris)
    before = traces()
    changes = {"beta": 3.0, "learning_rate": 1e-2, "weight_decay": 1.0, "random_state": 5, "kl_warmup": 0.5}
    for rows in (97, 120, 149):
        clone(base).set_params(epochs=9, **changes).fit(iris[:rows])
    assert traces() == before


def test_threads_fit_the_same_models_at_once(iris):
    def fit(seed):
        return VAETransformer(2, epochs=5, random_state=seed).fit(iris).transform(iris)

    alone = [fit(seed) for seed in range(8)]
    together = joblib.Parallel(4, backend="threading")(joblib.delayed(fit)(seed) for seed in range(8))
    np.testing.assert_array_equal(together, alone)


# Start at PCA


@pytest.mark.parametrize("k", [2, 3])
@pytest.mark.parametrize("load", [load_iris, load_wine, load_breast_cancer, load_digits])
def test_untrained_model_scores_what_pca_scores(load, k):
    X = StandardScaler().fit_transform(load().data)
    start = VAETransformer(k, random_state=0, **AT_START).fit(X)
    assert start.score(X) == pytest.approx(PCA(k).fit(X).score(X), abs=0.02)


@pytest.mark.parametrize("load", [load_wine, load_breast_cancer])
def test_linear_networks_stay_at_pca(load):
    """Weight decay pulls towards PCA, not PCA towards zero."""
    X = StandardScaler().fit_transform(load().data)
    linear = VAETransformer(2, encoder=(), decoder=(), random_state=0).fit(X)
    assert linear.score(X) == pytest.approx(PCA(2).fit(X).score(X), abs=0.1)


def test_score_is_on_the_scale_of_the_data():
    X = load_wine().data
    start = VAETransformer(2, random_state=0, **AT_START).fit(X)
    assert start.score(X) == pytest.approx(PCA(2).fit(X).score(X), abs=0.02)
    np.testing.assert_allclose(start.mean_, X.mean(axis=0))
    assert start.noise_variance_ == pytest.approx(PCA(2).fit(X).noise_variance_, rel=0.02)


def test_untrained_codes_are_pcas_up_to_scale(iris):
    Z = VAETransformer(2, random_state=0, **AT_START).fit_transform(iris)
    expected = PCA(2).fit_transform(iris)
    for j in range(2):
        assert np.corrcoef(Z[:, j], expected[:, j])[0, 1] > 0.9999


@pytest.mark.parametrize("beta", [0.0, 0.3, 4.0])
def test_start_is_optimal_at_any_beta(iris, beta):
    """Training the linear model on from its closed form gains nothing."""
    linear = VAETransformer(2, encoder=(), decoder=(), beta=beta, random_state=0)
    start = clone(linear).set_params(**AT_START).fit(iris)
    trained = clone(linear).set_params(epochs=300, batch_size=150, learning_rate=1e-3).fit(iris)
    loss = [start.history_["loss"][0], trained.history_["loss"][-20:].mean()]
    assert loss[1] == pytest.approx(loss[0], abs=0.05)


def test_training_beats_pca_on_held_out_digits():
    X = load_digits().data / 16
    for seed in range(3):
        train, test = np.split(np.random.default_rng(seed).permutation(X), [1300])
        pca, model = PCA(2).fit(train), VAETransformer(2, random_state=seed).fit(train)
        lost = [np.square(test - m.inverse_transform(m.transform(test))).sum() for m in (pca, model)]
        assert lost[1] < 0.85 * lost[0]
        assert model.score(test) > pca.score(test) + 3


def test_bernoulli_starts_near_the_best_linear_model(unit_data):
    start = VAETransformer(2, likelihood="bernoulli", random_state=0, **AT_START).fit(unit_data)
    random_start = VAETransformer(2, likelihood="bernoulli", init="random", random_state=0, **AT_START).fit(unit_data)
    trained = VAETransformer(2, likelihood="bernoulli", random_state=0).fit(unit_data)
    assert random_start.score(unit_data) < start.score(unit_data) - 1
    assert start.score(unit_data) < trained.score(unit_data)


@pytest.mark.parametrize("seed", range(5))
def test_linear_model_from_a_random_start_reaches_probabilistic_pca(linear_data, seed):
    X, k = linear_data, 3
    linear = VAETransformer(k, encoder=(), decoder=(), init="random", random_state=seed).fit(X)
    pca = PCA(k).fit(X)
    centred = X - X.mean(axis=0)
    without = norm(0, np.sqrt(np.mean(centred**2))).logpdf(centred).sum(axis=1).mean()
    assert (linear.score(X) - without) / (pca.score(X) - without) > 0.99
    directions = linear.inverse_transform(np.eye(k)) - linear.inverse_transform(np.zeros((1, k)))
    assert np.degrees(subspace_angles(directions.T, pca.components_.T)).max() < 5


# Words


def test_bound_never_passes_the_exact_value_of_a_linear_model(linear_data):
    X = linear_data
    model = VAETransformer(2, encoder=(), decoder=(), init="random", epochs=20, random_state=0).fit(X)
    origin = model.inverse_transform(np.zeros((1, 2)))
    W = model.inverse_transform(np.eye(2)) - origin
    covariance = W.T @ W + model.noise_variance_ * np.eye(X.shape[1])
    exact = multivariate_normal(origin[0], covariance).logpdf(X)
    bounds = [model.score_samples(X, n_draws=n).mean() for n in (1, 8, 64, 512)]
    assert np.all(np.diff(bounds) > 0)
    beyond = model.score_samples(X, n_draws=512) - exact
    assert beyond.mean() <= 3 * beyond.std() / np.sqrt(len(X))  # the draws are drawn
    assert bounds[-1] == pytest.approx(exact.mean(), abs=0.1)
    assert model.score_samples(X, n_draws=512)[0] == model.score_samples(X, n_draws=512)[0]


def test_score_is_a_python_float(iris, vae):
    assert type(vae.score(iris)) is float
    assert vae.score(iris) == pytest.approx(vae.score_samples(iris).mean())


def test_history_adds_up(vae):
    history = vae.history_
    assert set(history) == {"loss", "reconstruction", "kl", "seconds"}
    assert vae.n_iter_ == 200
    assert all(values.shape == (200,) for values in history.values())
    np.testing.assert_allclose(history["loss"], history["reconstruction"] + history["kl"], rtol=1e-5)
    assert history["loss"][-10:].mean() < history["loss"][0]


def test_loss_of_the_history_is_on_the_scale_of_score(iris, vae):
    assert -vae.history_["loss"][-20:].mean() == pytest.approx(vae.score(iris), abs=0.3)


def test_score_takes_16_draws_unless_told(iris, vae):
    scores = vae.score_samples(iris)
    np.testing.assert_array_equal(scores, vae.score_samples(iris, n_draws=16))
    assert not np.allclose(scores, vae.score_samples(iris, n_draws=15), rtol=1e-6)
    assert scores.shape == (150,)
    assert vae.score(iris) == pytest.approx(scores.mean())


def test_samples_are_drawn_by_the_seed_of_the_estimator_unless_told(vae):
    drawn = vae.sample(4)
    np.testing.assert_array_equal(drawn, vae.sample(4, random_state=vae.random_state))
    assert not np.isclose(drawn, vae.sample(4, random_state=1)).any()
    assert len(np.unique(drawn, axis=0)) == 4


def test_noise_variance_is_in_squared_units_of_the_data(iris):
    one, thousand = (VAETransformer(2, epochs=5, random_state=0).fit(factor * iris) for factor in (1, 1024))
    assert thousand.noise_variance_ == pytest.approx(1024**2 * one.noise_variance_, rel=1e-3)
    assert type(one.noise_variance_) is float


def test_fit_after_a_stream_starts_anew(iris):
    """It forgets the number of rows, the history and the memory of the optimizer."""
    again = VAETransformer(2, epochs=2, random_state=0).partial_fit(iris).partial_fit(iris).fit(iris)
    once = VAETransformer(2, epochs=2, random_state=0).fit(iris)
    assert (again.n_iter_, again.n_samples_seen_, again._stream) == (2, 150, None)
    np.testing.assert_array_equal(again.transform(iris), once.transform(iris))


def test_beta_presses_the_codes_together(iris):
    spread = [VAETransformer(2, beta=beta, random_state=0).fit(iris).history_["kl"][-1] for beta in (0.1, 1.0, 20.0)]
    assert spread[0] > spread[1] + 0.5
    assert spread[1] > spread[2] + 0.5


def test_kl_warmup_lets_the_codes_spread_first(iris):
    plain, warmed = (
        VAETransformer(2, init="random", kl_warmup=share, random_state=0).fit(iris).history_["kl"]
        for share in (0.0, 1.0)
    )
    assert warmed[20:100].mean() > plain[20:100].mean()


def test_posterior_mean_is_transform_and_spread_that_of_the_linear_model(iris):
    start = VAETransformer(2, random_state=0, **AT_START).fit(iris)
    mean, std = start.posterior(iris)
    np.testing.assert_array_equal(mean, start.transform(iris))
    variances = PCA().fit(iris).explained_variance_ * 149 / 150
    noise = variances[2:].mean()
    np.testing.assert_allclose(std[0], np.sqrt(noise / variances[:2]), rtol=1e-4)


def test_reconstruct_is_decoding_the_codes(iris, vae):
    np.testing.assert_array_equal(vae.reconstruct(iris), vae.inverse_transform(vae.transform(iris)))
    assert np.mean((vae.reconstruct(iris) - iris) ** 2) < 0.1


def test_samples_look_like_the_data(linear_data):
    model = VAETransformer(3, encoder=(), decoder=(), random_state=0, **AT_START).fit(linear_data)
    drawn = model.sample(20000, random_state=1)
    np.testing.assert_allclose(drawn.mean(axis=0), linear_data.mean(axis=0), atol=0.2)
    np.testing.assert_allclose(np.cov(drawn.T), np.cov(linear_data.T), atol=0.8)
    np.testing.assert_array_equal(model.sample(3), model.sample(3))
    assert model.sample().shape == (1, 12)


def test_bernoulli_samples_are_zeros_and_ones(unit_data):
    model = VAETransformer(2, likelihood="bernoulli", epochs=5, random_state=0).fit(unit_data)
    assert set(np.unique(model.sample(50))) == {0.0, 1.0}
    assert model.reconstruct(unit_data).min() >= 0
    assert model.reconstruct(unit_data).max() <= 1
    with pytest.raises(AttributeError, match="gaussian"):
        _ = model.noise_variance_


def test_decoder_mirrors_the_encoder_by_default(iris):
    mirrored = VAETransformer(2, encoder=(7, 5), epochs=2, random_state=0).fit(iris)
    written = VAETransformer(2, encoder=(7, 5), decoder=(5, 7), epochs=2, random_state=0).fit(iris)
    np.testing.assert_array_equal(mirrored.transform(iris), written.transform(iris))


def test_sgd_trains(iris):
    model = VAETransformer(2, init="random", optimizer="sgd", learning_rate=0.1, random_state=0).fit(iris)
    assert model.history_["loss"][-1] < model.history_["loss"][0] - 0.5


def test_optimizers_do_not_share_a_program(iris, monkeypatch):
    def sgd():
        return VAETransformer(2, encoder=(8,), optimizer="sgd", learning_rate=1e-2, epochs=3, random_state=0).fit(iris)

    monkeypatch.setattr(_engine, "_programs", OrderedDict())
    alone = sgd()
    monkeypatch.setattr(_engine, "_programs", OrderedDict())
    VAETransformer(2, encoder=(8,), epochs=3, random_state=0).fit(iris)
    np.testing.assert_array_equal(sgd().transform(iris), alone.transform(iris))


def test_steps_of_wide_layers_are_scaled_by_their_inputs():
    """Adam's first step moves every weight by the learning rate, or by 64 / n_inputs of it."""
    X = np.random.default_rng(0).normal(size=(50, 640))
    start, end = (
        VAETransformer(2, encoder=(8,), weight_decay=0, epochs=1, learning_rate=rate, random_state=0).fit(X)._weights
        for rate in (1e-12, 1e-2)
    )
    for part, name, step in [
        ("encoder", "linear/kernel", 1e-3),
        ("decoder", "linear/kernel", 1e-2),
        ("encoder", "mean/kernel", 1e-2),
        ("encoder", "mean/bias", 1e-2),
        ("likelihood", "log_variance", 1e-1),
    ]:
        assert np.abs(end[part][name] - start[part][name]).max() == pytest.approx(step, rel=1e-2), (part, name)


# Early stopping


def test_early_stopping_ends_early_and_keeps_the_best_epoch(iris):
    model = VAETransformer(
        2, early_stopping=True, validation_fraction=0.3, n_iter_no_change=15, epochs=2000, random_state=0
    ).fit(iris)
    losses = model.history_["val_loss"]
    assert model.n_iter_ == len(losses) < 2000
    assert model.n_iter_ - 1 - np.argmin(losses) >= 14


def test_start_is_the_floor_of_early_stopping(iris):
    """Where training only does harm, epoch 0 is kept: PCA."""
    model = VAETransformer(2, early_stopping=True, learning_rate=0.9, n_iter_no_change=3, epochs=3, random_state=0).fit(
        iris
    )
    start = VAETransformer(2, early_stopping=True, random_state=0, **AT_START).fit(iris)
    np.testing.assert_allclose(model.transform(iris), start.transform(iris), rtol=1e-5, atol=1e-5)


def test_rows_set_aside_are_not_learned():
    """Noise can be learned by heart, but only where it was seen."""
    X = np.random.default_rng(0).normal(size=(40, 60))
    options = {"init": "random", "learning_rate": 3e-3, "n_iter_no_change": 1000, "epochs": 300}
    with pytest.warns(ConvergenceWarning, match="not converged"):
        model = VAETransformer(
            2, encoder=(50,), early_stopping=True, validation_fraction=0.5, random_state=0, **options
        ).fit(X)
    history = model.history_
    assert history["reconstruction"][-1] < history["reconstruction"][0] - 15
    assert history["val_loss"][-1] > history["loss"][-1] + 20


def test_validation_loss_is_in_the_units_of_the_data(iris):
    one, milli = (
        VAETransformer(2, encoder=(8,), early_stopping=True, random_state=0, **AT_START).fit(X).history_
        for X in (iris, 1000 * iris)
    )
    for name in ("loss", "reconstruction", "val_loss"):
        assert milli[name][0] - one[name][0] == pytest.approx(4 * np.log(1000), abs=1e-2)
    assert milli["kl"][0] == pytest.approx(one["kl"][0], abs=1e-2)


# In a search


def test_grid_over_architectures_betas_and_pca(iris):
    pipeline = make_pipeline(StandardScaler(), VAETransformer(2, epochs=5, random_state=0))
    pipeline.steps[-1] = ("model", pipeline.steps[-1][1])
    grid = [
        {"model__encoder": [(8,), (8, 4)], "model__beta": [1.0, 2.0]},
        {"model": [PCA(2)]},
    ]
    scores = GridSearchCV(pipeline, grid, cv=3).fit(iris).cv_results_["mean_test_score"]
    assert len(set(scores)) == 5
    assert np.all(np.isfinite(scores))


def test_numpy_integers_are_numbers_of_components(iris):
    model = VAETransformer(encoder=(2,), epochs=1, random_state=0)
    search = GridSearchCV(model, {"n_components": np.arange(4, 5)}, cv=2).fit(iris)
    assert np.all(np.isfinite(search.cv_results_["mean_test_score"]))
    assert search.best_estimator_.encoder_.outputs[0].shape == (None, 4)


def test_networks_are_searched_by_their_parameters(iris):
    search = GridSearchCV(
        VAETransformer(2, encoder=Dense((4,)), epochs=2, random_state=0),
        [{"encoder__activation": ["relu", "tanh"]}, {"encoder__hidden_layer_sizes": [(0.5,)]}],
        cv=2,
    ).fit(iris)
    assert len(set(search.cv_results_["mean_test_score"])) == 3


# Bad input


@pytest.mark.parametrize(
    ("parameters", "match"),
    [
        ({"n_components": 0}, "n_components"),
        ({"n_components": True}, "n_components"),
        ({"n_components": "two"}, "n_components"),
        ({"encoder": (0,)}, "hidden_layer_sizes"),
        ({"encoder": (-3,)}, "hidden_layer_sizes"),
        ({"encoder": ("big",)}, "hidden_layer_sizes"),
        ({"decoder": (np.nan,)}, "hidden_layer_sizes"),
        ({"decoder": Dense((3,), activation="bent")}, "activation"),
        ({"decoder": Dense((3,), activation=["relu"])}, "activation"),
        ({"activation": "bent"}, "activation"),
        ({"likelihood": "cauchy"}, "likelihood"),
        ({"init": "zeros"}, "init"),
        ({"beta": -1.0}, "beta"),
        ({"beta": np.nan}, "beta"),
        ({"beta": 10**400}, "beta"),
        ({"kl_warmup": 1.5}, "kl_warmup"),
        ({"optimizer": "lbfgs"}, "optimizer"),
        ({"learning_rate": 0}, "learning_rate"),
        ({"learning_rate": np.nan}, "learning_rate"),
        ({"learning_rate": "fast"}, "learning_rate"),
        ({"weight_decay": -1}, "weight_decay"),
        ({"batch_size": 0}, "batch_size"),
        ({"epochs": 0}, "epochs"),
        ({"validation_fraction": 1.0}, "validation_fraction"),
        ({"random_state": -1}, "random_state"),
        ({"random_state": np.random.default_rng(0)}, "random_state"),
    ],
)
def test_bad_parameters_are_named(iris, parameters, match):
    with pytest.raises(ValueError, match=match) as caught:
        VAETransformer(**parameters).fit(iris)
    assert type(caught.value).__name__ == "InvalidParameterError"


@pytest.mark.parametrize(
    ("spoil", "match"),
    [
        (lambda X: np.where(X[3, 1] == X, np.nan, X), "NaN"),
        (lambda X: np.where(X[3, 1] == X, np.inf, X), "infinity"),
        (lambda X: X.astype(str)[:, :2] + "x", "could not convert"),
        (lambda X: X[:1], "1 sample"),
        (lambda X: X[:0], "0 sample"),
        (lambda X: X[:, 0], "1D array"),
        (lambda X: X * 1e300, "too large"),
    ],
)
def test_bad_data_leave_an_earlier_fit_intact(iris, vae, spoil, match):
    model = pickle.loads(pickle.dumps(vae))
    before = pickle.dumps(vars(model))
    with pytest.raises(ValueError, match=match):
        model.fit(spoil(iris))
    assert pickle.dumps(vars(model)) == before
    np.testing.assert_array_equal(model.transform(iris), vae.transform(iris))


def test_divergence_says_what_to_do_and_leaves_an_earlier_fit_intact(iris, vae):
    model = pickle.loads(pickle.dumps(vae)).set_params(learning_rate=1e12, optimizer="sgd")
    with pytest.raises(ValueError, match=r"diverged.*learning_rate"):
        model.fit(iris)
    np.testing.assert_array_equal(model.transform(iris), vae.transform(iris))


def test_divergence_in_the_last_step_is_told(iris):
    """No loss has seen the last weights, with which the encoder overflows."""
    with pytest.raises(ValueError, match=r"diverged: with the last weights the encoder overflows.*learning_rate"):
        VAETransformer(2, encoder=(4,), epochs=1, learning_rate=1e20, random_state=0).fit(iris.astype(np.float32))


def test_values_outside_the_unit_interval_are_named_under_bernoulli():
    frame = pd.DataFrame(load_iris().data, columns=["a", "b", "c", "d"]) / 7.9
    frame["c"] -= 0.5
    with pytest.raises(ValueError, match=r"1 of 4 columns.*: c\. .*MaxNormalizer"):
        VAETransformer(likelihood="bernoulli").fit(frame)


@pytest.mark.parametrize("Z", [np.zeros((3, 1)), np.zeros((3, 3)), np.full((3, 2), np.nan), np.zeros(2)])
def test_bad_codes_are_refused(vae, Z):
    with pytest.raises(ValueError, match=r"latent variables|NaN|1D array"):
        vae.inverse_transform(Z)


@pytest.mark.parametrize("n", [0, -1, 1.5, True])
def test_bad_numbers_of_draws_are_refused(iris, vae, n):
    with pytest.raises(ValueError, match="n_samples"):
        vae.sample(n)
    with pytest.raises(ValueError, match="n_draws"):
        vae.score_samples(iris, n_draws=n)


def test_unfitted_model_says_so(iris):
    for word in ("transform", "inverse_transform", "score", "posterior", "reconstruct"):
        with pytest.raises(NotFittedError):
            getattr(VAETransformer(), word)(iris)
    with pytest.raises(NotFittedError):
        VAETransformer().sample()
    with pytest.raises(NotFittedError):
        _ = VAETransformer().encoder_


def test_empty_training_split_is_explained():
    with pytest.raises(ValueError, match="validation_fraction"):
        VAETransformer(early_stopping=True, validation_fraction=0.9).fit(np.eye(4))


def test_more_components_than_features_warns(iris):
    with pytest.warns(UserWarning, match="more than the 4 features"):
        model = VAETransformer(6, epochs=2, random_state=0).fit(iris)
    assert model.transform(iris).shape == (150, 6)


def test_true_counts_as_one(iris):
    """As in scikit-learn, where a bool is an int."""
    batches = VAETransformer(2, batch_size=True, epochs=True, random_state=0).fit(iris[:20])
    single = VAETransformer(2, batch_size=1, epochs=1, random_state=0).fit(iris[:20])
    np.testing.assert_array_equal(batches.transform(iris), single.transform(iris))


def test_batch_size_beyond_the_rows_is_clipped(iris):
    model = VAETransformer(2, batch_size=10_000, epochs=3, random_state=0).fit(iris)
    same = VAETransformer(2, batch_size=150, epochs=3, random_state=0).fit(iris)
    np.testing.assert_allclose(model.transform(iris), same.transform(iris), rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("X", [load_iris().data, load_wine().data, load_iris().data * 1e6, load_iris().data * 1e-6])
def test_unscaled_data_train_without_nan(X):
    model = VAETransformer(2, random_state=0).fit(X)
    assert np.all(np.isfinite(model.history_["loss"]))
    assert model.score(X) > PCA(2).fit(X).score(X)


@pytest.mark.parametrize("X", [np.ones((10, 3)), np.c_[np.arange(10.0), np.ones(10)], np.eye(2)])
def test_constant_and_tiny_data_give_finite_models(X):
    model = VAETransformer(2, epochs=10, random_state=0).fit(X)
    assert np.all(np.isfinite(model.transform(X)))
    assert np.isfinite(model.score(X))


def test_verbose_prints_a_line_for_each_epoch_and_zero_prints_nothing(iris, capsys):
    VAETransformer(2, epochs=3, random_state=0).fit(iris)
    assert capsys.readouterr().out == ""
    VAETransformer(2, epochs=3, verbose=1, random_state=0).fit(iris)
    assert capsys.readouterr().out.count("Epoch") == 3
    VAETransformer(2, epochs=1, verbose=1, n_init=2, random_state=0).fit(iris)
    assert [line.split(":")[0] for line in capsys.readouterr().out.splitlines()] == [
        "Start 1/2, Epoch 1/1",
        "Start 2/2, Epoch 1/1",
    ]
