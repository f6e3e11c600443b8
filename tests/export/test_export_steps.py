"""Steps as functions of tensors do what scikit-learn's do."""

import numpy as np
import pytest
from sklearn.preprocessing import FunctionTransformer, MaxAbsScaler, MinMaxScaler, RobustScaler, StandardScaler

from skvae.export._steps import step_of
from skvae.preprocessing import MaxNormalizer, MeanImputer

rng = np.random.default_rng(0)
TABLE = rng.gamma(2.0, size=(30, 4)) + np.array([0.0, 1e6, 3.0, 0.5])
HOLED = np.where(rng.random(TABLE.shape) < 0.2, np.nan, TABLE)
EMPTY = np.column_stack([HOLED[:, 0], np.full(30, np.nan), TABLE[:, 2:]])


@pytest.mark.parametrize(
    ("transformer", "table"),
    [
        (StandardScaler(), HOLED),
        (StandardScaler(with_mean=False), HOLED),
        (StandardScaler(with_std=False), HOLED),
        (MinMaxScaler((-1, 2)), HOLED),
        (MinMaxScaler(clip=True), HOLED),
        (MaxAbsScaler(), HOLED),
        (MaxAbsScaler(clip=True), HOLED),
        (RobustScaler(), HOLED),
        (RobustScaler(with_centering=False, with_scaling=False), HOLED),
        (MaxNormalizer(), HOLED),
        (MaxNormalizer(scope="global", clip=True), HOLED),
        (MeanImputer(), HOLED),
        (MeanImputer(add_indicator=True), EMPTY),
        (MeanImputer(add_indicator=True, keep_empty_features=True), EMPTY),
        (FunctionTransformer(), HOLED),
        (FunctionTransformer(np.log1p, inverse_func=np.expm1), HOLED),
        (FunctionTransformer(np.log2, inverse_func=np.exp2), np.log(HOLED)),
        (FunctionTransformer(np.sqrt, inverse_func=np.square), HOLED),
        (FunctionTransformer(np.log10), HOLED),
    ],
    ids=repr,
)
@pytest.mark.filterwarnings("ignore:MeanImputer drops")
def test_steps_do_and_undo_what_the_transformers_do(transformer, table):
    transformer.fit(table[:20])  # so that later rows pass the range
    step = step_of(transformer)
    expected = transformer.transform(table)
    np.testing.assert_allclose(np.asarray(step.apply(table)), expected, rtol=1e-12, atol=1e-12)
    inner = transformer.inverse_transform(expected)
    np.testing.assert_allclose(np.asarray(step.undo(expected)), inner, rtol=1e-12, atol=1e-12)


class Doubling(StandardScaler):
    """A subclass may do anything."""


@pytest.mark.parametrize(
    "transformer",
    [
        Doubling(),
        FunctionTransformer(lambda x: x),
        FunctionTransformer(np.log1p, inverse_func=lambda x: x),
        FunctionTransformer(np.log, kw_args={"where": True}),
        FunctionTransformer(np.sin),
    ],
)
def test_others_are_none(transformer):
    assert step_of(transformer.fit(TABLE)) is None
