"""预警台账 is written by Houqin; whoever is named explains, somebody else closes (domain.md B6.29)."""

import pytest

from automations.tables.base import Row
from automations.tables.values import Value
from tests.office import SmallOffice, email

SELF = "预警不能由责任人本人关闭。"


@pytest.fixture
def line(fresh: SmallOffice) -> int:
    """A line about 王文员, who typed 已批准 into his own claim."""
    claim = fresh.submitted()
    fresh.person("王文员").edit("expense_claims", claim, status="已批准")
    fresh.settle()
    [row] = [v for v in fresh.violations() if v["person"] == fresh.ids["王文员"] and v["rule"] == "DG-01"]
    assert row["status"] == "待说明"
    return row.id


def typed(office: SmallOffice, row: int, who: str, **values: Value) -> Row:
    office.person(who).edit("violations", row, **values)
    office.turn(slow=True)
    office.settle()
    return office.row(row, "violations")


def told(row: Row) -> list[str]:
    return str(row["check_message"] or "").split("\n")


def explained(office: SmallOffice, line: int) -> Row:
    return typed(office, line, "王文员", explanation="误点了状态，已改回。")


@pytest.mark.parametrize("table", ["violations", "outbox"])
def test_what_people_add_is_removed(fresh: SmallOffice, table: str) -> None:
    [row] = fresh.person("王文员").host.create(table, [{"title": "举报某人"}])
    fresh.turn(slow=True)
    fresh.settle()
    assert row not in fresh.host.ids(table)
    [entry] = fresh.office.journal.entries(f"{table}/{row}", "removed")
    assert (entry.data["account"], entry.data["row"]) == (email("wang"), row)
    assert "举报" not in str(entry.data)


def test_a_copied_line_is_removed(fresh: SmallOffice, line: int) -> None:
    fields = fresh.office.schema["violations"]
    cells = {n: v for n, v in fresh.row(line, "violations").values.items() if not fields[n].by_host}
    [copy] = fresh.person("李会计").host.create("violations", [cells])
    fresh.turn(slow=True)
    fresh.settle()
    assert copy not in fresh.host.ids("violations") and line in fresh.host.ids("violations")


def test_dg04_a_deleted_line_comes_back_with_its_state(fresh: SmallOffice, line: int) -> None:
    before = explained(fresh, line)
    fresh.person("王文员").delete("violations", line)
    fresh.turn(slow=True)
    fresh.settle()
    [row] = [v for v in fresh.violations() if v["code"] == before["code"]]
    assert (row["explanation"], row["status"], row["detail"]) == (before["explanation"], "待核实", before["detail"])
    assert [v["rule"] for v in fresh.violations() if v["biz_code"] == before["code"]] == ["DG-04"]


def test_dg04_a_deleted_message_comes_back(fresh: SmallOffice) -> None:
    code = "TZ-2026-0001"
    [row] = fresh.host.create("outbox", [{"code": code, "title": "待签提醒", "send_state": "已发"}])
    fresh.turn(slow=True)
    fresh.settle()
    fresh.person("王文员").delete("outbox", row)
    fresh.turn(slow=True, deep=True)
    fresh.settle()
    assert [r["title"] for r in fresh.host.changed("outbox", None).rows if r["code"] == code] == ["待签提醒"]


def test_the_explanation_sends_it_on_by_itself(fresh: SmallOffice, line: int) -> None:
    row = explained(fresh, line)
    assert (row["status"], row["explanation"]) == ("待核实", "误点了状态，已改回。")


def test_only_the_person_named_explains(fresh: SmallOffice, line: int) -> None:
    for who in ("周科长", "李会计"):
        row = typed(fresh, line, who, explanation="他不是故意的。")
        assert (row["explanation"], row["status"]) == (None, "待说明")
        assert told(row) == [f"“情况说明”由责任人本人填写，{who}的修改已还原。"]


def test_it_is_not_sent_on_unexplained(fresh: SmallOffice, line: int) -> None:
    row = typed(fresh, line, "王文员", status="待核实")
    assert (row["status"], told(row)) == ("待说明", ["责任人还没有填写“情况说明”，不能转入“待核实”。"])


@pytest.mark.parametrize("who", ["李会计", "孙副校长", "赵校长"])
@pytest.mark.parametrize("end", ["已关闭", "误报", "已上报"])
def test_finance_and_leaders_close(fresh: SmallOffice, line: int, who: str, end: str) -> None:
    explained(fresh, line)
    row = typed(fresh, line, who, handling="已整改", status=end)
    assert (row["status"], row["closed_by"], row["locked"]) == (end, fresh.ids[who], True)
    row = typed(fresh, line, who, handling="误报", closed_by=None, explanation="没有这回事")
    assert (row["handling"], row["closed_by"]) == ("已整改", fresh.ids[who]), "closed for good"
    assert row["explanation"] == "误点了状态，已改回。"


def test_nobody_closes_what_names_himself(fresh: SmallOffice) -> None:
    """李会计 is named in a line and holds the office that closes lines."""
    claim = fresh.submitted(who="李会计", department=fresh.ids["财务科"])
    fresh.person("李会计").edit("expense_claims", claim, status="已批准")
    fresh.settle()
    [line] = [v.id for v in fresh.violations() if v["person"] == fresh.ids["李会计"] and v["rule"] == "DG-01"]
    typed(fresh, line, "李会计", explanation="误点。")
    row = typed(fresh, line, "李会计", handling="误报", status="误报")
    assert (row["status"], row["handling"], row["closed_by"]) == ("待核实", None, None)
    not_his = "“处理意见”由责任人以外的会计、分管领导或主要领导填写，李会计的修改已还原。"
    assert not_his in told(row) and SELF in told(row)
    row = typed(fresh, line, "孙副校长", handling="已整改", status="已关闭", closed_by=fresh.ids["赵校长"])
    assert (row["status"], row["closed_by"]) == ("已关闭", fresh.ids["孙副校长"]), "whoever did it, not whom he named"


@pytest.mark.parametrize("who", ["王文员", "周科长", "钱出纳"])
def test_nobody_else_closes(fresh: SmallOffice, line: int, who: str) -> None:
    explained(fresh, line)
    row = typed(fresh, line, who, status="已关闭", handling="误报")
    assert (row["status"], row["handling"]) == ("待核实", None)
    assert "只有会计、分管领导或主要领导可以关闭预警。" in told(row)


def test_a_false_alarm_needs_no_excuse(fresh: SmallOffice, line: int) -> None:
    assert typed(fresh, line, "李会计", status="误报", handling="误报")["status"] == "误报"


def test_what_it_says_is_put_back(fresh: SmallOffice, line: int) -> None:
    before = fresh.row(line, "violations")
    row = typed(fresh, line, "王文员", detail="没有这回事", severity="提示", person=fresh.ids["周科长"])
    assert [row[n] for n in ("detail", "severity", "person")] == [before[n] for n in ("detail", "severity", "person")]
