"""A row with whatever stands around it, as plain dictionaries, for tests of single rules."""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from typing import Any

from automations.books import Books, Facts, MemorySource
from automations.holds import Hold
from automations.norms import DEFAULTS, Norm, Norms
from automations.people import Department, Directory, Person
from automations.rules import FACTS, examine
from automations.schema import Table
from automations.tables.values import Value, canonical
from automations.workdays import Calendar
from tests.office import schema

NOW = datetime(2026, 9, 1, 2, 0, tzinfo=UTC)
"""Tuesday 2026-09-01, 10:00 in Beijing."""

Rows = Mapping[int, Mapping[str, Any]]


def whole(table: Table, cells: Mapping[str, Any]) -> dict[str, Value]:
    """A row with every column, those not named empty; a column that does not exist is an error of the test."""
    unknown = cells.keys() - table.by_name.keys()
    assert not unknown, f"{table.name} has no {unknown}"
    return {f.name: canonical(f, cells.get(f.name)) for f in table.fields}


def facts(
    table: str,
    cells: Mapping[str, Any],
    tables: Mapping[str, Rows] | None = None,
    *,
    row_id: int = 1,
    norms: Mapping[str, str] | None = None,
    verified: bool = True,
    holds: Iterable[Hold] = (),
    people: Iterable[Person] = (),
    departments: Iterable[Department] = (),
    now: datetime = NOW,
    on: date | None = None,
    moment: str = "提交",
    **more: Any,
) -> Facts:
    """Facts of one row.

    Args:
        table: Its table.
        cells: Its filled cells.
        tables: The other rows, by table and row id.
        norms: Parameters that differ from those shipped; all count as ``verified`` unless told otherwise.
        more: Further arguments of :class:`Facts`, such as ``actor``, ``status``, ``payable``, ``subject``.
    """
    found: dict[str, dict[int, dict[str, Value]]] = {
        name: {i: whole(schema()[name], row) for i, row in rows.items()} for name, rows in (tables or {}).items()
    }
    found.setdefault(table, {})[row_id] = whole(schema()[table], cells)
    books = Books(MemorySource(found, holds))
    row = books.row(table, row_id)
    assert row is not None
    return FACTS.get(table, Facts)(
        row,
        schema(),
        books,
        Norms(Norm(key, value, verified=verified) for key, value in {**DEFAULTS, **(norms or {})}.items()),
        Directory(people, departments),
        Calendar(),
        now,
        on=on,
        moment=moment,
        **more,
    )


def said(found: Facts, rule: str | None = None, moment: str | None = None) -> list[str]:
    """Messages of the rules of the moment, those of one id only where ``rule`` is given."""
    return [f.message for f in examine(found, moment) if rule in (None, f.rule)]


def rules(found: Facts, moment: str | None = None) -> list[str]:
    """Ids of the rules that said something."""
    return [f.rule for f in examine(found, moment)]
