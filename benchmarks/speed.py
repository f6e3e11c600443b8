"""How fast is skvae? Each line compares it with a rival, measured in turns in one run, and states the goal.

The rivals are the program of the paper in Keras (`source_a.py`), the same network in PyTorch (`pytorch_vae.py`),
scikit-learn and bare NumPy. Run it on an idle machine: ``python benchmarks/speed.py``, some minutes; ``--quick`` only
shows that it runs.
"""

import argparse
import json
from functools import partial
from pathlib import Path

import numpy as np
import pytorch_vae
import source_a
import workloads
from measure import Row, heading, interleaved, machine, markdown, number_from, run_python, say, seconds_of, value_row
from sklearn.decomposition import PCA

from skvae.training import _engine

PAPER, TORCH, PERCEPTRON = "Keras, custom train_step", "PyTorch, fused Adam", "MLPRegressor"
HEADER = ("what", "compared with", "theirs", "ours", "ratio", "goal", "verdict")
FRESH = str(Path(__file__).with_name("fresh_process.py"))


def epoch_rows(name, goals, sizes, repeats):
    """Compare the seconds of an epoch of the paper's network."""
    workload = sizes[name]
    X, (_, _, batch_size, epochs) = workloads.uniform_table(workload), workload
    workloads.vae(workload, epochs=1).fit(X)
    pytorch_vae.use_fastest_threads(X, batch_size)
    seconds = interleaved(
        {
            # The first epoch compiles.
            PAPER: lambda: source_a.fit_vae(X, epochs, batch_size)[1:],
            TORCH: lambda: pytorch_vae.fit_vae(X, epochs, batch_size)[1:],
            "skvae": lambda: workloads.vae(workload).fit(X).history_["seconds"],
        },
        repeats,
    )
    return _beside_rivals(f"{name.upper()} epoch {workload}", seconds, goals)


def fit_rows(sizes, repeats):
    """Compare the seconds of a whole fit on a small table, when the process has fitted before."""
    workload = sizes["w2"]
    X, (_, _, batch_size, epochs) = workloads.uniform_table(workload), workload
    pytorch_vae.use_fastest_threads(X, batch_size)
    fits = {
        PAPER: lambda: source_a.fit_vae(X, epochs, batch_size),
        TORCH: lambda: pytorch_vae.fit_vae(X, epochs, batch_size),
        "skvae": lambda: workloads.vae(workload).fit(X),
    }
    for fit in fits.values():
        fit()
    seconds = interleaved({name: partial(seconds_of, fit) for name, fit in fits.items()}, repeats)
    return _beside_rivals(f"W2 fit {workload}, second on", seconds, {PAPER: 60, TORCH: 6})


def first_fit_rows(sizes, repeats):
    """Compare the seconds of the first fit of a process, imports done."""
    tasks = {PAPER: "first_fit_of_source_a", "skvae": "first_fit_of_skvae"}
    flags = _flags(sizes)
    seconds = interleaved({name: partial(number_from, [FRESH, task, *flags]) for name, task in tasks.items()}, repeats)
    return _beside_rivals(f"W2 fit {sizes['w2']}, first", seconds, {PAPER: 5})


def autoencoder_rows(sizes, repeats):
    """Compare the seconds of an epoch of the notebook's small network, plain and variational."""
    workload = sizes["w5"]
    X = workloads.blobs_table(workload)
    workloads.small_autoencoder(workload).fit(X)
    workloads.small_vae(workload).fit(X)
    seconds = interleaved(
        {
            PAPER: lambda: source_a.fit_autoencoder(X, workload.epochs, workload.batch_size)[1:],
            f"{PAPER}, VAE": lambda: source_a.fit_small_vae(X, workload.epochs, workload.batch_size)[1:],
            PERCEPTRON: lambda: np.divide(seconds_of(lambda: workloads.fit_perceptron(X, workload)), workload.epochs),
            "skvae": lambda: workloads.small_autoencoder(workload).fit(X).history_["seconds"],
            "skvae, VAE": lambda: workloads.small_vae(workload).fit(X).history_["seconds"],
        },
        repeats,
    )
    variational = seconds[f"{PAPER}, VAE"], seconds["skvae, VAE"]
    rows = _beside_rivals(f"W5 epoch {workload}", seconds, {PAPER: 28, PERCEPTRON: 5})
    return [*rows, Row(f"W5 epoch {workload}, VAE", f"{PAPER}, VAE", *variational, 28, at_least=True)]


def network_rows(sizes, repeats):
    """Compare the seconds of an epoch of each kind of network with those of Keras' own `fit` of the same layers."""
    workload, rows = sizes["networks"], []
    X = workloads.uniform_table(workload)
    for name in workloads.NETWORKS:
        model = workloads.network(workload, name).fit(X)
        encoder, decoder = model.encoder_, model.decoder_
        theirs = partial(source_a.fit_keras, encoder, decoder, X, workload.epochs + 1, workload.batch_size)
        seconds = interleaved(
            {
                # The first epoch compiles.
                "Keras": lambda theirs=theirs: theirs()[1:],
                "skvae": lambda name=name: workloads.network(workload, name).fit(X).history_["seconds"],
            },
            repeats,
        )
        rows.append(
            Row(f"epoch {workload}, {name}", "Keras, fit", seconds["Keras"], seconds["skvae"], 1, at_least=True)
        )
    return rows


