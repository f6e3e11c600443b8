"""Networks: the hidden layers of encoders and decoders, as specifications that scikit-learn can clone and search."""

from skvae.networks._activations import ACTIVATIONS as ACTIVATIONS
from skvae.networks._base import Inputs as Inputs
from skvae.networks._base import Network
from skvae.networks._base import draw_weights as draw_weights
from skvae.networks._bodies import CodeEncoder as CodeEncoder
from skvae.networks._bodies import Decoder as Decoder
from skvae.networks._bodies import Encoder as Encoder
from skvae.networks._conv import Conv
from skvae.networks._dense import MAX_UNITS as MAX_UNITS
from skvae.networks._dense import Activation as Activation
from skvae.networks._dense import Dense
from skvae.networks._linear import LinearStart as LinearStart
from skvae.networks._recurrent import Recurrent

# What is for users; the names imported "as" themselves are for the other rooms.
__all__ = ["Conv", "Dense", "Network", "Recurrent"]
