"""The walls between rooms: what is private in one, no other imports. Which may know which, setup.cfg says."""

import ast
from pathlib import Path

import pytest

import skvae

HOME = Path(skvae.__file__).parent


def imported(source):
    """List all names that some code imports, also within functions, with their modules."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom):
            # Relative ones keep their dots: where they lead, the line itself does not say.
            module = "." * node.level + (node.module or "")
            yield from (f"{module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


def intrusions(room, source):
    """List what is imported of the private parts of other rooms, or by a relative path."""
    for name in imported(source):
        if name.startswith("."):
            yield name
        package, *parts = name.split(".")
        others = package == "skvae" and len(parts) > 1 and parts[0] != room
        if others and not parts[0].startswith("_") and any(part.startswith("_") for part in parts[1:]):
            yield name


@pytest.mark.parametrize("room", sorted({path.relative_to(HOME).parts[0] for path in HOME.rglob("*.py")}))
def test_no_room_imports_what_is_private_in_another(room):
    found = []
    for path in sorted((HOME / room).rglob("*.py")) if (HOME / room).is_dir() else [HOME / room]:
        found += [f"{path.name}: {name}" for name in intrusions(Path(room).stem, path.read_text(encoding="utf-8"))]
    assert not found, (
        'Make these public, import them "as" themselves, move them to the root, or write "skvae" in place of dots: '
        + ", ".join(found)
    )


@pytest.mark.parametrize(
    ("line", "is_found"),
    [
        ("from skvae.metrics._clusters import warn", True),
        ("from skvae.metrics import _clusters", True),
        ("def f():\n    import skvae.metrics._clusters", True),
        ("from skvae.metrics import _constant", True),
        ("from ..metrics._clusters import warn", True),
        ("from .. import metrics", True),
        ("from ._style import wrapped", True),
        ("from skvae.metrics import active_units", False),
        ("from skvae.plot._style import wrapped", False),
        ("from skvae._look import INK", False),
        ("from skvae import __version__, metrics", False),
        ("from sklearn.utils._indexing import resample", False),
    ],
)
def test_intrusions_are_found(line, is_found):
    assert bool(list(intrusions("plot", line))) is is_found
