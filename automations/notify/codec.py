"""The data of a notice as JSON text that gives back what was put in."""

import json
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any


def to_text(data: Mapping[str, Any]) -> str:
    """The data of a notice as JSON text; Decimals, dates and moments come back as such."""
    return json.dumps(dict(data), ensure_ascii=False, default=_tagged)


def from_text(text: str) -> dict[str, Any]:
    """The inverse of :func:`to_text`."""
    data: dict[str, Any] = json.loads(text, object_hook=_untagged)
    return data


def _tagged(value: Any) -> Any:
    if isinstance(value, Decimal):
        return {"$decimal": str(value)}
    if isinstance(value, datetime):
        return {"$moment": value.isoformat()}
    if isinstance(value, date):
        return {"$date": value.isoformat()}
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"通知的数据里不能有 {type(value).__name__}：只用文字、数字、日期、列表和字典。")


def _untagged(data: dict[str, Any]) -> Any:
    if len(data) == 1:
        [(tag, value)] = data.items()
        if tag == "$decimal":
            return Decimal(value)
        if tag == "$moment":
            return datetime.fromisoformat(value)
        if tag == "$date":
            return date.fromisoformat(value)
    return data
