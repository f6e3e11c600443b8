"""What a fit warns of, and that it keeps quiet about healthy data."""

import warnings

import numpy as np
import pandas as pd
import pytest
from sklearn import datasets
from sklearn.exceptions import ConvergenceWarning
from sklearn.feature_selection import VarianceThreshold
from sklearn.preprocessing import StandardScaler

from skvae import AutoencoderTransformer, VAETransformer
from skvae.estimators._diagnostics import warn_of_columns
from skvae.likelihoods import Gaussian


def small(**changes):
    return VAETransformer(**({"encoder": (8,), "epochs": 20, "random_state": 0} | changes))


def wide():
    rng = np.random.default_rng(0)
    return rng.normal(size=(54, 4)) @ rng.normal(size=(4, 600)) + rng.normal(size=(54, 600))


HEALTHY = {
    "iris": lambda: datasets.load_iris().data,
    "wine": lambda: datasets.load_wine().data,
    "breast cancer": lambda: datasets.load_breast_cancer().data,
    "diabetes": lambda: datasets.load_diabetes().data,
    "linnerud": lambda: datasets.load_linnerud().data,
    "digits": lambda: VarianceThreshold().fit_transform(datasets.load_digits().data),
    "low rank": lambda: datasets.make_low_rank_matrix(300, 100, effective_rank=5, random_state=0),
    "blobs": lambda: datasets.make_blobs(400, 10, centers=4, random_state=0)[0],
    "more columns than rows": wide,
}


@pytest.mark.parametrize("name", HEALTHY)
@pytest.mark.parametrize("early_stopping", [False, True])
def test_healthy_data_give_no_warning(name, early_stopping):
    X = StandardScaler().fit_transform(HEALTHY[name]())
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        VAETransformer(early_stopping=early_stopping, epochs=500 if early_stopping else 200, random_state=0).fit(X)


def test_healthy_images_give_no_warning_under_bernoulli():
    """Pixels that are always black are as images are."""
    X = datasets.load_digits().data / 16
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        VAETransformer(likelihood="bernoulli", epochs=20, random_state=0).fit(X)


def test_constant_columns_are_named():
    frame = pd.DataFrame(datasets.load_iris().data, columns=list("abcd")).assign(e=3.0, f=0.0)
    with pytest.warns(UserWarning, match=r"2 of 6 columns are constant: 'e', 'f'\. .*VarianceThreshold"):
        small().fit(frame)


def test_constant_columns_leave_a_finite_model():
    X = np.c_[datasets.load_iris().data, np.full((150, 3), 1e-3)]
    with pytest.warns(UserWarning, match=r"3 of 7 columns are constant: 4, 5, 6\."):
        model = small().fit(X)
    assert np.isfinite(model.score(X))
    np.testing.assert_allclose(model.reconstruct(X)[:, 4:], 1e-3, atol=0.1)


def test_constant_columns_make_the_others_no_wilder():
    """Their zero spread does not count as usual, however many there are."""
    X = np.c_[datasets.load_iris().data, np.zeros((150, 9))]
    with pytest.warns(UserWarning, match="constant") as caught:
        small().fit(X)
    assert [str(warning.message).split(":")[0] for warning in caught] == ["9 of 13 columns are constant"]


@pytest.mark.parametrize("likelihood", ["gaussian", Gaussian("per_feature")])
def test_columns_without_values_are_named_and_scored_as_average_ones(likelihood):
    rng = np.random.default_rng(0)
    X = 20 + rng.normal(size=(80, 2)) @ rng.normal(size=(2, 8)) + 0.5 * rng.normal(size=(80, 8))
    options = {"missing": "mask", "likelihood": likelihood, "epochs": 100}
    holes = X.copy()
    holes[:, 4] = np.nan
    with pytest.warns(UserWarning, match="1 of 8 columns hold no value: 4"):
        model = small(**options).fit(holes)
    np.testing.assert_allclose(model.reconstruct(holes)[:, 4], 20, atol=3)
    without = small(**options).fit(np.delete(X, 4, axis=1)).score(np.delete(X, 4, axis=1))
    assert without - 10 < model.score(X) < without


