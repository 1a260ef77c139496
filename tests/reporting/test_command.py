"""``houqin report``: files of any day, what each failure says, and whether an official report still says the same."""

import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from automations.engine import reports
from automations.errors import HouqinError
from automations.inquiry import report as room
from automations.mirror import Mirror
from automations.reports.folders import every, mistakes
from automations.schema import Schema
from automations.settings import HOUSE, Settings
from automations.statements import _making as making
from automations.workdays import SCHOOL_TIME
from tests.office import email, schema
from tests.reporting.office import NAME, SLOT, Here, ReportOffice, folder


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ReportOffice]:
    monkeypatch.setattr(reports, "Errand", Here)
    found = ReportOffice(tmp_path)
    folder(found.root)
    settings = Settings(var=found.var, mirror_url=found.mirror, journal_url=found.journal, _env_file=None)  # type: ignore[call-arg]
    monkeypatch.setattr(room, "load_settings", lambda: settings)
    monkeypatch.setattr(room, "every", lambda: every(found.root))
    monkeypatch.setattr(room, "utc_now", lambda: found.clock.now)
    yield found
    found.close()


def refused(moment: datetime) -> Mirror:
    raise AssertionError("nobody asked for the demonstration school")


report: Callable[..., int] = room.command(refused)


def open_ones(page: Path) -> int:
    """How many standards a page says are open."""
    [found] = re.findall(r"待核实的标准有(?:<[^>]*>)?(\d+)", page.read_text("utf-8"))
    return int(found)


def verify_one(office: ReportOffice, key: str) -> None:
    """会计 ticks one parameter as verified."""
    host = office.server.login(email("li"))
    host.bind(office.binding)
    host.refresh(["settings", "people"])
    [row] = [row for row in office.host.changed("settings", None).rows if row["key"] == key]
    host.update("settings", {row.id: {"verified": True}})
    office.settle()


def test_a_past_day_is_told_as_it_stood(office: ReportOffice, tmp_path: Path) -> None:
    office.go_to(datetime(2026, 9, 8, 9, 0, tzinfo=SCHOOL_TIME))
    office.turn()
    office.go_to(datetime(2026, 10, 20, 9, 0, tzinfo=SCHOOL_TIME))
    verify_one(office, "compare.limit")
    found = {}
    for day in ("2026-10-01", "2026-10-19", "2026-10-20"):
        assert report([NAME], as_of=day, formats="html", out=tmp_path / day) == 0
        found[day] = open_ones(tmp_path / day / f"{NAME}_202609.html")
    assert found["2026-10-01"] == found["2026-10-19"] == found["2026-10-20"] + 1
    assert report([NAME], as_of="2026-09-30", formats="html", out=tmp_path) == 0
    assert (tmp_path / f"{NAME}_202609.html").is_file(), "September is over at the end of its last day"
    assert report([NAME], as_of="2026-09-29", formats="html", out=tmp_path) == 0
    assert (tmp_path / f"{NAME}_202608.html").is_file()


def test_it_says_whether_the_official_one_still_holds(office: ReportOffice, capsys: pytest.CaptureFixture[str]) -> None:
    office.begin()
    office.go_to(SLOT)
    office.settle()
    office.clock.pass_by(days=1)  # when it is made is no part of what it says
    assert report([NAME]) == 0
    shown = capsys.readouterr().out
    assert "与2026年10月10日生成的内容一致。" in shown
    assert {p.name for p in (office.var / "reports").iterdir() if p.is_file()} == {
        f"{NAME}_202609.html",
        f"{NAME}_202609.docx",
    }
    office.clock.pass_by(days=5)
    verify_one(office, "compare.limit")
    assert report([NAME]) == 0
    shown = capsys.readouterr().out
    assert "与2026年10月10日生成的内容不一致" in shown
    [then] = re.findall(r"--as-of (\S+)", shown)
    assert report([NAME], as_of=then) == 0
    assert "内容一致" in capsys.readouterr().out, "as the rows stood then, it is made again"


def test_a_copy_that_was_read_anew_says_so(office: ReportOffice, tmp_path: Path) -> None:
    office.go_to(datetime(2026, 10, 20, 9, 0, tzinfo=SCHOOL_TIME))
    office.turn()
    note = "历史副本自2026年10月22日起，更早的改动未计"
    page = tmp_path / f"{NAME}_202609.html"
    assert report([NAME], as_of="2026-10-21", formats="html", out=tmp_path) == 0
    assert note not in page.read_text("utf-8")
    office.stop()
    (office.tmp / "mirror.db").unlink()
    for left in office.tmp.glob("mirror.db-*"):
        left.unlink()
    office.go_to(datetime(2026, 10, 22, 9, 0, tzinfo=SCHOOL_TIME))
    office.start()
    office.turn()
    assert report([NAME], as_of="2026-10-21", formats="html", out=tmp_path) == 0
    assert note in page.read_text("utf-8")
    assert report([NAME], as_of="2026-10-22", formats="html", out=tmp_path) == 0
    assert note not in page.read_text("utf-8")


