"""A small school with two classes and a few rooms, its public pages, and what its worker makes of them."""

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from automations.engine import Office
from automations.journal import Journal
from automations.mirror import Mirror
from automations.tables.base import Row
from automations.web.app import application
from automations.web.inbox import Inbox
from automations.web.limits import Limits
from automations.web.school import mark
from tests.conftest import Clock
from tests.office import SmallOffice, schema

TODAY = date(2026, 9, 1)
ANSWER = {
    "lodging": "很满意",
    "catering": "满意",
    "hygiene": "一般",
    "service": "很满意",
    "facility": "不满意",
    "teaching_support": "未使用",
    "comment": "早餐可以再早一点。",
}
REPORT = {"kind": "报修", "category": "水", "description": "洗手池龙头关不紧，一直滴水。"}


class School:
    """The office behind the pages, and the pages.

    Attributes:
        seconds: The time that the limits go by; it stands still.
    """

    def __init__(self, office: SmallOffice, folder: Path) -> None:
        self.office, self.folder = office, folder
        self.seconds = 0.0
        create = office.host.create
        [house] = create("locations", [{"name": "学员公寓", "kind": "楼栋", "usable": "可用"}])
        [floor] = create("locations", [{"name": "3楼", "kind": "楼层", "parent": house, "usable": "可用"}])
        [self.room] = create("locations", [{"name": "客房301", "kind": "客房", "parent": floor, "usable": "可用"}])
        self.group = self.add_class("第42期中青年干部培训班", TODAY)
        self.turn()
        self.web_office = self.another_office()
        self.client = self.application().test_client()
        self.inbox = Inbox(self.web_office.journal, schema())

    def application(self) -> Any:
        return application(self.web_office, self.spool, self.office.clock, Limits(lambda: self.seconds))

    def another_office(self) -> Office:
        """The same stores on lines of their own, as the web thread has them."""
        stores = {"mirror": Mirror(f"sqlite:///{self.folder}/mirror.db", schema()), "journal": self.journal()}
        return Office(host=None, schema=schema(), approvals={}, **stores)  # type: ignore[arg-type]

    def journal(self) -> Journal:
        return Journal(f"sqlite:///{self.folder}/journal.db")

    @property
    def spool(self) -> Path:
        return self.folder / "spool"

    def add_class(self, name: str, ends: date, people: int = 45, status: str = "进行中") -> int:
        cells = {"name": name, "starts_on": date(2026, 8, 24), "ends_on": ends, "planned_n": people, "status": status}
        [row] = self.office.host.create("training_classes", [cells])
        return row

    def call_off(self, group: int) -> None:
        """Somebody of the school gives a class up that has not begun."""
        self.office.person("周科长").host.update("training_classes", {group: {"status": "取消"}})
        self.turn()
        assert self.office.row(group, "training_classes")["status"] == "取消"

    def code(self, table: str, row: int) -> str:
        return str(self.office.row(row, table)["code"])

    def slips(self, count: int = 1, group: int | None = None) -> list[str]:
        code = self.code("training_classes", group or self.group)
        return list(self.inbox.issue(code, count, fresh=False, again=False, now=self.office.clock()))

    @property
    def place(self) -> str:
        """The address on the room's QR code."""
        code = self.code("locations", self.room)
        return f"/r/{code}.{mark(self.inbox.key, code)}"

    def turn(self) -> None:
        """The worker comes by, twice: the second time for the codes of new rows."""
        for _ in range(2):
            report = self.office.engine.turn(self.office.clock.pass_by(seconds=3), slow=True)
            assert not report.problems, report.problems

    def rows(self, table: str) -> list[Row]:
        return sorted(self.office.host.changed(table, None).rows, key=lambda r: r.id)

    def close(self) -> None:
        for journal in (self.web_office.journal,):
            journal.close()
        self.web_office.mirror.close()
        self.office.close()


def text(answer: Any) -> str:
    """What the page says, without its tags."""
    body = re.sub(r"<style>.*?</style>", "", answer.get_data(as_text=True), flags=re.DOTALL)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", body))


def receipt_of(client: FlaskClient, address: str) -> str:
    """The receipt that the form carries."""
    [found] = re.findall(r'name="receipt" value="(\w+)"', client.get(address).get_data(as_text=True))
    return str(found)


def opened(folder: Path) -> Iterator[School]:
    stores = {name: f"sqlite:///{folder}/{name}.db" for name in ("mirror", "journal")}
    one = School(SmallOffice(Clock(), **stores), folder)
    yield one
    one.close()


@pytest.fixture
def school(tmp_path: Path) -> Iterator[School]:
    yield from opened(tmp_path)


@pytest.fixture(scope="module")
def standing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[School]:
    """One school for all tests of a file that leave no rows behind."""
    yield from opened(tmp_path_factory.mktemp("standing"))


@pytest.fixture
def same_school(standing: School) -> School:
    """The standing school, a minute later: its limits begin anew."""
    standing.seconds += 60
    return standing
