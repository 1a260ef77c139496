"""Planted around signatures, payment and the tables themselves: V01–V07, V19, V35–V37, V40 (domain.md E6)."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from automations.demo.year.edits import Edit, Ref, delete, papers, person, sign, write
from automations.demo.year.paperwork import CLAIMS, draft
from automations.demo.year.plan import Plan
from automations.demo.year.planting import Planted, Scene, Story
from automations.demo.year.school import CASHIER, TOP

LINE = "食堂食材"
HANDLERS = ("韩采购", "邹食堂", "章仓库", "窦安全")
LEADER = "孙后勤"
DELEGATE = "郑党务"
CLERKS = ("冯文员", "曹文秘", "严机要")
SMALL = 986


def v01(plan: Plan) -> Planted:
    """A clerk agrees in the step of 分管领导."""
    s = Scene(plan, "V01", "非本人签批")
    bill = s.bill(s.who(*HANDLERS), LINE, s.day("9-2"), s.sum(SMALL))
    s.submitted(bill, s.at("9-2", "14:00"))
    s.signed(bill.key, s.at("9-3", "09:00"), s.at("9-3", "09:30"))
    s.do(sign(s.at("9-3", "10:00"), CLAIMS, bill.key, by=s.who(*CLERKS), level="分管领导").watched())
    s.signed(bill.key, s.at("9-3", "15:00"), s.at("9-3", "16:00"))
    s.paid(bill, s.at("9-3", "16:30"))
    s.ledger(bill, "SG-01", "严重", words=("本级应由孙后勤签批",))
    s.told_in(bill, "SG-01")
    return s.planted


def v02(plan: Plan) -> Planted:
    """主要领导 agrees before 分管领导; later one tap is enough."""
    s = Scene(plan, "V02", "越序签批")
    bill = s.bill(s.who(*HANDLERS), LINE, s.day("9-9"), s.sum(SMALL))
    s.submitted(bill, s.at("9-9", "14:00"))
    s.signed(bill.key, s.at("9-10", "09:00"), s.at("9-10", "09:30"))
    s.do(sign(s.at("9-10", "10:00"), CLAIMS, bill.key, by=TOP, level="主要领导").watched())
    s.signed(bill.key, s.at("9-10", "15:00"), s.at("9-10", "16:00"))
    s.paid(bill, s.at("9-10", "16:30"))
    s.ledger(bill, "SG-02", "一般", words=("前一级“分管领导·孙后勤”尚未签批",))
    s.told_in(bill, "SG-02")
    return s.planted


def _own_trip(plan: Plan, id: str, title: str, who: str, on: str) -> Planted:
    """Somebody who signs for others travels himself."""
    s = Scene(plan, id, title)
    day = s.day(on)
    times: dict[str, Any] = {"starts": plan.at(day, "08:00"), "ends": plan.at(day, "18:00"), "place": "邻州市"}
    permit = s.permit("出差", who, "差旅费", day, Decimal(400), **times)
    after = plan.calendar.add(day, 1)
    more: dict[str, Any] = {"request": permit, "trip_days": 1, "acceptor": None, "accepted_on": None}
    bill = s.bill(who, "差旅费", day, s.sum(90), s.sum(96), **more)
    s.settled(bill, plan.at(after, "09:10"))
    for row in (permit, Ref(CLAIMS, bill.key)):
        s.told_in(row, "SG-03", words=(f"【回避】{who}是本单经办人",))
    return s.planted


def v03(plan: Plan) -> Planted:
    """The head of 行政科: his own review is skipped."""
    return _own_trip(plan, "V03", "部门负责人本人出差", "沈行政", "6-9")


def v03b(plan: Plan) -> Planted:
    """分管领导: a substitute signs."""
    return _own_trip(plan, "V03b", "分管领导本人出差", LEADER, "6-16")


def v04(plan: Plan) -> Planted:
    """Approved 986, then typed over: 9,860."""
    s = Scene(plan, "V04", "批准后改单")
    bill = s.bill(s.who(*HANDLERS), LINE, s.day("9-16"), s.sum(SMALL))
    s.submitted(bill, s.at("9-16", "09:10"))
    s.by_all(bill.key, s.at("9-16", "10:00"))
    s.do(write(s.at("9-17", "10:00"), bill.who, CLAIMS, bill.key, amount=bill.total * 10).watched())
    s.void(bill, s.at("9-18", "10:00"))
    s.ledger(bill, "DG-02", "严重", words=("“申请金额”",))
    s.told_in(bill, "DG-02")
    return s.planted


def v05(plan: Plan) -> Planted:
    """The payee's account of an archived claim is typed over."""
    s = Scene(plan, "V05", "归档后改收款账号")
    bill = s.bill(s.who(*HANDLERS), LINE, s.day("8-17"), s.sum(640))
    s.settled(bill, s.at("8-17", "09:10"))
    s.do(write(s.at("9-8", "16:00"), bill.who, CLAIMS, bill.key, payee_account="另一张卡").watched())
    s.ledger(bill, "DG-03", "严重")
    s.told_in(bill, "DG-03")
    return s.planted


