"""Save an estimator to a file, load it again."""

import os
from collections.abc import Callable

import numpy as np
import sklearn

import skvae
from skvae._replacement import replace_file
from skvae.persistence._container import VERSION, dump, read_arrays, read_header
from skvae.persistence._decoder import decode
from skvae.persistence._encoder import encode
from skvae.persistence._errors import ModelFileError, UnsoundError, damaged

#: From a version of the format to a function that takes a document of it and returns one of the next version.
MIGRATIONS: dict[int, Callable[[dict], dict]] = {}


def save(estimator, path):
    """Save an estimator, fitted or not, to a file from which :func:`load` makes it again.

    The file holds no code: arrays as safetensors, the rest as JSON. A crash at any time leaves the old file or the
    new one.

    Parameters
    ----------
    estimator : estimator
        One of skvae or, as steps around it, one of these of scikit-learn: Pipeline, ColumnTransformer,
        FunctionTransformer with a NumPy function such as ``np.log1p``, StandardScaler, MinMaxScaler, MaxAbsScaler,
        RobustScaler, Normalizer, PowerTransformer, QuantileTransformer, OneHotEncoder, SimpleImputer,
        MissingIndicator, VarianceThreshold, PCA.

    path : str or path-like
        Where to. An existing file is replaced; its permissions are kept.

    Raises
    ------
    TypeError
        If the estimator has a part of another class, or with a parameter that cannot be saved, such as a function.
    ValueError
        If the estimator is in a state in which it could not be loaded, such as after a fit that failed.
    OSError
        If the file cannot be written. An old file is untouched.

    See Also
    --------
    load : Make the estimator again.

    Examples
    --------
    >>> import os, tempfile
    >>> import skvae
    >>> from skvae.preprocessing import MaxNormalizer
    >>> normalizer = MaxNormalizer().fit([[1.0, 10.0], [4.0, 5.0]])
    >>> path = os.path.join(tempfile.mkdtemp(), "normalizer.skvae")
    >>> skvae.save(normalizer, path)
    >>> skvae.load(path).max_
    array([ 4., 10.])
    """
    path = os.fsdecode(path)
    tree, arrays = encode(estimator)
    # What could not be loaded must not replace what can.
    try:
        decode(tree, arrays, sklearn.__version__)
    except UnsoundError as error:
        raise ValueError(f"Cannot save an estimator in this state, in which it could not be loaded: {error}") from error
    versions = {"skvae": skvae.__version__, "sklearn": sklearn.__version__, "numpy": np.__version__}
    replace_file(path, dump({"written_by": versions, "tree": tree}, arrays))


def load(path):
    """Load an estimator that :func:`save` wrote.

    Nothing in the file is run, whoever made it: classes and functions come from a fixed table, and the whole file is
    checked before the estimator is made.

    Parameters
    ----------
    path : str or path-like
        The file.

    Returns
    -------
    estimator
        On the same machine it gives the same results, bit by bit, as a pickled copy of the one that was saved.

    Raises
    ------
    ModelFileError
        If the file is damaged, no model file, of a newer version, or holds what no model can be.
    OSError
        If it cannot be read: ``FileNotFoundError``, ``PermissionError``, ``IsADirectoryError``.

    Warns
    -----
    sklearn.exceptions.InconsistentVersionWarning
        If the model has steps of scikit-learn that another version of it made.

    See Also
    --------
    save : Write the file.
    """
    path = os.fsdecode(path)
    with open(path, "rb", opener=_open_without_waiting) as file:
        try:
            return _read(file)
        except UnsoundError as error:
            raise damaged(f"Cannot load {path!r}. {error}") from error
        except ModelFileError as error:
            error.args = (f"Cannot load {path!r}. {error}",)
            raise


def _open_without_waiting(path, flags):
    """Open a file; a pipe would wait for somebody to write, and is refused once it is open."""
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


def _read(file):
    """Read a model file: all that is possible is checked before an array is allocated, all else before it is used."""
    header = read_header(file)
    document = header.document
    for version in range(document["format"], VERSION):
        document = MIGRATIONS[version](document)
    decode(document["tree"], header.arrays)
    return decode(document["tree"], read_arrays(file, header), document["written_by"].get("sklearn", "unknown"))
