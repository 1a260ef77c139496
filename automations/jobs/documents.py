"""制度档案: a paper binds once it is signed; to change it, it is taken back for revision (domain.md B1.7)."""

from automations.approvals.declaration import Approval, Signature, StatusWords, leader_of, role

documents = Approval(
    table="documents",
    step_link="document",
    scope="制度",
    adopts=True,
    words=StatusWords(draft=("草拟", "待修订"), ask=("提交",), signing="待签批", approved="现行有效", void=""),
    moves={"现行有效": ("待修订", "已废止"), "待修订": ("已废止",)},
    final=("已废止",),
    done="已完成签批，现行有效。",
    protects=("title", "kind", "doc_no", "owner_dept", "scope", "module", "meeting_no", "file", "award", "winners"),
    shown=("title", "kind", "owner_dept", "meeting_no"),
    steps=(
        Signature("分管领导", by=leader_of("owner_dept")),
        Signature("主要领导", by=role("主要领导")),
    ),
)
