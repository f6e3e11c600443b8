"""Every class of the table comes back as it was: unfitted, and fitted in each of its shapes."""

import numpy as np
import pandas as pd
import pytest
import sklearn
from sklearn.base import clone
from sklearn.compose import ColumnTransformer
from sklearn.decomposition import PCA
from sklearn.feature_selection import VarianceThreshold
from sklearn.impute import MissingIndicator, SimpleImputer
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import (
    FunctionTransformer,
    MaxAbsScaler,
    MinMaxScaler,
    Normalizer,
    OneHotEncoder,
    PowerTransformer,
    QuantileTransformer,
    RobustScaler,
    StandardScaler,
)

import skvae
from skvae import noise
from skvae.likelihoods import LIKELIHOODS, CensoredGaussian, Gaussian
from skvae.networks import Activation, Conv, Dense, Recurrent
from skvae.persistence._classes import CLASSES, name_of
from skvae.preprocessing import MaxNormalizer, MeanImputer

X = np.random.default_rng(0).gamma(2, size=(30, 4))
HOLES = np.where(np.random.default_rng(1).random(X.shape) < 0.1, np.nan, X)
EMPTY = np.column_stack([HOLES, np.full(30, np.nan)])
FRAME = pd.DataFrame(X, columns=list("abcd"))
TEXT = np.array([["a", "b"], ["a", "c"], ["d", "c"]], dtype=object)
MIXED = pd.DataFrame({"batch": ["a", "b", "a"], "plate": [1, 2, 1]})

COLUMNS = ColumnTransformer(
    [
        ("scaled", StandardScaler(), ["a", "b"]),
        ("logs", FunctionTransformer(np.log1p, feature_names_out="one-to-one"), slice("c", "c")),
        ("mask", MaxNormalizer(), np.array([True, False, False, True])),
        ("kept", "passthrough", [0]),
        ("gone", "drop", ["b"]),
        ("one", PCA(1), [0, -1]),
        ("none", RobustScaler(), []),
    ],
    remainder="passthrough",
    transformer_weights={"scaled": 2.0},
)

