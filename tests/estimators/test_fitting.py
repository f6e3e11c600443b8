"""What a fit starts from, goes on from and weighs: warm starts, weights of rows."""

import numpy as np
import pytest
from sklearn.base import clone
from small_models import small, weights_of

# Warm starts


def test_warm_start_goes_on_where_the_last_fit_ended(iris):
    model = small(warm_start=True, epochs=60).fit(iris)
    first, history = model.score(iris), model.history_["loss"]
    model.fit(iris)
    assert model.n_iter_ == len(model.history_["loss"]) == 120
    np.testing.assert_array_equal(model.history_["loss"][:60], history)
    assert model.history_["loss"][60:70].mean() < history[:10].mean()
    assert model.score(iris) > first


def test_without_warm_start_the_same_fit_comes_again(iris):
    model = small().fit(iris)
    again = small().fit(iris).fit(iris)
    np.testing.assert_array_equal(model.transform(iris), again.transform(iris))
    assert again.n_iter_ == 20


def test_first_warm_start_is_a_plain_fit(iris):
    np.testing.assert_array_equal(small(warm_start=True).fit(iris).transform(iris), small().fit(iris).transform(iris))


def test_warm_start_goes_on_from_the_best_of_several_starts(iris):
    model = small(warm_start=True, n_init=2).fit(iris)
    before = model.score(iris)
    assert model.fit(iris).n_iter_ == 40
    assert model.score(iris) > before - 0.1


def test_warm_start_judges_by_the_rows_set_aside_before(iris):
    """Other rows would have been trained on; their loss would be that of known rows."""
    state = np.random.RandomState(0)
    model = small(warm_start=True, early_stopping=True, random_state=state, learning_rate=1e-12, epochs=1)
    model.fit(iris).fit(iris)
    same_rows = model.history_["val_loss"]
    assert same_rows[0] == pytest.approx(same_rows[1], abs=0.15)
    other = [
        small(early_stopping=True, random_state=seed, learning_rate=1e-12, epochs=1).fit(iris).history_["val_loss"][0]
        for seed in range(6)
    ]
    assert np.ptp(other) > 0.5


def test_warm_start_draws_new_noise(iris):
    """With a rate of almost zero the weights stay, so that equal losses would mean equal noise."""
    model = small(warm_start=True, epochs=3, learning_rate=1e-12).fit(iris).fit(iris)
    assert not np.allclose(model.history_["reconstruction"][:3], model.history_["reconstruction"][3:], rtol=1e-6)


def test_warm_start_keeps_the_scale_of_the_first_data(iris):
    model = small(warm_start=True).fit(iris)
    mean = model.mean_.copy()
    model.fit(iris[:50] + 1.0)
    np.testing.assert_array_equal(model.mean_, mean)


@pytest.mark.parametrize("method", ["fit", "partial_fit"])
def test_type_follows_the_data_when_training_goes_on_with_another(iris, method):
    for first, second in [("float32", "float64"), ("float64", "float32")]:
        model = getattr(small(warm_start=True).fit(iris.astype(first)), method)(iris.astype(second))
        for dtype in ("float32", "float64"):
            assert model.transform(iris.astype(dtype)).dtype == dtype
            assert model.reconstruct(iris.astype(dtype)).dtype == dtype


@pytest.mark.parametrize(
    "change", [{"n_components": 3}, {"encoder": (9,)}, {"activation": "tanh"}, {"init": "random"}, {"decoder": (3,)}]
)
@pytest.mark.parametrize("method", ["fit", "partial_fit"])
def test_training_does_not_go_on_with_another_architecture(iris, change, method):
    model = small(warm_start=True).fit(iris)
    before = model.transform(iris)
    with pytest.raises(ValueError, match=r"but .* changed \(from .*warm_start=False"):
        getattr(model.set_params(**change), method)(iris)
    np.testing.assert_array_equal(model.transform(iris), before)


def test_warm_start_with_several_starts_goes_on_from_the_one_that_was_kept(iris):
    model = small(warm_start=True, n_init=2, learning_rate=1e-12).fit(iris)
    codes = model.transform(iris)
    np.testing.assert_allclose(model.fit(iris).transform(iris), codes, rtol=1e-5, atol=1e-5)
    assert model.n_iter_ == 40


