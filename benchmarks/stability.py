"""Does the start at PCA make codes more stable? Each start fitted with five seeds, and on five bootstrap samples.

Of two fits, mean over the ten pairs, and the least and the largest: the share of the ten nearest neighbours that a row
keeps; the disparity after rotation and scaling; and the correlation of single latent variables, rotated onto the
reference and as fitted. ``python benchmarks/stability.py``, about half an hour on 2 cores.
"""

import argparse
import warnings

from measure import heading, machine, markdown, say
from real_data import LOADERS
from sklearn.decomposition import PCA
from sklearn.preprocessing import StandardScaler

from skvae import VAETransformer
from skvae.inspection import latent_stability

HEADER = ("data", "k", "start", "differ by", "neighbours kept", "disparity", "aligned", "matched", "collapsed")
# Pixels have one unit: they stay as they are.
UNSCALED = {"digits"}


def models(n_components):
    """Return the contenders."""
    return {
        "(PCA itself)": PCA(n_components),
        "PCA": VAETransformer(n_components),
        "random": VAETransformer(n_components, init="random"),
    }


def cells(stability):
    """Write what was measured."""
    pairs, components = stability.pairs, stability.components
    for name, digits in (("neighbor_agreement", 2), ("disparity", 3)):
        values = pairs[name]
        yield f"{values.mean():.{digits}f} ({values.min():.{digits}f} to {values.max():.{digits}f})"
    for name in ("aligned", "matched"):
        yield f"{components[name].mean():.2f}"
    yield str(len(stability.collapsed))


def judged(model, X, n_repeats, resample):
    """Return what was measured; of fits that have all collapsed nothing can be."""
    try:
        return cells(latent_stability(model, X, n_repeats=n_repeats, resample=resample, random_state=0))
    except ValueError as error:
        if "In each fit" not in str(error):
            raise
        return "-", "-", "-", "-", str(n_repeats)


def main():
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", nargs="+", default=["digits", "UCEC"], choices=LOADERS)
    parser.add_argument("--n-components", type=int, nargs="+", default=[2, 10])
    parser.add_argument("--repeats", type=int, default=5)
    arguments = parser.parse_args()
    warnings.simplefilter("ignore", UserWarning)
    rows = []
    for name in arguments.data:
        data = LOADERS[name]()
        X = data.X if name in UNSCALED or not data.standardized else StandardScaler().fit_transform(data.X)
        for k in arguments.n_components:
            for resample, differ_by in ((None, "seed"), ("bootstrap", "rows, seed")):
                for start, model in models(k).items():
                    told = judged(model, X, arguments.repeats, resample)
                    rows.append((name, str(k), start, differ_by, *told))
                    say(" | ".join(rows[-1]))
    print(heading(machine()), markdown(HEADER, rows), sep="\n\n")


if __name__ == "__main__":
    main()
