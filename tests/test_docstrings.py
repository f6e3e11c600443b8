"""The docstrings of all public names: numpydoc's own checks, an example for each, and a page in the documentation."""

import importlib.util
import inspect
from pathlib import Path

import pytest

import skvae
from skvae._docstrings import inherit_contract

numpydoc_validate = pytest.importorskip("numpydoc.validate")

# What is not asked for; all other checks of numpydoc are. scikit-learn leaves out the same, and GL02 besides.
LEFT_OUT = {
    "GL01": "the summary stands in the line of the quotes, as ruff formats it",
    "RT02": "results have names, as in scikit-learn: `Z_new : ndarray`, not `ndarray`",
}
# What is asked of classes only, as in scikit-learn.
OF_CLASSES = {
    "ES01": "a function does one thing, which the summary says",
    "SA01": "the text of a function links to what belongs to it",
}
# What is asked of classes and functions, not of methods, as in scikit-learn.
NOT_OF_METHODS = {"EX01": "the example of the class shows its methods together"} | OF_CLASSES


def public_names():
    """List what users may import, by its place: classes, functions, scorers."""
    rooms = {name: getattr(skvae, name) for name in skvae.__all__ if inspect.ismodule(getattr(skvae, name))}
    homes = {"skvae": skvae} | {f"skvae.{name}": room for name, room in rooms.items()}
    return [f"{home}.{name}" for home, room in homes.items() for name in room.__all__ if callable(getattr(room, name))]


def resolve(place):
    room, _, name = place.rpartition(".")
    return getattr(importlib.import_module(room), name)


def members(cls):
    """Name the public methods and properties that this package defines, inherited ones included."""
    for name in dir(cls):
        home = next(base for base in cls.__mro__ if name in vars(base))
        described = inspect.isroutine(getattr(cls, name)) or inspect.isdatadescriptor(getattr(cls, name))
        is_field = name in getattr(cls, "_fields", ())  # of a named tuple: the parameters describe it
        if described and home.__module__.startswith("skvae") and not name.startswith("_") and not is_field:
            yield name


def complaints(place, left_out):
    """List what numpydoc finds, but for what is left out."""
    errors = numpydoc_validate.validate(place)["errors"]
    return [f"{place}: {code} {message}" for code, message in errors if code not in left_out | LEFT_OUT.keys()]


@pytest.mark.parametrize("place", public_names())
def test_docstring(place):
    named = resolve(place)
    is_class = inspect.isclass(named)
    found = complaints(place, set() if is_class else OF_CLASSES.keys())
    for name in members(named) if is_class else ():
        found += complaints(f"{place}.{name}", NOT_OF_METHODS.keys())
    assert not found, "\n".join(found)


def test_members_are_found():
    assert {"fit", "transform", "encoder_", "score_samples"} <= set(members(skvae.VAETransformer))
    assert set(members(skvae.likelihoods.Poisson)) >= {"mean", "view", "key"}
    assert list(members(skvae.studies.Finding)) == []


def test_a_poor_docstring_is_found(monkeypatch):
    monkeypatch.setattr(skvae.load, "__doc__", "Loads")
    assert {line.split()[1] for line in complaints("skvae.load", OF_CLASSES.keys())} >= {"SS03", "PR01", "RT01", "EX01"}


def test_every_public_name_has_a_page():
    """Of the modules that Sphinx is told to describe, all names are in one of the tables from which pages are made."""
    path = Path(__file__).parents[1] / "docs" / "_ext" / "reference.py"
    spec = importlib.util.spec_from_file_location("reference", path)
    reference = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(reference)
    pages = [
        f"{room}.{name}"
        for room in reference.rooms()
        for kind in ("class", "function", "scorer")
        for name in reference.public_names(room, kind)
    ]
    assert sorted(pages) == sorted(public_names())


def test_overriding_methods_keep_the_contract():
    """Parameters and results are written down with the base class, and shown with what overrides it."""
    own, base = skvae.likelihoods.Poisson.sample.__doc__, skvae.likelihoods.Likelihood.sample.__doc__
    assert own.startswith("Draw counts of rows of size 1.\n\nParameters\n----------\noutputs : array")
    assert "rng : numpy.random.Generator" in own
    assert base.startswith("Draw data.")


def test_a_docstring_of_ones_own_stays():
    class Own(skvae.likelihoods.Gaussian):
        def mean(self, outputs, weights, xp=None):
            """Mean.

            Returns
            -------
            ndarray
            """

        def sample(self, outputs, weights, rng):
            pass

    assert "Parameters" not in Own.mean.__doc__
    assert Own.sample.__doc__ is None


def test_every_section_is_inherited():
    class Base:
        def method(self):
            """Do it.

            See Also
            --------
            other : Does another.
            """

    class Child(Base):
        def method(self):
            """Do it well."""

    inherit_contract(Child)
    assert Child.method.__doc__ == "Do it well.\n\nSee Also\n--------\nother : Does another.\n"
