"""Agreement: what several codes of the same rows have in common."""

import warnings
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pandas as pd
from scipy.optimize import linear_sum_assignment
from scipy.spatial import procrustes
from sklearn.neighbors import NearestNeighbors

from skvae._validation import listed
from skvae.inspection._alignment import align_codes

# Rows, and latent variables, that the printed summary lists.
_MOST_ROWS = 5
_MOST_COMPONENTS = 10
# Disparities below this are rounding.
_ROUNDING = 1e-12


@dataclass(frozen=True, eq=False)
class LatentStability:
    """What `latent_stability` measured; print it for a summary.

    `disparity` and `neighbor_agreement` are means over the pairs of fits; the tables tell of each pair, latent variable
    and row.

    Parameters
    ----------
    codes : list of DataFrame of shape (n_samples, n_components)
        The codes of each fit, shifted, rotated and reflected (not scaled) onto those of the reference; latent
        variables with the largest variance first, under the names they have in the reference.
    seeds : list of int
        The seed of each fit.
    reference : int
        Position of the fit that is the least disparate from the others.
    pairs : DataFrame
        For each pair of fits, ``first`` and ``second`` (positions), ``disparity`` (0: alike; 1: nothing in common) and
        ``neighbor_agreement`` (0 to 1).
    components : DataFrame
        For each latent variable of the reference ``variance``, its share of the variance of the code, and the mean
        correlation of the other fits' codes with it: ``aligned``, that is rotated onto the reference, and ``matched``,
        as fitted, each latent variable of the reference with another one of the fit, whatever its sign. Where
        ``matched`` is far below ``aligned``, the fits agree on the space but not on its axes, and single latent
        variables should not be interpreted.
    row_agreement : Series of shape (n_samples,)
        The share of common nearest neighbours of each row, mean over the pairs: rows with the smallest move most.
    n_neighbors : int
        How many neighbours were compared.
    collapsed : list of int
        Positions of the fits that gave more than half of the samples the same code.

    See Also
    --------
    latent_stability : What returns it.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.decomposition import PCA
    >>> from skvae.inspection import latent_stability
    >>> stability = latent_stability(PCA(2), load_iris().data, n_repeats=2, resample="bootstrap", random_state=0)
    >>> bool(stability.disparity < 0.01)
    True
    >>> stability.components.index.tolist()
    ['pca0', 'pca1']
    """

    codes: list[pd.DataFrame]
    seeds: list[int]
    reference: int
    pairs: pd.DataFrame
    components: pd.DataFrame
    row_agreement: pd.Series
    n_neighbors: int
    collapsed: list[int]

    @property
    def disparity(self):
        """Mean disparity over the pairs of fits."""
        return float(self.pairs["disparity"].mean())

    @property
    def neighbor_agreement(self):
        """Mean share of common nearest neighbours over the pairs of fits."""
        return float(self.pairs["neighbor_agreement"].mean())

    @property
    def chance_agreement(self):
        """Share of common nearest neighbours to expect of codes that have nothing to do with each other."""
        return self.n_neighbors / (len(self.row_agreement) - 1)

    def __str__(self):
        """Summarise in words."""
        pairs, (n_samples, n_components) = self.pairs, self.codes[0].shape
        shares, gaps = pairs["neighbor_agreement"], pairs["disparity"]
        restless = self.row_agreement.nsmallest(min(_MOST_ROWS, n_samples))
        shown = self.components.head(_MOST_COMPONENTS).round(2)
        hidden = n_components - len(shown)
        fates = f", of which {len(self.collapsed)} collapsed" if self.collapsed else ""
        lines = [
            f"{len(self.codes)} fits{fates}, {n_samples} rows, {n_components} latent variables.",
            f"Neighbours: {self.neighbor_agreement:.0%} of the {self.n_neighbors} nearest of a row are the same in two "
            f"fits ({shares.min():.0%} to {shares.max():.0%}; by chance {self.chance_agreement:.1%}).",
            f"Disparity of two fits, rotated and scaled: {self.disparity:.3f} ({gaps.min():.3f} to {gaps.max():.3f}; "
            "0: alike, 1: nothing in common).",
            self._moves(restless),
            "",
            shown.to_string() + (f"\n... and {hidden} more" if hidden else ""),
            "",
            f"variance: share of the code's variance. Correlation with fit {self.reference}: aligned, after rotation; "
            "matched, as fitted but for order and sign.",
        ]
        return "\n".join(lines)

    def _moves(self, restless):
        """Name the rows that move most, or say that nothing moves."""
        are_alike = self.pairs["disparity"].max() < _ROUNDING and self.components["matched"].min() > 1 - _ROUNDING
        if are_alike:
            return "All fits are the same but for rounding: the seed does not matter."
        return f"Rows that move most: {', '.join(f'{row} ({share:.0%})' for row, share in restless.items())}."


