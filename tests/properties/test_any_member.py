"""What holds for every network, likelihood and estimator of the family, whatever is missing."""

import pickle

import numpy as np
import pytest
from calls import Refused, answer, attempted, bits, quietly
from hypothesis import event, given
from hypothesis import strategies as st
from models import extreme_trainings, family_cases, members, suited_tables
from sklearn.base import clone
from tables import ODD_WEIGHTS, any_tables, content, moderate_tables, weights, with_few_gaps

pytestmark = pytest.mark.usefixtures("compiled_quickly")

DTYPES = st.sampled_from([np.float64, np.float32])


def typed(X, dtype):
    """Bring the data to a type of floats; batches stay."""
    with np.errstate(over="ignore"):
        return X.astype({name: dtype for name in X if name != "batch"}) if hasattr(X, "iloc") else X.astype(dtype)


def taken(X, rows):
    """Take rows of an array or a frame."""
    return X.iloc[rows] if hasattr(X, "iloc") else X[rows]


def own_levels(X):
    """Batches of a frame as `inverse_transform` takes them, None for an array."""
    return X["batch"].to_numpy() if hasattr(X, "iloc") else None


def width(X):
    """Number of data features."""
    return X.shape[1] - hasattr(X, "iloc")


@st.composite
def fitted(draw):
    """Draw a fitted model and its table, of either type of floats."""
    model, X = draw(family_cases(gaps=with_few_gaps))
    X = typed(X, draw(DTYPES))
    return quietly(model.fit, X), X


COUNTS = ("poisson", "negative_binomial")


def assert_infers_well(model, X, dtype):
    """Check what the model says about a table."""
    Z = model.transform(X)
    decoded = model.inverse_transform(Z, covariates=own_levels(X))
    assert Z.dtype == decoded.dtype == dtype
    assert Z.shape == (len(X), 2)
    assert decoded.shape == (len(X), width(X))
    assert np.isfinite(Z).all()
    assert np.isfinite(decoded).all()
    reconstructed = model.reconstruct(X)
    if getattr(model, "likelihood", None) in COUNTS:  # of rows of the same size as those of X
        sizes = reconstructed.sum(axis=1, keepdims=True) / decoded.sum(axis=1, keepdims=True)
        np.testing.assert_allclose(reconstructed, sizes * decoded, rtol=1e-3)
    else:
        assert bits(reconstructed) == bits(decoded)
    scores = model.score_samples(X)
    assert np.isfinite(scores).all()
    np.testing.assert_allclose(model.score(X), scores.mean(), rtol=1e-12)


def assert_within_support(model, values):
    """Check that expected data are possible ones."""
    name = getattr(model, "likelihood", getattr(model, "loss", None))
    if name in COUNTS:
        assert np.nanmin(values) >= 0
    if name in ("bernoulli", "continuous_bernoulli", "binary_crossentropy"):
        assert np.nanmin(values) >= 0
        assert np.nanmax(values) <= 1


@given(family_cases(gaps=with_few_gaps), DTYPES)
def test_moderate_tables_are_fitted(case, dtype):
    model, X = case[0], typed(case[1], dtype)
    before = content(X)
    assert attempted(model, "fit", X)
    assert {len(values) for values in model.history_.values()} == {model.n_iter_}
    assert all(np.isfinite(values).all() for values in model.history_.values())
    assert model.mean_.shape == (width(X),)
    assert_infers_well(model, X, dtype)
    assert_within_support(model, model.reconstruct(X))
    assert content(X) == before


@given(family_cases(tables=any_tables, parameters=extreme_trainings()), DTYPES, st.data())
def test_a_fit_works_or_says_why_not(case, dtype, data):
    model, X = case[0], typed(case[1], dtype)
    sample_weight = data.draw(st.none() | weights(len(X), ODD_WEIGHTS))
    before = content(X), bits(sample_weight)
    works = attempted(model, "fit", X, sample_weight=sample_weight)
    event("works" if works else "refused")
    if works:
        _infers_or_says_why_not(model, X)
    assert (content(X), bits(sample_weight)) == before


