"""收支两条线: income reaches the treasury whole and in time, nothing is netted (domain.md B5.25, C4)."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from typing import Any

from automations.books import Facts, cached_property
from automations.people import Person
from automations.rules.base import ALWAYS, STAGE, SUBMIT, facts_of, rule, shown
from automations.rules.claims import empty, quoted

TABLE = "income"
AWAITED, RECEIVED, REMITTED, CHECKED, WAIVED, REFUNDED = "应收", "已收", "已缴库", "已核对", "减免", "退款"
SETTLED = frozenset({CHECKED, REFUNDED})
"""States in which nothing of an income changes any more."""

MONEY_CAME = (RECEIVED, REMITTED, CHECKED)
REFUNDING = (SUBMIT, REFUNDED)
"""Asking for the signatures of a refund is the only 提交 an income knows."""

NOT_THE_SCHOOLS, SCANNED = "其他", "刷卡扫码"
"""收款账户 that is none of the school's; 收款方式 by card or code."""

DUE = ("income.same_day", "income.due_days", "income.due_cap", "income.hard_cap_days")
LAW = "预算法第五十六条；国务院令第281号第十四条、第十六条"
HIGHEST_STAGE = 3
"""IN-02 climbs 出纳、会计 → 分管领导 → 主要领导, a step each working day."""

BASIC = ("kind", "payer", "amount")
ON_RECEIPT = (*BASIC, "received", "received_on", "method", "account", "receipt_kind", "collector")
ON_REMITTANCE = (*ON_RECEIPT, "remitted", "remitted_on", "remit_no", "remitter")
NEEDED: Mapping[str, Sequence[str]] = {
    RECEIVED: ON_RECEIPT,
    REMITTED: ON_REMITTANCE,
    CHECKED: ON_REMITTANCE,
    WAIVED: BASIC,
    REFUNDED: (*ON_RECEIPT, "remark"),
}
"""What must be filled to reach a state; the receipt's number has a rule of its own (IN-05)."""

NEEDED_BY_KIND: Mapping[str, str] = {"培训费收入": "training_class", "资产出租出借": "contract"}
"""Money follows the class and the contract it comes from."""

LETTING = "场地设施收入"

NETTED = "冲抵|抵扣|抵顶|抵付|坐支|从收入中列支|从收入中支付"
"""Words of spending taken off income; rules of claims look for them as well."""

PRIVATELY = (
    "(?:个人|私人|本人)的?(?:收款码|二维码)|(?:个人|私人|本人|经办人|出纳)的?(?:微信|支付宝)(?:收款|收取|代收|二维码)"
    "|(?:(?:转|存|打|汇|划)(?:入|到|至|给|进)?|收进)了?(?:个人|私人|本人|经办人|出纳)的?"
    "(?:银行)?(?:账户|帐户|账号|卡|微信|支付宝)"
    "|(?:个人|私人)(?:账户|帐户)(?:收|代收)|(?:入|到|至|进)私户|私户(?:收|代收)"
)
"""Words of money that reached a private account or code; that somebody *paid* from his own account is no harm."""

Figures = Iterator[dict[str, Any]]


@cache
def _undenied(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"(?P<denied>(?!未经|不得已)[不未没无非][^，。；、\s]{{0,3}})?(?P<words>{pattern})")


def says(pattern: str, *texts: Any) -> str:
    """The first words that ``pattern`` finds and that are not denied (未抵扣、不得抵扣); "" where there are none."""
    for text in texts:
        for found in _undenied(pattern).finditer(str(text)) if text else ():
            if not found["denied"]:
                return found["words"]
    return ""


