"""学习记录: 四个一 of everybody, 四学 and courses of the logistics staff (domain.md A12–15, B3.14, E4).

All of a week is written down on its last working afternoon: one look of the worker counts it.
"""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from functools import cache
from random import Random
from typing import Any

from automations.demo.year.edits import Edit, person, write
from automations.demo.year.plan import Plan

TABLE = "learning_records"
LOGISTICS = "行政科"
SKILLS = ("写作", "微机", "普通话", "礼仪")
COURSES = ("食品安全操作规范", "电梯困人应急处置", "消防器材使用", "客房清洁流程", "公务用车安全驾驶", "节能管理要点")
READING = "全国读书月"
MISSED = {"每天一学": 0.02, "每周一写": 0.05, "每月一讲": 0.14}
"""Share of 四个一 that somebody does not get to."""

SUBJECTS = (
    *("勤俭办学", "反对食品浪费", "制度意识", "服务意识", "廉洁自律", "为民情怀", "调查研究", "时间管理", "团队协作"),
    *("文稿校核", "接待礼仪", "会议服务", "档案整理", "节能降耗", "安全生产", "消防常识", "采购程序", "预算约束"),
    *("公文格式", "信息保密", "网络安全", "教学保障", "学员管理", "班级建设", "图书借阅", "新闻写作", "数据统计"),
    *("应急处置", "沟通表达", "工作复盘", "读书方法", "家风家教", "基层治理", "乡村振兴", "生态保护", "党史故事"),
    *("资产盘点", "车辆保养", "食堂管理", "公寓服务", "校园绿化"),
)
ANGLES = ("学习体会", "的几点思考", "工作札记", "案例分析", "再认识", "读书笔记", "问题与对策", "小经验")
THEORY = ("理论", "业务", "写作", "其他")


@cache
def _weeks(year: int) -> tuple[tuple[date, ...], ...]:
    weeks: dict[tuple[int, int], list[date]] = {}
    for day in Plan(year).workdays:
        weeks.setdefault(day.isocalendar()[:2], []).append(day)
    return tuple(tuple(days) for days in weeks.values())


def staff(plan: Plan) -> Sequence[str]:
    """Everybody of the school: those who take part in 四个一."""
    rows = plan.school.rows["people"]
    return [name for name in plan.school.accounts if rows[name]["employment_type"] != "服务外包"]


def _written(at: datetime, who: str, kind: str, key: str, **cells: Any) -> Edit:
    return write(at, who, TABLE, key, person=person(who), kind=kind, date=at.date(), **cells)


def title_of(number: int, week: int) -> str:
    """What a colleague writes about in a week: no subject twice in half a year."""
    at = number * 7 + week
    return f"{SUBJECTS[at % len(SUBJECTS)]}{ANGLES[(at // 3 + number) % len(ANGLES)]}"


def _week(plan: Plan, dice: Random, week: int, days: Sequence[date]) -> Iterator[Edit]:
    """每天一学 and 每周一写."""
    at = plan.at(days[-1], "16:10")
    for number, who in enumerate(staff(plan)):
        for kind in ("每天一学", "每周一写"):
            at += timedelta(seconds=dice.randrange(10, 40))
            if dice.random() < MISSED[kind]:
                continue
            key, topic = f"{kind}-{who}-{days[0]}", dice.choice(THEORY)
            if kind == "每天一学":
                title = f"{days[0].month}月第{(days[0].day - 1) // 7 + 1}周自学"
                yield _written(at, who, kind, key, topic="理论", title=title, days=len(days))
            else:
                words = dice.randrange(320, 1200)
                yield _written(at, who, kind, key, topic=topic, title=title_of(number, week), words=words)


def _month(plan: Plan, dice: Random, last: date) -> Iterator[Edit]:
    """每月一讲, in April those of the reading month."""
    at = plan.at(last, "15:20")
    for number, who in enumerate(staff(plan)):
        if dice.random() >= MISSED["每月一讲"]:
            at += timedelta(seconds=dice.randrange(5, 25))
            subject = SUBJECTS[(number * 5 + last.month * 3) % len(SUBJECTS)]
            more = {"campaign": READING} if last.month == 4 else {}
            title = f"微讲堂：{subject}"
            yield _written(at, who, "每月一讲", f"每月一讲-{who}-{last:%m}", topic="业务", title=title, hours=1, **more)


def learning(plan: Plan, dice: Random) -> Iterator[Edit]:
    """学习记录 of the year. Nobody learns twice as much in a busier year: ``plan.volume`` changes nothing here."""
    for week, days in enumerate(_weeks(plan.year)):
        yield from _week(plan, dice, week, days)
    for month in range(1, 13):
        yield from _month(plan, dice, max(d for d in plan.workdays if d.month == month))
    at = plan.at(plan.workday(date(plan.year, 12, 10)), "15:30")
    for who in staff(plan):
        at += timedelta(seconds=20)
        score = dice.randrange(82, 100)
        yield _written(at, who, "每年一考", f"每年一考-{who}", topic="理论", title="年度理论测试", score=score)
    yield from _of_logistics(plan, dice)


def _of_logistics(plan: Plan, dice: Random) -> Iterator[Edit]:
    """四学, each by September, and courses of the logistics staff."""
    for who in plan.school.clerks(LOGISTICS):
        for n, skill in enumerate(SKILLS):
            day = dice.choice([d for d in plan.workdays if d.month in (2 * n + 2, 2 * n + 3)])
            at = plan.at(day, "16:30") + timedelta(minutes=dice.randrange(40))
            yield _written(at, who, "四学", f"四学-{who}-{skill}", topic=skill, title=f"学{skill}练习", hours=2)
        for n, day in enumerate(sorted(dice.sample(plan.workdays, 6)), 1):
            at = plan.at(day, "16:30") + timedelta(minutes=dice.randrange(40))
            yield _written(
                at,
                who,
                "岗位培训",
                f"岗位培训-{who}-{n}",
                topic="业务",
                title=COURSES[n - 1],
                hours=dice.choice((2, 4)),
            )
