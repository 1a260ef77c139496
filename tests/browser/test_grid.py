"""A clerk at the real grid: logs in, types a claim, submits it, and reads the worker's answer in the row."""

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Error, Page, Request, Response, TimeoutError, expect, sync_playwright

from automations.demo import school
from automations.settings import HOUSE

from .conftest import Running

pytestmark = [pytest.mark.nocodb, pytest.mark.browser]

SHOTS = HOUSE / "var" / "screenshots"
CHROMIUM = "/usr/bin/chromium"
FLAGS = [
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
]
PATIENCE = 90_000
"""Milliseconds; a second or two on a quiet machine."""

HEADER, ROW = 32, 32
"""Heights of the grid, which is one canvas: cells are found by counting."""
NUMBERS = 80
"""Width of the column of row numbers."""
FIRST_COLUMNS = {"编号": 130, "单据类型": 120, "支出类别": 120, "事由": 200}
"""Titles and widths."""
REASON = "办公室订书机和文件夹"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


class Desk:
    """One colleague's browser window.

    Attributes:
        outside: Calls of the page to other machines that its own rules did not stop.
    """

    def __init__(self, browser: Browser, url: str) -> None:
        self.url = url
        self.outside: list[str] = []
        self.page: Page = browser.new_context(viewport={"width": 1600, "height": 1000}, locale="zh-CN").new_page()
        self.page.set_default_timeout(PATIENCE)
        self.page.on("requestfinished", self._seen)
        self.page.on("requestfailed", self._failed)

    def _seen(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme in ("http", "https", "ws", "wss") and parts.hostname != "127.0.0.1":
            self.outside.append(request.url)

    def _failed(self, request: Request) -> None:
        if request.failure != "csp":  # "csp": the page's own rules stopped it before it left the browser
            self._seen(request)

    def shoot(self, name: str) -> Path:
        SHOTS.mkdir(parents=True, exist_ok=True)
        path = SHOTS / f"{name}.png"
        self.page.screenshot(path=path)
        return path

    def sign_in(self, name: str) -> None:
        page = self.page
        page.goto(f"{self.url}/dashboard/")
        expect(page.get_by_text("登录").first).to_be_visible()
        self.shoot("1-登录")
        for attempt in range(5):  # the page may not listen yet when its form is already there: a person tries again
            page.locator("form input").nth(0).fill(school.BY_NAME[name].email)
            page.locator("input[type=password]").fill(school.PASSWORD)
            page.keyboard.press("Enter")
            try:
                page.wait_for_url("**page=collaborator**", timeout=20_000)  # the base's first page
                return
            except TimeoutError:
                if attempt == 4:
                    raise

    def open_table(self, title: str) -> int:
        """Open a table; how many rows it has."""
        page = self.page
        opened = page.get_by_test_id(f"view-sidebar-view-{title}")
        for _ in range(5):  # the list of tables moves while it is being filled: a click may meet a neighbour
            page.get_by_test_id(f"nc-tbl-title-{title}").click()
            try:
                expect(opened).to_be_visible(timeout=20_000)
                count = self._count()
                expect(opened).to_be_visible(timeout=20_000)  # loaded anew, the page may show what it showed before
                break
            except AssertionError:
                continue
        else:
            raise AssertionError(f"{title} does not open")
        expect(page.locator("canvas").last).to_be_visible(timeout=PATIENCE)
        return count

    def _count(self) -> int:
        """What the page is told when it is loaded anew; an answer to the page before it cannot be read any more."""
        attempts = 4
        while True:
            try:
                with self.page.expect_response(lambda answer: "/count" in answer.url and answer.ok) as counted:
                    self.page.reload()
                return int(counted.value.json()["count"])
            except Error:
                attempts -= 1
                if not attempts:
                    raise

    def add_row(self, row: int) -> None:
        """Click the row with the plus until the host has made one: while the table fades in it takes no clicks."""
        for attempt in range(4):
            try:
                with self.page.expect_response(_written, timeout=15_000):
                    self.page.mouse.click(*self.cell(row, 0))
                return
            except (TimeoutError, AssertionError):
                if attempt == 3:
                    raise

    # --- the canvas -----------------------------------------------------------------------------------------------
    def cell(self, row: int, column: int) -> tuple[float, float]:
        """The middle of a cell on the screen; rows from 1, column 0 holds the numbers."""
        canvas = self.page.locator("canvas").last
        canvas.wait_for()
        box = canvas.bounding_box()
        assert box is not None
        edges = [
            0,
            NUMBERS,
            *(NUMBERS + sum(list(FIRST_COLUMNS.values())[:n]) for n in range(1, len(FIRST_COLUMNS) + 1)),
        ]
        x = (edges[column] + edges[column + 1]) / 2
        return box["x"] + x, box["y"] + HEADER + (row - 0.5) * ROW

    def type(self, row: int, column: int, text: str) -> None:
        """Double click, type, Enter: as in any spreadsheet."""
        self.page.mouse.dblclick(*self.cell(row, column))
        editor = self.page.locator("input:focus, textarea:focus")
        editor.wait_for()
        editor.fill(text)
        with self.page.expect_response(_written):
            self.page.keyboard.press("Enter")

    def choose(self, row: int, column: int, option: str) -> None:
        """Open the list of a cell, type the option, Enter."""
        self.page.mouse.dblclick(*self.cell(row, column))
        self.page.locator("input:focus").wait_for()
        self.page.keyboard.type(option)
        self.page.locator(".ant-select-item-option").filter(has_text=option).first.wait_for()
        with self.page.expect_response(_written):
            self.page.keyboard.press("Enter")


def test_a_clerk_types_a_claim_and_reads_the_answer(browser: Browser, office: Running) -> None:
    desk = Desk(browser, office.url)
    page = desk.page
    desk.sign_in(school.CLERK)
    new = desk.open_table("支出单") + 1
    desk.shoot("2-支出单")

    desk.add_row(new)
    desk.type(new, list(FIRST_COLUMNS).index("事由") + 1, REASON)
    desk.choose(new, list(FIRST_COLUMNS).index("单据类型") + 1, "报销")
    desk.choose(new, list(FIRST_COLUMNS).index("支出类别") + 1, "办公费")
    desk.shoot("3-填单")

    page.mouse.click(*desk.cell(new, 1))
    page.keyboard.press("Space")  # opens the whole row
    form = page.get_by_test_id("nc-expand-col-状态")
    form.scroll_into_view_if_needed()
    form.locator(".ant-select-selector").click()
    page.locator(".ant-select-item-option").filter(has_text=re.compile("^提交$")).click()
    with page.expect_response(_written):
        page.get_by_test_id("nc-expanded-form-save").click()
    desk.shoot("4-提交")

    answer = page.get_by_test_id("nc-expand-col-校验说明").locator("textarea")
    for _ in range(30):  # as a person would: looks again until it is there
        page.reload()
        answer.scroll_into_view_if_needed()
        if answer.input_value():
            break
        page.wait_for_timeout(1_000)
    text = answer.input_value()
    desk.shoot("5-系统的答复")
    assert "请填写：" in text, text
    assert "“经办人”" in text and "“申请金额”" in text
    assert "“事由”" not in text, "what was typed in the grid has arrived"
    expect(page.get_by_test_id("nc-expand-col-校验结果")).to_contain_text("拦截")
    expect(page.get_by_test_id("nc-expand-col-状态")).to_contain_text("草稿")
    assert desk.outside == [], "the page keeps to this machine"


def _written(answer: Response) -> bool:
    """A row was made or changed, and the host took it."""
    return answer.request.method in ("PATCH", "POST") and "/api/v1/db/data/" in answer.url and answer.ok