def v06(plan: Plan) -> Planted:
    """A delegate signs two days after the leader is back."""
    s = Scene(plan, "V06", "委托已过期")
    s.do(*_away(s))
    bill = s.bill(s.who(*HANDLERS), LINE, s.day("8-17"), s.sum(720))
    s.submitted(bill, s.at("8-17", "09:10"))
    s.signed(bill.key, s.at("8-17", "10:00"), s.at("8-17", "10:30"))
    s.do(sign(s.at("8-18", "10:00"), CLAIMS, bill.key, by=DELEGATE, level="分管领导").watched())
    s.signed(bill.key, s.at("8-18", "15:00"), s.at("8-18", "16:00"))
    s.paid(bill, s.at("8-18", "16:30"))
    s.ledger(bill, "SG-04", "一般", words=("委托已过期",))
    s.told_in(bill, "SG-04")
    return s.planted


def _away(s: Scene) -> Iterator[Edit]:
    """孙后勤 is away for a week, with a written delegation up to 5,000 元; one claim is signed under it."""
    delegation = {
        "away_from": s.day("8-10"),
        "away_to": s.day("8-14"),
        "delegate": person(DELEGATE),
        "delegate_scope": ("支出", "事前审批"),
        "delegate_limit": Decimal(5000),
        "delegate_doc": papers("委托书.pdf"),
    }
    yield write(s.at("8-7", "16:00"), LEADER, "people", LEADER, **delegation).watched()


def n_delegate(plan: Plan) -> Planted:
    """Within the limit and the days: a delegate's signature counts."""
    s = Scene(plan, "N-委托", "委托期内代签3200元", like="V06")
    day = s.day("8-10")
    permit = s.permit("零星采购", "邹食堂", LINE, day, Decimal(3200), at=s.at("8-6", "09:00"))
    bill = s.bill("邹食堂", LINE, day, Decimal(3200), request=permit)
    s.submitted(bill, s.at("8-11", "09:10"))
    s.signed(bill.key, s.at("8-11", "10:00"), s.at("8-11", "10:30"))
    s.do(sign(s.at("8-12", "10:00"), CLAIMS, bill.key, by=DELEGATE, level="分管领导").watched())
    s.signed(bill.key, s.at("8-12", "15:00"))
    s.paid(bill, s.at("8-12", "16:30"))
    return s.planted


def v07(plan: Plan) -> Planted:
    """A step waits over the holiday of 1 May: 5/1–5 do not count, the Saturday 5/9 does."""
    s = Scene(plan, "V07", "签批搁置过五一", fixed=True)
    bill = s.bill(s.who(*HANDLERS), LINE, s.day("4-29"), s.sum(SMALL))
    s.submitted(bill, s.at("4-29", "09:10"))
    s.paid(bill, s.by_all(bill.key, s.at("5-11", "10:00")))
    for stage in ("signer-2", "office-3", "upward-5"):
        s.notice(bill, "steps_waiting", stage)
    return s.planted


