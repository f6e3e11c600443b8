"""Loadings: how each feature moves with each latent variable."""

from numbers import Integral

import numpy as np
import pandas as pd

from skvae._compat import Interval, StrOptions, validate_params
from skvae._validation import check_table
from skvae.inspection._codes import CodedTable, standardized

# Half the width of a difference, in standard deviations of the latent variable. Wider ones average over curvature and
# over the kinks of ReLU, narrower ones magnify the rounding of decoders in float32: against exact Jacobians of networks
# with tanh, ReLU and convolutions (float32) the errors at 1e-3 were 5e-8, 6e-4 and 9e-4 of the largest loading, at 1e-2
# twice those or more, at 1e-5 again 2e-3 in float32.
_STEP = 1e-3
# Latent variables that vary less than this share of the one that varies most are moved as if they varied so much:
# the differences of a collapsed one would be rounding errors.
_LEAST_SPREAD = 0.1


@validate_params(
    {"X": ["array-like"], "scale": [StrOptions({"standardized", "latent", "raw"})]},
    prefer_skip_nested_validation=True,
)
def loadings(estimator, X, *, scale="standardized"):
    r"""How much each feature moves with each latent variable, as the decoder has it.

    The slope of the decoded data along each latent variable, averaged over the codes of `X`: the mean Jacobian
    of ``inverse_transform``. Of PCA these are the components themselves.

    Parameters
    ----------
    estimator : fitted transformer or Pipeline
        Anything with ``transform`` and ``inverse_transform``. Covariates of a VAE are decoded at their usual shares.
    X : array-like of shape (n_samples, n_features)
        The samples over which slopes are averaged, and by which spreads are told. NaN is a missing value, if the
        estimator can bear it.
    scale : {"standardized", "latent", "raw"}, default="standardized"
        Unit. ``"standardized"``: standard deviations of the feature for one standard deviation of the latent
        variable, comparable between features, latent variables and models; of PCA, on its training rows, the
        correlation of feature and component. ``"latent"``: units of the data for one standard deviation of the
        latent variable. ``"raw"``: units of the data for 1 of the latent variable.

    Returns
    -------
    loadings : DataFrame of shape (n_features, n_components)
        Index and columns bear the names of features and latent variables. Features and latent variables that do
        not vary in `X` have 0, but for ``scale="raw"``.

    Raises
    ------
    TypeError
        If the estimator does not encode and decode.
    ValueError
        If `X` has fewer than two rows, codes are not finite, or the decoder gives other columns than `X` has.

    Notes
    -----
    The slopes are central differences, two decodings for each latent variable :math:`j`, over the codes :math:`z_i`:

    .. math:: L_{fj} = \frac{1}{n} \sum_i \frac{g_f(z_i + d_j e_j) - g_f(z_i - d_j e_j)}{2 d_j},
        \quad d_j = 10^{-3} \max(s_j, 0.1 \max_k s_k)

    with the standard deviations :math:`s_j` of the codes: a latent variable that hardly varies, as one that has
    collapsed, moves a tenth as far as the one that varies most, for its own differences would be rounding errors. For a
    linear decoder the slopes are exact. Blocks of rows are decoded at a time, so that memory does not grow with the
    rows; time does, and some thousand rows drawn from a large table give about the same mean.

    A mean slope near 0 has two causes: the feature does not move, or moves up here and down there. The traversal tells
    (:func:`latent_traversal`).

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.decomposition import PCA
    >>> from skvae.inspection import loadings
    >>> X = load_iris(as_frame=True).data
    >>> loadings(PCA(2).fit(X), X).round(2)
                       pca0  pca1
    sepal length (cm)  0.90  0.39
    sepal width (cm)  -0.40  0.83
    petal length (cm)  1.00 -0.05
    petal width (cm)   0.97 -0.05
    """
    table = CodedTable.of(estimator, X)
    if len(table.Z) < 2:
        raise ValueError("Loadings need at least two rows of X, which tell how much the latent variables vary.")
    spread = table.Z.std(axis=0, ddof=1)
    slopes = _mean_slopes(table, spread)
    if scale != "raw":
        slopes *= spread
    if scale == "standardized":
        slopes = standardized(slopes, table.spread[1][:, np.newaxis])
    return pd.DataFrame(slopes, index=table.feature_names, columns=table.latent_names)


def _mean_slopes(table, spread):
    """Average central differences of the decoded data over the rows: features down, latent variables across."""
    steps = _STEP * np.maximum(spread, _LEAST_SPREAD * (spread.max() or 1.0))
    slopes = np.zeros((len(table.feature_names), len(spread)))
    for rows in table.blocks():
        for j, step in enumerate(steps):
            ahead, behind = table.Z[rows].copy(), table.Z[rows].copy()
            ahead[:, j] += step
            behind[:, j] -= step
            slopes[:, j] += (table.decoded(ahead) - table.decoded(behind)).sum(axis=0)
    return slopes / (2 * steps * len(table.Z))


@validate_params(
    {"loadings": ["array-like"], "n_features": [Interval(Integral, 1, None, closed="left")]},
    prefer_skip_nested_validation=True,
)
def top_features(loadings, n_features=10):
    """List for each latent variable the features with the largest loadings, of either sign.

    Parameters
    ----------
    loadings : DataFrame of shape (n_features, n_components)
        What :func:`loadings` returns.
    n_features : int, default=10
        How many for each latent variable; all, if there are fewer.

    Returns
    -------
    top : DataFrame
        ``component``, ``rank`` (from 1), ``feature``, ``loading``: a row for each latent variable and feature.

    Raises
    ------
    ValueError
        If loadings are not finite.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.decomposition import PCA
    >>> from skvae.inspection import loadings, top_features
    >>> X = load_iris(as_frame=True).data
    >>> top_features(loadings(PCA(2).fit(X), X), n_features=1).round(2)
      component  rank            feature  loading
    0      pca0     1  petal length (cm)     1.00
    1      pca1     1   sepal width (cm)     0.83
    """
    values = check_table(loadings, dtype=np.float64, input_name="loadings")
    table = pd.DataFrame(loadings)
    order = np.argsort(-np.abs(values), axis=0, kind="stable")[:n_features]
    tops = [
        {"component": component, "rank": rank, "feature": table.index[i], "loading": values[i, j]}
        for j, component in enumerate(table.columns)
        for rank, i in enumerate(order[:, j], start=1)
    ]
    return pd.DataFrame(tops)
