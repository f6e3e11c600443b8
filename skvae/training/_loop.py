"""The training loop: epochs cut into calls of the compiled program, history, early stopping, interrupts."""

import time
from typing import Literal, NamedTuple, Protocol

import numpy as np

from skvae.training._engine import Batches, epoch_batches
from skvae.training._schedules import kl_weights, learning_rates


class Plan(NamedTuple):
    """How to train.

    Attributes
    ----------
    train_rows, validation_rows : int array
        Rows of the table to learn from and to judge by; no validation rows mean no early stopping.
    epochs, batch_size : int
        More rows in a batch than there are mean all of them.
    learning_rate, weight_decay : float
    beta, kl_warmup : float
        Final weight of the KL divergence, and share of the steps over which it rises. A loss without a KL divergence
        may use it otherwise.
    prior_weight : float
        Weight of the prior of the likelihood's own weights, which the losses that are told leave out.
    patience : int
        Epochs without an improvement of the validation loss by `tol` nats until training stops.
    tol : float
    seed : int
        Of initial weights, order of the rows, and noise.
    unit, offset : float
        What each loss that is told is multiplied by, and the nats that are added: the networks may see the data on
        another scale.
    verbose : int
        Above 0, a line is printed for each epoch.
    name : str
        What such a line begins with; empty where only one start is trained.
    """

    train_rows: np.ndarray
    validation_rows: np.ndarray
    epochs: int
    batch_size: int
    learning_rate: float
    weight_decay: float
    beta: float
    kl_warmup: float
    prior_weight: float
    patience: int
    tol: float
    seed: int
    unit: float
    offset: float
    verbose: int
    name: str = ""


class Listener(Protocol):
    """What looks at each epoch, and may stop the training."""

    def epoch_begins(self):
        """Learn that an epoch begins."""

    def epoch_ends(self, weights, history):
        """Look at the weights (callable) and the history (callable) after an epoch; True stops the training."""


class DivergedError(ValueError):
    """The loss or the weights of a training are no longer finite."""


class Outcome(NamedTuple):
    """What a training gives.

    Attributes
    ----------
    weights : list of ndarray
        Those of the last epoch, or with validation rows those of the best (epoch 0, the start, included).
    history : dict of ndarray of shape (n_epochs,)
    ended_by : {"epochs", "patience", "listener", "interrupt"}
    """

    weights: list
    history: dict
    ended_by: Literal["epochs", "patience", "listener", "interrupt"]


