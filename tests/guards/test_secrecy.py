"""Nothing with a secrecy mark stays: not on the host, not in the mirror, not in the journal (DG-06, V36)."""

import json
from collections.abc import Iterator

import pytest
import sqlalchemy as sql

from automations.engine import Engine
from automations.engine.notices import Notices
from automations.errors import HostRefused
from automations.notify.memory import Memory
from automations.secrecy import MESSAGE, bears_mark
from automations.tables.base import Row
from automations.tables.values import Value
from tests.approvals.conftest import at_rest, rich
from tests.approvals.looks import approved, archived, entries, status
from tests.conftest import Clock
from tests.office import SmallOffice, email

SECRET = "关于某事的通知（秘密★1年）"
CLAIMS = "expense_claims"


@pytest.mark.parametrize(
    "text",
    [
        "秘密★",
        "机密★10年",
        "绝密★",
        "秘 密★1年",
        "秘　密 ☆",
        "机密⭐长期",
        "文件（绝密\u200b★）.pdf",
        "秘密＊5年",
        "機密★",
    ],
)
def test_marks(text: str) -> None:
    assert bears_mark(text)


@pytest.mark.parametrize("text", ["保密工作会议", "秘密", "★★★★★ 秘书", "秘密*通知", "密★", "机密文件柜1个", ""])
def test_no_marks(text: str) -> None:
    assert not bears_mark(text)


def seen(office: SmallOffice, table: str, row: int) -> Row:
    office.turn(slow=True)
    office.settle()
    return office.row(row, table)


def typed(office: SmallOffice, table: str, row: int, who: str = "王文员", **values: Value) -> Row:
    office.person(who).edit(table, row, **values)
    return seen(office, table, row)


def paper(office: SmallOffice, name: str) -> Value:
    return (office.person("王文员").host.upload(name, b"%PDF"),)


def kept_anywhere(office: SmallOffice, *texts: str) -> list[str]:
    """Every cell of mirror and journal that still holds one of these texts."""
    found = []
    for store in (office.office.mirror.store, office.office.journal.store):
        with store.read() as connection:
            for name in sql.inspect(connection).get_table_names():
                for record in connection.execute(sql.text(f'select * from "{name}"')).mappings():
                    line = json.dumps({k: str(v) for k, v in record.items()}, ensure_ascii=False)
                    found += [f"{name}: {line}" for text in texts if text in line]
    return found


@pytest.fixture
def nowhere(fresh: SmallOffice) -> Iterator[SmallOffice]:
    """The school; after the test its own stores know nothing of the secret."""
    yield fresh
    assert kept_anywhere(fresh, "某事", "★") == []


def ledger(office: SmallOffice, row: Row) -> list[tuple[Value, Value]]:
    return [(v["rule"], v["severity"]) for v in office.violations() if v["biz_code"] == row["code"]]


def test_v36_an_attachment_with_a_mark(nowhere: SmallOffice) -> None:
    claim = nowhere.claim()
    nowhere.settle()
    before = nowhere.row(claim)
    row = typed(nowhere, CLAIMS, claim, attachments=paper(nowhere, "某事（秘密★1年）.pdf"))
    assert (row["code"], row["check_message"], row["check_result"]) == (before["code"], MESSAGE, "拦截")
    assert (row["title"], row["amount"], row["handler"], row["attachments"]) == (None, None, None, ())
    assert row["status"] == "草稿"
    assert ledger(nowhere, row) == [("DG-06", "严重")]
    [line] = [v for v in nowhere.violations() if v["rule"] == "DG-06"]
    assert line["person"] == nowhere.ids["王文员"]
    assert line["detail"] == f"王文员在“支出单”的“附件”中填入了带密级标志的内容。{MESSAGE}"
    [entry] = nowhere.office.journal.entries(f"{CLAIMS}/{row['code']}", "cleared")
    assert (entry.data["account"], entry.data["fields"]) == (email("wang"), ["attachments"])


def test_the_answer_stays_until_somebody_writes_again(nowhere: SmallOffice) -> None:
    claim = nowhere.claim()
    nowhere.settle()
    typed(nowhere, CLAIMS, claim, title=SECRET)
    nowhere.engine = Engine(nowhere.office)
    assert seen(nowhere, CLAIMS, claim)["check_message"] == MESSAGE, "also for a worker that starts anew"
    row = typed(nowhere, CLAIMS, claim, title="打印纸")
    assert row["title"] == "打印纸" and MESSAGE not in str(row["check_message"])


