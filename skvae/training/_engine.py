"""The compiled training engine.

It knows a loss function and arrays, no estimator. `keras.Model.fit` pays seconds of tracing on every fit; here one
function is traced per architecture and shared by all fits of the process. Whatever may differ between two fits of one
architecture is an argument: weights, data, row weights, rows of each batch, learning rates, weights of the KL, seeds.
Only the shapes that XLA compiles for are fixed, and rows are padded to buckets so that folds of other sizes share one.
"""

import os
import sys
import threading
import time
from collections import OrderedDict
from contextlib import contextmanager
from functools import partial
from typing import Any, NamedTuple

import numpy as np

from skvae._tensorflow import entering_tensorflow
from skvae.training._optimizers import OPTIMIZERS

# Steps and places for rows in one call of the compiled function; a longer training makes several calls.
MAX_STEPS_PER_CALL, MAX_PLACES_PER_CALL = 1024, 2**21
# Nobody can look into a running call, not even Ctrl-C: about so long may it take, and so many steps while that is open.
SECONDS_PER_CALL, FIRST_STEPS = 1.0, 64
# Rows are padded to a power of two with at least so many cells (4 MB): smaller tables all share one shape.
MIN_CELLS = 2**20
# XLA fuses what small networks do. From about here on memory is the limit, and TensorFlow's raw kernels, which update
# each weight in place, come level and need no second copy (measured by benchmarks/crossover.py).
MAX_XLA_WEIGHTS = 10_000_000
# Programs in the cache; the Keras layers of each hold an array of every weight, so those add up to half a gigabyte.
MAX_PROGRAMS, MAX_CACHED_WEIGHTS = 32, 2**27


