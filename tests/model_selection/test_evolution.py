"""The search by evolution: its rules, its table, and that it is one of scikit-learn's searches."""

import pickle
import warnings
from functools import partial
from itertools import zip_longest

import joblib
import numpy as np
import pandas as pd
import pytest
from scipy import sparse
from sklearn import config_context
from sklearn.base import clone
from sklearn.datasets import load_iris
from sklearn.decomposition import PCA
from sklearn.exceptions import FitFailedWarning
from sklearn.linear_model import Ridge
from sklearn.model_selection import GridSearchCV, KFold, ShuffleSplit, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import parametrize_with_checks
from toys import Toy, units

import skvae
from skvae import AutoencoderTransformer, VAETransformer
from skvae._compat import InvalidParameterError
from skvae.metrics import silhouette_scorer
from skvae.model_selection import EvolutionarySearchCV, drop_or_widen, vary_layers

X = np.random.default_rng(0).normal(size=(30, 3))


def evolution(estimator=None, **changes):
    """Make a search that takes a moment."""
    options = {"population_size": 4, "n_rounds": 5, "cv": 3, "random_state": 0} | changes
    return EvolutionarySearchCV(Toy() if estimator is None else estimator, **options)


def grow(layers, random_state):
    """Widen the first layer by one unit."""
    return (layers[0] + 1, *layers[1:])


def wander(layers, random_state):
    """Widen or narrow a random layer by a few units."""
    changed, k = list(layers), random_state.randint(len(layers))
    changed[k] = max(1, changed[k] + random_state.randint(-30, 31))
    return tuple(changed)


def table(search):
    """Return the rows of a search without what a clock gave."""
    return pd.DataFrame(search.cv_results_).drop(columns=[c for c in search.cv_results_ if "_time" in c])


