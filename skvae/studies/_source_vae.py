"""The network of the proteomics paper, trained as there and observed on the way."""

import warnings

from sklearn.exceptions import ConvergenceWarning

from skvae import VAETransformer
from skvae._study import within_study
from skvae.preprocessing import MaxNormalizer
from skvae.studies._observer import Observer

BATCH_SIZE = 500
LEARNING_RATE = 1e-3


def observed_training(X, y, epochs, look, seed, beta=1.0):
    """Train the paper's dense network, and look at it after some epochs.

    Encoder 120-120-16, decoder as wide as the features, two latent variables, cross-entropy, random weights, Adam at a
    constant rate of 1e-3, batches of 500. The rate of a `VAETransformer` falls over the second half of its training:
    here the training is set to be twice as long, and ended after the first half. So the curve of a short training is
    the beginning of that of a long one.

    Parameters
    ----------
    X : ndarray of shape (n_samples, n_features)
        Values from 0 to 1.
    y : ndarray of shape (n_samples,)
        Labels for `look`; they are not fitted.
    epochs : sequence of int
        When to look.
    look : callable
        From a fitted estimator, X and y to a dict.
    seed : int
    beta : float, default=1.0

    Returns
    -------
    rows : list of dict
        What `look` returned, with ``epoch`` and the epoch's ``loss``, ``reconstruction`` and ``kl``, in nats.
    vae : VAETransformer
        As it is after the last of the epochs.
    """
    observer = Observer(epochs, lambda *seen: look(*seen) | _losses(seen[0]))
    vae = VAETransformer(
        2,
        encoder=(120, 120, 16),
        decoder=(1.0,),
        likelihood="bernoulli",
        init="random",
        beta=beta,
        learning_rate=LEARNING_RATE,
        batch_size=BATCH_SIZE,
        epochs=2 * max(epochs),
        random_state=seed,
    ).set_callbacks(observer)
    with within_study(), warnings.catch_warnings():
        # Codes of noise collapse, which is what a study is to find, and a loss at a constant rate is not quiet.
        warnings.filterwarnings("ignore", message="Posterior collapse")
        warnings.simplefilter("ignore", ConvergenceWarning)
        vae.fit(X, y)
    return observer.rows, vae


def up_to_one(samples, X):
    """Fit what divides each feature by its maximum, or images by the one maximum of all pixels."""
    return MaxNormalizer(scope="global" if samples.are_images else "feature", clip=True).fit(X)


def _losses(vae):
    """Return the losses of the last epoch."""
    return {name: float(vae.history_[name][-1]) for name in ("loss", "reconstruction", "kl")}
