"""Columns between ``schemas/`` and Baserow: bodies to make them, and what an existing one is. All pure.

Rule of the house: a column's type is never converted on Baserow. Conversions leave no history, move no timestamp, turn
empty text into 0 and answer 500 for choices (facts 2, 4, 15); a new type means a new column.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from automations.errors import HostRefused
from automations.schema.model import Field
from automations.tables.base import BoundTable, HostField
from automations.tables.values import canonical_json, places

ZONE = "Asia/Shanghai"
YUAN = "¥"
_COLORS = ("light-blue", "light-green", "light-orange", "light-red", "light-gray", "light-purple", "light-yellow")
_PLAIN = {"text": "text", "long_text": "long_text", "boolean": "bool", "file": "file"}
_FILLED = {
    "created_on": "created_at",
    "created_by": "created_by",
    "last_modified": "modified_at",
    "last_modified_by": "modified_by",
}
_OURS_TO_HOST = {ours: host for host, ours in _FILLED.items()}
_MOMENT = {
    "date_format": "ISO",
    "date_include_time": True,
    "date_time_format": "24",
    "date_show_tzinfo": False,
    "date_force_timezone": ZONE,
}


def creation(field: Field, to_table_id: str | None = None) -> dict[str, Any]:
    """The body that makes ``field`` as a new column.

    Args:
        field: The schema's field.
        to_table_id: Host id of the linked table; of ``people`` for persons.

    Raises:
        HostRefused: A link without its target.
    """
    return {"name": field.title, "description": field.note or None, **_shape(field, to_table_id)}


def _shape(field: Field, to: str | None) -> dict[str, Any]:
    kind = field.type
    if kind == "text":
        return {"type": "text"} | ({"text_default": str(field.default)} if field.default is not None else {})
    if kind == "long_text":
        return {"type": "long_text", "long_text_enable_rich_text": False}
    if kind in ("number", "money", "percent"):
        return _number(field)
    if kind == "date":
        return {"type": "date", "date_format": "ISO", "date_include_time": False}
    if kind == "datetime":
        return {"type": "date", **_MOMENT}
    if kind == "bool":
        return {"type": "boolean", "boolean_default": bool(field.default)}
    if kind in ("choice", "choices"):
        return _select(field)
    if kind == "file":
        return {"type": "file"}
    if kind in ("created_at", "modified_at"):
        return {"type": _OURS_TO_HOST[kind], **_MOMENT}
    if kind in ("created_by", "modified_by"):
        return {"type": _OURS_TO_HOST[kind]}
    if to is None:
        raise HostRefused(f"关联字段“{field.title}”没有目标表：请先建好被关联的表。")
    # Persons are links to `people` too: 3 × cheaper to read than collaborators, and people without accounts count.
    return {
        "type": "link_row",
        "link_row_table_id": int(to),
        "has_related_field": field.reverse is not None,
        "link_row_multiple_relationships": kind in ("links", "persons"),
    }


def _number(field: Field) -> dict[str, Any]:
    shape: dict[str, Any] = {
        "type": "number",
        "number_decimal_places": places(field),
        "number_negative": True,
        "number_prefix": YUAN if field.type == "money" else "",
        "number_suffix": "%" if field.type == "percent" else field.unit[:10] if field.type == "number" else "",
        "number_separator": "COMMA_PERIOD" if field.type == "money" else "",
    }
    if field.default is not None:
        shape["number_default"] = str(field.default)
    return shape


def _select(field: Field) -> dict[str, Any]:
    # New options get negative ids, the only way to name one of them as the default in the same call.
    options = [{"id": -1 - n, "value": text, "color": _color(n)} for n, text in enumerate(field.options)]
    kind = "single_select" if field.type == "choice" else "multiple_select"
    shape: dict[str, Any] = {"type": kind, "select_options": options}
    if field.type == "choice" and field.default in field.options:
        shape["single_select_default"] = -1 - field.options.index(str(field.default))
    return shape


def _color(place: int) -> str:
    return _COLORS[place % len(_COLORS)]


def our_type(raw: Mapping[str, Any]) -> str:
    """Our field type that a column fits; ``?`` and Baserow's own word where it fits none.

    A link to ``people`` reads as ``link``/``links``: Baserow cannot tell a person from another row.
    """
    kind = str(raw["type"])
    if kind in _PLAIN:
        return _PLAIN[kind]
    if kind == "number":
        if raw["number_prefix"] == YUAN and raw["number_decimal_places"] == 2:
            return "money"
        return "percent" if raw["number_suffix"] == "%" else "number"
    if kind == "date":
        return "datetime" if raw["date_include_time"] else "date"
    if kind in ("single_select", "multiple_select"):
        return "choice" if kind == "single_select" else "choices"
    if kind == "link_row":
        return "links" if raw["link_row_multiple_relationships"] else "link"
    if kind in ("created_on", "last_modified") and not raw["date_include_time"]:
        return f"?{kind}"  # shows the day only: useless as a stamp
    return _FILLED.get(kind, f"?{kind}")


def host_field(raw: Mapping[str, Any]) -> HostField:
    """A column as the interface describes it."""
    to = raw.get("link_row_table_id")
    return HostField(
        id=str(raw["id"]),
        title=str(raw["name"]),
        type=our_type(raw),
        options=tuple(o["value"] for o in raw.get("select_options") or ()),
        to=None if to is None else str(to),
        note=str(raw.get("description") or ""),
        decimals=int(raw.get("number_decimal_places") or 0) if raw["type"] == "number" else 0,
    )


def fits(field: Field, raw: Mapping[str, Any]) -> bool:
    """Whether a column holds values of ``field``'s type without loss (decoration such as a prefix may differ)."""
    wanted, kind = _shape(field, "0"), raw["type"]
    if kind != wanted["type"]:
        return False
    if kind == "number":
        return bool(raw["number_decimal_places"] >= wanted["number_decimal_places"])
    if kind in ("date", "created_on", "last_modified"):
        return bool(raw["date_include_time"] == wanted["date_include_time"])
    if kind == "link_row" and wanted["link_row_multiple_relationships"]:
        return bool(raw["link_row_multiple_relationships"])
    return True