def replayed(search, scores):
    """Let the population evolve by the rows of the table, in plain words."""
    results = search.cv_results_
    population = [row for row in range(len(scores)) if results["round"][row] == 0]
    for number in range(1, search.n_rounds_ + 1):
        children = [row for row in range(len(scores)) if results["round"][row] == number]
        if search.replaces == "worst":
            better = sorted(population, key=lambda row: -scores[row])[: -(-len(population) // 2)]
            assert [results["parent"][row] for row in children] == (2 * better)[: len(population)]
            # The best of all, of which the older ones come first where scores are equal.
            kept = sorted(population + children, key=lambda row: -scores[row])[: len(population)]
            population = [row for row in population if row in kept] + [row for row in children if row in kept]
        else:
            for row in children:
                if scores[row] > scores[results["parent"][row]]:
                    population[population.index(results["parent"][row])] = row
    return population


def without_ties(estimator, X, y=None):
    """Score as the toy does, but no two architectures alike."""
    return estimator.score(X) + sum(np.sqrt(i + 2) * size for i, size in enumerate(estimator.encoder)) / 1000


@pytest.mark.parametrize("size", [1, 4, 5])
@pytest.mark.parametrize("replaces", ["worst", "parent"])
def test_better_children_replace_others(replaces, size):
    options = {"mutation": wander, "n_rounds": 8, "scoring": without_ties}
    search = evolution(replaces=replaces, population_size=size, **options).fit(X)
    results = search.cv_results_
    scores = results["mean_test_score"]
    population = replayed(search, scores)
    assert set(search.population_) == {results["param_encoder"][row] for row in population}
    assert len(search.population_) == size
    born = results["parent"] >= 0
    assert 0 < results["accepted"][born].sum() < born.sum()
    assert results["accepted"][~born].all()
    if replaces == "parent":
        np.testing.assert_array_equal(results["accepted"][born], scores[born] > scores[results["parent"][born]])
    assert scores[population].mean() > scores[:size].mean()
    assert search.best_score_ == scores[population].max()


@pytest.mark.parametrize("replaces", ["worst", "parent"])
def test_a_child_as_good_as_another_does_not_replace_it(replaces):
    search = evolution(replaces=replaces, scoring=lambda estimator, X, y: 1.0).fit(X)
    assert search.population_ == list(search.cv_results_["param_encoder"][:4])


def nearness(estimator, X, y=None):
    """Score by how near the layers are to (200, 20, 150, 30), in octaves."""
    pairs = zip_longest(estimator.encoder, (200, 20, 150, 30), fillvalue=1)
    return -sum(abs(np.log2(size / goal)) for size, goal in pairs)


def test_evolution_finds_more_than_chance():
    for seed in range(5):
        options = {"scoring": nearness, "random_state": seed, "cv": 2}
        evolved = evolution(mutation=partial(vary_layers, n_changes=1), n_rounds=30, **options).fit(X)
        chance = evolution(n_rounds=0, population_size=len(evolved.cv_results_["params"]), **options).fit(X)
        assert evolved.best_score_ > chance.best_score_


def test_rows_tell_where_they_come_from():
    options = {"mutation": drop_or_widen, "replaces": "parent", "initial": [(9, 8, 7, 6, 5), (5, 5, 5, 5), (9, 9)]}
    search = evolution(n_rounds=3, **options).fit(X)
    results = search.cv_results_
    assert (np.diff(results["round"]) >= 0).all()
    np.testing.assert_array_equal(np.unique(results["round"]), [0, 1, 2, 3])
    assert (results["parent"][:4] == -1).all()
    for row in range(4, len(results["round"])):
        parent, child = (results["param_encoder"][i] for i in (results["parent"][row], row))
        dropped = [parent[:k] + parent[k + 1 :] for k in range(len(parent))]
        widened = [(*parent[:k], parent[k] + k + 1, *parent[k + 1 :]) for k in range(len(parent))]
        assert child in (dropped if len(parent) > 4 else widened)
    assert (search.n_rounds_, search.architecture_param_) == (3, "encoder")


def test_scores_are_those_of_a_grid_search():
    search = evolution().fit(X)
    grid = GridSearchCV(Toy(), {"encoder": list(search.cv_results_["param_encoder"])}, cv=3).fit(X)
    for name in ("mean_test_score", "std_test_score", "split1_test_score", "rank_test_score"):
        np.testing.assert_array_equal(search.cv_results_[name], grid.cv_results_[name])
    assert search.best_params_ == grid.best_params_
    assert search.best_estimator_.encoder == grid.best_params_["encoder"]


def test_each_architecture_is_fitted_once():
    Toy.fitted.clear()
    initial = [(8,), [np.int64(8)], (8, 8), (9, 9)]
    search = evolution(mutation=wander, initial=initial, n_rounds=6, replaces="parent").fit(X)
    architectures = list(search.cv_results_["param_encoder"])
    assert len(set(architectures)) == len(architectures)
    assert len(Toy.fitted) == 3 * len(architectures) + 1
    assert architectures[:4] == [(8,), (8, 8), (9, 9), architectures[3]]
    assert search.cv_results_["parent"][[3, 4]].tolist() == [0, 0]  # both of the twins have a child


def test_a_mutation_without_news_has_no_child():
    calls = []

    def stay(layers, random_state):
        calls.append(layers)
        return layers

    search = evolution(mutation=stay, population_size=2, n_rounds=3).fit(X)
    assert len(search.cv_results_["params"]) == 2
    assert search.n_rounds_ == 3
    assert len(calls) == 2 * 3 * 20


def test_a_share_is_another_size_than_as_many_units():
    search = evolution(initial=[(1,), (1.0,)], population_size=2, n_rounds=0).fit(X)
    assert list(map(type, np.ravel(search.population_))) != [int, int]
    assert len(search.cv_results_["params"]) == 2


def test_without_rounds_it_is_a_random_search():
    search = evolution(n_rounds=0, population_size=7).fit(X)
    assert search.population_ == list(search.cv_results_["param_encoder"])
    assert len(search.population_) == 7
    assert (search.cv_results_["round"] == 0).all()


def test_no_round_begins_after_the_seconds():
    search = evolution(max_seconds=1e-9).fit(X)
    assert (search.n_rounds_, len(search.cv_results_["params"])) == (0, 4)
    assert evolution(max_seconds=600).fit(X).n_rounds_ == 5


@pytest.mark.parametrize("seed", [0, np.random.RandomState(0)], ids=["int", "RandomState"])
def test_going_on_equals_one_search(seed):
    at_once = evolution(mutation=wander, n_rounds=5, random_state=0).fit(X)
    stepwise = evolution(mutation=wander, n_rounds=2, random_state=seed, warm_start=True).fit(X)
    first_rows = table(stepwise)
    stepwise = pickle.loads(pickle.dumps(stepwise)).set_params(n_rounds=3).fit(X)
    pd.testing.assert_frame_equal(table(stepwise), table(at_once))
    assert stepwise.population_ == at_once.population_
    assert stepwise.n_rounds_ == 5
    columns = ["mean_test_score", "round", "parent", "accepted"]  # ranks are those among all rows
    pd.testing.assert_frame_equal(table(stepwise)[columns].iloc[: len(first_rows)], first_rows[columns])


def test_without_warm_start_it_begins_anew():
    search = evolution(n_rounds=1).fit(X)
    before = table(search)
    pd.testing.assert_frame_equal(table(search.fit(X)), before)
    assert len(search.set_params(random_state=1).fit(X[:20]).cv_results_["params"]) == 8


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"X": X + 1}, "X"),
        ({"X": X[:20]}, "X"),
        ({"y": np.arange(30)}, "y"),
        ({"sample_weight": np.ones(30)}, "sample_weight"),
        ({"cv": 4}, "cv"),
        ({"scoring": units}, "scoring"),
        ({"estimator": Toy(fails_from=3), "population_size": 3}, "estimator, population_size"),
    ],
)
def test_it_goes_on_with_the_same_alone(changes, words):
    search = evolution(n_rounds=1, warm_start=True).fit(X)
    before = table(search)
    given = {"X": X} | {name: changes[name] for name in changes if name in ("X", "y", "sample_weight")}
    search.set_params(**{name: changes[name] for name in changes if name not in given})
    with pytest.raises(ValueError, match=f"changed since: {words}. Set it back, or start anew with warm_start=False"):
        search.fit(**given)
    pd.testing.assert_frame_equal(table(search), before)


