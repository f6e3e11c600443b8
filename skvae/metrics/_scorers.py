"""Scores of a latent array as scorers: what a search or a cross-validation calls."""

import inspect

import numpy as np

from skvae._compat import validate_params
from skvae._trustworthiness import gappy_trustworthiness
from skvae._validation import check_table, is_number
from skvae.metrics._centroids import centroid_distance_score
from skvae.metrics._silhouette import kmeans_silhouette_score

_N_NEIGHBORS = 5


class _LatentScorer:
    """A callable ``(estimator, X, y)`` that scores the code; see :func:`make_latent_scorer`."""

    def __init__(self, score_func, greater_is_better, kwargs):
        self._score_func = score_func
        self._greater_is_better = greater_is_better
        self._kwargs = kwargs

    def __call__(self, estimator, X, y=None):
        """Score the code of `X`."""
        labels = self._labels_argument()
        if y is None and labels is not None and labels.default is inspect.Parameter.empty:
            raise ValueError(
                f"{self._name()} compares codes with labels, but y is None: pass the labels "
                "as y, as in search.fit(X, y). Transformers do not look at y in fit."
            )
        arguments = (_encode(estimator, X),) if labels is None else (_encode(estimator, X), y)
        score = self._score_func(*arguments, **self._kwargs)
        score = score.item() if isinstance(score, np.ndarray | np.generic) and score.ndim == 0 else score
        if not is_number(score):
            raise TypeError(f"A scorer needs a number, but {self._name()} gives a {type(score).__name__}.")
        return score if self._greater_is_better else -score

    def refuse_what_it_cannot_call(self):
        """Raise if the score function needs an argument beside the code and labels that nobody gives."""
        others = [a for a in list(self._arguments())[1:] if a != self._labels_argument()]
        variable = inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD
        needed = [a.name for a in others if a.default is a.empty and a.kind not in variable]
        missing = [name for name in needed if name not in self._kwargs]
        if missing:
            raise TypeError(
                f"{self._name()} needs {', '.join(missing)} beside a code and labels, which a scorer does not have. "
                "Give it by name, or write a scorer (estimator, X, y) of your own."
            )

    def _arguments(self):
        """List the arguments of the score function."""
        return inspect.signature(self._score_func).parameters.values()

    def _labels_argument(self):
        """Find the second positional argument of the score function, if it has one."""
        keyword = (inspect.Parameter.KEYWORD_ONLY, inspect.Parameter.VAR_KEYWORD)
        return next((argument for argument in list(self._arguments())[1:] if argument.kind not in keyword), None)

    def __repr__(self):
        """Show the call that makes this scorer."""
        options = {} if self._greater_is_better else {"greater_is_better": False}
        shown = "".join(f", {name}={value!r}" for name, value in (options | self._kwargs).items())
        return f"make_latent_scorer({self._name()}{shown})"

    def _name(self):
        """Name the score function; a partial, or an instance that can be called, has no name."""
        return getattr(self._score_func, "__name__", repr(self._score_func))


def _encode(estimator, X):
    """Transform `X` into an array, also where ``set_output`` asks for a frame."""
    if not hasattr(estimator, "transform"):
        raise TypeError(
            f"{type(estimator).__name__} has no transform, so there is no code to score. Pass a "
            "transformer, or a Pipeline that ends in one."
        )
    Z = estimator.transform(X)
    return Z.to_numpy() if hasattr(Z, "to_numpy") else Z


@validate_params({"score_func": [callable], "greater_is_better": ["boolean"]}, prefer_skip_nested_validation=True)
def make_latent_scorer(score_func, *, greater_is_better=True, **kwargs):
    """Make a scorer of anything with ``transform`` from a score of its code.

    For :class:`~sklearn.model_selection.GridSearchCV` and :func:`~sklearn.model_selection.cross_validate`,
    with labels passed as `y`: an unsupervised `fit` ignores them, the scorer does not.

    Parameters
    ----------
    score_func : callable
        Called as ``score_func(Z, y, **kwargs)`` with the code `Z` of shape (n_samples, n_components); returns
        a number. If its second argument has a default, `y` may be None; if it takes one argument only (others by
        keyword), as :func:`active_units`, it is called without `y`. To be used by several processes it must be
        importable, not a lambda. A test against chance, which returns no number, is none:
        take its ``statistic``, or ``z_score``, in a function of your own.

    greater_is_better : bool, default=True
        If False the scorer returns the negative score, for searches maximise: set it for
        :func:`kmeans_inertia_score`.

    **kwargs : dict
        Further keyword arguments of `score_func`.

    Returns
    -------
    scorer : callable
        ``scorer(estimator, X, y)``. It raises ValueError if `score_func` needs labels and `y` is None, and
        TypeError if the estimator has no `transform`, or `score_func` returns no number.

    Raises
    ------
    TypeError
        If `score_func` needs more than a code and labels, as :func:`nearest_neighbor_accuracy` does.

    Notes
    -----
    Estimators without classes are cross-validated on consecutive, unstratified folds. If the rows are sorted
    by group, a fold may lack groups: pass ``cv=StratifiedKFold(shuffle=True, random_state=0)``.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.decomposition import PCA
    >>> from skvae.metrics import kmeans_silhouette_score, make_latent_scorer
    >>> X, y = load_iris(return_X_y=True)
    >>> scorer = make_latent_scorer(kmeans_silhouette_score, n_clusters=3)
    >>> scorer
    make_latent_scorer(kmeans_silhouette_score, n_clusters=3)
    >>> round(scorer(PCA(n_components=2).fit(X), X), 2)
    0.5
    """
    scorer = _LatentScorer(score_func, greater_is_better, kwargs)
    scorer.refuse_what_it_cannot_call()
    return scorer


