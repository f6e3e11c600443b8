"""The normalizer and the imputer: scikit-learn's checks, and what these leave out."""

import pickle
import warnings

import numpy as np
import pandas as pd
import pytest
from more_checks import MORE_CHECKS
from scipy import sparse
from sklearn import config_context
from sklearn.base import clone
from sklearn.decomposition import PCA
from sklearn.exceptions import NotFittedError
from sklearn.impute import SimpleImputer
from sklearn.pipeline import make_pipeline
from sklearn.utils.estimator_checks import parametrize_with_checks

from skvae._compat import InvalidParameterError
from skvae.preprocessing import MaxNormalizer, MeanImputer

NAN = np.nan
BOTH = pytest.mark.parametrize("estimator", [MaxNormalizer(), MeanImputer()], ids=["normalizer", "imputer"])
SPARSE = pytest.mark.parametrize("container", [sparse.csr_matrix, sparse.csc_matrix, sparse.csr_array])


@pytest.fixture
def proteins():
    """Table of four samples; P3 has no value."""
    return pd.DataFrame(
        {"P1": [1.0, 2.0, NAN, 4.0], "P2": [0.0, 5.0, 10.0, 5.0], "P3": [NAN] * 4, "P4": [0.0] * 4},
        index=list("abcd"),
    )


def random_table(seed, missing=0.2):
    """Make non-negative values of very different column scales, some missing."""
    rng = np.random.default_rng(seed)
    X = rng.gamma(2.0, size=(12, 5)) * 10.0 ** rng.integers(-8, 9, size=5)
    X[rng.random(X.shape) < missing] = NAN
    return X


@parametrize_with_checks(
    [
        MaxNormalizer(),
        MaxNormalizer(scope="global", clip=True),
        MeanImputer(),
        MeanImputer(add_indicator=True),
        MeanImputer(keep_empty_features=True),
    ]
)
def test_scikit_learn_checks(estimator, check):
    check(estimator)


@pytest.mark.filterwarnings("ignore:X .*feature names")  # the checks mix arrays and frames on purpose
@BOTH
@pytest.mark.parametrize("check", MORE_CHECKS)
def test_checks_that_check_estimator_leaves_out(estimator, check):
    check(type(estimator).__name__, clone(estimator))


@BOTH
def test_get_feature_names_out(estimator, proteins):
    with pytest.raises(NotFittedError):
        clone(estimator).get_feature_names_out()
    kept = proteins.drop(columns="P3")
    fitted = clone(estimator).fit(kept)
    assert list(fitted.get_feature_names_out()) == ["P1", "P2", "P4"]
    assert list(clone(estimator).fit(kept.to_numpy()).get_feature_names_out()) == ["x0", "x1", "x2"]
    with pytest.raises(ValueError, match="feature_names_in_"):
        fitted.get_feature_names_out(["P1", "P2", "other"])


@BOTH
def test_reordered_columns_are_refused(estimator, proteins):
    kept = proteins.drop(columns="P3")
    with pytest.raises(ValueError, match="same order"):
        clone(estimator).fit(kept).transform(kept[["P2", "P1", "P4"]])


@BOTH
@pytest.mark.parametrize("output", ["pandas", "polars"])
@pytest.mark.parametrize("setting", ["local", "global"])
def test_set_output(estimator, output, setting, proteins):
    pytest.importorskip(output)
    kept = proteins.drop(columns="P3")
    expected = clone(estimator).fit_transform(kept)
    if setting == "local":
        frame = clone(estimator).set_output(transform=output).fit_transform(kept)
    else:
        with config_context(transform_output=output):
            frame = clone(estimator).fit_transform(kept)
    assert list(frame.columns) == ["P1", "P2", "P4"]
    np.testing.assert_array_equal(frame.to_numpy(), expected)
    if output == "pandas":
        assert list(frame.index) == list("abcd")