@facts_of(TABLE)
class IncomeFacts(Facts):
    """One income with what its rules keep asking. What is computed here, the cells of these names may not show yet."""

    @cached_property
    def state(self) -> str:
        """Where the row is, or where somebody is just moving it."""
        if self.moment in REFUNDING:
            return REFUNDED
        return self.moment if self.moment in NEEDED else self.status

    @cached_property
    def money_came(self) -> bool:
        """Something was received, whatever the status says."""
        return self.state in MONEY_CAME or self.received is not None or self.received_on is not None

    @cached_property
    def gap(self) -> Decimal | None:
        """元 received and not remitted; None before anything was received."""
        return None if self.received is None else self.money("received") - self.money("remitted")

    @cached_property
    def remitted_in_full(self) -> bool:
        """All of it is with the treasury."""
        return self.remitted_on is not None and self.gap is not None and self.gap <= 0

    @cached_property
    def due_on(self) -> date | None:
        """Last good day to remit: the day of receipt or working days after it, and never later than either cap."""
        start: date | None = self.received_on
        if start is None or self.method in self.norm.names("income.same_day"):
            return start
        after, latest = (self.calendar.add(start, self.norm.whole(k)) for k in ("income.due_days", "income.due_cap"))
        return min(after, latest, start + timedelta(days=self.norm.whole("income.hard_cap_days")))

    @cached_property
    def late_wd(self) -> int | None:
        """Working days from the due day until all was remitted, else until today; None where nothing is due."""
        if self.due_on is None or not self.received or self.status in (WAIVED, REFUNDED):
            return None
        until = self.remitted_on if self.remitted_in_full else self.today
        return max(self.calendar.between(self.due_on, until), 0)

    @cached_property
    def collected_by(self) -> Person | None:
        """收款人."""
        return self.person("collector")


# What must be filled in -----------------------------------------------------------------------------------------------


@rule("必填", TABLE, "B25", "请填写：{fields}。", at=(*MONEY_CAME, WAIVED, *REFUNDING))
def filled_for_its_state(income: IncomeFacts) -> Figures:
    """Each state has what it needs: 已收 the receipt, 已缴库 the remittance, 退款 a reason in 备注."""
    by_kind = [NEEDED_BY_KIND[income.kind]] if income.kind in NEEDED_BY_KIND else []
    missing = [income.schema[n].title for n in (*NEEDED[income.state], *by_kind) if empty(income[n])]
    if missing:
        yield {"fields": quoted(missing)}


@rule(
    "场地出租",
    TABLE,
    "万州：坚持党校姓党与面向市场相结合",
    "{kind}请选“班次”：出租登记为类型“会议”的班次，写明教室和起止日，才能核对是否与主体班冲突。",
    "提示",
    at=ALWAYS,
)
def let_rooms_stand_in_the_calendar(income: IncomeFacts) -> Figures:
    """Whatever is let stands among the classes, with its room and days; until the income is settled."""
    if income.kind == LETTING and income.training_class is None and income.status in (AWAITED, RECEIVED, REMITTED):
        yield {"kind": income.kind}


@rule("必填", TABLE, "B25", "“{title}”应大于0，现在是{amount}元。", at=(*MONEY_CAME, WAIVED, *REFUNDING))
def sums_are_above_zero(income: IncomeFacts) -> Figures:
    """No sum is zero or below."""
    for name in ("amount", "received", "remitted"):
        if income[name] is not None and income[name] <= 0 and name in NEEDED[income.state]:
            yield {"title": income.schema[name].title, "amount": income[name]}


@rule("日期", TABLE, "B25", "缴库日{remitted_on}早于收款日{received_on}，请核对。", at=(REMITTED, CHECKED))
def remitted_after_receipt(income: IncomeFacts) -> Figures:
    """Nothing is remitted before it was received."""
    if income.remitted_on and income.received_on and income.remitted_on < income.received_on:
        yield {"remitted_on": income.remitted_on, "received_on": income.received_on}


@rule("日期", TABLE, "B25", "“{title}”{day}在今天之后，请核对。", at=MONEY_CAME)
def no_day_lies_ahead(income: IncomeFacts) -> Figures:
    """A day still to come would stop the clock of IN-02."""
    for name in ("received_on", "remitted_on"):
        if income[name] is not None and income[name] > income.today:
            yield {"title": income.schema[name].title, "day": income[name]}


# Whole and in time ----------------------------------------------------------------------------------------------------


