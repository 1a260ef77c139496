"""发票: what makes it one of a kind, whether it is used, and the answer to whoever typed it (domain.md B5.24)."""

from automations.figures.base import Computed, computes
from automations.rules.base import SUBMIT, examine
from automations.rules.invoices import InvoiceFacts, invoice_key


@computes("invoices", "inv_key", "dup", "state", "check_result", "check_message")
def invoices(invoice: InvoiceFacts) -> Computed:
    """查重键, 重复, 占用状态 and what its rules say, already while the claim is a draft."""
    key = invoice_key(invoice)
    findings = examine(invoice, SUBMIT)
    held = invoice.books.held("invoice", key) if key else ()
    mine = next((h for h in held if h.subject == invoice.subject), None)
    blocked = any(f.severity == "拦截" for f in findings)
    return Computed(
        {
            "inv_key": key or None,
            "dup": ("重复" if any(f.rule == "IV-02" for f in findings) else "无") if key else None,
            "state": mine.state if mine else None,
            "check_result": ("拦截" if blocked else "提示" if findings else "通过") if key else None,
            "check_message": "\n".join(f.message for f in findings) or None,
        }
    )
