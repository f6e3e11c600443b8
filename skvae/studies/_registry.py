"""Which studies there are, and where each is written down."""

import difflib
import importlib

#: From the name of a study to the module whose `STUDY` it is; a new study is a module and a line here.
STUDIES = {
    "quantity": "skvae.studies._quantity",
    "imbalance": "skvae.studies._imbalance",
    "noise": "skvae.studies._noise",
    "informative": "skvae.studies._informative",
    "tumour_normal": "skvae.studies._tumour_normal",
    "three_studies": "skvae.studies._three_studies",
    "pca_or_autoencoder": "skvae.studies._pca_or_autoencoder",
    "evolution": "skvae.studies._evolution",
}


def load_study(name):
    """Return a study by its name.

    Parameters
    ----------
    name : str
        One of ``skvae.studies.STUDIES``.

    Returns
    -------
    study : Study
        The study as data.

    Raises
    ------
    ValueError
        If there is no study of that name.

    Examples
    --------
    >>> from skvae.studies import load_study
    >>> load_study("noise").question
    'Does a code of pure noise fall into groups?'
    """
    if name not in STUDIES:
        near = difflib.get_close_matches(str(name), STUDIES, n=1)
        hint = f"did you mean {near[0]!r}?" if near else f"there are {', '.join(STUDIES)}."
        raise ValueError(f"There is no study {name!r}; {hint}")
    return importlib.import_module(STUDIES[name]).STUDY
