"""Fitted estimators through pickle, joblib, copy and skops; each looks at what it is given."""

import copy
import pickle

import joblib
import numpy as np
import pytest
import skops.io
from sklearn.impute import SimpleImputer

from skvae.preprocessing import MaxNormalizer, MeanImputer

X = np.random.default_rng(0).gamma(2, size=(20, 4))
HOLES = np.where(np.random.default_rng(1).random(X.shape) < 0.2, np.nan, X)
EMPTY = np.column_stack([np.full(20, np.nan), HOLES[:, 1:]])
MODELS = [
    MaxNormalizer().fit(HOLES),
    MaxNormalizer(scope="global", clip=True).fit(X.astype(np.float32)),
    MeanImputer().fit(HOLES),
    MeanImputer(add_indicator=True, keep_empty_features=True).fit(EMPTY),
]


def through_skops(model):
    content = skops.io.dumps(model)
    trusted = skops.io.get_untrusted_types(data=content)
    assert all(name.startswith("skvae.") for name in trusted)
    return skops.io.loads(content, trusted=trusted)


WAYS = {
    **{
        f"pickle {p}": lambda model, p=p: pickle.loads(pickle.dumps(model, p))
        for p in range(pickle.HIGHEST_PROTOCOL + 1)
    },
    "copy": copy.copy,
    "deepcopy": copy.deepcopy,
    "skops": through_skops,
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
