"""三级签字 and what was caught, each figure against a small world."""

from datetime import date
from decimal import Decimal
from typing import Any

from automations.journal import Journal
from automations.measures import Period, Records, caught, levels, signing, turns
from automations.measures.stops import Stop, stops_of
from tests.measures.world import at, records

SEPTEMBER = Period.month(2026, 9)
LEVELS = ("部门负责人", "会计", "分管领导", "主要领导")
PEOPLE = [
    {"name": "经办", "account": "a@x", "rank": "一般"},
    {"name": "赵校长", "account": "zhao@x", "rank": "主要领导"},
    {"name": "孙后勤", "account": "sun@x", "rank": "班子成员"},
    {"name": "钱教学", "account": "qian@x", "rank": "班子成员"},
]


def chain(code: str, opened: str, *signed: str | None, round: int = 1, **of_all: Any) -> list[dict[str, Any]]:
    """A round of a claim: the moments at which its levels signed; None for one that did not."""
    return [
        {
            "biz_type": "支出单",
            "biz_code": code,
            "round": round,
            "seq": n,
            "level": LEVELS[n - 1],
            "nature": "签字",
            "created_at": at(opened),
            "signed_at": at(moment) if moment else None,
            "decision": "同意" if moment else "待签",
            "valid": "有效" if moment else ("待定" if n == 1 or signed[n - 2] else None),
            "amount_shown": 100,
            **of_all,
        }
        for n, moment in enumerate(signed, 1)
    ]


def line(rule: str, code: str, found: str = "2026-09-10", **cells: Any) -> dict[str, Any]:
    return {"biz_type": "支出单", "rule": rule, "biz_code": code, "found_at": at(found), "severity": "一般", **cells}


def world(**tables: Any) -> Records:
    return records("2026-10-09 08:40", people=PEOPLE, **tables)


def test_a_decision_counts_when_it_was_given_even_if_it_fell_later() -> None:
    steps = [
        *chain("ZC-1", "2026-09-01", "2026-09-01", "2026-09-02", "2026-09-03", "2026-09-03"),
        *chain("ZC-2", "2026-09-28", "2026-09-29", "2026-10-08"),
        *chain("ZC-3", "2026-08-31", "2026-09-01", "2026-09-01", valid="作废-改单"),
        *chain("SQ-1", "2026-09-01", "2026-09-01", biz_type="事前审批"),
        *[{**s, "level": "知悉"} for s in chain("ZC-1", "2026-09-05", "2026-09-05", round=0)],
    ]
    alarms = [line("SG-01", "ZC-1"), line("SG-02", "ZC-2"), line("SG-02", "ZC-9", "2026-10-01"), line("SG-04", "ZC-1"),
              line("SG-02", "SQ-1", biz_type="事前审批")]  # fmt: skip
    r = world(sign_steps=steps, violations=alarms)
    assert signing.steps_in_order(r, SEPTEMBER).value == 4 + 1 + 2
    assert signing.steps(r, SEPTEMBER).value == 7 + 3
    assert signing.in_order_rate(r, SEPTEMBER).value == 70
    assert signing.not_own(r, SEPTEMBER).codes == ("violations-1",)
    assert signing.out_of_order(r, SEPTEMBER).codes == ("violations-2",)
    assert signing.out_of_order_rate(r, SEPTEMBER).value == 10
    assert signing.refused_otherwise(r, SEPTEMBER).value == 1
    assert signing.steps(r, Period.month(2026, 7)).value is None


def test_time_runs_in_working_days_from_the_submission_that_was_approved() -> None:
    steps = [
        *chain("ZC-1", "2026-09-01", "2026-09-02", valid="作废-退回", decision="退回"),
        *chain("ZC-1", "2026-09-10", "2026-09-11", "2026-09-14", round=2),  # Friday to Monday is one
        *chain("ZC-2", "2026-09-18", "2026-09-18 16:00"),
        *chain("ZC-3", "2026-08-03", None),
    ]
    claims = [
        {"code": "ZC-1", "status": "已归档", "approved_at": at("2026-09-14")},
        {"code": "ZC-2", "status": "已批准", "approved_at": at("2026-09-21")},  # 20 September is a working Sunday
        {"code": "ZC-3", "status": "作废", "approved_at": at("2026-09-14")},
    ]
    r = world(sign_steps=steps, expense_claims=claims)
    assert signing.mean_days(r, SEPTEMBER).value == Decimal(2 + 2) / 2
    assert signing.mean_days(r, Period.month(2026, 8)).value is None
    by = {one.level: one for one in levels.by_level(r, SEPTEMBER)}
    assert list(by) == ["部门负责人", "会计"]
    first = by["部门负责人"]
    assert (first.steps.value, first.mean.value, first.returned.value) == (3, Decimal(2) / 3, 1)
    assert by["会计"].longest.value == 1 and by["会计"].longest.codes == ("sign_steps-3",)
    assert signing.returned(r, SEPTEMBER).value == 1
    assert signing.resigned(r, SEPTEMBER).codes == ("sign_steps-2",)


