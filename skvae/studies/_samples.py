"""The samples of a study: what the user gives, or what stands in for it."""

from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
from sklearn.datasets import load_digits
from sklearn.utils import check_consistent_length, column_or_1d

from skvae._validation import check_table
from skvae.datasets import read_table


class Samples(NamedTuple):
    """Rows with labels.

    What a study runs on; `read_samples` makes them from files.

    Parameters
    ----------
    X : ndarray of shape (n_samples, n_features)
        In float32, without missing values.
    y : ndarray of shape (n_samples,)
        Labels as text.
    name : str
        Where they come from.
    are_images : bool
        Whether all features have one unit, so that one maximum divides all of them.

    See Also
    --------
    read_samples : Read them from files.

    Examples
    --------
    >>> import numpy as np
    >>> from skvae.studies import Samples
    >>> Samples(np.zeros((2, 3), dtype="float32"), np.array(["a", "b"])).name
    'the samples given'
    """

    X: np.ndarray
    y: np.ndarray
    name: str = "the samples given"
    are_images: bool = False


def read_samples(paths, **table_options):
    """Read samples from files.

    Parameters
    ----------
    paths : str, Path, or list of them
        Either one table, as :func:`skvae.datasets.read_table` reads it; columns with missing values are left out. Or
        files ``.npz``, whose rows are put together, each with images `X` of shape (n, height, width) and classes `y`.
    **table_options : dict
        Of a table: what `read_table` takes, ``target`` above all.

    Returns
    -------
    samples : Samples
        Rows, labels, and where they come from.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If a file cannot be read, or has no labels.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from skvae.studies import read_samples
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder, "proteins.csv")
    ...     _ = path.write_text("sample,A,B,C,group\\ns1,1.5,,7,tumour\\ns2,2,8,9,normal\\n")
    ...     samples = read_samples(path, target="group")
    >>> samples.X.tolist(), samples.y.tolist()
    ([[1.5, 7.0], [2.0, 9.0]], ['tumour', 'normal'])
    >>> samples.name
    'proteins.csv (1 of 3 columns left out: values are missing)'
    """
    paths = [Path(path) for path in ([paths] if isinstance(paths, str | Path) else paths)]
    if not paths:
        raise ValueError("There is no file to read.")
    name = " + ".join(path.name for path in paths)
    if all(path.suffix.lower() == ".npz" for path in paths):
        images = [_read_images(path) for path in paths]
        X, y = (np.concatenate(parts) for parts in zip(*images, strict=True))
        return _checked(X, y, name)
    if len(paths) > 1:
        raise ValueError(f"Only .npz files can be put together, but got {name}.")
    if table_options.get("target") is None:
        raise ValueError(f"{name}: say which column holds the labels (target, --target).")
    X, y = read_table(paths[0], **table_options)
    n_missing = int(X.isna().any().sum())
    if n_missing == X.shape[1]:
        raise ValueError(f"{name}: every column has missing values. Fill them first, such as by MeanImputer.")
    if n_missing:
        name = f"{name} ({n_missing} of {X.shape[1]} columns left out: values are missing)"
    return _checked(X.dropna(axis="columns").to_numpy(), y.to_numpy(), name)


def as_samples(data):
    """Take what a user gives as data: None, paths, or arrays with labels.

    Parameters
    ----------
    data : None, str, Path, list of str or Path, (X, y) or Samples

    Returns
    -------
    samples : Samples or None
    """
    if data is None or isinstance(data, Samples):
        return data
    if hasattr(data, "columns") or getattr(data, "ndim", 1) > 1:
        raise ValueError(f"data is a {type(data).__name__} without labels: pass a pair (X, y), or a path.")
    if isinstance(data, str | Path) or all(isinstance(path, str | Path) for path in data):
        return read_samples(data)
    if len(data) != 2:
        raise ValueError(f"data must be a path, a list of paths, or a pair (X, y), but has {len(data)} parts.")
    return _checked(np.asarray(data[0]), data[1], Samples._field_defaults["name"])


def bundled_digits():
    """Return scikit-learn's digits, which stand in for MNIST."""
    X, y = load_digits(return_X_y=True)
    return Samples(
        X.astype(np.float32), y.astype(str), "scikit-learn's digits of 8 x 8 pixels, for want of MNIST", True
    )


def not_negative(samples):
    """Refuse negative values, for studies that divide by the maximum."""
    if samples.X.min() < 0:
        raise ValueError(
            f"{samples.name} holds negative values, which cannot be divided by their maximum. Undo logarithms first "
            "(transform, --transform exp2)."
        )
    return samples


def two_groups(samples):
    """Keep the rows of two labels: 0 and 1 where both are there, and else the two most frequent."""
    names, counts = np.unique(samples.y, return_counts=True)
    if len(names) < 2:
        raise ValueError(f"The study needs two groups, but all labels are {str(names[0])!r}.")
    chosen = ["0", "1"] if {"0", "1"} <= set(names) else list(names[np.argsort(-counts, kind="stable")[:2]])
    for name, count in zip(names, counts, strict=True):
        if name in chosen and count < 2:
            raise ValueError(f"The study needs two rows or more of each group, but of {str(name)!r} there is one.")
    return of_labels(samples, chosen)


def of_labels(samples, labels):
    """Keep the rows of some labels."""
    kept = np.isin(samples.y, labels)
    return samples._replace(X=samples.X[kept], y=samples.y[kept])


def group_sizes(samples):
    """Count the rows of each label, as a Series from the most frequent on."""
    return pd.Series(samples.y).value_counts()


def _read_images(path):
    """Read images and classes."""
    if not path.is_file():
        raise FileNotFoundError(f"There is no file {path}.")
    try:
        with np.load(path, allow_pickle=False) as file:
            return file["X"], file["y"]
    except (KeyError, ValueError, OSError, EOFError) as error:
        raise ValueError(f"{path} cannot be read as images X with classes y: {error}") from error


def _checked(X, y, name):
    """Check rows and labels; images, of bytes or of two axes a row, become flat rows."""
    are_images = X.ndim > 2 or X.dtype == np.uint8
    X = check_table(X.reshape(len(X), -1) if X.ndim > 2 else X, dtype=np.float32, input_name="X")
    y = column_or_1d(y)
    check_consistent_length(X, y)
    if pd.isna(y).any():
        raise ValueError(f"{name}: some labels are missing. Leave those samples out.")
    return Samples(X, y.astype(str), name, are_images)
