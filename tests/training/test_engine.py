"""The engine on a toy loss, where every step can be followed by hand."""

from collections import OrderedDict
from types import SimpleNamespace

import numpy as np
import pytest

from skvae.training import (
    Batches,
    Program,
    Table,
    _engine,
    batch_width,
    cached_program,
    epoch_batches,
    prefers_xla,
    rows_bucket,
)

SEED = 3


def quadratic(weights, x, kl_weight, prior_weight, noise_seed, training):
    """Squared distance of each row to one weight vector, times the weight of the KL."""
    import tensorflow as tf

    squares = tf.reduce_sum(tf.square(x - weights[0]), axis=-1)
    return kl_weight * squares, (squares, tf.ones_like(squares)), {}


@pytest.fixture(scope="module")
def X():
    return np.random.default_rng(0).normal(size=(11, 3)).astype(np.float32)


@pytest.fixture(scope="module", params=[True, False], ids=["xla", "plain"])
def use_xla(request):
    return request.param


def batches(n_rows, batch_size, n_epochs, rate=0.1):
    rows = np.concatenate([epoch_batches(np.arange(n_rows), batch_size)] * n_epochs)
    return Batches(rows, np.full(len(rows), rate), np.ones(len(rows)), np.zeros(len(rows)))


@pytest.mark.parametrize("optimizer", ["adam", "sgd"])
def test_steps_are_those_of_keras(X, use_xla, optimizer):
    import keras
    import tensorflow as tf

    program = Program(quadratic, 2, optimizer, 11, use_xla)
    plan = batches(len(X), 4, 5)
    state, _ = program.train(program.start([np.ones(3)]), Table(X), plan, [1.0], [0.0], SEED)

    weight = keras.Variable(np.ones(3, np.float32))
    oracle = {"adam": keras.optimizers.Adam, "sgd": keras.optimizers.SGD}[optimizer](0.1)
    for rows in plan.rows:
        batch = X[rows[rows >= 0]]
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.reduce_sum(tf.square(batch - weight.value), axis=-1))
        oracle.apply([tape.gradient(loss, weight.value)], [weight])
    # Both round 1 - 0.999^t in float32, each in its own way.
    np.testing.assert_allclose(state.weights[0].numpy(), np.asarray(weight), rtol=1e-4)


@pytest.mark.parametrize("optimizer", ["adam", "sgd"])
def test_training_goes_on_where_the_last_call_ended(X, use_xla, optimizer):
    program = Program(quadratic, 2, optimizer, 11, use_xla)
    plan = batches(len(X), 4, 4)
    whole, parts = program.train(program.start([np.ones(3)]), Table(X), plan, [1.0], [0.3], SEED)
    state, first = program.train(
        program.start([np.ones(3)]), Table(X), Batches(*(values[:5] for values in plan)), [1.0], [0.3], SEED
    )
    state, second = program.train(state, Table(X), Batches(*(values[5:] for values in plan)), [1.0], [0.3], SEED)
    assert state.step == whole.step == 12
    np.testing.assert_array_equal(np.concatenate([first, second]), parts)
    np.testing.assert_array_equal(state.weights[0].numpy(), whole.weights[0].numpy())


def test_every_step_draws_noise_of_its_own(X, use_xla):
    """Also over calls: a training that looks at each epoch would otherwise learn one draw by heart."""

    def noisy(weights, x, kl_weight, prior_weight, noise_seed, training):
        import tensorflow as tf

        noise = tf.random.stateless_normal(tf.shape(x)[:1], noise_seed)
        return quadratic(weights, x, kl_weight, prior_weight, noise_seed, training)[0], (noise, noise), {}

    program = Program(noisy, 2, "sgd", 11, use_xla)
    plan = batches(11, 11, 6)
    state, draws = program.start([np.zeros(3)]), []
    for i in range(0, 6, 2):
        state, parts = program.train(
            state, Table(X), Batches(*(values[i : i + 2] for values in plan)), [1.0], [0.0], SEED
        )
        draws += list(parts[:, 0])
    assert len(set(draws)) == 6


