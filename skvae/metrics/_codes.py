"""What a latent array and its labels must be."""

import numpy as np
import pandas as pd
from sklearn.utils import check_consistent_length, column_or_1d

from skvae._validation import check_table, refuse_masked


def check_codes(Z, name="Z"):
    """Check a latent array."""
    return check_table(Z, dtype=np.float64, input_name=name)


def check_labels(labels, Z, name="labels"):
    """Check one label per code, none missing."""
    refuse_masked(labels, name, "Leave those samples out.")
    labels = column_or_1d(labels)
    check_consistent_length(Z, labels)
    missing = int(pd.isna(labels).sum())
    if missing:
        raise ValueError(f"{missing} of {labels.size} {name} are missing: leave those samples out.")
    return labels
