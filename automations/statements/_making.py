"""One report, made: rows as they stood at a moment → statement → words → files."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from automations.errors import HouqinError
from automations.measures import Period, Records
from automations.measures.stops import Stop
from automations.mirror import Mirror
from automations.norms import Norms
from automations.reports.document import Document
from automations.reports.folders import ReportFolder
from automations.reports.manifest import ReportFormat, ReportManifest
from automations.rows import Rows, RowView
from automations.schema.model import Schema
from automations.statements import STATEMENTS, Statement
from automations.tables.values import canonical_json
from automations.workdays import SCHOOL_TIME, Calendar, local_date

DAY = timedelta(days=1)
LINKS = "row_url:"
"""Goes before a table's name where the mirror keeps the address of its rows, with ``{id}`` for the row's id."""


@dataclass(frozen=True)
class Made:
    """A report and its files.

    Attributes:
        files: Content by format.
        problems: A Chinese sentence for each format that could not be made.
    """

    document: Document
    period: Period
    files: Mapping[ReportFormat, bytes]
    problems: tuple[str, ...]


def records_of(mirror: Mirror, as_of: datetime, stops: tuple[Stop, ...] | None = None) -> Records:
    """All tables as they stood at a moment, and what had been stopped until then; None where nobody looked."""
    with mirror.snapshot():
        tables = {table.name: Rows(table.name, mirror.as_of(table.name, as_of)) for table in mirror.schema}
    overrides = Norms.from_rows(tables["settings"]).text("calendar.override", local_date(as_of))
    return Records.of(tables, as_of, Calendar.of(overrides), stops)


def note_of(mirror: Mirror, as_of: datetime) -> str:
    """What the data line must say where the mirror does not remember as far back as is asked; "" where it does."""
    since = mirror.remembers_since
    return "" if since is None or since <= as_of else f"历史副本自{_day(local_date(since))}起，更早的改动未计"


def links_of(mirror: Mirror, records: Records) -> dict[str, str]:
    """Address of every row on the host by 编号, as far as the worker has noted how they are made."""
    found: dict[str, str] = {}
    for table in mirror.schema:
        pattern = mirror.get(LINKS + table.name)
        if pattern and pattern.startswith("http"):
            found |= {str(row.code): pattern.replace("{id}", str(row.id)) for row in records[table.name] if row.code}
    return found


def finished(about: str, as_of: datetime) -> Period:
    """The last month, quarter or year that is over at ``as_of``; of a report about a row the month."""
    last = local_date(as_of + timedelta(seconds=1)) - DAY  # the last day that is over
    today = last + DAY
    if about == "year":
        return Period.year(today.year - 1)
    if about == "quarter":
        return Period.quarter(today.year, (today.month + 2) // 3).before
    return Period.month(today.year, today.month).before


def about_row(told: ReportManifest, schema: Schema) -> str:
    """Which rows a report about a row is for: ``“资产”的一行（类别：车辆）``."""
    if told.table not in schema:
        return f"“{told.table}”的一行"
    table = schema[told.table]
    titles = {column.name: column.title for column in table.fields}
    kinds = [f"{titles.get(name, name)}：{_wanted(value)}" for name, value in told.where.items()]
    return f"“{table.title}”的一行" + (f"（{'，'.join(kinds)}）" if kinds else "")


def _wanted(value: Any) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    return "或".join(map(str, value)) if isinstance(value, list) else str(value)


def the_row(records: Records, folder: ReportFolder, code: str, schema: Schema) -> RowView | None:
    """The row that a report is about; None for one about a period.

    Raises:
        HouqinError: It needs one and there is none of that code or it is not of the kind, or it takes none.
    """
    if folder.told.period != "row":
        if code:
            raise HouqinError(f"报告“{folder.name}”不是关于某一行的，请去掉 --of。")
        return None
    if not code:
        raise HouqinError(f"报告“{folder.name}”是关于一行的，请用 --of 写明编号。")
    found = next((row for row in records[folder.told.table] if row.code == code), None)
    if found is None:
        raise HouqinError(f"报告“{folder.name}”要的那一行没有找到：当时没有编号为“{code}”的记录。")
    if found not in records[folder.told.table].where(**folder.told.where):
        name, told = records.name(found.table, found.id), folder.told
        raise HouqinError(f"报告“{folder.name}”只关于{about_row(told, schema)}，“{name}”（{code}）不是。")
    return found


def content_of(name: str) -> Statement:
    """The statement of a report; only its own file is read, so that a broken one stops no other report.

    Raises:
        HouqinError: There is none, or its file cannot be read.
    """
    if name not in STATEMENTS and find_spec(f"automations.statements.{name}") is not None:
        try:
            import_module(f"automations.statements.{name}")
        except Exception as error:
            what = f"{type(error).__name__}: {error}"
            raise HouqinError(
                f"报告“{name}”的内容读不进来（{what}），请改正 automations/statements/{name}.py。"
            ) from error
    if name not in STATEMENTS:
        raise HouqinError(f"报告“{name}”没有内容：缺少 automations/statements/{name}.py。")
    return STATEMENTS[name]


def make(
    folder: ReportFolder,
    records: Records,
    period: Period,
    row: RowView | None = None,
    *,
    formats: Iterable[ReportFormat] | None = None,
    note: str = "",
    links: Mapping[str, str] | None = None,
) -> Made:
    """Make one report; a format that fails does not stop the others.

    Raises:
        HouqinError: There is no statement of that name, or it or its words fail.
    """
    from automations.reports.words import told
    from automations.reports.writing import render_report  # what writes Word and Excel, only where a report is made

    statement = content_of(folder.name)
    try:
        facts = statement(records, period) if row is None else statement(records, period, row)
    except HouqinError:
        raise
    except Exception as error:  # a fault in one statement must not stop the other reports
        raise HouqinError(
            f"报告“{folder.name}”的内容出错（{type(error).__name__}: {error}），请交给信息科。"
        ) from error
    document = told(
        folder.path,
        facts,
        unit=records.norms.text("school.name", period.last),
        period_title=period.title if row is None else records.name(row.table, row.id),
        made_on=records.today,
        dataline="，".join(part for part in (_dataline(records, period, row), note) if part),
        links=links,
    )
    rendered = render_report(document, folder.path, formats or folder.told.formats)
    problems = tuple(f"{folder.name}：{problem}" for problem in rendered.problems.values())
    return Made(document, period, rendered.files, problems)


def stem(folder: ReportFolder, period: Period, row: RowView | None) -> str:
    """Name of its files: ``monthly_202609``; of a report about a row ``vendor_month_HT-2026-0001_202609``."""
    return "_".join((folder.name, *(() if row is None else (str(row.code),)), period.name))


def _dataline(records: Records, period: Period, row: RowView | None) -> str:
    """Until when the data reach, and by which state of the tables: later corrections count up to then."""
    read = f"{_day(records.today)}{records.as_of.astimezone(SCHOOL_TIME):%H:%M}"
    if row is not None:
        return f"数据截至{read}"
    return f"数据截至{_day(period.last)}24时，按{read}的记录统计"


def _day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


WHEN = frozenset({"made_on", "dataline", "links"})
"""What says when and where a report was made, not what it says."""


def content(document: Document) -> str:
    """The report as one text: equal texts are equal reports."""
    plain = {f.name: _plain(getattr(document, f.name)) for f in fields(document) if f.name not in WHEN}
    return canonical_json(plain)


def digest(document: Document) -> str:
    """SHA-256 of :func:`content`."""
    return hashlib.sha256(content(document).encode()).hexdigest()


def _plain(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return {f.name: _plain(getattr(value, f.name)) for f in fields(value)}
    if isinstance(value, Mapping):
        return [[str(key), _plain(item)] for key, item in value.items()]  # the order of tables is content, too
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, Decimal):
        return str(value)
    return value.isoformat() if isinstance(value, date) else value
