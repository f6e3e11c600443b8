"""Alignment: turn one code onto another of the same samples."""

import numpy as np
from scipy.linalg import orthogonal_procrustes
from sklearn.utils import check_consistent_length

from skvae._compat import validate_params
from skvae._validation import check_table


@validate_params(
    {"Z": ["array-like"], "Z_reference": ["array-like"], "scale": ["boolean"]}, prefer_skip_nested_validation=True
)
def align_codes(Z, Z_reference, *, scale=False):
    r"""Shift, rotate and reflect a code onto another one of the same samples.

    Two fits may find the same picture turned round, as nothing in the prior of a VAE prefers a direction. What differs
    after this differs in truth. Distances within the code stay.

    Parameters
    ----------
    Z : array-like of shape (n_samples, n_components)
        The code to move.
    Z_reference : array-like of shape (n_samples, n_components)
        Where to; its rows are the same samples.
    scale : bool, default=False
        Whether to stretch or shrink the code as a whole, too: for codes of different scale, such as those of PCA and of
        a VAE.

    Returns
    -------
    Z_aligned : ndarray of shape (n_samples, n_components)
        The moved code.

    Raises
    ------
    ValueError
        If the codes differ in shape, are not finite, or all samples of one have the same code.

    Notes
    -----
    The orthogonal Procrustes problem [1]_: with both codes centred, the orthogonal :math:`R` and, if asked for, the
    :math:`c > 0` with the least :math:`\lVert c Z R - Z_\mathrm{reference} \rVert`. Reflections are allowed, as
    the sign of a latent variable means nothing.

    References
    ----------
    .. [1] P. H. Schönemann (1966). A generalized solution of the orthogonal Procrustes problem. Psychometrika 31, 1-10.

    Examples
    --------
    >>> import numpy as np
    >>> from skvae.inspection import align_codes
    >>> Z = np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 2.0]])
    >>> turned = Z @ [[0, 1], [-1, 0]] + 5
    >>> np.allclose(align_codes(turned, Z), Z)
    True
    """
    Z = check_table(Z, dtype=np.float64, input_name="Z")
    Z_reference = check_table(Z_reference, dtype=np.float64, input_name="Z_reference")
    check_consistent_length(Z, Z_reference)
    if Z.shape[1] != Z_reference.shape[1]:
        raise ValueError(
            f"Z has {Z.shape[1]} latent variables, but Z_reference has {Z_reference.shape[1]}: align codes of as many."
        )
    centred, target = _centred(Z, "Z"), _centred(Z_reference, "Z_reference")
    rotation, overlap = orthogonal_procrustes(centred, target)
    factor = overlap / np.sum(centred**2) if scale else 1.0
    return factor * centred @ rotation + Z_reference.mean(axis=0)


def _centred(Z, name):
    """Subtract the mean of a code, which must vary."""
    if not np.ptp(Z, axis=0).any():
        raise ValueError(f"{name}: all samples have the same code, so there is nothing to turn. Has it collapsed?")
    return Z - Z.mean(axis=0)
