"""Planted in meals, surveys, inspections, issues and awards: V26–V28, V30, V32–V34, and what is none (domain.md E6)."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from automations.demo.year.classes import courses_of
from automations.demo.year.edits import Code, Edit, Ref, find, papers, person, write
from automations.demo.year.logistics_documents import CLERK, award_cells
from automations.demo.year.logistics_inspections import TABLE as INSPECTIONS
from automations.demo.year.logistics_issues import AFTER_THE_LOOK, followed
from automations.demo.year.logistics_issues import TABLE as ISSUES
from automations.demo.year.logistics_meals import COOK, meal_cells, recorded, spoiled
from automations.demo.year.logistics_meals import TABLE as MEALS
from automations.demo.year.logistics_surveys import TABLE as SHEETS
from automations.demo.year.logistics_surveys import answers, handed_in, most_unhappy, planted_classes
from automations.demo.year.plan import Plan
from automations.demo.year.planting import Planted, Scene, Story

EATEN = frozenset({"actual_n", "dishes", "dish_count", "leftover_kg", "food_cost"})
"""What the cook can still write down of a meal of which no samples were kept."""

CLASSES, HOOD = "training_classes", "后厨排烟罩油垢未清洗"


# Inspections and what follows from them -------------------------------------------------------------------------------


def _inspected(s: Scene, at: datetime, team: str, inspectors: tuple[str, ...], **cells: Any) -> Ref:
    """Written down and handed in; the worker looks at once."""
    row = Ref(INSPECTIONS, s.key("督查"))
    told = {"team": team, "date": at, "inspectors": tuple(person(i) for i in inspectors), "score": 84, **cells}
    s.do(
        write(at, inspectors[0], *row, checklist="逐处查看。", **told),
        write(at + timedelta(minutes=5), inspectors[0], *row, status="已提交").watched(),
    )
    return row


def _confirmed(s: Scene, row: Ref, at: datetime, head: str) -> None:
    s.do(write(at, head, *row, confirmed_by=person(head), status="被查方已确认"))


def v26(plan: Plan) -> Planted:
    """A patrol on a Sunday: the air-conditioning of 201 runs, nobody is there."""
    s = Scene(plan, "V26", "周日空调空转")
    sunday = s.day("7-13") - timedelta(days=1)
    while plan.works(sunday):  # a make-up working day is none
        sunday -= timedelta(days=7)
    row = _inspected(
        s,
        plan.at(sunday, "10:00"),
        "节能",
        ("柏能源", "窦安全"),
        location=(Ref("locations", "201教室"),),
        problems="201教室空调开着，室内无人",
    )
    s.all(followed(plan, s.dice, s.key("工单"), Code(*row), plan.at(sunday, "10:05"), "尤排课", "柏能源", days=3))
    _confirmed(s, row, plan.at(plan.calendar.add(sunday, 1), "10:00"), plan.school.head("教务科"))
    s.ledger(row, "EN-03", "一般", words=("201教室空调空转",))
    return s.planted


def n_cooled(plan: Plan) -> Planted:
    """Air-conditioning on in a room with a class."""
    s = Scene(plan, "N-空调", "上课教室开空调")
    summer = [c for c in courses_of(plan) if c.starts.month in (5, 6, 7) and len(c.days) > 2]
    course = min(summer, key=lambda c: abs((c.starts - s.day("6-10")).days))
    at = plan.at(course.days[1], "15:12")
    where, what = (Ref("locations", course.classroom),), "课间空调开着，室内无人"
    row = _inspected(s, at, "节能", ("柏能源", "窦安全"), location=where, problems=what)
    who = plan.school.rows["locations"][course.classroom]["duty_person"].key
    s.all(followed(plan, s.dice, s.key("工单"), Code(*row), at, who, "柏能源", days=3))
    _confirmed(s, row, plan.at(plan.calendar.add(at.date(), 1), "10:00"), plan.school.head("教务科"))
    return s.planted


def v27(plan: Plan) -> Planted:
    """The hood of the kitchen: due on 22 September, still open on the 30th, over a holiday of three days."""
    s = Scene(plan, "V27", "整改逾期", fixed=True)
    found = s.at("9-21", "15:12")
    row = _inspected(
        s, found, "餐饮", ("葛评估", "郎学籍"), location=(Ref("locations", "后厨"),), problems=f"1. {HOOD}"
    )
    issue = Ref(ISSUES, s.key("工单"))
    late = s.at("9-30", "16:50")
    done: dict[str, Any] = {"fixed_at": late, "fix_note": "已请专业公司清洗。", "fix_photos": papers("清洗后.jpg")}
    s.do(
        find(s.at("9-22", AFTER_THE_LOOK), *issue, origin=Code(*row)),
        write(s.at("9-22", "08:50"), "韩采购", *issue, responded_at=s.at("9-22", "08:50")),
        write(late, "韩采购", *issue, **done, root_cause="管理不到位", status="待复核").watched(),
        write(s.at("9-30", "17:30"), _checker(plan, "葛评估", "郎学籍"), *issue, verify_result="合格", status="已办结"),
    )
    _confirmed(s, row, s.at("9-22", "15:20"), plan.school.head("行政科"))
    for days, who in ((1, "部门负责人沈行政"), (3, "分管领导孙后勤"), (5, "主要领导赵校长")):
        s.told_in(issue, "IS-02", words=(f"整改已超期{days}个工作日，现升级至{who}",))
    s.told_in(issue, "IS-02")  # and on the days between
    s.ledger(issue, "IS-02", "一般", words=("超期5个工作日，现升级至主要领导赵校长",))
    for role in ("处理人", "部门负责人", "分管领导", "主要领导"):
        s.notice(issue, "issue_overdue", role)
    return s.planted


def _checker(plan: Plan, *inspectors: str) -> str:
    """Who checks again: the first of them in 人员."""
    return min(inspectors, key=list(plan.school.rows["people"]).index)


def n_last_day(plan: Plan) -> Planted:
    """A rectification over the same holiday, done on its last day: the three days off do not count."""
    s = Scene(plan, "N-假期", "跨假期整改按期办结", fixed=True)
    found = s.at("9-22", "15:12")
    places = (Ref("locations", "公寓4楼公卫"),)
    row = _inspected(s, found, "卫生", ("金督办", "姜培训"), location=places, problems="洗手台有水渍")
    issue, last = Ref(ISSUES, s.key("工单")), plan.at(plan.calendar.add(found.date(), 5), "16:30")
    done: dict[str, Any] = {"fixed_at": last, "fix_note": "已清洁。", "fix_photos": papers("完工照片.jpg")}
    s.do(
        find(s.at("9-23", AFTER_THE_LOOK), *issue, origin=Code(*row)),
        write(s.at("9-23", "08:50"), "何宿管", *issue, responded_at=s.at("9-23", "08:50")),
        write(last, "何宿管", *issue, **done, root_cause="管理不到位", status="待复核").watched(),
    )
    checker = _checker(plan, "金督办", "姜培训")
    s.do(write(last + timedelta(minutes=50), checker, *issue, verify_result="合格", status="已办结"))
    _confirmed(s, row, s.at("9-23", "15:20"), plan.school.head("学员科"))
    return s.planted


def v28(plan: Plan) -> Planted:
    """The handler names himself to check his work, and is sent to another."""
    s = Scene(plan, "V28", "自办自验")
    issue, at = Ref(ISSUES, s.key("工单")), s.at("4-21", "09:00")
    what: dict[str, Any] = {
        "kind": "报修",
        "category": "门窗家具",
        "location": Ref("locations", "101教室"),
        "description": "讲台抽屉卡住",
    }
    sent: dict[str, Any] = {"severity": "一般", "duty_dept": Ref("departments", "行政科"), "handler": person("杨维修")}
    fixed: dict[str, Any] = {"fixed_at": s.at("4-22", "09:30"), "fix_note": "已修复。", "root_cause": "老化"}
    s.do(
        write(at, "苏课程", *issue, **what),
        write(s.at("4-21", "09:20"), "谢物业", *issue, **sent, responded_at=s.at("4-21", "09:20"), status="已派单"),
        write(s.at("4-22", "09:40"), "杨维修", *issue, **fixed, verify_by=person("杨维修"), status="待复核").watched(),
        write(s.at("4-22", "10:00"), "杨维修", *issue, verify_by=person("苏课程"), status="待复核").watched(),
        write(s.at("4-23", "09:30"), "苏课程", *issue, verify_result="合格", rating=5, status="已办结"),
    )
    s.told_in(issue, "IS-03", words=("复核人不能是处理人本人",))
    return s.planted


def v32(plan: Plan) -> Planted:
    """Somebody of 行政科 inspects 行政科; then another goes."""
    s = Scene(plan, "V32", "自查自督")
    who = s.who("喻资产", "章仓库", "窦安全")
    at = s.at("8-25", "15:12")
    row = _inspected(s, at, "卫生", ("金督办", who), target_dept=Ref("departments", "行政科"), score=93)
    both = (person("金督办"), person("姜培训"))
    s.do(write(at + timedelta(minutes=30), "金督办", *row, inspectors=both, status="已提交").watched())
    _confirmed(s, row, plan.later(at, 1.1), plan.school.head("行政科"))
    s.told_in(row, "IP-01", words=(f"督查人“{who}”属于被查部门",))
    return s.planted


# Meals ----------------------------------------------------------------------------------------------------------------


def v30(plan: Plan) -> Planted:
    """A dinner without samples, samples thrown away after 31 hours, a sample of 90 g."""
    s = Scene(plan, "V30", "食品留样", fixed=True)
    dinner, early, small = spoiled(plan)
    row = Ref(MEALS, dinner.key)
    morning = plan.at(plan.calendar.add(dinner.day, 1), AFTER_THE_LOOK)
    eaten = {n: v for n, v in meal_cells(plan, s.dice, dinner).items() if n in EATEN}
    s.do(
        find(morning, *row, date=dinner.day, meal=dinner.meal),
        write(morning + timedelta(minutes=20), COOK, *row, **eaten, remark="当晚漏留样，已批评教育。"),
    )
    s.all(recorded(plan, s.dice, early, kept=timedelta(hours=31)))
    s.all(recorded(plan, s.dice, small, sample_min_g=90))
    s.ledger(row, "ML-01", "一般", words=(f"{dinner.day}晚餐尚无留样记录",))
    s.told_in(row, "必填", words=("留样时间",))
    s.ledger(Ref(MEALS, early.key), "ML-02", "严重", words=("保存仅31小时，不足48小时",))
    s.told_in(Ref(MEALS, small.key), "ML-03", words=("留样量90克",))
    return s.planted


# Surveys --------------------------------------------------------------------------------------------------------------


def v33(plan: Plan) -> Planted:
    """48 answers and one sent twice in a class of 45; 84 % like the food in another."""
    s = Scene(plan, "V33", "满意度问卷", fixed=True)
    small, large = planted_classes(plan)
    n = small.people + 3
    sheets = list(handed_in(plan, s.dice, small, answers(s.dice, small, n, most_unhappy(small, n))))
    again = s.key("重复")
    twice = {**sheets[4].cells, "training_class": Ref(CLASSES, small.key)}
    s.do(*sheets, Edit(plan.at(small.ends, "17:20"), sheets[4].by, SHEETS, again, twice))
    n = round(large.people * 0.72)
    bad = {**most_unhappy(large, n), "catering": round(n * 0.16)}
    s.all(handed_in(plan, s.dice, large, answers(s.dice, large, n, bad)))
    s.told_in(Ref(SHEETS, again), "SV-03")
    s.ledger(Ref(CLASSES, small.key), "SV-04", "一般", words=(f"实到{small.people}人，收到{small.people + 4}份",))
    rate = (Decimal(100 * (n - bad["catering"])) / n).quantize(Decimal("0.1"))
    s.ledger(Ref(CLASSES, large.key), "SV-02", "一般", words=(f"餐饮满意率{rate.normalize():f}%，低于基准91%",))
    _complaint(s, Ref(ISSUES, s.key("工单")), Code(CLASSES, large.key), large.host, large.ends)
    return s.planted


def _complaint(s: Scene, issue: Ref, origin: Code, host: str, ends: date) -> None:
    """The issue that a bad figure becomes, answered in two working days."""
    plan = s.plan
    closed = plan.calendar.add(ends, 3)
    day = plan.workday(closed + timedelta(days=1))
    known = plan.at(day, "09:05")
    done: dict[str, Any] = {
        "fixed_at": plan.at(plan.calendar.add(day, 1), "10:00"),
        "fix_note": "已约谈餐饮公司，调整菜单。",
    }
    s.do(
        find(plan.at(day, AFTER_THE_LOOK), *issue, origin=origin),
        write(known, host, *issue, responded_at=known),
        write(done["fixed_at"], host, *issue, **done, verify_by=person("许学员"), status="待复核"),
        write(plan.at(plan.calendar.add(day, 2), "10:00"), "许学员", *issue, verify_result="合格", status="已办结"),
    )


# Awards ---------------------------------------------------------------------------------------------------------------


def v34(plan: Plan) -> Planted:
    """Three for 优质服务奖, one of them a manager; it stays a draft."""
    s = Scene(plan, "V34", "评优人选", fixed=True)
    row, day = Ref("documents", s.key()), s.day("12-22")
    winners = ("邹食堂", "窦安全", "沈行政")
    cells = award_cells(plan, "优质服务奖", winners, day) | {"title": f"{plan.year}年度优质服务奖推荐名单"}
    s.do(
        write(plan.at(day, "10:00"), CLERK, *row, **cells),
        write(plan.at(day, "10:10"), CLERK, *row, status="提交").watched(),
    )
    s.told_in(row, "AW-01", words=("“优质服务奖”应评选2名，当前选了3名",))
    s.told_in(row, "AW-01", words=("“沈行政”不是行政后勤工作人员，不能参评“优质服务奖”",))
    return s.planted


STORIES: Mapping[str, Story] = {
    "V26": v26,
    "N-空调": n_cooled,
    "V27": v27,
    "N-假期": n_last_day,
    "V28": v28,
    "V30": v30,
    "V32": v32,
    "V33": v33,
    "V34": v34,
}