def run(program, state, table, plan, scales, decays, listener=None, stop=None):
    """Train by the plan.

    Parameters
    ----------
    program : Program
        With two parts to report: reconstruction and KL divergence.
    state : State
    table : Table
    plan : Plan
    scales, decays : float array of shape (n_weights,)
        See `Program.train`.
    listener : Listener, default=None
    stop : threading.Event, default=None
        Ends the training as Ctrl-C does, for threads, which get no signals.

    Returns
    -------
    Outcome

    Raises
    ------
    DivergedError
        If loss or weights are no longer finite.
    """
    watch = _Watch(program, table, plan, listener, stop)
    n_steps = -(-len(plan.train_rows) // plan.batch_size)
    rows = epoch_rows(plan, program.width)
    rates = learning_rates(plan.learning_rate, plan.epochs * n_steps)
    kl = kl_weights(plan.beta, plan.kl_warmup, plan.epochs * n_steps)
    prior = np.full_like(kl, plan.prior_weight)
    try:
        if watch.validates:
            watch.judge(state, 0)
        while watch.wants_more():
            n_epochs = watch.epochs_per_look(n_steps)
            watch.begin()
            chunk = np.concatenate([next(rows) for _ in range(n_epochs)])
            now = slice(state.step, state.step + len(chunk))
            for batches in _calls(program, Batches(chunk, rates[now], kl[now], prior[now])):
                state, parts = program.train(state, table, batches, scales, decays, plan.seed)
                watch.collect(parts)
            watch.look(state, n_epochs)
    except KeyboardInterrupt:
        watch.ended_by = "interrupt"
    assert watch.ended_by is not None
    return Outcome(watch.best_weights(state), watch.history(), watch.ended_by)


def run_once(program, state, table, plan, scales, decays):
    """Pass once over the training rows, with learning rate and weight of the KL divergence as they are.

    Returns
    -------
    state : State
    history : dict of ndarray of shape (1,)

    Raises
    ------
    DivergedError
        If loss or weights are no longer finite.
    """
    watch = _Watch(program, table, plan._replace(epochs=1))
    chunk = next(epoch_rows(plan, program.width))
    constant = Batches(chunk, *(np.full(len(chunk), x) for x in (plan.learning_rate, plan.beta, plan.prior_weight)))
    for batches in _calls(program, constant):
        state, parts = program.train(state, table, batches, scales, decays, plan.seed)
        watch.collect(parts)
    watch.look(state, 1)
    watch.best_weights(state)
    if not all(np.isfinite(moment).all() for of_weight in state.moments for moment in of_weight):
        raise watch.divergence("gradients are too large for the optimizer's memory")  # which would never learn again
    return state, watch.history()


def mean_loss(program, weights, table, plan):
    """Average the full loss over the training rows, at the plan's beta and with the plan's noise."""
    rows = epoch_batches(plan.train_rows, program.width)
    sums = program.evaluate(program.start(weights), table, rows, plan.seed)
    loss = float(_full_loss(sums, plan.beta)) / table.weight_of(plan.train_rows)
    return loss if np.isfinite(loss) else np.inf  # NaN would be neither better nor worse than another


def epoch_rows(plan, width):
    """Yield the batches of one epoch after the other, each in a new order."""
    rng = np.random.default_rng([plan.seed, 1])
    batch_size = min(plan.batch_size, len(plan.train_rows))
    while True:
        yield epoch_batches(rng.permutation(plan.train_rows), batch_size, width)


def _calls(program, batches):
    """Cut batches into calls, each as long as the program bears without a look."""
    start = 0
    while start < len(batches.rows):
        part = slice(start, start + program.steps_per_look())
        yield Batches(*(values[part] for values in batches))
        start = part.stop


class _Watch:
    """Looks at the training from outside: records it, prints it, and says when to stop."""

    def __init__(self, program, table, plan, listener=None, stop=None):
        self.program, self.table, self.plan, self.listener, self.stop = program, table, plan, listener, stop
        self.records, self.sums = [], []
        self.ended_by: Literal["epochs", "patience", "listener", "interrupt"] | None = None
        self.validates = len(plan.validation_rows) > 0
        self.validation = epoch_batches(plan.validation_rows, program.width)
        self.best, self.best_epoch, self.best_loss = None, 0, np.inf
        self.seconds = time.perf_counter()

    def wants_more(self):
        """Tell whether another epoch is due."""
        # As long as the weight of the KL rises, the full loss is not what is trained for.
        since = max(self.best_epoch, int(self.plan.kl_warmup * self.plan.epochs))
        if self.ended_by is None and self.stop is not None and self.stop.is_set():
            self.ended_by = "interrupt"
        elif self.ended_by is None and self.validates and len(self.records) - since >= self.plan.patience:
            self.ended_by = "patience"
        elif self.ended_by is None and len(self.records) >= self.plan.epochs:
            self.ended_by = "epochs"
        return self.ended_by is None

    def epochs_per_look(self, steps_per_epoch):
        """Return how many epochs may pass at once: as many as take about a second, unless each is to be seen."""
        if self.validates or self.plan.verbose or self.listener is not None:
            return 1
        left = self.plan.epochs - len(self.records)
        return min(left, max(1, self.program.steps_per_look() // steps_per_epoch))

    def begin(self):
        """Tell that an epoch begins."""
        if self.listener is not None:
            self.listener.epoch_begins()

    def collect(self, parts):
        """Keep what a call reports: the sums of each step."""
        self.sums.append(parts)

    def look(self, state, n_epochs):
        """Record the epochs since the last look."""
        now = time.perf_counter()
        sums = np.concatenate(self.sums).reshape(n_epochs, -1, self.program.n_parts).sum(axis=1)
        records = []
        means = sums / self.table.weight_of(self.plan.train_rows)
        for reconstruction, kl in means * [self.plan.unit, 1.0] + [self.plan.offset, 0.0]:
            loss = _full_loss((reconstruction, kl), self.plan.beta)
            seconds = (now - self.seconds) / n_epochs
            records.append({"loss": loss, "reconstruction": reconstruction, "kl": kl, "seconds": seconds})
        if not np.isfinite(loss):
            raise self.divergence(f"the loss is {loss}")
        if self.validates:
            records[-1]["val_loss"] = self.told(self.judge(state, len(self.records) + n_epochs))
        self.records += records
        self.seconds, self.sums = now, []
        if self.plan.verbose:
            values = ", ".join(f"{name} {value:.4g}" for name, value in records[-1].items())
            print(f"{self.plan.name}Epoch {len(self.records)}/{self.plan.epochs}: {values}")
        if self.listener is not None and self.listener.epoch_ends(lambda: self.best_weights(state), self.history):
            self.ended_by = "listener"

    def told(self, loss):
        """Bring a loss to the scale of the data."""
        return loss * self.plan.unit + self.plan.offset

    def judge(self, state, epoch):
        """Take the full loss on the validation rows, and keep the weights if it is the best so far."""
        sums = self.program.evaluate(state, self.table, self.validation, self.plan.seed)
        loss = float(_full_loss(sums, self.plan.beta)) / self.table.weight_of(self.plan.validation_rows)
        if not np.isfinite(loss):
            raise self.divergence(f"the validation loss is {loss}")
        if loss < self.best_loss - (self.plan.tol if self.best is not None else 0):
            self.best, self.best_epoch, self.best_loss = _snapshot(state), epoch, loss
        return loss

    def best_weights(self, state):
        """Return the weights to keep, as arrays."""
        weights = self.best if self.best is not None else _snapshot(state)
        if not all(np.isfinite(w).all() for w in weights):
            raise self.divergence("weights are not finite")
        return weights

    def divergence(self, what):
        """Make the error that says what went wrong, and what to change."""
        return DivergedError(
            f"The training diverged: {what} in epoch {len(self.records) + 1}. Lower learning_rate (or an unusual "
            "beta or weight_decay), scale the data (StandardScaler), or raise batch_size."
        )

    def history(self):
        """Return one array of values per epoch for each quantity."""
        names = ["loss", "reconstruction", "kl", "seconds", *(["val_loss"] if self.validates else [])]
        return {name: np.array([record[name] for record in self.records]) for name in names}


def _full_loss(parts, beta):
    """Add up reconstruction and KL divergence; what is not finite is told by who calls."""
    with np.errstate(over="ignore", invalid="ignore"):
        return parts[0] + beta * parts[1]


def _snapshot(state):
    """Copy the weights out of the device."""
    return [w.numpy().copy() for w in state.weights]
