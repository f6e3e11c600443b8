"""What holds for covariates, whatever they are called and wherever they stand."""

import numpy as np
import pandas as pd
import polars
import pytest
from calls import Refused, answer, attempted, bits, quietly
from hypothesis import given
from hypothesis import strategies as st
from models import CONDITIONED, family_cases
from sklearn.base import clone
from tables import with_few_gaps

pytestmark = pytest.mark.usefixtures("compiled_quickly")

LEVELS = st.sampled_from([("b", "a"), (2, 1), (0.5, -0.5), (True, False), ("", " "), (10**20, 3), (1e300, -0.0)])


def learned(model):
    """What the model has learned, apart from what its columns are called and where they stand."""
    named = {"feature_names_in_", "covariate_columns_", "covariate_encoder_"}
    return bits({name: value for name, value in vars(model).items() if name.endswith("_") and name not in named})


def all_of(model, X):
    """What the model says about a table."""
    return bits([getattr(model, name)(X) for name in ("transform", "reconstruct", "score_samples")])


@st.composite
def fitted(draw):
    """Draw a fitted model, its table and its batches."""
    model, X = draw(family_cases(gaps=with_few_gaps, family=CONDITIONED))
    return quietly(model.fit, X), X, X["batch"].to_numpy()


@given(fitted(), LEVELS, st.integers(0, 3), st.sampled_from(["frame", "objects", "polars", "categories"]))
def test_names_and_places_of_covariates_make_no_difference(case, levels, place, container):
    model, X, batch = case
    data = X.drop(columns="batch")
    # In the order of the levels: indicators stand in it.
    column = np.array([{"early": min(levels), "late": max(levels)}[level] for level in batch], dtype=object)
    frame = data.copy()
    frame.insert(place, "run", pd.Series(column.tolist()))
    again = clone(model).set_params(covariates=["run"] if place % 2 else [place])
    if container == "objects":
        again.set_params(covariates=[place - frame.shape[1]])
        frame = frame.to_numpy(object)
    elif container == "polars" and isinstance(levels[0], str):
        frame = polars.DataFrame(frame)
    elif container == "categories":
        frame["run"] = frame["run"].astype("category")
    quietly(again.fit, frame)
    assert learned(again) == learned(model)
    assert all_of(again, frame) == all_of(model, X)


@given(fitted(), st.data())
def test_rows_are_decoded_for_the_levels_that_are_given(case, data):
    model, X, batch = case
    Z = model.transform(X)
    assert bits(model.inverse_transform(Z, covariates=batch)) == bits(model.reconstruct(X))
    level = data.draw(st.sampled_from(sorted(set(batch))))
    everywhere = model.inverse_transform(Z, covariates=level)
    assert bits(model.inverse_transform(Z, covariates=[level] * len(Z))) == bits(everywhere)
    assert bits(model.reconstruct(X, covariates=level)) == bits(everywhere)
    own = np.flatnonzero(batch == level)
    np.testing.assert_allclose(everywhere[own], model.reconstruct(X)[own], rtol=1e-11, atol=1e-11)
    one = data.draw(st.integers(0, len(X) - 1))
    np.testing.assert_allclose(model.transform(X.iloc[[one]]), Z[[one]], rtol=1e-10, atol=1e-10 * np.abs(Z).max())
    assert model.inverse_transform(Z[:1], covariates=batch[:1]).shape == (1, X.shape[1] - 1)
    assert np.isfinite(model.inverse_transform(Z)).all()


@given(fitted(), st.sampled_from(["tomorrow", None, np.nan, 0, 1e300, "", b"early", ("early",)]), st.data())
def test_levels_that_are_new_are_refused(case, level, data):
    model, X, batch = case
    model.set_params(early_stopping=False)  # streams cannot
    row, before = data.draw(st.integers(0, len(X) - 1)), bits(vars(model))
    other = X.copy()
    other["batch"] = other["batch"].astype(object)
    other.at[row, "batch"] = level
    for name in ("transform", "reconstruct", "score", "partial_fit"):
        assert not attempted(model, name, other)
    Z = model.transform(X)
    given_levels = batch.astype(object)
    given_levels[row] = level
    assert isinstance(answer(model.inverse_transform, Z, covariates=given_levels), Refused)
    assert bits(vars(model)) == before
