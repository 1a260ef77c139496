"""Negative controls of domain.md E6 ("Must not fire") that are about money: lawful, and nobody is bothered."""

from datetime import date
from decimal import Decimal

from tests.approvals.test_signatures import DELEGATED
from tests.scenarios.conftest import Open
from tests.scenarios.premises import (
    ACCOUNTANT,
    BUDGETS,
    CLAIMS,
    CLERK,
    HEAD,
    INCOME,
    LEADER,
    REQUESTS,
    SUBSTITUTE,
    TOP,
    moment,
)
from tests.scenarios.school import School


def quiet(school: School, table: str, row_id: int, *rules: str) -> None:
    """None of these rules spoke, neither in the row nor in the ledger; nothing at all stands in the ledger."""
    assert not school.spoke(table, row_id) & {*rules}, school.told(table, row_id)
    assert school.ledger(table, row_id) == []


def test_a_make_up_sunday_is_a_working_day(opened: Open) -> None:
    """2026-09-20: signed that day in time, and money of Friday remitted that day is not late."""
    school = opened("9-16")
    urgent: dict[str, object] = {
        "title": "食堂水管抢修",
        "urgent": True,
        "urgent_reason": "水管爆裂",
        "verbal_by": school.ids[LEADER],
        "verbal_at": moment("9-16", "08:00"),
    }
    request = school.request("维修", **urgent)  # type: ignore[arg-type]
    school.go_to("9-18")
    claim = school.claimed()
    [step] = [s for s in school.steps_of(CLAIMS, claim) if s["valid"] == "待定"]
    assert step["due_at"] == moment("9-21", "18:00"), "two working days: the Sunday is the first"
    income = school.income("800")
    school.receive(income, "800", "现金")
    assert school.row(income, INCOME)["due_on"] == date(2026, 9, 20)

    school.go_to("9-20")
    school.under_signature(REQUESTS, request)
    assert school.agree(REQUESTS, request)["approved_at"] is not None
    assert school.agree(CLAIMS, claim)["status"] == "已批准"
    assert {s["valid"] for s in school.steps_of(CLAIMS, claim)} == {"有效"}
    row = school.remit(income, "800")
    assert (row["status"], row["late_wd"]) == ("已缴库", Decimal(0))
    school.go_to("9-21")
    quiet(school, REQUESTS, request, "SG-07")
    quiet(school, CLAIMS, claim, "SG-01", "SG-02")
    quiet(school, INCOME, income, "IN-02")


def test_a_delegate_signs_within_his_limit(opened: Open) -> None:
    """3,200 元 of 5,000."""
    school = opened("9-1")
    paper = school.paper("委托书.pdf")
    delegation = {**DELEGATED, "delegate": school.ids[SUBSTITUTE], "delegate_doc": paper}
    school.change(LEADER, "people", school.ids[LEADER], **delegation)
    assert school.row(school.ids[LEADER], "people")["delegate_active"] is True
    permit = school.request("零星采购", est_amount=Decimal(3200))
    school.under_signature(REQUESTS, permit)
    school.agree(REQUESTS, permit, HEAD, LEADER)
    claim = school.claimed(amount="3200", request=permit)
    school.agree(CLAIMS, claim, HEAD, ACCOUNTANT)
    [step] = [s for s in school.steps_of(CLAIMS, claim) if s["level"] == "分管领导"]
    school.clock.pass_by(minutes=5)
    school.person(SUBSTITUTE).sign(step.id, "同意")
    school.settle()
    signed = school.row(step.id, "sign_steps")
    assert (signed["decision"], signed["valid"], signed["check_message"]) == ("同意", "有效", "郑副校长（代孙副校长）")
    assert school.agree(CLAIMS, claim)["status"] == "已批准"
    quiet(school, CLAIMS, claim, "SG-01", "SG-03", "SG-04")


def test_the_accountant_lowers_the_sum_before_the_leaders_sign(opened: Open) -> None:
    """核减 1,260 → 1,180: nobody signs anew, the leaders see the lower sum."""
    school = opened("9-1")
    permit = school.permitted("零星采购", est_amount=Decimal(1260))
    claim = school.claimed(amount="1260", request=permit)
    school.agree(CLAIMS, claim, HEAD)
    school.change(ACCOUNTANT, CLAIMS, claim, audited_amount=Decimal(1180))
    row = school.agree(CLAIMS, claim)
    assert (row["status"], row["audited_amount"]) == ("已批准", Decimal(1180))
    shown = {s["level"]: s["amount_shown"] for s in school.steps_of(CLAIMS, claim)}
    assert (shown["部门负责人"], shown["分管领导"], shown["主要领导"]) == (1260, 1180, 1180)
    assert {(s["round"], s["valid"]) for s in school.steps_of(CLAIMS, claim)} == {(Decimal(1), "有效")}
    assert school.pay(claim)["status"] == "已支付"
    quiet(school, CLAIMS, claim, "DG-02", "核减", "EX-02", "EX-04")


