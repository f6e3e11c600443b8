"""What pictures of codes ask of an estimator: codes, their names, and how sure the posterior is."""

from numbers import Integral

import numpy as np
import pandas as pd

from skvae._names import latent_names


def codes_of(estimator, X):
    """Transform samples, with the names of the latent variables where there are any.

    Parameters
    ----------
    estimator : fitted transformer or Pipeline
    X : array-like of shape (n_samples, n_features)

    Returns
    -------
    codes : ndarray or DataFrame of shape (n_samples, n_components)
    """
    Z, names = np.asarray(estimator.transform(X)), latent_names(estimator)
    return Z if names is None else pd.DataFrame(Z, columns=names)


def posterior_std_of(estimator, X):
    """Ask for the standard deviations of the codes of samples.

    Parameters
    ----------
    estimator : fitted estimator with ``posterior``, or Pipeline whose last step has it
    X : array-like of shape (n_samples, n_features)

    Returns
    -------
    std : ndarray of shape (n_samples, n_components)

    Raises
    ------
    TypeError
        If the estimator knows no posterior, such as PCA.
    """
    last = estimator.steps[-1][1] if hasattr(estimator, "steps") else estimator
    if not hasattr(last, "posterior"):
        raise TypeError(
            f"{type(last).__name__} has no posterior, so its codes have no spread to draw: leave n_std=None."
        )
    if last is not estimator:
        X = estimator[:-1].transform(X)
    return np.asarray(last.posterior(X)[1], dtype=np.float64)


def checked_components(components, n_components):
    """Check which two latent variables are shown.

    Parameters
    ----------
    components : iterable of two ints
    n_components : int
        How many there are.

    Returns
    -------
    components : tuple of two ints

    Raises
    ------
    ValueError
        If there is a single one, or these are not two different ones of them.

    Examples
    --------
    >>> from skvae.plot._codes import checked_components
    >>> checked_components([2, 0], 3)
    (2, 0)
    """
    if n_components < 2:
        raise ValueError(
            "A plane needs two latent variables, but there is one: what is decoded along a single one is drawn by "
            "TraversalDisplay."
        )
    given = components
    components = tuple(given) if np.iterable(given) else (given,)
    known = [isinstance(i, Integral) and not isinstance(i, bool) and 0 <= int(i) < n_components for i in components]
    if len(known) != 2 or not all(known) or components[0] == components[1]:
        raise ValueError(
            f"components must be two of the {n_components} latent variables, counted from 0, but are {given!r}: "
            "give two different ones, such as (0, 1)."
        )
    return components
