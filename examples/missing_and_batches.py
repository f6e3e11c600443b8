"""
Missing values and batches
==========================

Three laboratories measured the same two conditions, each with offsets of its own, and low values were not detected.
Fill what is missing, and find the conditions although the laboratories differ more.
"""

import numpy as np
import pandas as pd
from sklearn.impute import SimpleImputer

from skvae import VAEImputer, VAETransformer
from skvae.metrics import nearest_neighbor_accuracy

# 90 samples, 300 proteins, log2 intensities: laboratories shift all proteins, the condition a tenth of them.
rng = np.random.default_rng(0)
lab, condition = np.tile(["A", "B", "C"], 30), np.repeat(["control", "treated"], 45)
complete = 25 + 0.6 * rng.normal(size=300) + 0.5 * rng.normal(size=(90, 300))
for name in "ABC":
    complete[lab == name] += rng.normal(size=300)
complete[condition == "treated", :30] += 1.5
X = np.where(complete < 23.5 + 0.3 * rng.normal(size=complete.shape), np.nan, complete)
missing = np.isnan(X)
print(f"{missing.mean():.0%} missing")

# Fill: the limit of detection is learned.
censored = VAEImputer(VAETransformer(5, missing="censored", random_state=0))
for name, imputer in {"mean": SimpleImputer(), "mask": VAEImputer(random_state=0), "censored": censored}.items():
    error = np.sqrt(np.mean((imputer.fit_transform(X) - complete)[missing] ** 2))
    print(f"{name:9} error {error:.2f}")

# Encode, with and without the laboratory as a covariate; missing values stay missing.
table = pd.DataFrame(X, columns=[f"protein{i}" for i in range(300)])
plain = VAETransformer(2, missing="mask", random_state=0).fit(table)
given = VAETransformer(2, missing="mask", covariates=["lab"], random_state=0).fit(table.assign(lab=lab))
for name, Z in {"plain": plain.transform(table), "covariates": given.transform(table.assign(lab=lab))}.items():
    accuracy = {
        what: nearest_neighbor_accuracy(Z[::2], labels[::2], Z[1::2], labels[1::2])
        for what, labels in {"lab": lab, "condition": condition}.items()
    }
    print(f"{name:10} neighbours tell the lab {accuracy['lab']:.2f}, the condition {accuracy['condition']:.2f}")

# As if all had been measured in laboratory A.
corrected = given.reconstruct(table.assign(lab=lab), covariates="A")
print("Spread of the laboratories' means before and after:")
for values in (complete, corrected):
    print(f"  {np.std([values[lab == name].mean(axis=0) for name in 'ABC'], axis=0).mean():.2f}")
