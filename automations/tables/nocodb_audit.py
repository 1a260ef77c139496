"""NocoDB's record audit → :class:`Edit`. Pure.

An entry's id is a UUIDv7: its first 48 bits are milliseconds, so it is the order and the time (``created_at`` has
seconds). Values stand under the titles of their day; ``column_meta`` says which column each title was.

What the audit does not hold, measured on 0.301.3 (hosts/nocodb.md 5):

* which of several many-to-many columns to one table the browser changed, where the lists do not tell either;
* key columns of links that were filled together with a new row (we do that: 15 against 475 rows a second);
* who changed what by the v1 ``bulk/…/all`` call, and by a v3 PATCH that also carries a link;
* the true value where two accounts wrote one cell within some 30 ms: the entry shows the later value for both.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Literal, TypeAlias

from automations.schema.model import Field
from automations.tables.base import Edit
from automations.tables.nocodb_values import Directory, read
from automations.tables.values import Value, canonical

Action: TypeAlias = Literal["create", "update", "delete"]

BIRTH = timedelta(seconds=5)
"""Longest time between the links of a new row and its insert."""

_ACTIONS: Mapping[str, Action] = {
    "DATA_INSERT": "create",
    "DATA_UPDATE": "update",
    "DATA_DELETE": "delete",
    "DATA_LINK": "update",
    "DATA_UNLINK": "update",
}


@dataclass(frozen=True, slots=True)
class Known:
    """A bound column as the audit may name it: by id, by its present title, or by the id of its key.

    Attributes:
        field: Ours.
        id: The column that people see.
        title: Its heading now.
        key: The foreign key of a link to one row: what the browser's edits are filed under.
        other: Present title of the linked table, of links kept as pairs: the browser's edits say no more.
    """

    field: Field
    id: str
    title: str
    key: str = ""
    other: str = ""


def life(entries: Iterable[Mapping[str, Any]], after: str) -> tuple[list[Mapping[str, Any]], bool]:
    """The entries of the present life of a row, of those given newest first, that are younger than ``after``.

    Ids are given again once the row with the highest one is gone, and both lives stand under one id: the latest
    insert begins the present one.

    Returns:
        The entries, newest first; and whether the search is over (else older pages are worth reading).
    """
    kept: list[Mapping[str, Any]] = []
    born: Mapping[str, Any] | None = None
    for entry in entries:
        if entry["id"] <= after:
            return kept, True
        if born is not None and not _with_birth(born, entry):
            return kept, True
        if entry["op_type"] in _ACTIONS:
            kept.append(entry)
        if entry["op_type"] == "DATA_INSERT":
            born = entry
    return kept, False


def _with_birth(born: Mapping[str, Any], entry: Mapping[str, Any]) -> bool:
    """A row made in the browser with links has their entries just *before* its insert."""
    close = moment(born["id"]) - moment(entry["id"]) < BIRTH
    return entry["op_type"] == "DATA_LINK" and entry.get("user") == born.get("user") and close


def edits(
    table: str,
    row_id: int,
    entries: Sequence[Mapping[str, Any]],
    columns: Sequence[Known],
    people: Directory,
    links_now: Mapping[str, tuple[int, ...]],
) -> list[Edit]:
    """Edits in true order.

    Args:
        table: Code name.
        row_id: The row.
        entries: Of the present life, newest first.
        columns: Bound columns of the table.
        people: Who is who.
        links_now: What links kept as pairs hold now, by code name: an entry tells one added or removed row, so the
            lists before and after it are worked out backwards from today's. Fields left out here (the row is gone)
            are left out of the edits.
    """
    by_id = {c.id: c for c in columns}
    by_title = {c.title: c for c in columns}
    rolling = dict(links_now)
    found = []
    for entry in entries:
        details = json.loads(entry["details"] or "{}")
        if entry["op_type"] in ("DATA_LINK", "DATA_UNLINK"):
            known = _linked(details, entry["op_type"] == "DATA_LINK", columns, rolling)
            if known is None:
                continue  # the other end of a link, a column that is not ours, or not to be told apart
            before, after = _link(known.field, entry["op_type"] == "DATA_LINK", details, rolling)
            if not before and not after:
                continue
        else:
            metas = details.get("column_meta") or {}
            before, after = (
                _cells(details.get(part) or {}, metas, by_id, by_title, people) for part in ("old_data", "data")
            )
            if entry["op_type"] == "DATA_DELETE":
                before, after = after, {}
        found.append(_edit(table, row_id, entry, before, after))
    return _old_links(_births(found[::-1]))


def _linked(
    details: Mapping[str, Any], added: bool, columns: Sequence[Known], rolling: Mapping[str, tuple[int, ...]]
) -> Known | None:
    """Whose link it was. API calls name the column; the browser's name its key, or for pairs only the other table."""
    named = details.get("link_field_id")
    for known in columns:
        if named and named in (known.id, known.key):
            return known
    if details.get("type") != "mm":
        return None
    other = int(details["ref_row_id"])
    fitting = [
        known
        for known in columns
        if known.other == details.get("ref_table_title") and (other in rolling.get(known.field.name, ())) == added
    ]
    return fitting[0] if len(fitting) == 1 else None