@pytest.mark.parametrize("kind", ["frame", "sparse", "list"])
def test_equal_data_are_the_same(kind):
    make = {"frame": pd.DataFrame, "sparse": sparse.csr_array, "list": np.ndarray.tolist}[kind]
    search = evolution(PCAOfLayers(), scoring=units, n_rounds=1, warm_start=True).fit(make(X))
    assert search.fit(make(X.copy())).n_rounds_ == 2
    with pytest.raises(ValueError, match="changed since: X"):
        search.fit(make(X + (X > 2)))


class PCAOfLayers(PCA):
    """PCA with layer sizes that change nothing."""

    def __init__(self, n_components=2, encoder=(8,)):
        super().__init__(n_components)
        self.encoder = encoder


class Interrupts:
    """A scorer that the user interrupts at the n-th call."""

    def __init__(self, n):
        self.n = n

    def __call__(self, estimator, X, y=None):
        self.n -= 1
        if self.n == 0:
            raise KeyboardInterrupt
        return estimator.score(X)

    def __reduce__(self):
        return Interrupts, (0,)  # its key does not count


def test_after_an_interrupt_the_finished_rounds_are_there():
    whole = evolution(mutation=wander, n_rounds=5).fit(X)
    search = evolution(mutation=wander, n_rounds=5, warm_start=True, scoring=Interrupts(3 * 4 * 3 + 5))
    assert not hasattr(search, "n_architectures_")
    with pytest.raises(KeyboardInterrupt):
        search.fit(X)
    assert search.n_architectures_ == 12
    search.set_params(n_rounds=0).fit(X)
    assert (search.n_rounds_, search.n_architectures_) == (2, 12)
    np.testing.assert_array_equal(search.cv_results_["mean_test_score"], whole.cv_results_["mean_test_score"][:12])
    assert search.best_score_ == search.cv_results_["mean_test_score"].max()
    search.set_params(n_rounds=3).fit(X)
    pd.testing.assert_frame_equal(table(search), table(whole))


def test_going_on_without_news_keeps_the_rows():
    search = evolution(mutation=wander, n_rounds=2, warm_start=True).fit(X)
    before, best = table(search), search.best_index_
    search.set_params(mutation=lambda layers, random_state: layers).fit(X)
    pd.testing.assert_frame_equal(table(search), before)
    assert (search.n_rounds_, search.best_index_) == (4, best)


@pytest.mark.parametrize("backend", ["threading", "loky"])
def test_jobs_do_not_change_the_search(backend):
    one = evolution(mutation=wander).fit(X)
    with joblib.parallel_config(backend):
        two = evolution(mutation=wander, n_jobs=2).fit(X)
    pd.testing.assert_frame_equal(table(one), table(two))
    assert one.population_ == two.population_


