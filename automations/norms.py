"""The school's own parameters: rows of the table ``settings`` (参数标准), read by business date.

Chain, thresholds and switches are data that the office edits in the browser (domain.md B1.6, C2). A value is always the
one valid on the business date of the row judged, never today's. What no row says falls back to ``DEFAULTS``.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from automations.errors import RuleError

DEFAULTS: Mapping[str, str] = {
    "calendar.override": "",  # days the school itself moves, see workdays.read_overrides
    "chain.dept_review": "是",
    "chain.finance_review": "是",
    "chain.substitute": "",  # names, in order, of 班子成员 who sign where a leader must stand aside
    "delegate.top_limit": "5000",
    "sign.paper_required": "是",
    "school.name": "",
    "school.tax_no": "",
}
YES, NO = frozenset({"是", "yes", "true", "1", "启用"}), frozenset({"否", "no", "false", "0", "停用"})


@dataclass(frozen=True, slots=True)
class Norm:
    """One value with the days it is in force (both inclusive; None = open)."""

    key: str
    value: str
    start: date | None = None
    end: date | None = None


class Norms:
    """All parameters.

    Args:
        rows: Values, in any order; of two in force on a day the one that started later counts.
    """

    def __init__(self, rows: Iterable[Norm] = ()) -> None:
        self._by_key: dict[str, list[Norm]] = {}
        for norm in rows:
            self._by_key.setdefault(norm.key, []).append(norm)

    @classmethod
    def from_rows(cls, rows: Iterable[Any]) -> "Norms":
        """From rows of ``settings``; one without a value says nothing: an emptied cell switches nothing off."""
        filled = (r for r in rows if (r["key"] or "").strip() and (r["value"] or "").strip())
        return cls(Norm(r["key"].strip(), r["value"].strip(), r["from_date"], r["to_date"]) for r in filled)

    def text(self, key: str, on: date) -> str:
        """The value in force on ``on``.

        Raises:
            RuleError: No row and no default.
        """
        best: Norm | None = None
        for norm in self._by_key.get(key, ()):
            in_force = (norm.start is None or norm.start <= on) and (norm.end is None or on <= norm.end)
            if in_force and (best is None or (norm.start or date.min) >= (best.start or date.min)):
                best = norm
        if best is not None:
            return best.value
        if key in DEFAULTS:
            return DEFAULTS[key]
        raise RuleError(f"参数表里没有“{key}”在{on}的值，请会计在“参数标准”中补上。")

    def flag(self, key: str, on: date) -> bool:
        """A 是/否 value."""
        value = self.text(key, on).lower()
        if value in YES:
            return True
        if value in NO:
            return False
        raise RuleError(f"参数“{key}”应填“是”或“否”，现在是“{value}”。")

    def money(self, key: str, on: date) -> Decimal:
        """An amount in 元."""
        value = self.text(key, on).replace(",", "").replace("，", "")
        try:
            return Decimal(value)
        except InvalidOperation:
            raise RuleError(f"参数“{key}”应填金额（元），现在是“{value}”。") from None

    def names(self, key: str, on: date) -> tuple[str, ...]:
        """A list of names separated by 、 or ， or spaces."""
        value = self.text(key, on)
        for separator in "、，,；;":
            value = value.replace(separator, " ")
        return tuple(value.split())
