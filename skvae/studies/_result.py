"""What a run of a study gives."""

import textwrap
from dataclasses import dataclass

import pandas as pd

from skvae._optional import import_optional
from skvae.studies._study import Finding, Study

_WIDTH = 110


@dataclass(frozen=True, eq=False)
class StudyResult:
    """What a study found; print it for the summary.

    `findings` and `summary` are reckoned from `table`.

    Parameters
    ----------
    study : Study
        What was run.
    table : DataFrame
        A row for each observation: the condition, ``replicate``, ``seed``, ``epoch`` where there is one, the measures.
    codes : DataFrame
        Codes of the first replicate of each condition, where the study draws them.
    sizes : dict
        How large each part of it was.
    data : str
        Where the samples come from.
    is_quick : bool
        Whether the sizes began as the quick ones.
    seconds : float
        Sum over the parts, of this run and of those it went on from.

    See Also
    --------
    run : What returns it.

    Examples
    --------
    >>> from skvae.studies import run
    >>> result = run("noise", quick=True, sizes={"replicates": 1, "epochs": [1, 2]})
    >>> result.table["epoch"].max()
    np.int64(2)
    """

    study: Study
    table: pd.DataFrame
    codes: pd.DataFrame
    sizes: dict
    data: str
    is_quick: bool
    seconds: float

    @property
    def findings(self):
        """Judge each claim of the source by the table.

        Returns
        -------
        list of Finding
        """
        return self.study.judge(self.table, self.sizes)

    @property
    def summary(self):
        """Give mean ± standard deviation over the rows of the replicates, of the last epoch, as text.

        Returns
        -------
        DataFrame
        """
        table = self.table
        if "epoch" in table:
            table = table[table["epoch"] == table["epoch"].max()]
        shown = [name for name in self.study.shown if name in table]
        grouped = table.groupby(list(self.study.by))[shown]
        mean, spread = grouped.mean(), grouped.std()
        return pd.DataFrame(
            {name: [_cell(*pair) for pair in zip(mean[name], spread[name], strict=True)] for name in shown}, mean.index
        )

    def plot(self, figure=None):
        """Draw.

        Parameters
        ----------
        figure : matplotlib Figure, default=None
            Where to draw. By default a new one, which pyplot does not know.

        Returns
        -------
        figure : matplotlib Figure
            What was drawn on.

        Raises
        ------
        ImportError
            If matplotlib is not installed.
        """
        if figure is None:
            figures = import_optional("matplotlib.figure", extra="plot", purpose="The picture")
            figure = figures.Figure(figsize=(10, 4.4), layout="constrained")
        self.study.draw(figure, self.table, self.codes)
        return figure

    def __str__(self):
        """Write the summary."""
        sizes = ", ".join(f"{name} {_listed(value)}" for name, value in self.sizes.items())
        kind = "quick, to look at only" if self.is_quick else "those of the source, unless changed"
        last = " at the last epoch" if "epoch" in self.table else ""
        lines = [
            f"{self.study.name}: {self.study.question}",
            f"The source: {self.study.claim}.",
            f"Data: {self.data}.",
            f"Sizes ({kind}): {sizes}.",
        ]
        findings = [f"- {finding}" for finding in map(Finding.__str__, self.findings)]
        wrapped = ["\n".join(textwrap.wrap(line, _WIDTH, subsequent_indent="  ")) for line in (*lines, *findings)]
        head, found = wrapped[: len(lines)], wrapped[len(lines) :]
        table = self.summary.reset_index().to_string(index=False)
        n = self.sizes["replicates"]
        how = f"Mean ± standard deviation over the rows of {n} replicate{'s' if n > 1 else ''}{last}."
        return "\n".join([*head, "", table, how, "", *found])


def _cell(mean, spread):
    """Write mean ± standard deviation."""
    if pd.isna(mean):
        return "-"
    return f"{mean:.3g}" + ("" if pd.isna(spread) else f" ± {spread:.2g}")


def _listed(value):
    """Write a size."""
    return " ".join(map(str, value)) if isinstance(value, tuple | list) else str(value)
