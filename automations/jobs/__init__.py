"""The school's own automations: one short file each. This file holds what makes a function a job.

A job looks at rows and yields notices; it never sends, saves or asks the time::

    @job(table="assets", at="workdays 08:40")
    def vehicle_insurance(vehicles, today): ...

Its first parameters are its tables, in the order of ``table``; after them it may ask, by name, for any of
:class:`Facts`: ``today``, ``now``, ``calendar``, ``directory``, ``norms``. One that looks at everything, such as a
digest, says ``table="*"`` and is given :class:`~automations.measures.Records` instead.
"""

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from traceback import extract_tb
from typing import Any

from automations.approvals.declaration import Approval
from automations.errors import HouqinError, RuleError
from automations.follow import RESERVED
from automations.measures import Records
from automations.measures.stops import Stop
from automations.norms import Norms
from automations.people import Directory
from automations.reminders import Notice
from automations.rows import Rows
from automations.schedule import Schedule
from automations.schema import Table
from automations.workdays import Calendar, local_date


@dataclass(frozen=True, slots=True)
class Facts:
    """What a job may know besides its rows. ``now`` is aware; ``today`` is the school's day.

    ``norms`` are read by day, as in ``norms.whole("selfcheck.burst", today)``; those shipped unless given.
    ``stops`` are submissions that were stopped, for a job that looks at everything; None for the others.
    """

    now: datetime
    calendar: Calendar
    directory: Directory
    norms: Norms = field(default_factory=Norms)
    stops: tuple[Stop, ...] | None = None

    @property
    def today(self) -> date:
        """The school's day of ``now``."""
        return local_date(self.now)


EVERY = "*"
"""Instead of tables: all of them, as :class:`~automations.measures.Records`."""

ASKABLE = ("today", "now", "calendar", "directory", "norms")


@dataclass(frozen=True, slots=True)
class Job:
    """One automation.

    Attributes:
        name: Of its function; unique.
        tables: Code names of the tables it reads.
        at: When it runs.
        function: A generator of notices.
        doc: First line of its docstring.
        asks: Which of :data:`ASKABLE` it takes.
    """

    name: str
    tables: tuple[str, ...]
    at: Schedule
    function: Callable[..., Iterator[Notice]]
    doc: str
    asks: tuple[str, ...]

    def reads(self, schema: Iterable[Table]) -> tuple[str, ...]:
        """Names of the tables it is to be given."""
        return tuple(table.name for table in schema) if self.tables == (EVERY,) else self.tables

    def run(self, rows: Mapping[str, Rows], facts: Facts) -> Iterator[Notice]:
        """The job's notices, one by one; those before a mistake stand.

        Args:
            rows: At least the job's own tables, by code name.
            facts: The time, the calendar, the people.

        Raises:
            RuleError: The job made a mistake; the message names its file and line.
        """
        try:
            looks_at: Sequence[Any] = [rows[table] for table in self.tables if table != EVERY]
            if self.tables == (EVERY,):
                looks_at = [Records(rows, facts.now, facts.calendar, facts.norms, facts.directory, facts.stops)]
            for notice in self.function(*looks_at, **{name: getattr(facts, name) for name in self.asks}):
                if not isinstance(notice, Notice):
                    raise TypeError(f"yielded {type(notice).__name__}")
                yield notice
        except Exception as error:
            # A mistake of one job must stop no other; what it is, is for whoever wrote the job.
            raise RuleError(f"自动化“{self.name}”出错（{_place(self.function, error)}）：{_words(error)}") from error


JOBS: dict[str, Job] = {}
"""Every job found so far, by name."""


def job(
    *, table: str | Sequence[str], at: str
) -> Callable[[Callable[..., Iterator[Notice]]], Callable[..., Iterator[Notice]]]:
    """Make the decorated generator function a job; the function itself stays as it is, for its tests.

    Args:
        table: The table it reads, or several.
        at: When it runs; see :meth:`Schedule.read`.

    Raises:
        HouqinError: The schedule or a parameter cannot be understood, or another job has its name.
    """
    tables = (table,) if isinstance(table, str) else tuple(table)

    def register(function: Callable[..., Iterator[Notice]]) -> Callable[..., Iterator[Notice]]:
        name = function.__name__
        parameters = list(inspect.signature(function).parameters)
        asks = tuple(parameters[len(tables) :])
        if len(parameters) < len(tables) or not set(asks) <= set(ASKABLE):
            raise HouqinError(
                f"自动化“{name}”的参数应为 {len(tables)} 个表，后面只能是 {'、'.join(ASKABLE)}；"
                f"现在是 {'、'.join(parameters)}。请改 {Path(function.__code__.co_filename).name}。"
            )
        if name in RESERVED:
            raise HouqinError(f"“{name}”是 houqin preview 自己的用法，自动化请换一个名字。")
        if name in JOBS and JOBS[name].function.__code__.co_filename != function.__code__.co_filename:
            raise HouqinError(f"有两个自动化都叫“{name}”，请把其中一个改名。")
        doc = (inspect.getdoc(function) or inspect.getdoc(inspect.getmodule(function)) or "").split("\n")[0]
        JOBS[name] = Job(name, tables, Schedule.read(at), function, doc, asks)
        return function

    return register


def discover() -> dict[str, Job]:
    """Import every file of this folder; the jobs by name.

    Raises:
        HouqinError: A file cannot be imported; ``problems`` names each, so that one broken file hides no other.
    """
    problems = []
    for module in sorted(m.name for m in pkgutil.iter_modules(__path__) if not m.name.startswith("_")):
        try:
            importlib.import_module(f"{__name__}.{module}")
        except HouqinError as error:
            problems.append(f"{module}.py：{error.message}")
        except Exception as error:
            problems.append(f"{module}.py：{_words(error)}")
    if problems:
        raise HouqinError("有自动化文件读不进来，请改正或移走：", problems)
    return dict(JOBS)


JUDGED_FIRST = ("people", "vendors", "budget_lines", "requests", "procurements", "contracts")
"""What others stand on comes first: a request approved in a pass serves a claim submitted in the same one."""


def approvals() -> dict[str, Approval]:
    """Every sign-off declared in this folder, by table, in the order in which they are judged.

    Raises:
        HouqinError: A file cannot be imported, or two declare the life of one table.
    """
    discover()
    found: dict[str, Approval] = {}
    for module in sorted(m.name for m in pkgutil.iter_modules(__path__) if not m.name.startswith("_")):
        for one in vars(importlib.import_module(f"{__name__}.{module}")).values():
            if isinstance(one, Approval) and found.setdefault(one.table, one) is not one:
                raise HouqinError(f"表 {one.table} 的签批在两个文件里都有声明（{module}.py 是第二个），请删去一个。")
    first = [t for t in JUDGED_FIRST if t in found]
    return {t: found[t] for t in [*first, *(t for t in sorted(found) if t not in first)]}


def _place(function: Callable[..., Any], error: Exception) -> str:
    file = function.__code__.co_filename
    lines = [frame.lineno for frame in extract_tb(error.__traceback__) if frame.filename == file]
    return f"{Path(file).name} 第 {lines[-1]} 行" if lines else Path(file).name


def _words(error: Exception) -> str:
    return error.message if isinstance(error, HouqinError) else f"{type(error).__name__}: {error}"
