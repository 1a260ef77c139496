"""参数标准: whoever changes a value does not put it in force, somebody else does (domain.md B1.6)."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from automations.engine import Engine
from automations.journal import Journal
from automations.mirror import Mirror
from automations.tables.base import Row
from automations.tables.memory import MemoryServer
from automations.tables.values import Value
from tests.approvals.looks import edit_norm
from tests.conftest import Clock
from tests.office import ACCOUNTS, STAFF, WORKER, SmallOffice, email, schema

CASH, TODAY = "cash.limit", date(2026, 9, 1)
WAITS = "参数修改须由另一人复核后生效，目前仍按原值“{}”执行。"
HIS_OWN = "【复核无效】{}参与了本次修改，须由另一位分管领导、主要领导或会计勾选“已本地核实”。"


@pytest.fixture
def limit(fresh: SmallOffice) -> int:
    """现金结算起点 as Houqin loaded it: 1,000 元; its row id."""
    return edit_norm(fresh, CASH, "1000", unit="元")


def typed(office: SmallOffice, row: int, who: str = "王文员", **values: Value) -> Row:
    """Somebody types into a row of 参数标准; the row once the worker has answered."""
    office.person(who).edit("settings", row, **values)
    return seen(office, row)


def seen(office: SmallOffice, row: int) -> Row:
    office.turn(slow=True)
    office.settle()
    return office.row(row, "settings")


def in_force(office: SmallOffice, on: date = TODAY) -> Decimal:
    return office.office.norms.money(CASH, on)


def noted(office: SmallOffice, row: int) -> list[tuple[str, Any]]:
    """(kind, account) of the journal's entries about a row."""
    code = office.row(row, "settings")["code"]
    return [
        (e.kind.removeprefix("parameter_"), e.data.get("account"))
        for e in office.office.journal.entries(f"settings/{code}")
    ]


def said(row: Row) -> str:
    return str(row["check_message"] or "")


def test_what_houqin_loads_is_in_force_at_once_and_not_verified(fresh: SmallOffice, limit: int) -> None:
    assert in_force(fresh) == 1000
    assert not fresh.office.norms.verified(CASH, TODAY)
    assert said(fresh.row(limit, "settings")) == ""


def test_a_change_waits_for_a_second_person(fresh: SmallOffice, limit: int) -> None:
    row = typed(fresh, limit, value="5000")
    assert in_force(fresh) == 1000, "one clerk put a limit in force"
    assert (said(row), row["check_result"], row["prev_value"], row["value"]) == (
        WAITS.format("1000"),
        "提示",
        "1000",
        "5000",
    )
    row = typed(fresh, limit, "李会计", verified=True)
    assert in_force(fresh) == 5000 and fresh.office.norms.verified(CASH, TODAY)
    assert (said(row), row["verified"], row["verified_by"]) == ("", True, fresh.ids["李会计"])
    assert row["prev_value"] == "1000"
    assert noted(fresh, limit)[1:] == [("proposed", email("wang")), ("confirmed", email("li"))]


@pytest.mark.parametrize("who", ["李会计", "孙副校长", "赵校长"])
def test_finance_and_leaders_confirm(fresh: SmallOffice, limit: int, who: str) -> None:
    typed(fresh, limit, value="5000")
    assert typed(fresh, limit, who, verified=True, verified_by=fresh.ids[who])["verified"] is True
    assert in_force(fresh) == 5000


@pytest.mark.parametrize("who", ["周科长", "钱出纳", "王文员"])
def test_nobody_else_confirms(fresh: SmallOffice, limit: int, who: str) -> None:
    typed(fresh, limit, "孙副校长", value="5000")
    row = typed(fresh, limit, who, verified=True)
    refused = f"【复核无效】“已本地核实”由分管领导、主要领导或会计填写，{who}的修改已还原。"
    assert (row["verified"], said(row)) == (False, f"{WAITS.format('1000')}\n{refused}")
    assert (in_force(fresh), row["check_result"]) == (1000, "拦截")
    assert noted(fresh, limit)[-1] == ("refused", email(STAFF[who][0]))


def test_nobody_confirms_what_he_changed(fresh: SmallOffice, limit: int) -> None:
    """Not in a second step, not in the same one, and not where somebody else had a hand in it as well."""
    typed(fresh, limit, "李会计", value="5000")
    row = typed(fresh, limit, "李会计", verified=True)
    assert (row["verified"], said(row)) == (False, f"{WAITS.format('1000')}\n{HIS_OWN.format('李会计')}")
    row = typed(fresh, limit, "李会计", value="6000", verified=True)
    assert (row["verified"], in_force(fresh)) == (False, 1000)
    typed(fresh, limit, "王文员", value="7000")
    row = typed(fresh, limit, "李会计", verified=True)
    assert (row["verified"], in_force(fresh)) == (False, 1000)
    assert typed(fresh, limit, "赵校长", verified=True)["verified"] is True
    assert in_force(fresh) == 7000


