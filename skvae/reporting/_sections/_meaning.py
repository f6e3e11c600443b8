"""Which features move with each latent variable."""

import numpy as np

from skvae.inspection import top_features
from skvae.plot import LoadingsDisplay
from skvae.reporting._blocks import Cell, Heading, Pictures, Section, Table, Text
from skvae.reporting._pictures import new_axes, picture
from skvae.reporting._sections._omitted import not_decoded
from skvae.reporting._words import count, fixed

_MOST_DRAWN, _MOST_LISTED = 6, 20
_N_BARS, _N_NAMES = 8, 5
_UNIT = "loading"
_NAME, _TITLE = "meaning", "What the latent variables mean"
_TEXT = (
    "A loading is how far a feature moves, in its standard deviations, while a latent variable moves by one of its "
    "own: the mean slope of the decoder over the rows. Its sign goes with the direction of the latent variable, which "
    "is arbitrary. A feature that moves up here and down there has a mean slope near 0. Loadings are correlations as a "
    "model has them, not causes; whether the axes are the same with another seed is told under stability."
)


def meaning(findings):
    """Draw and list the features with the largest loadings, by model."""
    if findings.data is None:
        return None
    if not findings.loadings:
        return not_decoded(findings, _NAME, _TITLE)
    blocks: list = [Text(_TEXT)]
    for name, table in findings.loadings.items():
        pictures = _pictures(name, table)
        drawn, n_all = len(pictures), table.shape[1]
        which = f"the first {drawn} of {n_all} latent variables" if drawn < n_all else "each latent variable"
        caption = (
            f"{name}: the features with the largest loadings on {which}, in standard deviations of the feature per "
            "standard deviation of the latent variable. Blue: they rise with it; orange: they fall."
        )
        blocks += [Heading(name), Pictures(pictures, caption), _table(name, table)]
    return Section(_NAME, _TITLE, blocks)


def _pictures(name, loadings):
    """Draw the first latent variables on one scale."""
    shown = loadings.iloc[:, :_MOST_DRAWN]
    widest = 1.05 * (np.abs(shown.to_numpy()).max() or 1.0)
    pictures = []
    for component in shown:
        ax = new_axes(2.6, 0.7 + 0.2 * min(_N_BARS, len(loadings)))
        LoadingsDisplay(loadings[[component]], n_features=_N_BARS, unit=_UNIT).plot(ax)
        ax.set_xlim(-widest, widest)
        pictures.append(picture(ax, f"{name}, {component}: largest loadings {_listed(loadings[component], 3)}."))
    return pictures


def _listed(column, n):
    """List the features with the largest loadings."""
    top = top_features(column.to_frame(), n)
    return ", ".join(f"{feature} {fixed(value)}" for feature, value in zip(top["feature"], top["loading"], strict=True))


def _table(name, loadings):
    """Tabulate the features with the largest loadings."""
    rows = [
        [component, *(Cell(f, detail=fixed(v)) for f, v in zip(top["feature"], top["loading"], strict=True))]
        for component, top in top_features(loadings.iloc[:, :_MOST_LISTED], _N_NAMES).groupby("component", sort=False)
    ]
    columns = ["latent variable", *(f"{i + 1}." for i in range(len(rows[0]) - 1))]
    hidden = loadings.shape[1] - len(rows)
    rest = f" {count(hidden, 'other')} are left out." if hidden else ""
    caption = f"{name}: features with the largest loadings, of either sign, below each name.{rest}"
    return Table(caption, columns, rows, tuple(range(len(columns))))
