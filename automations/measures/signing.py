"""三级签字 and what was caught (domain.md F2 三（四）（五）, C2, C7).

Steps are those of 支出单, reviews and signatures alike; those of requests, contracts and tasks are not among them. A
signature counts by 签批时间, also one that fell later (作废-改单, 作废-退回): it was lawful when given. One that Houqin
refused leaves no trace in its step once the right person has signed: refusals are counted from 预警台账, by 发现时间.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from automations.measures.base import Measure, codes, count, percent, total
from automations.measures.money import PAID, YUAN, payable
from automations.measures.period import Period
from automations.measures.records import Records
from automations.measures.turns import Chain, chains, current_steps, opened_at
from automations.rows import Rows, RowView
from automations.workdays import local_date

CLAIM = "支出单"
DECIDED = ("同意", "退回", "不同意")
STOOD = ("有效", "作废-改单", "作废-退回")
NOT_OWN, OUT_OF_ORDER, RECUSED, BAD_DELEGATE = "SG-01", "SG-02", "SG-03", "SG-04"
REFUSALS = (NOT_OWN, OUT_OF_ORDER, RECUSED, BAD_DELEGATE)
TOP = "主要领导"
APPROVED = ("已批准", *PAID)
DAYS = "个工作日"


# （四）签批 -----------------------------------------------------------------------------------------------------------


def signed_rows(records: Records, period: Period) -> Rows:
    """Steps of claims decided by whoever had to, in turn."""
    rows = records.within("sign_steps", "signed_at", period, biz_type=CLAIM, decision=DECIDED, valid=STOOD)
    return Rows("sign_steps", (row for row in rows if row.level != "知悉"))


def refused_rows(records: Records, period: Period, *rules: str) -> Rows:
    """Lines of 预警台账 about decisions on claims that did not count."""
    return records.within("violations", "found_at", period, biz_type=CLAIM, rule=rules or REFUSALS)


def steps(records: Records, period: Period) -> Measure:
    """Every decision taken on a claim, whether it counted or was refused."""
    return _count(records, period, (*signed_rows(records, period), *refused_rows(records, period)), "步")


def steps_in_order(records: Records, period: Period) -> Measure:
    """Decisions that counted: the right account, in turn."""
    return _count(records, period, signed_rows(records, period), "步")


def in_order_rate(records: Records, period: Period) -> Measure:
    """Percent of :func:`steps` that :func:`steps_in_order`."""
    good, all_ = steps_in_order(records, period), steps(records, period)
    return Measure(percent(good.value, all_.value), all_.codes, 1, "%")


def out_of_order_rate(records: Records, period: Period) -> Measure:
    """错序率: percent of :func:`steps` that :func:`out_of_order`."""
    wrong, all_ = out_of_order(records, period), steps(records, period)
    return Measure(percent(wrong.value, all_.value), wrong.codes, 2, "%")


def out_of_order(records: Records, period: Period) -> Measure:
    """Decisions refused because an earlier level had not signed (SG-02)."""
    return _count(records, period, refused_rows(records, period, OUT_OF_ORDER), "步")


def not_own(records: Records, period: Period) -> Measure:
    """Decisions refused because the account was not that of the signer (SG-01)."""
    return _count(records, period, refused_rows(records, period, NOT_OWN), "步")


def refused_otherwise(records: Records, period: Period) -> Measure:
    """Decisions refused for recusal or a delegation that did not hold (SG-03, SG-04)."""
    return _count(records, period, refused_rows(records, period, RECUSED, BAD_DELEGATE), "步")


def _count(records: Records, period: Period, rows: Iterable[RowView], unit: str) -> Measure:
    """Unknown before there were any steps at all."""
    if not records.reaches("sign_steps", "created_at", period):
        return Measure(None, (), 0, unit)
    return count(rows, unit)


def approved_claims(records: Records, period: Period) -> Rows:
    """支出单 by 批准时间."""
    return records.within("expense_claims", "approved_at", period, status=APPROVED)


def mean_days(records: Records, period: Period) -> Measure:
    """平均用时: working days from the submission that led to the approval until it, of claims approved in the period.

    Counted as reminders count: submitted on Monday and approved on Wednesday is 2, on the same day 0.
    """
    last = _last_chains(records)
    taken = []
    for claim in approved_claims(records, period):
        began = opened_at(last[claim.code], 0) if claim.code in last else None
        if began is not None:
            days = records.calendar.between(local_date(began), local_date(claim.approved_at))
            taken.append((claim, max(days, 0)))
    return mean_of(taken)


def _last_chains(records: Records) -> dict[str, Chain]:
    """The last round of each claim."""
    last: dict[str, Chain] = {}
    for chain in chains(records["sign_steps"].where(biz_type=CLAIM)):
        known = last.get(chain[0].biz_code)
        if known is None or (known[0].round or 0) < (chain[0].round or 0):
            last[chain[0].biz_code] = chain
    return last


def mean_of(taken: Iterable[tuple[RowView, int]]) -> Measure:
    """Mean of working days, each with the row that took them; unknown without any."""
    found = list(taken)
    mean = Decimal(sum(days for _, days in found)) / len(found) if found else None
    return Measure(mean, codes(row for row, _ in found), 1, DAYS)


def returned(records: Records, period: Period) -> Measure:
    """Decisions 退回 on claims."""
    return _count(records, period, (s for s in signed_rows(records, period) if s.decision == "退回"), "笔")


def refused(records: Records, period: Period) -> Measure:
    """Decisions 不同意 on claims: final."""
    return _count(records, period, (s for s in signed_rows(records, period) if s.decision == "不同意"), "笔")


def resigned(records: Records, period: Period) -> Measure:
    """Rounds after the first that began in the period: claims submitted anew after 退回, 撤回 or 改单."""
    firsts = [chain[0] for chain in chains(records["sign_steps"].where(biz_type=CLAIM))]
    again = [step for step in firsts if (step.round or 0) > 1 and step.created_at in period]
    return _count(records, period, again, "轮")


def delegated_rows(records: Records, period: Period) -> list[RowView]:
    """Signatures of a 受托人 for a leader away (代签).

    代谁签 is filled in as well where somebody stands aside (回避): who is handler or payee of the claim, or signed
    another level of the round, delegated nothing.
    """
    return [row for row in signed_rows(records, period) if row.on_behalf_of is not None and not _aside(records, row)]


def _aside(records: Records, step: RowView) -> bool:
    claim, whom = records.row("expense_claims", step.claim), step.on_behalf_of
    if claim is not None and whom in (claim.handler, claim.payee):
        return True
    others = records.linked("sign_steps", "claim", step.claim) if step.claim is not None else []
    return any(o.round == step.round and o.id != step.id and o.assignee == whom for o in others)


def delegated(records: Records, period: Period) -> Measure:
    """How many."""
    return _count(records, period, delegated_rows(records, period), "笔")


def delegated_sum(records: Records, period: Period) -> Measure:
    """元 of them."""
    return shown_sum(delegated_rows(records, period))


def shown_sum(steps: Iterable[RowView]) -> Measure:
    """元 that steps were about, by 签批金额."""
    return total(steps, "amount_shown", YUAN, 2)


@dataclass(frozen=True, slots=True)
class Urgent:
    """Work begun on a word of mouth (紧急), by 口头批准时间: how many, signed in time, signed late or not at all."""

    all: Measure
    in_time: Measure
    late: Measure


def urgent(records: Records, period: Period) -> Urgent:
    """紧急 requests whose signatures were to follow (SG-07).

    Late is what stands in 预警台账 under SG-07; in time what was approved and does not. The rest is still waiting.
    """
    rows = [
        row
        for row in records.within("requests", "verbal_at", period, urgent=True)
        if row.status not in ("不同意", "作废")
    ]
    told = {line.biz_code for line in records["violations"].where(rule="SG-07")}
    late = [row for row in rows if row.code in told]
    good = [row for row in rows if row.code not in told and row.approved_at is not None]
    return Urgent(*(records.kept("requests", count(found, "件")) for found in (rows, good, late)))


# 待签 ----------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits for a signature, of all kinds of rows: how many, 元, and working days that the oldest has waited."""

    n: Measure
    amount: Measure
    longest: Measure


