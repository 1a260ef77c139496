"""The planted violations of domain.md E6 that are about purchases: splits, procurements, contracts, small companies."""

from datetime import date
from decimal import Decimal
from typing import Any

from tests.scenarios.conftest import Open
from tests.scenarios.premises import ACCOUNTANT, BUDGETS, CLAIMS, CONTRACTS, HEAD, PROJECTS, day
from tests.scenarios.school import School

SPLIT = "请合并为一个采购项目，或由会计填写不构成拆分的理由。"


def bought(school: School, amount: str, on: str, of: int | None = None, **more: Any) -> int:
    """The clerk's draft for a small purchase of that day, permitted beforehand."""
    if school.today != day(on):
        school.go_to(on)
    request = school.permitted("零星采购", est_amount=Decimal(amount))
    return school.bill(amount=amount, of=of, request=request, **more)


def test_v08_three_bills_of_one_company_in_twelve_days(opened: Open) -> None:
    """PR-03a."""
    school = opened("9-1")
    shop = school.vendor("示例家具公司")
    first = school.under_signature(CLAIMS, bought(school, "4860", "9-1", shop))
    second = bought(school, "4920", "9-7", shop)
    codes = [school.row(c)["code"] for c in (first, second)]
    row = school.ask(CLAIMS, second)
    assert (row["status"], row["check_result"]) == ("草稿", "拦截")
    two = f"疑似拆分：2笔“办公费”（{'、'.join(map(str, codes))}）合计9,780元，达到内部比选起点5,000元。{SPLIT}"
    assert two in school.told(CLAIMS, second) and "PR-03a" in school.spoke(CLAIMS, second)
    school.change(ACCOUNTANT, CLAIMS, second, split_reason="一批教室用，一批餐厅用，型号不同，分别询价")
    school.under_signature(CLAIMS, second)

    third = bought(school, "4790", "9-12", shop)
    assert school.ask(CLAIMS, third)["status"] == "草稿"
    codes.append(school.row(third)["code"])
    assert (
        f"疑似拆分：3笔“办公费”（{'、'.join(map(str, codes))}）合计14,570元，达到内部比选起点5,000元。{SPLIT}"
        in school.told(CLAIMS, third)
    )
    assert school.steps_of(CLAIMS, third) == []


def test_v09_eight_printing_bills_in_eighty_days(opened: Open) -> None:
    """PR-03b: told to everybody who signs, and the cell for 会计's reason is there."""
    school = opened("6-15")
    days = ("6-15", "6-26", "7-8", "7-17", "7-29", "8-10", "8-21", "9-2")
    claims = []
    for on in days:
        if on != days[0]:
            school.go_to(on)
        permit = school.permitted("零星采购", est_amount=Decimal(7000), budget_line=school.ids[BUDGETS["印刷费"]])
        claims.append(school.claimed("印刷费", "7000", request=permit))
    last = claims[-1]
    assert (date(2026, 9, 2) - date(2026, 6, 15)).days == 79
    codes = "、".join(str(school.row(c)["code"]) for c in claims)
    message = f"疑似拆分：8笔“印刷费”（{codes}）合计56,000元，达到校委会集体研究起点50,000元。{SPLIT}"
    assert message in school.told(CLAIMS, last)
    assert (school.row(last)["check_result"], school.status(CLAIMS, last)) == ("提示", "签批中")
    assert all("校委会集体研究起点50,000元。请合并" not in school.told(CLAIMS, c) for c in claims[:-1])
    school.agree(CLAIMS, last, HEAD)
    assert message in school.told(CLAIMS, last), "会计 reads it, too, when his turn comes"


def test_v11_adjoining_numbers_of_one_seller(opened: Open) -> None:
    """IV-05 and PR-03d: 4,870 and 4,930 元 with two days between them."""
    school = opened("9-8")
    one, two = "26500000000000004870", "26500000000000004871"
    first = school.under_signature(CLAIMS, bought(school, "4870", "9-8", numbers={one: "4870"}))
    second = bought(school, "4930", "9-10", numbers={two: "4930"})
    assert school.ask(CLAIMS, second)["status"] == "草稿"
    codes = f"{school.row(first)['code']}、{school.row(second)['code']}"
    cut = f"疑似拆分：2笔“办公费”（{codes}）合计9,800元，达到内部比选起点5,000元。{SPLIT}"
    assert cut in school.told(CLAIMS, second)
    assert ("IV-05", "一般") in school.ledger(CLAIMS, second)
    [line] = [v for v in school.lines(CLAIMS, second) if v["rule"] == "IV-05"]
    assert line["detail"] == f"发票{two}：与发票{one}销方相同、号码相连，日期相差2天，疑似重复或拆分。"


