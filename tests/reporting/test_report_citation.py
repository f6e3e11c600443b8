"""What a report says of how to cite is what CITATION.cff says."""

from pathlib import Path

import skvae
from skvae.reporting._citation import SOFTWARE

_CFF = Path(__file__).parents[2] / "CITATION.cff"


def test_the_software_is_that_of_the_citation_file():
    lines = dict(line.split(": ", 1) for line in _CFF.read_text(encoding="utf-8").splitlines() if ": " in line)
    assert SOFTWARE["title"] == lines["title"].strip('"')
    assert SOFTWARE["authors"] == lines["  - name"]
    assert SOFTWARE["license"] == lines["license"]
    assert SOFTWARE["version"] == lines["version"] == skvae.__version__


def test_the_page_cites_the_software_and_the_methods_it_used(table_report):
    for name in (
        "The skvae developers",
        "Kingma",
        "Tipping",
        "Nadeau",
        "Pedregosa",
        "Abadi",
        "Chollet",
        "@software{skvae",
    ):
        assert name in table_report.html
