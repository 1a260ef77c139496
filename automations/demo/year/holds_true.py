"""What must hold of a played year in the facilities (domain.md E7); Chinese sentences of what does not."""

from collections import defaultdict
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from automations.mirror import Mirror
from automations.rules.checks_facts import HAZARD
from automations.rules.readings_facts import NEW_METER
from automations.tables.base import Row


def facilities(mirror: Mirror) -> Iterator[str]:
    """Meters and odometers run forward, nothing is handed out that is not there, every hazard has its issue."""
    for before, after in _pairs(mirror.select("meter_readings"), "meter", "read_at"):
        if after["slot"] != NEW_METER and after["value"] < before["value"]:
            yield f"抄表{after['code']}的读数小于上次"
    for before, after in _pairs(mirror.select("vehicle_logs", kind="出车"), "vehicle", "km_out"):
        if after["km_out"] < before["km_in"] or after["date"] < before["date"]:
            yield f"用车记录{after['code']}的里程与上次不衔接"
    for move in mirror.select("supply_moves"):
        balance: Any = move["balance"]
        if balance is None or balance < 0:
            yield f"物资收发{move['code']}的结存小于0"
    for check in mirror.select("equipment_checks", result=HAZARD):
        if check["issue"] is None:
            yield f"设施检查{check['code']}发现隐患但没有工单"


def _pairs(rows: list[Row], thing: str, order: str) -> Iterator[tuple[Any, Any]]:
    """Each row with the one after it of the same thing."""
    by_thing: dict[Any, list[Any]] = defaultdict(list)
    for row in rows:
        by_thing[row[thing]].append(row)
    for found in by_thing.values():
        yield from pairwise(sorted(found, key=lambda row: (row[order], row.id)))
