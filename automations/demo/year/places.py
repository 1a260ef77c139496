"""The campus: 190 places, the six of the seed first; its meters (domain.md A26, E1, E5)."""

from collections.abc import Iterator, Mapping
from typing import Any

from automations.demo import school as small

FLOORS, ROOMS = 6, 16
"""Of 学员公寓: 96 rooms."""

SINGLES = 4
"""Rooms of each floor with one bed: 72 × 2 + 24 = 168 beds."""

AREAS: Mapping[str, int] = {"学员公寓": 5800, "教学楼": 4600, "综合楼": 3500, "学员餐厅": 2200}

_MORE: tuple[tuple[str, str, str, str, str, int | None], ...] = (
    # name, 类型, 上级, 责任部门, 责任人, 容量
    *((f"{n}教室", "教室", "教学楼", "教务科", "潘教室", 60) for n in (202, 203, 204, 301, 302, 303, 304)),
    *((f"{n}教室", "教室", "教学楼", "教务科", "潘教室", 90) for n in (101, 102, 401)),
    *((f"{n}教室", "教室", "教学楼", "教务科", "潘教室", 120) for n in (402, 501)),
    ("报告厅", "教室", "教学楼", "教务科", "潘教室", 300),
    *((f"第{n}会议室", "会议室", "综合楼", "办公室", "冯文员", 20) for n in "二三四五"),
    ("配电房", "配电房", "综合楼", "行政科", "柏能源", None),
    ("锅炉房", "锅炉房", "学员餐厅", "行政科", "窦安全", None),
    ("门卫", "门卫", "", "行政科", "窦安全", None),
)


def rows() -> Iterator[tuple[str, dict[str, Any], str]]:
    """(name, cells, parent): parents before what is in them; department and person by name."""
    listed = [(n, k, p, d, w, c) for n, (k, p, d, w, c) in small.LOCATIONS.items()]
    for name, kind, parent, department, who, capacity in (*listed, *_MORE):
        yield name, _cells(name, kind, department, who, capacity), parent
    for floor in range(1, FLOORS + 1):
        yield f"公寓{floor}楼", _cells(f"公寓{floor}楼", "楼层", "学员科", "何宿管", None), "学员公寓"
        toilet = f"公寓{floor}楼公卫"
        yield toilet, _cells(toilet, "公共卫生间", "学员科", "何宿管", None), f"公寓{floor}楼"
        for n in range(1, ROOMS + 1):
            room = f"公寓{floor}{n:02d}"
            beds = 1 if n > ROOMS - SINGLES else 2
            yield room, _cells(room, "客房", "学员科", "何宿管", beds), f"公寓{floor}楼"
    for building, floors, department, who in (("教学楼", 5, "教务科", "潘教室"), ("综合楼", 6, "办公室", "冯文员")):
        for floor in range(1, floors + 1):
            name = f"{building}{floor}楼"
            yield name, _cells(name, "楼层", department, who, None), building
            for side in "东西":
                toilet = f"{name}{side}公卫"
                yield toilet, _cells(toilet, "公共卫生间", department, who, None), name
    for n in range(1, 21):
        office = f"综合楼{100 * (1 + (n - 1) // 4) + (n - 1) % 4 + 1}办公室"
        yield office, _cells(office, "办公室", "办公室", "冯文员", None), "综合楼"


def _cells(name: str, kind: str, department: str, who: str, capacity: int | None) -> dict[str, Any]:
    return {
        "name": name,
        "kind": kind,
        "department": department,
        "duty_person": who,
        "capacity": capacity,
        "area_m2": AREAS.get(name),
        "key_point": kind in ("机房", "厨房", "配电房", "锅炉房"),
        "service_window": kind in ("餐厅", "门卫"),
        "usable": "可用",
    }