def test_parts_are_sums_over_the_rows_of_each_batch(X, use_xla):
    program = Program(quadratic, 2, "sgd", 11, use_xla)
    _, parts = program.train(program.start([np.zeros(3)]), Table(X), batches(11, 4, 1, rate=0.0), [1.0], [0.0], SEED)
    squares = np.square(X).sum(axis=1)
    np.testing.assert_allclose(parts[:, 0], [squares[:4].sum(), squares[4:8].sum(), squares[8:].sum()], rtol=1e-5)
    np.testing.assert_array_equal(parts[:, 1], [4, 4, 3])


def test_row_weights_count_as_repeated_rows(X, use_xla):
    program = Program(quadratic, 2, "sgd", 11, use_xla)
    repeats = np.array([1, 2, 3, 1, 1, 1, 1, 1, 1, 1, 1])
    weights = repeats / repeats.mean()
    weighted, _ = program.train(program.start([np.zeros(3)]), Table(X, weights), batches(11, 11, 3), [1.0], [0.0], SEED)
    repeated, _ = program.train(
        program.start([np.zeros(3)]), Table(np.repeat(X, repeats, axis=0)), batches(14, 14, 3), [1.0], [0.0], SEED
    )
    np.testing.assert_allclose(weighted.weights[0].numpy(), repeated.weights[0].numpy(), rtol=1e-5)


def test_weighted_batches_are_unbiased(X, use_xla):
    """The gradients of an epoch's batches, taken at one place, add up to that of the whole table."""
    program = Program(quadratic, 2, "sgd", 1, use_xla)
    weights = np.array([5.0, 0.5, 0.1, 1, 1, 2, 1, 0.2, 0.1, 0.05, 0.05])
    steps = [
        program.train(
            program.start([np.ones(3)]), Table(X, weights), Batches([[i]], [0.1], [1.0], [0.0]), [1.0], [0.0], SEED
        )[0]
        for i in range(11)
    ]
    whole = Program(quadratic, 2, "sgd", 11, use_xla).train(
        program.start([np.ones(3)]), Table(X, weights), batches(11, 11, 1), [1.0], [0.0], SEED
    )[0]
    mean = np.mean([state.weights[0].numpy() for state in steps], axis=0)
    np.testing.assert_allclose(mean, whole.weights[0].numpy(), rtol=1e-5)


def test_rate_scale_and_decay_act_on_their_weight_alone(X, use_xla):
    def two(weights, x, kl_weight, prior_weight, noise_seed, training):
        return quadratic(weights[:1], x, kl_weight, prior_weight, noise_seed, training)

    program = Program(two, 2, "sgd", 11, use_xla)
    state = program.start([np.ones(3), np.ones(2)])
    state, _ = program.train(state, Table(X), batches(11, 11, 2), [0.0, 0.5], [9.0, 0.4], SEED)
    np.testing.assert_array_equal(state.weights[0].numpy(), np.ones(3))
    np.testing.assert_allclose(state.weights[1].numpy(), np.full(2, (1 - 0.1 * 0.5 * 0.4) ** 2), rtol=1e-6)


def test_weight_of_the_kl_and_rates_come_from_the_schedule(X, use_xla):
    program = Program(quadratic, 2, "sgd", 11, use_xla)
    rows = epoch_batches(np.arange(11), 11)
    start = program.start([np.zeros(3)])
    doubled, _ = program.train(start, Table(X), Batches(rows, *np.array([[0.1], [2.0], [0.0]])), [1.0], [0.0], SEED)
    expected = 0.1 * 2 * 2 * X.mean(axis=0)
    np.testing.assert_allclose(doubled.weights[0].numpy(), expected, rtol=1e-5)


