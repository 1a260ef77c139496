"""Deliveries in a real store (SQLite, PostgreSQL): nothing is lost, wherever the worker is killed."""

from contextlib import contextmanager
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
import sqlalchemy as sql

from automations.errors import ChannelError
from automations.notify import Address, Memory, Outgoing, Receipt, deliveries, overview, refusals
from automations.notify.codec import from_text, to_text
from automations.notify.postman import Postman
from automations.notify.render import Messages
from automations.store import Store, open_store
from automations.workdays import SCHOOL_TIME, Calendar
from tests.postgres import store_url as store_url

CALENDAR = Calendar()
PEOPLE = {n: Address(n, name, f"{n}@school.example", f"u{n}") for n, name in ((1, "王一"), (2, "李二"), (3, "张三"))}


def at(text: str) -> datetime:
    """2026-09-14 is a Monday; times are the school's."""
    return datetime.fromisoformat(text).replace(tzinfo=SCHOOL_TIME)


MONDAY = at("2026-09-14 08:40")


def returned(n: int, person: int = 1, **changed) -> Outgoing:
    data = {"code": f"ZC-{n}", "title": "灯具", "level": "会计", "name": "李", "reason": "缺验收人签名", "url": ""}
    values = {"key": f"claim_returned|c/{n}|1|", "person": person, "routes": ("memory",), "template": "claim_returned"}
    return Outgoing(**{**values, "data": data, **changed})


@pytest.fixture
def store(store_url):
    store = Store(open_store(store_url, durable=True), "journal")
    with store.write() as connection:
        deliveries.create(connection)
    yield store
    store.close()


def postman(store, *channels, people=PEOPLE, messages=None) -> Postman:
    by_name = {c.name: c for c in channels}
    return Postman(store.write, by_name, people.get, messages or Messages(), CALENDAR, "w1")


def plan(store, *outgoing, now=MONDAY, slot=None) -> int:
    with store.write() as connection:
        return deliveries.plan(connection, outgoing, now, CALENDAR, slot)


def states(store) -> list[str]:
    with store.read() as connection:
        return list(connection.execute(sql.text("SELECT state FROM deliveries ORDER BY id")).scalars())


def stuck(store):
    with store.read() as connection:
        return overview.stuck(connection)


class Grumpy(Memory):
    """Raises what it is told to, first things first."""

    def __init__(self, *errors, name="memory") -> None:
        super().__init__(name)
        self.errors = list(errors)

    def send(self, message, to):
        if self.errors:
            error = self.errors.pop(0)
            if error is not None:
                raise error
        return super().send(message, to)


def gone(words="没有这个人") -> ChannelError:
    return ChannelError(words, permanent=True)


def busy(seconds=None) -> ChannelError:
    return ChannelError("忙", permanent=False, retry_after=seconds)


def test_planned_twice_it_is_told_once(store):
    memory = Memory()
    assert plan(store, returned(1), returned(1, person=2)) == 2
    assert plan(store, returned(1), returned(1, person=2)) == 0
    postman(store, memory).deliver(MONDAY)
    assert plan(store, returned(1)) == 0
    postman(store, memory).deliver(MONDAY + timedelta(days=1))
    assert sorted(to.person for to, _ in memory.sent) == [1, 2]


def test_named_twice_at_once_it_is_one_and_goes_where_it_can(store):
    memory = Memory()
    nowhere = returned(1, routes=())
    assert plan(store, nowhere, returned(1), returned(1), returned(2), returned(2, routes=())) == 3
    assert states(store) == ["planned", "planned"]
    postman(store, memory).deliver(MONDAY)
    [(to, message)] = memory.sent
    assert to.person == 1 and [message.text.count(f"ZC-{n}") for n in (1, 2)] == [1, 1]


