"""收入缴库: 应收 → 已收 → 已缴库 → 已核对, rules asked at each; a refund needs two signatures (domain.md B5.25, C4)."""

from automations.approvals.declaration import Approval, Signature, StatusWords, leader_of_handler, role

income = Approval(
    table="income",
    amount="received",
    step_link="income",
    scope="收入",
    day="received_on",
    adopts=True,
    words=StatusWords(
        draft=("应收", "已收", "已缴库", "已核对", "减免"),
        ask=("退款",),
        signing="退款签批中",
        returned="",
        refused="",
        approved="退款",
        withdraw="",
        void="",
    ),
    moves={"应收": ("已收", "减免"), "已收": ("已缴库",), "已缴库": ("已核对",)},
    final=("已核对", "减免"),
    asked_from=("已收",),
    done="退款已批准。",
    protects=("kind", "payer", "amount", "received", "received_on", "account", "receipt_no"),
    shown=("payer", "kind", "received", "received_on", "receipt_no"),
    steps=(
        Signature("分管领导", by=leader_of_handler),
        Signature("主要领导", by=role("主要领导")),
    ),
)
