"""Steps of preprocessing as functions of tensors, which other programs can run."""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from sklearn.preprocessing import FunctionTransformer, MaxAbsScaler, MinMaxScaler, RobustScaler, StandardScaler

from skvae.preprocessing import MaxNormalizer, MeanImputer


class Step(NamedTuple):
    """What a fitted step does to a tensor of shape (n_samples, n_columns), and what undoes it.

    Attributes
    ----------
    apply, undo : callable
        From a float64 tensor to another.
    """

    apply: Callable[[Any], Any]
    undo: Callable[[Any], Any]


def step_of(transformer):
    """Turn a fitted step of a pipeline into a `Step`; None if it cannot be.

    Examples
    --------
    >>> from sklearn.preprocessing import StandardScaler
    >>> from skvae.export._steps import step_of
    >>> step_of(StandardScaler().fit([[1.0], [3.0]])).apply(5.0)
    array([3.])
    """
    if transformer is None or transformer == "passthrough":
        return Step(_same, _same)
    make = _STEPS.get(type(transformer))
    return None if make is None else make(transformer)


def exportable_names():
    """List the names of the classes that `step_of` knows."""
    return [kind.__name__ for kind in _STEPS]


def _same(x):
    """Leave a tensor as it is."""
    return x


def _scaling(center, scale):
    """Make the step that subtracts a center and divides by a scale; None stands for neither."""
    center, scale = 0.0 if center is None else center, 1.0 if scale is None else scale
    return Step(lambda x: (x - center) / scale, lambda x: x * scale + center)


def _clipped(step, bounds):
    """Keep what a step gives within bounds, if there are any."""
    return step if bounds is None else Step(lambda x: _clip(step.apply(x), *bounds), step.undo)


def _clip(x, low, high):
    """Clip a tensor, in which NaN stays."""
    from keras import ops

    x = ops.where(x < low, ops.full_like(x, low), x)
    return ops.where(x > high, ops.full_like(x, high), x)


def _min_max(scaler):
    """Make the step of a MinMaxScaler."""
    step = Step(lambda x: x * scaler.scale_ + scaler.min_, lambda x: (x - scaler.min_) / scaler.scale_)
    return _clipped(step, scaler.feature_range if scaler.clip else None)


def _max_abs(scaler):
    """Make the step of a MaxAbsScaler."""
    return _clipped(_scaling(None, scaler.scale_), (-1.0, 1.0) if getattr(scaler, "clip", False) else None)


def _max_normalizer(normalizer):
    """Make the step of a MaxNormalizer."""
    return _clipped(_scaling(None, normalizer.scale_), (0.0, 1.0) if normalizer.clip else None)


def _mean_imputer(imputer):
    """Make the step of a MeanImputer."""
    means, returned = imputer.imputer_.statistics_, np.flatnonzero(imputer._returned())
    indicated = imputer.imputer_.indicator_.features_ if imputer.add_indicator else np.arange(0)
    n_features = len(means)
    # Where each feature stands among those that are returned; behind these there will be a column of NaN.
    n_kept = int((returned < n_features).sum())
    places = np.full(n_features, n_kept)
    places[returned[:n_kept]] = np.arange(n_kept)

    def apply(x):
        from keras import ops

        is_missing = ops.isnan(x)
        filled = ops.where(is_missing, ops.zeros_like(x) + means, x)
        indicators = ops.cast(ops.take(is_missing, indicated, axis=1), "float64")
        return ops.take(ops.concatenate([filled, indicators], axis=1), returned, axis=1)

    def undo(x):
        from keras import ops

        nothing = ops.full_like(x[:, :1], np.nan)
        return ops.take(ops.concatenate([x[:, :n_kept], nothing], axis=1), places, axis=1)

    return Step(apply, undo)


def _function(transformer):
    """Make the step of a FunctionTransformer with functions of NumPy, or None."""
    apply, undo = (_of_numpy(function) for function in (transformer.func, transformer.inverse_func))
    if apply is None or undo is None or transformer.kw_args or transformer.inv_kw_args:
        return None
    return Step(apply, undo)


def _of_numpy(function):
    """Return the function of tensors that does what one of NumPy does; None if there is none."""
    if function is None:
        return _same
    name = getattr(function, "__name__", "")
    if name not in _FUNCTIONS or function is not getattr(np, name):
        return None

    def apply(x):
        from keras import ops

        # Keras has the base of exp2 in float32.
        return ops.exp(x * np.log(2.0)) if name == "exp2" else getattr(ops, name)(x)

    return apply


_FUNCTIONS = ("exp", "exp2", "expm1", "log", "log10", "log1p", "log2", "sqrt", "square")
_STEPS: dict[type, Callable] = {
    StandardScaler: lambda scaler: _scaling(scaler.mean_ if scaler.with_mean else None, scaler.scale_),
    MinMaxScaler: _min_max,
    MaxAbsScaler: _max_abs,
    RobustScaler: lambda scaler: _scaling(scaler.center_, scaler.scale_),
    MaxNormalizer: _max_normalizer,
    MeanImputer: _mean_imputer,
    FunctionTransformer: _function,
}
