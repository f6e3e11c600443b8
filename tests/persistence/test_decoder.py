"""From a tree to an estimator: hostile trees with a right digest are refused."""

import contextlib
import copy
import os
import random
import warnings

import numpy as np
import pytest
from sklearn.compose import ColumnTransformer
from sklearn.decomposition import PCA
from sklearn.exceptions import InconsistentVersionWarning
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, MinMaxScaler, StandardScaler

import skvae
from skvae.networks import Dense
from skvae.preprocessing import MaxNormalizer, MeanImputer

PARAMS, STATE = 2, 3


def setting(place, key, value):
    def change(tree, arrays):
        tree[place][key] = value

    return change


def array_of(name, array):
    def change(tree, arrays):
        arrays[f"StandardScaler.{name}"] = array

    return change


def leaving_out(place, key):
    def change(tree, arrays):
        del tree[place][key]
        arrays.pop(f"StandardScaler.{key}", None)

    return change


def replacing(tree):
    return lambda old, arrays: tree


def nested(levels):
    node = 1
    for _ in range(levels):
        node = ["list", node]
    return node


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (replacing(False), "does not hold an estimator"),
        (replacing("StandardScaler"), "does not hold an estimator"),
        (replacing(["list"]), "does not hold an estimator"),
        (replacing(["estimator"]), "does not hold an estimator"),
        (replacing(["estimator", "StandardScaler"]), "nothing that a model file can hold"),
        (replacing(["estimator", "StandardScaler", {}]), "nothing that"),
        (replacing(["estimator", "StandardScaler", [], {}]), "nothing that"),
        (replacing(["estimator", "StandardScaler", {}, {}, {}]), "nothing that"),
        (replacing(["estimator", 5, {}, {}]), "does not hold an estimator"),
        (replacing(["estimator", "os.system", {"command": "true"}, {}]), "class 'os.system'.*upgrade"),
        (replacing(["estimator", "sklearn.decomposition.PCA", {}, {}]), "class 'sklearn.decomposition.PCA'"),
        (replacing(["estimator", "NoSuchClass", {}, {}]), "class 'NoSuchClass'.*upgrade"),
        (replacing(["estimator", "__init__", {}, {}]), "class '__init__'"),
        (replacing(["__reduce__", "os.system", ["true"]]), "does not hold an estimator"),
        (setting(PARAMS, "copy", ["__reduce__", "os.system", ["true"]]), "StandardScaler.copy is nothing that"),
        (setting(PARAMS, "copy", {"__reduce__": ["os.system", "true"]}), "StandardScaler.copy is nothing that"),
        (setting(PARAMS, "copy", ["function", "os.system"]), "nothing that"),
        (setting(PARAMS, "copy", ["function", "frompyfunc"]), "nothing that"),
        (setting(PARAMS, "copy", ["type", "object"]), "nothing that"),
        (setting(PARAMS, "copy", ["dtype", "O8,O8"]), "nothing that"),
        (setting(PARAMS, "copy", ["scalar", "void", 3]), "nothing that"),
        (setting(PARAMS, "copy", ["scalar", "int8", 300]), "is no int8"),
        (setting(PARAMS, "copy", ["scalar", "int8", 1.5]), "is no int8"),
        (setting(PARAMS, "copy", ["scalar", "float64", "1"]), "is no float64"),
        (setting(PARAMS, "copy", ["scalar", "float16", 1e9]), "is no float16"),
        (setting(PARAMS, "copy", ["scalar", "bool", ["list"]]), "is no bool"),
        (setting(PARAMS, "copy", ["float", "1"]), "nothing that"),
        (setting(PARAMS, "copy", ["list"] * 2 + [[]]), r"copy\[1\] is nothing that"),
        (setting(PARAMS, "copy", ["dict", ["a"]]), "nothing that"),
        (setting(PARAMS, "copy", ["objects", ["list", 1]]), "other things than numbers"),
        (setting(PARAMS, "copy", ["slice", 1, 2]), "nothing that"),
        (setting(PARAMS, "copy", ["slice", ["list"], 2, 3]), "other things than numbers"),
        (setting(PARAMS, "copy", nested(100)), "nested too deeply"),
        (setting(PARAMS, "copy", ["array", "StandardScaler.mean_", "C"]), "belongs to something else as well"),
        (setting(PARAMS, "copy", ["array", "elsewhere", "C"]), "is not there"),
        (setting(PARAMS, "copy", ["array", "StandardScaler.mean_", "K"]), "nothing that"),
        (setting(PARAMS, "__class__", 1), "no parameter.*__class__"),
        (setting(PARAMS, "self", 1), "no parameter.*self"),
        (setting(PARAMS, "mean_", 1), "no parameter.*mean_"),
        (setting(STATE, "__class__", ["type", "float64"]), "attribute.*__class__"),
        (setting(STATE, "__dict__", ["dict", {}]), "attribute.*__dict__"),
        (setting(STATE, "_sklearn_version", "1.9.1"), "attribute.*_sklearn_version"),
        (setting(STATE, "fit", 1), r"attribute\(s\) \['fit'\]"),
        (setting(STATE, "copy", 1), r"attribute\(s\) \['copy'\]"),
        (setting(STATE, "n_features_in_", 3), r"mean_ should be an array of float of shape \(n_features_in_\)"),
        (setting(STATE, "n_features_in_", -4), "n_features_in_ should be an int from 0 on"),
        (setting(STATE, "n_features_in_", True), "n_features_in_ should be an int from 0 on"),
        (setting(STATE, "n_features_in_", 4.0), "n_features_in_ should be an int from 0 on"),
        (setting(STATE, "n_features_in_", None), "n_features_in_ should be an int from 0 on"),
        (setting(STATE, "n_features_in_", 2**62), "mean_ should be"),
        (setting(STATE, "feature_names_in_", ["objects", "a", "b", "c"]), "feature_names_in_ should be"),
        (setting(STATE, "feature_names_in_", ["objects", "a", "b", "c", 1]), "feature_names_in_ should be"),
        (setting(STATE, "_sklearn_output_config", ["dict", {"transform": "os"}]), "_sklearn_output_config should be"),
        (setting(STATE, "_sklearn_output_config", ["dict", {"fit": "pandas"}]), "_sklearn_output_config should be"),
        (setting(STATE, "_metadata_request", ["dict", {"__init__": ["dict", {"a": True}]}]), "no method '__init__'"),
        (setting(STATE, "_metadata_request", ["dict", {"fit": ["dict", {"a": "not a name"}]}]), "alias"),
        (setting(STATE, "n_samples_seen_", "many"), "n_samples_seen_ should be"),
        (leaving_out(STATE, "mean_"), r"fitted by halves, it lacks \['mean_'\]"),
        (leaving_out(STATE, "n_features_in_"), r"attribute\(s\).*mean_"),
        (array_of("more", np.ones(4)), "belong to no attribute, such as 'StandardScaler.more'"),
        (array_of("mean_", np.ones(5)), "mean_ should be.*float64 and shape"),
        (array_of("mean_", np.ones((4, 1))), "mean_ should be"),
        (array_of("mean_", np.ones(4, dtype=int)), "mean_ should be.*int64"),
        (array_of("mean_", np.array(1.0)), "mean_ should be"),
        (array_of("var_", -np.ones(4)), "var_ should be .* with nonnegative values"),
        (array_of("scale_", np.zeros(4)), "scale_ should be .* with positive values"),
    ],
)
def test_hostile_trees(forge, table, change, words):
    forge_and_refuse(forge, StandardScaler().fit(table), change, words)


