"""How a model goes on: warm starts, streams of batches, weights of rows, several starts."""

import pickle

import numpy as np
import pandas as pd
import pytest
from sklearn.datasets import load_iris
from sklearn.decomposition import PCA
from sklearn.preprocessing import StandardScaler

from skvae import VAETransformer
from skvae.estimators import _training
from skvae.training import DivergedError


@pytest.fixture(scope="module")
def iris():
    return StandardScaler().fit_transform(load_iris().data)


def small(**changes):
    return VAETransformer(2, **({"encoder": (8,), "epochs": 20, "random_state": 0} | changes))


def batches(X, size):
    return [X[i : i + size] for i in range(0, len(X), size)]


def weights_of(model):
    return [w for named in model._weights.values() for w in named.values()]


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


def test_warm_start_draws_new_noise(iris):
    """With a rate of almost zero the weights stay, so that equal losses would mean equal noise."""
    model = small(warm_start=True, epochs=3, learning_rate=1e-12).fit(iris).fit(iris)
    assert not np.allclose(model.history_["reconstruction"][:3], model.history_["reconstruction"][3:], rtol=1e-6)


def test_warm_start_keeps_the_scale_of_the_first_data(iris):
    model = small(warm_start=True).fit(iris)
    mean = model.mean_.copy()
    model.fit(iris[:50] + 1.0)
    np.testing.assert_array_equal(model.mean_, mean)


@pytest.mark.parametrize(
    "change", [{"n_components": 3}, {"encoder": (9,)}, {"activation": "tanh"}, {"init": "random"}, {"decoder": (3,)}]
)
@pytest.mark.parametrize("method", ["fit", "partial_fit"])
def test_training_does_not_go_on_with_another_architecture(iris, change, method):
    model = small(warm_start=True).fit(iris)
    before = model.transform(iris)
    with pytest.raises(ValueError, match=r"warm_start=False"):
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


def test_warm_start_refuses_other_columns(iris):
    with pytest.raises(ValueError, match="expecting 4 features"):
        small(warm_start=True).fit(iris).fit(iris[:, :3])


# Streams


