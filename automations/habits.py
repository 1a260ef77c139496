"""Habits of signing that are worth a talk (domain.md C7): odd hours, many at once, in no time, always one company.

Each function yields Chinese sentences; ``norms`` are read for ``day``.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from automations.approvals.words import money
from automations.measures.money import payable
from automations.norms import Norms
from automations.people import Directory
from automations.rows import Rows, RowView
from automations.workdays import SCHOOL_TIME, when

APPROVED = ("已批准", "已支付", "已归档")
BY_CONTRACT = "合同付款"
A_YEAR = timedelta(days=365)
FEWEST = 3
"""Purchases of one handler from one company: fewer show no habit, and a company hired once always has one handler."""


def at_odd_hours(signed: Sequence[RowView], directory: Directory, norms: Norms, day: date) -> Iterator[str]:
    """Steps decided before or after the hours of 参数标准."""
    start, end = norms.clock("selfcheck.from", day), norms.clock("selfcheck.to", day)
    odd = [s for s in signed if not start <= clock(s.signed_at) <= end]
    for name, own in by_signer(odd, directory):
        shown = "、".join(f"{s.biz_code}（{when(s.signed_at)}）" for s in own[:3])
        yield f"{name}在{start:%H:%M}至{end:%H:%M}以外签批{len(own)}笔：{shown}{'等' if len(own) > 3 else ''}。"


def many_at_once(signed: Sequence[RowView], directory: Directory, norms: Norms, day: date) -> Iterator[str]:
    """More approvals of one signer within minutes than anybody can read (快速批量签批)."""
    most, minutes = norms.whole("selfcheck.burst", day), norms.whole("selfcheck.burst_minutes", day)
    for name, own in by_signer([s for s in signed if s.decision == "同意"], directory):
        moments = [s.signed_at for s in own]
        first = max(moments, key=lambda at: within(moments, at, minutes))
        if (count := within(moments, first, minutes)) > most:
            yield f"快速批量签批：{name}自{when(first)}起{minutes}分钟内同意{count}笔。"


def within(moments: Sequence[datetime], first: datetime, minutes: int) -> int:
    """How many of them lie in the minutes from ``first`` on."""
    return sum(first <= at <= first + timedelta(minutes=minutes) for at in moments)


def in_no_time(approved: Sequence[RowView], steps: Rows, norms: Norms, day: date) -> Iterator[str]:
    """Large claims whose whole chain signed within minutes of the submission."""
    least, minutes = norms.money("selfcheck.fast_from", day), norms.whole("selfcheck.fast_minutes", day)
    rounds = defaultdict[Any, list[Any]](list)
    for step in steps:
        rounds[step.biz_code].append(step)
    for claim in approved:
        chain = rounds.get(claim.code, [])
        last = max((s.round for s in chain if s.round is not None), default=None)
        opened = min((s.created_at for s in chain if s.round == last and s.created_at), default=None)
        if opened is None or payable(claim) < least:
            continue
        took = claim.approved_at - opened
        if took < timedelta(minutes=minutes):
            taken = int(took.total_seconds() // 60)
            yield f"{claim.code}“{claim.title}”{money(payable(claim))}元，从提交到批准共{taken}分钟。"


def one_handler_one_company(
    approved: Sequence[RowView], claims: Rows, vendors: Rows, directory: Directory, norms: Norms, day: date
) -> Iterator[str]:
    """A handler with most of a company's purchases of twelve months, where he had another one now."""
    share = norms.number("selfcheck.pair_share", day)
    names = {vendor.id: vendor.name for vendor in vendors}
    bought = defaultdict[Any, list[Any]](list)
    for claim in claims.where(status=APPROVED):
        # A contract payment goes to its company by contract, and to its own supervisor.
        if claim.vendor in names and claim.kind != BY_CONTRACT and claim.biz_date and claim.biz_date > day - A_YEAR:
            bought[claim.vendor].append(claim)
    for handler, vendor in sorted({(c.handler, c.vendor) for c in approved if c.handler and c.vendor in bought}):
        own = [payable(c) for c in bought[vendor] if c.handler == handler]
        mine, total = (sum(amounts, Decimal(0)) for amounts in (own, map(payable, bought[vendor])))
        if len(own) >= FEWEST and mine * 100 > total * share:
            who, part = directory.name(handler), mine / total * 100
            what = f"“{names[vendor]}”{len(own)}笔、{money(mine)}元"
            yield f"{who}近12个月经办{what}，占该服务商报销额的{part:.0f}%。"


def by_signer(steps: Iterable[RowView], directory: Directory) -> list[tuple[str, list[Any]]]:
    """(name, steps in their order) of whoever really signed."""
    own = defaultdict[Any, list[Any]](list)
    for step in sorted(steps, key=lambda s: s.signed_at):
        signer = directory.by_account(step.signer_account)
        own[signer.name if signer else directory.name(step.assignee)].append(step)
    return sorted(own.items())


def clock(moment: datetime) -> time:
    """The time of day at the school, to the minute."""
    return moment.astimezone(SCHOOL_TIME).time().replace(second=0, microsecond=0)