def forge_and_refuse(forge, estimator, change, words):
    path = forge(estimator, change)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(skvae.ModelFileError, match=words) as raised:
            skvae.load(path)
    assert len(str(raised.value)) < 1000


def values(name, array):
    def change(tree, arrays):
        arrays[name][...] = array

    return change


def test_arrays_are_finite_where_they_must_be(forge, table):
    pca = PCA(2).fit(table)
    forge_and_refuse(forge, pca, values("PCA.components_", np.nan), "components_ should be .* finite")
    forge_and_refuse(forge, PCA(2).fit(table), values("PCA.mean_", np.inf), "mean_ should be .* finite")


@pytest.mark.parametrize("bad", [np.nan, np.inf, 0.0, -1.0])
def test_our_own_classes_look_at_values(forge, table, bad):
    model = MaxNormalizer().fit(table)
    forge_and_refuse(forge, model, values("MaxNormalizer.scale_", bad), "scale_ of a MaxNormalizer")
    if not bad > -1:
        name = "MeanImputer.imputer_.statistics_"
        forge_and_refuse(forge, MeanImputer().fit(table), values(name, np.nan), "means of a MeanImputer")


def test_our_own_classes_look_at_shapes(forge, table):
    narrow = MeanImputer().fit(table[:, :3])

    def change(tree, arrays):
        tree[STATE]["n_features_in_"] = 3
        arrays["MeanImputer.empty_features_"] = np.zeros(3, bool)

    forge_and_refuse(forge, MeanImputer().fit(table), change, "know as many as the MeanImputer")

    def swap(tree, arrays):
        tree[STATE]["imputer_"] = ["estimator", "StandardScaler", {}, {}]
        del arrays["MeanImputer.imputer_.statistics_"]

    forge_and_refuse(forge, narrow, swap, "imputer_ should be a SimpleImputer")

    def unfitted(tree, arrays):
        tree[STATE]["imputer_"][STATE] = {}
        del arrays["MeanImputer.imputer_.statistics_"]

    forge_and_refuse(forge, narrow, unfitted, "statistics_ should be an array")


