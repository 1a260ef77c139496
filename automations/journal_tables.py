"""The small tables beside the journal's chain, and what is asked of them (:mod:`automations.journal`).

Statements are written out once: to build one takes SQLAlchemy longer than SQLite takes to carry it out.
"""

from typing import Any

import sqlalchemy as sql
from sqlalchemy import Column, Connection
from sqlalchemy.dialects import postgresql, sqlite

from automations import chain
from automations.cells import BIG

metadata = chain.metadata

cases = sql.Table(
    "cases",
    metadata,
    Column("subject", sql.Text, primary_key=True),
    Column("table_name", sql.Text, nullable=False, index=True),
    Column("status", sql.Text, nullable=False),
    Column("data", sql.Text, nullable=False),
)
seen = sql.Table(
    "seen",
    metadata,
    Column("table_name", sql.Text, primary_key=True),
    Column("row_id", BIG, primary_key=True, autoincrement=False),
    Column("edit_order", sql.Text, nullable=False),
)
numbers = sql.Table(
    "numbers",
    metadata,
    Column("code", sql.Text, primary_key=True),
    Column("prefix", sql.Text, nullable=False),
    Column("year", sql.Integer, nullable=False),
    Column("serial", BIG, nullable=False),
    Column("table_name", sql.Text, nullable=False),
    Column("row_id", BIG, nullable=False),
    Column("born", sql.Text, nullable=False),
    sql.UniqueConstraint("table_name", "row_id", "born"),
    sql.Index("numbers_serial", "prefix", "year", "serial"),
)
bindings = sql.Table(
    "bindings", metadata, Column("host", sql.Text, primary_key=True), Column("data", sql.Text, nullable=False)
)
runs = sql.Table(
    "runs",
    metadata,
    Column("job", sql.Text, primary_key=True),
    Column("slot", sql.Text, primary_key=True),
    Column("at", sql.Text, nullable=False),
)
PROJECTIONS = (cases, seen, numbers, bindings, runs)


def _upsert(table: sql.Table, dialect: Any) -> Any:
    insert = dialect.insert(table)
    key = [column.name for column in table.primary_key]
    overwrite = {c.name: insert.excluded[c.name] for c in table.columns if c.name not in key}
    return insert.on_conflict_do_update(index_elements=key, set_=overwrite)


UPSERTS = {
    dialect.dialect.name: {table.name: _upsert(table, dialect) for table in PROJECTIONS}
    for dialect in (sqlite, postgresql)
}
_SAME_ROW = (
    numbers.c.table_name == sql.bindparam("table"),
    numbers.c.row_id == sql.bindparam("row_id"),
    numbers.c.born == sql.bindparam("born"),
)
CASE = sql.select(cases.c.data).where(cases.c.subject == sql.bindparam("subject"))
CASES_OF = sql.select(cases.c.subject, cases.c.data).where(
    cases.c.subject.in_(sql.bindparam("subjects", expanding=True))
)
SEEN_OF = sql.select(seen.c.row_id, seen.c.edit_order).where(
    seen.c.table_name == sql.bindparam("table"), seen.c.row_id.in_(sql.bindparam("ids", expanding=True))
)
CODE_OF = sql.select(numbers.c.code).where(*_SAME_ROW)
CODES = sql.select(numbers.c.row_id, numbers.c.born, numbers.c.code).where(
    numbers.c.table_name == sql.bindparam("table"), numbers.c.row_id.in_(sql.bindparam("ids", expanding=True))
)
HIGHEST = sql.select(sql.func.max(numbers.c.serial)).where(
    numbers.c.prefix == sql.bindparam("prefix"), numbers.c.year == sql.bindparam("year")
)
HOLDER = sql.select(numbers.c.code).where(numbers.c.code == sql.bindparam("code"))
HOLDERS = sql.select(numbers).where(numbers.c.code.in_(sql.bindparam("codes", expanding=True)))
LAST_RUNS = (
    sql.select(runs.c.job, sql.func.max(runs.c.slot))
    .where(runs.c.job.in_(sql.bindparam("jobs", expanding=True)))
    .group_by(runs.c.job)
)
RUN = sql.select(runs.c.at).where(runs.c.job == sql.bindparam("job"), runs.c.slot == sql.bindparam("slot"))


def create_tables(connection: Connection) -> None:
    """Migration 1: the chain, the projections, and the database's own refusal to change entries."""
    metadata.create_all(connection)
    chain.forbid_changes(connection)


STEPS = (create_tables,)
