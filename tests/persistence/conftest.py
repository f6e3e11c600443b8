"""Small fitted models, and files whose content a test chooses."""

import json
from pathlib import Path

import numpy as np
import pytest
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler, StandardScaler

from skvae.persistence._container import dump
from skvae.persistence._encoder import encode

VERSIONS = {"skvae": "0.1.0", "sklearn": "1.9.1", "numpy": "2.4.6"}


@pytest.fixture
def peak_memory():
    """Expression for the peak of the memory of a process in MB; `resource` would count what its parent held."""
    if not Path("/proc/self/status").exists():
        pytest.skip("no record of the memory of a process")
    return "int(open('/proc/self/status').read().split('VmHWM:')[1].split()[0]) / 1024"


@pytest.fixture(scope="session")
def table():
    """12 rows x 4 features, all above zero."""
    return np.random.default_rng(0).gamma(2, size=(12, 4))


@pytest.fixture
def pipeline(table):
    """Fitted scalers."""
    return make_pipeline(StandardScaler(), MinMaxScaler()).fit(table)


@pytest.fixture
def path(tmp_path):
    """Where a model may be saved."""
    return tmp_path / "model.skvae"


@pytest.fixture
def forge(path):
    """Write a file whose digest is right, with a tree that the test has changed."""

    def write(estimator, change=lambda tree, arrays: None, **document):
        tree, arrays = encode(estimator)
        tree = json.loads(json.dumps(tree))
        changed = change(tree, arrays)
        tree = tree if changed is None else changed
        path.write_bytes(b"".join(dump({"written_by": VERSIONS, "tree": tree, **document}, arrays)))
        return path

    return write


@pytest.fixture
def write_header(path):
    """Write a file from the text of its header and the bytes after it."""

    def write(header, content=b""):
        header = header if isinstance(header, bytes) else json.dumps(header).encode()
        path.write_bytes(len(header).to_bytes(8, "little") + header + content)
        return path

    return write
