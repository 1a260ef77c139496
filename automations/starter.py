"""What a new school begins with: every shipped parameter, the six places, the fourteen rules of the house (A26, A28).

``houqin apply --starter`` puts them into tables that are still empty, once; where anything stands already, nothing is
added and nothing is changed.
"""

from collections.abc import Iterator, Mapping
from datetime import date

from automations.schema import Schema
from automations.shipped_norms import shipped_rows
from automations.shipped_rules import BASIC_RULES
from automations.tables.base import Host
from automations.tables.values import Values

PLACES: Mapping[str, str] = {
    # 名称: 类型
    "综合楼": "楼栋",
    "学员公寓": "楼栋",
    "教学楼": "楼栋",
    "学员餐厅": "餐厅",
    "校园道路": "道路",
    "花园": "花园",
}

NEXT_STEP: Mapping[str, str] = {
    "settings": "请会计逐条对照本地文件核实，勾选“已本地核实”",
    "locations": "请填写责任部门、责任人，并补录房间",
    "documents": "都是草拟，请上传本校文件、填写主责部门和会议纪要号后提交签批",
}


def load(host: Host, schema: Schema, today: date) -> Iterator[str]:
    """Fill what is empty.

    Args:
        host: Signed in as the worker, bound.
        schema: The tables.
        today: Parameters are in force from the first day of its year.

    Yields:
        A sentence for each table.
    """
    host.refresh(list(NEXT_STEP))
    for table, rows in _rows(today).items():
        if host.ids(table):
            yield f"“{schema[table].title}”已有内容，没有改动。"
        else:
            host.create(table, rows)
            yield f"“{schema[table].title}”已写入{len(rows)}条：{NEXT_STEP[table]}。"


def _rows(today: date) -> Mapping[str, list[Values]]:
    return {
        "settings": shipped_rows(date(today.year, 1, 1)),
        "locations": [{"name": name, "kind": kind, "usable": "可用"} for name, kind in PLACES.items()],
        "documents": [
            {"title": title, "kind": "制度", "secrecy": "公开", "scope": scope, "module": module, "status": "草拟"}
            for title, scope, module in BASIC_RULES
        ],
    }
