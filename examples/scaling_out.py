"""
Scaling out
===========

A table that does not fit into memory is learned batch by batch; many fits are spread over processes, with the same bits
as in one.
"""

# %%
# A stream: batches of any size, of which none is kept. Here each is drawn; it might be
# ``pandas.read_csv("large.csv", chunksize=500)``.
import time

import matplotlib.pyplot as plt
import numpy as np
from sklearn.decomposition import PCA
from sklearn.model_selection import cross_val_score

from skvae import VAETransformer

rng = np.random.default_rng(0)
bends = rng.normal(size=(3, 30)), rng.normal(size=(3, 30))


def draw(n_samples):
    """Draw rows that lie along three curves, with noise."""
    hidden = rng.normal(size=(n_samples, 3))
    return hidden @ bends[0] + np.tanh(2 * hidden @ bends[1]) + 0.3 * rng.normal(size=(n_samples, 30))


test = draw(1000)
stream = VAETransformer(3, random_state=0)
seen, scores = [], []
for _ in range(40):
    stream.partial_fit(draw(500))
    seen.append(stream.n_samples_seen_)
    scores.append(stream.score(test))

# %%
# Each row was seen once. The first ones set mean, scale and the start at PCA; from there on the curves are learned.
# PCA of 20,000 rows at once is where it began.
figure, ax = plt.subplots(figsize=(7, 4), layout="constrained")
ax.plot(seen, scores, label="VAE, batch by batch")
ax.axhline(PCA(3).fit(draw(20_000)).score(test), color="grey", linestyle="--", label="PCA of 20,000 rows")
ax.set(xlabel="rows seen", ylabel="log-likelihood of new rows (nats)")
ax.legend()

# %%
# Many fits, by joblib: ``n_jobs`` of scikit-learn. The results are the same, whoever reckons.
X = draw(400)
vae = VAETransformer(3, encoder=(16,), epochs=50, random_state=0)
results = {}
for n_jobs in (1, 2):
    start = time.perf_counter()
    results[n_jobs] = cross_val_score(vae, X, cv=2, n_jobs=n_jobs)
    print(f"n_jobs={n_jobs}: {results[n_jobs].round(3)}, {time.perf_counter() - start:.1f} s")
print("the same bits:", np.array_equal(results[1], results[2]))

# %%
# Each new process imports TensorFlow and compiles the network for itself, which takes longer than these short fits:
# spread fits that take minutes. On a cluster, with Dask and the extra ``dask``, nothing else changes::
#
#     with joblib.parallel_config("dask"):
#         GridSearchCV(vae, grid).fit(X)
