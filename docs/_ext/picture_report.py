"""Remake the pictures of a report in docs/images: ``python docs/_ext/picture_report.py``; it needs Chromium."""

import shutil
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright
from sklearn.datasets import load_breast_cancer

import skvae

IMAGES = Path(__file__).parents[1] / "images"
WIDTH = 1000
#: Of three screens of a telephone, what each shows first, and its height.
SCREENS, HEIGHT = ("h1", "#planes", "#meaning"), 950
GAP, GREY = 28, (185, 185, 185)
WITHOUT = ("#data", "#comparison")


def page_of(browser, html, width):
    """Open a report in a window of some width, with twice the pixels."""
    page = browser.new_page(viewport={"width": width, "height": HEIGHT}, device_scale_factor=2)
    page.set_content(html)
    return page


def screen(page, **options):
    """Take a picture of a page."""
    return Image.open(BytesIO(page.screenshot(**options))).convert("RGB")


def wide(browser, html):
    """Show the head of the page and the planes, 1400 pixels wide."""
    page = page_of(browser, html, 1400)
    for section in WITHOUT:
        page.eval_on_selector(section, "section => section.remove()")
    end = page.eval_on_selector("#planes", "section => section.getBoundingClientRect().bottom")
    return screen(page, clip={"x": 0, "y": 0, "width": 1400, "height": end}, full_page=True)


def narrow(browser, html):
    """Put three screens of a telephone side by side."""
    page, screens = page_of(browser, html, 400), []
    for selector in SCREENS:
        page.eval_on_selector(selector, "element => element.scrollIntoView({behavior: 'instant'})")
        screens.append(screen(page))
    widths = [picture.width for picture in screens]
    joined = Image.new("RGB", (sum(widths) + 2 * GAP * (len(widths) - 1), screens[0].height), GREY)
    for i, picture in enumerate(screens):
        joined.paste(picture, (sum(widths[:i]) + 2 * GAP * i, 0))
    return joined


def main():
    """Draw both."""
    cells = load_breast_cancer(as_frame=True)
    y = cells.target.map(dict(enumerate(cells.target_names)))
    html = skvae.report(cells.data, y, random_state=0).html
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        for name, draw in {"wide": wide, "narrow": narrow}.items():
            picture = draw(browser, html)
            picture = picture.resize((WIDTH, round(picture.height * WIDTH / picture.width)), Image.Resampling.LANCZOS)
            picture.quantize(48, dither=Image.Dither.NONE).save(IMAGES / f"report-{name}.png", optimize=True)


if __name__ == "__main__":
    main()
