"""Numbers and names as a page writes them."""

import re

import numpy as np

# What neither HTML nor SVG can hold: control characters, halves of characters, and two that are none.
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_MINUS = str.maketrans("-", "\N{MINUS SIGN}")


def printable(name):
    """Write a name as text that a page can hold.

    Examples
    --------
    >>> from skvae.reporting._words import printable
    >>> printable("P\\x00"), printable(7)
    ('P\ufffd', '7')
    """
    return _UNPRINTABLE.sub("\N{REPLACEMENT CHARACTER}", str(name))


def number(value, digits=3):
    """Write a number with so many significant digits; a dash for none.

    Examples
    --------
    >>> from skvae.reporting._words import number
    >>> number(0.123456), number(12345.6), number(float("nan")), number(2.0)
    ('0.123', '12,346', '-', '2')
    """
    if value is None or not np.isfinite(value):
        return "-"
    if abs(value) >= 10**digits and abs(value) < 1e9:
        return f"{value:,.0f}".translate(_MINUS)
    return f"{value:.{digits}g}".translate(_MINUS)


def fixed(value, decimals=2):
    """Write a number with so many decimals; a dash for none.

    Examples
    --------
    >>> from skvae.reporting._words import fixed
    >>> fixed(0.5), fixed(float("nan"))
    ('0.50', '-')
    """
    return f"{value:.{decimals}f}".translate(_MINUS) if np.isfinite(value) else "-"


def signed(value, decimals):
    """Write a difference with its sign."""
    return f"{value + 0.0:+,.{decimals}f}".translate(_MINUS)


def share(value, decimals=1):
    """Write a share in percent, so that a little is not nothing and nearly all is not all.

    Examples
    --------
    >>> from skvae.reporting._words import share
    >>> share(0.255), share(0.0001), share(0.9999), share(0.0)
    ('25.5 %', '< 0.1 %', '> 99.9 %', '0 %')
    """
    least = 10.0**-decimals
    if 0 < 100 * value < least:
        return f"< {least:.{decimals}f} %"
    if 100 - least < 100 * value < 100:
        return f"> {100 - least:.{decimals}f} %"
    return f"{100 * value:.{decimals if 0 < value < 1 else 0}f} %"


def count(n, noun):
    """Write a number with its noun.

    Examples
    --------
    >>> from skvae.reporting._words import count
    >>> count(1, "row"), count(1797, "row")
    ('1 row', '1,797 rows')
    """
    return f"{n:,} {noun}" if n == 1 else f"{n:,} {noun}s"


def few(names, limit=3):
    """List the first few names, and count the others.

    Examples
    --------
    >>> from skvae.reporting._words import few
    >>> few(["a", "b", "c", "d"])
    'a, b, c and 1 more'
    """
    names = [printable(name) for name in names]
    return ", ".join(names[:limit]) + (f" and {len(names) - limit:,} more" if len(names) > limit else "")
