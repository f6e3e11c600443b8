"""From how many weights on does plain TensorFlow train faster than XLA? The rule in `skvae.training.prefers_xla`.

It times a step of the paper's network, whose weights grow with the square of the number of features, in both modes.
"""

import argparse
import json
from functools import partial
from pathlib import Path
from unittest.mock import patch

import numpy as np
from measure import heading, interleaved, machine, markdown, say
from workloads import Workload, uniform_table, vae

from skvae.training._engine import MAX_XLA_WEIGHTS

N_WEIGHTS = (100_000, 500_000, 2_000_000, 5_000_000, 10_000_000, 20_000_000, 60_000_000)
STEPS_PER_EPOCH = 4
# Operations of one trial, so that small networks take enough steps for the watch and large ones take seconds.
OPERATIONS = 3e10
HEADER = ("weights", "features", "batch", "XLA", "plain", "plain / XLA", "the rule takes")


def n_features_of(n_weights):
    """Return the features at which the network has about so many weights: n^2 + 125 n + 16,600."""
    return round((np.sqrt(125**2 + 4 * (n_weights - 16_600)) - 125) / 2)


def seconds_per_step(use_xla, workload, X):
    """Time a step: a long fit less a short one, because both move the weights to the engine and back."""
    with patch("skvae.estimators._model.prefers_xla", lambda n_weights: use_xla):
        short, long = (vae(workload, epochs=epochs).fit(X) for epochs in (1, 1 + workload.epochs))
    seconds = long.history_["seconds"].sum() - short.history_["seconds"].sum()
    return seconds / (workload.epochs * STEPS_PER_EPOCH)


def compare(n_weights, batch_size, repeats, operations):
    """Time both modes on one size, and return a dict."""
    steps = int(np.clip(operations / (n_weights * batch_size), 8, 2000))
    n_rows, n_features = STEPS_PER_EPOCH * batch_size, n_features_of(n_weights)
    workload = Workload(n_rows, n_features, batch_size, -(-steps // STEPS_PER_EPOCH))
    X = uniform_table(workload)
    modes = {
        "xla": partial(seconds_per_step, True, workload, X),
        "plain": partial(seconds_per_step, False, workload, X),
    }
    for run in modes.values():
        run()
    seconds = interleaved(modes, repeats)
    return {"n_weights": n_weights, "n_features": n_features, "batch_size": batch_size, **seconds}


def crossover(results):
    """Interpolate the number of weights at which both modes take as long, on logarithmic scales; None if nowhere."""
    size = np.log([result["n_weights"] for result in results])
    gain = np.log([result["xla"] / result["plain"] for result in results])
    crossings = np.flatnonzero((gain[:-1] < 0) & (gain[1:] >= 0))
    if not crossings.size:
        return None
    i = crossings[-1]
    return float(np.exp(np.interp(0.0, gain[i : i + 2], size[i : i + 2])))


def cells(result):
    """Return one line of the table."""
    return (
        f"{result['n_weights'] / 1e6:g} M",
        str(result["n_features"]),
        str(result["batch_size"]),
        f"{1e3 * result['xla']:.3g} ms",
        f"{1e3 * result['plain']:.3g} ms",
        f"{result['plain'] / result['xla']:.2f}",
        "XLA" if result["n_weights"] <= MAX_XLA_WEIGHTS else "plain",
    )


def main():
    """Measure, print the table and the crossovers, and write them as JSON if asked to."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=3, help="turns, of which the median counts")
    parser.add_argument("--quick", action="store_true", help="small networks only, to see that it runs")
    parser.add_argument("--json", type=Path, metavar="PATH", help="write the results there, too")
    options = parser.parse_args()
    sizes, repeats, operations = (N_WEIGHTS[:2], 1, 1e8) if options.quick else (N_WEIGHTS, options.repeats, OPERATIONS)
    description, results, crossovers = machine(), [], {}
    for batch_size in (32, 128):
        say(f"measuring batches of {batch_size} ...")
        of_batch = [compare(n_weights, batch_size, repeats, operations) for n_weights in sizes]
        crossovers[batch_size] = crossover(of_batch)
        results += of_batch
    print(heading(description), end="\n\n")
    print(markdown(HEADER, [cells(result) for result in results]), end="\n\n")
    for batch_size, n_weights in crossovers.items():
        where = "nowhere in this range" if n_weights is None else f"at about {n_weights / 1e6:.1f} million weights"
        print(f"At batches of {batch_size} plain mode overtakes XLA {where}.")
    if options.json:
        document = {"machine": description, "steps": results, "crossovers": crossovers}
        options.json.write_text(json.dumps(document, indent=1))


if __name__ == "__main__":
    main()
