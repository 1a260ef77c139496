"""The planted violations of domain.md E6 about classes, meals and surveys: V30, V33; and the whole life of a class."""

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any

from automations.tables.base import Row
from automations.tables.values import Value
from tests.scenarios.conftest import Open
from tests.scenarios.premises import BUDGETS, CLERK, HEAD, LEADER, OTHER_HEAD, TOP, moment
from tests.scenarios.school import School

CLASSES, MEALS, SHEETS, CHECKS, ISSUES = "training_classes", "meals", "survey_responses", "equipment_checks", "issues"


def rows(school: School, table: str) -> list[Row]:
    return sorted(school.host.changed(table, None).rows, key=lambda row: row.id)


def place(school: School, name: str, kind: str, capacity: int) -> int:
    cells: dict[str, Value] = {
        "name": name,
        "kind": kind,
        "capacity": Decimal(capacity),
        "department": school.ids["行政科"],
        "duty_person": school.ids[HEAD],
        "usable": "可用",
    }
    return school.file(HEAD, "locations", **cells)


def planned(school: School, name: str, starts: str, ends: str, n: int = 45, **cells: Value) -> int:
    """A complete class in a classroom of its own; two of its people stay overnight."""
    filled: dict[str, Value] = {
        "is_entrusted": False,
        "is_project": False,
        "planned_n": Decimal(n),
        "lodging_n": Decimal(2),
        "rooms": (place(school, f"{name}客房", "客房", 2),),
        "classroom": place(school, f"{name}教室", "教室", 60),
        "modes": ("讲授",),
        "budget_line": school.ids[BUDGETS["办公费"]],
        "head_teacher": school.ids[CLERK],
        "logistics_owner": school.ids[HEAD],
    }
    return school.course(name, starts, ends, **{**filled, **cells})


def move(school: School, course: int, word: str, who: str = CLERK, **cells: Value) -> Row:
    row = school.change(who, CLASSES, course, status=word, **cells)
    assert row["status"] == word, row["check_message"]
    return row


def running(opened: Open, starts: str, ends: str, *names: str, post: bool = False, **cells: Any) -> tuple[School, int]:
    """A school on the first day of a class: 分管领导 let it begin, whatever its checklist said."""
    school = opened("3-2", post=post)
    for name in names:
        course = planned(school, name, starts, ends, **cells)
        move(school, course, "筹备")
        school.change(LEADER, CLASSES, course, ready_exception="场地已另行安排，同意开班")
        move(school, course, "进行中")
    school.go_to(starts)
    return school, course


# --- V30: samples -----------------------------------------------------------------------------------------------------


def meal(school: School, on: str, which: str, sampled: str, **cells: Value) -> int:
    filled: dict[str, Value] = {
        "date": moment(on).date(),
        "meal": which,
        "actual_n": Decimal(60),
        "dishes": "回锅肉、清炒藤菜",
        "dish_count": Decimal(2),
        "sample_count": Decimal(2),
        "sample_min_g": Decimal(135),
        "sampled_by": school.ids[CLERK],
        "sampled_at": moment(on, sampled),
    }
    return school.file(HEAD, MEALS, **{**filled, **cells})


def test_v30_a_dinner_without_any_record(opened: Open) -> None:
    """ML-01: two hours after it began, the dinner of 5/19 gets a row that asks for its samples."""
    school, _ = running(opened, "5-18", "5-20", "村书记轮训班", post=True)
    for on, which, hour in (
        ("5-18", "中", "12:10"),
        ("5-18", "晚", "18:10"),
        ("5-19", "早", "07:10"),
        ("5-19", "中", "12:10"),
    ):
        school.go_to(on, hour)
        meal(school, on, which, hour)
    school.go_to("5-19", "19:59")
    assert len(rows(school, MEALS)) == 4
    school.go_to("5-19", "20:00")
    [*_, dinner] = rows(school, MEALS)
    assert (dinner["meal"], dinner["state"]) == ("晚", "留样缺失")
    [line] = school.lines(MEALS, dinner.id)
    assert (line["rule"], line["severity"], line["detail"]) == (
        "ML-01",
        "一般",
        "2026-05-19晚餐尚无留样记录，请立即补留并说明。",
    )
    assert [v["rule"] for v in school.violations()] == ["ML-01"]
    school.go_to("5-19", "20:10")
    told = "【食品留样】5月19日晚餐尚无留样记录，请立即补留"
    assert told in "".join(school.letters(HEAD)) and told not in "".join(school.letters(LEADER))
    school.go_to("5-19", "22:10")
    assert told in "".join(school.letters(LEADER))


