"""Everybody of 示例区委党校: 61 of the school, 34 of the companies that work in it (domain.md E1).

Nobody's name is a name: a surname, or one of the ten stems, and what the person does.
"""

from collections.abc import Iterator, Mapping
from datetime import date

from automations.demo import school as small
from automations.demo.school import DOMAIN, Colleague

_MORE: Mapping[str, tuple[str, str]] = {
    # 部门: (names, post); one word each, parted by spaces
    "办公室": ("曹文秘 严机要 华档案 金督办", "文员"),
    "组织人事科": ("魏干部 陶工资 姜培训", "人事干事"),
    "财务科": ("戚核算", "财务文员"),
    "行政科": ("谢物业 邹食堂 喻资产 柏能源 窦安全 章仓库", "后勤管理员"),
    "教务科": ("云教学 苏课程 潘教室 葛评估", "教务管理员"),
    "学员科": ("奚班主任 范班主任 彭班主任 郎学籍", "班主任"),
    "教研室": (
        "鲁教授 韦教授 昌讲师 马讲师 苗讲师 凤讲师 花讲师 方讲师 俞讲师 任讲师 袁讲师 柳讲师",
        "教师",
    ),
    "信息科": ("鲍运维 史平台", "网络管理员"),
    "图书资料科": ("唐馆员 费资料", "馆员"),
}
UNTENURED = frozenset({"柏能源", "章仓库", "葛评估", "郎学籍", "史平台", "费资料", "戚核算"})
"""编外聘用, with the two of the small school."""

INSPECTOR, INSPECTORS = "督查组", frozenset({"金督办"})
"""They hear of a checkpoint of a project that nobody held."""

_STEMS = "甲乙丙丁戊己庚辛壬癸"
_ON_SITE: Mapping[str, tuple[int, str, bool]] = {
    # what they do: (how many, 部门 that watches over them, whether the first of them has a login)
    "厨师": (10, "行政科", True),
    "保洁": (8, "行政科", True),
    "保安": (6, "行政科", True),
    "客房": (6, "学员科", True),
    "维修工": (2, "行政科", False),
    "绿化": (2, "行政科", False),
}
FOOD = "厨师"

POSTS: Mapping[str, tuple[str, str, str]] = {
    # name: (部门, 类别, 直接上级); those of the small school come first
    "人事干事": ("组织人事科", "行政后勤服务", "科室负责人"),
    "财务文员": ("财务科", "财务", "科室负责人"),
    "班主任": ("学员科", "教学科研", "科室负责人"),
    "教师": ("教研室", "教学科研", "科室负责人"),
    "馆员": ("图书资料科", "教学科研", "科室负责人"),
    **{f"{what}（外包）": (department, "外包", "后勤管理员") for what, (_, department, _) in _ON_SITE.items()},
}


def colleagues() -> Iterator[Colleague]:
    """The school's own, those of the small school first."""
    yield from small.PEOPLE
    number = len(small.PEOPLE)
    for department, (names, post) in _MORE.items():
        for name in names.split():
            number += 1
            kind = "编外聘用" if name in UNTENURED else "事业编制"
            roles = ("经办人", INSPECTOR) if name in INSPECTORS else ("经办人",)
            yield Colleague(name, f"u{number:03d}", department, post, roles, employment=kind)


def on_site() -> Iterator[tuple[str, str, str, str]]:
    """(name, login or "", 部门, post) of those whom companies send."""
    number = 0
    for what, (count, department, login) in _ON_SITE.items():
        for n in range(count):
            number += 1
            account = f"w{number:03d}@{DOMAIN}" if login and n == 0 else ""
            yield f"{_STEMS[n]}{what}", account, department, f"{what}（外包）"


def cells(year: int) -> dict[str, dict[str, object]]:
    """Rows of ``people`` by name; department and post by name."""
    found: dict[str, dict[str, object]] = {}
    for c in colleagues():
        contract = {"contract_from": date(year - 1, 1, 1), "contract_to": date(year + 2, 12, 31)}
        found[c.name] = {
            "name": c.name,
            "account": c.email,
            "department": c.department,
            "post": c.post,
            "roles": c.roles,
            "rank": c.rank,
            "employment_type": c.employment,
            "is_logistics": c.department == "行政科" and c.rank not in ("班子成员", "中层"),
            "is_log_manager": c.name in ("沈行政", "王主任", "许学员"),
            "education": "本科",
            "duty_signed_on": date(year, 1, 4),
            "status": "在岗",
            **(contract if c.employment == "编外聘用" else {}),
        }
    for name, account, department, post in on_site():
        found[name] = {
            "name": name,
            **({"account": account} if account else {}),
            "department": department,
            "post": post,
            "roles": ("经办人",),
            "rank": "外包人员",
            "employment_type": "服务外包",
            "is_logistics": False,
            "is_log_manager": False,
            "education": "高中中专",
            "contract_from": date(year, 1, 1),
            "contract_to": date(year + 2, 12, 31),
            "status": "在岗",
            **({"certs": "健康证（餐饮）", "cert_due": date(year + 1, 6, 30)} if FOOD in name else {}),
        }
    return found
