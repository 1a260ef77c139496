"""Planning notices: 2,000 open deadlines of 100 people, all automations of the house, a journal on disk.

    python -m tests.benchmarks.bench_notices
    python -m tests.benchmarks.bench_notices --deadlines 2000 --profile

Rows are laid into the mirror as they are on a bad morning: tasks, orders, checks and steps due from two weeks ago to a
week ahead. ``first`` plans them all, ``again`` is the next list of the same day (all known), ``next day`` the morning
after. Processor time of this process; the times should grow as the deadlines do, and memory should not.
"""

import argparse
import cProfile
import pstats
import resource
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

import sqlalchemy as sql

from automations import intents, sync
from automations.engine import Office
from automations.engine.notices import Notices
from automations.jobs import approvals, discover
from automations.journal import Journal
from automations.mirror import Mirror
from automations.notify.deliveries_table import deliveries
from automations.notify.memory import Memory
from automations.schema.apply import apply
from automations.schema.plan import plan
from automations.tables.memory import MemoryServer
from automations.workdays import SCHOOL_TIME, Calendar
from tests.benchmarks.ground import table
from tests.office import WORKER, schema

TODAY = date(2026, 9, 9)
PEOPLE, DEPARTMENTS = 100, 8
BATCH = 100
CALENDAR = Calendar()


def at(day: date, clock: str) -> datetime:
    """A moment at the school."""
    return datetime.combine(day, datetime.strptime(clock, "%H:%M").time(), SCHOOL_TIME)


class Ground:
    """A school with so many open deadlines, in the mirror as if it had been looked at.

    Args:
        folder: For the stores.
        deadlines: How many.
    """

    def __init__(self, folder: Path, deadlines: int) -> None:
        self._dice = Random(deadlines)
        self.server = MemoryServer(clock=lambda: at(TODAY, "07:00"))
        self.server.add_account(WORKER, "后勤助手")
        self.host = self.server.login(WORKER)
        steps = plan(schema(), self.host.describe(), None)
        self.host.bind(apply(steps, self.host, yes=True, lose_data=False, progress=lambda _: None))
        self._lay(deadlines)
        mirror, journal = Mirror(f"sqlite:///{folder}/mirror.db", schema()), Journal(f"sqlite:///{folder}/journal.db")
        journal.create_all(intents.metadata)
        self.office = Office(self.host, mirror, journal, schema(), approvals())
        names = [one.name for one in schema()]
        self.host.refresh(names)
        for name in names:
            sync.quick(self.host, mirror, name, at(TODAY, "07:00"))
        self.office.reload(TODAY)
        self.post = Memory("email")
        self.notices = Notices(self.office, {"email": self.post}, discover())

    def close(self) -> None:
        """Let go of the stores."""
        self.office.mirror.close()
        self.office.journal.close()
        self.server.close()

    def _add(self, name: str, rows: list[dict[str, Any]]) -> list[int]:
        return [i for n in range(0, len(rows), BATCH) for i in self.host.create(name, rows[n : n + BATCH])]

    def _lay(self, deadlines: int) -> None:
        departments = self._add("departments", [{"name": f"科室{n}", "active": True} for n in range(DEPARTMENTS)])
        roles = {0: ("主要领导",), 1: ("会计",), 2: ("出纳",), 3: ("督查组",), 4: ("信息管理员",)}
        people = self._add(
            "people",
            [
                {
                    "name": f"某{n}",
                    "account": f"p{n}@school.test",
                    "department": departments[n % DEPARTMENTS],
                    "roles": ("经办人", *roles.get(n, ())),
                    "status": "在岗",
                }
                for n in range(PEOPLE)
            ],
        )
        self.host.refresh(["people", "departments"])
        heads = {d: {"head": people[8 + n], "leader_in_charge": people[16 + n % 4]} for n, d in enumerate(departments)}
        self.host.update("departments", heads)
        quarter = deadlines // 4
        self._add("tasks", [self._task(people, departments, n) for n in range(quarter)])
        self._add("issues", [self._issue(people, departments, n) for n in range(quarter)])
        self._add("equipment_checks", [self._check(people, n) for n in range(quarter)])
        self._add("sign_steps", [self._step(people, n) for n in range(quarter)])

    def _due(self) -> date:
        return TODAY + timedelta(days=self._dice.randrange(-14, 8))

    def _task(self, people: list[int], departments: list[int], n: int) -> dict[str, Any]:
        cells = {"kind": "岗位目标", "title": f"任务{n}", "status": "进行中", "due": self._due()}
        return {**cells, "person": self._dice.choice(people), "department": self._dice.choice(departments)}

    def _issue(self, people: list[int], departments: list[int], n: int) -> dict[str, Any]:
        due = at(self._due(), "18:00")
        cells = {
            "code": f"GD-2026-{n:04}",
            "kind": "报修",
            "category": "门窗家具",
            "severity": "一般",
            "status": "处理中",
        }
        text = {"description": f"第{n}处门锁损坏", "due_at": due, "responded_at": at(date(2026, 8, 20), "09:00")}
        return {
            **cells,
            **text,
            "handler": self._dice.choice(people),
            "duty_dept": self._dice.choice(departments),
        }

    def _check(self, people: list[int], n: int) -> dict[str, Any]:
        cells = {"check_kind": "日常巡检", "cycle": "每周", "status": "待检", "due_on": self._due()}
        return {**cells, "done_by": self._dice.choice(people)}

    def _step(self, people: list[int], n: int) -> dict[str, Any]:
        return {
            "code": f"QP-2026-{n:04}",
            "biz_type": "支出单",
            "biz_code": f"ZC-2026-{n:04}",
            "round": Decimal(1),
            "seq": Decimal(1),
            "level": "部门负责人",
            "assignee": self._dice.choice(people[8:24]),
            "amount_shown": Decimal(986),
            "summary": f"标题：购置打印纸{n}",
            "decision": "待签",
            "valid": "待定",
        }

    def planned(self) -> int:
        """How many notices lie in the deliveries."""
        with self.office.journal.store.read() as connection:
            return connection.execute(sql.select(sql.func.count()).select_from(deliveries)).scalar_one()