def test_v30_a_sample_that_was_kept_for_31_hours(opened: Open) -> None:
    """ML-02 严重."""
    school = opened("6-3")
    lunch = meal(school, "6-3", "中", "12:00")
    school.go_to("6-4", "19:00")
    row = school.change(HEAD, MEALS, lunch, disposed_at=moment("6-4", "19:00"), disposed_by=school.ids[CLERK])
    assert row["state"] == "提前销毁"
    [line] = school.lines(MEALS, lunch)
    assert (line["rule"], line["severity"]) == ("ML-02", "严重")
    assert line["detail"] == "2026-06-03中餐留样于2026-06-04 19:00销毁，保存仅31小时，不足48小时。"


def test_v30_a_sample_of_90_g(opened: Open) -> None:
    """ML-03 in the row; it leaves no line."""
    school = opened("6-3")
    dinner = meal(school, "6-3", "晚", "08:30", sample_min_g=Decimal(90))
    assert school.row(dinner, MEALS)["check_result"] == "拦截"
    assert school.told(MEALS, dinner) == "留样量90克，每个品种不得少于125克。"
    assert school.violations() == []


def test_samples_as_they_should_be(opened: Open) -> None:
    school = opened("6-3")
    lunch = meal(school, "6-3", "中", "12:00", food_cost=Decimal(840))
    row = school.row(lunch, MEALS)
    assert (row["state"], row["check_result"], row["cost_per_meal"]) == ("正常", "通过", Decimal(14))
    assert row["planned_n"] == 65
    school.go_to("6-5", "11:59")
    assert school.row(lunch, MEALS)["state"] == "正常"
    school.go_to("6-5", "12:00")
    assert school.row(lunch, MEALS)["state"] == "待销毁"
    row = school.change(HEAD, MEALS, lunch, disposed_at=moment("6-5", "12:00"), disposed_by=school.ids[CLERK])
    assert (row["state"], school.violations()) == ("正常", [])


# --- V33: the survey --------------------------------------------------------------------------------------------------

CONTENT: Mapping[str, Value] = dict.fromkeys(
    ("lodging", "catering", "hygiene", "service", "facility", "teaching_support"), "很满意"
)


def answers(school: School, course: int, tokens: list[str], unhappy: int = 0) -> list[int]:
    """Sheets as the form hands them in; so many of them found the meals 一般."""
    cells = [
        {
            **CONTENT,
            "training_class": course,
            "token": token,
            "submitted_at": school.clock.now + timedelta(seconds=n),
            "catering": "一般" if n < unhappy else "满意",
        }
        for n, token in enumerate(tokens)
    ]
    found = school.host.create(SHEETS, cells)
    school.turn(slow=True)
    school.settle()
    return found


def codes(course: int, n: int) -> list[str]:
    return [f"{course}-{i:03d}" for i in range(n)]


def test_v33_a_class_of_45_with_48_sheets_one_of_them_twice(opened: Open) -> None:
    """SV-03 voids the second sheet, SV-04 asks who passed the code on."""
    school, course = running(opened, "9-17", "9-17", "示例研讨班", actual_n=Decimal(45))
    sheets = answers(school, course, [*codes(course, 47), codes(course, 1)[0]])
    twice = school.row(sheets[-1], SHEETS)
    first = school.row(sheets[0], SHEETS)
    assert (twice["valid"], twice["invalid_reason"]) == (False, "答卷码重复")
    assert (
        twice["check_message"] == f"答卷码“{twice['token']}”在{first['code']}已经用过，本份重复，作废，不计入满意率。"
    )
    assert (first["valid"], first["invalid_reason"], first["check_result"]) == (True, None, "通过")
    assert school.row(course, CLASSES)["survey_n"] == 47
    [line] = school.violations()
    assert (line["rule"], line["severity"]) == ("SV-04", "一般")
    assert line["detail"] == "实到45人，收到48份，超过人数，请检查二维码是否外传。"
    assert line["person"] == school.ids[CLERK]


