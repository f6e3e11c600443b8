"""Where the layer sizes of an estimator are, and which are sound."""

import numpy as np
import pytest
from sklearn.compose import TransformedTargetRegressor
from sklearn.decomposition import PCA
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import OrdinalEncoder, StandardScaler

from skvae import AutoencoderTransformer, VAEImputer, VAETransformer
from skvae.model_selection._architectures import architecture_parameter, checked_layers, random_layers, with_baseline
from skvae.networks import Conv, Dense


@pytest.mark.parametrize(
    ("estimator", "name"),
    [
        (VAETransformer(), "encoder"),
        (AutoencoderTransformer(), "encoder"),
        (VAETransformer(encoder=[8]), "encoder"),
        (VAETransformer(encoder=Dense((8,), dropout=0.1)), "encoder__hidden_layer_sizes"),
        (VAETransformer(decoder=Dense((8,))), "encoder"),
        (make_pipeline(StandardScaler(), VAETransformer()), "vaetransformer__encoder"),
        (make_pipeline(StandardScaler(), make_pipeline(VAETransformer())), "pipeline__vaetransformer__encoder"),
        (VAEImputer(VAETransformer()), "estimator__encoder"),
        (Pipeline([("encoder", OrdinalEncoder()), ("vae", VAETransformer())]), "vae__encoder"),
    ],
)
def test_the_parameter_is_found(estimator, name):
    assert architecture_parameter(estimator) == name
    estimator.set_params(**{name: (3,)})  # it is one


@pytest.mark.parametrize(
    ("estimator", "words"),
    [
        (PCA(), "PCA has none"),
        (VAETransformer(encoder=Conv()), "VAETransformer has none"),
        (TransformedTargetRegressor(), "has none"),
        (
            Pipeline([("first", VAETransformer()), ("second", VAETransformer())]),
            "more than one: 'first__encoder', 'second__encoder'",
        ),
    ],
)
def test_none_or_many_parameters_are_an_error(estimator, words):
    with pytest.raises(ValueError, match=f"(?s){words}.*architecture_param='"):
        architecture_parameter(estimator)


def test_sizes_become_numbers_of_python():
    layers = checked_layers([np.int32(3), 4, np.float32(0.5), 1.0], "here")
    assert layers == (3, 4, 0.5, 1.0)
    assert list(map(type, layers)) == [int, int, float, float]
    assert checked_layers(np.array([3, 4]), "here") == (3, 4)
    assert checked_layers((), "here") == ()


@pytest.mark.parametrize(
    "layers", [(0,), (-1,), (3, True), ("3",), (3, None), 3, None, "33", (np.inf,), (np.nan,), [[3]], np.array([[3]])]
)
def test_what_is_no_list_of_sizes_is_named(layers):
    with pytest.raises(ValueError, match=r"initial\[2\] must be a tuple of positive ints"):
        checked_layers(layers, "initial[2]")


def test_random_layers_are_spread_evenly():
    rng = np.random.RandomState(0)
    drawn = [random_layers(rng) for _ in range(3000)]
    depths = np.bincount([len(layers) for layers in drawn], minlength=7)
    assert depths[0] == 0
    assert np.abs(depths[1:] - 500).max() < 90  # 4.4 standard deviations
    sizes = np.concatenate(drawn)
    assert (sizes.min(), sizes.max()) == (8, 256)
    # Each of the five octaves from 8 to 256 is as likely.
    octaves = np.histogram(np.log2(sizes), bins=[3, 4, 5, 6, 7, 8.01])[0] / len(sizes)
    np.testing.assert_allclose(octaves, 0.2, atol=0.02)


def test_the_baseline_stands_where_the_model_stood():
    baseline = PCA(2)
    assert isinstance(with_baseline(VAETransformer(), "encoder", baseline), PCA)
    pipeline = make_pipeline(StandardScaler(), make_pipeline(VAEImputer(VAETransformer())))
    replaced = with_baseline(pipeline, "pipeline__vaeimputer__estimator__encoder", baseline)
    assert isinstance(replaced[0], StandardScaler)
    assert isinstance(replaced[1][0], PCA)
    assert replaced[1][0] is not baseline
    assert isinstance(pipeline[1][0], VAEImputer)
