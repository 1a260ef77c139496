"""A notice that waited and is true no more is not sent; one that became true again is told."""

from collections.abc import Iterator
from datetime import datetime

import pytest

from automations.engine.notices import Notices
from automations.jobs import Job, discover
from automations.jobs._told import own_templates
from automations.notify.base import Channel
from automations.notify.memory import Memory
from automations.reminders import Notice
from automations.schedule import Schedule
from automations.workdays import SCHOOL_TIME
from tests.conftest import Clock
from tests.office import SmallOffice


class Teller:
    """An automation that tells what it is told to tell."""

    def __init__(self, office: SmallOffice) -> None:
        self.office = office
        self.open: list[str] = []
        self.urgent = self.trips = False
        self.post = Memory("email")
        self.notices = self.with_channels({"email": self.post})

    def with_channels(self, channels: dict[str, Channel]) -> Notices:
        """A worker that starts."""
        times = Schedule.read("workdays 08:40, 10:40, 15:10, 16:40")
        job = Job("teller", ("people",), times, self.tell, "", ())
        return Notices(self.office.office, channels, {"teller": job})

    def tell(self, rows):  # type: ignore[no-untyped-def]
        for stage in self.open:
            data = {"code": stage, "kind": "报修", "what": "灯坏了", "new": False, "late": "", "due": ""}
            yield Notice(
                about="issues/GD-1",
                stage=stage,
                to=[self.office.ids["周科长"]],
                template="issue_waiting",
                data=data,
                urgent=self.urgent,
            )
        if self.trips:
            raise ValueError("坏了")

    def at(self, time: str, *open: str) -> list[str]:
        """A pass at this time of Tuesday 1 September, with this open; the codes of which somebody heard."""
        self.open = list(open)
        now = datetime.fromisoformat(f"2026-09-01 {time}").replace(tzinfo=SCHOOL_TIME)
        self.post.sent.clear()
        self.notices.run_jobs(now)
        self.notices.deliver(now)
        text = "".join(m.text for _, m in self.post.sent)
        return [stage for stage in ("A", "B", "C") if f"【新工单】{stage}“" in text]


@pytest.fixture
def teller(clock: Clock) -> Iterator[Teller]:
    office = SmallOffice(clock)
    yield Teller(office)
    office.close()


def test_what_was_done_before_the_list_is_not_told(teller: Teller) -> None:
    """At 10:40 he had his message of the morning already: B waits for 15:10, and is done by then."""
    assert teller.at("08:40", "A") == ["A"]
    assert teller.at("10:40", "A", "B") == []
    assert teller.at("15:10", "A") == []
    [ran] = [e.data for e in teller.office.office.journal.entries("jobs/teller", "ran") if "withdrawn" in e.data]
    assert ran["withdrawn"] == ["issue_waiting|issues/GD-1|B|"]
    assert teller.at("16:40", "B") == ["B"]  # so again: told at last


def test_what_is_still_so_is_told(teller: Teller) -> None:
    teller.at("08:40", "A")
    teller.at("10:40", "A", "B")
    assert teller.at("15:10", "B", "C") == ["B", "C"]


def test_what_nobody_could_take_is_not_told_weeks_later(teller: Teller) -> None:
    """No channel was set up: once there is one, the reader hears what is so now."""
    reached, teller.notices = teller.notices, teller.with_channels({})
    teller.at("08:40", "A", "B")
    teller.notices = reached
    assert teller.at("15:10", "B") == ["B"]


def test_what_is_urgent_goes_out_all_the_same(teller: Teller) -> None:
    teller.urgent = True
    reached, teller.notices = teller.notices, teller.with_channels({})
    teller.at("08:40", "A")
    teller.notices = reached
    assert teller.at("15:10") == ["A"]


def test_a_job_that_trips_takes_nothing_back(teller: Teller) -> None:
    teller.at("08:40", "A")
    teller.at("10:40", "A", "B")
    teller.trips = True
    assert teller.at("15:10", "A") == ["B"]


def test_each_kind_is_told_by_one_automation_and_only_its_own_are_taken_back() -> None:
    jobs = discover()
    own = own_templates(jobs.values())
    assert own["learning_weekly"] == {"learning_week", "learning_twice"}
    assert sum(map(len, own.values())) == len({t for templates in own.values() for t in templates})
    assert not {"claim_returned", "violation", "approval_done"} & {t for templates in own.values() for t in templates}
    pairs = {"inspection_missing", "inspection_missed", "three_public", "three_public_spent"}
    assert {name for name, templates in own.items() if not templates} == pairs  # two of one file tell of one kind
    twin = Job("twin", ("issues",), Schedule.read("every pass"), jobs["issue_waiting"].function, "", ())
    shared = own_templates([*jobs.values(), twin])
    assert shared["issue_waiting"] == shared["twin"] == frozenset()
