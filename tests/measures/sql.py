"""The same rows in SQLite, so that figures can be worked out a second time by somebody else."""

import sqlite3
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from automations.measures import Records
from automations.workdays import SCHOOL_TIME


def in_sqlite(records: Records, *tables: str) -> sqlite3.Connection:
    """These tables; days and moments of the school as text, numbers in hundredths (元 in cents), lists left out."""
    connection = sqlite3.connect(":memory:")
    for table in tables:
        rows = [dict(vars(row)) | {"id": row.id} for row in records[table]]
        names = list(rows[0]) if rows else ["id"]
        columns = ", ".join(f'"{name}"' for name in names)
        connection.execute(f"create table {table} ({columns})")
        marks = ", ".join("?" for _ in names)
        connection.executemany(
            f"insert into {table} values ({marks})", [[_plain(row[name]) for name in names] for row in rows]
        )
    return connection


def cents(connection: sqlite3.Connection, query: str) -> Decimal | None:
    """One sum in 元; None for no row at all."""
    [[value]] = connection.execute(query).fetchall()
    return None if value is None else Decimal(value) / 100


def _plain(value: Any) -> Any:
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, Decimal):
        return int(value * 100)
    if isinstance(value, datetime):
        return value.astimezone(SCHOOL_TIME).isoformat(sep=" ", timespec="minutes")
    if isinstance(value, date):
        return value.isoformat()
    return None if isinstance(value, tuple) else value
