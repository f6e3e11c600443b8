"""Run a study: parts in parallel, each kept as it ends, then table, findings and figure."""

import json
import logging
import warnings
from collections.abc import Mapping
from numbers import Integral
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.utils import check_random_state
from sklearn.utils.parallel import Parallel, delayed

from skvae._compat import validate_params
from skvae.studies._folder import Folder, identity_of
from skvae.studies._parts import parts_of, run_part
from skvae.studies._registry import load_study
from skvae.studies._result import StudyResult
from skvae.studies._samples import Samples, as_samples
from skvae.studies._study import Study

_logger = logging.getLogger("skvae.studies")


@validate_params(
    {
        "study": [str, Study],
        "data": ["array-like", str, Path, None],
        "quick": ["boolean"],
        "sizes": [Mapping, None],
        "output": [str, Path, None],
        "n_jobs": [Integral, None],
        "random_state": ["random_state"],
    },
    prefer_skip_nested_validation=True,
)
def run(study, *, data=None, quick=False, sizes=None, output=None, n_jobs=None, random_state=0):
    """Run one of the studies of the literature.

    Each replicate of each condition is a part with a seed of its own. With `output`, a part is written as it ends, and
    the same call goes on from the parts that are there; after Ctrl-C only what was running is lost.

    Progress is logged at level INFO by the logger ``skvae.studies``.

    Parameters
    ----------
    study : str or Study
        A name in ``skvae.studies.STUDIES``, or a study of your own.
    data : str, Path, list of them, (X, y) or Samples, default=None
        The samples: files ``.npz`` of images, put together, or arrays; :func:`read_samples` reads tables. By default
        what stands in for the source's data, see the study.
    quick : bool, default=False
        Take sizes that are done in seconds, in place of those of the source.
    sizes : dict, default=None
        Sizes to change, such as ``{"replicates": 3}``.
    output : str or Path, default=None
        Folder for ``table.csv``, ``summary.txt``, ``figure.png``, ``manifest.json`` and the parts; made if need be.
    n_jobs : int, default=None
        Number of parts at a time. The results are the same, to the bit.
    random_state : int, RandomState or None, default=0
        Seed of all draws and trainings. None draws one; such a run cannot be gone on from.

    Returns
    -------
    result : StudyResult
        Table, findings and summary.

    Raises
    ------
    ValueError
        If there is no such study or size, a size is too small, the data do not suit it, the folder holds another run
        or a damaged part, or a study of your own lacks a column that names its rows.
    TypeError
        If a function of a study of your own returns something else than it should.
    KeyboardInterrupt
        After Ctrl-C; its message says how many parts are kept.

    Warns
    -----
    UserWarning
        If no figure is drawn because matplotlib is not installed, or the table lacks a column that the study shows.

    Examples
    --------
    >>> from skvae.studies import run
    >>> result = run("quantity", quick=True, sizes={"replicates": 1, "rows_per_group": [10], "epochs": [1, 2]})
    >>> result.table[["rows_per_group", "replicate", "epoch"]]
       rows_per_group  replicate  epoch
    0              10          0      1
    1              10          0      2
    >>> print(result.findings[0])
    the distance of the centroids rises with the epochs at every size: not judged (fewer than three epochs were ...)
    """
    study = load_study(study) if isinstance(study, str) else study
    sizes = _sizes(study, quick, sizes or {})
    samples = study.load(as_samples(data), sizes)
    if not isinstance(samples, Samples | None):
        raise TypeError(f"load of the study {study.name!r} must return Samples or None, but gave {samples!r:.200}.")
    seed = int(check_random_state(random_state).randint(np.iinfo(np.int32).max))
    parts = parts_of(study, samples, sizes, seed)
    folder = None if output is None else Folder(output, identity_of(study, samples, sizes, seed), random_state)
    contents = _measured(study, samples, sizes, parts, folder, n_jobs)
    result = _result(study, samples, sizes, quick, parts, contents)
    if folder is not None:
        _write(result, folder, n_jobs, len(parts))
    _warn_of_absent(result)
    return result