def test_one_person_gets_one_message_a_list(store):
    memory = Memory()
    plan(store, returned(1), returned(2), returned(3, person=2))
    postman(store, memory).deliver(MONDAY)
    assert [(to.name, m.text.count("【退回】")) for to, m in memory.sent] == [("王一", 2), ("李二", 1)]
    assert states(store) == ["merged", "sent", "sent"]
    # what comes later in the morning waits for the afternoon's list
    plan(store, returned(4), now=at("2026-09-14 08:55"), slot=MONDAY)
    for clock in ("09:00", "15:09"):
        assert postman(store, memory).deliver(at(f"2026-09-14 {clock}")).sent == 0
    assert postman(store, memory).deliver(at("2026-09-14 15:10")).sent == 1
    assert "ZC-4" in memory.sent[-1][1].text


def test_without_a_slot_it_waits_for_the_next_list(store):
    memory = Memory()
    plan(store, returned(1), now=at("2026-09-14 08:41"))
    assert postman(store, memory).deliver(at("2026-09-14 14:00")).sent == 0
    assert postman(store, memory).deliver(at("2026-09-14 15:10")).sent == 1


def test_a_late_job_tells_at_once(store):
    memory = Memory()
    plan(store, returned(1), now=at("2026-09-14 09:30"), slot=MONDAY)
    assert postman(store, memory).deliver(at("2026-09-14 09:30")).sent == 1


@pytest.mark.parametrize("clock", ["2026-09-14 20:00", "2026-09-15 07:29", "2026-09-19 10:00", "2026-10-01 15:10"])
def test_quiet_hours_and_days_off_are_for_urgent_things_only(store, clock):
    memory = Memory()
    plan(store, returned(1), returned(2, urgent=True), returned(3, urgent=True))
    postman(store, memory).deliver(at(clock))
    assert [m.subject for _, m in memory.sent] == ["【退回】ZC-2 已被会计退回", "【退回】ZC-3 已被会计退回"]


def test_another_try_waits_for_the_morning_too(store):
    channel = Grumpy(busy(), busy())
    plan(store, returned(1), returned(2, person=2, urgent=True), now=at("2026-09-14 19:00"), slot=MONDAY)
    postman(store, channel).deliver(at("2026-09-14 19:59"))
    assert postman(store, channel).deliver(at("2026-09-14 20:01")).sent == 1  # the urgent one
    assert postman(store, channel).deliver(at("2026-09-15 07:29")).sent == 0
    assert postman(store, channel).deliver(at("2026-09-15 07:30")).sent == 1


def test_a_make_up_sunday_is_a_working_day(store):
    memory = Memory()
    plan(store, returned(1))
    assert postman(store, memory).deliver(at("2026-09-20 08:40")).sent == 1


def test_refused_for_good_goes_to_the_next_channel_at_once(store):
    wecom, email = Grumpy(gone(), name="wecom"), Memory("email")
    plan(store, returned(1, routes=("wecom", "email")), returned(2, routes=("wecom", "email")))
    round = postman(store, wecom, email).deliver(MONDAY)
    assert (round.sent, round.later, round.failed) == (1, 1, 0)
    [(_, message)] = email.sent
    assert "ZC-1" in message.text and "ZC-2" in message.text
    assert states(store) == ["merged", "failed", "sent"] and stuck(store) == []
    with store.read() as connection:
        [delivery] = deliveries.unsettled(connection)
    assert delivery.channel == "email" and delivery.keys == ("claim_returned|c/1|1|", "claim_returned|c/2|1|")
    assert plan(store, returned(2, routes=("wecom", "email"))) == 0


def test_refused_everywhere_it_shows_as_stuck(store):
    plan(store, returned(1, routes=("wecom", "email")))
    channels = [Grumpy(gone(), name="wecom"), Grumpy(gone("邮箱不存在"), name="email")]
    assert postman(store, *channels).deliver(MONDAY).failed == 1
    [case] = stuck(store)
    assert (case.person, case.channel, case.error, case.final) == (1, "email", "邮箱不存在", True)
    assert case.before == ("企业微信：没有这个人",)
    # nothing more happens by itself until somebody has mended an address
    mended = {**PEOPLE, 1: Address(1, "王一", "new@school.example", "u1")}
    for people, hour in ((PEOPLE, 9), (mended, 10)):
        now = at(f"2026-09-15 {hour:02}:00")
        with store.write() as connection:
            ways = {n: refusals.Ways(("wecom", "email"), a.all) for n, a in people.items()}
            assert refusals.reroute(connection, ways.get, now) == (people is mended)
        assert postman(store, *channels, people=people).deliver(now).sent == (people is mended)
    assert stuck(store) == [] and len(channels[0].sent) == 1


