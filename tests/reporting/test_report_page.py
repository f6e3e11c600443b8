"""The page itself: complete, well-formed, escaped."""

import base64
import re
import xml.etree.ElementTree as ElementTree
from html.parser import HTMLParser
from itertools import pairwise

import numpy as np
import pytest
from sklearn.decomposition import PCA

import skvae
from skvae.reporting._blocks import Cell, Code, Heading, Picture, Pictures, Points, Section, Table, Text
from skvae.reporting._page import page

_VOID = {"meta", "img", "link", "br"}


class Outline(HTMLParser):
    """Reads a page: its tags, whether each is closed, and its text."""

    def __init__(self, html):
        super().__init__()
        self.tags, self.open, self.text, self.in_style = [], [], "", False
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in _VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open and self.open[-1] != "style":
            self.text += data

    def all(self, *names):
        return [(tag, attrs) for tag, attrs in self.tags if tag in names]


@pytest.fixture(scope="module")
def outline(table_report):
    return Outline(table_report.html)


def test_every_tag_is_closed_and_headings_are_in_order(outline):
    assert outline.open == []
    levels = [int(tag[1]) for tag, _ in outline.all("h1", "h2", "h3")]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_all_sections_are_there_and_in_the_contents(outline):
    names = ["data", "comparison", "planes", "meaning", "training", "reconstruction", "stability", "warnings", "recipe"]
    sections = [attrs["id"] for _, attrs in outline.all("section")]
    assert sections == [*names, "citing"]
    assert [attrs["href"] for _, attrs in outline.all("a")] == ["#content", *(f"#{name}" for name in sections)]
    assert len(outline.all("main")) == len(outline.all("nav")) == 1


def test_nothing_is_loaded_and_nothing_runs(table_report, outline):
    assert not outline.all("script", "link", "iframe", "object", "embed", "form")
    assert all(attrs["src"].startswith("data:image/") for _, attrs in outline.all("img"))
    assert not [name for _, attrs in outline.tags for name in attrs if name.startswith("on")]
    assert "url(" not in table_report.html.partition("</style>")[0]
    assert "@import" not in table_report.html


def test_tables_have_captions_and_scopes(table_report, outline):
    assert len(outline.all("table")) == len(outline.all("caption")) >= 8
    assert {attrs.get("scope") for _, attrs in outline.all("th")} == {"row", "col"}


def test_names_that_would_break_a_page_are_text(outline):
    for name in ("<script>alert(1)</script>", "\"quotes\" & 'more'", "{{ 7 * 7 }}", "<b>tumour</b>", "<u>group</u>"):
        assert name in outline.text
    assert not outline.all("b", "u", "i")
    assert "nul\N{REPLACEMENT CHARACTER} and bell\N{REPLACEMENT CHARACTER}" in outline.text
    assert "long_" * 40 in outline.text
    assert "\x00" not in outline.text
    assert "normal & \N{GREEK SMALL LETTER ALPHA}\N{REPLACEMENT CHARACTER} (2)" in outline.text
    assert not re.search("[\x00-\x08\ud800-\udfff]", outline.text)
    assert "$x^ 49" not in outline.text


def test_pictures_say_what_they_show_and_are_sound(outline):
    images = [attrs for _, attrs in outline.all("img")]
    assert len(images) >= 10
    for attrs in images:
        assert len(attrs["alt"]) > 20
        kind, _, content = attrs["src"].partition(";base64,")
        content = base64.b64decode(content)
        if kind == "data:image/svg+xml":
            size = ElementTree.fromstring(content).get("viewBox").split()[2:]
            assert [int(attrs["width"]), int(attrs["height"])] == [round(float(n) * 96 / 72) for n in size]
        else:
            assert content.startswith(b"\x89PNG")


def test_each_kind_of_block_is_written():
    picture = Picture("data:image/png;base64,AAAA", "a < b", (10, 20))
    blocks = [
        Text("1 < 2"),
        Heading("a & b"),
        Points(["plain", ("strong", "<em>")]),
        Table("T", ["x", "n"], [[Cell("name", "better", "detail"), "1"]]),
        Code("a = '<b>'", "code"),
        Pictures([picture, picture], "caption"),
    ]
    read = Outline(page("<title>", "v", [("rows", "3")], [Section("s", "S & T", blocks)]))
    for text in ("1 < 2", "a & b", "<em>", "detail", "a = '<b>'", "S & T", "<title>"):
        assert text in read.text
    assert ("span", {"class": "better"}) in read.tags
    assert read.all("td") == [("td", {"class": "number"})]
    assert [attrs["alt"] for _, attrs in read.all("img")] == ["a < b"] * 2


def test_pages_of_wide_tables_stay_small():
    X = np.random.default_rng(0).normal(size=(40, 2000))
    wide = skvae.report(X, estimator=PCA(2).fit(X), n_repeats=0, n_refits=0)
    assert len(wide.html.encode()) < 500_000


def test_groups_of_ids_break_between_ids():
    blocks = [Table("c", ["protein", "loading"], [["P1-2;<P2>", "0.5"]])]
    html = page("t", "v", [], [Section("s", "S", blocks)])
    assert '<bdi><span class="whole">P1-2;</span><span class="whole">&lt;P2&gt;</span></bdi>' in html