@pytest.mark.parametrize("method", ["fit", "partial_fit"])
@pytest.mark.parametrize("dtypes", [(np.float32, np.float64), (np.float64, np.float32)])
def test_type_of_the_codes_is_that_of_the_data_whatever_came_before(iris, method, dtypes):
    model = small(warm_start=True)
    for dtype in dtypes:
        getattr(model, method)(np.tile(iris, (2, 1)).astype(dtype))
    assert [model.transform(iris.astype(dtype)).dtype for dtype in dtypes] == list(dtypes)


def test_warm_start_is_one_training_whatever_n_init(iris):
    one, many = (small(warm_start=True).fit(iris).set_params(n_init=n).fit(iris) for n in (1, 6))
    np.testing.assert_array_equal(many.transform(iris), one.transform(iris))


def test_warm_start_refuses_other_columns(iris):
    with pytest.raises(ValueError, match="expecting 4 features"):
        small(warm_start=True).fit(iris).fit(iris[:, :3])


def test_warm_start_does_not_warm_up_again(iris):
    """The weight of the KL begins at its full height: the divergence stays where it was."""
    model = small(warm_start=True, kl_warmup=0.5, epochs=60).fit(iris)
    model.fit(iris)
    assert model.history_["kl"][60:80].max() < 1.1 * model.history_["kl"][50:60].mean()


def test_histories_join_whatever_each_knows(iris):
    model = small(warm_start=True, early_stopping=True, epochs=3).fit(iris)
    model.set_params(early_stopping=False).fit(iris)
    assert np.isfinite(model.history_["val_loss"]).tolist() == [True] * 3 + [False] * 3
    assert np.isfinite(model.history_["loss"]).all()


# Weights of rows


def test_rows_of_weight_zero_count_as_absent_to_the_bit(iris):
    weights = np.tile([1.0, 0.0, 1.0], 50)
    weighted = small().fit(iris, sample_weight=weights)
    absent = small().fit(iris[weights > 0])
    np.testing.assert_array_equal(weighted.transform(iris), absent.transform(iris))
    assert weighted.n_samples_seen_ == 100


@pytest.mark.parametrize("likelihood", ["gaussian", "bernoulli"])
def test_start_at_pca_takes_weights_as_repeated_rows(iris, likelihood):
    X = (iris - iris.min()) / np.ptp(iris)
    repeats = np.random.default_rng(0).integers(0, 4, 150)
    at_start = {"epochs": 1, "learning_rate": 1e-12, "likelihood": likelihood}
    weighted = small(**at_start).fit(X, sample_weight=repeats)
    repeated = small(**at_start).fit(np.repeat(X, repeats, axis=0))
    assert weighted.score(X) == pytest.approx(repeated.score(X), abs=2e-3)
    np.testing.assert_allclose(weighted.mean_, repeated.mean_, rtol=1e-6)


@pytest.mark.parametrize("likelihood", ["gaussian", "bernoulli"])
def test_start_at_pca_turns_to_the_rows_that_count(iris, likelihood):
    """Weights that go with the species change the principal axes, as repeated rows do."""
    X = np.tile(iris > 0, 3).astype(float) if likelihood == "bernoulli" else iris
    repeats = np.repeat([9, 1, 1], 50)
    start = small(epochs=1, learning_rate=1e-12, likelihood=likelihood)
    codes = [
        np.abs(clone(start).fit(rows, sample_weight=weights).transform(X))
        for rows, weights in [(X, repeats), (np.repeat(X, repeats, axis=0), None), (X, None)]
    ]
    np.testing.assert_allclose(codes[0], codes[1], atol=0.02)
    assert np.abs(codes[0] - codes[2]).max() > 0.2


def test_weights_count_as_repeated_rows(iris):
    """Over seeds, training with weights ends where training with repeated rows does, and not where equal rows do."""
    repeats = np.where(np.arange(150) < 50, 5, 1)
    X = np.repeat(iris, repeats, axis=0)
    options = {"encoder": (16,), "epochs": 150, "learning_rate": 3e-3, "weight_decay": 0.5}

    def scores(fit):
        return np.array([fit(small(**options | {"random_state": seed})).score(X) for seed in range(5)])

    weighted = scores(lambda model: model.set_params(batch_size=50).fit(iris, sample_weight=repeats))
    # As many steps as with weights.
    repeated = scores(lambda model: model.set_params(batch_size=117).fit(X))
    equal = scores(lambda model: model.set_params(batch_size=50).fit(iris))
    assert abs(weighted.mean() - repeated.mean()) < 0.25 * (repeated.mean() - equal.mean())


