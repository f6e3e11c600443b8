"""Where the rows lie in the plane of the first two latent variables."""

import numpy as np
from sklearn.metrics import silhouette_score

from skvae.plot import LatentSpaceDisplay
from skvae.reporting._blocks import Pictures, Section, Text
from skvae.reporting._findings import PCA_OF_THESE_ROWS
from skvae.reporting._pictures import new_axes, picture
from skvae.reporting._words import count, fixed

# Silhouettes of labels from which a plane is said to show groups that touch, and that lie apart: Kaufman and Rousseeuw
# (1990), Finding Groups in Data, call structure up to 0.25 none, and above 0.5 reasonable.
_TOUCHING, _APART = 0.25, 0.5
# The silhouette sorts all pairs of rows.
_MOST_ROWS_OF_PAIRS = 5000
_MOST_LABELS = 100
_PANEL_INCHES = 4.0


def planes(findings):
    """Draw the latent plane of each model."""
    if findings.data is None:
        return None
    silhouettes = {name: _silhouette(codes, findings) for name, codes in findings.codes.items()}
    n_latent = findings.codes[findings.subject].shape[1]
    in_planes = silhouettes
    if n_latent > 2:
        in_planes = {name: _silhouette(codes.iloc[:, :2], findings) for name, codes in findings.codes.items()}
    pictures = [_plane(name, findings, in_planes) for name in findings.codes]
    shown = {1: "The latent variable", 2: "The latent variables"}.get(n_latent, "The first two latent variables")
    of_rows = "of the rows of this table" if findings.given else "of all rows, which the models were fitted to"
    colours = f", coloured by {findings.data.label_name}" if findings.data.labels is not None else ""
    pictures_of_all = Pictures(pictures, f"{shown} {of_rows}{colours}.")
    return Section("planes", "Latent planes", [Text(_text(findings, silhouettes)), pictures_of_all])


def _text(findings, silhouettes):
    """Say how to read the planes."""
    text = (
        "Each point is a row. Axes have units of their own in each model, and their directions may be flipped: what "
        "counts is who lies near whom."
    )
    known = {name: value for name, value in silhouettes.items() if value is not None}
    if known:
        values = ", ".join(f"{name} {fixed(value)}" for name, value in known.items())
        n_rows = len(findings.data.samples)
        drawn = f" of {_MOST_ROWS_OF_PAIRS:,} rows drawn" if n_rows > _MOST_ROWS_OF_PAIRS else ""
        text += (
            f" Silhouette of the labels in all latent variables{drawn}: {values} (-1 to 1; higher: rows lie nearer to "
            "their own label than to the next). It is no verdict: the fits may have seen these "
            "rows."
        )
    return f"{text} {PCA_OF_THESE_ROWS}" if findings.has_own_pca else text


def _silhouette(codes, findings):
    """Measure how far the labels are apart in the code; None without labels that repeat."""
    labels = findings.data.labels
    if labels is None or not 1 < len(np.unique(labels)) <= min(_MOST_LABELS, len(labels) - 1):
        return None
    Z = codes.to_numpy()
    n_rows = min(len(Z), _MOST_ROWS_OF_PAIRS)
    try:
        return float(silhouette_score(Z, labels, sample_size=n_rows, random_state=findings.seed))
    except ValueError:  # all rows drawn have the same label
        return None


def _plane(name, findings, silhouettes):
    """Draw one plane."""
    ax = new_axes(_PANEL_INCHES, _PANEL_INCHES)
    display = LatentSpaceDisplay(findings.codes[name], findings.labels).plot(ax)
    display.ax_.set_title(name, fontsize="large", fontweight="bold")
    return picture(ax, _alt(name, findings, silhouettes))


def _alt(name, findings, silhouettes):
    """Say what a plane shows, beside the others."""
    value, codes = silhouettes[name], findings.codes[name]
    where = "in the plane of two latent variables"
    if codes.shape[1] == 1:
        where = "along the one latent variable, " + ("a histogram" if findings.data.labels is None else "by label")
    if value is None:
        return f"{name}: {count(len(codes), 'row')} {where}."
    groups = "groups lie apart" if value >= _APART else "groups touch" if value >= _TOUCHING else "groups overlap"
    others = "".join(f"; {other} {fixed(v)}" for other, v in silhouettes.items() if other != name and v is not None)
    return f"{name}, {where}: {groups}; silhouette of the labels {fixed(value)}{others}."