class Batches(NamedTuple):
    """What the steps of one call see: one row per step.

    Attributes
    ----------
    rows : int32 array of shape (n_steps, width)
        Row numbers; an empty place holds ``~row`` of a row of the same batch, which counts nothing there.
    rates, kl_weights, prior_weights : float array of shape (n_steps,)
        Learning rate, weight of the KL divergence, and of the prior of the likelihood's own weights.
    """

    rows: np.ndarray
    rates: np.ndarray
    kl_weights: np.ndarray
    prior_weights: np.ndarray


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
        ``loss(weights, x, kl_weight, prior_weight, noise_seed, training)``, with a list of tensors and rows of data,
        returns the loss to minimise and a tuple of parts to report, each one value per row; and a dict from the place
        of a weight that no gradient moves, such as the mean over past batches, to its new value. `training` tells
        whether a step is to be taken, or rows are judged.
    n_parts : int
        Number of parts.
    optimizer : {"adam", "sgd"}
        Rule of the update.
    width : int
        Places for rows in a batch.
    use_xla : bool
        Compile with XLA, or let TensorFlow's own kernels run.
    """

    def __init__(self, loss, n_parts, optimizer, width, use_xla):
        import tensorflow as tf

        self.loss = loss
        self.n_parts = n_parts
        self.width = width
        self.use_xla = use_xla
        self.steps_per_call = max(1, min(MAX_STEPS_PER_CALL, MAX_PLACES_PER_CALL // width))
        self.n_traces = 0
        self._seconds_per_step = np.nan
        self.n_moments, self._update, self._update_in_place = OPTIMIZERS[optimizer]
        # TensorFlow counts traces by code object and warns if programs seem to share one; a partial is its own.
        body = self._train_tensors if use_xla else self._train_variables
        self._train = tf.function(partial(body), jit_compile=use_xla, autograph=False)
        self._evaluate = tf.function(partial(self._evaluate_batches), jit_compile=use_xla, autograph=False)

    def start(self, weights, moments=None, step=0):
        """Return the state before the first step, or after some, from NumPy arrays."""
        import tensorflow as tf

        make = tf.constant if self.use_xla else _variable
        weights = [np.asarray(w, np.float32) for w in weights]
        if moments is None:
            moments = [[np.zeros_like(w)] * self.n_moments for w in weights]
        # A tensor of another type would abort the process.
        moments = [tuple(make(np.asarray(moment, np.float32)) for moment in of_weight) for of_weight in moments]
        return State([make(w) for w in weights], moments, step)

    def steps_per_look(self):
        """Return how many steps take about a second, as far as a call can do them."""
        known = np.isfinite(self._seconds_per_step)
        steps = SECONDS_PER_CALL / max(self._seconds_per_step, 1e-9) if known else FIRST_STEPS
        return int(min(max(steps, 1), self.steps_per_call))

    def train(self, state, table, batches, rate_scales, decays, seed):
        """Take one step per row of `batches`, at most `steps_per_call`.

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

        n_steps, n_traces, begun = len(batches.rows), self.n_traces, time.perf_counter()
        given = self._given(table, batches, rate_scales, decays, seed, state.step)
        trained = self._train(state.weights, state.moments, given, tf.constant(n_steps))
        # Variables have moved in place; tensors come back anew.
        weights, moments, parts = trained if self.use_xla else (state.weights, state.moments, trained)
        parts = parts.numpy()[:n_steps]
        if self.n_traces == n_traces:
            self._seconds_per_step = (time.perf_counter() - begun) / n_steps
        return State(weights, moments, state.step + n_steps), parts

    def evaluate(self, state, table, rows, seed):
        """Sum each part over the given rows, batched as in `Batches`, without moving anything."""
        import tensorflow as tf

        total = np.zeros(self.n_parts)
        for start in range(0, len(rows), self.steps_per_call):
            chunk = rows[start : start + self.steps_per_call]
            nothing = np.zeros(len(chunk))
            given = self._given(table, Batches(chunk, nothing, nothing, nothing), [0.0], [0.0], seed, start)
            parts = self._evaluate(state.weights, given, tf.constant(len(chunk)))
            total += parts.numpy()[: len(chunk)].sum(axis=0, dtype=np.float64)
        return total

    def _batch_parts(self, weights, given, i, training):
        """Mean over the rows of batch i of loss times row weight, the parts summed likewise, and moved weights."""
        import tensorflow as tf

        # tf.gather, never tf.slice: XLA recompiles at every call for a slice with a computed start.
        rows = tf.gather(given.rows, i)
        filled = tf.where(rows < 0, tf.bitwise.invert(rows), rows)
        is_row = tf.cast(rows >= 0, tf.float32)
        row_weights = tf.gather(given.row_weights, filled) * is_row
        noise_seed = tf.stack([given.seed, given.first_step + i])
        x, kl_weight, prior_weight = (tf.gather(given.X, filled), *(tf.gather(w, i) for w in given.term_weights))
        loss, parts, moved = self.loss(weights, x, kl_weight, prior_weight, noise_seed, training)
        # By the number of rows, not their weight: that of a batch is chance, and would bias the gradient.
        mean_loss = tf.reduce_sum(loss * row_weights) / tf.reduce_sum(is_row)
        return mean_loss, tf.linalg.matvec(tf.stack(parts), row_weights), moved

    def _gradients(self, weights, given, i):
        """Gradients of the loss of batch i, its parts, and the weights that it moves by itself."""
        import tensorflow as tf

        with tf.GradientTape() as tape:
            tape.watch(weights)
            loss, sums, moved = self._batch_parts(weights, given, i, training=True)
        return tape.gradient(loss, weights, unconnected_gradients="zero"), sums, moved

    def _train_tensors(self, weights, moments, given, n_steps):
        """Train with weights that travel through the loop, for XLA."""
        import tensorflow as tf

        self.n_traces += 1

        def take_step(i, weights, moments, parts):
            gradients, sums, moved = self._gradients(weights, given, i)
            new_weights, new_moments = [], []
            for j, (weight, moment, gradient) in enumerate(zip(weights, moments, gradients, strict=True)):
                rate = tf.gather(given.rates, i) * given.scales[j]
                if j in moved:
                    weight = moved[j]
                else:
                    weight = weight * (1 - rate * given.decays[j])
                    weight, moment = self._update(weight, moment, gradient, rate, given.first_step + i)
                new_weights.append(weight)
                new_moments.append(moment)
            return i + 1, new_weights, new_moments, _with_row(parts, i, sums)

        start = (tf.constant(0), list(weights), list(moments), self._no_parts())
        return tf.while_loop(lambda i, *_: i < n_steps, take_step, start)[1:]

    def _train_variables(self, weights, moments, given, n_steps):
        """Train variables in place, for networks too large for XLA's copies."""
        import tensorflow as tf

        self.n_traces += 1

        def take_step(i, parts):
            gradients, sums, moved = self._gradients(weights, given, i)
            for j, (weight, moment, gradient) in enumerate(zip(weights, moments, gradients, strict=True)):
                if j in moved:
                    weight.assign(moved[j])
                    continue
                rate = tf.gather(given.rates, i) * given.scales[j]
                # Only where asked for: it is one more pass over the memory.
                tf.cond(given.decays[j] > 0, partial(_shrink, weight, rate * given.decays[j]), tf.no_op)
                self._update_in_place(weight, moment, gradient, rate, given.first_step + i)
            return i + 1, _with_row(parts, i, sums)

        return tf.while_loop(lambda i, _: i < n_steps, take_step, (tf.constant(0), self._no_parts()))[1]

    def _evaluate_batches(self, weights, given, n_steps):
        """Sum each part over the rows of each batch."""
        import tensorflow as tf

        self.n_traces += 1

        def take_step(i, parts):
            return i + 1, _with_row(parts, i, self._batch_parts(weights, given, i, training=False)[1])

        return tf.while_loop(lambda i, _: i < n_steps, take_step, (tf.constant(0), self._no_parts()))[1]

    def _no_parts(self):
        """Return the empty table of parts of one call."""
        import tensorflow as tf

        return tf.zeros((self.steps_per_call, self.n_parts))

    def _given(self, table, batches, scales, decays, seed, first_step):
        """Bring what is constant in a call to the device, padded to its fixed number of steps."""
        import tensorflow as tf

        n_missing = self.steps_per_call - len(batches.rows)
        with np.errstate(over="ignore"):  # an infinite learning rate ends as any divergence does
            rows, rates, *term_weights = (
                np.pad(np.asarray(values, dtype), [(0, n_missing)] + [(0, 0)] * (np.ndim(values) - 1))
                for values, dtype in zip(batches, (np.int32, *[np.float32] * 3), strict=True)
            )
        return _Given(
            table.X,
            table.row_weights,
            tf.constant(rows),
            tf.constant(rates),
            tuple(tf.constant(weights) for weights in term_weights),
            tf.constant(scales, tf.float32),
            tf.constant(decays, tf.float32),
            tf.constant(seed, tf.int32),
            tf.constant(first_step, tf.int32),
        )