def _births(found: list[Edit]) -> list[Edit]:
    """Links that came just before their row belong to its creation."""
    start = next((place for place, edit in enumerate(found) if edit.action == "create"), 0)
    if start == 0:
        return found
    after: dict[str, Value] = {}
    for edit in found[:start]:
        after.update(edit.after)
    return [replace(found[start], after={**found[start].after, **after}), *found[start + 1 :]]


def _cells(
    data: Mapping[str, Any],
    metas: Mapping[str, Any],
    by_id: Mapping[str, Known],
    by_title: Mapping[str, Known],
    people: Directory,
) -> dict[str, Value]:
    cells: dict[str, Value] = {}
    for title, raw in data.items():
        meta = metas.get(title) or {}
        known = by_id.get(meta.get("id", "")) if meta.get("id") else by_title.get(title)
        if known is not None and not known.field.by_host and known.field.type not in ("link", "links"):
            cells[known.field.name] = read(known.field, raw, people)
    return cells


def _link(
    field: Field, added: bool, details: Mapping[str, Any], rolling: dict[str, tuple[int, ...]]
) -> tuple[dict[str, Value], dict[str, Value]]:
    other = int(details["ref_row_id"])
    name = field.name
    if details.get("type") != "mm":
        if not added:
            return {name: other}, {name: None}
        # A quirk: once the cell was filled, `display_value` holds the row that was linked before.
        shown = details.get("display_value")
        before: dict[str, Value] = {name: _first_id(shown)} if isinstance(shown, Mapping) else {}
        return before, {name: other}
    if name not in rolling:
        return {}, {}
    now = rolling[name]
    then = tuple(sorted({*now} - {other} if added else {*now, other}))
    rolling[name] = then
    return {name: canonical(field, then)}, {name: canonical(field, now)}


def _first_id(shown: Mapping[str, Any]) -> int | None:
    return next((value for value in shown.values() if isinstance(value, int)), None)


def _old_links(found: list[Edit]) -> list[Edit]:
    """A link cell's old value is the new value of its edit before, where the audit itself does not say."""
    last: dict[str, Value] = {}
    done = []
    for edit in found:
        missing = {name: last.get(name) for name in edit.after if name not in edit.before and edit.action == "update"}
        before = {**missing, **edit.before}
        last.update(edit.after)
        if before == edit.after and edit.action == "update":
            continue  # the same row linked again
        done.append(replace(edit, before=before))
    return done


def _edit(
    table: str, row_id: int, entry: Mapping[str, Any], before: Mapping[str, Value], after: Mapping[str, Value]
) -> Edit:
    key = str(entry["id"])
    user = entry.get("user")
    return Edit(
        table=table,
        row_id=row_id,
        key=key,
        order=key,
        at=moment(key),
        account=str(user).lower() if user else None,
        action=_ACTIONS[entry["op_type"]],
        before=before,
        after=after,
    )


def moment(key: str) -> datetime:
    """The time inside an audit id."""
    milliseconds = int(key.replace("-", "")[:12], 16)
    return datetime.fromtimestamp(milliseconds // 1000, UTC).replace(microsecond=milliseconds % 1000 * 1000)
