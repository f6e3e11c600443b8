"""Fitted estimators through pickle, joblib, copy and skops; each looks at what it is given."""

import copy
import io
import pickle

import joblib
import numpy as np
import pytest
import skops.io
from members import EMPTY, MEMBERS, fitted, told_by
from sklearn.base import clone
from sklearn.impute import MissingIndicator, SimpleImputer

from skvae import AutoencoderTransformer, VAEImputer, VAETransformer
from skvae.preprocessing import MaxNormalizer, MeanImputer

X = np.random.default_rng(0).gamma(2, size=(20, 4))
HOLES = np.where(np.random.default_rng(1).random(X.shape) < 0.2, np.nan, X)
MODELS = [
    MaxNormalizer().fit(HOLES),
    MaxNormalizer(scope="global", clip=True).fit(X.astype(np.float32)),
    MeanImputer().fit(HOLES),
    MeanImputer(add_indicator=True, keep_empty_features=True).fit(np.column_stack([np.full(20, np.nan), HOLES[:, 1:]])),
]


def through_skops(model):
    content = skops.io.dumps(model)
    trusted = skops.io.get_untrusted_types(data=content)
    assert all(name.startswith("skvae.") for name in trusted)
    return skops.io.loads(content, trusted=trusted)


def through_joblib(model):
    content = io.BytesIO()
    joblib.dump(model, content)
    content.seek(0)
    return joblib.load(content)


WAYS = {
    **{
        f"pickle {p}": lambda model, p=p: pickle.loads(pickle.dumps(model, p))
        for p in range(pickle.HIGHEST_PROTOCOL + 1)
    },
    "copy": copy.copy,
    "deepcopy": copy.deepcopy,
    "skops": through_skops,
    "joblib": through_joblib,
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("model", MODELS, ids=lambda model: type(model).__name__)
def test_copies_do_the_same(model, way):
    copied = WAYS[way](model)
    assert repr(copied) == repr(model)
    np.testing.assert_array_equal(copied.transform(HOLES), model.transform(HOLES))
    assert WAYS[way](type(model)()).get_params() == type(model)().get_params()


@pytest.mark.parametrize("model", MODELS, ids=lambda model: type(model).__name__)
def test_memory_mapped_models(model, tmp_path):
    joblib.dump(model, tmp_path / "model.joblib")
    mapped = joblib.load(tmp_path / "model.joblib", mmap_mode="r")
    np.testing.assert_array_equal(mapped.transform(HOLES), model.transform(HOLES))


def fitted_normalizer(**changes):
    return vars(MaxNormalizer().fit(X)) | changes


def fitted_imputer(**changes):
    return vars(MeanImputer().fit(X)) | changes


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (fitted_normalizer(scale_=np.ones(3)), r"scale_ should be an array of shape \(4,\)"),
        (fitted_normalizer(scale_=np.ones((4, 1))), "scale_ should be"),
        (fitted_normalizer(scale_=np.ones(4, int)), "scale_ should be.*dtype int64"),
        (fitted_normalizer(scale_=None), "scale_ should be.*shape is None"),
        (fitted_normalizer(scale_=np.full(4, np.nan)), "scale_ of a MaxNormalizer must be finite"),
        (fitted_normalizer(scale_=np.full(4, np.inf)), "scale_ of a MaxNormalizer must be finite"),
        (fitted_normalizer(scale_=np.array([1.0, 1.0, -1.0, 1.0])), "above zero"),
        (fitted_normalizer(scale_=np.zeros(4)), "above zero"),
        (fitted_normalizer(max_=np.full(4, np.inf)), "max_ of a MaxNormalizer"),
        (fitted_normalizer(max_=-np.ones(4)), "max_ of a MaxNormalizer"),
        (fitted_normalizer(n_features_in_=5), "max_ should be"),
    ],
)
def test_max_normalizer_refuses_impossible_states(state, words):
    with pytest.raises(ValueError, match=words):
        MaxNormalizer().__setstate__(state)


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (fitted_imputer(empty_features_=np.zeros(4)), "empty_features_ should be"),
        (fitted_imputer(imputer_=None), "must be a fitted SimpleImputer"),
        (fitted_imputer(imputer_=SimpleImputer()), "statistics_ should be"),
        (fitted_imputer(imputer_=SimpleImputer(keep_empty_features=True).fit(X[:, :3])), "know as many"),
        (fitted_imputer(imputer_=SimpleImputer().fit(X)), "must keep empty features"),
        (fitted_imputer(n_features_in_=3), "empty_features_ should be"),
    ],
)
def test_mean_imputer_refuses_impossible_states(state, words):
    with pytest.raises(ValueError, match=words):
        MeanImputer().__setstate__(state)


