"""What a comparison of transformers gives back."""

from dataclasses import dataclass
from html import escape
from math import isfinite

import numpy as np
import pandas as pd

from skvae.model_selection import _gaps
from skvae.model_selection._differences import mean_ranks, paired_differences
from skvae.model_selection._judgements import judgements
from skvae.model_selection._measures import MEASURES, SECONDS, Measure
from skvae.model_selection._runs import failures
from skvae.model_selection._summary import aligned, as_text
from skvae.model_selection._verdict import sentences
from skvae.plot import ComparisonDisplay

_NO_LIKELIHOODS = (
    "No log-likelihoods: they compare between densities of all columns only, with the same steps before, and are "
    "computed up to 4000 columns."
)


@dataclass(frozen=True, eq=False, repr=False)
class TransformerComparison:
    """What `compare_transformers` measured; print it for the table and the verdict.

    `table`, `differences`, `judgements`, `ranking` and `verdict` are reckoned from `runs`.

    Parameters
    ----------
    runs : DataFrame
        One row for each estimator and split: ``estimator``, ``split``, ``seed``, ``n_train`` and ``n_test`` (rows), the
        measures, ``warm`` (False for the first fit of an estimator in a process, which may also load and compile),
        and, if anything failed, ``error``.
    codes : dict of str to DataFrame
        By estimator, the codes of all rows in the first split; without estimators that failed there.
    held_out : ndarray of bool of shape (n_samples,)
        The rows held out in the first split.
    labels : ndarray or Categorical of shape (n_samples,), or None
        The labels `y`; a Categorical where they have an order, in which pictures name them.
    n_clusters : int
        The number of clusters of k-means.
    scored_rows : {"held-out", "all"}
        The rows on which clusters and centroids were measured.
    scorers : list of str
        Names of the user's own measures, of which higher is better.

    See Also
    --------
    compare_transformers : What returns it.
    skvae.plot.ComparisonDisplay : The picture that `plot` draws.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.decomposition import PCA
    >>> from skvae.model_selection import compare_transformers
    >>> comparison = compare_transformers({"one": PCA(1), "two": PCA(2)}, load_iris().data, random_state=0)
    >>> print(comparison.verdict.splitlines()[0])
    two is better than one: lower reconstruction error (...).
    >>> comparison.judgements.loc["reconstruction_error", "two"]
    'better'
    >>> comparison.ranking.index[0]
    'two'
    """

    runs: pd.DataFrame
    codes: dict[str, pd.DataFrame]
    held_out: np.ndarray
    labels: np.ndarray | pd.Categorical | None
    n_clusters: int
    scored_rows: str
    scorers: list[str]

    @property
    def table(self):
        """Mean and standard deviation over the splits, a row for each estimator.

        The seconds leave out fits that were not warm, unless there is no other.
        """
        columns = {}
        for measure in self.measures:
            grouped = self._runs_of(measure).groupby("estimator", sort=False)[measure]
            columns[measure, "mean"], columns[measure, "std"] = grouped.mean(), grouped.std()
        return pd.DataFrame(columns).reindex(self._names).rename_axis(None)

    @property
    def differences(self):
        """How each estimator differs from the first, split by split, a row for each measure and estimator.

        ``mean``, ``low`` and ``high`` (the 95 % interval) and ``p``, by the corrected resampled t-test of Nadeau and
        Bengio (2003), as random splits of one table are no independent samples. The last three are nan where there is
        no spread: after a single split, or if all differences are the same; and for clusters and centroids that are
        measured on all rows (`scored_rows`), as then the splits differ in the fits alone and not in what they measure.
        """
        parts = [paired_differences(self._runs_of(measure), self._names, [measure]) for measure in self.measures]
        differences = pd.concat(parts)
        are_without = differences.index.get_level_values("measure").isin(self._without_samples)
        differences.loc[are_without, ["low", "high", "p"]] = np.nan
        return differences

    @property
    def ranking(self):
        """Mean rank over the judged measures by estimator, the best (lowest) first.

        Judged are reconstruction error, log-likelihood, trustworthiness, held-out silhouette, adjusted Rand index,
        centroid distance, nearest-neighbour accuracy and the user's own measures, each by its mean over the splits
        in which all estimators have it; nan, and last, is an estimator that failed. Inertia, the silhouette on the
        scored rows and the mutual information ask what others of these ask; seconds and active units are no merits of
        a code. A rank knows nothing of chance: see `verdict`.
        """
        better = {name: measure.better for name, measure in self._judged.items()}
        return mean_ranks(_gaps.common_means(self.runs, self._names, list(better)), better)

    @property
    def judgements(self):
        """A word for each judged measure (down) and estimator but the first (across): how it is beside the first.

        ``"better"`` or ``"worse"`` if the 95 % interval of the difference leaves out 0, else ``"no evidence"`` of
        either; without an interval ``"the same"`` if nothing differs, and else ``"no verdict"``. NaN where one of the
        two was not measured.
        """
        return judgements(self.differences, self._judged)

    @property
    def verdict(self):
        """Say the judgements in plain words, a line for each, with the differences and their intervals.

        Each line stands for itself: of 20 comparisons of equals, one will say better or worse.
        """
        first = self._names[0]
        if self.runs.loc[self.runs["estimator"] == first, list(self._judged)].isna().all(axis=None):
            return f"No verdict: {first}, with which the others are compared, has no measures."
        differences = self.differences
        words = judgements(differences, self._judged)
        return "\n".join(sentences(words, differences, first, self.measures, self._without_samples))

    @property
    def measures(self):
        """What was measured, in the order of the table: a dict from the name to a :class:`Measure`."""
        own = {name: Measure(name, "higher", True) for name in self.scorers}
        return {name: measure for name, measure in (MEASURES | own | SECONDS).items() if name in self.runs}

    @property
    def notes(self):
        """A list of sentences: on which rows and in which runs the table rests."""
        n_splits, n_test = self.runs["split"].nunique(), int(self.held_out.sum())
        splits = "1 split" if n_splits == 1 else f"{n_splits} splits"
        rows = "all rows" if self.scored_rows == "all" else "the held-out rows"
        return [
            f"Mean ± standard deviation over {splits}; {n_test} of {len(self.held_out)} rows held out.",
            f"Clusters ({self.n_clusters}) and centroids are measured on {rows}, on standardised codes.",
            _seconds(self.runs),
            *([] if "log_likelihood" in self.measures else [_NO_LIKELIHOODS]),
            *(f"{sentence}." for sentence in failures(self.runs)),
            *_gaps.notes(self.runs, self._names, self._judged),
        ]

    @property
    def summary(self):
        """The table as text, as it is printed.

        Measures down by their headings, in the order of `measures`; across, which way is ``better``, and for each
        estimator mean ± standard deviation, a dash for what was not measured.
        """
        return as_text(self.table, self.measures)

    @property
    def _names(self):
        """List the estimators."""
        return list(self.runs["estimator"].unique())

    @property
    def _judged(self):
        """Leave out measures that have no part in ranking and verdict."""
        return {name: measure for name, measure in self.measures.items() if measure.judged}

    @property
    def _without_samples(self):
        """List the measures that each split takes on the same rows, so that they have no samples to judge by."""
        return [name for name, m in self.measures.items() if m.of_scored_rows and self.scored_rows == "all"]

    def _runs_of(self, measure):
        """Leave out first fits for the seconds, but for estimators that have no other."""
        if measure not in SECONDS:
            return self.runs
        has_warm = self.runs.groupby("estimator")["warm"].transform("any")
        return self.runs[self.runs["warm"] | ~has_warm]

    def plot(self, ax=None):
        """Draw the codes of the first split side by side, and what was measured below.

        Parameters
        ----------
        ax : array-like of matplotlib Axes, default=None
            One for each estimator in `codes`, or one for each of them and one for each measure drawn. By default those
            of a new figure of pyplot.

        Returns
        -------
        display : ComparisonDisplay
            The drawn display.
        """
        return ComparisonDisplay.from_comparison(self, ax=ax)

    def to_dict(self):
        """Give all but the codes as plain Python values, for JSON; NaN and infinity become None.

        Returns
        -------
        dict
            ``table`` (estimator, measure, ``mean`` and ``std``), ``better`` (measure to ``"lower"``, ``"higher"`` or
            None), ``headings`` (measure to its name in words), ``differences`` (measure, estimator, ``mean``, ``low``,
            ``high``, ``p``), ``judgements`` (measure to estimator to a word, None where it was not measured),
            ``ranking`` (estimator to mean rank), ``verdict`` and ``notes`` (lists of sentences), ``n_clusters``,
            ``scored_rows``, ``runs`` (a list of dictionaries).
        """
        table, differences, judgements = self.table, self.differences, self.judgements
        return {
            "table": {
                name: {measure: _plain(table.loc[name, measure]) for measure in self.measures} for name in table.index
            },
            "better": {name: measure.better or None for name, measure in self.measures.items()},
            "headings": {name: measure.heading for name, measure in self.measures.items()},
            "differences": {
                measure: {name: _plain(differences.loc[(measure, name)]) for name in self._names[1:]}
                for measure in self.measures
            },
            "judgements": {name: _plain(words) for name, words in judgements.iterrows()},
            "ranking": _plain(self.ranking),
            "verdict": self.verdict.splitlines(),
            "notes": self.notes,
            "n_clusters": self.n_clusters,
            "scored_rows": self.scored_rows,
            "runs": [_plain(run) for _, run in self.runs.iterrows()],
        }

    def __str__(self):
        """Print the table (measures down, estimators across), the notes and the verdict."""
        lines = [*aligned(self.summary), "", *self.notes]
        return "\n".join([*lines, "", self.verdict] if self.verdict else lines)

    def __repr__(self):
        """Show the same where it is not printed."""
        return str(self)

    def _repr_html_(self):
        """Show the same in a notebook."""
        sentences = "<br>".join(escape(line) for line in [*self.notes, *self.verdict.splitlines()])
        return f"{self.summary.to_html()}<p>{sentences}</p>"


def _seconds(runs):
    """Say of which fits the seconds are."""
    if not runs["warm"].any():
        return "Seconds are those of the first fit, which may also load and compile: more splits tell."
    first = runs[~runs["warm"]].groupby("estimator", sort=False)["fit_seconds"].max().dropna()
    seconds = ", ".join(f"{name} {value:.2f} s" for name, value in first.items())
    return f"Seconds leave out the first fit, which may also load and compile ({seconds})."


def _plain(values):
    """Turn a Series into a dictionary of plain Python values."""
    items = ((key, value.item() if isinstance(value, np.generic) else value) for key, value in values.items())
    return {key: None if isinstance(value, float) and not isfinite(value) else value for key, value in items}
