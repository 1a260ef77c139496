"""The mirror's SQL tables: its own, one per table of the schema, and how they are fitted when ``schemas/`` changes."""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

import sqlalchemy as sql
from sqlalchemy import Column, Connection, MetaData
from sqlalchemy.dialects import postgresql, sqlite

from automations.cells import BIG, Moment, as_text, column, refit
from automations.errors import StoreError
from automations.schema.model import Field, Schema, Table
from automations.tables.base import Row
from automations.tables.values import Value, places, to_json

T = TypeVar("T")
CHUNK = 500
"""Ids in one query: far below every database's limit of parameters."""

_metadata = MetaData()

TABLES = sql.Table(
    "_tables",
    _metadata,
    Column("name", sql.Text, primary_key=True),
    Column("shape", sql.Text, nullable=False),  # the fields that the SQL table was made for, as JSON
    Column("digest", sql.Text, nullable=False),
    Column("cursor", sql.Text),
)
TITLES = sql.Table(
    "_titles",
    _metadata,
    Column("table_name", sql.Text, primary_key=True),
    Column("field_name", sql.Text, primary_key=True),  # "" is the table's own title
    Column("title", sql.Text, nullable=False),
    Column("type", sql.Text, nullable=False),
)
META = sql.Table(
    "_meta", _metadata, Column("key", sql.Text, primary_key=True), Column("value", sql.Text, nullable=False)
)
AGENDA = sql.Table(
    "_agenda",
    _metadata,
    Column("table_name", sql.Text, primary_key=True),
    Column("row_id", BIG, primary_key=True, autoincrement=False),
    Column("born", sql.Text, primary_key=True),  # an id used twice is two rows: one gone, one new
    Column("before", sql.Text),
    Column("gone", sql.Boolean, nullable=False),
    Column("last", sql.Text),  # values and stamp of a row that is gone
    Column("stamp", sql.Text, nullable=False, server_default=""),
    Column("first_seen", Moment, nullable=False),
    Column("revision", BIG, nullable=False),
)
PAST = sql.Table(
    "_past",
    _metadata,
    Column("seq", BIG, primary_key=True, autoincrement=True),
    Column("table_name", sql.Text, nullable=False),
    Column("row_id", BIG, nullable=False),
    Column("born", sql.Text, nullable=False),
    Column("cells", sql.Text, nullable=False),  # JSON of what stood there and stands no more
    Column("whole", sql.Boolean, nullable=False),  # all cells of a row that was dropped
    Column("until", Moment, nullable=False),  # when the change was noticed
    sql.Index("_past_by_end", "table_name", "until"),
)


def create_tables(connection: Connection) -> None:
    """Migration 1: the mirror's own tables."""
    _metadata.create_all(connection)


def create_past(connection: Connection) -> None:
    """Migration 2: what rows said before (:mod:`automations.history`)."""
    PAST.create(connection, checkfirst=True)


STEPS = (create_tables, create_past)


LOOKED_UP: Mapping[str, frozenset[str]] = {
    "budget_lines": frozenset({"category"}),
    "expense_claims": frozenset({"lecturer"}),
    "income": frozenset({"method", "payer", "receipt_no"}),
    "invoices": frozenset({"amount", "inv_no", "issued_on"}),
    "meter_readings": frozenset({"day", "period", "slot"}),
    "procurements": frozenset({"item_code"}),
    "requests": frozenset({"kind"}),
    "vendors": frozenset({"name"}),
}
"""Columns by which rules look for other rows, besides codes and links."""


def sql_table(metadata: MetaData, name: str, fields: Iterable[Field]) -> sql.Table:
    """The typed SQL table for ``fields``; rows are found fast by their code, by links and by :data:`LOOKED_UP`."""
    fields = tuple(fields)
    table = sql.Table(
        name,
        metadata,
        Column("id", BIG, primary_key=True, autoincrement=False),
        *(column(field) for field in fields),
        Column("_born", sql.Text, nullable=False),
        Column("_stamp", sql.Text, nullable=False),
    )
    for field in fields:
        if field.name == "code" or field.type == "link" or field.name in LOOKED_UP.get(name, ()):
            target = table.c[field.name]
            filled = target.is_not(None)  # most links of most rows are empty: those cost nothing
            sql.Index(f"{name}_by_{field.name}", target, sqlite_where=filled, postgresql_where=filled)
    return table


def to_record(row: Row, names: Iterable[str]) -> dict[str, Value]:
    """A row as a SQL record of the fields ``names``."""
    return {"id": row.id, **{n: row.values[n] for n in names}, "_born": row.born, "_stamp": row.stamp}


def to_row(table: Table, record: Any) -> Row:
    """A SQL record (by position: id, the fields in order, _born, _stamp) as a row."""
    return Row(record[0], dict(zip(table.by_name, record[1:-2], strict=True)), record[-2], record[-1])


def upsert(
    connection: Connection, target: sql.Table, records: Sequence[Mapping[str, Any]], keep: Sequence[str] = ()
) -> None:
    """Insert, or overwrite all columns but ``keep``; every record has all columns that any has."""
    if not records:
        return
    dialect = connection.dialect
    if dialect.name != "sqlite":
        connection.execute(_upsert(target, tuple(keep)), list(records))
        return
    # SQLAlchemy takes longer to gather the parameters of wide records than SQLite to write them.
    text, writers = _upsert_text(target, tuple(keep), tuple(records[0]), dialect)
    cells = [
        [written(record[name]) for record in records] if written is not None else [record[name] for record in records]
        for name, written in writers
    ]
    connection.exec_driver_sql(text, list(zip(*cells, strict=True)))


