"""The compiled training engine.

It knows a loss function and arrays, no estimator. `keras.Model.fit` pays seconds of tracing on every fit; here one
function is traced per architecture and shared by all fits of the process. Whatever may differ between two fits of one
architecture is an argument: weights, data, row weights, rows of each batch, learning rates, weights of the KL, seeds.
Only the shapes that XLA compiles for are fixed, and rows are padded to buckets so that folds of other sizes share one.
"""

import os
import random
import threading
from collections import OrderedDict
from contextlib import contextmanager
from functools import partial
from typing import NamedTuple

import numpy as np

from skvae.training._optimizers import OPTIMIZERS

# Steps in one call of the compiled function; a longer training makes several calls.
STEPS_PER_CALL = 1024
# Rows are padded to a power of two with at least so many cells (4 MB): smaller tables all share one shape.
MIN_CELLS = 2**20
# XLA fuses what small networks do. From about here on memory is the limit, and TensorFlow's raw kernels, which update
# each weight in place, are as fast or faster and need no second copy (measured by benchmarks/crossover.py).
MAX_XLA_WEIGHTS = 10_000_000
MAX_PROGRAMS = 32


class Batches(NamedTuple):
    """What the steps of one call see: one row per step.

    Attributes
    ----------
    rows : int32 array of shape (n_steps, batch_size)
        Row numbers; -1 fills the ragged last batch of an epoch.
    rates, kl_weights : float array of shape (n_steps,)
        Learning rate and weight of the KL divergence.
    """

    rows: np.ndarray
    rates: np.ndarray
    kl_weights: np.ndarray


class State(NamedTuple):
    """What training moves: weights by name, the optimizer's moments of each weight, and the number of steps done."""

    weights: list
    moments: list
    step: int


