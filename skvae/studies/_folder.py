"""The folder of a study's run: a manifest, a file for each part that has ended, and the outputs."""

import json
import os
import platform
from importlib.metadata import version
from numbers import Integral
from pathlib import Path

import joblib

import skvae

_MANIFEST = "manifest.json"
_PARTS = "parts"
#: What the file of a part holds.
_CONTENT = {"rows", "codes", "seconds"}
#: Rises when the files change so that an older run cannot be gone on from.
_FORMAT = 1
_PACKAGES = ("numpy", "scikit-learn", "tensorflow", "keras")


def identity_of(study, samples, sizes, seed):
    """Return what two runs must have in common for one to go on from the other.

    Parameters
    ----------
    study : Study
    samples : Samples or None
    sizes : dict
    seed : int

    Returns
    -------
    dict
        As JSON gives it back.
    """
    versions = {name: version(name) for name in _PACKAGES}
    identity = {
        "format": _FORMAT,
        "study": study.name,
        "study_version": study.version,
        "sizes": sizes,
        "seed": seed,
        "data": None if samples is None else joblib.hash(tuple(samples._replace(name=""))),
        "versions": {"skvae": skvae.__version__, "python": platform.python_version(), **versions},
    }
    return json.loads(json.dumps(identity))


class Folder:
    """Where a run of a study leaves what it has.

    Parameters
    ----------
    path : str or Path
        Made if it is not there; the folder that it lies in must be.
    identity : dict
        See `identity_of`.
    random_state : int, RandomState or None, default=None
        What the seed was drawn from; a whole number is kept, for people to give again.

    Raises
    ------
    ValueError
        If the folder holds another run of which a part has ended, or other files.
    """

    def __init__(self, path, identity, random_state=None):
        self.path, self.identity = Path(path), identity
        self._given = int(random_state) if isinstance(random_state, Integral) else None
        if not self.path.parent.is_dir():
            raise ValueError(f"The output {self.path} cannot be made: there is no folder {self.path.parent}.")
        if self.path.exists() and not self.path.is_dir():
            raise ValueError(f"The output {self.path} is a file, but must be a folder.")
        self._check_manifest()
        (self.path / _PARTS).mkdir(parents=True, exist_ok=True)

    def write_manifest(self, **more):
        """Write what the run is, and more that is known by now."""
        self.write(_MANIFEST, json.dumps({**self.identity, "random_state": self._given, **more}, indent=2) + "\n")

    def read_part(self, part):
        """Return what a part gave, or None if it has not ended."""
        file = self._part_file(part)
        if not file.exists():
            return None
        try:
            content = json.loads(file.read_text(encoding="utf-8"))
        except ValueError as error:
            raise ValueError(f"{file} cannot be read: delete it, and its part is run again. {error}") from error
        if not isinstance(content, dict) or not set(content) >= _CONTENT:
            raise ValueError(f"{file} holds no part of a study: delete it, and its part is run again.")
        return content

    def count_parts(self, parts):
        """Count the parts that have ended."""
        return sum(self._part_file(part).exists() for part in parts)

    def write_part(self, part, text):
        """Keep a part."""
        self.write(self._part_file(part).relative_to(self.path), text)

    def write(self, name, text):
        """Write a file as a whole or not at all."""
        file = self.path / name
        unfinished = file.with_name(f".{file.name}.{os.getpid()}")
        try:
            unfinished.write_text(text, encoding="utf-8")
            os.replace(unfinished, file)
        finally:
            unfinished.unlink(missing_ok=True)

    def _part_file(self, part):
        """Name the file of a part."""
        return self.path / _PARTS / f"{part.number:04d}.json"

    def _check_manifest(self):
        """Raise a ValueError unless the folder is empty, or holds the same run."""
        file = self.path / _MANIFEST
        if not file.exists():
            if self.path.is_dir() and any(self.path.iterdir()):
                raise ValueError(f"The output {self.path} holds other files: give a folder that is new or empty.")
            return
        try:
            before = json.loads(file.read_text(encoding="utf-8"))
        except ValueError as error:
            raise ValueError(f"{file} cannot be read: delete the folder, or give another. {error}") from error
        if self._is_begun_only(before):
            return
        changes = list(_changes(before, self.identity, self._given))
        if changes:
            raise ValueError(
                f"The output {self.path} holds another run, which cannot be gone on from: {'; '.join(changes)}. Give "
                "another folder, or delete this one to start anew."
            )

    def _is_begun_only(self, manifest):
        """Tell whether the folder is of a run of which no part has ended, so that another may take its place."""
        is_of_run = isinstance(manifest, dict) and {"study", "finished"} <= set(manifest) and not manifest["finished"]
        return is_of_run and not any((self.path / _PARTS).glob("*.json"))


def _changes(before, now, given=None, name=""):
    """Say what differs between two manifests; of seeds what was `given` for them, if it is known."""
    before = before if isinstance(before, dict) else {}
    was_given = before.get("random_state")
    for key, value in now.items():
        was = before.get(key)
        if isinstance(value, dict):
            yield from _changes(was, value, name=f"{name}{key} ")
        elif was != value and key == "seed" and None not in (was_given, given):
            yield f"random_state was {was_given} and is {given}"
        elif was != value:
            yield f"{name}{key} was {was!r} and is {value!r}"