@BOTH
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_float_dtype_is_kept(estimator, dtype):
    X = random_table(0).astype(dtype)
    fitted = clone(estimator).fit(X)
    Z = fitted.transform(X)
    assert Z.dtype == dtype
    assert fitted.inverse_transform(Z).dtype == dtype


@BOTH
@pytest.mark.parametrize("order", ["C", "F"])
def test_input_is_not_modified(estimator, order):
    X = np.array(random_table(1), order=order)
    before = X.copy()
    X.flags.writeable = False
    fitted = clone(estimator).fit(X)
    fitted.inverse_transform(fitted.transform(X))
    np.testing.assert_array_equal(X, before)


@BOTH
@SPARSE
def test_sparse_input_is_not_modified(estimator, container):
    X = container(np.array([[1.0, 0.0], [NAN, 4.0], [2.0, 0.0]]))
    before = X.copy()
    clone(estimator).fit(X).transform(X)
    np.testing.assert_array_equal(X.toarray(), before.toarray())


@BOTH
@pytest.mark.parametrize("kind", [float, bool])
def test_sparse_frames_are_taken_as_sparse_matrices(estimator, kind):
    dense = np.array([[1, 0], [0, 1], [1, 0]], dtype=kind)
    frame = pd.DataFrame(dense, columns=["a", "b"]).astype(pd.SparseDtype(kind, kind(0)))
    fitted = clone(estimator).fit(frame)
    Z = fitted.transform(frame)
    assert sparse.issparse(Z)
    np.testing.assert_array_equal(Z.toarray(), clone(estimator).fit_transform(dense))
    assert list(fitted.get_feature_names_out()) == ["a", "b"]


@BOTH
def test_pickle_and_clone(estimator):
    X = random_table(2)
    fitted = clone(estimator).fit(X)
    np.testing.assert_array_equal(pickle.loads(pickle.dumps(fitted)).transform(X), fitted.transform(X))
    with pytest.raises(NotFittedError):
        clone(fitted).transform(X)


@BOTH
def test_inverse_transform_refuses_other_widths(estimator):
    fitted = clone(estimator).fit(random_table(3))
    with pytest.raises(ValueError, match=r"expects 5 columns.* got 1"):
        fitted.inverse_transform(np.ones((4, 1)))


@pytest.mark.parametrize(
    "estimator",
    [
        MaxNormalizer(scope="row"),
        MaxNormalizer(clip="yes"),
        MeanImputer(add_indicator=2),
        MeanImputer(keep_empty_features=None),
    ],
)
def test_invalid_parameters(estimator):
    with pytest.raises(InvalidParameterError):
        estimator.fit(random_table(0))


