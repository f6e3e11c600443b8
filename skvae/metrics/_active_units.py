"""How many latent variables a code uses."""

from numbers import Real

import numpy as np

from skvae._active import ACTIVE_VARIANCE
from skvae._compat import Interval, validate_params
from skvae.metrics._codes import check_codes


@validate_params(
    {"Z": ["array-like"], "threshold": [Interval(Real, 0, None, closed="left")]},
    prefer_skip_nested_validation=True,
)
def active_units(Z, *, threshold=ACTIVE_VARIANCE):
    """Count the latent variables that tell samples apart.

    A variable is active if its posterior mean varies over the samples by more than the threshold; a variable
    that a variational autoencoder has given up has the prior's mean everywhere.

    Parameters
    ----------
    Z : array-like of shape (n_samples, n_components)
        Posterior means, such as ``model.transform(X)``.

    threshold : float, default=0.01
        Variance above which a variable counts, in squared units of the code. The default is the one of [1]_, made
        for a prior of variance 1, that is 1 % of it. Codes without such a prior, as those of PCA, have units of
        their own: set a threshold in theirs, or do not compare.

    Returns
    -------
    n_active : int
        Number of active latent variables, 0 to n_components.

    References
    ----------
    .. [1] Y. Burda, R. Grosse, R. Salakhutdinov (2016). Importance weighted autoencoders. International Conference
       on Learning Representations, section 5.

    Examples
    --------
    >>> from skvae.metrics import active_units
    >>> active_units([[-1.0, 0.02, 0.0], [0.0, -0.03, 0.0], [1.2, 0.01, 0.0]])
    1
    """
    return int(np.count_nonzero(check_codes(Z).var(axis=0) > threshold))
