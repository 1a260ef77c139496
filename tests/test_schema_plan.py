"""Plan and apply on the memory host, with an office that renames, retypes, deletes and adds by hand."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from automations.errors import SchemaError, SchemaMoved
from automations.schema import Field, Schema, Table, View, load_schema
from automations.schema.apply import apply, make_views
from automations.schema.host import Binding, HostField, HostTable
from automations.schema.plan import fingerprint, fits, plan
from automations.schema.render import render
from automations.schema.steps import (
    Adopt,
    CreateField,
    CreateTable,
    DropField,
    DropOptions,
    Plan,
    RenameTable,
    UpdateField,
)
from automations.tables.memory import MemoryHost, MemoryServer

PEOPLE = Table("people", "人员", "RY", (Field("name", "姓名", "text", owner="HR"),), display="name")
CLAIMS = Table(
    "claims",
    "支出单",
    "ZC",
    (
        Field("code", "编号", "text", owner="worker"),
        Field("amount", "申请金额", "money", owner="H", decimals=2, note="大于0"),
        Field("status", "状态", "choice", owner="H", options=("草稿", "提交"), default="草稿"),
        Field("handler", "经办人", "person", owner="H", to="people"),
    ),
    views=(
        View("我经办的", where={"handler": "@me"}, fields=("code", "amount")),
        View("草稿箱", where={"status": "草稿"}),
        View("登记", fields=("amount",), form=True),
    ),
)
INVOICES = Table(
    "invoices",
    "发票",
    "FP",
    (
        Field("code", "编号", "text", owner="worker"),
        Field("claim", "支出单", "link", owner="H", to="claims", reverse="发票"),
    ),
)
SMALL = Schema((CLAIMS, INVOICES, PEOPLE))  # links point forward and backward: order must not matter


@pytest.fixture
def server() -> Iterator[MemoryServer]:
    server = MemoryServer()
    server.add_account("robot@school.example", "后勤")
    yield server
    server.close()


@pytest.fixture
def host(server: MemoryServer) -> MemoryHost:
    return server.login("robot@school.example")


def quiet(text: str) -> None:
    assert text


def run(schema: Schema, host: Any, binding: Binding | None = None, **flags: bool) -> Binding:
    flags = {"yes": False, "lose_data": False, **flags}
    return apply(plan(schema, host.describe(), binding), host, progress=quiet, **flags)


def look(host: MemoryHost, binding: Binding | None, schema: Schema = SMALL) -> Plan:
    return plan(schema, host.describe(), binding)


def changed(field: str, **change: Any) -> Schema:
    """The small schema with one column of the claims changed."""
    fields = tuple(replace(f, **change) if f.name == field else f for f in CLAIMS.fields)
    return Schema((replace(CLAIMS, fields=fields), INVOICES, PEOPLE))


def by_title(host: MemoryHost, table: str = "支出单") -> dict[str, HostField]:
    return {f.title: f for t in host.describe() if t.title == table for f in t.fields}


# --- first run ----------------------------------------------------------------------------------------------------
def test_first_apply_makes_everything_and_the_second_nothing(host: MemoryHost) -> None:
    first = look(host, None)
    assert all(step.grade == "safe" for step in first.steps)
    assert [s.table.name for s in first.steps if isinstance(s, CreateTable)] == ["claims", "invoices", "people"]
    binding = run(SMALL, host)
    for table in SMALL:
        assert set(binding[table.name].fields) == {f.name for f in table.fields}
    again = look(host, binding)
    assert (again.steps, again.notes, again.blocks) == ((), (), ())
    assert run(SMALL, host, binding) == binding
    host.bind(binding)
    assert set(host.refresh(["claims", "invoices", "people"])) == {"claims", "invoices", "people"}


def test_the_real_schema_is_applied_whole_and_can_be_written(host: MemoryHost) -> None:
    schema = load_schema(Path(__file__).parent.parent / "schemas")
    binding = run(schema, host)
    again = plan(schema, host.describe(), binding)
    assert (again.steps, again.notes, again.blocks) == ((), (), ())
    host.bind(binding)
    person = host.create("people", [{"name": "周行政"}])[0]
    claim = host.create("expense_claims", [{"handler": person, "amount": "1260.00", "category": "维修维护费"}])[0]
    row = host.rows("expense_claims", [claim])[0]
    assert (row["handler"], row["status"], str(row["amount"])) == (person, "草稿", "1260.00")


def test_existing_tables_are_matched_by_title_without_a_binding(host: MemoryHost) -> None:
    made = run(SMALL, host)
    assert look(host, None).steps == ()
    assert run(SMALL, host, None) == made


def test_two_tables_of_one_title_block(server: MemoryServer, host: MemoryHost) -> None:
    twice = [HostTable("1", "人员", ()), HostTable("2", "人员", ())]
    assert "有 2 张同名的表“人员”" in plan(SMALL, twice, None).blocks[0]


# --- what people do by hand ---------------------------------------------------------------------------------------
def test_a_renamed_column_keeps_the_office_s_name(server: MemoryServer, host: MemoryHost) -> None:
    binding = run(SMALL, host)
    server.rename_field("支出单", "申请金额", "报销金额")
    found = look(host, binding)
    assert found.steps == () and found.blocks == ()
    assert found.notes == ("“支出单”的列“申请金额”在网页上已改名为“报销金额”，保留新名。",)
    assert run(SMALL, host, binding)["claims"].fields == binding["claims"].fields


def test_a_renamed_column_keeps_its_name_when_something_else_changes(server: MemoryServer, host: MemoryHost) -> None:
    binding = run(SMALL, host)
    server.rename_field("支出单", "状态", "进度")
    run(changed("status", options=("草稿", "提交", "作废"), title="单据状态"), host, binding)
    assert by_title(host)["进度"].options == ("草稿", "提交", "作废")


def test_a_title_changed_in_the_schema_is_followed(host: MemoryHost) -> None:
    binding = run(SMALL, host)
    schema = Schema((replace(changed("amount", title="金额")["claims"], title="报销单"), INVOICES, PEOPLE))
    found = look(host, binding, schema)
    assert {type(s) for s in found.steps} == {RenameTable, UpdateField}
    after = run(schema, host, binding)
    assert by_title(host, "报销单")["金额"].id == binding["claims"].fields["amount"]
    assert plan(schema, host.describe(), after).steps == ()


def test_a_renamed_table_is_recognised(server: MemoryServer, host: MemoryHost) -> None:
    binding = run(SMALL, host)
    host.rename_table(binding["claims"].id, "费用单")
    found = look(host, binding)
    assert found.steps == ()
    assert "表“支出单”在网页上已改名为“费用单”，保留新名。" in found.notes


def test_options_added_by_hand_are_named_and_survive(server: MemoryServer, host: MemoryHost) -> None:
    binding = run(SMALL, host)
    server.set_options("支出单", "状态", ["草稿", "提交", "加急"])
    found = look(host, binding)
    assert found.steps == ()
    assert "网页上加的选项 加急" in found.notes[0]
    after = run(changed("status", options=("草稿", "提交", "作废")), host, binding)
    assert by_title(host)["状态"].options == ("草稿", "提交", "作废", "加急")
    assert look(host, after, changed("status", options=("草稿", "提交", "作废"))).steps == ()


def test_an_option_deleted_by_hand_is_put_back(server: MemoryServer, host: MemoryHost) -> None:
    binding = run(SMALL, host)
    server.set_options("支出单", "状态", ["草稿"])
    (step,) = look(host, binding).steps
    assert isinstance(step, UpdateField) and step.changes == ("增加选项 提交",)
    run(SMALL, host, binding)
    assert by_title(host)["状态"].options == ("草稿", "提交")


def test_a_changed_type_blocks_until_it_is_changed_back(server: MemoryServer, host: MemoryHost) -> None:
    binding = run(SMALL, host)
    server.retype("支出单", "申请金额", "text")
    before = fingerprint(host.describe())
    found = look(host, binding)
    assert len(found.blocks) == 1 and "“申请金额”应为 money，现为 text。类型被改" in found.blocks[0]
    with pytest.raises(SchemaError, match="没有做任何改动"):
        run(SMALL, host, binding, yes=True, lose_data=True)
    assert fingerprint(host.describe()) == before
    server.retype("支出单", "申请金额", "money")
    assert look(host, binding).blocks == ()


def test_a_retyped_column_set_aside_under_another_name_is_made_again(server: MemoryServer, host: MemoryHost) -> None:
    """What the block advises must work."""
    binding = run(SMALL, host)
    server.retype("支出单", "申请金额", "text")
    server.rename_field("支出单", "申请金额", "旧金额")
    (step,) = look(host, binding).steps
    assert isinstance(step, CreateField) and step.again
    after = run(SMALL, host, binding, yes=True)
    assert by_title(host)["申请金额"].id == after["claims"].fields["amount"] != binding["claims"].fields["amount"]
    assert by_title(host)["旧金额"].type == "text"
    assert look(host, after).steps == ()


def test_a_type_changed_in_the_schema_blocks_with_other_advice(host: MemoryHost) -> None:
    binding = run(SMALL, host)
    (block,) = look(host, binding, changed("amount", type="text", decimals=0)).blocks
    assert "已有数据的列不能换类型" in block and "schemas/claims.toml" in block


def test_a_link_turned_to_another_table_blocks(host: MemoryHost) -> None:
    binding = run(SMALL, host)
    schema = Schema(
        (CLAIMS, replace(INVOICES, fields=(INVOICES["code"], replace(INVOICES["claim"], to="people"))), PEOPLE)
    )
    (block,) = look(host, binding, schema).blocks
    assert "应关联“人员”，现关联“支出单”" in block


def test_a_deleted_column_is_made_again_only_with_a_yes(host: MemoryHost) -> None:
    binding = run(SMALL, host)
    host.delete_field(binding["claims"].id, binding["claims"].fields["amount"])
    (step,) = look(host, binding).steps
    assert isinstance(step, CreateField) and step.again and step.grade == "yes"
    with pytest.raises(SchemaError, match="--yes"):
        run(SMALL, host, binding)
    assert "申请金额" not in by_title(host)
    after = run(SMALL, host, binding, yes=True)
    assert by_title(host)["申请金额"].id == after["claims"].fields["amount"]
    assert look(host, after).steps == ()


def test_a_deleted_column_replaced_by_a_namesake_is_adopted_with_a_yes(host: MemoryHost) -> None:
    binding = run(SMALL, host)
    host.delete_field(binding["claims"].id, binding["claims"].fields["amount"])
    made = host.create_field(binding["claims"].id, CLAIMS["amount"])
    (step,) = look(host, binding).steps
    assert isinstance(step, Adopt)
    assert run(SMALL, host, binding, yes=True)["claims"].fields["amount"] == made.id


def test_a_deleted_table_is_made_again_only_with_a_yes(host: MemoryHost) -> None:
    binding = run(SMALL, host)
    without = [t for t in host.describe() if t.title != "发票"]
    found = plan(SMALL, without, binding)
    (step,) = found.of("yes")
    assert isinstance(step, CreateTable) and step.again


def test_columns_and_tables_of_the_office_are_left_alone(host: MemoryHost) -> None:
    binding = run(SMALL, host)
    host.create_field(binding["claims"].id, Field("mine", "我的备注", "text"))
    host.create_table(Table("party", "党费", "DF", (Field("name", "姓名", "text"),), display="name"))
    found = look(host, binding)
    assert found.steps == ()
    assert set(found.notes) == {
        "“支出单”有网页上加的列 我的备注，保留不动。",
        "表“党费”不在 schemas/ 里，保留不动。",
    }


# --- what the schema takes away -----------------------------------------------------------------------------------
def test_an_option_removed_from_the_schema_would_lose_data(host: MemoryHost) -> None:
    binding = run(SMALL, host)
    schema = changed("status", options=("草稿",))
    (step,) = look(host, binding, schema).steps
    assert isinstance(step, DropOptions) and step.grade == "lose" and step.options == ("提交",)
    with pytest.raises(SchemaError, match="--lose-data"):
        run(schema, host, binding, yes=True)
    assert by_title(host)["状态"].options == ("草稿", "提交")
    after = run(schema, host, binding, lose_data=True)
    assert by_title(host)["状态"].options == ("草稿",)
    assert look(host, after, schema).steps == ()


def test_a_field_removed_from_the_schema_would_lose_data(host: MemoryHost) -> None:
    binding = run(SMALL, host)
    shorter = replace(CLAIMS, fields=tuple(f for f in CLAIMS.fields if f.name != "amount"), views=())
    schema = Schema((shorter, INVOICES, PEOPLE))
    (step,) = look(host, binding, schema).steps
    assert isinstance(step, DropField)
    with pytest.raises(SchemaError, match="--lose-data"):
        run(schema, host, binding)
    after = run(schema, host, binding, lose_data=True)
    assert "申请金额" not in by_title(host)
    assert plan(schema, host.describe(), after).steps == ()


def test_note_and_places_are_safe(host: MemoryHost) -> None:
    binding = run(SMALL, host)
    schema = changed("amount", note="含税")
    (step,) = look(host, binding, schema).steps
    assert isinstance(step, UpdateField) and step.grade == "safe"
    after = run(schema, host, binding)
    assert by_title(host)["申请金额"].note == "含税"
    assert look(host, after, schema).steps == ()


# --- moving ground ------------------------------------------------------------------------------------------------
def test_apply_refuses_when_the_host_moved_since_the_plan(server: MemoryServer, host: MemoryHost) -> None:
    binding = run(SMALL, host)
    old = look(host, binding, changed("amount", note="含税"))
    server.rename_field("支出单", "状态", "进度")
    with pytest.raises(SchemaMoved, match="又有变动"):
        apply(old, host, yes=True, lose_data=True, progress=quiet)
    assert by_title(host)["申请金额"].note == "大于0"


def test_fingerprint_knows_columns_but_neither_order_nor_views(host: MemoryHost) -> None:
    run(SMALL, host)
    found = host.describe()
    upside_down = [replace(t, fields=t.fields[::-1], views=("新视图",)) for t in reversed(found)]
    assert fingerprint(upside_down) == fingerprint(found)
    first = found[0]
    other = [replace(first, fields=(replace(first.fields[0], title="别名"), *first.fields[1:])), *found[1:]]
    assert fingerprint(other) != fingerprint(found)


class Killed(Exception):
    """The process died."""


class Dying:
    """The host, until the power fails before or after its n-th change."""

    CHANGES = frozenset({"create_table", "create_field", "update_field", "rename_table", "delete_field", "create_view"})

    def __init__(self, host: MemoryHost, at: int, *, after: bool) -> None:
        self.host, self.left, self.after = host, at, after

    def __getattr__(self, name: str) -> Any:
        call = getattr(self.host, name)
        if name not in self.CHANGES:
            return call

        def counted(*args: Any) -> Any:
            self.left -= 1
            if self.left < 0 and not self.after:
                raise Killed
            answer = call(*args)
            if self.left < 0:
                raise Killed
            return answer

        return counted


def shape(found: list[HostTable]) -> list[tuple[Any, ...]]:
    """What a database looks like without its ids."""
    titles = {t.id: t.title for t in found}
    return sorted(
        (t.title, sorted((f.title, f.type, f.options, titles.get(f.to or ""), f.note, f.decimals) for f in t.fields))
        for t in found
    )


def _fresh() -> tuple[MemoryServer, MemoryHost]:
    server = MemoryServer()
    server.add_account("robot@school.example", "后勤")
    return server, server.login("robot@school.example")


@pytest.mark.parametrize("after", [False, True], ids=["before the call", "after the call"])
def test_killed_at_any_step_a_second_apply_finishes(after: bool) -> None:
    """From nothing, then from an older schema with a deleted column: every place the process can die in."""
    server, host = _fresh()
    old = run(SMALL, host)
    host.delete_field(old["claims"].id, old["claims"].fields["handler"])
    new = Schema(
        (
            replace(changed("status", options=("草稿", "作废"), title="单据状态")["claims"], title="报销单"),
            INVOICES,
            PEOPLE,
        )
    )
    run(new, host, old, yes=True, lose_data=True)
    wanted, at = shape(host.describe()), 0
    server.close()
    while True:
        server, host = _fresh()
        died = 0
        for schema, prepare in ((SMALL, False), (new, True)):
            binding = old if prepare else None
            try:
                dying = Dying(host, at, after=after)
                made = run(schema, dying, binding, yes=True, lose_data=True)
            except Killed:
                died += 1
                made = run(schema, host, binding, yes=True, lose_data=True)
            assert plan(schema, host.describe(), made).steps == ()
            if not prepare:
                old = made
                host.delete_field(old["claims"].id, old["claims"].fields["handler"])
        assert shape(host.describe()) == wanted, f"killed at change {at}"
        server.close()
        if not died:
            break
        at += 1
    assert at >= 5  # tables and links of the first run


# --- views --------------------------------------------------------------------------------------------------------
def test_views_are_made_once(host: MemoryHost) -> None:
    binding = run(SMALL, host)
    made = make_views(host, SMALL, binding, host.describe(), {})
    assert set(made) == {("claims", "我经办的"), ("claims", "草稿箱"), ("claims", "登记")}
    assert make_views(host, SMALL, binding, host.describe(), {}) == {}


def test_views_per_department_and_per_person(host: MemoryHost) -> None:
    each = View("本人·{name}", each="people", where={"handler": "@each"})
    schema = Schema((replace(CLAIMS, views=(*CLAIMS.views, each)), INVOICES, PEOPLE))
    binding = run(schema, host)
    rows = {"people": [(1, "张三"), (2, "李四")]}
    made = make_views(host, schema, binding, host.describe(), rows)
    titles = {title for _, title in made}
    assert titles == {"我经办的·张三", "我经办的·李四", "草稿箱", "登记", "本人·张三", "本人·李四"}
    (claims,) = [t for t in host.describe() if t.title == "支出单"]
    assert set(claims.views) >= titles


# --- matching and showing -----------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("kind", "has", "to", "decimals", "wanted"),
    [
        ("person", "person", None, 0, True),
        ("person", "link", "p", 0, True),
        ("person", "links", "p", 0, True),
        ("person", "link", "x", 0, False),
        ("persons", "link", "p", 0, False),
        ("link", "links", "x", 0, True),
        ("links", "link", "x", 0, False),
        ("money", "number", None, 2, True),
        ("money", "number", None, 1, False),
        ("date", "datetime", None, 0, False),
        ("text", "long_text", None, 0, False),
        ("text", "?formula", None, 0, False),
    ],
)
def test_which_columns_serve(kind: Any, has: str, to: str | None, decimals: int, wanted: bool) -> None:
    field = Field("x", "列", kind, decimals=2 if kind == "money" else 0)
    assert fits(field, HostField("1", "列", has, to=to, decimals=decimals), "p") is wanted


def test_the_plan_in_words(server: MemoryServer, host: MemoryHost) -> None:
    text = render(look(host, None))
    assert "可直接执行：5 项" in text
    assert "新建表“支出单”（3 列，关联列另加）" in text
    assert "“发票”新增 1 列：支出单" in text
    binding = run(SMALL, host)
    assert render(look(host, binding)) == "表格与 schemas/ 一致，无需改动。"
    server.retype("支出单", "编号", "long_text")
    host.delete_field(binding["claims"].id, binding["claims"].fields["handler"])
    text = render(look(host, binding, changed("status", options=("草稿",))))
    assert "需要确认（加 --yes）：1 项\n  - “支出单”重建列“经办人”" in text
    assert "会丢失数据（加 --lose-data）：1 项\n  - “支出单”的列“状态”删除选项 提交" in text
    assert "须先人工处理：1 项（处理前不能执行）" in text