@pytest.mark.parametrize("limit", [2.0**19, 0.0])
def test_limits_in_another_unit_are_told(limit):
    X = 20 + np.random.default_rng(0).normal(size=(60, 5))
    X[X < 19] = np.nan
    with pytest.warns(UserWarning, match="detection_limit seems to be in another unit"):
        small(missing="censored", detection_limit=limit, n_components=1).fit(X)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        small(missing="censored", detection_limit=19.0, n_components=1).fit(X)


def test_values_outside_the_support_are_told_when_they_are_encoded():
    X = datasets.load_digits().data[:200] / 16
    model = small(likelihood="bernoulli").fit(X)
    with pytest.warns(UserWarning, match=r"codes of such values mean little: likelihood='bernoulli' needs values in"):
        model.transform(16 * X)


def test_wild_scales_are_named():
    X = np.c_[datasets.load_iris().data, 1e4 * np.arange(150)]
    with pytest.warns(UserWarning, match=r"standard deviation of 4 is more than 100 times .*StandardScaler"):
        small().fit(X)


@pytest.mark.parametrize("scale", [1e160, 1e300])
def test_values_too_large_to_be_squared_are_refused_without_other_warnings(iris, scale):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(ValueError, match="their variance overflows"):
            small().fit(iris * scale)


def test_losses_too_large_to_be_added_up_are_refused_without_other_warnings(iris):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(ValueError, match="diverged: the loss is"):
            small(beta=1e300).fit(iris)


def test_collapse_is_told(iris):
    with pytest.warns(UserWarning, match=r"Posterior collapse: 2 of 2 latent variables.*beta=100"):
        model = small(beta=100.0).fit(iris)
    assert not model.active_components_.any()
    np.testing.assert_allclose(model.kl_per_component_, 0, atol=0.01)


def test_kl_per_component_is_that_of_the_posterior(iris):
    model = small().fit(iris)
    mean, std = model.posterior(iris)
    expected = 0.5 * (mean**2 + std**2 - 1 - 2 * np.log(std))
    np.testing.assert_allclose(model.kl_per_component_, expected.mean(axis=0), rtol=1e-5)
    assert model.active_components_.tolist() == [True, True]
    # The other usual criterion (Burda et al. 2016).
    assert model.active_components_.tolist() == (model.transform(iris).var(axis=0) > 0.01).tolist()


def test_kl_per_component_weighs_the_rows(iris):
    weights = np.random.default_rng(0).random(150)
    model = small().fit(iris, sample_weight=weights)
    mean, std = model.posterior(iris)
    expected = 0.5 * (mean**2 + std**2 - 1 - 2 * np.log(std))
    np.testing.assert_allclose(model.kl_per_component_, np.average(expected, axis=0, weights=weights), rtol=1e-5)


def test_components_without_directions_are_inactive():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(200, 1)) * np.ones((1, 5)) + 0.1 * rng.normal(size=(200, 5))
    with pytest.warns(UserWarning, match="Posterior collapse"):
        model = small(n_components=5, encoder=(), decoder=()).fit(X)
    assert model.active_components_[0]
    assert model.active_components_.sum() < 5


@pytest.mark.parametrize("share", [0.5, 1.0])
def test_warmup_longer_than_the_training_is_told(iris, share):
    model = small(kl_warmup=share)
    if share < 1:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            model.fit(iris)
    else:
        with pytest.warns(UserWarning, match=r"warm-up of the KL divergence is longer .*kl_warmup=1\.0"):
            model.fit(iris)


def test_early_stopping_that_was_never_due_is_told(iris):
    with pytest.warns(ConvergenceWarning, match=r"not converged in 3 epochs.*Raise epochs"):
        small(early_stopping=True, epochs=3).fit(iris)


def test_training_that_does_harm_is_told():
    """Data almost without noise: PCA is nearly perfect, and large steps cannot stay there."""
    X = np.random.default_rng(0).normal(size=(200, 1)) * np.ones((1, 5)) + 1e-3 * np.eye(200, 5)
    with pytest.warns(ConvergenceWarning, match=r"made the loss worse.*Lower learning_rate"):
        small(n_components=1, epochs=60, learning_rate=0.1).fit(X)


