"""支出单: who signs a claim, in which order, and what every signature covers (domain.md C2, 小项三级签字)."""

from automations.approvals.chain import FINANCE
from automations.approvals.declaration import (
    Approval,
    Review,
    Signature,
    head_of,
    leader_of,
    leader_of_finance,
    named_in,
    role,
)

expense_claims = Approval(
    table="expense_claims",
    submitted_by="handler",
    payee="payee",
    vendor="vendor",
    amount="amount",
    audited="audited_amount",
    step_link="claim",
    day="biz_date",
    protects=(
        *("kind", "category", "title", "handler", "department"),
        *("payee_kind", "payee", "vendor", "payee_account", "budget_line"),
        *("request", "contract", "pay_item", "procurement", "training_class"),
        *("biz_date", "amount", "attachments"),
        *("travellers", "trip_days", "hotel_nights", "provided_days"),
        *("lecturer", "lecturer_title", "lecture_slots", "lecture_hours", "lecture_net"),
    ),
    parts=("invoices", "claim", ("inv_code", "inv_no", "amount", "seller")),
    shown=("title", "category", "handler", "department", "payee", "vendor", "budget_line"),
    chain_key="chain.small",
    done="已批准。请打印审批单，由会计核对纸质签字后交出纳付款。",
    tell_done="claim_approved",
    steps=(
        Review("部门负责人", by=head_of("department"), switch="chain.dept_review"),
        Review("验收", by=named_in("acceptor"), switch="chain.acceptance", nature="验收"),
        Review("会计", by=role("会计"), switch="chain.finance_review"),
        Signature("分管领导", by=leader_of("department")),
        Signature(FINANCE, by=leader_of_finance),
        Signature("主要领导", by=role("主要领导")),
    ),
)