class TestMaxNormalizer:
    def test_divides_by_the_maximum_of_each_feature(self, proteins):
        normalizer = MaxNormalizer().fit(proteins)
        np.testing.assert_array_equal(normalizer.max_, [4.0, 10.0, NAN, 0.0])
        np.testing.assert_array_equal(normalizer.scale_, [4.0, 10.0, 1.0, 1.0])
        expected = [[0.25, 0, NAN, 0], [0.5, 0.5, NAN, 0], [NAN, 1, NAN, 0], [1, 0.5, NAN, 0]]
        np.testing.assert_array_equal(normalizer.transform(proteins), expected)

    def test_features_without_maximum_are_divided_by_one(self, proteins):
        new = pd.DataFrame([[2.0, 5.0, 7.0, 3.0]], columns=proteins.columns)
        np.testing.assert_array_equal(MaxNormalizer().fit(proteins).transform(new), [[0.5, 0.5, 7.0, 3.0]])

    def test_global_scope_keeps_proportions(self, proteins):
        normalizer = MaxNormalizer(scope="global").fit(proteins)
        np.testing.assert_array_equal(normalizer.scale_, [10.0] * 4)
        np.testing.assert_array_equal(normalizer.transform(proteins), proteins / 10)

    @pytest.mark.parametrize("X", [np.zeros((2, 3)), np.full((2, 3), NAN)], ids=["zero", "nan"])
    def test_global_scope_without_maximum(self, X):
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            np.testing.assert_array_equal(MaxNormalizer(scope="global").fit_transform(X), X)

    @pytest.mark.parametrize("clip", [False, True])
    def test_clip_cuts_what_exceeds_the_training_maximum(self, clip):
        normalizer = MaxNormalizer(clip=clip).fit([[1.0], [2.0]])
        Z = normalizer.transform([[1.0], [3.0], [NAN]])
        np.testing.assert_array_equal(Z, [[0.5], [1.0 if clip else 1.5], [NAN]])

    @pytest.mark.parametrize("seed", range(20))
    @pytest.mark.parametrize("scope", ["feature", "global"])
    def test_range_and_round_trip(self, seed, scope):
        X = random_table(seed)
        normalizer = MaxNormalizer(scope=scope)
        Z = normalizer.fit_transform(X)
        assert np.nanmin(Z) >= 0
        assert np.nanmax(Z) == 1
        np.testing.assert_allclose(normalizer.inverse_transform(Z), X, rtol=1e-14)

    @pytest.mark.parametrize("smallest", [np.finfo(np.float32).smallest_subnormal, np.finfo(np.float32).tiny])
    def test_tiny_maximum_does_not_overflow(self, smallest):
        X = np.array([[0], [smallest]], dtype=np.float32)
        np.testing.assert_array_equal(MaxNormalizer().fit_transform(X), [[0], [1]])

    @pytest.mark.parametrize("container", [np.array, sparse.csr_array, sparse.csc_array])
    def test_quotients_that_overflow_are_named_with_a_remedy(self, container):
        X = container([[2.0, 1e-310], [1.0, 0.0]])
        normalizer = MaxNormalizer().fit(X)
        new = container([[3.0, 1.0]])
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            with pytest.raises(ValueError, match=r"overflows float64 in column\(s\) 1: .*clip=True"):
                normalizer.transform(new)
            clipped = normalizer.set_params(clip=True).transform(new)
        np.testing.assert_array_equal(clipped.toarray() if sparse.issparse(clipped) else clipped, [[1.0, 1.0]])

    @pytest.mark.parametrize("sign", [1, -1])
    def test_products_that_overflow_are_named_with_a_remedy(self, sign):
        normalizer = MaxNormalizer().fit(pd.DataFrame({"P1": [1.0, 2.0], "P2": [0.0, 1e300]}))
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            with pytest.raises(ValueError, match=r"overflows float64 in column\(s\) 'P2'"):
                normalizer.inverse_transform([[1.0, sign * 1e10]])
            with pytest.raises(ValueError, match=r"overflows float32 in column\(s\) 'P2': .*float64"):
                normalizer.inverse_transform(np.array([[1.0, sign]], dtype=np.float32))
        np.testing.assert_array_equal(normalizer.inverse_transform([[1.0, sign]]), [[2.0, sign * 1e300]])

    @SPARSE
    @pytest.mark.parametrize("scope", ["feature", "global"])
    def test_sparse_stays_sparse_and_equals_dense(self, container, scope):
        dense = np.array([[3.0, 0, 0, NAN], [0, 0, 7, NAN], [1, 0, NAN, NAN]])
        normalizer = MaxNormalizer(scope=scope)
        X, expected = container(dense), normalizer.fit_transform(dense)
        Z = normalizer.fit(X).transform(X)
        assert sparse.issparse(Z)
        assert Z.format == X.format
        assert Z.nnz == X.nnz
        np.testing.assert_array_equal(Z.toarray(), expected)
        np.testing.assert_allclose(normalizer.inverse_transform(Z).toarray(), dense, rtol=1e-15)

    @SPARSE
    def test_sparse_is_clipped(self, container):
        normalizer = MaxNormalizer(clip=True).fit(container([[1.0, 2.0]]))
        np.testing.assert_array_equal(normalizer.transform(container([[3.0, 1.0]])).toarray(), [[1.0, 0.5]])

    def test_sparse_without_random_access_is_converted(self):
        X = sparse.coo_array(np.eye(3))
        np.testing.assert_array_equal(MaxNormalizer().fit_transform(X).toarray(), np.eye(3))

    def test_negative_values_are_named_with_a_remedy(self, proteins):
        proteins.loc["b", "P2"] = -0.5
        with pytest.raises(ValueError, match=r"column\(s\) 'P2':.*2\*\*X"):
            MaxNormalizer().fit(proteins)

    def test_only_the_first_negative_columns_are_listed(self):
        with pytest.raises(ValueError, match=r"column\(s\) 0, 1, 2, 3, 4 and 3 more"):
            MaxNormalizer().fit(-np.ones((2, 8)))

    @SPARSE
    def test_negative_sparse_values(self, container):
        with pytest.raises(ValueError, match=r"column\(s\) 1:"):
            MaxNormalizer().fit(container([[1.0, -1.0]]))

    @pytest.mark.parametrize("clip", [False, True])
    def test_negative_values_are_refused_in_transform_too(self, clip, proteins):
        normalizer = MaxNormalizer(clip=clip).fit(proteins)
        proteins.loc["a", "P1"] = -1e-9
        with pytest.raises(ValueError, match="'P1'"):
            normalizer.transform(proteins)

    def test_inverse_takes_negative_reconstructions(self, proteins):
        normalizer = MaxNormalizer().fit(proteins)
        np.testing.assert_array_equal(normalizer.inverse_transform([[-0.5, 0.1, 2, 3]]), [[-2, 1, 2, 3]])


