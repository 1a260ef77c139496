"""Runs automations over classes of a school whose people and departments have row ids 1 to 9."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from automations.jobs import JOBS, Facts, discover
from automations.notify.render import Messages, Part
from automations.people import Department, Directory, Person
from automations.reminders import Notice
from automations.rows import Rows
from automations.tables.base import Row
from automations.workdays import SCHOOL_TIME, Calendar
from tests.office import schema

LOGISTICS, TEACHING = 1, 2
TEACHER, OWNER, HEAD, LEADER = 2, 3, 4, 5
DIRECTORY = Directory(
    [
        Person(TEACHER, "吴老师", department=TEACHING),
        Person(OWNER, "王文员", department=LOGISTICS),
        Person(HEAD, "周科长", department=LOGISTICS),
        Person(LEADER, "孙副校长", department=LOGISTICS, roles=frozenset({"分管领导"})),
    ],
    [Department(LOGISTICS, "行政科", HEAD, LEADER), Department(TEACHING, "教务科", TEACHER, LEADER)],
)


def at(month: int, on: int, hour: int = 8, minute: int = 40) -> datetime:
    """A moment of 2026 at the school."""
    return datetime(2026, month, on, hour, minute, tzinfo=SCHOOL_TIME).astimezone(UTC)


def rows(table: str, found: Mapping[int, Mapping[str, Any]]) -> Rows:
    """Whole rows: a column that does not exist is an error of the test."""
    names = schema()[table].by_name
    assert all(cells.keys() <= names.keys() for cells in found.values())
    return Rows(table, [Row(i, {**dict.fromkeys(names), **cells}) for i, cells in found.items()])


def run(name: str, now: datetime, **tables: Mapping[int, Mapping[str, Any]]) -> list[Notice]:
    """The notices of one automation; tables that are not given are empty."""
    job = discover()[name]
    found = {table: rows(table, tables.get(table, {})) for table in job.tables}
    return list(JOBS[name].run(found, Facts(now, Calendar(), DIRECTORY)))


def told(notices: list[Notice]) -> list[tuple[str, list[Any]]]:
    """Stage and recipients of each."""
    return [(notice.stage, list(notice.to)) for notice in notices]


def text(notice: Notice) -> str:
    """What the reader reads."""
    message = Messages().compose("某人", [Part(1, notice.template, {"url": "", **notice.data})]).message
    assert message is not None
    return message.wecom.strip()