@pytest.mark.parametrize("size", [1, 7, 64, 150])
def test_stream_of_any_batches_learns(iris, size):
    """Whatever the batches, a few passes end above probabilistic PCA."""
    model = small(encoder=(30, 10), learning_rate=2e-3)
    for _ in range(8):
        for batch in batches(np.random.default_rng(0).permutation(iris), size):
            model.partial_fit(batch)
    assert model.n_samples_seen_ == 8 * 150
    assert model.n_iter_ == len(model.history_["loss"]) == 8 * -(-150 // size)
    assert model.score(iris) > PCA(2).fit(iris).score(iris) - 0.1


def test_long_stream_beats_pca(linear_data):
    """A curved direction that PCA cannot follow; batches of odd sizes, the last one of a single row."""
    X = np.c_[linear_data, (linear_data[:, :1] - 5) ** 2]
    model = VAETransformer(3, random_state=0)
    for _ in range(15):
        for batch in batches(X, 187):
            model.partial_fit(batch)
    assert len(batches(X, 187)[-1]) < 10
    assert model.score(X) > PCA(3).fit(X).score(X) + 0.5


def test_one_row_is_a_model_and_the_second_improves_it(iris):
    model = small().partial_fit(iris[:1])
    assert np.isfinite(model.transform(iris)).all()
    model.partial_fit(iris[1:2])
    np.testing.assert_allclose(model.mean_, iris[:2].mean(axis=0), rtol=1e-6)


def test_first_rows_set_the_start_however_they_are_cut(iris):
    whole = small().partial_fit(iris)
    pieces = small()
    for batch in batches(iris, 40):
        pieces.partial_fit(batch)
    np.testing.assert_array_equal(pieces.mean_, whole.mean_)
    assert pieces.scale_ == whole.scale_
    assert pieces.score(iris) == pytest.approx(whole.score(iris), abs=0.3)


def test_after_the_first_rows_the_scale_stays_and_no_rows_are_kept(iris):
    model = small().partial_fit(iris)
    assert len(model._stream["first_rows"]) == 150
    model.partial_fit(iris[:60])
    assert model._stream["first_rows"] is None
    mean = model.mean_.copy()
    model.partial_fit(iris[:60] + 1)
    np.testing.assert_array_equal(model.mean_, mean)


def test_stream_keeps_its_own_copy_of_the_first_rows(iris):
    X, later = iris[:20].copy(), iris[20:40]
    model, other = small().partial_fit(X), small().partial_fit(X)
    X[:] = 1e3
    np.testing.assert_array_equal(model.partial_fit(later).mean_, other.partial_fit(later).mean_)
    assert np.abs(model.mean_).max() < 10


def test_first_rows_keep_their_type_until_the_start_is_found(iris):
    """Cast to float32 with the second batch, 1e100 would be infinite."""
    model = small().partial_fit(np.array([[1e100, 0.0, 0.0, 0.0]])).partial_fit(iris[:3].astype(np.float32))
    assert model.mean_[0] == pytest.approx(2.5e99)


def test_stream_goes_on_after_a_fit(iris):
    model = small().fit(iris)
    before = weights_of(model)
    model.partial_fit(iris[:10])
    moved = [np.abs(new - old).max() for new, old in zip(weights_of(model), before, strict=True)]
    assert 0 < max(moved) < 0.05
    assert model.n_iter_ == 21
    assert model.n_samples_seen_ == 160


def test_stream_remembers_the_optimizer(iris):
    """Adam with its moments takes other steps than one that begins at each call."""
    X = np.concatenate([iris, iris])
    model = small().partial_fit(X)
    forgetful = small().partial_fit(X)
    forgetful._stream = None
    model.partial_fit(X[:5]), forgetful.partial_fit(X[:5])
    assert not np.allclose(model.transform(X), forgetful.transform(X), rtol=1e-5)


def test_optimizer_may_change_within_a_stream(iris):
    X = np.concatenate([iris, iris])
    model = small().partial_fit(X).set_params(optimizer="sgd").partial_fit(X).set_params(optimizer="adam")
    assert np.isfinite(model.partial_fit(X).score(X))


def test_batch_whose_gradients_overflow_is_refused(iris):
    """The optimizer would keep infinity, and never move those weights again."""
    model = small().fit(iris)
    before = pickle.dumps(vars(model))
    with pytest.raises(ValueError, match="diverged: gradients are too large"):
        model.partial_fit(np.full((1, 4), 1e12))
    assert pickle.dumps(vars(model)) == before


def test_streams_repeat(iris):
    first, second = small(), small()
    for model in (first, second):
        for batch in batches(iris, 60):
            model.partial_fit(batch)
    np.testing.assert_array_equal(first.transform(iris), second.transform(iris))


def test_stream_checks_columns_and_names(iris):
    frame = pd.DataFrame(iris, columns=list("abcd"))
    model = small().partial_fit(frame[:50])
    before = model.transform(frame)
    with pytest.raises(ValueError, match="expecting 4 features"):
        model.partial_fit(iris[:, :3])
    with pytest.raises(ValueError, match="feature names"):
        model.partial_fit(frame.rename(columns={"a": "z"}))
    np.testing.assert_array_equal(model.transform(frame), before)


def test_stream_cannot_stop_early(iris):
    with pytest.raises(ValueError, match="early_stopping=False"):
        small(early_stopping=True).partial_fit(iris)


def test_bernoulli_stream_learns():
    X = (np.random.default_rng(0).random((400, 1)) < 0.5) * np.ones((1, 6)) * 0.8 + 0.1
    model = small(likelihood="bernoulli")
    scores = [model.partial_fit(batch).score(X) for _ in range(12) for batch in batches(X, 100)]
    assert np.mean(scores[-8:]) > np.mean(scores[:8]) + 0.05


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


def test_only_proportions_of_weights_count(iris):
    alike = small().fit(iris, sample_weight=np.full(150, 7.0))
    np.testing.assert_array_equal(alike.transform(iris), small().fit(iris).transform(iris))
    weights = np.random.default_rng(0).random(150) + 0.1
    one, many = (small().fit(iris, sample_weight=factor * weights).transform(iris) for factor in (1, 64))
    np.testing.assert_allclose(one, many, rtol=1e-4, atol=1e-5)


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
    assert weighted < model.fit(iris).history_["val_loss"][0] + 0.5
    assert np.isfinite(weighted)


def test_split_of_which_one_side_weighs_nothing_is_refused(iris):
    for heavy in (0, 50, 149):
        weights = np.where(np.arange(150) == heavy, 1.0, 1e-60)
        with pytest.raises(ValueError, match=r"sample_weight: .* weigh nothing beside the others"):
            small(early_stopping=True).fit(iris, sample_weight=weights)


def test_score_is_the_weighted_mean(iris):
    model, weights = small().fit(iris), np.random.default_rng(0).random(150)
    expected = np.average(model.score_samples(iris), weights=weights)
    assert model.score(iris, sample_weight=weights) == pytest.approx(expected)
    assert type(model.score(iris, sample_weight=weights)) is float


def test_weights_in_a_stream_are_beside_one(iris):
    light, heavy = (small().partial_fit(iris[:100]) for _ in range(2))
    light.partial_fit(iris[100:], sample_weight=np.full(50, 1e-3))
    heavy.partial_fit(iris[100:], sample_weight=np.full(50, 100.0))
    np.testing.assert_allclose(light.mean_, iris[:100].mean(axis=0), atol=1e-2)
    np.testing.assert_allclose(heavy.mean_, iris[100:].mean(axis=0), atol=0.1)


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


# Several starts


def test_the_best_of_several_starts_is_kept(iris):
    from skvae.estimators._training import derived_seed

    options = {"init": "random", "encoder": (6,), "epochs": 40}
    several = small(n_init=4, **options).fit(iris)
    losses = [
        several.history_["loss"][-1],
        *(history["loss"][-1] for history in _histories_of_starts(iris, options, derived_seed)),
    ]
    assert losses[0] == pytest.approx(min(losses[1:]), abs=0.1)
    assert max(losses[1:]) > min(losses[1:]) + 0.1


def _histories_of_starts(iris, options, derived_seed):
    """Train each start alone, with the seeds that `n_init` derives."""
    for i in range(4):
        model = small(**options)
        base = model._new_seed()
        model._new_seed = lambda i=i, base=base: derived_seed(base, i)
        yield model.fit(iris).history_


@pytest.mark.parametrize("n_threads", [1, 3])
def test_starts_are_the_same_one_by_one_and_side_by_side(iris, monkeypatch, n_threads):
    monkeypatch.setattr(_training, "spare_threads", lambda: n_threads)
    model = small(n_init=3, init="random").fit(iris)
    monkeypatch.setattr(_training, "spare_threads", lambda: 2)
    np.testing.assert_array_equal(model.transform(iris), small(n_init=3, init="random").fit(iris).transform(iris))


def test_one_start_among_several_is_that_of_a_single_fit(iris):
    """More starts never end with a worse bound on the training rows, as the first is that of `n_init=1`."""
    single = small(init="random").fit(iris)
    several = small(init="random", n_init=3).fit(iris)
    assert -several.score(iris) <= -single.score(iris) + 0.1


def test_a_start_that_diverges_does_not_cost_the_others(iris, monkeypatch):
    real, n_calls = _training.run, iter(range(10))

    def run(*args, **kwargs):
        if next(n_calls) == 0:
            raise DivergedError("The training diverged")
        return real(*args, **kwargs)

    monkeypatch.setattr(_training, "run", run)
    assert np.isfinite(small(n_init=2).fit(iris).score(iris))
    monkeypatch.setattr(
        _training, "run", lambda *_, **__: (_ for _ in ()).throw(DivergedError("The training diverged"))
    )
    with pytest.raises(ValueError, match="diverged"):
        small(n_init=2).fit(iris)
