"""The features of a table with samples in rows."""

from skvae._tables._decimals import with_decimal_commas
from skvae._tables._numbers import as_numbers


def features_of(frame, path, zero_is_missing):
    """Turn the columns of a file that are features, under their names there, into float64."""
    X = as_numbers(with_decimal_commas(frame, path), path)
    return X.mask(X == 0) if zero_is_missing else X
