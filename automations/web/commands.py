"""``houqin survey`` and ``houqin qr``: the paper that leads to the public pages."""

import os
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from automations import assemble
from automations.engine import Office
from automations.errors import HouqinError
from automations.settings import Settings, load_settings
from automations.tables.base import Row
from automations.terminal import console
from automations.web import slips
from automations.web.inbox import Inbox
from automations.web.school import School, mark
from automations.workdays import SCHOOL_TIME, local_date
from automations.worker import utc_now

MOST_SLIPS = 500


def survey(
    name: Annotated[str, typer.Argument(metavar="CLASS", help="班次的名称或编号，如 BC-2026-0012")],
    more: Annotated[int, typer.Option("--more", help="补发几张（纸条丢了、人数多了）")] = 0,
    again: Annotated[bool, typer.Option("--again", help="没有用过的全部作废，重新发一套")] = False,
) -> int:
    """给一个班发满意度问卷的纸条：一人一张，扫码作答，只能用一次，不记名。"""
    settings, now = load_settings(), utc_now()
    office = _ready(settings, now)
    row = slips.find_class(office.mirror.select("training_classes"), name)
    count = more or _people(row)
    inbox = Inbox(office.journal, office.schema)
    asked = School(office).survey(str(row["code"]), local_date(now))
    if asked is None:
        raise HouqinError(f"“{row['name']}”还没有填结班日，定不了问卷的时间。请先在“培训班次”里填写。")
    if not 0 < count <= MOST_SLIPS:
        raise HouqinError(f"一次最多发{MOST_SLIPS}张，不能发{count}张。")
    made = inbox.issue(str(row["code"]), count, fresh=not more, again=again, now=now)
    data = slips.survey_data(asked, made, _school(office, now), settings.web_url)
    try:
        files = _write(settings, f"满意度问卷_{row['code']}_{len(made)}张_{_stamp(now)}", "survey_slips", data)
    except BaseException:
        inbox.take_back(made)
        raise
    console.print(f"“{asked.title}”的{len(made)}张纸条已生成（{data['window']}开放）：", markup=False)
    _show(files)
    console.print("请打印、沿虚线剪开、打乱后分发；印好后删除这两个文件：系统里不留答卷码，谁拿到文件谁就能作答。")
    return 0


def qr(
    names: Annotated[list[str] | None, typer.Argument(metavar="PLACE", help="地点的名称或编号；不写就是全部")] = None,
    kind: Annotated[str, typer.Option("--kind", help="只要这一类，如 客房、教室、公共卫生间")] = "",
) -> int:
    """打印贴在各处的二维码：扫码报修、投诉、提建议，地点自动填好。"""
    settings, now = load_settings(), utc_now()
    office = _ready(settings, now)
    places = slips.choose_places(School(office).places(), names or [], kind)
    key = Inbox(office.journal, office.schema).key
    marked = [(place, f"{place.code}.{mark(key, place.code)}") for place in places]
    data = slips.place_data(marked, _school(office, now), settings.web_url)
    files = _write(settings, f"报修二维码_{len(marked)}处_{_stamp(now)}", "place_slips", data)
    console.print(f"{len(marked)}个地点的二维码已生成，可重复打印，以前贴的仍然有效：")
    _show(files)
    return 0


def _ready(settings: Settings, now: datetime) -> Office:
    if not settings.web_url:
        raise HouqinError("还不知道学员用哪个网址。请先在 .env 中填写 HOUQIN_WEB_URL（说明见 .env.example）。")
    return assemble.stored_office(settings, local_date(now))


def _people(row: Row) -> int:
    count = row["actual_n"] or row["planned_n"]
    if not count:
        raise HouqinError(f"“{row['name']}”的实到人数和计划人数都是空的，不知道发几张。请先在“培训班次”里填写。")
    return int(count)  # type: ignore[arg-type]


def _stamp(now: datetime) -> str:
    return f"{now.astimezone(SCHOOL_TIME):%Y%m%d-%H%M%S}"


def _school(office: Office, now: datetime) -> str:
    return School(office).name(local_date(now))


def _write(settings: Settings, name: str, template: str, data: dict[str, object]) -> Sequence[Path]:
    """The sheet as a web page and as PDF, for nobody but whoever runs Houqin."""
    from automations.reports.render import render_form, template_folder

    folder = settings.var / "slips"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    files = []
    for ending, content in render_form(template_folder(template), data, ("pdf", "html")).items():
        path = folder / f"{name}.{ending}"
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            out.write(content)
        files.append(path)
    return files


def _show(files: Sequence[Path]) -> None:
    for path in files:
        console.print(f"  {path}", markup=False)
