"""Where a stream of batches stands between two calls of `partial_fit`."""

from typing import NamedTuple

import numpy as np

# Until so many rows have come, they are kept, and scale and start are found anew from all of them.
ROWS_TO_START = 200


class Stream(NamedTuple):
    """Weights, the optimizer's memory, and the first rows as long as they are too few to start from.

    Attributes
    ----------
    weights : dict or None
        Arrays by part and name; None as long as the start is still open.
    moments : list of list of ndarray, or None
        The optimizer's memory of each weight; None before the first step.
    step : int
        Steps done with these moments.
    first_rows : ndarray of shape (n_samples, n_features), or None
        On the scale of the data.
    first_weights : ndarray of shape (n_samples,), or None
    """

    weights: dict | None = None
    moments: list | None = None
    step: int = 0
    first_rows: np.ndarray | None = None
    first_weights: np.ndarray | None = None

    @classmethod
    def of(cls, stored, weights):
        """Take up a stream after the state that `stored` gave, or after `fit` (None)."""
        if stored is None:
            return cls(weights)
        if stored["first_rows"] is None:
            return cls(weights, stored["moments"], stored["step"])
        return cls(first_rows=stored["first_rows"], first_weights=stored["first_weights"])

    def stored(self):
        """Return what is to be kept beside the weights, as plain values and arrays."""
        # The start will be found anew: what training has done since is of no use then.
        kept = self if self.first_rows is None else self._replace(moments=None, step=0)
        return {name: value for name, value in kept._asdict().items() if name != "weights"}

    def taking(self, X, sample_weight):
        """Return the stream and the rows to train on: as long as the start is open, the first rows and those of X."""
        if self.weights is not None:
            return self, X, sample_weight
        if self.first_rows is not None:
            if sample_weight is not None or self.first_weights is not None:
                sample_weight = np.append(_filled(self.first_weights, self.first_rows), _filled(sample_weight, X))
            X = np.concatenate([self.first_rows, X])
        if len(X) >= ROWS_TO_START:
            return Stream(), X, sample_weight
        return Stream(first_rows=X.copy(), first_weights=sample_weight), X, sample_weight


def _filled(sample_weight, X):
    """Write out weights of 1."""
    return np.ones(len(X)) if sample_weight is None else sample_weight
