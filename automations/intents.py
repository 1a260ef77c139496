"""Rows that Houqin decided to add on the host and has not seen there yet.

Written in the same transaction as the decision and struck off once the row is on the host; a worker killed in between
finds them on its return. A row is known by its code, so that one added just before the kill is not added twice.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, Column, Connection, MetaData, String, Table, Text, bindparam, insert, select, update

from automations.tables.values import canonical_json

metadata = MetaData()
intents_table = Table(
    "intents",
    metadata,
    Column("code", String, primary_key=True),
    Column("table_name", String, nullable=False),
    Column("cells", Text, nullable=False),
    Column("at", String, nullable=False),
    Column("done", Boolean, nullable=False, index=True),
)

_ADD = insert(intents_table)
_OUTSTANDING = (
    select(intents_table).where(intents_table.c.done.is_(False)).order_by(intents_table.c.at, intents_table.c.code)
)
_DONE = update(intents_table).where(intents_table.c.code == bindparam("this")).values(done=True)


@dataclass(frozen=True, slots=True)
class Intent:
    """One row to add: its table, its code and the JSON of its cells."""

    table: str
    code: str
    cells: Mapping[str, Any]


def plan(connection: Connection, intent: Intent, at: datetime) -> None:
    """Want this row on the host."""
    plan_all(connection, [intent], at)


def plan_all(connection: Connection, wanted: Iterable[Intent], at: datetime) -> None:
    """Want these rows on the host."""
    records = [
        {
            "code": intent.code,
            "table_name": intent.table,
            "cells": canonical_json(dict(intent.cells)),
            "at": at.isoformat(),
            "done": False,
        }
        for intent in wanted
    ]
    if records:
        connection.execute(_ADD, records)


def outstanding(connection: Connection) -> list[Intent]:
    """Rows not yet seen on the host, oldest first."""
    found = connection.execute(_OUTSTANDING)
    return [Intent(r.table_name, r.code, json.loads(r.cells)) for r in found]


def planned(connection: Connection, code: str) -> bool:
    """Whether a row of this code was ever decided on."""
    return connection.execute(select(intents_table.c.code).where(intents_table.c.code == code)).first() is not None


def done(connection: Connection, codes: Iterable[str]) -> None:
    """Rows with these codes are on the host."""
    if found := [{"this": code} for code in codes]:
        connection.execute(_DONE, found)
