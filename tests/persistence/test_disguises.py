"""A file that is something else is called by its name."""

import bz2
import gzip
import io
import lzma
import pickle
import zipfile
import zlib

import h5py
import joblib
import numpy as np
import pytest
from sklearn.preprocessing import StandardScaler

import skvae


class Trap:
    """A pickle of it, once loaded, makes a file."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return open, (self.path, "w")


def zipped(*names):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name in names:
            archive.writestr(name, b"{}")
    return content.getvalue()


def written(write, *args):
    content = io.BytesIO()
    write(content, *args)
    return content.getvalue()


def hdf5():
    content = io.BytesIO()
    with h5py.File(content, "w") as file:
        file["x"] = [1.0]
    return content.getvalue()


SCALER = StandardScaler().fit(np.eye(3))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        *[(pickle.dumps(SCALER, protocol=p), "pickle") for p in range(2, 6)],
        (pickle.dumps(None), "pickle"),
        (written(lambda file: joblib.dump(SCALER, file)), "pickle or joblib"),
        (written(lambda file: joblib.dump(SCALER, file, compress=("zlib", 3))), "zlib.*joblib"),
        (gzip.compress(pickle.dumps(SCALER)), "gzip"),
        (bz2.compress(pickle.dumps(SCALER)), "bzip2"),
        (lzma.compress(pickle.dumps(SCALER)), "xz"),
        (zlib.compress(pickle.dumps(SCALER)), "zlib"),
        (zipped("metadata.json", "config.json", "model.weights.h5"), r"Keras .keras"),
        (written(lambda file: np.savez(file, x=np.ones(3))), r"\.npz"),
        (written(lambda file: np.save(file, np.ones(3))), r"\.npy file"),
        (zipped("model/data.pkl"), "PyTorch"),
        (zipped("anything"), "zip"),
        (hdf5(), "HDF5"),
        (b"a,b,c\n1,2,3\n", "a text, which begins with 'a,b,c"),
        (b"version https://git-lfs.github.com/spec/v1\noid", "Git LFS.*git lfs pull"),
        (bytes(range(200, 216)), r"begins with b'\\xc8.*damaged"),
        (b"{}", "cut short: 2 bytes"),
        (b"", "cut short: 0 bytes"),
    ],
)
def test_other_files(path, content, words):
    path.write_bytes(content)
    with pytest.raises(skvae.ModelFileError, match=words) as raised:
        skvae.load(path)
    assert str(path) in str(raised.value)


@pytest.mark.parametrize("protocol", range(6))
def test_a_pickle_is_not_run(path, tmp_path, protocol):
    path.write_bytes(pickle.dumps(Trap(str(tmp_path / "trapped")), protocol=protocol))
    with pytest.raises(skvae.ModelFileError):
        skvae.load(path)
    assert not (tmp_path / "trapped").exists()


def test_safetensors_of_others(path):
    from safetensors.numpy import save_file

    for metadata in (None, {"format": "pt"}):
        save_file({"x": np.ones(3)}, path, metadata)
        with pytest.raises(skvae.ModelFileError, match=r"safetensors file that skvae.save did not write"):
            skvae.load(path)
