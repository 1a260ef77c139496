"""What a new school begins with: every shipped parameter, the six places, the fourteen rules of the house (A26, A28).

``houqin apply --starter`` puts them into tables that are still empty, once; where anything stands already, nothing is
added and nothing is changed.
"""

from collections.abc import Iterator, Mapping
from datetime import date

from automations.schema import Schema
from automations.shipped_norms import shipped_rows
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

RULES: tuple[tuple[str, tuple[str, ...], tuple[str, ...]], ...] = (
    # 名称, 覆盖事项, 对应模块
    ("教职工行为规范", ("日常行为", "师德修养"), ("人员", "岗位")),
    ("公共卫生管理制度", ("日常行为", "服务窗口"), ("督查记录", "问题工单")),
    ("安全保卫管理制度", ("重点部位", "关键环节"), ("设施检查", "楼栋房间")),
    ("办公秩序管理制度", ("日常行为", "工作程序"), ("督查记录",)),
    ("会议接待管理制度", ("工作程序", "关键环节"), ("事前审批",)),
    ("文档处理管理制度", ("工作程序",), ("制度档案",)),
    ("车辆管理制度", ("工作程序", "关键环节"), ("用车记录",)),
    ("物资管理制度", ("工作程序", "关键环节"), ("物资收发", "资产设备")),
    ("水电费管理制度", ("工作程序",), ("抄表记录", "支出单")),
    ("电话费管理制度", ("工作程序",), ("支出单",)),
    ("接待费管理制度", ("工作程序", "关键环节"), ("事前审批", "支出单")),
    ("差旅费管理制度", ("工作程序",), ("事前审批", "支出单")),
    ("办公费管理制度", ("工作程序",), ("支出单",)),
    ("财务收支管理制度", ("工作程序", "关键环节"), ("支出单", "收入缴库", "签批步骤")),
)

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
            for title, scope, module in RULES
        ],
    }