def test_candidates_that_fail_never_replace():
    with pytest.warns(FitFailedWarning, match="too many"):
        search = evolution(
            Toy(fails_from=2),
            mutation=lambda layers, random_state: (*layers, 50) if random_state.rand() < 0.5 else grow(layers, None),
            initial=[(5,), (6, 6), (30,), (50,)],
            n_rounds=4,
        ).fit(X)
    results = search.cv_results_
    failed = np.isnan(results["mean_test_score"])
    deep = np.array([len(layers) > 1 for layers in results["param_encoder"]])
    np.testing.assert_array_equal(failed, deep)
    assert failed[1:].sum() > 1
    assert not results["accepted"][failed & (results["round"] > 0)].any()


def test_a_parent_that_failed_is_replaced():
    def drop(layers, random_state):
        return (layers[0] + random_state.randint(50),)

    search = evolution(Toy(fails_from=2), mutation=drop, initial=[(5, 5), (5,)], population_size=2, n_rounds=1)
    with pytest.warns(FitFailedWarning, match="too many"):
        search.fit(X)
    assert all(len(layers) == 1 for layers in search.population_)


def test_a_round_that_fails_as_a_whole_adds_no_rows():
    deepened = []

    def deepen_once(layers, random_state):
        if len(deepened) < 2:
            deepened.append((*layers, 8))
            return deepened[-1]
        return grow(layers, random_state)

    search = evolution(
        Toy(fails_from=2),
        mutation=deepen_once,
        replaces="parent",
        initial=[(5,), (60,)],
        population_size=2,
        n_rounds=3,
        warm_start=True,
    )
    with pytest.warns(FitFailedWarning, match="Round 1 adds no rows"):
        search.fit(X)
    assert search.cv_results_["round"].tolist() == [0, 0, 2, 2, 3, 3]
    assert search.population_ == [(7,), (62,)]
    tried = deepened.copy()
    deepened.clear()
    search.set_params(mutation=lambda layers, random_state: tried[len(layers) % 2], n_rounds=1).fit(X)
    assert len(search.cv_results_["params"]) == 6  # known to fail, so not tried again


def test_errors_can_be_raised():
    with pytest.raises(ValueError, match="2 layers are too many"):
        evolution(Toy(fails_from=2), initial=[(5, 5)], error_score="raise").fit(X)


@pytest.mark.parametrize("scoring", ["dict", "callable"])
def test_of_several_metrics_one_decides(scoring):
    several = {"near": Toy.score, "large": units}
    if scoring == "callable":
        several = both
    searches = {name: evolution(mutation=wander, scoring=several, refit=name).fit(X) for name in ("near", "large")}
    near, large = (sum(search.best_params_["encoder"]) for search in searches.values())
    assert abs(near - 100) < abs(large - 100)
    for name, search in searches.items():
        population = replayed(search, search.cv_results_[f"mean_test_{name}"])
        assert set(search.population_) == {search.cv_results_["param_encoder"][row] for row in population}
    with pytest.raises(ValueError, match="set refit to the name of the one that decides"):
        evolution(scoring=several, refit=False).fit(X)


def both(estimator, X, y=None):
    """Score by two metrics."""
    return {"near": estimator.score(X), "large": units(estimator, X)}


def test_refit_is_that_of_scikit_learn():
    search = evolution(refit=False).fit(X)
    assert not hasattr(search, "best_estimator_")
    assert search.best_params_ == search.cv_results_["params"][search.best_index_]
    chosen = evolution(refit=lambda results: int(np.argmin(results["mean_test_score"]))).fit(X)
    assert chosen.best_estimator_.encoder == chosen.cv_results_["param_encoder"][chosen.best_index_]
    assert chosen.cv_results_["rank_test_score"][chosen.best_index_] == len(chosen.cv_results_["params"])


