"""
Batch effects
=============

Three laboratories measured the same two conditions, each with offsets of its own. Told of the laboratory as a
covariate, the model need not encode it, and decodes any sample as if another laboratory had measured it.
"""

# %%
# 90 samples, 300 proteins. The laboratories differ in all proteins, the conditions in a tenth of them.
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

from skvae import VAETransformer
from skvae.metrics import nearest_neighbor_accuracy
from skvae.plot import LatentSpaceDisplay

rng = np.random.default_rng(0)
lab, condition = np.tile(["A", "B", "C"], 30), np.repeat(["control", "treated"], 45)
X = 25 + rng.normal(size=300) + 0.5 * rng.normal(size=(90, 300))
for name in "ABC":
    X[lab == name] += rng.normal(size=300)
X[condition == "treated", :30] += 0.8
table = pd.DataFrame(X, columns=[f"protein{i}" for i in range(300)]).assign(lab=lab)

# %%
# The covariate is a column of the table; it is neither encoded nor scored.
models = {
    "laboratory unknown": VAETransformer(2, random_state=0).fit(table.drop(columns="lab")),
    "laboratory given": VAETransformer(2, covariates=["lab"], random_state=0).fit(table),
}
codes = {name: model.transform(table[model.feature_names_in_]) for name, model in models.items()}
for name, Z in codes.items():
    told = nearest_neighbor_accuracy(Z[::2], lab[::2], Z[1::2], lab[1::2])
    elsewhere = np.mean(
        [nearest_neighbor_accuracy(Z[lab != n], condition[lab != n], Z[lab == n], condition[lab == n]) for n in "ABC"]
    )
    print(f"{name}: neighbours tell the laboratory of {told:.0%},", end=" ")
    print(f"those of other laboratories the condition of {elsewhere:.0%}")

# %%
# By chance neighbours would tell the laboratory of a third of the samples, and the condition of a half. Above, three
# laboratories and in each of them two conditions, whose difference points in another direction each time; below, two
# conditions, in which the laboratories are mixed.
figure, axes = plt.subplots(2, 2, figsize=(9, 7.5), layout="constrained")
for row, (name, Z) in zip(axes, codes.items(), strict=True):
    for ax, labels in zip(row, (lab, condition), strict=True):
        LatentSpaceDisplay(Z, labels).plot(ax)
        ax.set_title(name)

# %%
# As if all had been measured in laboratory A: the laboratories' means come together, the conditions stay apart. What
# the model takes for the laboratory's is all that differs between laboratories, so this needs conditions that each
# laboratory has measured.
corrected = models["laboratory given"].reconstruct(table, covariates="A")
for what, labels in {"laboratories": lab, "conditions": condition}.items():
    proteins = slice(0, 30) if what == "conditions" else slice(30, None)
    before, after = (
        np.std([values[labels == group, proteins].mean(axis=0) for group in np.unique(labels)], axis=0).mean()
        for values in (X, corrected)
    )
    print(f"spread of the means of the {what}: {before:.2f} before, {after:.2f} after")
