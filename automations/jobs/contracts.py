"""合同: signed before it binds, watched until it ends (domain.md B5.27, C5 "合同签批", C6)."""

from automations.approvals.declaration import Approval, Review, Signature, StatusWords, leader_of, role

END = ("终止", "已归档")

contracts = Approval(
    table="contracts",
    amount="amount",
    vendor="vendor",
    step_link="contract",
    scope="合同",
    adopts=True,
    words=StatusWords(draft=("草拟",), ask=("提交",), signing="待签批", approved="履行中", void=""),
    moves={
        "草拟": ("终止",),
        "履行中": ("续签中", *END),
        "临期": ("续签中", *END),
        "到期": ("续签中", *END),
        "续签中": ("履行中", *END),
    },
    final=END,
    done="合同已完成签批，可以用印签订。",
    protects=(
        *("contract_no", "name", "kind", "delivery_mode", "service_scope", "vendor", "procurement"),
        *("sign_on", "starts_on", "ends_on", "amount", "pay_plan", "deposit", "sla", "energy_clause", "file"),
        *("supervise_dept", "supervisor"),
    ),
    shown=("name", "vendor", "starts_on", "ends_on", "pay_plan", "supervise_dept"),
    steps=(
        Review("会计", by=role("会计")),
        Signature("分管领导", by=leader_of("supervise_dept")),
        Signature("主要领导", by=role("主要领导")),
    ),
)
