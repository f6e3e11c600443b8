"""Log-likelihoods are compared where they are densities of the same quantity, and nowhere else."""

import numpy as np
import pytest
from sklearn.compose import ColumnTransformer
from sklearn.datasets import load_iris
from sklearn.decomposition import PCA, FactorAnalysis
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, MinMaxScaler, StandardScaler

from skvae import VAETransformer
from skvae.likelihoods import CensoredGaussian
from skvae.metrics import silhouette_scorer
from skvae.model_selection import compare_transformers
from skvae.model_selection._likelihoods import comparable_likelihoods

BINARY, GAPPY = VAETransformer(likelihood="bernoulli"), VAETransformer(missing="mask")


def shifted(X, by):
    return X + by


def long_shift(value):
    """Steps whose representations leave out where they differ."""
    by = np.zeros(2000)
    by[1000] = value
    return FunctionTransformer(shifted, kw_args={"by": by})


def selected(column):
    """Selections among 200 columns, of which one differs in the middle."""
    return ColumnTransformer([("kept", "passthrough", [*range(100), column, *range(101, 200)])])


def compared(first, other):
    return bool(comparable_likelihoods({"first": first, "other": other}, n_features=4))


@pytest.mark.parametrize("other", [FactorAnalysis(2), VAETransformer(), GAPPY, make_pipeline(PCA(2))])
def test_densities_of_one_table_are_compared(other):
    assert compared(PCA(2), other)


@pytest.mark.parametrize(
    "other",
    [
        GridSearchCV(PCA(), {"n_components": [1, 2]}, scoring=silhouette_scorer),
        GridSearchCV(BINARY, {"n_components": [1, 2]}),
        VAETransformer(covariates=[0]),
        VAETransformer(missing="censored"),
        VAETransformer(likelihood=CensoredGaussian()),
        make_pipeline(make_pipeline(BINARY)),
        make_pipeline(StandardScaler(), PCA(2)),
    ],
)
def test_what_is_no_density_of_the_table_is_not(other):
    assert not compared(PCA(2), other)


@pytest.mark.parametrize("step", [long_shift, selected, lambda value: MinMaxScaler((0, value))])
def test_steps_before_are_compared_by_what_they_hold(step):
    first, twin, other = (make_pipeline(step(value), PCA(2)) for value in (100, 100, 150))
    assert compared(first, twin)
    assert not compared(first, other)


def test_wide_tables_are_not_scored():
    estimators = {"PCA": PCA(2), "factors": FactorAnalysis(2)}
    assert comparable_likelihoods(estimators, n_features=4000) == {"PCA", "factors"}
    assert not comparable_likelihoods(estimators, n_features=4001)


def test_the_score_of_a_search_never_reaches_the_table():
    search = GridSearchCV(PCA(), {"n_components": [1, 2]}, scoring=lambda estimator, X, y=None: estimator.n_components)
    X = load_iris().data
    comparison = compare_transformers({"PCA": PCA(2), "search": search}, X, n_repeats=1, random_state=0)
    assert "log_likelihood" not in comparison.runs