@pytest.mark.parametrize("table", ["documents", "vendors", "assets", "invoices", "budget_lines", "tasks"])
def test_in_any_table(nowhere: SmallOffice, table: str) -> None:
    display = {"documents": "title", "vendors": "name", "invoices": "seller"}.get(table, "title")
    display = "name" if table in ("assets", "budget_lines") else display
    who = "李会计" if table == "budget_lines" else "王文员"
    [row] = nowhere.person(who).host.create(table, [{display: "寻常", "remark": "备注"}])
    before = seen(nowhere, table, row)
    after = typed(nowhere, table, row, who, remark=SECRET)
    assert (after["code"], after[display], after["remark"]) == (before["code"], None, None)
    assert (after["check_message"], ledger(nowhere, after)) == (MESSAGE, [("DG-06", "严重")])
    assert seen(nowhere, table, row)["check_message"] == MESSAGE


def test_a_new_row_that_arrives_with_a_mark(nowhere: SmallOffice) -> None:
    [row] = nowhere.person("王文员").host.create("documents", [{"title": SECRET, "file": paper(nowhere, "绝密★.doc")}])
    after = seen(nowhere, "documents", row)
    assert (after["title"], after["file"], after["check_message"]) == (None, (), MESSAGE)
    assert after["code"] and ledger(nowhere, after) == [("DG-06", "严重")]


@pytest.mark.parametrize("change", [{"title": SECRET}, {"remark": SECRET}])
def test_a_claim_under_signature_loses_its_signatures(nowhere: SmallOffice, change: dict[str, Value]) -> None:
    claim = nowhere.submitted()
    nowhere.sign(claim, "周科长")
    nowhere.settle()
    row = typed(nowhere, CLAIMS, claim, **change)
    assert (row["status"], row["title"], row["check_message"]) == ("草稿", None, MESSAGE)
    assert entries(nowhere, claim, "fell") != []
    assert {s["valid"] for s in nowhere.steps(claim)} == {"作废-改单"}


def test_an_approved_claim_too(nowhere: SmallOffice) -> None:
    claim = approved(nowhere)
    row = typed(nowhere, CLAIMS, claim, title=SECRET, remark=SECRET)
    assert (row["status"], row["title"], row["check_message"]) == ("草稿", None, MESSAGE)


def test_a_submission_with_a_mark_begins_no_round(nowhere: SmallOffice) -> None:
    claim = nowhere.claim()
    nowhere.settle()
    row = typed(nowhere, CLAIMS, claim, title=SECRET, status="提交")
    assert (row["status"], row["check_message"], nowhere.steps(claim)) == ("草稿", MESSAGE, [])


def test_a_closed_row_keeps_what_was_signed(nowhere: SmallOffice) -> None:
    claim = archived(nowhere)
    before = typed(nowhere, CLAIMS, claim, remark="凭证在第3册")
    row = typed(nowhere, CLAIMS, claim, title=SECRET, attachments=paper(nowhere, "机密★.pdf"))
    same = ("title", "amount", "handler", "attachments", "status", "voucher_no", "remark")
    assert [row[n] for n in same] == [before[n] for n in same]
    assert row["check_message"] == MESSAGE and ("DG-06", "严重") in ledger(nowhere, row)
    assert status(nowhere, claim) == "已归档"


def test_an_opinion_with_a_mark_does_not_sign_away_the_step(nowhere: SmallOffice) -> None:
    claim = nowhere.submitted()
    nowhere.sign(claim, "周科长", opinion=SECRET)
    nowhere.settle()
    step = nowhere.step(claim, "周科长")
    assert (step["decision"], step["opinion"]) == ("同意", None), "the decision was his, the words are gone"
    assert step["check_message"] == MESSAGE


def test_a_worker_owned_cell_gets_its_value_back(nowhere: SmallOffice) -> None:
    claim = nowhere.submitted()
    before = nowhere.step(claim, "周科长")
    after = typed(nowhere, "sign_steps", before.id, summary=SECRET)
    assert (after["summary"], after["assignee"], after["decision"]) == (
        before["summary"],
        before["assignee"],
        "待签",
    )