def test_a_delegate_signs_for_another_a_substitute_does_not() -> None:
    steps = [
        {**chain("ZC-1", "2026-09-01", "2026-09-02")[0], "claim": 1, "on_behalf_of": 2, "assignee": 3, "id": 1},
        {**chain("ZC-2", "2026-09-01", "2026-09-02")[0], "claim": 2, "on_behalf_of": 2, "assignee": 3, "id": 2},
        {**chain("ZC-3", "2026-09-01", "2026-09-02")[0], "claim": 3, "on_behalf_of": 4, "assignee": 3, "id": 3},
        {**chain("ZC-3", "2026-09-01", None, "2026-09-02")[1], "claim": 3, "assignee": 4, "id": 4},
    ]
    claims = [{"code": "ZC-1", "handler": 1}, {"code": "ZC-2", "handler": 2}, {"code": "ZC-3", "handler": 1}]
    r = world(sign_steps=steps, expense_claims=claims)
    assert signing.delegated(r, SEPTEMBER).codes == ("sign_steps-1",)  # 2: his own money; 3: he signed another level
    assert signing.delegated_sum(r, SEPTEMBER).value == 100


def test_urgent_work_is_signed_in_time_late_or_still_waits() -> None:
    rows = [
        {"urgent": True, "verbal_at": at("2026-09-03"), "approved_at": at("2026-09-04"), "status": "已核销"},
        {"urgent": True, "verbal_at": at("2026-09-03"), "approved_at": at("2026-09-14"), "status": "已核销"},
        {"urgent": True, "verbal_at": at("2026-09-29"), "status": "待签"},
        {"urgent": True, "verbal_at": at("2026-09-29"), "status": "作废"},
        {"urgent": False, "verbal_at": at("2026-09-29"), "status": "待签"},
    ]
    found = signing.urgent(world(requests=rows, violations=[line("SG-07", "requests-2")]), SEPTEMBER)
    assert (found.all.value, found.in_time.codes, found.late.codes) == (3, ("requests-1",), ("requests-2",))


def test_what_waits_is_the_step_whose_turn_it_is() -> None:
    steps = [
        *chain("ZC-1", "2026-09-30", "2026-09-30", None, None, assignee=3),
        *chain("ZC-2", "2026-10-08", None, None, assignee=2, amount_shown=40),
        {**chain("ZC-3", "2026-09-01", "2026-09-02", assignee=3)[0], "decision": "退回"},
        chain("ZC-3", "2026-09-01", "2026-09-02", None, assignee=3)[1],
        *chain("SQ-1", "2026-10-09 08:00", None, assignee=3, biz_type="事前审批"),
        {**chain("SQ-1", "2026-09-01", None, round=0)[0], "level": "知悉"},
        {**chain("ZC-5", "2026-09-01", None)[0], "valid": "作废-改单"},
    ]
    r = world(sign_steps=steps)
    all_, own = signing.waiting(r), signing.waiting(r, 3)
    assert (all_.n.value, all_.amount.value, all_.longest.value) == (3, 240, 2)  # over the holiday: 8 and 9 October
    assert all_.longest.codes == ("sign_steps-2",)
    assert (own.n.value, own.amount.value) == (2, 200)
    assert signing.waiting(r, 99).n.value == 0 and signing.waiting(r, 99).longest.value is None
    assert [s.code for s in turns.current_steps(r["sign_steps"])] == ["sign_steps-2", "sign_steps-4", "sign_steps-8"]


def test_a_leaders_own_spending_names_who_signed_last() -> None:
    steps = [*chain("ZC-1", "2026-09-01", "2026-09-02", "2026-09-03", assignee=3)]
    claims = [
        {"code": "ZC-1", "title": "出差", "payee": 2, "handler": 2, "amount": 900, "audited_amount": 800},
        {"code": "ZC-2", "title": "出差", "payee": 3, "handler": 3, "amount": 700},
        {"code": "ZC-3", "title": "出差", "payee": 2, "handler": 1, "amount": 50, "approved_at": at("2026-08-31")},
        {"code": "ZC-4", "title": "讲课", "payee": 2, "handler": 1, "amount": 60, "approved_at": at("2026-09-04")},
    ]
    claims = [{"status": "已归档", "approved_at": at("2026-09-03"), **c} for c in claims]
    r = world(sign_steps=steps, expense_claims=claims)
    own, other = signing.leaders_own(r, SEPTEMBER)
    assert (own.code, own.name, own.amount, own.approved_on, own.signer) == (
        *("ZC-1", "赵校长", 800, date(2026, 9, 3), "孙后勤"),
    )
    assert (other.code, other.signer) == ("ZC-4", "")
    assert signing.leaders_own_sum(r, SEPTEMBER).value == 860


# （五）拦截 -----------------------------------------------------------------------------------------------------------