class Program:
    """One loss function with its optimizer, compiled once and used by many fits.

    Parameters
    ----------
    loss : callable
        ``loss(weights, x, kl_weight, noise_seed)``, with a list of tensors and rows of data, returns the loss to
        minimise and a tuple of parts to report, each one value per row.
    n_parts : int
        Number of parts.
    optimizer : {"adam", "sgd"}
        Rule of the update.
    use_xla : bool
        Compile with XLA, or let TensorFlow's own kernels run.
    """

    def __init__(self, loss, n_parts, optimizer, use_xla):
        import tensorflow as tf

        self.loss = loss
        self.n_parts = n_parts
        self.use_xla = use_xla
        self.n_traces = 0
        self.n_moments, self._update, self._update_in_place = OPTIMIZERS[optimizer]
        # TensorFlow counts traces by code object and warns if programs seem to share one; a partial is its own.
        body = self._train_tensors if use_xla else self._train_variables
        self._train = tf.function(partial(body), jit_compile=use_xla, autograph=False)
        self._evaluate = tf.function(partial(self._evaluate_batches), jit_compile=use_xla, autograph=False)

    def start(self, weights):
        """Return the state before the first step, from a list of NumPy arrays."""
        import tensorflow as tf

        make = tf.constant if self.use_xla else _variable
        weights = [make(np.asarray(w, np.float32)) for w in weights]
        moments = [tuple(make(np.zeros(w.shape, np.float32)) for _ in range(self.n_moments)) for w in weights]
        return State(weights, moments, 0)

    def train(self, state, table, batches, rate_scales, decays, seed):
        """Take one step per row of `batches`, at most `STEPS_PER_CALL`.

        Parameters
        ----------
        state : State
        table : Table
        batches : Batches
        rate_scales, decays : float array of shape (n_weights,)
            Factor of the learning rate, and decoupled weight decay, of each weight.
        seed : int
            Seed of the noise; step and seed together fix it.

        Returns
        -------
        state : State
        parts : ndarray of shape (n_steps, n_parts)
            Each part summed over the batch's rows, by row weight.
        """
        import tensorflow as tf

        n_steps = len(batches.rows)
        trained = self._train(
            state.weights,
            state.moments,
            table.X,
            table.row_weights,
            _padded(batches.rows, np.int32),
            tf.constant(n_steps),
            _padded(batches.rates, np.float32),
            _padded(batches.kl_weights, np.float32),
            tf.constant(rate_scales, tf.float32),
            tf.constant(decays, tf.float32),
            tf.constant(seed, tf.int32),
            tf.constant(state.step, tf.int32),
        )
        # Variables have moved in place; tensors come back anew.
        weights, moments, parts = trained if self.use_xla else (state.weights, state.moments, trained)
        return State(weights, moments, state.step + n_steps), parts.numpy()[:n_steps]

    def evaluate(self, state, table, rows, seed):
        """Sum each part over the given rows, batched as in `Batches`, without moving anything."""
        import tensorflow as tf

        total = np.zeros(self.n_parts)
        for start in range(0, len(rows), STEPS_PER_CALL):
            chunk = rows[start : start + STEPS_PER_CALL]
            parts = self._evaluate(
                state.weights,
                table.X,
                table.row_weights,
                _padded(chunk, np.int32),
                tf.constant(len(chunk)),
                tf.constant(seed, tf.int32),
                tf.constant(start, tf.int32),
            )
            total += parts.numpy()[: len(chunk)].sum(axis=0, dtype=np.float64)
        return total

    def _batch_parts(self, weights, X, row_weights, rows, kl_weight, seed, step):
        """Loss of one batch, averaged over its rows by weight, and the parts summed over them."""
        import tensorflow as tf

        # tf.gather, never tf.slice: XLA recompiles at every call for a slice with a computed start.
        filled = tf.maximum(rows, 0)
        row_weights = tf.gather(row_weights, filled) * tf.cast(rows >= 0, tf.float32)
        loss, parts = self.loss(weights, tf.gather(X, filled), kl_weight, tf.stack([seed, step]))
        mean_loss = tf.reduce_sum(loss * row_weights) / tf.maximum(tf.reduce_sum(row_weights), 1e-12)
        return mean_loss, tf.linalg.matvec(tf.stack(parts), row_weights)

    def _train_tensors(
        self,
        weights,
        moments,
        X,
        row_weights,
        rows,
        n_steps,
        rates,
        kl_weights,
        scales,
        decays,
        seed,
        first_step,
    ):
        """Train with weights that travel through the loop, for XLA."""
        import tensorflow as tf

        self.n_traces += 1

        def take_step(i, weights, moments, parts):
            step = first_step + i
            with tf.GradientTape() as tape:
                tape.watch(weights)
                loss, sums = self._batch_parts(
                    weights, X, row_weights, tf.gather(rows, i), tf.gather(kl_weights, i), seed, step
                )
            gradients = tape.gradient(loss, weights, unconnected_gradients="zero")
            new_weights, new_moments = [], []
            for j, (weight, moment, gradient) in enumerate(zip(weights, moments, gradients, strict=True)):
                rate = tf.gather(rates, i) * scales[j]
                weight = weight * (1 - rate * decays[j])
                weight, moment = self._update(weight, moment, gradient, rate, step)
                new_weights.append(weight)
                new_moments.append(moment)
            parts = tf.tensor_scatter_nd_update(parts, [[i]], [sums])
            return i + 1, new_weights, new_moments, parts

        parts = tf.zeros((STEPS_PER_CALL, self.n_parts))
        _, weights, moments, parts = tf.while_loop(
            lambda i, *_: i < n_steps, take_step, (tf.constant(0), list(weights), list(moments), parts)
        )
        return weights, moments, parts

    def _train_variables(
        self,
        weights,
        moments,
        X,
        row_weights,
        rows,
        n_steps,
        rates,
        kl_weights,
        scales,
        decays,
        seed,
        first_step,
    ):
        """Train variables in place, for networks too large for XLA's copies."""
        import tensorflow as tf

        self.n_traces += 1

        def take_step(i, parts):
            step = first_step + i
            with tf.GradientTape() as tape:
                loss, sums = self._batch_parts(
                    weights, X, row_weights, tf.gather(rows, i), tf.gather(kl_weights, i), seed, step
                )
            gradients = tape.gradient(loss, weights, unconnected_gradients="zero")
            for j, (weight, moment, gradient) in enumerate(zip(weights, moments, gradients, strict=True)):
                rate = tf.gather(rates, i) * scales[j]
                # Only where asked for: it is one more pass over the memory.
                tf.cond(decays[j] > 0, partial(_shrink, weight, rate * decays[j]), tf.no_op)
                self._update_in_place(weight, moment, gradient, rate, step)
            return i + 1, tf.tensor_scatter_nd_update(parts, [[i]], [sums])

        parts = tf.zeros((STEPS_PER_CALL, self.n_parts))
        return tf.while_loop(lambda i, _: i < n_steps, take_step, (tf.constant(0), parts))[1]

    def _evaluate_batches(self, weights, X, row_weights, rows, n_steps, seed, first_step):
        """Sum each part over the rows of each batch."""
        import tensorflow as tf

        self.n_traces += 1

        def take_step(i, parts):
            _, sums = self._batch_parts(
                weights, X, row_weights, tf.gather(rows, i), tf.constant(1.0), seed, first_step + i
            )
            return i + 1, tf.tensor_scatter_nd_update(parts, [[i]], [sums])

        parts = tf.zeros((STEPS_PER_CALL, self.n_parts))
        return tf.while_loop(lambda i, _: i < n_steps, take_step, (tf.constant(0), parts))[1]