def test_two_people_between_two_passes(fresh: SmallOffice, limit: int) -> None:
    fresh.person("王文员").edit("settings", limit, value="5000")
    fresh.person("李会计").edit("settings", limit, verified=True)
    fresh.person("王文员").edit("settings", limit, value="9000")
    row = seen(fresh, limit)
    assert in_force(fresh) == 5000, "judged in the order in which it was done"
    assert (row["verified"], said(row), row["prev_value"]) == (False, WAITS.format("5000"), "5000")


def test_a_changed_value_loses_its_tick(fresh: SmallOffice, limit: int) -> None:
    typed(fresh, limit, "李会计", verified=True)
    assert fresh.office.norms.verified(CASH, TODAY)
    row = typed(fresh, limit, value="5000")
    assert (row["verified"], row["verified_by"], said(row)) == (False, None, WAITS.format("1000"))
    assert fresh.office.norms.verified(CASH, TODAY), "1,000 元 was checked, and 1,000 元 is in force"


def test_the_old_value_typed_back_withdraws_the_change(fresh: SmallOffice, limit: int) -> None:
    typed(fresh, limit, "李会计", verified=True)
    typed(fresh, limit, value="5000")
    row = typed(fresh, limit, value="1000")
    assert (said(row), row["verified"], row["verified_by"]) == ("", True, fresh.ids["李会计"])
    assert noted(fresh, limit)[-1] == ("withdrawn", email("wang"))


def test_a_tick_taken_back_confirms_nothing(fresh: SmallOffice, limit: int) -> None:
    fresh.person("王文员").edit("settings", limit, value="5000")
    fresh.person("王文员").edit("settings", limit, verified=True)
    fresh.person("李会计").edit("settings", limit, verified=False)
    assert seen(fresh, limit)["verified"] is False
    assert in_force(fresh) == 1000


def test_a_new_parameter_waits_too(fresh: SmallOffice) -> None:
    [row] = fresh.person("王文员").host.create("settings", [{"key": CASH, "label": "现金", "value": "9000"}])
    assert said(seen(fresh, row)) == WAITS.format("1000"), "what ships stays in force"
    assert in_force(fresh) == 1000
    [other] = fresh.person("王文员").host.create("settings", [{"key": "school.motto", "label": "校训", "value": "实"}])
    assert said(seen(fresh, other)) == "新增参数须由另一人复核后生效，复核前不按它执行。"
    typed(fresh, row, "李会计", verified=True)
    assert in_force(fresh) == 9000


def test_a_day_on_which_it_begins_is_confirmed_with_it(fresh: SmallOffice, limit: int) -> None:
    october = date(2026, 10, 1)
    edit_norm(fresh, CASH, "1500")
    row = typed(fresh, limit, value="5000", from_date=october)
    assert said(row) == WAITS.format("1500（一直至今后）")
    typed(fresh, limit, "李会计", verified=True)
    assert [in_force(fresh, d) for d in (TODAY, october - timedelta(days=1), october)] == [1500, 1500, 5000]
    row = typed(fresh, limit, to_date=date(2026, 12, 31))
    assert said(row) == WAITS.format("5000（2026-10-01至今后）")
    assert in_force(fresh, date(2027, 1, 1)) == 5000


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        ("一千", "参数“cash.limit”应填金额（元），如 5000、5,000.00 或 5万，现在是“一千”。"),
        (None, "“参数值”不能为空；不再执行的参数请填“失效日”。"),
    ],
)
def test_what_cannot_be_read_is_told_at_once_and_cannot_be_confirmed(
    fresh: SmallOffice, limit: int, value: Value, sentence: str
) -> None:
    row = typed(fresh, limit, value=value)
    assert (said(row), row["check_result"]) == (f"{sentence}\n{WAITS.format('1000')}", "拦截")
    row = typed(fresh, limit, "李会计", verified=True)
    assert (row["verified"], in_force(fresh)) == (False, 1000)


def test_everything_wrong_is_told_at_once(fresh: SmallOffice, limit: int) -> None:
    row = typed(
        fresh, limit, value="五千", unit="万元", from_date=date(2026, 10, 1), to_date=date(2026, 9, 1), verified=True
    )
    assert said(row).split("\n") == [
        "“失效日”早于“生效日”。",
        "参数“cash.limit”应填金额（元），如 5000、5,000.00 或 5万，现在是“五千”。",
        WAITS.format("1000（一直至今后）"),
        "【复核无效】“已本地核实”由分管领导、主要领导或会计填写，王文员的修改已还原。",
        "“参数值”一律按“元”读取，把“单位”改为“万元”不改变数值的含义，请改回“元”。",
    ]


def test_another_unit_changes_nothing_and_is_told(fresh: SmallOffice, limit: int) -> None:
    row = typed(fresh, limit, unit="万元")
    sentence = "“参数值”一律按“元”读取，把“单位”改为“万元”不改变数值的含义，请改回“元”。"
    assert (said(row), row["check_result"], in_force(fresh)) == (sentence, "提示", 1000)
    assert said(typed(fresh, limit, unit="元")) == ""


