"""What does it take to serve a model? Size of the file, time until ready, memory, seconds per call; ONNX's rounding.

The figures of docs/serving.md, for a StandardScaler and a default `VAETransformer(10)` on 2000 columns (the Keras file
leaves the scaler out); medians of fresh processes (`serving_process.py`), in turns. Then, for each model that
tests/members.py has, how far onnxruntime's codes and expected data lie from those of the estimator, as a share of the
largest of them. ``python benchmarks/serving.py`` takes a minute and a half on 2 cores; ``--quick`` only shows that it
runs. It needs the extras ``onnx`` and ``test``, and Linux.
"""

import argparse
import json
import sys
import tempfile
import warnings
from pathlib import Path

import numpy as np
from measure import heading, machine, markdown, run_python, say
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import skvae
from skvae import VAETransformer
from skvae.export import to_onnx

TESTS = Path(__file__).parents[1] / "tests"
FILES = {"skvae": "model.skvae", "onnxruntime": "encoder.onnx", "keras": "encoder.keras"}
HEADER = ("", "file", "ready", "memory", "one row", "200 rows", "TensorFlow")
ROUNDING = ("model", "encoder", "decoder")


def write_files(folder, n_features, epochs):
    """Fit the pipeline and write it in each form, and the rows to serve."""
    X = np.random.default_rng(0).normal(size=(400, n_features))
    model = make_pipeline(StandardScaler(), VAETransformer(10, epochs=epochs, random_state=0)).fit(X)
    skvae.save(model, folder / FILES["skvae"])
    to_onnx(model, folder / FILES["onnxruntime"])
    model[-1].encoder_.save(folder / FILES["keras"])
    np.save(folder / "rows.npy", X[:200])


def row(name, folder, found):
    """Return a line of the table: the medians of the processes."""
    medians = {key: np.median([measures[key] for measures in found]) for key in found[0]}
    return (
        name,
        f"{(folder / FILES[name]).stat().st_size / 1e6:.1f} MB",
        f"{medians['ready']:.2g} s",
        f"{medians['memory']:.0f} MB",
        f"{1e3 * medians['rows 1']:.2f} ms",
        f"{1e3 * medians['rows 200']:.1f} ms",
        "imported" if medians["tensorflow"] else "not imported",
    )


def served(n_features, epochs, repeats):
    """Return the lines of the table."""
    with tempfile.TemporaryDirectory() as name:
        folder, found = Path(name), {server: [] for server in FILES}
        write_files(folder, n_features, epochs)
        script = str(Path(__file__).with_name("serving_process.py"))
        for turn in range(repeats):
            for server in list(FILES)[:: -1 if turn % 2 else 1]:
                found[server].append(json.loads(run_python([script, server, str(folder)]).splitlines()[-1]))
        return [row(server, folder, measures) for server, measures in found.items()]


def rounding(name, folder):
    """Return the largest difference of codes and of expected data, as shares of the largest of them."""
    import onnxruntime
    from exported_models import exported

    model, data, indicators, codes, decoded = exported(name)
    differences = []
    for part, given, expected in (("encoder", data, codes), ("decoder", codes, decoded)):
        to_onnx(model, folder / "model.onnx", part=part)
        inputs = {"data" if part == "encoder" else "codes": given}
        inputs |= {"covariates": indicators} if indicators.size else {}
        values = onnxruntime.InferenceSession(folder / "model.onnx").run(None, inputs)[0]
        differences.append(np.abs(values - expected).max() / np.abs(expected).max())
    return differences


def rounded(names):
    """Return the lines of the second table."""
    with tempfile.TemporaryDirectory() as folder:
        for name in names:
            line = name, *(f"{difference:.1e}" for difference in rounding(name, Path(folder)))
            say(" | ".join(line))
            yield line


def main():
    """Print both tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=7, help="processes of each kind, of which the median counts")
    parser.add_argument("--quick", action="store_true")
    arguments = parser.parse_args()
    n_features, epochs, repeats = (50, 2, 1) if arguments.quick else (2000, 20, arguments.repeats)
    warnings.simplefilter("ignore", UserWarning)
    sys.path[:0] = [str(TESTS), str(TESTS / "export")]
    from members import AUTOENCODERS

    description = machine()
    lines = served(n_features, epochs, repeats)
    differences = list(rounded(AUTOENCODERS[:2] if arguments.quick else AUTOENCODERS))
    print(heading(description), markdown(HEADER, lines), markdown(ROUNDING, differences), sep="\n\n")


if __name__ == "__main__":
    main()
