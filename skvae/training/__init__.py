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
    prefers_xla,
    rows_bucket,
)
from skvae.training._loop import Plan, run
from skvae.training._optimizers import OPTIMIZERS
from skvae.training._schedules import kl_weights, learning_rates

__all__ = [
    "OPTIMIZERS",
    "Batches",
    "Plan",
    "Program",
    "State",
    "Table",
    "batch_width",
    "cached_program",
    "entering_tensorflow",
    "epoch_batches",
    "kl_weights",
    "learning_rates",
    "prefers_xla",
    "rows_bucket",
    "run",
]
