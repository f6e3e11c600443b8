"""Several starts, of which the best is kept."""

import numpy as np
import pytest
from small_models import small

from skvae.estimators import _training
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
