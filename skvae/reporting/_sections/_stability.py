"""What of a code stays when the same model is fitted again."""

from skvae.reporting._blocks import Cell, Points, Section, Table, Text
from skvae.reporting._findings import SEEDS
from skvae.reporting._words import fixed, number, share

_TEXT = (
    "A cluster, an outlier or the meaning of a latent variable that is there in one fit only says nothing about the "
    "data. So the models were fitted again: with other seeds, and to rows drawn with replacement."
)
_CAPTION = (
    "Mean over the pairs of fits, least and largest below. Neighbours kept: share of a row's nearest neighbours that "
    "are the same in two fits. Disparity: what the best rotation, reflection and scaling leave of the sum of squares; "
    "0 alike, 1 nothing in common. Axes: mean correlation of single latent variables, as fitted but for order and "
    "sign, and after a rotation; where the first is far below the second, interpret the plane, not an axis."
)
_COLUMNS = [
    "model",
    "refitted with",
    "fits",
    "neighbours kept",
    "by chance",
    "disparity",
    "axes as fitted",
    "axes rotated",
]
_N_ROWS = 5


def stability(findings):
    """Tabulate what stays with other seeds and with other rows."""
    if not findings.stability:
        reason = findings.omitted.get("stability")
        return Section("stability", "Stability", [Text(reason)]) if reason else None
    seconds = sum(value for step, value in findings.log.seconds.items() if step.startswith("refitting"))
    n_fits = sum(len(result.codes) for result in findings.stability.values())
    cost = f"{_TEXT} These {n_fits} fits took {number(seconds)} seconds."
    rows = [_row(name, kind, result) for (name, kind), result in findings.stability.items()]
    blocks = [Text(cost), Table(_CAPTION, _COLUMNS, rows, (0, 1))]
    moving = [
        _moving(name, kind, result, findings) for (name, kind), result in findings.stability.items() if kind == SEEDS
    ]
    return Section("stability", "Stability", [*blocks, Points(moving)] if moving else blocks)


def _row(name, kind, result):
    """Summarise the refits of one kind."""
    pairs, axes = result.pairs, result.components[["matched", "aligned"]].mean()
    kept, disparity = pairs["neighbor_agreement"], pairs["disparity"]
    fits = str(len(result.codes)) + (f", {len(result.collapsed)} collapsed" if result.collapsed else "")
    return [
        name,
        kind,
        fits,
        Cell(share(kept.mean(), 0), detail=f"{share(kept.min(), 0)} to {share(kept.max(), 0)}"),
        share(result.chance_agreement),
        Cell(fixed(disparity.mean(), 3), detail=f"{fixed(disparity.min(), 3)} to {fixed(disparity.max(), 3)}"),
        fixed(axes["matched"]),
        fixed(axes["aligned"]),
    ]


def _moving(name, kind, result, findings):
    """Name the rows that move most."""
    agreement = result.row_agreement.to_numpy()
    rows = agreement.argsort(kind="stable")[:_N_ROWS]
    listed = ", ".join(f"{findings.data.samples[i]} ({share(agreement[i], 0)})" for i in rows)
    kept = f"the rows that keep the fewest of their {result.n_neighbors} nearest neighbours"
    return f"{name}, {kind}: {kept} are {listed}."
