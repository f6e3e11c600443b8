"""The training of a model: its start, its program, and several starts side by side."""

import threading
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from contextlib import nullcontext, suppress
from functools import partial
from typing import Any, NamedTuple

import numpy as np

from skvae.estimators._linear_start import start_at_pca
from skvae.estimators._loss import loss_of
from skvae.estimators._pca_start import MIN_BETA
from skvae.estimators._rates import rise_by_prior
from skvae.estimators._threads import spare_threads
from skvae.training import (
    DivergedError,
    Program,
    Table,
    batch_width,
    cached_program,
    explaining_memory_errors,
    mean_loss,
    prefers_xla,
    run,
    run_once,
)

# Adam moves every weight by about the learning rate, so an output moves by rate times fan-in. Scaling the step of wide
# layers keeps the PCA start on thousands of features (compare maximal-update scaling, Yang and Hu 2021).
FAN_IN = 64
# Seconds between two looks at trainings in threads.
_NAP = 0.2
# The noise variance is one number that has to follow the networks: it learns faster than they do.
NOISE_RATE_SCALE = 10.0


class Rows(NamedTuple):
    """Data as the networks see them.

    Attributes
    ----------
    X : ndarray of shape (n_samples, n_features + n_covariates)
        NaN where data are missing.
    sample_weight : ndarray of shape (n_samples,) or None
    scaling : Scaling or None
        What has brought the data to that scale.
    """

    X: np.ndarray
    sample_weight: np.ndarray | None
    scaling: Any = None


class Fitted(NamedTuple):
    """Result of a training.

    Attributes
    ----------
    weights : dict
        Arrays (float32) by part and name.
    history : dict of ndarray of shape (n_epochs,)
    ended_by : str
        See `skvae.training.Outcome`.
    allowed_rise : float
        By how much the loss may rise without harm, in nats per row: training minimises it with a prior of the
        likelihood's weights, which the losses that are told leave out.
    """

    weights: dict
    history: dict
    ended_by: str
    allowed_rise: float


def train(model, rows, plan, init, optimizer, starts=None, listeners=(None,), noise=None, stop=None):
    """Train a model by the plan.

    Parameters
    ----------
    model : Model
    rows : Rows
    plan : Plan
    init : {"pca", "random"}
    optimizer : {"adam", "sgd"}
    starts : list of dict, default=None
        Weights to go on from, by part and name, for each start; None starts anew as `init` says.
    listeners : list of (EpochTasks or None), default=(None,)
        One for each start. Starts have seeds of their own, and the one with the best bound on the training rows is
        kept. With anybody listening they run one after the other.
    noise : Noise, default=None
        What spoils the rows in training.
    stop : threading.Event, default=None
        Set by Ctrl-C; where it is set before, the weights stay as they start.

    Returns
    -------
    Fitted
    """
    with explaining_memory_errors(model.n_weights, min(plan.batch_size, len(rows.X))):
        prepared = _Prepared.of(model, rows, plan, init, optimizer, noise)
        plans = [plan_of_start(plan, i, len(listeners)) for i in range(len(listeners))]
        table = Table(rows.X, _with_mean_one(rows.sample_weight))
        starts, signal = _starts(model, rows, plans, init) if starts is None else (starts, ())
        tasks = [
            partial(_train_one, prepared, table, start, own, listener)
            for start, own, listener in zip(starts, plans, listeners, strict=True)
        ]
        n_threads = 1 if any(listeners) or plan.verbose else min(len(tasks), spare_threads())
        outcomes = _side_by_side(tasks, n_threads, stop or threading.Event())
        best = outcomes[0]
        if len(outcomes) > 1:
            best = min(outcomes, key=lambda outcome: mean_loss(prepared.program, outcome.weights, table, plan))
        interrupted = any(outcome.ended_by == "interrupt" for outcome in outcomes)
        ended_by = "interrupt" if interrupted else best.ended_by
        return Fitted(prepared.by_name(best.weights), best.history, ended_by, _allowed_rise(model, rows, plan, signal))


def plan_of_start(plan, i, n_starts):
    """Return the plan of one of several starts, with a seed of its own."""
    return plan._replace(seed=derived_seed(plan.seed, i), name=f"Start {i + 1}/{n_starts}, " if n_starts > 1 else "")


def train_once(model, rows, plan, init, optimizer, stream, noise=None):
    """Pass once over some rows of a stream; the first rows set the start.

    Parameters
    ----------
    model, rows, plan, init, optimizer
        As for `train`.
    stream : Stream
    noise : Noise, default=None

    Returns
    -------
    stream : Stream
    history : dict of ndarray of shape (1,)
    """
    with explaining_memory_errors(model.n_weights, min(plan.batch_size, len(rows.X))):
        prepared = _Prepared.of(model, rows, plan, init, optimizer, noise)
        weights = _starts(model, rows, [plan], init)[0][0] if stream.weights is None else stream.weights
        # Another optimizer than that of the batches before remembers nothing of them.
        knows = stream.moments is not None and len(stream.moments[0]) == prepared.program.n_moments
        memory = (stream.moments, stream.step) if knows else (None, 0)
        state = prepared.program.start(prepared.listed(weights), *memory)
        table = Table(rows.X, rows.sample_weight)
        state, history = run_once(prepared.program, state, table, plan, prepared.scales, prepared.decays)
        moments = [[moment.numpy().copy() for moment in of_weight] for of_weight in state.moments]
        weights = prepared.by_name([w.numpy().copy() for w in state.weights])
        return stream._replace(weights=weights, moments=moments, step=state.step), history


