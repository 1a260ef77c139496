"""督查记录: handed in, confirmed or disputed by whoever was inspected, filed for good (domain.md B3.12)."""

from automations.approvals.declaration import Approval, StatusWords

inspections = Approval(
    table="inspections",
    day="date",
    adopts=True,
    words=StatusWords(draft=("草稿", "已提交", "被查方已确认", "有异议"), ask=(), void=""),
    moves={
        "草稿": ("已提交",),
        "已提交": ("被查方已确认", "有异议"),
        "被查方已确认": ("已归档",),
        "有异议": ("草稿", "被查方已确认", "已归档"),
    },
    final=("已归档",),
    shown=("team",),
)
