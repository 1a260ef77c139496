"""制度档案 on 1 January: the fourteen rules that the seed names, plans, technical papers (domain.md A27–29)."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from automations.demo.year.edits import Ref, papers
from automations.shipped_rules import BASIC_RULES

_KEEPERS = (
    *("组织人事科", "行政科", "行政科", "办公室", "办公室", "办公室", "行政科", "行政科", "行政科", "信息科"),
    *("办公室", "财务科", "办公室", "财务科"),
)
"""主责部门 of each of the fourteen rules of the seed."""

_RULES: tuple[tuple[str, str, tuple[str, ...], tuple[str, ...]], ...] = (
    # 名称, 主责部门, 覆盖事项, 对应模块; the first fourteen are those of the seed (A28)
    *((title, keeper, scope, module) for (title, scope, module), keeper in zip(BASIC_RULES, _KEEPERS, strict=True)),
    ("食堂管理与食品留样制度", "行政科", ("重点部位", "服务窗口", "关键环节"), ("供餐留样",)),
    ("特种设备安全管理制度", "行政科", ("重点部位", "关键环节"), ("设施检查", "资产设备")),
    ("中心机房与网络管理制度", "信息科", ("重点部位", "关键环节"), ("资产设备",)),
    ("学员公寓服务规范", "学员科", ("服务窗口", "工作程序"), ("培训班次", "满意度问卷")),
)
SEED_RULES = tuple(title for title, *_ in BASIC_RULES)
REVISED = ("公共卫生管理制度", "物资管理制度", "差旅费管理制度", "学员公寓服务规范")
"""Two years old in the course of the year: they are revised before they are due."""

_OTHERS: tuple[tuple[str, str, str], ...] = (
    # 名称, 类型, 主责部门
    ("消防应急预案", "应急预案", "行政科"),
    ("食品安全事故应急预案", "应急预案", "行政科"),
    ("电梯困人应急预案", "应急预案", "行政科"),
    ("网络安全事件应急预案", "应急预案", "信息科"),
    ("网络党校分站建设目标责任书", "目标责任书", "信息科"),
    ("安全生产目标责任书", "目标责任书", "行政科"),
    ("党风廉政建设目标责任书", "目标责任书", "办公室"),
    ("信息设备技术档案", "技术档案", "信息科"),
    ("视频会议系统技术档案", "技术档案", "信息科"),
    ("光纤接入技术档案", "技术档案", "信息科"),
    ("电梯技术档案", "技术档案", "行政科"),
    ("锅炉技术档案", "技术档案", "行政科"),
    ("监控系统技术档案", "技术档案", "行政科"),
    ("我最喜爱的格言", "学习资料", "办公室"),
    ("红色书香校园读书书目", "学习资料", "图书资料科"),
    ("公寓卫生间改造竣工资料", "竣工资料", "行政科"),
    ("学员餐厅改造竣工资料", "竣工资料", "行政科"),
    ("党校工作条例", "上级文件", "办公室"),
    ("党政机关厉行节约反对浪费条例", "上级文件", "办公室"),
)
_ASSETS = {"电梯技术档案": ("电梯一", "电梯二"), "锅炉技术档案": ("锅炉一", "锅炉二")}
_CONTRACTS = {"光纤接入技术档案": "联通光纤", "监控系统技术档案": "监控维护"}


def cells(title: str, kind: str, department: str, issued: date, **more: Any) -> dict[str, Any]:
    """A paper on file."""
    return {
        "title": title,
        "kind": kind,
        "secrecy": "公开" if kind == "制度" else "内部",
        "owner_dept": Ref("departments", department),
        "issued_on": issued,
        "file": papers(f"{title}.pdf"),
        **more,
    }


def documents(year: int, computers: tuple[str, ...]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Rows of ``documents``; ``computers``: the IT devices that 信息设备技术档案 describes."""
    for number, (title, department, scope, module) in enumerate(_RULES, 1):
        issued = date(year - 2, 9 + number % 3, 10) if title in REVISED else date(year - 1, 3 + number % 8, 12)
        more = {"scope": scope, "module": module, "meeting_no": f"校委会纪要〔{issued.year}〕{number}号"}
        doc_no = f"示党校发〔{issued.year}〕{number}号"
        yield title, cells(title, "制度", department, issued, doc_no=doc_no, status="现行有效", **more)
    for number, (title, kind, department) in enumerate(_OTHERS):
        linked: dict[str, Any] = {}
        if described := computers if title == "信息设备技术档案" else _ASSETS.get(title):
            linked["assets"] = tuple(Ref("assets", name) for name in described)
        if title in _CONTRACTS:
            linked["contract"] = Ref("contracts", _CONTRACTS[title])
        yield title, cells(title, kind, department, date(year - 1, 2 + number % 10, 20), status="现行有效", **linked)
