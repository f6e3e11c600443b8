"""The callback that looks at chosen epochs, and the training that it observes."""

import numpy as np
import pytest

from skvae import VAETransformer
from skvae.estimators import _base
from skvae.studies._observer import Observer
from skvae.studies._source_vae import observed_training

pytestmark = pytest.mark.usefixtures("without_xla")


@pytest.fixture(scope="module")
def table():
    rng = np.random.default_rng(0)
    return rng.random((30, 5), dtype=np.float32), np.repeat(["a", "b"], 15)


def spread(vae, X, y):
    assert len(y) == 30
    return {"spread": float(vae.transform(X).std()), "n": vae.n_iter_}


def test_looks_at_the_chosen_epochs_and_stops_at_the_last(table):
    observer = Observer((2, 5), spread)
    model = VAETransformer(encoder=(4,), epochs=9, random_state=0).set_callbacks(observer).fit(*table)
    assert [row["epoch"] for row in observer.rows] == [2, 5] == [row["n"] for row in observer.rows]
    assert model.n_iter_ == 5
    assert observer.rows[-1]["spread"] == float(model.transform(table[0]).std())


def test_weights_are_copied_only_at_the_chosen_epochs(table, monkeypatch):
    copies, real = [], _base.fitted_attributes
    monkeypatch.setattr(_base, "fitted_attributes", lambda *given: copies.append(1) or real(*given))
    VAETransformer(encoder=(4,), epochs=9, random_state=0).set_callbacks(Observer((2, 5), spread)).fit(*table)
    assert len(copies) == 2 + 1  # and for the fitted model itself


def test_a_short_curve_is_the_beginning_of_a_long_one(table):
    """So the rate is constant: one that falls would fall earlier in the short training."""
    short, _ = observed_training(*table, (1, 3, 6), spread, seed=3)
    long, _ = observed_training(*table, (1, 3, 6, 20), spread, seed=3)
    assert short == long[:3]


def test_it_is_the_training_of_an_estimator_without_callbacks(table):
    rows, vae = observed_training(*table, (4,), spread, seed=1, beta=3.0)
    plain = VAETransformer(
        encoder=(120, 120, 16), decoder=(1.0,), likelihood="bernoulli", init="random", beta=3.0, learning_rate=1e-3,
        batch_size=500, epochs=8, random_state=1,
    ).fit(table[0])  # fmt: skip
    assert rows[0]["loss"] == plain.history_["loss"][3]
    assert rows[0]["loss"] == pytest.approx(rows[0]["reconstruction"] + 3.0 * rows[0]["kl"])
    assert vae.n_iter_ == 4


def test_ctrl_c_ends_the_study_not_the_training(table):
    def interrupt(vae, X, y):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        observed_training(*table, (1, 2), interrupt, seed=0)
