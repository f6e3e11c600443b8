"""The command ``skvae search``: which hidden layers suit a table? The best model is kept."""

from skvae import __version__
from skvae._count import count
from skvae.cli._arguments import (
    add_answer_options,
    add_jobs,
    add_table,
    add_table_options,
    not_negative,
    positive,
    settings,
)
from skvae.cli._console import working
from skvae.cli._fit import add_model_output, check_model_output, check_rows
from skvae.cli._output import give, tell
from skvae.cli._parser import new_command
from skvae.cli._pipelines import add_more_model_options, check_model_options, make_pipeline_for
from skvae.cli._progress import show_rounds
from skvae.cli._reading import read_samples
from skvae.cli._tables import hint_at_logarithms, size_of, tell_of_constant_columns

#: From the word of the option to the name in `skvae.metrics`; None is the model's own score.
SCORINGS = {
    "log_likelihood": None,
    "trustworthiness": "trustworthiness_scorer",
    "silhouette": "silhouette_scorer",
    "centroid_distance": "centroid_distance_scorer",
}
_NEED_LABELS = ("silhouette", "centroid_distance")
_SHOWN = 10
_EXAMPLE = """\
skvae search proteins.csv -o best.skvae
skvae search proteins.csv --target group --rounds 5 --population 6 -o best.skvae
"""


def add_command(commands):
    """Describe the command to the parser."""
    what = "search the hidden layers by evolution, on cross-validated scores, and save the best model"
    search = new_command(commands, "search", _run, what, _EXAMPLE, "TABLE -o MODEL")
    add_table(search)
    add_model_output(search)
    add = search.add_argument
    add("--rounds", type=not_negative, default=5, metavar="N", help="of evolution, after the first (default: 5)")
    add("--population", type=positive, default=6, metavar="N", help="architectures at a time (default: 6)")
    add("--max-seconds", type=positive, metavar="S", help="no round begins later")
    scoring_help = "by held-out rows; silhouette and centroid_distance need --target (default: log_likelihood)"
    add("--scoring", choices=SCORINGS, default="log_likelihood", help=scoring_help)
    add("--cv", type=positive, default=5, metavar="N", help="folds, shuffled (default: 5)")
    add_jobs(search)
    add_more_model_options(search)
    add_table_options(search, "applied to every cell, as a step of the model (default: none)")
    add_answer_options(search)


def _run(arguments):
    """Search, save the best, and print the ranking; Ctrl-C leaves the best of the finished rounds."""
    import skvae

    check_model_output(arguments)
    check_model_options(arguments)
    _check_scoring(arguments)
    samples = read_samples(arguments, is_raw=True)
    _check_folds(samples, arguments)
    tell_of_constant_columns(samples.X)
    hint_at_logarithms(samples.X, arguments)
    tell(arguments, f"{arguments.table.name}: {size_of(samples.X)}")
    search, stopped = _searched(_search(samples, arguments), samples, arguments)
    skvae.save(search.best_estimator_, arguments.output)
    give(arguments, _content(search, stopped, arguments), _text(search, samples, arguments))
    if stopped:
        n_tried = count(len(search.cv_results_["params"]), "model")
        raise KeyboardInterrupt(f"the best of the {n_tried} tried so far is in {arguments.output}")


def _check_scoring(arguments):
    """Raise if the score needs labels that nobody gave."""
    if arguments.scoring in _NEED_LABELS and arguments.target is None:
        raise ValueError(f"--scoring {arguments.scoring} needs labels: give --target COLUMN.")
    if arguments.cv < 2:
        raise ValueError("--cv 1 holds nothing out: give 2 folds or more.")


def _check_folds(samples, arguments):
    """Raise unless there are rows for the folds."""
    check_rows(samples.X, arguments)
    if len(samples.X) < 2 * arguments.cv:
        least = f"{arguments.cv} folds need {2 * arguments.cv} rows"
        raise ValueError(f"{arguments.table} has {count(len(samples.X), 'row')}, but {least}: lower --cv.")