def test_evaluate_moves_nothing_and_takes_any_number_of_rows(X, use_xla):
    program = Program(quadratic, 2, "adam", 11, use_xla)
    state = program.start([np.ones(3)])
    rows = epoch_batches(np.arange(11), 1)
    many = np.concatenate([rows] * (program.steps_per_call // 11 + 5))
    sums = program.evaluate(state, Table(X), many, SEED)
    np.testing.assert_allclose(sums[0], np.square(X - 1).sum() * len(many) / 11, rtol=1e-5)
    assert sums[1] == len(many)
    np.testing.assert_array_equal(state.weights[0].numpy(), np.ones(3))


def test_other_rows_rates_weights_and_seeds_trace_nothing_new(X, use_xla):
    program = Program(quadratic, 2, "adam", 11, use_xla)
    program.train(program.start([np.ones(3)]), Table(X), batches(11, 4, 3), [1.0], [0.0], SEED)
    assert program.n_traces == 1
    for n_rows, n_epochs, rate, decay, seed in [(9, 3, 0.1, 0.0, 3), (11, 7, 0.2, 0.1, 4), (5, 1, 0.1, 0.0, 5)]:
        state = program.start([np.full(3, 2.0)])
        program.train(state, Table(X[:n_rows]), batches(n_rows, 4, n_epochs, rate), [0.5], [decay], seed)
    assert program.n_traces == 1


def test_epoch_batches_hold_every_row_once():
    rows = epoch_batches(np.random.default_rng(0).permutation(23), 5)
    assert rows.shape == (5, 5)
    assert sorted(rows[rows >= 0]) == list(range(23))


def test_rows_buckets_are_shared_by_folds():
    assert rows_bucket(120, 64) == rows_bucket(150, 64)
    assert rows_bucket(49, 7912) == rows_bucket(54, 7912)
    for n_rows in (1, 1000, 60000, 2**17 + 1):
        assert n_rows <= rows_bucket(n_rows, 784) <= max(2 * n_rows, 2**20 / 784 * 2)


def test_batch_widths_are_shared_by_folds():
    for n_features in (4, 64, 784):
        assert len({batch_width(200, n_rows, n_features) for n_rows in (2, 80, 97, 150, 500, 60000)}) == 1
    assert batch_width(32, 1000, 8000) == 32
    # Padding a wide layer would cost: 54 rows get 64 places, not 200.
    assert batch_width(200, 54, 7912) == batch_width(200, 49, 7912) == 64
    assert batch_width(10_000, 150, 4) == 256


def test_calls_for_large_batches_stay_small():
    program = Program(quadratic, 2, "sgd", 60_000, True)
    assert program.steps_per_call * 60_000 < 2**22


@pytest.mark.parametrize(("seconds", "n_steps"), [(5.0, 2), (0.025, 400), (100.0, 1), (1e-6, 1024)])
def test_calls_take_about_a_second(X, monkeypatch, seconds, n_steps):
    """So that Ctrl-C is answered soon and little time is lost between calls; the first one, which compiles, is odd."""
    clock = iter([0.0, 0.0, seconds])  # the first call is not timed to its end
    monkeypatch.setattr(_engine, "time", SimpleNamespace(perf_counter=lambda: next(clock)))
    program = Program(quadratic, 2, "sgd", 11, True)
    assert program.steps_per_look() == _engine.FIRST_STEPS
    program.train(program.start([np.ones(3)]), Table(X), batches(11, 11, 10), [1.0], [0.0], SEED)
    assert program.steps_per_look() == _engine.FIRST_STEPS
    program.train(program.start([np.ones(3)]), Table(X), batches(11, 11, 10), [1.0], [0.0], SEED)
    assert program.steps_per_look() == n_steps


def test_empty_places_in_a_batch_change_nothing(X, use_xla):
    program = Program(quadratic, 2, "adam", 11, use_xla)
    padded = batches(len(X), 4, 3)._replace(rows=np.concatenate([epoch_batches(np.arange(11), 4, width=9)] * 3))
    narrow, _ = program.train(program.start([np.ones(3)]), Table(X), batches(11, 4, 3), [1.0], [0.0], SEED)
    wide, _ = program.train(program.start([np.ones(3)]), Table(X), padded, [1.0], [0.0], SEED)
    np.testing.assert_allclose(wide.weights[0].numpy(), narrow.weights[0].numpy(), rtol=1e-6)


def test_empty_places_hold_rows_of_their_own_batch():
    """So a layer that looks at the whole batch, as batch normalization does, sees none but its rows."""
    rows = np.array([7, 3, 5, 0, 4])
    for batch_size, width in [(2, 5), (3, 4), (5, 12), (4, 4)]:
        batches = epoch_batches(rows, batch_size, width)
        assert batches.shape[1] == max(width, batch_size)
        for i, batch in enumerate(batches):
            own = rows[i * batch_size : (i + 1) * batch_size]
            np.testing.assert_array_equal(batch[: len(own)], own)
            others = ~batch[len(own) :]
            np.testing.assert_array_equal(others, np.resize(own, len(others)))


def test_weights_that_batches_move_take_no_gradient_step(X, use_xla):
    """A running mean of the batches stays outside of optimizer and decay, and nothing moves it in evaluation."""

    def with_running_mean(weights, x, kl_weight, prior_weight, noise_seed, training):
        import tensorflow as tf

        loss, parts, _ = quadratic(weights, x, kl_weight, prior_weight, noise_seed, training)
        loss = loss + tf.reduce_sum(tf.square(weights[1]))
        return loss, parts, {1: 0.9 * weights[1] + 0.1 * tf.reduce_mean(x, axis=0) if training else weights[1]}

    program = Program(with_running_mean, 2, "adam", 4, use_xla)
    plan = batches(8, 4, 3)
    state, _ = program.train(program.start([np.ones(3), np.ones(3)]), Table(X), plan, [1.0, 1.0], [0.0, 0.5], SEED)
    running = np.ones(3)
    for rows in plan.rows:
        running = 0.9 * running + 0.1 * X[rows].mean(axis=0)
    np.testing.assert_allclose(state.weights[1].numpy(), running, rtol=1e-5)
    program.evaluate(state, Table(X), plan.rows, SEED)
    np.testing.assert_allclose(state.weights[1].numpy(), running, rtol=1e-5)


def test_the_loss_is_told_whether_a_step_is_taken(X, use_xla):
    def telling(weights, x, kl_weight, prior_weight, noise_seed, training):
        loss, parts, _ = quadratic(weights, x, kl_weight, prior_weight, noise_seed, training)
        return loss, (parts[1] * training, parts[1]), {}

    program = Program(telling, 2, "sgd", 11, use_xla)
    plan = batches(11, 11, 1)
    state, parts = program.train(program.start([np.ones(3)]), Table(X), plan, [1.0], [0.0], SEED)
    np.testing.assert_array_equal(parts, [[11, 11]])
    np.testing.assert_array_equal(program.evaluate(state, Table(X), plan.rows, SEED), [0, 11])


def test_xla_is_for_networks_that_fit_the_cache():
    assert prefers_xla(100_000)
    assert not prefers_xla(61_000_000)


@pytest.fixture
def empty_cache(monkeypatch):
    monkeypatch.setattr(_engine, "_programs", OrderedDict())


@pytest.mark.usefixtures("empty_cache")
def test_programs_are_cached_by_key_and_bounded():
    made = [cached_program(("test", i), lambda: Program(quadratic, 2, "adam", 11, True), 3) for i in range(3)]
    assert cached_program(("test", 1), None, 3) is made[1]
    for i in range(40):
        cached_program(("test", i), lambda: Program(quadratic, 2, "adam", 11, True), 3)
    assert cached_program(("test", 0), lambda: "made anew", 3) == "made anew"
    assert len(_engine._programs) == _engine.MAX_PROGRAMS


@pytest.mark.usefixtures("empty_cache")
def test_programs_in_use_stay_in_the_cache():
    """A search that comes back to one architecture does not compile it again after 32 others."""
    for i in range(_engine.MAX_PROGRAMS + 10):
        assert cached_program("in use", lambda i=i: f"made at {i}", 3) == "made at 0"
        cached_program(("other", i), lambda: "other", 3)


@pytest.mark.usefixtures("empty_cache")
def test_large_programs_drive_older_ones_out():
    cached_program("small", lambda: "small", 3)
    cached_program("large", lambda: "large", _engine.MAX_CACHED_WEIGHTS)
    assert cached_program("large", None, _engine.MAX_CACHED_WEIGHTS) == "large"
    assert cached_program("small", lambda: "made anew", 3) == "made anew"
    assert cached_program("larger than the cache", lambda: "kept", 2 * _engine.MAX_CACHED_WEIGHTS) == "kept"
    assert cached_program("larger than the cache", None, 2 * _engine.MAX_CACHED_WEIGHTS) == "kept"
