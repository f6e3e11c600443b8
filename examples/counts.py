"""
Counts and single cells
=======================

Counts of molecules in single cells: mostly zeros, and some cells read more deeply than others. A negative binomial
likelihood takes them as they are.
"""

# %%
# 600 cells of three types, 200 genes; 20 genes mark each type. The depth of reading varies thirtyfold, and counts vary
# more than Poisson's.
import matplotlib.pyplot as plt
import numpy as np
from sklearn.decomposition import PCA
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer

from skvae import VAETransformer
from skvae.metrics import nearest_neighbor_accuracy
from skvae.plot import LatentSpaceDisplay

rng = np.random.default_rng(0)
cell_type = np.repeat(["B", "NK", "T"], 200)
rates = np.tile(rng.gamma(0.5, 1.0, size=200), (600, 1))
for i, name in enumerate(np.unique(cell_type)):
    rates[cell_type == name, 20 * i : 20 * (i + 1)] *= 4
depth = 10 ** rng.uniform(-1, 0.5, size=600)
mean = rates * depth[:, None]
counts = rng.poisson(rng.gamma(2.0, mean / 2.0)).astype(float)
sums = counts.sum(axis=1)
print(f"{(counts == 0).mean():.0%} zeros; molecules of a cell: {sums.min():.0f} to {sums.max():.0f}")

# %%
# Beside it stands the usual way: the counts of each cell brought to one sum, logarithms, PCA. Half of the cells are
# held out.
normalized = FunctionTransformer(lambda X: np.log1p(100 * X / X.sum(axis=1, keepdims=True)))
vae = VAETransformer(2, likelihood="negative_binomial", random_state=0)
models = {"PCA of logarithms": make_pipeline(normalized, PCA(2)), "VAE, negative binomial": vae}
train, test = np.arange(0, 600, 2), np.arange(1, 600, 2)
figure, axes = plt.subplots(2, 2, figsize=(10, 8), layout="constrained")
for row, (name, model) in zip(axes, models.items(), strict=True):
    Z = model.fit(counts[train]).transform(counts)
    accuracy = nearest_neighbor_accuracy(Z[train], cell_type[train], Z[test], cell_type[test])
    print(f"{name}: neighbours tell {accuracy:.0%} of the types")
    LatentSpaceDisplay(Z, cell_type).plot(row[0])
    LatentSpaceDisplay(Z, np.log10(depth)).plot(row[1])
    row[0].set_title(name)
    row[1].set_title("logarithm of the depth")

# %%
# Both find the types, and PCA's plane is the clearer one: types that differ by a factor in some genes are what
# logarithms make linear. But see where the VAE puts the cells that were hardly read, the dark dots: into the middle,
# between the types. It says of each cell how much it knows, while PCA draws a cell of ten molecules like any other.
_, std = vae.posterior(counts)
for low, high in [(0, 30), (30, 100), (100, 1000)]:
    cells = (counts.sum(axis=1) >= low) & (counts.sum(axis=1) < high)
    print(f"{low} to {high} molecules: {cells.sum()} cells, uncertainty of a code {std[cells].mean():.2f}")

# %%
# And it is a probability of the counts themselves, by which models can be chosen: Poisson's variance is too small for
# these.
poisson = VAETransformer(2, likelihood="poisson", random_state=0).fit(counts[train])
for name, model in {"Poisson": poisson, "negative binomial": vae}.items():
    print(f"{name}: {model.score(counts[test]):.1f} nats per held-out cell")