def _upsert(target: sql.Table, keep: tuple[str, ...], maker: Any = postgresql) -> Any:
    """The statement; it lies with its table, as to build it takes longer than to carry it out."""
    known = target.info.setdefault("upserts", {})
    if (maker, keep) not in known:
        insert = maker.insert(target)
        key = [c.name for c in target.primary_key]
        overwrite = {
            c.name: insert.excluded[c.name] for c in target.columns if c.name not in key and c.name not in keep
        }
        known[maker, keep] = insert.on_conflict_do_update(index_elements=key, set_=overwrite)
    return known[maker, keep]


def _upsert_text(
    target: sql.Table, keep: tuple[str, ...], names: tuple[str, ...], dialect: Any
) -> tuple[str, list[tuple[str, Callable[[Any], Any] | None]]]:
    """The statement as SQLite takes it, and of each parameter the column and what turns a value into SQLite's."""
    known = target.info.setdefault("upsert_texts", {})
    if (keep, names) not in known:
        compiled = _upsert(target, keep, sqlite).compile(dialect=dialect, column_keys=list(names))
        order: list[str] = list(compiled.positiontup or ())
        writers = [(name, target.c[name].type.dialect_impl(dialect).bind_processor(dialect)) for name in order]
        known[keep, names] = str(compiled), writers
    text, writers = known[keep, names]
    return text, writers


# --- fitting the SQL tables to schemas/ -----------------------------------------------------------------------------
_LAYOUT = "3"
"""Another one has every SQL table rebuilt, with what it knows: 2 brought the indexes, 3 those of LOOKED_UP."""


def _shape(table: Table) -> list[list[Any]]:
    """What a SQL table depends on: names, types, places and the order of options; titles may change freely."""
    return [[f.name, f.type, places(f), list(f.options)] for f in table.fields]


def _fields(shape: Iterable[Sequence[Any]]) -> tuple[Field, ...]:
    return tuple(Field(n, n, kind, decimals=decimals, options=tuple(options)) for n, kind, decimals, options in shape)


def fit(connection: Connection, schema: Schema, tables: Mapping[str, sql.Table]) -> None:
    """Make, rebuild and remove SQL tables so that they fit ``schema``."""
    known = {record.name: record for record in connection.execute(sql.select(TABLES))}
    present = set(sql.inspect(connection).get_table_names())
    foreign = [t.name for t in schema if t.name in present and t.name not in known]
    if foreign:
        raise StoreError(
            "镜像所在的数据库里已有同名的别的表，不敢覆盖：请给镜像单独一个数据库（HOUQIN_MIRROR_URL）。", foreign
        )
    for name in known.keys() - schema.by_name.keys():
        connection.execute(sql.schema.DropTable(sql.Table(name, MetaData()), if_exists=True))
        connection.execute(sql.delete(TABLES).where(TABLES.c.name == name))
        connection.execute(sql.delete(AGENDA).where(AGENDA.c.table_name == name))
        connection.execute(sql.delete(PAST).where(PAST.c.table_name == name))
    for table in schema:
        shape, digest = _digest(table)
        if table.name in known and known[table.name].digest == digest and table.name in present:
            continue
        rows: list[Row] = []
        if table.name in known and table.name in present:
            rows = _take_over(connection, table, _fields(json.loads(known[table.name].shape)))
        tables[table.name].create(connection)
        upsert(connection, tables[table.name], [to_record(row, table.by_name) for row in rows])
        upsert(connection, TABLES, [{"name": table.name, "shape": shape, "digest": digest, "cursor": None}])
    _write_titles(connection, schema)


def must_fit(connection: Connection, schema: Schema) -> None:
    """For those who only look.

    Raises:
        StoreError: The tables are not (yet) those of ``schema``.
    """
    present = set(sql.inspect(connection).get_table_names())
    known = {}
    if {TABLES.name, PAST.name} <= present:
        known = {record.name: record.digest for record in connection.execute(sql.select(TABLES))}
    if any(known.get(table.name) != _digest(table)[1] for table in schema):
        raise StoreError("本机的表格副本和 schemas/ 不一致：请先运行 houqin once；后勤助手正在运行的，请重启它。")


def _digest(table: Table) -> tuple[str, str]:
    """The shape of a table as text, and what tells whether its SQL table was made for it."""
    shape = as_text(_shape(table))
    return shape, hashlib.sha256(f"{_LAYOUT}{shape}".encode()).hexdigest()


def _take_over(connection: Connection, table: Table, fields: tuple[Field, ...]) -> list[Row]:
    """Rows of a SQL table made for ``fields``, as rows of ``table``; removes the old SQL table."""
    old = sql_table(MetaData(), table.name, fields)
    known = [
        to_row(Table(table.name, table.name, "", fields), record) for record in connection.execute(sql.select(old))
    ]
    old.drop(connection)
    return [
        Row(
            row.id,
            {f.name: refit(f, to_json(row.values[f.name]) if f.name in row.values else None) for f in table.fields},
            row.born,
            row.stamp,
        )
        for row in known
    ]


def _write_titles(connection: Connection, schema: Schema) -> None:
    connection.execute(sql.delete(TITLES))
    records = [{"table_name": t.name, "field_name": "", "title": t.title, "type": "table"} for t in schema]
    records += [
        {"table_name": t.name, "field_name": f.name, "title": f.title, "type": f.type} for t in schema for f in t.fields
    ]
    upsert(connection, TITLES, records)


def by_id(target: sql.Table) -> sql.Select[Any]:
    """Rows of the ``ids`` given, in their order."""
    return sql.select(target).where(target.c.id.in_(sql.bindparam("ids", expanding=True))).order_by(target.c.id)


def parts(ids: Sequence[T]) -> Iterator[Sequence[T]]:
    """So many ids at a time as one query carries."""
    for start in range(0, len(ids), CHUNK):
        yield ids[start : start + CHUNK]
