"""Check a built documentation: all its links lead somewhere, and no page fetches anything from the network.

Called as ``python check_links.py FOLDER``, where the pages are. It also checks the links between the Markdown files of
the repository, as a code host follows them. Addresses in the network are not asked.
"""

import re
import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

ROOT = Path(__file__).resolve().parents[2]

# What a browser fetches by itself when it shows a page.
_FETCHED = {"script": "src", "link": "href", "img": "src", "iframe": "src", "source": "src", "video": "src"}
_MARKDOWN_LINK = re.compile(r"\]\(([^()\s]+)\)")
_FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
_CODE = re.compile(r"`[^`\n]+`")
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)


class _Page(HTMLParser):
    """What a page of HTML links to, what it fetches, and the places in it that can be linked to."""

    def __init__(self, path):
        super().__init__()
        self.links, self.fetched, self.anchors = [], [], {""}
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag, attrs):
        """Note links and anchors."""
        found = dict(attrs)
        self.anchors |= {found.get("id"), found.get("name") if tag == "a" else None}
        if tag == "a" and found.get("href"):
            self.links.append(found["href"])
        address = found.get(_FETCHED.get(tag, ""))
        if address and not (tag == "link" and found.get("rel") in ("canonical", "next", "prev", "author", "search")):
            self.fetched.append(address)


def check_pages(folder):
    """List what is wrong with the pages of a folder."""
    paths = [path for path in sorted(folder.rglob("*.html")) if "_static" not in path.parts]  # these are templates
    pages = {path.resolve(): _Page(path) for path in paths}
    for path, page in pages.items():
        name = path.relative_to(folder.resolve())
        yield from (f"{name} fetches {url}" for url in page.fetched if _is_in_network(url))
        for url in [*page.links, *page.fetched]:
            if _is_file(url) and not _leads_somewhere(path, url, pages):
                yield f"{name} links to {url}, which is not there"
    for path in sorted(folder.rglob("*.css")):
        for url in re.findall(r"(?:url\(|@import )['\"]?(https?:[^'\")]+)", path.read_text(encoding="utf-8")):
            yield f"{path.relative_to(folder)} fetches {url}"


def _is_in_network(url):
    """Tell whether an address is one of the network."""
    return urlsplit(url).scheme in ("http", "https") or url.startswith("//")


def _is_file(url):
    """Tell whether an address is one of a file beside the page."""
    return not urlsplit(url).scheme and not url.startswith("//")


def _leads_somewhere(path, url, pages):
    """Tell whether a link leads to a file, and to a place in it."""
    parts = urlsplit(url)
    target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
    if target.is_dir():
        target = target / "index.html"
    if target not in pages:
        return target.exists()
    return unquote(parts.fragment) in pages[target].anchors


def check_markdown(paths):
    """List the links between Markdown files that lead nowhere on a code host."""
    for path in paths:
        for url in _MARKDOWN_LINK.findall(_without_code(path)):
            parts = urlsplit(url)
            target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            if parts.scheme:
                continue
            if not target.exists():
                yield f"{path.name} links to {url}, which is not there"
            elif parts.fragment and parts.fragment not in _anchors(target):
                yield f"{path.name} links to {url}, but there is no such heading"


def _without_code(path):
    """Read a Markdown file, without its code."""
    return _CODE.sub("", _FENCE.sub("", path.read_text(encoding="utf-8")))


def _anchors(path):
    """Name the headings of a Markdown file as code hosts do."""
    text = _FENCE.sub("", path.read_text(encoding="utf-8"))
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in _HEADING.findall(text)}


def main(folder):
    """Print what is wrong, and return how much there is."""
    wrong = [*check_markdown([ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]), *check_pages(Path(folder))]
    print("\n".join(wrong) or "All links lead somewhere, and nothing is fetched.")
    return min(len(wrong), 1)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
