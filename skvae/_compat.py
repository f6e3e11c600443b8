"""The one place that touches private and experimental names of other packages: a change is mended here."""

from contextlib import contextmanager
from dataclasses import dataclass, field

from sklearn.base import _fit_context as fit_context
from sklearn.callback import CallbackSupportMixin
from sklearn.model_selection import GridSearchCV
from sklearn.model_selection._search import BaseSearchCV
from sklearn.model_selection._split import _yields_constant_splits
from sklearn.utils import _safe_indexing as safe_indexing
from sklearn.utils._indexing import _get_column_indices as column_positions
from sklearn.utils._param_validation import (
    HasMethods,
    Interval,
    InvalidParameterError,
    StrOptions,
    validate_parameter_constraints,
    validate_params,
)
from sklearn.utils.validation import _check_sample_weight as check_sample_weight
from sklearn.utils.validation import _get_feature_names as column_names

__all__ = [
    "CALLBACK_ATTRIBUTES",
    "IMPUTER_DTYPES",
    "CallbackSupportMixin",
    "FitTask",
    "Fits",
    "GrowingSearchCV",
    "HasMethods",
    "Interval",
    "InvalidParameterError",
    "StrOptions",
    "all_fits_failed",
    "check_sample_weight",
    "column_names",
    "column_positions",
    "fit_context",
    "fits_of",
    "has_callbacks",
    "imported_by_alphabase",
    "keras_names_kept",
    "safe_indexing",
    "validate_parameter_constraints",
    "validate_params",
]

#: What scikit-learn's callbacks leave on an estimator: belongs to a run, not to a fitted model.
CALLBACK_ATTRIBUTES = ("_skl_callbacks", "_skl_callbacks_to_teardown", "_callback_fit_ctx", "_parent_callback_ctx")
#: Attributes of SimpleImputer that hold a dtype, which skops trusts only when told to.
IMPUTER_DTYPES = ("_fit_dtype", "_fill_dtype")


@contextmanager
def keras_names_kept():
    """Put back the counters by which Keras names the user's layers; each new tensor moves them."""
    from keras.src.backend.common import global_state

    before = global_state.get_global_attribute("object_name_uids")
    before = before if before is None else before.copy()
    try:
        yield
    finally:
        global_state.set_global_attribute("object_name_uids", before)


def imported_by_alphabase(reader, frame):
    """Let one of its readers import a frame in place of a file.

    It knows neither gzip nor UTF-16 nor ``.txt`` with other delimiters than tabs.
    """
    reader._load_file = lambda _: frame
    return reader.import_file("")


class FitTask:
    """A task of scikit-learn's callbacks, which are experimental in 1.9: a fit, one of its starts, or an epoch.

    Parameters
    ----------
    estimator : estimator
    context : CallbackContext
    data : dict
        ``X``, ``y`` and ``metadata``, as given to `fit`.
    """

    def __init__(self, estimator, context, data):
        self.estimator, self.context, self.data = estimator, context, data

    @classmethod
    def open(cls, estimator, max_subtasks, data):
        """Open the task of a call of `fit`."""
        return cls(estimator, estimator._init_callback_context(max_subtasks=max_subtasks), data)

    def subtask(self, name, max_subtasks=0, is_sequence=True):
        """Make a task under this one, whose own subtasks run one after the other or side by side."""
        context = self.context.subcontext(task_name=name, max_subtasks=max_subtasks, sequential_subtasks=is_sequence)
        return FitTask(self.estimator, context, self.data)

    def begin(self):
        """Tell the callbacks that the task begins."""
        self.context.call_on_fit_task_begin(estimator=self.estimator, **self.data)

    def end(self, attributes=None):
        """Tell them that it ends, with the fitted attributes or what gives them; True if one wants to stop."""
        return self.context.call_on_fit_task_end(
            estimator=self.estimator, reconstruction_attributes=attributes, **self.data
        )

    def is_part_of_search(self):
        """Tell whether a search over candidates began the task, so that its early end would not be seen."""
        context = self.context
        while context.parent is not None:
            context = context.parent
            if "Search" in context.estimator_name:
                return True
        return False


def has_callbacks(estimator):
    """Tell whether callbacks are set on an estimator, or handed down to it for this fit."""
    return hasattr(estimator, "_skl_callbacks")


@dataclass(frozen=True)
class Fits:
    """What the fits of a search gave, as scikit-learn gathers it.

    Attributes
    ----------
    candidates : list of dict
        Parameters, one for each row of the table.
    results : list of dict
        Scores and seconds, one for each row and split.
    """

    candidates: list = field(default_factory=list)
    results: list = field(default_factory=list)

    def __add__(self, others):
        """Put the rows of others below."""
        return Fits(self.candidates + others.candidates, self.results + others.results)


class GrowingSearchCV(BaseSearchCV):
    """A search whose table of results begins with rows that were there before the call of `fit`.

    Subclasses set `_earlier`, the rows of before, and `_n_references`, how many of them, the first ones, are no
    candidates. They find `_fits`, all rows so far, after each evaluation. While `_repeats` is True, evaluations add no
    rows.
    """

    _earlier, _fits, _n_references, _repeats = Fits(), Fits(), 0, False

    def _check_input_parameters(self, X, y, split_params):
        """Refuse splits that change from round to round."""
        if not _yields_constant_splits(self._checked_cv_orig):
            raise ValueError(
                "Candidates of different rounds compare on the same splits only, but cv draws new ones at each call: "
                "set its random_state to an int."
            )

    def _format_results(self, candidate_params, n_splits, out, more_results=None):
        """Make the table of all rows."""
        self._fits = self._earlier if self._repeats else self._earlier + Fits(candidate_params, out)
        return super()._format_results(self._fits.candidates, n_splits, self._fits.results, more_results)

    def _select_best_index(self, refit, refit_metric, results):
        """Choose among the candidates."""
        if callable(refit) or not self._n_references:
            index = super()._select_best_index(refit, refit_metric, results)
        else:
            index = self._n_references + results[f"rank_test_{refit_metric}"][self._n_references :].argmin()
        if index < self._n_references:
            raise ValueError(f"refit chose row {index}, which is the baseline and no candidate.")
        return index


class _ReferenceSearchCV(GridSearchCV):
    """Keeps what the fits of its single candidate gave."""

    def _format_results(self, candidate_params, n_splits, out, more_results=None):
        """Keep the fits, too."""
        self._fits = Fits([{}], out)
        return super()._format_results(candidate_params, n_splits, out, more_results)


def fits_of(estimator, X, y, params, **options):
    """Fit and score one estimator on all splits, as a search would do it with one candidate."""
    return _ReferenceSearchCV(estimator, {}, refit=False, **options).fit(X, y, **params)._fits


def all_fits_failed(error):
    """Tell whether a search raised because no fit of a call succeeded."""
    return isinstance(error, ValueError) and "fits failed" in str(error)
