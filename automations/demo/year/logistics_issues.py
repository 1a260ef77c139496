"""问题工单: reported by trainees and colleagues, or following from an inspection; done in time, checked by another.

Whoever dispatches an issue has called the handler, so the answer stands beside it (domain.md B3.13, E4).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from automations.demo.year.classes import courses_of
from automations.demo.year.edits import FORM, Code, Edit, Ref, find, papers, person, sign, write
from automations.demo.year.logistics_inspections import rounds_of
from automations.demo.year.plan import HOURS, Plan

TABLE, DISPATCHER = "issues", "谢物业"
AFTER_THE_LOOK = "08:40:10"
"""Just after the worker's first look of the day: nothing is unseen yet, so to find its rows costs no look."""

A_LOOK = 0.45
"""Working days in which the worker looks at least once: what comes after a change of state comes later than this."""

WITHIN: Mapping[str, float] = {"紧急": 0.2, "较急": 1.5}
"""Working days after which it is done at the latest, whatever it is."""

AGAIN, HELD = 0.012, 0.012
"""Shares of the repairs that fail their check once, that wait for a part with 分管领导's consent."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """A kind of thing that people report.

    Attributes:
        kind / category: As in the table.
        what: Descriptions.
        handlers: Who sees to it.
        places: Where; none: rooms of running classes.
        fixed: What the handler writes.
        days: Working days after which it is done at the latest.
    """

    kind: str
    category: str
    what: tuple[str, ...]
    handlers: tuple[str, ...]
    places: tuple[str, ...] = ()
    fixed: str = "已处理，恢复正常。"
    days: float = 4


CLASSROOMS = ("101教室", "202教室", "203教室", "204教室", "301教室", "402教室")
OFFICES = ("综合楼101办公室", "综合楼202办公室", "综合楼303办公室", "综合楼401办公室", "第一会议室", "第二会议室")
FIXERS = ("杨维修", "谢物业")
REPAIRS = (
    Trouble("报修", "水", ("水龙头滴水", "花洒水量小", "马桶水箱漏水", "地漏排水慢"), FIXERS, (), "已更换密封件。"),
    Trouble("报修", "电", ("床头灯不亮", "插座无电", "走廊灯闪烁", "开关松动"), ("杨维修",), (), "已更换灯具或开关。"),
    Trouble(
        "报修", "空调", ("空调不制冷", "空调漏水", "空调遥控器失灵"), FIXERS, (*CLASSROOMS, *OFFICES), "已清洗维修。"
    ),
    Trouble("报修", "门窗家具", ("门锁打不开", "窗户关不严", "椅子松动", "柜门合页脱落"), FIXERS, (), "已紧固更换。"),
    Trouble("报修", "门窗家具", ("课桌晃动", "窗帘轨道脱落", "讲台抽屉卡住"), ("杨维修",), CLASSROOMS, "已修复。"),
    Trouble("报修", "电", ("投影区灯不亮", "地插无电"), ("杨维修",), CLASSROOMS, "已检修线路。"),
    Trouble(
        "报修", "其他", ("饮水机不出热水", "打印室门禁失灵", "路面地砖松动"), ("喻资产", "谢物业"), OFFICES, "已维修。"
    ),
)
IT_HELP = (
    Trouble("IT支持", "网络", ("办公室网络时断时续", "打印机连不上", "无线网络连不上"), ("鲍运维", "史平台"), OFFICES),
    Trouble("IT支持", "其他", ("电脑开机慢", "教室电脑无声音", "系统密码忘记"), ("张网络", "史平台"), CLASSROOMS),
)
COMPLAINTS = (
    Trouble(
        "投诉", "餐饮", ("晚餐菜凉", "早餐品种少", "打菜排队久"), ("邹食堂",), ("学员餐厅",), "已当面答复并调整。", 1.4
    ),
    Trouble("投诉", "服务态度", ("报到等候时间长", "夜间楼道有噪声"), ("何宿管",), (), "已当面道歉并改进。", 1.4),
    Trouble("投诉", "卫生", ("公共卫生间有异味", "房间有蚊虫"), ("甲保洁", "何宿管"), (), "已清洁消杀并回访。", 1.4),
)
SUGGESTIONS = (
    Trouble("建议", "餐饮", ("希望增加粗粮", "希望公布一周菜谱"), ("邹食堂",), ("学员餐厅",), "已采纳，下周起执行。"),
    Trouble("建议", "其他", ("希望延长图书室开放时间", "希望增设健身器材"), ("喻资产", "唐馆员"), (), "已研究并答复。"),
    Trouble("建议", "水", ("希望公寓错时供热水改为全天",), ("柏能源",), (), "已研究，供水时间延长。"),
)
EARLY = ("08:45", "09:40", "11:35", "14:10")
PER_YEAR: tuple[tuple[Sequence[Trouble], int], ...] = (
    (REPAIRS, 696),
    (IT_HELP, 110),
    (COMPLAINTS, 36),
    (SUGGESTIONS, 60),
)
CAUSES: Mapping[str, tuple[str, ...]] = {
    "报修": ("老化", "老化", "老化", "使用不当", "施工质量", "天气"),
    "整改": ("管理不到位", "管理不到位", "老化", "使用不当", "人为浪费"),
}


@dataclass(frozen=True, slots=True)
class Case:
    """An issue on its way.

    Attributes:
        known: Somebody looked after it from this moment on.
        days: Working days from then on within which it is fixed.
        checker: Who checks it; ``named``: the handler says so himself.
    """

    key: str
    kind: str
    known: datetime
    days: float
    handler: str
    checker: str
    named: bool = True
    note: str = "已处理，恢复正常。"


def finished(plan: Plan, dice: Random, case: Case, again: bool = False, held: bool = False) -> Iterator[Edit]:
    """Fixed, checked and closed; ``again``: after it failed the check once; ``held``: after it waited for a part."""
    share = dice.uniform(0.1, 0.4 if again or held else 0.85)
    if case.days < A_LOOK:  # 紧急: nobody goes home before it is done
        at = case.known + timedelta(hours=HOURS * case.days * share)
    else:
        at = plan.later(case.known, max(case.days * share, A_LOOK))
    if held:
        part = plan.calendar.add(at.date(), 8)
        yield write(at, case.handler, TABLE, case.key, hold_reason="配件需采购", hold_until=part, status="挂起")
        yield sign(plan.later(at, 0.6), TABLE, case.key)
        at = plan.at(plan.calendar.add(part, -1), "09:20")
        yield write(at, case.handler, TABLE, case.key, status="处理中")
        at += timedelta(hours=5)
    yield _fixed(dice, case, at)
    if again:
        at = plan.later(at, 0.5)
        yield write(at, case.checker, TABLE, case.key, verify_result="不合格")
        at = plan.later(at, 0.6)
        yield _fixed(dice, case, at)
    at = plan.later(at, A_LOOK + dice.random())
    done: dict[str, Any] = {"verify_result": "合格", "status": "已办结"}
    if case.kind != "整改":
        done["rating"] = dice.choice((4, 5, 5, 5))
    yield write(at, case.checker, TABLE, case.key, **done)


def _fixed(dice: Random, case: Case, at: datetime) -> Edit:
    cells: dict[str, Any] = {"fixed_at": at, "fix_note": case.note, "status": "待复核"}
    if case.kind in CAUSES:
        cells["root_cause"] = dice.choice(CAUSES[case.kind])
    if case.kind == "整改":
        cells["fix_photos"] = papers("完工照片.jpg")
    if case.named:
        cells["verify_by"] = person(case.checker)
    return write(at, case.handler, TABLE, case.key, **cells)


# What people report ---------------------------------------------------------------------------------------------------


def reported(plan: Plan, dice: Random, trouble: Trouble, key: str, day: date) -> Iterator[Edit]:
    """Reported by a trainee or a colleague, dispatched within the hour, done in time."""
    here = [c for c in courses_of(plan) if c.starts <= day <= c.ends and c.beds]
    guest = bool(here) and dice.random() < 0.6
    course = dice.choice(here) if guest else None
    severity = _severity(dice, trouble)
    at = plan.at(day, dice.choice(EARLY if severity == "紧急" else (*EARLY, "15:15", "16:00")))
    at += timedelta(minutes=dice.randrange(12), seconds=dice.randrange(60))
    handler = dice.choice(trouble.handlers)
    place = dice.choice(trouble.places or (course.beds if course else OFFICES))
    cells = {
        "kind": trouble.kind,
        "category": trouble.category,
        "location": Ref("locations", place),
        "description": f"{place}{dice.choice(trouble.what)}",
    }
    if course:
        cells["training_class"] = Ref("training_classes", course.key)
    staff = [name for name in plan.school.accounts if name != handler]
    reporter = FORM if course else dice.choice(staff)
    yield write(at, reporter, TABLE, key, **cells)
    sent = {
        "severity": severity,
        "duty_dept": Ref("departments", plan.school.department(handler)),
        "handler": person(handler),
        "responded_at": at + timedelta(minutes=14),
        "status": "已派单",
    }
    known = at + timedelta(minutes=15)
    dispatched = write(known, DISPATCHER, TABLE, key, **sent)
    yield dispatched.watched() if severity == "紧急" else dispatched
    checker = reporter if not course else course.teacher if handler != course.teacher else "何宿管"
    case = Case(
        key, trouble.kind, known, WITHIN.get(severity, trouble.days), handler, checker, bool(course), trouble.fixed
    )
    slow = trouble.kind == "报修" and severity == "一般"
    fate = dice.random()
    yield from finished(plan, dice, case, slow and fate < AGAIN, slow and AGAIN <= fate < AGAIN + HELD)


def _severity(dice: Random, trouble: Trouble) -> str:
    """紧急程度: of a hundred repairs 4 are 紧急 and 12 较急."""
    [found] = dice.choices(("紧急", "较急", "一般"), (4, 12, 84) if trouble.kind == "报修" else (0, 0, 1))
    return found


def issues(plan: Plan, dice: Random) -> Iterator[Edit]:
    """报修, IT支持, 投诉, 建议."""
    for troubles, count in PER_YEAR:
        days = sorted(dice.choices(plan.workdays, k=count * plan.volume))
        for n, day in enumerate(days, 1):
            trouble = dice.choice(troubles)
            yield from reported(plan, dice, trouble, f"{trouble.kind}-{n:04d}", day)


# What follows from other rows -----------------------------------------------------------------------------------------


def followed(
    plan: Plan,
    dice: Random,
    key: str,
    origin: Code,
    since: datetime,
    handler: str,
    checker: str,
    *,
    kind: str = "整改",
    days: float = 1,
    named: bool = False,
    **where: Any,
) -> Iterator[Edit]:
    """An issue that Houqin made of another row, found on the next working morning and finished in time.

    Args:
        plan: The year.
        dice: The stream's.
        key: For the issue.
        origin: The row that it came from.
        since: When that row was edited.
        handler: Whom Houqin put there.
        checker: Who checks it again.
        kind: 类型.
        days: Working days that it may take from that morning on.
        named: The handler must say himself who checks.
        where: What else tells it from other issues of the same row.
    """
    morning = plan.at(plan.calendar.add(since.date(), 1), AFTER_THE_LOOK)
    yield find(morning, TABLE, key, origin=origin, **where)
    known = morning + timedelta(minutes=dice.randrange(4, 20))
    yield write(known, handler, TABLE, key, responded_at=known)
    yield from finished(plan, dice, Case(key, kind, known, days, handler, checker, named, "已按要求整改。"))


AT_ONCE = frozenset({"餐饮", "安全"})
"""Groups whose findings must be put right by the next working day."""


def rectifications(plan: Plan, dice: Random) -> Iterator[Edit]:
    """整改: what the inspection groups found."""
    for one in rounds_of(plan):
        checker = next(name for name in one.inspectors if name != one.handler)
        days = 0.8 if one.group.team in AT_ONCE or any("灯" in p for p in one.problems) else 3.5
        for n, problem in enumerate(one.problems, 1):
            key, origin = f"整改-{one.key}-{n}", Code("inspections", one.key)
            yield from followed(plan, dice, key, origin, one.at, one.handler, checker, days=days, description=problem)