def test_harm_is_told_in_short_trainings_too(iris):
    with pytest.warns(ConvergenceWarning, match=r"made the loss worse"):
        small(epochs=20, learning_rate=0.5).fit(iris)


def test_few_rows_whose_noise_is_found_again_are_no_harm():
    """PCA of 12 rows leaves too little noise; that a prior puts it right costs loss on these rows, as it should."""
    rng = np.random.default_rng(11)
    X = rng.normal(size=(12, 2)) @ rng.normal(size=(2, 4)) + 0.6 * rng.normal(size=(12, 4))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        model = small(n_components=3, epochs=200).fit(StandardScaler().fit_transform(X))
    last = model.history_["loss"][-20:]
    assert last.mean() - model.history_["loss"][0] > 4 * last.std()  # else the test cannot fail


def test_a_prior_that_knows_tensors_alone_does_not_spoil_a_fit(iris):
    class OwnPrior(Gaussian):
        name = None

        def log_prior_of_weights(self, x, weights, known=None, xp=np):
            assert xp is not np
            return super().log_prior_of_weights(x, weights, known, xp)

    assert np.isfinite(small(likelihood=OwnPrior()).fit(iris).score(iris))


def test_losses_are_told_on_the_scale_of_the_data(capsys):
    X = 1000 * np.random.default_rng(0).normal(size=(200, 1)) * np.ones((1, 5)) + np.eye(200, 5)
    with pytest.warns(ConvergenceWarning, match="made the loss worse") as caught:
        model = small(n_components=1, epochs=60, learning_rate=0.1, verbose=1).fit(X)
    message = next(str(warning.message) for warning in caught if "worse" in str(warning.message))
    first, last = (f"{model.history_['loss'][i]:.4g}" for i in (0, -1))
    assert f"{first} nats per sample in the first epoch, {last} in the last" in message
    assert f"Epoch 1/60: loss {first}," in capsys.readouterr().out


@pytest.mark.parametrize(
    ("loss", "n_directions", "rate", "unit"),
    [
        ("squared_error", 1, 0.5, "squared units of the data per feature"),
        ("binary_crossentropy", 5, 0.9, "nats per feature"),
    ],
)
def test_losses_of_autoencoders_are_told_in_their_unit(loss, n_directions, rate, unit):
    X = np.random.default_rng(0).random((200, n_directions)) * np.ones((1, 5)) * 0.9 + 1e-3 * np.eye(200, 5)
    autoencoder = AutoencoderTransformer(
        1, encoder=(8,), loss=loss, epochs=20, learning_rate=rate, weight_decay=4 * np.sqrt(5 / 200), random_state=0
    )
    with pytest.warns(ConvergenceWarning, match=rf"worse: \S+ {unit} in the first epoch"):
        autoencoder.fit(X)


def test_warnings_point_at_the_users_line(iris):
    with pytest.warns(UserWarning, match="constant|collapse") as caught:
        small(beta=100.0).fit(np.c_[iris, np.ones(150)])
    assert {warning.filename for warning in caught} == {__file__}
    assert len(caught) == 2


def test_warnings_are_silenced_the_ordinary_way(iris):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warnings.filterwarnings("ignore", message="Posterior collapse")
        small(beta=100.0).fit(iris)


def test_warnings_as_errors_leave_the_model_as_it_was(iris):
    model = small().fit(iris)
    before = model.transform(iris)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(UserWarning, match="Posterior collapse"):
            model.set_params(beta=100.0).fit(iris)
    np.testing.assert_array_equal(model.transform(iris), before)


@pytest.mark.filterwarnings("error")
def test_columns_with_one_value_or_none_have_no_scale_to_compare():
    X = np.full((4, 2), np.nan)
    X[0, 0] = 1.0
    with pytest.warns(match="1 of 2 columns are constant: 0"), pytest.warns(match="1 of 2 columns hold no value: 1"):
        warn_of_columns(X, range(2))
