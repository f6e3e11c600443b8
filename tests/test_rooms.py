"""The walls between rooms: what is private in one, no other imports. Which may know which, setup.cfg says."""

import ast
from pathlib import Path

import pytest

import skvae

HOME = Path(skvae.__file__).parent
# Which room still reaches into which, and why.
EXCEPTIONS = {("cli", "datasets"): "the command reads tables with more options than read_table has, from its parts"}


def imported(source):
    """List all names that some code imports, also within functions, with their modules."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


def intrusions(room, source):
    """List what is imported of the private parts of other rooms."""
    for name in imported(source):
        package, *parts = name.split(".")
        others = package == "skvae" and len(parts) > 1 and parts[0] != room
        if others and not parts[0].startswith("_") and any(part.startswith("_") for part in parts[1:]):
            yield parts[0], name


@pytest.mark.parametrize("room", sorted({path.relative_to(HOME).parts[0] for path in HOME.rglob("*.py")}))
def test_no_room_imports_what_is_private_in_another(room):
    found = []
    for path in sorted((HOME / room).rglob("*.py")) if (HOME / room).is_dir() else [HOME / room]:
        of_others = intrusions(Path(room).stem, path.read_text(encoding="utf-8"))
        found += [f"{path.name}: {name}" for other, name in of_others if (Path(room).stem, other) not in EXCEPTIONS]
    assert not found, 'Make these public, import them "as" themselves, or move them to the root: ' + ", ".join(found)


@pytest.mark.parametrize(
    ("line", "is_found"),
    [
        ("from skvae.metrics._clusters import warn", True),
        ("from skvae.metrics import _clusters", True),
        ("def f():\n    import skvae.metrics._clusters", True),
        ("from skvae.metrics import _constant", True),
        ("from skvae.metrics import active_units", False),
        ("from skvae.plot._style import wrapped", False),
        ("from skvae._look import INK", False),
        ("from skvae import __version__, metrics", False),
        ("from sklearn.utils._indexing import resample", False),
    ],
)
def test_intrusions_are_found(line, is_found):
    assert bool(list(intrusions("plot", line))) is is_found
