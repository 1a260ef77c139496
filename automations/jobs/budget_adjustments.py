"""预算调整: an adjustment counts only once 主要领导 has signed it (domain.md B5.21)."""

from automations.approvals.declaration import Approval, Signature, StatusWords, role

budget_adjustments = Approval(
    table="budget_lines",
    amount="adjusted",
    step_link="budget_line",
    scope="预算",
    adopts=True,
    words=StatusWords(
        draft=("草案", "已批复", "调整中"),
        ask=("提交",),
        signing="调整签批中",
        returned="",
        refused="",
        approved="已调整",
        void="",
    ),
    moves={
        "草案": ("已批复",),
        "已批复": ("调整中", "已封账"),
        "调整中": ("已批复",),
        "已调整": ("调整中", "已封账"),
    },
    final=("已封账",),
    asked_from=("调整中",),
    falls_to="调整中",
    keeps={"adjusted": "adjusted_ok"},
    done="调整已批准，可用数已按新数计算。",
    protects=("year", "name", "category", "fund_source", "department", "approved", "adjusted", "adjust_doc"),
    shown=("name", "category", "fund_source", "approved", "adjusted"),
    steps=(Signature("主要领导", by=role("主要领导")),),
)
