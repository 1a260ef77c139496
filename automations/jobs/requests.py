"""事前审批: permission to act, asked before acting (domain.md B5.22, C5). It freezes budget; it pays nothing."""

from automations.approvals.declaration import Approval, Review, Signature, StatusWords, head_of, leader_of, role
from automations.approvals.needs import needs_top

requests = Approval(
    table="requests",
    submitted_by="handler",
    amount="est_amount",
    step_link="request",
    scope="事前审批",
    day="starts_at",
    words=StatusWords(ask=("提交",), signing="待签", returned="退回"),
    final=("已核销", "过期"),
    done="已批准，可以按批准的事项办理；办完后凭本单报销。",
    protects=(
        *("kind", "title", "reason", "handler", "department", "starts_at", "ends_at", "place", "people"),
        *("budget_line", "est_amount", "training_class", "vehicle", "issue"),
        *("urgent", "urgent_reason", "verbal_by", "verbal_at"),
        *("letter_no", "letter", "guest_unit", "guest_n", "escort_n", "escorts", "meal_times", "meal_place", "alcohol"),
    ),
    shown=("title", "kind", "handler", "department", "starts_at", "ends_at", "place", "budget_line"),
    steps=(
        Review("部门负责人", by=head_of("department"), switch="chain.dept_review"),
        Signature("分管领导", by=leader_of("department")),
        Signature("主要领导", by=role("主要领导"), when=needs_top),
    ),
)
