"""How the training went, and which latent variables are used."""

import numpy as np

from skvae._active import ACTIVE_NATS
from skvae._names import latent_names_or_numbers
from skvae.plot import LossCurveDisplay
from skvae.reporting._blocks import Heading, Pictures, Section, Table, Text
from skvae.reporting._inputs import last_step
from skvae.reporting._pictures import new_axes, picture
from skvae.reporting._words import count, number, share

_PANELS = {"loss": "the loss", "reconstruction": "its reconstruction part", "kl": "the KL divergence from the prior"}
_KL = (
    f"The KL divergence is what a latent variable tells of a row, in nats. One below {ACTIVE_NATS} is collapsed: it "
    "tells nothing, and its axis in pictures is noise."
)


def training(findings):
    """Draw the loss curves of the last model, and list its latent variables."""
    model = last_step(findings.models[findings.subject])
    history = getattr(model, "history_", None)
    if not history or "loss" not in history:
        return None
    caption = f"{findings.subject}: {_unit(history)}, by epoch; a lower loss is better."
    if "kl" in history:
        caption += " The loss is its reconstruction part and beta times the KL divergence."
    blocks: list = [Text(_text(history, findings.comparison is not None)), Pictures(_curves(history), caption)]
    if hasattr(model, "kl_per_component_"):
        blocks += [Heading("Active latent variables"), Text(_KL), _components(model)]
    return Section("training", "Training", blocks)


def _unit(history):
    """Say what a loss is measured in."""
    return "nats per sample" if "kl" in history else "loss per value"


def _text(history, is_compared):
    """Tell the course of the loss in figures."""
    text = f"{count(len(history['loss']), 'epoch')}; the loss went from {_ends(history['loss'])} {_unit(history)}"
    if "val_loss" in history:
        text += f", that of rows set aside from {_ends(history['val_loss'])}"
    text += ". A falling loss alone proves nothing: a network also learns noise."
    return text + (" What holds for other rows is told by the comparison." if is_compared else "")


def _curves(history):
    """Draw each part of the loss: a picture with its unit, and with its legend where it has two curves."""
    pictures = []
    for name in (name for name in _PANELS if name in history):
        ax = new_axes(3.3, 2.4)
        shown = (name, "val_loss") if name == "loss" else (name,)
        LossCurveDisplay({"": {key: history[key] for key in shown if key in history}}).plot(ax)
        ax.set_ylabel(_unit(history))
        pictures.append(picture(ax, _alt(name, history)))
    return pictures


def _alt(name, history):
    """Say how a part of the loss went."""
    values = np.asarray(history[name])
    way = "falls" if values[-1] < values[0] else "rises" if values[-1] > values[0] else "goes"
    alt = f"{_PANELS[name]} {way} from {_ends(values)} {_unit(history)} in {count(len(values), 'epoch')}"
    if name == "loss" and "val_loss" in history:
        alt += f"; on rows set aside (dashed) from {_ends(history['val_loss'])}"
    return f"{alt}."


def _ends(values):
    """Write the first and the last of some values."""
    first, last = (number(values[i], 4) if np.isfinite(values[i]) else "no finite number" for i in (0, -1))
    return f"{first} to {last}"


def _components(model):
    """Tabulate the KL divergence of each latent variable."""
    kl = model.kl_per_component_
    names = latent_names_or_numbers(model, len(kl))
    rows = [
        [name, number(value), share(value / kl.sum()) if kl.sum() > 0 else "-", "active" if active else "collapsed"]
        for name, value, active in zip(names, kl, model.active_components_, strict=True)
    ]
    n_active = f"{int(model.active_components_.sum())} of {count(len(kl), 'latent variable')} active"
    caption = f"{n_active}: KL divergence in nats per sample, mean over the training rows."
    return Table(caption, ["latent variable", "KL, nats", "share of all", f"from {ACTIVE_NATS} nats"], rows, (0, 3))
