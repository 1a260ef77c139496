"""NocoDB's record audit → :class:`Edit`. Pure.

An entry's id is a UUIDv7: its first 48 bits are milliseconds, so it is the order and the time (``created_at`` has
seconds). Values stand under the titles of their day; ``column_meta`` says which column each title was.

What the audit does not hold, measured on 0.301.3 (hosts/nocodb.md 5):

* key columns of links that were filled together with a new row (we do that: 15 against 475 rows a second);
* who changed what by the v1 ``bulk/…/all`` call, and by a v3 PATCH that also carries a link;
* the true value where two accounts wrote one cell within some 30 ms: the entry shows the later value for both.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal, TypeAlias

from automations.schema.model import Field
from automations.tables.base import Edit
from automations.tables.nocodb_values import Directory, read
from automations.tables.values import Value, canonical

Action: TypeAlias = Literal["create", "update", "delete"]

_ACTIONS: Mapping[str, Action] = {
    "DATA_INSERT": "create",
    "DATA_UPDATE": "update",
    "DATA_DELETE": "delete",
    "DATA_LINK": "update",
    "DATA_UNLINK": "update",
}


@dataclass(frozen=True, slots=True)
class Known:
    """A bound column as the audit may name it: by id, or by its present title."""

    field: Field
    id: str
    title: str


def life(entries: Iterable[Mapping[str, Any]], after: str) -> tuple[list[Mapping[str, Any]], bool]:
    """The entries of the present life of a row, of those given newest first, that are younger than ``after``.

    Ids are given again once the row with the highest one is gone, and both lives stand under one id: the latest
    insert begins the present one.

    Returns:
        The entries, newest first; and whether the search is over (else older pages are worth reading).
    """
    kept: list[Mapping[str, Any]] = []
    for entry in entries:
        if entry["id"] <= after:
            return kept, True
        if entry["op_type"] in _ACTIONS:
            kept.append(entry)
        if entry["op_type"] == "DATA_INSERT":
            return kept, True
    return kept, False


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
            known = by_id.get(details.get("link_field_id", "")) or by_title.get(details.get("link_field_title", ""))
            if known is None:
                continue  # the other end of a link, or a column that is not ours
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
    return _old_links(found[::-1])


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
        done.append(
            Edit(edit.table, edit.row_id, edit.key, edit.order, edit.at, edit.account, edit.action, before, edit.after)
        )
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
