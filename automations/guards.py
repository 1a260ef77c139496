"""What must be put back: worker-owned fields, lost rows, copied codes (DG-01, DG-04). Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from automations.approvals import words
from automations.schema import Table
from automations.tables.base import Edit
from automations.tables.values import Value, Values


@dataclass(frozen=True, slots=True)
class Restored:
    """One worker-owned cell that a person changed: what stood there and what must stand there again."""

    field: str
    old: Value
    account: str | None
    edit: str
    at: datetime | None


def changed_cells(table: Table, before: Values | None, now: Values) -> tuple[str, ...]:
    """Worker-owned fields whose cells moved; for a new row those that hold more than the host puts into every row."""
    if before is None:
        untouched = [f.name for f in table.fields if _filled(now.get(f.name)) in (None, f.default)]
        return tuple(f.name for f in table.fields if f.by_worker and f.name not in untouched)
    return tuple(
        f.name
        for f in table.fields
        if f.by_worker and f.name in now and _filled(before.get(f.name)) != _filled(now[f.name])
    )


def _filled(value: Value) -> Value:
    """The value, with everything a host may show as an empty cell as None."""
    return None if value is False or value in ("", ()) else value


def put_back(
    fields: Sequence[str], before: Values | None, now: Values, edits: Sequence[Edit], worker: str
) -> list[Restored]:
    """Which of ``fields`` a person changed (DG-01).

    Args:
        fields: From :func:`changed_cells`.
        before: The row as last seen; None for a new row, whose worker-owned cells must be empty.
        now: The row as it is.
        edits: The row's edits since it was last looked at.
        worker: Houqin's own account, which may change anything.

    Returns:
        Cells to restore. One whose last recorded change is Houqin's own stays; one with no record at all is restored,
        its author unknown.
    """
    found = []
    for name in fields:
        touching = [e for e in edits if name in e.after and e.after[name] == now[name]]
        last = touching[-1] if touching else None
        if last is not None and last.account == worker:
            continue
        old = before.get(name) if before is not None else None
        found.append(
            Restored(name, old, last.account if last else None, last.key if last else "", last.at if last else None)
        )
    return found


def restored_message(table: Table, cells: Sequence[Restored], show: Mapping[str, str]) -> str:
    """DG-01, one sentence a cell; ``show`` gives the old values as people read them."""
    return "\n".join(words.restored(table[c.field].title, show[c.field]) for c in cells)


def lost_row_remark(who: str, at: datetime) -> str:
    """DG-04."""
    return f"【系统恢复】{who}于{words.clock(at)}删除本行，已按快照恢复。作废请把状态改为“作废”。"


def is_blank(table: Table, row: Values) -> bool:
    """Nobody has written anything into this row yet: it gets no code and may be deleted freely."""
    for field in table.fields:
        if field.by_host or field.by_worker or field.name not in row:
            continue
        value = row[field.name]
        if _filled(value) is not None and value != field.default:
            return False
    return True
