"""问题工单: limits by kind and severity, what fills itself in, where a row gets to by itself (domain.md B3.13)."""

from datetime import date, time
from decimal import Decimal
from typing import Any

import pytest

from automations.errors import RuleError
from automations.figures import compute
from automations.figures.stages import STAGES
from automations.workdays import Calendar
from tests.rules.test_issues import CLERK, HANDLER, HOOD, INSPECTOR, ISSUE, issue
from tests.rules.world import facts
from tests.scenarios.premises import moment


def cells(filled: dict[str, Any] | None = None, **more: Any) -> Any:
    return compute(issue("", filled, **more)).cells


@pytest.mark.parametrize(
    ("kind", "severity", "category", "due"),
    [
        ("报修", "紧急", "水", moment("9-1", "13:00")),  # four hours from nine: no lunch
        ("报修", "较急", "水", moment("9-3", "18:00")),
        ("IT支持", "一般", "网络", moment("9-8", "18:00")),  # over a weekend
        ("报修", None, "水", None),  # nobody has said how urgent
        ("整改", "一般", "卫生", moment("9-8", "18:00")),
        ("整改", "一般", "餐饮", moment("9-2", "18:00")),
        ("整改", "一般", "消防", moment("9-2", "18:00")),
        ("整改", "较急", "卫生", moment("9-2", "18:00")),
        ("投诉", "一般", "服务态度", moment("9-3", "18:00")),
        ("建议", "一般", "餐饮", moment("9-8", "18:00")),
    ],
)
def test_limits(kind, severity, category, due):
    assert cells({"kind": kind, "severity": severity, "category": category})["due_at"] == due


def test_days_off_do_not_count():
    assert cells(HOOD)["due_at"] == moment("9-22", "18:00")  # Sunday 9/20 was a working day
    before_the_holiday = {"created_at": moment("9-30", "17:00"), "severity": "较急"}
    assert cells(before_the_holiday)["respond_by"] == moment("10-8", "11:30")  # an hour, then three on 10/8
    on_a_sunday = {"created_at": moment("9-6", "10:00"), "severity": "较急"}
    assert cells(on_a_sunday)["respond_by"] == moment("9-7", "14:30")  # four hours of Monday's work
    assert cells({"created_at": None})["due_at"] is None


def test_a_day_agreed_to_puts_it_off_and_never_forward():
    assert cells({"agreed_until": date(2026, 9, 15)})["due_at"] == moment("9-15", "18:00")
    assert cells({"agreed_until": date(2026, 9, 2)})["due_at"] == moment("9-8", "18:00")


def test_the_limits_of_the_day_of_the_report():
    assert cells(norms={"issue.normal.fix_wd": "1"})["due_at"] == moment("9-2", "18:00")


@pytest.mark.parametrize(
    ("on", "late", "level"),
    [
        ("9-21", 0, None),
        ("9-22", 0, 1),
        ("9-23", 1, 2),
        ("9-25", 2, 2),  # a holiday
        ("9-28", 3, 3),
        ("9-30", 5, 4),
    ],
)
def test_v27_overdue_and_escalation(on, late, level):
    found = cells(HOOD, now=moment(on))
    assert (found["overdue_wd"], found["escalation"]) == (late, level)


def test_what_is_done_keeps_how_late_it_was():
    for status in ("待复核", "已办结"):
        found = cells({**HOOD, "status": status, "fixed_at": moment("9-28")}, now=moment("9-30"))
        assert (found["overdue_wd"], found["escalation"]) == (3, None)
    found = cells({**HOOD, "status": "不予受理"}, now=moment("9-30"))
    assert (found["overdue_wd"], found["escalation"]) == (None, None)


