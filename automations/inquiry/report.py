"""``houqin report NAME``: a report as files, of any day; only what was read before is looked at, nothing is sent."""

import re
from collections.abc import Callable, Iterable
from datetime import date, datetime, time
from pathlib import Path
from typing import Annotated

import typer

from automations import assemble
from automations.errors import HouqinError
from automations.jobs._slips import nearest
from automations.journal import Journal
from automations.measures import Records
from automations.measures.stops import stops_of
from automations.mirror import Mirror
from automations.reports.folders import ReportFolder, every
from automations.reports.manifest import FORMATS, ReportFormat
from automations.settings import load_settings
from automations.statements import _making as making
from automations.terminal import beside, console, progress
from automations.workdays import SCHOOL_TIME
from automations.worker import utc_now

SHELF = Path("var/reports")
MARKS = re.compile(r"\{\{.*?\}\}")
ABOUT = {"month": "每月", "quarter": "每季", "year": "每年"}


def command(school: Callable[[datetime], Mirror]) -> Callable[..., int]:
    """The command. ``school`` gives the tables of the demonstration school at a moment, which stands on our floor."""

    def report(
        names: Annotated[list[str] | None, typer.Argument(help="报告的名字，可写几个；有哪些见 --list")] = None,
        as_of: Annotated[str, typer.Option("--as-of", help="按这一天结束时的数据，如 2026-10-13；不写就是现在")] = "",
        of: Annotated[str, typer.Option("--of", help="关于一行的报告：那一行的编号")] = "",
        formats: Annotated[str, typer.Option("--format", help="只要这些格式：html,pdf,docx,xlsx")] = "",
        out: Annotated[Path | None, typer.Option("--out", help="放到哪个文件夹；不写就是 var/reports")] = None,
        sample: Annotated[bool, typer.Option("--sample", help="用示例学校的数据：不需要表格系统，不需要 .env")] = False,
        list_them: Annotated[bool, typer.Option("--list", help="列出全部报告")] = False,
    ) -> int:
        """生成报告：最近一个已结束的月、季、年，或关于一行；过去的日子按当时的数据。"""
        known, broken = every()
        for problem in broken:
            beside.print(f"✗ {problem}", markup=False)
        if list_them or not names:
            _list(known.values())
            return 1 if broken else 0
        wanted, moment = _formats(formats), _moment(as_of)
        folders = [_named(name, known) for name in names]
        mirror, shelf, journal = _opened(school if sample else None, moment)
        with progress("读取各表", None, on=beside):
            stops = stops_of(journal, moment) if journal is not None else None
            records = making.records_of(mirror, moment, stops)
        maker = _Maker(mirror, journal, records, out or shelf, wanted)
        failed = [name for folder in folders for name in maker.one(folder, of)]
        return 1 if failed else 0

    return report


