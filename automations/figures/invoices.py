"""发票: what makes it one of a kind, whether it is used, and the answer to whoever typed it (domain.md B5.24)."""

from automations.figures.base import Computed, computes
from automations.rules.base import SUBMIT, examine
from automations.rules.invoices import GONE, InvoiceFacts

DRAFT = "草稿"
SUSPECTED = {"IV-02": "重复", "IV-05": "疑似"}
"""What stands in 重复, by the rule that said something; the graver first."""


@computes("invoices", "inv_key", "dup", "state", "check_result", "check_message")
def invoices(invoice: InvoiceFacts) -> Computed:
    """查重键, 重复, 占用状态 and what its rules say, already while the claim is a draft."""
    key = invoice.key
    if not key:
        return Computed(dict.fromkeys(("inv_key", "dup", "state", "check_result", "check_message")))
    findings = examine(invoice, SUBMIT)
    told = [f for f in findings if f.severity != "预警"]
    blocked = any(f.severity == "拦截" for f in told)
    ids = {f.rule for f in findings}
    return Computed(
        {
            "inv_key": key,
            "dup": next((word for rule, word in SUSPECTED.items() if rule in ids), "无"),
            "state": _state(invoice, key),
            "check_result": "拦截" if blocked else "提示" if told else "通过",
            "check_message": "\n".join(f.message for f in told) or None,
        }
    )


def _state(invoice: InvoiceFacts, key: str) -> str | None:
    """占用, 已用, or 已释放 once its claim was refused, withdrawn or voided."""
    mine = next((h for h in invoice.books.held("invoice", key) if h.subject == invoice.subject), None)
    if mine is not None:
        return mine.state
    claim = invoice.claimed_in
    return "已释放" if claim is not None and claim.status in GONE - {DRAFT} else None
