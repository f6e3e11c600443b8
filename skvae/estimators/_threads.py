"""Threads: those that may be used, and arithmetic whose last bits do not depend on how many there are."""

import threading
from concurrent.futures import ThreadPoolExecutor
from functools import cache

import numpy as np
import scipy.linalg  # noqa: F401 (loads the BLAS that PCA uses, so that its threads are known)
from joblib import cpu_count
from joblib.parallel import get_active_backend
from threadpoolctl import ThreadpoolController

# Rows at a time: their hidden layers stay in the processor's cache.
BLOCK = 1024
# From so many blocks on threads are worth starting.
_WORTH_THREADS = 4

_lock = threading.RLock()


def spare_threads():
    """Return how many threads may run at once: one within a worker of joblib, whose neighbours use the others."""
    backend, _ = get_active_backend()
    return 1 if backend.nesting_level else cpu_count()


class OneBlasThread:
    """Let BLAS use one thread: with more, last bits depend on how many there are, and so on `n_jobs`.

    The limit is that of the process, so one thread at a time may be inside. `threadpoolctl.threadpool_limits` does the
    same in a hundred times the time that it takes to encode a row.

    Parameters
    ----------
    numpy_alone : bool, default=False
        Leave the library of SciPy as it is.
    """

    def __init__(self, numpy_alone=False):
        self.libraries = _blas_of_numpy() if numpy_alone else _blas()

    def __enter__(self):
        """Set the limit."""
        _lock.acquire()
        self.before = [library.get_num_threads() for library in self.libraries]
        for library in self.libraries:
            library.set_num_threads(1)

    def __exit__(self, *_):
        """Put back what was there."""
        for library, n_threads in zip(self.libraries, self.before, strict=True):
            library.set_num_threads(n_threads)
            # From threadpoolctl 3.8 on the thread that sets a limit keeps others from it until it says so.
            getattr(library, "clear_controlling_thread", bool)()
        _lock.release()


def map_blocks(function, X):
    """Apply a function to blocks of rows, in threads if there are many, and join what it returns.

    Parameters
    ----------
    function : callable
        From rows to an array, or a tuple of arrays, with one entry a row.
    X : ndarray of shape (n_samples, n_features)

    Returns
    -------
    ndarray or tuple of ndarray
    """

    def apply(block):
        with np.errstate(over="ignore", invalid="ignore"):  # of this thread; what overflows is told by who calls
            return function(block)

    if len(X) <= BLOCK:
        with OneBlasThread(numpy_alone=True):
            return apply(X)
    blocks = [X[i : i + BLOCK] for i in range(0, len(X), BLOCK)]
    n_threads = min(spare_threads(), len(blocks)) if len(blocks) >= _WORTH_THREADS else 1
    with OneBlasThread(numpy_alone=True):
        if n_threads == 1:
            parts = [apply(block) for block in blocks]
        else:
            with ThreadPoolExecutor(n_threads) as pool:
                parts = list(pool.map(apply, blocks))
    if isinstance(parts[0], tuple):
        return tuple(np.concatenate(part) for part in zip(*parts, strict=True))
    return np.concatenate(parts)


@cache
def _blas():
    """Find the libraries; it takes milliseconds."""
    return ThreadpoolController().select(user_api="blas").lib_controllers


@cache
def _blas_of_numpy():
    """Find the library of NumPy, which its wheels bring; other distributions have one for all."""
    return [library for library in _blas() if "numpy" in library.filepath] or _blas()
