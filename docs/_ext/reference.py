"""The pages of the reference: one for each room of the package, from which autosummary makes one for each name."""

import importlib
import inspect
from pathlib import Path
from types import FunctionType

import skvae

INDEX = """\
API reference
=============

Public are these names, and those of their methods and attributes that do not begin with an underscore. Each has a page
with an example that is run as a test.

{tables}

.. toctree::
   :hidden:

   {rooms}
"""

ROOM = """\
{title}
{underline}

.. automodule:: {title}
   :no-members:

{tables}
"""

TABLE = """\
.. currentmodule:: {module}

.. autosummary::
   :toctree: {folder}
   :template: {kind}.rst
   :nosignatures:

   {names}
"""


def rooms():
    """Name the modules that have public names, the package itself first."""
    return ["skvae", *(f"skvae.{name}" for name in skvae.__all__ if inspect.ismodule(getattr(skvae, name)))]


def public_names(room, kind):
    """Name what is public in a module: classes, functions, scorers (objects that can be called), or data."""
    home = importlib.import_module(room)
    return [name for name in home.__all__ if not name.startswith("__") and _kind(getattr(home, name)) == kind]


def _kind(value):
    """Tell by which template a name is described."""
    if inspect.isclass(value):
        return "class"
    if inspect.isfunction(value):
        return "function"
    return "scorer" if callable(value) else "module" if inspect.ismodule(value) else "data"


def _page(room):
    """Write the page of a room."""
    tables = []
    for kind in ("class", "function", "scorer", "data"):
        if names := public_names(room, kind):
            tables.append(TABLE.format(module=room, folder="names", kind=kind, names="\n   ".join(names)))
    return ROOM.format(title=room, underline="=" * len(room), tables="\n".join(tables))


def _index():
    """Write the page that leads to the rooms."""
    lines = [f"* :doc:`{room}`: {inspect.getdoc(importlib.import_module(room)).splitlines()[0]}" for room in rooms()]
    return INDEX.format(tables="\n".join(lines), rooms="\n   ".join(rooms()))


def write_pages(app, config):
    """Write the pages, before Sphinx looks which there are; an unchanged one keeps its date."""
    folder = Path(app.srcdir, "api")
    folder.mkdir(exist_ok=True)
    for name, text in {"index": _index(), **{room: _page(room) for room in rooms()}}.items():
        path = folder / f"{name}.rst"
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")


def own_members(name):
    """Sort the public members of a class: methods and properties of this package, and names of those inherited."""
    cls = _resolve(name)
    home = {member: next(base for base in cls.__mro__ if member in vars(base)) for member in dir(cls)}
    public = {member: base for member, base in home.items() if not member.startswith("_")}
    ours = {member: base for member, base in public.items() if base.__module__.startswith("skvae")}
    described = {member: vars(base)[member] for member, base in ours.items()}
    return {
        "methods": [m for m, d in described.items() if isinstance(d, FunctionType | classmethod | staticmethod)],
        "properties": [m for m, d in described.items() if isinstance(d, property)],
        "inherited": [m for m, base in public.items() if _is_sklearns(base, m)],
    }


def _is_sklearns(base, member):
    """Tell whether scikit-learn made a member, be it on a class of ours, such as ``set_fit_request``."""
    return "sklearn" in (base.__module__.partition(".")[0], type(vars(base)[member]).__module__.partition(".")[0])


def _resolve(name):
    """Find a public name."""
    room, _, last = name.rpartition(".")
    return getattr(importlib.import_module(room), last)


def setup(app):
    """Write the pages when a build begins, and let templates ask for members."""
    app.connect("config-inited", write_pages)
    app.config.autosummary_context = {"own_members": own_members}
    return {"parallel_read_safe": True, "parallel_write_safe": True}
