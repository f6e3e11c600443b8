"""
The life of a model
===================

Watch the training epoch by epoch and stop it, go on with a stream of batches, save the pipeline and load it again.
"""

import tempfile
from pathlib import Path

import numpy as np
from sklearn.datasets import load_breast_cancer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import skvae
from skvae import VAETransformer


class StopWhenGoodEnough:
    """Look at the model of every tenth epoch, and stop as soon as its score is good enough."""

    def __init__(self, score):
        self.score = score

    def setup(self, estimator, context):
        """Nothing to prepare."""

    def teardown(self, estimator, context):
        """Nothing to clear away."""

    def on_fit_task_begin(self, estimator, context):
        """Nothing to do before an epoch."""

    def on_fit_task_end(self, estimator, context, *, X=None, fitted_estimator=None):
        """Return True to stop."""
        if context.task_name != "epoch" or context.task_id % 10:
            return False
        score = fitted_estimator.score(X)
        print(f"epoch {context.task_id:3d}: {score:6.2f} nats per sample")
        return score > self.score


X, _ = load_breast_cancer(return_X_y=True)
first, *stream = np.array_split(X, 4)

vae = VAETransformer(2, random_state=0)
model = make_pipeline(StandardScaler(), vae.set_callbacks(StopWhenGoodEnough(-25.0))).fit(first)
print(f"stopped after {vae.n_iter_} epochs; nats in each latent variable: {vae.kl_per_component_.round(2)}")

before = model.score(X)
for batch in stream:
    vae.partial_fit(model[0].transform(batch))
print(f"all rows before and after the stream: {before:.2f}, {model.score(X):.2f} nats per sample")

with tempfile.TemporaryDirectory() as folder:
    skvae.save(model, Path(folder) / "model.skvae")
    again = skvae.load(Path(folder) / "model.skvae")
print("the loaded pipeline gives the same codes:", np.array_equal(again.transform(X), model.transform(X)))
