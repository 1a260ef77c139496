"""``houqin survey`` and ``houqin qr``: the sheets, and that what is printed leads where it should."""

import html
import io
import json
import re
import stat
from datetime import date
from pathlib import Path
from typing import Any

import pdfplumber
import pytest
import segno

from automations.errors import HouqinError, ReportError
from automations.reports.render import render_form, template_folder
from automations.settings import Settings
from automations.web import commands, slips
from automations.web.school import Place, Survey

from .conftest import ANSWER, TODAY, School, text

URL = "https://hq.example.edu.cn/hq/"


@pytest.fixture
def ready(school: School, monkeypatch: pytest.MonkeyPatch) -> School:
    """The commands look at this school."""
    monkeypatch.setattr(commands, "load_settings", lambda: Settings(var=school.folder, web_url=URL))
    monkeypatch.setattr(commands, "utc_now", school.office.clock)
    return school


@pytest.fixture
def quick(ready: School, monkeypatch: pytest.MonkeyPatch) -> School:
    """The same, without the seconds that a PDF takes."""
    monkeypatch.setattr("automations.reports.render.printed", lambda page, folder, patience: b"%PDF")
    return ready


def sheet(school: School, ending: str) -> Path:
    [found] = (school.folder / "slips").glob(f"*.{ending}")
    return found


def test_one_slip_for_each_trainee(ready: School, capsys: pytest.CaptureFixture[str]) -> None:
    assert commands.survey("第42期中青年干部培训班") == 0
    said = capsys.readouterr().out
    assert "的45张纸条已生成（9月1日至4日开放）" in said and "印好后删除" in said
    page = sheet(ready, "html").read_text("utf-8")
    codes = re.findall(r'class="code">([0-9A-Z-]{19})<', page)
    assert len(set(codes)) == 45
    assert not any(code.replace("-", "") in said for code in codes)
    url = f"https://hq.example.edu.cn/hq/s/{codes[0].replace('-', '')}"
    assert segno.make(url, error="m", micro=False).svg_inline(border=2, omitsize=True) in page
    assert "hq.example.edu.cn/hq/s" in page, "where to type it"
    assert stat.S_IMODE(sheet(ready, "pdf").stat().st_mode) == 0o600
    with pdfplumber.open(io.BytesIO(sheet(ready, "pdf").read_bytes())) as pdf:
        assert len(pdf.pages) == 5
        printed = "".join(p.extract_text() for p in pdf.pages)
    assert all(code in printed for code in codes)
    sent = ready.client.post(f"/s/{codes[7]}", data=ANSWER)
    assert "谢谢" in text(sent)


def test_more_slips_and_a_new_set(quick: School) -> None:
    code = quick.code("training_classes", quick.group)
    commands.survey(code, more=2)
    assert "_2张_" in sheet(quick, "pdf").name
    with pytest.raises(HouqinError, match="已发过2张"):
        commands.survey(code)


def test_those_who_came_count_before_those_who_were_planned(quick: School) -> None:
    quick.office.host.update("training_classes", {quick.group: {"actual_n": 3}})
    quick.turn()
    commands.survey("BC-2026-0001")
    assert "_3张_" in sheet(quick, "html").name


@pytest.mark.parametrize(
    "cells, name, says",
    [
        ({"planned_n": None}, "BC-2026-0001", "实到人数和计划人数都是空的"),
        ({"ends_on": None}, "BC-2026-0001", "还没有填结班日"),
        ({}, "没有这个班", "没有“没有这个班”"),
        ({}, "", "请写全名或编号"),
    ],
)
def test_what_cannot_be_issued_is_told(quick: School, cells: dict[str, Any], name: str, says: str) -> None:
    quick.office.host.update("training_classes", {quick.group: cells})
    quick.turn()
    with pytest.raises(HouqinError, match=says):
        commands.survey(name)
    assert not (quick.folder / "slips").exists()


def test_a_class_that_was_called_off_gets_none(quick: School) -> None:
    group = quick.add_class("没有开成的班", TODAY, status="筹备")
    quick.turn()
    quick.call_off(group)
    with pytest.raises(HouqinError, match="没有“没有开成的班”"):
        commands.survey("没有开成的班")


