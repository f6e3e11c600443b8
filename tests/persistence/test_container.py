"""The bytes of a model file: nothing but what was written is accepted."""

import json
import os
import subprocess
import sys
import tracemalloc

import numpy as np
import pytest

import skvae
from skvae.persistence._container import MAX_HEADER, VERSION, dump, read_arrays, read_header
from skvae.persistence._errors import ModelFileError
from skvae.preprocessing import MaxNormalizer

ARRAYS = {
    "float64": np.array([[1.5, np.nan], [-0.0, np.inf]]),
    "float32": np.float32([1, 2, 3]),
    "float16": np.float16([[1], [2]]),
    "int64": np.array(7),
    "uint8": np.uint8([255]),
    "bool": np.array([True, False]),
    "empty": np.zeros((0, 3)),
    "fortran": np.asfortranarray(np.arange(6.0).reshape(2, 3)),
    "strided": np.arange(12.0).reshape(3, 4)[:, ::2],
    "big_endian": np.arange(3, dtype=">i4"),
}
DOCUMENT = {"written_by": {"skvae": "0.1.0"}, "tree": ['é\ud800\\"']}


def flip(path, bit):
    with open(path, "r+b") as file:
        file.seek(bit // 8)
        byte = file.read(1)[0]
        file.seek(bit // 8)
        file.write(bytes([byte ^ 1 << bit % 8]))


def read(path):
    with open(path, "rb") as file:
        header = read_header(file)
        return header, read_arrays(file, header)


def test_round_trip(path):
    path.write_bytes(b"".join(dump(DOCUMENT, ARRAYS)))
    header, arrays = read(path)
    assert header.document["tree"] == DOCUMENT["tree"]
    assert header.document["format"] == VERSION
    assert arrays.keys() == ARRAYS.keys()
    for name, array in ARRAYS.items():
        assert arrays[name].dtype == array.dtype.newbyteorder("=")
        assert arrays[name].shape == array.shape
        assert arrays[name].tobytes() == array.astype(array.dtype.newbyteorder("<")).tobytes()
        assert arrays[name].flags.writeable


def test_safetensors_reads_the_arrays(path):
    from safetensors.numpy import load_file

    path.write_bytes(b"".join(dump(DOCUMENT, ARRAYS)))
    for name, array in load_file(path).items():
        np.testing.assert_array_equal(array, ARRAYS[name])


def test_equal_models_give_equal_files():
    assert b"".join(dump(DOCUMENT, ARRAYS)) == b"".join(dump(DOCUMENT, ARRAYS))


def test_every_flipped_bit_is_noticed(path, table):
    skvae.save(MaxNormalizer().fit(table[:, :2]), path)
    check_every_bit(path)


def test_every_flipped_bit_of_a_pipeline_is_noticed(path, pipeline):
    skvae.save(pipeline, path)
    check_every_bit(path)


def check_every_bit(path):
    content = path.read_bytes()
    for bit in range(8 * len(content)):
        flip(path, bit)
        with pytest.raises(ModelFileError):
            skvae.load(path)
        flip(path, bit)
    assert path.read_bytes() == content
    skvae.load(path)


def test_every_truncation_is_noticed(path, pipeline):
    skvae.save(pipeline, path)
    for length in reversed(range(path.stat().st_size)):
        os.truncate(path, length)
        with pytest.raises(ModelFileError):
            skvae.load(path)


@pytest.mark.parametrize("more", [b"\0", b" ", b"\0" * 8, b"x" * 5000])
def test_appended_bytes_are_noticed(path, pipeline, more):
    skvae.save(pipeline, path)
    with open(path, "ab") as file:
        file.write(more)
    with pytest.raises(ModelFileError, match="followed by something else"):
        skvae.load(path)


def test_a_file_that_shrinks_while_it_is_read(path):
    path.write_bytes(b"".join(dump(DOCUMENT, ARRAYS)))
    with open(path, "rb", buffering=0) as file:
        header = read_header(file)
        os.truncate(path, path.stat().st_size - 1)
        with pytest.raises(ModelFileError, match="cut short within"):
            read_arrays(file, header)


def test_a_digest_in_other_words_is_no_digest(path, write_header):
    """The digest has one place and one spelling, also where JSON would allow another."""
    content = b"".join(dump(DOCUMENT, {}))
    write_header(content[8:].replace(b'\\"sha256\\"', b'\\"sha25\\\\u0036\\"'))
    with pytest.raises(ModelFileError, match="SHA-256"):
        read(path)


@pytest.mark.parametrize("length", [2**64 - 1, 2**62, 2**40, MAX_HEADER + 1])
def test_a_header_of_absurd_length(path, length):
    path.write_bytes(length.to_bytes(8, "little") + b"{}" * 100)
    with pytest.raises(ModelFileError, match=f"header of {length} bytes"):
        skvae.load(path)


def document(**changes):
    return {"__metadata__": {"skvae": json.dumps({"sha256": "0" * 64, "format": VERSION, **DOCUMENT, **changes})}}


def spec(dtype="F64", shape=(2,), start=0, stop=16, **others):
    return {"dtype": dtype, "shape": list(shape), "data_offsets": [start, stop], **others}


NO_ARRAY, NO_PLACE, NO_SIZE = "as no array can be", "'{}' does not follow the one before", "calls for"


@pytest.mark.parametrize(
    ("arrays", "n_bytes", "words"),
    [
        ({"a": spec(shape=(2**40,), stop=2**43)}, 16, NO_SIZE),
        ({"a": spec(shape=(2**40,))}, 16, NO_PLACE.format("a")),
        ({"a": spec(shape=(2**62, 2**62), stop=16)}, 16, NO_ARRAY),
        ({"a": spec(shape=(2**62, 0), stop=0)}, 0, NO_ARRAY),
        ({"a": spec(shape=(1,) * 65, stop=8)}, 8, NO_ARRAY),
        ({"a": spec(shape=(-2,))}, 16, NO_ARRAY),
        ({"a": spec(shape=(-1, -2))}, 16, NO_ARRAY),
        ({"a": spec(shape=(2.0,))}, 16, NO_ARRAY),
        ({"a": spec(shape=(True,), stop=8)}, 8, NO_ARRAY),
        ({"a": spec(shape=("2",))}, 16, NO_ARRAY),
        ({"a": spec(dtype="O")}, 16, NO_ARRAY),
        ({"a": spec(dtype="BF16")}, 16, NO_ARRAY),
        ({"a": spec(dtype=None)}, 16, NO_ARRAY),
        ({"a": spec(start=8, stop=24)}, 16, NO_PLACE.format("a")),
        ({"a": spec(start=-8, stop=8)}, 16, NO_ARRAY),
        ({"a": spec(start=False)}, 16, NO_ARRAY),
        ({"a": spec(stop=16.0)}, 16, NO_ARRAY),
        ({"a": spec(), "b": spec()}, 32, NO_PLACE.format("b")),
        ({"a": spec(), "b": spec(start=8, stop=24)}, 32, NO_PLACE.format("b")),
        ({"a": spec(), "b": spec(start=24, stop=40)}, 32, NO_PLACE.format("b")),
        ({"a": spec(start=16, stop=32), "b": spec()}, 32, NO_PLACE.format("a")),
        ({"a": spec(start=8)}, 16, NO_PLACE.format("a")),
        ({"a": spec(), "b": spec(start=24, stop=32)}, 32, NO_PLACE.format("b")),
        ({"a": spec(stop=8)}, 16, NO_PLACE.format("a")),
        ({"a": spec(stop=24)}, 16, NO_PLACE.format("a")),
        ({"a": spec(more=1)}, 16, NO_ARRAY),
        ({"a": {"dtype": "F64", "shape": [2]}}, 16, NO_ARRAY),
        ({"a": [1]}, 16, NO_ARRAY),
        ({"a": None}, 16, NO_ARRAY),
    ],
)
def test_impossible_arrays(path, write_header, arrays, n_bytes, words):
    write_header({**document(), **arrays}, bytes(n_bytes))
    tracemalloc.start()
    with open(path, "rb", buffering=0) as file, pytest.raises(ModelFileError, match=words):
        read_header(file)
    assert tracemalloc.get_traced_memory()[1] < 1e6
    tracemalloc.stop()


def test_arrays_that_are_described_soundly_are_read(path, write_header):
    """The largest number of dimensions, an empty one, and two that follow each other."""
    arrays = {
        "a": spec(shape=(1,) * 64, stop=8),
        "b": spec(shape=(3, 0), start=8, stop=8),
        "c": spec("U8", (2,), 8, 10),
    }
    write_header({**document(), **arrays}, bytes(10))
    with open(path, "rb", buffering=0) as file:
        assert [array.shape for array in read_header(file).arrays.values()] == [(1,) * 64, (3, 0), (2,)]


def test_bytes_of_no_bool(path, write_header):
    write_header({**document(), "a": spec("BOOL", (2,), 0, 2)}, b"\x01\x02")
    with pytest.raises(ModelFileError, match="True and False"):
        read(path)


@pytest.mark.parametrize(
    ("header", "words"),
    [
        (b"[]", "no JSON object"),
        (b'{"__metadata__":{},"__metadata__":{}}', "twice"),
        ({}, "did not write"),
        ({"__metadata__": {"skvae": 1}}, "did not write"),
        ({"__metadata__": {"skvae": "1"}}, "something else"),
        ({"__metadata__": {"skvae": "{"}}, "no sound JSON"),
        ({"__metadata__": {**document()["__metadata__"], "more": ""}}, "something else"),
        (document(format=None), "something else"),
        (document(format="1"), "something else"),
        (document(format=True), "something else"),
        (document(format=0), "something else"),
        (document(more=1), "lacks"),
        (document(sha256="0" * 63), "lacks"),
        (document(sha256=None), "lacks"),
        (document(written_by=None), "what wrote it"),
        (document(written_by={"sklearn": "1.9\x1b[31m"}), "what wrote it"),
        (document(written_by={"sklearn": 1.9}), "what wrote it"),
    ],
)
def test_unsound_headers(path, write_header, header, words):
    write_header(header)
    with pytest.raises(ModelFileError, match=words):
        read(path)


def test_a_newer_version_is_told_before_anything_else(path, write_header):
    write_header({"__metadata__": {"skvae": json.dumps({"format": 2, "unheard": "of"})}, "a": "of"}, b"new")
    with pytest.raises(ModelFileError, match=r"version 2 of the format.*Upgrade skvae"):
        skvae.load(path)


def test_a_header_too_long_is_not_written(path, table):
    from sklearn.base import clone

    pandas = pytest.importorskip("pandas")
    model = MaxNormalizer().fit(table)
    skvae.save(model, path)
    before = path.read_bytes()
    names = ["x" * MAX_HEADER, "b", "c", "d"]
    with pytest.raises(ValueError, match="shorter names"):
        skvae.save(clone(model).fit(pandas.DataFrame(table, columns=names)), path)
    assert path.read_bytes() == before


def test_something_that_is_no_file(tmp_path):
    os.mkfifo(tmp_path / "fifo")
    # Nobody writes: an ordinary open would wait for ever.
    with pytest.raises(ModelFileError, match="not a regular file"):
        skvae.load(tmp_path / "fifo")


BOMBS = {
    "nested": lambda: b"[" * (MAX_HEADER - 1),
    "lists": lambda: b"[" + b"[]," * (MAX_HEADER // 3 - 2) + b"[]]",
    "keys": lambda: b"{" + b",".join(b'"%x":0' % i for i in range(1_600_000)) + b"}",
    "tree": lambda: json.dumps(
        document(tree=["estimator", "Pipeline", {"steps": ["list", *[["list"]] * 900_000]}, {}])
    ),
    "long paths": lambda: json.dumps(
        document(tree=["estimator", "Pipeline", {"x" * 5_000_000: ["list", *[["list"]] * 500_000]}, {}])
    ),
    "estimators": lambda: json.dumps(
        document(tree=["estimator", "Pipeline", {"steps": ["list", *[["estimator", "PCA", {}, {}]] * 300_000]}, {}])
    ),
}


@pytest.mark.parametrize(
    "name",
    [
        "lists",
        "long paths",
        *(pytest.param(n, marks=pytest.mark.slow) for n in ("nested", "keys", "tree", "estimators")),
    ],
)
def test_bombs_go_off_in_little_memory_and_time(path, name, peak_memory):
    """The longest header that is read, filled with what is dearest to parse, in a process of its own."""
    header = BOMBS[name]()
    header = header if isinstance(header, bytes) else header.encode()
    assert len(header) <= MAX_HEADER
    path.write_bytes(len(header).to_bytes(8, "little") + header)
    code = (
        "import sys, time, skvae\nimport sklearn.pipeline, sklearn.decomposition\nfrom skvae.persistence import load\n"
        f"start, before = time.process_time(), {peak_memory}\n"
        f"try: load({str(path)!r})\nexcept skvae.ModelFileError: pass\nelse: sys.exit(1)\n"
        f"print(time.process_time() - start, {peak_memory} - before)"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    seconds, megabytes = map(float, out.split())
    print(f"{name}: {seconds:.2f} s, {megabytes:.0f} MB")
    assert seconds < 20
    assert megabytes < 600


def test_a_long_header_that_is_not_read(path):
    """100 MB of header: refused by its length alone."""
    with open(path, "wb") as file:
        file.write((100_000_000).to_bytes(8, "little") + b"{")
        file.truncate(100_000_100)
    tracemalloc.start()
    with pytest.raises(ModelFileError, match="header of 100000000 bytes"):
        skvae.load(path)
    assert tracemalloc.get_traced_memory()[1] < 1e6
    tracemalloc.stop()
