"""Baserow's row history as edits. Pure.

What the history does not hold (facts 4, 5): public forms, file imports, options removed, columns converted, restores of
several rows at once. Such a change has no edit, and whoever compares content must treat it as unattributed.
A deletion or restore is an entry without values.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Literal, TypeAlias

from automations.tables.base import Edit
from automations.tables.baserow_values import LINKS, Column, read_history
from automations.tables.values import Value

Entry: TypeAlias = Mapping[str, Any]
Action: TypeAlias = Literal["create", "update", "delete", "restore"]

_DIGITS = 19
_DONE: Mapping[str, Action] = {
    "create_row": "create",
    "create_rows": "create",
    "update_row": "update",
    "update_rows": "update",
    "delete_row": "delete",
    "delete_rows": "delete",
    "restore_from_trash": "restore",
}


def order(entry: Entry) -> str:
    """Sort key of an entry: its id, written with leading zeros.

    Ids of one row are in true order because an edit holds the row's lock until it is committed; the time stamps are
    set a little earlier and may tie.
    """
    return str(entry["id"]).zfill(_DIGITS)


def action(entry: Entry) -> Action | None:
    """What an entry did to the row; undo and redo count as what they brought about. None for kinds we do not know."""
    done = _DONE.get(str(entry["action_type"]))
    command = entry["action_command_type"]
    if command == "UNDO":
        return {"create": "delete", "delete": "restore"}.get(done or "", done)  # type: ignore[return-value]
    if command == "REDO" and done == "create":
        return "restore"
    return done


def edits(
    table: str,
    row_id: int,
    entries: Iterable[Entry],
    columns: Sequence[Column],
    emails: Mapping[int, str],
    now: Mapping[str, Any] | None,
) -> list[Edit]:
    """Entries of one row as edits in true order.

    Args:
        table: Code name.
        row_id: The row.
        entries: Every entry of the row down to the oldest wanted, any order, repeats allowed.
        columns: The bound columns; changes of others are left out.
        emails: User id → e-mail.
        now: The row's cells as they are, needed where :func:`has_deltas`; else None.
    """
    newest_first = sorted({entry["id"]: entry for entry in entries}.values(), key=order, reverse=True)
    by_key = {col.key: col for col in columns}
    links = _linked(newest_first, by_key, now)
    found: list[Edit] = []
    for entry in reversed(newest_first):
        kind = action(entry)
        if kind is None:
            continue
        full = links.get(entry["id"], {})
        before = _side(entry, "before", by_key, full) if kind != "create" else {}
        after = _side(entry, "after", by_key, full) if kind != "delete" else {}
        if kind == "update" and not (before or after):
            continue  # only columns that are not bound
        user = entry.get("user") or {}
        found.append(
            Edit(
                table=table,
                row_id=row_id,
                key=f"baserow:{entry['id']}",
                order=order(entry),
                at=datetime.fromisoformat(entry["timestamp"]).astimezone(UTC),
                account=emails.get(user.get("id", 0)),
                action=kind,
                before=before,
                after=after,
            )
        )
    return found


def has_deltas(entries: Iterable[Entry], columns: Sequence[Column]) -> bool:
    """Whether some entry tells a link as a difference only, because the link was changed from the other table."""
    links = {col.key for col in columns if col.field.type in LINKS}
    return any(_is_delta(entry, key) for entry in entries for key in links & set(entry["after"]))


def _is_delta(entry: Entry, key: str) -> bool:
    return "linked_table_id" not in (entry.get("fields_metadata") or {}).get(key, {})


def _side(
    entry: Entry, side: Literal["before", "after"], by_key: Mapping[str, Column], full: Mapping[tuple[str, str], Value]
) -> dict[str, Value]:
    values: dict[str, Value] = {}
    for key, raw in (entry.get(side) or {}).items():
        col = by_key.get(key)
        if col is None:
            continue
        metadata = (entry.get("fields_metadata") or {}).get(key, {})
        if col.field.type in LINKS and _is_delta(entry, key):
            if (key, side) in full:
                values[col.field.name] = full[key, side]
            continue
        try:
            values[col.field.name] = read_history(col, raw, metadata)
        except ValueError:
            continue  # written under another type or an option we cannot name: unresolved, as Edit allows
    return values


def _linked(
    newest_first: Sequence[Entry], by_key: Mapping[str, Column], now: Mapping[str, Any] | None
) -> dict[int, dict[tuple[str, str], Value]]:
    """Whole lists for entries that tell differences only: walked back from the present cell, entry by entry."""
    found: dict[int, dict[tuple[str, str], Value]] = {}
    for key, col in by_key.items():
        if col.field.type not in LINKS:
            continue
        cell = (now or {}).get(key)
        have: set[int] | None = None if cell is None else {item["id"] for item in cell}
        for entry in newest_first:
            if key not in entry["after"]:
                continue
            gone, come = _ids(entry["before"].get(key)), _ids(entry["after"].get(key))
            if not _is_delta(entry, key):
                have = gone
            elif have is not None:
                earlier = (have - come) | gone
                sides = found.setdefault(entry["id"], {})
                sides[key, "after"] = read_history(col, sorted(have), {})
                sides[key, "before"] = read_history(col, sorted(earlier), {})
                have = earlier
    return found


def _ids(raw: Any) -> set[int]:
    return {int(item) for item in raw or ()}
