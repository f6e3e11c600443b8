"""The training loop, on a loss whose course is known."""

import warnings

import numpy as np
import pytest

from skvae.training import DivergedError, Plan, Program, Table, mean_loss, run, run_once

X = np.random.default_rng(0).normal(2.0, 1.0, size=(40, 3)).astype(np.float32)


def distance(weights, x, kl_weight, noise_seed):
    """Squared distance of each row to one weight vector; the KL part is that of the weight itself."""
    import tensorflow as tf

    squares = tf.reduce_sum(tf.square(x - weights[0]), axis=-1)
    kl = tf.reduce_sum(tf.square(weights[0])) * tf.ones_like(squares)
    return squares + kl_weight * kl, (squares, kl)


@pytest.fixture(scope="module", params=[True, False], ids=["xla", "plain"])
def program(request):
    return Program(distance, 2, "sgd", 8, request.param)


def plan(**changes):
    usual = Plan(
        train_rows=np.arange(30),
        validation_rows=np.arange(0),
        epochs=20,
        batch_size=8,
        learning_rate=0.05,
        weight_decay=0.0,
        beta=0.0,
        kl_warmup=0.0,
        patience=3,
        tol=0.0,
        seed=0,
        offset=0.0,
        verbose=0,
    )
    return usual._replace(**changes)


def train(program, plan):
    return run(program, program.start([np.zeros(3)]), Table(X), plan, [1.0], [0.0])


def test_training_reaches_the_minimum_over_the_training_rows(program):
    (weight,), history, _ = train(program, plan(epochs=60))
    np.testing.assert_allclose(weight, X[:30].mean(axis=0), atol=0.02)
    assert history["loss"].shape == (60,)
    assert history["loss"][-1] < history["loss"][0]


def test_same_seed_same_bits(program):
    first, second, other = (train(program, plan(seed=seed))[0][0] for seed in (0, 0, 1))
    np.testing.assert_array_equal(first, second)
    assert not np.array_equal(first, other)


WEIGHTS = np.linspace(0.1, 3.0, 40)


def test_history_is_the_weighted_mean_over_the_training_rows(program):
    """The weights of the training rows need not have the mean 1 that those of the whole table have."""
    still = plan(learning_rate=1e-12, epochs=2, beta=3.0)
    _, history, _ = run(program, program.start([np.ones(3)]), Table(X, WEIGHTS), still, [1.0], [0.0])
    squares = np.average(np.square(X[:30] - 1).sum(axis=1), weights=WEIGHTS[:30])
    np.testing.assert_allclose(history["reconstruction"], squares, rtol=1e-5)
    np.testing.assert_allclose(history["kl"], 3.0, rtol=1e-5)
    np.testing.assert_allclose(history["loss"], squares + 3.0 * 3.0, rtol=1e-5)


def test_starts_are_compared_by_the_loss_they_were_trained_for(program):
    squares = np.average(np.square(X[:30] - 1).sum(axis=1), weights=WEIGHTS[:30])
    for beta in (0.0, 0.5, 4.0):
        loss = mean_loss(program, [np.ones(3, np.float32)], Table(X, WEIGHTS), plan(beta=beta))
        assert loss == pytest.approx(squares + beta * 3.0, rel=1e-5)


def test_calls_cut_anywhere_give_the_same(program, monkeypatch):
    whole, history, _ = train(program, plan())
    # Four steps an epoch: three epochs a call with a ragged last call, and calls shorter than an epoch.
    for steps in (13, 3):
        cut = Program(distance, 2, "sgd", 8, program.use_xla)
        cut.steps_per_call = steps
        weights, other, _ = train(cut, plan())
        np.testing.assert_allclose(weights[0], whole[0], rtol=1e-6)
        np.testing.assert_allclose(other["loss"], history["loss"], rtol=1e-5)


def test_the_best_weights_are_kept(program):
    """The validation rows lie elsewhere: the way to the training rows passes them and goes on."""
    table = np.concatenate([np.full((30, 3), 2.0), np.full((10, 3), 1.0)]).astype(np.float32)
    halfway = plan(validation_rows=np.arange(30, 40), learning_rate=0.02, epochs=200)
    (weight,), history, _ = run(program, program.start([np.zeros(3)]), Table(table), halfway, [1.0], [0.0])
    kept = np.square(table[30:] - weight).sum(axis=1).mean()
    assert kept == pytest.approx(history["val_loss"].min(), rel=1e-5)
    assert kept < history["val_loss"][-1] - 0.05
    assert len(history["val_loss"]) == np.argmin(history["val_loss"]) + 1 + 3