def test_what_fails_is_said_and_stops_no_other(
    office: ReportOffice, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder(office.root, "income_spending", words="{{ nosuch }}\n")
    folder(office.root, "nothing", words="好。\n")
    monkeypatch.setattr("automations.reports.writing.word", lambda *args: 1 / 0)
    assert report(["income_spending", "nothing", NAME]) == 1
    shown = capsys.readouterr()
    assert "nosuch" in shown.err and "words.md" in shown.err
    assert "缺少 automations/statements/nothing.py" in shown.err
    assert "docx 没有生成" in shown.err and f"{NAME}_202608.html" in shown.out
    assert "Traceback" not in shown.err


@pytest.mark.parametrize(
    "words, more, said",
    [
        (["settings_unverifed"], {}, f"是不是“{NAME}”"),
        ([NAME], {"as_of": "2026-13-01"}, "看不懂"),
        ([NAME], {"formats": "html,doc"}, "没有“doc”这种格式"),
    ],
)
def test_slips_on_the_command_line(office: ReportOffice, words: list[str], more: dict[str, str], said: str) -> None:
    with pytest.raises(HouqinError, match=said):
        report(words, **more)


def test_one_about_a_row_is_told_which(office: ReportOffice, capsys: pytest.CaptureFixture[str]) -> None:
    root = office.root / "evidence"
    row = {"period": '"row"', "table": '"expense_claims"', "at": '""', "title": '"{{ period }}证据单"'}
    folder(office.root, "evidence", words="好。\n", **row)
    assert every(office.root)[1] == [] and root.is_dir()
    assert report(["evidence"]) == 1 and "请用 --of 写明编号" in capsys.readouterr().err
    assert report(["evidence"], of="ZC-2026-0009") == 1
    assert "没有编号为“ZC-2026-0009”的记录" in capsys.readouterr().err
    assert report([NAME], of="ZC-2026-0009") == 1 and "请去掉 --of" in capsys.readouterr().err


def test_one_about_a_row_of_another_kind(office: ReportOffice, capsys: pytest.CaptureFixture[str]) -> None:
    row = {"period": '"row"', "table": '"people"', "at": '""', "title": '"{{ period }}"', "to": "[]"}
    folder(office.root, "evidence", words="好。\n", **row, where='{ name = "没有这个人", is_logistics = true }')
    person = office.host.changed("people", None).rows[0]
    assert report(["evidence"], of=str(person["code"])) == 1
    told = capsys.readouterr().err
    assert (
        "只关于“人员”的一行（姓名：没有这个人，后勤人员：是）" in told
        and f"“{person['name']}”（{person['code']}）不是" in told
    )


def test_a_copy_made_for_other_tables_is_not_touched(office: ReportOffice) -> None:
    first = schema().tables[0]
    changed = replace(first, fields=first.fields[1:])
    with pytest.raises(HouqinError, match="不一致"):
        Mirror(office.mirror, Schema((changed, *schema().tables[1:])), looking=True)
    assert office.turn() == []


@pytest.mark.parametrize(
    "about, moment, name",
    [
        ("month", "2026-10-05T12:00:00", "202609"),
        ("month", "2026-09-30T23:59:58", "202608"),
        ("month", "2026-09-30T23:59:59", "202609"),
        ("month", "2026-01-02T00:00:00", "202512"),
        ("quarter", "2026-10-05T12:00:00", "2026Q3"),
        ("quarter", "2026-12-31T23:59:59", "2026Q4"),
        ("quarter", "2026-02-01T00:00:00", "2025Q4"),
        ("year", "2026-12-31T23:59:58", "2025"),
        ("year", "2026-12-31T23:59:59", "2026"),
        ("row", "2026-10-05T12:00:00", "202609"),
    ],
)
def test_the_last_period_that_is_over(about: str, moment: str, name: str) -> None:
    assert making.finished(about, datetime.fromisoformat(moment).replace(tzinfo=SCHOOL_TIME)).name == name


def test_what_shows_in_a_folder_without_any_data(tmp_path: Path) -> None:
    whole = folder(tmp_path, "whole")
    (folder(tmp_path, "wordless") / "words.md").unlink()
    (folder(tmp_path, "broken", words="{{ 甲 }\n")).touch()
    (folder(tmp_path, "unreadable") / "report.docx").write_bytes(b"no Word file")
    folder(tmp_path, "never", at='"monthly workday 40 09:10"')
    (tmp_path / "a_form").mkdir()
    (tmp_path / "a_form" / "report.toml").write_text('title = "单"\npaper = "A4"\nneeds = []\n', "utf-8")
    found, problems = every(tmp_path)
    assert set(found) == {"whole", "wordless", "broken", "unreadable"} and whole.is_dir()
    assert len(problems) == 1 and "never/report.toml 的 at" in problems[0]
    assert mistakes(found["whole"]) == []
    assert "找不到模板 report_templates/wordless/words.md" in mistakes(found["wordless"])[0]
    assert "第 1 行" in mistakes(found["broken"])[0]
    assert "report_templates/unreadable/report.docx 读不出来" in mistakes(found["unreadable"])[0]


def test_the_reports_of_the_house_are_in_order() -> None:
    found, problems = every()
    assert not problems and not [problem for one in found.values() for problem in mistakes(one)]
    kinds = schema()["outbox"]["kind"].options
    for one in found.values():
        assert callable(making.content_of(one.name))
        assert one.told.kind in ("", *kinds)
        assert one.told.kind or one.at is None or not one.told.to, f"{one.name}: nobody would be told"
        assert one.told.table == "" or one.told.table in schema()


def test_with_the_demonstration_school_no_host_is_needed(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "automations", "report", NAME, "--sample", "--format", "xlsx"],
        cwd=tmp_path,
        env={"PYTHONPATH": str(HOUSE), "PATH": "/usr/bin:/bin", "PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    [made] = (tmp_path / "var" / "reports" / "sample").iterdir()
    assert made.read_bytes().startswith(b"PK") and str(made.relative_to(tmp_path)) in done.stdout
