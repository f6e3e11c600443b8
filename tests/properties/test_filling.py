"""What holds for every table that is filled by a `VAEImputer`."""

import numpy as np
import pytest
from calls import Refused, answer, attempted, bits, quietly
from hypothesis import event, given
from hypothesis import strategies as st
from models import MASKED, extreme_trainings, members, suited_tables
from sklearn.base import clone
from tables import LAYOUTS, OF_MISSING, any_tables, content, with_few_gaps

from skvae import VAEImputer

pytestmark = pytest.mark.usefixtures("compiled_quickly")

DTYPES = st.sampled_from([np.float64, np.float32])


@st.composite
def filling_cases(draw, parameters=None, options=None, **tables):
    """Draw an unfitted imputer, and a table for it, perhaps with a feature without any value."""
    model, member = draw(members(parameters, MASKED))
    X = draw(suited_tables(model, member, **tables))
    if draw(st.booleans()):
        X = np.insert(X, draw(st.integers(0, X.shape[1])), np.nan, axis=1)
    flags = {name: draw(st.booleans()) for name in ("sample_posterior", "add_indicator", "keep_empty_features")}
    return VAEImputer(model, random_state=draw(st.integers(0, 3)), **flags | (options or {})), X


def assert_filled_well(imputer, X, filled):
    """Check that known values stay, and that the others are possible ones."""
    names = imputer.get_feature_names_out()
    assert filled.shape == (len(X), len(names))
    assert filled.dtype == X.dtype
    assert np.isfinite(filled).all()
    empty = imputer.empty_features_
    kept = X if imputer.keep_empty_features else X[:, ~empty]
    values, indicators = np.split(filled, [kept.shape[1]], axis=1)
    known = ~np.isnan(kept)
    assert bits(values[known]) == bits(kept[known])
    if imputer.keep_empty_features:
        assert not values[:, empty].any()
        values, known = values[:, ~empty], known[:, ~empty]
    if imputer.add_indicator:
        assert bits(indicators.astype(bool)) == bits(np.isnan(X)[:, imputer.indicator_.features_])
    else:
        assert indicators.shape[1] == 0
    _assert_within_support(imputer, values[~known])


def _assert_within_support(imputer, drawn):
    """Check values that were missing."""
    likelihood = imputer.estimator_.likelihood
    if likelihood in ("poisson", "negative_binomial"):
        assert (drawn >= 0).all()
        assert not imputer.sample_posterior or (drawn == np.round(drawn)).all()
    if likelihood in ("bernoulli", "continuous_bernoulli"):
        assert ((drawn >= 0) & (drawn <= 1)).all()
        assert likelihood != "bernoulli" or not imputer.sample_posterior or np.isin(drawn, [0, 1]).all()


@given(filling_cases(gaps=with_few_gaps), DTYPES)
def test_moderate_tables_are_filled(case, dtype):
    imputer, X = case[0], case[1].astype(dtype)
    before, again = content(X), clone(case[0])
    filled = quietly(imputer.fit_transform, X)
    assert_filled_well(imputer, X, filled)
    assert bits(quietly(again.fit, X).transform(X)) == bits(filled)
    assert bits(vars(again)) == bits(vars(imputer))
    assert content(X) == before


@given(filling_cases(tables=any_tables, parameters=extreme_trainings(), gaps=with_few_gaps), DTYPES)
def test_any_table_is_filled_or_refused(case, dtype):
    imputer, X = case
    with np.errstate(over="ignore"):
        X = X.astype(dtype)
    before = content(X)
    works = attempted(imputer, "fit", X)
    event("works" if works else "refused")
    if works:
        filled = answer(imputer.transform, X)
        event(f"transform {'refused' if isinstance(filled, Refused) else 'works'}")
        if not isinstance(filled, Refused):
            assert_filled_well(imputer, X, filled)
    assert content(X) == before


@given(filling_cases(gaps=with_few_gaps), st.data())
def test_new_rows_are_filled_whatever_is_missing(case, data):
    imputer, X = case
    quietly(imputer.fit, X)
    rows = X[data.draw(st.lists(st.integers(0, len(X) - 1), min_size=1, max_size=5))]
    rows[
        np.random.default_rng(data.draw(st.integers(0, 99))).random(rows.shape) < data.draw(st.sampled_from([0.5, 1.0]))
    ] = np.nan
    assert_filled_well(imputer, rows, imputer.transform(rows))


@given(filling_cases(gaps=with_few_gaps, options={"sample_posterior": False}), st.randoms(use_true_random=False))
def test_expectations_do_not_depend_on_the_other_rows(case, random):
    imputer, X = case
    filled = quietly(imputer.fit, X).transform(X)
    order = random.sample(range(len(X)), random.randint(1, len(X)))
    size = np.abs(filled).max() + 1
    np.testing.assert_allclose(imputer.transform(X[order]), filled[order], rtol=1e-11, atol=1e-11 * size)


@given(filling_cases(gaps=with_few_gaps), st.sampled_from(sorted(OF_MISSING | LAYOUTS)))
def test_containers_make_no_difference_to_what_is_filled(case, container):
    imputer, X = case
    twin, again = (OF_MISSING | LAYOUTS)[container](X), clone(imputer)
    before = content(twin)
    filled = quietly(imputer.fit_transform, X)
    assert bits(quietly(again.fit, twin).transform(twin)) == bits(filled)
    assert content(twin) == before