def test_the_start_is_kept_if_training_only_harms(program):
    table = np.concatenate([np.full((30, 3), 2.0), np.zeros((10, 3))]).astype(np.float32)
    harmful = plan(validation_rows=np.arange(30, 40))
    (weight,), history, _ = run(program, program.start([np.zeros(3)]), Table(table), harmful, [1.0], [0.0])
    np.testing.assert_array_equal(weight, 0)
    assert len(history["loss"]) == 3


@pytest.mark.parametrize(("tol", "n_epochs"), [(0.0, 20), (1e3, 3)])
def test_improvements_below_tol_do_not_count(program, tol, n_epochs):
    """The loss falls at every epoch, but by less than 1000 nats."""
    falling = plan(validation_rows=np.arange(30, 40), learning_rate=1e-3, tol=tol)
    _, history, ended_by = train(program, falling)
    assert np.all(np.diff(history["val_loss"]) < 0)
    assert len(history["loss"]) == n_epochs
    assert ended_by == ("patience" if tol else "epochs")


def test_patience_waits_for_the_warmup(program):
    table = np.concatenate([np.full((30, 3), 2.0), np.zeros((10, 3))]).astype(np.float32)
    warmed = plan(validation_rows=np.arange(30, 40), kl_warmup=0.5, beta=1.0)
    _, history, _ = run(program, program.start([np.zeros(3)]), Table(table), warmed, [1.0], [0.0])
    assert len(history["loss"]) == 13


@pytest.mark.parametrize("rate", [1e3, 1e39])
@pytest.mark.parametrize("epochs", [1, 30])
def test_divergence_is_told(program, rate, epochs):
    with pytest.raises(ValueError, match=r"diverged.*learning_rate"):
        train(program, plan(learning_rate=rate, epochs=epochs, batch_size=2 if rate == 1e3 else 8))


def test_divergence_in_the_last_step_is_seen_by_the_validation(program):
    """The one step of the only epoch goes beyond float32, which no training loss has seen."""
    diverging = plan(epochs=1, learning_rate=1e25, train_rows=np.arange(8), validation_rows=np.arange(30, 40))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(ValueError, match="diverged: the validation loss is nan in epoch 1"):
            train(program, diverging)


def test_a_loss_that_is_no_number_is_the_worst(program):
    table = Table(X)
    good, bad = (mean_loss(program, [np.full(3, value)], table, plan(beta=1.0)) for value in (0.0, np.nan))
    assert good < bad == np.inf


def pass_once(program, plan):
    return run_once(program, program.start([np.zeros(3)]), Table(X), plan, [1.0], [0.0])


def test_one_pass_is_one_epoch_at_a_constant_rate(program):
    """Each step of plain gradient descent on the squared distance goes the same share of the way to the batch."""
    # Equal rows, so that their order does not matter: four steps at the full rate, whatever the plan's epochs.
    rows = Table(np.full((40, 3), 2.0, np.float32))
    state, history = run_once(
        program, program.start([np.zeros(3)]), rows, plan(learning_rate=0.1, epochs=50), [1.0], [0.0]
    )
    left = (1 - 2 * 0.1) ** np.arange(5)
    np.testing.assert_allclose(state.weights[0], 2 * (1 - left[4]), rtol=1e-5)
    assert state.step == 4
    np.testing.assert_allclose(history["reconstruction"], [3 * 4 * np.average(left[:4] ** 2, weights=[8, 8, 8, 6])])


def test_one_pass_weighs_the_divergence_as_it_will_be(program):
    rows = Table(np.full((40, 3), 2.0, np.float32))
    halfway = plan(learning_rate=0.1, beta=1.0, kl_warmup=1.0, train_rows=np.arange(8))
    state, history = run_once(program, program.start([np.ones(3)]), rows, halfway, [1.0], [0.0])
    # The gradients of distance and divergence balance each other.
    np.testing.assert_allclose(state.weights[0], 1.0, rtol=1e-6)
    np.testing.assert_allclose(history["loss"], 3.0 + 3.0)


def test_one_pass_that_ends_beyond_float32_is_told(program):
    with pytest.raises(DivergedError, match="weights are not finite"):
        pass_once(program, plan(train_rows=np.arange(8), learning_rate=3e38))