class TestMeanImputer:
    @pytest.mark.parametrize("seed", range(10))
    def test_equals_simple_imputer_where_no_feature_is_empty(self, seed):
        X, new = random_table(seed, 0.1), random_table(seed + 100)
        expected = SimpleImputer().fit(X).transform(new)
        np.testing.assert_array_equal(MeanImputer().fit(X).transform(new), expected)

    def test_order_of_memory_changes_no_bit(self):
        X = np.random.default_rng(0).standard_normal((100, 3))
        means = [MeanImputer().fit(table).imputer_.statistics_ for table in (X, np.asfortranarray(X))]
        np.testing.assert_array_equal(*means)

    def test_empty_features_are_dropped_with_a_warning_that_names_them(self, proteins):
        with pytest.warns(UserWarning, match=r"drops .*: 'P3'.*keep_empty_features=True") as record:
            imputer = MeanImputer().fit(proteins)
        assert [entry.filename for entry in record] == [__file__]
        np.testing.assert_array_equal(imputer.empty_features_, [False, False, True, False])
        assert list(imputer.get_feature_names_out()) == ["P1", "P2", "P4"]
        assert imputer.transform(proteins).shape == (4, 3)

    def test_transform_does_not_warn_again(self, proteins):
        with pytest.warns(UserWarning, match="P3"):
            imputer = MeanImputer().fit(proteins)
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            imputer.transform(proteins)

    def test_empty_features_can_be_kept_as_zero(self, proteins):
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            filled = MeanImputer(keep_empty_features=True).fit_transform(proteins)
        np.testing.assert_array_equal(filled[:, 2], 0)
        np.testing.assert_allclose(filled[2, 0], 7 / 3)

    def test_a_table_of_nan_alone_is_refused(self):
        X = np.full((3, 2), NAN)
        with pytest.raises(ValueError, match="every cell is NaN"):
            MeanImputer().fit(X)
        np.testing.assert_array_equal(MeanImputer(keep_empty_features=True).fit_transform(X), np.zeros((3, 2)))

    @pytest.mark.filterwarnings("ignore:MeanImputer drops")
    def test_indicators_stand_right_of_the_kept_features(self, proteins):
        imputer = MeanImputer(add_indicator=True).fit(proteins)
        names = ["P1", "P2", "P4", "missingindicator_P1", "missingindicator_P3"]
        assert list(imputer.get_feature_names_out()) == names
        filled = imputer.transform(proteins)
        np.testing.assert_array_equal(filled[:, 3], [0, 0, 1, 0])
        np.testing.assert_array_equal(filled[:, 4], 1)

    @pytest.mark.filterwarnings("ignore:MeanImputer drops")
    @pytest.mark.parametrize("add_indicator", [False, True])
    def test_inverse_restores_the_layout(self, add_indicator, proteins):
        imputer = MeanImputer(add_indicator=add_indicator).fit(proteins)
        restored = imputer.inverse_transform(imputer.transform(proteins))
        np.testing.assert_allclose(restored[:, 0], [1, 2, 7 / 3, 4])
        np.testing.assert_array_equal(restored[:, [1, 3]], proteins[["P2", "P4"]])
        assert np.isnan(restored[:, 2]).all()

    def test_a_pipeline_maps_codes_to_tables(self):
        X = random_table(4)
        pipeline = make_pipeline(MeanImputer(), PCA()).fit(X)
        restored = pipeline.inverse_transform(pipeline.transform(X))
        np.testing.assert_allclose(restored, MeanImputer().fit_transform(X), rtol=1e-6)

    @pytest.mark.parametrize("container", [np.array, sparse.csc_array])
    def test_means_of_float32_are_summed_in_float64(self, container):
        X = np.array([[1.1, 3e38]] * 200_000 + [[NAN, NAN]], dtype=np.float32)
        imputer = MeanImputer().fit(container(X))
        filled = imputer.transform(container(X[-1:]))
        assert filled.dtype == np.float32
        np.testing.assert_array_equal(filled.toarray() if sparse.issparse(filled) else filled, X[:1])

    @pytest.mark.parametrize("container", [np.array, sparse.csc_array])
    def test_sums_that_overflow_are_named_with_a_remedy(self, container):
        with pytest.raises(ValueError, match=r"column\(s\) 0, 2: .*[Dd]ivide X by a constant"):
            MeanImputer().fit(container([[1e308, 1.0, 0.0], [1e308, 1.0, -1e308], [NAN, NAN, NAN]]))

    def test_means_too_large_for_float32_are_named_with_a_remedy(self):
        imputer = MeanImputer(add_indicator=True).fit(pd.DataFrame({"P1": [1.0, NAN], "P2": [1e300, NAN]}))
        new = pd.DataFrame({"P1": [NAN], "P2": [NAN]})
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            with pytest.raises(ValueError, match=r"overflows float32 in column\(s\) 'P2': .*float64"):
                imputer.transform(new.astype(np.float32))
        np.testing.assert_array_equal(imputer.transform(new), [[1.0, 1e300, 1.0, 1.0]])

    @pytest.mark.filterwarnings("ignore:MeanImputer drops")
    @SPARSE
    @pytest.mark.parametrize("add_indicator", [False, True])
    def test_sparse_stays_sparse_and_equals_dense(self, container, add_indicator):
        dense = np.array([[3.0, 0, 0, NAN], [0, 0, 7, NAN], [NAN, 0, NAN, NAN]])
        imputer = MeanImputer(add_indicator=add_indicator)
        X, expected = container(dense), imputer.fit_transform(dense)
        filled = imputer.fit(X).transform(X)
        assert sparse.issparse(filled)
        np.testing.assert_allclose(filled.toarray(), expected)


def test_failing_fit_leaves_an_earlier_one_intact():
    normalizer = MaxNormalizer().fit([[1.0], [4.0]])
    with pytest.raises(ValueError, match=r"[Nn]egative"):
        normalizer.fit([[-1.0, 2.0]])
    np.testing.assert_array_equal(normalizer.transform([[2.0]]), [[0.5]])
    imputer = MeanImputer().fit([[1.0], [3.0]])
    with pytest.raises(ValueError, match="value"):
        imputer.fit([[np.nan, np.nan]])
    np.testing.assert_array_equal(imputer.transform([[np.nan]]), [[2.0]])