def test_a_name_that_fits_two_classes_is_asked_back(quick: School) -> None:
    quick.add_class("第43期中青年干部培训班", date(2026, 9, 11))
    quick.turn()
    with pytest.raises(HouqinError, match="可以是下面几个班") as told:
        commands.survey("中青年")
    assert told.value.problems == ("BC-2026-0001 第42期中青年干部培训班", "BC-2026-0002 第43期中青年干部培训班")


def test_what_could_not_be_printed_was_not_issued(quick: School, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch, pytest.raises(ReportError):
        patch.setattr("automations.reports.render.printed", _no_font)
        commands.survey("BC-2026-0001")
    assert commands.survey("BC-2026-0001") == 0, "no set was handed out before"


def _no_font(*args: object) -> bytes:
    raise ReportError("这台机器没有中文字体")


def test_without_an_address_nothing_is_printed(quick: School, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(commands, "load_settings", lambda: Settings(var=quick.folder))
    for command in (lambda: commands.survey("BC-2026-0001"), lambda: commands.qr([])):
        with pytest.raises(HouqinError, match="HOUQIN_WEB_URL"):
            command()


def test_a_sticker_for_each_place(quick: School) -> None:
    assert commands.qr(None) == 0
    page = html.unescape(sheet(quick, "html").read_text("utf-8"))
    assert page.index("学员公寓 3楼 客房301") > page.index("学员公寓 3楼")
    url = f"https://hq.example.edu.cn/hq{quick.place}"
    assert segno.make(url, error="m", micro=False).svg_inline(border=2, omitsize=True) in page


def test_only_some_places(quick: School) -> None:
    places = commands.School(quick.web_office).places()
    titles = [p.title for p in slips.choose_places(places, ["客房301", "DD-2026-0001"], "")]
    assert titles == ["学员公寓", "学员公寓 3楼 客房301"]
    assert [p.title for p in slips.choose_places(places, [], "客房")] == ["学员公寓 3楼 客房301"]
    for names, kind in ((["客房999"], ""), ([], "教室")):
        with pytest.raises(HouqinError, match="楼栋房间"):
            slips.choose_places(places, names, kind)


def test_rooms_that_stand_in_one_another_are_named_all_the_same(quick: School) -> None:
    """Somebody made a building part of its own room."""
    quick.office.host.update("locations", {1: {"parent": quick.room}})
    quick.turn()
    place = commands.School(quick.web_office).place(quick.code("locations", quick.room))
    assert place is not None and place.title == "学员公寓 3楼 客房301"


@pytest.mark.parametrize("name", ["survey_slips", "place_slips"])
def test_the_sample_prints(name: str) -> None:
    folder = template_folder(name)
    sample = json.loads((folder / "sample.json").read_text("utf-8"))
    made = render_form(folder, sample, ("pdf",))
    with pdfplumber.open(io.BytesIO(made["pdf"])) as pdf:
        assert len(pdf.pages) == 1
        assert sample["school"] in pdf.pages[0].extract_text()


def test_the_longest_names_stay_inside_their_slip() -> None:
    long = "示例区新时代基层党组织书记和后备干部能力提升专题研讨班（第四十二期）暨乡镇街道干部轮训示范班"
    survey = Survey(1, long, date(2026, 9, 30), date(2026, 10, 10))
    data = slips.survey_data(survey, ["0" * 16] * 11, "中共示例市示例区委员会党校（示例区行政学院）", URL)
    assert data["window"] == "9月30日至10月10日"
    places = [(Place(n, f"DD-2026-{n:04d}", long), f"DD-2026-{n:04d}.0123456789") for n in range(10)]
    for name, filled, pages in (
        ("survey_slips", data, 2),
        ("place_slips", slips.place_data(places, "中共示例市示例区委员会党校（示例区行政学院）", URL), 2),
    ):
        made = render_form(template_folder(name), filled, ("pdf",))
        with pdfplumber.open(io.BytesIO(made["pdf"])) as pdf:
            assert len(pdf.pages) == pages, name
