"""Every reminder of domain.md B7: which automation tells it, and that it comes on its day, to its people, once.

``diaries_money``, ``diaries_service`` and ``diaries_people`` hold what is heard on which day; here stands what is told
elsewhere, and that nothing is missing. How each letter reads, and which rows it is about, say the tests of its file.
"""

import ast
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from automations.jobs import JOBS, discover
from automations.reminders import Notice
from automations.settings import HOUSE
from tests.jobs import diaries_money, diaries_people, diaries_service
from tests.jobs.diary import CALENDAR, Diary, on

REMINDERS = {**diaries_money.DIARIES, **diaries_service.DIARIES, **diaries_people.DIARIES}

TOLD_ELSEWHERE: Mapping[str, tuple[str, ...]] = {
    "N01": (
        "tests/test_engine_notices.py::test_the_signer_is_told_in_the_next_list_and_again_on_the_second_working_day",
    ),
    "N02": ("tests/jobs/test_told_by_the_office.py::test_n02_a_returned_claim_that_nobody_touches",),
    "N05": ("tests/scenarios/test_planted_money.py::test_v38_a_burst_pipe_signed_too_late",),
    "N06": ("tests/scenarios/test_returns.py::test_the_list_of_what_was_signed_for_him",),
    "N07": ("tests/jobs/test_told_by_the_office.py::test_n07_a_small_company_waits",),
    "N08": ("tests/jobs/test_told_by_the_office.py::test_n08_income_stays_with_the_school",),
    "N09": ("tests/scenarios/test_planted_money.py::test_v15_an_entrusted_class_is_charged_too_little",),
    "N12": ("tests/rules/test_contract_payments.py::test_ct10_the_month_is_scored_before_it_is_paid",),
    "N17": (
        "tests/jobs/test_urgent_issues.py::test_the_diary_of_a_burst_pipe_on_a_saturday",
        "tests/jobs/test_told_by_the_office.py::test_n17_a_burst_pipe_on_a_saturday_night",
    ),
    "N25": ("tests/scenarios/test_planted_energy.py::test_water_is_told_on_a_saturday_and_lights_are_not",),
    "N34": ("tests/rules/test_assets.py::test_as01_not_counted_when_the_inventory_is_over",),
    "N36": (
        "tests/test_engine_notices.py::"
        "test_a_wrong_signature_is_told_at_once_to_accountant_and_top_leader_and_in_the_list_to_both_sides",
    ),
}
"""What 预警台账 tells 会计 and 主要领导 by itself, what is blocked or becomes void, what goes out at once."""

NOT_IN_A_DIARY: Mapping[str, str] = {
    "calendar_unknown": "next year's days off (B0): test_calendar_moves",
    "daily_list": "日清单 (F1)",
    "duty_papers": "责任书 (B1.3)",
    "energy_quota": "EN-04 (B4.18)",
    "inspection_checkpoint": "全过程监督 (A33)",
    "issue_told": "whoever reported it hears (A53)",
    "issue_urgent": "N17 at once, every ten minutes: test_urgent_issues",
    "meters_calibration": "检定 (B4.17)",
    "monthly_digest": "月报 (F1)",
    "ownership_unclear": "AS-04",
    "request_tomorrow": "事前审批 on its eve (B5.22)",
    "survey_record": "a new record (B2.11)",
    "training_hours": "A13",
    "weekly_digest": "周报 (F1)",
    "weekly_self_check": "C7",
}
"""Automations that tell what domain.md asks for elsewhere, and the one with a diary of its own."""


def test_each_of_the_36_is_told() -> None:
    assert sorted(REMINDERS) == [f"N{n:02}" for n in range(1, 37)]
    assert all(REMINDERS.values()) and set(TOLD_ELSEWHERE) <= set(REMINDERS)


def test_each_automation_that_tells_is_one_of_them() -> None:
    named = {diary.job for diaries in REMINDERS.values() for diary in diaries}
    assert named | set(NOT_IN_A_DIARY) == set(discover()) and not named & set(NOT_IN_A_DIARY)


@pytest.mark.parametrize("test", [test for tests in TOLD_ELSEWHERE.values() for test in tests])
def test_what_is_told_elsewhere_is_tested_there(test: str) -> None:
    file, _, name = test.partition("::")
    tree = ast.parse((HOUSE / file).read_text(encoding="utf-8"))
    assert name in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


@pytest.mark.parametrize(
    "diary",
    [
        pytest.param(diary, id=f"{number}-{diary.job}-{diary.since}")
        for number, diaries in sorted(REMINDERS.items())
        for diary in diaries
    ],
)
def test_who_hears_what_on_which_day(diary: Diary) -> None:
    assert diary.heard and diary.kept() == list(diary.heard)


# --- the days they cross ----------------------------------------------------------------------------------------------

SPRING, NATIONAL = ("2-14", "2-24"), ("9-30", "10-8")
"""From the last working day before 春节 and 国庆 to the first one after."""

MAKE_UP = ("02-14", "02-28", "09-20", "10-10")
WITHIN = {
    "N22": "a meal on the Saturday of 春节: food is told on days off, too",
    "N25": "a meter on the Sunday of 中秋: likewise",
    "N34": "the inventory is counted in November, which has no holiday",
}
"""What has no working days to count over a holiday."""


def crosses(diary: Diary, days: tuple[str, str]) -> bool:
    return on(diary.since) <= on(days[0]) and on(days[1]) <= on(diary.until)


def test_each_counts_its_days_over_a_holiday() -> None:
    without = [
        number
        for number, diaries in REMINDERS.items()
        if not any(crosses(diary, days) for diary in diaries for days in (SPRING, NATIONAL))
    ]
    assert sorted(without) == sorted(WITHIN)


def test_on_four_make_up_days_somebody_hears_what_he_would_have_heard_on_a_monday() -> None:
    heard = {line[:5] for diaries in REMINDERS.values() for diary in diaries for line in diary.heard}
    assert set(MAKE_UP) <= heard


def test_on_a_day_off_only_food_and_running_water_are_heard() -> None:
    jobs = {
        diary.job
        for diaries in REMINDERS.values()
        for diary in diaries
        for line in diary.heard
        if not CALENDAR.is_workday(date.fromisoformat(f"2026-{line[:5]}"))
    }
    assert jobs == {"meal_samples", "night_alerts"}


def test_a_diary_notices_what_is_told_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    """Under another stage, so that the deliveries would not know it; or on every day."""
    [diary] = REMINDERS["N02"]
    assert diary.kept() == list(diary.heard)
    told = JOBS[diary.job]

    def twice(*rows: Any, today: date, **more: Any) -> Iterator[Notice]:
        for notice in told.function(*rows, today=today, **more):
            yield notice
            yield replace(notice, stage=f"{notice.stage}-{today}")

    monkeypatch.setitem(JOBS, diary.job, replace(told, function=twice))
    assert len(diary.kept()) > 2 * len(diary.heard)
