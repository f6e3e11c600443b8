"""Decoded columns find their place in the table."""

import numpy as np
import pandas as pd
import pytest
from sklearn.base import BaseEstimator
from sklearn.decomposition import PCA
from sklearn.pipeline import make_pipeline

from skvae._decoded import DecodedFeatures

FRAME = pd.DataFrame([["a", 1.0, "x", np.nan], ["b", 3.0, "y", 4.0]], columns=["lab", "P1", "sex", "P2"])


class Conditional(BaseEstimator):
    """What knows which columns condition its codes, in the order that the user gave."""

    covariate_columns_ = np.array([2, 0])
    n_features_in_ = 4


@pytest.mark.parametrize("estimator", [Conditional(), make_pipeline("passthrough", Conditional())])
@pytest.mark.parametrize(
    ("X", "names"), [(FRAME, ["P1", "P2"]), (FRAME.to_numpy(), ["x1", "x3"]), (FRAME.to_numpy().tolist(), ["x1", "x3"])]
)
def test_columns_that_condition_the_codes_are_left_out(estimator, X, names):
    features = DecodedFeatures.of(estimator, 2, X)
    assert features.names == names
    np.testing.assert_array_equal(features.values_of(X), [[1.0, np.nan], [3.0, 4.0]])


def test_without_a_table_that_of_the_fit_stands():
    pca = PCA(1).fit(pd.DataFrame(np.eye(2), columns=["A", "B"]))
    assert DecodedFeatures.of(pca, 2).names == ["A", "B"]
    assert DecodedFeatures.of(pca, 2, np.eye(2)).names == ["A", "B"]
    assert DecodedFeatures.of(Conditional(), 2).names == ["x1", "x3"]
    assert DecodedFeatures.of(object(), 2).names == ["x0", "x1"]


def test_columns_that_cannot_be_told_are_refused():
    with pytest.raises(ValueError, match="gives 3 columns, but X has 4: which of them belong together is unknown"):
        DecodedFeatures.of(Conditional(), 3, FRAME)