ALARMS = [
    line("SG-01", "ZC-1", severity="严重", amount=986, status="待说明", due_on=date(2026, 9, 11)),
    line("SG-02", "ZC-2", status="已关闭", handling="已批评教育"),
    line("DG-02", "ZC-3", severity="严重", amount=9_860, status="已关闭", handling="已追回"),
    line("IN-03", "ZC-4", severity="严重", amount=3_600, status="待核实"),
    line("CT-05", "ZC-5", amount=1_800, status="误报"),
    line("CT-05", "ZC-5", amount=1_800, status="待说明", due_on=date(2026, 10, 9)),
    line("IN-02", "SR-1", biz_type="收入缴库", status="待说明", due_on=date(2026, 10, 9)),
    line("EN-01", "CB-1", biz_type="抄表记录", severity="提示"),
    line("SG-01", "ZC-8", "2026-10-01 00:10"),
]
CLAIMS = [
    {"code": "ZC-6", "amount": 4_790, "created_at": at("2026-09-12")},
    {"code": "ZC-4", "amount": 3_600, "created_at": at("2026-09-12")},
]


def stop(code: str, *rules: str, day: str = "2026-09-12", table: str = "expense_claims") -> Stop:
    return Stop(at(day), table, code, rules)


STOPS = (
    stop("ZC-6", "IV-02", day="2026-09-11"),  # the graver reason counts
    stop("ZC-6", "PR-03b", "PR-03a"),
    stop("ZC-6", "PR-03a"),  # tried again: still one
    stop("SQ-1", "RC-05", "RC-04", "RC-02", table="requests"),
    stop("ZC-4", "EX-09"),  # stands in the ledger
    stop("ZC-7", "必填"),
    stop("ZC-9", "IV-02", day="2026-10-02"),
)


def test_caught_is_counted_by_row_and_kind_in_a_leaders_words() -> None:
    base = world(violations=ALARMS, expense_claims=CLAIMS)
    r = Records.of(base.tables, base.as_of, base.calendar, STOPS)
    found = caught.caught(r, SEPTEMBER)
    assert str(found) == "非本人签批1、错序签批1、改单重签1、疑似拆分1、超标接待1、疑似坐支1、拖欠中小企业1"
    assert found.n.value == 7
    by_name = {kind.name: kind for kind in found.kinds}
    assert (by_name["疑似拆分"].amount.value, by_name["疑似拆分"].gravity) == (4_790, "拦截")
    assert (by_name["拖欠中小企业"].amount.value, by_name["改单重签"].gravity) == (1_800, "严重")
    assert str(caught.caught(base, SEPTEMBER)).endswith("拖欠中小企业1")  # without the journal only the ledger
    assert str(caught.caught(base, Period.month(2026, 11))) == "无"


def test_what_came_of_it_by_gravity() -> None:
    r = world(violations=ALARMS, expense_claims=CLAIMS)
    grave, plain, hint = caught.outcomes(r, SEPTEMBER)
    assert [one.name for one in (grave, plain, hint)] == ["严重", "一般", "提示"]
    assert [m.value for m in (grave.n, grave.explaining, grave.checking, grave.closed, grave.overdue)] == [
        3,
        1,
        1,
        1,
        1,
    ]
    assert (grave.amount.value, grave.recovered.value) == (986 + 9_860 + 3_600, 9_860)
    assert [m.value for m in (plain.n, plain.explaining, plain.closed, plain.mistaken, plain.overdue)] == [
        4,
        2,
        1,
        1,
        0,
    ]
    assert caught.recovered(r, SEPTEMBER).value == 9_860


def test_what_came_of_it_by_department() -> None:
    departments = [{"name": "行政科"}, {"name": "财务科"}]
    people = [{**PEOPLE[0], "department": 2}, *PEOPLE[1:]]
    lines = [
        line("SG-01", "ZC-1", department=1, person=1, status="已关闭", handling="已追回", amount=100),
        line("SG-01", "ZC-2", person=1, amount=7),
        line("SG-01", "ZC-3", person=1),
        line("SG-01", "ZC-4"),
        line("SG-01", "ZC-5", "2026-10-02", person=1),
    ]
    r = records("2026-10-09 08:40", people=people, departments=departments, violations=lines)
    found = [
        (one.name, one.n.value, one.amount.value, one.recovered.value) for one in caught.by_department(r, SEPTEMBER)
    ]
    assert found == [("财务科", 2, 7, 0), ("行政科", 1, 100, 100), ("未明确", 1, 0, 0)]


def test_stops_are_read_from_the_journal(tmp_path: Any) -> None:
    journal = Journal(f"sqlite:///{tmp_path}/journal.db")
    with journal.write(now=at("2026-09-12")) as tx:
        tx.append("blocked", "expense_claims/ZC-6", {"rules": ["PR-03a"], "message": "…"}, at("2026-09-12"))
        tx.append("signed", "expense_claims/ZC-6", {"step": "QP-1"}, at("2026-09-12"))
        tx.append("blocked", "requests/SQ-1", {"rules": ["RC-04"]}, at("2026-09-20"))
    assert stops_of(journal, at("2026-09-15")) == (stop("ZC-6", "PR-03a"),)
    assert [s.table for s in stops_of(journal, at("2026-09-30"))] == ["expense_claims", "requests"]
    journal.close()
