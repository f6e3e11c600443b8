"""The training loop, on a loss whose course is known."""

import itertools
import threading
import warnings
from types import SimpleNamespace

import numpy as np
import pytest

from skvae.training import DivergedError, Plan, Program, Table, _loop, mean_loss, run, run_once

X = np.random.default_rng(0).normal(2.0, 1.0, size=(40, 3)).astype(np.float32)


def distance(weights, x, kl_weight, prior_weight, noise_seed, training):
    """Squared distance of each row to one weight vector; the KL part is that of the weight itself."""
    import tensorflow as tf

    squares = tf.reduce_sum(tf.square(x - weights[0]), axis=-1)
    kl = tf.reduce_sum(tf.square(weights[0])) * tf.ones_like(squares)
    return squares + kl_weight * kl, (squares, kl), {}


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
        prior_weight=0.0,
        patience=3,
        tol=0.0,
        seed=0,
        unit=1.0,
        offset=0.0,
        verbose=0,
    )
    return usual._replace(**changes)


def train(program, plan, **watchers):
    return run(program, program.start([np.zeros(3)]), Table(X), plan, [1.0], [0.0], **watchers)


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


def test_offset_is_added_to_each_loss_that_is_told_and_moves_nothing(program):
    validated = plan(validation_rows=np.arange(30, 40), beta=2.0)
    plain, moved = (train(program, validated._replace(offset=offset)) for offset in (0.0, 7.0))
    np.testing.assert_array_equal(moved.weights[0], plain.weights[0])
    assert set(moved.history) == {"loss", "reconstruction", "kl", "seconds", "val_loss"}
    for name, added in [("loss", 7), ("reconstruction", 7), ("kl", 0), ("val_loss", 7)]:
        np.testing.assert_allclose(moved.history[name], plain.history[name] + added, rtol=1e-6)


def test_seconds_of_a_look_are_shared_by_its_epochs(program, monkeypatch):
    """Four steps an epoch, eight a call: looks after two, two and one epochs, by a clock that ticks at each."""
    cut = Program(distance, 2, "sgd", 8, program.use_xla)
    cut.steps_per_call = 8
    monkeypatch.setattr(_loop, "time", SimpleNamespace(perf_counter=itertools.count().__next__))
    assert train(cut, plan(epochs=5)).history["seconds"].tolist() == [0.5, 0.5, 0.5, 0.5, 1.0]


class Audience:
    """Writes down what it sees, and at the epoch `until` does what it is told."""

    def __init__(self, until=None, act=lambda: True):
        self.until, self.act, self.begun, self.seen = until, act, 0, []

    def epoch_begins(self):
        assert self.begun == len(self.seen)
        self.begun += 1

    def epoch_ends(self, weights, history):
        self.seen.append((weights()[0], history()))
        return self.act() if len(self.seen) == self.until else None


def test_a_listener_sees_each_epoch(program):
    audience = Audience()
    (weight,), history, ended_by = train(program, plan(epochs=5), listener=audience)
    assert ended_by == "epochs"
    assert audience.begun == 5
    for n, (_, seen) in enumerate(audience.seen, start=1):
        assert set(seen) == {"loss", "reconstruction", "kl", "seconds"}
        np.testing.assert_array_equal(seen["loss"], history["loss"][:n])
    assert len({tuple(seen) for seen, _ in audience.seen}) == 5
    np.testing.assert_array_equal(audience.seen[-1][0], weight)
    np.testing.assert_array_equal(train(program, plan(epochs=5)).weights[0], weight)


def test_a_listener_stops_the_training(program):
    audience = Audience(3)
    (weight,), history, ended_by = train(program, plan(), listener=audience)
    assert ended_by == "listener"
    assert len(history["loss"]) == len(audience.seen) == 3
    np.testing.assert_array_equal(audience.seen[-1][0], weight)


def test_a_listener_is_shown_the_best_weights(program):
    table = np.concatenate([np.full((30, 3), 2.0), np.zeros((10, 3))]).astype(np.float32)
    audience = Audience()
    harmful = plan(validation_rows=np.arange(30, 40))
    run(program, program.start([np.zeros(3)]), Table(table), harmful, [1.0], [0.0], audience)
    np.testing.assert_array_equal([weight for weight, _ in audience.seen], np.zeros((3, 3)))


