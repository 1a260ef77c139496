"""``houqin preview``: what an IT man sees of his automation before anybody else does, right or wrong."""

import importlib.util
import shutil
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from automations.demo.sample import sample
from automations.engine import Engine
from automations.errors import HouqinError
from automations.follow import FOLLOWS
from automations.inquiry.preview import look, named
from automations.jobs import JOBS, Job, discover
from automations.jobs._slips import slips
from automations.notify.render import Messages, messages_folder
from automations.workdays import SCHOOL_TIME
from tests.office import schema

NOW = datetime(2026, 11, 26, 8, 40, tzinfo=SCHOOL_TIME)

JOB = '''"""A trial."""

from automations import Notice, countdown, job


@job(table={table!r}, at="workdays 08:40")
def {name}(things, today):
    """A trial."""
    for thing in things.where(category="车辆", status="在用"):
        due = thing.{field}
        if countdown(due, today, ahead=(4000,)):
            yield Notice(about=thing, stage="x", to={to!r}, template={template!r}, data={data})
'''
RIGHT = {
    "table": "assets",
    "name": "trial",
    "field": "insurance_due",
    "to": ["logistics"],
    "template": "trial",
    "data": '{"name": thing.name, "due": due}',
}


@pytest.fixture(scope="module")
def engine() -> Engine:
    return sample(NOW)


@pytest.fixture
def trial(tmp_path: Path) -> Iterator[Any]:
    """Writes a job file, and its message folder, as an IT man would; both are gone afterwards."""
    folder = tmp_path / "messages"
    shutil.copytree(messages_folder() / "_frame", folder / "_frame")
    messages = Messages(folder)

    def write(**changed: Any) -> Job:
        file = tmp_path / "trial.py"
        file.write_text(JOB.format(**{**RIGHT, **changed}), "utf-8")
        for name in ("subject.txt", "text.txt", "page.html", "wecom.txt"):
            path = folder / "trial" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("{% for n in notices %}{{ n.name }}{{ n.due|day }}到期{% endfor %}", "utf-8")
        spec = importlib.util.spec_from_file_location("trial", file)
        assert spec is not None and spec.loader is not None
        JOBS.pop("trial", None)
        spec.loader.exec_module(importlib.util.module_from_spec(spec))
        return JOBS["trial"]

    write.messages = messages  # type: ignore[attr-defined]
    write.folder = folder / "trial"  # type: ignore[attr-defined]
    yield write
    JOBS.pop("trial", None)


def test_no_automation_of_the_house_has_a_slip() -> None:
    assert [slip for job in discover().values() for slip in slips(job, schema(), Messages())] == []


def test_slips_that_show_without_a_row(trial: Any) -> None:
    assert slips(trial(), schema(), trial.messages) == []
    assert slips(trial(table="asset"), schema(), trial.messages) == ["trial.py：没有名为“asset”的表，是不是“assets”？"]
    assert slips(trial(template="trail"), schema(), trial.messages) == [
        "trial.py：report_templates/messages/ 里没有“trail”文件夹，是不是“trial”？"
    ]
    job = trial()
    (trial.folder / "page.html").unlink()
    (trial.folder / "wecom.txt").write_text('{% include "claim_returned/text.txt" %}', "utf-8")
    assert slips(job, schema(), trial.messages) == [
        "trial.py：report_templates/messages/trial/ 里缺 page.html，请从别的文件夹照抄一份再改。",
        "trial.py：report_templates/messages/trial/wecom.txt 用的还是“claim_returned”的文字，请改成“trial”。",
    ]


def test_a_misspelt_name_is_told_before_anybody_is_asked() -> None:
    with pytest.raises(HouqinError, match="没有名为“vehicle_insurence”的自动化，是不是“vehicle_insurance”？"):
        named("vehicle_insurence", schema())


def test_what_rows_show(engine: Engine, trial: Any, capsys: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr("automations.inquiry.preview.Messages", lambda: trial.messages)

    def seen(**changed: Any) -> tuple[int, str]:
        code = look(engine, trial(**changed), NOW)
        return code, capsys.readouterr().out

    code, text = seen()
    assert code == 0 and "→ 沈行政　x　assets/" in text and "月" in text and "到期" in text
    code, text = seen(to=["后勤部"])
    assert code == 1 and "✗ 接收人“后勤部”没有对应的在岗人员：请写人员列、角色、部门名称" in text
    code, text = seen(data='{"name": thing.name}')
    assert code == 1 and "✗ report_templates/messages/trial/" in text and "没有字段“due”" in text
    with pytest.raises(HouqinError, match=r"trial.py 第 10 行.*没有字段“insurance_du”，是不是“insurance_due”？"):
        seen(field="insurance_du")


def test_where_nothing_is_due_the_next_day_is_named(engine: Engine, capsys: Any) -> None:
    job = discover()["vehicle_insurance"]
    assert look(engine, job, NOW) == 0
    told = capsys.readouterr().out
    assert "共0条（2026-11-26 08:40，看了资产设备" in told and "下一次要等到 2027-" in told
    day = told.split("下一次要等到 ")[1][:10]
    assert look(engine, job, datetime.fromisoformat(f"{day}T08:40+08:00")) == 0
    assert "共0条" not in capsys.readouterr().out


@pytest.mark.parametrize("name", sorted(discover()))
def test_every_automation_runs_on_the_demonstration_school(engine: Engine, name: str, capsys: Any) -> None:
    """Its columns exist, its messages can be written, its recipients are somebody."""
    assert look(engine, discover()[name], NOW) == 0, capsys.readouterr().out


@pytest.mark.parametrize("name", sorted(f.name for follows in FOLLOWS.values() for f in follows))
def test_every_follow_on_runs_on_the_demonstration_school(engine: Engine, name: str, capsys: Any) -> None:
    [follow] = [f for follows in FOLLOWS.values() for f in follows if f.name == name]
    assert look(engine, follow, NOW) == 0, capsys.readouterr().out
