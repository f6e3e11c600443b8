"""Entering TensorFlow and Keras without leaving a trace in the process."""

import os
import random
import signal
import sys
import threading
import warnings
from contextlib import contextmanager

from skvae._compat import keras_names_kept

_lock = threading.RLock()
_process_id = None


def _unlock_in_child():
    """A child forked while a thread held the lock is told that it was forked, instead of waiting for ever."""
    global _lock
    _lock = threading.RLock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_unlock_in_child)


@contextmanager
def entering_tensorflow():
    """Guard code that imports TensorFlow or builds Keras layers.

    Both would move Python's random stream, and layers the counters of Keras' names; all is put back.

    Raises
    ------
    RuntimeError
        In a forked child of a process that has entered: TensorFlow would hang there.
    """
    global _process_id
    if _process_id not in (None, os.getpid()):
        raise RuntimeError(
            "This process was forked from one in which TensorFlow had started, where it hangs. Start workers with "
            "joblib's default backend 'loky', or multiprocessing's 'spawn'."
        )
    _process_id = os.getpid()
    state = random.getstate()
    try:
        keras = _import_keras()
        if keras.backend.backend() != "tensorflow":
            raise RuntimeError(
                f"Keras runs on {keras.backend.backend()!r}, but skvae trains with TensorFlow: unset the environment "
                "variable KERAS_BACKEND, or set it to 'tensorflow', before Keras is imported."
            )
        with keras_names_kept():
            yield
    finally:
        random.setstate(state)


def _import_keras():
    """Import Keras with TensorFlow; packages that they bring change the warning filters, which are put back."""
    # Two threads that save and restore the filters at once would mix them up.
    with _lock:
        if "keras" in sys.modules:
            return sys.modules["keras"]
        with warnings.catch_warnings(), _interrupt_held_back():
            import keras
            import tensorflow  # noqa: F401 (Keras may run on another backend, which is told after)
        return keras


@contextmanager
def _interrupt_held_back():
    """Let Ctrl-C wait: a TensorFlow that is imported by halves would break every later fit of the process."""
    if threading.current_thread() is not threading.main_thread():  # others get no signals, and may set no handlers
        yield
        return
    held: list = []
    before = signal.signal(signal.SIGINT, lambda *got: held.append(got))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
        if held and callable(before):
            before(*held[0])