@pytest.mark.parametrize(
    ("params", "words"),
    [
        ({"steps": ["list"], "memory": "/tmp/cache"}, "memory should be None"),
        ({"steps": 5}, "steps should be a list"),
        ({"steps": ["list", 5]}, "steps should be a list"),
        ({}, r"lacks its parameter\(s\) \['steps'\]"),
    ],
)
def test_parameters_that_a_class_cannot_take(forge, params, words):
    forge_and_refuse(forge, make_pipeline(PCA()), replacing(["estimator", "Pipeline", params, {}]), words)


def test_functions_only_where_they_belong(forge):
    forge_and_refuse(forge, FunctionTransformer(), setting(PARAMS, "func", "log1p"), "func should be a NumPy function")


def test_a_pipeline_around_itself_ends(forge):
    tree = ["estimator", "PCA", {}, {}]
    for _ in range(100):
        tree = ["estimator", "Pipeline", {"steps": ["list", ["tuple", "a", tree]]}, {}]
    forge_and_refuse(forge, PCA(), replacing(tree), "nested too deeply")


def test_column_transformers_have_columns(forge, table):
    model = ColumnTransformer([("a", StandardScaler(), [0, 1])], remainder="passthrough").fit(table)
    forge_and_refuse(forge, model, setting(STATE, "_columns", ["list", ["list", 1.5]]), "_columns should be")
    forge_and_refuse(forge, model, setting(STATE, "output_indices_", ["dict", {"a": 1}]), "output_indices_ should be")


def test_text_is_made_of_characters(forge):
    for codes in (
        np.full((2, 3), 0x110000, np.uint32),
        np.ones((2, 3)),
        np.ones(3, np.uint32),
        np.ones((2, 0), np.uint32),
    ):

        def change(tree, arrays, codes=codes):
            tree[PARAMS]["n_components"] = ["text", "codes"]
            arrays["codes"] = codes

        forge_and_refuse(forge, PCA(), change, "code points")


def test_parameters_that_came_later_have_their_default(forge):
    path = forge(Dense((3,)), replacing(["estimator", "Dense", {"hidden_layer_sizes": ["tuple", 5]}, {}]))
    later = {"activation": "relu", "dropout": 0.0, "normalization": None}
    assert skvae.load(path).get_params() == {"hidden_layer_sizes": (5,)} | later


