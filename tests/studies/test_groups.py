"""Draws of rows from groups."""

import numpy as np

from skvae.studies import Samples
from skvae.studies._groups import codes, drawn, smallest_group

# The one feature tells the row, and with it the group.
ROWS = Samples(np.arange(30, dtype=np.float32)[:, None], np.repeat(["a", "b"], [10, 20]))


def test_rows_are_drawn_from_each_group_and_none_twice():
    rng = np.random.default_rng(0)
    sample = drawn(ROWS, (4, 15), rng)
    rows = sample.X.ravel()
    assert len(set(rows)) == 19
    assert (sample.y == np.where(rows < 10, "a", "b")).all()
    assert (sample.y == "a").sum() == 4
    assert sorted(sample.y) != sample.y.tolist()
    assert not np.array_equal(drawn(ROWS, (4, 15), rng).X, sample.X)


def test_smallest_group():
    assert smallest_group(ROWS) == 10


def test_codes_are_plain():
    assert codes(np.float32([[1, 2]]), np.array(["a"]), np.array([True])) == [
        {"z0": 1.0, "z1": 2.0, "label": "a", "held_out": True}
    ]
