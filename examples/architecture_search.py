"""
Search architectures with GridSearchCV
======================================

Hidden layers, the weight of the KL divergence, and PCA itself compete in one grid, judged by the held-out
log-likelihood. The engine compiles each architecture once: other folds and other values of beta come for free.
"""

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
    {"model__encoder": [(), (32,), (120, 120, 16)], "model__beta": [0.5, 1.0, 4.0]},
    {"model": [PCA(2)]},
]
search = GridSearchCV(pipeline, grid, cv=5, n_jobs=2).fit(X)

table = pd.DataFrame(search.cv_results_)
columns = ["param_model__encoder", "param_model__beta", "mean_test_score", "std_test_score", "mean_fit_time"]
print(table.sort_values("rank_test_score")[columns].astype(object).fillna("PCA").to_string(index=False))
print("Best:", search.best_params_)
