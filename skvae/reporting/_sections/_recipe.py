"""All that makes the same models again: code, parameters, seed, versions, seconds."""

import inspect
import platform
from importlib.metadata import PackageNotFoundError, version

from sklearn.base import BaseEstimator

from skvae import __version__
from skvae._content import content_key
from skvae.reporting._blocks import Code, Heading, Section, Table, Text
from skvae.reporting._code import code_of
from skvae.reporting._words import number, printable

_PACKAGES = ("numpy", "scipy", "pandas", "scikit-learn", "tensorflow", "keras", "matplotlib")
_LONGEST = 200
_NO_CODE = (
    "A parameter cannot be written as code, such as a function of one's own, an array, or a list of many columns: save "
    "the model itself, with skvae.save(model, path), or pickle it."
)


def recipe(findings):
    """Write down how the models were made."""
    blocks = []
    for name, model in findings.models.items():
        code = code_of(model)
        blocks += [Heading(f"{name} as code"), Code(code, f"{name} as Python code") if code else Text(_NO_CODE)]
    blocks += [_parameters(findings.subject, findings.models[findings.subject]), Heading("Seed, versions, seconds")]
    if findings.data is not None:
        blocks.append(Text(_seed(findings)))
    return Section("recipe", "Exact parameters", [*blocks, _versions(), *_seconds(findings)])


def _seed(findings):
    """Say what the seed determines."""
    return (
        f"random_state={findings.seed} gives the same figures again on the same machine with the same versions: it "
        "determines the splits, the fits that this report made, k-means, and the rows drawn."
    )


def _parameters(name, model):
    """Tabulate all parameters, and mark those that are not as by default."""
    params = sorted(model.get_params(deep=True).items())
    rows = [[key, _written(value), _is_default(model, key, value)] for key, value in params if not _has_parts(value)]
    rows.sort(key=lambda row: row[-1] == "yes")
    caption = f"{name}: every parameter, also of nested parts; first those that are not as by default."
    return Table(caption, ["parameter", "value", "default"], rows, (0, 1, 2))


def _has_parts(value):
    """Tell whether a parameter is an estimator, or the list of a pipeline's steps: their parameters stand for it."""
    if isinstance(value, list | tuple):
        return any(isinstance(part, list | tuple) and any(map(_has_parts, part)) for part in value)
    return isinstance(value, BaseEstimator)


def _written(value):
    """Write a value, shortened if it is long."""
    text = printable(repr(value))
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}… ({len(text):,} letters)"


def _is_default(model, key, value):
    """Say whether a parameter is as by default."""
    *owners, own = key.split("__")
    owner = model.get_params(deep=True)["__".join(owners)] if owners else model
    default = inspect.signature(type(owner)).parameters.get(own)
    if default is None or default.default is default.empty:
        return "-"
    return "yes" if content_key(default.default) == content_key(value) else "no"


def _versions():
    """Tabulate the versions of what took part."""
    rows = [["skvae", __version__], ["Python", platform.python_version()]]
    for package in _PACKAGES:
        try:
            rows.append([package, version(package)])
        except PackageNotFoundError:
            continue  # such as a build of TensorFlow under another name
    return Table("Versions.", ["package", "version"], rows, (0, 1))


def _seconds(findings):
    """Tabulate what the steps took."""
    seconds = findings.log.seconds
    if not seconds:
        return []
    rows = [[step, number(value)] for step, value in seconds.items()]
    rows.append(["all", number(sum(seconds.values()))])
    return [
        Table("Seconds of each step; the first fit of a process also loads and compiles.", ["step", "seconds"], rows)
    ]