def test_v33_a_class_that_liked_its_meals_less(opened: Open) -> None:
    """SV-02 → one issue of whoever looked after the class; the class beside it, with 92 %, is left in peace."""
    school, good = running(opened, "9-17", "9-17", "餐饮偏低班", "餐饮正常班", n=25, actual_n=Decimal(25))
    [low] = [row.id for row in rows(school, CLASSES) if row.id != good]
    answers(school, low, codes(low, 25), unhappy=4)
    answers(school, good, codes(good, 25), unhappy=2)
    assert school.row(low, CLASSES)["sat_catering"] == Decimal(84)
    school.go_to("9-21", "23:00")  # the last day: Sunday 9/20 is worked
    assert school.violations() == [] and rows(school, ISSUES) == []
    school.go_to("9-22", "08:00")
    [line] = school.violations()
    assert (line["rule"], line["severity"], line["biz_code"]) == ("SV-02", "一般", school.row(low, CLASSES)["code"])
    assert line["detail"] == "餐饮偏低班餐饮满意率84%，低于基准91%（2014年）7个百分点。"
    [issue] = rows(school, ISSUES)
    assert (issue["kind"], issue["source"], issue["category"]) == ("投诉", "满意度", "餐饮")
    assert (issue["training_class"], issue["handler"]) == (low, school.ids[HEAD])
    assert issue["origin"] == school.row(low, CLASSES)["code"]
    school.go_to("9-23")
    assert len(rows(school, ISSUES)) == len(school.violations()) == 1


def test_nobody_polishes_a_sheet(opened: Open) -> None:
    """A sheet that was handed in stays as it is, also one that came by the host's own form."""
    school, course = running(opened, "9-17", "9-17", "示例研讨班", actual_n=Decimal(45))
    [bad] = answers(school, course, ["T-1"], unhappy=1)
    row = school.change(HEAD, SHEETS, bad, catering="很满意")
    assert row["catering"] == "一般"
    assert school.told(SHEETS, bad) == "“餐饮”由学员本人（交卷后不能再改）填写，周科长的修改已还原。"
    typed = school.file(CLERK, SHEETS, training_class=course, token="T-2", **CONTENT)
    row = school.row(typed, SHEETS)
    assert (row["token"], row["valid"], row["submitted_at"] is not None) == ("T-2", True, True)
    assert school.change(CLERK, SHEETS, typed, token="T-3")["token"] == "T-2"


# --- a class from the plan to the archive -----------------------------------------------------------------------------


def test_a_class_from_the_plan_to_the_archive(opened: Open) -> None:
    school = opened("9-4", post=True)
    course = planned(school, "示例研讨班", "9-14", "9-17", special_needs="清真2人")
    move(school, course, "筹备")
    assert rows(school, CHECKS) == []
    school.go_to("9-7", "08:40")
    checks = [row for row in rows(school, CHECKS) if row["training_class"] == course]
    assert len(checks) == 4 and school.row(course, CLASSES)["readiness"] == "未开始"
    assert "仍有4项未完成：" in "".join(school.letters(HEAD))
    row = school.change(CLERK, CLASSES, course, status="进行中")
    assert row["status"] == "筹备" and "不能开班" in str(row["check_message"])
    school.go_to("9-10")
    for check in checks:
        school.change(HEAD, CHECKS, check.id, done_on=school.today, result="正常")
    assert school.row(course, CLASSES)["readiness"] == "合格"
    school.go_to("9-14")
    move(school, course, "进行中")
    for n in range(4):
        school.go_to(f"9-{14 + n}", "12:10")
        meal(school, f"9-{14 + n}", "中", "12:00", classes=(course,))
        if n < 3:
            school.go_to(f"9-{14 + n}", "18:10")
            meal(school, f"9-{14 + n}", "晚", "18:00", classes=(course,))
            school.go_to(f"9-{15 + n}", "07:10")
            meal(school, f"9-{15 + n}", "早", "07:00", classes=(course,))
    move(school, course, "待结班", actual_n=Decimal(43))
    answers(school, course, codes(course, 43), unhappy=1)
    row = school.change(CLERK, CLASSES, course, status="已归档")
    assert str(row["check_message"]).startswith("满意度问卷2026-09-21截止，截止后才能归档。\n满意率只计很满意和满意；")
    school.go_to("9-22", "08:40")
    assert "餐饮满意率97.7%，超过历史最好91%（全校问卷，2014年）" in "".join(school.letters(TOP))
    move(school, course, "已归档")
    row = school.change(CLERK, CLASSES, course, actual_n=Decimal(45))
    assert row["actual_n"] == 43 and "已归档" in str(row["check_message"])
    assert [v["rule"] for v in school.violations()] == ["DG-03"]