@rule(
    "IN-01",
    TABLE,
    LAW,
    "实收{received}元，已缴{remitted}元，差{gap}元。收入须全额上缴，不得抵扣支出。",
    gravity="严重",
    at=(REMITTED, CHECKED),
)
def remitted_whole(income: IncomeFacts) -> Figures:
    """Whatever was received is remitted to the last 分."""
    if income.gap is not None and income.gap > 0:
        yield {"received": income.received, "remitted": income.money("remitted"), "gap": income.gap}


@rule("IN-01", TABLE, LAW, "已缴{remitted}元大于实收{received}元，多{over}元，请核对。", at=(REMITTED, CHECKED))
def not_more_than_received(income: IncomeFacts) -> Figures:
    """Nothing is remitted that was never received: the books would not balance."""
    if income.gap is not None and income.gap < 0:
        yield {"remitted": income.remitted, "received": income.received, "over": -income.gap}


@rule(
    "IN-02",
    TABLE,
    LAW,
    "收入{code} {amount}元已收{days}个工作日{mark}未缴库。",
    "预警",
    gravity="一般",
    at=ALWAYS,
    settings=DUE,
)
def remitted_in_time(income: IncomeFacts) -> Figures:
    """Remitted by the due day; a new line on each of the first three working days after it."""
    if income.late_wd and not income.remitted_in_full:
        yield {
            "code": income.code,
            # A remitted sum without its day is not with the treasury yet.
            "amount": income.gap if income.gap else income.received,
            **_since_receipt(income, income.today),
        }


@rule(
    "IN-02",
    TABLE,
    LAW,
    "收入{code} {amount}元收款后{days}个工作日{mark}才缴库，迟缴{late}个工作日。",
    "预警",
    gravity="一般",
    at=ALWAYS,
    settings=DUE,
)
def late_remittance_entered_afterwards(income: IncomeFacts) -> Figures:
    """Whoever enters receipt and remittance together, both late, is told as well; stages told before stay told once."""
    if income.late_wd and income.remitted_in_full:
        yield {
            "code": income.code,
            "amount": income.received,
            "late": income.late_wd,
            **_since_receipt(income, income.remitted_on),
        }


def _since_receipt(income: IncomeFacts, until: date) -> dict[str, Any]:
    start, late = income.received_on, income.late_wd or 0
    return {
        "days": income.calendar.between(start, until),
        "mark": income.calendar.mark(start, until),
        STAGE: str(min(late, HIGHEST_STAGE)),
    }


@rule(
    "IN-03",
    TABLE,
    f"{LAW}；财政违法行为处罚处分条例第四条",
    "检测到疑似“坐支”：{what}。收入先全额缴库，支出另行申请，不得以收抵支。",
    gravity="严重",
    at=(ALWAYS, RECEIVED),
)
def nothing_is_netted(income: IncomeFacts) -> Figures:
    """No income stays in another account, pays a bill, or is taken off what the school owes the payer."""
    if not income.money_came:
        return
    if income.account == NOT_THE_SCHOOLS:
        yield {"what": "收款账户为“其他”，不是国库、财政专户或单位基本户", STAGE: "账户"}
    if words := says(NETTED, income.remark, income.payer):
        yield {"what": f"备注或付款单位中写有“{words}”", STAGE: "字样"}
    short = income.money("amount") - income.money("received")
    if income.received is not None and short > 0 and income.books.where("vendors", "name", income.payer):
        asked, got = shown(income.amount), shown(income.received)
        what = f"服务商“{income.payer}”应交{asked}元、实收{got}元，少收{shown(short)}元"
        yield {"what": what, STAGE: "服务商"}


@rule(
    "IN-04",
    TABLE,
    "政府非税收入管理办法（财税〔2016〕33号）",
    "收费项目“{kind}”不在批准目录内，不得收取。",
    at=(ALWAYS, RECEIVED),
    settings=("income.fee_list",),
)
def charged_by_the_list(income: IncomeFacts) -> Figures:
    """Only what the approved list names is charged."""
    if income.kind is not None and income.kind not in income.norm.names("income.fee_list"):
        yield {"kind": income.kind}


