"""Missing values masked, or filled with the mean? And are columns to be standardised before they are filled?

The figures of docs/command.md, for what ``skvae fit`` and ``skvae impute`` do by default. *Masked or mean*: fitted to
three quarters of the samples, of the others a tenth of the known values is hidden; the error on these is the root of
the mean square, in standard deviations of the column, the accuracy that of the 5 nearest training codes for the group.
*Standardised or not*: a tenth of all known values is hidden; the error is in log2 units.
``python benchmarks/masked_or_mean.py`` takes about five minutes on 2 cores; ``--quick`` only shows that it runs.
"""

import argparse
import warnings

import imputation
import numpy as np
import pandas as pd
from measure import heading, machine, markdown, say, seconds_of
from real_data import FOLDER
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skvae import VAEImputer, VAETransformer
from skvae.metrics import nearest_neighbor_accuracy
from skvae.preprocessing import MeanImputer

TABLES = ("septic_aki_plasma", "cptac_ucec")
FILLED_HEADER = ("table", "latent variables", "error: mask", "mean", "neighbours: mask", "mean", "pairs", "seconds")
SCALED_HEADER = ("table", "error: standardised", "as they are", "ratio, seed by seed")


def labelled(name, n_features):
    """Load a table with its missing values, and its groups."""
    X = pd.read_csv(FOLDER / "proteomics" / f"{name}.X.csv.gz", index_col=0).iloc[:, :n_features]
    group = pd.read_csv(FOLDER / "proteomics" / f"{name}.meta.csv", index_col=0)["group"]
    return X.to_numpy(), group.loc[X.index].to_numpy(str)


def pipelines(n_components, seed, epochs):
    """Return what ``skvae fit`` makes of ``--missing mask`` and ``--missing mean``."""
    vae = {"n_components": n_components, "epochs": epochs, "random_state": seed}
    return {
        "mask": make_pipeline(StandardScaler(), VAETransformer(missing="mask", **vae)),
        "mean": make_pipeline(MeanImputer(), StandardScaler(), VAETransformer(**vae)),
    }


def masked_and_mean(X, group, n_components, seed, epochs):
    """Return errors on hidden values, accuracies of the neighbours, and seconds, of both."""
    train, test = train_test_split(np.arange(len(X)), test_size=0.25, random_state=seed, stratify=group)
    kept = (~np.isnan(X[train])).sum(axis=0) > 1
    X_train, X_test = X[train][:, kept], X[test][:, kept]
    with_holes, at = imputation.hidden(X_test, 0.1, "random", seed)
    scale = np.nanstd(X_train, axis=0)
    found = {}
    for name, model in pipelines(n_components, seed, epochs).items():
        [seconds] = seconds_of(lambda model=model: model.fit(X_train))
        codes = model.transform(with_holes)
        errors = ((model.inverse_transform(codes) - X_test) / np.where(scale > 0, scale, 1))[at]
        accuracy = nearest_neighbor_accuracy(model.transform(X_train), group[train], codes, group[test], n_neighbors=5)
        found[name] = np.sqrt(np.mean(np.square(errors))), accuracy, seconds
    return found


def filled_row(name, n_components, arguments):
    """Return a line of the first table."""
    X, group = labelled(name, arguments.features)
    found = [masked_and_mean(X, group, n_components, seed, arguments.epochs) for seed in range(arguments.seeds)]
    mask, mean = (np.transpose([of_seed[how] for of_seed in found]) for how in ("mask", "mean"))
    return (
        f"{name} {X.shape[0]} x {X.shape[1]}, {np.isnan(X).mean():.0%} missing",
        str(n_components),
        *(f"{values[0].mean():.3f}" for values in (mask, mean)),
        *(f"{values[1].mean():.2f}" for values in (mask, mean)),
        f"mask smaller in {(mask[0] < mean[0]).sum()} of {arguments.seeds}",
        f"{np.median(mask[2] / mean[2]):.1f} times",
    )


def scaled_row(name, arguments):
    """Return a line of the second table."""
    X = imputation.table(name, is_linear=False)[:, : arguments.features]
    errors = []
    for seed in range(arguments.seeds):
        with_holes, at = imputation.hidden(X, 0.1, "random", seed)
        vae = VAETransformer(10, missing="mask", epochs=arguments.epochs)
        imputer, scaler = VAEImputer(vae, random_state=seed), StandardScaler()
        standardised = scaler.inverse_transform(imputer.fit_transform(scaler.fit_transform(with_holes)))
        as_it_is = imputer.fit_transform(with_holes)
        errors.append([np.sqrt(np.mean(np.square((filled - X)[at]))) for filled in (standardised, as_it_is)])
    ratios = " ".join(f"{ours / theirs:.3f}" for ours, theirs in errors)
    return f"{name} {X.shape[0]} x {X.shape[1]}", *(f"{value:.3f}" for value in np.mean(errors, axis=0)), ratios


def main():
    """Print both tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--quick", action="store_true")
    arguments = parser.parse_args()
    arguments.features, arguments.epochs = (80, 5) if arguments.quick else (None, 200)
    warnings.simplefilter("ignore", UserWarning)
    description, filled, scaled = machine(), [], []
    for name in TABLES:
        for n_components in (2, 10):
            filled.append(filled_row(name, n_components, arguments))
            say(" | ".join(filled[-1]))
        scaled.append(scaled_row(name, arguments))
        say(" | ".join(scaled[-1]))
    print(heading(description), markdown(FILLED_HEADER, filled), markdown(SCALED_HEADER, scaled), sep="\n\n")


if __name__ == "__main__":
    main()
