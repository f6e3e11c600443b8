"""Stability: what of a code stays when the same estimator is fitted again."""

from numbers import Integral

import numpy as np
from sklearn.base import clone
from sklearn.utils import check_random_state
from sklearn.utils.parallel import Parallel, delayed

from skvae._compat import Interval, StrOptions, safe_indexing, validate_params
from skvae._names import latent_names_or_numbers
from skvae._seeds import seeded
from skvae._study import within_study
from skvae._validation import check_table, listed
from skvae.inspection._agreement import compared


@validate_params(
    {
        "X": ["array-like"],
        "n_repeats": [Interval(Integral, 2, None, closed="left")],
        "n_neighbors": [Interval(Integral, 1, None, closed="left")],
        "resample": [StrOptions({"bootstrap"}), None],
        "n_jobs": [Integral, None],
        "random_state": ["random_state"],
    },
    prefer_skip_nested_validation=True,
)
def latent_stability(estimator, X, *, n_repeats=5, n_neighbors=10, resample=None, n_jobs=None, random_state=None):
    """Fit an estimator again with other seeds, and measure what of its code stays.

    A cluster, an outlier or the meaning of a latent variable that is there with one seed only says nothing about the
    data. Codes are compared after shifting, rotating and reflecting them onto each other, as nothing in the prior of a
    VAE prefers a direction.

    Parameters
    ----------
    estimator : estimator
        A transformer, or a Pipeline that ends in one. Each fit takes a clone, with all its ``random_state`` parameters
        (also nested ones) set to the seed of the fit.
    X : array-like or DataFrame of shape (n_samples, n_features)
        The samples.
    n_repeats : int, default=5
        Number of fits.
    n_neighbors : int, default=10
        Number of nearest neighbours that are compared, at most n_samples - 2.
    resample : {"bootstrap"} or None, default=None
        None fits all rows each time, so that seeds alone differ. "bootstrap" fits as many rows drawn with replacement:
        what would other samples of the same kind have shown? All rows are encoded either way.
    n_jobs : int, default=None
        Number of fits at a time.
    random_state : int, RandomState or None, default=None
        Determines the seeds of the fits and the rows drawn.

    Returns
    -------
    stability : LatentStability
        Print it for a summary.

    Raises
    ------
    TypeError
        If the estimator lacks ``fit`` or ``transform``.
    ValueError
        If there are too few rows for so many neighbours, codes of a fit are not finite, fits have different numbers of
        latent variables (as of ``PCA(0.95)``, which takes as many as the rows ask for), or all fits have collapsed.

    Warns
    -----
    UserWarning
        If some fits have collapsed, that is gave more than half of the samples the same code. They count as having
        nothing in common with the others: disparity 1, and the agreement of chance.

    Notes
    -----
    *Disparity* is that of ``scipy.spatial.procrustes``: both codes centred and scaled to norm 1, the sum of squares
    that the best rotation, reflection and scaling leave. It weighs each latent variable by its variance. *Neighbour
    agreement* asks only who is next to whom: the share of common nearest neighbours, by chance
    ``n_neighbors / (n_samples - 1)``.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.decomposition import PCA
    >>> from skvae.inspection import latent_stability
    >>> X, _ = load_iris(return_X_y=True)
    >>> stability = latent_stability(PCA(2), X, resample="bootstrap", random_state=0)
    >>> round(stability.neighbor_agreement, 2)
    0.9...
    """
    for method in ("fit", "transform"):
        if not hasattr(estimator, method):
            raise TypeError(f"{type(estimator).__name__} has no {method}: give a transformer.")
    X = X if hasattr(X, "shape") else np.asarray(X)
    n_samples = X.shape[0]
    if n_neighbors > n_samples - 2:
        raise ValueError(
            f"{n_samples} rows are too few to compare {n_neighbors} neighbours of each: n_neighbors must be at most "
            "n_samples - 2."
        )
    rng = check_random_state(random_state)
    seeds = rng.randint(np.iinfo(np.int32).max, size=n_repeats).tolist()
    draws = [rng.randint(n_samples, size=n_samples) if resample else None for _ in seeds]
    fits = Parallel(n_jobs=n_jobs)(
        delayed(_codes)(estimator, X, rows, seed) for rows, seed in zip(draws, seeds, strict=True)
    )
    _check_widths([Z for Z, _ in fits])
    return compared([Z for Z, _ in fits], fits[0][1], seeds, n_neighbors, getattr(X, "index", None))


def _codes(estimator, X, rows, seed):
    """Fit a clone with a seed; return the codes of all rows, and the names of the latent variables."""
    estimator = seeded(clone(estimator), seed)
    with within_study():
        estimator.fit(X if rows is None else safe_indexing(X, rows))
    Z = check_table(estimator.transform(X), dtype=np.float64, input_name="The code")
    return Z, latent_names_or_numbers(estimator, Z.shape[1])


def _check_widths(fits):
    """Raise a ValueError unless all codes have as many columns."""
    widths = [Z.shape[1] for Z in fits]
    if len(set(widths)) == 1:
        return
    counts = [
        f"{width} in fit(s) {listed([i for i, n in enumerate(widths) if n == width])}" for width in sorted(set(widths))
    ]
    raise ValueError(
        f"The fits have different numbers of latent variables, and such codes cannot be compared: {'; '.join(counts)}. "
        f"Give the estimator a fixed number, such as n_components={min(widths)}."
    )
