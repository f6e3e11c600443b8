"""The page in a browser: it loads nothing, fits narrow and wide windows, and can be read by all."""

import shutil

import pytest

playwright = pytest.importorskip("playwright.sync_api")
_BROWSER = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
_ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
# Scroll bars take room, as on most desktops.
_NOT = ["--hide-scrollbars"]

pytestmark = pytest.mark.skipif(_BROWSER is None, reason="there is no Chromium")


@pytest.fixture(scope="module")
def browser():
    with playwright.sync_playwright() as context:
        browser = context.chromium.launch(executable_path=_BROWSER, args=_ARGUMENTS, ignore_default_args=_NOT)
        yield browser
        browser.close()


@pytest.fixture
def opened(browser, table_report):
    """Open the page in a window of some width; also return what it said and what it asked for."""
    tabs = []

    def open_at(width):
        tab = browser.new_page(viewport={"width": width, "height": 900})
        tabs.append(tab)
        said, asked = [], []
        tab.on("console", lambda message: said.append(message.text))
        tab.on("pageerror", lambda error: said.append(str(error)))
        tab.on("request", lambda request: asked.append(request.url))
        tab.goto(table_report.path.as_uri())
        return tab, said, asked

    yield open_at
    for tab in tabs:
        tab.close()


@pytest.mark.parametrize("width", [400, 800, 1400])
def test_nothing_is_asked_for_and_nothing_overflows(opened, table_report, width):
    tab, said, asked = opened(width)
    assert said == []
    assert [url for url in asked if not url.startswith("data:")] == [table_report.path.as_uri()]
    assert tab.evaluate("document.scrollingElement.scrollWidth <= document.documentElement.clientWidth")
    assert tab.evaluate("[...document.images].every(image => image.complete && image.naturalWidth > 0)")


def test_captions_end_before_a_scroll_bar(opened):
    """Then the window is wider than what is seen of the page."""
    tab, _, _ = opened(400)
    assert tab.evaluate("document.documentElement.clientWidth") < 400
    margin = "parseFloat(getComputedStyle(document.body).paddingRight)"
    cut = f"""(margin => [...document.querySelectorAll('caption span, figcaption')]
        .filter(caption => caption.getBoundingClientRect().right > document.documentElement.clientWidth - margin)
        .map(caption => caption.textContent))({margin})"""
    assert tab.evaluate(cut) == []


@pytest.mark.parametrize("width", [400, 1400])
def test_axe_finds_nothing(opened, width):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    tab, _, _ = opened(width)
    # Of words on the shade at the side of wide tables it would not reckon the contrast.
    tab.add_style_tag(content=".scroll { background: none !important; }")
    results = axe.Axe().run(tab)
    assert results.violations_count == 0, results.generate_report()


def test_axe_would_find_something(opened):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    tab, _, _ = opened(800)
    tab.evaluate("document.querySelector('img').removeAttribute('alt')")
    tab.evaluate("document.querySelector('h1').style.color = '#ddd'")
    found = {violation["id"] for violation in axe.Axe().run(tab).response["violations"]}
    assert {"image-alt", "color-contrast"} <= found


def test_names_stand_there_as_they_are(opened):
    tab, _, _ = opened(800)
    assert tab.locator("text=<script>alert(1)</script>").count() > 0
    assert tab.evaluate("document.scripts.length") == 0


def test_printing_leaves_out_the_contents(opened):
    tab, _, _ = opened(800)
    tab.emulate_media(media="print")
    assert not tab.locator("nav").is_visible()
    assert tab.locator("main h1").is_visible()
