"""N02 to N05, N07: which rows are told of, and how each letter reads; the days are in the diaries."""

from datetime import datetime
from typing import Any

import pytest

from automations.reminders import Notice
from automations.tables.values import File
from tests.jobs.diaries_money import CLAIM, RECEPTION, REQUEST, RETURNED
from tests.jobs.diary import (
    CLERK,
    HEAD,
    LEADER,
    Cells,
    Tables,
    at,
    on,
    run,
    words,
)

LATER = at("10-14")
"""The 10th working day after 9-23."""


def told(job: str, now: datetime, tables: Tables, **more: Any) -> list[tuple[str, list[Any]]]:
    return [(notice.stage, list(notice.to)) for notice in run(job, now, {**tables, **more})]


def letters(job: str, now: datetime, tables: Tables, me: str = "王文员") -> list[str]:
    return [words(notice, me) for notice in run(job, now, tables)]


# --- N02 --------------------------------------------------------------------------------------------------------------


def returned(*steps: Cells, **cells: Any) -> Tables:
    return {"expense_claims": [{**RETURNED, **cells}], "sign_steps": steps or [STEP]}


STEP: Cells = {"claim": 1, "decision": "退回", "signed_at": at("9-23")}


def test_n02_which_claims() -> None:
    assert told("claim_untouched", LATER, returned()) == [("wd-10", [CLERK, HEAD])]
    for status in ("草稿", "签批中", "作废"):
        assert told("claim_untouched", LATER, returned(status=status)) == []
    for step in ({**STEP, "decision": "同意"}, {**STEP, "claim": 2}, {**STEP, "signed_at": None}):
        assert told("claim_untouched", LATER, returned(step)) == []
    again = {**STEP, "signed_at": at("10-9")}
    assert told("claim_untouched", LATER, returned(STEP, again)) == [], "returned once more, it has its ten days again"


def test_n02_letters() -> None:
    last = "；到11月11日（30个工作日）仍未提交的，系统将作废并释放发票。"
    begins = "【退回未改】ZC-2026-0001“灯具”已退回10个工作日，"
    assert letters("claim_untouched", LATER, returned()) == [f"{begins}请修改后重新提交{last}"]
    assert letters("claim_untouched", LATER, returned(), "周科长") == [f"{begins}请督促王文员修改后重新提交{last}"]


# --- N03, N04, N05 ----------------------------------------------------------------------------------------------------


def requests(job: str, now: datetime = LATER, claims: tuple[Cells, ...] = (), **cells: Any) -> list[Notice]:
    row = {**(RECEPTION if job == "reception_list" else REQUEST), **cells}
    return run(job, now, {"requests": [row], "expense_claims": claims})


@pytest.mark.parametrize("status", ["草稿", "撤回", "作废", "不同意"])
def test_n03_which_requests(status: str) -> None:
    """A draft claims nothing."""
    assert len(requests("request_unclaimed", claims=({"request": 1, "status": status},))) == 1
    for living in ("提交", "签批中", "已退回", "已批准", "已支付", "已归档"):
        assert requests("request_unclaimed", claims=({"request": 1, "status": living},)) == []
    assert len(requests("request_unclaimed", claims=({"request": 2, "status": "已支付"},))) == 1
    for other in ("已批准", "执行中", "已核销", "不同意", "作废"):
        assert requests("request_unclaimed", status=other) == []
    assert requests("request_unclaimed", at("11-20"), status="过期") != []
    assert requests("request_unclaimed", at("11-23"), status="过期") == [], "what expired a month ago is no news"
    assert requests("request_unclaimed", ends_at=None) == []


def test_n03_letters() -> None:
    [notice] = requests("request_unclaimed")
    begins = "【待报销】SQ-2026-0001“外出调研”已于9月23日结束，10个工作日未报销，"
    ends = "；10月23日后过期。没有发生费用的，请告知会计作废。"
    assert words(notice, "王文员") == f"{begins}请填写支出单并选择本审批单{ends}"
    assert words(notice, "周科长") == f"{begins}请督促王文员填写支出单{ends}"
    [gone] = requests("request_unclaimed", at("10-26"), status="过期")
    assert words(gone) == (
        "【审批过期】SQ-2026-0001“外出调研”9月23日结束后一直没有报销，已过期，占用的指标已释放。"
        "确需报销的请重新办理事前审批。"
    )