@rule("IN-05", TABLE, "C4；发票管理办法", "收款必须开具票据，票据号不能为空。", at=(*MONEY_CAME, *REFUNDING))
def has_a_receipt(income: IncomeFacts) -> Figures:
    """Whoever pays gets a receipt."""
    if empty(income.receipt_no):
        yield {}


@rule(
    "IN-05",
    TABLE,
    "C4；发票管理办法",
    "收款必须开具票据，票据号重复（{other}已用{number}）。",
    at=(ALWAYS, *MONEY_CAME),
)
def receipt_used_once(income: IncomeFacts) -> Figures:
    """A receipt's number stands in one row only: that of the row which came first, or is settled already."""
    same = [r for r in income.books.where(TABLE, "receipt_no", income.receipt_no) if r.id != income.id]
    if taken := [r for r in same if r.id < income.id or r.status in SETTLED]:
        yield {"other": taken[0].code or "另一笔收入", "number": income.receipt_no}


@rule("IN-06", TABLE, LAW, "不得使用个人账户或个人收款码收取公款。", gravity="严重", at=(ALWAYS, RECEIVED))
def no_private_account(income: IncomeFacts) -> Figures:
    """Public money never passes through a private account or code."""
    by_code = income.account == NOT_THE_SCHOOLS and income.method == SCANNED
    if by_code or says(PRIVATELY, income.remark, income.payer):
        yield {STAGE: "私人账户"}


# Two people at least --------------------------------------------------------------------------------------------------

APART = "不相容岗位"


@rule(APART, TABLE, "内控规范；C2", "收款人与缴款人不能是同一人（{name}），请换人缴库。", at=MONEY_CAME)
def collected_and_remitted_by_two(income: IncomeFacts) -> Figures:
    """收费人 and 缴库人 are two people."""
    if income.collector is not None and income.collector == income.remitter:
        yield {"name": income.directory.name(income.collector)}


@rule(APART, TABLE, "会计法第三十五条", "收款人{name}是会计，会计不能经手收款，请由出纳或收费人员收款。", at=MONEY_CAME)
def collector_keeps_no_books(income: IncomeFacts) -> Figures:
    """Whoever keeps the books collects no money."""
    if income.collected_by is not None and income.collected_by.has("会计"):
        yield {"name": income.collected_by.name}


@rule(APART, TABLE, "内控规范", "{name}不是会计：缴库须由会计核对。", at=CHECKED)
def checked_by_an_accountant(income: IncomeFacts) -> Figures:
    """会计 compares the remittance with the treasury's paper."""
    if income.actor is not None and not income.actor.has("会计"):
        yield {"name": income.actor.name}


@rule(APART, TABLE, "内控规范", "{name}是本笔收入的{part}，不能核对自己经手的收入。", at=CHECKED)
def checked_by_another(income: IncomeFacts) -> Figures:
    """Nobody checks what he collected or remitted himself."""
    for part in ("collector", "remitter"):
        if income.actor is not None and income.actor.id == income[part]:
            yield {"name": income.actor.name, "part": income.schema[part].title}


# Not collected after all ----------------------------------------------------------------------------------------------


@rule("减免", TABLE, "B25", "减免须有批准文件，请上传“减免依据”。", at=WAIVED)
def waived_on_paper(income: IncomeFacts) -> Figures:
    """A waiver rests on an approved document."""
    if empty(income.waiver_doc):
        yield {}


@rule("减免", TABLE, "B25", "已实收{received}元，不能改为减免；要退还请走“退款”。", at=WAIVED)
def waived_before_receipt(income: IncomeFacts) -> Figures:
    """Money that came in is not waived away."""
    if income.money("received") > 0:
        yield {"received": income.received}


@rule("退款", TABLE, "B25", "已缴库{remitted}元，不能直接退款，请向财政部门办理退付。", at=REFUNDING)
def refunded_before_remittance(income: IncomeFacts) -> Figures:
    """What the treasury has, the treasury pays back."""
    if income.money("remitted") > 0:
        yield {"remitted": income.remitted}
