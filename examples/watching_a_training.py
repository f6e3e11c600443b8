"""
Watching a training
===================

Callbacks see each epoch, on the estimator as well as inside a pipeline: a score of held-out rows, a picture of how the
loss falls, and a rule of your own that ends the training.
"""

# %%
# A callback of scikit-learn is an object with four methods. This one scores rows that the fit does not see, after every
# tenth epoch, and asks to stop as soon as they are a quarter of a nat worse than at their best.
import matplotlib.pyplot as plt
from sklearn.datasets import load_breast_cancer
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

from skvae import VAETransformer
from skvae.plot import LossCurveDisplay


class StopWhenWorse:
    """Keep the scores of held-out rows, and stop when they fall."""

    def __init__(self, held_out):
        self.held_out = held_out
        self.scores = {}

    def setup(self, estimator, context):
        """Nothing to prepare."""

    def teardown(self, estimator, context):
        """Nothing to clear away."""

    def on_fit_task_begin(self, estimator, context):
        """Nothing to do before an epoch."""

    def on_fit_task_end(self, estimator, context, *, fitted_estimator=None):
        """Return True to stop."""
        if context.task_name != "epoch" or context.task_id % 10:
            return False
        before = max(self.scores.values(), default=float("-inf"))
        self.scores[context.task_id + 1] = fitted_estimator.score(self.held_out)
        return self.scores[context.task_id + 1] < before - 0.25


X = StandardScaler().fit_transform(load_breast_cancer().data)
train, held_out = train_test_split(X, test_size=0.5, random_state=0)
watch = StopWhenWorse(held_out)
vae = (
    VAETransformer(2, weight_decay=0.0, learning_rate=5e-3, epochs=400, random_state=0).set_callbacks(watch).fit(train)
)
print(f"stopped after {vae.n_iter_} of 400 epochs; best on held-out rows: {max(watch.scores.values()):.2f} nats")

# %%
# Without weight decay, and at a high rate, the network learns half a table by heart: the held-out score turns round
# while the loss of the training rows falls on. (With the defaults it turns, too, but loses 0.4 nats in 200 epochs.)
display = LossCurveDisplay.from_estimator(vae)
figure, ax = plt.subplots(figsize=(6, 3.6), layout="constrained")
ax.plot(list(watch.scores), list(watch.scores.values()), "o-")
ax.set(xlabel="epoch", ylabel="held-out log-likelihood (nats)")

# %%
# For scores of any kind there is scikit-learn's ``ScoringMonitor``, for a bar its ``ProgressBar``, for TensorBoard
# :class:`skvae.callbacks.TensorBoard`::
#
#     VAETransformer().set_callbacks(ProgressBar()).fit(X)
#     VAETransformer().set_callbacks(TensorBoard("logs")).fit(X)
