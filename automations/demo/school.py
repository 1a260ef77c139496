"""示例区委党校: the school of the demonstration, as data. Everybody and every company in it is obviously made up.

Nobody's name is a name: a surname and what the person does (domain.md E1). Amounts are in 元.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from automations.shipped_norms import shipped_rows
from automations.tables.values import Values

SCHOOL, TAX_NO = "示例区委党校", "12500000SL0000000X"
DOMAIN = "school.test"
"""Reserved for tests: no such mail address can exist."""

PASSWORD = "Yanshi-2026"
"""Of every demonstration account; printed at the start and in the README. Never use it at a real school."""

WORKER = f"houqin@{DOMAIN}"
WORKER_NAME = "后勤助手"
ADMIN = f"admin@{DOMAIN}"

DEPARTMENTS: Mapping[str, tuple[str, str, str]] = {
    # name: (类别, 部门负责人, 分管领导)
    "办公室": ("党政", "王主任", "郑党务"),
    "组织人事科": ("党政", "陈人事", "郑党务"),
    "财务科": ("财务", "蒋财务", "孙后勤"),
    "行政科": ("行政后勤", "沈行政", "孙后勤"),
    "教务科": ("教学科研", "秦教务", "钱教学"),
    "学员科": ("教学科研", "许学员", "钱教学"),
    "教研室": ("教学科研", "吕教研", "吴科研"),
    "信息科": ("信息", "施信息", "吴科研"),
    "图书资料科": ("教学科研", "孔图书", "吴科研"),
}

POSTS: Mapping[str, tuple[str, str, str]] = {
    # name: (部门, 类别, 直接上级)
    "常务副校长": ("办公室", "行政后勤管理", "常务副校长"),
    "副校长": ("办公室", "行政后勤管理", "常务副校长"),
    "科室负责人": ("办公室", "行政后勤管理", "副校长"),
    "文员": ("办公室", "行政后勤服务", "科室负责人"),
    "会计": ("财务科", "财务", "科室负责人"),
    "出纳": ("财务科", "财务", "科室负责人"),
    "后勤管理员": ("行政科", "行政后勤服务", "科室负责人"),
    "维修工": ("行政科", "行政后勤服务", "科室负责人"),
    "驾驶员": ("行政科", "行政后勤服务", "科室负责人"),
    "教务管理员": ("教务科", "教学科研", "科室负责人"),
    "宿舍管理员": ("学员科", "行政后勤服务", "科室负责人"),
    "网络管理员": ("信息科", "信息", "科室负责人"),
}


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody with an account. ``login`` is what stands before the @."""

    name: str
    login: str
    department: str
    post: str
    roles: tuple[str, ...] = ("经办人",)
    rank: str = "科员"
    employment: str = "事业编制"

    @property
    def email(self) -> str:
        """The account."""
        return f"{self.login}@{DOMAIN}"


def _head(name: str, login: str, department: str) -> Colleague:
    return Colleague(name, login, department, "科室负责人", ("经办人", "部门负责人"), "中层", "参公编制")


def _leader(name: str, login: str, department: str) -> Colleague:
    return Colleague(name, login, department, "副校长", ("经办人", "分管领导"), "班子成员", "参公编制")


PEOPLE = (
    Colleague("赵校长", "zhao", "办公室", "常务副校长", ("经办人", "主要领导"), "主要领导", "参公编制"),
    _leader("钱教学", "qian", "教务科"),
    _leader("孙后勤", "sun", "行政科"),
    _leader("吴科研", "wu", "教研室"),
    _leader("郑党务", "zheng", "办公室"),
    _head("王主任", "wang", "办公室"),
    _head("陈人事", "chen", "组织人事科"),
    _head("蒋财务", "jiang", "财务科"),
    _head("沈行政", "shen", "行政科"),
    _head("秦教务", "qin", "教务科"),
    _head("许学员", "xu", "学员科"),
    _head("吕教研", "lv", "教研室"),
    _head("施信息", "shi", "信息科"),
    _head("孔图书", "kong", "图书资料科"),
    Colleague("褚会计", "chu", "财务科", "会计", ("经办人", "会计")),
    Colleague("卫出纳", "wei", "财务科", "出纳", ("经办人", "出纳")),
    Colleague("冯文员", "feng", "办公室", "文员"),
    Colleague("韩采购", "han", "行政科", "后勤管理员"),
    Colleague("杨维修", "yang", "行政科", "维修工", rank="工勤", employment="编外聘用"),
    Colleague("朱驾驶", "zhu", "行政科", "驾驶员", rank="工勤"),
    Colleague("尤排课", "you", "教务科", "教务管理员"),
    Colleague("何宿管", "he", "学员科", "宿舍管理员", employment="编外聘用"),
    Colleague("张网络", "zhang", "信息科", "网络管理员", ("经办人", "信息管理员")),
)
CLERK, ACCOUNTANT, CASHIER, LEADER, TOP = "冯文员", "褚会计", "卫出纳", "孙后勤", "赵校长"
"""A clerk, 会计, 出纳, the 分管领导 of 行政科 and of finance, 主要领导."""

