"""Networks: the hidden layers of encoders and decoders, as specifications that scikit-learn can clone and search."""

from skvae.networks._activations import ACTIVATIONS
from skvae.networks._base import Inputs, Network, draw_weights
from skvae.networks._bodies import CodeEncoder, Decoder, Encoder
from skvae.networks._conv import Conv
from skvae.networks._dense import MAX_UNITS, Activation, Dense
from skvae.networks._linear import LinearStart
from skvae.networks._recurrent import Recurrent

__all__ = [
    "ACTIVATIONS",
    "MAX_UNITS",
    "Activation",
    "CodeEncoder",
    "Conv",
    "Decoder",
    "Dense",
    "Encoder",
    "Inputs",
    "LinearStart",
    "Network",
    "Recurrent",
    "draw_weights",
]