def _sizes(study, quick, changes):
    """Return the sizes, once those of the user are seen to be of the same kind, and large enough."""
    sizes = dict(study.quick if quick else study.full)
    least = {"replicates": 1, **study.least}
    strangers = [name for name in changes if name not in sizes]
    if strangers:
        raise ValueError(f"The study {study.name!r} has no size {strangers[0]!r}; it has {', '.join(sizes)}.")
    for name, value in (sizes | dict(changes)).items():
        is_list = isinstance(sizes[name], tuple)
        numbers = list(value) if is_list and isinstance(value, tuple | list | range) else [value]
        if not numbers or any(not isinstance(n, Integral) or isinstance(n, bool) for n in numbers):
            kind = "a list of whole numbers" if is_list else "a whole number"
            raise ValueError(f"The size {name!r} must be {kind}, but is {value!r}.")
        if min(numbers) < least.get(name, 0):
            which = "Each number of the size" if is_list else "The size"
            raise ValueError(f"{which} {name!r} must be at least {least.get(name, 0)}, but is {value!r}.")
        sizes[name] = tuple(sorted({int(n) for n in numbers})) if is_list else int(numbers[0])
    return sizes


def _measured(study, samples, sizes, parts, folder, n_jobs):
    """Return what all parts gave, in their order: those that are there, and the others once they are run."""
    found = [None if folder is None else folder.read_part(part) for part in parts]
    missing = [part for part, content in zip(parts, found, strict=True) if content is None]
    n_done = len(parts) - len(missing)
    if folder is not None:
        folder.write_manifest(finished=False)
        if n_done:
            _logger.info("%s: %d of %d parts are there already, in %s", study.name, n_done, len(parts), folder.path)
    running = Parallel(n_jobs=n_jobs, return_as="generator_unordered")(
        delayed(run_part)(study, samples, sizes, part, folder) for part in missing
    )
    try:
        for part, text in running:
            n_done += 1
            content = found[part.number] = json.loads(text)
            _logger.info("%s %d of %d: %s: %.1f s", study.name, n_done, len(parts), part, content["seconds"])
    except KeyboardInterrupt:
        raise KeyboardInterrupt(_on_the_way(folder, parts)) from None
    return found


def _on_the_way(folder, parts):
    """Say what an interrupt leaves."""
    if folder is None:
        return "nothing is kept, for want of an output folder"
    return (
        f"{folder.count_parts(parts)} of {len(parts)} parts are kept in {folder.path}; the same call goes on from there"
    )


def _result(study, samples, sizes, quick, parts, contents):
    """Put the parts together."""
    rows, codes = [], []
    for part, content in zip(parts, contents, strict=True):
        of_part = {**part.condition, "replicate": part.replicate, "seed": part.seed}
        rows += [{**of_part, **row} for row in content["rows"]]
        codes += [{**part.condition, **code} for code in content["codes"]]
    data = "made by the study" if samples is None else samples.name
    if samples is not None:
        groups = pd.Series(samples.y).value_counts(sort=False)
        data += f" ({samples.X.shape[1]} features; {', '.join(f'{n} of {name}' for name, n in groups.items())})"
    seconds = sum(content["seconds"] for content in contents)
    return StudyResult(study, pd.DataFrame(rows), pd.DataFrame(codes), sizes, data, quick, seconds)


def _write(result, folder, n_jobs, n_parts):
    """Write all outputs, the figure last: that it fails shall not cost the others."""
    folder.write("table.csv", result.table.to_csv(index=False))
    if len(result.codes):
        folder.write("codes.csv", result.codes.to_csv(index=False))
    folder.write("summary.txt", f"{result}\n")
    folder.write_manifest(
        finished=True,
        data_name=result.data,
        quick=result.is_quick,
        n_parts=n_parts,
        n_jobs=n_jobs,
        seconds=round(result.seconds, 2),
    )
    try:
        figure = result.plot()
    except ImportError as error:
        warnings.warn(f"No figure is drawn. {error}", UserWarning, stacklevel=4)
        return
    figure.savefig(folder.path / "figure.png", dpi=150, bbox_inches="tight")


def _warn_of_absent(result):
    """Warn of columns that the summary should show, but that no part gave."""
    absent = [name for name in result.study.shown if name not in result.table]
    if absent:
        warnings.warn(
            f"The summary cannot show {', '.join(map(repr, absent))}: the table of the study {result.study.name!r} has "
            f"the columns {', '.join(result.table.columns)}.",
            UserWarning,
            stacklevel=4,
        )
