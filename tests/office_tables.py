"""A small schema with every field type, made-up rows of it, and a memory host that holds it."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal

from hypothesis import strategies as st

from automations.schema.host import Binding, BoundTable
from automations.schema.model import Field, Schema, Table
from automations.tables.base import Row
from automations.tables.memory import MemoryHost, MemoryServer
from automations.tables.values import File, Value, canonical

NOW = datetime(2026, 9, 1, 1, 0, tzinfo=UTC)

CLAIMS = Table(
    "claims",
    "报销单",
    "BX",
    (
        Field("code", "编号", "text"),
        Field("reason", "事由", "long_text"),
        Field("amount", "金额", "money"),
        Field("count", "张数", "number"),
        Field("area", "面积", "number", decimals=3),
        Field("share", "比例", "percent", decimals=1),
        Field("from", "起始日", "date"),  # names that SQL keeps for itself
        Field("order", "时间", "datetime"),
        Field("urgent", "加急", "bool"),
        Field("status", "状态", "choice", options=("草稿", "待审", "办结")),
        Field("group", "标签", "choices", options=("紧急", "财务", "基建")),
        Field("parent", "原单", "link", to="claims"),
        Field("handler", "经办人", "person", to="people"),
        Field("witnesses", "证明人", "persons", to="people"),
        Field("attachments", "附件", "file"),
        Field("made_by", "创建人", "created_by"),
        Field("made_at", "创建时间", "created_at"),
        Field("touched_by", "修改人", "modified_by"),
        Field("touched_at", "修改时间", "modified_at"),
    ),
)
PEOPLE = Table("people", "人员", "RY", (Field("name", "姓名", "text"),), display="name")
SCHEMA = Schema((PEOPLE, CLAIMS))

_TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=12)
_FILE = st.builds(File, name=_TEXT, size=st.integers(0, 2**40), ref=_TEXT, sha256=st.sampled_from(["", "a" * 64]))
_ID = st.integers(1, 2**31)
_DAY = st.dates(date(1000, 1, 1), date(9998, 12, 31))
_MOMENT = st.datetimes(datetime(1000, 1, 2), datetime(9998, 12, 30), timezones=st.just(UTC))
_NUMBER = st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**20), max_value=10**20)

_RAW: dict[str, st.SearchStrategy[object]] = {
    "number": _NUMBER,
    "money": _NUMBER,
    "percent": _NUMBER,
    "date": _DAY,
    "datetime": _MOMENT,
    "created_at": _MOMENT,
    "modified_at": _MOMENT,
    "bool": st.booleans(),
    "link": _ID,
    "person": _ID,
    "links": st.lists(_ID, max_size=4),
    "persons": st.lists(_ID, max_size=4),
    "file": st.lists(_FILE, max_size=3),
}


def cells(field: Field) -> st.SearchStrategy[Value]:
    """Any canonical value of ``field``, the empty one included."""
    raw = _RAW.get(field.type, _TEXT)
    if field.type == "choice":
        raw = st.sampled_from(field.options)
    elif field.type == "choices":
        raw = st.lists(st.sampled_from(field.options))
    return st.builds(canonical, st.just(field), st.none() | raw)


def rows(table: Table) -> st.SearchStrategy[Row]:
    """Any row of ``table``."""
    values = st.fixed_dictionaries({field.name: cells(field) for field in table.fields})
    return st.builds(Row, st.integers(1, 2**31), values, born=_TEXT, stamp=_TEXT)


def claim(id: int = 1, *, born: str = "b1", stamp: str = "s1", **values: Value) -> Row:
    """A claim with empty cells but for ``values`` and its code."""
    empty = {field.name: canonical(field, None) for field in CLAIMS.fields}
    return Row(id, {**empty, "code": f"BX-{id}", "amount": Decimal("1.00"), **values}, born, stamp)


def memory_host(
    clock: Callable[[], datetime], *, reuse_ids: bool = False, schema: Schema = SCHEMA
) -> tuple[MemoryServer, MemoryHost]:
    """A memory server with the tables of ``schema`` and the worker's login on it."""
    server = MemoryServer(clock=clock, reuse_ids=reuse_ids)
    for email in ("robot@school", "ana@school", "bo@school"):
        server.add_account(email, email.split("@")[0])
    host = server.login("robot@school")
    ids = {table.name: host.create_table(table).id for table in schema}
    bound = {}
    for table in schema:
        for field in table.fields:
            if field.to:
                host.create_field(ids[table.name], field, ids[field.to])
        found = next(t for t in host.describe() if t.id == ids[table.name])
        by_title = {column.title: column.id for column in found.fields}
        bound[table.name] = BoundTable(table, ids[table.name], {f.name: by_title[f.title] for f in table.fields})
    host.bind(Binding(bound))
    return server, host
