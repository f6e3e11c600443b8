"""Models that are told of batches, so that their latent variables need not tell of them."""

import pickle

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.compose import make_column_transformer
from sklearn.model_selection import cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from small_models import small

import skvae

pytestmark = pytest.mark.usefixtures("without_xla")

AT_START = {"epochs": 1, "learning_rate": 1e-12}
SHIFT = np.array([3.0, -2.0, 0.0, 4.0, 1.0, 0.0])


@pytest.fixture(scope="module")
def whole():
    """200 rows x 6 features with two directions of signal, without any batch."""
    rng = np.random.default_rng(0)
    return rng.normal(size=(200, 2)) @ rng.normal(size=(2, 6)) + 0.3 * rng.normal(size=(200, 6))


@pytest.fixture(scope="module")
def frame(whole):
    """The same in two batches, of which one is shifted."""
    is_late = np.arange(200) % 2 == 1
    frame = pd.DataFrame(whole + is_late[:, None] * SHIFT, columns=list("abcdef"))
    frame.insert(2, "batch", np.where(is_late, "late", "early"))
    return frame


@pytest.fixture(scope="module")
def model(frame):
    return small(covariates=["batch"], epochs=40).fit(frame)


def gap(Z, frame):
    """Distance of the batches' means, in standard deviations of the codes within."""
    late = (frame["batch"] == "late").to_numpy()
    within = np.concatenate([Z[late] - Z[late].mean(axis=0), Z[~late] - Z[~late].mean(axis=0)]).std(axis=0)
    return np.abs((Z[late].mean(axis=0) - Z[~late].mean(axis=0)) / within)


def test_latent_variables_do_not_tell_of_the_batch(model, frame):
    assert gap(model.transform(frame), frame).max() < 0.3
    data = frame.drop(columns="batch")
    assert gap(small(epochs=40).fit(data).transform(data), frame).max() > 2


@pytest.mark.parametrize("n_late", [100, 30, 4])
@pytest.mark.parametrize("missing", ["error", "mask"])
def test_start_is_that_of_the_data_without_their_batches(whole, missing, n_late):
    """Each feature is regressed on the batches, and PCA is that of the residuals."""
    late = (np.arange(200) < n_late)[:, None]
    frame = pd.DataFrame(whole + late * SHIFT, columns=list("abcdef"))
    frame.insert(2, "batch", np.where(late[:, 0], "late", "early"))
    residuals = whole + late * SHIFT
    residuals = residuals - np.where(late, residuals[late.ravel()].mean(axis=0), residuals[~late.ravel()].mean(axis=0))
    plain = small(**AT_START).fit(residuals)
    with_batches = small(covariates=["batch"], missing=missing, **AT_START).fit(frame)
    for ours, expected in zip(with_batches.transform(frame).T, plain.transform(residuals).T, strict=True):
        assert abs(np.corrcoef(ours, expected)[0, 1]) > 0.9999
    assert with_batches.score(frame) == pytest.approx(plain.score(residuals), abs=0.02)


def test_start_with_repeated_rows_is_that_with_their_weights(frame):
    counts = np.where(frame["batch"] == "late", 5, 1)
    repeated = frame.iloc[np.repeat(np.arange(200), counts)]
    weighted, again, scaled = (
        small(covariates=["batch"], encoder=(), **AT_START).fit(X, sample_weight=sample_weight)
        for X, sample_weight in [(frame, counts), (repeated, None), (frame, 3 * counts)]
    )
    np.testing.assert_allclose(weighted.covariate_shares_, again.covariate_shares_)
    np.testing.assert_allclose(weighted.reconstruct(frame), again.reconstruct(frame), atol=2e-3)
    np.testing.assert_allclose(weighted.reconstruct(frame), scaled.reconstruct(frame), atol=1e-5)


def test_levels_of_rows_that_do_not_count_are_not_learned(frame):
    model = small(covariates=["batch"], **AT_START)
    model.fit(frame, sample_weight=(frame["batch"] == "late").astype(float))
    assert model.covariate_encoder_.categories_[0].tolist() == ["late"]