def test_n04_which_receptions() -> None:
    assert [list(n.to) for n in requests("reception_list")] == [["office", HEAD]]
    paper = (File("接待清单.pdf", 9, "r"),)
    assert requests("reception_list", guest_list=paper) == []
    for name, expected in (("接待清单.pdf", 0), ("公函.pdf", 1)):
        claim = {"request": 1, "status": "签批中", "attachments": (File(name, 9, "r"),)}
        assert len(requests("reception_list", claims=(claim,))) == expected, name
    for cells in ({"kind": "会议"}, {"status": "已核销"}, {"status": "作废"}, {"status": "待签"}, {"ends_at": None}):
        assert requests("reception_list", **cells) == []
    assert words(requests("reception_list")[0]) == (
        "【接待清单】SQ-2026-0001“外出调研”（示例县委党校）9月23日已结束，10个工作日未上传接待清单。"
        "缺少接待清单不能报销，请在“事前审批”上传“接待清单”，并填写实到来访人数和餐费。"
    )


def test_n05_which_requests() -> None:
    urgent = {"urgent": True, "verbal_at": at("9-18", "23:00"), "status": "待签"}
    now = at("9-22")
    assert [list(n.to) for n in requests("urgent_unsigned", now, **urgent)] == [[CLERK, LEADER]]
    for cells in (
        {"urgent": False},
        {"verbal_at": None},
        {"status": "已批准"},
        {"status": "已执行"},
        {"status": "作废"},
    ):
        assert requests("urgent_unsigned", now, **{**urgent, **cells}) == []
    [notice] = requests("urgent_unsigned", now, **urgent)
    begins = (
        "【补办手续】SQ-2026-0001“外出调研”9月18日口头批准，现为“待签”。"
        "紧急事项应于口头批准后3个工作日内（9月22日前）补办手续，"
    )
    assert words(notice, "王文员") == f"{begins}请尽快提交签批；逾期列入预警台账。"
    assert words(notice, "孙副校长") == f"{begins}经办人王文员，请督促并及时签批；逾期列入预警台账。"


# --- N07 --------------------------------------------------------------------------------------------------------------


def test_n07_approved_and_not_paid() -> None:
    now = at("10-12")

    def said(**cells: Any) -> list[str]:
        return letters("payment_waiting", now, {"expense_claims": [{**CLAIM, **cells}]})

    begins = "【待支付】ZC-2026-0001“灯具”1,260元已批准5个工作日，尚未支付。"
    waits = "“纸质已签”还没有勾选：请会计核对纸质审批单后勾选，再由出纳支付。"
    assert said() == [begins + waits]
    assert said(paper_signed=True, audited_amount=1180) == [
        "【待支付】ZC-2026-0001“灯具”1,180元已批准5个工作日，尚未支付。请办理支付并填写“支付日”。"
    ]
    for status in ("签批中", "已支付", "已归档", "作废"):
        assert said(status=status) == []
    assert said(approved_at=None) == []


SMALL: Cells = {"name": "示例小店", "is_sme": True}


def small(company: Cells = SMALL, more: Tables | None = None, **cells: Any) -> list[Notice]:
    tables = {"expense_claims": [{**CLAIM, "accepted_on": on("6-7"), **cells}], "vendors": [company], **(more or {})}
    return run("payment_small_company", at("7-7"), tables)


def test_n07_which_companies() -> None:
    both = [("day-25", [LEADER]), ("day-30", ["主要领导"])]
    assert [(n.stage, list(n.to)) for n in small()] == both
    assert small({**SMALL, "is_sme": False}) == small(vendor=None) == small(accepted_on=None) == []
    for status in ("已支付", "已归档", "不同意", "作废"):
        assert small(status=status) == []
    for status in ("草稿", "签批中", "已退回"):
        assert len(small(status=status)) == 2, "the school's own signing is no excuse"
    bought = {"procurements": [{"accepted_on": on("6-7"), "accept_result": "合格"}], "contracts": [{"procurement": 1}]}
    for link in ({"procurement": 1}, {"contract": 1}):
        assert len(small(more=bought, accepted_on=None, **link)) == 2
        failed = {
            "procurements": [{"accepted_on": on("6-7"), "accept_result": "不合格"}],
            "contracts": bought["contracts"],
        }
        assert small(more=failed, accepted_on=None, **link) == []
    assert words(small()[0]) == (
        "【中小企业款项】应付示例小店（中小企业）1,260元，验收已30天，须在30日内支付；"
        "ZC-2026-0001现为“已批准”，内部审批不是拖延理由，请督促办理。"
    )
