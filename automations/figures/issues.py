"""问题工单: limits, how late it is and who is told; what nobody needs to type (domain.md B3.13)."""

from datetime import datetime
from decimal import Decimal

from automations.figures.base import Computed, computes
from automations.rules.claims import empty
from automations.rules.issues_facts import CHECKING, DECLINED, DONE, FAIL, NEW, SENT, WORKING, IssueFacts
from automations.tables.values import Value


@computes(
    "issues",
    *("due_at", "respond_by", "overdue_wd", "escalation"),
    *("source", "responded_at", "fixed_at", "verify_by", "verify_result"),
)
def issues(issue: IssueFacts) -> Computed:
    """办结时限, 响应时限, 超期工作日, 升级级别; times, source and 复核人 where people left them empty."""
    cells: dict[str, Value] = {
        "due_at": issue.due_limit,
        "respond_by": issue.respond_limit,
        "overdue_wd": None if issue.late_wd is None else Decimal(issue.late_wd),
        "escalation": None if issue.escalated is None else Decimal(issue.escalated.level),
    }
    if issue.status in (DONE, DECLINED):
        return Computed(cells)
    returned = issue.status == WORKING and not empty(issue.verify_result)
    if returned:  # the verdict was heard; the next one begins with empty cells
        cells |= {"verify_result": None, "fixed_at": None}
    return Computed(cells | _left_empty(issue) | _linked(issue), _returned(issue))


def _left_empty(issue: IssueFacts) -> dict[str, Value]:
    """What follows from what happened; whoever knows better types it."""
    cells: dict[str, Value] = {}
    if empty(issue.source):
        cells["source"] = "学员扫码" if issue.reporter is None else "教职工"
    if issue.responded_at is None and issue.responded:
        cells["responded_at"] = _now(issue)
    if issue.fixed_at is None and issue.status == CHECKING:
        cells["fixed_at"] = _now(issue)
    reporter = issue.reporter
    if issue.verify_by is None and not issue.by_inspectors and reporter is not None and reporter.id != issue.handler:
        cells["verify_by"] = reporter.id
    return cells


def _now(issue: IssueFacts) -> datetime:
    """The quarter of an hour that began last, and never before the report."""
    return max(issue.now, issue.created_at) if issue.created_at is not None else issue.now


def _linked(issue: IssueFacts) -> dict[str, Value]:
    """来源单号 of an issue that an inspection names without having made it.

    The column is none of those declared above, so that what people type there is put back (DG-01).
    """
    if not empty(issue.origin):
        return {}
    found = issue.books.where("inspections", "findings", issue.id)
    return {"origin": found[0].code} if found and found[0].code else {}


def _returned(issue: IssueFacts) -> str:
    if issue.status == WORKING and issue.reopen_n:
        return f"复核不合格，已退回重新处理（第{issue.reopen_n}次重办）。"
    return ""


def stage_of(issue: IssueFacts) -> str:
    """已派单 once all is filled in, 处理中 once somebody responded or the re-check failed; any other state is kept."""
    if issue.status == NEW and not issue.unfilled:
        return SENT
    if issue.status == SENT and issue.responded_at is not None:
        return WORKING
    if issue.status == CHECKING and issue.verify_result == FAIL:
        return WORKING
    return issue.status