def test_three_payments_under_a_framework_contract(opened: Open) -> None:
    """Called off as needed: together above a line, and no split."""
    school = opened("9-1")
    company = school.vendor("示例办公用品公司")
    contract = school.signed_contract(company, "据实|按实际供货|40000", "9-1", "2027-8-31")
    for on, amount in (("9-2", "4860"), ("9-8", "4920"), ("9-12", "4790")):
        school.go_to(on)
        claim = school.claimed("办公费", amount, of=company, kind="合同付款", contract=contract)
        school.paid(claim)
        quiet(school, CLAIMS, claim, "PR-03a", "PR-03b", "PR-03c", "PR-03d", "EX-03", "C6", "CT-02")
    assert school.row(contract, "contracts")["paid"] == Decimal(14570)


def test_two_travellers_in_one_hotel(opened: Open) -> None:
    """Two invoices of one seller over the same sum, each for its own traveller."""
    school = opened("9-7")
    trip = {"starts_at": moment("9-8", "08:00"), "ends_at": moment("9-9", "18:00"), "place": "成都"}
    permits = {
        who: school.permitted("出差", who, est_amount=Decimal(1000), **trip)  # type: ignore[arg-type]
        for who in (CLERK, HEAD)
    }
    school.go_to("9-10")
    claims = []
    for who in (CLERK, HEAD):
        claim = school.bill(
            "差旅费", "360", who, on="9-9", request=permits[who], trip_days=Decimal(2), travellers=(school.ids[who],)
        )
        [invoice] = school.invoices(claim)
        school.change(who, "invoices", invoice.id, item="住宿费", seller="成都示例酒店")
        claims.append(school.under_signature(CLAIMS, claim, who))
    for claim in claims:
        assert school.agree(CLAIMS, claim)["status"] == "已批准"
        quiet(school, CLAIMS, claim, "IV-05", "IV-02", "PR-03d", "EX-13")
        assert [i["dup"] for i in school.invoices(claim)] == ["无"]


def test_a_returned_claim_comes_back_with_its_own_invoices(opened: Open) -> None:
    school = opened("9-1")
    claim = school.claimed()
    school.decide(HEAD, CLAIMS, claim, "退回", "附件不清楚，请重传")
    assert school.status(CLAIMS, claim) == "已退回"
    school.under_signature(CLAIMS, claim)
    assert school.agree(CLAIMS, claim)["status"] == "已批准"
    quiet(school, CLAIMS, claim, "IV-02", "IV-05", "PR-03d")
    assert [(i["dup"], i["state"]) for i in school.invoices(claim)] == [("无", "占用")]


def test_eleven_guests_and_three_hosts(opened: Open) -> None:
    """A third of eleven is three."""
    school = opened("9-14")
    request = school.permitted("公务接待", guest_n=Decimal(11), escort_n=Decimal(3), est_amount=Decimal(800))
    quiet(school, REQUESTS, request, "RC-02", "RC-04", "RC-07")


def test_ten_guests_three_hosts_at_almost_the_standard(opened: Open) -> None:
    """59.9 元 a head: planned, eaten and claimed."""
    school = opened("9-14")
    cost = Decimal("59.9") * 13
    request = school.permitted("公务接待", guest_n=Decimal(10), escort_n=Decimal(3), est_amount=cost)
    quiet(school, REQUESTS, request, "RC-02", "RC-04")
    school.change(CLERK, REQUESTS, request, guest_actual=Decimal(10), meal_cost=cost)
    claim = school.claimed("公务接待费", str(cost), request=request)
    assert school.agree(CLAIMS, claim)["status"] == "已批准"
    quiet(school, CLAIMS, claim, "RC-04", "RC-06", "EX-03", "EX-04", "EX-12")
    assert school.row(request, REQUESTS)["per_head"] == Decimal("59.90")


def test_an_urgent_boiler_repair_signed_within_three_working_days(opened: Open) -> None:
    """Approved by word of mouth on Friday 9/18, signed on Tuesday 9/22: the Sunday counts, and it is the third."""
    school = opened("9-18")
    request = school.request(
        "维修",
        title="锅炉抢修",
        est_amount=Decimal(1900),
        urgent=True,
        urgent_reason="锅炉停机",
        verbal_by=school.ids[LEADER],
        verbal_at=moment("9-18", "07:30"),
    )
    school.go_to("9-22")
    school.under_signature(REQUESTS, request)
    assert school.agree(REQUESTS, request)["approved_at"] is not None
    claim = school.claimed("维修维护费", "1850", on="9-18", request=request, urgent=True)
    assert school.agree(CLAIMS, claim)["status"] == "已批准"
    school.go_to("9-24")
    quiet(school, REQUESTS, request, "SG-07")
    assert "EX-03" not in school.spoke(CLAIMS, claim)


def test_a_leaders_own_claim_goes_to_the_substitute(opened: Open) -> None:
    school = opened("9-1")
    claim = school.claimed(who=LEADER)
    assert school.waits_for(CLAIMS, claim) == [HEAD, ACCOUNTANT, SUBSTITUTE, TOP]
    assert school.told(CLAIMS, claim).split("\n")[0] == "【回避】孙副校长是本单经办人，本级改由郑副校长签批。"
    assert school.agree(CLAIMS, claim)["status"] == "已批准"
    assert school.ids[LEADER] not in {s["assignee"] for s in school.steps_of(CLAIMS, claim)}
    assert school.pay(claim)["status"] == "已支付"
    quiet(school, CLAIMS, claim, "SG-01", "SG-04")
    assert school.status("budget_lines", school.ids[BUDGETS["办公费"]]) == "已批复"
