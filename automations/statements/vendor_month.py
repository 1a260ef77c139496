"""服务商月度考核表: what was looked at under one contract in one month, the score, and what it costs."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from automations.measures import Measure, Period, Records, codes, supervision, vendors
from automations.measures.vendors import Month, Scored
from automations.reports.document import Column, Table
from automations.rows import RowView
from automations.statements import statement


@statement("vendor_month")
def vendor_month(records: Records, period: Period, row: RowView) -> Mapping[str, Any]:
    """Of one contract, in the last month of ``period``; the table below goes back to January."""
    month = Month.of(period.last)
    found = vendors.of_month(records, row, month)
    issues = [i for i in records.within("issues", "created_at", period, vendor=row.vendor) if i.status != "不予受理"]
    months = [one for one in Period.year(month.year).months if one.first <= period.last]
    year = [vendors.of_month(records, row, Month.of(one.first)) for one in months if vendors.serves(row, one)]
    key = records.unverified(records.today, vendors.SCALE)
    off = Measure(found.off, codes(found.checks), 2, "元", key)
    return {
        "contract": row,
        "company": found.company,
        "month": str(month),
        "supervisor": records.directory.name(row.supervisor) if row.supervisor is not None else "",
        "department": records.name("departments", row.supervise_dept),
        "bound": found.bound,
        "serving": vendors.serves(row, Period.month(*month)),
        "score": Measure(found.score, codes(found.checks), 1, "分"),
        "fee": Measure(found.fee, codes([row]), 2, "元"),
        "off": off,
        "due": Measure(None if found.off is None else found.fee - found.off, codes([row]), 2, "元", key),
        "off_year": _sum(year, key),
        "states": [c.status for c in found.checks],
        "issues_n": Measure(Decimal(len(issues)), codes(issues), 0, "件"),
        "complaints_n": Measure(*_complaints(issues), 0, "件"),
        "sla": [line.strip() for line in str(row.sla or "").splitlines() if line.strip()],
        "checks": _checks(records, found),
        "year": _year(year),
    }


def _complaints(issues: list[RowView]) -> tuple[Decimal, tuple[str, ...]]:
    found = [issue for issue in issues if issue.kind == "投诉"]
    return Decimal(len(found)), codes(found)


def _sum(year: list[Scored], key: tuple[str, ...]) -> Measure:
    known = [one for one in year if one.off is not None]
    value = sum((one.off for one in known if one.off is not None), Decimal(0)) if known else None
    return Measure(value, codes(check for one in known for check in one.checks), 2, "元", key)


def _checks(records: Records, found: Scored) -> Table:
    return Table(
        f"{found.month}考核记录",
        (
            Column("编号", width=1.5),
            Column("日期", "date", 1.2),
            Column("督查人", width=1.6),
            Column("检查情况", width=3.4),
            Column("得分", "number", places=1),
            Column("问题（个）", "number"),
            Column("状态", width=1.1),
        ),
        tuple(
            (
                check.code,
                check.date,
                "、".join(records.directory.name(person) for person in check.inspectors or ()),
                supervision.first_words(check.checklist, 60),
                check.score,
                check.findings_n,
                check.status,
            )
            for check in found.checks
        ),
    )


def _year(year: list[Scored]) -> Table:
    return Table(
        "本年各月考核",
        (
            Column("月份", width=1.4),
            Column("考核分", "number", places=1),
            Column("当月服务费（元）", "money", 1.4),
            Column("扣减（元）", "money", 1.3),
        ),
        tuple((str(one.month), one.score, one.fee, one.off) for one in year),
        "同一月份考核几次的取平均分；有异议的考核在答复前不计。",
    )
