"""设施检查: done in time, hazards followed up, nothing written down that nobody looked at (B4.16, CK-01..04)."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any

from automations.approvals.words import clock
from automations.books import Facts
from automations.rows import RowView
from automations.rules.base import ALWAYS, STAGE, rule
from automations.rules.checks_facts import DONE, HAZARD, NOT_WITHOUT, OVERDUE, STOPPED, TABLE, CheckFacts
from automations.rules.claims import empty, missing_cells, quoted
from automations.workdays import local_date

MUST_STOP = "{thing}检验已于{due}到期，依法不得继续使用，请立即停用并申请检验。"
LAW = "特种设备安全法第四十条"
DUE = ("check.statutory_marks", "check.soon_days")

Figures = Iterator[dict[str, Any]]


@rule("必填", TABLE, "B4.16", "请填写：{fields}。", "提示", at=ALWAYS)
def check_is_complete(check: CheckFacts) -> Figures:
    """Everything marked ● is filled; a check that was done says by whom and what came out of it."""
    more: list[str] = []
    if not empty(check.done_on) or not empty(check.result):
        more += ["done_on", "done_by", "result"]
    if check.done and check.check_kind == "法定检验":
        more.append("report")
    if check.done and check.statutory and check.result != STOPPED:
        more.append("valid_to")
    missing = missing_cells(check, *more)
    if empty(check.asset) and empty(check.location) and empty(check.training_class):
        missing.insert(0, "设备或地点")
    if missing:
        yield {"fields": quoted(missing)}


@rule("日期", TABLE, "B4.16", "“完成日”{day}在今天之后，请核对。", at=ALWAYS)
def done_by_now(check: CheckFacts) -> Figures:
    """Nothing is done that lies ahead."""
    if check.done_on is not None and not check.reached(check.done_on):
        yield {"day": check.done_on}


@rule(
    "CK-01",
    TABLE,
    "B4.16；N20",
    "{thing}{kind}应于{due}完成，现已超期，请尽快检查并填写“完成日”和“结果”。",
    "提示",
    at=ALWAYS,
    settings=DUE,
)
def checked_in_time(check: CheckFacts) -> Figures:
    """What is due was done."""
    if check.state == OVERDUE:
        kind = "" if check.thing == check.check_kind else check.check_kind
        yield {"thing": check.thing, "kind": kind, "due": check.due_on}


@rule("CK-02", TABLE, LAW, MUST_STOP, "预警", gravity="严重", at=ALWAYS, settings=DUE)
def inspected_by_law(check: CheckFacts) -> Figures:
    """Nothing is used whose inspection has run out, unless another one of the same kind counts longer."""
    if check.check_kind not in NOT_WITHOUT or check.state != OVERDUE:
        return
    counting = [c.valid_to for c in check.same_line() if c.valid_to is not None and c.result != STOPPED]
    if max(counting, default=check.due_on) <= check.due_on:
        yield {"thing": check.thing, "due": check.due_on}


@rule("CK-03", TABLE, "B4.16", "结果为“隐患”但没有整改工单。", at=ALWAYS)
def hazards_are_followed_up(check: CheckFacts) -> Figures:
    """Each hazard has its issue; Houqin adds one when the result is entered, so nothing is said on that day."""
    missing = check.state == DONE and check.result == HAZARD and check.issue is None
    if missing and check.reached(check.done_on + timedelta(days=1)):
        yield {}


# Rows entered by the dozen --------------------------------------------------------------------------------------------


@rule(
    "CK-04",
    "people",
    "B4.16",
    "{name}在{minutes}分钟内补录了{n}条检查记录，请核实是否真实检查。",
    "预警",
    gravity="一般",
    at=ALWAYS,
    settings=("check.backfill_count", "check.backfill_minutes"),
)
def checks_are_made_not_typed(person: Facts) -> Figures:
    """Nobody checks dozens of things in a few minutes; told once for each burst, when it is over."""
    checks = [c for c in person.books.where(TABLE, "done_by", person.id) if c.done_on is not None]
    most = person.norm.whole("check.backfill_count")
    within = timedelta(minutes=person.norm.whole("check.backfill_minutes"))
    for burst in bursts([c for c in checks if typed_by_somebody(person, c)], most, within):
        first, last = burst[0].created_at, burst[-1].created_at
        if local_date(last) < person.on or person.now >= last + within:
            minutes = max(-(-(last - first) // timedelta(minutes=1)), 1)
            yield {"name": person.name, "minutes": minutes, "n": len(burst), STAGE: clock(first)}


def typed_by_somebody(person: Facts, check: RowView) -> bool:
    """Not planned by Houqin itself, nor loaded with the first stock."""
    return check.created_at is not None and person.directory.by_account(check.created_by) is not None


def bursts(checks: Sequence[RowView], most: int, within: timedelta) -> Iterator[list[RowView]]:
    """Runs of rows of which each ``most`` in a row were entered within that time."""
    rows = sorted(checks, key=lambda c: c.created_at)
    start = 0
    while start + most <= len(rows):
        end = start
        while end + most <= len(rows) and rows[end + most - 1].created_at - rows[end].created_at <= within:
            end += 1
        if end == start:
            start += 1
            continue
        yield rows[start : end + most - 1]
        start = end + most - 1
