"""The planted violation of domain.md E6 that is about people, V34, and a year of posts, goals and learning.

V37 (one person keeps the books and the cash) is told in ``tests/rules/test_duties``.
"""

from datetime import date
from decimal import Decimal

from automations.tables.values import Value
from tests.scenarios.conftest import Open
from tests.scenarios.premises import CLERK, HEAD, OTHER_HEAD, day
from tests.scenarios.school import School

DOCUMENTS, TASKS, PEOPLE, POSTS, RECORDS = "documents", "tasks", "people", "posts", "learning_records"
FIRST, SECOND, THIRD = CLERK, "李会计", "钱出纳"
"""Three of the service staff of this school, best first."""


def goal(school: School, who: str, by: str, weight: int = 100, **cells: Value) -> int:
    """A goal of the year, set and under way; ``by`` sets it."""
    filled: dict[str, Value] = {
        "kind": "岗位目标",
        "title": f"{who}的年度目标",
        "person": school.ids[who],
        "department": school.ids["行政科"],
        "year": Decimal(2026),
        "weight": Decimal(weight),
        "standard": "按岗位责任书",
        "due": date(2026, 12, 31),
    }
    task = school.file(by, TASKS, **{**filled, **cells})
    school.under_signature(TASKS, task, by)
    assert school.agree(TASKS, task)["status"] == "已下达"
    assert school.change(who, TASKS, task, status="进行中")["status"] == "进行中"
    return task


def scored(school: School, task: int, who: str, by: str, score: int) -> None:
    """Handed in by ``who``, scored by ``by``."""
    row = school.change(who, TASKS, task, evidence="见台账", self_score=Decimal(100), status="待考核")
    assert row["status"] == "待考核", row["check_message"]
    school.change(by, TASKS, task, review_score=Decimal(score))
    row = school.change(by, TASKS, task, status="已考核")
    assert (row["status"], row["final_score"]) == ("已考核", Decimal(score)), row["check_message"]


def staff_of_logistics(school: School) -> None:
    for name in (FIRST, SECOND, THIRD):
        school.change(HEAD, PEOPLE, school.ids[name], is_logistics=True)
    school.change(HEAD, PEOPLE, school.ids[HEAD], is_logistics=True, is_log_manager=True)


def award(school: School, *winners: str) -> int:
    cells: dict[str, Value] = {
        "title": "关于表彰2026年度优质服务奖的决定",
        "kind": "表彰决定",
        "secrecy": "公开",
        "owner_dept": school.ids["行政科"],
        "file": school.paper("决定.docx"),
        "meeting_no": "校委会纪要〔2026〕30号",
        "award": "优质服务奖",
        "winners": tuple(sorted(school.ids[name] for name in winners)),
    }
    return school.file(CLERK, DOCUMENTS, **cells)


def test_v34_three_winners_one_a_manager(opened: Open) -> None:
    """AW-01, both messages; with two of the best service staff the decision is signed."""
    school = opened("11-30")
    staff_of_logistics(school)
    tasks = {name: goal(school, name, HEAD) for name in (FIRST, SECOND, THIRD)}
    school.go_to("12-15")
    for name, score in ((FIRST, 96), (SECOND, 92), (THIRD, 80)):
        scored(school, tasks[name], name, HEAD, score)
    assert school.row(school.ids[FIRST], PEOPLE)["goal_score"] == Decimal(96)

    paper = award(school, FIRST, SECOND, HEAD)
    row = school.ask(DOCUMENTS, paper)
    assert (row["status"], row["check_result"]) == ("草拟", "拦截")
    assert str(row["check_message"]).split("\n") == [
        "“优质服务奖”应评选2名，当前选了3名。",
        "“周科长”不是行政后勤工作人员，不能参评“优质服务奖”。",
    ]
    assert school.steps_of(DOCUMENTS, paper) == []

    good = tuple(sorted((school.ids[FIRST], school.ids[SECOND])))
    school.change(CLERK, DOCUMENTS, paper, winners=good)
    school.under_signature(DOCUMENTS, paper)
    row = school.agree(DOCUMENTS, paper)
    assert (row["status"], row["check_result"]) == ("现行有效", "通过")
    assert "AW-01" not in school.spoke(DOCUMENTS, paper)


