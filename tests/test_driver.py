"""The person driver on the real tables: what it types is what lies in the rows, under its own account."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest

from automations.demo.driver import Person
from automations.errors import HouqinError
from automations.schema import load_schema
from automations.settings import HOUSE
from automations.tables.base import Host
from automations.tables.memory import MemoryServer
from automations.tables.values import Value
from tests.contract.office import files_of
from tests.contract.world import lay_out

SCHEMA = load_schema(HOUSE / "schemas")
WORKER, ZHOU, LI = "houqin@school.test", "zhou@school.test", "li@school.test"
ON = date(2026, 9, 1)


class School:
    """A memory host with the real tables, two colleagues, a department and a budget line."""

    def __init__(self, server: MemoryServer) -> None:
        for email, name in ((WORKER, "后勤助手"), (ZHOU, "周敏"), (LI, "李国强")):
            server.add_account(email, name)
        self.server = server
        self.worker = server.login(WORKER)
        self.binding = lay_out(self.worker, SCHEMA)
        [department] = self.worker.create("departments", [{"name": "行政科"}])
        self.zhou, self.li = self.worker.create(
            "people",
            [
                {"name": "周敏", "account": ZHOU, "department": department},
                {"name": "李国强", "account": LI, "department": department},
            ],
        )
        [self.line] = self.worker.create("budget_lines", [{"name": "办公费", "category": "办公费"}])
        norms = (("school.name", "某区委党校"), ("school.tax_no", "12500101MB0000000X"))
        self.worker.create("settings", [{"key": key, "value": value} for key, value in norms])

    def person(self, email: str, turn: Callable[[], object] | None = None) -> Person:
        host: Host = self.server.login(email)
        host.bind(self.binding)
        return Person(host, turn)


@pytest.fixture
def school(memory_server: MemoryServer) -> School:
    return School(memory_server)


def test_a_claim_is_filled_by_its_handler(school: School) -> None:
    zhou = school.person(ZHOU)
    invoices = {"26502000000000000001": Decimal("860.50"), "26502000000000000002": Decimal("400.00")}
    claim_id = zhou.file_claim("购打印纸", line="办公费", invoices=invoices, on=ON, acceptor=school.li)
    claim = zhou.get("expense_claims", claim_id)
    assert claim is not None
    assert (claim["status"], claim["category"], claim["amount"]) == ("草稿", "办公费", Decimal("1260.50"))
    assert (claim["handler"], claim["payee"], claim["acceptor"]) == (school.zhou, school.zhou, school.li)
    assert claim["department"] == zhou.me["department"]
    assert (claim["budget_line"], claim["attach_n"], claim["biz_date"]) == (school.line, Decimal(3), ON)
    assert zhou.host.download(files_of(claim, "attachments")[0]) == "购打印纸".encode()
    found = zhou.rows("invoices", claim=claim_id)
    assert {row["inv_no"]: row["amount"] for row in found} == invoices
    assert {(row["buyer"], row["buyer_tax"]) for row in found} == {("某区委党校", "12500101MB0000000X")}
    zhou.submit(claim_id)
    assert [(e.account, e.action) for e in school.worker.edits("expense_claims", claim_id)] == [
        (ZHOU, "create"),
        (ZHOU, "update"),
    ]
    required = [f.name for f in SCHEMA["expense_claims"].fields if f.required is True]
    assert [name for name in required if claim[name] in (None, ())] == []
    required = [f.name for f in SCHEMA["invoices"].fields if f.required is True]
    assert [name for name in required if found[0][name] in (None, ())] == []


def test_signing_waits_for_the_workers_step(school: School) -> None:
    turns: list[int] = []
    zhou = school.person(ZHOU)
    claim_id = zhou.file_claim("购墨盒", line="办公费", invoices={"26502000000000000003": Decimal(300)}, on=ON)

    def turn() -> None:
        turns.append(1)
        if len(turns) == 2:
            step: dict[str, Value] = {"claim": claim_id, "assignee": school.li, "seq": 1, "level": "部门负责人"}
            school.worker.create("sign_steps", [step])

    li = school.person(LI, turn)
    step = li.my_step(claim_id)
    assert (len(turns), step["decision"]) == (2, "待签")
    li.sign(step.id, "退回", "请补发票原件")
    [edit] = [e for e in school.worker.edits("sign_steps", step.id) if e.action == "update"]
    assert (edit.account, dict(edit.after)) == (LI, {"decision": "退回", "opinion": "请补发票原件"})
    assert li.rows("sign_steps", claim=claim_id, decision="待签") == []
    zhou.withdraw(claim_id)
    assert zhou.row("expense_claims", title="购墨盒")["status"] == "撤回"
    zhou.delete("expense_claims", claim_id)
    assert zhou.rows("expense_claims", title="购墨盒") == []
    assert zhou.get("expense_claims", claim_id) is None


def test_waiting_ends_with_the_answer_or_says_what_stands_there(school: School) -> None:
    [claim_id] = school.worker.create("expense_claims", [{"title": "等", "check_message": "请填写“账号”。"}])
    answers = iter(["签批中"])

    def turn() -> None:
        school.worker.update("expense_claims", {claim_id: {"status": next(answers, "签批中")}})

    zhou = school.person(ZHOU, turn)
    assert zhou.wait("expense_claims", claim_id, lambda row: row["status"] == "签批中")["title"] == "等"
    alone = school.person(ZHOU)
    with pytest.raises(HouqinError, match="状态“签批中”，校验说明“请填写“账号”。”"):
        alone.wait("expense_claims", claim_id, lambda row: row["status"] == "已批准", seconds=0.05)
    with pytest.raises(HouqinError, match="没有等到"):
        alone.my_step(claim_id, seconds=0.05)


def test_a_stranger_at_the_tables_is_told(school: School) -> None:
    school.server.add_account("wang@school.test", "王芳")
    with pytest.raises(HouqinError, match=r"account=wang@school\.test 的应有一行，实有 0 行"):
        school.person("wang@school.test")
