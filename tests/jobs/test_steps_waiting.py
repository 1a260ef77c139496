"""N01 and the daily list, from rows to the words a person reads."""

from datetime import UTC, date, datetime
from decimal import Decimal

from automations.jobs import Facts, discover
from automations.notify.base import Message
from automations.notify.render import Messages, Part
from automations.people import Department, Directory, Person
from automations.reminders import addressed
from automations.rows import Rows
from automations.tables.base import Row
from automations.workdays import SCHOOL_TIME, Calendar

HANDLER, HEAD, ACCOUNTANT, LEADER, TOP, OFFICE = 1, 2, 3, 4, 5, 6
PEOPLE = Directory(
    [
        *(Person(i, n, department=10) for i, n in ((1, "经手"), (2, "科长"), (3, "会计"), (4, "分管"), (5, "主要"))),
        Person(OFFICE, "主任", department=11),
    ],
    [Department(10, "行政科", head=HEAD, leader=LEADER), Department(11, "办公室", head=OFFICE)],
)
LEVELS = ((1, "部门负责人", HEAD), (2, "会计", ACCOUNTANT), (3, "分管领导", LEADER), (4, "主要领导", TOP))
MONDAY = datetime(2026, 9, 14, 2, 0, tzinfo=UTC)  # 10:00 at the school


def at(day: int, clock: str = "08:40") -> datetime:
    return datetime.fromisoformat(f"2026-09-{day:02} {clock}").replace(tzinfo=SCHOOL_TIME)


def step(id: int, seq: int, level: str, assignee: int | None, **values) -> Row:
    return Row(
        id,
        {
            "biz_type": "支出单",
            "biz_code": "ZC-2026-0211",
            "round": Decimal(1),
            "seq": Decimal(seq),
            "level": level,
            "assignee": assignee,
            "amount_shown": Decimal("1260.00"),
            "summary": "会议室灯具维修",
            "decision": "待签",
            "valid": "待定",
            "signed_at": None,
            "created_at": MONDAY,
            **values,
        },
    )


def claim(signed: int = 0, first_id: int = 1, when: datetime = MONDAY, **values) -> list[Row]:
    """The four steps of one claim, the first ``signed`` of them signed."""
    done = {"decision": "同意", "valid": "有效", "signed_at": when}
    return [step(first_id + n, *level, **(done if n < signed else {}), **values) for n, level in enumerate(LEVELS)]


def run(rows: list[Row], now: datetime, job: str = "steps_waiting", **tables: list[Row]):
    content = {name: Rows(name, tables.get(name, [])) for name in ("tasks", "issues", "violations")}
    content["sign_steps"] = Rows("sign_steps", rows)
    return list(discover()[job].run(content, Facts(now, Calendar(), PEOPLE)))


def told(notices) -> list[tuple[int, str, str]]:
    return [(o.person, *o.key.split("|")[1:3]) for o in addressed(notices, PEOPLE, lambda p: ("memory",)).outgoing]


def message(person: int, notices) -> Message:
    found = addressed(notices, PEOPLE, lambda p: ("memory",)).outgoing
    parts = [Part(n, o.template, o.data) for n, o in enumerate(found) if o.person == person]
    composed = Messages().compose(PEOPLE.name(person), parts)
    assert not composed.broken
    return composed.message


def test_only_the_current_step_is_told_of():
    assert told(run(claim(), at(14, "15:10"))) == [(HEAD, "sign_steps/1", "signer-0")]
    assert told(run(claim(signed=2), at(14, "15:10"))) == [(LEADER, "sign_steps/3", "signer-0")]
    assert told(run(claim(signed=4), at(14, "15:10"))) == []


def test_the_steps_are_taken_by_their_number_not_by_their_row():
    assert told(run(list(reversed(claim(signed=1))), at(14, "15:10"))) == [(ACCOUNTANT, "sign_steps/2", "signer-0")]


def test_it_escalates_by_working_days():
    by_day = {day: told(run(claim(), at(day))) for day in (15, 16, 17, 18, 20, 22)}
    signer, office, up = (HEAD, "signer-0"), (OFFICE, "office-3"), (ACCOUNTANT, "upward-5")
    assert {day: [(p, s) for p, _, s in found] for day, found in by_day.items()} == {
        15: [signer],
        16: [(HEAD, "signer-2")],
        17: [(HEAD, "signer-2"), office],
        18: [(HEAD, "signer-2"), office],
        20: [(HEAD, "signer-2"), office, up],  # the make-up Sunday is the fifth working day
        22: [(HEAD, "signer-2"), office, up],
    }


def test_the_clock_of_a_step_starts_when_the_one_before_was_signed():
    rows = claim(signed=1, when=datetime(2026, 9, 17, 1, 0, tzinfo=UTC))
    assert told(run(rows, at(18))) == [(ACCOUNTANT, "sign_steps/2", "signer-0")]
    assert [s for _, _, s in told(run(rows, at(20)))] == ["signer-2"]  # a make-up Sunday


def test_the_last_level_has_nobody_above_and_goes_to_the_office():
    found = told(run(claim(signed=3), at(20)))
    assert found == [
        (TOP, "sign_steps/4", "signer-2"),
        (OFFICE, "sign_steps/4", "office-3"),
        (OFFICE, "sign_steps/4", "upward-5"),
    ]