def interrupt():
    raise KeyboardInterrupt


@pytest.mark.parametrize("by", ["signal", "event"])
def test_an_interrupt_keeps_what_there_is(program, by):
    stop = threading.Event()
    audience = Audience(2, interrupt if by == "signal" else stop.set)
    (weight,), history, ended_by = train(program, plan(), listener=audience, stop=stop)
    assert ended_by == "interrupt"
    assert len(history["loss"]) == 2
    np.testing.assert_array_equal(audience.seen[-1][0], weight)


def test_a_training_that_is_stopped_before_it_begins_keeps_the_start(program):
    stop = threading.Event()
    stop.set()
    (weight,), history, ended_by = train(program, plan(), stop=stop)
    assert ended_by == "interrupt"
    assert len(history["loss"]) == 0
    np.testing.assert_array_equal(weight, 0)


def test_verbose_prints_a_line_for_each_epoch(program, capsys):
    _, history, _ = train(program, plan(epochs=3, verbose=1, validation_rows=np.arange(30, 40)))
    lines = capsys.readouterr().out.splitlines()
    assert [line.partition(":")[0] for line in lines] == ["Epoch 1/3", "Epoch 2/3", "Epoch 3/3"]
    for name in ("loss", "reconstruction", "kl", "val_loss"):
        assert f" {name} {history[name][2]:.4g}" in lines[2]
    train(program, plan(epochs=3))
    assert capsys.readouterr().out == ""


def test_learning_rate_and_weight_of_the_divergence_follow_their_schedules_over_all_epochs(program):
    """Equal rows and one step an epoch, so that each step can be followed by hand."""
    rows = Table(np.full((40, 3), 2.0, np.float32))
    warmed = plan(epochs=4, learning_rate=0.1, beta=1.0, kl_warmup=0.5, train_rows=np.arange(8))
    for cut in (1024, 1):
        own = Program(distance, 2, "sgd", 8, program.use_xla)
        own.steps_per_call = cut
        weights, *_ = run(own, own.start([np.zeros(3)]), rows, warmed, [1.0], [0.0])
        expected = 0.0
        for rate, kl_weight in [(0.1, 0.0), (0.1, 0.5), (0.1, 1.0), (0.05, 1.0)]:
            expected -= rate * (2 * (expected - 2) + 2 * kl_weight * expected)
        np.testing.assert_allclose(weights[0], expected, rtol=1e-6)


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


def test_one_weight_beyond_float32_is_enough(program):
    """Of the first column alone; the loss, of the step before, is finite."""
    rows = Table(np.tile(np.float32([1e15, 2.0, 2.0]), (8, 1)))
    far = plan(train_rows=np.arange(8), learning_rate=1e25)
    with pytest.raises(DivergedError, match="weights are not finite"):
        run_once(program, program.start([np.zeros(3)]), rows, far, [1.0], [0.0])


@pytest.mark.parametrize(("value", "is_refused"), [(1e18, False), (1e19, True)])
def test_gradients_whose_squares_overflow_are_refused_by_adam(program, value, is_refused):
    """Loss and weights are finite, but the optimizer's memory would hold infinity for ever."""
    adam = Program(distance, 2, "adam", 8, program.use_xla)
    rows, once = Table(np.float32([[value, 0.0, 0.0]])), plan(train_rows=np.arange(1))
    if is_refused:
        with pytest.raises(DivergedError, match="gradients are too large"):
            run_once(adam, adam.start([np.zeros(3)]), rows, once, [1.0], [0.0])
    else:
        state, _ = run_once(adam, adam.start([np.zeros(3)]), rows, once, [1.0], [0.0])
        assert np.isfinite(state.weights[0]).all()


def test_what_ended_a_training_first_is_what_ended_it(program):
    stop = threading.Event()
    audience = Audience(2, lambda: stop.set() or True)
    assert train(program, plan(), listener=audience, stop=stop).ended_by == "listener"


def test_epochs_have_orders_of_their_own():
    epochs = _loop.epoch_rows(plan(train_rows=np.arange(50), batch_size=10), 10)
    first, second = next(epochs), next(epochs)
    assert sorted(first.ravel()) == sorted(second.ravel()) == list(range(50))
    assert (first != second).any()
