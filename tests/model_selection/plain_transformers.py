"""Transformers with the least there can be, and such as fail."""

import numpy as np
from sklearn.base import BaseEstimator


class Columns(BaseEstimator):
    """Take some columns for the code."""

    def __init__(self, columns=(0, 1)):
        self.columns = columns

    def fit(self, X):
        return self

    def transform(self, X):
        return np.asarray(X)[:, list(self.columns)]


class Failing(Columns):
    """Fail in one of the methods, if the first training value is above a bound."""

    def __init__(self, stage, bound=-np.inf, columns=(0, 1)):
        super().__init__(columns)
        self.stage = stage
        self.bound = bound

    def fit(self, X):
        self.fails_ = np.asarray(X)[0, 0] > self.bound
        self._fail_in("fit")
        return self

    def transform(self, X):
        self._fail_in("transform")
        Z = super().transform(X).astype(float)
        return np.full_like(Z, np.nan) if self.stage == "code" and self.fails_ else Z

    def inverse_transform(self, Z):
        self._fail_in("inverse_transform")
        return np.column_stack([Z, Z])

    def _fail_in(self, stage):
        if self.fails_ and stage == self.stage:
            raise RuntimeError(f"no {stage} today.\nSecond line")
