"""
Let the architecture evolve
===========================

Which hidden layers suit measurements of cell nuclei? A population of layer sizes evolves by the held-out
log-likelihood, with PCA as the floor; scikit-learn's successive halving asks the same with few epochs for most
candidates.
"""

# %%
# The search is a ``GridSearchCV`` in all but where its candidates come from: they are the children of those that did
# well. The first two are given here; by default all are drawn.
import pandas as pd
from sklearn.datasets import load_breast_cancer
from sklearn.decomposition import PCA
from sklearn.experimental import enable_halving_search_cv  # noqa: F401
from sklearn.model_selection import HalvingRandomSearchCV, KFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skvae import VAETransformer
from skvae.model_selection import EvolutionarySearchCV
from skvae.plot import SearchDisplay

X, _ = load_breast_cancer(return_X_y=True)
pipeline = make_pipeline(StandardScaler(), VAETransformer(2, epochs=60, random_state=0))
judged = {"cv": KFold(3, shuffle=True, random_state=0), "random_state": 0}

initial = [(8,), (16, 8)]
search = EvolutionarySearchCV(pipeline, population_size=2, n_rounds=2, initial=initial, baseline=PCA(2), **judged)
search.fit(X)
table = pd.DataFrame(search.cv_results_)
table["layers"] = table["param_vaetransformer__encoder"].astype(object).fillna("PCA")
print(table[["layers", "round", "parent", "accepted", "mean_test_score", "std_test_score"]].round(2).to_string())
print("Best:", search.best_params_)

# %%
# Round by round. All of these architectures are better than PCA, by more than a nat. Among themselves they differ by
# less than the folds do, so which of them is the best is hardly known: a search in earnest takes more rounds, and more
# folds.
SearchDisplay.from_estimator(search)

# %%
# Halving trains all candidates for few epochs, and goes on with the better half. These are the architectures from
# above, so that nothing is compiled anew.
halving = HalvingRandomSearchCV(
    pipeline,
    {"vaetransformer__encoder": table["layers"][1:].tolist()},
    resource="vaetransformer__epochs",
    min_resources=15,
    max_resources=60,
    factor=2,
    **judged,
).fit(X)
print("Halving, with", halving.n_candidates_, "candidates at", halving.n_resources_, "epochs:", halving.best_params_)
