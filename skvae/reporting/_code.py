"""Python code that makes an estimator again."""

import inspect
import re
import sys
from math import isfinite

import numpy as np
from sklearn import config_context
from sklearn.base import BaseEstimator

from skvae._content import content_key

# Of longer lists scikit-learn's representation leaves out the end.
_LONGEST = 30


def code_of(estimator, name="model"):
    """Write the lines that make an equal estimator, not fitted.

    Parameters
    ----------
    estimator : estimator
    name : str, default="model"
        The variable that gets it.

    Returns
    -------
    code : str or None
        None if a parameter cannot be written, such as a function of one's own, an array or a long list.

    Examples
    --------
    >>> from sklearn.decomposition import PCA
    >>> from sklearn.pipeline import make_pipeline
    >>> from skvae.reporting._code import code_of
    >>> print(code_of(make_pipeline(PCA(2))))
    from sklearn.decomposition import PCA
    from sklearn.pipeline import Pipeline
    <BLANKLINE>
    model = Pipeline(steps=[('pca', PCA(n_components=2))])
    """
    if not _is_writable(estimator):
        return None
    with config_context(print_changed_only=True):
        expression = estimator.__repr__(N_CHAR_MAX=sys.maxsize)
    expression, n_functions = re.subn(r"<ufunc '(\w+)'>", r"np.\1", expression)
    imports = sorted({f"from {_public_module(kind)} import {kind.__name__}" for kind in _classes(estimator)})
    return "\n".join([*["import numpy as np"] * bool(n_functions), *imports, "", f"{name} = {expression}"])


def _classes(value):
    """Yield the classes of an estimator and of all its parts."""
    if isinstance(value, BaseEstimator):
        yield type(value)
        for part in value.get_params(deep=False).values():
            yield from _classes(part)
    elif isinstance(value, list | tuple):
        for part in value:
            yield from _classes(part)


def _public_module(kind):
    """Return the shortest module without private parts that has a class."""
    parts = kind.__module__.split(".")
    public = parts[: next((i for i, part in enumerate(parts) if part.startswith("_")), len(parts))]
    for n in range(1, len(public) + 1):
        module = sys.modules.get(".".join(public[:n]))
        if getattr(module, kind.__name__, None) is kind:
            return ".".join(public[:n])
    return kind.__module__


def _is_writable(value):
    """Tell whether the representation of a value is Python code."""
    if isinstance(value, BaseEstimator):
        return all(map(_is_writable, _changed(value)))
    if isinstance(value, dict):
        value = [*value, *value.values()]
    if isinstance(value, list | tuple):
        return len(value) <= _LONGEST and all(map(_is_writable, value))
    if type(value) is float:
        return isfinite(value)
    if isinstance(value, np.ufunc):
        return getattr(np, value.__name__, None) is value
    return value is None or type(value) in (bool, int, str)


def _changed(estimator):
    """List the parameters that are not as by default, which alone are written."""
    defaults = inspect.signature(type(estimator)).parameters
    params = estimator.get_params(deep=False).items()
    return [v for name, v in params if name not in defaults or content_key(v) != content_key(defaults[name].default)]
