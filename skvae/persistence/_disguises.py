"""What a file is that is no model file, by its first bytes."""

from skvae.persistence._errors import ModelFileError, damaged

_SIGNATURES = {
    **{b"\x80" + bytes([protocol]): "a pickle or joblib file, which skvae.load never runs" for protocol in range(2, 6)},
    b"\x89HDF\r\n\x1a\n": "an HDF5 file, such as a .h5 model of Keras",
    b"\x93NUMPY": "a NumPy .npy file",
    b"\x1f\x8b": "a gzip file, perhaps a compressed pickle",
    b"BZh": "a bzip2 file, perhaps a compressed pickle",
    b"\xfd7zXZ": "an xz file, perhaps a compressed pickle",
    **{
        b"\x78" + level: "a zlib file, perhaps a compressed joblib file"
        for level in (b"\x01", b"\x5e", b"\x9c", b"\xda")
    },
}
#: How the first file in a zip archive is called, and what the archive then is.
_ARCHIVES = {
    b".npy": "a NumPy .npz or skops archive (zip)",
    b"schema.json": "a skops archive (zip)",
    b"metadata.json": "a Keras .keras archive (zip)",
    b"config.json": "a Keras .keras archive (zip)",
    b"data.pkl": "a PyTorch archive (zip)",
}

_TEXT = frozenset(range(32, 127)) | frozenset(b"\t\n\r")


def foreign(start):
    """Return the error of a file that cannot be a safetensors file.

    Parameters
    ----------
    start : bytes
        The first 100 bytes, or fewer if there are no more.

    Returns
    -------
    ModelFileError
    """
    for signature, kind in _SIGNATURES.items():
        if start.startswith(signature):
            return ModelFileError(f"It looks like {kind}. Load it with what wrote it.")
    if start.startswith(b"PK\x03\x04"):
        first = start[30 : 30 + int.from_bytes(start[26:28], "little")]
        kind = next((kind for end, kind in _ARCHIVES.items() if first.endswith(end)), "a zip archive")
        return ModelFileError(f"It looks like {kind}. Load it with what wrote it.")
    if start.startswith(b"version https://git-lfs"):
        return ModelFileError("It is a pointer of Git LFS, which stands for the file: git lfs pull.")
    if len(start) > 8 and all(byte in _TEXT for byte in start[:16]):
        return ModelFileError(f"It is a text, which begins with {start[:16].decode()!r}, and no model file.")
    if len(start) < 8:
        return damaged(f"It is cut short: {len(start)} bytes.")
    length = int.from_bytes(start[:8], "little")
    return damaged(f"It begins with {start[:8]!r}, which would announce a header of {length} bytes, too many.")
