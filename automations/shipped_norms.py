"""The parameters Houqin brings along, from ``shipped_norms.toml`` beside this file.

They count where 参数标准 says nothing, and they fill that table of a new school. None of them is checked: every one has
to be held against the local papers first (domain.md D).
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from types import MappingProxyType

from automations.tables.values import Values

EVIDENCE: Mapping[str, str] = {
    "L": "已读过法规原文（2025年4月文本），请核对此后是否修订、本地有无更严的规定。",
    "S": "只见过网上摘录，请查原文核对。",
    "M": "占位值，未见原文，请按本地现行文件填写。",
    "seed": "出自《区县党校行政后勤服务改革的创新实践》（万州区委党校），请按本校情况确定。",
    "own": "系统建议值，请按本校制度确定。",
}
"""How sure a shipped value is, as the office reads it in 备注."""


@dataclass(frozen=True, slots=True)
class Shipped:
    """One parameter as it is shipped; its fields are those of the table ``settings``.

    Attributes:
        evidence: A key of :data:`EVIDENCE`.
    """

    label: str
    value: str
    unit: str
    category: str
    source: str
    evidence: str
    source_date: date | None = None


def _read() -> Mapping[str, Shipped]:
    text = Path(__file__).with_suffix(".toml").read_text(encoding="utf-8")
    return MappingProxyType({key: Shipped(**line) for key, line in tomllib.loads(text).items()})


SHIPPED = _read()
"""By key, in the order of the file."""


def shipped_rows(since: date) -> list[Values]:
    """All of them as rows of ``settings`` in force from ``since``, for a new school.

    One without a value is there to be filled in; until then it says nothing.
    """
    return [
        {
            "key": key,
            "label": norm.label,
            "value": norm.value or None,
            "unit": norm.unit or None,
            "category": norm.category,
            "from_date": since,
            "source": norm.source,
            "source_date": norm.source_date,
            "verified": False,
            "remark": EVIDENCE[norm.evidence],
        }
        for key, norm in SHIPPED.items()
    ]