BY_NAME: Mapping[str, Colleague] = {colleague.name: colleague for colleague in PEOPLE}

VENDORS: Mapping[str, tuple[str, tuple[str, ...], str]] = {
    # name: (统一社会信用代码, 服务类别, 主体类型); their bank account is the last digits of the code
    "示例物业公司": ("915000000000000192", ("物业",), "企业法人"),
    "示例餐饮公司": ("915000000000000785", ("餐饮", "食材"), "企业法人"),
    "示例电梯维保公司": ("915000000000000860", ("电梯维保",), "企业法人"),
    "示例文具商行": ("925000000000000782", ("办公用品",), "个体工商户"),
    "示例印刷厂": ("915000000000001236", ("印刷",), "企业法人"),
    "示例汽修厂": ("915000000000001311", ("车辆维修",), "企业法人"),
    "示例五金店": ("925000000000001158", ("房屋维修",), "个体工商户"),
    "示例通信公司": ("915000000000001829", ("通信网络",), "企业法人"),
}
LICENCE_DUE = date(2031, 12, 31)

LOCATIONS: Mapping[str, tuple[str, str, str, str, int | None]] = {
    # name: (类型, 上级, 责任部门, 责任人, 容量); the first six are those of the seed (domain.md A26)
    "综合楼": ("楼栋", "", "行政科", "沈行政", None),
    "学员公寓": ("楼栋", "", "学员科", "何宿管", 168),
    "教学楼": ("楼栋", "", "教务科", "尤排课", None),
    "学员餐厅": ("餐厅", "", "行政科", "韩采购", 260),
    "校园道路": ("道路", "", "行政科", "杨维修", None),
    "花园": ("花园", "", "行政科", "杨维修", None),
    "201教室": ("教室", "教学楼", "教务科", "尤排课", 60),
    "第一会议室": ("会议室", "综合楼", "办公室", "冯文员", 30),
    "后厨": ("厨房", "学员餐厅", "行政科", "韩采购", None),
    "中心机房": ("机房", "综合楼", "信息科", "张网络", None),
}

NORMS: Mapping[str, str] = {
    "school.name": SCHOOL,
    "school.tax_no": TAX_NO,
    "school.district": "示例区、示例镇、示例街道",
    "chain.substitute": "郑党务、钱教学",
}
"""参数键 and the school's own value; every other parameter is as shipped."""


def bank_account(vendor: str) -> str:
    """A vendor's bank account: no bank has such a number."""
    return f"62000000{VENDORS[vendor][0][-8:]}"


def vendor_rows() -> list[Values]:
    """Rows of ``vendors``."""
    return [
        {
            "name": name,
            "uscc": code,
            "kinds": kinds,
            "legal_status": status,
            "is_sme": True,
            "contact": "示例联系人",
            "phone": "00000000000",
            "bank_name": "示例银行示例支行",
            "bank_account": bank_account(name),
            "bank_verified": True,
            "license_due": LICENCE_DUE,
            "status": "在册",
        }
        for name, (code, kinds, status) in VENDORS.items()
    ]


def norm_rows(since: date) -> list[Values]:
    """Rows of ``settings`` in force from ``since``: every shipped parameter, the school's own values on top."""
    return [
        {**row, "value": NORMS[key], "source": "演示数据"} if (key := str(row["key"])) in NORMS else row
        for row in shipped_rows(since)
    ]
