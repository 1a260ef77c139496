"""A report with every kind of block, table and chart, as a statement and words would make it."""

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from automations.measures import Measure
from automations.reports.document import Chart, Column, Document, Table
from automations.reports.words import told

FOLDER = Path(__file__).parent / "sample_report"
UNIT = "示例区委党校"
MONTHS = tuple(f"{n}月" for n in range(1, 13))


def n(value: Any, *codes: str, places: int = 0, unit: str = "", unverified: tuple[str, ...] = ()) -> Measure:
    return Measure(None if value is None else Decimal(str(value)), codes, places, unit, unverified)


def numbers(*values: Any) -> tuple[Decimal | None, ...]:
    return tuple(None if value is None else Decimal(str(value)) for value in values)


CLASSES = tuple(f"BC-2026-{i:03d}" for i in range(21, 26))

INDICATORS = Table(
    "主要运行指标",
    (
        Column("指标"),
        Column("本月", "number"),
        Column("上月", "number"),
        Column("上年同月", "number"),
        Column("本年累计", "number"),
        Column("目标"),
        Column("状态"),
    ),
    (
        ("办班期数", n(5, *CLASSES, unit="期"), n(3, unit="期"), n(4, unit="期"), n(28, unit="期"), "", "正常"),
        ("人天", n(1420, *CLASSES, unit="人天"), n(870, unit="人天"), None, n(9640, unit="人天"), "", "正常"),
        (
            "住宿满意率",
            n("96.8", *CLASSES, places=1, unit="%"),
            n("95.9", places=1, unit="%"),
            None,
            None,
            "≥95%",
            "正常",
        ),
        (
            "用水量",
            n(760, "CB-2026-0912", unit="吨"),
            n(650, unit="吨"),
            n(692, unit="吨"),
            n(5980, unit="吨"),
            "≤700吨",
            "关注",
        ),
        (
            "百公里油耗",
            n("12.6", "YC-2026-0101", "YC-2026-0102", places=1, unit="升", unverified=("vehicle.fuel",)),
            n("12.4", places=1, unit="升"),
            None,
            n("12.5", places=1, unit="升"),
            "≤13升",
            "正常",
        ),
        (
            "电梯检验按期率",
            n("83.3", "ZC-0007", places=1, unit="%"),
            n(100, places=1, unit="%"),
            None,
            None,
            "100%",
            "关注",
        ),
    ),
    note="上年同月没有记录的写未采集。",
)
POWER = Table(
    "逐月用电（千瓦时）",
    (
        Column("月份"),
        Column("上年", "number"),
        Column("本年", "number"),
        Column("定额", "number"),
        Column("截止", "date"),
    ),
    tuple(
        (
            month,
            Decimal(52_000 + 900 * i),
            n(50_000 + 800 * i, f"CB-2026-{i + 1:04d}") if i < 9 else None,
            Decimal(58_000),
            date(2026, i + 1, 28),
        )
        for i, month in enumerate(MONTHS)
    ),
)
SPENDING = Table(
    "支出明细",
    (Column("科目"), Column("预算数", "money"), Column("支出数", "money"), Column("执行率", "percent", places=1)),
    (
        ("维修（护）费", Decimal("120000"), n("88640.50", "ZC-2026-0158", "ZC-2026-0211"), Decimal("73.9")),
        ("印刷费", Decimal("30000"), n("28200", "ZC-2026-0160"), Decimal("94")),
        ("合计", Decimal("150000"), n("116840.50", "ZC-2026-0158", "ZC-2026-0211", "ZC-2026-0160"), Decimal("77.9")),
    ),
    totals=True,
)
ACROSS = Table(
    "各月支出",
    (Column("单号"), *(Column(month, "money") for month in MONTHS[:8])),
    (("ZC-2026-0158", *(Decimal(1_000_000 + i) for i in range(8))),),
)
"""Too wide for an upright sheet."""


def data() -> dict[str, Any]:
    """What the statement gave."""
    this = tuple(50_000 + 800 * i if i < 9 else None for i in range(12))
    return {
        "classes": n(5, *CLASSES),
        "person_days": n(1420, *CLASSES),
        "lodging": n("96.8", *CLASSES, places=1),
        "catering": n("92.4", *CLASSES[:4], places=1, unverified=("survey.base",)),
        "water": n("9.83", "CB-2026-0912", "CB-2025-0912", places=1, unit="%"),
        "repaired": date(2026, 9, 12),
        "received": n(114_000, *(f"SR-2026-{i:04d}" for i in range(1, 41)), unit="元"),
        "late": n(12_000, "SR-2026-0033"),
        "reason": "出纳休假未委托",
        "behind": n("-1.5", "YS-2026-01", places=1),
        "unknown": n(None, places=1),
        "spending": [
            ("维修（护）费", n("88640.50", "ZC-2026-0158", "ZC-2026-0211")),
            ("印刷费", n(28_200, "ZC-2026-0160")),
        ],
        "indicators": INDICATORS,
        "power_table": POWER,
        "empty": Table("本月投诉", (Column("编号"), Column("内容")), ()),
        "spending_table": SPENDING,
        "steps_table": ACROSS,
        "power": Chart(
            "逐月用电",
            "lines",
            MONTHS,
            {"上年": numbers(*(52_000 + 900 * i for i in range(12))), "本年": numbers(*this)},
            "千瓦时",
            "power_table",
            ("月定额", Decimal(58_000)),
        ),
        "energy": Chart(
            "各楼用电",
            "bars",
            ("教学楼", "公寓", "食堂"),
            {"上年": numbers(18_200, 21_000, 9_800), "本年": numbers(17_900, None, 9_950)},
            "千瓦时",
            "power_table",
        ),
        "money": Chart(
            "各季支出",
            "stack",
            ("一季度", "二季度", "三季度"),
            {
                "维修": numbers("3.2", "4.1", "8.9"),
                "印刷": numbers("1.1", "0.9", "2.8"),
                "接待": numbers("0.5", "0.4", "0.6"),
                "其他": numbers(2, 2.4, None),
            },
            "万元",
            "spending_table",
        ),
    }


def document(folder: Path = FOLDER, unit: str = UNIT, **changes: Any) -> Document:
    """The sample; ``changes`` replace what the statement gave."""
    return told(
        folder,
        data() | changes,
        unit=unit,
        period_title="2026年9月",
        made_on=date(2026, 10, 12),
        dataline="数据截至2026年9月30日24时",
        links={"ZC-2026-0158": "http://127.0.0.1:8080/row/158"},
    )
