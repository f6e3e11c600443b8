"""The bytes of a model file: a safetensors file whose metadata hold one JSON document.

The layout is safetensors' own: 8 bytes with the length of the header, the header in JSON, then the arrays without gaps.
The safetensors package writes it. Reading is done here, because the header has to be judged before anything is
allocated, and because two readers might understand one file differently.
"""

import hashlib
import json
import math
import os
import re
import stat
import sys
from dataclasses import dataclass
from typing import Any

import numpy as np

from skvae._optional import import_optional
from skvae.persistence._disguises import foreign
from skvae.persistence._errors import ModelFileError, damaged
from skvae.persistence._strict_json import parse_json

#: Raised whenever an older skvae would misread a new file; see docs/file-format.md.
VERSION = 1
KEY = "skvae"
#: A header is parsed as a whole, at some twenty times its size in memory. Names of half a million features fit.
MAX_HEADER = 16 * 2**20
#: NumPy's own limit.
MAX_DIMENSIONS = 64
DTYPES = {
    "BOOL": np.dtype("?"),
    "U8": np.dtype("u1"),
    "I8": np.dtype("i1"),
    "U16": np.dtype("<u2"),
    "I16": np.dtype("<i2"),
    "F16": np.dtype("<f2"),
    "U32": np.dtype("<u4"),
    "I32": np.dtype("<i4"),
    "F32": np.dtype("<f4"),
    "U64": np.dtype("<u8"),
    "I64": np.dtype("<i8"),
    "F64": np.dtype("<f8"),
}
_ENTRIES = {"sha256", "format", "written_by", "tree"}
_NO_DIGEST = "0" * 64
# The digest is the document's first entry, so that these bytes come first in the header just before it.
_BEFORE_DIGEST = b'\\"sha256\\":\\"'


@dataclass(frozen=True)
class ArraySpec:
    """What the header says of an array; stands in for it until it may be allocated."""

    dtype: np.dtype
    shape: tuple[int, ...]

    @property
    def nbytes(self):
        """Size in bytes."""
        return math.prod(self.shape) * self.dtype.itemsize


@dataclass(frozen=True)
class Header:
    """What stands before the arrays.

    Attributes
    ----------
    raw : bytes
        As in the file, the length included.
    document : dict
        The JSON document.
    arrays : dict of ArraySpec
        By name, in the order of the file.
    """

    raw: bytes
    document: dict[str, Any]
    arrays: dict[str, ArraySpec]


def dump(document, arrays):
    """Make the content of a model file.

    Parameters
    ----------
    document : dict
        Entries ``"written_by"`` and ``"tree"``, of what JSON can hold.
    arrays : dict of ndarray
        By name.

    Returns
    -------
    list of bytes-like
        The content, in pieces.
    """
    safetensors = import_optional("safetensors.numpy", extra="files", purpose="skvae.save")
    document = {"sha256": _NO_DIGEST, "format": VERSION, **document}
    text = json.dumps(document, separators=(",", ":"), allow_nan=False)
    # One entry alone: safetensors writes several in random order, and equal models should give equal files.
    content = safetensors.save({name: _plain(array) for name, array in arrays.items()}, metadata={KEY: text})
    length = int.from_bytes(content[:8], "little")
    if length > MAX_HEADER:
        raise ValueError(
            f"The model's names and parameters take {length} bytes as JSON, more than the {MAX_HEADER} that skvae.load "
            "reads. Give the features shorter names, or fit on an array without names."
        )
    before, mark, after = content[: 8 + length].partition(_BEFORE_DIGEST)
    digest = hashlib.sha256(content).hexdigest().encode()
    return [before, mark, digest, after[len(digest) :], memoryview(content)[8 + length :]]


def read_header(file):
    """Read what stands before the arrays, and check that the file's size is what it calls for.

    Parameters
    ----------
    file : binary file
        Is left at the first array.

    Returns
    -------
    Header
    """
    status = os.fstat(file.fileno())
    if not stat.S_ISREG(status.st_mode):
        raise ModelFileError("It is not a regular file: copy its content to one.")
    prefix = file.read(8)
    length = int.from_bytes(prefix, "little")
    if len(prefix) < 8 or length > MAX_HEADER:
        raise foreign(prefix + file.read(92))
    if status.st_size < 8 + length:
        raise damaged(f"It is cut short: {status.st_size} bytes, where the header alone takes {8 + length}.")
    text = file.read(length)
    entries = parse_json(text)
    if not isinstance(entries, dict):
        raise damaged("Its header is no JSON object.")
    document = _document(entries.pop("__metadata__", None))
    arrays = _array_specs(entries)
    expected = 8 + length + sum(spec.nbytes for spec in arrays.values())
    if status.st_size != expected:
        how = "cut short" if status.st_size < expected else "followed by something else"
        raise damaged(f"It is {how}: {status.st_size} bytes, where its header calls for {expected}.")
    return Header(prefix + text, document, arrays)


