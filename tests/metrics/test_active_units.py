import numpy as np
import pandas as pd
import pytest

from skvae._compat import InvalidParameterError
from skvae.metrics import active_units


def test_counts_variables_that_vary_more_than_the_threshold():
    rng = np.random.default_rng(0)
    Z = rng.normal(size=(500, 4)) * np.sqrt([1.0, 0.02, 0.005, 0.0]) + [0, 100, 100, 3]
    assert active_units(Z) == active_units(pd.DataFrame(Z)) == active_units(Z.tolist()) == 2
    assert [active_units(Z, threshold=threshold) for threshold in (0, 0.001, 0.1, 10)] == [3, 3, 1, 0]
    assert type(active_units(Z)) is int


def test_the_variance_is_that_over_the_data():
    assert active_units([[0.0], [1.0]], threshold=0.25) == 0
    assert active_units([[0.0], [1.0]], threshold=0.2499) == 1
    assert active_units([[3.0, 4.0]]) == 0


def test_bad_input():
    with pytest.raises(ValueError, match="Z contains NaN"):
        active_units([[np.nan], [1.0]])
    with pytest.raises(InvalidParameterError, match="threshold"):
        active_units([[0.0], [1.0]], threshold=-1)
