"""The training engine: compiled once per architecture, shared by all fits; it knows arrays and a loss, no estimator."""

from skvae.training._engine import (
    Batches,
    Program,
    State,
    Table,
    batch_width,
    cached_program,
    entering_tensorflow,
    epoch_batches,
    explaining_memory_errors,
    prefers_xla,
    rows_bucket,
)
from skvae.training._loop import DivergedError, Listener, Outcome, Plan, mean_loss, run, run_once
from skvae.training._optimizers import OPTIMIZERS
from skvae.training._schedules import kl_weights, learning_rates

__all__ = [
    "OPTIMIZERS",
    "Batches",
    "DivergedError",
    "Listener",
    "Outcome",
    "Plan",
    "Program",
    "State",
    "Table",
    "batch_width",
    "cached_program",
    "entering_tensorflow",
    "epoch_batches",
    "explaining_memory_errors",
    "kl_weights",
    "learning_rates",
    "mean_loss",
    "prefers_xla",
    "rows_bucket",
    "run",
    "run_once",
]
