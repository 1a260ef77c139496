"""问题工单: reported, sent to somebody, done, checked by another; put off only with 分管领导 (domain.md B3.13)."""

from automations.approvals.declaration import Approval, Signature, StatusWords, leader_of

issues = Approval(
    table="issues",
    step_link="issue",
    scope="工单",
    day="created_at",
    adopts=True,
    words=StatusWords(
        draft=("新建", "已派单", "处理中", "待复核"),
        ask=("挂起",),
        signing="挂起待批",
        returned="",
        refused="",
        approved="挂起",
        withdraw="",
        void="",
    ),
    moves={
        "新建": ("已派单", "不予受理"),
        "已派单": ("处理中",),
        "处理中": ("待复核",),
        "待复核": ("处理中", "已办结"),
        "挂起": ("处理中",),
    },
    final=("已办结", "不予受理"),
    asked_from=("处理中",),
    falls_to="处理中",
    keeps={"hold_until": "agreed_until"},
    counts={"reopen_n": ("待复核", "处理中")},
    refused_by=(),
    done="分管领导已同意挂起，办结时限顺延。条件具备后请把状态改回“处理中”。",
    protects=("kind", "category", "description", "duty_dept", "handler", "hold_reason", "hold_until"),
    shown=("description", "kind", "handler", "due_at", "hold_reason", "hold_until"),
    steps=(Signature("分管领导", by=leader_of("duty_dept")),),
)
