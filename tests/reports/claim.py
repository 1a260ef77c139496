"""One claim in its second round, as the engine would hand it to the form: ``sample.json`` is what becomes of it."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from automations.approvals.case import Step
from automations.reports import expense_form
from automations.tables.values import Value, Values

SEAL = "9f2c4e1a7b3d5068c1e2f3a4b5c6d7e8f90123456789abcdef0a1b2c3d4e5f60"
URL = "http://127.0.0.1:8080/dashboard/#/nc/p1/expense_claims?rowId=158"

NAMES = {
    ("people", 1): "周敏",
    ("people", 2): "陈建国",
    ("people", 3): "李会芳",
    ("people", 4): "吴志远",
    ("people", 5): "郑国华",
    ("people", 6): "何丽",
    ("people", 7): "蒋文涛",
    ("departments", 1): "行政后勤科",
    ("vendors", 1): "江州区鑫源机电设备维修有限公司",
    ("budget_lines", 1): "2026 公用经费 · 维修（护）费",
    ("requests", 1): "SP-2026-0031",
}

CLAIM: dict[str, Value] = {
    "code": "ZC-2026-0158",
    "status": "已批准",
    "kind": "报销",
    "category": "维修（护）费",
    "title": "学员宿舍2号楼空调维修及更换压缩机",
    "handler": 1,
    "department": 1,
    "payee_kind": "服务商",
    "vendor": 1,
    "payee_account": "6222 0231 0001 2345 678",
    "budget_line": 1,
    "request": 1,
    "biz_date": date(2026, 8, 29),
    "amount": Decimal("12860.50"),
    "audited_amount": Decimal("12680.50"),
    "attach_n": Decimal(7),
    "urgent": False,
    "acceptor": 6,
    "accepted_on": date(2026, 8, 30),
    "approved_at": datetime(2026, 9, 4, 8, 21, tzinfo=UTC),
}

INVOICES: list[Values] = [
    {
        "kind": "数电票",
        "inv_no": "26502000000123456789",
        "issued_on": date(2026, 8, 30),
        "seller": "江州区鑫源机电设备维修有限公司",
        "amount": Decimal("9860.50"),
    },
    {
        "kind": "纸质普票",
        "inv_code": "050001900104",
        "inv_no": "12345678",
        "issued_on": date(2026, 8, 31),
        "seller": "江州区鑫源机电设备维修有限公司",
        "amount": Decimal("3000.00"),
    },
]


def step(round_: int, seq: int, level: str, assignee: int, decision: str = "待签", **more: Any) -> Step:
    """A level; signed by the assignee at ``at=(day, hour, minute)`` UTC of September 2026, if given."""
    at = more.pop("at", None)
    if at:
        more = {"signer": assignee, "validity": "有效", "signed_at": datetime(2026, 9, *at, tzinfo=UTC), **more}
    return Step(
        code=f"QP-{round_}-{seq}",
        round=round_,
        seq=seq,
        level=level,
        nature="签字" if "领导" in level else "审核",
        assignee=assignee,
        decision=decision,
        amount=more.pop("amount", Decimal("12680.50")),
        **more,
    )


FULL = Decimal("12860.50")
FIRST_ROUND = [
    step(1, 1, "部门负责人", 2, "同意", at=(1, 2, 5), validity="作废-退回", amount=FULL),
    step(1, 2, "会计", 3, "退回", at=(1, 7, 40), validity="作废-退回", opinion="缺更换压缩机的验收照片", amount=FULL),
    step(1, 3, "分管领导", 4),
    step(1, 4, "主要领导", 5),
]
SECOND_ROUND = [
    step(2, 1, "部门负责人", 2, "同意", at=(3, 1, 12), opinion="情况属实", amount=FULL),
    step(2, 2, "会计", 3, "同意", at=(3, 6, 50), opinion="票据齐全，核减运输费180元"),
    step(2, 3, "分管领导", 4, "同意", at=(4, 0, 33), signer=7),
    step(2, 4, "主要领导", 5, "同意", at=(4, 8, 21), opinion="同意支付"),
]


def form(**changes: Any) -> dict[str, Any]:
    """Data of the form; ``claim=`` merges into the row, everything else replaces an argument."""
    arguments: dict[str, Any] = {
        "steps": [*FIRST_ROUND, *SECOND_ROUND],
        "invoices": INVOICES,
        "names": NAMES,
        "unit": "中共江州区委党校",
        "submitted_at": datetime(2026, 9, 2, 9, 3, tzinfo=UTC),
        "proof": "history",
        "proof_note": "签批人身份取自表格平台的行修改记录，由平台自动写入，成员不能改写；"
        "文件导入和公开表单不留记录，不作为签批依据。",
        "seal": SEAL,
        "url": URL,
        "printed_at": datetime(2026, 9, 4, 9, 0, tzinfo=UTC),
    }
    claim = CLAIM | changes.pop("claim", {})
    return expense_form(claim, **(arguments | changes))