_SCORER_DOC = """{summary}

A scorer for searches and cross-validations, made by ``{call}``.

Parameters
----------
estimator : fitted transformer or Pipeline
    Anything with ``transform``.
X : array-like of shape (n_samples, n_features)
    The samples.
y : array-like of shape (n_samples,)
    Their groups.

Returns
-------
score : float
    Larger is better.

Examples
--------
>>> from sklearn.datasets import load_iris
>>> from sklearn.decomposition import PCA
>>> from skvae.metrics import {name}
>>> X, y = load_iris(return_X_y=True)
>>> round({name}(PCA(n_components=2).fit(X), X, y), 2)
{value}
"""

centroid_distance_scorer = make_latent_scorer(centroid_distance_score, scale="pooled")
centroid_distance_scorer.__doc__ = _SCORER_DOC.format(
    summary="Score how far apart known groups are in the code, in standard deviations within the groups.",
    call="make_latent_scorer(centroid_distance_score, scale='pooled')",
    name="centroid_distance_scorer",
    value="5.83",
)
silhouette_scorer = make_latent_scorer(kmeans_silhouette_score)
silhouette_scorer.__doc__ = _SCORER_DOC.format(
    summary="Score how clearly the code falls into clusters, as many as `y` has groups: the silhouette of k-means.",
    call="make_latent_scorer(kmeans_silhouette_score)",
    name="silhouette_scorer",
    value="0.5",
)
# Where doctest looks for the examples of objects.
__test__ = {
    "centroid_distance_scorer": centroid_distance_scorer.__doc__,
    "silhouette_scorer": silhouette_scorer.__doc__,
}


def trustworthiness_scorer(estimator, X, y=None):
    """Score how far the neighbours in the code are neighbours in the table.

    scikit-learn's :func:`~sklearn.manifold.trustworthiness` with 5 neighbours; that function needs the table beside
    the code, so :func:`make_latent_scorer` has no place for it.

    Parameters
    ----------
    estimator : fitted transformer or Pipeline
        Anything with ``transform``.
    X : array-like of shape (n_samples, n_features)
        The samples, 11 or more. Their distances are Euclidean in units of `X`, whatever scaling a pipeline does
        inside; missing values are left out, and the distance is scaled up to all features. Rows without any value are
        left out, and two without a common one are as far apart as the farthest.
    y : None
        Ignored.

    Returns
    -------
    score : float
        0 to 1; 1 if all neighbours in the code are neighbours in the table. Larger is better.

    Raises
    ------
    TypeError
        If the estimator has no ``transform``.
    ValueError
        If there are fewer than 11 samples with a value.

    References
    ----------
    .. [1] J. Venna, S. Kaski (2001). Neighborhood preservation in nonlinear projection methods: an experimental
       study. International Conference on Artificial Neural Networks, 485-491.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.decomposition import PCA
    >>> from skvae.metrics import trustworthiness_scorer
    >>> X, _ = load_iris(return_X_y=True)
    >>> round(trustworthiness_scorer(PCA(2).fit(X), X), 2)
    0.98
    """
    Z, X = _encode(estimator, X), check_table(X, dtype=np.float64, ensure_all_finite="allow-nan")
    n_known = int((~np.isnan(X).all(axis=1)).sum())
    if n_known <= 2 * _N_NEIGHBORS:
        raise ValueError(
            f"Trustworthiness of {_N_NEIGHBORS} neighbours needs {2 * _N_NEIGHBORS + 1} samples with a value or more, "
            f"but there are {n_known}."
        )
    return gappy_trustworthiness(X, Z, n_neighbors=_N_NEIGHBORS)
