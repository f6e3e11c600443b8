"""A search over architectures by evolution, for any estimator that takes a list of layer sizes."""

import time
import warnings
from collections.abc import Iterator
from numbers import Integral, Real

import numpy as np
import pandas as pd
from scipy import sparse
from sklearn.exceptions import FitFailedWarning
from sklearn.utils import check_random_state

from skvae._compat import (
    FitTask,
    GrowingSearchCV,
    HasMethods,
    Interval,
    StrOptions,
    all_fits_failed,
    fit_context,
    fits_of,
)
from skvae._content import content_key
from skvae.model_selection._architectures import architecture_parameter, with_baseline
from skvae.model_selection._generations import REPLACES, Generations
from skvae.model_selection._mutations import vary_layers

#: Parameters that a search cannot go on without.
_LASTING = (
    *("estimator", "architecture_param", "population_size", "replaces", "initial", "baseline"),
    *("scoring", "cv", "error_score", "return_train_score"),
)


class EvolutionarySearchCV(GrowingSearchCV):
    """Search of layer sizes by an evolving population.

    A population of architectures, lists of layer sizes, is scored by cross-validation. In each round individuals have
    children by `mutation`, as many as there are individuals, and a child that scores better than an individual replaces
    it. Each architecture is fitted once: a mutation is repeated, up to 20 times, until it gives one that no round has
    seen; without one, there is one child less in that round.

    Parameters
    ----------
    estimator : estimator
        A transformer such as :class:`~skvae.VAETransformer`, a Pipeline with one, or anything else with a parameter for
        its layer sizes. Give it a `random_state` for scores that repeat.

    architecture_param : str, default=None
        Name of the parameter that takes the layer sizes, such as ``"vae__encoder"``. None finds the one parameter
        ``encoder`` that is a tuple of sizes or a :class:`~skvae.networks.Dense` network, of which the layer sizes are
        changed alone.

    population_size : int, default=10
        Number of individuals.

    n_rounds : int, default=10
        Number of rounds of each call of `fit`, after the first population; with 0 the search is one of random
        architectures.

    mutation : callable, default=None
        Called as ``mutation(layers, random_state)`` with a tuple of layer sizes and a RandomState; returns another.
        None is :func:`~skvae.model_selection.vary_layers`; another is
        :func:`~skvae.model_selection.drop_or_widen`.

    replaces : {"worst", "parent"}, default="worst"
        Whom a better child replaces. "worst": the better half of the individuals has two children each, and each child,
        the best one first, replaces the then worst individual if it is better. "parent": every individual has one
        child, which replaces it if it is better; so there are as many searches side by side.

    initial : list of tuple of int or float, default=None
        Architectures of the first population. Those that are missing are drawn: 1 to 6 layers, each of 8 to 256 units,
        with uniform logarithms.

    baseline : estimator, default=None
        A transformer to compare with, such as ``PCA(2)``. It is scored in the place of the one whose architecture is
        searched, in its Pipeline and on the same splits, and makes the first row of ``cv_results_``. It is nobody's
        parent and never ``best_estimator_``.

    max_seconds : float, default=None
        No round of a call of `fit` begins later than that. What the seconds allow differs from call to call.

    scoring : str, callable, list, tuple or dict, default=None
        As in :class:`~sklearn.model_selection.GridSearchCV`. With several metrics, `refit` names the one that decides.

    n_jobs : int, default=None
        Number of fits at a time, within a round. Results do not depend on it.

    refit : bool, str or callable, default=True
        As in :class:`~sklearn.model_selection.GridSearchCV`.

    cv : int, splitter or iterable, default=None
        As there, but the splits must be the same in each round: a splitter that shuffles needs an int as its
        `random_state`.

    verbose : int, default=0
        As there; from 1 on, each round prints a line, too.

    pre_dispatch : int or str, default="2*n_jobs"
        As there.

    error_score : "raise" or float, default=np.nan
        As there. A candidate whose score is NaN never replaces another, and any score is better than NaN. A round of
        which no fit succeeds adds no rows and warns.

    return_train_score : bool, default=False
        As there.

    random_state : int, RandomState instance or None, default=None
        Determines the first population and the mutations.

    warm_start : bool, default=False
        If True, `fit` goes on from the last population for `n_rounds` more, which gives what one fit of all rounds
        would have given. The data, the estimator and the way of scoring must be the same; `mutation`, `n_rounds`,
        `max_seconds` and `n_jobs` may change. After an interrupt it goes on from the last finished round; with
        ``n_rounds=0`` it makes the attributes below of what is finished.

    Attributes
    ----------
    cv_results_ : dict of ndarray
        As in :class:`~sklearn.model_selection.GridSearchCV`, a row for each architecture, those of earlier fits
        included, and besides: ``round``, 0 for the first population, -1 for the baseline; ``parent``, the row of the
        parent, -1 if there is none; ``accepted``, whether it came into the population.

    population_ : list of tuple
        The architectures after the last round.

    n_rounds_ : int
        Rounds so far, of earlier fits included.

    n_architectures_ : int
        Architectures scored in finished rounds, also of a fit that was interrupted: with 0 `warm_start` has nothing to
        go on from.

    architecture_param_ : str
        The parameter searched.

    best_estimator_, best_params_, best_index_, best_score_, scorer_, n_splits_, refit_time_, multimetric_
        As in :class:`~sklearn.model_selection.GridSearchCV`.

    See Also
    --------
    skvae.plot.SearchDisplay : Draws the course of the search.
    sklearn.model_selection.HalvingRandomSearchCV : Spends few epochs on most candidates, with ``resource="epochs"``.

    Notes
    -----
    Every architecture is one more program to compile, which costs small tables more than the training does. Folds and
    repeats share it.

    References
    ----------
    .. [1] Real, Aggarwal, Huang and Le (2019), "Regularized evolution for image classifier architecture search".

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from skvae import VAETransformer
    >>> from skvae.model_selection import EvolutionarySearchCV, drop_or_widen
    >>> X, _ = load_iris(return_X_y=True)
    >>> search = EvolutionarySearchCV(
    ...     VAETransformer(epochs=2, random_state=0),
    ...     population_size=1,
    ...     n_rounds=1,
    ...     initial=[(3,)],
    ...     mutation=drop_or_widen,
    ...     cv=2,
    ... )
    >>> search.fit(X).cv_results_["params"]
    [{'encoder': (3,)}, {'encoder': (4,)}]
    """

    _parameter_constraints: dict = {
        **GrowingSearchCV._parameter_constraints,
        "architecture_param": [str, None],
        "population_size": [Interval(Integral, 1, None, closed="left")],
        "n_rounds": [Interval(Integral, 0, None, closed="left")],
        "mutation": [callable, None],
        "replaces": [StrOptions(REPLACES)],
        "initial": [tuple, list, None],
        "baseline": [HasMethods(["fit"]), None],
        "max_seconds": [Interval(Real, 0, None, closed="neither"), None],
        "random_state": ["random_state"],
        "warm_start": ["boolean"],
    }

    def __init__(
        self,
        estimator,
        *,
        architecture_param=None,
        population_size=10,
        n_rounds=10,
        mutation=None,
        replaces="worst",
        initial=None,
        baseline=None,
        max_seconds=None,
        scoring=None,
        n_jobs=None,
        refit=True,
        cv=None,
        verbose=0,
        pre_dispatch="2*n_jobs",
        error_score=np.nan,
        return_train_score=False,
        random_state=None,
        warm_start=False,
    ):
        super().__init__(
            estimator=estimator,
            scoring=scoring,
            n_jobs=n_jobs,
            refit=refit,
            cv=cv,
            verbose=verbose,
            pre_dispatch=pre_dispatch,
            error_score=error_score,
            return_train_score=return_train_score,
        )
        self.architecture_param = architecture_param
        self.population_size = population_size
        self.n_rounds = n_rounds
        self.mutation = mutation
        self.replaces = replaces
        self.initial = initial
        self.baseline = baseline
        self.max_seconds = max_seconds
        self.random_state = random_state
        self.warm_start = warm_start

    _generations: Generations

    # The estimator is not validated yet.
    @fit_context(prefer_skip_nested_validation=False)
    def fit(self, X, y=None, **params):
        """Search, and fit the best architecture on all rows.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Training data.

        y : array-like of shape (n_samples,), default=None
            Labels, for a scorer or splitter that needs them.

        **params : dict of str to object
            Passed on to the estimator's `fit`, the scorer and the splitter, as in
            :class:`~sklearn.model_selection.GridSearchCV`.

        Returns
        -------
        self : object
            Fitted estimator.

        Raises
        ------
        ValueError
            If no or more than one parameter may hold the architecture, a list of layers is none, splits change from
            call to call, several metrics have none that decides, all fits of the first population fail, or, with
            `warm_start`, something changed since the last fit.

        Warns
        -----
        UserWarning
            If the baseline scores at least as well as the best architecture.
        FitFailedWarning
            If fits fail.
        """
        self._deadline = np.inf if self.max_seconds is None else time.monotonic() + self.max_seconds
        if isinstance(self.scoring, list | tuple | dict) and not isinstance(self.refit, str):
            raise _undecided(self.scoring)
        conditions = self._conditions(X, y, params)
        if self.warm_start and hasattr(self, "_generations"):
            _refuse_changes(self._generations.conditions, conditions)
        else:
            self._generations = self._begun(conditions, X, y, params)
        super().fit(X, y, **params)
        self.architecture_param_ = self._architecture_name()
        self.population_ = [self._generations.layers[row] for row in self._generations.population]
        self.n_rounds_ = self._generations.n_rounds
        self._warn_of_baseline()
        return self

    @property
    def n_architectures_(self):
        """Count the architectures scored in finished rounds."""
        return len(self._generations.layers) - self._generations.n_references

    def _run_search(self, evaluate_candidates, *, callback_ctx=None):
        """Let the population evolve."""
        n_rows = len(self._generations.layers)
        self._earlier, self._n_references = self._generations.fits, self._generations.n_references
        search = FitTask(self, callback_ctx, {}).subtask("search", max_subtasks=None)
        search.begin()
        stops = not self._generations.population and self._found(evaluate_candidates, search)
        for _ in range(self.n_rounds):
            if stops or time.monotonic() > self._deadline:
                break
            stops = self._evolve(evaluate_candidates, search)
        if len(self._generations.layers) == n_rows:
            self._repeat(evaluate_candidates, search)
        search.end()

    def _found(self, evaluate_candidates, search):
        """Score the first population; True if a callback wants to stop."""
        before = self._generations
        results, stops = self._evaluate(before.distinct_founders(), evaluate_candidates, search)
        self._settle(before.founded(self._fits, self._objective(results)), results)
        return stops

    def _evolve(self, evaluate_candidates, search):
        """Score the children of a round, and let the better ones replace others."""
        before = self._generations
        children = before.children(self.mutation or vary_layers)
        if not children:
            self._generations = before.childless()
            return False
        try:
            results, stops = self._evaluate([child.layers for child in children], evaluate_candidates, search)
        except ValueError as error:
            if not all_fits_failed(error):
                raise
            warnings.warn(f"Round {before.n_rounds + 1} adds no rows. {error}", FitFailedWarning, stacklevel=2)
            self._generations = before.childless(children)
            return False
        self._settle(before.after(children, self._fits, self._objective(results)), results)
        return stops

    def _repeat(self, evaluate_candidates, search):
        """Score the best architecture once more: scikit-learn's searches cannot end without a fit."""
        best = self._generations.layers[self._generations.best()]
        self._repeats = True
        try:
            results, _ = self._evaluate([best], evaluate_candidates, search)
        finally:
            del self._repeats
        self._settle(self._generations, results)

    def _evaluate(self, architectures, evaluate_candidates, search):
        """Fit architectures on all splits; return the table of all rows, and whether a callback wants to stop."""
        task = search.subtask("round", len(architectures) * self.n_splits_, is_sequence=False)
        task.begin()
        name = self._architecture_name()
        results = evaluate_candidates([{name: layers} for layers in architectures], callback_ctx=task.context)
        return results, task.end()

    def _settle(self, generations, results):
        """Keep a finished round."""
        self._generations = generations
        results |= generations.columns()
        if self.verbose > 0:
            print(f"{generations.summary()}, best score {generations.scores[generations.best()]:.6g}")

    def _objective(self, results):
        """Return the score of each row, -inf where it is NaN."""
        name = f"mean_test_{self.refit}" if isinstance(self.refit, str) else "mean_test_score"
        scores = results.get(name, results.get("mean_test_score"))
        if scores is None:
            raise _undecided(self.scoring)
        return np.where(np.isnan(scores), -np.inf, scores)

    def _architecture_name(self):
        """Return the name of the parameter searched."""
        if self.architecture_param is not None:
            return self.architecture_param
        return architecture_parameter(self.estimator)

    def _conditions(self, X, y, params):
        """Return what must stay as it is if the search is to go on."""
        data = {"X": X, "y": y, **params}
        lasting = {name: content_key(getattr(self, name)) for name in _LASTING}
        # True, False and functions choose among rows; a name is the metric by which the population evolved.
        lasting["refit"] = self.refit if isinstance(self.refit, str) else None
        return lasting | {name: _data_key(value) for name, value in data.items()}

    def _begun(self, conditions, X, y, params):
        """Return the generations before the first, with the baseline if there is one."""
        seed = int(check_random_state(self.random_state).randint(np.iinfo(np.int32).max))
        generations = Generations.begun(conditions, seed, self.initial or (), self.population_size, self.replaces)
        if self.baseline is None:
            return generations
        if isinstance(self.cv, Iterator):
            raise ValueError("With a baseline, cv is read twice, but it is an iterator: pass list(cv).")
        options = ("scoring", "cv", "n_jobs", "verbose", "pre_dispatch", "error_score", "return_train_score")
        reference = with_baseline(self.estimator, self._architecture_name(), self.baseline)
        return generations.with_baseline(
            fits_of(reference, X, y, params, **{name: getattr(self, name) for name in options})
        )

    def _warn_of_baseline(self):
        """Warn if no architecture is better than the baseline."""
        scores = self._generations.scores
        best = scores[self._generations.best()]
        if self._generations.n_references and scores[0] >= best:
            warnings.warn(
                f"No architecture scored better than the baseline {self.baseline!r}: {scores[0]:.6g} against "
                f"{best:.6g}. More rounds, other layers or a longer training may help; or the baseline is what this "
                "table needs.",
                stacklevel=4,
            )


def _undecided(scoring):
    """Make the error of several metrics, none of which decides."""
    return ValueError(
        f"An architecture replaces another by one score, but scoring={scoring!r} gives several: set refit to the name "
        "of the one that decides."
    )


def _refuse_changes(before, now):
    """Raise if something changed since the rounds so far."""
    changed = [name for name in before | now if before.get(name) != now.get(name)]
    if changed:
        raise ValueError(
            f"With warm_start=True the search goes on only as it began, but changed since: {', '.join(changed)}. Set "
            "it back, or start anew with warm_start=False."
        )


def _data_key(table):
    """Return what tells data from others; what they cache while they are used is left out."""
    if sparse.issparse(table):
        table = table.tocoo()
        return table.shape, content_key([table.row, table.col, table.data])
    if isinstance(table, pd.DataFrame | pd.Series):
        return table.shape, content_key(pd.util.hash_pandas_object(table).to_numpy())
    return content_key(table)
