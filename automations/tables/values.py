r"""One Python value per field type, the same on every host: what code and mirror see.

==============================  =========================================================================
field type                      value (``None`` = empty)
==============================  =========================================================================
text, long_text                 ``str``, never ``""`` (empty is None); line ends are ``\n``
number, money, percent          ``Decimal``, quantized to the field's places (money 2)
bool                            ``bool``, never None (empty is False)
date                            ``datetime.date``
datetime, created_at, …         aware ``datetime`` in UTC, whole seconds
choice                          ``str``: the option's text
choices                         ``tuple[str, ...]`` in the order of the field's options
link, person                    ``int``: row id in the linked table / in ``people``
links, persons                  ``tuple[int, ...]``, ascending
file                            ``tuple[File, ...]``
created_by, modified_by         ``str``: the account's e-mail, lower case
==============================  =========================================================================
"""

import json
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any, TypeAlias

from automations.schema.model import Field


@dataclass(frozen=True, slots=True)
class File:
    """One attachment in a cell.

    Attributes:
        name: The name people see.
        size: Bytes, where the host tells; otherwise 0.
        ref: The host's own handle as JSON text: enough to write the file into another cell or fetch it.
        sha256: Hex digest of the content once the worker has read it; "" until then.
    """

    name: str
    size: int
    ref: str
    sha256: str = ""


Value: TypeAlias = (
    str | Decimal | bool | int | date | datetime | tuple[str, ...] | tuple[int, ...] | tuple[File, ...] | None
)
Values: TypeAlias = Mapping[str, Value]

_NUMERIC = {"number", "money", "percent"}


def places(field: Field) -> int:
    """Digits after the point that a numeric field keeps."""
    return 2 if field.type == "money" else field.decimals


def canonical(field: Field, raw: Any) -> Value:
    """``raw`` as the one value of ``field``'s type.

    Takes Python values and the plain forms hosts use (numbers as text, ISO dates, lists). Idempotent.
    Host-specific shapes (option ids, user objects) are for the adapters to unwrap first.

    Raises:
        ValueError: ``raw`` cannot be a value of this field; the message is Chinese.
    """
    kind = field.type
    if kind == "bool":
        return bool(raw)
    if raw is None or raw == "" or raw == [] or raw == ():
        return () if kind in ("choices", "links", "persons", "file") else None
    if kind in ("text", "long_text"):
        return _storable(str(raw).replace("\r\n", "\n")) or None
    if kind in _NUMERIC:
        return _decimal(field, raw)
    if kind == "date":
        return _date(field, raw)
    if kind in ("datetime", "created_at", "modified_at"):
        return _datetime(field, raw)
    if kind == "choice":
        return str(raw)
    if kind == "choices":
        chosen = {str(item) for item in _items(raw)}
        return tuple(o for o in field.options if o in chosen) + tuple(sorted(chosen - set(field.options)))
    if kind in ("link", "person"):
        ids = _ids(field, raw)
        return ids[0] if ids else None
    if kind in ("links", "persons"):
        return _ids(field, raw)
    if kind == "file":
        return tuple(raw)
    return str(raw).lower()  # created_by, modified_by


def _storable(text: str) -> str:
    """``text`` without what no SQL store takes: NUL (PostgreSQL) and halves of surrogate pairs (any).

    A host that lets such a character in must not stop the sync of its table.
    """
    text = text.replace("\x00", "")
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")


def _items(raw: Any) -> Iterable[Any]:
    return raw if isinstance(raw, list | tuple | set | frozenset) else [raw]


def _ids(field: Field, raw: Any) -> tuple[int, ...]:
    try:
        return tuple(sorted({int(item) for item in _items(raw)}))
    except (TypeError, ValueError):
        raise ValueError(f"“{field.title}”应为关联记录，收到 {raw!r}") from None


def _decimal(field: Field, raw: Any) -> Decimal:
    try:
        number = Decimal(repr(raw)) if isinstance(raw, float) else Decimal(str(raw))
        if not number.is_finite():
            raise InvalidOperation
        rounded = number.quantize(Decimal(1).scaleb(-places(field)), rounding=ROUND_HALF_UP)
    except InvalidOperation:
        raise ValueError(f"“{field.title}”应为数字，收到 {raw!r}") from None
    return abs(rounded) if rounded.is_zero() else rounded  # never -0.00


def _date(field: Field, raw: Any) -> date:
    if isinstance(raw, datetime):
        return raw.date()
    if isinstance(raw, date):
        return raw
    try:
        return date.fromisoformat(str(raw)[:10])
    except ValueError:
        raise ValueError(f"“{field.title}”应为日期（2026-09-01），收到 {raw!r}") from None


def _datetime(field: Field, raw: Any) -> datetime:
    moment: datetime = raw
    if not isinstance(raw, datetime):
        try:
            moment = datetime.fromisoformat(str(raw))
        except ValueError:
            raise ValueError(f"“{field.title}”应为时间（2026-09-01 08:30），收到 {raw!r}") from None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return moment.astimezone(UTC).replace(microsecond=0)


def to_json(value: Value) -> Any:
    """A JSON-able form of any canonical value; exact (Decimals as text)."""
    if isinstance(value, bool) or value is None or isinstance(value, int | str):
        return value
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, datetime | date):
        return value.isoformat()
    return [
        {"name": v.name, "size": v.size, "ref": v.ref, "sha256": v.sha256} if isinstance(v, File) else v for v in value
    ]


def from_json(field: Field, data: Any) -> Value:
    """The inverse of :func:`to_json` for ``field``."""
    if field.type == "file":
        return tuple(File(**item) for item in data or ())
    return canonical(field, data)


def canonical_json(data: Any) -> str:
    """The one text of a JSON value: sorted keys, no spaces, NFC; what seals and chains are computed over."""
    return unicodedata.normalize(
        "NFC", json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
    )
