"""Periods: what a month, quarter or year is compared with."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from automations.measures import Period


@pytest.mark.parametrize(
    ("period", "title", "name", "before", "year_before"),
    [
        (Period.month(2026, 9), "2026年9月", "202609", "2026年8月", "2025年9月"),
        (Period.month(2026, 1), "2026年1月", "202601", "2025年12月", "2025年1月"),
        (Period.quarter(2026, 1), "2026年第一季度", "2026Q1", "2025年第四季度", "2025年第一季度"),
        (Period.quarter(2026, 4), "2026年第四季度", "2026Q4", "2026年第三季度", "2025年第四季度"),
        (Period.year(2026), "2026年", "2026", "2025年", "2025年"),
    ],
)
def test_what_a_period_is_called_and_held_against(
    period: Period, title: str, name: str, before: str, year_before: str
) -> None:
    assert (period.title, period.name, period.before.title, period.year_before.title) == (
        title,
        name,
        before,
        year_before,
    )


@given(st.integers(2004, 2060), st.integers(1, 12))
def test_months_follow_each_other_without_gap(year: int, month: int) -> None:
    one, after = Period.month(year, month), Period.month(year, month + 1)
    assert (after.first - one.last).days == 1 and after.before == one
    assert [m.first.month for m in one.to_date.months] == list(range(1, month + 1))
    assert one.to_date.year_before.last.month == month  # a 29 February has its 28 the year before
    assert one.last in one and after.first not in one


@given(st.integers(2004, 2060), st.integers(1, 4))
def test_quarters_too(year: int, quarter: int) -> None:
    one = Period.quarter(year, quarter)
    assert len(one.months) == 3 and (one.first - one.before.last).days == 1


def test_a_moment_belongs_to_the_school_s_day() -> None:
    assert datetime(2026, 8, 31, 16, 30, tzinfo=UTC) in Period.month(2026, 9)  # half past midnight at the school
    assert None not in Period.month(2026, 9)
    assert date(2026, 9, 30) in Period.month(2026, 9)
