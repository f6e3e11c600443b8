"""The words of the tree: what a model file can say besides the classes of the table.

None, bool, int, float and str stand for themselves. Everything else is a JSON array that begins with a word:
``["tuple", 120, 16]``, ``["array", "PCA.mean_", "C"]``; a JSON object appears only inside of one. There is no word by
which a tree could name a class, a function or an attribute that is not in a table.
"""

from types import NoneType

import numpy as np
from sklearn.utils.metadata_routing import MetadataRequest

from skvae.persistence._container import DTYPES

MAX_DEPTH = 64
FUNCTIONS = {
    f.__name__: f for f in (np.exp, np.exp2, np.expm1, np.log, np.log10, np.log1p, np.log2, np.sqrt, np.square)
}
SCALARS = {dtype.name: dtype.type for dtype in DTYPES.values()} | {"str": np.str_}
NUMPY_DTYPES = {dtype.name: dtype.newbyteorder("=") for dtype in DTYPES.values()} | {"object": np.dtype(object)}
METHODS = tuple(name for name in vars(MetadataRequest(owner=None)) if name != "owner")
SCALAR_TYPES = (NoneType, bool, int, float, str, np.generic)