@pytest.mark.parametrize("factor", [1e-300, 1e-50, 1e50, 1e305])
def test_weights_of_any_size_count_by_proportion(iris, factor):
    weights = np.random.default_rng(0).integers(1, 9, 150) / 8
    for options in ({}, {"early_stopping": True, "epochs": 3}):
        one, other = small(**options).fit(iris, sample_weight=weights), small(**options)
        with np.errstate(all="raise"):
            other.fit(iris, sample_weight=factor * weights)
        np.testing.assert_allclose(other.transform(iris), one.transform(iris), rtol=1e-4, atol=1e-4)
        assert one.score(iris, sample_weight=factor * weights) == pytest.approx(one.score(iris, sample_weight=weights))


def test_weights_below_the_digits_of_float32_are_zero(iris):
    weights = np.where(np.arange(150) < 100, 1.0, 1e-50)
    faint = small().fit(iris, sample_weight=weights)
    np.testing.assert_array_equal(faint.transform(iris), small().fit(iris[:100]).transform(iris))
    assert faint.n_samples_seen_ == 100


def test_only_proportions_of_weights_count(iris):
    alike = small().fit(iris, sample_weight=np.full(150, 7.0))
    np.testing.assert_array_equal(alike.transform(iris), small().fit(iris).transform(iris))
    weights = np.random.default_rng(0).random(150) + 0.1
    one, many = (small().fit(iris, sample_weight=factor * weights).transform(iris) for factor in (1, 64))
    np.testing.assert_allclose(one, many, rtol=1e-4, atol=1e-5)


def test_a_heavy_row_does_not_slow_the_others_down(iris):
    """Weights are brought to the mean 1: a step of plain gradient descent is about as long as without them."""
    options = {"init": "random", "optimizer": "sgd", "learning_rate": 1e-3, "epochs": 1, "batch_size": 150}

    def moved(sample_weight):
        start, end = (
            weights_of(small(**options | {"learning_rate": rate}).fit(iris, sample_weight=sample_weight))
            for rate in (1e-12, 1e-3)
        )
        return np.sqrt(sum(np.square(new - old).sum() for new, old in zip(end, start, strict=True)))

    heavy = np.ones(150)
    heavy[7] = 10.0
    assert moved(heavy) == pytest.approx(moved(None), rel=0.3)


@pytest.mark.parametrize("factor", [2.0**-1060, 2.0**1020])
def test_weights_may_be_of_any_size(iris, factor):
    weights = np.arange(1, 151) % 3 + 1.0
    model = small().fit(iris, sample_weight=weights)
    same = small().fit(iris, sample_weight=factor * weights)
    np.testing.assert_array_equal(same.transform(iris), model.transform(iris))
    np.testing.assert_array_equal(same.kl_per_component_, model.kl_per_component_)
    assert model.score(iris, sample_weight=factor * weights) == model.score(iris, sample_weight=weights)


def test_weights_judge_early_stopping(iris):
    """The validation loss is the weighted mean: that of the rows that count."""
    weights = np.where(np.arange(150) < 100, 1.0, 1e-6)
    model = small(early_stopping=True, validation_fraction=0.3, learning_rate=1e-12, epochs=1)
    weighted = model.fit(iris, sample_weight=weights).history_["val_loss"][0]
    ours = -np.average(model.score_samples(iris[:100]))
    # The rows that do not count lie elsewhere, and are badly explained by a model of the others.
    assert -np.average(model.score_samples(iris[100:])) > ours + 2
    assert weighted == pytest.approx(ours, abs=0.8)


def test_auto_rates_count_rows_by_what_they_say(iris):
    """Rows of unequal weight say as much as fewer equal ones: (sum of weights)^2 / sum of squares (Kish 1965)."""
    weights = np.arange(1.0, 151.0)
    n_effective = weights.sum() ** 2 / (weights**2).sum()
    by_hand = small(learning_rate=5e-3, weight_decay=3 * (4 / n_effective) ** 0.4).fit(iris, sample_weight=weights)
    auto = small().fit(iris, sample_weight=weights)
    np.testing.assert_allclose(auto.transform(iris), by_hand.transform(iris), rtol=1e-5, atol=1e-6)
    equal = small(learning_rate=5e-3, weight_decay=3 * (4 / 150) ** 0.4).fit(iris, sample_weight=weights)
    assert not np.allclose(auto.transform(iris), equal.transform(iris), rtol=1e-5, atol=1e-6)


def test_score_is_the_weighted_mean(iris):
    model, weights = small().fit(iris), np.random.default_rng(0).random(150)
    expected = np.average(model.score_samples(iris), weights=weights)
    assert model.score(iris, sample_weight=weights) == pytest.approx(expected)
    assert type(model.score(iris, sample_weight=weights)) is float


