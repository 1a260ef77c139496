"""What time alone does to a sign-off: a returned claim that nobody touches becomes void (domain.md C2, N02).

Time never signs and never approves; it only lets go of what is held for nothing.
"""

from datetime import datetime

from automations.approvals.case import RETURNED, VOID, Case
from automations.approvals.ruling import Bench, Ruling, Tell
from automations.tables.values import Values
from automations.workdays import local_date


def lapse(case: Case, row: Values, bench: Bench, now: datetime) -> Ruling:
    """作废 after ``claim.return_void_wd`` working days without a new submission; its invoices are free again."""
    ruling = Ruling(case)
    returned = max((s.signed_at for s in case.steps if s.signed_at), default=None)
    if case.status != RETURNED or not bench.approval.words.void or returned is None:
        return ruling
    today = local_date(now)
    days = bench.norms.whole("claim.return_void_wd", today)
    if bench.calendar.between(local_date(returned), today) < days:
        return ruling
    message = f"退回后{days}个工作日没有重新提交，系统已作废本单，发票已释放。如仍需办理请重新填单。"
    ruling.case = case.but(status=VOID, stage="", result="提示", message=message, closed_at=now)
    ruling.note("voided", now, account=bench.worker, rule="N02", was=RETURNED, days=days)
    if case.handler is not None:
        data = {"code": case.code, "message": message, "amount": str(case.payable)}
        ruling.tells.append(Tell("claim_changed", (case.handler,), f"lapsed/{case.round}", data))
    return ruling
