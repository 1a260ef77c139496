"""What the school owns on 1 January, and its meters (domain.md E1, E4, E5)."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

VEHICLES = {
    # name: (车牌, 座位, 燃料, 油箱, driver)
    "轿车": ("渝A00001", 5, "汽油", 60, "朱驾驶"),
    "越野车": ("渝A00002", 5, "汽油", 70, "朱驾驶"),
    "皮卡": ("渝A00003", 5, "柴油", 75, "杨维修"),
    "中巴": ("渝A00004", 19, "柴油", 90, "朱驾驶"),
}
VEHICLE_DUE = {"轿车": (4, 16), "越野车": (6, 11), "皮卡": (8, 20), "中巴": (10, 29)}
"""Month and day of the year on which 年检 and 保险 of a vehicle run out."""

SPECIAL = {
    # name: (地点, month and day on which its 法定检验 runs out)
    "电梯一": ("学员公寓", (9, 26)),
    "电梯二": ("教学楼", (5, 20)),
    "锅炉一": ("锅炉房", (10, 15)),
    "锅炉二": ("锅炉房", (10, 22)),
}
ARTICLES = (
    # name, 单位, 元
    *(("A4打印纸", "包", 22), ("A3打印纸", "包", 45), ("笔记本", "本", 6), ("中性笔", "支", 2), ("档案盒", "个", 5)),
    *(("文件夹", "个", 4), ("订书机", "个", 18), ("订书钉", "盒", 2), ("回形针", "盒", 3), ("固体胶", "支", 3)),
    *(("便利贴", "本", 4), ("白板笔", "支", 5), ("白板擦", "个", 6), ("长尾夹", "盒", 8), ("透明胶带", "卷", 4)),
    *(("剪刀", "把", 9), ("美工刀", "把", 7), ("计算器", "个", 32), ("号码机", "个", 48), ("印泥", "盒", 12)),
    *(("黑色硒鼓", "支", 118), ("彩色墨盒", "支", 96), ("鼠标", "个", 42), ("键盘", "个", 68), ("U盘32G", "个", 39)),
    *(("电池5号", "板", 15), ("电池7号", "板", 14), ("插线板", "个", 56), ("抽纸", "提", 21), ("洗手液", "瓶", 16)),
    *(("垃圾袋", "卷", 9), ("拖把", "把", 28), ("抹布", "包", 13), ("消毒液", "瓶", 19), ("一次性纸杯", "袋", 11)),
    *(("座签卡", "盒", 35), ("学员文件袋", "个", 3), ("胸卡套", "盒", 26)),
)
"""办公耗材: what 章仓库 keeps."""

SAFETY, FIRST_STOCK = 10, 36
"""安全库存 and 库存 on 1 January of each article."""

STOREKEEPER = "章仓库"
METERS = (
    # name, 能源, 地点, 上级表, watched at night
    ("总电表", "电", "配电房", "", False),
    *((f"{b}电表", "电", b, "总电表", True) for b in ("学员公寓", "学员餐厅", "教学楼", "综合楼")),
    ("中心机房电表", "电", "中心机房", "总电表", True),
    ("门卫路灯电表", "电", "门卫", "总电表", False),
    *((f"公寓{n}楼电表", "电", f"公寓{n}楼", "学员公寓电表", False) for n in range(1, 7)),
    *((f"教学楼{n}楼电表", "电", f"教学楼{n}楼", "教学楼电表", False) for n in range(1, 6)),
    ("总水表", "水", "门卫", "", False),
    *((f"{b}水表", "水", b, "总水表", True) for b in ("学员公寓", "学员餐厅", "教学楼")),
    ("公寓3楼公卫水表", "水", "公寓3楼公卫", "学员公寓水表", True),
    ("公寓客房水表", "水", "学员公寓", "学员公寓水表", False),
    ("综合楼水表", "水", "综合楼", "总水表", False),
    ("花园水表", "水", "花园", "总水表", False),
    ("总气表", "气", "门卫", "", False),
    ("餐厅气表", "气", "学员餐厅", "总气表", False),
    ("锅炉房气表", "气", "锅炉房", "总气表", False),
    *((f"{b}热表", "热", b, "", False) for b in ("学员公寓", "学员餐厅")),
    ("电信基站电表", "电", "综合楼", "总电表", False),
    ("餐厅冷库电表", "电", "后厨", "学员餐厅电表", False),
    ("餐厅厨房电表", "电", "后厨", "学员餐厅电表", False),
)
QUOTAS = {"总电表": 86_000, "总水表": 1_000, "总气表": 4_200}
"""月定额: nine tenths of it are never used."""


def _asset(number: int, year: int, name: str, category: str, value: int, **more: Any) -> dict[str, Any]:
    return {
        "name": name,
        "asset_no": f"GZ{number:05d}",
        "category": category,
        "value": Decimal(value),
        "acquired_on": date(year - 3, 6, 1),
        "life_years": 8,
        "fund_source": "财政拨款",
        "ownership": "学校",
        "location": "综合楼",
        "custodian": "喻资产",
        "user_dept": "行政科",
        "status": "在用",
        **more,
    }


def assets(year: int, rooms: list[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Rows of ``assets``: links by name; ``rooms``: where the small things stand."""
    kinds: list[tuple[str, int, str, str, int, str]] = [
        # name, how many, 类别, 管理人, 原值, 使用部门
        ("灭火器", 126, "消防器材", "窦安全", 120, "行政科"),
        ("空调", 140, "通用设备", "喻资产", 3200, "行政科"),
        ("电脑", 180, "信息设备", "张网络", 4800, "信息科"),
        ("文化设施", 22, "文化设施", "唐馆员", 2600, "图书资料科"),
        ("课桌椅", 126, "家具", "潘教室", 1100, "教务科"),
    ]
    number = 0
    for name, (plate, seats, fuel, tank, driver) in VEHICLES.items():
        number += 1
        due = date(year, *VEHICLE_DUE[name])
        yield (
            name,
            _asset(
                number,
                year,
                name,
                "车辆",
                180_000,
                custodian=driver,
                plate=plate,
                seats=seats,
                fuel=fuel,
                tank_l=tank,
                statutory_due=due,
                insurance_due=due,
                location="校园道路",
            ),
        )
    for name, (place, day) in SPECIAL.items():
        number += 1
        more = {"location": place, "custodian": "窦安全", "statutory_due": date(year, *day)}
        yield name, _asset(number, year, name, "特种设备", 260_000, **more)
    for name, count, category, keeper, value, department in kinds:
        for n in range(1, count + 1):
            number += 1
            more = {"location": rooms[n % len(rooms)], "custodian": keeper, "user_dept": department}
            if name == "灭火器":
                more |= {"spec": "干粉4kg", "made_on": date(year - 2, 1 + n % 12, 1)}
            if name == "电脑":
                more |= {"spec": "16G内存、512G硬盘"}
            yield f"{name}{n:03d}", _asset(number, year, f"{name}{n:03d}", category, value, **more)
    for name, unit, price in ARTICLES:
        number += 1
        more = {"unit": unit, "safety_stock": SAFETY, "unit_price": Decimal(price), "custodian": STOREKEEPER}
        yield name, _asset(number, year, name, "办公耗材", 0, **more)


def first_stock(year: int) -> Iterator[tuple[str, dict[str, Any]]]:
    """Rows of ``supply_moves``: what lies in the store on 1 January; links by name."""
    for name, _, _ in ARTICLES:
        yield (
            f"期初-{name}",
            {
                "item": name,
                "direction": "盘点调整",
                "qty": Decimal(FIRST_STOCK),
                "department": "行政科",
                "person": "喻资产",
                "date": date(year - 1, 12, 31),
                "remark": "上年结存",
            },
        )


def meters(year: int) -> Iterator[tuple[str, dict[str, Any]]]:
    """Rows of ``meters``, those that others hang on first; links by name."""
    for name, kind, place, _, night in METERS:
        cells = {
            "name": name,
            "kind": kind,
            "location": place,
            "multiplier": 1,
            "payer": "电信运营商" if "电信" in name else "学校",
            "night_watch": night,
            "calibration_due": date(year + 2, 6, 30),
            "active": True,
        }
        yield name, cells | ({"quota_month": Decimal(QUOTAS[name])} if name in QUOTAS else {})


PARENTS = {name: parent for name, _, _, parent, _ in METERS if parent}
"""Which meter hangs on which."""
