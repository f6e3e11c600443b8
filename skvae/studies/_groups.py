"""What studies of two groups of samples share: draws of rows, and the training of the source's network on them."""

import numpy as np

from skvae.studies._samples import bundled_digits, not_negative, two_groups
from skvae.studies._separation import separation
from skvae.studies._source_vae import observed_training, up_to_one


def two_groups_of(samples, sizes):
    """Keep two groups of what the user gives, or of the digits that come with scikit-learn."""
    return two_groups(bundled_digits() if samples is None else not_negative(samples))


def smallest_group(samples):
    """Count the rows of the smallest group."""
    return int(np.unique(samples.y, return_counts=True)[1].min())


def drawn(samples, n_rows, rng):
    """Draw rows without replacement, so many of each group; groups in the order of their names."""
    groups = np.unique(samples.y)
    rows = [
        rng.choice(np.flatnonzero(samples.y == group), n, replace=False)
        for group, n in zip(groups, n_rows, strict=True)
    ]
    # Batches are drawn by row: an order of its own for each draw.
    rows = rng.permutation(np.concatenate(rows))
    return samples._replace(X=samples.X[rows], y=samples.y[rows])


def curve(samples, epochs, seed, beta=1.0):
    """Train on all samples, and return a row of measures for each of the epochs, and the last model.

    Parameters
    ----------
    samples : Samples
    epochs : sequence of int
    seed : int
    beta : float, default=1.0

    Returns
    -------
    rows : list of dict
    vae : VAETransformer
    X : ndarray of shape (n_samples, n_features)
        The samples as the network saw them, from 0 to 1.
    """
    X = up_to_one(samples, samples.X).transform(samples.X)
    rows, vae = observed_training(
        X, samples.y, epochs, lambda vae, X, y: separation(vae.transform(X), y, seed), seed, beta
    )
    return rows, vae, X


def codes(Z, labels, held_out=None):
    """List codes to draw, a dict for each sample."""
    held_out = np.zeros(len(Z), bool) if held_out is None else held_out
    columns = np.asarray(Z, float)[:, 0], np.asarray(Z, float)[:, 1], labels, held_out
    return [
        {"z0": float(z0), "z1": float(z1), "label": str(label), "held_out": bool(out)}
        for z0, z1, label, out in zip(*columns, strict=True)
    ]


def last_epochs(table):
    """Keep the rows of the last epoch."""
    return table[table["epoch"] == table["epoch"].max()]