def test_mean_imputer_refuses_means_that_are_no_numbers():
    model = MeanImputer().fit(X)
    model.imputer_.statistics_[0] = np.nan
    with pytest.raises(ValueError, match="must be finite"):
        copy.deepcopy(model)


def test_a_refused_state_changes_nothing():
    model = MaxNormalizer().fit(X)
    before = dict(vars(model))
    with pytest.raises(ValueError, match="above zero"):
        model.__setstate__(fitted_normalizer(scale_=np.zeros(4)))
    assert vars(model) == before


@pytest.mark.parametrize("name", MEMBERS)
def test_copies_of_each_member_say_the_same(name):
    model, table = fitted(name)
    expected = told_by(model, table)
    for way in ("pickle 2", "pickle 5", "copy", "deepcopy", "skops", "joblib"):
        copied = WAYS[way](model)
        assert repr(copied) == repr(model)
        assert list(vars(copied)) == list(vars(model))
        for method, values in told_by(copied, table).items():
            np.testing.assert_array_equal(values, expected[method], err_msg=f"{method} after {way}")


@pytest.mark.parametrize("name", MEMBERS)
def test_copies_of_unfitted_members_have_their_parameters(name):
    model, _ = MEMBERS[name]
    for way in WAYS.values():
        assert repr(way(model).get_params()) == repr(model.get_params())
    assert repr(clone(fitted(name)[0]).get_params()) == repr(model.get_params())


@pytest.mark.parametrize("estimator", [VAETransformer, AutoencoderTransformer, VAEImputer])
def test_states_of_earlier_versions_get_the_parameters_that_came_later(estimator):
    state = vars(estimator())
    del state[next(iter(state))]
    later = estimator.__new__(estimator)
    later.__setstate__(state)
    assert repr(later.get_params()) == repr(estimator().get_params())


@pytest.mark.parametrize("estimator", [VAETransformer, AutoencoderTransformer, VAEImputer])
def test_no_attribute_takes_the_place_of_a_method(estimator):
    with pytest.raises(ValueError, match="transform must not be set"):
        estimator().__setstate__({"transform": 1})


def imputer_with(**changes):
    """Return the state of a fitted imputer, with changes."""
    return copy.deepcopy(vars(fitted("imputer")[0])) | changes


def without(name, **changes):
    """Return the same without an attribute."""
    return {key: value for key, value in imputer_with(**changes).items() if key != name}


def indicator_with(**changes):
    """Return an indicator of missing values, with changes."""
    indicator = MissingIndicator(error_on_new=False).fit(EMPTY)
    vars(indicator).update(changes)
    return indicator


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (lambda: without("estimator_"), "estimator_ missing"),
        (lambda: without("empty_features_"), "empty_features_ missing"),
        (lambda: without("indicator_"), "indicator_ missing"),
        (lambda: imputer_with(estimator_=None), "no fitted VAETransformer"),
        (lambda: imputer_with(estimator_=VAETransformer()), "no fitted VAETransformer"),
        (lambda: imputer_with(estimator_=fitted("vae")[0]), "does not take missing values alone"),
        (lambda: imputer_with(estimator_=fitted("given limits, covariates")[0]), "does not take missing values alone"),
        (lambda: imputer_with(estimator_=fitted("masked")[0]), "must know the features that are not empty"),
        (lambda: imputer_with(empty_features_=np.zeros(6)), "empty_features_ must be bools"),
        (lambda: imputer_with(empty_features_=np.zeros(5, bool)), "empty_features_ must be bools"),
        (lambda: imputer_with(empty_features_=[True]), "empty_features_ must be bools"),
        (lambda: imputer_with(n_features_in_=5), "empty_features_ must be bools"),
        (lambda: imputer_with(feature_names_in_=np.array(["a"], object)), "feature_names_in_ must name"),
        (lambda: imputer_with(indicator_=SimpleImputer().fit(EMPTY)), "no MissingIndicator"),
        (lambda: imputer_with(indicator_=MissingIndicator()), "indicator_ is not fitted"),
        (lambda: imputer_with(indicator_=indicator_with(features_=np.array([0, 9]))), "other features"),
        (lambda: imputer_with(indicator_=indicator_with(features_=np.ones(6))), "indicator_ is not fitted"),
        (lambda: imputer_with(indicator_=indicator_with(n_features_in_=4)), "other features"),
    ],
)
def test_vae_imputer_refuses_impossible_states(state, words):
    with pytest.raises(ValueError, match=words):
        VAEImputer().__setstate__(state())


def test_vae_imputer_looks_at_its_estimator():
    state = imputer_with()
    del state["estimator_"]._architecture["encoder"]
    with pytest.raises(ValueError, match="does not agree with itself"):
        VAEImputer().__setstate__(state)
