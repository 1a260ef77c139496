"""What a signature covers: canonical JSON of the protected content, and its SHA-256 (design.md, decision 4)."""

import hashlib
from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from automations.approvals.declaration import Approval
from automations.tables.values import File, Value, Values, canonical_json, to_json

if TYPE_CHECKING:
    from automations.approvals.ruling import Bench


def content(approval: Approval, row: Values, parts: Mapping[int, Values]) -> dict[str, Any]:
    """The protected fields of a row, with the rows that belong to it, as JSON.

    Args:
        approval: Which fields are protected.
        row: The row's canonical values.
        parts: Rows that belong to it (invoices) by row id.

    Returns:
        ``{"fields": {name: value}, "parts": [{"id": …, name: value}]}``; attachments stand as name and SHA-256.
    """
    fields = {name: plain(row.get(name)) for name in approval.protects}
    names = approval.parts[2] if approval.parts else ()
    listed = [{"id": part_id, **{n: plain(values.get(n)) for n in names}} for part_id, values in sorted(parts.items())]
    return {"fields": fields, "parts": listed}


def plain(value: Value) -> Any:
    """One cell as a seal covers it: an attachment is its name and what is in it."""
    if isinstance(value, tuple) and value and isinstance(value[0], File):
        return [{"name": f.name, "sha256": f.sha256 or f.ref} for f in value if isinstance(f, File)]
    return to_json(value)


def seal(sealed: Mapping[str, Any], audited: Decimal | None) -> str:
    """SHA-256 (hex) over the content and the audited amount that a signer sees."""
    text = canonical_json({**sealed, "audited": to_json(audited)})
    return hashlib.sha256(text.encode()).hexdigest()


def differences(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[tuple[str, Any, Any]]:
    """Protected fields that differ: (name, old JSON, new JSON); ``parts`` as one item."""
    found = [
        (name, old["fields"].get(name), value)
        for name, value in new["fields"].items()
        if old["fields"].get(name) != value
    ]
    if old["parts"] != new["parts"]:
        found.append(("parts", old["parts"], new["parts"]))
    return found


KEPT_FREE = frozenset(
    {"remark", "correction_note", "rating", "status", "pay_method", "paid_on", "paper_signed", "voucher_no"}
)
"""Columns of a closed row that are not simply put back: notes, a reporter's rating, and what has rules of its own."""


def whole(bench: "Bench", row: Values, signed: Mapping[str, Any]) -> dict[str, Any]:
    """What must be put back once a row is closed (DG-03): what was signed, and all else that people filled in.

    Args:
        bench: The declaration and the table.
        row: The row's values.
        signed: The snapshot of the last submission; empty parts where nothing was signed.
    """
    left = KEPT_FREE | {bench.approval.audited} | signed["row"].keys()
    rest = [f.name for f in bench.table.fields if not f.by_worker and not f.by_host and f.name not in left]
    return {**signed, "row": {**signed["row"], **{name: to_json(row.get(name)) for name in rest}}}
