"""资产处置: 待报废 is asked for and signed; the asset is 已处置 only then (domain.md B4.15)."""

from automations.approvals.declaration import Approval, Signature, StatusWords, leader_of, role

RESTING = ("在用", "闲置", "维修", "停用")

asset_disposal = Approval(
    table="assets",
    amount="value",
    step_link="asset",
    scope="资产",
    adopts=True,
    words=StatusWords(
        draft=RESTING,
        ask=("待报废",),
        signing="报废签批中",
        returned="",
        refused="",
        approved="待报废",
        withdraw="",
        void="",
    ),
    moves={**{word: tuple(w for w in RESTING if w != word) for word in RESTING}, "待报废": ("已处置",)},
    final=("已处置",),
    asked_from=("在用", "闲置", "停用"),
    done="处置已批准。处置收入须登记在“收入缴库”并全额上缴。",
    protects=("name", "asset_no", "category", "value", "ownership", "user_dept", "meeting_no"),
    shown=("name", "asset_no", "category", "location", "custodian", "acquired_on"),
    steps=(
        Signature("分管领导", by=leader_of("user_dept")),
        Signature("主要领导", by=role("主要领导")),
    ),
)
