"""Codes coloured by a feature of the table."""

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure
from scipy import sparse
from sklearn.compose import make_column_transformer
from sklearn.datasets import load_iris
from sklearn.decomposition import PCA, TruncatedSVD
from sklearn.pipeline import make_pipeline

from skvae import VAETransformer
from skvae.plot import LatentSpaceDisplay


@pytest.fixture
def ax():
    return Figure(layout="constrained").subplots()


@pytest.fixture(scope="module")
def frame():
    return load_iris(as_frame=True).data


def values_at(display):
    """Return the values that colours stand for, by the place of the point."""
    (drawn,) = display.ax_.collections
    (bar,) = display.ax_.child_axes
    low, high = bar.get_ylim()
    shades = bar.collections[0].get_cmap()(np.linspace(0, 1, 256))[:, :3]
    nearest = np.abs(drawn.get_facecolors()[:, None, :3] - shades).sum(axis=2).argmin(axis=1)
    return pd.Series(low + nearest / 255 * (high - low), index=map(tuple, np.asarray(drawn.get_offsets())))


@pytest.mark.parametrize("color_by", ["petal width (cm)", 3, np.int64(3)])
def test_colours_are_the_values_of_the_feature(frame, ax, color_by):
    pca = PCA(2).fit(frame)
    display = LatentSpaceDisplay.from_estimator(pca, frame, color_by=color_by, ax=ax)
    assert ax.child_axes[0].get_ylabel() == "petal width (cm)"
    expected = pd.Series(frame["petal width (cm)"].to_numpy(), index=map(tuple, pca.transform(frame)))
    found = values_at(display)
    step = np.ptp(expected) / 255
    for place, value in expected.groupby(level=0).first().items():
        assert found.loc[[place]].iloc[0] == pytest.approx(value, abs=2 * step)


def test_names_of_the_fit_serve_an_array(frame, ax):
    pca = PCA(2).fit(frame)
    with pytest.warns(UserWarning, match="feature names"):
        LatentSpaceDisplay.from_estimator(pca, frame.to_numpy(), color_by="sepal width (cm)", ax=ax)
    assert ax.child_axes[0].get_ylabel() == "sepal width (cm)"


@pytest.mark.parametrize("make", [np.asarray, sparse.csr_matrix, sparse.csc_array, lambda X: X.to_numpy().tolist()])
def test_tables_of_any_kind_have_positions(frame, ax, make):
    X = make(frame)
    LatentSpaceDisplay.from_estimator(TruncatedSVD(2).fit(X), X, color_by=2, ax=ax)
    (bar,) = ax.child_axes
    assert bar.get_ylabel() == "x2"
    assert bar.get_ylim() == pytest.approx((frame.iloc[:, 2].min(), frame.iloc[:, 2].max()))


def test_whole_numbers_of_a_feature_are_values_and_words_are_labels(without_xla, ax):
    rng = np.random.default_rng(0)
    X = pd.DataFrame({"P1": rng.poisson(3, 40), "P2": rng.normal(size=40), "lab": ["A", "B"] * 20})
    vae = VAETransformer(2, covariates=["lab"], encoder=(4,), epochs=2, random_state=0).fit(X)
    LatentSpaceDisplay.from_estimator(vae, X, color_by="P1", ax=ax)
    assert len(ax.child_axes) == 1
    other = Figure().subplots()
    LatentSpaceDisplay.from_estimator(vae, X, color_by="lab", ax=other)
    assert [text.get_text() for text in other.get_legend().get_texts()] == ["A", "B"]
    assert other.get_legend().get_title().get_text() == "lab"


def test_missing_values_are_grey(frame, ax):
    pca, X = PCA(2).fit(frame), frame.copy()
    X.iloc[:10, 1] = np.nan

    class Filled:
        def transform(self, X):
            return pca.transform(X.fillna(0))

    LatentSpaceDisplay.from_estimator(Filled(), X, color_by=1, ax=ax)
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["missing"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"color_by": "petal widht (cm)"}, "none of the 4 features.*Did you mean 'petal width"),
        ({"color_by": 4}, "no position among 4 features"),
        ({"color_by": -1}, "no position among 4 features"),
        ({"color_by": 0.5}, "'color_by' parameter"),
        ({"color_by": 0, "y": np.zeros(150)}, "labels y or color_by, not both"),
    ],
)
def test_bad_input(frame, options, message):
    with pytest.raises(ValueError, match=message):
        LatentSpaceDisplay.from_estimator(PCA(2).fit(frame), frame, **options)


def test_a_feature_whose_levels_have_an_order_keeps_it(frame, ax):
    grades = pd.Categorical(["good", "poor", "fair"] * 50, categories=["poor", "fair", "good"], ordered=True)
    pca = make_pipeline(make_column_transformer(("passthrough", list(frame))), PCA(2)).fit(frame)
    LatentSpaceDisplay.from_estimator(pca, frame.assign(grade=grades), color_by="grade", ax=ax)
    legend = ax.get_legend()
    assert [text.get_text() for text in legend.get_texts()] == ["poor", "fair", "good"]
    assert legend.get_title().get_text() == "grade"