class _Given(NamedTuple):
    """What is constant in one call of a compiled function, as tensors."""

    X: Any
    row_weights: Any
    rows: Any
    rates: Any
    term_weights: Any
    scales: Any
    decays: Any
    seed: Any
    first_step: Any


class Table:
    """Data on the device, its rows padded to a bucket.

    Parameters
    ----------
    X : ndarray of shape (n_samples, n_features)
    row_weights : ndarray of shape (n_samples,), default=None
        Weight of each row in the loss, about 1 on average; None means 1.
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
        self._weights = weights

    def weight_of(self, rows):
        """Add up the weights of some rows."""
        return float(self._weights[rows].sum(dtype=np.float64))


def rows_bucket(n_rows, n_features):
    """Return the padded number of rows: a power of two, and at least `MIN_CELLS` cells."""
    least = max(n_rows, MIN_CELLS // n_features, 1)
    return 1 << (least - 1).bit_length()


def batch_width(batch_size, n_rows, n_features):
    """Return the compiled number of places in a batch.

    Folds of different sizes are to share one, even if the batch is the whole fold: so it does not depend on the rows
    where padding costs little, and is a power of two where it does.
    """
    least = max(n_rows, min(256, MIN_CELLS // 4 // n_features))
    return min(batch_size, 1 << (least - 1).bit_length())


def epoch_batches(rows, batch_size, width=None):
    """Cut row numbers into batches; empty places hold ``~row`` of the batch's own rows in turn.

    So a batch normalization sees nothing but the batch, if some rows twice.

    Examples
    --------
    >>> import numpy as np
    >>> from skvae.training import epoch_batches
    >>> epoch_batches(np.arange(5), 2, width=3)
    array([[ 0,  1, -1],
           [ 2,  3, -3],
           [ 4, -5, -5]], dtype=int32)
    """
    rows, width = np.asarray(rows, np.int32), width or batch_size
    n_whole = len(rows) // batch_size * batch_size
    batches = rows[:n_whole].reshape(-1, batch_size), rows[None, n_whole:]
    empty = np.zeros((0, width), np.int32)
    return np.concatenate([empty, *(_widened(some, width) for some in batches if some.size)])


def _widened(batches, width):
    """Fill the empty places of batches of one size."""
    size = batches.shape[1]
    return np.hstack([batches, ~batches[:, np.arange(width - size) % size]])


def prefers_xla(n_weights):
    """Tell whether a dense network of this size trains faster under XLA."""
    return n_weights <= MAX_XLA_WEIGHTS


_programs: OrderedDict = OrderedDict()
_lock = threading.RLock()


def _unlock_in_child():
    """A child forked while a thread held the lock is told that it was forked, instead of waiting for ever."""
    global _lock
    _lock = threading.RLock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_unlock_in_child)


def cached_program(key, make, n_weights):
    """Return the program of this key, making it if it is not among the latest that the cache has room for."""
    with entering_tensorflow(), _lock:
        if key not in _programs:
            _programs[key] = make(), n_weights
        _programs.move_to_end(key)
        while len(_programs) > 1 and _is_overfull():
            _programs.popitem(last=False)
        return _programs[key][0]


def _is_overfull():
    """Tell whether the cache holds too many programs, or too large ones."""
    return len(_programs) > MAX_PROGRAMS or sum(size for _, size in _programs.values()) > MAX_CACHED_WEIGHTS


def _with_row(table, i, row):
    """Replace a row. Not by a scatter, which XLA would turn into a loop of its own on CPU."""
    import tensorflow as tf

    return tf.where((tf.range(table.shape[0]) == i)[:, None], row, table)


@contextmanager
def explaining_memory_errors(n_weights, batch_size):
    """Turn running out of memory, NumPy's or TensorFlow's, into a MemoryError that says what to change."""
    try:
        yield
    except Exception as error:
        if not _is_out_of_memory(error):
            raise
        raise MemoryError(
            f"Out of memory while training {n_weights} weights with batches of {batch_size} rows: lower batch_size, "
            "n_components or the sizes of the hidden layers, or give fewer features."
        ) from error


def _is_out_of_memory(error):
    """Tell whether memory ran out; without TensorFlow only NumPy's error can be."""
    if isinstance(error, MemoryError):
        return True
    tensorflow = sys.modules.get("tensorflow")
    return tensorflow is not None and isinstance(error, tensorflow.errors.ResourceExhaustedError)


def _shrink(variable, share):
    """Take a share off a variable."""
    import tensorflow as tf

    with tf.control_dependencies([variable.assign(variable * (1 - share))]):
        return tf.no_op()


def _variable(array):
    """Make a variable without a name of its own, which would count up a global one."""
    import tensorflow as tf

    return tf.Variable(array, name="weight")
