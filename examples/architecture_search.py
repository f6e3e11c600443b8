"""
GridSearchCV over architectures
===============================

Hidden layers, the weight of the KL divergence and PCA itself compete in one grid, judged by the held-out
log-likelihood. An architecture is compiled once: other folds and other values of beta come for free.
"""

# %%
# An architecture is a parameter like any other: a tuple of layer sizes. The last row of the grid replaces the whole
# step, so that the search may find that PCA is enough.
import matplotlib.pyplot as plt
import pandas as pd
from sklearn.datasets import load_breast_cancer
from sklearn.decomposition import PCA
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler

from skvae import VAETransformer

X, _ = load_breast_cancer(return_X_y=True)
pipeline = Pipeline([("scale", StandardScaler()), ("model", VAETransformer(2, random_state=0))])
grid = [
    {"model__encoder": [(), (32,), (120, 120, 16)], "model__beta": [1.0, 4.0]},
    {"model": [PCA(2)]},
]
search = GridSearchCV(pipeline, grid, cv=5).fit(X)
print("Best:", search.best_params_)

# %%
# Folds differ more from each other than candidates do. All candidates met the same folds, so look at the differences
# from PCA, fold by fold: the dots. A linear VAE with beta 1 is probabilistic PCA, and is found to be; one hidden layer
# is better on each fold, three are better still.
table = pd.DataFrame(search.cv_results_)
table["name"] = [
    "PCA" if pd.isna(beta) else f"{layers or 'linear'}, beta {beta:g}"
    for layers, beta in zip(table["param_model__encoder"], table["param_model__beta"], strict=True)
]
folds = table.sort_values("mean_test_score").set_index("name")[[f"split{i}_test_score" for i in range(5)]]
gains = folds - folds.loc["PCA"]
figure, ax = plt.subplots(figsize=(8, 3.6), layout="constrained")
ax.plot(gains, gains.index, "o", color="tab:blue", alpha=0.4)
ax.plot(gains.mean(axis=1), gains.index, "d", color="black")
ax.axvline(0, color="grey", linewidth=1)
ax.set(xlabel="held-out log-likelihood beyond PCA's (nats per sample)")
print(table[["name", "mean_test_score", "std_test_score", "mean_fit_time"]].round(2).to_string(index=False))