CASES = [
    (StandardScaler(), HOLES),
    (StandardScaler(with_mean=False, with_std=False), X),
    (StandardScaler(), X.astype(np.float32)),
    (StandardScaler(), FRAME),
    (StandardScaler(), EMPTY),
    (StandardScaler().set_output(transform="pandas"), FRAME),
    (StandardScaler().set_output(transform="polars"), FRAME),
    (MinMaxScaler((-1, 2.5), clip=True), HOLES),
    (MinMaxScaler(), EMPTY),
    (MaxAbsScaler(), HOLES),
    (RobustScaler(), HOLES),
    (RobustScaler(with_centering=False, with_scaling=False), X),
    (Normalizer("l1"), X),
    (PowerTransformer(), X),
    (PowerTransformer("box-cox", standardize=False), X),
    (QuantileTransformer(n_quantiles=10, output_distribution="normal", random_state=0), X),
    (FunctionTransformer(), X),
    (FunctionTransformer(np.log1p, inverse_func=np.expm1), X),
    (FunctionTransformer(np.log2, kw_args={"dtype": np.float32}), X),
    (SimpleImputer(), EMPTY),
    (SimpleImputer(add_indicator=True, keep_empty_features=True), EMPTY),
    (SimpleImputer(strategy="median"), FRAME),
    (SimpleImputer(missing_values=-1, strategy="constant", fill_value=0), X),
    (SimpleImputer(strategy="most_frequent"), TEXT),
    (SimpleImputer(missing_values=0, strategy="most_frequent"), X.astype(int)),
    (MissingIndicator(), HOLES),
    (MissingIndicator(features="all", sparse=False), HOLES),
    (VarianceThreshold(0.01), X),
    (PCA(2), X),
    (PCA(0.9, svd_solver="full"), FRAME),
    (PCA("mle"), X),
    (PCA(2, whiten=True, svd_solver="covariance_eigh"), X.astype(np.float32)),
    (PCA(1), X[:1]),
    (OneHotEncoder(), MIXED),
    (OneHotEncoder(sparse_output=False, dtype=np.float32, drop="first"), TEXT),
    (OneHotEncoder(), np.array([["aa"], ["b"]])),
    (OneHotEncoder(categories=[["a", "b"], [1, 2, 3]], handle_unknown="ignore"), MIXED),
    (OneHotEncoder(min_frequency=2, handle_unknown="infrequent_if_exist", drop="if_binary"), MIXED),
    (OneHotEncoder(), np.array([[1], [2]])),
    (MaxNormalizer(), HOLES),
    (MaxNormalizer(scope="global", clip=True), EMPTY),
    (MaxNormalizer(), FRAME.astype(np.float32)),
    (MeanImputer(), FRAME),
    (MeanImputer(add_indicator=True), EMPTY),
    (MeanImputer(keep_empty_features=True).set_output(transform="pandas"), EMPTY),
    (COLUMNS, FRAME),
    (clone(COLUMNS).set_output(transform="pandas"), FRAME),
    (ColumnTransformer([("a", StandardScaler(), [0, 1]), ("s", "passthrough", slice(2, 3))], remainder=PCA(1)), X),
    (ColumnTransformer([("codes", OneHotEncoder(), ["batch"])], remainder="drop"), MIXED),
    (make_pipeline(StandardScaler(), MinMaxScaler()), X),
    (make_pipeline(MeanImputer(), MaxNormalizer(), make_pipeline(StandardScaler(), PCA(2))), HOLES),
    (make_pipeline(clone(COLUMNS), "passthrough", PCA(2)).set_output(transform="pandas"), FRAME),
    (Pipeline([("nothing", None), ("é\ud800'\"", MaxAbsScaler())], verbose=False), X),
]
UNFITTED = [
    Dense(),
    Dense((3, 0.5), activation="tanh"),
    skvae.VAETransformer(),
    skvae.VAETransformer(3, encoder=Dense((5,)), decoder=(4, 1.0), learning_rate=1e-3, random_state=np.int64(3)),
    make_pipeline(StandardScaler(), skvae.VAETransformer(2, likelihood="bernoulli")),
    Dense((3,), "elu", dropout=0.25, normalization="layer"),
    *(likelihood() for likelihood in LIKELIHOODS.values()),
    Gaussian("per_feature"),
    CensoredGaussian("per_feature", limit=[1.0, 2.0]),
    Conv((2,), image_shape=(3, 4, 2)),
    Recurrent((3, 2), (4, 2), "gru"),
    Activation("tanh"),
    skvae.AutoencoderTransformer(noise=noise.Gaussian(0.3), loss="binary_crossentropy"),
    skvae.AutoencoderTransformer(encoder=Conv(), noise=noise.Dropout(0.3), pretraining="layerwise"),
    noise.Gaussian(),
    noise.Dropout(0.1),
    skvae.VAEImputer(skvae.VAETransformer(3, missing="censored", detection_limit=2.0), add_indicator=True),
    skvae.VAETransformer(likelihood=Gaussian("per_feature"), missing="mask", covariates=["batch", 3]),
    PCA(2, random_state=np.uint32(3)),
    make_pipeline(None),
]


def resaved(estimator, path):
    skvae.save(estimator, path)
    content = path.read_bytes()
    loaded = skvae.load(path)
    skvae.save(loaded, path)
    assert path.read_bytes() == content
    return loaded


def described(estimator):
    """Everything that is compared by words: parameters, attributes, and those of the parts."""
    return repr(estimator), repr(estimator.get_params()), sorted(vars(estimator))


def assert_same_table(a, b):
    assert type(a) is type(b)
    if hasattr(a, "toarray"):
        a, b = a.toarray(), b.toarray()
    if hasattr(a, "columns"):
        assert list(a.columns) == list(b.columns)
    a, b = np.asarray(a), np.asarray(b)
    assert a.dtype == b.dtype
    assert a.shape == b.shape
    assert a.tolist() == b.tolist() if a.dtype == object else a.tobytes() == b.tobytes()


@pytest.mark.parametrize("estimator", [case[0] for case in CASES] + UNFITTED, ids=lambda e: type(e).__name__)
def test_unfitted_estimators(estimator, path):
    estimator = clone(estimator)
    assert described(resaved(estimator, path)) == described(estimator)