def test_another_version_of_scikit_learn_warns_as_pickle_does(forge, pipeline):
    path = forge(pipeline, written_by={"sklearn": "1.8.0"})
    with pytest.warns(InconsistentVersionWarning) as caught:
        skvae.load(path)
    assert sorted(w.message.estimator_name for w in caught) == ["MinMaxScaler", "Pipeline", "StandardScaler"]
    assert {w.message.original_sklearn_version for w in caught} == {"1.8.0"}


def test_no_warning_without_scikit_learns_classes_or_of_the_same_version(forge, table, pipeline, recwarn):
    skvae.load(forge(MaxNormalizer().fit(table), written_by={"sklearn": "1.8.0"}))
    path = forge(MinMaxScaler().fit(table))
    skvae.save(pipeline, path)
    skvae.load(path)
    assert not [w for w in recwarn if issubclass(w.category, InconsistentVersionWarning)]


def test_what_is_named_like_a_command_is_not_run(forge, tmp_path):
    trap = tmp_path / "trapped"
    for tree in (
        ["estimator", "os.system", {"command": f"touch {trap}"}, {}],
        ["estimator", "FunctionTransformer", {"func": f"__import__('os').system('touch {trap}')"}, {}],
        ["estimator", "FunctionTransformer", {"func": ["function", f"touch {trap}"]}, {}],
        ["estimator", "Pipeline", {"steps": ["list"], "memory": str(trap)}, {}],
    ):
        with pytest.raises(skvae.ModelFileError):
            skvae.load(forge(PCA(), replacing(tree)))
    assert not os.path.exists(trap)


def mutate(node, rng, odd):
    """Change one place of a tree, at random."""
    while True:
        places = list(node) if isinstance(node, dict) else list(range(len(node)))
        if not places:
            return
        place = rng.choice(places)
        if isinstance(node[place], list | dict) and rng.random() < 0.8:
            node = node[place]
            continue
        change = rng.randrange(4)
        if change == 0:
            node[place] = copy.deepcopy(rng.choice(odd))
        elif change == 1:
            del node[place]
        elif change == 2 and isinstance(node, dict):
            node[rng.choice(odd[:9])] = node.pop(place)
        else:
            node[place], node[rng.choice(places)] = node[rng.choice(places)], node[place]
        return


@pytest.mark.parametrize("n_changes", [400, pytest.param(20_000, marks=pytest.mark.slow)])
def test_forged_trees_never_raise_anything_else(forge, table, n_changes):
    """Trees with one to three random changes, and a right digest: an estimator, or a ModelFileError."""
    models = [
        make_pipeline(MeanImputer(), MaxNormalizer(), StandardScaler(), PCA(2)).fit(table),
        ColumnTransformer([("a", StandardScaler(), [0, 1])], remainder=MinMaxScaler()).fit(table),
        skvae.VAETransformer(encoder=(3,), epochs=1, random_state=0).fit(table),
    ]
    odd = ["mean_", "steps", "n_features_in_", "scale_", "fit", "__class__", "PCA", "list", "\ud800"]
    odd += [
        0,
        -1,
        2**63,
        1.5,
        True,
        None,
        [],
        {},
        ["list"],
        ["tuple"],
        ["dict", {}],
        ["float", "nan"],
        ["scalar", "int8", 1],
    ]
    odd += [["objects", 1], ["slice", 1, 2, 3], ["dtype", "object"], ["estimator", "PCA", {}, {}], ["function", "log"]]
    rng = random.Random(0)

    def change(tree, arrays):
        for _ in range(rng.randrange(1, 4)):
            mutate(tree, rng, odd)

    made = 0
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for i in range(n_changes):
            path = forge(models[i % len(models)], change)
            with contextlib.suppress(skvae.ModelFileError):
                repr(skvae.load(path))
                made += 1
    assert 0 < made < n_changes / 2
