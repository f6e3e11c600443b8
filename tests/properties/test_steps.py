"""What holds for the steps before a model, alone and in pipelines with one."""

import pickle
import tempfile
from pathlib import Path

import numpy as np
from calls import Refused, allowed, answer, attempted, bits, quietly
from hypothesis import given
from hypothesis import strategies as st
from models import ARCHITECTURES, trainings
from scipy import sparse
from sklearn.base import clone
from sklearn.pipeline import make_pipeline
from tables import LAYOUTS, OF_MISSING, any_tables, content, moderate_tables, with_gaps

import skvae
from skvae import VAETransformer
from skvae.preprocessing import MaxNormalizer, MeanImputer

SHAPES = st.integers(1, 12)
DTYPES = st.sampled_from([np.float64, np.float32])
NORMALIZERS = st.builds(MaxNormalizer, scope=st.sampled_from(["feature", "global"]), clip=st.booleans())
IMPUTERS = st.builds(MeanImputer, add_indicator=st.booleans(), keep_empty_features=st.booleans())
STEPS = NORMALIZERS | IMPUTERS


@st.composite
def gappy(draw, tables=any_tables, negative=True):
    """Draw a table with missing values, of either type of floats."""
    X = draw(with_gaps(SHAPES.flatmap(tables)))
    with np.errstate(over="ignore"):
        X = X.astype(draw(DTYPES))
    return X if negative else np.abs(X)


@given(STEPS, gappy())
def test_a_step_works_or_says_why_not(step, X):
    before = content(X)
    if attempted(step, "fit", X):
        for name in ("transform", "fit_transform"):
            Z = answer(getattr(clone(step) if "fit" in name else step, name), X)
            if not isinstance(Z, Refused):
                assert Z.dtype == X.dtype
                assert not np.isinf(Z).any()
                assert Z.shape == (len(X), len(step.get_feature_names_out()))
    assert content(X) == before


@given(NORMALIZERS, gappy(negative=False))
def test_normalized_values_lie_in_the_unit_interval_and_come_back(normalizer, X):
    Z = answer(normalizer.fit_transform, X)
    if isinstance(Z, Refused):
        return
    np.testing.assert_array_equal(np.isnan(Z), np.isnan(X))
    assert np.nanmin(Z, initial=0) >= 0
    assert np.nanmax(Z, initial=0) <= 1
    # A quotient below the smallest normal number has lost digits, which come back as a share of the maximum.
    info = np.finfo(X.dtype)
    lost = normalizer.scale_.astype(float) * info.smallest_subnormal + info.smallest_subnormal
    back = normalizer.inverse_transform(Z)
    assert (np.isnan(X) | (np.abs(back.astype(float) - X) <= 2 * info.eps * X.astype(float) + lost)).all()


@given(IMPUTERS, gappy())
def test_filled_tables_keep_their_values_and_come_back(imputer, X):
    Z = answer(imputer.fit_transform, X)
    if isinstance(Z, Refused):
        return
    assert np.isfinite(Z).all()
    back, kept = imputer.inverse_transform(Z), ~imputer.empty_features_ | imputer.keep_empty_features
    assert back.dtype == X.dtype
    np.testing.assert_array_equal(np.isnan(back), np.broadcast_to(~kept, X.shape))
    here = np.isfinite(X)
    np.testing.assert_array_equal(back[here], X[here])
    # The mean of a column lies between its extremes, but for rounding.
    for column, filled in zip(
        X.T[kept & ~imputer.empty_features_], back.T[kept & ~imputer.empty_features_], strict=True
    ):
        low, high = np.nanmin(column).astype(float), np.nanmax(column).astype(float)
        # Halves: the largest floats leave no room for more.
        rounding = 4 * np.finfo(X.dtype).eps * max(abs(low / 2), abs(high / 2))
        assert low / 2 - rounding <= filled.min() / 2 <= filled.max() / 2 <= high / 2 + rounding


@given(STEPS, gappy(), st.sampled_from([sparse.csr_array, sparse.csc_array, sparse.coo_matrix, sparse.lil_array]))
def test_sparse_tables_are_treated_like_dense_ones(step, X, container):
    X = np.where(np.arange(X.size).reshape(X.shape) % 3 == 0, 0, np.abs(X)).astype(X.dtype)
    dense, twin = clone(step), clone(step)
    worked = attempted(dense, "fit", X), attempted(twin, "fit", container(X))
    assert worked[0] == worked[1]
    if not all(worked):
        return
    expected, Z = answer(dense.transform, X), answer(twin.transform, container(X))
    if isinstance(expected, Refused):
        assert str(Z) == str(expected)
        return
    # Sums over the stored values alone are added up in another order.
    rtol = 0 if isinstance(step, MaxNormalizer) else 1e-12 if X.dtype == np.float64 else 1e-6
    np.testing.assert_allclose(Z.toarray(), expected, rtol=rtol)


@given(STEPS, gappy(tables=moderate_tables, negative=False), st.data())
def test_containers_make_no_difference(step, X, data):
    X = X.astype(np.float64)
    containers = OF_MISSING | LAYOUTS
    twin = containers[data.draw(st.sampled_from(sorted(containers)))](X)
    before, again = content(twin), clone(step)
    expected, Z = answer(step.fit_transform, X), answer(again.fit_transform, twin)
    assert content(twin) == before
    if isinstance(expected, Refused):
        assert isinstance(Z, Refused)
        return
    assert bits(Z) == bits(expected)
    assert bits(allowed(again.transform, twin)) == bits(expected)


@given(STEPS, gappy(tables=moderate_tables, negative=False))
def test_copies_of_steps_are_the_same(step, X):
    if not attempted(step, "fit", X):
        return
    expected = step.transform(X)
    with tempfile.TemporaryDirectory() as folder:
        skvae.save(step, Path(folder) / "step.skvae")
        loaded = skvae.load(Path(folder) / "step.skvae")
    for twin in (pickle.loads(pickle.dumps(step)), loaded, clone(step)):
        if not hasattr(twin, "n_features_in_"):
            quietly(twin.fit, X)
        assert bits(vars(twin)) == bits(vars(step))
        assert bits(twin.transform(X)) == bits(expected)


# Pipelines


@st.composite
def pipelines(draw):
    """Draw imputer, normalizer and autoencoder, and a table with gaps in which each feature has values."""
    n_features, architecture = draw(st.sampled_from(ARCHITECTURES))
    pipeline = make_pipeline(
        MeanImputer(keep_empty_features=True),
        MaxNormalizer(scope=draw(st.sampled_from(["feature", "global"])), clip=True),
        VAETransformer(**architecture, **draw(trainings())),
    )
    return pipeline, np.abs(draw(with_gaps(moderate_tables(n_features))))


@given(pipelines())
def test_pipelines_work_as_one_estimator(case):
    pipeline, X = case
    twin = clone(pipeline)
    codes = allowed(pipeline.fit_transform, X)
    assert bits(quietly(twin.fit, X).transform(X)) == bits(codes)
    decoded = pipeline.inverse_transform(codes)
    assert decoded.shape == X.shape
    assert np.isfinite(decoded).all()
    assert np.isfinite(pipeline.score(X))
    assert len(pipeline.get_feature_names_out()) == codes.shape[1]
    with tempfile.TemporaryDirectory() as folder:
        skvae.save(pipeline, Path(folder) / "pipeline.skvae")
        loaded = skvae.load(Path(folder) / "pipeline.skvae")
    for again in (pickle.loads(pickle.dumps(pipeline)), loaded):
        assert bits(again.transform(X)) == bits(codes)
        assert bits(again.inverse_transform(codes)) == bits(decoded)
