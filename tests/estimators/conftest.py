"""Data that the tests of estimators share."""

import pytest
from sklearn.datasets import load_iris
from sklearn.preprocessing import StandardScaler


@pytest.fixture(scope="session")
def iris():
    """150 rows x 4 features, standardised."""
    return StandardScaler().fit_transform(load_iris().data)
