"""The other peer: the same variational autoencoder in eager PyTorch, written to be fast.

Adam is fused, minibatches are rows of a tensor picked by a permutation (a ``DataLoader`` would cost more than the
arithmetic), and the number of threads is the fastest one.
"""

import os
import time

import torch
from torch import nn
from torch.nn.functional import binary_cross_entropy_with_logits


class VAE(nn.Module):
    """Fully connected variational autoencoder, 120-120-16 to the code and one layer as wide as the data back.

    Parameters
    ----------
    n_features : int
    n_components : int, default=2
    """

    def __init__(self, n_features, n_components=2):
        super().__init__()
        self.hidden = nn.Sequential(
            nn.Linear(n_features, 120), nn.ReLU(), nn.Linear(120, 120), nn.ReLU(), nn.Linear(120, 16), nn.ReLU()
        )
        self.mean = nn.Linear(16, n_components)
        self.log_variance = nn.Linear(16, n_components)
        self.decoder = nn.Sequential(nn.Linear(n_components, n_features), nn.ReLU(), nn.Linear(n_features, n_features))

    def loss(self, x):
        """Return reconstruction and KL divergence, summed over features and averaged over rows."""
        hidden = self.hidden(x)
        mean, log_variance = self.mean(hidden), self.log_variance(hidden)
        z = mean + torch.exp(0.5 * log_variance) * torch.randn_like(mean)
        reconstruction = binary_cross_entropy_with_logits(self.decoder(z), x, reduction="sum")
        kl = -0.5 * torch.sum(1 + log_variance - mean.square() - log_variance.exp())
        return reconstruction / len(x), kl / len(x)


def fit_vae(X, epochs, batch_size):
    """Build and train the model, and return the seconds of each epoch."""
    X = torch.from_numpy(X)
    model = VAE(X.shape[1])
    optimizer = torch.optim.Adam(model.parameters(), fused=True)
    return [_epoch(model, optimizer, X, batch_size) for _ in range(epochs)]


def use_fastest_threads(X, batch_size, n_batches=10):
    """Set the number of threads by a short trial.

    Small networks run fastest on one thread. And where another process holds a core, OpenMP's threads spin while they
    wait for each other, which was seen to cost a factor of 60: a comparison with that would say nothing.
    """
    seconds = {}
    for n_threads in range(1, len(os.sched_getaffinity(0)) + 1):
        torch.set_num_threads(n_threads)
        seconds[n_threads] = min(fit_vae(X[: n_batches * batch_size], 2, batch_size))
    torch.set_num_threads(min(seconds, key=seconds.get))


def _epoch(model, optimizer, X, batch_size):
    """Go once through the rows in a new order, and return the seconds it took."""
    started = time.perf_counter()
    totals = torch.zeros(3)
    for rows in torch.randperm(len(X)).split(batch_size):
        reconstruction, kl = model.loss(X[rows])
        loss = reconstruction + kl
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        totals += torch.stack([loss, reconstruction, kl]).detach() * len(rows)
    return time.perf_counter() - started
