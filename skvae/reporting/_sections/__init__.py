"""The sections of a report, each a function from what was found to a section, or to None if it has nothing to say."""

from skvae.reporting._sections._citing import citing
from skvae.reporting._sections._comparison import compared
from skvae.reporting._sections._data import data
from skvae.reporting._sections._meaning import meaning
from skvae.reporting._sections._model import model
from skvae.reporting._sections._planes import planes
from skvae.reporting._sections._recipe import recipe
from skvae.reporting._sections._reconstruction import reconstruction
from skvae.reporting._sections._stability import stability
from skvae.reporting._sections._training import training
from skvae.reporting._sections._warnings import raised

#: In their order on the page: first those that draw, whose own warnings the others list.
DRAWN = (model, data, compared, planes, meaning, training, reconstruction, stability)
WRITTEN = (raised, recipe, citing)
