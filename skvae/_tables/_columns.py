"""Columns looked up by name, and names in messages."""

import difflib


class NoColumnError(ValueError):
    """A column that is not there."""


def check_columns(names, frame, path):
    """Raise if a column is missing, with the nearest name there is."""
    for name in names:
        if name not in frame.columns:
            raise NoColumnError(f"{path} has no column {name!r}; {_hint(name, frame.columns)}")


def nearest(name, names):
    """Find the name that the user may have meant, None if none is near."""
    lowered = [known for known in names if known.lower() == name.lower()]
    near = lowered or difflib.get_close_matches(name, names, n=1, cutoff=0.5)
    return near[0] if near else None


def _hint(name, names):
    """Say which column may have been meant, or which there are."""
    near = nearest(name, names)
    return f"its columns are {some(names)}." if near is None else f"did you mean {near!r}?"


def some(names, n=3):
    """List the first few names."""
    names = [repr(str(name)) for name in names]
    return ", ".join(names[:n]) + (f" and {len(names) - n} more" if len(names) > n else "")