@pytest.mark.parametrize(
    ("weights", "match"),
    [
        (np.full(150, -1.0), "[Nn]egative"),
        (np.full(150, np.nan), "NaN"),
        (np.ones(149), "shape"),
        (np.ones((150, 2)), "1D array"),
        (np.zeros(150), "zero"),
        (np.eye(1, 150)[0], "1 row"),
    ],
)
def test_bad_weights_are_refused(iris, weights, match):
    model = small().fit(iris)
    before = model.transform(iris)
    with pytest.raises(ValueError, match=match):
        model.fit(iris, sample_weight=weights)
    np.testing.assert_array_equal(model.transform(iris), before)


@pytest.mark.parametrize("weights", [np.full(150, -1.0), np.ones(149), np.zeros(150)])
def test_bad_weights_are_refused_by_score(iris, weights):
    with pytest.raises(ValueError, match=r"sample_weight|[Ww]eights"):
        small().fit(iris).score(iris, sample_weight=weights)


def test_histories_of_different_lengths_join(iris):
    model = small(warm_start=True, early_stopping=True, epochs=3).fit(iris)
    model.set_params(early_stopping=False, epochs=5).fit(iris)
    assert np.isfinite(model.history_["val_loss"]).tolist() == [True] * 3 + [False] * 5


def test_share_set_aside_is_rounded_up(iris):
    model = small(early_stopping=True, validation_fraction=0.1, epochs=1).fit(iris[::20])  # 8 rows
    assert np.isfinite(model.history_["val_loss"]).all()


def noisy_rows(seed, n_rows, n_features=300, rank=4):
    """Draw few rows to fit and many to judge by, of a linear model whose noise has variance 1."""
    rng = np.random.default_rng(seed)
    loadings = 2 * rng.standard_normal((rank, n_features))
    for n in (n_rows, 200):
        yield rng.standard_normal((n, rank)) @ loadings + rng.standard_normal((n, n_features))


def test_noise_variance_is_nearer_to_that_of_new_rows():
    """Rows that a model was fitted to have smaller errors than others, the more so the fewer they are."""
    told, fitted, new = [], [], []
    for seed in range(4):
        train, test = noisy_rows(seed, 30)
        model = small(n_components=4, epochs=200).fit(train)
        told.append(model.noise_variance_)
        fitted.append(np.square(train - model.reconstruct(train)).mean())
        new.append(np.square(test - model.reconstruct(test)).mean())
    assert np.mean(fitted) < 0.9 * np.mean(new)
    assert np.mean(told) == pytest.approx(np.mean(new), rel=0.1)
    # The losses that are told are those of the likelihood alone.
    history = model.history_
    np.testing.assert_allclose(history["loss"], history["reconstruction"] + history["kl"], rtol=1e-5)


@pytest.mark.filterwarnings("error::sklearn.exceptions.ConvergenceWarning")
def test_what_the_prior_costs_is_no_worse_training():
    train, _ = noisy_rows(0, 30)
    model = small(n_components=10, epochs=200).fit(train)
    assert model.history_["loss"][-1] > model.history_["loss"][0] + 5


def test_noise_of_holes_goes_by_the_values_that_are_known():
    """Most values hidden leave as few for each feature as rows do."""
    told, new = [], []
    for seed in range(4):
        train, test = noisy_rows(seed, 60, rank=2)
        train[np.random.default_rng(seed).random(train.shape) < 0.6] = np.nan
        model = small(epochs=200, missing="mask").fit(train)
        told.append(model.noise_variance_)
        new.append(np.square(test - model.reconstruct(test)).mean())
    assert np.mean(told) == pytest.approx(np.mean(new), rel=0.15)


def test_indicators_of_covariates_use_up_freedom():
    """Six labs of four rows each leave nothing of what they differ by, nor of the noise of their means."""
    told, new = [], []
    for seed in range(4):
        train, test = noisy_rows(seed, 24, rank=2)
        labs = [np.arange(len(X))[:, None] % 6 for X in (train, test)]
        train, test = (np.hstack([X, lab]) for X, lab in zip((train, test), labs, strict=True))
        model = small(epochs=200, covariates=[300]).fit(train)
        told.append(model.noise_variance_)
        new.append(np.square(test[:, :300] - model.reconstruct(test)).mean())
    assert np.mean(told) == pytest.approx(np.mean(new), rel=0.15)