@pytest.mark.filterwarnings("ignore:.*:UserWarning", "ignore:.*:RuntimeWarning")
@pytest.mark.parametrize(("estimator", "table"), CASES, ids=lambda part: type(part).__name__)
def test_fitted_estimators(estimator, table, path):
    estimator = clone(estimator).fit(table)
    loaded = resaved(estimator, path)
    assert described(loaded) == described(estimator)
    transformed = estimator.transform(table)
    assert_same_table(loaded.transform(table), transformed)
    if hasattr(estimator, "inverse_transform") and not isinstance(estimator, Pipeline | OneHotEncoder | SimpleImputer):
        assert_same_table(loaded.inverse_transform(transformed), estimator.inverse_transform(transformed))
    try:
        names = estimator.get_feature_names_out()
    except (AttributeError, ValueError):
        names = None
    if names is not None:
        np.testing.assert_array_equal(loaded.get_feature_names_out(), names)
    assert_same_table(loaded.fit(table).transform(table), transformed)
    assert_same_table(clone(loaded).fit_transform(table), clone(estimator).fit_transform(table))


def test_all_classes_are_tested():
    def names(estimator):
        return {name_of(type(part)) for part in (estimator, *estimator.get_params().values())}

    tested = set().union(*(names(estimator) for estimator in [case[0] for case in CASES] + UNFITTED))
    assert set(CLASSES) <= tested


def test_all_public_estimators_can_be_saved():
    from sklearn.base import BaseEstimator

    public = [getattr(skvae, name) for name in skvae.__all__]
    for room in (skvae.preprocessing, skvae.networks, skvae.likelihoods, skvae.noise):
        public += [getattr(room, name) for name in room.__all__]
    estimators = [cls for cls in public if isinstance(cls, type) and issubclass(cls, BaseEstimator)]
    assert {cls.__name__ for cls in estimators if name_of(cls) is None} == {"Network", "Likelihood", "Noise"}


def test_numbers_that_copies_round_otherwise(path):
    """The randomized solver leaves a view with gaps, of which copies have none; BLAS rounds them otherwise."""
    pca = PCA(2, svd_solver="randomized", random_state=0).fit(X)
    skvae.save(pca, path)
    np.testing.assert_allclose(skvae.load(path).transform(X), pca.transform(X), rtol=1e-12, atol=1e-12)


def test_metadata_requests(path):
    with sklearn.config_context(enable_metadata_routing=True):
        scaler = StandardScaler().set_fit_request(sample_weight=True).set_partial_fit_request(sample_weight="w")
        loaded = resaved(scaler, path)
        assert repr(loaded.get_metadata_routing()) == repr(scaler.get_metadata_routing())
        assert loaded.get_metadata_routing().fit.owner is loaded


def test_parameters_changed_after_the_fit(path):
    scaler = MinMaxScaler().fit(X).set_params(feature_range=(0, 5), clip=True)
    skvae.save(scaler, path)
    assert skvae.load(path).get_params() == scaler.get_params()


def test_an_estimator_in_two_places_is_two_estimators(path):
    scaler = StandardScaler()
    skvae.save(Pipeline([("a", scaler), ("b", scaler)]), path)
    loaded = skvae.load(path)
    assert loaded[0] is not loaded[1]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda scaler: delattr(scaler, "mean_"), r"fitted by halves, it lacks \['mean_'\]"),
        (lambda scaler: setattr(scaler, "mean_", np.ones(3)), "mean_ should be an array"),
        (lambda scaler: setattr(scaler, "scale_", np.zeros(4)), "scale_ should be .* positive"),
        (lambda scaler: setattr(scaler, "note_", "mine"), "note_.*does not know"),
    ],
)
def test_what_could_not_be_loaded_is_not_saved(path, change, words):
    scaler = StandardScaler().fit(X)
    skvae.save(scaler, path)
    before = path.read_bytes()
    change(scaler)
    with pytest.raises(ValueError, match=words):
        skvae.save(scaler, path)
    assert path.read_bytes() == before
