"""Which architectures does evolution choose, by loss and by silhouette?"""

import warnings

import numpy as np
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import KFold

from skvae import VAETransformer
from skvae._study import within_study
from skvae.metrics import kmeans_silhouette_score, make_latent_scorer
from skvae.model_selection import EvolutionarySearchCV, drop_or_widen
from skvae.studies._groups import codes
from skvae.studies._samples import bundled_digits, not_negative
from skvae.studies._separation import counted, in_most
from skvae.studies._source_vae import up_to_one
from skvae.studies._study import Finding, Measured, Study

OBJECTIVES = ("loss", "silhouette")
#: The population's first architectures have 1 to 6 layers: these are the middle.
_MIDDLE = (3, 4)
#: Losses are called alike if they differ by less than this share.
_ALIKE = 0.01
_N_FOLDS = 3


def _load(samples, sizes):
    """Take images, or the digits that come with scikit-learn."""
    samples = bundled_digits() if samples is None else not_negative(samples)
    n_rows, n_groups = min(sizes["rows"], len(samples.X)), len(np.unique(samples.y))
    fewest = n_rows // _N_FOLDS
    if not 2 <= n_groups < fewest:
        raise ValueError(
            f"The study needs from 2 groups on, and fewer than the {fewest} rows of a fold, but there are {n_groups}."
        )
    return samples


def _conditions(samples, sizes):
    """Search by either objective."""
    return [{"objective": objective} for objective in OBJECTIVES]


def _measure(samples, condition, sizes, seed):
    """Let a population evolve on some of the samples, and list all architectures that it had."""
    rng = np.random.default_rng(seed)
    rows = rng.choice(len(samples.X), min(sizes["rows"], len(samples.X)), replace=False)
    X, y = up_to_one(samples, samples.X[rows]).transform(samples.X[rows]), samples.y[rows]
    search = _search(len(np.unique(samples.y)), condition["objective"], sizes, seed)
    with within_study(), warnings.catch_warnings():
        # Narrow networks collapse, and the last loss of a short training is not quiet; both is what scores are for.
        warnings.filterwarnings("ignore", message="Posterior collapse")
        warnings.filterwarnings("ignore", message="The codes of .* have no variance")
        warnings.simplefilter("ignore", ConvergenceWarning)
        Z = search.fit(X).transform(X)
    return Measured(_candidates(search), codes(Z, y))


def _search(n_groups, objective, sizes, seed):
    """Make the source's search: a mirrored decoder, layers dropped or widened, and each parent against its child."""
    vae = VAETransformer(
        2,
        encoder=(64,),
        likelihood="bernoulli",
        init="random",
        learning_rate=3e-3,
        batch_size=50,
        epochs=sizes["epochs"],
        random_state=seed,
    )
    silhouette = make_latent_scorer(kmeans_silhouette_score, n_clusters=n_groups, random_state=0)
    return EvolutionarySearchCV(
        vae,
        population_size=sizes["population"],
        n_rounds=sizes["rounds"],
        mutation=drop_or_widen,
        replaces="parent",
        scoring={"loss": _score, "silhouette": silhouette},
        refit=objective,
        cv=KFold(_N_FOLDS, shuffle=True, random_state=seed),
        random_state=seed,
    )


def _score(vae, X, y=None):
    """Score by the bound on the log-likelihood, the negative loss."""
    return vae.score(X)


def _candidates(search):
    """List the architectures of a search with their scores; the chosen one is marked."""
    results = search.cv_results_
    return [
        {
            "round": results["round"][i],
            "parent": results["parent"][i],
            "accepted": bool(results["accepted"][i]),
            "chosen": i == search.best_index_,
            "layers": "-".join(map(str, layers)),
            "hidden_layers": len(layers),
            "units": sum(layers),
            "loss": -results["mean_test_loss"][i],
            "silhouette": results["mean_test_silhouette"][i],
        }
        for i, layers in enumerate(results["param_encoder"])
    ]


