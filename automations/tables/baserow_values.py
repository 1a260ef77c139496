"""Cells between Baserow's three spellings and our one (measured on 1.35.3).

A cell is read in one form (numbers as text, choices as objects, moments with ``Z``), written in a second (choices as
option ids, links as lists of ids) and stands in the row history in a third (choices as bare option ids, moments with a
blank instead of ``T``, row ids sometimes as text). Texts lose their outer blanks on the way in. All pure.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from automations.errors import HostRefused
from automations.schema.model import Field
from automations.tables.values import File, Value, Values, canonical

LINKS = frozenset({"link", "links", "person", "persons"})
ACCOUNTS = frozenset({"created_by", "modified_by"})


@dataclass(frozen=True, slots=True)
class Column:
    """One bound column.

    Attributes:
        field: The schema's field.
        id: Baserow's field id.
        options: Option id → text, in the host's order, for choices.
        to: Baserow id of the linked table, for links.
        two_way: Whether a link has a mirror column in the other table (fact 13: batches with it are quadratic).
    """

    field: Field
    id: int
    options: Mapping[int, str]
    to: int | None = None
    two_way: bool = False

    @property
    def key(self) -> str:
        """Name of the cell in row bodies; never the title, which the office may change (fact 10)."""
        return f"field_{self.id}"


def column(field: Field, raw: Mapping[str, Any]) -> Column:
    """``field`` tied to the host's answer ``raw`` about the column."""
    return Column(
        field=field,
        id=int(raw["id"]),
        options={o["id"]: o["value"] for o in raw.get("select_options") or ()},
        to=raw.get("link_row_table_id"),
        two_way=raw.get("link_row_related_field_id") is not None,
    )


def read(col: Column, raw: Any, emails: Mapping[int, str]) -> Value:
    """A cell of a row answer as its canonical value.

    Args:
        col: The column.
        raw: The cell as Baserow gave it.
        emails: User id → e-mail, for the columns that name an account.
    """
    kind = col.field.type
    if kind in ACCOUNTS:
        return emails.get(raw["id"]) if raw else None  # None: anonymous form, or an account that left
    if kind == "choice":
        return canonical(col.field, raw["value"] if raw else None)
    if kind == "choices":
        return canonical(col.field, [item["value"] for item in raw or ()])
    if kind in LINKS:
        return canonical(col.field, [item["id"] for item in raw or ()])
    if kind == "file":
        return tuple(_file(item) for item in raw or ())
    return canonical(col.field, raw)


def users_of(columns: Iterable[Column], raw: Mapping[str, Any]) -> set[int]:
    """Ids of the users that a row answer names."""
    cells = (raw[col.key] for col in columns if col.field.type in ACCOUNTS)
    return {int(cell["id"]) for cell in cells if cell}


def read_history(col: Column, raw: Any, metadata: Mapping[str, Any]) -> Value:
    """A value of the row history as its canonical value.

    Args:
        col: The column.
        raw: The value in history format.
        metadata: ``fields_metadata`` of the entry for this column: it still knows options deleted since.

    Raises:
        ValueError: The value does not fit the column any more (its type was changed since).
    """
    kind = col.field.type
    if kind in ("choice", "choices"):
        texts: dict[int, str] = dict(col.options)
        texts |= {int(key): item["value"] for key, item in (metadata.get("select_options") or {}).items()}
        chosen = raw if isinstance(raw, list) else [] if raw is None else [raw]
        try:
            values = [texts[int(item)] for item in chosen]
        except KeyError as error:
            raise ValueError(f"“{col.field.title}”的选项 {error} 已不存在") from None
        return canonical(col.field, values if kind == "choices" else values[0] if values else None)
    if kind == "file":
        return tuple(_file(item) for item in raw or ())
    return canonical(col.field, raw)


def write(col: Column, value: Value) -> Any:
    """The body form of a canonical value.

    Raises:
        HostRefused: The column has no such option, or the value is of the wrong kind.
    """
    kind, title = col.field.type, col.field.title
    try:
        value = canonical(col.field, value)
    except ValueError as error:
        raise HostRefused(f"{error}。请改正后再写入。") from None
    if kind == "choice":
        return None if value is None else _option(col, str(value))
    if kind == "choices":
        return [_option(col, str(item)) for item in _many(value)]
    if kind in ("link", "person"):
        return [] if value is None else [value]
    if kind in ("links", "persons"):
        return list(_many(value))
    if kind == "file":
        return [{**json.loads(f.ref), "visible_name": f.name} for f in _many(value) if isinstance(f, File)]
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, str) and "\0" in value:
        raise HostRefused(f"“{title}”含有空字符（NUL），表格主机不收。请去掉后再写入。")
    return value


def same(col: Column, left: Value, right: Value) -> bool:
    """Whether a write of ``right`` over ``left`` would change nothing (our digest of a file is not the host's)."""
    left, right = canonical(col.field, left), canonical(col.field, right)
    if col.field.type == "file":
        return [_handle(f) for f in _many(left)] == [_handle(f) for f in _many(right)]
    if col.field.type in ("text", "long_text"):
        # Baserow takes outer blanks off whatever is written: such a difference would be written again at every pass.
        return str(left or "").strip() == str(right or "").strip()
    return left == right


def body(columns: Mapping[str, Column], values: Values) -> dict[str, Any]:
    """Row body of ``values`` by code name.

    Raises:
        HostRefused: A name the table does not have (Baserow itself would ignore it with 200, fact 10), a column the
            host fills, or an unusable value.
    """
    cells: dict[str, Any] = {}
    for name, value in values.items():
        col = columns.get(name)
        if col is None:
            raise HostRefused(f"表里没有绑定字段 {name}：请核对 schemas/ 并重新执行 houqin plan。")
        if col.field.by_host:
            raise HostRefused(f"“{col.field.title}”由表格主机自动填写，不能写入。")
        cells[col.key] = write(col, value)
    return cells


def _option(col: Column, text: str) -> int:
    for option, value in col.options.items():
        if value == text:
            return option
    known = "、".join(col.options.values())
    raise HostRefused(
        f"“{col.field.title}”没有选项“{text}”，现有：{known}。请先在 schemas/ 里加上并执行 houqin apply。"
    )


def _file(raw: Mapping[str, Any]) -> File:
    # Only the stored name is the handle: addresses may be signed and differ from answer to answer.
    ref = json.dumps({"name": raw["name"]}, ensure_ascii=False)
    return File(name=raw.get("visible_name") or raw["name"], size=int(raw.get("size") or 0), ref=ref)


def _handle(item: Any) -> tuple[str, str]:
    return item.name, item.ref


def _many(value: Value) -> Sequence[Any]:
    return value if isinstance(value, tuple) else ()
