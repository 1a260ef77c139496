"""What is looked after at fixed times, and what stands in 设施检查 on 1 January (domain.md B4.16, D2)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from automations.demo.year.edits import Ref, person
from automations.demo.year.stock import SPECIAL, VEHICLE_DUE, VEHICLES

TABLE = "equipment_checks"
PATROL, SERVICE, BY_LAW, CALIBRATION = "日常巡检", "维护保养", "法定检验", "校验"


@dataclass(frozen=True, slots=True)
class Upkeep:
    """One thing that is checked again and again.

    Attributes:
        kind / cycle: 检查类型, 周期.
        asset / place: Name of the asset, or of the place.
        who: Checks it, with a login.
        due: First day of the year on which it must be done: month and day.
        by_law: It counts until a day, and has a report.
        problems: What may be found there.
    """

    kind: str
    cycle: str
    who: str
    due: tuple[int, int]
    items: str
    asset: str = ""
    place: str = ""
    vendor: str = ""
    by_law: bool = False
    problems: Sequence[str] = ()

    @property
    def key(self) -> str:
        """Of its rows, which are numbered behind it."""
        return f"{self.kind}-{self.asset or self.place}-{self.cycle}"

    @property
    def thing(self) -> dict[str, Ref]:
        """The asset or the place, as cells."""
        return {"asset": Ref("assets", self.asset)} if self.asset else {"location": Ref("locations", self.place)}

    @property
    def cells(self) -> dict[str, Any]:
        """What each of its rows says."""
        cells: dict[str, Any] = {"check_kind": self.kind, "cycle": self.cycle, "items": self.items, **self.thing}
        return cells | ({"vendor": Ref("vendors", self.vendor)} if self.vendor else {})


CULTURE = 22
"""文化设施: walls, light boxes and stones with quotations."""

FIRE_PLACES = ("学员公寓", "教学楼", "综合楼", "学员餐厅", "后厨", "配电房", "中心机房")
PATROLS: Sequence[tuple[str, str, tuple[int, int], str, Sequence[str]]] = (
    # place, who, first day, what is looked at, what may be found
    ("配电房", "柏能源", (1, 5), "仪表、温升、门锁、绝缘垫、灭火器", ("配电柜门未关严", "绝缘垫破损")),
    ("中心机房", "张网络", (1, 6), "温湿度、UPS、空调、告警、门禁", ("机房空调滤网积灰", "UPS电池告警")),
    ("学员公寓", "何宿管", (1, 7), "楼道、应急照明、疏散通道、公共卫生间", ("应急灯不亮一处", "疏散通道堆物")),
    ("教学楼", "潘教室", (1, 8), "门窗、桌椅、投影、照明、楼道", ("楼梯扶手松动", "消防通道堆物")),
)


Looked = tuple[str, Sequence[str]]
LIFT: Looked = "机房、轿厢、层门、底坑、对讲", ("门刀磨损", "轿厢照明昏暗")
BOILER: Looked = "水位、压力、燃烧器、安全阀、排污", ("水位计渗水",)
EXTINGUISHER: Looked = "压力、铅封、喷管、瓶身、位置", ("灭火器压力不足一具", "灭火器被杂物遮挡")
SIGNS: Looked = "外观完好、内容正确、安装牢固、照明正常", ("灯箱不亮", "展板松动")
KITCHEN: Looked = "晨检、索证、储存、加工、留样、消毒", ("冷藏柜门封条松动",)
"""What is looked at, and what may be found."""


def _upkeep() -> Iterator[Upkeep]:
    yield from _of_machines()
    for vehicle, due in VEHICLE_DUE.items():
        for kind, items in (("车辆年检", "上线检测"), ("车辆保险", "交强险和商业险续保")):
            yield Upkeep(kind, "每年", VEHICLES[vehicle][4], due, items, vehicle, by_law=True)
    yield Upkeep("消防检测", "每年", "窦安全", (6, 17), "自动报警、喷淋、消火栓全面检测", place="学员公寓", by_law=True)
    items, problems = EXTINGUISHER
    for n, place in enumerate(FIRE_PLACES):
        yield Upkeep("灭火器月查", "每月", "窦安全", (1, 12 + n % 5), items, place=place, problems=problems)
    for place, who, due, items, problems in PATROLS:
        yield Upkeep(PATROL, "每周", who, due, items, place=place, problems=problems)
    for n in range(CULTURE):
        items, problems = SIGNS
        yield Upkeep(PATROL, "每季", "唐馆员", (1, 12 + n % 15), items, f"文化设施{n + 1:03d}", problems=problems)
    items, problems = KITCHEN
    yield Upkeep("食堂自查", "每周", "邹食堂", (1, 9), items, place="后厨", problems=problems)


def _of_machines() -> Iterator[Upkeep]:
    """Lifts and boilers."""
    items, problems = LIFT
    for n, lift in enumerate(("电梯一", "电梯二")):
        due, vendor = (1, 6 + n), "示例电梯维保公司"
        yield Upkeep(SERVICE, "每15日", "窦安全", due, items, lift, vendor=vendor, problems=problems)
    items, problems = BOILER
    for n, boiler in enumerate(("锅炉一", "锅炉二")):
        yield Upkeep(PATROL, "每15日", "窦安全", (1, 8 + n), items, boiler, problems=problems)
        for cycle, what, due in (("每年", "安全阀", (7, 14 + n)), ("每半年", "压力表", (3, 17 + n))):
            yield Upkeep(CALIBRATION, cycle, "窦安全", due, f"{what}校验", boiler, by_law=True)
    for thing, (_, due) in SPECIAL.items():
        yield Upkeep(BY_LAW, "每年", "窦安全", due, "委托检验机构现场检验", thing, by_law=True)


UPKEEP: Sequence[Upkeep] = tuple(_upkeep())


def waiting(year: int) -> Iterator[tuple[str, dict[str, Any]]]:
    """Rows of ``equipment_checks`` on 1 January: the first of each, still to be done."""
    for one in UPKEEP:
        yield f"{one.key}-000", {**one.cells, "due_on": date(year, *one.due), "done_by": person(one.who)}
