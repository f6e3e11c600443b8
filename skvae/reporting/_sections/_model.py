"""What a fitted model is, as far as it tells without data."""

import numpy as np

from skvae.reporting._blocks import Section, Table, Text
from skvae.reporting._inputs import last_step
from skvae.reporting._words import few, number

_ALONE = (
    "Without data nothing can be said of how well the model fits any, or whether it is better than PCA: give the "
    "table, and the report compares."
)
# Fitted attributes in words.
_FACTS = {
    "n_features_in_": "features of the table",
    "n_samples_seen_": "rows learned from",
    "n_iter_": "epochs",
    "noise_variance_": "noise variance, squared units of what enters the last step",
}
_MOST_NAMED = 20


def model(findings):
    """Tabulate the facts of a model that was fitted before."""
    if findings.given is None:
        return None
    fitted = findings.models[findings.subject]
    last = last_step(fitted)
    rows = [["steps", " → ".join(type(step).__name__ for _, step in getattr(fitted, "steps", [("", fitted)]))]]
    for attribute, words in _FACTS.items():
        value = getattr(fitted if attribute == "n_features_in_" else last, attribute, None)
        if value is not None:
            rows.append([words, _written(value)])
    rows += _covariates(last)
    table = Table(f"{findings.subject}: what the fitted model tells of itself.", ["fact", "value"], rows, (0, 1))
    return Section("model", "The model", [table] if findings.data is not None else [Text(_ALONE), table])


def _covariates(last):
    """Name the columns that condition the code; without names, by position."""
    columns = getattr(last, "covariate_columns_", ())
    if not len(columns):
        return []
    names = getattr(last, "feature_names_in_", None)
    what = "columns that condition the code"
    if names is None:
        return [[f"{what}, by position", few(columns, _MOST_NAMED)]]
    return [[what, few(names[columns], _MOST_NAMED)]]


def _written(value):
    """Write a number, or the range of several."""
    values = np.ravel(value)
    if values.size == 1:
        return number(values[0], 4)
    return f"{number(values.min(), 4)} to {number(values.max(), 4)}, median {number(np.median(values), 4)}"
