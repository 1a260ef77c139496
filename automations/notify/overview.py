"""What did not get through, is tried again, or went another way: the lines of ``houqin status``."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sql
from sqlalchemy import Connection

from automations.notify.deliveries import PATIENCE, UNCONFIRMED
from automations.notify.deliveries_table import deliveries, stamp
from automations.workdays import SCHOOL_TIME

WORDS = {"wecom": "企业微信", "robot": "企业微信群机器人", "email": "邮件", "apprise": "其他渠道"}
"""Channels as the office knows them."""
RECENT = timedelta(days=7)
MENDS = "人员表里的邮箱或企业微信账号更正后自动补发。"
_c = deliveries.c
_FINAL = sql.and_(_c.state == "failed", _c.into.is_(None))


@dataclass(frozen=True, slots=True)
class Stuck:
    """A notice that did not get through.

    Attributes:
        error: Why the last channel did not take it, and the next step.
        before: The same of the channels tried before, oldest first, each with its channel's name.
        final: Nothing more will be tried by itself.
    """

    id: int
    key: str
    person: int
    channel: str
    error: str
    tries: int
    final: bool
    before: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Diverted:
    """A person whose preferred channel refused for good, so that the next one has to do."""

    person: int
    channel: str
    error: str
    instead: str


def stuck(connection: Connection) -> list[Stuck]:
    """What was refused for good, and what has failed so often that somebody should look; oldest first."""
    rows = connection.execute(
        sql.select(deliveries)
        .where(
            sql.or_(
                _FINAL,
                sql.and_(_c.state == "retry", sql.or_(_c.tries >= PATIENCE, _c.message.is_(None))),
            )
        )
        .order_by(_c.id)
    ).all()
    earlier: dict[int, list[tuple[int, str]]] = {}
    for id, into, channel, error in connection.execute(
        sql.select(_c.id, _c.into, _c.channel, _c.error).where(_c.state == "failed", _c.into.is_not(None))
    ):
        earlier.setdefault(into, []).append((id, f"{WORDS.get(channel, channel)}：{error}"))
    return [
        Stuck(r.id, r.key, r.person, r.channel, r.error or "", r.tries, r.state == "failed", _before(r.id, earlier))
        for r in rows
    ]


def _before(id: int, earlier: dict[int, list[tuple[int, str]]]) -> tuple[str, ...]:
    """What was said on the way to this row, oldest first."""
    return tuple(line for at, said in earlier.get(id, ()) for line in (*_before(at, earlier), said))


def counts(connection: Connection) -> dict[str, int]:
    """How many rows are in each state."""
    rows = connection.execute(sql.select(_c.state, sql.func.count()).group_by(_c.state))
    return {state: number for state, number in rows}


def trying(connection: Connection) -> list[tuple[str, int, datetime]]:
    """What failed for the moment: each reason, how many messages, and when the first of them is tried again."""
    return [
        (error, number, datetime.fromisoformat(first))
        for error, number, first in connection.execute(
            sql.select(_c.error, sql.func.count(), sql.func.min(_c.next_try))
            .where(_c.state == "retry", _c.error.is_not(None), _c.tries < PATIENCE, _c.message.is_not(None))
            .group_by(_c.error)
            .order_by(sql.func.min(_c.id))
        )
    ]


def waiting(connection: Connection) -> tuple[int, datetime | None]:
    """How many messages wait for room on their channel, and until when the first does."""
    number, first = connection.execute(
        sql.select(sql.func.count(), sql.func.min(_c.next_try)).where(_c.state == "retry", _c.error.is_(None))
    ).one()
    return number, datetime.fromisoformat(first) if first else None


def diverted(connection: Connection, now: datetime) -> list[Diverted]:
    """Whom a channel refused for good lately while another took it, unless that channel has worked for him since."""
    other = deliveries.alias()
    since = stamp(now - RECENT)
    refused = connection.execute(
        sql.select(_c.id, _c.person, _c.channel, _c.error, other.c.channel.label("instead"))
        .join_from(deliveries, other, other.c.id == _c.into)
        .where(_c.state == "failed", other.c.state.in_(("sent", "settled")), other.c.sent_at >= since)
        .order_by(_c.id)
    ).all()
    last = {(r.person, r.channel): r for r in refused}
    works = sql.select(_c.person, _c.channel, sql.func.max(_c.id)).where(_c.state.in_(("sent", "settled")))
    for person, channel, id in connection.execute(works.where(_c.sent_at >= since).group_by(_c.person, _c.channel)):
        if (person, channel) in last and last[person, channel].id < id:
            del last[person, channel]
    return [Diverted(r.person, r.channel, r.error or "", r.instead) for r in last.values()]


def unconfirmed(connection: Connection, now: datetime) -> int:
    """How many messages were lately handed over to a channel that cannot say whether they arrived."""
    return connection.execute(
        sql.select(sql.func.count()).where(
            _c.state.in_(("sent", "settled")),
            _c.sent_at >= stamp(now - RECENT),
            _c.receipt.like(f"%\n{UNCONFIRMED}%"),
        )
    ).scalar_one()


def lines(connection: Connection, name: Callable[[int], str], now: datetime) -> tuple[list[str], bool]:
    """What ``status`` says, and whether everything got through or is still on its way.

    Args:
        connection: To read with.
        name: A person's name by row id in ``people``.
        now: Aware.
    """
    told: list[str] = []
    held = stuck(connection)
    if held:
        told.append(f"有{len(held)}条通知没有送到：")
        told += [f"  {line}" for line in _grouped(held, name)]
    for error, times, first in trying(connection):
        told.append(f"正在重试{times}条（最早{_clock(first)}再发）：{error}")
    number, room = waiting(connection)
    if room is not None:
        told.append(f"{number}条在排队，等渠道的发送频率限额（最早{_clock(room)}再发）。")
    for case in diverted(connection, now):
        how = WORDS.get(case.instead, case.instead)
        told.append(f"{name(case.person)}的{WORDS.get(case.channel, case.channel)}收不到，已改走{how}：{case.error}")
    if number := unconfirmed(connection, now):
        told.append(f"近{RECENT.days}天有{number}条{UNCONFIRMED}（经 HOUQIN_APPRISE_URLS，对方不回报是否送达）。")
    return told or ["通知全部送达或排队中。"], not held


def reason(case: Stuck) -> str:
    """What each channel said, in the order tried."""
    last = f"{WORDS[case.channel]}：{case.error}" if case.channel in WORDS else case.error
    return "".join([*case.before, last])


def _grouped(held: Sequence[Stuck], name: Callable[[int], str]) -> Iterable[str]:
    """One line for each person and reason: name, reason, next step."""
    groups: dict[tuple[int, str], list[Stuck]] = {}
    for case in held:
        groups.setdefault((case.person, reason(case)), []).append(case)
    for (person, said), cases in groups.items():
        times = f"（{len(cases)}条）" if len(cases) > 1 else ""
        goes_on = "" if all(c.final for c in cases) else f"已试{max(c.tries for c in cases)}次，仍在重试。"
        mends = MENDS if all(c.final for c in cases) else ""
        yield f"{name(person)}{times}：{said}{goes_on}{mends}"


def _clock(moment: datetime) -> str:
    return f"{moment.astimezone(SCHOOL_TIME):%m-%d %H:%M}"