def _infers_or_says_why_not(model, X):
    """Call each method; none may leave a trace."""
    before = bits(vars(model))
    for name in ("transform", "reconstruct", "score_samples", "score"):
        values = answer(getattr(model, name), X)
        event(f"{name}: {'refused' if isinstance(values, Refused) else 'works'}")
        assert isinstance(values, Refused) or np.isfinite(values).all()
    assert bits(vars(model)) == before


@given(members(), DTYPES, st.data())
def test_new_rows_are_encoded_or_refused(member, dtype, data):
    model, table = member[0], data.draw(suited_tables(*member, gaps=with_few_gaps))
    quietly(model.fit, table)
    new = typed(data.draw(suited_tables(*member, tables=any_tables)), dtype)
    _infers_or_says_why_not(model, new)


@given(family_cases(gaps=with_few_gaps))
def test_the_same_seed_gives_the_same_bits(case):
    model, X = case
    again = clone(model)
    codes = quietly(model.fit, X).transform(X)
    assert bits(quietly(again.fit_transform, X)) == bits(codes)
    assert bits(vars(again)) == bits(vars(model))


@given(fitted(), st.randoms(use_true_random=False))
def test_rows_do_not_look_at_each_other(case, random):
    model, X = case
    order = random.sample(range(len(X)), random.randint(1, len(X)))
    X64, precision = typed(X, np.float64), 1e-11
    for name in ("transform", "reconstruct"):
        expected, found = getattr(model, name)(X64)[order], getattr(model, name)(taken(X64, order))
        size = np.abs(expected).max() + 1
        np.testing.assert_allclose(found, expected, rtol=precision, atol=precision * size)
    scores = model.score_samples(X)
    np.testing.assert_allclose(
        model.score_samples(taken(X, order)), scores[order], rtol=1e-7, atol=1e-7 * np.abs(scores).max()
    )


@given(fitted(), st.randoms(use_true_random=False))
def test_a_row_keeps_its_bits_whatever_is_missing_beside_it(case, random):
    model, X = case
    if model.missing == "error" or model.covariates:
        return
    order = random.sample(range(len(X)), random.randint(1, len(X)))
    other = X.copy()
    other[order] = np.nan
    left = np.setdiff1d(np.arange(len(X)), order)
    assert bits(model.transform(other)[left]) == bits(model.transform(X)[left])
    assert np.isfinite(model.transform(other)).all()
    assert np.isfinite(model.score_samples(other)).all()


@given(family_cases(gaps=with_few_gaps), st.data())
def test_rows_of_weight_zero_are_left_out(case, data):
    model, X = case
    sample_weight = data.draw(weights(len(X)))
    again, kept = clone(model), np.flatnonzero(sample_weight)
    if attempted(model, "fit", X, sample_weight=sample_weight):
        assert attempted(again, "fit", taken(X, kept), sample_weight=sample_weight[kept])
        assert bits(vars(again)) == bits(vars(model))


STEADY = st.fixed_dictionaries({"random_state": st.integers(0, 5)}, optional={"warm_start": st.just(True)})


@given(members(STEADY), st.data())
def test_streams_go_on_or_say_why_not(member, data):
    model, again = member[0], clone(member[0])
    for _ in range(data.draw(st.integers(1, 4))):
        tables = data.draw(st.sampled_from([any_tables, lambda n: moderate_tables(n, at_least=1)]))
        X = typed(data.draw(suited_tables(*member, tables=tables)), data.draw(DTYPES))
        method = data.draw(st.sampled_from(["partial_fit", "partial_fit", "partial_fit", "fit"]))
        works = attempted(model, method, X)
        event(f"{method} {'works' if works else 'refused'}")
        again = pickle.loads(pickle.dumps(again))
        assert attempted(again, method, X) == works
        if works:
            assert bits(vars(again)) == bits(vars(model))
            _infers_or_says_why_not(model, X)