def test_a_project_is_graded_by_others_and_then_put_away(opened: Open) -> None:
    """CL-06: five working days after its end the row says so; its own people neither grade nor accept it."""
    school, course = running(opened, "9-14", "9-17", "示例研讨班", actual_n=Decimal(43), is_project=False)
    team = (school.ids[CLERK], school.ids[HEAD])
    school.go_to("9-17", "18:00")
    move(school, course, "待结班", is_project=True, team=team)
    row = school.change(CLERK, CLASSES, course, status="已归档")
    assert "项目制班次须经考核验收：请先转入“待验收”，评定项目等次后归档。" in str(row["check_message"])
    move(school, course, "待验收")
    school.go_to("9-23")
    assert "项目“示例研讨班”结班已5个工作日，尚未考核验收。" in school.told(CLASSES, course)
    row = school.change(CLERK, CLASSES, course, project_grade="优秀")
    assert row["project_grade"] is None and "由考核组（部门负责人、组织人事、督查组或校领导）填写" in str(
        row["check_message"]
    )
    grade: dict[str, Value] = {"project_grade": "良好", "reward_note": "通报表扬项目组"}
    row = school.change(HEAD, CLASSES, course, **grade, status="已归档")
    assert "周科长是本项目的人，不能办理本项目验收，请由考核组验收后归档。" in str(row["check_message"])
    move(school, course, "已归档", who=OTHER_HEAD)


def test_only_a_leader_lets_a_class_begin_unprepared(opened: Open) -> None:
    school = opened("9-14")
    course = planned(school, "示例研讨班", "9-14", "9-17")
    move(school, course, "筹备")
    row = school.change(CLERK, CLASSES, course, ready_exception="同意开班")
    assert row["ready_exception"] is None
    assert "“例外开班意见”由分管领导或主要领导填写，王文员的修改已还原。" in str(row["check_message"])
    assert school.change(CLERK, CLASSES, course, status="进行中")["status"] == "筹备"
    school.change(LEADER, CLASSES, course, ready_exception="同意开班")
    move(school, course, "进行中")


def test_a_class_that_is_not_ready_is_a_line_in_the_ledger(opened: Open) -> None:
    """CL-03 on the working day before; 分管领导 is told by the reminder as well."""
    school = opened("9-10", post=True)
    course = planned(school, "示例研讨班", "9-14", "9-17")
    move(school, course, "筹备")
    assert school.violations() == []
    school.go_to("9-11", "08:40")
    [line] = school.violations()
    assert line["rule"] == "CL-03"
    assert line["detail"] == (
        "距开班1个工作日，开班准备仍有3项未完成：教室示例研讨班教室、客房（示例研讨班客房）、餐饮（45人）。"
    )
    assert "仍有3项未完成" in "".join(school.letters(LEADER))


def test_two_classes_in_one_room(opened: Open) -> None:
    school = opened("9-1")
    first = planned(school, "中青班", "9-14", "9-17")
    room = school.row(first, CLASSES)["classroom"]
    second = planned(school, "进修班", "9-17", "9-18", classroom=room, is_entrusted=False)
    assert "教室“中青班教室”2026-09-17已安排给“中青班”。" in school.told(CLASSES, second)
    assert school.told(CLASSES, first) == ""
    assert school.change(CLERK, CLASSES, second, status="筹备")["status"] == "计划"
    school.change(CLERK, CLASSES, first, status="取消")
    move(school, second, "筹备")
    assert school.told(CLASSES, second) == ""


def test_the_cost_of_a_class_follows_its_claims(opened: Open) -> None:
    school, course = running(opened, "9-14", "9-14", "示例研讨班", n=10, actual_n=Decimal(10))
    claim = school.claimed("办公费", "986", training_class=course)
    assert school.row(course, CLASSES)["cost_actual"] == 0
    school.paid(claim)
    row = school.row(course, CLASSES)
    assert (row["days"], row["cost_limit"], row["cost_actual"], row["cost_per_pd"]) == (1, 400, 986, Decimal("98.60"))