def test_a_refused_signature_leaves_its_step_waiting():
    rows = claim()
    rows[0].values["valid"] = "无效-非本人"
    assert told(run(rows, at(14, "15:10"))) == [(HEAD, "sign_steps/1", "signer-0")]


def test_what_was_returned_refused_or_voided_waits_for_nobody():
    for decision, valid in (("退回", "有效"), ("不同意", "有效"), ("待签", "作废-改单"), ("待签", "作废-退回")):
        rows = claim()
        rows[0].values.update(decision=decision, valid=valid)
        assert run(rows, at(20)) == [], (decision, valid)


def test_the_next_round_is_another_matter():
    voided = claim(valid="作废-退回")
    again = claim(first_id=11, round=Decimal(2))
    assert told(run(voided + again, at(14, "15:10"))) == [(HEAD, "sign_steps/11", "signer-0")]


def test_a_step_without_a_signer_goes_to_the_office():
    rows = claim()
    rows[0].values["assignee"] = None
    assert told(run(rows, at(14, "15:10"))) == [(OFFICE, "sign_steps/1", "signer-0")]


def test_a_row_begun_by_hand_is_no_step():
    for empty in ("seq", "biz_code"):
        rows = [step(1, 1, "会计", HEAD)]
        rows[0].values[empty] = None
        assert run(rows, at(20)) == []


def test_a_worker_that_slept_tells_each_once_late():
    keys = {n.key for n in run(claim(), at(22))}
    assert len(keys) == 3 and keys == {n.key for n in run(claim(), at(23))}


def test_the_words():
    second = claim(first_id=11, biz_code="ZC-2026-0214", amount_shown=Decimal("3000.00"), summary="村书记班讲课费")
    got = message(HEAD, run(claim() + second, at(16)))
    assert got.subject == "【待签】您有2笔待签"
    assert "您有2笔待签（合计4,260元），最久已等2个工作日。" in got.text
    assert "1.ZC-2026-0211 会议室灯具维修 1,260元（已等2个工作日）" in got.text
    assert "2.ZC-2026-0214 村书记班讲课费 3,000元" in got.wecom
    assert "您有2笔待签（合计4,260元）" in got.html and "村书记班讲课费" in got.html
    office = message(OFFICE, run(claim(), at(17)))
    assert office.subject == "【待签超时】有1笔签批超时"
    assert "科长有1笔待签（合计1,260元），最久已等3个工作日。" in office.text and "不会代签" in office.text


def test_an_estimated_calendar_is_said():
    rows = claim()
    for row in rows:
        row.values["created_at"] = datetime(2090, 1, 3, 2, 0, tzinfo=UTC)
    now = datetime(2090, 1, 5, 8, 40, tzinfo=SCHOOL_TIME)
    assert "最久已等2个工作日估计(未见国办通知)。" in message(HEAD, run(rows, now)).text


# --- 日清单 -----------------------------------------------------------------------------------------------------------


def task(id: int, title: str, due: date, status: str = "进行中") -> Row:
    return Row(id, {"person": HEAD, "due": due, "title": title, "status": status})


def issue(id: int, due_at: datetime) -> Row:
    values = {
        "handler": HEAD,
        "due_at": due_at,
        "kind": "整改",
        "description": "后厨排烟罩清洗\n很油",
        "status": "处理中",
    }
    return Row(id, values)


def violation(id: int, due_on: date) -> Row:
    return Row(id, {"person": HEAD, "due_on": due_on, "title": "改单重签", "status": "待说明"})


def test_the_daily_list():
    tasks = [
        task(1, "年度目标", date(2026, 9, 24)),
        task(2, "月计划", date(2026, 9, 22)),
        task(3, "以后", date(2026, 9, 28)),
        task(4, "办完", date(2026, 9, 1), "已考核"),
    ]
    notices = run(
        claim(),
        at(24),
        "daily_list",
        tasks=tasks,
        issues=[issue(1, at(21, "18:00"))],
        violations=[violation(1, date(2026, 9, 24))],
    )
    [notice] = notices
    assert told(notices) == [(HEAD, f"people/{HEAD}", "list")]
    assert notice.deadline == date(2026, 9, 24)
    lines = message(HEAD, notices).text.split("\n\n")[1].split("\n")
    assert lines == [
        "【待签】您有1笔待签（合计1,260元），最久已等9个工作日。",
        "【超期】整改“后厨排烟罩清洗”应于9月21日完成，已超期3个工作日，请今天处理并上传完工照片；仍未完成将报主要领导。",
        "【超期】任务“月计划”应于9月22日完成，已超期2个工作日，请今天处理。",
        "【今天到期】任务“年度目标”应于今天完成。",
        "【今天到期】预警“改单重签”的情况说明应于今天完成。",
    ]


def test_nobody_gets_an_empty_list():
    assert run(claim(signed=4), at(24), "daily_list", tasks=[task(1, "以后", date(2026, 9, 28))]) == []


def test_a_list_is_at_most_eight_lines():
    tasks = [task(n, f"第{n}项", date(2026, 9, 1)) for n in range(1, 13)]
    text = message(HEAD, run([], at(24), "daily_list", tasks=tasks)).text
    assert text.count("【超期】") == 7 and "…等12项" in text


def test_a_step_is_not_told_twice_in_one_message():
    both = run(claim(), at(16)) + run(claim(), at(16), "daily_list")
    got = message(HEAD, both)
    assert got.text.count("您有1笔待签") == 1 and got.subject == "【待签】您有1笔待签"
