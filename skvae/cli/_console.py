"""What a command says: answers on stdout, progress and notes on stderr."""

import importlib
import logging
import os
import sys
import warnings
from contextlib import contextmanager, suppress

from skvae.cli._wording import in_command


def open_closed_streams():
    """Open stdout and stderr where they are closed, so that no file that is opened later takes their place.

    What goes to a closed stderr is lost. A closed stdout is one that nobody reads: writing to it raises a
    ``BrokenPipeError``, as it does once ``head`` has seen enough.
    """
    if sys.stderr is None:
        sys.stderr = _opened(2, os.open(os.devnull, os.O_WRONLY))
    if sys.stdout is None:
        reader, writer = os.pipe()
        sys.stdout = _opened(1, writer)
        if reader != 1:  # its number was free, and is stdout's now
            os.close(reader)


def _opened(number, source):
    """Open a standard stream onto what another number stands for."""
    if source != number:
        os.dup2(source, number)
        os.close(source)
    return open(number, "w", encoding="utf-8", closefd=False)


def abandon(stream):
    """Let what is left of a broken stream, which is written at exit, go nowhere."""
    with suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)


def _settle(stream):
    """Write what is left of a stream that nobody may read any more."""
    try:
        stream.flush()
    except OSError:
        abandon(stream)


@contextmanager
def printing():
    """Write what is printed at once, and say so if it cannot be; at exit it would be too late."""
    try:
        try:
            yield
        finally:
            _settle(sys.stderr)
            sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:  # such as a full disk
        abandon(sys.stdout)
        raise OSError(f"The answer could not be written to stdout. {error}") from error


def answer(text):
    """Print the answer, also where stdout knows no more than ASCII."""
    encoding = sys.stdout.encoding or "utf-8"
    with printing():
        print(text.encode(encoding, "replace").decode(encoding))


def say(text):
    """Tell something on stderr; that nobody reads it shall not stop the command."""
    try:
        print(f"skvae: {text}", file=sys.stderr, flush=True)
    except OSError:
        abandon(sys.stderr)


class _Saying(logging.Handler):
    """Says what is logged."""

    def emit(self, record):
        """Say it."""
        say(record.getMessage())


@contextmanager
def notes(options):
    """Say each warning once, in a line on stderr, with what the command has options for."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        warnings.simplefilter("always", UserWarning)
        # Columns that are empty or constant among the training rows of one split are its own affair.
        warnings.filterwarnings("ignore", message="MeanImputer drops")
        warnings.filterwarnings("ignore", message=r"\d+ of \d+ columns (are constant|hold no value)")
        # joblib takes what TensorFlow needs in a process for a leak, and begins another one.
        warnings.filterwarnings("ignore", message="A worker stopped while some jobs")
        _show_as_notes(options)
        yield


def _show_as_notes(options):
    """Say each warning that is shown from now on in words of the command, once."""
    said = set()

    def show(message, *_args, **_kwargs):
        text = in_command(str(message), options)
        if text not in said:
            said.add(text)
            say(f"note: {text}")

    warnings.showwarning = show


@contextmanager
def working(arguments):
    """Let processes that are begun for fits, if any, speak as the command does; scikit-learn hands them the filters."""
    from joblib import parallel_config

    with parallel_config(backend="loky", initializer=_begin_work, initargs=(arguments.parser.options,)):
        yield


def _begin_work(options):
    """Prepare a process for its fits."""
    import_quietly("tensorflow")
    _show_as_notes(options)


@contextmanager
def progress(quiet):
    """Print what the package logs, a line for each fit."""
    logger, handler = logging.getLogger("skvae"), _Saying()
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
