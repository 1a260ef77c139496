"""目标任务: set by 部门负责人 and 分管领导; whoever wants to change one has it signed anew (domain.md B2.9)."""

from automations.approvals.declaration import Approval, Review, Signature, StatusWords, head_of, leader_of

tasks = Approval(
    table="tasks",
    step_link="task",
    scope="任务",
    adopts=True,
    words=StatusWords(draft=("草拟", "已变更"), ask=("提交",), signing="待签批", approved="已下达", void=""),
    moves={
        "已下达": ("进行中", "已变更"),
        "进行中": ("待考核", "已变更"),
        "待考核": ("已考核", "进行中"),
        "已考核": ("已归档", "待考核"),
    },
    final=("已归档",),
    done="任务已下达。",
    protects=(
        *("kind", "title", "person", "department", "training_class", "year", "four_first", "aspect"),
        *("weight", "standard", "due", "indicator"),
    ),
    shown=("title", "kind", "person", "standard", "due", "weight"),
    steps=(
        Review("部门负责人", by=head_of("department")),
        Signature("分管领导", by=leader_of("department")),
    ),
)
