"""WeCom's limits, counted in the store: a restart or a second worker does not exceed them, and nothing is a failure."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from automations.notify import Address, WeComApp, WeComRobot
from automations.notify.deliveries import CLAIM
from tests.notify.posting import MONDAY, Posting, notice, posting
from tests.postgres import store_url as store_url
from tests.wecom_double import AGENT, CORP, ROBOT, SECRET, WeComDouble

CROWD = [Address(n, f"第{n}人") for n in range(1, 51)]
LONG = "\n".join(f"{line}：" + "缺验收人签名" * 50 for line in range(9))
"""Nine lines of 900 bytes and more: two fit into a posting."""


@pytest.fixture
def wecom() -> Iterator[WeComDouble]:
    double = WeComDouble()
    yield double
    double.close()


def group(double: WeComDouble, url: str = "sqlite:///:memory:") -> Posting:
    """Fifty people whom only the robot reaches; the server's clock is that of the passes."""
    desk = posting({"robot": WeComRobot(double.url, ROBOT)}, *CROWD, url=url)
    double.clock = lambda: desk.now.timestamp()
    return desk


def test_twenty_a_minute_over_restarts(wecom: WeComDouble) -> None:
    desk = group(wecom)
    desk.plan(*(notice(n, n, ("robot",)) for n in range(1, 51)))
    counts = []
    for n in range(30):  # every five seconds another worker that knows of none before
        desk.channels = {"robot": WeComRobot(wecom.url, ROBOT)}
        desk.deliver(5, worker=f"w{n}")
        counts.append(len(wecom.inbox))
    assert counts[0] == 20 and counts[12] == 20 and counts[14] == 40 and counts[-1] == 50
    assert len(wecom.calls) == 50  # WeCom never had to say 45009
    assert {(r.state, r.tries, r.error) for r in desk.rows()} == {("sent", 0, None)}
    told = "".join(body["text"]["content"] for _, body in wecom.inbox)
    assert all(told.count(f"ZC-{n:04}") == 1 for n in range(1, 51))


def test_what_waits_is_no_failure_and_status_says_so(wecom: WeComDouble) -> None:
    desk = group(wecom)
    desk.plan(*(notice(n, n, ("robot",)) for n in range(1, 31)))
    round = desk.deliver()
    assert (round.sent, round.later, round.failed) == (20, 10, 0)
    assert desk.status() == "10条在排队，等渠道的发送频率限额（最早09-14 09:06再发）。"
    assert desk.deliver(69).sent == 0 and desk.deliver(1).sent == 10


def test_what_is_urgent_has_the_next_room(wecom: WeComDouble) -> None:
    desk = group(wecom)
    desk.now = MONDAY.replace(hour=8, minute=39)
    desk.plan(*(replace(notice(n, n, ("robot",)), urgent=False) for n in range(1, 31)))
    assert desk.deliver(60).sent == 20
    desk.plan(notice(40, 40, ("robot",)))
    desk.deliver(5)
    assert len(wecom.inbox) == 20  # no room yet, for nobody
    desk.deliver(65)
    assert "ZC-0040" in wecom.inbox[20][1]["text"]["content"] and len(wecom.inbox) == 31


def test_two_workers_at_the_same_time_share_one_count(wecom: WeComDouble, store_url: str) -> None:
    first, second = group(wecom, store_url), group(wecom, store_url)
    first.plan(*(notice(n, n, ("robot",)) for n in range(1, 51)))
    workers = [threading.Thread(target=desk.deliver) for desk in (first, second)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert len(wecom.inbox) == 20 and len(wecom.calls) == 20
    first.store.close()
    second.store.close()


def test_each_part_counts_and_a_long_message_goes_on_where_it_stopped(wecom: WeComDouble, store_url: str) -> None:
    desk = group(wecom, store_url)
    desk.plan(*(notice(n, n, ("robot",)) for n in range(1, 19)), notice(19, 19, ("robot",), reason=LONG))
    desk.deliver()
    assert len(wecom.inbox) == 20 and desk.rows()[-1].state == "retry"
    assert desk.deliver(70, worker="another").sent == 1
    parts = [body["text"]["content"] for _, body in wecom.inbox[18:]]
    assert len(parts) == len(set(parts)) == 5 and wecom.calls.count("/cgi-bin/webhook/send") == 23
    assert [parts[0].count(f"{n}：缺") for n in range(9)] == [1, 1, 0, 0, 0, 0, 0, 0, 0]
    desk.store.close()


class Killed(BaseException):
    """The process ends here."""


class Mortal(WeComRobot):
    """Dies after its third posting was answered, before anybody could write that down."""

    posted = 0

    def hand_over(self, part, to):  # type: ignore[no-untyped-def]
        answer = super().hand_over(part, to)
        self.posted += 1
        if self.posted == 3:
            raise Killed
        return answer


def test_killed_in_a_long_message_only_the_part_in_flight_comes_twice(wecom: WeComDouble) -> None:
    desk = group(wecom)
    desk.plan(notice(1, 1, ("robot",), reason=LONG))
    desk.channels = {"robot": Mortal(wecom.url, ROBOT)}
    with pytest.raises(Killed):
        desk.deliver()
    desk.channels = {"robot": WeComRobot(wecom.url, ROBOT)}
    assert desk.deliver(CLAIM / timedelta(seconds=1)).sent == 1
    parts = [body["text"]["content"] for _, body in wecom.inbox]
    unique = list(dict.fromkeys(parts))
    assert [unique.index(part) for part in parts] == [0, 1, 2, 2, 3, 4]


def test_a_member_is_spared_what_wecom_would_silently_drop(wecom: WeComDouble) -> None:
    """Forty grave alarms in one pass: WeCom says 0 to all of them and shows thirty."""
    desk = posting(
        {"wecom": WeComApp(wecom.url, CORP, AGENT, SECRET)},
        Address(1, "赵校长", "", "zhang"),
        Address(2, "王", "", "wang"),
    )
    wecom.clock = lambda: desk.now.timestamp()
    desk.plan(*(notice(n, 1, ("wecom",)) for n in range(40)), notice(99, 2, ("wecom",)))
    assert desk.deliver().sent == 31  # the other member has room of his own
    for _ in range(15):
        desk.deliver(5)
    assert wecom.dropped == [] and len(wecom.inbox) == 41
    assert {(r.state, r.tries) for r in desk.rows()} == {("sent", 0)}


def test_a_round_that_takes_minutes_counts_the_real_ones(wecom: WeComDouble) -> None:
    """Each posting takes four seconds: the nineteenth is long past when the first leaves the window."""
    desk = group(wecom)
    ticks = iter(range(0, 10_000, 4))
    wecom.clock = lambda: 0.0
    wecom.robot_limit = 1000
    desk.plan(*(notice(n, n, ("robot",)) for n in range(1, 41)))
    assert desk.deliver(clock=lambda: float(next(ticks))).sent == 40
