"""Webhooks on Baserow: a hint that something changed, never the record.

They are not signed, name no user, stay silent about imports and option changes, and switch themselves off for good
after nine failed attempts, which takes 16 seconds (facts 5, 7, 8). So each start repairs them.
"""

from typing import Any

from automations.tables.baserow_wire import Wire

NAME = "houqin"
HEADER = "X-Houqin-Secret"
EVENTS = ["rows.created", "rows.updated", "rows.deleted", "field.created", "field.updated", "field.deleted"]


def subscribe(wire: Wire, table: int, url: str, secret: str) -> None:
    """Make sure that exactly one hook of ours, switched on, calls ``url`` for this table."""
    wire.http.hide(secret)
    wanted: dict[str, Any] = {
        "name": NAME,
        "url": url,
        "request_method": "POST",
        "include_all_events": False,
        "events": EVENTS,
        "headers": {HEADER: secret},
        "use_user_field_names": False,
        "active": True,
    }
    path = f"/api/database/webhooks/table/{table}/"
    ours = [hook for hook in wire.get(path) if hook["name"] == NAME]
    if not ours:
        wire.call("POST", path, "once", json=wanted)
        return
    kept = ours[0]
    if any(_differs(key, kept.get(key), value) for key, value in wanted.items()):
        wire.call("PATCH", f"/api/database/webhooks/{kept['id']}/", "repeatable", json=wanted)
    for spare in ours[1:]:
        wire.call("DELETE", f"/api/database/webhooks/{spare['id']}/", "repeatable")


def _differs(key: str, have: Any, want: Any) -> bool:
    return sorted(have or ()) != sorted(want) if key == "events" else bool(have != want)
