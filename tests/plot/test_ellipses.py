"""Ellipses of the posterior."""

import numpy as np
import pandas as pd
import pytest
from matplotlib.collections import EllipseCollection
from matplotlib.colors import same_color
from matplotlib.figure import Figure
from sklearn.decomposition import PCA
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skvae import VAETransformer
from skvae.plot import LatentSpaceDisplay

Z = np.random.default_rng(0).normal(size=(40, 3))
STD = np.random.default_rng(1).uniform(0.1, 0.5, size=(40, 3))


@pytest.fixture
def ax():
    return Figure(layout="constrained").subplots()


def ellipses_of(ax):
    """Return the widths and heights of the ellipses, by their centres."""
    (drawn,) = [one for one in ax.collections if isinstance(one, EllipseCollection)]
    centres = [tuple(centre) for centre in np.asarray(drawn.get_offsets())]
    return pd.DataFrame({"width": drawn.get_widths(), "height": drawn.get_heights()}, index=centres), drawn


@pytest.mark.parametrize(("n_std", "components"), [(2, (0, 1)), (0.5, (2, 0))])
def test_an_ellipse_reaches_so_many_standard_deviations_to_each_side(ax, n_std, components):
    LatentSpaceDisplay(Z, std=STD).plot(ax, n_std=n_std, components=components)
    sizes, _ = ellipses_of(ax)
    assert len(sizes) == 40
    for code, std in zip(Z[:, components], STD[:, components], strict=True):
        np.testing.assert_allclose(sizes.loc[[tuple(code)]].iloc[0], 2 * n_std * std)
    low, high = Z[:, components] - n_std * STD[:, components], Z[:, components] + n_std * STD[:, components]
    for limits, i in ((ax.get_xlim(), 0), (ax.get_ylim(), 1)):
        assert limits[0] < low[:, i].min() < high[:, i].max() < limits[1]
    ax.figure.draw_without_rendering()


def test_ellipses_have_the_colours_of_their_samples(ax):
    LatentSpaceDisplay(Z, np.repeat(["a", "b"], 20), std=STD).plot(ax)
    sizes, drawn = ellipses_of(ax)
    first, second = (handle.get_color() for handle in ax.get_legend().legend_handles)
    of_first = [tuple(code) in set(map(tuple, Z[:20, :2])) for code in sizes.index]
    for color, is_first in zip(drawn.get_edgecolors(), of_first, strict=True):
        assert same_color(color[:3], first if is_first else second)


def test_of_many_samples_three_hundred_have_one(ax):
    rng = np.random.default_rng(0)
    codes = rng.normal(size=(1000, 2))
    codes[0] = np.nan
    LatentSpaceDisplay(codes, std=np.full((1000, 2), 0.1)).plot(ax)
    sizes, _ = ellipses_of(ax)
    assert len(set(sizes.index)) == 300
    assert set(sizes.index) <= set(map(tuple, codes[1:]))


def test_the_last_step_of_a_pipeline_tells_its_posterior(without_xla, ax):
    X = np.random.default_rng(0).normal(5, 3, size=(30, 4))
    vae = VAETransformer(2, encoder=(4,), epochs=2, random_state=0)
    pipeline = make_pipeline(StandardScaler(), vae).fit(X)
    display = LatentSpaceDisplay.from_estimator(pipeline, X, n_std=1, ax=ax)
    mean, std = vae.posterior(pipeline[0].transform(X))
    np.testing.assert_allclose(display.std, std)
    np.testing.assert_allclose(display.codes, mean)
    sizes, _ = ellipses_of(ax)
    np.testing.assert_allclose(sizes["width"].sort_values(), np.sort(2 * std[:, 0]))
    alone = LatentSpaceDisplay.from_estimator(vae, pipeline[0].transform(X), n_std=1, ax=Figure().subplots())
    np.testing.assert_allclose(alone.std, std)


def test_what_has_no_posterior_is_refused():
    X = np.random.default_rng(0).normal(size=(30, 4))
    with pytest.raises(TypeError, match="PCA has no posterior, so its codes have no spread to draw: leave n_std=None"):
        LatentSpaceDisplay.from_estimator(make_pipeline(StandardScaler(), PCA(2)).fit(X), X, n_std=1)


@pytest.mark.parametrize(
    ("codes", "std", "options", "message"),
    [
        (Z, STD[:5], {}, "inconsistent numbers of samples"),
        (Z, STD[:, :2], {}, r"std has shape \(40, 2\), but codes have \(40, 3\)"),
        (Z[:, :1], STD[:, :1], {}, "need a plane of two latent variables"),
        (Z, STD, {"n_std": 0}, "'n_std' parameter"),
    ],
)
def test_bad_input(ax, codes, std, options, message):
    with pytest.raises(ValueError, match=message):
        LatentSpaceDisplay(codes, std=std).plot(ax, **options)