def v19(plan: Plan) -> Planted:
    """出纳 enters a payment while the claim is being signed."""
    s = Scene(plan, "V19", "未批先付")
    bill = s.bill(s.who(*HANDLERS), LINE, s.day("10-20"), s.sum(880))
    s.submitted(bill, s.at("10-20", "09:10"))
    s.signed(bill.key, s.at("10-20", "10:00"))
    paid = {"pay_method": "银行转账", "paid_on": s.day("10-20")}
    s.do(write(s.at("10-20", "11:00"), CASHIER, CLAIMS, bill.key, **paid).watched())
    s.paid(bill, s.by_all(bill.key, s.at("10-21", "09:00")))
    s.ledger(bill, "EX-08", "严重")
    s.told_in(bill, "EX-08", words=("银行回单",))
    return s.planted


def v35(plan: Plan) -> Planted:
    """可用 of a budget line typed over; a claim deleted."""
    s = Scene(plan, "V35", "篡改与删除")
    line = Ref("budget_lines", "会议费")
    s.do(write(s.at("7-8", "09:30"), s.who(*CLERKS), *line, available=Decimal(999_999)).watched())
    bill = s.bill(s.who(*HANDLERS), LINE, s.day("7-8"), s.sum(540))
    s.submitted(bill, s.at("7-8", "10:10"))
    s.signed(bill.key, s.at("7-8", "10:40"), s.at("7-8", "11:10"))
    s.do(delete(s.at("7-8", "16:00"), bill.who, CLAIMS, bill.key))
    s.paid(bill, s.by_all(bill.key, s.at("7-10", "10:00")))
    s.told_in(line, "DG-01")
    s.ledger(bill, "DG-04", "严重")
    return s.planted


def v36(plan: Plan) -> Planted:
    """A file with a secrecy mark in its name."""
    s = Scene(plan, "V36", "涉密标志")
    bill = s.bill(s.who(*HANDLERS), LINE, s.day("10-13"), s.sum(300), attached=("公寓改造方案（秘密★1年）.pdf",))
    s.all(edit.watched() for edit in draft(plan, bill, s.at("10-13", "10:00")))
    s.ledger(bill, "DG-06", "严重")
    s.told_in(bill, "DG-06")
    return s.planted


def v37(plan: Plan) -> Planted:
    """One person is given the books and the cash."""
    s = Scene(plan, "V37", "会计兼出纳")
    who = s.who("戚核算", "曹文秘", "费资料")
    roles = ("经办人", "会计", "出纳")
    s.do(
        write(s.at("3-18", "10:00"), "魏干部", "people", who, roles=roles).watched(),
        write(s.at("3-18", "10:30"), "魏干部", "people", who, roles=("经办人",)).watched(),
    )
    s.ledger(Ref("people", who), "PE-03", "严重")
    s.told_in(Ref("people", who), "PE-03", words=("“会计”与“出纳”为不相容岗位",))
    return s.planted


def v40(plan: Plan) -> Planted:
    """A clerk files in his head's name."""
    s = Scene(plan, "V40", "代他人填报")
    typist = s.who(*CLERKS)
    bill = s.bill(typist, LINE, s.day("11-3"), s.sum(460), handler=person("王主任"))
    s.submitted(bill, s.at("11-3", "10:00"))
    s.do(write(s.at("11-3", "15:00"), typist, CLAIMS, bill.key, handler=person(typist), status="作废").watched())
    s.ledger(bill, "SG-08", "一般")
    s.told_in(bill, "SG-08")
    return s.planted


STORIES: Mapping[str, Story] = {
    "V01": v01,
    "V02": v02,
    "V03": v03,
    "V03b": v03b,
    "V04": v04,
    "V05": v05,
    "V06": v06,
    "N-委托": n_delegate,
    "V07": v07,
    "V19": v19,
    "V35": v35,
    "V36": v36,
    "V37": v37,
    "V40": v40,
}
