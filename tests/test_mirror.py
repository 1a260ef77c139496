"""The mirror gives back what it was given, keeps the agenda, and survives a change of schemas/."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pandas
import pytest
from hypothesis import HealthCheck, given, settings
from sqlalchemy import text

from automations.errors import StoreError
from automations.mirror import Mirror
from automations.schema.model import Field, Schema
from automations.tables.base import Row
from automations.tables.values import File, canonical
from tests.office_tables import CLAIMS, NOW, PEOPLE, SCHEMA, claim, rows
from tests.postgres import store_url as store_url


@pytest.fixture
def mirror(store_url: str):
    opened = Mirror(store_url, SCHEMA)
    yield opened
    opened.close()


def with_fields(*fields: Field) -> Schema:
    """The schema with other columns in ``claims``."""
    return Schema((PEOPLE, replace(CLAIMS, fields=fields)))


def queue(mirror: Mirror, row: Row, before: Row | None = None, now: datetime = NOW) -> None:
    with mirror.write() as tx:
        tx.put("claims", [row])
        tx.queue("claims", [(row, before)], now)


# --- rows -----------------------------------------------------------------------------------------------------------
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(row=rows(CLAIMS))
def test_any_row_comes_back_as_it_was(mirror: Mirror, row: Row) -> None:
    mirror.put("claims", [row])
    found = mirror.row("claims", row.id)
    assert found == row
    assert found is not None
    assert {n: type(v) for n, v in found.values.items()} == {n: type(v) for n, v in row.values.items()}
    for name in ("amount", "count", "area", "share"):
        value, given_value = found[name], row[name]
        assert isinstance(value, Decimal | None)
        assert str(value) == str(given_value), "the same places, not merely an equal number"
    with mirror.write() as tx:
        tx.queue("claims", [(row, row)], NOW)
    assert mirror.agenda()[0].before == row.values
    mirror.settle(mirror.agenda())


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(row=rows(CLAIMS))
def test_any_row_is_found_by_its_cells(mirror: Mirror, row: Row) -> None:
    """Filters reach SQL in the very form the cells have there."""
    mirror.drop("claims", list(mirror.ids("claims")))
    mirror.put("claims", [row])
    several = {"group", "witnesses", "attachments"}
    for name, value in row.values.items():
        if name not in several:
            assert mirror.select("claims", **{name: value}) == [row], name
            assert mirror.select("claims", **{name: (value,)}) == [row], name


@pytest.mark.parametrize("name", ["code", "reason"])
def test_characters_that_no_store_takes_do_not_stop_the_sync(mirror: Mirror, name: str) -> None:
    row = claim(**{name: canonical(CLAIMS[name], "收\x00据\ud83d一😀")})
    mirror.put("claims", [row])
    assert mirror.select("claims") == [row] and row[name] == "收据?一😀"


def test_reading(mirror: Mirror) -> None:
    one, two, three = claim(1), claim(2, amount=Decimal("2.50")), claim(3, amount=None, handler=7)
    mirror.put("claims", [three, one, two])
    assert mirror.row("claims", 2) == two
    assert mirror.row("claims", 9) is None
    assert mirror.rows("claims", [3, 9, 1, 3]) == [one, three]
    assert mirror.select("claims") == [one, two, three]
    assert mirror.select("claims", amount=Decimal("2.5")) == [two]
    assert mirror.select("claims", amount=None) == [three]
    assert mirror.select("claims", amount=[None, Decimal(1)]) == [one, three]
    assert mirror.select("claims", amount=Decimal(1), code={"BX-1", "BX-3"}) == [one]
    assert mirror.select("claims", code=()) == []
    assert mirror.find("claims", "urgent", False) == one
    assert mirror.find("claims", "handler", 8) is None
    assert mirror.count("claims") == 3 and mirror.count("people") == 0
    assert mirror.ids("claims") == {1: "b1", 2: "b1", 3: "b1"}


def test_a_cell_of_several_values_is_not_compared_in_sql(mirror: Mirror) -> None:
    with pytest.raises(ValueError, match="证明人"):
        mirror.select("claims", witnesses=3)


def test_many_rows_at_once(mirror: Mirror) -> None:
    many = [claim(n) for n in range(1, 2501)]
    mirror.put("claims", many)
    assert mirror.rows("claims", range(1, 5000)) == many
    mirror.drop("claims", range(1, 2500))
    assert mirror.select("claims") == [many[-1]]


def test_patch_notes_our_own_write(mirror: Mirror) -> None:
    mirror.put("claims", [claim(1), claim(2)])
    mirror.patch("claims", 1, {"amount": Decimal("9.90"), "witnesses": (4, 5)})
    assert mirror.row("claims", 1) == claim(1, stamp="", amount=Decimal("9.90"), witnesses=(4, 5))
    assert mirror.row("claims", 2) == claim(2)
    mirror.patch("claims", 99, {"amount": None})
    assert mirror.count("claims") == 2, "a row not known yet is left to the next pass"


def test_many_rows_are_found_and_patched_at_once(mirror: Mirror) -> None:
    mirror.put("claims", [claim(n, status="草稿" if n % 2 else "待审", parent=n // 2) for n in range(1, 1201)])
    assert [r.id for r in mirror.having("claims", "status", ["待审", "没有"])] == list(range(2, 1201, 2))
    assert len(mirror.having("claims", "parent", list(range(601)))) == 1200 and not mirror.having(
        "claims", "parent", []
    )
    with mirror.write() as tx:
        tx.patch_all(
            "claims", {1: {"status": "办结"}, 2: {"status": "办结", "parent": None}, 3: {"status": None}}, "s9"
        )
        tx.patch_all("claims", {9999: {"status": "办结"}})
    found = [(r.id, r["status"], r["parent"], r.stamp) for r in mirror.rows("claims", [1, 2, 3, 9999])]
    assert found == [(1, "办结", 0, "s9"), (2, "办结", None, "s9"), (3, None, 1, "s9")]


def test_cursor_and_notes_outlive_the_process(store_url: str) -> None:
    mirror = Mirror(store_url, SCHEMA)
    assert mirror.cursor("claims") is None and mirror.get("x") is None and mirror.get("x", "y") == "y"
    mirror.set_cursor("claims", "c1")
    mirror.set("x", "1")
    mirror.set("x", "2")
    queue(mirror, claim(1))
    kept = mirror.agenda()
    mirror.close()
    again = Mirror(store_url, SCHEMA)
    assert again.cursor("claims") == "c1" and again.get("x") == "2"
    assert again.row("claims", 1) == claim(1) and again.agenda() == kept
    again.close()


def test_a_write_is_all_or_nothing(mirror: Mirror) -> None:
    with pytest.raises(ZeroDivisionError), mirror.write() as tx:
        tx.put("claims", [claim(1)])
        tx.queue("claims", [(claim(1), None)], NOW)
        tx.set_cursor("claims", "c1")
        raise ZeroDivisionError
    assert (mirror.count("claims"), mirror.agenda(), mirror.cursor("claims")) == (0, [], None)


# --- for other tools ------------------------------------------------------------------------------------------------
def test_any_sql_tool_reads_it(mirror: Mirror) -> None:
    row = claim(
        amount=Decimal("1234.50"),
        urgent=True,
        handler=3,
        group=("紧急", "财务"),
        attachments=(File("发票.pdf", 10, "r"),),
        order=datetime(2026, 9, 1, 8, tzinfo=UTC),
        **{"from": date(2026, 9, 1)},
    )
    mirror.put("claims", [row, claim(2, amount=Decimal("0.50"))])
    with mirror.engine.connect() as connection:
        total = connection.execute(text("SELECT sum(amount) FROM claims")).scalar_one()
        titles = dict(
            connection.execute(text("SELECT field_name, title FROM _titles WHERE table_name = 'claims'")).all()
        )
        day = connection.execute(text('SELECT "from" FROM claims WHERE id = 1')).scalar_one()
    assert Decimal(str(total)) == Decimal("1235")
    assert titles == {"": "报销单"} | {field.name: field.title for field in CLAIMS.fields}
    assert str(day) == "2026-09-01"
    frame = pandas.read_sql("SELECT * FROM claims ORDER BY id", mirror.engine)
    assert list(frame["code"]) == ["BX-1", "BX-2"] and bool(frame["urgent"][0])
    assert frame["group"][0] == '["紧急","财务"]'


# --- agenda ---------------------------------------------------------------------------------------------------------
def test_the_agenda_keeps_what_a_row_was_when_last_judged(mirror: Mirror) -> None:
    first, second, third = (claim(1, reason=reason) for reason in ("一", "二", "三"))
    queue(mirror, second, before=first)
    queue(mirror, third, before=second, now=NOW + timedelta(minutes=1))
    (item,) = mirror.agenda()
    assert (item.table, item.row_id, item.born, item.gone) == ("claims", 1, "b1", False)
    assert item.before == first.values and item.first_seen == NOW and item.last is None


def test_a_settled_item_is_off_unless_it_changed_since(mirror: Mirror) -> None:
    queue(mirror, claim(1))
    queue(mirror, claim(2))
    read = mirror.agenda()
    queue(mirror, claim(2, reason="又改"), before=claim(2))
    mirror.settle(read)
    (left,) = mirror.agenda()
    assert left.row_id == 2 and left.before is None, "still never judged"
    mirror.settle([left])
    assert mirror.agenda() == []
    mirror.settle([])


def test_an_old_reading_does_not_settle_a_new_item(mirror: Mirror) -> None:
    queue(mirror, claim(1))
    old = mirror.agenda()
    mirror.settle(old)
    queue(mirror, claim(1, reason="改"), before=claim(1))
    mirror.settle(old)
    assert [item.before for item in mirror.agenda()] == [claim(1).values]


def test_agenda_order(mirror: Mirror) -> None:
    later = NOW + timedelta(microseconds=1)
    queue(mirror, claim(2), now=later)
    queue(mirror, claim(3), now=NOW)
    queue(mirror, claim(1), now=later)
    with mirror.write() as tx:
        person = Row(9, {"name": "甲"}, "", "")
        tx.put("people", [person])
        tx.queue("people", [(person, None)], NOW)
    assert [(i.table, i.row_id) for i in mirror.agenda()] == [
        ("claims", 3), ("people", 9), ("claims", 1), ("claims", 2),
    ]  # fmt: skip


def test_a_deleted_row_is_readable_while_it_waits(mirror: Mirror) -> None:
    judged, last = claim(1, reason="旧"), claim(1, reason="新")
    queue(mirror, last, before=judged)
    with mirror.write() as tx:
        tx.queue_gone("claims", [last], NOW)
        tx.drop("claims", [1])
    (item,) = mirror.agenda()
    assert item.gone and item.before == judged.values and item.last == last
    assert mirror.row("claims", 1) == last
    assert mirror.living("claims", [1]) == [] and mirror.select("claims") == [] and mirror.ids("claims") == {}
    mirror.settle([item])
    assert mirror.row("claims", 1) is None


def test_an_id_used_again_is_two_matters(mirror: Mirror) -> None:
    old, new = claim(1, reason="旧"), claim(1, born="b2", reason="新")
    mirror.put("claims", [old])
    with mirror.write() as tx:
        tx.queue_gone("claims", [old], NOW)
        tx.put("claims", [new])
        tx.queue("claims", [(new, None)], NOW)
    gone, made = mirror.agenda()
    assert gone.gone and gone.last == old and gone.before == old.values
    assert not made.gone and made.before is None and made.born == "b2"
    assert mirror.row("claims", 1) == new
    mirror.settle([gone])
    assert mirror.agenda() == [made]


def test_a_restored_row_is_no_longer_gone(mirror: Mirror) -> None:
    row = claim(1)
    with mirror.write() as tx:
        tx.queue_gone("claims", [row], NOW)
    queue(mirror, row)
    (item,) = mirror.agenda()
    assert not item.gone and item.last is None and item.before == row.values


# --- schemas/ changes -----------------------------------------------------------------------------------------------
def reopened(store_url: str, schema: Schema) -> Mirror:
    first = Mirror(store_url, SCHEMA)
    first.put("claims", [claim(1, reason="说明", amount=Decimal("3.50"))])
    first.set_cursor("claims", "c1")
    first.set_cursor("people", "p1")
    queue(first, claim(2))
    first.close()
    return Mirror(store_url, schema)


def test_a_new_title_changes_only_the_titles(store_url: str) -> None:
    fields = [replace(f, title="申请金额") if f.name == "amount" else f for f in CLAIMS.fields]
    mirror = reopened(store_url, with_fields(*fields))
    assert mirror.cursor("claims") == "c1" and mirror.count("claims") == 2
    with mirror.engine.connect() as connection:
        query = text("SELECT title FROM _titles WHERE table_name = 'claims' AND field_name = 'amount'")
        assert connection.execute(query).scalar_one() == "申请金额"
    mirror.close()


def test_other_columns_rebuild_the_table_with_what_is_known(store_url: str) -> None:
    """Everything is read again, but only rows that really differ will be judged again."""
    kept = [f for f in CLAIMS.fields if f.name not in ("reason", "amount")]
    mirror = reopened(
        store_url, with_fields(*kept, Field("amount", "金额", "number", decimals=3), Field("new", "新", "bool"))
    )
    assert mirror.cursor("claims") is None and mirror.cursor("people") == "p1"
    row = mirror.row("claims", 1)
    assert row is not None and (row.born, row.stamp) == ("b1", "s1")
    assert str(row["amount"]) == "3.500" and row["new"] is False and row["code"] == "BX-1"
    assert "reason" not in row.values
    assert [i.row_id for i in mirror.agenda()] == [2], "what waits goes on waiting"
    mirror.close()


def test_a_value_that_no_longer_fits_is_empty(store_url: str) -> None:
    fields = [replace(f, type="date") if f.name == "reason" else f for f in CLAIMS.fields]
    mirror = reopened(store_url, with_fields(*fields))
    row = mirror.row("claims", 1)
    assert row is not None and row["reason"] is None
    mirror.close()


def test_a_table_that_left_the_schema_is_removed(store_url: str) -> None:
    mirror = reopened(store_url, Schema((PEOPLE,)))
    assert mirror.agenda() == []
    mirror.close()
    again = Mirror(store_url, SCHEMA)
    assert again.count("claims") == 0 and again.cursor("claims") is None
    again.close()


def test_a_foreign_table_is_never_overwritten(store_url: str) -> None:
    other = Mirror(store_url, Schema((PEOPLE,)))
    with other.store.write() as connection:
        connection.execute(text("CREATE TABLE claims (evidence VARCHAR(10))"))
        connection.execute(text("INSERT INTO claims VALUES ('x')"))
    with pytest.raises(StoreError, match="单独一个数据库") as caught:
        Mirror(store_url, SCHEMA)
    assert caught.value.problems == ("claims",)
    with other.store.read() as connection:
        assert connection.execute(text("SELECT evidence FROM claims")).scalar_one() == "x"
    other.close()


def test_the_mirror_can_live_in_memory() -> None:
    mirror = Mirror("sqlite:///:memory:", SCHEMA)
    mirror.put("claims", [claim(1)])
    assert mirror.select("claims") == [claim(1)]
    mirror.close()