def read_arrays(file, header):
    """Read the arrays, and check the digest of the whole file.

    Parameters
    ----------
    file : binary file
        At the first array.
    header : Header
        Checked before.

    Returns
    -------
    dict of ndarray
        By name.
    """
    digest = header.document["sha256"]
    before, mark, after = header.raw.partition(_BEFORE_DIGEST)
    sha256 = hashlib.sha256(before + mark + _NO_DIGEST.encode() + after[len(_NO_DIGEST) :])
    arrays = {}
    for name, spec in header.arrays.items():
        content = np.empty(spec.nbytes, np.uint8)
        if file.readinto(content) != spec.nbytes:
            raise damaged(f"It is cut short within the array {name!r}.")
        sha256.update(content.data)
        if spec.dtype.kind == "b" and content.max(initial=0) > 1:
            raise damaged(f"The array {name!r} holds other bytes than those of True and False.")
        arrays[name] = content.view(spec.dtype).reshape(spec.shape)
    if sha256.hexdigest() != digest or not after.startswith(digest.encode()):
        raise damaged("Its SHA-256 does not match its content.")
    return arrays


def _document(metadata):
    """Parse our document, which is the only entry of the metadata, and check all but its tree."""
    if not isinstance(metadata, dict) or not isinstance(metadata.get(KEY), str):
        raise ModelFileError(
            "It is a safetensors file that skvae.save did not write: it holds arrays, but no estimator. Read it with "
            "safetensors.numpy.load_file."
        )
    document = parse_json(metadata[KEY])
    version = document.get("format") if isinstance(document, dict) else None
    if type(version) is not int or version < 1 or len(metadata) != 1:
        raise damaged("Its metadata hold something else than a version and an estimator.")
    if version > VERSION:
        raise ModelFileError(
            f"It has version {version} of the format, written by a newer skvae; this one reads versions up to "
            f"{VERSION}. Upgrade skvae: pip install --upgrade skvae."
        )
    digest, authors = document.get("sha256"), document.get("written_by")
    if document.keys() != _ENTRIES or not isinstance(digest, str) or not re.fullmatch("[0-9a-f]{64}", digest):
        raise damaged("Its description lacks the digest or the estimator, or holds something else.")
    if not isinstance(authors, dict) or not all(map(_is_version, authors.values())):
        raise damaged("Its description does not say what wrote it.")
    return document


def _is_version(text):
    """Tell whether a value from JSON can be the version of a package."""
    return isinstance(text, str) and re.fullmatch(r"[0-9A-Za-z.+!-]{1,80}", text) is not None


def _array_specs(entries):
    """Check what the header says of the arrays: known types, shapes, and places that follow each other."""
    specs = {}
    end = 0
    for name, entry in entries.items():
        spec, start, stop = _array_spec(name, entry)
        if start != end or stop != end + spec.nbytes:
            raise damaged(f"The array {name!r} does not follow the one before, or is not as long as its shape.")
        specs[name] = spec
        end = stop
    return specs


def _array_spec(name, entry):
    """Return the type and shape of an array, and where it starts and stops."""
    match entry:
        case {"dtype": str() as dtype, "shape": list() as shape, "data_offsets": [start, stop]} if (
            len(entry) == 3 and dtype in DTYPES and all(map(_is_size, [*shape, start, stop]))
        ):
            spec = ArraySpec(DTYPES[dtype], tuple(shape))
            # NumPy refuses some shapes even of empty arrays.
            if len(shape) <= MAX_DIMENSIONS and math.prod(n or 1 for n in shape) * spec.dtype.itemsize <= sys.maxsize:
                return spec, start, stop
    raise damaged(f"Its header describes the array {name!r} as no array can be.")


def _is_size(number):
    """Tell whether a number from JSON can be a length or a place."""
    return type(number) is int and number >= 0


def _plain(array):
    """Return an array as safetensors takes it without a check: little-endian and in C order."""
    return np.asarray(array, dtype=array.dtype.newbyteorder("<"), order="C")