def test_for_the_moment_it_waits_longer_each_time_and_never_gives_up(store):
    channel = Grumpy(*[busy()] * 7)
    plan(store, returned(1))
    now, tries = MONDAY, []
    while not channel.sent:
        postman(store, channel).deliver(now)
        tries.append(round((now - MONDAY).total_seconds() / 60))
        now += timedelta(minutes=1)
    assert tries[-1] == 1 + 5 + 15 + 30 + 60 + 60 + 60
    with store.read() as connection:
        assert overview.counts(connection) == {"sent": 1}


def test_the_channels_own_wait_counts(store):
    channel = Grumpy(busy(1800))
    plan(store, returned(1))
    postman(store, channel).deliver(MONDAY)
    assert postman(store, channel).deliver(MONDAY + timedelta(minutes=29)).sent == 0
    assert postman(store, channel).deliver(MONDAY + timedelta(minutes=30)).sent == 1


def test_a_channel_that_stays_busy_is_left_for_the_next(store):
    wecom, email = Grumpy(*[busy()] * 4, name="wecom"), Memory("email")
    plan(store, returned(1, routes=("wecom", "email")))
    for minutes in (0, 1, 6, 21):
        postman(store, wecom, email).deliver(MONDAY + timedelta(minutes=minutes))
    assert len(email.sent) == 1 and not wecom.sent


def test_many_failures_are_shown_while_it_keeps_trying(store):
    channel = Grumpy(*[busy()] * 4)
    plan(store, returned(1))
    for minutes in (0, 1, 6, 21):
        assert stuck(store) == []
        postman(store, channel).deliver(MONDAY + timedelta(minutes=minutes))
    [case] = stuck(store)
    assert (case.tries, case.final) == (4, False)


def test_nobody_is_forgotten_for_lack_of_an_address(store):
    plan(store, returned(1, routes=()))
    [case] = stuck(store)
    assert case.final and "人员表" in case.error
    memory = Memory()
    assert postman(store, memory).deliver(MONDAY).sent == 0
    assert plan(store, returned(1)) == 1  # the address was filled in
    assert postman(store, memory).deliver(MONDAY).sent == 1 and stuck(store) == []


def test_an_event_is_told_once_its_reader_can_be_reached(store):
    plan(store, returned(1, routes=()), returned(2, person=2, routes=()))
    with store.write() as connection:
        ways = {1: refusals.Ways(("memory",), "w1"), 2: refusals.Ways((), "")}
        assert refusals.reroute(connection, ways.get, MONDAY) == 1
    memory = Memory()
    assert postman(store, memory).deliver(MONDAY).sent == 1
    assert [case.person for case in stuck(store)] == [2]


def test_one_failure_holds_up_no_other(store):
    plan(store, returned(1), returned(2, person=2), returned(3, person=3))
    memory = Grumpy(gone(), RuntimeError("https://x/?key=s3cret"), None)
    round = postman(store, memory).deliver(MONDAY)
    assert (round.sent, round.later, round.failed) == (1, 1, 1)
    assert not any("s3cret" in (case.error or "") for case in stuck(store))


def test_a_channel_or_person_that_is_gone(store):
    plan(
        store, returned(1, routes=("wecom",)), returned(2, person=2), returned(3, person=1, routes=("wecom", "memory"))
    )
    plan(store, returned(4, person=3, routes=("wecom", "memory")))
    round = postman(store, Memory(), people={1: PEOPLE[1], 3: PEOPLE[3]}).deliver(MONDAY)
    assert (round.sent, round.later, round.failed) == (2, 2, 1)
    [case] = stuck(store)  # the person; a channel that IT took away by mistake may come back, and waits for it
    assert (case.person, case.error) == (2, deliveries.NO_ROUTE)


