"""What a study is: data."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from numbers import Integral
from typing import Any, NamedTuple

import pandas as pd


class Measured(NamedTuple):
    """What one replicate of one condition gives.

    The function `measure` of a `Study` returns it.

    Parameters
    ----------
    rows : list of dict
        Rows of the table; condition, replicate and seed are added to each.
    codes : list of dict
        The codes to draw, a dict for each sample; those of the first replicate are kept.

    See Also
    --------
    Study : Where it is asked for.

    Examples
    --------
    >>> from skvae.studies import Measured
    >>> Measured([{"silhouette": 0.5}])
    Measured(rows=[{'silhouette': 0.5}], codes=())
    """

    rows: list[dict[str, Any]]
    codes: Sequence[dict[str, Any]] = ()


class Finding(NamedTuple):
    """What a table says about a claim.

    The function `judge` of a `Study` returns a list of them.

    Parameters
    ----------
    claim : str
        In plain words, with the figures that it is about.
    holds : bool or None
        None where the sizes do not allow to judge.
    figures : str
        What was found.

    See Also
    --------
    Study : Where it is asked for.

    Examples
    --------
    >>> from skvae.studies import Finding
    >>> print(Finding("narrower codes cluster better", True, "0.66 against 0.49"))
    narrower codes cluster better: confirmed (0.66 against 0.49)
    """

    claim: str
    holds: bool | None
    figures: str

    def __str__(self):
        """Write it in one line."""
        verdict = {True: "confirmed", False: "refuted", None: "not judged"}[self.holds]
        return f"{self.claim}: {verdict} ({self.figures})"


@dataclass(frozen=True)
class Study:
    """A study as data: its question, its grid, and what to measure, to judge and to draw.

    `run` does the rest. The functions must be pure: the same arguments give the same values.

    Parameters
    ----------
    name : str
        One word, by which it is run.
    question : str
        In one line.
    claim : str
        The finding of the source.
    version : int
        Rises with any change of the functions that changes figures: a run does not go on from parts of another
        version, and does not look at the code itself.
    full, quick : dict of str to int or tuple of int
        The sizes, of the source and for a look. Both hold ``replicates``.
    load : callable
        ``(samples, sizes) -> samples``: check what the user gives, or make what stands in for it where that is None.
    conditions : callable
        ``(samples, sizes) -> list of dict``: the grid; names and values of columns of the table.
    measure : callable
        ``(samples, condition, sizes, seed) -> Measured``: one replicate of one condition.
    judge : callable
        ``(table, sizes) -> list of Finding``.
    draw : callable
        ``(figure, table, codes)``: onto a matplotlib figure; `codes` is a DataFrame.
    by, shown : tuple of str
        Columns of the table that name the rows of the printed summary, and those that it shows. Each part has those of
        `by`.
    least : dict of str to int, default={}
        The least value of sizes, that is of each number of a list; of those not named 0, of ``replicates`` 1.

    Raises
    ------
    TypeError
        If a function, a size or a list of columns is none, or a size is a number in `full` and a tuple in `quick`.
    ValueError
        If `by` is empty, the sizes have no ``replicates``, or `full`, `quick` and `least` differ in their names.

    See Also
    --------
    run : Run it.

    Examples
    --------
    What a code of a few components keeps of three clusters:

    >>> import numpy as np
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.decomposition import PCA
    >>> from skvae.metrics import kmeans_silhouette_score
    >>> from skvae.studies import Finding, Measured, Study, run
    >>> def load(samples, sizes):
    ...     return samples  # as they are given
    ...
    >>> def conditions(samples, sizes):
    ...     return [{"n_components": n} for n in sizes["widths"]]
    ...
    >>> def measure(samples, condition, sizes, seed):
    ...     rows = np.random.default_rng(seed).choice(len(samples.X), sizes["rows"], replace=False)
    ...     Z = PCA(condition["n_components"]).fit_transform(samples.X[rows])
    ...     return Measured([{"silhouette": kmeans_silhouette_score(Z, n_clusters=3, random_state=seed)}])
    ...
    >>> def judge(table, sizes):
    ...     means = table.groupby("n_components")["silhouette"].mean()
    ...     figures = ", ".join(f"{n}: {mean:.2f}" for n, mean in means.items())
    ...     return [Finding("narrower codes cluster better", bool(means.is_monotonic_decreasing), figures)]
    ...
    >>> def draw(figure, table, codes):
    ...     figure.subplots().plot(table["n_components"], table["silhouette"], "o")
    ...
    >>> study = Study(
    ...     name="width",
    ...     question="Do narrower codes cluster better?",
    ...     claim="they do",
    ...     version=1,
    ...     full={"replicates": 3, "rows": 75, "widths": (1, 2, 3)},
    ...     quick={"replicates": 1, "rows": 75, "widths": (1, 3)},
    ...     load=load,
    ...     conditions=conditions,
    ...     measure=measure,
    ...     judge=judge,
    ...     draw=draw,
    ...     by=("n_components",),
    ...     shown=("silhouette",),
    ...     least={"rows": 30, "widths": 1},
    ... )
    >>> result = run(study, data=load_iris(return_X_y=True))
    >>> print(result)
    width: Do narrower codes cluster better?
    The source: they do.
    Data: the samples given (4 features; 50 of 0, 50 of 1, 50 of 2).
    Sizes (those of the source, unless changed): replicates 3, rows 75, widths 1 2 3.
    <BLANKLINE>
     n_components    silhouette
                1 0.664 ± 0.012
                2  0.49 ± 0.017
                3 0.372 ± 0.014
    Mean ± standard deviation over the rows of 3 replicates.
    <BLANKLINE>
    - narrower codes cluster better: confirmed (1: 0.66, 2: 0.49, 3: 0.37)
    """

    name: str
    question: str
    claim: str
    version: int
    full: Mapping[str, Any]
    quick: Mapping[str, Any]
    load: Callable[..., Any]
    conditions: Callable[..., list[dict[str, Any]]]
    measure: Callable[..., Measured]
    judge: Callable[[pd.DataFrame, Mapping[str, Any]], list[Finding]]
    draw: Callable[..., None]
    by: tuple[str, ...]
    shown: tuple[str, ...]
    least: Mapping[str, int] = field(default_factory=dict)

    def __post_init__(self):
        """Check what can be checked before anything runs."""
        for name in ("load", "conditions", "measure", "judge", "draw"):
            if not callable(getattr(self, name)):
                raise TypeError(
                    f"{name} of the study {self.name!r} must be a function, but is {getattr(self, name)!r}."
                )
        for name in ("by", "shown"):
            columns = getattr(self, name)
            if not isinstance(columns, tuple | list) or not all(isinstance(column, str) for column in columns):
                raise TypeError(f"{name} of the study {self.name!r} must be a tuple of names, but is {columns!r}.")
        if not self.by:
            raise ValueError(f"by of the study {self.name!r} must name a column or more.")
        self._check_sizes()

    def _check_sizes(self):
        """Check that the sizes are there, and of a kind that can be changed."""
        for kind in ("full", "quick"):
            if "replicates" not in getattr(self, kind):
                raise ValueError(f"The {kind} sizes of the study {self.name!r} must hold 'replicates'.")
            for name, value in getattr(self, kind).items():
                numbers = value if isinstance(value, tuple) else (value,)
                if not numbers or not all(isinstance(n, Integral) and not isinstance(n, bool) for n in numbers):
                    raise TypeError(
                        f"The {kind} size {name!r} of the study {self.name!r} must be a whole number or a tuple of "
                        f"them, but is {value!r}."
                    )
        for name in set(self.full) & set(self.quick):
            if isinstance(self.full[name], tuple) != isinstance(self.quick[name], tuple):
                raise TypeError(f"The size {name!r} of the study {self.name!r} must be of one kind in full and quick.")
        if isinstance(self.full["replicates"], tuple):
            raise TypeError(f"The study {self.name!r} needs one number of replicates, not several.")
        strangers = (set(self.full) ^ set(self.quick)) | (set(self.least) - set(self.full))
        if strangers:
            raise ValueError(
                f"full and quick of the study {self.name!r} must have the same sizes, and least none beside them, but "
                f"{', '.join(map(repr, sorted(strangers)))} is not in all."
            )
