"""SG-01..SG-04, SG-06, SG-08 and DG-05 as the people of the school live them, word for word (domain.md C2)."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import pytest

from automations.tables.values import Value
from tests.approvals.looks import (
    at,
    by,
    cells,
    code,
    edit_person,
    entries,
    last_violation,
    leaves,
    ledger,
    said,
    status,
)
from tests.office import CHAIN, SmallOffice, email

DELEGATED: dict[str, Value] = {
    "away_from": date(2026, 8, 31),
    "away_to": date(2026, 9, 10),
    "delegate_scope": ("支出",),
    "delegate_limit": Decimal(5000),
}


@pytest.fixture
def away(office: SmallOffice) -> Iterator[SmallOffice]:
    """孙副校长 is away; 郑副校长 stands in with a written delegation up to 5,000 元."""
    delegate(office, "孙副校长", "郑副校长")
    yield office
    edit_person(office, "孙副校长", away_from=None, away_to=None, delegate=None)


def delegate(office: SmallOffice, principal: str, to: str, **changes: Value) -> None:
    paper = (office.host.upload("委托书.pdf", b"%PDF"),)
    values: dict[str, Value] = {**DELEGATED, "delegate": office.ids[to], "delegate_doc": paper, **changes}
    edit_person(office, principal, **values)


def test_sg01_a_clerk_signs_for_the_leader(office: SmallOffice) -> None:
    """V01."""
    claim = office.submitted()
    by(office, claim, *CHAIN[:2])
    office.sign(claim, "孙副校长", by="王文员", opinion="同意")
    office.settle()
    message = "【签批无效】本级应由孙副校长签批，实际由账号“wang@school.test”操作，已作废并还原。"
    step = at(office, claim, 2)
    assert cells(step) == ("待签", "无效-非本人")
    assert (step["check_result"], step["check_message"], step["signed_at"]) == ("拦截", message, None)
    assert (status(office, claim), said(office, claim)) == ("签批中", message)
    assert ledger(office, claim) == [("SG-01", "严重")]
    violation = last_violation(office, claim)
    assert (violation["person"], violation["detail"], violation["amount"]) == (
        office.ids["王文员"],
        message,
        Decimal("986.00"),
    )
    office.sign(claim, "孙副校长")  # the right one still can
    office.settle()
    assert cells(at(office, claim, 2)) == ("同意", "有效")
    assert at(office, claim, 2)["opinion"] is None, "nobody signs another's words"


def test_sg02_the_top_leader_signs_before_the_leader_in_charge(office: SmallOffice) -> None:
    """V02."""
    claim = office.submitted()
    by(office, claim, *CHAIN[:2])
    office.sign(claim, "赵校长")
    office.settle()
    message = "【签批无效】前一级“分管领导·孙副校长”尚未签批，请按经办人—分管领导—主要领导顺序签批。"
    assert (cells(at(office, claim, 3)), at(office, claim, 3)["check_message"]) == (("待签", "无效-越序"), message)
    assert ledger(office, claim) == [("SG-02", "一般")]
    office.sign(claim, "孙副校长")
    office.settle()
    top = at(office, claim, 3)
    assert (cells(top), top["check_message"]) == (
        ("待签", "待定"),
        "前面各级已签批完毕，现在轮到您：请再选一次“同意”即可。",
    )
    office.sign(claim, "赵校长")
    office.settle()
    assert status(office, claim) == "已批准"


def test_sg03_the_heads_own_trip_skips_his_review(office: SmallOffice) -> None:
    """V03."""
    claim = office.submitted(who="周科长")
    assert [s["level"] for s in office.steps(claim)] == ["会计", "分管领导", "主要领导"]
    assert said(office, claim) == (
        "【回避】周科长是本单经办人，“部门负责人”审核环节略过。\n已提交，等待会计李会计审核。"
    )
    assert office.row(claim)["check_result"] == "提示"
    by(office, claim, *CHAIN[1:])
    assert status(office, claim) == "已批准"
    assert office.ids["周科长"] not in {s["assignee"] for s in office.steps(claim)}


def test_sg03_the_leaders_own_trip_goes_to_a_substitute(office: SmallOffice) -> None:
    """V03b: for 分管领导 the substitute named in the settings; he himself cannot sign even so."""
    claim = office.submitted(who="孙副校长")
    assert [s["assignee"] for s in office.steps(claim)] == [
        office.ids[n] for n in ("周科长", "李会计", "郑副校长", "赵校长")
    ]
    assert said(office, claim).split("\n")[0] == "【回避】孙副校长是本单经办人，本级改由郑副校长签批。"
    assert at(office, claim, 2)["on_behalf_of"] == office.ids["孙副校长"]
    by(office, claim, *CHAIN[:2])
    office.person("孙副校长").sign(at(office, claim, 2).id, "同意")
    office.settle()
    step = at(office, claim, 2)
    assert (cells(step), step["check_message"]) == (
        ("待签", "无效-回避"),
        "【回避】孙副校长是本单经办人，本级改由郑副校长签批。",
    )
    assert ledger(office, claim) == [("SG-03", "严重")]
    by(office, claim, "郑副校长", "赵校长")
    assert status(office, claim) == "已批准"


def test_sg03_the_top_leaders_own_claim_goes_to_the_leader_in_charge_of_finance(office: SmallOffice) -> None:
    claim = office.submitted(who="赵校长")
    assert [s["assignee"] for s in office.steps(claim)] == [
        office.ids[n] for n in ("周科长", "李会计", "孙副校长", "陈副校长")
    ]
    lines = said(office, claim).split("\n")
    assert lines[:2] == ["【回避】赵校长是本单经办人，本级改由陈副校长签批。", "主要领导本人支出"]


def test_sg03_who_gets_the_money_signs_nothing(office: SmallOffice) -> None:
    claim = office.submitted(payee=office.ids["孙副校长"])
    assert at(office, claim, 2)["assignee"] == office.ids["郑副校长"]
    assert "【回避】孙副校长是本单收款人，本级改由郑副校长签批。" in said(office, claim)


def test_sg03_without_a_substitute_the_claim_cannot_be_submitted(fresh: SmallOffice) -> None:
    edit_person(fresh, "郑副校长", rank="中层")
    claim = fresh.claim(who="孙副校长")
    fresh.person("孙副校长").submit(claim)
    fresh.settle()
    assert status(fresh, claim) == "草稿"
    assert said(fresh, claim) == (
        "孙副校长是本单经办人，“分管领导”须由他人替签，但没有可用的替签人。请会计在参数“chain.substitute”中补充。"
    )


def test_sg04_a_delegate_signs_within_his_limit(away: SmallOffice) -> None:
    """Negative control: 3,200 元 within the limit of 5,000 元."""
    claim = away.submitted(amount="3200.00")
    by(away, claim, *CHAIN[:2])
    step = at(away, claim, 2)
    assert (step["assignee"], step["on_behalf_of"]) == (away.ids["郑副校长"], away.ids["孙副校长"])
    away.person("郑副校长").sign(step.id, "同意")
    away.settle()
    step = at(away, claim, 2)
    assert (cells(step), step["check_message"]) == (("同意", "有效"), "郑副校长（代孙副校长）")
    assert (step["assignee"], step["on_behalf_of"]) == (away.ids["郑副校长"], away.ids["孙副校长"])
    away.sign(claim, "赵校长")
    away.settle()
    assert status(away, claim) == "已批准" and ledger(away, claim) == []
    assert [e["for_person"] for e in entries(away, claim, "signed")] == [None, None, away.ids["孙副校长"], None]


def test_sg04_the_absent_leader_may_still_sign_himself(away: SmallOffice) -> None:
    claim = away.submitted()
    by(away, claim, *CHAIN[:2])
    away.person("孙副校长").sign(at(away, claim, 2).id, "同意")
    away.settle()
    assert cells(at(away, claim, 2)) == ("同意", "有效")


@pytest.mark.parametrize(
    ("amount", "changes", "reason"),
    [
        ("986.00", {"away_to": date(2026, 8, 31)}, "已过期"),
        ("5000.01", {}, "限额5,000元"),
        ("986.00", {"delegate_scope": ("合同", "用车")}, "不含支出"),
        ("986.00", {"delegate_doc": ()}, "没有书面委托书"),
    ],
    ids=["expired", "limit", "scope", "paper"],
)
def test_sg04_a_delegation_that_does_not_cover_it(
    away: SmallOffice, amount: str, changes: dict[str, Value], reason: str
) -> None:
    """V06."""
    delegate(away, "孙副校长", "郑副校长", **changes)
    claim = away.submitted(amount=amount)
    by(away, claim, *CHAIN[:2])
    assert at(away, claim, 2)["assignee"] == away.ids["孙副校长"], "the step does not go to somebody who may not sign"
    away.person("郑副校长").sign(at(away, claim, 2).id, "同意")
    away.settle()
    step = at(away, claim, 2)
    assert cells(step) == ("待签", "无效-代签无效")
    assert step["check_message"] == f"【代签无效】委托{reason}，请由本人签批或重新委托。"
    assert ledger(away, claim) == [("SG-04", "一般")]


def test_sg04_a_delegate_who_signed_another_level_of_the_same_claim(office: SmallOffice) -> None:
    delegate(office, "孙副校长", "赵校长", delegate_limit=Decimal(5000))
    claim = office.submitted()
    by(office, claim, *CHAIN[:2])
    office.person("赵校长").sign(at(office, claim, 2).id, "同意")
    office.settle()
    assert at(office, claim, 2)["check_message"] == "【代签无效】委托受托人已在本单签批，请由本人签批或重新委托。"
    edit_person(office, "孙副校长", away_from=None, away_to=None, delegate=None)


def test_sg06_returning_needs_a_reason(office: SmallOffice) -> None:
    claim = office.submitted()
    office.sign(claim, "周科长", "退回", "不行")
    office.settle()
    step = at(office, claim, 0)
    assert step["check_message"] == "请填写退回（不同意）理由，不少于5个字。"
    assert (cells(step), status(office, claim), ledger(office, claim)) == (("待签", "待定"), "签批中", [])
    office.sign(claim, "周科长", "退回", "缺验收人签名")
    office.settle()
    assert (status(office, claim), said(office, claim)) == (
        "已退回",
        "【退回】部门负责人周科长：缺验收人签名。修改后请重新提交。",
    )
    assert cells(at(office, claim, 0)) == ("退回", "有效")


def test_sg06_a_reason_written_by_somebody_else_is_none(office: SmallOffice) -> None:
    claim = office.submitted()
    office.person("王文员").edit("sign_steps", at(office, claim, 0).id, opinion="科长说要退回来补资料")
    office.settle()
    office.sign(claim, "周科长", "退回")
    office.settle()
    assert at(office, claim, 0)["check_message"] == "请填写退回（不同意）理由，不少于5个字。"
    assert status(office, claim) == "签批中"


def test_a_reason_may_be_written_first_and_the_decision_chosen_later(office: SmallOffice) -> None:
    claim = office.submitted()
    head = office.person("周科长")
    head.edit("sign_steps", at(office, claim, 0).id, opinion="发票日期不对，请核实")
    office.settle()
    head.sign(at(office, claim, 0).id, "退回")
    office.settle()
    assert said(office, claim) == "【退回】部门负责人周科长：发票日期不对，请核实。修改后请重新提交。"


def test_a_review_returns_but_does_not_refuse_for_good(office: SmallOffice) -> None:
    claim = office.submitted()
    office.sign(claim, "周科长", "不同意", "本科室没有这项开支")
    office.settle()
    message = "“不同意”由分管领导或主要领导作出；本级如有疑问请选“退回”并写明理由。"
    assert (at(office, claim, 0)["check_message"], status(office, claim)) == (message, "签批中")


def test_the_leader_refuses_and_everything_is_released(office: SmallOffice) -> None:
    frozen = office.row(office.ids["日常办公费"], "budget_lines")["frozen"]
    claim = office.submitted()
    number = office.host.rows("invoices", [max(office.host.ids("invoices"))])[0]["inv_no"]
    by(office, claim, *CHAIN[:2])
    office.sign(claim, "孙副校长", "不同意", "本年不再购置此类用品")
    office.settle()
    assert status(office, claim) == "不同意"
    assert said(office, claim) == "【不同意】分管领导孙副校长：本年不再购置此类用品。本单已终止，预算和发票已释放。"
    assert [cells(s) for s in office.steps(claim)] == [
        ("同意", "作废-退回"),
        ("同意", "作废-退回"),
        ("不同意", "有效"),
        ("待签", "作废-退回"),
    ]
    assert office.row(office.ids["日常办公费"], "budget_lines")["frozen"] == frozen
    again = office.claim()
    [invoice] = [i for i in office.host.changed("invoices", None).rows if i["claim"] == again]
    office.person("王文员").edit("invoices", invoice.id, inv_no=number)
    office.person("王文员").submit(again)
    office.settle()
    assert status(office, again) == "签批中", "a released invoice may be used again"
    office.person("孙副校长").edit("expense_claims", claim, status="签批中")  # and it stays refused
    office.settle()
    assert status(office, claim) == "不同意"


def test_sg08_a_clerk_files_in_the_heads_name(office: SmallOffice) -> None:
    """V40."""
    claim = office.claim(handler=office.ids["周科长"], payee=office.ids["周科长"])
    office.person("王文员").submit(claim)
    office.settle()
    assert status(office, claim) == "草稿" and office.steps(claim) == []
    assert said(office, claim) == (
        "经办人应为本人提交。您（王文员）代周科长填报，请由周科长本人提交，或把经办人改为您本人。"
    )
    office.person("周科长").submit(claim)
    office.settle()
    assert status(office, claim) == "签批中"


def test_dg05_an_account_that_nobody_has(office: SmallOffice) -> None:
    office.server.add_account("guest@school.test", "临时账号")
    guest = office.server.login("guest@school.test")
    guest.bind(office.binding)
    message = "【账号未登记】账号“guest@school.test”没有对应人员，本次操作不作为签批依据。请联系信息科。"
    claim = office.claim()
    guest.update("expense_claims", {claim: {"status": "提交"}})
    office.settle()
    assert (status(office, claim), message in said(office, claim)) == ("草稿", True)
    office.person("王文员").submit(claim)
    office.settle()
    guest.update("sign_steps", {at(office, claim, 0).id: {"decision": "同意"}})
    office.settle()
    assert (cells(at(office, claim, 0)), at(office, claim, 0)["check_message"]) == (("待签", "无效-非本人"), message)
    assert ledger(office, claim) == [("DG-05", "严重")]


def test_dg05_one_account_that_serves_two_people(fresh: SmallOffice) -> None:
    claim = fresh.submitted()
    head = fresh.person("周科长")
    edit_person(fresh, "吴科长", account=email("zhou"))
    head.sign(at(fresh, claim, 0).id, "同意")
    fresh.settle()
    assert cells(at(fresh, claim, 0)) == ("待签", "无效-非本人")
    assert said(fresh, claim) == (
        "【账号未登记】账号“zhou@school.test”没有对应人员，本次操作不作为签批依据。请联系信息科。"
    )


def test_who_left_office_keeps_his_old_signatures(fresh: SmallOffice) -> None:
    """Decision 3: judged once, on arrival, with the rights of that moment."""
    claim = fresh.submitted()
    by(fresh, claim, *CHAIN[:3])
    edit_person(fresh, "周科长", status="已退出")
    head = fresh.office.directory.get(fresh.ids["周科长"])
    assert head is not None and not head.gone, "typed, it is nothing"
    leaves(fresh, "周科长")
    leaves(fresh, "孙副校长")
    fresh.sign(claim, "赵校长")
    fresh.settle()
    assert status(fresh, claim) == "已批准"
    assert {cells(s) for s in fresh.steps(claim)} == {("同意", "有效")}
    other = fresh.claim()
    fresh.person("王文员").submit(other)
    fresh.settle()
    assert "“部门负责人”没有人担任，请组织人事科在“部门”或“人员”表中设置后再提交。" in said(fresh, other)


def test_a_signer_adds_his_words_after_his_signature_once(office: SmallOffice) -> None:
    claim = office.submitted()
    office.sign(claim, "周科长")
    office.settle()
    head, step = office.person("周科长"), at(office, claim, 0)
    head.edit("sign_steps", step.id, opinion="情况属实")
    office.settle()
    head.edit("sign_steps", step.id, opinion="情况不属实")
    office.settle()
    assert (at(office, claim, 0)["opinion"], cells(at(office, claim, 0))) == ("情况属实", ("同意", "有效"))


def test_a_signature_once_given_stands(office: SmallOffice) -> None:
    claim = office.submitted()
    office.sign(claim, "周科长")
    office.settle()
    for who in ("周科长", "王文员"):
        office.person(who).sign(at(office, claim, 0).id, "退回", "我又想了一下，不行")
        office.settle()
        assert cells(at(office, claim, 0)) == ("同意", "有效")
        assert at(office, claim, 0)["check_message"] == (
            "【已还原】已签的意见不能再改；如需退回，请由后一级签批人选“退回”。"
        )
    assert ledger(office, claim) == [("SG-01", "严重")], "his own slip is none, another's hand is one"
    assert (status(office, claim), at(office, claim, 0)["opinion"]) == ("签批中", None)
    assert code(office, claim) in {s["biz_code"] for s in office.steps(claim)}