def compared(fits, names, seeds, n_neighbors, index):
    """Compare the codes of several fits.

    Parameters
    ----------
    fits : list of ndarray of shape (n_samples, n_components)
        Their codes.
    names : list of str
        Names of the latent variables.
    seeds : list of int
    n_neighbors : int
    index : Index or None
        Names of the rows.

    Returns
    -------
    stability : LatentStability
    """
    collapsed = _collapsed(fits, seeds)
    pairs, agreement = _pairs(fits, collapsed, n_neighbors)
    distance = np.zeros((len(fits), len(fits)))
    distance[pairs["first"], pairs["second"]] = pairs["disparity"]
    farness = (distance + distance.T).sum(axis=0)
    farness[collapsed] = np.inf
    reference = int(np.argmin(farness))
    # A collapsed code has nothing to turn: it is taken to be the centre.
    centre = np.tile(fits[reference].mean(axis=0), (len(agreement), 1))
    fits = [centre if i in collapsed else Z for i, Z in enumerate(fits)]
    aligned = [centre if i in collapsed else align_codes(Z, fits[reference]) for i, Z in enumerate(fits)]
    components = _components(fits, aligned, reference, names).sort_values("variance", ascending=False, kind="stable")
    codes = [pd.DataFrame(Z, index=index, columns=names)[components.index] for Z in aligned]
    rows = pd.Series(agreement, index=index, name="neighbor_agreement")
    return LatentStability(codes, seeds, reference, pairs, components, rows, n_neighbors, collapsed)


def _collapsed(fits, seeds):
    """List the fits with the same code for more than half of the rows, and warn of them."""
    # Among equal codes neighbours are those that come first in the table, in every fit alike.
    collapsed = [i for i, Z in enumerate(fits) if np.unique(Z, axis=0, return_counts=True)[1].max() > len(Z) / 2]
    if len(collapsed) == len(fits):
        raise ValueError("In each fit more than half of the samples have the same code: there is nothing to compare.")
    if collapsed:
        warnings.warn(
            f"{len(collapsed)} of {len(fits)} fits collapsed, with the seed(s) "
            f"{listed([seeds[i] for i in collapsed])}: more than half of the samples have the same code.",
            UserWarning,
            stacklevel=5,  # the caller of latent_stability, beyond scikit-learn's validation wrapper
        )
    return collapsed


def _pairs(fits, collapsed, n_neighbors):
    """Return disparity and agreement of each pair of fits, and the agreement of each row, mean over the pairs."""
    chance = n_neighbors / (len(fits[0]) - 1)
    graphs = [NearestNeighbors(n_neighbors=n_neighbors).fit(Z).kneighbors_graph() for Z in fits]
    rows, pairs = np.zeros(len(fits[0])), []
    for first, second in combinations(range(len(fits)), 2):
        if first in collapsed or second in collapsed:
            common, disparity = np.full(len(rows), chance), 1.0
        else:
            common = np.asarray(graphs[first].multiply(graphs[second]).sum(axis=1)).ravel() / n_neighbors
            disparity = procrustes(fits[first], fits[second])[2]
        rows += common
        pairs.append(
            {"first": first, "second": second, "disparity": disparity, "neighbor_agreement": float(common.mean())}
        )
    return pd.DataFrame(pairs), rows / len(pairs)


def _components(fits, aligned, reference, names):
    """Tell of each latent variable of the reference how much it varies and how well the other fits agree."""
    variances = [Z.var(axis=0) / Z.var(axis=0).sum() for Z in aligned if np.ptp(Z, axis=0).any()]
    others = [i for i in range(len(fits)) if i != reference]
    columns = {
        "variance": np.mean(variances, axis=0),
        "aligned": np.mean([np.diag(_correlations(fits[reference], aligned[i])) for i in others], axis=0),
        "matched": np.mean([_matched(fits[reference], fits[i]) for i in others], axis=0),
    }
    return pd.DataFrame(columns, index=names)


def _correlations(Z, others):
    """Correlate the columns of two codes; a constant one has 0 with all."""
    units = []
    for code in (Z, others):
        centred = code - code.mean(axis=0)
        norm = np.linalg.norm(centred, axis=0)
        units.append(centred / np.where(norm > 0, norm, 1.0))
    return units[0].T @ units[1]


def _matched(Z, others):
    """Correlate each latent variable with another one of its own, chosen so that the sum is largest, signs aside."""
    correlations = np.abs(_correlations(Z, others))
    return correlations[linear_sum_assignment(correlations, maximize=True)]