def test_whoever_did_not_come_first_wins_with_a_reason(opened: Open) -> None:
    school = opened("11-30", norms={"award.candidates": "1"})
    staff_of_logistics(school)
    tasks = {name: goal(school, name, HEAD) for name in (FIRST, SECOND, THIRD)}
    school.go_to("12-15")
    for name, score in ((FIRST, 96), (SECOND, 92), (THIRD, 80)):
        scored(school, tasks[name], name, HEAD, score)
    paper = award(school, FIRST, THIRD)
    words = "“钱出纳”岗位目标考核得分80，未进入前2名候选范围，请附说明。"
    assert school.ask(DOCUMENTS, paper)["check_message"] == words
    school.change(CLERK, DOCUMENTS, paper, file=school.paper("决定.docx", "评选说明.docx"))
    school.under_signature(DOCUMENTS, paper)


def test_goals_weigh_a_hundred_and_nobody_scores_himself(opened: Open) -> None:
    """TK-01, TK-02, the window of December, the reviewers."""
    school = opened("9-1")
    cells: dict[str, Value] = {"kind": "岗位目标", "department": school.ids["行政科"], "year": Decimal(2026)}
    cells |= {"person": school.ids[CLERK], "standard": "95%以上", "due": day("11-30"), "title": "报修按时率"}
    one = school.file(HEAD, TASKS, **cells, weight=Decimal(70))
    words = "王文员2026年岗位目标权重合计70%，应为100%。"
    assert school.ask(TASKS, one, HEAD)["check_message"] == words
    two = school.file(HEAD, TASKS, **{**cells, "title": "台账完整"}, weight=Decimal(30))
    for task in (one, two):
        school.under_signature(TASKS, task, HEAD)
        school.agree(TASKS, task)
        school.change(CLERK, TASKS, task, status="进行中")

    school.go_to("12-2")
    assert school.told(TASKS, one) == "任务“报修按时率”已超期2个工作日。"
    row = school.change(CLERK, TASKS, one, status="待考核")
    assert (row["status"], row["check_message"]) == (
        "进行中",
        "请填写“佐证说明”或上传“佐证材料”。\n任务“报修按时率”已超期2个工作日。",
    )
    row = school.change(CLERK, TASKS, one, evidence="见台账", review_score=Decimal(100), status="待考核")
    assert (row["status"], row["review_score"]) == ("待考核", None), "his own score is put back"
    assert "王文员的修改已还原。" in str(row["check_message"])
    row = school.change(HEAD, TASKS, one, status="已考核")
    assert (row["status"], row["check_message"]) == ("待考核", "请填写“考核评分”。")
    school.change(HEAD, TASKS, one, review_score=Decimal(90))
    row = school.change(CLERK, TASKS, one, status="已考核")
    assert (row["status"], row["final_score"]) == ("待考核", None)
    assert str(row["check_message"]).split("\n")[0] == "不能给自己的目标评分。"
    row = school.change(HEAD, TASKS, one, status="已考核")
    assert (row["status"], row["final_score"]) == ("已考核", Decimal(90))
    assert school.row(school.ids[CLERK], PEOPLE)["goal_score"] == Decimal(90)
    assert school.change(HEAD, TASKS, one, status="已归档")["status"] == "已归档"


