"""Save and load: crashes, full disks, what is left untouched, versions, and files of earlier versions."""

import errno
import json
import os
import random
import subprocess
import sys
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.exceptions import InconsistentVersionWarning

import skvae
from skvae.persistence import _container, _file
from skvae.preprocessing import MaxNormalizer

GOLDEN = Path(__file__).parents[1] / "golden"

KILLS = """
import os, random, signal, sys, time
import numpy as np
import skvae
from skvae.preprocessing import MaxNormalizer

path, n_kills = sys.argv[1], int(sys.argv[2])
models = [MaxNormalizer().fit(np.full((2, 3000), value)) for value in (1.0, 2.0)]
skvae.save(models[0], path)
order = random.Random(0)
seen = []
for _ in range(n_kills):
    ready, told = os.pipe()
    child = os.fork()
    if child == 0:
        for i in range(10**9):
            skvae.save(models[i % 2], path)
            if i == 0:
                os.write(told, b"x")
    os.read(ready, 1)
    os.close(ready), os.close(told)
    time.sleep(order.random() / 100)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    loaded = skvae.load(path).max_
    assert loaded.shape == (3000,) and loaded[0] in (1.0, 2.0) and (loaded == loaded[0]).all()
    seen.append(loaded[0])
print(len(seen), len(set(seen)))
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
@pytest.mark.parametrize("n_kills", [40, pytest.param(200, marks=pytest.mark.slow)])
def test_kills_while_saving(tmp_path, n_kills):
    """A process that saves two models in turn is killed at random moments; the file is always one of them."""
    command = [sys.executable, "-c", KILLS, str(tmp_path / "model"), str(n_kills)]
    out = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    assert out.split() == [str(n_kills), "2"]
    left = set(os.listdir(tmp_path)) - {"model"}
    print(f"{len(left)} of {n_kills} kills left a temporary file")
    # Only what a killed process was writing stays, under a name that says so.
    assert len(left) <= n_kills
    assert all(name.startswith(".skvae-") and name.endswith(".tmp") for name in left)


def test_a_full_disk_leaves_the_old_model(path, pipeline, table, monkeypatch):
    skvae.save(pipeline, path)
    before = path.read_bytes()

    def full(descriptor):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        skvae.save(MaxNormalizer().fit(table), path)
    assert path.read_bytes() == before
    assert os.listdir(path.parent) == [path.name]


def test_a_disk_that_runs_full_leaves_the_old_model(path, table):
    pytest.importorskip("resource")
    skvae.save(MaxNormalizer().fit(table), path)
    before = path.read_bytes()
    code = (
        "import resource, sys, numpy, skvae\nfrom skvae.preprocessing import MaxNormalizer\n"
        "model = MaxNormalizer().fit(numpy.ones((2, 2000)))\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (20000, 20000))\n"
        f"try: skvae.save(model, {str(path)!r})\nexcept OSError: sys.exit(42)"
    )
    assert subprocess.run([sys.executable, "-c", code]).returncode == 42
    assert path.read_bytes() == before
    assert os.listdir(path.parent) == [path.name]


def test_paths(tmp_path, pipeline, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for path in ("model", Path("model"), b"model", tmp_path / "ein Modell é"):
        skvae.save(pipeline, path)
        assert skvae.load(path).get_params().keys() == pipeline.get_params().keys()
    for path in (None, 1, 1.5):
        with pytest.raises(TypeError):
            skvae.save(pipeline, path)
        with pytest.raises(TypeError):
            skvae.load(path)


def test_files_that_cannot_be_read(tmp_path, pipeline):
    with pytest.raises(FileNotFoundError, match="absent"):
        skvae.load(tmp_path / "absent")
    with pytest.raises(IsADirectoryError):
        skvae.load(tmp_path)
    with pytest.raises(IsADirectoryError):
        skvae.save(pipeline, tmp_path)
    with pytest.raises(FileNotFoundError, match="no such folder"):
        skvae.save(pipeline, tmp_path / "absent" / "model")


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_no_permission(tmp_path, table):
    """In a process of its own, which gives up the administrator's rights if it has them."""
    tmp_path.chmod(0o755)
    path, closed = tmp_path / "model", tmp_path / "closed"
    skvae.save(MaxNormalizer().fit(table), path)
    path.chmod(0o000)
    closed.mkdir(mode=0o555)
    code = (
        "import os, skvae\nfrom skvae.preprocessing import MaxNormalizer\nimport skvae.persistence, safetensors.numpy\n"
        f"os.chdir({str(tmp_path)!r})\nif os.geteuid() == 0: os.seteuid(65534)\n"
        "for act in (lambda: skvae.load('model'), lambda: skvae.save(MaxNormalizer(), 'model'),\n"
        "            lambda: skvae.save(MaxNormalizer(), 'closed/model')):\n"
        "    try: act()\n    except PermissionError: print('refused')"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert out.split() == ["refused"] * 3


def test_global_state_is_left_alone(path, pipeline):
    def state():
        umask = os.umask(0o022)
        os.umask(umask)
        numbers = np.random.get_state()[1].tobytes(), np.random.get_state()[2], random.getstate()
        files = sorted(os.listdir("/proc/self/fd")) if os.path.isdir("/proc/self/fd") else None
        return umask, numbers, files, os.getcwd(), list(warnings.filters), dict(os.environ), np.geterr()

    skvae.save(pipeline, path)
    before = state()
    skvae.save(pipeline, path)
    skvae.load(path)
    path.write_bytes(b"damaged")
    with pytest.raises(skvae.ModelFileError):
        skvae.load(path)
    with pytest.raises(TypeError):
        skvae.save(print, path)
    assert state() == before


def test_saving_changes_nothing_in_the_estimator(path, pipeline, table):
    scaler = pipeline[0]
    attributes = dict(vars(scaler))
    skvae.save(pipeline, path)
    assert vars(scaler).keys() == attributes.keys()
    assert all(vars(scaler)[name] is value for name, value in attributes.items())


def test_loaded_arrays_belong_to_the_model_alone(path, pipeline, table):
    skvae.save(pipeline, path)
    loaded = skvae.load(path)
    path.unlink()
    loaded[0].partial_fit(table)
    loaded[0].mean_ += 1
    assert loaded[0].n_samples_seen_ == 2 * len(table)


def test_loading_needs_no_safetensors(path, pipeline, monkeypatch):
    skvae.save(pipeline, path)
    monkeypatch.setitem(sys.modules, "safetensors.numpy", None)
    skvae.load(path)
    with pytest.raises(ImportError, match=r"pip install 'skvae\[files\]'"):
        skvae.save(pipeline, path)


def test_errors_can_be_pickled(path):
    import pickle

    path.write_bytes(b"")
    with pytest.raises(skvae.ModelFileError) as raised:
        skvae.load(path)
    assert str(pickle.loads(pickle.dumps(raised.value))) == str(raised.value)


def test_older_versions_migrate(path, pipeline, table, monkeypatch):
    """As it will be once there is a version 2, in which one parameter is said otherwise."""

    def to_version_2(document):
        word, name, params, state = document["tree"]
        return {**document, "tree": [word, name, {**params, "verbose": True}, state]}

    skvae.save(pipeline, path)
    monkeypatch.setattr(_container, "VERSION", 2)
    monkeypatch.setattr(_file, "VERSION", 2)
    monkeypatch.setattr(_file, "MIGRATIONS", {1: to_version_2})
    assert skvae.load(path).verbose is True
    np.testing.assert_array_equal(skvae.load(path)[0].mean_, pipeline[0].mean_)
    skvae.save(pipeline, path)
    assert skvae.load(path).verbose is False


def test_every_older_version_has_a_migration():
    assert _file.MIGRATIONS.keys() == set(range(1, _container.VERSION))


NAMES = sorted(path.stem for path in GOLDEN.glob("*.skvae"))


@pytest.mark.parametrize("name", NAMES)
def test_golden_files(name):
    """Files of every version give what they gave when they were written."""
    expected = json.loads((GOLDEN / f"{name}.json").read_text())
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", InconsistentVersionWarning)
        model = skvae.load(GOLDEN / f"{name}.skvae")
    assert repr(model) == expected["repr"]
    table = expected["input"]
    if "columns" in expected:
        table = pd.DataFrame(table, columns=expected["columns"])
    else:
        table = np.array(table, dtype=expected["dtype"])
    output = model.transform(table)
    told = {"output": output}
    if "inverse" in expected:
        told["inverse"] = model.inverse_transform(output)
    if "scores" in expected:
        told["scores"] = model.score_samples(table)
    # Other processors and libraries may round otherwise, and Keras reckons in float32; scores magnify that.
    by_keras = "Conv(" in expected["repr"] or "Recurrent(" in expected["repr"]
    rtol = 1e-5 if by_keras or expected["dtype"] == "float32" else 1e-10
    for what, values in told.items():
        values_then, factor = np.array(expected[what], dtype=float), 100 if what == "scores" else 1
        np.testing.assert_allclose(values, values_then, factor * rtol, rtol / 100, err_msg=what)


@pytest.mark.parametrize("step", [1009, pytest.param(31, marks=pytest.mark.slow)])
@pytest.mark.parametrize("name", NAMES)
def test_golden_files_that_are_damaged(path, name, step):
    """One bit is flipped, or the end is missing."""
    content = (GOLDEN / f"{name}.skvae").read_bytes()
    for bit in range(0, 8 * len(content), step):
        flipped = bytearray(content)
        flipped[bit // 8] ^= 1 << bit % 8
        for damaged in (flipped, content[: bit // 8]):
            path.write_bytes(damaged)
            with pytest.raises(skvae.ModelFileError):
                skvae.load(path)


def test_every_version_has_golden_files():
    versions = {int(path.name[1:].partition("-")[0]) for path in GOLDEN.glob("v*.skvae")}
    assert versions == set(range(1, _container.VERSION + 1))
    assert all(path.stat().st_size < 20_000 for path in GOLDEN.iterdir())


def test_importing_skvae_loads_no_file_format():
    code = "import skvae, sys\nassert 'safetensors' not in sys.modules and 'skvae.persistence' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_a_large_model_takes_little_more_memory_than_its_arrays(path, peak_memory):
    model = MaxNormalizer().fit(np.ones((1, 2)))
    model.n_features_in_ = 5_000_000
    model.max_ = model.scale_ = np.ones(5_000_000)
    skvae.save(model, path)
    code = (
        f"import skvae, skvae.persistence, skvae.preprocessing\nbefore = {peak_memory}\n"
        f"model = skvae.load({str(path)!r})\nprint({peak_memory} - before)"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    # 80 MB of arrays, and the masks of the checks of their values.
    assert 80 <= float(out) * 1.048576 < 110