@pytest.mark.parametrize("likelihood", ["bernoulli", "continuous_bernoulli", "poisson"])
def test_effects_of_two_covariates_that_add_up_beyond_the_support_are_no_error(likelihood):
    rng = np.random.default_rng(0)
    cells = np.array([["A", "x"], ["B", "x"], ["C", "x"], ["A", "y"], ["A", "z"]]).repeat(40, axis=0)
    chance = np.where((cells == ["A", "x"]).all(axis=1), 0.02, 0.98)
    frame = pd.DataFrame((rng.random((200, 4)) < chance[:, None]).astype(float), columns=list("abcd"))
    frame[["first", "second"]] = cells
    model = small(covariates=["first", "second"], likelihood=likelihood, n_components=1, epochs=5).fit(frame)
    means = model.inverse_transform(np.zeros((2, 1)), covariates=[["A", "x"], ["B", "x"]]).mean(axis=1)
    assert means[0] < 0.5 < 0.7 < means[1]


def test_rows_are_decoded_into_the_other_batch(model, frame, whole):
    early = frame[frame["batch"] == "early"]
    as_late = model.reconstruct(early, covariates="late")
    np.testing.assert_allclose((as_late - model.reconstruct(early)).mean(axis=0), SHIFT, atol=0.3)
    assert np.mean((as_late - whole[::2] - SHIFT) ** 2) < 0.3
    assert as_late.shape == (100, 6)
    np.testing.assert_array_equal(model.reconstruct(early, covariates="early"), model.reconstruct(early))


def test_reconstruct_is_decoding_the_codes_for_the_rows_own_levels(model, frame):
    expected = model.inverse_transform(model.transform(frame), covariates=frame["batch"])
    np.testing.assert_array_equal(model.reconstruct(frame), expected)


def test_levels_are_given_once_for_each_row_or_not_at_all(model, frame):
    Z = model.transform(frame)[:4]
    late = model.inverse_transform(Z, covariates="late")
    for given in (["late"], [["late"]], ["late"] * 4, [["late"]] * 4, pd.Series(["late"] * 4)):
        np.testing.assert_array_equal(model.inverse_transform(Z, covariates=given), late)
    mixed = model.inverse_transform(Z, covariates=["late", "early", "late", "early"])
    np.testing.assert_array_equal(mixed[::2], late[::2])
    assert not np.allclose(mixed[1], late[1])
    np.testing.assert_allclose(model.covariate_shares_, [0.5, 0.5])
    linear = small(covariates=["batch"], encoder=(), **AT_START).fit(frame)
    halves = [linear.inverse_transform(Z, covariates=level) for level in ("early", "late")]
    np.testing.assert_allclose(linear.inverse_transform(Z), np.mean(halves, axis=0), atol=1e-4)
    with pytest.raises(ValueError, match="each of the 4 rows, or once for all"):
        model.inverse_transform(Z, covariates=["late"] * 3)


def test_samples_are_drawn_for_levels(model):
    late, early = (model.sample(2000, random_state=0, covariates=level).mean(axis=0) for level in ("late", "early"))
    np.testing.assert_allclose(late - early, SHIFT, atol=0.3)
    between = model.sample(2000, random_state=0).mean(axis=0)
    np.testing.assert_allclose(between, (late + early) / 2, atol=0.5)


def test_unseen_levels_are_told(model, frame):
    other = frame.replace({"batch": {"late": "tomorrow"}})
    calls = [
        lambda: model.transform(other),
        lambda: model.score(other),
        lambda: model.reconstruct(other),
        lambda: model.inverse_transform(np.zeros((2, 2)), covariates="tomorrow"),
        lambda: model.sample(covariates="tomorrow"),
        lambda: clone(model).fit(frame).set_params(warm_start=True).fit(other),
    ]
    for call in calls:
        with pytest.raises(ValueError, match=r"levels that fit has not seen\. Known are: early, late"):
            call()


def test_models_without_covariates_take_none(whole):
    with pytest.raises(ValueError, match="no covariates"):
        small(epochs=1).fit(whole).inverse_transform(np.zeros((2, 2)), covariates="late")


