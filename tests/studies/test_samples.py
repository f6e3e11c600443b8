"""Samples from files and arrays, and what is refused."""

import numpy as np
import pandas as pd
import pytest
from scipy import sparse

from skvae.studies import Samples, read_samples
from skvae.studies._samples import as_samples, bundled_digits, two_groups

IMAGES = np.arange(2 * 4 * 4, dtype=np.uint8).reshape(2, 4, 4)


@pytest.fixture
def files(tmp_path):
    np.savez(tmp_path / "one.npz", X=IMAGES, y=np.array([0, 1], np.uint8))
    np.savez(tmp_path / "two.npz", X=IMAGES[:1], y=np.array([1], np.uint8))
    np.savez(tmp_path / "other.npz", X=IMAGES)
    (tmp_path / "broken.npz").write_bytes(b"no archive")
    (tmp_path / "logs.csv").write_text("s,A,B,g\na,-1,2,x\nb,1,3,y\n")
    (tmp_path / "holes.csv").write_text("s,A,B,g\na,,2,x\nb,1,,y\n")
    return tmp_path


def test_files_of_images_are_put_together(files):
    samples = read_samples([files / "one.npz", files / "two.npz"])
    np.testing.assert_array_equal(samples.X, np.concatenate([IMAGES, IMAGES[:1]]).reshape(3, 16))
    assert samples.X.dtype == np.float32
    assert samples.y.tolist() == ["0", "1", "1"]
    assert samples.name == "one.npz + two.npz"
    assert samples.are_images


def test_a_table_with_a_transformation(files):
    samples = read_samples(files / "logs.csv", target="g", transform="exp2")
    np.testing.assert_array_equal(samples.X, [[0.5, 4.0], [2.0, 8.0]])
    assert not samples.are_images


@pytest.mark.parametrize(
    ("names", "options", "message"),
    [
        ([], {}, "no file to read"),
        (["none.npz"], {}, "There is no file"),
        (["other.npz"], {}, "cannot be read as images X with classes y"),
        (["broken.npz"], {}, "cannot be read as images X with classes y"),
        (["one.npz", "logs.csv"], {}, "Only .npz files can be put together"),
        (["logs.csv"], {}, "say which column holds the labels"),
        (["holes.csv"], {"target": "g"}, "every column has missing values"),
    ],
)
def test_bad_files(files, names, options, message):
    with pytest.raises((ValueError, FileNotFoundError), match=message):
        read_samples([files / name for name in names], **options)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ((np.eye(2),), "a pair"),
        (pd.DataFrame(np.eye(2), columns=["alcohol", "malic_acid"]), r"a DataFrame without labels: pass a pair \(X, y"),
        (np.eye(2), "a ndarray without labels"),
        (sparse.eye_array(2), "without labels"),
        ((np.eye(2), ["a"]), "inconsistent numbers of samples"),
        ((np.eye(2), ["a", None]), "some labels are missing"),
        (([[np.nan, 1.0], [1.0, 1.0]], ["a", "b"]), "NaN"),
        (([["x", "y"]], ["a"]), "could not convert"),
        ((np.eye(3)[0], ["a", "b", "c"]), "2D"),
    ],
)
def test_bad_arrays(data, message):
    with pytest.raises((ValueError, TypeError), match=message):
        as_samples(data)


def test_arrays_and_samples_are_taken():
    samples = as_samples((IMAGES, [7, 8]))
    assert samples.X.shape == (2, 16)
    assert samples.y.tolist() == ["7", "8"]
    assert as_samples(samples) is samples
    assert as_samples(None) is None


def test_negative_values_are_for_the_study_to_judge(files):
    assert read_samples(files / "logs.csv", target="g").X.min() == as_samples((-np.eye(2), ["a", "b"])).X.min() == -1


def test_two_groups_are_0_and_1_or_else_the_most_frequent():
    digits = two_groups(bundled_digits())
    assert sorted(set(digits.y)) == ["0", "1"]
    assert len(digits.X) == len(digits.y) == 178 + 182
    labels = np.array(["x", "y", "z", "z", "y", "z"])
    samples = two_groups(Samples(np.eye(6, dtype=np.float32), labels))
    assert samples.y.tolist() == ["y", "z", "z", "y", "z"]
    np.testing.assert_array_equal(samples.X, np.eye(6)[1:])
    with pytest.raises(ValueError, match="needs two groups, but all labels are 'x'"):
        two_groups(Samples(np.eye(2, dtype=np.float32), np.array(["x", "x"])))
