"""Draw the course of a training."""

from sklearn.utils.validation import check_is_fitted

from skvae._look import INK, thin
from skvae._optional import import_optional
from skvae.plot._arguments import check_named, several_axes
from skvae.plot._curves import DASHES, FEW_EPOCHS, cut_off_the_beginning, draw_curve, draw_end
from skvae.plot._explain import ENTRIES_OF_A_COLUMN, explain
from skvae.plot._labels import shortened
from skvae.plot._style import MARKERS, MOST_GROUPS, look_of

_TITLES = {"loss": "loss", "reconstruction": "reconstruction", "kl": "KL divergence"}
_END = "kl_per_component"
_VALIDATION = "val_loss"
_PANEL_INCHES = (3.3, 2.9)
_LEGEND_INCHES = 1.6
# Where estimators keep the one that they have fitted.
_INNER = ("best_estimator_", "estimator_")


class LossCurveDisplay:
    """The loss of each epoch, and its parts: one panel for each, with a curve for each training.

    The panels are the loss, its reconstruction part and, with a scale of its own, the KL divergence; an autoencoder
    has the loss alone. With early stopping a dashed curve shows the loss on the rows set aside. A last panel tells
    what the KL divergence of each latent variable is at the end, the largest first: those below 0.01 nats, which the
    dashed line marks, have collapsed, the others are active.

    Where the loss of the first tenth of the epochs would leave no room for the others, it is cut off, and the panel
    says so.

    Parameters
    ----------
    histories : dict of str to dict of ndarray
        By name, what each training tells (`history_`): ``loss``, ``reconstruction``, ``kl`` and ``val_loss`` of its
        epochs, as far as it has them.
    kl_per_component : dict of str to ndarray of shape (n_components,), default=None
        By name, what a VAE tells of its latent variables at the end (`kl_per_component_`), in nats.

    Attributes
    ----------
    axes_ : ndarray of matplotlib Axes
        The axes drawn on, in the order above.
    figure_ : matplotlib Figure
        Their figure.

    See Also
    --------
    skvae.callbacks.TensorBoard : Shows them while the training runs.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> from sklearn.datasets import load_iris
    >>> from skvae import VAETransformer
    >>> from skvae.plot import LossCurveDisplay
    >>> X, _ = load_iris(return_X_y=True)
    >>> vae = VAETransformer(2, encoder=(8,), epochs=5, random_state=0).fit(X)
    >>> display = LossCurveDisplay.from_estimator(vae)
    >>> [ax.get_title() for ax in display.axes_]
    ['loss', 'reconstruction', 'KL divergence', 'KL at the end: ... of 2 active']
    >>> plt.close(display.figure_)
    """

    def __init__(self, histories, *, kl_per_component=None):
        self.histories = histories
        self.kl_per_component = kl_per_component

    @classmethod
    def from_estimator(cls, estimator, *, ax=None):
        """Draw the training of one estimator.

        Parameters
        ----------
        estimator : fitted estimator
            One with ``history_``; or a Pipeline, a search or a :class:`~skvae.VAEImputer` that holds one.
        ax : matplotlib Axes or array-like of them, default=None
            One for each panel; the last panel may be left out. By default those of a new figure of pyplot.

        Returns
        -------
        display : LossCurveDisplay
            The drawn display.

        Raises
        ------
        TypeError
            If the estimator keeps no ``history_``, such as PCA.
        """
        return cls.from_estimators({type(estimator).__name__: estimator}, ax=ax)

    @classmethod
    def from_estimators(cls, estimators, *, ax=None):
        """Draw the trainings of several estimators into the same panels.

        Parameters
        ----------
        estimators : dict of str to fitted estimator
            As for `from_estimator`, by their names in the legend; at most 20.
        ax : matplotlib Axes or array-like of them, default=None
            One for each panel; the last panel may be left out. By default those of a new figure of pyplot.

        Returns
        -------
        display : LossCurveDisplay
            The drawn display.

        Raises
        ------
        TypeError
            If an estimator keeps no ``history_``, such as PCA.
        """
        check_named(estimators, "estimators")
        trained = {name: _trained(estimator) for name, estimator in estimators.items()}
        ends = {
            name: estimator.kl_per_component_ for name, estimator in trained.items() if hasattr(estimator, _END + "_")
        }
        histories = {name: estimator.history_ for name, estimator in trained.items()}
        return cls(histories, kl_per_component=ends).plot(ax=ax)

    def plot(self, ax=None):
        """Draw.

        Parameters
        ----------
        ax : matplotlib Axes or array-like of them, default=None
            One for each panel; the last panel may be left out. By default those of a new figure of pyplot.

        Returns
        -------
        self : LossCurveDisplay
            Itself, with ``axes_`` and ``figure_``.

        Raises
        ------
        TypeError
            If `ax` holds anything but matplotlib Axes, or the trainings have no names.
        ValueError
            If there is nothing to draw, more than 20 trainings, or not as many axes as panels.
        """
        panels = self._panels()
        n_panels = len(panels) + bool(self.kl_per_component)
        shown = ", ".join([*panels, _END][:n_panels])
        numbers, what = {len(panels), n_panels}, f"{n_panels} panels ({shown})"
        axes = self._new_axes(n_panels) if ax is None else several_axes(ax, numbers, what)
        for axis, panel in zip(axes, panels, strict=False):
            self._draw(axis, panel)
        if len(axes) > len(panels):
            styles = {name: self._style(i) for i, name in enumerate(self.histories)}
            draw_end(axes[-1], self.kl_per_component, styles)
        axes[0].set_ylabel("nats per sample" if "kl" in panels else "loss per value", color=INK)
        if self._needs_legend():
            self._draw_legend(axes[-1])
        self.axes_, self.figure_ = axes, axes[0].get_figure(root=True)
        return self

    def _panels(self):
        """List what there is to draw."""
        check_named(self.histories, "histories", "history")
        if len(self.histories) > MOST_GROUPS:
            raise ValueError(
                f"At most {MOST_GROUPS} curves can be told apart, but there are {len(self.histories)} trainings."
            )
        has_kl = {"kl" in history for history in self.histories.values()}
        if len(has_kl) > 1:
            raise ValueError("A loss with a KL divergence and one without have different units: draw them apart.")
        panels = [name for name in _TITLES if any(name in history for history in self.histories.values())]
        if not panels:
            raise ValueError("There is no training to draw: a history needs at least the key 'loss'.")
        return panels

    def _validates(self):
        """Tell whether any training was judged by rows set aside."""
        return any(_VALIDATION in history for history in self.histories.values())

    def _needs_legend(self):
        """Tell whether there is more than one kind of curve."""
        return len(self.histories) > 1 or self._validates()

    def _new_axes(self, n_panels):
        """Make a figure of pyplot with the panels in a row."""
        pyplot = import_optional("matplotlib.pyplot", extra="plot", purpose="Drawing")
        width, height = _PANEL_INCHES
        n_entries = len(self.histories) * (len(self.histories) > 1) + 2 * self._validates()
        size = width * n_panels + -(-n_entries // ENTRIES_OF_A_COLUMN) * _LEGEND_INCHES, height
        return pyplot.subplots(1, n_panels, figsize=size, squeeze=False, layout="constrained")[1][0]

    def _draw(self, ax, panel):
        """Draw the curves of a panel; of few epochs with dots."""
        n_epochs = max(len(values) for history in self.histories.values() for values in history.values())
        dots = {"marker": "o"} if n_epochs <= FEW_EPOCHS else {}
        for i, history in enumerate(self.histories.values()):
            if panel in history:
                draw_curve(ax, history[panel], dots | self._style(i), "-")
            if panel == "loss" and _VALIDATION in history:
                draw_curve(ax, history[_VALIDATION], dots | self._style(i) | {"mfc": "white"}, DASHES)
        thin(ax)
        ax.set_title(_TITLES[panel], fontsize="medium", color=INK)
        ax.set_xlabel("epoch", color=INK)
        ax.set_xlim(left=0)
        ax.xaxis.get_major_locator().set_params(integer=True, min_n_ticks=1)
        if panel != "kl":
            cut_off_the_beginning(ax)

    def _style(self, i):
        """Return the look of a training's curves."""
        color, marker = look_of(i, len(self.histories))
        style = {"color": color, "lw": 1.6, "ms": 5}
        return style if marker == MARKERS[0] else style | {"marker": marker}

    def _draw_legend(self, ax):
        """Explain colours and dashes."""
        lines = import_optional("matplotlib.lines", extra="plot", purpose="Drawing")
        handles = []
        if len(self.histories) > 1:
            handles = [
                lines.Line2D([], [], label=name, **self._style(i)) for i, name in enumerate(shortened(self.histories))
            ]
        if self._validates():
            style = {"color": INK if handles else self._style(0)["color"], "lw": 1.6}
            handles.append(lines.Line2D([], [], label="training", **style))
            handles.append(lines.Line2D([], [], label="validation", ls=DASHES, **style))
        explain(ax, handles, is_shared=True)


def _trained(estimator):
    """Return the estimator that has a history, itself or one that it holds."""
    check_is_fitted(estimator)
    if hasattr(estimator, "history_"):
        return estimator
    inner = [getattr(estimator, name) for name in _INNER if hasattr(estimator, name)]
    inner += [step for _, step in reversed(getattr(estimator, "steps", [])) if hasattr(step, "history_")]
    if not inner:
        raise TypeError(
            f"{type(estimator).__name__} keeps no history_ of its training: LossCurveDisplay draws VAETransformer, "
            "AutoencoderTransformer, VAEImputer, and pipelines and searches that hold one."
        )
    return _trained(inner[0])
