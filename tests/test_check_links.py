"""The link checker of the documentation finds what it should, and the Markdown files of the repository pass it."""

import importlib.util
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def checker():
    spec = importlib.util.spec_from_file_location("check_links", ROOT / "docs" / "_ext" / "check_links.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_links_between_markdown_files_lead_somewhere(checker):
    pages = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
    assert list(checker.check_markdown(pages)) == []


def test_wrong_links_between_markdown_files_are_found(checker, tmp_path):
    (tmp_path / "a.md").write_text("# A, b: `c`\n[x](b.md) [y](b.md#no) [z](gone.md) [w](https://x.org/#q) `[v](v)`\n")
    (tmp_path / "b.md").write_text("[back](a.md#a-b-c) [self](#nothing)\n```\n[code](code.md)\n```\n")
    assert list(checker.check_markdown([tmp_path / "a.md", tmp_path / "b.md"])) == [
        "a.md links to b.md#no, but there is no such heading",
        "a.md links to gone.md, which is not there",
        "b.md links to #nothing, but there is no such heading",
    ]


@pytest.mark.parametrize(
    ("tag", "complaint"),
    [
        ('<a href="other.html#place">', None),
        ('<a href="other.html#nowhere">', "page.html links to other.html#nowhere, which is not there"),
        ('<a href="gone.html">', "page.html links to gone.html, which is not there"),
        ('<a href="#here" id="here">', None),
        ('<a href="https://example.org">', None),
        ('<img src="gone.png">', "page.html links to gone.png, which is not there"),
        ('<script src="https://example.org/x.js">', "page.html fetches https://example.org/x.js"),
        ('<script src="//example.org/x.js">', "page.html fetches //example.org/x.js"),
        ('<link rel="stylesheet" href="https://example.org/x.css">', "page.html fetches https://example.org/x.css"),
        ('<img src="data:image/png;base64,AA==">', None),
    ],
)
def test_pages(checker, tmp_path, tag, complaint):
    (tmp_path / "page.html").write_text(tag)
    (tmp_path / "other.html").write_text('<h1 id="place">')
    assert list(checker.check_pages(tmp_path)) == ([complaint] if complaint else [])


def test_a_style_that_fetches_a_font(checker, tmp_path):
    (tmp_path / "style.css").write_text("@font-face { src: url('https://example.org/font.woff2') }")
    assert list(checker.check_pages(tmp_path)) == ["style.css fetches https://example.org/font.woff2"]
