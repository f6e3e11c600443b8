"""Threads: those that may be used, and arithmetic whose last bits do not depend on how many there are."""

import os
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


def spare_threads():
    """Return how many threads may run at once: one within a worker of joblib, whose neighbours use the others."""
    backend, _ = get_active_backend()
    return 1 if backend.nesting_level else cpu_count()


class _BlasLimit:
    """Limits BLAS to one thread for as long as anybody is inside, and puts back what was there.

    `threadpoolctl.threadpool_limits` takes a hundred times as long as it takes to encode a row.
    """

    def __init__(self):
        self.forget()
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(after_in_child=self.leave_in_child)

    def forget(self):
        """Begin with nobody inside."""
        self.lock, self.n_inside, self.before = threading.Lock(), 0, []

    def __enter__(self):
        """Set the limit, for the first who enters."""
        with self.lock:
            if self.n_inside == 0:
                self.before = [(library, library.get_num_threads()) for library in _blas()]
                self.set([(library, 1) for library, _ in self.before])
            self.n_inside += 1

    def __exit__(self, *_):
        """Put back what was there, with the last who leaves."""
        with self.lock:
            self.n_inside -= 1
            if self.n_inside == 0:
                self.set(self.before)

    def leave_in_child(self):
        """In a forked child, the threads that were inside are gone."""
        before = self.before if self.n_inside else []
        self.forget()
        self.set(before)

    @staticmethod
    def set(numbers):
        """Set the number of threads of each library."""
        for library, n_threads in numbers:
            library.set_num_threads(n_threads)
            # From threadpoolctl 3.8 on the thread that sets a number keeps the others from it until it says so.
            if hasattr(library, "clear_controlling_thread"):
                library.clear_controlling_thread()


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


@cache
def _blas():
    """Find the libraries; it takes milliseconds."""
    return ThreadpoolController().select(user_api="blas").lib_controllers


#: Context in which BLAS uses one thread: with more, last bits depend on how many there are, and so on `n_jobs`. The
#: limit is that of the process.
ONE_BLAS_THREAD = _BlasLimit()
