from datetime import UTC, date, datetime
from decimal import Decimal

from automations.jobs import JOBS, Facts, discover
from automations.notify.render import Messages, Part
from automations.people import Directory
from automations.rows import Rows
from automations.tables.base import Row
from automations.workdays import Calendar

TODAY = datetime(2026, 9, 1, 1, 0, tzinfo=UTC)


def vehicle(row_id: int, due: date | None, **changes: object) -> Row:
    values = {
        "category": "车辆",
        "status": "在用",
        "insurance_due": due,
        "custodian": 3,
        "plate": "渝A·D0001",
        "name": "皮卡",
    }
    return Row(row_id, values | changes)  # type: ignore[arg-type]


def stages(*vehicles: Row) -> list[str]:
    discover()
    facts = Facts(TODAY, Calendar(), Directory((), ()))
    return [n.stage for n in JOBS["vehicle_insurance"].run({"assets": Rows("assets", vehicles)}, facts)]


def test_the_latest_stage_is_told() -> None:
    assert stages(vehicle(1, date(2026, 10, 17))) == []  # 46 days
    assert stages(vehicle(1, date(2026, 10, 16))) == ["ahead-45"]
    assert stages(vehicle(1, date(2026, 9, 10))) == ["ahead-15"]
    assert stages(vehicle(1, date(2026, 9, 1))) == ["ahead-7"]
    assert stages(vehicle(1, date(2026, 8, 30))) == ["overdue-2"]


def test_only_vehicles_in_use_with_a_date() -> None:
    assert (
        stages(
            vehicle(1, None), vehicle(2, date(2026, 9, 3), status="停用"), vehicle(3, date(2026, 9, 3), category="家具")
        )
        == []
    )


def test_the_message_says_what_to_do() -> None:
    facts = Facts(TODAY, Calendar(), Directory((), ()))
    discover()
    [notice] = JOBS["vehicle_insurance"].run({"assets": Rows("assets", [vehicle(1, date(2026, 9, 8))])}, facts)
    message = Messages().compose("周行政", [Part(1, notice.template, notice.data)]).message
    assert message is not None
    assert "渝A·D0001保险将于9月8日到期（剩7天），请办理续保" in message.text
    assert Decimal(notice.data["left"]) == 7
