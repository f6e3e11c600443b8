"""Threads: those that may be used, and arithmetic in blocks whose last bits do not depend on how many there are."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
from joblib import cpu_count
from joblib.parallel import get_active_backend

from skvae._blas import ONE_BLAS_THREAD

# Rows at a time: their hidden layers stay in the processor's cache.
BLOCK = 1024
# From so many blocks on threads are worth starting.
_WORTH_THREADS = 4


def spare_threads():
    """Return how many threads may run at once: one within a worker of joblib, whose neighbours use the others."""
    backend, _ = get_active_backend()
    return 1 if backend.nesting_level else cpu_count()


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
        # In one order of memory, or products of a data frame would have other last bits than those of its array.
        block = np.ascontiguousarray(block)
        with np.errstate(over="ignore", invalid="ignore"):  # of this thread; what overflows is told by who calls
            return function(block)

    if len(X) <= BLOCK:
        with ONE_BLAS_THREAD:
            return apply(X)
    blocks = [X[i : i + BLOCK] for i in range(0, len(X), BLOCK)]
    n_threads = min(spare_threads(), len(blocks)) if len(blocks) >= _WORTH_THREADS else 1
    with ONE_BLAS_THREAD:
        if n_threads == 1:
            parts = [apply(block) for block in blocks]
        else:
            with ThreadPoolExecutor(n_threads) as pool:
                parts = list(pool.map(apply, blocks))
    if isinstance(parts[0], tuple):
        return tuple(np.concatenate(part) for part in zip(*parts, strict=True))
    return np.concatenate(parts)
