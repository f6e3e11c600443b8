"""Parameters that say what shape the features of a row have."""

from numbers import Integral

from skvae._compat import InvalidParameterError


def check_sizes(network, name, least_length=0):
    """Raise an ``InvalidParameterError`` unless a parameter is a tuple of positive ints."""
    sizes = getattr(network, name)
    if not isinstance(sizes, tuple | list) or len(sizes) < least_length or not all(map(is_count, sizes)):
        raise InvalidParameterError(
            f"The {name!r} of a {type(network).__name__} network must be a tuple of positive ints. "
            f"Got {sizes!r} instead."
        )


def check_count(network, name):
    """Raise an ``InvalidParameterError`` unless a parameter is a positive int."""
    if not is_count(getattr(network, name)):
        raise InvalidParameterError(
            f"The {name!r} of a {type(network).__name__} network must be a positive int. "
            f"Got {getattr(network, name)!r} instead."
        )


def is_count(value):
    """Tell whether a value is a positive int."""
    return isinstance(value, Integral) and not isinstance(value, bool) and int(value) > 0


def check_product(network, name, n_features):
    """Raise an ``InvalidParameterError`` unless a shape has as many values as there are features."""
    shape, product = getattr(network, name), 1
    for size in shape:
        product *= size
    if product != n_features:
        raise InvalidParameterError(
            f"{name}={tuple(shape)!r} of the {type(network).__name__} network has {' * '.join(map(str, shape))} = "
            f"{product} values, but the data have {n_features} features."
        )