def update(field: Field, raw: Mapping[str, Any]) -> dict[str, Any]:
    """The body that brings title, note, options and places of a column to ``field``; empty when nothing differs.

    Options are always sent whole and with their ids: without them Baserow makes new ones and empties every cell, in
    silence (fact 14). Options of the host that the schema does not know stay, at the end, for the same reason.

    Raises:
        HostRefused: The column is of another type.
    """
    if raw["type"] != _shape(field, "0")["type"] or (raw["type"] != "number" and not fits(field, raw)):
        raise HostRefused(
            f"“{raw['name']}”在表格主机上是 {raw['type']} 类型，不能直接改成 {field.type}：转换会丢数据且不留痕。"
            "请新建一列、搬数据、再删旧列。"
        )
    patch: dict[str, Any] = {}
    if raw["name"] != field.title:
        patch["name"] = field.title
    if (raw.get("description") or "") != field.note:
        patch["description"] = field.note or None
    if raw["type"] == "number" and raw["number_decimal_places"] < places(field):
        patch["number_decimal_places"] = places(field)  # only ever up: down would round what people typed
    if field.type in ("choice", "choices"):
        merged = merge_options(field.options, raw["select_options"])
        if merged != [dict(o) for o in raw["select_options"]]:
            patch["select_options"] = merged
    return patch


def merge_options(wanted: Sequence[str], present: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The whole list of options to send: those wanted in order (kept ones with their id), then the host's others."""
    by_text: dict[str, Mapping[str, Any]] = {}
    for option in present:
        by_text.setdefault(option["value"], option)
    merged: list[dict[str, Any]] = []
    for place, text in enumerate(wanted):
        merged.append(dict(by_text[text]) if text in by_text else {"value": text, "color": _color(place)})
    used = {option["id"] for option in merged if "id" in option}
    return merged + [dict(option) for option in present if option["id"] not in used]


def moved_columns(bound: BoundTable, present: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """What is wrong with the bound columns of a table, in Chinese; empty where all is as it should be."""
    problems: list[str] = []
    for name, field_id in bound.fields.items():
        field, raw = bound.table[name], present.get(field_id)
        if raw is None:
            problems.append(f"表“{bound.table.title}”的列“{field.title}”已不在")
        elif not fits(field, raw):
            found = host_field(raw).type
            problems.append(f"表“{bound.table.title}”的列“{raw['name']}”应为 {field.type}，现为 {found}")
    return problems


def fingerprint(raws: Iterable[Mapping[str, Any]]) -> str:
    """Digest of ids, titles, types and options of columns."""
    shape = [
        [
            raw["id"],
            raw["name"],
            host_field(raw).type,
            raw["type"],
            raw.get("select_options"),
            raw.get("link_row_table_id"),
        ]
        for raw in raws
    ]
    return hashlib.sha256(canonical_json(shape).encode()).hexdigest()
