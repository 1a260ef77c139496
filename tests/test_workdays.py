from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from automations.errors import RuleError
from automations.workdays import ESTIMATE, SCHOOL_TIME, Calendar, Day, local_date, read_overrides

NATIONAL = Calendar()
DAY = timedelta(days=1)


def days(*spans: tuple[str, str]) -> set[date]:
    found = set()
    for first, last in spans:
        day = date.fromisoformat(first)
        while day <= date.fromisoformat(last):
            found.add(day)
            day += DAY
    return found


# domain.md B0, the State Council's list for 2026.
HOLIDAYS_2026 = days(
    ("2026-01-01", "2026-01-03"),
    ("2026-02-15", "2026-02-23"),
    ("2026-04-04", "2026-04-06"),
    ("2026-05-01", "2026-05-05"),
    ("2026-06-19", "2026-06-21"),
    ("2026-09-25", "2026-09-27"),
    ("2026-10-01", "2026-10-07"),
)
MAKE_UP_2026 = {date(2026, month, day) for month, day in ((1, 4), (2, 14), (2, 28), (5, 9), (9, 20), (10, 10))}


def test_every_day_of_2026_is_as_published():
    worked = {d for d in days(("2026-01-01", "2026-12-31")) if NATIONAL.is_workday(d)}
    weekdays = {d for d in days(("2026-01-01", "2026-12-31")) if d.weekday() < 5}
    assert worked == (weekdays - HOLIDAYS_2026) | MAKE_UP_2026
    assert len(worked) == 248
    assert {NATIONAL.source(d) for d in worked} == {"国办通知"}


def test_the_school_overrides_the_notice():
    calendar = Calendar({date(2026, 9, 12): (True, "补课"), date(2026, 9, 14): (False, "校庆")})
    assert calendar.is_workday(date(2026, 9, 12)) and calendar.day(date(2026, 9, 12)).reason == "补课"
    assert not calendar.is_workday(date(2026, 9, 14))
    assert calendar.source(date(2026, 9, 14)) == "学校调整"
    assert calendar.source(date(2026, 9, 15)) == "国办通知"


def test_an_unpublished_year_is_answered_and_marked():
    new_year = NATIONAL.day(date(2090, 1, 1))
    assert (new_year.works, new_year.estimated, new_year.source) == (False, True, ESTIMATE)
    assert NATIONAL.is_workday(date(2090, 1, 3))  # a Tuesday
    assert not NATIONAL.is_workday(date(2090, 1, 7))  # a Saturday
    for far in (date(1, 1, 1), date(1900, 1, 1), date(9999, 12, 31)):
        assert NATIONAL.day(far).estimated


def test_an_answer_over_an_estimated_day_carries_the_mark():
    assert NATIONAL.mark(date(2026, 12, 28)) == ""
    assert NATIONAL.mark(date(2026, 12, 28), date(2090, 1, 2)) == ESTIMATE
    assert NATIONAL.mark(date(2090, 1, 2), date(2089, 12, 28)) == ESTIMATE
    known = Calendar({d: (True, "") for d in days(("2090-01-02", "2090-01-04"))})
    assert known.mark(date(2090, 1, 2), date(2090, 1, 4)) == ""


def test_a_year_known_to_neither_table_but_to_holidays_is_no_estimate():
    assert NATIONAL.source(date(2003, 5, 1)) == "国办通知"  # before chinesecalendar's first year


def test_adding_and_counting():
    friday = date(2026, 9, 18)
    assert NATIONAL.add(friday, 1) == date(2026, 9, 20)  # the make-up Sunday
    assert NATIONAL.add(friday, 0) == friday
    assert NATIONAL.add(date(2026, 9, 30), 1) == date(2026, 10, 8)
    assert NATIONAL.add(date(2026, 10, 8), -1) == date(2026, 9, 30)
    assert NATIONAL.between(date(2026, 9, 14), date(2026, 9, 16)) == 2
    assert NATIONAL.between(date(2026, 9, 16), date(2026, 9, 14)) == -2
    assert NATIONAL.between(date(2025, 12, 31), date(2026, 12, 31)) == 248


@given(st.dates(date(2024, 1, 1), date(2028, 12, 31)), st.integers(0, 40))
def test_between_undoes_add(day, n):
    reached = NATIONAL.add(day, n)
    assert NATIONAL.between(day, reached) == n
    assert n == 0 or NATIONAL.is_workday(reached)


def test_it_is_told_in_time_that_a_calendar_is_missing():
    assert NATIONAL.warning(date(2026, 10, 31)) == ""
    last = max(y for y in range(2026, 2100) if not NATIONAL.day(date(y, 1, 1)).estimated)
    assert f"{last + 1}年" in NATIONAL.warning(date(last, 11, 1))
    assert f"{last + 1}年" in NATIONAL.warning(date(last + 1, 3, 1))
    assert "信息科" in NATIONAL.warning(date(last, 12, 31))


