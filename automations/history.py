"""What rows of the mirror said before: kept whenever content changes, put together again for any moment since.

A version ends when its change was noticed. Only cells that changed are kept (of a dropped row all), so a year of edits
takes megabytes; a row as it stood is the living one with those cells laid back, newest change first. Columns that the
host fills itself (last modified by) are no content: they are given as of the end of the version.

A mirror that was deleted and read anew begins a new history; :func:`since` says when it did.
"""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime

import sqlalchemy as sql
from sqlalchemy import Connection

from automations.cells import as_text, refit, values_from_text, values_to_text
from automations.mirror_tables import META, PAST, upsert
from automations.schema.model import Table
from automations.tables.base import Row
from automations.tables.values import Value, Values, to_json

_SINCE = "remembers_since"
_ADD = sql.insert(PAST)
_LATER = (
    sql.select(PAST.c.row_id, PAST.c.born, PAST.c.cells, PAST.c.whole)
    .where(PAST.c.table_name == sql.bindparam("of"), PAST.c.until > sql.bindparam("moment"))
    .order_by(PAST.c.seq.desc())
)
_GET = sql.select(META.c.value).where(META.c.key == _SINCE)


def begin(connection: Connection, now: datetime) -> None:
    """Note when this mirror began to remember, once."""
    if connection.execute(_GET).scalar() is None:
        upsert(connection, META, [{"key": _SINCE, "value": now.isoformat()}])


def since(connection: Connection) -> datetime | None:
    """From when on changes are remembered; None where nothing was read yet."""
    found = connection.execute(_GET).scalar()
    return None if found is None else datetime.fromisoformat(found)


def changed(
    connection: Connection, table: Table, before: Mapping[int, Row], after: Mapping[int, Values], now: datetime
) -> None:
    """Keep what these known rows are about to lose.

    Args:
        connection: Inside the transaction that overwrites them.
        table: The schema's table.
        before: Rows as the mirror knows them; those it does not know have no past.
        after: What will stand there, by row id: whole rows or some cells.
        now: When it was noticed.
    """
    content = [field.name for field in table.fields if not field.by_host]
    records = []
    for row_id, values in after.items():
        old = before.get(row_id)
        if old is None:
            continue
        lost = {n: to_json(old[n]) for n in content if n in values and old[n] != values[n]}
        if lost:
            records.append(_record(table, old, as_text(lost), now, whole=False))
    if records:
        connection.execute(_ADD, records)


def ended(connection: Connection, table: Table, rows: Iterable[Row], now: datetime) -> None:
    """Keep these rows whole: they are about to be dropped."""
    records = [_record(table, row, values_to_text(row.values), now, whole=True) for row in rows]
    if records:
        connection.execute(_ADD, records)


def back(connection: Connection, table: Table, living: Iterable[Row], moment: datetime) -> list[Row]:
    """Rows as they stood at ``moment``, by id.

    Args:
        connection: Reads the same state that ``living`` was read from.
        table: The schema's table.
        living: All rows of today.
        moment: Aware.
    """
    rows = {row.id: row for row in living}
    for row_id, born, cells, whole in connection.execute(_LATER, {"of": table.name, "moment": moment}):
        if whole:
            rows[row_id] = Row(row_id, values_from_text(table, cells), born, "")
        elif (row := rows.get(row_id)) is not None:
            old: dict[str, Value] = {
                name: refit(table[name], data) for name, data in json.loads(cells).items() if name in table
            }
            rows[row_id] = Row(row_id, {**row.values, **old}, row.born, row.stamp)
    made = next((field.name for field in table.fields if field.type == "created_at"), None)
    return [rows[row_id] for row_id in sorted(rows) if made is None or _made_by(rows[row_id][made], moment)]


def _made_by(made: Value, moment: datetime) -> bool:
    return not isinstance(made, datetime) or made <= moment


def _record(table: Table, row: Row, cells: str, now: datetime, *, whole: bool) -> dict[str, object]:
    place = {"table_name": table.name, "row_id": row.id, "born": row.born}
    return {**place, "cells": cells, "whole": whole, "until": now}
