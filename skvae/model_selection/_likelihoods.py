"""Whose `score` are log-likelihoods that compare."""

from sklearn.pipeline import Pipeline

from skvae._content import content_key

# PCA's score factorises a features-by-features matrix: a second or so here, minutes for a whole proteome.
_MAX_FEATURES_TO_SCORE = 4000


def comparable_likelihoods(estimators, n_features):
    """Name the estimators of which `score` is the log-density of the same quantity.

    Parameters
    ----------
    estimators : dict of str to estimator
    n_features : int

    Returns
    -------
    names : frozenset of str
        None of them if only one of several estimators is a density, or the table is too wide to score.

    Examples
    --------
    >>> from sklearn.decomposition import NMF, PCA, FactorAnalysis
    >>> from skvae.model_selection._likelihoods import comparable_likelihoods
    >>> sorted(comparable_likelihoods({"PCA": PCA(), "factors": FactorAnalysis(), "NMF": NMF()}, n_features=4))
    ['PCA', 'factors']
    """
    steps = {name: _steps(estimator) for name, estimator in estimators.items()}
    # The representation of steps would not do: scikit-learn's leaves out the middle of what is long.
    before = {name: content_key(earlier) for name, (*earlier, last) in steps.items() if _is_density(last)}
    alike = [name for name in before if before[name] == next(iter(before.values()))]
    several = len(alike) > 1 or len(alike) == len(estimators)
    return frozenset(alike if several and n_features <= _MAX_FEATURES_TO_SCORE else ())


def _is_density(estimator):
    """Tell whether `score` is a log-density of all columns, of continuous data: no negative loss, none of counts."""
    if not (hasattr(estimator, "score") and hasattr(estimator, "score_samples")) or hasattr(estimator, "loss"):
        return False
    likelihood = repr(getattr(estimator, "likelihood", "gaussian")).lower()
    # A censored one is also that of being missing.
    is_censored = "censored" in likelihood + repr(getattr(estimator, "missing", None))
    is_conditional = getattr(estimator, "covariates", None) is not None
    return "gaussian" in likelihood and not (is_censored or is_conditional or _is_search(estimator))


def _is_search(estimator):
    """Tell whether there is another estimator inside: what `score` then is, is up to it."""
    return hasattr(estimator, "estimator") or hasattr(estimator, "best_estimator_")


def _steps(estimator):
    """List the steps of a pipeline, also of pipelines inside; a single estimator is the only one."""
    if not isinstance(estimator, Pipeline):
        return [estimator]
    return [inner for _, step in estimator.steps for inner in _steps(step)]