def test_working_hours():
    shifts = ((time(8, 30), time(12)), (time(14), time(18)))
    add = Calendar().add_hours
    assert add(moment("9-1", "07:00"), Decimal("0.5"), shifts) == moment("9-1", "09:00")
    assert add(moment("9-1", "11:30"), Decimal("0.5"), shifts) == moment("9-1", "12:00")
    assert add(moment("9-1", "12:30"), Decimal(4), shifts) == moment("9-1", "18:00")
    assert add(moment("9-1", "17:45"), Decimal("0.5"), shifts) == moment("9-2", "08:45")
    assert add(moment("9-19", "10:00"), Decimal(1), shifts) == moment("9-20", "09:30")  # a working Sunday
    with pytest.raises(RuleError, match="下班要晚于上班"):
        add(moment("9-1"), Decimal(1), ((time(12), time(12)), (time(18), time(14))))


# --- what fills itself in ---------------------------------------------------------------------------------------------


def test_where_it_came_from():
    assert cells({"source": None})["source"] == "教职工"
    assert cells({"source": None, "created_by": None})["source"] == "学员扫码"
    assert "source" not in cells({"source": "满意度"})


def test_times_that_nobody_typed():
    now = moment("9-1", "10:07")
    assert cells(now=now)["responded_at"] == moment("9-1", "10:00")
    assert cells({"created_at": moment("9-1", "10:05")}, now=now)["responded_at"] == moment("9-1", "10:05")
    assert "responded_at" not in cells({"status": "已派单"}, now=now)
    assert "responded_at" not in cells({"responded_at": moment("9-1", "09:10")}, now=now)
    assert cells({"status": "待复核"}, now=now)["fixed_at"] == moment("9-1", "10:00")
    assert "fixed_at" not in cells(now=now)
    assert "fixed_at" not in cells({"status": "待复核", "fixed_at": moment("9-1", "09:50")}, now=now)


def test_whoever_reported_checks():
    assert cells()["verify_by"] == CLERK
    assert "verify_by" not in cells({"verify_by": INSPECTOR})
    assert "verify_by" not in cells({"handler": CLERK})
    assert "verify_by" not in cells({"kind": "整改"})
    assert "verify_by" not in cells({"created_by": None})


def test_after_a_failed_check_the_cells_are_empty_again():
    found = compute(issue("", {"verify_result": "不合格", "fixed_at": moment("9-1"), "reopen_n": Decimal(1)}))
    assert (found.cells["verify_result"], found.cells["fixed_at"]) == (None, None)
    assert found.note == "复核不合格，已退回重新处理（第1次重办）。"
    quiet = compute(issue("", {"status": "待复核", "verify_result": "合格", "reopen_n": Decimal(1)}))
    assert "verify_result" not in quiet.cells and quiet.note == ""


def test_an_issue_that_an_inspection_names():
    inspection = {"inspections": {4: {"code": "DC-2026-0004", "findings": (1,)}}}
    assert cells(tables=inspection)["origin"] == "DC-2026-0004"
    assert "origin" not in cells({"origin": "JC-2026-0009"}, tables=inspection)
    assert "origin" not in cells()


# --- where it gets to by itself ---------------------------------------------------------------------------------------


def stage(**filled: Any) -> str:
    return STAGES["issues"](facts("issues", {**ISSUE, **filled}, moment=""))


def test_it_goes_on_by_itself():
    assert stage(status="新建") == stage(status="新建", source=None) == "已派单"
    for name in ("severity", "duty_dept", "handler", "category", "description", "kind"):
        assert stage(status="新建", **{name: None}) == "新建", name
    assert stage(status="已派单") == "已派单"
    assert stage(status="已派单", responded_at=moment("9-1")) == "处理中"
    assert stage(status="待复核", verify_result="不合格") == "处理中"
    assert stage(status="待复核", verify_result="合格") == "待复核", "who checks closes it at his own login"
    for status in ("处理中", "挂起", "已办结", "不予受理"):
        assert stage(status=status, verify_result="不合格", responded_at=moment("9-1")) == status


def test_an_empty_row_is_computed():
    assert compute(facts("issues", {}, moment="")).cells["due_at"] is None
    assert HANDLER != CLERK
