"""The error of a file that is no sound model file."""


class ModelFileError(ValueError):
    """Raised by :func:`skvae.load` if a file is damaged, foreign, too new, or holds what no model can be.

    The message says what is wrong, where, and how to mend it. Nothing from the file has been run by then.

    See Also
    --------
    load : What raises it.

    Examples
    --------
    >>> import os, tempfile
    >>> import skvae
    >>> path = os.path.join(tempfile.mkdtemp(), "model.skvae")
    >>> with open(path, "wb") as file:
    ...     _ = file.write(b"no model at all, but long enough")
    >>> try:
    ...     skvae.load(path)
    ... except skvae.ModelFileError as error:
    ...     print(error)
    Cannot load '...model.skvae'. ...
    """


def damaged(what):
    """Return the error of a file that skvae.save cannot have written so."""
    return ModelFileError(
        f"{what} The file is damaged, or was changed after skvae.save wrote it: take an intact copy, or save the model "
        "anew."
    )


class UnsoundError(ValueError):
    """Raised within this package where a tree is none that can be made into an estimator."""