class _Maker:
    """Makes reports of the same rows, one after another; what fails is said and stops no other."""

    def __init__(
        self,
        mirror: Mirror,
        journal: Journal | None,
        records: Records,
        shelf: Path,
        formats: tuple[ReportFormat, ...],
    ) -> None:
        self._journal, self._records, self._shelf, self._formats = journal, records, shelf, formats
        self._note = making.note_of(mirror, records.as_of)
        self._links = making.links_of(mirror, records)
        self._schema = mirror.schema

    def one(self, folder: ReportFolder, of: str) -> list[str]:
        """Make one report and say where its files are; what went wrong."""
        try:
            row = making.the_row(self._records, folder, of, self._schema)
            period = making.finished(folder.told.period, self._records.as_of)
            with progress(f"生成“{folder.name}”", None, on=beside):
                made = making.make(
                    folder,
                    self._records,
                    period,
                    row,
                    formats=self._formats or None,
                    note=self._note,
                    links=self._links,
                )
        except HouqinError as error:
            beside.print(f"✗ {error}", markup=False)
            return [folder.name]
        problems = list(made.problems)
        console.print(made.document.title, markup=False)
        for form, data in made.files.items():
            path = self._shelf / f"{making.stem(folder, period, row)}.{form}"
            try:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(data)
            except OSError as error:
                problems.append(f"写不了 {path}（{error.strerror}）：请检查文件夹的权限和磁盘空间。")
                continue
            console.print(f"  {path}", markup=False)
        if line := self._compared(making.stem(folder, period, row), made):
            console.print(f"  {line}", markup=False)
        for problem in problems:
            beside.print(f"✗ {problem}", markup=False)
        return problems

    def _compared(self, stem: str, made: making.Made) -> str:
        """Whether it says what the official one of the same period said."""
        if self._journal is None:
            return ""
        told = self._journal.entries(f"reports/{stem}", "reported")
        if not told:
            return ""
        official = told[-1]
        day = official.at.astimezone(SCHOOL_TIME)
        when = f"{day.year}年{day.month}月{day.day}日"
        if official.data["content"] == making.digest(made.document):
            return f"与{when}生成的内容一致。"
        then = datetime.fromisoformat(official.data["as_of"]).astimezone(SCHOOL_TIME)
        return (
            f"与{when}生成的内容不一致：那一份的数据截至 {then:%Y-%m-%d %H:%M:%S}，"
            f"加上 --as-of {then:%Y-%m-%dT%H:%M:%S} 按那时的数据再生成。"
        )


def _opened(school: Callable[[datetime], Mirror] | None, moment: datetime) -> tuple[Mirror, Path, Journal | None]:
    """The copy of the tables, where files go, and the journal."""
    if school is not None:
        with progress("准备示例学校", None, on=beside):
            return school(moment), SHELF / "sample", None
    settings = load_settings()
    if not assemble.has_stores(settings):
        raise HouqinError("本机还没有表格的副本，请先运行 houqin once；想先看看样子，请加 --sample。")
    return (
        Mirror(settings.mirror, assemble.read_schema(), looking=True),
        settings.var / "reports",
        Journal(settings.journal),
    )


def _named(name: str, known: dict[str, ReportFolder]) -> ReportFolder:
    if name not in known:
        raise HouqinError(f"没有名为“{name}”的报告{nearest(name, sorted(known))}现有：{'、'.join(known) or '无'}。")
    return known[name]


def _moment(as_of: str) -> datetime:
    """The end of that day, or the very moment given; now where none is."""
    if not as_of:
        return utc_now().replace(microsecond=0)
    try:
        found = datetime.fromisoformat(as_of)
        if len(as_of) <= len("2026-10-13"):
            found = datetime.combine(date.fromisoformat(as_of), time(23, 59, 59))
    except ValueError:
        raise HouqinError(f"日期“{as_of}”看不懂，请写成 2026-10-13 或 2026-10-13T09:10:00。") from None
    return found if found.tzinfo else found.replace(tzinfo=SCHOOL_TIME)


def _formats(text: str) -> tuple[ReportFormat, ...]:
    wanted = tuple(dict.fromkeys(part.strip().lower() for part in text.replace("，", ",").split(",") if part.strip()))
    if wrong := [name for name in wanted if name not in FORMATS]:
        raise HouqinError(f"没有“{wrong[0]}”这种格式，可写：{','.join(FORMATS)}。")
    return tuple(form for form in FORMATS if form in wanted)


def _list(folders: Iterable[ReportFolder]) -> None:
    found = sorted(folders, key=lambda folder: folder.name)
    schema = assemble.read_schema()
    for folder in found:
        told = folder.told
        about = ABOUT.get(told.period) or f"{making.about_row(told, schema)} --of 编号"
        title = MARKS.sub("…", told.title).replace("……", "…").lstrip("…")
        when = f"自动 {told.at}" if told.at else "按需"
        console.print(f"{folder.name}　{title}　{about}　{when}　{','.join(told.formats)}", markup=False)
    console.print(f"共{len(found)}种报告。")
