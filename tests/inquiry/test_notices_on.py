"""``houqin preview notices``: what it shows is what then really goes out, to the letter; and it leaves no trace."""

from collections.abc import Iterator
from datetime import date, datetime

import pytest

from automations.engine import Engine
from automations.engine.notices import Notices
from automations.inquiry.notices_on import Day, on_day, preview_notices
from automations.jobs import Job, discover
from automations.notify.memory import Memory
from automations.reminders import Notice
from automations.schedule import Schedule
from automations.tables.values import Value
from automations.workdays import SCHOOL_TIME
from tests.conftest import Clock
from tests.office import SmallOffice

TUESDAY, WEDNESDAY = date(2026, 9, 8), date(2026, 9, 9)
Heard = list[tuple[str, str, str]]


class School(SmallOffice):
    """With a post, whose clock is set by day and time."""

    def __init__(self, clock: Clock) -> None:
        super().__init__(clock)
        self.post = Memory("email")
        self.notices = Notices(self.office, {"email": self.post}, discover())
        self.engine = Engine(self.office, self.notices)
        self.settle()

    def at(self, day: date, time: str) -> datetime:
        hour, minute = map(int, time.split(":"))
        self.clock.now = datetime(day.year, day.month, day.day, hour, minute, tzinfo=SCHOOL_TIME)
        return self.clock.now

    def issue(self, **cells: Value) -> int:
        """A new order for 周科长."""
        filled: dict[str, Value] = {
            "kind": "报修",
            "source": "教职工",
            "category": "水",
            "severity": "一般",
            "duty_dept": self.ids["行政科"],
            "handler": self.ids["周科长"],
            "status": "已派单",
        }
        [made] = self.host.create("issues", [{**filled, **cells}])
        return made

    def really(self, day: date, *times: str) -> Heard:
        """What goes out at these times."""
        self.post.sent.clear()
        for time in times:
            self.at(day, time)
            self.turn(slow=True)
        return sorted((to.name, m.subject, m.text) for to, m in self.post.sent)

    def shown(self, day: date, now: datetime, **more: bool) -> Day:
        self.office.reload(day)
        return on_day(self.office, self.notices, day, now, **more)

    def trace(self) -> tuple[object, ...]:
        """Whatever a preview could leave behind."""
        with self.office.journal.store.read() as connection:
            rows = connection.exec_driver_sql("SELECT count(*), max(id), group_concat(state) FROM deliveries").one()
        last = self.office.journal.last()
        return tuple(rows), last and last.seq, len(self.post.sent), self.office.journal.last_runs(discover())

    def letters(self, day: Day) -> Heard:
        sent = [one.delivery for one in day.sent]
        return sorted((self.office.directory.name(d.person), d.message.subject, d.message.text) for d in sent)


@pytest.fixture
def school(clock: Clock) -> Iterator[School]:
    school = School(clock)
    school.at(TUESDAY, "09:30")
    yield school
    school.close()


def test_today_shows_what_is_still_to_come_and_that_comes(school: School) -> None:
    """A claim and an order of this morning: not in the list of 08:40, which has gone; an order is told at 10:40."""
    school.submitted()
    school.issue(description="水龙头滴水")
    school.turn(slow=True)
    now, before = school.at(TUESDAY, "09:45"), school.trace()
    day = school.shown(TUESDAY, now)
    assert not day.problems and school.trace() == before
    shown = [(f"{one.at:%H:%M}", one.delivery.message.subject[:4]) for one in day.sent]
    assert shown == [("10:40", "【工单】"), ("15:10", "【待签】")]
    assert school.letters(day) == school.really(TUESDAY, "10:40", "15:10")
    assert school.letters(school.shown(TUESDAY, school.at(TUESDAY, "15:11"))) == []  # it has been told


def test_tomorrow_as_it_then_is(school: School) -> None:
    """Nobody does anything meanwhile: steps that wait, a list in the morning, an order that nobody took up."""
    school.submitted()
    school.submitted(title="购置硒鼓")
    school.issue(description="水龙头滴水")
    school.turn(slow=True)
    school.really(TUESDAY, "15:10")
    day = school.shown(WEDNESDAY, school.at(TUESDAY, "16:00"))
    assert school.letters(day) == school.really(WEDNESDAY, "08:40", "10:40", "15:10", "16:40") != []


def test_what_cannot_wait_is_shown_at_its_ten_minutes(school: School) -> None:
    order = school.issue(description="水管爆裂", severity="紧急")
    school.turn(slow=True)
    taken = [m.subject for _, m in school.post.sent]
    assert "【紧急】GD-2026-0001“水管爆裂”" in taken
    assert school.row(order, "issues")["respond_by"] == datetime(2026, 9, 8, 10, 0, tzinfo=SCHOOL_TIME)
    day = school.shown(TUESDAY, school.at(TUESDAY, "09:40"))
    urgent = [one for one in day.sent if one.delivery.urgent]
    assert [f"{one.at:%H:%M}" for one in urgent] == ["10:00", "13:30"]  # unanswered, unfinished


def test_a_day_gone_by_and_a_school_to_look_at_are_shown_whole(school: School) -> None:
    school.submitted()
    school.turn(slow=True)
    school.really(TUESDAY, "15:10")
    now = school.at(WEDNESDAY, "07:00")
    assert len(school.shown(TUESDAY, now).sent) > 0
    later = school.at(TUESDAY, "18:00")
    assert school.shown(TUESDAY, later).sent == []
    assert {f"{one.at:%H:%M}" for one in school.shown(TUESDAY, later, fresh=True).sent} == {"08:40"}


def test_a_day_off_brings_what_is_urgent_only(school: School) -> None:
    school.submitted()
    school.turn(slow=True)
    assert school.shown(date(2026, 9, 26), school.at(TUESDAY, "10:00")).sent == []


def test_what_is_printed(school: School, capsys: pytest.CaptureFixture[str]) -> None:
    school.submitted()
    school.turn(slow=True)
    capsys.readouterr()
    assert preview_notices(school.engine, school.at(WEDNESDAY, "08:40"), school.at(TUESDAY, "09:45")) == 0
    text = capsys.readouterr().out
    assert "→ 08:40　周科长　邮件　【待签】您有1笔待签" in text and "购置打印纸 986元" in text.replace("\n", "")
    assert "待签" in text.split("按种类")[1]
    assert "2026-09-09 星期三（上班）：2项提醒，合成1条，发给1人，其中急件0条。只是预览，没有发送，没有写入。" in text


def test_what_is_wrong_is_told(school: School, capsys: pytest.CaptureFixture[str]) -> None:
    """A job that trips, a recipient who is nobody; what others tell is shown all the same."""

    def trips(rows):  # type: ignore[no-untyped-def]
        yield Notice("x", "s", ["总务处"], "form_ready", {"code": "ZC-1", "title": "灯具"})
        raise ValueError("坏了")

    school.submitted()
    school.turn(slow=True)
    school.notices.jobs = {"trips": Job("trips", ("people",), Schedule.read("workdays 08:40"), trips, "", ())} | {
        **school.notices.jobs
    }
    assert preview_notices(school.engine, school.at(WEDNESDAY, "08:40"), school.at(TUESDAY, "09:45")) == 1
    text = capsys.readouterr().out
    assert "“总务处”没有对应的在岗人员" in text and "自动化“trips”出错" in text and "周科长" in text
