"""Several starts, of which the best is kept."""

import threading

import numpy as np
import pytest
from small_models import small

from skvae.estimators import _training
from skvae.estimators._training import derived_seed
from skvae.training import DivergedError


def test_the_best_of_several_starts_is_kept(iris):
    options = {"init": "random", "encoder": (6,), "epochs": 40}
    several = small(n_init=4, **options).fit(iris)
    losses = [
        several.history_["loss"][-1],
        *(history["loss"][-1] for history in _histories_of_starts(iris, options)),
    ]
    assert losses[0] == pytest.approx(min(losses[1:]), abs=0.1)
    assert max(losses[1:]) > min(losses[1:]) + 0.1


def test_starts_differ(iris, monkeypatch):
    outcomes, real = [], _training.run
    monkeypatch.setattr(_training, "run", lambda *args: outcomes.append(real(*args)) or outcomes[-1])
    small(n_init=3, init="random", epochs=2).fit(iris)
    assert len({outcome.history["loss"][-1] for outcome in outcomes}) == 3


def _histories_of_starts(iris, options):
    """Train each start alone, with the seeds that `n_init` derives."""
    for i in range(4):
        model = small(**options)
        base = model._new_seed()
        model._new_seed = lambda i=i, base=base: _training.derived_seed(base, i)
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


def test_noise_learns_faster_than_the_networks(iris):
    """The first step of Adam is as long as the learning rate, here times ten."""
    start, moved = (small(epochs=1, batch_size=150, learning_rate=rate).fit(iris) for rate in (1e-12, 1e-3))
    step = np.log(moved.noise_variance_) - np.log(start.noise_variance_)
    assert abs(step) == pytest.approx(1e-2, rel=1e-2)
    biases = [model._weights["decoder"]["outputs/bias"] for model in (start, moved)]
    np.testing.assert_allclose(np.abs(biases[1] - biases[0]).max(), 1e-3, rtol=1e-2)


def test_first_start_is_that_of_a_single_fit_to_the_bit(iris, monkeypatch):
    outcomes, real = [], _training.run
    monkeypatch.setattr(_training, "run", lambda *args: outcomes.append(real(*args)) or outcomes[-1])
    monkeypatch.setattr(_training, "spare_threads", lambda: 1)
    single, several = small(epochs=2).fit(iris), small(epochs=2, n_init=3).fit(iris)
    for ours, first in zip(outcomes[0].weights, outcomes[1].weights, strict=True):
        np.testing.assert_array_equal(ours, first)
    np.testing.assert_array_equal(single.history_["loss"], outcomes[1].history["loss"])
    kept = [np.array_equal(several.history_["loss"], outcome.history["loss"]) for outcome in outcomes[1:]]
    assert sum(kept) == 1


def test_derived_seeds_differ_and_fit_into_32_bits():
    seeds = [derived_seed(seed, i) for seed in (0, 1, 2**31 - 2) for i in range(50)]
    assert len(set(seeds)) == 150
    assert all(0 <= seed < 2**31 for seed in seeds)
    assert derived_seed(7, 0) == 7
    assert derived_seed(7, 3) == derived_seed(7, 3)


def test_starts_in_threads_wait_for_the_slowest():
    tasks = [lambda stop: "quick", lambda stop: "stopped" if stop.wait(0.5) else "done"]
    for order in (1, -1):
        assert sorted(_training._side_by_side(tasks[::order], 2, threading.Event())) == ["done", "quick"]