def _judge(table, sizes):
    """Judge by the first populations, which are drawn, and by what the searches chose of all."""
    chosen = table[table["chosen"]].set_index("objective")
    return [_look_alike(table[table["round"] == 0]), _is_middle(chosen), _is_good(chosen)]


def _look_alike(first):
    """Judge whether the loss tells depths apart."""
    losses = first.groupby("hidden_layers")["loss"].mean()
    figures = ", ".join(f"{n}: {loss:.1f}" for n, loss in losses.items())
    return Finding(
        f"by loss architectures look alike: mean losses by hidden layers differ by less than {_ALIKE:.0%}",
        bool(np.ptp(losses) < _ALIKE * losses.mean()) if len(losses) > 1 else None,
        f"random architectures, {figures} nats",
    )


def _is_middle(chosen):
    """Judge whether the silhouette chooses the middle depth."""
    depths = chosen.loc[["silhouette"], "hidden_layers"]
    middle = depths.isin(_MIDDLE)
    return Finding(
        f"by silhouette the best have {' or '.join(map(str, _MIDDLE))} of 1 to 6 hidden layers",
        in_most(middle),
        f"in {counted(middle)} replicates; hidden layers chosen: {', '.join(map(str, sorted(depths)))}",
    )


def _is_good(chosen):
    """Judge what the source did not: whether the best silhouette costs the loss."""
    losses = chosen.groupby("objective", sort=False)["loss"].mean()
    silhouettes = chosen.groupby("objective", sort=False)["silhouette"].mean()
    return Finding(
        f"the best by silhouette have losses that are at most {_ALIKE:.0%} above those of the best by loss",
        bool(losses["silhouette"] <= (1 + _ALIKE) * losses["loss"]),
        "best by loss and by silhouette: "
        f"losses {losses['loss']:.1f} and {losses['silhouette']:.1f} nats, "
        f"silhouettes {silhouettes['loss']:.2f} and {silhouettes['silhouette']:.2f}",
    )


def _draw(figure, table, codes):
    """Draw, for each objective, the course of the first search and the codes of what it chose."""
    from skvae.plot import LatentSpaceDisplay, SearchDisplay

    figure.set_size_inches(10, 8.4)
    for column, objective in zip(figure.subplots(2, 2).T, OBJECTIVES, strict=True):
        first = table[(table["objective"] == objective) & (table["replicate"] == 0)]
        course = first[["round", "parent", "accepted"]].assign(
            score=first["silhouette"] if objective == "silhouette" else -first["loss"],
            layers=[tuple(map(int, layers.split("-"))) for layers in first["layers"]],
        )
        SearchDisplay(course, score_name="silhouette" if objective == "silhouette" else "-loss (nats)").plot(column[0])
        shown = codes[codes["objective"] == objective]
        LatentSpaceDisplay(shown[["z0", "z1"]], shown["label"]).plot(column[1])
        column[0].set_title(f"by {objective}", fontsize="medium")
        column[1].set_title(f"the best: {first.loc[first['chosen'], 'layers'].iloc[0]}", fontsize="medium")


STUDY = Study(
    name="evolution",
    question="Which architectures does evolution choose, by loss and by silhouette?",
    claim="by loss all architectures look alike; by silhouette the best lie in the middle depth",
    version=1,
    full={"replicates": 10, "rows": 600, "epochs": 30, "population": 6, "rounds": 4},
    quick={"replicates": 2, "rows": 200, "epochs": 5, "population": 2, "rounds": 1},
    load=_load,
    conditions=_conditions,
    measure=_measure,
    judge=_judge,
    draw=_draw,
    by=("objective", "hidden_layers"),
    shown=("loss", "silhouette", "units"),
    least={"rows": 2 * _N_FOLDS, "epochs": 1, "population": 1, "rounds": 0},
)
