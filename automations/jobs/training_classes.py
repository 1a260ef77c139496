"""培训班次: planned, prepared, held, closed; projects are accepted before they go into the archive (domain.md B2.8)."""

from automations.approvals.declaration import Approval, StatusWords

training_classes = Approval(
    table="training_classes",
    day="starts_on",
    adopts=True,
    words=StatusWords(draft=("计划", "筹备", "进行中", "待结班", "待验收"), ask=(), void=""),
    moves={
        "计划": ("筹备", "取消"),
        "筹备": ("进行中", "取消"),
        "进行中": ("待结班",),
        "待结班": ("待验收", "已归档"),
        "待验收": ("已归档",),
    },
    final=("已归档", "取消"),
    shown=("name",),
)
