"""Curves with their spread over the replicates."""

import numpy as np

from skvae._optional import import_optional

_LABELS = {
    "epoch": "epoch",
    "centroid_distance": "distance of centroids",
    "pooled_distance": "distance in pooled deviations",
    "neighbor_accuracy": "group told by neighbours",
    "loss": "loss (nats)",
}


def draw_curves(ax, table, x, y, by, title=None):
    """Draw, for each value of a column, the mean of `y` over `x`, in a band of a standard deviation each way.

    Parameters
    ----------
    ax : matplotlib Axes
    table : DataFrame
    x, y, by : str
        Columns: the horizontal and the vertical axis, and what each curve stands for.
    title : str, default=None
    """
    values = table[by].unique()
    colors = import_optional("matplotlib", extra="plot", purpose="Drawing").colormaps["viridis"]
    for value, shade in zip(values, np.linspace(0, 0.88, len(values)), strict=True):
        summary = table[table[by] == value].groupby(x)[y].agg(["mean", "std"]).fillna(0.0)
        ax.plot(summary.index, summary["mean"], "o-", ms=3, lw=1.4, color=colors(shade), label=str(value))
        low, high = (summary["mean"] + sign * summary["std"] for sign in (-1, 1))
        ax.fill_between(summary.index, low, high, color=colors(shade), alpha=0.15, lw=0)
    if x == "epoch":
        ax.set_xscale("log")
    ax.set(xlabel=_LABELS.get(x, x.replace("_", " ")), ylabel=_LABELS.get(y, y.replace("_", " ")))
    ax.set_title(title or "", fontsize="medium")
    ax.spines[["top", "right"]].set_visible(False)
    if len(values) > 1:
        ax.legend(title=by.replace("_", " "), frameon=False, fontsize="small", title_fontsize="small")