def test_a_week_of_learning(opened: Open) -> None:
    """所属期, 计入, 学习完成率; what is handed in twice, and what is a copy."""
    school = opened("9-18")
    me = school.ids[CLERK]
    school.change(HEAD, PEOPLE, me, employment_type="编外聘用", contract_from=day("9-7"), contract_to=day("2027-9-6"))
    assert school.row(me, PEOPLE)["learn_rate"] == Decimal(0)
    cells: dict[str, Value] = {"person": me, "kind": "每天一学", "topic": "理论", "title": "学习条例"}
    first = school.file(CLERK, RECORDS, **cells, date=day("9-11"), days=Decimal(4))
    row = school.row(first, RECORDS)
    assert (row["period"], row["counted"], row["check_result"]) == ("2026-W37", True, "通过")
    assert school.row(me, PEOPLE)["learn_rate"] == Decimal(40)  # 4 of 5 days, no text
    again = school.file(CLERK, RECORDS, **cells, date=day("9-12"), days=Decimal(5))
    row = school.row(again, RECORDS)
    assert (row["counted"], row["check_result"]) == (False, "提示")
    number = school.row(first, RECORDS)["code"]
    assert row["check_message"] == f"2026-W37的“每天一学”已有{number}，本条不计入。"
    school.change(HEAD, RECORDS, first, review="退回")
    assert (school.row(first, RECORDS)["counted"], school.row(again, RECORDS)["counted"]) == (False, True)

    text = {**cells, "kind": "每周一写", "topic": "写作", "title": "后勤服务的精细化", "words": Decimal(420)}
    school.file(CLERK, RECORDS, **text, date=day("9-10"))
    assert school.row(me, PEOPLE)["learn_rate"] == Decimal(100)
    copy = school.file(CLERK, RECORDS, **text, date=day("9-18"))
    assert school.told(RECORDS, copy) == "与2026-09-10“后勤服务的精细化”内容重复率高，请重新撰写。"
    school.go_to("9-24")  # a Thursday: the week of the 14th is due
    assert school.row(me, PEOPLE)["learn_rate"] == Decimal("72.7")  # 5 of 11 days, both texts


def test_posts_without_a_paper_come_into_the_ledger_in_april(opened: Open) -> None:
    school = opened("3-30")
    cells: dict[str, Value] = {"department": school.ids["行政科"], "kind": "行政后勤服务", "duties": "校园设施维修。"}
    post = school.file(HEAD, POSTS, name="维修工", headcount=Decimal(1), **cells)
    other = school.file(HEAD, POSTS, name="文员", headcount=Decimal(1), superior=post, **cells)
    for name, held in ((CLERK, post), (OTHER_HEAD, other)):
        school.change(HEAD, PEOPLE, school.ids[name], post=held)
    school.change(HEAD, POSTS, other, duty_paper=school.paper("2026年文员岗位责任书.pdf"))
    school.change(HEAD, POSTS, post, superior=post)
    school.go_to("3-31")
    assert school.ledger(POSTS, post) == []
    school.go_to("4-1")
    [line] = school.lines(POSTS, post)
    assert (line["rule"], line["severity"]) == ("责任书", "提示")
    assert line["detail"] == "岗位“维修工”尚无2026年岗位责任书（应于2026-03-31前签订）。"
    assert school.ledger(POSTS, other) == []


def test_a_place_knows_which_class_is_in_it(opened: Open) -> None:
    school = opened("9-13")
    room = school.file(HEAD, "locations", name="201教室", kind="教室", department=school.ids["行政科"], usable="可用")
    assert school.told("locations", room) == "请填写：“责任人”。"
    school.change(HEAD, "locations", room, duty_person=school.ids[CLERK], key_point=True)
    assert school.told("locations", room) == "重点部位“201教室”没有现行有效的制度覆盖，请责任部门补建。"
    course = school.course("村书记班", "9-14", "9-16", classroom=room)
    assert school.row(room, "locations")["today_class"] is None
    school.go_to("9-14")
    assert school.row(room, "locations")["today_class"] == course
    school.go_to("9-17")
    assert school.row(room, "locations")["today_class"] is None
