"""
Missing values
==============

In a table of intensities it is the low values that are missing. Filling them with the mean is wrong by the rule;
a model that knows the limit of detection does better.
"""

# %%
# 90 samples with 300 proteins, in logarithms. Two conditions differ in a tenth of the proteins, and what lies near the
# limit of detection, 23.5, or below, mostly is not found.
import matplotlib.pyplot as plt
import numpy as np
from sklearn.impute import KNNImputer, SimpleImputer

from skvae import VAEImputer, VAETransformer

rng = np.random.default_rng(0)
condition = np.repeat(["control", "treated"], 45)
complete = 25 + rng.normal(size=300) + rng.normal(size=(90, 4)) @ rng.normal(scale=0.4, size=(4, 300))
complete += 0.4 * rng.normal(size=complete.shape)
complete[condition == "treated", :30] += 1.5
X = np.where(complete < 23.5 + 0.3 * rng.normal(size=complete.shape), np.nan, complete)
found = ~np.isnan(X).all(axis=0)  # a protein that is never found is nobody's to guess
complete, X = complete[:, found], X[:, found]
missing = np.isnan(X)
print(f"{missing.mean():.0%} missing, in {missing.any(axis=0).sum()} of {X.shape[1]} proteins")

# %%
# ``missing="mask"`` leaves missing values out of the likelihood, which is right where values go missing at random;
# ``"censored"`` learns limits of detection. Both are steps like scikit-learn's imputers.
imputers = {
    "mean": SimpleImputer(),
    "neighbours": KNNImputer(),
    "VAE, mask": VAEImputer(VAETransformer(5, missing="mask", random_state=0)),
    "VAE, censored": VAEImputer(VAETransformer(5, missing="censored", random_state=0)),
}
filled = {name: imputer.fit_transform(X) for name, imputer in imputers.items()}
for name, values in filled.items():
    error = (values - complete)[missing]
    print(f"{name:14} error {np.sqrt(np.mean(error**2)):.2f}, of which bias {error.mean():+.2f}")

# %%
# What was filled in against what is true. The mean is far too high, neighbours and the masked model are still above the
# diagonal, as they have seen the higher values only. The censored model is about right on average. On values that go
# missing at random it would be the worse choice: it would take them to be low.
figure, axes = plt.subplots(1, 4, figsize=(13, 3.6), sharex=True, sharey=True, layout="constrained")
for ax, (name, values) in zip(axes, filled.items(), strict=True):
    ax.plot(complete[missing], values[missing], ".", markersize=2, alpha=0.4)
    ax.axline((23, 23), slope=1, color="black", linewidth=1)
    ax.set(title=name, xlabel="true value")
axes[0].set_ylabel("filled in")
