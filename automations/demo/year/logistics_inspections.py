"""督查记录: the four groups of the seed every week, energy and safety every other week, projects three times each.

Two inspectors of other departments look in the afternoon; what they find becomes an issue by itself (domain.md A16,
B3.12, E4). The companies' months are in :mod:`automations.demo.year.contracting`.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import cache
from random import Random
from typing import Any

from automations.demo.year.classes import courses_of
from automations.demo.year.edits import Edit, Ref, person, write
from automations.demo.year.plan import Plan

TABLE = "inspections"
DISPUTED = 4
"""Of a year: the department inspected does not agree, 分管领导 answers."""

PROJECT = "专题研讨班"


@dataclass(frozen=True, slots=True)
class Group:
    """A 督查组.

    Attributes:
        inspectors: Who belong to it; two go, neither of the department inspected.
        places: Where; none: the departments themselves.
        problems: What it may find.
        findings: How many of them, as weights of 0, 1 and 2.
    """

    team: str
    inspectors: tuple[str, ...]
    places: tuple[str, ...]
    problems: tuple[str, ...]
    checklist: str
    findings: tuple[int, int, int] = (45, 40, 15)


WEEKLY = (
    Group(
        "考勤",
        ("金督办", "魏干部", "陶工资", "曹文秘"),
        (),
        ("上午有人迟到未登记", "外出未填去向牌", "请假手续次日才补办", "午间值班无人应答"),
        "核对签到、去向牌和请假单。",
    ),
    Group(
        "卫生",
        ("金督办", "姜培训", "华档案"),
        (
            *("学员公寓", "教学楼", "学员餐厅", "花园", "校园道路", "公寓2楼公卫", "公寓5楼公卫"),
            *("教学楼1楼东公卫", "教学楼3楼西公卫", "门卫"),
        ),
        (
            "楼梯间有积灰",
            "垃圾桶未及时清运",
            "洗手台有污渍",
            "玻璃有水痕",
            "绿化带内有纸屑",
            "地面有茶渍",
            "墙角有蛛网",
        ),
        "查看地面、台面、洁具、垃圾清运和消毒记录。",
        (30, 50, 20),
    ),
    Group(
        "住宿",
        ("谢物业", "严机要", "葛评估"),
        ("公寓1楼", "公寓2楼", "公寓3楼", "公寓4楼", "公寓5楼", "公寓6楼"),
        ("床单更换登记不全", "房间电水壶有水垢", "晾衣杆松动", "门锁电量低未更换", "毛巾未按时更换"),
        "抽查客房床品、热水、门锁和更换登记。",
        (35, 45, 20),
    ),
    Group(
        "餐饮",
        ("郎学籍", "葛评估", "费资料"),
        ("后厨", "学员餐厅"),
        ("刀具砧板标识不清", "冷藏柜温度记录漏记一次", "菜筐直接放在地面", "餐具保洁柜门未关严", "餐余登记漏填"),
        "查看进货台账、留样、消毒、刀具分色和餐余登记。",
        (40, 45, 15),
    ),
)
FORTNIGHTLY = (
    Group(
        "节能",
        ("柏能源", "金督办", "费资料"),
        ("教学楼", "202教室", "301教室", "402教室", "学员公寓"),
        ("白天走廊照明未关", "洗手池水龙头滴水", "投影仪待机未断电", "饮水机下班未断电"),
        "查看照明、用水、空调温度和待机电器。",
    ),
    Group(
        "安全",
        ("华档案", "史平台", "苏课程"),
        ("配电房", "锅炉房", "门卫", "后厨", "学员公寓"),
        ("灭火器前堆放杂物", "疏散指示灯不亮一处", "配电箱未上锁", "安全检查登记缺一次签字"),
        "查看消防器材、疏散通道、配电、锅炉和值班登记。",
        (45, 45, 10),
    ),
)
CHECKPOINTS = ("开班前", "中期", "结班")
OF_PROJECTS = Group(
    "项目过程",
    ("金督办", "姜培训"),
    (),
    ("分组研讨记录不完整", "调研点联系表未更新", "签到表漏签"),
    "对照项目方案查看学习、生活、考察调研和党性锻炼。",
    (60, 30, 10),
)


@dataclass(frozen=True, slots=True)
class Round:
    """One inspection.

    Attributes:
        key: Of its row.
        at: When it is written down.
        inspectors: Two names, in the order of 人员, as a table gives them back.
        department: Inspected.
        handler: Who puts right what was found, as Houqin will choose him.
        problems: Lines of 问题清单.
        more: Further cells.
    """

    key: str
    group: Group
    at: datetime
    inspectors: tuple[str, ...]
    department: str
    handler: str
    problems: tuple[str, ...]
    score: int
    more: Mapping[str, Any] = field(default_factory=dict)


def _round(plan: Plan, dice: Random, group: Group, key: str, day: date, place: str, department: str = "") -> Round:
    """Of a place, or of a whole department."""
    keeper = ""
    if place:
        cells = plan.school.rows["locations"][place]
        department, keeper = cells["department"].key, cells["duty_person"].key
    else:
        keeper = plan.school.head(department)
    free = [who for who in group.inspectors if plan.school.department(who) != department and who != keeper]
    [count] = dice.choices((0, 1, 2), group.findings)
    problems = tuple(dice.sample(group.problems, count))
    # Late enough for whoever put it right to hear of it and answer on the next morning, within four hours of work.
    at = plan.at(day, "14:35") + timedelta(minutes=dice.randrange(200) * 0.75)
    more = {"location": (Ref("locations", place),)} if place else _present(plan, dice, department)
    score = 98 - 5 * count - dice.randrange(4)
    inspectors = tuple(sorted(dice.sample(free, 2), key=list(plan.school.rows["people"]).index))
    return Round(key, group, at, inspectors, department, keeper, problems, score, more)


def _present(plan: Plan, dice: Random, department: str) -> dict[str, Any]:
    """Who was there and who was not."""
    staff = [name for name in plan.school.accounts if plan.school.department(name) == department]
    missing = dice.sample(staff, dice.choice((0, 0, 1)))
    cells: dict[str, Any] = {
        "target_dept": Ref("departments", department),
        "expected_n": len(staff),
        "present_n": len(staff) - len(missing),
    }
    return cells | ({"absent": "、".join(missing)} if missing else {})


@cache
def _rounds(year: int, seed: int, volume: int) -> tuple[Round, ...]:
    plan = Plan(year, seed, volume=volume)
    dice, found = plan.dice("inspection rounds"), []
    weeks: dict[tuple[int, int], list[date]] = {}
    for day in plan.workdays:
        weeks.setdefault(day.isocalendar()[:2], []).append(day)
    departments = list(plan.school.rows["departments"])
    for (_, week), days in weeks.items():
        for group in (*WEEKLY, *(FORTNIGHTLY if week % 2 == 0 else ())):
            for n in range(volume):
                key = f"督查-{group.team}-{days[0]:%m%d}" + (f"-{n}" if n else "")
                place = dice.choice(group.places) if group.places else ""
                found.append(_round(plan, dice, group, key, dice.choice(days), place, dice.choice(departments)))
    for course in courses_of(plan):
        if course.kind.name == PROJECT:
            held = (
                max(plan.calendar.add(course.starts, -1), plan.workdays[0]),
                course.days[len(course.days) // 2],
                course.ends,
            )
            for checkpoint, day in zip(CHECKPOINTS, held, strict=True):
                one = _round(plan, dice, OF_PROJECTS, f"督查-{course.key}-{checkpoint}", day, course.classroom)
                more = {"training_class": Ref("training_classes", course.key), "checkpoint": checkpoint}
                found.append(replace(one, more={**one.more, **more}))
    return tuple(found)


def rounds_of(plan: Plan) -> tuple[Round, ...]:
    """Every inspection of the year but those of companies."""
    return _rounds(plan.year, plan.seed, plan.volume)


def handed_in(one: Round) -> Iterator[Edit]:
    """Written down and handed in."""
    cells = {
        "team": one.group.team,
        "date": one.at - timedelta(minutes=25),
        "inspectors": tuple(person(name) for name in one.inspectors),
        "checklist": one.group.checklist,
        "score": one.score,
        **one.more,
    }
    if one.problems:
        cells["problems"] = "\n".join(f"{n}. {problem}" for n, problem in enumerate(one.problems, 1))
    yield write(one.at, one.inspectors[0], TABLE, one.key, **cells)
    yield write(one.at + timedelta(minutes=4), one.inspectors[0], TABLE, one.key, status="已提交")


def closed(plan: Plan, dice: Random, one: Round, disputed: bool = False) -> Iterator[Edit]:
    """Confirmed by the head of whoever was inspected, filed a week later; or disputed, and answered by 分管领导."""
    head, leader = plan.school.head(one.department), plan.school.leader(one.department)
    seen = plan.later(one.at, 1 + dice.random())
    if disputed:
        yield write(seen, head, TABLE, one.key, dispute="扣分情形当时已整改，请复核。", status="有异议")
        seen = plan.later(seen, 1 + dice.random())
        yield write(seen, leader, TABLE, one.key, answer="已核实，维持原得分。", status="被查方已确认")
    else:
        yield write(seen, head, TABLE, one.key, confirmed_by=person(head), status="被查方已确认")
    yield write(plan.later(seen, 5 + dice.random()), one.inspectors[0], TABLE, one.key, status="已归档")


def inspections(plan: Plan, dice: Random) -> Iterator[Edit]:
    """督查记录 of the groups."""
    rounds: Sequence[Round] = rounds_of(plan)
    disputed = {one.key for one in dice.sample([r for r in rounds if r.problems], DISPUTED * plan.volume)}
    for one in rounds:
        yield from handed_in(one)
        yield from closed(plan, dice, one, one.key in disputed)
