import warnings

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.figure import Figure
from sklearn.datasets import load_iris
from sklearn.decomposition import PCA
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skvae import AutoencoderTransformer, VAEImputer, VAETransformer
from skvae.plot import LossCurveDisplay

SMALL = {"encoder": (4,), "epochs": 3, "random_state": 0}
HISTORY = {
    "loss": np.array([5.0, 3.0, 2.5]),
    "reconstruction": np.array([4.0, 1.0, 0.0]),
    "kl": np.array([1.0, 2, 2.5]),
}
VALIDATED = HISTORY | {"val_loss": np.array([6.0, 5.0, 4.0])}


@pytest.fixture(scope="module")
def X():
    return load_iris().data


@pytest.fixture(scope="module")
def iris_labels():
    return load_iris().target


@pytest.fixture
def axes():
    return Figure(layout="constrained").subplots(1, 3)


def curves_of(ax):
    return [line.get_ydata().tolist() for line in ax.lines]


def legend_of(ax):
    return [text.get_text() for text in ax.get_legend().get_texts()]


def test_a_curve_for_each_part_by_epochs_from_one(axes):
    display = LossCurveDisplay({"VAE": HISTORY}).plot(axes)
    assert [ax.get_title() for ax in display.axes_] == ["loss", "reconstruction", "KL divergence"]
    assert [curves_of(ax) for ax in axes] == [[HISTORY[name].tolist()] for name in ("loss", "reconstruction", "kl")]
    assert all(ax.lines[0].get_xdata().tolist() == [1, 2, 3] for ax in axes)
    assert axes[0].get_ylabel() == "nats per sample"
    assert {ax.get_xlabel() for ax in axes} == {"epoch"}
    assert all(ax.get_legend() is None for ax in axes)
    assert display.figure_ is axes[0].figure
    display.figure_.draw_without_rendering()


def test_validation_is_dashed_and_explained(axes):
    LossCurveDisplay({"VAE": VALIDATED}).plot(axes)
    training, validation = axes[0].lines
    assert validation.get_ydata().tolist() == [6, 5, 4]
    assert (training.is_dashed(), validation.is_dashed()) == (False, True)
    assert training.get_color() == validation.get_color()
    assert legend_of(axes[2]) == ["training", "validation"]


def test_several_trainings_share_the_panels(axes):
    LossCurveDisplay({"one": HISTORY, "two": VALIDATED, 3: HISTORY}).plot(axes)
    assert [len(ax.lines) for ax in axes] == [4, 3, 3]
    assert legend_of(axes[2]) == ["one", "two", "3", "training", "validation"]
    colors = [handle.get_color() for handle in axes[2].get_legend().legend_handles[:3]]
    assert len(set(colors)) == 3
    assert [line.get_color() for line in axes[1].lines] == colors


def test_twenty_trainings_look_different_and_more_are_refused(axes):
    LossCurveDisplay({str(i): HISTORY for i in range(20)}).plot(axes)
    assert len({(line.get_color(), line.get_marker()) for line in axes[0].lines}) == 20
    with pytest.raises(ValueError, match=r"At most 20 curves.*21 trainings"):
        LossCurveDisplay({str(i): HISTORY for i in range(21)}).plot(axes)


def test_a_single_epoch_can_be_seen(axes):
    LossCurveDisplay({"VAE": {name: values[:1] for name, values in HISTORY.items()}}).plot(axes)
    assert axes[0].lines[0].get_marker() == "o"


@pytest.mark.filterwarnings("ignore:The training has not converged")
def test_estimators_tell_their_own_history(without_xla, X, axes):
    vae = VAETransformer(**SMALL, early_stopping=True).fit(X)
    display = LossCurveDisplay.from_estimator(vae, ax=axes)
    np.testing.assert_array_equal(display.kl_per_component["VAETransformer"], vae.kl_per_component_)
    assert curves_of(axes[0]) == [vae.history_["loss"].tolist(), vae.history_["val_loss"].tolist()]
    assert curves_of(axes[2]) == [vae.history_["kl"].tolist()]


@pytest.mark.filterwarnings("ignore:Posterior collapse")
def test_the_history_is_found_where_it_is_held(without_xla, X, iris_labels):
    vae = VAETransformer(**SMALL)
    classifier = make_pipeline(AutoencoderTransformer(**SMALL), vae, LogisticRegression()).fit(X, iris_labels)
    search = GridSearchCV(make_pipeline(StandardScaler(), VAETransformer(**SMALL)), {}, cv=2).fit(X)
    imputer = VAEImputer(VAETransformer(**SMALL, missing="mask")).fit(X)
    estimators = {"step": classifier, "search": search, "imputer": imputer}
    display = LossCurveDisplay.from_estimators(estimators, ax=Figure().subplots(1, 3))
    assert display.histories == {
        "step": classifier[1].history_,
        "search": search.best_estimator_[1].history_,
        "imputer": imputer.estimator_.history_,
    }


def test_an_autoencoder_has_the_loss_alone(without_xla, X):
    ax = Figure().subplots()
    autoencoder = AutoencoderTransformer(**SMALL).fit(X)
    display = LossCurveDisplay.from_estimator(autoencoder, ax=ax)
    assert display.axes_.tolist() == [ax]
    assert curves_of(ax) == [autoencoder.history_["loss"].tolist()]
    assert ax.get_ylabel() == "loss per value"


