"""收支两条线: what came in, what went to the treasury, what went late (domain.md F2 三（一）, C4).

Sums are in 元. A row of 收入缴库 counts by 收款日, by 缴库日 or by 应缴日, as each figure says.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from automations.measures.base import Measure, codes, count, percent, total
from automations.measures.period import Period
from automations.measures.records import Records
from automations.rows import Rows, RowView

RECEIVED, WAIVED, REFUNDED = ("已收", "已缴库", "已核对", "退款签批中", "退款"), "减免", "退款"
OWED = ("已收", "已缴库", "已核对")
"""States in which what was received must be remitted."""

YUAN, PERCENT = "元", "%"


def received_rows(records: Records, period: Period) -> Rows:
    """收入 by 收款日; a refund later on does not undo that it was received."""
    return records.within("income", "received_on", period, status=RECEIVED)


def remitted_rows(records: Records, period: Period) -> Rows:
    """收入 by 缴库日."""
    return records.within("income", "remitted_on", period, status=RECEIVED)


def income_received(records: Records, period: Period) -> Measure:
    """元 of 实收金额 by 收款日 (C4)."""
    if not records.reaches("income", "received_on", period):
        return Measure(None, (), 2, YUAN)
    return total(received_rows(records, period), "received", YUAN, 2)


def income_remitted(records: Records, period: Period) -> Measure:
    """元 of 已缴金额 by 缴库日: what reached its account in the period, whenever it was received (C4)."""
    if not records.reaches("income", "received_on", period):
        return Measure(None, (), 2, YUAN)
    return total(remitted_rows(records, period), "remitted", YUAN, 2)


def income_open(records: Records, period: Period) -> Measure:
    """元 of 差额 that is still not remitted, of income received up to the period's last day, as the rows stand."""
    rows = [
        row
        for row in records["income"].where(status=OWED)
        if row.received_on is not None and row.received_on <= period.last and (row.gap or 0) > 0
    ]
    return total(rows, "gap", YUAN, 2)


def due_rows(records: Records, period: Period) -> Rows:
    """收入 whose 应缴日 lies in the period and has passed; 减免 and 退款 owe nothing."""
    rows = records.within("income", "due_on", period, status=OWED)
    return Rows("income", (row for row in rows if row.due_on < records.today))


def due_sum(records: Records, period: Period) -> Measure:
    """应缴, 元: 实收金额 of income whose 应缴日 lies in the period and has passed."""
    if not records.reaches("income", "received_on", period):
        return Measure(None, (), 2, YUAN)
    return total(due_rows(records, period), "received", YUAN, 2)


def remitted_on_time(records: Records, period: Period) -> Measure:
    """缴库及时率 in %: rows due in the period with 迟缴工作日 0, of all due (IN-02)."""
    due = due_rows(records, period)
    good = [row for row in due if row.late_wd is not None and row.late_wd == 0]
    unverified = records.unverified(period.last, "income.due_days")
    return Measure(percent(len(good), len(due)), codes(due), 1, PERCENT, unverified)


@dataclass(frozen=True, slots=True)
class LateIncome:
    """One income remitted late, or late by now.

    Attributes:
        days: 迟缴工作日, as Houqin counts them.
        settled: All of it has been remitted since.
    """

    code: str
    kind: str
    route: str
    amount: Decimal
    received_on: date
    due_on: date
    remitted_on: date | None
    days: int
    settled: bool

    @property
    def state(self) -> str:
        """已补缴 or 尚未缴清."""
        return "已补缴" if self.settled else "尚未缴清"


def late(records: Records, period: Period) -> list[LateIncome]:
    """Income due in the period with 迟缴工作日 above 0, the longest first (IN-02)."""
    found = [
        LateIncome(
            str(row.code),
            row.kind or "",
            row.route or "",
            row.received or Decimal(0),
            row.received_on,
            row.due_on,
            row.remitted_on,
            int(row.late_wd),
            row.remitted_on is not None and (row.gap or 0) <= 0,
        )
        for row in due_rows(records, period)
        if row.late_wd
    ]
    return sorted(found, key=lambda one: (-one.days, one.code))


def late_count(records: Records, period: Period) -> Measure:
    """How many of them."""
    return count((row for row in due_rows(records, period) if row.late_wd), "笔")


def waived(records: Records, period: Period) -> Measure:
    """元 of 应收金额 of 减免; the table has no day for it, so by the day the row was created."""
    return total(records.within("income", "created_at", period, status=WAIVED), "amount", YUAN, 2)


def refunded(records: Records, period: Period) -> Measure:
    """元 of 实收金额 given back (退款), by 收款日: shown beside the income, never taken off it."""
    return total(records.within("income", "received_on", period, status=REFUNDED), "received", YUAN, 2)


@dataclass(frozen=True, slots=True)
class Flow:
    """Income of one 收入种类 on one way (应缴去向)."""

    kind: str
    route: str
    received: Measure
    remitted: Measure
    late: Measure


def flows(records: Records, period: Period) -> list[Flow]:
    """收入 by 收入种类 and 应缴去向; received by 收款日, remitted by 缴库日, late by 应缴日."""
    came, gone = received_rows(records, period), remitted_rows(records, period)
    due = [row for row in due_rows(records, period) if row.late_wd]
    keys = sorted({(row.kind or "", row.route or "") for row in (*came, *gone, *due)})

    def own(rows: Iterable[RowView], key: tuple[str, str]) -> list[RowView]:
        return [row for row in rows if (row.kind or "", row.route or "") == key]

    return [
        Flow(
            *key,
            total(own(came, key), "received", YUAN, 2),
            total(own(gone, key), "remitted", YUAN, 2),
            count(own(due, key), "笔"),
        )
        for key in keys
    ]