def test_v21_carried_out_without_the_leadership_team(opened: Open) -> None:
    """PR-05: 热水系统 18.6 万."""
    school = opened("3-2")
    project = school.approved_project("公寓热水系统", "186000")
    row = school.change(HEAD, PROJECTS, project, status="采购实施")
    message = "达到50,000元须经校委会集体研究，请填会议纪要号和日期。"
    assert (row["status"], row["check_result"]) == ("需求论证", "拦截")
    assert message in str(row["check_message"])
    row = school.change(HEAD, PROJECTS, project, meeting_no="校委会传签〔2026〕3号", meeting_on=date(2026, 3, 2))
    row = school.change(HEAD, PROJECTS, project, status="采购实施")
    assert "“校委会传签〔2026〕3号”是传签，不算校委会集体研究。请开会研究，并填会议纪要号和日期。" in str(
        row["check_message"]
    )
    school.change(HEAD, PROJECTS, project, meeting_no="校委会〔2026〕3号")
    assert school.change(HEAD, PROJECTS, project, status="采购实施")["status"] == "采购实施"


def test_v22_a_contract_that_has_ended(opened: Open) -> None:
    """CT-01; the row says so 90, 60 and 30 days before (CT-03)."""
    school = opened("2026-1-4")
    company = school.vendor("示例消防公司", kinds=("消防维保",))
    contract = school.signed_contract(
        company,
        "据实|按月结算|14000",
        "2025-4-1",
        "2026-3-31",
        kind="消防维保",
        delivery_mode="外包",
        service_scope="消防设施每月维护保养",
        name="消防维保",
        sign_on=date(2025, 4, 1),
    )
    seen = []
    for on in ("1-5", "1-30", "3-1"):
        school.go_to(on)
        seen.append(next((t for t in school.told(CONTRACTS, contract).split("\n") if "将于" in t), ""))
    assert seen == [f"合同消防维保将于2026-03-31到期（剩{n}天），应在2026-02-14前启动采购。" for n in (85, 60, 30)]
    assert school.status(CONTRACTS, contract) == "临期"
    school.go_to("4-28")
    assert school.status(CONTRACTS, contract) == "到期"
    claim = school.bill("维修维护费", "1200", of=company, kind="合同付款", contract=contract)
    assert school.ask(CLAIMS, claim)["status"] == "草稿"
    number = school.row(contract, CONTRACTS)["contract_no"]
    message = f"合同{number}已于2026-03-31到期，不能付款；如属到期前服务，请附验收确认并报分管领导。"
    assert message in school.told(CLAIMS, claim)


def test_v23_more_than_the_contract(opened: Open) -> None:
    """CT-02: the fourth instalment asks for more than is left."""
    school = opened("6-1")
    company = school.vendor("示例绿化公司", kinds=("物业",))
    plan = "\n".join(f"2026-0{month}-01|按季|10000" for month in (3, 4, 5, 6))
    contract = school.signed_contract(company, plan, "1-1", "2026-12-31", kind="租赁", name="绿植租摆")
    for item in (1, 2, 3):
        school.claimed("维修维护费", "10000", of=company, kind="合同付款", contract=contract, pay_item=Decimal(item))
    claim = school.bill("维修维护费", "12000", of=company, kind="合同付款", contract=contract, pay_item=Decimal(4))
    assert school.ask(CLAIMS, claim)["status"] == "草稿"
    told = school.told(CLAIMS, claim)
    assert "累计付款42,000元将超过合同金额40,000元。" in told
    assert "付款计划第4期为10,000元，本单12,000元，超出2,000元。" in told


def test_v23_a_small_company_waits_for_its_money(opened: Open) -> None:
    """CT-05: accepted on 2026-06-01 and unpaid on 07-05; told after 15, 25 and 30 days."""
    school = opened("6-1")
    company = school.vendor("示例小微维修部", is_sme=True, kinds=("房屋维修",))
    claim = school.claimed("维修维护费", "1800", of=company)
    found = []
    for on in ("6-15", "6-16", "6-26", "7-1", "7-5"):
        school.go_to(on)
        found.append([line["detail"] for line in school.lines(CLAIMS, claim)])
    waits = [
        f"应付示例小微维修部（中小企业）1,800元，验收已{n}天，须在30日内支付（约定最长60日）。" for n in (15, 25, 30)
    ]
    assert found == [[], waits[:1], waits[:2], waits, waits]
    assert set(school.ledger(CLAIMS, claim)) == {("CT-05", "一般")}
