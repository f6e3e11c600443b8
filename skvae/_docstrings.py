"""Docstrings of methods that override one of a base class: parameters and results are written down once, there."""

import inspect
import re

_SECTION = re.compile(r"^[A-Z][A-Za-z ]+\n-+$", re.MULTILINE)


def inherit_contract(cls):
    """Append the sections of the docstrings that a class overrides to its own, where these have none.

    Examples
    --------
    >>> from skvae.likelihoods import Poisson
    >>> "\\nParameters\\n" in Poisson.sample.__doc__, "\\nReturns\\n" in Poisson.sample.__doc__
    (True, True)
    """
    for name, member in vars(cls).items():
        if inspect.isfunction(member) and member.__doc__ and not _sections(member.__doc__):
            overridden = next((vars(base)[name] for base in cls.__mro__[1:] if name in vars(base)), None)
            if sections := _sections(getattr(overridden, "__doc__", None) or ""):
                member.__doc__ = f"{inspect.cleandoc(member.__doc__)}\n\n{sections}\n"


def _sections(docstring):
    """Leave out the summary."""
    text = inspect.cleandoc(docstring)
    first = _SECTION.search(text)
    return text[first.start() :] if first else ""