def _search(samples, arguments):
    """Make the search."""
    import skvae.metrics
    from skvae.model_selection import EvolutionarySearchCV

    scorer = SCORINGS[arguments.scoring]
    search = EvolutionarySearchCV(
        make_pipeline_for(samples, arguments),
        population_size=arguments.population,
        n_rounds=arguments.rounds,
        max_seconds=arguments.max_seconds,
        baseline=_baseline(samples, arguments),
        scoring=None if scorer is None else getattr(skvae.metrics, scorer),
        cv=_folds(samples.y, arguments),
        n_jobs=arguments.n_jobs,
        random_state=arguments.seed,
    )
    return show_rounds(search, arguments.rounds, arguments.quiet)


def _baseline(samples, arguments):
    """Make the PCA to compare with, where it can be fitted."""
    from sklearn.decomposition import PCA

    holes = samples.X.isna().any(axis=None) and arguments.missing != "mean"
    return None if holes or samples.covariates is not None else PCA(arguments.n_components)


def _folds(y, arguments):
    """Make the splits: the labels in each fold as in the table, where there are enough of them."""
    from sklearn.model_selection import KFold, StratifiedKFold

    stratify = y is not None and y.value_counts().min() >= arguments.cv
    kind = StratifiedKFold if stratify else KFold
    return kind(arguments.cv, shuffle=True, random_state=arguments.seed)


def _searched(search, samples, arguments):
    """Run the search; return it, and whether Ctrl-C ended it before its last round."""
    with working(arguments):
        try:
            return search.fit(samples.table, samples.y), False
        except KeyboardInterrupt:
            if not getattr(search, "n_architectures_", 0):  # which it has from the beginning of a fit on
                raise KeyboardInterrupt("no round was finished, and nothing is saved") from None
            finishing = search.set_callbacks().set_params(warm_start=True, n_rounds=0)
            return finishing.fit(samples.table, samples.y), True


def _ranking(search):
    """List what was tried, the best first."""
    results, name = search.cv_results_, search.architecture_param_
    rows = [
        {
            "rank": int(results["rank_test_score"][i]),
            "encoder": None if results["round"][i] < 0 else list(results["params"][i][name]),
            "score": float(results["mean_test_score"][i]),
            "std": float(results["std_test_score"][i]),
            "round": int(results["round"][i]),
        }
        for i in range(len(results["params"]))
    ]
    return sorted(rows, key=lambda row: row["rank"])


def _content(search, stopped, arguments):
    """Gather what there is to say of a search."""
    return {
        "skvae": __version__,
        "output": str(arguments.output),
        "settings": settings(arguments),
        "rounds": search.n_rounds_,
        "interrupted": stopped,
        "ranking": _ranking(search),
    }


def _text(search, samples, arguments):
    """Write the ranking."""
    ranking = _ranking(search)
    n_networks = sum(row["encoder"] is not None for row in ranking)
    shown = [row for row in ranking if row["rank"] <= _SHOWN or row["encoder"] is None]
    lines = [
        f"{arguments.table.name}: {size_of(samples.X)}; {count(n_networks, 'architecture')} by {arguments.scoring}, "
        f"{arguments.cv} folds",
        f"{'rank':>4}  {'score':>9} ± {'std':<8}  {'round':>5}  hidden layers",
    ]
    for row in shown:
        is_baseline = row["encoder"] is None
        layers = "PCA, to compare with" if is_baseline else ", ".join(map(str, row["encoder"]))
        began = "" if is_baseline else row["round"]
        lines.append(f"{row['rank']:>4}  {row['score']:>9.5g} ± {row['std']:<8.2g}  {began:>5}  {layers}")
    lines.append(f"Model: {arguments.output} (the best, fitted on all rows)")
    return "\n".join(lines)
