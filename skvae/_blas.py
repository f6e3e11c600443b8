"""One thread for BLAS, for as long as anybody needs it."""

import os
import threading
from contextlib import contextmanager
from functools import cache

import scipy.linalg  # noqa: F401 (loads the BLAS that PCA uses, so that its threads are known)
from threadpoolctl import ThreadpoolController, threadpool_limits


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


@cache
def _blas():
    """Find the libraries; it takes milliseconds."""
    return ThreadpoolController().select(user_api="blas").lib_controllers


#: Context in which BLAS uses one thread: with more, last bits depend on how many there are, and so on `n_jobs`. The
#: limit is that of the process.
ONE_BLAS_THREAD = _BlasLimit()


@contextmanager
def one_thread():
    """Let BLAS and OpenMP use one thread; OpenMP's limit is that of the calling thread (on Windows: of all)."""
    with ONE_BLAS_THREAD, threadpool_limits(1, "openmp"):
        yield
