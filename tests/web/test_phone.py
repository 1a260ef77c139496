"""A trainee's phone: real Chromium, small screen, no JavaScript, touch. Pictures land in var/screenshots."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect, sync_playwright

from automations.settings import HOUSE

from .conftest import ANSWER, School
from .test_serving import served

pytestmark = pytest.mark.browser

SHOTS = HOUSE / "var" / "screenshots"
CHROMIUM = "/usr/bin/chromium"
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
TITLES = {
    "lodging": "住宿",
    "catering": "餐饮",
    "hygiene": "卫生",
    "service": "服务态度",
    "facility": "设施设备",
    "teaching_support": "教学保障",
}
TOUCH = 44
"""Pixels that a finger needs."""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@contextmanager
def phone(browser: Browser, width: int = 390, dark: bool = False) -> Iterator[Page]:
    """A page that complains about nothing, calls nobody and never scrolls sideways."""
    context = browser.new_context(
        viewport={"width": width, "height": 844},
        device_scale_factor=2,
        has_touch=True,
        is_mobile=True,
        java_script_enabled=False,
        locale="zh-CN",
        color_scheme="dark" if dark else "light",
    )
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("request", lambda request: said.append(request.url) if "127.0.0.1" not in request.url else None)
    yield page
    assert [s for s in said if "Failed to load resource" not in s] == []
    context.close()


def shoot(page: Page, name: str) -> Path:
    SHOTS.mkdir(parents=True, exist_ok=True)
    path = SHOTS / f"web-{name}.png"
    wide, seen = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    assert wide <= seen, f"{name} scrolls sideways: {wide} > {seen}"
    page.screenshot(path=path, full_page=True)
    return path


def small_targets(page: Page) -> list[str]:
    """What a finger could miss."""
    boxes = page.locator("label.choice, button, select, textarea, input:visible:not([type=radio])").all()
    found = []
    for box in boxes:
        place = box.bounding_box()
        assert place is not None
        if place["height"] < TOUCH or place["width"] < TOUCH:
            found.append(f"{box.inner_text()[:20]} {place['width']:.0f}×{place['height']:.0f}")
    return found


def answer(page: Page, wanted: dict[str, str]) -> None:
    for name, title in TITLES.items():
        if name in wanted:
            page.get_by_role("group", name=title).get_by_role("radio", name=wanted[name], exact=True).check(force=True)
    page.get_by_label("意见和建议").fill(wanted["comment"])


def test_a_trainee_answers_on_a_phone(school: School, browser: Browser) -> None:
    first, second = school.slips(2)
    with served(school.folder, school.office.clock) as url, phone(browser) as page:
        page.goto(f"{url}/s/{first}")
        shoot(page, "1-问卷")
        assert small_targets(page) == []
        answer(page, ANSWER)
        shoot(page, "2-问卷填好")
        page.get_by_role("button", name="提交问卷").tap()
        expect(page.get_by_role("heading", name="谢谢，已收到您的答卷")).to_be_visible()
        shoot(page, "3-谢谢")
        page.goto(f"{url}/s/{first}")
        expect(page.get_by_role("heading", name="这张答卷已经提交过了")).to_be_visible()
        page.goto(f"{url}/s")
        shoot(page, "4-输入答卷码")
        assert small_targets(page) == []
        page.get_by_label("请输入纸条上的答卷码").fill(second.lower())
        page.get_by_role("button", name="开始填写").tap()
        half = {name: said for name, said in ANSWER.items() if name not in ("catering", "service")}
        answer(page, half)
        page.evaluate("document.querySelector('form').noValidate = true")  # an old browser that checks nothing
        page.get_by_role("button", name="提交问卷").tap()
        expect(page.get_by_role("alert")).to_contain_text("请改好下面2处")
        shoot(page, "5-问卷缺项")
        page.get_by_role("link", name="服务态度").tap()
        answer(page, ANSWER)
        page.get_by_role("button", name="提交问卷").tap()
        expect(page.get_by_role("heading", name="谢谢，已收到您的答卷")).to_be_visible()
    school.turn()
    assert [{n: r[n] for n in ANSWER} for r in school.rows("survey_responses")] == [ANSWER, ANSWER]


def test_a_leaking_tap_is_reported_with_a_photo(school: School, browser: Browser) -> None:
    picture = io.BytesIO()
    Image.new("RGB", (3000, 2000), "#7aa").save(picture, "JPEG")
    with served(school.folder, school.office.clock) as url, phone(browser) as page:
        page.goto(f"{url}{school.place}")
        expect(page.get_by_text("学员公寓 3楼 客房301")).to_be_visible()
        shoot(page, "6-报修")
        assert small_targets(page) == []
        page.get_by_role("radio", name="报修", exact=True).check(force=True)
        page.get_by_role("radio", name="水", exact=True).check(force=True)
        page.get_by_label("具体情况").fill("卫生间洗手池的龙头关不紧，从昨晚起一直滴水。")
        page.get_by_label("照片").set_input_files(
            {"name": "IMG_0001.jpg", "mimeType": "image/jpeg", "buffer": picture.getvalue()}
        )
        page.get_by_label("您所在的班").select_option(label="第42期中青年干部培训班")
        shoot(page, "7-报修填好")
        page.get_by_role("button", name="提交").tap()
        expect(page.get_by_text("GD-2026-0001")).to_be_visible()
        shoot(page, "8-回执")
        receipt = page.url
        school.turn()
        [row] = school.rows("issues")
        done = {"status": "已办结", "fix_note": "9月1日下午已更换阀芯，试水正常。感谢您及时告诉我们。"}
        school.office.host.update("issues", {row.id: done})
        school.turn()
        page.goto(receipt)
        shoot(page, "9-办结")
    assert len(row["photos"]) == 1  # type: ignore[arg-type]
    assert row["training_class"] == school.group


def test_the_narrowest_phone_and_the_dark(school: School, browser: Browser) -> None:
    [token] = school.slips()
    with served(school.folder, school.office.clock) as url:
        with phone(browser, width=320) as page:
            page.goto(f"{url}/s/{token}")
            shoot(page, "10-窄屏问卷")
            page.goto(f"{url}{school.place}")
            shoot(page, "11-窄屏报修")
        with phone(browser, dark=True) as page:
            page.goto(f"{url}/s/{token}")
            answer(page, ANSWER)
            shoot(page, "12-深色问卷")
            page.goto(f"{url}/s/NOSUCHCODE000000")
            expect(page.get_by_role("heading", name="没有这个答卷码")).to_be_visible()
            shoot(page, "13-没有这个码")
