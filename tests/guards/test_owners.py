"""Columns of one office: what anybody else writes there is put back and counts for nothing (domain.md B8, B1.5)."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from automations.tables.base import Row
from automations.tables.values import Value
from tests.approvals.looks import invoices
from tests.office import SmallOffice, email


def seen(office: SmallOffice, table: str, row: int) -> Row:
    office.turn(slow=True)
    office.settle()
    return office.row(row, table)


def typed(office: SmallOffice, table: str, row: int, who: str, **values: Value) -> Row:
    office.person(who).edit(table, row, **values)
    return seen(office, table, row)


def told(row: Row) -> list[str]:
    return str(row["check_message"] or "").split("\n")


def sentence(title: str, keeper: str, name: str) -> str:
    return f"“{title}”由{keeper}填写，{name}的修改已还原。"


def alarms(office: SmallOffice, row: Row) -> list[tuple[Value, Value]]:
    return [(v["rule"], v["severity"]) for v in office.violations() if v["biz_code"] == row["code"]]


def noted(office: SmallOffice, table: str, row: Row, kind: str = "put_back") -> list[Any]:
    return [e.data["account"] for e in office.office.journal.entries(f"{table}/{row['code']}", kind)]


def killed(office: SmallOffice, monkeypatch: pytest.MonkeyPatch) -> None:
    """A pass that ends after it wrote the journal and before it wrote on the host."""
    monkeypatch.setattr(office.engine._hands, "flush", lambda: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        office.turn(slow=True)
    monkeypatch.undo()


def claim_of(office: SmallOffice) -> int:
    return office.submitted()


def invoice_of(office: SmallOffice) -> int:
    return invoices(office, office.submitted())[0].id


def line_of(office: SmallOffice) -> int:
    return office.ids["日常办公费"]


def income_of(office: SmallOffice) -> int:
    [row] = office.person("钱出纳").host.create("income", [{"kind": "利息", "payer": "银行", "amount": Decimal(100)}])
    seen(office, "income", row)
    return row


def project_of(office: SmallOffice) -> int:
    [row] = office.person("王文员").host.create("procurements", [{"title": "空调", "kind": "货物"}])
    seen(office, "procurements", row)
    return row


def vendor_of(office: SmallOffice) -> int:
    [row] = office.host.create("vendors", [{"name": "利民商行", "bank_name": "农行", "bank_account": "6200000001"}])
    seen(office, "vendors", row)
    return row


COLUMNS: list[tuple[str, Callable[[SmallOffice], int], str, Value, str, str]] = [
    ("expense_claims", claim_of, "split_reason", "两件事", "会计", "李会计"),
    ("expense_claims", claim_of, "correction_note", "笔误", "会计", "李会计"),
    ("invoices", invoice_of, "verify", "一致", "会计", "李会计"),
    ("vendors", vendor_of, "bank_verified", True, "会计", "李会计"),
    ("procurements", project_of, "split_reason", "两件事", "会计", "李会计"),
    ("budget_lines", line_of, "name", "别的指标", "会计", "李会计"),
    ("budget_lines", line_of, "approved", Decimal(9), "会计", "李会计"),
    ("budget_lines", line_of, "adjusted", Decimal(9), "会计", "李会计"),
    ("income", income_of, "payer", "别人", "会计或出纳", "钱出纳"),
    ("income", income_of, "received", Decimal(9), "出纳", "钱出纳"),
]


@pytest.mark.parametrize(("table", "make", "field", "value", "keeper", "right"), COLUMNS)
def test_somebody_else_types_there(
    fresh: SmallOffice,
    table: str,
    make: Callable[[SmallOffice], int],
    field: str,
    value: Value,
    keeper: str,
    right: str,
) -> None:
    row = make(fresh)
    before = fresh.row(row, table)
    title = fresh.office.schema[table][field].title
    after = typed(fresh, table, row, "王文员", **{field: value})
    assert after[field] == before[field]
    assert (told(after)[0], after["check_result"]) == (sentence(title, keeper, "王文员"), "拦截")
    assert noted(fresh, table, after) == [email("wang")]
    grave = (table, field) in {("budget_lines", "approved"), ("budget_lines", "adjusted"), ("vendors", "bank_verified")}
    assert ("B8", "一般") in alarms(fresh, after) if grave else ("B8", "一般") not in alarms(fresh, after)
    assert told(seen(fresh, table, row))[0] == sentence(title, keeper, "王文员"), "the answer is still there"

    last = typed(fresh, table, row, right, **{field: value})
    assert last[field] == value, "whose column it is fills it"
    assert sentence(title, keeper, "王文员") not in told(last), "somebody wrote since: the answer was heard"
    assert noted(fresh, table, last) == [email("wang")]


def test_the_last_lawful_value_comes_back(fresh: SmallOffice) -> None:
    """会计 types, then a clerk, between two passes; and a clerk whom 会计 corrected."""
    line = line_of(fresh)
    fresh.person("李会计").edit("budget_lines", line, approved=Decimal(500))
    fresh.person("王文员").edit("budget_lines", line, approved=Decimal(900))
    fresh.person("周科长").edit("budget_lines", line, approved=Decimal(999))
    row = seen(fresh, "budget_lines", line)
    assert row["approved"] == 500
    assert told(row)[:2] == [sentence("批复数", "会计", "王文员"), sentence("批复数", "会计", "周科长")]
    fresh.person("王文员").edit("budget_lines", line, approved=Decimal(900))
    fresh.person("李会计").edit("budget_lines", line, approved=Decimal(800))
    assert seen(fresh, "budget_lines", line)["approved"] == 800


def test_what_a_clerk_typed_is_not_spent_meanwhile(fresh: SmallOffice) -> None:
    """The budget raised and the claim submitted before the worker looks: BG-01 asks the true line."""
    line = line_of(fresh)
    typed(fresh, "budget_lines", line, "李会计", approved=Decimal(100))
    claim = fresh.claim()
    fresh.settle()
    fresh.person("王文员").edit("budget_lines", line, approved=Decimal(1_000_000))
    fresh.person("王文员").submit(claim)
    row = seen(fresh, "expense_claims", claim)
    assert row["status"] == "草稿" and "可用100元" in str(row["check_message"])


def test_a_clerk_does_not_undo_a_signed_adjustment(fresh: SmallOffice, monkeypatch: pytest.MonkeyPatch) -> None:
    """What counts for nothing makes no signature fall either."""
    line, finance = line_of(fresh), fresh.person("李会计")
    typed(fresh, "budget_lines", line, "李会计", status="调整中")
    paper = finance.host.upload("调整文件.pdf", b"paper")
    typed(fresh, "budget_lines", line, "李会计", adjusted=Decimal(500), adjust_doc=(paper,))
    row = typed(fresh, "budget_lines", line, "李会计", status="提交")
    assert row["status"] == "调整签批中", told(row)
    [step] = [s for s in fresh.host.changed("sign_steps", None).rows if s["budget_line"] == line]
    fresh.person("赵校长").sign(step.id, "同意")
    fresh.settle()
    assert fresh.row(line, "budget_lines")["status"] == "已调整"
    row = typed(fresh, "budget_lines", line, "王文员", approved=Decimal(7), adjusted=Decimal(9))
    assert (row["status"], row["adjusted"], row["adjusted_ok"]) == ("已调整", 500, 500)
    fresh.person("王文员").edit("budget_lines", line, adjusted=Decimal(9))
    killed(fresh, monkeypatch)
    fresh.clock.pass_by(minutes=1)
    row = seen(fresh, "budget_lines", line)
    assert (row["status"], row["adjusted"], row["adjusted_ok"]) == ("已调整", 500, 500)


@pytest.mark.parametrize(("table", "status"), [("budget_lines", "已封账"), ("income", "已收")])
def test_a_clerk_moves_nothing_on(fresh: SmallOffice, table: str, status: str) -> None:
    row = line_of(fresh) if table == "budget_lines" else income_of(fresh)
    before = fresh.row(row, table)["status"]
    after = typed(fresh, table, row, "王文员", status=status)
    keeper = "会计" if table == "budget_lines" else "会计或出纳"
    assert after["status"] == before and sentence("状态", keeper, "王文员") in told(after)
    assert alarms(fresh, after) == ([("责任列", "一般")] if table == "budget_lines" else [])


def test_a_row_that_a_clerk_added_stays_and_counts_for_nothing(fresh: SmallOffice) -> None:
    department = fresh.ids["行政科"]
    cells: dict[str, Value] = {
        **{"year": 2026, "name": "私房钱", "category": "办公费", "fund_source": "财政拨款"},
        **{"department": department, "approved": Decimal(5000), "status": "已批复"},
    }
    [row] = fresh.person("王文员").host.create("budget_lines", [cells])
    line = seen(fresh, "budget_lines", row)
    added = "预算指标由会计登记：王文员新建的本行须由会计核对并改为“已批复”后才能使用。"
    assert (line["name"], line["approved"], line["status"]) == ("私房钱", 5000, "草案")
    assert (line["check_result"], added in told(line)) == ("拦截", True)
    taken = typed(fresh, "budget_lines", row, "李会计", status="已批复")
    assert (taken["status"], added in told(taken)) == ("已批复", False)


def test_an_invoice_that_arrives_verified(fresh: SmallOffice) -> None:
    """Typed with the row, or copied with it: only 会计 looks it up."""
    claim = fresh.claim()
    [paper] = invoices(fresh, claim)
    fields = fresh.office.schema["invoices"]
    cells = {n: v for n, v in paper.values.items() if not fields[n].by_host and not fields[n].by_worker}
    [copy] = fresh.person("王文员").host.create("invoices", [{**cells, "verify": "一致"}])
    row = seen(fresh, "invoices", copy)
    assert row["verify"] == "未查验" and told(row)[0] == sentence("查验", "会计", "王文员")


def test_without_a_record_nobody_filled_it(fresh: SmallOffice) -> None:
    line = line_of(fresh)
    before = fresh.row(line, "budget_lines")["approved"]
    fresh.server.import_rows("预算指标", {line: {"批复数": "9"}}, by=email("li"))
    fresh.turn(slow=True)
    row = seen(fresh, "budget_lines", line)
    assert row["approved"] == before
    assert told(row)[0] == sentence("批复数", "会计", "未能查明的操作人")


def test_killed_between_journal_and_host(fresh: SmallOffice, monkeypatch: pytest.MonkeyPatch) -> None:
    line = line_of(fresh)
    before = fresh.row(line, "budget_lines")["approved"]
    fresh.person("王文员").edit("budget_lines", line, approved=Decimal(9))
    killed(fresh, monkeypatch)
    row = seen(fresh, "budget_lines", line)
    assert row["approved"] == before and alarms(fresh, row) == [("B8", "一般")]
    assert noted(fresh, "budget_lines", row) == [email("wang")]


# --- the account of a company -----------------------------------------------------------------------------------------
CHANGED = "服务商“利民商行”收款账号已变更，未经会计核实前不能付款。"
NOT_HIM = "“账号已核实”由没有改过收款账号的会计填写，李会计的修改已还原。"


@pytest.fixture
def vendor(fresh: SmallOffice) -> int:
    """A company whose account 会计 has confirmed."""
    row = vendor_of(fresh)
    assert CHANGED in told(fresh.row(row, "vendors"))
    done = typed(fresh, "vendors", row, "李会计", bank_verified=True)
    assert (done["bank_verified"], CHANGED in told(done)) == (True, False)
    return row


@pytest.mark.parametrize("change", [{"bank_account": "6200000002"}, {"bank_name": "工行"}])
def test_v20_a_changed_account_must_be_confirmed_again(
    fresh: SmallOffice, vendor: int, change: dict[str, Value]
) -> None:
    row = typed(fresh, "vendors", vendor, "王文员", **change)
    assert (row["bank_verified"], CHANGED in told(row)) == (False, True)
    row = typed(fresh, "vendors", vendor, "李会计", bank_verified=True)
    assert (row["bank_verified"], CHANGED in told(row)) == (True, False)


def test_nobody_confirms_an_account_that_he_changed(fresh: SmallOffice, vendor: int) -> None:
    row = typed(fresh, "vendors", vendor, "李会计", bank_account="6200000002", bank_verified=True)
    assert row["bank_verified"] is False and CHANGED in told(row), "in one edit"
    row = typed(fresh, "vendors", vendor, "李会计", bank_verified=True)
    assert row["bank_verified"] is False and NOT_HIM in told(row), "in the next one"
    assert alarms(fresh, row) == [("B8", "一般")]
    typed(fresh, "vendors", vendor, "王文员", bank_account="6200000003")
    row = typed(fresh, "vendors", vendor, "李会计", bank_verified=True)
    assert row["bank_verified"] is False, "somebody else had a hand in it as well"


def test_changed_after_the_tick_in_one_pass(fresh: SmallOffice, vendor: int) -> None:
    fresh.person("王文员").edit("vendors", vendor, bank_account="6200000002")
    fresh.person("李会计").edit("vendors", vendor, bank_verified=False)
    fresh.person("李会计").edit("vendors", vendor, bank_verified=True)
    fresh.person("王文员").edit("vendors", vendor, bank_account="6200000009")
    row = seen(fresh, "vendors", vendor)
    assert (row["bank_verified"], row["bank_account"]) == (False, "6200000009")


def test_an_account_changed_back_is_confirmed_anew(fresh: SmallOffice, vendor: int) -> None:
    fresh.person("王文员").edit("vendors", vendor, bank_account="6200000002")
    fresh.person("王文员").edit("vendors", vendor, bank_account="6200000001")
    assert seen(fresh, "vendors", vendor)["bank_verified"] is True, "the same as was confirmed"
