"""Getting rows back out of Baserow's trash, under their old ids.

A row deleted by itself lies there by its id. Rows deleted together (several selected in the grid) lie there as one
bundle that tells their headings only and comes back as a whole; those of the bundle that nobody asked for are thrown
away again, one by one, so that each can later be fetched by its id.
"""

import logging
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from automations.errors import RowMissing
from automations.tables.baserow_wire import TrashMissing, Wire

log = logging.getLogger(__name__)


def fetch_back(wire: Wire, table: int, row_id: int, heading: str | None, stamp_key: str | None) -> bool:
    """Bring one row back to life.

    Args:
        wire: The line.
        table: Host id of the table.
        row_id: The row.
        heading: Text of its display field where that is known; narrows the search among bundles.
        stamp_key: Key of the last-modified column: tells rows that came back from rows made meanwhile. Without
            it bundles are left alone.

    Returns:
        Whether the row lives now; False when the trash no longer holds it (3 days, or emptied by hand).
    """
    if _restore(wire, "row", row_id, table):
        return True
    if stamp_key is None:
        return False
    for bundle in list(_bundles(wire, table)):
        if heading is not None and heading not in (bundle["names"] or ()):
            continue
        before = {row["id"] for row in wire.walk(table, stamp_key, None, [])}
        if not _restore(wire, "rows", bundle["trash_item_id"], table):
            continue
        found = row_id in wire.living(table, [row_id])
        _put_back(wire, table, before | {row_id}, bundle, stamp_key)
        if found:
            return True
    return False


def _restore(wire: Wire, kind: str, item: int, table: int) -> bool:
    body = {"trash_item_type": kind, "trash_item_id": item, "parent_trash_item_id": table}
    try:
        wire.call("PATCH", "/api/trash/restore/", "repeatable", json=body)
    except TrashMissing:
        return False
    return True


def _bundles(wire: Wire, table: int) -> Iterator[Mapping[str, Any]]:
    page = 1
    while True:
        path = f"/api/trash/workspace/{wire.workspace}/"
        answer = wire.get(path, application_id=wire.database, page=page)
        for item in answer["results"]:
            if item["trash_item_type"] == "rows" and item["parent_trash_item_id"] == table:
                yield item
        if not answer["next"]:
            return
        page += 1


def _put_back(wire: Wire, table: int, keep: set[int], bundle: Mapping[str, Any], stamp_key: str) -> None:
    trashed_at = datetime.fromisoformat(bundle["trashed_at"])
    for row in list(wire.walk(table, stamp_key, None, [])):
        # A restored row keeps its old stamp (fact 2); one made meanwhile has a later one.
        if row["id"] in keep or datetime.fromisoformat(row[stamp_key]) > trashed_at:
            continue
        log.info("回收站里同批的第 %s 行放回回收站", row["id"])
        try:
            wire.call(
                "DELETE", f"/api/database/rows/table/{table}/{row['id']}/?send_webhook_events=false", "repeatable"
            )
        except RowMissing:
            log.info("第 %s 行已有人删除", row["id"])