def test_a_broken_template_holds_back_its_own_notices_only(store, tmp_path):
    import shutil

    from automations.notify.render import messages_folder

    folder = tmp_path / "messages"
    shutil.copytree(messages_folder(), folder)
    text = folder / "claim_approved" / "text.txt"
    good = text.read_text()
    text.write_text("{{ nonsense }}")
    memory = Memory()
    man = postman(store, memory, messages=Messages(folder))
    approved = {"code": "ZC-9", "title": "灯", "amount": Decimal("8640.00"), "paper": True, "url": ""}
    plan(store, returned(1), returned(9, key="approved|9", template="claim_approved", data=approved))
    assert man.deliver(MONDAY).sent == 1
    [case] = stuck(store)
    assert case.key == "approved|9" and "claim_approved/text.txt 第 1 行" in case.error and "nonsense" in case.error
    text.write_text(good)
    assert man.deliver(at("2026-09-14 15:10")).sent == 1
    assert "8,640元" in memory.sent[-1][1].text and stuck(store) == []
    # two messages, two ids: a mail program must not take one for the other
    assert len({m.id for _, m in memory.sent}) == 2


def test_a_list_that_has_nothing_left_to_say_is_not_sent(store):
    empty = {"waiting": [], "overdue": [], "today": []}
    memory = Memory()
    plan(store, returned(1, template="daily_list", data=empty))
    assert postman(store, memory).deliver(MONDAY).sent == 0
    assert states(store) == ["settled"]


def test_what_two_workers_do_at_once_is_done_once(store):
    plan(store, *(returned(n, person=n) for n in (1, 2, 3)))
    compose = postman(store)._claim
    first = compose(MONDAY)
    assert len(first) == 3 and compose(MONDAY) == []


def test_an_outcome_that_comes_late_changes_nothing(store):
    memory = Memory()
    plan(store, returned(1))
    man = postman(store, memory)
    [delivery] = man._claim(MONDAY)
    later = MONDAY + timedelta(minutes=16)
    man.deliver(later)  # took over what the first had claimed
    with store.write() as connection:
        assert deliveries.fail(connection, delivery.id, gone(), later) == "sent"
        deliveries.settle(connection, delivery.id)
        deliveries.sent(connection, delivery.id, Receipt("x"), later)
    assert states(store) == ["settled"]


def test_data_comes_back_as_it_was():
    data = {"m": Decimal("12.50"), "d": date(2026, 9, 1), "t": MONDAY, "l": [{"a": Decimal(1)}], "s": "字", "n": None}
    assert from_text(to_text(data)) == data
    with pytest.raises(TypeError, match="通知的数据"):
        to_text({"x": object()})


# --- killed in the middle ------------------------------------------------------------------------------------------


class Killed(BaseException):
    """The process ends here: no handler of ours may catch it."""


class Fuse:
    """Ends the process at the n-th dangerous point."""

    def __init__(self, steps: int) -> None:
        self.steps = steps

    def burn(self) -> None:
        self.steps -= 1
        if self.steps == 0:
            raise Killed


def work(store, fuse, now, channels, booked_table):
    """One pass: plan, deliver, book; every commit and every send is a point to die before or after."""

    @contextmanager
    def transaction():
        with store.write() as connection:
            yield connection
            fuse.burn()  # all done, nothing committed
        fuse.burn()  # just committed

    for channel in channels:
        channel.fuse = fuse
    with transaction() as connection:
        urgent = returned(5, person=3, urgent=True, routes=("wecom", "email"))
        people = [returned(n, person=p, routes=("wecom", "email")) for n, p in ((1, 1), (2, 1), (3, 2), (4, 3))]
        deliveries.plan(connection, [*people, urgent], now, CALENDAR, slot=MONDAY)
    man = Postman(transaction, {c.name: c for c in channels}, PEOPLE.get, Messages(), CALENDAR, "w")
    man.deliver(now)
    with transaction() as connection:
        for delivery in deliveries.unsettled(connection):
            connection.execute(sql.insert(booked_table), [{"key": k, "person": delivery.person} for k in delivery.keys])
            deliveries.settle(connection, delivery.id)


