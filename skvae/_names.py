"""What a fitted transformer calls its latent variables."""

from contextlib import suppress


def latent_names(estimator):
    """List what an estimator calls its latent variables.

    Parameters
    ----------
    estimator : fitted transformer or Pipeline
        Of a pipeline only the last step is asked: one before, such as a FunctionTransformer, may know no names.

    Returns
    -------
    names : list of str or None
        None if it has no names for them.

    Examples
    --------
    >>> from sklearn.decomposition import PCA
    >>> from skvae._names import latent_names
    >>> latent_names(PCA(2).fit([[1.0, 2.0], [3.0, 5.0]]))
    ['pca0', 'pca1']
    """
    last = estimator.steps[-1][1] if hasattr(estimator, "steps") else estimator
    with suppress(Exception):  # a meta-estimator has the method although what it wraps may lack it
        return list(last.get_feature_names_out())
    return None


def latent_names_or_numbers(estimator, n_components):
    """List names of latent variables, and number those that have none.

    Examples
    --------
    >>> from skvae._names import latent_names_or_numbers
    >>> latent_names_or_numbers(object(), 2)
    ['latent0', 'latent1']
    """
    names = latent_names(estimator) or []
    return names if len(names) == n_components else [f"latent{i}" for i in range(n_components)]
