"""The training loop: epochs cut into calls of the compiled program, history, early stopping."""

import time
from typing import NamedTuple

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
        Final weight of the KL divergence, and share of the steps over which it rises.
    patience : int
        Epochs without an improvement of the validation loss by `tol` nats until training stops.
    tol : float
    seed : int
        Of initial weights, order of the rows, and noise.
    verbose : int
    """

    train_rows: np.ndarray
    validation_rows: np.ndarray
    epochs: int
    batch_size: int
    learning_rate: float
    weight_decay: float
    beta: float
    kl_warmup: float
    patience: int
    tol: float
    seed: int
    verbose: int


def run(program, state, table, plan, scales, decays):
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

    Returns
    -------
    weights : list
        Those of the last epoch, or with validation rows those of the best (epoch 0, the start, included).
    history : dict of ndarray of shape (n_epochs,)

    Raises
    ------
    ValueError
        If the training diverges.
    """
    watch = _Watch(program, table, plan, state)
    steps_per_epoch = -(-len(plan.train_rows) // plan.batch_size)
    rows = epoch_rows(plan, program.width)
    rates = learning_rates(plan.learning_rate, plan.epochs * steps_per_epoch)
    kl = kl_weights(plan.beta, plan.kl_warmup, plan.epochs * steps_per_epoch)
    while watch.wants_more():
        n_epochs = watch.epochs_per_look(steps_per_epoch)
        chunk = np.concatenate([next(rows) for _ in range(n_epochs)])
        sums = []
        for start in range(0, len(chunk), program.steps_per_call):
            part = slice(start, start + program.steps_per_call)
            now = slice(state.step, state.step + len(chunk[part]))
            batches = Batches(chunk[part], rates[now], kl[now])
            state, parts = program.train(state, table, batches, scales, decays, plan.seed)
            sums.append(parts)
        watch.look(state, np.concatenate(sums).reshape(n_epochs, steps_per_epoch, -1).sum(axis=1))
    return watch.best_weights(state), watch.history()


def epoch_rows(plan, width):
    """Yield the batches of one epoch after the other, each in a new order."""
    rng = np.random.default_rng([plan.seed, 1])
    batch_size = min(plan.batch_size, len(plan.train_rows))
    while True:
        yield epoch_batches(rng.permutation(plan.train_rows), batch_size, width)


class _Watch:
    """Looks at the training from outside: records it, prints it, and says when to stop."""

    def __init__(self, program, table, plan, state):
        self.program, self.table, self.plan = program, table, plan
        self.records = []
        self.seconds = time.perf_counter()
        self.validates = len(plan.validation_rows) > 0
        self.validation = epoch_batches(plan.validation_rows, program.width)
        self.best, self.best_epoch, self.best_loss = None, 0, np.inf
        if self.validates:
            self.judge(state)

    def wants_more(self):
        """Tell whether another epoch is due."""
        if len(self.records) >= self.plan.epochs:
            return False
        # As long as the weight of the KL rises, the full loss is not what is trained for.
        since = max(self.best_epoch, int(self.plan.kl_warmup * self.plan.epochs))
        return not self.validates or len(self.records) - since < self.plan.patience

    def epochs_per_look(self, steps_per_epoch):
        """Return how many epochs one call may do: as many as fit, unless each is to be seen."""
        left = self.plan.epochs - len(self.records)
        if self.validates or self.plan.verbose:
            return 1
        return min(left, max(1, self.program.steps_per_call // steps_per_epoch))

    def look(self, state, sums):
        """Record the epochs of one call."""
        now = time.perf_counter()
        for reconstruction, kl in sums / len(self.plan.train_rows):
            record = {
                "loss": reconstruction + self.plan.beta * kl,
                "reconstruction": reconstruction,
                "kl": kl,
            }
            record["seconds"] = (now - self.seconds) / len(sums)
            self.records.append(record)
        self.seconds = now
        if not np.isfinite(self.records[-1]["loss"]):
            raise self.divergence(f"the loss is {self.records[-1]['loss']}")
        if self.validates:
            self.records[-1]["val_loss"] = self.judge(state)
        if self.plan.verbose:
            values = ", ".join(f"{name} {value:.4g}" for name, value in self.records[-1].items())
            print(f"Epoch {len(self.records)}/{self.plan.epochs}: {values}")

    def judge(self, state):
        """Return the full loss on the validation rows, and keep the weights if it is the best so far."""
        sums = self.program.evaluate(state, self.table, self.validation, self.plan.seed)
        loss = float(sums @ [1.0, self.plan.beta]) / len(self.plan.validation_rows)
        if loss < self.best_loss - (self.plan.tol if self.best is not None else 0):
            self.best, self.best_epoch, self.best_loss = _snapshot(state), len(self.records), loss
        return loss

    def best_weights(self, state):
        """Return the weights to keep, as arrays."""
        weights = self.best if self.validates and self.best is not None else _snapshot(state)
        if not all(np.isfinite(w).all() for w in weights):
            raise self.divergence("weights are not finite")
        return weights

    def divergence(self, what):
        """Make the error that says what went wrong, and what to change."""
        return ValueError(
            f"The training diverged: {what} after epoch {len(self.records)}. Lower learning_rate (or an unusual "
            "beta or weight_decay), scale the data (StandardScaler), or raise batch_size."
        )

    def history(self):
        """Return one array of values per epoch for each quantity."""
        return {name: np.array([record[name] for record in self.records]) for name in self.records[0]}


def _snapshot(state):
    """Copy the weights out of the device."""
    return [w.numpy().copy() for w in state.weights]