KL = np.array([0.004, 2.0, 0.5])


def test_the_last_panel_ranks_the_latent_variables():
    axes = Figure(layout="constrained").subplots(1, 4)
    LossCurveDisplay({"VAE": HISTORY}, kl_per_component={"VAE": KL}).plot(axes)
    assert axes[3].get_title() == "KL at the end: 2 of 3 active"
    ranked, limit = axes[3].lines
    assert ranked.get_xydata().tolist() == [[1, 2.0], [2, 0.5], [3, 0.004]]
    assert limit.get_ydata() == [0.01, 0.01]
    axes[0].figure.draw_without_rendering()


def test_latent_variables_of_several_trainings_have_their_colours():
    axes = Figure(layout="constrained").subplots(1, 4)
    kl = {"two": np.zeros(20), "one": KL}
    LossCurveDisplay({"one": HISTORY, "two": HISTORY}, kl_per_component=kl).plot(axes)
    assert axes[3].get_title() == "KL at the end"
    assert [line.get_color() for line in axes[3].lines[:2]] == [line.get_color() for line in axes[0].lines[::-1]]
    assert (axes[3].lines[0].get_ydata() > 0).all()  # a logarithm would lose zeros
    axes[0].figure.draw_without_rendering()


def test_the_last_panel_may_be_left_out(axes):
    display = LossCurveDisplay({"VAE": HISTORY}, kl_per_component={"VAE": KL}).plot(axes)
    assert len(display.axes_) == 3
    with pytest.raises(ValueError, match=r"4 panels \(loss, reconstruction, kl, kl_per_component\) need as many axes"):
        LossCurveDisplay({"VAE": HISTORY}, kl_per_component={"VAE": KL}).plot(axes[:2])


def test_a_steep_beginning_of_a_long_training_does_not_hide_the_rest():
    epochs = np.arange(1, 10_001)
    loss = 1e6 * np.exp(-epochs / 3) + 20 - np.log(epochs)
    ax = Figure(figsize=(4, 3)).subplots()
    LossCurveDisplay({"autoencoder": {"loss": loss}}).plot(ax)
    low, high = ax.get_ylim()
    assert low < loss.min() < high < 30
    (remark,) = [text.get_text() for text in ax.texts]
    n_cut = int((loss > high).sum())
    assert remark == f"epochs 1 to {n_cut} lie above,\nup to {loss[0]:.3g}"
    even = Figure().subplots()
    LossCurveDisplay({"autoencoder": {"loss": 20 - np.log(epochs)}}).plot(even)
    assert not even.texts
    assert even.get_ylim()[1] > 20


@pytest.mark.parametrize("beginning", [0.0, 5.0])
def test_what_begins_elsewhere_and_then_stays_is_drawn(beginning):
    ax = Figure(figsize=(4, 3)).subplots()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        LossCurveDisplay({"a": {"loss": np.array([beginning] + [1.0] * 19)}}).plot(ax)
    low, high = ax.get_ylim()
    assert low < 1.0 < high
    assert (low < beginning < high) == (beginning == 0.0)  # only what lies above is cut off
    assert len(ax.texts) == (beginning == 5.0)


def test_few_epochs_have_dots(axes):
    LossCurveDisplay({"VAE": VALIDATED}).plot(axes)
    assert [line.get_marker() for line in axes[0].lines] == ["o", "o"]
    training, validation = (line.get_markerfacecolor() for line in axes[0].lines)
    assert training != validation


@pytest.mark.parametrize("n_trainings", [1, 20])
def test_new_figures_have_room_for_panels_and_legend(n_trainings):
    mpl.use("Agg")
    from matplotlib import pyplot

    display = LossCurveDisplay({f"training number {i}": VALIDATED for i in range(n_trainings)}).plot()
    assert pyplot.gcf() is display.figure_
    pyplot.close(display.figure_)
    display.figure_.draw_without_rendering()
    widths = [ax.get_window_extent().width / display.figure_.dpi for ax in display.axes_]
    assert min(widths) > 1.7
    assert display.axes_[-1].get_legend().get_window_extent().x1 <= display.figure_.bbox.x1


@pytest.mark.parametrize(
    ("histories", "message"),
    [
        ({}, "no training to draw"),
        ({"a": {"seconds": np.ones(3)}}, "no training to draw"),
        ({"VAE": HISTORY, "autoencoder": {"loss": np.ones(3)}}, "different units"),
        ({"autoencoder": {"loss": np.ones(3)}}, r"1 panels \(loss\) need as many axes, but ax holds 3"),
    ],
)
def test_bad_input(axes, histories, message):
    with pytest.raises(ValueError, match=message):
        LossCurveDisplay(histories).plot(axes)


def test_what_was_not_trained_by_epochs_is_refused(X):
    with pytest.raises(TypeError, match="PCA keeps no history_ of its training: LossCurveDisplay draws VAETransformer"):
        LossCurveDisplay.from_estimator(PCA(2).fit(X))
    with pytest.raises(TypeError, match="Pipeline keeps no history_"):
        LossCurveDisplay.from_estimator(make_pipeline(StandardScaler(), PCA(2)).fit(X))
    with pytest.raises(NotFittedError):
        LossCurveDisplay.from_estimator(VAETransformer())