@pytest.mark.parametrize("nested", [False, True])
def test_the_baseline_is_a_row_of_reference(nested):
    # With as many units as 100 the toy scores about 0, and PCA about -4.
    estimator = make_pipeline(StandardScaler(), Toy()) if nested else Toy()
    baseline = make_pipeline(StandardScaler(), PCA(2)) if nested else PCA(2)
    search = evolution(estimator, baseline=PCA(2), initial=[(99,)], warm_start=True).fit(X)
    results = search.cv_results_
    np.testing.assert_allclose(
        [results[f"split{i}_test_score"][0] for i in range(3)], cross_val_score(baseline, X, cv=3), rtol=1e-12
    )
    assert (results["round"][0], results["parent"][0], results["accepted"][0]) == (-1, -1, False)
    assert results["params"][0] == {}
    assert (results["round"][1:] >= 0).all()
    assert 0 not in results["parent"]
    search.fit(X)
    assert (search.cv_results_["round"] == -1).sum() == 1


def test_the_baseline_is_never_the_best():
    search = evolution(baseline=Toy((100,)), initial=[(90,)], n_rounds=1)
    with pytest.warns(UserWarning, match="No architecture scored better than the baseline") as caught:
        search.fit(X)
    assert caught[0].filename == __file__
    results = search.cv_results_
    assert results["rank_test_score"][0] == 1
    assert search.best_index_ == 1 + results["mean_test_score"][1:].argmax()
    assert search.best_estimator_.encoder == results["param_encoder"][search.best_index_] != (100,)
    with pytest.raises(ValueError, match="row 0, which is the baseline"):
        evolution(baseline=PCA(2), n_rounds=0, refit=lambda results: 0).fit(X)


@pytest.mark.parametrize("refit", ["near", "large"])
def test_the_baseline_has_all_metrics(refit):
    search = evolution(baseline=Toy((3,)), scoring={"near": Toy.score, "large": units}, refit=refit).fit(X)
    assert search.cv_results_["mean_test_large"][0] == 3
    assert search.cv_results_["mean_test_near"][0] == pytest.approx(-97, abs=1)


def test_splits_must_be_constant():
    for cv in (KFold(3, shuffle=True), ShuffleSplit(3), KFold(3, shuffle=True, random_state=np.random.RandomState(0))):
        with pytest.raises(ValueError, match="set its random_state to an int"):
            evolution(cv=cv).fit(X)
    evolution(cv=KFold(3, shuffle=True, random_state=0)).fit(X)
    splits = list(KFold(3).split(X))
    pd.testing.assert_frame_equal(table(evolution(cv=iter(splits)).fit(X)), table(evolution(cv=3).fit(X)))
    with pytest.raises(ValueError, match=r"pass list\(cv\)"):
        evolution(cv=iter(splits), baseline=PCA(2)).fit(X)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"initial": [(8,)] * 5}, "initial holds 5 architectures, more than population_size=4"),
        ({"initial": [(8,), (0,)]}, r"initial\[1\] must be a tuple of positive ints"),
        ({"mutation": lambda layers, random_state: layers[0]}, r"mutation\(.*\) must be a tuple of positive ints"),
        ({"architecture_param": "nonsense"}, "Invalid parameter 'nonsense' for estimator Toy"),
        ({"estimator": Ridge()}, "Ridge has none"),
    ],
)
def test_bad_architectures_are_named(changes, words):
    with pytest.raises(ValueError, match=words):
        evolution(**changes).fit(X)


@pytest.mark.parametrize(
    "changes",
    [
        {"population_size": 0},
        {"n_rounds": -1},
        {"mutation": "widen"},
        {"replaces": "best"},
        {"initial": 8},
        {"baseline": "PCA"},
        {"max_seconds": 0},
        {"warm_start": "yes"},
        {"architecture_param": 1},
    ],
)
def test_parameters_are_checked(changes):
    with pytest.raises(InvalidParameterError, match=f"The '{next(iter(changes))}' parameter"):
        evolution(**changes).fit(X)


@pytest.mark.parametrize("routing", [False, True])
def test_weights_reach_the_fits(routing):
    Toy.fitted.clear()
    with config_context(enable_metadata_routing=routing):
        toy = Toy().set_fit_request(sample_weight=True) if routing else Toy()
        options = {"baseline": toy, "scoring": units, "n_rounds": 1}
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # scikit-learn's, of a scorer without weights
            evolution(toy, **options).fit(X, sample_weight=np.full(30, 2.0))
    assert {(n, weight) for _, n, weight in Toy.fitted} == {(20, 40.0), (30, 60.0)}