@pytest.mark.parametrize("table", ["people", "departments", "settings"])
def test_where_every_signature_rests_only_the_cell_goes(nowhere: SmallOffice, table: str) -> None:
    """Else one word in 备注 would take 赵校长's login away."""
    row = {"people": nowhere.ids["赵校长"], "departments": nowhere.ids["行政科"]}.get(table)
    row = row or nowhere.person("王文员").row("settings", key="chain.substitute").id
    before = nowhere.row(row, table)
    after = typed(nowhere, table, row, remark=SECRET)
    name = "key" if table == "settings" else "name"
    assert (after["remark"], after[name], after["check_message"]) == (None, before[name], MESSAGE)
    assert nowhere.office.norms.text("chain.substitute", nowhere.clock().date()) == "郑副校长"


def test_a_parameter_with_a_mark_keeps_its_value(nowhere: SmallOffice) -> None:
    row = nowhere.person("王文员").row("settings", key="chain.substitute").id
    assert typed(nowhere, "settings", row, value=SECRET)["value"] == "郑副校长"
    assert nowhere.office.norms.text("chain.substitute", nowhere.clock().date()) == "郑副校长"


def test_a_deleted_row_leaves_nothing(nowhere: SmallOffice) -> None:
    """Typed and deleted before the worker looked: what comes back is what was there before."""
    claim = nowhere.claim()
    nowhere.settle()
    nowhere.person("王文员").edit(CLAIMS, claim, title=SECRET)
    nowhere.person("王文员").delete(CLAIMS, claim)
    nowhere.turn(slow=True, deep=True)
    nowhere.settle()
    assert nowhere.row(claim)["title"] == "购置打印纸"


def test_typed_and_typed_over_before_the_worker_looked(nowhere: SmallOffice) -> None:
    claim = nowhere.submitted()
    nowhere.person("王文员").edit(CLAIMS, claim, title=SECRET)
    row = typed(nowhere, CLAIMS, claim, title="打印纸")
    assert (row["title"], row["status"]) == ("打印纸", "草稿")


def test_killed_before_the_host_was_cleared(nowhere: SmallOffice, monkeypatch: pytest.MonkeyPatch) -> None:
    claim = nowhere.claim()
    nowhere.settle()
    nowhere.person("王文员").edit(CLAIMS, claim, title=SECRET)
    monkeypatch.setattr(nowhere.host, "update", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        nowhere.turn()
    monkeypatch.undo()
    nowhere.engine = Engine(nowhere.office)
    row = seen(nowhere, CLAIMS, claim)
    assert (row["title"], row["check_message"]) == (None, MESSAGE)
    assert ledger(nowhere, row) == [("DG-06", "严重")]


def test_a_host_that_does_not_let_it_go(nowhere: SmallOffice, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing gets in, IT is told, and it is tried again."""
    claim = nowhere.claim()
    nowhere.settle()
    nowhere.person("王文员").edit(CLAIMS, claim, title=SECRET)
    monkeypatch.setattr(nowhere.host, "update", lambda *_: (_ for _ in ()).throw(HostRefused("只读。")))
    assert any("有密级标志，表格没有让系统清除" in p for p in nowhere.turn().problems)
    nowhere.clock.pass_by(hours=1)
    nowhere.claim("另一张单")
    nowhere.turn()
    assert kept_anywhere(nowhere, "某事") == [] and nowhere.row(claim)["title"] == SECRET
    monkeypatch.undo()
    nowhere.clock.pass_by(hours=1)
    nowhere.turn()
    assert nowhere.row(claim)["title"] is None


def test_office_and_it_are_told_that_the_host_may_still_hold_it(clock: Clock) -> None:
    office = rich(SmallOffice(clock))
    channel = Memory("email")
    office.engine = Engine(office.office, Notices(office.office, {"email": channel}, {}))
    claim = office.claim()
    office.settle()
    typed(office, CLAIMS, claim, title=SECRET)
    told = [(to.name, m) for to, m in channel.sent if "修改记录和附件存储里可能还留有原文" in m.text]
    assert [name for name, _ in told] == ["周科长"], "行政科's head: this school has no 办公室"
    assert told[0][1].subject.startswith("【涉密信息】支出单ZC-2026-0001检测到密级标志")
    assert not any("某事" in m.text or "★" in m.text for _, m in channel.sent)
    at_rest(office)