def test_arrays_and_numbers_of_columns_give_the_same(model, frame):
    array = frame.assign(batch=(frame["batch"] == "late").astype(float)).to_numpy()
    for again, X in (
        (clone(model).set_params(covariates=[2]), frame),
        (clone(model).set_params(covariates=[2]), array),
        (clone(model).set_params(covariates=np.array([-5])), array),
        (clone(model).set_params(covariates=[2]), frame.to_numpy(object)),
    ):
        np.testing.assert_array_equal(again.fit(X).transform(X), model.transform(frame))
        assert again.n_features_in_ == 7


def test_several_covariates(frame):
    two = frame.assign(run=np.arange(200) % 3)
    model = small(covariates=["run", "batch"], epochs=5).fit(two)
    assert model.covariate_columns_.tolist() == [7, 2]
    assert model.transform(two).shape == (200, 2)
    Z = np.zeros((3, 2))
    once = model.inverse_transform(Z, covariates=[1, "late"])
    np.testing.assert_array_equal(once, model.inverse_transform(Z, covariates=[[1, "late"]] * 3))
    assert model.score(two) == pytest.approx(model.score_samples(two).mean())
    data = two.drop(columns=["batch", "run"])
    assert model.score(two) > small(epochs=5).fit(data).score(data) + 1


def test_levels_go_by_their_names(frame):
    two = frame.assign(run=np.where(np.arange(200) < 90, "early", "late"))  # a level does not tell whose it is
    model = small(covariates=["batch", "run"], epochs=5).fit(two)
    Z, levels = model.transform(two), two[["batch", "run"]].assign(run="late")
    expected = model.inverse_transform(Z, covariates=levels.to_numpy())
    for given in (levels, levels[["run", "batch"]], {"run": "late", "batch": two["batch"]}):
        np.testing.assert_array_equal(model.inverse_transform(Z, covariates=given), expected)
        np.testing.assert_array_equal(model.reconstruct(two, covariates=given), expected)
    np.testing.assert_array_equal(model.reconstruct(two, covariates={"run": "late"}), expected)
    one = model.sample(3, random_state=0, covariates={"run": "late", "batch": "early"})
    np.testing.assert_array_equal(one, model.sample(3, random_state=0, covariates=["early", "late"]))
    with pytest.raises(ValueError, match="lack 'run'"):
        model.inverse_transform(Z, covariates={"batch": "late"})
    with pytest.raises(ValueError, match="lack 'run' and also name 'plate'"):
        model.reconstruct(two, covariates=levels.rename(columns={"run": "plate"}))


def test_levels_by_name_need_names(frame):
    array = frame.assign(batch=(frame["batch"] == "late").astype(float)).to_numpy()
    model = small(covariates=[2], epochs=1).fit(array)
    with pytest.raises(ValueError, match="not in a dict, as fit saw no names of columns"):
        model.reconstruct(array, covariates={"batch": 1.0})


def test_a_level_for_nearly_each_row_is_told_at_the_call(frame):
    with pytest.warns(UserWarning, match="The covariate 'a' has 200 levels in 200 rows") as caught:
        small(covariates=["a", "batch"], epochs=1).fit(frame)
    assert [warning.filename for warning in caught if "levels in" in str(warning.message)] == [__file__]


def test_dates_are_no_levels(frame):
    dated = frame.assign(batch=pd.to_datetime("2026-01-01") + pd.to_timedelta(np.arange(200) % 2, "D"))
    with pytest.raises(TypeError, match=r"\.astype\(str\)\. Column 'batch' holds Timestamp"):
        small(covariates=["batch"]).fit(dated)


def test_codes_are_named_and_set_output_works(model, frame):
    named = clone(model).set_output(transform="pandas").fit(frame)
    Z = named.transform(frame)
    assert list(Z) == ["vaetransformer0", "vaetransformer1"]
    np.testing.assert_array_equal(Z, model.transform(frame))
    assert named.feature_names_in_.tolist() == ["a", "b", "batch", "c", "d", "e", "f"]
    with pytest.raises(ValueError, match="feature names"):
        model.transform(frame.rename(columns={"a": "z"}))
    with pytest.raises(ValueError, match="feature"):
        model.transform(frame.drop(columns="f"))


def test_columns_in_messages_are_those_of_the_data(frame):
    with pytest.raises(ValueError, match=r"'poisson' needs .*6 of 6 columns .*: a, b, c, d, e, \.\.\."):
        small(covariates=["batch"], likelihood="poisson").fit(frame)
    with pytest.raises(ValueError, match="NaN"):
        small(covariates=["batch"]).fit(frame.replace({"a": {frame["a"][3]: np.nan}}))


