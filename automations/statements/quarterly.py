"""季度一页, to 校委会: who signs for himself or another, how fast, 三公, contracts that end (domain.md F3, C2, C7)."""

from collections.abc import Mapping
from typing import Any

from automations import habits
from automations.measures import Measure, Period, Records, contracts, count, money, signing
from automations.measures.signing import DECIDED
from automations.reports.document import Column, Table
from automations.rows import RowView
from automations.statements import statement

FEW, CONTRACTS = 3, 5
"""So many items and lines are shown at most: the whole fits on one page."""

APPROVED = ("已批准", "已支付", "已归档")


@statement("quarterly")
def quarterly(records: Records, period: Period) -> Mapping[str, Any]:
    """The five things that 校委会 is told every quarter."""
    own, ending = signing.leaders_own(records, period), contracts.expiring(records)
    delegated = signing.delegated_rows(records, period)
    return {
        "own": own[:FEW],
        "own_n": len(own),
        "own_sum": signing.leaders_own_sum(records, period),
        "delegated": count(delegated, "笔"),
        "delegated_sum": signing.delegated_sum(records, period),
        "principals": principals(records, delegated)[:FEW],
        "principals_n": len(principals(records, delegated)),
        "unread": unread(records),
        "steps": signing.steps(records, period),
        "bursts": bursts(records, period)[:FEW],
        "fast": in_no_time(records, period)[:FEW],
        "used": money.three_public(records, period).used,
        "used_share": money.three_public(records, period).rate,
        "time_share": money.time_share(period),
        "receptions": money.receptions(records, period),
        "guests": money.reception_persons(records, period),
        "three": [(part.category, part.used, part.rate) for part in money.three_public_parts(records, period)],
        "ending_n": len(ending),
        "shown_n": len(ending[:CONTRACTS]),
        "ending_table": ending_table(ending[:CONTRACTS]),
    }


def principals(records: Records, delegated: list[RowView]) -> list[tuple[str, str, Measure, Measure]]:
    """(for whom, who signed, 笔, 元) of 代签, by 签批金额."""
    pairs = sorted({(row.on_behalf_of, row.assignee) for row in delegated})
    found = []
    for whom, who in pairs:
        rows = [row for row in delegated if (row.on_behalf_of, row.assignee) == (whom, who)]
        names = records.directory.name(whom), records.directory.name(who)
        found.append((*names, count(rows, "笔"), signing.shown_sum(rows)))
    return found


def unread(records: Records) -> Measure:
    """Lists of 代签 that the leader has not ticked 已知悉, as the rows stand."""
    return count(records["sign_steps"].where(level="知悉", decision="待签"), "份")


def bursts(records: Records, period: Period) -> list[str]:
    """快速批量签批 of every signer in the period, each in his fastest minutes (C7)."""
    rows = records.within("sign_steps", "signed_at", period, valid="有效", decision=DECIDED)
    found = habits.many_at_once(rows, records.directory, records.norms, period.last)
    return [line.partition("：")[2] for line in found]


def in_no_time(records: Records, period: Period) -> list[str]:
    """Large claims approved within minutes of their submission (C7)."""
    rows = records.within("expense_claims", "approved_at", period, status=APPROVED)
    return list(habits.in_no_time(rows, records["sign_steps"], records.norms, period.last))


def ending_table(ending: list[contracts.Expiring]) -> Table:
    """Contracts that end soon or have ended."""
    return Table(
        "到期合同",
        (
            Column("合同", width=1.9),
            Column("对方", width=1.8),
            Column("金额（元）", "money", 1.3),
            Column("到期日", "date", 1.4),
            Column("最迟启动采购", "date", 1.4),
            Column("情况", width=1.4),
        ),
        tuple((one.name, one.vendor, one.amount, one.ends_on, one.start_by, one.state) for one in ending),
    )
