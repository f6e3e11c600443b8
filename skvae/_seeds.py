"""One seed for every random part of an estimator, also of nested ones."""


def seeded(estimator, seed):
    """Set every ``random_state`` of an estimator, also those of its parts, to one seed.

    Parameters
    ----------
    estimator : estimator
        It is changed; give a clone.
    seed : int
        The seed.

    Returns
    -------
    estimator : estimator
        The same object. One without any ``random_state`` stays as it is.

    Examples
    --------
    >>> from sklearn.decomposition import PCA
    >>> from sklearn.pipeline import make_pipeline
    >>> from skvae._seeds import seeded
    >>> seeded(make_pipeline(PCA()), 3).get_params()["pca__random_state"]
    3
    """
    names = [name for name in estimator.get_params() if name.split("__")[-1] == "random_state"]
    return estimator.set_params(**dict.fromkeys(names, seed))
