"""Networks: the hidden layers of encoders and decoders, as specifications that scikit-learn can clone and search."""

from skvae.networks._activations import ACTIVATIONS
from skvae.networks._base import Network
from skvae.networks._dense import Dense
from skvae.networks._heads import Decoder, Encoder

__all__ = ["ACTIVATIONS", "Decoder", "Dense", "Encoder", "Network"]
