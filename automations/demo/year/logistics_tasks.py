"""目标任务: 岗位目标 of 28 colleagues, tasks of eight projects, 24 priorities; set, done, scored (A9, A30–32).

组织人事科, 教务科 and 办公室 draft them, so that no head reviews what he has filed himself.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from automations.demo.year.classes import Course, courses_of
from automations.demo.year.edits import Edit, Ref, find, papers, person, sign, write
from automations.demo.year.logistics_inspections import PROJECT
from automations.demo.year.plan import Plan

TABLE = "tasks"
DRAFTS = {"岗位目标": "姜培训", "项目任务": "苏课程", "年度重点": "曹文秘"}
GOALS: Sequence[tuple[str, int, str, str]] = (
    # 任务, 权重, 完成标准, 客观指标
    ("日常服务保障", 30, "按岗位职责及时办理，无重大差错。", "无"),
    ("重点事项落实", 25, "领导交办事项按期办结。", "无"),
    ("制度执行与节约", 15, "严格执行制度，厉行节约。", "无"),
    ("学习与能力提升", 15, "“四个一”按期完成。", "学习完成率"),
    ("协作与作风", 15, "服务对象评价良好。", "无"),
)
REPAIRERS = frozenset({"杨维修", "谢物业", "喻资产"})
WITH_GOALS = (
    *("沈行政", "王主任", "许学员", "韩采购", "杨维修", "朱驾驶", "谢物业", "邹食堂", "喻资产", "柏能源", "窦安全"),
    *("章仓库", "冯文员", "曹文秘", "严机要", "华档案", "金督办", "褚会计", "卫出纳", "戚核算", "魏干部", "陶工资"),
    *("姜培训", "何宿管", "奚班主任", "张网络", "鲍运维", "史平台"),
)
BEST = ("邹食堂", "窦安全")
"""They do so well that 优质服务奖 is theirs (:mod:`automations.demo.year.logistics_documents`)."""

ASPECTS: Sequence[tuple[str, str, str]] = (
    # 方面, 任务, 责任人
    ("学习", "研讨选题与分组", "teacher"),
    ("学习", "师资联络与课件收集", "苏课程"),
    ("学习", "研讨室与设备准备", "潘教室"),
    ("学习", "研讨成果汇编", "葛评估"),
    ("生活", "报到与住宿安排", "teacher"),
    ("生活", "用餐保障", "邹食堂"),
    ("生活", "后勤保障协调", "host"),
    ("考察调研", "调研点联系与用车", "host"),
    ("考察调研", "调研资料准备", "苏课程"),
    ("党性锻炼", "党性锻炼活动组织", "teacher"),
)
PRIORITIES = {
    "教学科研": ("精品课程建设", "决策咨询成果", "案例库建设", "教学督导", "科研课题管理", "教学评估改进"),
    "人才队伍": ("青年教师培养", "干部轮岗交流", "后勤技能比武", "全员读书计划", "外聘师资库", "考核办法修订"),
    "管理服务": ("热水系统改造", "公寓服务提升", "智慧后勤应用", "节能降耗", "固定资产清查", "食堂满意度提升"),
    "风气环境": ("校园文化建设", "作风督查", "红色书香校园", "平安校园", "廉政教育", "校园绿化提升"),
}


@dataclass(frozen=True, slots=True)
class Task:
    """A task with its life.

    Attributes:
        key: Of its row.
        who: Responsible.
        drafted / signed: When it is filed; when the leaders sign.
        begun: When work at it begins, as the row says.
        done: When it is handed in for scoring.
        scored: When the reviewer gives his score.
    """

    key: str
    kind: str
    who: str
    department: str
    drafted: datetime
    begun: datetime
    done: datetime
    scored: datetime
    reviewer: str
    score: int
    more: dict[str, Any]


def _life(plan: Plan, dice: Random, task: Task) -> Iterator[Edit]:
    """Filed, signed by head and leader, worked at, handed in, scored, archived."""
    drafts = DRAFTS[task.kind]
    cells = {
        "kind": task.kind,
        "person": person(task.who),
        "department": Ref("departments", task.department),
        "year": plan.year,
        **task.more,
    }
    yield write(task.drafted, drafts, TABLE, task.key, **cells)
    asked = task.drafted + timedelta(hours=1)
    yield write(asked, drafts, TABLE, task.key, status="提交")
    first = plan.at(plan.calendar.add(asked.date(), 1), "09:30") + timedelta(minutes=dice.randrange(60))
    yield sign(first, TABLE, task.key)
    yield sign(plan.later(first, 0.5 + 0.3 * dice.random()), TABLE, task.key)
    yield write(task.begun, task.who, TABLE, task.key, status="进行中", progress=10)
    done = {"progress": 100, "evidence": "详见工作台账。", "self_score": min(task.score + dice.randrange(4), 100)}
    yield write(task.done, task.who, TABLE, task.key, status="待考核", **done)
    yield write(task.scored, task.reviewer, TABLE, task.key, review_score=task.score, status="已考核")
    yield write(plan.later(task.scored, 2 + dice.random()), drafts, TABLE, task.key, status="已归档")


def _reviewer(plan: Plan, department: str, who: str) -> str:
    head = plan.school.head(department)
    return head if head != who else plan.school.leader(department)


def goals(plan: Plan, dice: Random) -> Iterator[Task]:
    """岗位目标: five a colleague, weighing 100 together."""
    for number, who in enumerate(WITH_GOALS):
        department = plan.school.department(who)
        drafted = plan.at(plan.workdays[6 + number // 6], "09:05") + timedelta(minutes=5 * (number % 6))
        done = plan.at(plan.workday(date(plan.year, 12, 7)), "14:20") + timedelta(minutes=2 * number)
        scored = plan.at(plan.workday(date(plan.year, 12, 14)), "09:10") + timedelta(minutes=3 * number)
        for n, (title, weight, standard, indicator) in enumerate(GOALS, 1):
            if title == "日常服务保障" and who in REPAIRERS:
                indicator = "报修按时率"
            elif title == "制度执行与节约" and who == "柏能源":
                indicator = "能耗同比"
            more = {
                "title": f"{who}：{title}",
                "weight": weight,
                "standard": standard,
                "due": plan.workday(date(plan.year, 12, 11)),
                "indicator": indicator,
            }
            score = dice.randrange(97, 100) if who in BEST else dice.randrange(80, 91)
            offset = timedelta(seconds=20 * n)
            begun = plan.at(plan.workdays[18], "09:00") + timedelta(minutes=number) + offset
            reviewer = _reviewer(plan, department, who)
            times = (drafted + offset, begun, done + offset, scored + offset)
            yield Task(f"岗位-{who}-{n}", "岗位目标", who, department, *times, reviewer, score, more)


def projects(plan: Plan, dice: Random) -> Iterator[Task]:
    """项目任务: ten a project, each with one colleague who answers for it."""
    for course in (c for c in courses_of(plan) if c.kind.name == PROJECT):
        first = max(plan.calendar.add(course.starts, -12), plan.workdays[0])
        for n, (aspect, title, who) in enumerate(ASPECTS, 1):
            name = {"teacher": course.teacher, "host": course.host}.get(who, who)
            yield _project_task(
                plan, dice, course, n, name, plan.at(first, "09:40") + timedelta(minutes=n), aspect, title
            )


def _project_task(
    plan: Plan, dice: Random, course: Course, n: int, who: str, drafted: datetime, aspect: str, title: str
) -> Task:
    before = "准备" in title or "选题" in title or "联络" in title
    due = plan.calendar.add(course.starts, -1) if before else course.ends
    more = {
        "title": f"{course.key}·{title}",
        "training_class": Ref("training_classes", course.key),
        "aspect": aspect,
        "weight": 10,
        "standard": "按项目方案按时完成。",
        "due": due,
        "indicator": "满意率" if title == "后勤保障协调" else "无",
    }
    minutes = timedelta(minutes=2 * n)
    begun = plan.at(max(plan.calendar.add(course.starts, -6), plan.calendar.add(drafted.date(), 4)), "09:20") + minutes
    done, scored = (
        max(plan.at(due, "16:20"), begun + timedelta(hours=6)) + minutes,
        plan.at(plan.calendar.add(course.ends, 4), "14:15") + minutes,
    )
    reviewer = _reviewer(plan, "教务科", who)
    key = f"项目-{course.key}-{n}"
    score = dice.randrange(84, 99)
    return Task(key, "项目任务", who, "教务科", drafted, begun, done, scored, reviewer, score, more)


def priorities(plan: Plan, dice: Random) -> Iterator[Task]:
    """年度重点: six for each of 四个一流, each with a head of department."""
    heads = [(name, plan.school.head(name)) for name in plan.school.rows["departments"]]
    for number, (four, title) in enumerate((f, t) for f, titles in PRIORITIES.items() for t in titles):
        department, who = heads[number % len(heads)]
        minutes = timedelta(minutes=2 * number)
        more = {
            "title": title,
            "four_first": four,
            "weight": Decimal(10),
            "standard": "年内完成，有成果、有总结。",
            "due": plan.workday(date(plan.year, 12, 11)),
            "indicator": "无",
        }
        times = (
            plan.at(plan.workdays[9], "09:05") + minutes,
            plan.at(plan.workdays[20], "09:00") + minutes,
            plan.at(plan.workday(date(plan.year, 12, 8)), "09:30") + minutes,
            plan.at(plan.workday(date(plan.year, 12, 15)), "14:10") + minutes,
        )
        leader, score = plan.school.leader(department), dice.randrange(82, 97)
        yield Task(f"重点-{number + 1:02d}", "年度重点", who, department, *times, leader, score, more)


def tasks(plan: Plan, dice: Random) -> Iterator[Edit]:
    """目标任务 of the year. Nobody gets twice as many in a busier year: ``plan.volume`` changes nothing here."""
    for task in (*goals(plan, dice), *projects(plan, dice), *priorities(plan, dice)):
        yield from _life(plan, dice, task)
    yield from self_checks(plan, dice)


def self_checks(plan: Plan, dice: Random) -> Iterator[Edit]:
    """对照自查 of each 目标责任书: Houqin sets it, the head answers in November, 分管领导 scores (A35)."""
    for title, cells in plan.school.rows["documents"].items():
        if cells["kind"] != "目标责任书":
            continue
        key, department = f"自查-{title}", cells["owner_dept"].key
        head, leader = plan.school.head(department), plan.school.leader(department)
        begun = plan.at(plan.workday(date(plan.year, 11, 16)), "09:30") + timedelta(minutes=dice.randrange(200))
        done, scored = plan.later(begun, 4), plan.later(begun, 7)
        yield find(begun, TABLE, key, title=f"{plan.year}年对照自查：{title}")
        yield write(begun, head, TABLE, key, status="进行中", progress=30)
        report = {"evidence": "逐项自查，均已达标。", "evidence_files": papers("自查报告.pdf"), "self_score": 95}
        yield write(done, head, TABLE, key, progress=100, status="待考核", **report)
        yield write(scored, leader, TABLE, key, review_score=94, status="已考核")
        yield write(plan.later(scored, 2), DRAFTS["年度重点"], TABLE, key, status="已归档")
