"""Make a report of a table, of a fitted model, or of both."""

from numbers import Integral
from os import PathLike

import numpy as np
from sklearn.base import clone
from sklearn.utils import check_random_state

from skvae._compat import Interval, StrOptions, validate_params
from skvae._levels import levels_of
from skvae._optional import import_optional
from skvae.reporting._findings import COMPARING, Findings
from skvae.reporting._inputs import (
    check_kinds,
    checked_model,
    checked_path,
    last_step,
    refuse_repeated_names,
    table_alone,
    table_of_model,
)
from skvae.reporting._log import Log
from skvae.reporting._models import name_of, pca_and_vae, pca_beside
from skvae.reporting._page import check_jinja, page
from skvae.reporting._pictures import default_settings
from skvae.reporting._result import Report
from skvae.reporting._sections import DRAWN, WRITTEN
from skvae.reporting._verdict import facts, verdict
from skvae.reporting._words import count, printable

# Cells of a table up to which "auto" refits so often, and rows.
_REFITS = ((200_000, 5), (2_000_000, 3))
_MOST_ROWS, _FEWEST_ROWS = 5000, 3
_TOO_SMALL = "Not measured: a row needs two others, so that one can be nearer than the other."
_TOO_LARGE = (
    "Not measured by default of a table of this size: each repeat takes three fits or two. n_refits=3 (--refits 3) "
    "measures it."
)
_CONDITIONED = (
    "The model is conditioned on covariates, for which PCA has no place: nothing was compared. skvae.model_selection."
    "compare_transformers compares it with models of your choice."
)


@validate_params(
    {
        "path": [str, PathLike, None],
        "title": [str, None],
        "n_components": [Interval(Integral, 1, None, closed="left")],
        "n_repeats": [Interval(Integral, 0, None, closed="left")],
        # 0, or at least 2.
        "n_refits": [
            StrOptions({"auto"}),
            Interval(Integral, 0, 1, closed="left"),
            Interval(Integral, 2, None, closed="left"),
        ],
        "n_jobs": [Integral, None],
        "random_state": ["random_state"],
    },
    prefer_skip_nested_validation=True,
)
def report(
    X=None,
    y=None,
    estimator=None,
    *,
    path=None,
    title=None,
    n_components=2,
    n_repeats=5,
    n_refits="auto",
    n_jobs=None,
    random_state=None,
):
    """Make one self-contained HTML page: what is in a table, and whether a VAE describes it better than PCA.

    Three ways to call it:

    - ``report(X, y)``: PCA and a :class:`~skvae.VAETransformer`, both after filling missing values with means and
      standardising, are compared on random splits, fitted on all rows, and described;
    - ``report(X, y, estimator=model)``: a fitted model is described on these rows, beside PCA of the same size with the
      same steps before, and its recipe is compared with that PCA on random splits;
    - ``report(estimator=model)``: what a fitted model tells without data.

    Parameters
    ----------
    X : array-like or DataFrame of shape (n_samples, n_features), default=None
        The table: rows are samples. NaN is a missing value.
    y : array-like of shape (n_samples,), default=None
        Labels. They judge codes and colour pictures, and never reach ``fit``.
    estimator : fitted transformer or Pipeline, default=None
        The model to report on; of a search its best one. Without it, PCA and a VAE are fitted.
    path : str or path-like, default=None
        Where to write the page. None writes none: the returned object shows itself in a notebook and can be saved.
    title : str, default=None
        Title of the page; by default it says what was compared.
    n_components : int, default=2
        Number of latent variables, where `estimator` does not give it.
    n_repeats : int, default=5
        Number of random splits of the comparison, two fits each; 0 leaves it out.
    n_refits : int or "auto", default="auto"
        Number of fits, at least 2, by which the stability is measured: of the model with other seeds, and of each model
        with other rows. 0 leaves it out. "auto" is 5 for tables of up to 200,000 cells, 3 for up to 2,000,000, and 0
        for larger ones or more than 5000 rows.
    n_jobs : int, default=None
        Number of fits at a time. Warnings of fits in other processes go to stderr instead of into the page.
    random_state : int, RandomState or None, default=None
        Determines splits, fits and draws. The page tells the seed, also the one that None has drawn.

    Returns
    -------
    report : Report
        The page and what it was written from.

    Raises
    ------
    TypeError
        If there is neither a table nor an estimator, they are in each other's places, or the estimator is no
        transformer.
    ValueError
        If the table holds something else than numbers, has fewer than 8 rows to compare or too few for `n_components`,
        names a column twice, does not fit the estimator, or `y` has another length or is no labels; if `path` does not
        end in ``.html`` or ``.htm``.
    sklearn.exceptions.NotFittedError
        If the estimator is not fitted.
    OSError
        If the page cannot be written, which is told before anything is computed. An old page is untouched.
    ImportError
        If jinja2 or matplotlib is not installed: they come with the extra ``report``.

    See Also
    --------
    skvae.model_selection.compare_transformers : The comparison alone.
    skvae.inspection.latent_stability : The stability alone.

    Notes
    -----
    The page holds no script and loads nothing: pictures are part of it. Its cost is that of ``2 * n_repeats`` fits for
    the comparison, two on all rows, and ``3 * n_refits`` for the stability; the page tells the seconds of each.
    Warnings of the fits are listed on the page instead of being shown.

    Examples
    --------
    >>> import skvae
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.decomposition import PCA
    >>> X, y = load_iris(return_X_y=True, as_frame=True)
    >>> page = skvae.report(X, y, estimator=PCA(2).fit(X), n_refits=0, random_state=0)
    >>> page.comparison.table["trustworthiness"].round(2)
         mean  std
    PCA  0.9...
    >>> page.save("iris.html")  # doctest: +SKIP
    """
    check_jinja()
    import_optional("matplotlib", extra="report", purpose="skvae.report")
    check_kinds(X, estimator)
    refuse_repeated_names(X)
    path = checked_path(path)
    findings = Findings(Log(), _seed(random_state), levels=levels_of(y))
    if estimator is None:
        _find_out_of_table(findings, X, y, n_components, n_repeats, n_jobs)
    else:
        _find_out_of_model(findings, checked_model(estimator), X, y, n_repeats, n_jobs)
    if findings.data is not None:
        _refit(findings, n_refits, n_jobs)
    return _written(findings, path, title)