class Table:
    """Data on the device, its rows padded to a bucket.

    Parameters
    ----------
    X : ndarray of shape (n_samples, n_features)
    row_weights : ndarray of shape (n_samples,), default=None
        Weight of each row in the loss; None means 1.
    """

    def __init__(self, X, row_weights=None):
        import tensorflow as tf

        n_rows, n_features = X.shape
        bucket = rows_bucket(n_rows, n_features)
        padded = np.zeros((bucket, n_features), np.float32)
        padded[:n_rows] = X
        weights = np.zeros(bucket, np.float32)
        weights[:n_rows] = 1 if row_weights is None else row_weights
        self.X = tf.constant(padded)
        self.row_weights = tf.constant(weights)


def rows_bucket(n_rows, n_features):
    """Return the padded number of rows: a power of two, and at least `MIN_CELLS` cells."""
    least = max(n_rows, MIN_CELLS // n_features, 1)
    return 1 << (least - 1).bit_length()


def epoch_batches(rows, batch_size):
    """Cut row numbers into batches; the last is filled with -1.

    Examples
    --------
    >>> import numpy as np
    >>> from skvae.training import epoch_batches
    >>> epoch_batches(np.arange(5), 2)
    array([[ 0,  1],
           [ 2,  3],
           [ 4, -1]], dtype=int32)
    """
    n_batches = -(-len(rows) // batch_size)
    filled = np.full(n_batches * batch_size, -1, np.int32)
    filled[: len(rows)] = rows
    return filled.reshape(n_batches, batch_size)


def prefers_xla(n_weights):
    """Tell whether a dense network of this size trains faster under XLA."""
    return n_weights <= MAX_XLA_WEIGHTS


_programs: OrderedDict = OrderedDict()
_lock = threading.Lock()
_process_id = None


def cached_program(key, make):
    """Return the program of this key, making it if it is not among the latest `MAX_PROGRAMS`.

    Raises
    ------
    RuntimeError
        In a forked child of a process that has trained: TensorFlow would hang there.
    """
    global _process_id
    with _lock:
        if _process_id not in (None, os.getpid()):
            raise RuntimeError(
                "This process was forked from one in which TensorFlow had started, where it hangs. Start workers with "
                "joblib's default backend 'loky', or multiprocessing's 'spawn'."
            )
        _process_id = os.getpid()
        if key not in _programs:
            with keeping_random_state():
                _programs[key] = make()
        _programs.move_to_end(key)
        while len(_programs) > MAX_PROGRAMS:
            _programs.popitem(last=False)
        return _programs[key]


@contextmanager
def keeping_random_state():
    """Leave Python's random stream alone, which importing TensorFlow and building Keras layers would move."""
    state = random.getstate()
    try:
        yield
    finally:
        random.setstate(state)


def _padded(values, dtype):
    """Pad the first axis to `STEPS_PER_CALL`."""
    padded = np.zeros((STEPS_PER_CALL, *values.shape[1:]), dtype)
    padded[: len(values)] = values
    return padded


def _shrink(variable, share):
    """Take a share off a variable."""
    import tensorflow as tf

    with tf.control_dependencies([variable.assign(variable * (1 - share))]):
        return tf.no_op()


def _variable(array):
    """Make a variable without a name of its own, which would count up a global one."""
    import tensorflow as tf

    return tf.Variable(array, name="weight")
