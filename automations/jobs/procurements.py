"""采购项目: 立项 is signed, then it goes from stage to stage, rules asked at each (domain.md B5.26, C5)."""

from automations.approvals.declaration import Approval, Review, Signature, StatusWords, leader_of_handler, role

END = "终止"

procurements = Approval(
    table="procurements",
    submitted_by="handler",
    amount="budget",
    vendor="winner",
    step_link="procurement",
    scope="采购",
    adopts=True,
    words=StatusWords(draft=("立项",), ask=("提交",), approved="需求论证", void=""),
    moves={
        "立项": (END,),
        "需求论证": ("待集体决策", "意向公开", "采购实施", END),
        "待集体决策": ("意向公开", "采购实施", END),
        "意向公开": ("采购实施", END),
        "采购实施": ("待签合同", "废标", END),
        "废标": ("采购实施", END),
        "待签合同": ("履约中", END),
        "履约中": ("待验收", END),
        "待验收": ("已验收", "履约中"),
        "已验收": ("已归档",),
    },
    final=("已归档", END),
    done="立项已批准。请完成需求论证；达到集体研究限额的，先经校委会研究再实施。",
    protects=(
        *("title", "handler", "kind", "catalogue", "item_code", "budget_lines", "budget", "ceiling"),
        *("need", "need_files", "locations", "method", "method_reason", "method_doc", "public_service"),
    ),
    shown=("title", "kind", "item_code", "budget_lines", "method", "need"),
    steps=(
        Review("会计", by=role("会计")),
        Signature("分管领导", by=leader_of_handler),
        Signature("主要领导", by=role("主要领导")),
    ),
)
