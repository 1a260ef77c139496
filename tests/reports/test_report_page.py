"""A report's page in real Chromium: on a phone of 360 pixels, asking nobody, whatever stands in its cells."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from automations.reports.writing import render_report
from automations.settings import HOUSE

from .report_sample import FOLDER, document
from .test_report_files import hostile_report

pytestmark = pytest.mark.browser

SHOTS = HOUSE / "var" / "screenshots"
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        yield browser
        browser.close()


@pytest.mark.parametrize("name", ["plain", "hostile"])
def test_a_phone_shows_it_whole_and_asks_nobody(browser: Browser, tmp_path: Path, name: str) -> None:
    made = render_report(document() if name == "plain" else hostile_report(), FOLDER, ["html"])
    file = tmp_path / "report.html"
    file.write_bytes(made.files["html"])
    page = browser.new_page(viewport={"width": 360, "height": 740}, device_scale_factor=2)
    asked: list[str] = []
    said: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("dialog", lambda dialog: (said.append(dialog.message), dialog.dismiss()))
    page.on("console", lambda message: said.append(message.text))
    page.goto(file.as_uri())
    assert asked == [file.as_uri()] and said == []
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    # Whatever is wider than the phone scrolls inside its own box.
    outside = page.evaluate(
        """[...document.querySelectorAll('main *')].filter(e => !e.closest('.box') && !e.closest('svg')
             && e.getBoundingClientRect().right > 360.5).map(e => e.tagName + e.className)"""
    )
    assert outside == []
    assert page.locator(".box").first.evaluate("e => e.scrollWidth > e.clientWidth")
    small = page.locator("sup a").first
    small.click()
    assert page.url.endswith("#s1") and page.locator("#s1").is_visible() and asked == [file.as_uri()]
    tiny = page.evaluate(
        """[...document.querySelectorAll('svg text')].filter(e => e.getBoundingClientRect().height < 10).length"""
    )
    assert tiny == 0
    SHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SHOTS / f"report_{name}.png", full_page=True)
    page.close()


def test_a_chart_keeps_its_letters_inside(browser: Browser, tmp_path: Path) -> None:
    file = tmp_path / "report.html"
    file.write_bytes(render_report(document(), FOLDER, ["html"]).files["html"])
    for width in (360, 1100):
        page = browser.new_page(viewport={"width": width, "height": 740})
        page.goto(file.as_uri())
        cut = page.evaluate(
            """[...document.querySelectorAll('svg')].flatMap(s => { const b = s.getBoundingClientRect();
                 return [...s.querySelectorAll('text')].filter(t => { const r = t.getBoundingClientRect();
                   return r.left < b.left - 1 || r.right > b.right + 1; }).map(t => t.textContent) })"""
        )
        assert cut == []
        page.close()
