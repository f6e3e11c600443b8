"""Numbers with their nouns."""


def count(number, noun):
    """Write a number with its noun.

    Examples
    --------
    >>> from skvae._count import count
    >>> count(1, "row"), count(1797, "row")
    ('1 row', '1797 rows')
    """
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
