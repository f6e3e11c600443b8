"""What is exported: a fitted model, and the steps of a pipeline in front of it."""

import json
from typing import Any, NamedTuple

from sklearn.pipeline import Pipeline
from sklearn.utils.validation import check_is_fitted

import skvae
from skvae._decoded import DecodedFeatures
from skvae.estimators import AutoencoderTransformer, VAETransformer
from skvae.export._steps import Step, exportable_names, step_of

_MODELS = (VAETransformer, AutoencoderTransformer)
_WAY_OUT = "Export the model alone, to_onnx(pipeline[-1], path), and let data pass pipeline[:-1] in front of it."


class Exported(NamedTuple):
    """A model and its steps.

    Attributes
    ----------
    model : VAETransformer or AutoencoderTransformer
    steps : list of Step
        In the order in which data pass them.
    feature_names : list of str
        Names of the columns in front of the steps, without covariates.
    covariates : list of dict
        ``name``, ``levels`` and ``shares`` of each covariate.
    """

    model: Any
    steps: list[Step]
    feature_names: list
    covariates: list[dict]

    @classmethod
    def of(cls, estimator):
        """Take an estimator apart.

        Raises
        ------
        TypeError
            If there is no model of ours at its end.
        ValueError
            If a step cannot be exported.
        sklearn.exceptions.NotFittedError
            If it is not fitted.
        """
        named = _flat("", estimator)
        model, before = named[-1][1], named[:-1]
        if not isinstance(model, _MODELS):
            raise TypeError(
                "to_onnx exports a VAETransformer, an AutoencoderTransformer, or a Pipeline that ends in one, but got "
                f"{_described(estimator, model)}."
            )
        check_is_fitted(model)
        if before and model._covariates is not None:
            raise ValueError(f"The steps before a model with covariates cannot be exported with it. {_WAY_OUT}")
        steps = [_exportable(name, transformer) for name, transformer in before]
        widths = [step.n_features_in_ for _, step in before if hasattr(step, "n_features_in_")]
        names = DecodedFeatures.of(estimator, [*widths, len(model.mean_)][0]).names
        return cls(model, steps, [str(name) for name in names], _covariates_of(model))

    @property
    def n_indicators(self):
        """Number of levels of all covariates."""
        return sum(len(covariate["levels"]) for covariate in self.covariates)

    def applied(self, x):
        """Let data pass the steps."""
        for step in self.steps:
            x = step.apply(x)
        return x

    def undone(self, x):
        """Let data pass back through the steps."""
        for step in reversed(self.steps):
            x = step.undo(x)
        return x

    def properties(self):
        """Tell other programs what stands in which column: a dict from str to JSON."""
        told = {
            "skvae": skvae.__version__,
            "estimator": type(self.model).__name__,
            "features": self.feature_names,
            "components": self.model.get_feature_names_out().tolist(),
            "covariates": self.covariates,
        }
        return {name: json.dumps(value) for name, value in told.items()}


def _flat(name, estimator):
    """List the steps of a pipeline, and those of pipelines within it, with their names."""
    if not isinstance(estimator, Pipeline):
        return [(name, estimator)]
    return [step for named in estimator.steps for step in _flat(*named)]


def _described(estimator, last):
    """Say what was given in place of a model, and what to give."""
    name = type(estimator).__name__
    if estimator is not last:
        return f"a Pipeline that ends in {type(last).__name__}: cut it behind the model, such as pipeline[:-1]"
    inner = [attribute for attribute in ("best_estimator_", "estimator_") if hasattr(estimator, attribute)]
    return f"{name}: pass its .{inner[0]}" if inner else name


def _exportable(name, transformer):
    """Turn a step of a pipeline into a `Step`, or raise a ValueError that names it."""
    if hasattr(transformer, "fit"):
        check_is_fitted(transformer)
    step = step_of(transformer)
    if step is None:
        raise ValueError(
            f"The step {name!r}, {transformer!r:.200}, cannot be exported: to_onnx knows "
            f"{', '.join(exportable_names())} (of NumPy's logarithms, powers and roots). {_WAY_OUT}"
        )
    return step


def _covariates_of(model):
    """List name, levels and shares of each covariate."""
    covariates = model._covariates
    if covariates is None:
        return []
    names = getattr(model, "feature_names_in_", range(model.n_features_in_))
    shares = iter(covariates.shares.tolist())
    return [
        {
            "name": str(names[column]),
            "levels": [level.item() if hasattr(level, "item") else level for level in levels],
            "shares": [next(shares) for _ in levels],
        }
        for column, levels in zip(covariates.columns, covariates.encoder.categories_, strict=True)
    ]
