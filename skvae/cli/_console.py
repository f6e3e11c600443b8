"""What a command says: answers on stdout, progress and notes on stderr."""

import importlib
import logging
import os
import sys
import warnings
from contextlib import contextmanager


def answer(text):
    """Print the answer, also where stdout knows no more than ASCII."""
    encoding = sys.stdout.encoding or "utf-8"
    print(text.encode(encoding, "replace").decode(encoding))


def say(text):
    """Tell something on stderr."""
    print(f"skvae: {text}", file=sys.stderr, flush=True)


@contextmanager
def notes():
    """Say each warning once, in a line on stderr."""
    said = set()

    def show(message, *_args, **_kwargs):
        if str(message) not in said:
            said.add(str(message))
            say(f"note: {message}")

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        warnings.simplefilter("always", UserWarning)
        # Columns that are empty or constant among the training rows of one split are its own affair.
        warnings.filterwarnings("ignore", message="MeanImputer drops")
        warnings.filterwarnings("ignore", message=r"\d+ of \d+ columns (are constant|hold no value)")
        warnings.showwarning = show
        yield


@contextmanager
def progress(quiet):
    """Print what the package logs, a line for each fit."""
    logger, handler = logging.getLogger("skvae"), logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("skvae: %(message)s"))
    level = logger.level
    if not quiet:
        logger.addHandler(handler)
        logger.setLevel(logging.INFO)
    try:
        yield
    finally:
        logger.removeHandler(handler)
        logger.setLevel(level)


def import_quietly(module):
    """Import what greets on stderr from C++. Only a command may do so: the process is its own."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    stderr = os.dup(2)
    try:
        with open(os.devnull, "wb") as nowhere:
            os.dup2(nowhere.fileno(), 2)
            importlib.import_module(module)
    finally:
        os.dup2(stderr, 2)
        os.close(stderr)
