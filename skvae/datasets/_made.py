"""A table of protein groups made up, to try things on."""

import os
from numbers import Integral
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.special import expit
from sklearn.utils import check_random_state

from skvae._compat import Interval, validate_params
from skvae.datasets._writing import write_table

# log2 intensities: mean; spread of the proteins, of what is loaded of a sample, of a measurement.
_MEAN, _PROTEINS, _SAMPLES, _NOISE = 27.0, 2.5, 0.3, 0.4
# Share of the proteins that differ between the groups, and by how much (log2).
_SHARE_CHANGED, _CHANGE = 0.1, 1.5
# Share of the protein groups, beside the others, that bear a mark, and what stands before their identifiers.
_MARKED = {"Only identified by site": 0.02, "Reverse": 0.03, "Potential contaminant": 0.03}
_PREFIXES = {"Reverse": "REV__", "Potential contaminant": "CON__"}
# Where half of the values go missing (log2 intensity), and how steeply.
_LIMIT, _STEEPNESS = 25.0, 1.5


@validate_params(
    {
        "folder": [str, os.PathLike],
        "n_samples": [Interval(Integral, 2, None, closed="left")],
        "n_proteins": [Interval(Integral, 1, None, closed="left")],
        "random_state": ["random_state"],
    },
    prefer_skip_nested_validation=True,
)
def make_protein_groups(folder, *, n_samples=40, n_proteins=500, random_state=None):
    """Write a made-up table such as MaxQuant's ``proteinGroups.txt``, and the groups that its samples belong to.

    Half of the samples are controls, in the others a tenth of the proteins is 1.5 up or down (log2). Low intensities go
    missing (0 in the table), about a fifth of all. To the `n_proteins` come some decoys, contaminants and groups that
    are only identified by site, as :func:`read_proteins` leaves them out.

    Parameters
    ----------
    folder : str or path-like
        Where to write ``proteinGroups.txt`` and ``annotation.csv``; it is made if need be.
    n_samples : int, default=40
        Number of samples, at least 2.
    n_proteins : int, default=500
        Number of protein groups, without those to be left out.
    random_state : int, RandomState instance or None, default=None
        Determines the values: the same number gives the same files.

    Returns
    -------
    table : Path
        ``proteinGroups.txt``: protein groups in rows; columns ``LFQ intensity <sample>``, ``Intensity <sample>``,
        identifiers, genes and marks.
    annotation : Path
        ``annotation.csv``: columns ``sample`` and ``group`` (``control`` or ``treated``).

    Raises
    ------
    OSError
        If a file cannot be written.

    See Also
    --------
    read_proteins : Read the table.

    Examples
    --------
    >>> import tempfile
    >>> from skvae.datasets import make_protein_groups, read_proteins
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     table, annotation = make_protein_groups(folder, n_samples=6, n_proteins=50, random_state=0)
    ...     X, y = read_proteins(table, log2=True, metadata=annotation, target="group")
    >>> X.shape, y.value_counts().to_dict()
    ((6, 46), {'control': 3, 'treated': 3})
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    rng = check_random_state(random_state)
    group = np.where(np.arange(n_samples) % 2, "treated", "control")
    sample = [f"{name}_{i // 2 + 1:02d}" for i, name in enumerate(group)]
    rows = _rows(n_proteins)
    table, annotation = folder / "proteinGroups.txt", folder / "annotation.csv"
    write_table(rows.join(_intensities(rng, len(rows), group, sample)), table)
    write_table(pd.DataFrame({"group": group}, pd.Index(sample, name="sample")), annotation)
    return table, annotation


def _rows(n_proteins):
    """Name the protein groups, every fifth of two proteins, and mark those to be left out, which come last."""
    marks = {mark: max(1, round(share * n_proteins)) for mark, share in _MARKED.items()}
    mark = np.repeat(["", *marks], [n_proteins, *marks.values()])
    prefix = pd.Series(mark).map(_PREFIXES).fillna("")
    numbers = [f"SYN{i:05d}" for i in range(1, len(mark) + 1)]
    ids = [
        f"{a}{n};{a}{n}-2" if i % 5 == 4 else f"{a}{n}" for i, (a, n) in enumerate(zip(prefix, numbers, strict=True))
    ]
    genes = [f"GENE{i}" if i % 25 else "" for i in range(1, len(mark) + 1)]
    rows = pd.DataFrame({"Protein IDs": ids, "Majority protein IDs": ids, "Gene names": genes})
    return rows.assign(**{name: np.where(mark == name, "+", "") for name in marks})


def _intensities(rng, n_rows, group, sample):
    """Draw intensities: 0 where one goes missing, which is the more likely the lower it is."""
    shape = (n_rows, len(sample))
    change = np.where(rng.uniform(size=(n_rows, 1)) < _SHARE_CHANGED, rng.choice([-_CHANGE, _CHANGE], (n_rows, 1)), 0.0)
    logs = rng.normal(_MEAN, _PROTEINS, (n_rows, 1)) + change * (group == "treated") + rng.normal(0, _NOISE, shape)
    measured = rng.uniform(size=shape) < expit((logs - _LIMIT) * _STEEPNESS)
    # MaxLFQ takes out how much was loaded of each sample.
    loaded = logs + rng.normal(0, _SAMPLES, len(sample))
    columns: dict[str, np.ndarray] = {}
    for quantity, values in (("Intensity", loaded), ("LFQ intensity", logs)):
        cells = np.where(measured, 2.0**values / 1000, 0.0).round().astype(int) * 1000
        columns |= {f"{quantity} {name}": column for name, column in zip(sample, cells.T, strict=True)}
    return pd.DataFrame(columns)