class Watches:
    """A callback that notes the tasks, and stops after some rounds."""

    def __init__(self, n_rounds):
        self.n_rounds, self.tasks = n_rounds, []

    def setup(self, estimator, context):
        """Nothing to prepare."""

    def teardown(self, estimator, context):
        """Nothing to clear away."""

    def on_fit_task_begin(self, estimator, context):
        """Note the task."""
        self.tasks.append(context.task_name)

    def on_fit_task_end(self, estimator, context):
        """Stop after some rounds."""
        return context.task_name == "round" and self.tasks.count("round") >= self.n_rounds


def test_callbacks_see_and_stop_the_rounds():
    watches = Watches(n_rounds=3)
    search = evolution().set_callbacks(watches).fit(X)
    assert search.n_rounds_ == 2  # the first population was a round, too
    assert watches.tasks.count("candidate-split-evaluation") == 3 * 4 * 3
    assert watches.tasks[:3] == ["fit", "search", "round"]
    assert watches.tasks[-1] == "refit-with-best-params"


def test_verbose_says_how_it_goes(capsys):
    initial = [(10,), (11, 1), (12, 2), (200,)]
    evolution(n_rounds=1, verbose=1, mutation=grow, initial=initial, replaces="parent").fit(X)
    printed = capsys.readouterr().out
    assert "Round 0: 4 of 4 new architectures accepted" in printed
    assert "Round 1: 3 of 4 new architectures accepted, best score -85" in printed
    evolution(n_rounds=1).fit(X)
    assert capsys.readouterr().out == ""


class RidgeOfLayers(Ridge):
    """Ridge regression with layer sizes that change nothing."""

    def __init__(self, alpha=1.0, encoder=(8,)):
        super().__init__(alpha)
        self.encoder = encoder


@parametrize_with_checks(
    [evolution(RidgeOfLayers(), population_size=2, n_rounds=1, cv=2, error_score="raise")],
    # GridSearchCV fails it, too.
    expected_failed_checks=lambda search: {"check_supervised_y_2d": "the warning comes from the inner estimator"},
)
def test_checks_of_scikit_learn(estimator, check):
    check(estimator)


@pytest.fixture(scope="module")
def iris():
    return load_iris(return_X_y=True)


@pytest.mark.usefixtures("without_xla")
def test_a_vae_in_a_pipeline_evolves(iris, tmp_path):
    X, y = iris
    vae = VAETransformer(epochs=3, random_state=0).set_output(transform="pandas")
    options = {
        "scoring": silhouette_scorer,
        "baseline": PCA(2),
        "initial": [(4,), (2, 2)],
        "population_size": 2,
        "n_rounds": 1,
        "cv": KFold(2, shuffle=True, random_state=0),
        "random_state": 0,
    }
    search = EvolutionarySearchCV(make_pipeline(StandardScaler(), vae), **options).fit(X, y)
    assert search.architecture_param_ == "vaetransformer__encoder"
    assert search.cv_results_["mean_test_score"].shape == (5,)
    assert np.isfinite(search.cv_results_["mean_test_score"]).all()
    Z = search.transform(X)
    assert list(Z.columns) == ["vaetransformer0", "vaetransformer1"]
    skvae.save(search.best_estimator_, tmp_path / "best.skvae")
    np.testing.assert_array_equal(skvae.load(tmp_path / "best.skvae").transform(X), Z)
    np.testing.assert_array_equal(pickle.loads(pickle.dumps(search)).transform(X), Z)
    with joblib.parallel_config("threading"):
        threads = clone(search).set_params(n_jobs=2).fit(X, y)
    pd.testing.assert_frame_equal(table(threads), table(search))
    np.testing.assert_array_equal(threads.transform(X), Z)


@pytest.mark.usefixtures("without_xla")
def test_an_autoencoder_evolves_without_labels(iris):
    autoencoder = AutoencoderTransformer(encoder=skvae.networks.Dense((4,), "tanh"), epochs=2, random_state=0)
    options = {"initial": [(3,)], "mutation": drop_or_widen, "population_size": 1, "n_rounds": 1}
    search = evolution(autoencoder, cv=2, **options).fit(iris[0])
    assert search.population_[0] in [(3,), (4,)]
    assert search.best_estimator_.encoder.activation == "tanh"
    assert search.best_estimator_.encoder.hidden_layer_sizes in [(3,), (4,)]
    assert search.inverse_transform(search.transform(iris[0])).shape == iris[0].shape