def test_copies_and_files(model, frame, tmp_path):
    skvae.save(model, tmp_path / "model.skvae")
    for again in (clone(model).fit(frame), pickle.loads(pickle.dumps(model)), skvae.load(tmp_path / "model.skvae")):
        np.testing.assert_array_equal(again.transform(frame), model.transform(frame))
        np.testing.assert_array_equal(
            again.reconstruct(frame, covariates="late"), model.reconstruct(frame, covariates="late")
        )
        np.testing.assert_array_equal(again.score_samples(frame), model.score_samples(frame))


def test_steps_before_hand_the_covariates_on(model, frame):
    scaler = make_column_transformer(
        (StandardScaler(), list("abcdef")), ("passthrough", ["batch"]), verbose_feature_names_out=False
    ).set_output(transform="pandas")
    pipeline = make_pipeline(scaler, clone(model)).fit(frame)
    assert gap(pipeline.transform(frame), frame).max() < 0.3
    assert np.isfinite(cross_val_score(pipeline, frame, cv=2)).all()


def test_warm_start_goes_on(frame):
    model = small(covariates=["batch"], warm_start=True).fit(frame)
    first = model.score(frame)
    assert model.fit(frame).n_iter_ == 40
    assert model.score(frame) > first
    early = frame[frame["batch"] == "early"]
    before = model.covariate_shares_
    np.testing.assert_array_equal(model.fit(early).covariate_shares_, before)


@pytest.mark.parametrize(("before", "after"), [(None, [4]), ([4], None), ([4], [5]), ([4, 5], [5, 4])])
@pytest.mark.parametrize("method", ["fit", "partial_fit"])
def test_training_does_not_go_on_with_other_covariates(whole, before, after, method):
    X = np.column_stack([whole[:, :4], np.arange(200) % 2, np.arange(200) // 2 % 2])
    model = small(covariates=before, warm_start=True, epochs=1).fit(X)
    codes = model.transform(X)
    with pytest.raises(ValueError, match=r"but covariates changed \(from columns .*warm_start=False"):
        getattr(model.set_params(covariates=after), method)(X)
    np.testing.assert_array_equal(model.transform(X), codes)


def test_streams_know_the_levels_of_their_first_batch(frame):
    still = small(covariates=["batch"], learning_rate=1e-12)
    stream, whole = clone(still), clone(still).partial_fit(frame)
    for i in range(0, 200, 50):
        stream = pickle.loads(pickle.dumps(stream.partial_fit(frame[i : i + 50])))
    np.testing.assert_allclose(stream.transform(frame), whole.transform(frame), atol=1e-6)
    whole.set_params(learning_rate=1e-3)
    before = whole.score(frame)
    for _ in range(20):
        whole.partial_fit(frame)
    assert whole.score(frame) > before
    with pytest.raises(ValueError, match=r"not seen.*The first batch of a stream sets the levels"):
        stream.partial_fit(frame.assign(batch="tomorrow"))


def test_fit_without_covariates_forgets_them(model, frame):
    again = clone(model).fit(frame).set_params(covariates=None)
    data = frame.drop(columns="batch")
    again.fit(data)
    np.testing.assert_array_equal(again.transform(data), small(epochs=40).fit(data).transform(data))
    np.testing.assert_array_equal(pickle.loads(pickle.dumps(again)).transform(data), again.transform(data))


def test_a_failed_fit_leaves_the_model_as_it_was(model, frame):
    again = pickle.loads(pickle.dumps(model))
    with pytest.raises(ValueError, match="none twice"):
        again.set_params(covariates=["batch", "batch"]).fit(frame)
    with pytest.raises(ValueError, match="NaN"):
        again.set_params(covariates=["batch"]).fit(frame.assign(a=np.nan))
    np.testing.assert_array_equal(again.transform(frame), model.transform(frame))


def test_levels_of_several_kinds_are_refused(frame):
    mixed = frame.assign(batch=[1, "late"] * 100)
    with pytest.raises(TypeError, match="levels of one kind, text or numbers: turn them into text"):
        small(covariates=["batch"]).fit(mixed)
