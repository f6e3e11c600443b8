"""Messages of the package in words of the command."""

import re

import pytest

from skvae.cli._wording import in_command
from skvae.estimators import _diagnostics

SAID = {
    "n_repeats=0 leaves the comparison out.": "--repeats 0 leaves the comparison out.",
    "n_components=5 is more than the 4 features of the data. Lower n_components.": (
        "--n-components 5 is more than the 4 features of the data. Lower --n-components."
    ),
    "Say so (transform, --transform none, log2=False).": "Say so (--transform none).",
    "say software='matrix'": "say --software matrix",
    "leave out layer='raw'.": "leave out --layer raw.",
    "transpose it, as by pandas' T, or let read_proteins(..., software='matrix') do so.": (
        "transpose it, or say --software matrix."
    ),
    "Remove them beforehand, or set keep_empty_features=True to keep them, filled with 0.": (
        "Remove them beforehand (--drop)."
    ),
    "of the columns (such as 'a=b' in 'c')": "of the columns (such as 'a=b' in 'c')",
}


@pytest.mark.parametrize("python", SAID)
def test_options_are_called_as_the_command_calls_them(python):
    assert in_command(python) == SAID[python]


def test_no_warning_of_a_fit_speaks_of_what_the_command_has_not():
    """Whatever stands in the source: a new message shall be put into words of the command as well."""
    with open(_diagnostics.__file__, encoding="utf-8") as file:
        strings = re.sub(r'"\s*\n\s*f?"', "", file.read())
    strings = strings.replace("{beta:g}", "1")
    advice = re.findall(r"(?:Lower|Raise|raise|drop them|Scale the|Remove them)\b[^\"\n]*\.", strings)
    assert len(advice) >= 5
    for words in advice:
        told = in_command(f"Before, with n_iter_no_change=10. {words}")
        assert not re.search(r"learning_rate|kl_warmup|sklearn|keep_empty|n_components", told), told
