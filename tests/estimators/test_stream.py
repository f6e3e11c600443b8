"""Streams of batches through `partial_fit`."""

import pickle

import numpy as np
import pandas as pd
import pytest
from sklearn.decomposition import PCA
from small_models import batches, small, weights_of

from skvae import VAETransformer
from skvae.estimators import _base
from skvae.estimators._rates import auto_rates
from skvae.estimators._training import train_once


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


def test_200_rows_are_enough_to_set_the_start(iris):
    """Neither 199 nor 201, as `partial_fit` says."""
    X = np.concatenate([iris, iris])
    for n_rows, stays in [(199, False), (200, True)]:
        model = small().partial_fit(X[:n_rows])
        mean = model.mean_.copy()
        model.partial_fit(X[:50] + 1)
        assert np.array_equal(model.mean_, mean) == stays


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


def test_adam_counts_its_steps_through_the_stream(iris):
    """Its correction of the moments, large in the first steps, comes once."""
    model = small(batch_size=50).partial_fit(np.tile(iris, (2, 1)))
    steps = [model.partial_fit(iris[:100])._stream["step"] for _ in range(2)]
    assert steps == [6 + 2, 6 + 4]


def test_automatic_rates_go_by_all_rows_of_the_stream(iris):
    rate, decay = auto_rates("pca", False, 305, 4, 2)
    auto, by_hand = (small().partial_fit(np.tile(iris, (2, 1))) for _ in range(2))
    by_hand.set_params(learning_rate=rate, weight_decay=decay)
    auto.partial_fit(iris[:5]), by_hand.partial_fit(iris[:5])
    np.testing.assert_array_equal(auto.transform(iris), by_hand.transform(iris))


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


def test_each_batch_has_an_order_of_its_own(iris, monkeypatch):
    """The same rows given again are cut into other steps; a stream that follows on a fit does not repeat its order."""
    seeds = []

    def spy(model, rows, plan, *rest):
        seeds.append(plan.seed)
        return train_once(model, rows, plan, *rest)

    monkeypatch.setattr(_base, "train_once", spy)
    model = small(epochs=3).fit(iris)
    for _ in range(3):
        model.partial_fit(iris)
    assert len({model._seed, *seeds}) == 4


def test_stream_checks_columns_and_names(iris):
    frame = pd.DataFrame(iris, columns=list("abcd"))
    model = small().partial_fit(frame[:50])
    before = model.transform(frame)
    with pytest.raises(ValueError, match="expecting 4 features"):
        model.partial_fit(iris[:, :3])
    with pytest.raises(ValueError, match="feature names"):
        model.partial_fit(frame.rename(columns={"a": "z"}))
    np.testing.assert_array_equal(model.transform(frame), before)


def test_batch_from_another_world_is_told(iris):
    model = small().partial_fit(np.random.default_rng(0).normal(size=(200, 4)) * 0.001)
    with pytest.warns(UserWarning, match=r"This batch lies .* times as far.*shuffle"):
        model.partial_fit(iris)


def test_stream_cannot_stop_early(iris):
    with pytest.raises(ValueError, match="early_stopping=False"):
        small(early_stopping=True).partial_fit(iris)


def test_bernoulli_stream_learns():
    X = (np.random.default_rng(0).random((400, 1)) < 0.5) * np.ones((1, 6)) * 0.8 + 0.1
    model = small(likelihood="bernoulli")
    scores = [model.partial_fit(batch).score(X) for _ in range(12) for batch in batches(X, 100)]
    assert np.mean(scores[-8:]) > np.mean(scores[:8]) + 0.05


def test_streams_refuse_weights_beyond_float32(iris):
    with pytest.raises(ValueError, match=r"sample_weight reaches 1e\+39: beside 1, at most 1e30"):
        small().partial_fit(iris, sample_weight=np.full(150, 1e39))


def test_weights_at_the_ends_of_float32(iris):
    """1e30 is counted, and rows that weigh less than its inverse are absent."""
    weights = np.where(np.arange(150) < 100, 1.0, 1e-31)
    faint = small().partial_fit(iris, sample_weight=weights)
    assert faint.n_samples_seen_ == 100
    np.testing.assert_array_equal(
        faint.transform(iris), small().partial_fit(iris[:100], sample_weight=weights[:100]).transform(iris)
    )
    with pytest.raises(ValueError, match="leaves 0 row"):
        small().partial_fit(iris, sample_weight=np.full(150, 1e-31))
    with pytest.raises(ValueError, match="diverged"):
        small().partial_fit(iris, sample_weight=np.full(150, 1e30))


def test_weights_in_a_stream_are_beside_one(iris):
    light, heavy = (small().partial_fit(iris[:100]) for _ in range(2))
    light.partial_fit(iris[100:], sample_weight=np.full(50, 1e-3))
    heavy.partial_fit(iris[100:], sample_weight=np.full(50, 100.0))
    np.testing.assert_allclose(light.mean_, iris[:100].mean(axis=0), atol=1e-2)
    np.testing.assert_allclose(heavy.mean_, iris[100:].mean(axis=0), atol=0.1)


def test_weights_of_the_first_rows_are_kept_with_them(iris):
    light, heavy = (
        small().partial_fit(iris[:100], sample_weight=np.full(100, weight)).partial_fit(iris[100:])
        for weight in (1e-3, 1e3)
    )
    np.testing.assert_allclose(light.mean_, iris[100:].mean(axis=0), atol=1e-2)
    np.testing.assert_allclose(heavy.mean_, iris[:100].mean(axis=0), atol=1e-2)


def test_scale_of_a_stream_survives_a_batch_of_less_precision(iris):
    far = iris + 123456789.3
    model = small().fit(far)
    mean = model.mean_.copy()
    model.partial_fit(far.astype("float32"))
    np.testing.assert_array_equal(model.mean_, mean)
    assert model.score(far) == pytest.approx(small().fit(iris).score(iris), abs=3)