WHOLE_2027 = "2027-02-06 上班 春节调休；2027-02-08至2027-02-12 休息 春节；2027年已录全"


def test_a_year_that_the_school_has_entered_whole_is_no_estimate():
    """A few days of it are not enough: a summer vacation says nothing of the Spring Festival."""
    some, whole = Calendar.of("2027-07-12至2027-08-20 休息 暑假"), Calendar.of(WHOLE_2027)
    november = date(2026, 11, 2)
    assert (NATIONAL.unknown_year(november), some.unknown_year(november), whole.unknown_year(november)) == (
        *(2027, 2027),
        None,
    )
    assert whole.warning(november) == "" and "2027年已录全" in some.warning(november)
    assert whole.is_workday(date(2027, 2, 6)) and not whole.is_workday(date(2027, 2, 8))
    assert whole.day(date(2027, 10, 1)) == Day(True, "学校调整")  # not entered: an ordinary Friday, guessed by nobody
    assert whole.mark(date(2027, 2, 1), date(2027, 10, 1)) == "" and some.mark(date(2027, 2, 1)) == ESTIMATE
    assert not Calendar.of("2026年已录全").is_workday(date(2026, 10, 1))  # what was published still counts
    with pytest.raises(RuleError):
        Calendar.of("2027年录全")


def test_the_years_between_two_days_that_are_only_estimated():
    assert NATIONAL.unknown_years(date(2026, 11, 2), date(2026, 12, 31)) == ()
    assert NATIONAL.unknown_years(date(2026, 11, 2), date(2028, 1, 1)) == (2027, 2028)
    assert Calendar.of(WHOLE_2027).unknown_years(date(2026, 11, 2), date(2028, 1, 1)) == (2028,)


def test_the_version_says_which_calendar_gave_a_date():
    assert NATIONAL.version.startswith("chinesecalendar 1.") and "学校调整" not in NATIONAL.version
    one, same, other = (
        Calendar.of(text) for text in ("2026-09-14 休息 校庆", "2026-09-14 休息 改了理由", "2026-09-14 上班")
    )
    assert one.version == same.version != other.version  # the reason moves no date
    assert one.version.startswith(f"{NATIONAL.version}，学校调整 1天 ")
    assert Calendar.of(WHOLE_2027).version != Calendar.of(WHOLE_2027.replace("；2027年已录全", "")).version


def test_overrides_are_read_from_the_setting():
    read = read_overrides("2027-02-06 上班 春节调休；2027-02-08至2027-02-10 休息 春节\n2027-1-4 休息")
    assert read == {
        date(2027, 2, 6): (True, "春节调休"),
        date(2027, 2, 8): (False, "春节"),
        date(2027, 2, 9): (False, "春节"),
        date(2027, 2, 10): (False, "春节"),
        date(2027, 1, 4): (False, ""),
    }
    assert read_overrides("") == {}


def test_overrides_that_cannot_be_read_are_all_named():
    with pytest.raises(RuleError) as caught:
        read_overrides("2027-02-30 休息；明天 休息；2027-02-10至2027-02-08 休息；2027-03-01 上班")
    assert caught.value.problems == ("2027-02-30 休息", "明天 休息", "2027-02-10至2027-02-08 休息")


def test_the_schools_day_begins_in_beijing():
    assert local_date(datetime(2026, 9, 1, 15, 59, tzinfo=UTC)) == date(2026, 9, 1)
    assert local_date(datetime(2026, 9, 1, 16, 0, tzinfo=UTC)) == date(2026, 9, 2)


SHIFTS = ((time(8, 30), time(12)), (time(14), time(18)))


@settings(deadline=None)
@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2026, 11, 30)).map(lambda t: t.replace(second=0, microsecond=0)),
    st.integers(1, 60 * 60),
)
def test_hours_of_work_undo_add_hours(start, minutes):
    begun = start.replace(tzinfo=SCHOOL_TIME)
    done = NATIONAL.add_hours(begun, Decimal(minutes) / 60, SHIFTS)
    assert NATIONAL.hours(begun, done, SHIFTS) == Decimal(minutes * 60) / 3600


def test_no_work_is_done_before_it_begins():
    friday, thursday = (datetime(2026, 9, day, 17, tzinfo=SCHOOL_TIME) for day in (4, 3))
    assert NATIONAL.hours(friday, thursday, SHIFTS) == NATIONAL.hours(friday, friday, SHIFTS) == 0
