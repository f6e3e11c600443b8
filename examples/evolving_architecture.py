"""
Let the architecture evolve
===========================

Which hidden layers make codes of handwritten digits that fall into clusters? A population of layer sizes evolves by the
silhouette of k-means, with PCA as the floor; scikit-learn's successive halving asks the same with few epochs for most
candidates.
"""

from pathlib import Path

import pandas as pd
from matplotlib.figure import Figure
from sklearn.datasets import load_digits
from sklearn.decomposition import PCA
from sklearn.experimental import enable_halving_search_cv  # noqa: F401
from sklearn.model_selection import HalvingRandomSearchCV, StratifiedKFold
from sklearn.pipeline import make_pipeline

from skvae import VAETransformer
from skvae.metrics import silhouette_scorer
from skvae.model_selection import EvolutionarySearchCV
from skvae.plot import SearchDisplay
from skvae.preprocessing import MaxNormalizer

X, y = (part[:600] for part in load_digits(return_X_y=True))
vae = VAETransformer(2, likelihood="bernoulli", epochs=40, random_state=0)
pipeline = make_pipeline(MaxNormalizer(scope="global"), vae)
judged = {"scoring": silhouette_scorer, "cv": StratifiedKFold(3, shuffle=True, random_state=0), "random_state": 0}

initial = [(16,), (64,), (32, 16)]
search = EvolutionarySearchCV(pipeline, population_size=3, n_rounds=2, initial=initial, baseline=PCA(2), **judged)
search.fit(X, y)
table = pd.DataFrame(search.cv_results_)
table["layers"] = table["param_vaetransformer__encoder"].astype(object).fillna("PCA")
print(table[["layers", "round", "parent", "accepted", "mean_test_score", "std_test_score"]].round(3).to_string())
print("Best:", search.best_params_, "of", search.n_rounds_, "rounds; the population:", search.population_)

figure = Figure(figsize=(7, 4.2), layout="constrained")
SearchDisplay.from_estimator(search, ax=figure.subplots())
figure.savefig("skvae-example-evolution.png", dpi=150)
print("Picture:", Path("skvae-example-evolution.png").resolve().name)

architectures = {"vaetransformer__encoder": table["layers"][1:].tolist()}  # the same ones: nothing compiles anew
halving = HalvingRandomSearchCV(
    pipeline, architectures, resource="vaetransformer__epochs", min_resources=10, max_resources=40, factor=2, **judged
)
halving.fit(X, y)
print("Halving, with", halving.n_candidates_, "candidates at", halving.n_resources_, "epochs:", halving.best_params_)
