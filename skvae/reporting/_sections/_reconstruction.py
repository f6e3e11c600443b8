"""Which features a code keeps, and which it loses."""

import numpy as np

from skvae.plot import ReconstructionDisplay
from skvae.reporting._blocks import Pictures, Section, Table, Text
from skvae.reporting._findings import PCA_OF_THESE_ROWS
from skvae.reporting._pictures import new_axes, picture
from skvae.reporting._sections._omitted import not_decoded
from skvae.reporting._words import count, fixed

_N_DRAWN, _N_LISTED = 16, 8
_ROW_INCHES = 0.23
_NAME, _TITLE = "reconstruction", "Reconstruction by feature"
_TEXT = (
    "Lost variance is the squared error of a feature as a share of its squared distance from the mean: 0 is a perfect "
    "reconstruction, 1 no better than the mean."
)
_OF_FITS = "It is that of the rows which the models were fitted to; of new rows more is usually lost."
_OF_TABLE = "It is that of the rows of this table."


def reconstruction(findings):
    """Draw and list the features that lose most and least of their variance."""
    if findings.data is None:
        return None
    if not findings.reconstructed or findings.lost.isna().all(axis=None):
        return not_decoded(findings, _NAME, _TITLE)
    lost = findings.lost
    medians = ", ".join(f"{name} {fixed(value)}" for name, value in lost.median().items())
    rows = _OF_TABLE if findings.given else _OF_FITS
    rows += f" {PCA_OF_THESE_ROWS}" if findings.has_own_pca else ""
    text = f"{_TEXT} {rows} Median over the features: {medians}."
    pictures = [_picture(name, findings) for name in lost if lost[name].notna().any()]
    caption = "Lost variance of each feature; lower is better."
    if len(lost) > _N_DRAWN:
        caption = (
            "The features that lose most (orange) and least (blue) of their variance, with median and quartiles of the "
            "others; lower is better."
        )
    return Section(_NAME, _TITLE, [Text(text), Pictures(pictures, caption), _table(findings)])


def _picture(name, findings):
    """Draw the ranking of one model."""
    lost, table = findings.lost[name], findings.data
    known, columns = lost.dropna(), np.flatnonzero(lost.notna())
    ax = new_axes(3.4, 0.9 + _ROW_INCHES * (min(_N_DRAWN, len(known)) + 1))
    options = {"feature_names": list(known.index), "n_features": _N_DRAWN}
    tables = (table.values[:, columns], findings.reconstructed[name][:, columns])
    ReconstructionDisplay(*tables, **options).plot(ax)
    ax.set_title(name, fontsize="medium", fontweight="bold")
    worst, best = (f"{known.index[i]} {fixed(known.iloc[i])}" for i in (known.argmax(), known.argmin()))
    alt = f"{name}: of its variance loses most {worst}, least {best}."
    return picture(ax, alt)


def _table(findings):
    """Tabulate the features that the model that the report is about gives back worst and best."""
    lost = findings.lost.to_numpy()
    order = np.argsort(-lost[:, -1], kind="stable")
    order = order[np.isfinite(lost[order, -1])]
    half = _N_LISTED // 2
    rows = order if len(order) <= _N_LISTED else [*order[:half], *order[-half:]]
    names, models = findings.data.features, list(findings.lost)
    cells = [[names[i], *(fixed(value, 3) for value in lost[i])] for i in rows]
    which = (
        "All features"
        if len(rows) == len(order)
        else f"The {count(half, 'feature')} that {models[-1]} loses most of, and the {half} least"
    )
    return Table(f"{which}: share of the variance that is lost; lower is better.", ["feature", *models], cells)
