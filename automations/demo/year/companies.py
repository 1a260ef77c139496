"""The companies of 示例区委党校, its money for a year and the contracts that run on 1 January (domain.md E3)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from stdnum.cn import uscc

from automations.demo import school as small

UTILITIES = ("示例供电公司", "示例自来水公司", "示例燃气公司")

_MORE: Mapping[str, tuple[str, ...]] = {
    # 服务类别: names
    "消防维保": ("示例消防公司",),
    "保险": ("示例财产保险公司",),
    "加油": ("示例加油站",),
    "车辆维修": ("示例轮胎店",),
    "施工": ("示例建筑公司", "示例安装公司", "示例园林公司"),
    "食材": ("示例粮油公司", "示例蔬菜公司", "示例肉品公司"),
    "印刷": ("示例快印店", "示例文印公司", "示例广告公司"),
    "办公用品": ("示例办公用品公司", "示例家具公司", "示例电器公司"),
    "房屋维修": ("示例小微维修部", "示例水暖店", "示例门窗店", "示例锅炉公司", "示例制冷公司"),
    "通信网络": ("示例广电公司", "示例光纤公司", "示例安防公司"),
    "物业": ("示例绿化公司", "示例清洗公司"),
    "咨询代理": ("示例招标代理公司", "示例派遣公司", *UTILITIES),
}
SMALL_SHOPS = frozenset({"示例快印店", "示例水暖店", "示例门窗店", "示例轮胎店", "示例小微维修部"})
BOOKS = ("示例书店一", "示例书店二", "示例书店三")

RESERVED = frozenset({"示例家具公司", "示例电器公司", "示例小微维修部", "示例文印公司", "示例广告公司", "示例消防公司"})
"""Companies of planted stories: nobody else buys there."""


def account_of(number: int) -> str:
    """A bank account that no bank has."""
    return f"62000001{number:08d}"


def vendors() -> Iterator[tuple[str, dict[str, Any]]]:
    """Rows of ``vendors``, those of the small school first."""
    for row in small.vendor_rows():
        yield str(row["name"]), dict(row)
    names = [(name, (kind,)) for kind, found in _MORE.items() for name in found]
    for number, (name, kinds) in enumerate([*names, *((book, ("办公用品",)) for book in BOOKS)], 1):
        stem = f"91500101MA{number:07d}"
        yield (
            name,
            {
                "name": name,
                "uscc": stem + str(uscc.calc_check_digit(stem)),
                "kinds": kinds,
                "legal_status": "个体工商户" if name in SMALL_SHOPS else "企业法人",
                "is_sme": name not in UTILITIES,
                "contact": "示例联系人",
                "phone": f"0000{number:07d}",
                "bank_name": "示例银行示例支行",
                "bank_account": account_of(number),
                "bank_verified": True,
                "designated": bool({"加油", "保险", "车辆维修"} & {*kinds}),
                "license_due": small.LICENCE_DUE,
                "status": "在册",
            },
        )


@dataclass(frozen=True, slots=True)
class Line:
    """A budget line: 费用类别, 资金来源, 部门, 万元."""

    name: str
    category: str
    source: str
    department: str
    sum: str

    @property
    def amount(self) -> Decimal:
        """元."""
        return Decimal(self.sum) * 10_000


LINES = (
    Line("物业服务", "物业管理费", "财政拨款", "行政科", "96"),
    Line("餐饮服务", "物业管理费", "财政拨款", "行政科", "90"),
    Line("校园用电", "电费", "财政拨款", "行政科", "50"),
    Line("校园用水", "水费", "财政拨款", "行政科", "4.5"),
    Line("校园燃气", "燃气费", "财政拨款", "行政科", "11.5"),
    Line("食堂食材", "食材费", "财政拨款", "行政科", "68"),
    Line("培训班讲课费", "讲课费", "非税返还", "教务科", "41"),
    Line("培训班直接支出", "培训费", "非税返还", "学员科", "48"),
    Line("日常维修", "维修维护费", "财政拨款", "行政科", "38"),
    Line("公寓热水系统", "工程改造", "上级补助", "行政科", "18.6"),
    Line("公寓卫生间改造", "工程改造", "财政拨款", "行政科", "42"),
    Line("道路花园改造", "工程改造", "对口协作", "行政科", "17.4"),
    Line("差旅费", "差旅费", "财政拨款", "办公室", "16"),
    Line("公务用车运行", "公务用车运行费", "财政拨款", "行政科", "14.6"),
    Line("日常办公费", "办公费", "财政拨款", "办公室", "12"),
    Line("资料印刷费", "印刷费", "财政拨款", "教务科", "5.97"),
    Line("宣传印刷费", "印刷费", "财政拨款", "办公室", "3"),
    Line("党建印刷费", "印刷费", "财政拨款", "办公室", "0.03"),
    Line("电话与网络", "电话网络费", "财政拨款", "信息科", "9.9"),
    Line("网络党校分站", "电话网络费", "财政拨款", "信息科", "3.6"),
    Line("公务接待", "公务接待费", "财政拨款", "办公室", "2.4"),
    Line("会议费", "会议费", "财政拨款", "办公室", "3"),
    Line("图书与党建资料", "其他", "财政拨款", "图书资料科", "8"),
    Line("机动经费", "其他", "财政拨款", "办公室", "4.5"),
)
NEARLY_SPENT = "党建印刷费"
"""Has 300 元 in all (V18)."""

_SEED = {
    "财政贴息贷款": "150",
    "对口协作": "90",
    "上级补助": "70",
    "区级部门支持": "60",
    "职工集资": "35",
}
"""万元 of the five sources that the seed names for 2003–2014; the split is invented."""

THREE_PUBLIC = frozenset({"公务接待费", "公务用车运行费"})


def budget_lines(year: int, volume: int = 1) -> Iterator[tuple[str, dict[str, Any]]]:
    """Rows of ``budget_lines``: this year's, last year's in large, and the history of the seed; department by name."""

    def row(on: int, name: str, category: str, source: str, department: str, approved: Decimal, status: str) -> Any:
        return {
            "year": on,
            "name": name,
            "category": category,
            "fund_source": source,
            "department": department,
            "approved": approved,
            "status": status,
        }

    for line in LINES:
        amount = line.amount if line.name == NEARLY_SPENT else line.amount * volume
        yield line.name, row(year, line.name, line.category, line.source, line.department, amount, "已批复")
    for line in LINES[:7]:
        name = f"{year - 1}年{line.name}"
        yield name, row(year - 1, name, line.category, line.source, line.department, line.amount, "已封账")
    for n, (source, sum) in enumerate(_SEED.items()):
        name = f"2003—2014年校园改造（{source}）"
        yield name, row(2014 - n, name, "工程改造", source, "行政科", Decimal(sum) * 10_000, "已封账")


@dataclass(frozen=True, slots=True)
class Contract:
    """A contract that runs on 1 January.

    Attributes:
        line: Name of the budget line that pays it; "" for one that the personnel budget pays.
        amount: 元.
        instalments: How many in its term, each at the end of its share; 0: as needed (据实).
        starts / ends: Its days; those of the year unless given.
    """

    name: str
    kind: str
    vendor: str
    line: str
    amount: int
    instalments: int
    mode: str = ""
    starts: tuple[int, int, int] = (0, 1, 1)
    ends: tuple[int, int, int] = (0, 12, 31)


CONTRACTS = (
    Contract("物业服务", "物业", "示例物业公司", "物业服务", 960_000, 12, "外包", (-1, 12, 1), (0, 11, 30)),
    Contract("餐饮服务", "餐饮", "示例餐饮公司", "餐饮服务", 900_000, 12, "外包"),
    Contract("电梯维保", "电梯维保", "示例电梯维保公司", "日常维修", 14_000, 4),
    Contract("消防维保", "消防维保", "示例消防公司", "日常维修", 28_000, 4, "", (-1, 4, 1), (0, 3, 31)),
    Contract("广电信息租用", "通信网络", "示例广电公司", "网络党校分站", 36_000, 4),
    Contract("联通光纤", "通信网络", "示例光纤公司", "电话与网络", 48_000, 12),
    Contract("监控维护", "通信网络", "示例安防公司", "电话与网络", 22_000, 2),
    Contract("绿化养护", "其他", "示例绿化公司", "日常维修", 60_000, 4),
    Contract("车辆保险", "保险", "示例财产保险公司", "公务用车运行", 24_000, 2),
    Contract("车辆定点维修", "其他", "示例汽修厂", "公务用车运行", 41_000, 0),
    Contract("车辆定点加油", "货物", "示例加油站", "公务用车运行", 48_000, 0),
    Contract("资料印刷框架", "其他", "示例印刷厂", "宣传印刷费", 20_000, 0),
    Contract("粮油供货", "货物", "示例粮油公司", "食堂食材", 200_000, 0),
    Contract("蔬菜供货", "货物", "示例蔬菜公司", "食堂食材", 180_000, 0),
    Contract("肉品供货", "货物", "示例肉品公司", "食堂食材", 220_000, 0),
    Contract("锅炉维保", "其他", "示例锅炉公司", "日常维修", 11_000, 2),
    Contract("图书采购一", "货物", BOOKS[0], "图书与党建资料", 20_000, 0),
    Contract("图书采购二", "货物", BOOKS[1], "图书与党建资料", 15_000, 0),
    Contract("图书采购三", "货物", BOOKS[2], "图书与党建资料", 15_000, 0),
    Contract("劳务派遣", "劳务派遣", "示例派遣公司", "", 90_000, 12),
    Contract("宣传栏制作", "其他", "示例广告公司", "机动经费", 40_000, 4, "", (0, 1, 1), (0, 8, 31)),
    Contract("办公用品框架", "货物", "示例办公用品公司", "日常办公费", 30_000, 0),
)
SCORED = ("物业服务", "餐饮服务", "绿化养护")
"""Contracts whose company is scored every month (服务商考核)."""


def instalments(contract: Contract, year: int) -> list[tuple[date | None, Decimal]]:
    """Day and sum of each instalment."""
    amount = Decimal(contract.amount)
    if not contract.instalments:
        return [(None, amount)]
    start, end = term(contract, year)
    months = (end.year - start.year) * 12 + end.month - start.month + 1
    step = months // contract.instalments
    first = start.year * 12 + start.month - 1
    ends = [divmod(first + step * n, 12) for n in range(1, contract.instalments + 1)]
    each = (amount / contract.instalments).quantize(Decimal(1))
    return [(date(y, m + 1, 1) - timedelta(days=1), each) for y, m in ends]


def term(contract: Contract, year: int) -> tuple[date, date]:
    """Its first and last day."""
    (y1, m1, d1), (y2, m2, d2) = contract.starts, contract.ends
    return date(year + y1, m1, d1), date(year + y2, m2, d2)


def contracts(year: int, volume: int = 1) -> Iterator[tuple[str, dict[str, Any]]]:
    """Rows of ``contracts``; vendor by name."""
    for n, one in enumerate(CONTRACTS, 1):
        start, end = term(one, year)
        several = volume if not one.instalments else 1
        plan = instalments(one, year)
        yield (
            one.name,
            {
                "contract_no": f"HT-{year}-{n:02d}",
                "name": one.name,
                "kind": one.kind,
                "delivery_mode": one.mode or None,
                "service_scope": f"{one.name}（演示数据）",
                "vendor": one.vendor,
                "sign_on": start,
                "starts_on": start,
                "ends_on": end,
                "amount": Decimal(one.amount) * several,
                "pay_plan": "\n".join(
                    f"{day or '据实'}|{'按期结算' if day else '按实际供货'}|{amount * several}" for day, amount in plan
                ),
                "sla": "按合同约定服务",
                "energy_clause": one.kind == "物业",
                "legal_reviewed": True,
                "status": "履行中",
            },
        )
