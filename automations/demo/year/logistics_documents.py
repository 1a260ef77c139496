"""制度档案 of the year: minutes, papers from outside, rules revised in time, the two awards (domain.md A27–30, E4)."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from automations.demo.year import shelf
from automations.demo.year.edits import Edit, papers, person, sign, write
from automations.demo.year.logistics_tasks import BEST
from automations.demo.year.plan import Plan

TABLE, CLERK = "documents", "曹文秘"
REVISED_BEFORE = 62
"""Days before 复审日 on which a revision begins."""

PAPERS: tuple[tuple[int, str, str, str], ...] = (
    # 月, 名称, 类型, 主责部门
    (2, "机关事务工作要点", "上级文件", "办公室"),
    (3, "上一年度能源消费状况报告", "技术档案", "行政科"),
    (4, "全国读书月书目", "学习资料", "图书资料科"),
    (6, "防汛工作通知", "上级文件", "行政科"),
    (8, "热水系统改造竣工资料", "竣工资料", "行政科"),
    (9, "秋季学期教学保障要点", "学习资料", "教务科"),
    (10, "公共机构节能考核通知", "上级文件", "行政科"),
    (11, "后勤服务案例选编", "学习资料", "行政科"),
)
AWARDS = {"优质服务奖": BEST, "优秀管理奖": ("沈行政", "许学员")}


def filed(plan: Plan, dice: Random, key: str, at: datetime, **cells: Any) -> Iterator[Edit]:
    """A paper drafted by the office, signed by 分管领导 and 主要领导."""
    yield write(at, CLERK, TABLE, key, **cells)
    yield from signed(plan, dice, key, at + timedelta(minutes=30))


def signed(plan: Plan, dice: Random, key: str, at: datetime) -> Iterator[Edit]:
    """Submitted, and signed by both."""
    yield write(at, CLERK, TABLE, key, status="提交")
    for _ in range(2):
        at = plan.later(at, 0.5 + dice.random() / 2)
        yield sign(at, TABLE, key)


def documents(plan: Plan, dice: Random) -> Iterator[Edit]:
    """制度档案 of the year. A busier year has no more rules: ``plan.volume`` changes nothing here."""
    for month in range(1, 13):
        day = max(d for d in plan.workdays if d.month == month and d.day < 26)
        title = f"校委会{month}月会议纪要"
        cells = shelf.cells(title, "会议纪要", "办公室", day, doc_no=f"校委会纪要〔{plan.year}〕{month}号")
        yield from filed(plan, dice, title, plan.at(day, "10:05"), **cells)
    for month, title, kind, department in PAPERS:
        day = plan.workday(date(plan.year, month, 5 + dice.randrange(6)))
        yield from filed(plan, dice, title, plan.at(day, "15:20"), **shelf.cells(title, kind, department, day))
    for title, cells in shelf.documents(plan.year, ()):
        if title in shelf.REVISED:
            due = cells["issued_on"].replace(year=plan.year)
            yield from revised(plan, dice, title, plan.workday(due - timedelta(days=REVISED_BEFORE)))
    for award, winners in AWARDS.items():
        at = plan.at(plan.workday(date(plan.year, 12, 23)), "10:20") + timedelta(minutes=len(award))
        yield from filed(plan, dice, f"表彰决定-{award}", at, **award_cells(plan, award, winners, at.date()))


def award_cells(plan: Plan, award: str, winners: tuple[str, ...], day: date) -> dict[str, Any]:
    """表彰决定: whom the leadership team chose."""
    more = {
        "meeting_no": f"校委会纪要〔{plan.year}〕12号",
        "award": award,
        "winners": tuple(person(name) for name in winners),
    }
    return shelf.cells(f"关于{plan.year}年度{award}的表彰决定", "表彰决定", "办公室", day, **more)


def revised(plan: Plan, dice: Random, title: str, day: date) -> Iterator[Edit]:
    """A rule taken back, rewritten and signed anew."""
    yield write(plan.at(day, "09:10"), CLERK, TABLE, title, status="待修订")
    issued = plan.calendar.add(day, 12)
    number = f"校委会纪要〔{plan.year}〕{issued.month}号"
    new = {"issued_on": issued, "meeting_no": number, "file": papers(f"{title}（{plan.year}年修订）.pdf")}
    at = plan.at(issued, "10:10")
    yield write(at, CLERK, TABLE, title, **new)
    yield from signed(plan, dice, title, at + timedelta(minutes=20))
