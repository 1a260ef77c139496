"""N08 to N10, N13, N36: which rows are told of, and how each letter reads; the days are in the diaries."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from automations.notify.render import Messages, Part
from automations.people import Department, Directory, Person
from automations.reminders import Notice
from tests.jobs.diaries_money import ALERT, COURSE, INCOME, LINE, PURCHASE, SIGNED
from tests.jobs.diary import (
    CLERK,
    HEAD,
    LEADER,
    LOGISTICS,
    OF_FINANCE,
    TEACHING,
    TOP,
    Cells,
    Tables,
    at,
    on,
    run,
    words,
)


def told(job: str, now: datetime, tables: Tables, **more: Any) -> list[tuple[str, list[Any]]]:
    return [(notice.stage, list(notice.to)) for notice in run(job, now, {**tables, **more})]


def letters(job: str, now: datetime, tables: Tables, me: str = "王文员") -> list[str]:
    return [words(notice, me) for notice in run(job, now, tables)]


# --- N08, N09 ---------------------------------------------------------------------------------------------------------


def test_n08_which_incomes() -> None:
    def said(now: str = "10-9", **cells: Any) -> list[tuple[str, list[Any]]]:
        return told("income_unremitted", at(now), {"income": [{**INCOME, "due_on": on("9-29"), **cells}]})

    everybody = [("late-0", ["出纳"]), ("late-2", [OF_FINANCE]), ("late-3", ["主要领导"])]
    assert said() == everybody, "a worker that slept tells all of them, late"
    assert said(remitted=3600, remitted_on=on("9-29")) == said(status="应收") == said(status="退款") == []
    assert said(status="已缴库", remitted=3000, remitted_on=on("9-29")) == everybody
    assert said(remitted=3600) == everybody, "a sum without its day is not with the treasury"
    assert said(due_on=None) == said(received=None) == []
    saturday = {"received_on": on("9-26"), "due_on": on("9-26")}
    assert said("9-24", **saturday) == [], "the holidays between are no working days"


def test_n08_letters() -> None:
    rows = {"income": [{**INCOME, "due_on": on("9-29"), "remitted": 600, "remitted_on": on("9-29")}]}
    first, *_, last = letters("income_unremitted", at("10-9"), rows)
    assert (
        first
        == last
        == ("【缴库】收入SR-2026-0001（示例公司）3,000元已收4个工作日未缴库，迟缴3个工作日，请查明原因、立即全额缴库。")
    )
    assert letters("income_unremitted", at("9-29"), rows) == [
        "【缴库】收入SR-2026-0001（示例公司）3,000元今天应缴库，请全额缴库后填写“已缴金额”“缴库日”和“缴款书号”。"
    ]


def test_n09_what_a_class_owes() -> None:
    """55 × 4 × 260 = 57,200 元; 98 % of it is enough."""

    def said(*incomes: Cells, **cells: Any) -> list[str]:
        tables = {"training_classes": [{**COURSE, **cells}], "income": [{"training_class": 1, **i} for i in incomes]}
        return letters("class_undercharged", at("9-23"), tables)

    assert said({"received": 52000, "amount": 57200}) == [
        "【委托班收费】委托班“委托班”应收57,200元，已登记52,000元，差5,200元。"
        "请向委托单位催收，或核对收费标准、实到人数和收入登记。"
    ]
    assert said({"received": Decimal("56055.99")}) != [] and said({"received": 56056}) == []
    assert said({"amount": 30000}, {"received": 27200}) == [], "what is asked for counts until it is there"
    assert said({"received": 57200, "status": "退款"}) != [] and said({"received": 57200, "training_class": 2}) != []
    for cells in ({"is_entrusted": False}, {"status": "取消"}, {"status": "计划"}, {"ends_on": None}, {"days": None}):
        assert said(**cells) == []


# --- N10 --------------------------------------------------------------------------------------------------------------


def course(now: date, spent: int, **cells: Any) -> list[str]:
    return letters("budget_course", at(f"{now.month}-{now.day}"), {"budget_lines": [{**LINE, "spent": spent, **cells}]})


def test_n10_slow_and_fast() -> None:
    """On 10-8: 75 % by the end of September, 83.3 % by the end of October."""
    day = on("10-8")
    assert course(day, 30_000) == course(day, 46_600) == [], "60 % and 93.2 %"
    assert course(day, 29_999) == [
        "【预算执行】指标“公务接待费”已执行60.0%，9月末序时进度75.0%，慢15.0个百分点，请核实原因、加快办理。"
    ]
    assert course(day, 47_000) == [
        "【预算执行】指标“公务接待费”已执行94.0%，10月末序时进度83.3%，快10.7个百分点，请核实原因、控制支出。"
    ]
    assert course(day, 30_000, adjusted_ok=10_000) != [], "of 60,000 元"
    for cells in ({"year": 2025}, {"status": "草案"}, {"status": "已封账"}, {"approved": 0}):
        assert course(day, 0, **cells) == []


def test_n10_the_furthest_off_first_and_a_message_that_fits() -> None:
    lines = [{**LINE, "name": f"指标{n}", "approved": 1000, "spent": 10 * n} for n in range(1, 35)]
    notices = run("budget_course", at("10-8"), {"budget_lines": lines})
    message = (
        Messages()
        .compose("李会计", [Part(i, n.template, {"url": "", **n.data}) for i, n in enumerate(notices)])
        .message
    )
    assert message is not None and message.subject == "【预算执行】指标34偏慢等34个指标"
    assert message.wecom.count("【预算执行】") == 8 and "指标1”" in message.wecom and "指标9”" not in message.wecom
    assert "共34个指标偏离序时进度，其余见“预算指标”的“执行率”。" in message.wecom
    assert len(message.wecom.encode()) < 1950


def public(job: str, now: str, *lines: Cells) -> list[Notice]:
    return run(job, at(now, "09:10"), {"budget_lines": [{**LINE, **cells} for cells in lines]})


def test_n10_the_three_public() -> None:
    """What is paid and what is promised, of all lines of a category."""
    half = {"spent": 20_000, "frozen": 0}
    assert public("three_public", "9-1", half) == public("three_public", "9-1", {"is_three_public": False}) == []
    assert public("three_public", "9-1", {"spent": 17_499}) == [], "79.998 %"
    [at_80] = public("three_public", "9-1", {"spent": 17_500})
    [at_95] = public("three_public", "9-1", {"spent": 25_000})
    assert (at_80.stage, at_95.stage) == ("2026-09-80", "2026-09-95")
    assert public("three_public", "9-1", {}, {**half, "department": TEACHING}) == [], "62,500 of 100,000 元"
    [both] = public("three_public", "9-1", {}, {"department": TEACHING})
    assert list(both.to) == ["会计", HEAD, 7]
    assert words(at_80) == "【三公经费】本年公务接待费已用（含已批未付）40,000元，占预算50,000元的80%，请从严控制。"


def test_n10_all_of_it_spent() -> None:
    assert public("three_public_spent", "9-1", {"spent": 27_499}) == []
    [spent] = public("three_public_spent", "9-1", {"spent": 27_500})
    assert (list(spent.to), spent.urgent) == ([LEADER, "主要领导"], True)
    assert words(spent).endswith("50,000元，占预算50,000元的100%，已无余额，不得再安排。")
    [night] = run("three_public_spent", at("9-1", "21:00"), {"budget_lines": [{**LINE, "spent": 27_500}]})
    assert not night.urgent, "money waits for the morning"


# --- N13 --------------------------------------------------------------------------------------------------------------


def purchase(now: str, contracts: tuple[Cells, ...] = (), **cells: Any) -> list[str]:
    return letters("procurement_dates", at(now), {"procurements": [{**PURCHASE, **cells}], "contracts": contracts})


def test_n13_which_purchases() -> None:
    ahead = ["【采购期限】“热水系统”请于10月2日前签订合同，办好后填写相应日期。"]
    missed = ["【采购期限】“热水系统”应于10月2日前签订合同，现已逾期，请督促办理并说明原因。"]
    assert purchase("9-22") == purchase("9-30") == ahead and purchase("10-8") == missed
    assert (
        purchase("9-22", method="直接采购") == purchase("9-22", status="终止") == purchase("9-22", award_on=None) == []
    )
    assert purchase("9-22", ({"sign_on": on("9-10")},), contract=1) == []
    assert purchase("9-22", ({"procurement": 2, "sign_on": on("9-10")},)) == ahead


def test_n13_published_and_filed() -> None:
    late = ["公告合同", "备案合同"]
    assert [what in text for what, text in zip(late, purchase("10-15", (SIGNED,)), strict=True)] == [True, True]
    done = {**SIGNED, "published_on": on("9-30"), "filed_on": on("10-8")}
    assert purchase("10-15", (done,)) == purchase("10-15", ({**SIGNED, "status": "待签批"},)) == []
    assert purchase("10-15", (SIGNED,), method="内部比选") == [], "the school's own ways are not published"


def test_n13_the_intention() -> None:
    intended = {"status": "意向公开", "award_on": None, "last_modified_at": at("9-22")}
    assert purchase("9-23", **intended) == ["【采购期限】“热水系统”请于9月30日前公开采购意向，办好后填写相应日期。"]
    assert purchase("9-23", **{**intended, "method": "框架协议"}) == []
    begun = {**intended, "intention_on": on("8-27")}
    assert purchase("9-24", **begun) == ["【采购期限】“热水系统”采购意向公开期满，9月26日起可以开始采购活动。"]
    assert purchase("9-28", **begun) == [], "nobody has to begin"


# --- N36 --------------------------------------------------------------------------------------------------------------


def unexplained(directory: Directory | None = None, **cells: Any) -> list[Notice]:
    tables = {"violations": [{**ALERT, "due_on": on("9-24"), "biz_code": "ZC-2026-0001", **cells}]}
    return run("violation_unexplained", at("9-29"), tables, **({"directory": directory} if directory else {}))


def test_n36_who_stands_above() -> None:
    def ladder(person: int) -> list[Any]:
        return [who for notice in unexplained(person=person) for who in notice.to]

    assert ladder(CLERK) == [HEAD, LEADER] and ladder(HEAD) == [LEADER, TOP]
    assert ladder(LEADER) == [TOP, "会计"] and ladder(TOP) == ["会计", "会计"]
    nobody = Directory([Person(CLERK, "王文员", department=LOGISTICS)], [Department(LOGISTICS, "行政科")])
    assert [list(notice.to) for notice in unexplained(nobody)] == [["会计"], ["会计"]]


def test_n36_which_lines() -> None:
    for cells in (
        {"explanation": "已说明。"},
        {"status": "待核实"},
        {"status": "已关闭"},
        {"status": "误报"},
        {"person": None},
        {"due_on": None},
    ):
        assert unexplained(**cells) == []
    assert len(unexplained(explanation=" ", status="新发现")) == 2
    [_, leader] = unexplained()
    assert words(leader) == (
        "【预警未说明】YJ-2026-0001“改单重签”（一般，ZC-2026-0001）应由王文员于9月24日前说明，"
        "已逾期2个工作日，至今没有填写“情况说明”，请督促。"
    )
