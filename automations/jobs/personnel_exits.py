"""人员退出: 拟退出 is signed before somebody loses his offices (domain.md B1.2)."""

from automations.approvals.declaration import SELF, Approval, Signature, StatusWords, leader_of, role

PRESENT = ("在岗", "出差", "请假", "借调")

personnel_exits = Approval(
    table="people",
    payee=SELF,
    payee_is="当事人",
    step_link="staff",
    scope="人员",
    adopts=True,
    words=StatusWords(
        draft=PRESENT,
        ask=("拟退出",),
        signing="拟退出",
        returned="",
        refused="",
        approved="已退出",
        withdraw="",
        void="",
    ),
    moves={**{word: tuple(w for w in PRESENT if w != word) for word in PRESENT}, "已退出": ("在岗",)},
    done="退出已批准；名下待签事项已转由现任签批人办理。",
    protects=("name", "department", "employment_type"),
    shown=("name", "department", "post", "rank", "employment_type"),
    steps=(
        Signature("分管领导", by=leader_of("department")),
        Signature("主要领导", by=role("主要领导")),
    ),
)