def _seed(random_state):
    """Return one int that all seeds come from, to be told on the page."""
    if isinstance(random_state, Integral):
        return int(random_state)
    return int(check_random_state(random_state).randint(np.iinfo(np.int32).max))


def _find_out_of_table(findings, X, y, n_components, n_repeats, n_jobs):
    """Compare PCA and VAE, and fit both on all rows."""
    findings.data = table_alone(X, y, findings.log)
    models = pca_and_vae(findings.data.values, n_components, findings.seed, is_compared=bool(n_repeats))
    if n_repeats:
        findings.compare(models, n_repeats, n_jobs)
    for name, model in models.items():
        findings.fit(name, clone(model))


def _find_out_of_model(findings, model, X, y, n_repeats, n_jobs):
    """Describe a model on a table, beside PCA."""
    name = findings.given = name_of(model)
    findings.models = {name: model}
    if X is None:
        if y is not None:
            raise ValueError("There are labels y, but no table X that they belong to.")
        return
    findings.data, Z = table_of_model(model, X, y)
    if len(getattr(last_step(model), "covariate_columns_", [])):
        findings.log.note(COMPARING, _CONDITIONED)
        return
    pca = pca_beside(model, findings.data.values, Z.shape[1])
    if n_repeats:
        findings.compare({name: model} if pca is None else {"PCA": pca, name: model}, n_repeats, n_jobs)
    if pca is not None:
        findings.models = {}
        findings.fit("PCA", pca)
        findings.models[name] = model


def _refit(findings, n_refits, n_jobs):
    """Measure the stability, if it is not too dear."""
    n_rows, n_cells = len(findings.data.samples), findings.data.values.size
    if n_refits and n_rows < _FEWEST_ROWS:
        findings.omitted["stability"] = _TOO_SMALL
        return
    if n_refits == "auto":
        n_refits = next((n for most, n in _REFITS if n_cells <= most and n_rows <= _MOST_ROWS), 0)
        if not n_refits:
            findings.omitted["stability"] = _TOO_LARGE
    for name, model in findings.models.items() if n_refits else ():
        findings.refit(name, clone(model), n_refits, n_jobs)


def _written(findings, path, title):
    """Draw and write the page."""
    with findings.log.step("drawing"), default_settings():
        sections = [section(findings) for section in DRAWN]
        sentence = verdict(findings)
    sections += [section(findings) for section in WRITTEN]
    title = printable(title or _title(findings))
    html = page(title, sentence, facts(findings), [section for section in sections if section])
    warnings = [f"{step}: {message}" for step, message in findings.log.warnings]
    result = Report(html, path, sentence, findings.models, findings.comparison, findings.stability, warnings)
    if path is not None:
        result.save(path)
    return result


def _title(findings):
    """Say what the report is about."""
    if findings.data is None:
        return f"A fitted {findings.subject}"
    names = list(findings.models)
    # What was not compared is no question.
    about = (
        f"{' or '.join(names)}?" if len(names) > 1 and findings.comparison is not None else f"{' and '.join(names)}:"
    )
    return f"{about} {count(len(findings.data.samples), 'row')}, {count(len(findings.data.features), 'feature')}"