def waiting(records: Records, person: int | None = None) -> Waiting:
    """The steps whose turn it is today; of one signer only, by his row id in 人员, where given."""
    found = [
        (step, max(records.calendar.between(opened, records.today), 0))
        for step, (opened, _) in current_steps(records["sign_steps"]).items()
        if person is None or step.assignee == person
    ]
    rows = [step for step, _ in found]
    oldest = max(found, key=lambda one: one[1], default=None)
    return Waiting(
        count(rows, "笔"),
        Measure(sum((row.amount_shown or Decimal(0) for row in rows), Decimal(0)), codes(rows), 2, YUAN),
        Measure(Decimal(oldest[1]) if oldest else None, codes([oldest[0]] if oldest else []), 0, DAYS),
    )


# 主要领导本人支出 -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class OwnSpending:
    """A claim of a leader for himself, and who signed the last level in his place."""

    code: str
    name: str
    title: str
    amount: Decimal
    approved_on: date
    signer: str


def leaders_own(records: Records, period: Period) -> list[OwnSpending]:
    """Claims approved in the period whose 经办人 or 收款人 is a 主要领导 (C2: told to 校委会 every quarter)."""
    found, last = [], _last_chains(records)
    for claim in approved_claims(records, period):
        owners = [records.directory.get(person) for person in (claim.handler, claim.payee)]
        owner = next((one for one in owners if one is not None and one.rank == TOP), None)
        if owner is None:
            continue
        signer = last[claim.code][-1].assignee if claim.code in last else None
        found.append(
            OwnSpending(
                str(claim.code),
                owner.name,
                claim.title or "",
                payable(claim),
                local_date(claim.approved_at),
                records.directory.name(signer) if signer is not None else "",
            )
        )
    return sorted(found, key=lambda one: (one.approved_on, one.code))


def leaders_own_sum(records: Records, period: Period) -> Measure:
    """元 of them."""
    own = leaders_own(records, period)
    return Measure(sum((one.amount for one in own), Decimal(0)), tuple(one.code for one in own), 2, YUAN)
