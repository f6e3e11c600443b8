"""The plane of two latent variables: how far it reaches, and its points."""

from typing import NamedTuple

import numpy as np

from skvae._names import latent_names
from skvae._validation import check_table
from skvae.plot._codes import checked_components, codes_of

#: Quantiles that a picture reaches to, so that a few outliers do not stretch it.
SHARES = (0.01, 0.99)
# Holds most codes of a VAE, if they are as its prior wants them.
_PRIOR = (-2.0, 2.0, -2.0, 2.0)


class Plane(NamedTuple):
    """A plane through the latent space.

    Attributes
    ----------
    extent : tuple of four floats
        Left, right, bottom, top.
    components : tuple of two ints
        Latent variables from left to right and from bottom to top.
    centre : ndarray of shape (n_components,)
        Where the others are held.
    names : tuple of two str
    n_cells : int
        Points in each direction.
    codes : ndarray of shape (n_samples, 2) or None
        Samples, seen on the plane.
    """

    extent: tuple
    components: tuple
    centre: np.ndarray
    names: tuple
    n_cells: int
    codes: np.ndarray | None

    @classmethod
    def of(cls, estimator, X, n_cells, extent, components):
        """Lay a plane through the codes of samples, or the prior; see `LatentGridDisplay.from_estimator`."""
        codes = None if X is None else check_table(codes_of(estimator, X), dtype=np.float64, input_name="codes")
        names = _names(estimator, codes)
        components = checked_components(components, len(names))
        shown, shown_names = (None if codes is None else codes[:, components]), tuple(names[i] for i in components)
        extent = _reach(estimator, shown, shown_names) if extent is None else _checked_extent(extent)
        centre = np.zeros(len(names)) if codes is None else codes.mean(axis=0)
        return cls(extent, components, centre, shown_names, n_cells, shown)

    def points(self):
        """Return the codes of all points, row by row from the lower left: an array (n_cells ** 2, n_components)."""
        left, right, bottom, top = self.extent
        x, y = np.meshgrid(np.linspace(left, right, self.n_cells), np.linspace(bottom, top, self.n_cells))
        points = np.tile(self.centre, (x.size, 1))
        points[:, self.components[0]], points[:, self.components[1]] = x.ravel(), y.ravel()
        return points


def _names(estimator, codes):
    """Name the latent variables."""
    names = latent_names(estimator)
    if names is not None:
        return names
    if codes is None:
        raise ValueError(
            f"{type(estimator).__name__} has no get_feature_names_out, so its latent variables are unknown: pass X."
        )
    return [f"latent{i}" for i in range(codes.shape[1])]


def _checked_extent(extent):
    """Check how far the plane reaches."""
    extent = tuple(float(end) for end in extent)
    if len(extent) != 4 or not np.isfinite(extent).all() or extent[0] >= extent[1] or extent[2] >= extent[3]:
        raise ValueError(
            f"extent must be (left, right, bottom, top) with left < right and bottom < top, but is {extent}."
        )
    return extent


def _reach(estimator, codes, names):
    """Choose how far the plane reaches."""
    if codes is None:
        last = estimator.steps[-1][1] if hasattr(estimator, "steps") else estimator
        if not hasattr(last, "posterior"):
            raise ValueError(
                f"How far the codes of {type(last).__name__} reach is known from samples only: pass X, or extent="
                "(left, right, bottom, top)."
            )
        return _PRIOR
    low, high = np.quantile(codes, SHARES, axis=0)
    if not (low < high).all():
        constant = names[int(np.argmin(high - low))]
        raise ValueError(f"The codes of X do not vary in {constant}: pass other samples, or extent.")
    return low[0], high[0], low[1], high[1]
