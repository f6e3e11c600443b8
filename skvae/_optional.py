"""Optional packages: import one, or say which extra installs it."""

import importlib


def import_optional(module, *, extra, purpose):
    """Import `module`, or raise naming the extra that installs it.

    Parameters
    ----------
    module : str
        Name of the module, such as ``"matplotlib.pyplot"``.
    extra : str
        The extra of this package that brings it.
    purpose : str
        What needs it, for the message.

    Returns
    -------
    module
        The imported module.

    Raises
    ------
    ImportError
        If the package is not installed.

    Examples
    --------
    >>> from skvae._optional import import_optional
    >>> import_optional("no_such_package", extra="plot", purpose="Drawing")
    Traceback (most recent call last):
    ...
    ImportError: Drawing needs 'no_such_package', which is not installed: pip install 'skvae[plot]'
    """
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as error:
        package = module.partition(".")[0]
        message = f"{purpose} needs {package!r}, which is not installed: pip install 'skvae[{extra}]'"
        raise ImportError(message) from error