def derived_seed(seed, i):
    """Return the i-th of the seeds that come from one; the first is the seed itself."""
    return seed if i == 0 else int(np.random.SeedSequence([seed, i]).generate_state(1)[0] >> 1)


class _Prepared(NamedTuple):
    """The compiled program of a model, and the order of its weights."""

    program: Program
    places: list
    scales: list
    decays: list

    @classmethod
    def of(cls, model, rows, plan, init, optimizer, noise):
        """Look the program up, or compile it."""
        shapes = model.weight_shapes()
        places = [(part, name) for part, named in shapes.items() for name in named]
        use_xla = model.suits_xla and prefers_xla(model.n_weights)
        width = batch_width(plan.batch_size, len(plan.train_rows), rows.X.shape[1])
        program = cached_program(
            (model.key(), noise and noise.key(), optimizer, width, use_xla),
            lambda: Program(loss_of(model, places, noise), 2, optimizer, width, use_xla),
            model.n_weights,
        )
        scales = [_rate_scale(part, name, shapes[part][name], init) for part, name in places]
        decays = [plan.weight_decay * model.is_nonlinear(part, name) for part, name in places]
        return cls(program, places, scales, decays)

    def listed(self, weights):
        """Bring weights into the program's order."""
        return [weights[part][name] for part, name in self.places]

    def by_name(self, values):
        """Name values in the program's order."""
        named: dict[str, dict[str, Any]] = {"encoder": {}, "decoder": {}, "likelihood": {}}
        for (part, name), value in zip(self.places, values, strict=True):
            named[part][name] = value
        return named


def _train_one(prepared, table, start, plan, listener, stop):
    """Train from one start; that it diverges shall not cost the others, that it is interrupted ends them."""
    program, state = prepared.program, prepared.program.start(prepared.listed(start))
    listener = listener and listener.naming(prepared.by_name)
    try:
        with listener or nullcontext():
            outcome = run(program, state, table, plan, prepared.scales, prepared.decays, listener, stop)
    except DivergedError as error:
        return error
    if outcome.ended_by == "interrupt":
        stop.set()
    return outcome


def _side_by_side(tasks, n_threads, stop):
    """Run the trainings, as many at a time as there are threads, and return the outcomes; Ctrl-C ends them all."""
    if n_threads == 1:
        outcomes = [task(stop) for task in tasks]
    else:
        with ThreadPoolExecutor(n_threads) as pool:
            futures = [pool.submit(task, stop) for task in tasks]
            with suppress(KeyboardInterrupt):
                _wait_for_all_or_an_error(futures)
            stop.set()
        outcomes = [future.result() for future in futures]
    good = [outcome for outcome in outcomes if not isinstance(outcome, DivergedError)]
    if not good:
        raise outcomes[0]
    return good


def _wait_for_all_or_an_error(futures):
    """Wait in naps: without an end, a wait is deaf to Ctrl-C on Windows, and where another thread gets the signal."""
    unfinished = futures
    while unfinished and not any(future.done() and future.exception() for future in futures):
        unfinished = wait(futures, timeout=_NAP, return_when=FIRST_EXCEPTION).not_done


def _starts(model, rows, plans, init):
    """Draw the weights that each plan starts from; tell the variance that PCA gives each code, over `beta` times noise.

    Where no value is missing; empty without PCA.
    """
    train = plans[0].train_rows
    weights = None if rows.sample_weight is None else rows.sample_weight[train]
    given = rows.X[train], weights, rows.scaling
    drawn = [model.initial_weights(np.random.default_rng([plan.seed, 0]), *given) for plan in plans]
    if init == "random":
        return drawn, ()
    start, own = start_at_pca(model, rows, plans[0], drawn[0]["likelihood"])
    starts = [
        {
            "encoder": model.encoder.at_linear_start(weights["encoder"], start),
            "decoder": model.decoder.at_linear_start(weights["decoder"], start),
            "likelihood": own,
        }
        for weights in drawn
    ]
    signal = np.square(start.loadings) @ start.precisions
    return starts, signal[signal > 0]


def _allowed_rise(model, rows, plan, signal):
    """Tell by how much the loss may rise for the prior of the likelihood's weights."""
    if not plan.prior_weight:
        return 0.0
    missing = np.isnan(rows.X[plan.train_rows, : model.n_features])
    weights = None if rows.sample_weight is None else rows.sample_weight[plan.train_rows]
    known = 1 - float(np.average(missing.mean(axis=1), weights=weights))
    kept = 1 + known * np.asarray(signal)
    return rise_by_prior(plan.prior_weight, known * model.n_features, kept, max(plan.beta, MIN_BETA))


def _with_mean_one(sample_weight):
    """Scale weights so that, on average, a row counts once; weights that are all alike count exactly so."""
    return None if sample_weight is None else sample_weight / sample_weight.mean()


def _rate_scale(part, name, shape, init):
    """Return the factor of a weight's learning rate; bare networks have no start to keep, and learn as in Keras."""
    if part == "likelihood":
        return NOISE_RATE_SCALE
    return min(1.0, FAN_IN / np.prod(shape[:-1])) if init == "pca" and name.endswith("kernel") else 1.0