@contextmanager
def ground(deadlines: int) -> Iterator[Ground]:
    """In a folder of its own."""
    with tempfile.TemporaryDirectory() as folder:
        here = Ground(Path(folder), deadlines)
        yield here
        here.close()


def spent(do: Any, *given: Any) -> float:
    """Seconds of the processor."""
    started = time.process_time()
    do(*given)
    return time.process_time() - started


def megabytes() -> float:
    """The most this process has ever had."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def measured(deadlines: int) -> tuple[str, ...]:
    """One line."""
    with ground(deadlines) as here:
        before = megabytes()
        first = spent(here.notices.run_jobs, at(TODAY, "08:40"))
        planned, grown = here.planned(), megabytes() - before
        sending = spent(here.notices.deliver, at(TODAY, "08:40"))
        again = spent(here.notices.run_jobs, at(TODAY, "15:10"))
        new = here.planned() - planned
        there = here.planned()
        following = spent(here.notices.run_jobs, at(TODAY + timedelta(days=1), "08:40"))
        tomorrow = here.planned() - there
        messages = len(here.post.sent)
    times = (f"{seconds:.2f}" for seconds in (first, again, following, sending))
    first_s, again_s, following_s, sending_s = times
    return (
        *(f"{deadlines:,}", f"{planned:,}", first_s, f"{grown:.0f}", f"{messages:,}", sending_s),
        *(f"{new:,}", again_s, f"{tomorrow:,}", following_s),
    )


HEAD = (
    *("deadlines", "notices", "first s", "+MB", "messages", "sent s"),
    *("new", "again s", "next day", "next day s"),
)


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Planning notices against the number of open deadlines.")
    parser.add_argument("--deadlines", type=int, nargs="+", default=[500, 2000, 8000])
    parser.add_argument("--profile", action="store_true", help="where the first planning spends its time")
    options = parser.parse_args()
    if options.profile:
        with ground(options.deadlines[0]) as here, cProfile.Profile() as profile:
            here.notices.run_jobs(at(TODAY, "08:40"))
        pstats.Stats(profile).sort_stats("cumulative").print_stats(30)
        return 0
    measured(min(options.deadlines) // 5)  # imports and statements
    lines = [measured(deadlines) for deadlines in options.deadlines]
    print(f"{PEOPLE} people, every automation of the house; seconds of the processor")
    print(table(HEAD, lines))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
