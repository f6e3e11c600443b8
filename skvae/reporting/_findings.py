"""What a report tells of, computed: models, codes, comparison, stability."""

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from sklearn.decomposition import PCA

from skvae._decoded import decoded
from skvae._names import latent_names_or_numbers
from skvae._study import within_study
from skvae._validation import advising, check_table
from skvae.inspection import LatentStability, latent_stability, loadings
from skvae.metrics import lost_variance
from skvae.model_selection import compare_transformers
from skvae.reporting._inputs import last_step
from skvae.reporting._log import Log
from skvae.reporting._words import printable

#: What refits differ in.
SEEDS, ROWS = "other seeds", "other rows and seeds"
#: The step that fits on parts of the rows.
COMPARING = "comparing on random splits"
_NEIGHBORS = 10
_LEAST_ROWS_OF_LOADINGS = 2
# How compare_transformers begins to say that a table or labels do not suffice.
_NOT_COMPARABLE = ("Found array with", "The target y", "n_clusters", "No column of X", "No estimator could be fitted")
_INVERSE = "inverse_transform"
#: What helps where a table is too small to compare on.
WITHOUT_COMPARISON = "n_repeats=0 leaves the comparison out."
PCA_OF_THESE_ROWS = (
    "PCA was fitted to these rows; the given model perhaps was not, so PCA may look better here than it is."
)


@dataclass
class Findings:
    """All that the sections of a report are written from.

    Attributes
    ----------
    log : Log
    seed : int
        Of all that is random.
    models : dict of str to fitted transformer
        The one that the others are compared with first.
    given : str or None
        Name of the model that was fitted before.
    data : Data or None
    comparison : TransformerComparison or None
    stability : dict of (str, str) to LatentStability
        By model, and by what the refits differ in, `SEEDS` or `ROWS`.
    levels : list or None
        Of labels that have an order, in this order.
    omitted : dict of str to str
        Why a section is not there, or what models decode.
    """

    log: Log
    seed: int
    models: dict[str, Any] = field(default_factory=dict)
    given: str | None = None
    data: Any = None
    comparison: Any = None
    stability: dict[tuple[str, str], LatentStability] = field(default_factory=dict)
    levels: list[Any] | None = None
    omitted: dict[str, str] = field(default_factory=dict)

    @property
    def subject(self):
        """Name of the model that the report is about, the last one."""
        return list(self.models)[-1]

    @property
    def has_own_pca(self):
        """Whether a PCA was fitted to the table beside a model that was fitted before."""
        return self.given is not None and len(self.models) > 1

    @property
    def labels(self):
        """Labels of the rows, where there are any; with their order, if they have one."""
        labels = self.data.labels
        if labels is None or self.levels is None:
            return labels
        written = [printable(level) if isinstance(level, str) else level for level in self.levels]
        # What a page cannot hold may bear a number beside its name.
        return pd.Categorical(labels, categories=[*dict.fromkeys([*written, *labels])], ordered=True)

    @cached_property
    def codes(self):
        """Codes of all rows, by model."""
        return {name: self._encoded(model) for name, model in self.models.items()}

    @cached_property
    def reconstructed(self):
        """What the models that decode give back of all rows, by model."""
        tables = {name: self._decoded(name) for name in self.models}
        return {name: table for name, table in tables.items() if table is not None}

    @cached_property
    def lost(self):
        """Share of its variance that each feature loses, by model: features down."""
        shares = {name: lost_variance(self.data.values, table) for name, table in self.reconstructed.items()}
        return pd.DataFrame(shares, index=self.data.features)

    @cached_property
    def loadings(self):
        """Loadings by model: features down, but for those that it does not give back; latent variables across."""
        if len(self.data.samples) < _LEAST_ROWS_OF_LOADINGS:
            return {}
        tables = {name: loadings(self.models[name], self.data.X) for name in self.reconstructed}
        return {name: table.set_axis(self.data.features).dropna() for name, table in tables.items()}

    def fit(self, name, model):
        """Fit a model on all rows."""
        # Ctrl-C ends the report: a half-trained model among the others would spoil it.
        with self.log.step(f"fitting {name} on all rows"), within_study():
            self.models[name] = model.fit(self.data.X)

    def compare(self, estimators, n_repeats, n_jobs):
        """Fit and measure models on random splits."""
        options = {"n_repeats": n_repeats, "n_jobs": n_jobs, "random_state": self.seed}
        with self.log.step(COMPARING), advising(dict.fromkeys(_NOT_COMPARABLE, WITHOUT_COMPARISON)):
            self.comparison = compare_transformers(estimators, self.data.X, self.labels, **options)

    def refit(self, name, estimator, n_repeats, n_jobs):
        """Fit a model again, with other seeds and with other rows, to see what of its code stays."""
        n_neighbors = min(_NEIGHBORS, len(self.data.samples) - 2)
        options = {"n_repeats": n_repeats, "n_neighbors": n_neighbors, "n_jobs": n_jobs, "random_state": self.seed}
        for kind, resample in {SEEDS: None, ROWS: "bootstrap"}.items():
            # PCA has a seed for one of its solvers only, which hardly matters.
            if kind == ROWS or not isinstance(last_step(estimator), PCA):
                with self.log.step(f"refitting {name}, {kind}"):
                    self.stability[name, kind] = latent_stability(estimator, self.data.X, resample=resample, **options)

    def _encoded(self, model):
        """Encode all rows."""
        Z = check_table(model.transform(self.data.X), dtype=np.float64, input_name="The code")
        return pd.DataFrame(Z, columns=latent_names_or_numbers(model, Z.shape[1]))

    def _decoded(self, name):
        """Decode the codes of a model; None if it cannot, which is noted."""
        try:
            return decoded(self.models[name], self.codes[name].to_numpy())
        except (TypeError, ValueError) as error:
            self.log.note(f"decoding with {name}", str(error))
            self.omitted["decoded"] = (
                f"Left out: {name} does not decode its codes. {_obstacle(self.models[name], error)}"
            )
            return None


def _obstacle(model, error):
    """Say which step of a model cannot be undone, or else what came of decoding."""
    steps = [model]
    while any(hasattr(step, "steps") for step in steps):  # pipelines, also within others
        steps = [part for step in steps for _, part in getattr(step, "steps", [("", step)])]
    kinds = [type(step).__name__ for step in steps if step not in (None, "passthrough") and not hasattr(step, _INVERSE)]
    return f"The step {' > '.join(kinds)} cannot be undone: it has no {_INVERSE}." if kinds else str(error)
