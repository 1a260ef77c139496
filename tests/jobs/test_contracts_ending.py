"""N11: who hears when that a contract ends (domain.md B5.27 CT-03, B7)."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from automations.jobs import JOBS, Facts, discover
from automations.notify.render import Messages, Part
from automations.people import Department, Directory, Person
from automations.reminders import Notice
from automations.rows import Rows
from automations.tables.base import Row
from automations.workdays import Calendar
from tests.jobs.test_facility_reminders import whole

SUPERVISOR, CHIEF, IN_CHARGE = 3, 4, 5
PEOPLE = (Person(SUPERVISOR, "周科员"), Person(CHIEF, "沈科长"), Person(IN_CHARGE, "孙副校长"))
LINE: dict[str, Any] = {
    "code": "HT-2026-0001",
    "name": "联通光纤",
    "kind": "通信网络",
    "supervise_dept": 1,
    "supervisor": SUPERVISOR,
    "ends_on": date(2026, 9, 30),
    "reminded_from": date(2026, 6, 2),
    "status": "履行中",
}
"""Government procurement is to follow: 120 days ahead."""

SERVED: dict[str, Any] = {"rule": "CT-03", "biz_code": "HT-2026-0001", "status": "待说明"}


def told(on: str, line: dict[str, Any] | None = None, **cells: Any) -> list[Notice]:
    discover()
    lines = [] if line is None else [Row(1, whole("violations", line))]
    contract = Row(1, whole("contracts", {**LINE, **cells}))
    rows = {"contracts": Rows("contracts", [contract]), "violations": Rows("violations", lines)}
    now = datetime.fromisoformat(f"2026-{on}T01:00").replace(tzinfo=UTC)
    directory = Directory(PEOPLE, (Department(1, "信息科", CHIEF, IN_CHARGE),))
    return list(JOBS["contracts_ending"].run(rows, Facts(now, Calendar(), directory)))


def stages(*args: Any, **cells: Any) -> list[tuple[str, list[Any]]]:
    return [(notice.stage, list(notice.to)) for notice in told(*args, **cells)]


def says(notice: Notice) -> str:
    composed = Messages().compose("沈科长", [Part(1, notice.template, {"url": "", **notice.data})])
    assert composed.message is not None, composed.broken
    return composed.message.text


@pytest.mark.parametrize(
    ("on", "wanted"),
    [
        ("06-01", []),
        ("06-02", [("ahead-120", [SUPERVISOR, CHIEF])]),
        ("07-01", [("ahead-120", [SUPERVISOR, CHIEF])]),
        ("07-02", [("ahead-90", [SUPERVISOR, CHIEF])]),
        ("08-03", [("ahead-60", [SUPERVISOR, CHIEF])]),  # Monday: the mark was on Saturday
        ("08-30", [("ahead-60", [SUPERVISOR, CHIEF])]),
        ("08-31", [("ahead-30", [SUPERVISOR, CHIEF, IN_CHARGE])]),
        ("09-30", [("ahead-30", [SUPERVISOR, CHIEF, IN_CHARGE])]),
        ("10-08", []),  # nobody serves any more
    ],
)
def test_120_90_60_and_30_days_ahead(on: str, wanted: list[Any]) -> None:
    assert stages(on) == wanted


def test_ninety_days_where_no_government_procurement_follows() -> None:
    small = {"reminded_from": date(2026, 7, 2)}
    assert stages("07-01", **small) == []
    assert stages("07-02", **small) == [("ahead-90", [SUPERVISOR, CHIEF])]


def test_which_contracts() -> None:
    for cells in (
        {"status": "续签中"},
        {"status": "终止"},
        {"status": "待签批"},
        {"ends_on": None},
        {"reminded_from": None},
    ):
        assert stages("09-01", **cells) == []
    assert stages("09-01", supervisor=None) == [("ahead-30", [CHIEF, IN_CHARGE])]
    assert stages("09-01", supervise_dept=9) == [("ahead-30", [SUPERVISOR])]


@pytest.mark.parametrize("status", ["到期", "续签中"])
def test_served_without_a_contract(status: str) -> None:
    everybody = [SUPERVISOR, CHIEF, "主要领导"]
    assert stages("10-08", SERVED, status=status) == [("overdue-2", everybody)]
    assert stages("10-15", SERVED, status=status) == [("overdue-3", everybody)]  # once a week
    for line in ({"rule": "CT-05"}, {"biz_code": "HT-2026-0002"}, {"status": "已关闭"}, {"status": "误报"}):
        assert stages("10-08", {**SERVED, **line}, status=status) == []
    assert stages("10-08", SERVED, status="已归档") == []


def test_what_it_says() -> None:
    [ahead] = told("08-31")
    assert (
        "【合同到期】合同“联通光纤”将于9月30日到期（剩30天），应在8月16日前启动采购；"
        "已在办理续签的，请把状态改为“续签中”。" in says(ahead)
    )
    [late] = told("10-08", SERVED, status="到期")
    assert "【合同到期】合同“联通光纤”已于9月30日到期，但服务仍在继续，请立即续签或停止服务。" in says(late)
