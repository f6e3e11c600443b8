"""A fresh process that serves a model: when it is ready, what memory it takes, and how long a row takes, as JSON.

`serving.py` runs this script; nothing is imported here before the watch runs.
"""

import json
import sys
import time
from pathlib import Path


def skvae(folder):
    """Return a function from rows to codes: the whole pipeline."""
    from skvae import load

    return load(folder / "model.skvae").transform


def onnxruntime(folder):
    """Return a function from rows to codes: the whole pipeline."""
    import onnxruntime

    session = onnxruntime.InferenceSession(folder / "encoder.onnx")
    return lambda X: session.run(["codes"], {"data": X})


def keras(folder):
    """Return a function from rows to codes: the network alone."""
    import keras

    encoder = keras.models.load_model(folder / "encoder.keras")
    return lambda X: encoder.predict_on_batch(X.astype("float32"))


SERVERS = {server.__name__: server for server in (skvae, onnxruntime, keras)}


def measured(name, folder, calls=101):
    """Return the measures of one way to serve."""
    started = time.perf_counter()
    import numpy as np

    encode = SERVERS[name](folder)
    X = np.load(folder / "rows.npy")
    encode(X)
    found = {"ready": time.perf_counter() - started, "tensorflow": "tensorflow" in sys.modules}
    for n_rows in (1, len(X)):
        seconds = []
        for _ in range(calls):
            started = time.perf_counter()
            encode(X[:n_rows])
            seconds.append(time.perf_counter() - started)
        found[f"rows {n_rows}"] = float(np.median(seconds))
    return found | {"memory": _peak_memory()}


def _peak_memory():
    """Return the most resident memory that this process had, in MB."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) * 1024 / 1e6


if __name__ == "__main__":
    print(json.dumps(measured(sys.argv[1], Path(sys.argv[2]))))
