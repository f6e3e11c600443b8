"""Lists of layer sizes: where an estimator keeps its own, which are sound, and random ones."""

from numbers import Integral

import numpy as np
from sklearn.base import clone
from sklearn.pipeline import Pipeline

from skvae._validation import is_number, listed
from skvae.networks import Dense

#: Random lists have 1 to that many layers, of sizes between these two.
MOST_LAYERS = 6
SMALLEST_LAYER, LARGEST_LAYER = 8, 256


def architecture_parameter(estimator):
    """Find the parameter that holds the layer sizes of the encoder.

    Parameters
    ----------
    estimator : estimator
        Has a parameter ``encoder``, itself or deep inside, which is a tuple of layer sizes or a ``Dense`` network.

    Returns
    -------
    name : str

    Raises
    ------
    ValueError
        If there is none, or more than one.

    Examples
    --------
    >>> from sklearn.pipeline import make_pipeline
    >>> from sklearn.preprocessing import StandardScaler
    >>> from skvae import VAETransformer
    >>> from skvae.model_selection._architectures import architecture_parameter
    >>> architecture_parameter(make_pipeline(StandardScaler(), VAETransformer()))
    'vaetransformer__encoder'
    """
    found = []
    for name, value in estimator.get_params().items():
        if name.rpartition("__")[2] != "encoder":
            continue
        if isinstance(value, tuple | list):
            found.append(name)
        elif isinstance(value, Dense):
            found.append(f"{name}__hidden_layer_sizes")
    if len(found) == 1:
        return found[0]
    many = f"more than one: {listed(found)}" if found else "none"
    raise ValueError(
        "architecture_param=None looks for one parameter 'encoder' that is a tuple of layer sizes or a Dense network, "
        f"but {type(estimator).__name__} has {many}. Name the parameter to search, such as "
        "architecture_param='vae__encoder__filters'."
    )


def checked_layers(layers, origin):
    """Return a list of layer sizes as a tuple of Python's numbers.

    Parameters
    ----------
    layers : object
        What should be a tuple of positive ints or floats.
    origin : str
        Where it comes from, for the message.

    Returns
    -------
    layers : tuple of int or float

    Raises
    ------
    ValueError
        If it is something else.

    Examples
    --------
    >>> import numpy as np
    >>> from skvae.model_selection._architectures import checked_layers
    >>> checked_layers([np.int64(8), 0.5], "initial[0]")
    (8, 0.5)
    """
    sizes = layers.tolist() if isinstance(layers, np.ndarray) else layers
    if isinstance(sizes, tuple | list) and all(is_number(size) and 0 < size < np.inf for size in sizes):
        return tuple(int(size) if isinstance(size, Integral) else float(size) for size in sizes)
    raise ValueError(
        f"{origin} must be a tuple of positive ints (units) or floats (shares of the features), such as (120, 16), but "
        f"is {layers!r}."
    )


def random_layers(random_state):
    """Draw 1 to 6 layers of 8 to 256 units, the logarithms of the sizes uniform.

    Parameters
    ----------
    random_state : RandomState

    Returns
    -------
    layers : tuple of int

    Examples
    --------
    >>> import numpy as np
    >>> from skvae.model_selection._architectures import random_layers
    >>> random_layers(np.random.RandomState(0))
    (62, 149, 156, 151, 69)
    """
    return tuple(random_size(random_state) for _ in range(random_state.randint(1, MOST_LAYERS + 1)))


def random_size(random_state):
    """Draw the size of a layer, as `random_layers` does it."""
    return round(np.exp(random_state.uniform(np.log(SMALLEST_LAYER), np.log(LARGEST_LAYER))))


def with_baseline(estimator, architecture_param, baseline):
    """Put another transformer in the place of the one whose architecture is searched.

    Parameters
    ----------
    estimator : estimator
        That of the search; of a pipeline, the step is replaced.
    architecture_param : str
    baseline : estimator

    Returns
    -------
    estimator : estimator
        A new one.
    """
    if not isinstance(estimator, Pipeline):
        return clone(baseline)
    step, _, inside = architecture_param.partition("__")
    replaced = with_baseline(estimator.named_steps[step], inside, baseline)
    return clone(estimator).set_params(**{step: replaced})
