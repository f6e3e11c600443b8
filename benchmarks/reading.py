"""How long does it take to read a large table of protein groups, and to write one?

The figures of docs/tables.md: 10,000 protein groups by 500 samples, made up, as MaxQuant, DIA-NN and a spreadsheet with
decimal commas would write them; the median of several turns, and the quickest and slowest. The first import of
alphabase is timed in fresh processes. ``python benchmarks/reading.py`` takes a minute and a half on 2 cores;
``--quick`` only shows that it runs.
"""

import argparse
import tempfile
from pathlib import Path

import numpy as np
from measure import heading, machine, markdown, number_from, say, seconds_of

from skvae.datasets import make_protein_groups, read_proteins, write_table

HEADER = ("what", "file", "median", "quickest", "slowest")
IMPORT = """
import time
started = time.perf_counter()
import alphabase.pg_reader
print(time.perf_counter() - started)
"""


def write_files(folder, n_proteins, n_samples):
    """Write the same values in each form; return them."""
    make_protein_groups(folder, n_samples=n_samples, n_proteins=n_proteins, random_state=0)
    X, _ = read_proteins(folder / "proteinGroups.txt")
    X = X.sample(frac=1, random_state=0) * np.random.default_rng(0).uniform(0.9, 1.1, X.shape)  # decimals, as elsewhere
    X.T.rename_axis("Protein.Group").to_csv(folder / "report.pg_matrix.tsv", sep="\t")
    X.T.rename_axis("protein").to_csv(folder / "matrix.csv", sep=";", decimal=",")
    return X


def tasks(folder, X):
    """Return what is timed, from a name to a function and the file that is read or written."""
    return {
        "read_proteins, MaxQuant": (read_proteins, folder / "proteinGroups.txt", {}),
        "read_proteins, DIA-NN": (read_proteins, folder / "report.pg_matrix.tsv", {}),
        "read_proteins, matrix with decimal commas": (read_proteins, folder / "matrix.csv", {"software": "matrix"}),
        "write_table": (lambda path: write_table(X, path), folder / "written.csv", {}),
    }


def timed(folder, X, repeats):
    """Return the lines of the table."""
    seconds, turns = {"import alphabase": []}, tasks(folder, X)
    for _ in range(repeats):
        seconds["import alphabase"].append(number_from(["-c", IMPORT]))
        for name, (function, path, options) in turns.items():
            seconds.setdefault(name, []).extend(seconds_of(lambda f=function, p=path, o=options: f(p, **o)))
            say(f"{name}: {seconds[name][-1]:.2f} s")
    for name, values in seconds.items():
        path = turns[name][1] if name in turns else None
        size = "" if path is None else f"{path.name}, {path.stat().st_size / 1e6:.0f} MB"
        yield name, size, *(f"{value:.2f} s" for value in (np.median(values), min(values), max(values)))


def main():
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--quick", action="store_true")
    arguments = parser.parse_args()
    n_proteins, n_samples, repeats = (200, 10, 1) if arguments.quick else (10_000, 500, arguments.repeats)
    description = machine()
    with tempfile.TemporaryDirectory() as folder:
        X = write_files(Path(folder), n_proteins, n_samples)
        print(heading(description), markdown(HEADER, list(timed(Path(folder), X, repeats))), sep="\n\n")


if __name__ == "__main__":
    main()