def trace_rows(sizes, repeats):
    """Count new traces, and time fits, when anything but the architecture changes."""
    workload = sizes["w2"]
    # As many steps an epoch, so that the times compare.
    fewer, more = workload.n_samples - 6, workload.n_samples + 18
    X, first = workloads.uniform_table(workload, more), "the first one again"
    changes = {
        first: (workload.n_samples, {}),
        "fewer rows": (fewer, {}),
        "more rows": (more, {}),
        "beta": (workload.n_samples, {"beta": 4.0}),
        "learning rate": (workload.n_samples, {"learning_rate": 3e-3}),
        "seed": (workload.n_samples, {"random_state": 1}),
    }

    def fit(rows, parameters):
        workloads.vae(workload, **parameters).fit(X[:rows])

    fit(*changes[first])
    traces = _traces()
    seconds = interleaved(
        {name: partial(seconds_of, partial(fit, *change)) for name, change in changes.items()}, repeats
    )
    again = seconds.pop(first)
    slowest = max(seconds, key=seconds.get)
    return [
        value_row("new traces: other fold, beta, rate, seed", _traces() - traces, 0, "traces"),
        Row(f"the slowest of such fits ({slowest})", first, again, seconds[slowest], 1.2, at_least=False),
    ]


def transform_rows(sizes, repeats):
    """Compare encoding with the least that it can cost, and with PCA."""
    X = workloads.uniform_table(sizes["w1"])
    model = workloads.vae(sizes["w1"], epochs=1).fit(X[:1000])
    pca, row = PCA(2).fit(X[:1000]), X[:1]
    encode = bare_encoder(model)
    np.testing.assert_allclose(encode(X[:5]), model.transform(X[:5]), rtol=1e-3, atol=1e-5)
    calls = {
        "all, bare": partial(seconds_of, lambda: encode(X)),
        "all": partial(seconds_of, lambda: model.transform(X)),
        "one, PCA": partial(seconds_of, lambda: pca.transform(row), 200),
        "one": partial(seconds_of, lambda: model.transform(row), 200),
    }
    seconds = interleaved(calls, 2 * repeats + 1)
    return [
        Row(f"transform {sizes['w1']}", "bare NumPy", seconds["all, bare"], seconds["all"], 1.3, at_least=False),
        Row("transform one row", "PCA.transform", seconds["one, PCA"], seconds["one"], 1.5, at_least=False),
    ]


def bare_encoder(model):
    """Return the encoder of a fitted model as the few lines of NumPy that it takes at least."""
    encoder = model.encoder_
    *hidden, head = (encoder.get_layer(name).get_weights() for name in ("hidden0", "hidden1", "hidden2", "mean"))

    def encode(X):
        for kernel, bias in hidden:
            X = X @ kernel
            X += bias
            np.maximum(X, 0, out=X)
        return X @ head[0] + head[1]

    return encode


def memory_rows(sizes, repeats):
    """Measure what fits leave in memory."""
    growth = number_from([FRESH, "memory_growth", *_flags(sizes)])
    return [value_row("memory growth per fit, over 50 fits", growth, 0.1, "MB")]


def import_rows(sizes, repeats):
    """Compare imports, less the start of Python; the estimator's own import, which the goal leaves out, beside it."""
    without_tensorflow = "import sys; assert 'tensorflow' not in sys.modules"
    statements = {
        "start Python": "pass",
        "import sklearn": "import sklearn",
        "import skvae": f"import skvae; {without_tensorflow}",
        "import sklearn's PCA": "from sklearn.decomposition import PCA",
        "import VAETransformer": f"from skvae import VAETransformer; {without_tensorflow}",
    }
    runs = {name: partial(seconds_of, partial(run_python, ["-c", code])) for name, code in statements.items()}
    for run in runs.values():
        run()
    seconds = interleaved(runs, 2 * repeats + 1)
    start = seconds.pop("start Python")
    pairs = {"import skvae": "import sklearn", "import VAETransformer": "import sklearn's PCA"}
    return [
        Row(ours, theirs, seconds[theirs] - start, seconds[ours] - start, 1.2, at_least=False)
        for ours, theirs in pairs.items()
    ]


SECTIONS = {
    "w1": partial(epoch_rows, "w1", {PAPER: 2.8, TORCH: 1.4}),
    "w2": fit_rows,
    "w2-first": first_fit_rows,
    "w3": partial(epoch_rows, "w3", {PAPER: 1.6, TORCH: 1.0}),
    "w5": autoencoder_rows,
    "networks": network_rows,
    "traces": trace_rows,
    "transform": transform_rows,
    "memory": memory_rows,
    "import": import_rows,
}


def _beside_rivals(what, seconds, goals):
    """Make one row for each rival."""
    return [Row(what, rival, seconds[rival], seconds["skvae"], goal, at_least=True) for rival, goal in goals.items()]


def _flags(sizes):
    """Return the flags that tell a fresh process which sizes to take."""
    return ["--quick"] if sizes is workloads.QUICK else []


def _traces():
    """Count the traces of all programs so far."""
    return sum(program.n_traces for program, _ in _engine._programs.values())


def main():
    """Measure, print the table, and write it as JSON if asked to."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", nargs="+", choices=SECTIONS, default=list(SECTIONS), help="what to measure")
    parser.add_argument("--repeats", type=int, default=3, help="turns, of which the median counts")
    parser.add_argument("--quick", action="store_true", help="tiny sizes, to see that it runs")
    parser.add_argument("--json", type=Path, metavar="PATH", help="write the results there, too")
    options = parser.parse_args()
    sizes, repeats = (workloads.QUICK, 1) if options.quick else (workloads.FULL, options.repeats)
    description, rows = machine(), []
    for name in options.rows:
        say(f"measuring {name} ...")
        rows += SECTIONS[name](sizes, repeats)
    print(heading(description), end="\n\n")
    print(markdown(HEADER, [row.cells() for row in rows]))
    if options.json:
        options.json.write_text(json.dumps({"machine": description, "rows": [row.as_dict() for row in rows]}, indent=1))


if __name__ == "__main__":
    main()
