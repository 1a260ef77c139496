"""How each level of the chain signed (domain.md F2 三（四）): how many, how fast, what it sent back."""

from dataclasses import dataclass
from decimal import Decimal

from automations.measures.base import Measure, codes, count
from automations.measures.period import Period
from automations.measures.records import Records
from automations.measures.signing import CLAIM, DAYS, delegated_rows, mean_of, signed_rows
from automations.measures.turns import chains, opened_at
from automations.rows import RowView
from automations.workdays import local_date


@dataclass(frozen=True, slots=True)
class LevelTimes:
    """How a level signed.

    Attributes:
        mean: Working days from its turn to its decision.
        longest: The longest of them, with the step.
        returned: 退回 among its decisions.
        delegated: Decided by a 受托人.
    """

    level: str
    steps: Measure
    mean: Measure
    longest: Measure
    returned: Measure
    delegated: Measure


ORDER = ("部门负责人", "验收", "会计", "分管领导", "分管财务", "主要领导", "校委会")


def by_level(records: Records, period: Period) -> list[LevelTimes]:
    """Each level in the order of the chain; levels that decided nothing are left out."""
    taken: dict[str, list[tuple[RowView, int]]] = {}
    wanted = {row.id for row in signed_rows(records, period)}
    for chain in chains(records["sign_steps"].where(biz_type=CLAIM)):
        for at, step in enumerate(chain):
            opened = opened_at(chain, at)
            if step.id in wanted and opened is not None:
                days = records.calendar.between(local_date(opened), local_date(step.signed_at))
                taken.setdefault(step.level, []).append((step, max(days, 0)))
    behalf = {row.id for row in delegated_rows(records, period)}
    found = []
    for level in sorted(taken, key=lambda one: (ORDER.index(one) if one in ORDER else len(ORDER), one)):
        rows = [row for row, _ in taken[level]]
        slowest, days = max(taken[level], key=lambda one: one[1])
        found.append(
            LevelTimes(
                level,
                count(rows, "步"),
                mean_of(taken[level]),
                Measure(Decimal(days), codes([slowest]), 0, DAYS),
                count((row for row in rows if row.decision == "退回"), "步"),
                count((row for row in rows if row.id in behalf), "步"),
            )
        )
    return found