class Dangerous(Memory):
    """One person is unknown to it, another gets a busy signal at first; death waits on both sides of the server."""

    def __init__(self, name, unknown=(), busy=()) -> None:
        super().__init__(name)
        self.unknown, self.busy = set(unknown), set(busy)

    def send(self, message, to):
        self.fuse.burn()
        if to.person in self.unknown:
            raise gone()
        if to.person in self.busy:
            self.busy.discard(to.person)
            raise busy()
        receipt = super().send(message, to)
        self.fuse.burn()  # the server has it, we do not know
        return receipt


@pytest.fixture
def booked(store):
    table = sql.Table("booked", sql.MetaData(), sql.Column("key", sql.Text), sql.Column("person", sql.Integer))
    with store.write() as connection:
        table.create(connection)
    return table


EVERYTHING = sorted([(f"claim_returned|c/{n}|1|", p) for n, p in ((1, 1), (2, 1), (3, 2), (4, 3), (5, 3))])


def finish(store, booked, point):
    """Kill at ``point``, then let a new worker go on until all is quiet; whether the kill took place."""
    channels = Dangerous("wecom", unknown={2}, busy={1}), Dangerous("email")
    killed = False
    try:
        work(store, Fuse(point), MONDAY, channels, booked)
    except Killed:
        killed = True
    for minutes in (16, 40):
        work(store, Fuse(0), MONDAY + timedelta(minutes=minutes), channels, booked)
    sent = [(c.name, to.person, m) for c in channels for to, m in c.sent]
    return killed, sent


def test_without_a_kill_all_arrive_once(store, booked):
    killed, sent = finish(store, booked, 10_000)
    assert not killed
    assert sorted((name, person) for name, person, _ in sent) == [
        ("email", 2),
        ("wecom", 1),
        ("wecom", 3),
        ("wecom", 3),
    ]


def _count_points() -> int:
    """How many points one undisturbed pass has, so that the test above is known to reach all of them."""
    fuse = Fuse(0)
    store = Store(open_store("sqlite:///:memory:", durable=True), "journal")
    table = sql.Table("booked", sql.MetaData(), sql.Column("key", sql.Text), sql.Column("person", sql.Integer))
    with store.write() as connection:
        deliveries.create(connection)
        table.create(connection)
    work(store, fuse, MONDAY, (Dangerous("wecom", unknown={2}, busy={1}), Dangerous("email")), table)
    store.close()
    return -fuse.steps


POINTS = _count_points()


@pytest.mark.parametrize("point", range(1, 31))
def test_killed_anywhere_nothing_is_lost(store, booked, point):
    killed, sent = finish(store, booked, point)
    assert killed == (point <= POINTS)
    text = {person: "".join(m.text for _, p, m in sent if p == person) for person in PEOPLE}
    assert all(f"ZC-{n}" in text[p] for n, p in ((1, 1), (2, 1), (3, 2), (4, 3), (5, 3)))
    # a double is always the same message under the same id, and there is at most one: that of the send at the kill
    ids = [m.id for _, _, m in sent]
    assert len(set(ids)) == 4 and len(ids) <= 5
    assert len({(m.id, m.text) for _, _, m in sent}) == 4
    with store.read() as connection:
        assert sorted(tuple(r) for r in connection.execute(sql.select(booked))) == EVERYTHING
        assert set(overview.counts(connection)) <= {"settled", "merged", "failed"}
        assert overview.stuck(connection) == []


def test_every_point_was_tried():
    assert 20 <= POINTS <= 30
