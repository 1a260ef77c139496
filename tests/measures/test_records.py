"""Rows of a period are found without looking at all rows; they are the same rows, in the same order."""

from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

import pytest

from automations.measures import Period
from automations.rows import RowView
from tests.measures.world import at, records

PERIODS = [
    *(Period.month(2026, n) for n in range(1, 13)),
    Period.quarter(2026, 2),
    Period.year(2026),
    Period.year(2025),
]
KINDS = ("报修", "整改", "投诉")


def moments(dice: Random) -> datetime | None:
    """Any minute of two years, also those that are still yesterday in Greenwich; now and then none."""
    if dice.random() < 0.1:
        return None
    return datetime(2025, 1, 1, tzinfo=UTC) + timedelta(minutes=dice.randrange(2 * 365 * 24 * 60))


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("equal", [{}, {"kind": "报修"}, {"kind": ("报修", "投诉"), "status": "已办结"}])
def test_within_is_where_in_the_order_of_the_table(seed: int, equal: dict[str, Any]) -> None:
    dice = Random(seed)
    rows = [
        {"created_at": moments(dice), "kind": dice.choice(KINDS), "status": dice.choice(("已办结", "处理中"))}
        for _ in range(300)
    ]
    known = records("2027-01-05", issues=rows)

    def fits(row: RowView) -> bool:
        wanted = {name: value if isinstance(value, tuple) else (value,) for name, value in equal.items()}
        return row.created_at in period and all(row[name] in values for name, values in wanted.items())

    for period in PERIODS:
        found = known.within("issues", "created_at", period, **equal)
        assert [row.id for row in found] == [row.id for row in known["issues"] if fits(row)], period.title


def test_the_first_and_last_minute_of_a_month_are_the_school_s() -> None:
    edges = ("2026-08-31 23:59", "2026-09-01 00:00", "2026-09-30 23:59", "2026-10-01 00:00")
    known = records("2026-10-08", issues=[{"created_at": at(edge)} for edge in edges])
    assert [row.id for row in known.within("issues", "created_at", Period.month(2026, 9))] == [2, 3]


def test_nothing_is_known_before_the_first_day() -> None:
    known = records(
        "2026-10-08", income=[{"due_on": None}, {"due_on": date(2026, 3, 31)}, {"due_on": date(2026, 5, 2)}]
    )
    reached = [known.reaches("income", "due_on", Period.month(2026, month)) for month in (2, 3, 4)]
    assert reached == [False, True, True]
    assert not known.reaches("income", "received_on", Period.month(2026, 9))  # not a single day is filled in
