"""Networks: the hidden layers of encoders and decoders, as specifications that scikit-learn can clone and search."""

from skvae.networks._activations import ACTIVATIONS
from skvae.networks._base import Network
from skvae.networks._dense import MAX_UNITS, Dense
from skvae.networks._heads import Decoder, Encoder

__all__ = ["ACTIVATIONS", "MAX_UNITS", "Decoder", "Dense", "Encoder", "Network"]
