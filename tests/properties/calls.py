"""Calls that either work or say why not; and the comparison of what they leave, bit by bit."""

import re
import warnings
from numbers import Number

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.exceptions import ConvergenceWarning, NotFittedError

from skvae._compat import InvalidParameterError

# The errors of docs/bad-inputs.md that data, weights and parameters of the right kinds can still run into.
REASONS = {
    "Input X contains (NaN|infinity)": ValueError,
    r"Found array with \d+ (sample|feature)\(s\)": ValueError,
    "The values of X are too large: their variance overflows": ValueError,
    "X is too large for float32, in which networks are trained": ValueError,
    "X holds values so large that the networks overflow": ValueError,
    "X holds a whole number that is too large for a float": ValueError,
    r"(likelihood|loss)='\w+' needs (values in \[0, 1\]|counts)": ValueError,
    "X holds no value: every cell is NaN": ValueError,
    "detection_limit must be a number": InvalidParameterError,
    "The covariates hold levels that fit has not seen": ValueError,
    "covariates must give": ValueError,
    "VAEImputer found no value in any feature": ValueError,
    "validation_fraction=.* leaves": ValueError,
    "The training diverged": ValueError,
    r"sample_weight leaves \d+ row\(s\) of a weight above 0": ValueError,
    "Negative values in data passed to `sample_weight`": ValueError,
    "Input sample_weight contains (NaN|infinity)": ValueError,
    "sample_weight reaches": ValueError,
    "Sample weights must contain at least one non-zero number": ValueError,
    "partial_fit cannot (stop early|pretrain layers)": ValueError,
    "Training goes on only with the architecture it began with": ValueError,
    "The '.*' parameter of (VAE|Autoencoder)Transformer must be": InvalidParameterError,
    "Negative values in data passed to MaxNormalizer": ValueError,
    "MaxNormalizer overflows": ValueError,
    "MeanImputer overflows": ValueError,
    "MeanImputer cannot sum the values": ValueError,
    "MeanImputer found no value in any feature": ValueError,
    "is not fitted yet": NotFittedError,
}
ADVICE = {
    "columns are constant": UserWarning,
    "columns hold no value": UserWarning,
    "detection_limit seems to be in another unit": UserWarning,
    "The codes of such values mean little": UserWarning,
    "The scales of the columns differ wildly": UserWarning,
    "Posterior collapse": UserWarning,
    "The warm-up of the KL divergence is longer": UserWarning,
    "n_components=.* is more than": UserWarning,
    "The covariate .* has .* levels in .* rows": UserWarning,
    "This batch lies .* times as far": UserWarning,
    "The training has not converged": ConvergenceWarning,
    "The training made the loss worse": ConvergenceWarning,
    "(Mean|VAE)Imputer drops feature": UserWarning,
    "VAEImputer found no structure between the features": UserWarning,
    "does not have valid feature names": UserWarning,
}


class Refused(Exception):  # noqa: N818 (no error of the test)
    """A call raised an error that the documentation names."""


def _is_listed(message, kind, listed):
    return any(issubclass(kind, expected) and re.search(pattern, message) for pattern, expected in listed.items())


def allowed(call, *args, **kwargs):
    """Call, and assert that warnings and errors are such as the documentation names; raise `Refused` for those."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            return call(*args, **kwargs)
        except ValueError as error:
            if not _is_listed(str(error), type(error), REASONS):
                raise
            raise Refused(str(error)) from error
        finally:
            unknown = [w for w in caught if not _is_listed(str(w.message), w.category, ADVICE)]
            assert unknown == [], [f"{w.category.__name__}: {w.message} ({w.filename}:{w.lineno})" for w in unknown]


def answer(call, *args, **kwargs):
    """Give what a call returns, or its refusal."""
    try:
        return allowed(call, *args, **kwargs)
    except Refused as refused:
        return refused


def attempted(estimator, method, *args, **kwargs):
    """Call a method; tell whether it worked. If it is refused, the estimator must be as it was before."""
    before = bits(vars(estimator))
    refused = isinstance(answer(getattr(estimator, method), *args, **kwargs), Refused)
    assert not refused or bits(vars(estimator)) == before
    return not refused


def quietly(call, *args, **kwargs):
    """Call something that must work; what is worth a warning is tested elsewhere."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        return call(*args, **kwargs)


def bits(value):
    """Describe a value by type, structure and every bit; seconds that passed are left out."""
    if isinstance(value, np.ndarray):
        inner = bits(value.tolist()) if value.dtype == object else np.ascontiguousarray(value).tobytes()
        return value.dtype.str, value.shape, inner
    if isinstance(value, dict):
        return tuple((name, bits(part)) for name, part in sorted(value.items()) if name != "seconds")
    if isinstance(value, list | tuple):
        return type(value).__name__, tuple(map(bits, value))
    if isinstance(value, BaseEstimator):
        return type(value).__name__, bits(vars(value))
    if isinstance(value, np.random.RandomState):
        return bits(value.get_state())
    return (type(value).__name__, repr(value)) if isinstance(value, Number) else repr(value)
