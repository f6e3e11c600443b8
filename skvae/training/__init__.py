"""The training engine: compiled once per architecture, shared by all fits; it knows arrays and a loss, no estimator."""

from skvae.training._engine import (
    STEPS_PER_CALL,
    Batches,
    Program,
    State,
    Table,
    cached_program,
    epoch_batches,
    keeping_random_state,
    prefers_xla,
    rows_bucket,
)
from skvae.training._loop import Plan, run
from skvae.training._optimizers import OPTIMIZERS
from skvae.training._schedules import kl_weights, learning_rates

__all__ = [
    "OPTIMIZERS",
    "STEPS_PER_CALL",
    "Batches",
    "Plan",
    "Program",
    "State",
    "Table",
    "cached_program",
    "epoch_batches",
    "keeping_random_state",
    "kl_weights",
    "learning_rates",
    "prefers_xla",
    "rows_bucket",
    "run",
]
