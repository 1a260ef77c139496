"""Reminders through the whole engine, to the letters: with what 预警台账 tells by itself, and through quiet hours."""

from collections.abc import Iterator

import pytest

from tests.scenarios.premises import (
    ACCOUNTANT,
    CASHIER,
    CLAIMS,
    CLERK,
    HEAD,
    LEADER,
    OF_FINANCE,
    TOP,
)
from tests.scenarios.school import School


@pytest.fixture
def open_on() -> Iterator[object]:
    schools: list[School] = []

    def opened(on: str) -> School:
        schools.append(School(on, post=True))
        return schools[-1]

    yield opened
    for school in schools:
        school.close()


def morning(school: School, on: str) -> None:
    """The list of a morning; the worker has looked around at night, too."""
    school.go_to(on, "00:01")
    school.go_to(on, "08:40")


def heard(school: School, words: str, *names: str) -> dict[str, int]:
    """How many letters with these words each of them has got so far."""
    return {name: sum(words in text for text in school.letters(name)) for name in names}


def test_n08_income_stays_with_the_school(open_on) -> None:
    """Received on Monday 9/21, due on 9/22; 会计 hears on 9/23 by 预警台账, the leaders after 9/25–9/27."""
    school = open_on("9-21")
    income = school.income("12000", "住宿费收入")
    school.receive(income, "12000")
    code = school.row(income, "income")["code"]
    people = (CASHIER, ACCOUNTANT, OF_FINANCE, TOP)
    due, late, ledger = f"收入{code}（", "迟缴", f"收入{code} 12,000元已收2个工作日未缴库"
    school.go_to("9-21", "15:10")
    assert heard(school, due, *people) == dict.fromkeys(people, 0)
    morning(school, "9-22")
    assert heard(school, due, *people) == {CASHIER: 1, ACCOUNTANT: 0, OF_FINANCE: 0, TOP: 0}
    school.go_to("9-22", "15:10")
    assert heard(school, ledger, *people) == dict.fromkeys(people, 0)
    morning(school, "9-23")
    assert heard(school, ledger, ACCOUNTANT, OF_FINANCE, TOP) == {ACCOUNTANT: 1, OF_FINANCE: 0, TOP: 0}
    assert heard(school, due, *people) == {CASHIER: 1, ACCOUNTANT: 0, OF_FINANCE: 0, TOP: 0}
    morning(school, "9-24")
    assert heard(school, late, OF_FINANCE, TOP) == {OF_FINANCE: 1, TOP: 0}
    morning(school, "9-28")
    assert heard(school, late, *people) == {CASHIER: 0, ACCOUNTANT: 0, OF_FINANCE: 1, TOP: 1}
    school.remit(income, "12000")
    morning(school, "10-8")
    assert heard(school, late, OF_FINANCE, TOP) == {OF_FINANCE: 1, TOP: 1}, "once it is with the treasury, nothing more"


def test_n02_a_returned_claim_that_nobody_touches(open_on) -> None:
    """Returned on 9/2: the 10th working day is 9/16, the 30th 10/20."""
    school = open_on("9-2")
    claim = school.under_signature(CLAIMS, school.bill())
    school.decide(HEAD, CLAIMS, claim, "退回", "缺验收人签名")
    words = "已退回10个工作日"
    school.go_to("9-15", "15:10")
    assert heard(school, words, CLERK, HEAD) == {CLERK: 0, HEAD: 0}
    morning(school, "9-16")
    assert heard(school, words, CLERK, HEAD) == {CLERK: 1, HEAD: 1}
    assert "请修改后重新提交；到10月20日（30个工作日）仍未提交的，系统将作废并释放发票。" in school.letters(CLERK)[-1]
    assert "请督促王文员修改后重新提交" in school.letters(HEAD)[-1]
    school.go_to("10-19", "15:10")
    assert school.status(CLAIMS, claim) == "已退回" and heard(school, "作废本单", CLERK) == {CLERK: 0}
    morning(school, "10-20")
    assert school.status(CLAIMS, claim) == "作废" and heard(school, "作废本单", CLERK, HEAD) == {CLERK: 1, HEAD: 0}
    assert heard(school, "已退回", CLERK, HEAD)[HEAD] == 1


def test_n07_a_small_company_waits(open_on) -> None:
    """Accepted on 9/1, never signed: 15 days are 9/16, 25 and 30 days 9/26 (told on 9/24) and 10/1 (told on 9/30)."""
    school = open_on("9-1")
    shop = school.vendor("示例小店", is_sme=True)
    school.bill("办公费", "986", of=shop)
    by_the_ledger, by_the_job = "应付示例小店（中小企业）986元，验收已", "内部审批不是拖延理由"
    seen = {}
    for on in ("9-15", "9-16", "9-23", "9-24", "9-28", "9-29", "9-30", "10-9"):
        morning(school, on)
        job = heard(school, by_the_job, ACCOUNTANT, LEADER, TOP)
        seen[on] = (heard(school, by_the_ledger, ACCOUNTANT)[ACCOUNTANT], *job.values())
    assert seen == {
        "9-15": (0, 0, 0, 0),
        "9-16": (1, 0, 0, 0),
        "9-23": (1, 0, 0, 0),
        "9-24": (1, 0, 1, 0),
        "9-28": (2, 0, 1, 0),
        "9-29": (2, 0, 1, 0),
        "9-30": (2, 0, 1, 1),
        "10-9": (3, 0, 1, 1),
    }


def test_n17_a_burst_pipe_on_a_saturday_night(open_on) -> None:
    """What is urgent reaches 行政科 and the handler at once; the ordinary issue beside it waits for Monday's list."""
    school = open_on("9-18")
    school.go_to("9-19", "21:53")
    school.go_to("9-19", "22:03")
    journal = school.office.journal
    assert journal.entries("jobs/issue_urgent") == [], "that nothing is urgent is not worth an entry"
    cells = {"kind": "报修", "category": "水", "source": "教职工", "severity": "紧急"}
    pipe = school.file(HEAD, "issues", **cells, description="公寓水管爆裂")
    school.file(HEAD, "issues", **{**cells, "severity": "一般"}, description="教室水龙头松动")
    school.go_to("9-19", "22:10")
    [at_once] = school.letters(HEAD)
    assert "公寓水管爆裂" in at_once and "松动" not in at_once
    assert [entry.kind for entry in journal.entries("jobs/issue_urgent")] == ["ran"]
    school.change(HEAD, "issues", pipe, duty_dept=school.ids["行政科"], handler=school.ids[CLERK])
    school.go_to("9-19", "22:20")
    [handed] = school.letters(CLERK)
    assert "公寓水管爆裂”（报修）已派给您，请立即处理" in handed
    school.change(CLERK, "issues", pipe, status="处理中")
    school.go_to("9-20", "02:00")
    assert len(school.letters(CLERK)) == 1
    school.go_to("9-20", "02:10")
    assert "已到办结时限（9月20日02:03）仍未办结" in school.letters(CLERK)[-1]
    assert len(school.letters(HEAD)) == 1
    school.go_to("9-20", "08:40")
    assert "松动" in school.letters(HEAD)[-1], "the make-up Sunday has its list"
    assert school.letters(TOP) == []
