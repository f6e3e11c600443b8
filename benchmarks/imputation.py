"""Which imputer? Known values of proteomics tables are hidden, at random or where they are low, and filled again.

The error is the root of the mean squared difference, in log2 units, over the hidden values of proteins that keep at
least one; each line is the mean of several seeds and their standard deviation. ``python benchmarks/imputation.py``
takes an hour or more on 2 cores, ``--share 0.3`` a third of it, ``--quick`` only shows that it runs.
"""

import argparse
import json
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
from measure import heading, machine, markdown, say, seconds_of
from real_data import FOLDER
from sklearn.exceptions import ConvergenceWarning
from sklearn.experimental import enable_iterative_imputer  # noqa: F401
from sklearn.impute import IterativeImputer, KNNImputer, SimpleImputer
from sklearn.linear_model import BayesianRidge

from skvae import VAEImputer, VAETransformer

#: Table, and whether it is linear.
TABLES = {"cptac_ucec": False, "ecoli_five_labs": True, "septic_aki_plasma": False}
# The iterative imputer takes minutes beyond so many proteins.
MOST_PROTEINS = 2000
# Standard deviations of the table's values by which the order of the low ones is blurred.
BLUR = 0.5
HEADER = ("table", "hidden", "imputer", "error", "seconds")


def table(name, is_linear):
    """Load the proteins that at least half of the samples have, in logarithms."""
    X = pd.read_csv(FOLDER / "proteomics" / f"{name}.X.csv.gz", index_col=0)
    X = X.loc[:, X.notna().mean() >= 0.5].to_numpy()
    X = np.log2(X) if is_linear else X
    columns = np.random.default_rng(0).permutation(X.shape[1])[:MOST_PROTEINS]
    return X[:, np.sort(columns)]


def hidden(X, share, how, seed):
    """Hide a share of the known values; return the table and where."""
    rng = np.random.default_rng(seed)
    known = np.argwhere(~np.isnan(X))
    order = rng.permutation(len(known))
    if how == "low":
        order = np.argsort(X[tuple(known.T)] + BLUR * np.nanstd(X) * rng.standard_normal(len(known)))
    at = tuple(known[order[: round(share * len(known))]].T)
    with_holes = X.copy()
    with_holes[at] = np.nan
    return with_holes, at


class HalfMinimum(SimpleImputer):
    """Fill with half of the lowest value of each protein: in log2, one less."""

    def fit(self, X, y=None):
        """Look the lowest values up."""
        super().fit(X)
        self.statistics_ = np.nanmin(X, axis=0) - 1
        return self


def imputers(seed):
    """Return the rivals, and ours, with their defaults."""
    return {
        "mean": SimpleImputer(),
        "half minimum": HalfMinimum(),
        "KNNImputer": KNNImputer(),
        "IterativeImputer(BayesianRidge)": IterativeImputer(
            BayesianRidge(), n_nearest_features=20, max_iter=5, random_state=seed
        ),
        "VAEImputer, mask": VAEImputer(random_state=seed),
        "VAEImputer, censored": VAEImputer(VAETransformer(10, missing="censored"), random_state=seed),
    }


def errors(X, share, how, seeds):
    """Return the error and seconds of each imputer for each seed."""
    found = {}
    for seed in seeds:
        with_holes, at = hidden(X, share, how, seed)
        kept = ~np.isnan(with_holes).all(axis=0)
        counts = kept[at[1]]
        for name, imputer in imputers(seed).items():
            filled = np.full(X.shape, np.nan)

            def fill(imputer=imputer, filled=filled, with_holes=with_holes, kept=kept):
                filled[:, kept] = imputer.fit_transform(with_holes[:, kept])

            [seconds] = seconds_of(fill)
            error = np.sqrt(np.mean(np.square(filled[at] - X[at])[counts]))
            found.setdefault(name, []).append((error, seconds))
    return found


def main():
    """Print the table, and write it as JSON if asked to."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--share", type=float, nargs="+", default=[0.1, 0.3, 0.5])
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    warnings.simplefilter("ignore", ConvergenceWarning)
    warnings.simplefilter("ignore", UserWarning)
    rows = []
    for name, is_linear in TABLES.items():
        X = table(name, is_linear)
        X = X[:, :60] if arguments.quick else X
        for how in ("random", "low"):
            for share in arguments.share:
                what = f"{name} {X.shape[0]} x {X.shape[1]}", f"{share:.0%} {how}"
                for imputer, found in errors(X, share, how, range(arguments.seeds)).items():
                    error, seconds = np.transpose(found)
                    rows.append((*what, imputer, f"{error.mean():.3f} ± {error.std():.3f}", f"{seconds.mean():.1f}"))
                    say(" | ".join(rows[-1]))
    print(heading(machine()), end="\n\n")
    print(markdown(HEADER, rows))
    if arguments.json:
        arguments.json.write_text(json.dumps(rows, indent=1) + "\n")


if __name__ == "__main__":
    main()