def test_another_key_leaves_the_old_one_in_force(fresh: SmallOffice, limit: int) -> None:
    edit_norm(fresh, CASH, "1500")
    row = typed(fresh, limit, key="invoice.near_days", value="3", unit="天")
    assert said(row) == WAITS.format("1500（参数键cash.limit）")
    assert in_force(fresh) == 1500


def test_the_old_value_typed_over_comes_back(fresh: SmallOffice, limit: int) -> None:
    typed(fresh, limit, value="5000")
    assert typed(fresh, limit, prev_value="5000")["prev_value"] == "1000"


def test_whoever_is_not_in_the_table_of_people_confirms_nothing(fresh: SmallOffice, limit: int) -> None:
    typed(fresh, limit, value="5000")
    fresh.server.add_account("stranger@school.test", "外人")
    stranger = fresh.server.login("stranger@school.test")
    stranger.bind(fresh.binding)
    stranger.update("settings", {limit: {"verified": True}})
    row = seen(fresh, limit)
    unknown = "【账号未登记】账号“stranger@school.test”没有对应人员，本次操作不作为签批依据。请联系信息科。"
    assert (row["verified"], said(row)) == (False, f"{WAITS.format('1000')}\n{unknown}")


def test_a_change_without_a_record_waits_as_well(fresh: SmallOffice, limit: int) -> None:
    """Option edits and imports leave no history: nobody is known, so nobody put it in force."""
    fresh.server.import_rows("参数标准", {limit: {"参数值": "5000"}})
    fresh.turn(slow=True)
    fresh.clock.pass_by(seconds=5)
    row = seen(fresh, limit)
    assert (in_force(fresh), said(row)) == (1000, WAITS.format("1000"))
    assert noted(fresh, limit)[-1] == ("proposed", None)


def test_a_row_brought_back_is_no_more_in_force_than_it_was(fresh: SmallOffice, limit: int) -> None:
    """What Houqin brings back (DG-04) is no more in force than it was."""
    typed(fresh, limit, value="5000")
    fresh.person("王文员").delete("settings", limit)
    assert in_force(fresh) == 1000
    fresh.turn(slow=True, deep=True)
    fresh.settle()
    row = fresh.row(limit, "settings")
    assert (row["value"], in_force(fresh)) == ("5000", 1000)
    fresh.turn(slow=True, deep=True)
    fresh.settle()
    assert in_force(fresh) == 1000


def test_brought_back_before_it_was_judged(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    """Typed, read, the worker killed, the row deleted and its number given away: what Houqin adds again waits."""
    server = MemoryServer(clock=clock, reuse_ids=True)
    for address, name in ACCOUNTS.items():
        server.add_account(address, name)
    office = SmallOffice(clock, server=server)
    row = edit_norm(office, CASH, "1500")
    code = office.row(row, "settings")["code"]
    clerk = office.person("王文员")
    clerk.edit("settings", row, value="9000")
    monkeypatch.setattr(office.engine._guards.parameters, "look", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        office.turn(slow=True)
    monkeypatch.undo()
    clerk.delete("settings", row)
    assert clerk.host.create("settings", [{"key": "school.motto", "value": "实"}]) == [row]
    office.turn(slow=True, deep=True)
    office.settle()
    [back] = [r for r in office.host.changed("settings", None).rows if r["code"] == code]
    assert (back["value"], in_force(office), said(back)) == ("9000", 1500, WAITS.format("1500"))


def test_what_is_in_force_outlives_mirror_and_worker(fresh: SmallOffice, limit: int) -> None:
    typed(fresh, limit, value="5000")
    typed(fresh, limit, "李会计", verified=True)
    typed(fresh, limit, value="9000")
    for table in fresh.office.schema:
        fresh.office.mirror.drop(table.name, list(fresh.office.mirror.ids(table.name)))
        fresh.office.mirror.set_cursor(table.name, None)
    fresh.engine = Engine(fresh.office)
    fresh.settle()
    row = fresh.row(limit, "settings")
    assert (in_force(fresh), said(row), row["last_modified_by"] != WORKER) == (5000, WAITS.format("5000"), False)


def test_what_was_changed_before_the_worker_first_ran(fresh: SmallOffice, limit: int) -> None:
    """apply has filled the table, a clerk was quicker than the worker."""
    fresh.person("王文员").edit("settings", limit, value="5000")
    office = replace(fresh.office, mirror=Mirror("sqlite:///:memory:", schema()), journal=Journal("sqlite:///:memory:"))
    Engine(office).turn(fresh.clock.pass_by(seconds=3))
    assert office.norms.money(CASH, TODAY) == 1000
    fresh.engine = Engine(fresh.office)
    seen(fresh, limit)


def test_claims_are_judged_by_what_is_in_force(fresh: SmallOffice) -> None:
    """A clerk switches the review of his own head off: nothing happens until somebody else agrees."""
    row = edit_norm(fresh, "chain.dept_review", "是")
    typed(fresh, row, value="否")
    assert next(s["level"] for s in fresh.steps(fresh.submitted())) == "部门负责人"
    typed(fresh, row, "孙副校长", verified=True)
    assert next(s["level"] for s in fresh.steps(fresh.submitted())) == "会计"
