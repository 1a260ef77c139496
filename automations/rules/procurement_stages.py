"""采购项目, stage by stage: who decides, when it may begin, award, contract, acceptance (domain.md C5)."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from automations.rules.base import ALWAYS, rule
from automations.rules.claims import empty
from automations.rules.procurements import (
    ACCEPTED,
    ANNOUNCED,
    CARRYING_OUT,
    DIRECT,
    ENDED,
    IN_FORCE,
    INTENTION,
    PASSED,
    PERFORMING,
    TABLE,
    TO_CONTRACT,
    Figures,
    ProcurementFacts,
)

UNFORESEEN = ("紧急", "应急", "急需", "抢修", "不可预见")
"""Words of 方式说明 with which an intention need not be published (财库〔2020〕10号)."""

BY_CIRCULATION = ("传签", "传阅", "会签")
NOT_INDEPENDENT = "校办后勤实体"

# Who decides, and when it may begin -------------------------------------------------------------------------------

TOGETHER = "达到{limit}元须经校委会集体研究，请填会议纪要号和日期。"
DECIDED_BY = (CARRYING_OUT, TO_CONTRACT, PERFORMING)


@rule("PR-05", TABLE, "C5；三重一大", TOGETHER, at=DECIDED_BY, settings=("collective.limit",))
def decided_together(procurement: ProcurementFacts) -> Figures:
    """The leadership team decides large purchases before they are carried out (V21)."""
    limit = procurement.norm.money("collective.limit")
    if procurement.money("budget") >= limit and not minuted(procurement):
        yield {"limit": limit}


def minuted(procurement: Any) -> bool:
    """Number and day of the minutes are there."""
    return bool(str(procurement.meeting_no or "").strip()) and procurement.meeting_on is not None


@rule("PR-05", TABLE, "C5；三重一大", "校委会会议日期{day}晚于今天，请核对。", at=DECIDED_BY)
def meeting_was_held(procurement: ProcurementFacts) -> Figures:
    """The meeting does not lie ahead."""
    if procurement.meeting_on is not None and procurement.meeting_on > procurement.today:
        yield {"day": procurement.meeting_on}


@rule(
    "PR-05",
    TABLE,
    "C5；三重一大",
    "“{text}”是{word}，不算校委会集体研究。请开会研究，并填会议纪要号和日期。",
    at=DECIDED_BY,
)
def decided_in_a_meeting(procurement: ProcurementFacts) -> Figures:
    """Passing a paper round is no decision of the team."""
    text = str(procurement.meeting_no or "")
    if word := next((w for w in BY_CIRCULATION if w in text), ""):
        yield {"text": text, "word": word}


def _too_early(procurement: ProcurementFacts) -> Iterator[dict[str, Any]]:
    if procurement.method not in ANNOUNCED or procurement.intention_on is None:
        return
    days = procurement.norm.whole("procurement.intention_days")
    earliest = procurement.intention_on + timedelta(days=days)
    if procurement.today < earliest:
        yield {"days": days, "day": earliest}


def _unforeseen(procurement: ProcurementFacts) -> bool:
    return any(word in str(procurement.method_reason or "") for word in UNFORESEEN)


LAW_OF_INTENTIONS = "C5；财库〔2020〕10号"
TOO_EARLY = "采购意向公开未满{days}日，最早可于{day}开始采购活动。"
DAYS = ("procurement.intention_days",)


@rule("PR-06", TABLE, LAW_OF_INTENTIONS, TOO_EARLY, "提示", at=INTENTION, settings=DAYS)
def intention_tells_when(procurement: ProcurementFacts) -> Figures:
    """Whoever publishes an intention reads from when on the purchase may begin."""
    yield from _too_early(procurement)


@rule("PR-06", TABLE, LAW_OF_INTENTIONS, TOO_EARLY, at=CARRYING_OUT, settings=DAYS)
def intention_was_public_long_enough(procurement: ProcurementFacts) -> Figures:
    """A government purchase begins 30 days after its intention was published."""
    if not _unforeseen(procurement):
        yield from _too_early(procurement)


@rule(
    "PR-06",
    TABLE,
    LAW_OF_INTENTIONS,
    "采购意向尚未公开：请填“采购意向公开日”，公开满{days}日后才能开始采购活动。",
    at=CARRYING_OUT,
    settings=DAYS,
)
def intention_was_published(procurement: ProcurementFacts) -> Figures:
    """A government purchase has a published intention."""
    if procurement.method in ANNOUNCED and procurement.intention_on is None and not _unforeseen(procurement):
        yield {"days": procurement.norm.whole("procurement.intention_days")}


@rule(
    "PR-06",
    TABLE,
    LAW_OF_INTENTIONS,
    "采购意向未公开满{days}日，“方式说明”写明属紧急情形，请核实。",
    "提示",
    at=CARRYING_OUT,
    settings=DAYS,
)
def unforeseen_need_is_explained(procurement: ProcurementFacts) -> Figures:
    """Where nobody could foresee the need, whoever decides reads so."""
    if procurement.method not in ANNOUNCED or not _unforeseen(procurement):
        return
    if procurement.intention_on is None or any(_too_early(procurement)):
        yield {"days": procurement.norm.whole("procurement.intention_days")}


# The award and its contract ---------------------------------------------------------------------------------------


@rule("PR-08", TABLE, "C5", "最高限价{ceiling}元不能高于预算{budget}元。")
def ceiling_within_budget(procurement: ProcurementFacts) -> Figures:
    """The ceiling is not above the budget."""
    if procurement.money("ceiling") > procurement.money("budget") > 0:
        yield {"ceiling": procurement.ceiling, "budget": procurement.budget}


AWARDED = (TO_CONTRACT, PERFORMING)


@rule("PR-08", TABLE, "C5", "成交金额{award}元超过最高限价{ceiling}元。", at=AWARDED)
def award_within_ceiling(procurement: ProcurementFacts) -> Figures:
    """The award is not above the ceiling."""
    if procurement.ceiling is not None and procurement.money("award") > procurement.ceiling:
        yield {"award": procurement.award, "ceiling": procurement.ceiling}


@rule("PR-08", TABLE, "C5", "成交金额{award}元超过预算{budget}元。", at=AWARDED)
def award_within_budget(procurement: ProcurementFacts) -> Figures:
    """The award is not above the budget."""
    if procurement.budget is not None and procurement.money("award") > procurement.budget:
        yield {"award": procurement.award, "budget": procurement.budget}


@rule("成交供应商", TABLE, "A42", "“{name}”是{status}，不能独立承担民事责任，不能作为成交供应商。", at=AWARDED)
def winner_answers_for_itself(procurement: ProcurementFacts) -> Figures:
    """The school does not buy from its own branch, which is no legal person."""
    winner = procurement.of("winner")
    if winner is not None and winner.legal_status == NOT_INDEPENDENT:
        yield {"name": winner.name, "status": NOT_INDEPENDENT}


@rule(
    "PR-07",
    TABLE,
    "C5；政府采购法第四十六条",
    "成交通知书发出已{n}日，须在{limit}日内签订合同。",
    "预警",
    gravity="一般",
    at=ALWAYS,
    settings=("procurement.contract_days",),
)
def contract_signed_soon(procurement: ProcurementFacts) -> Figures:
    """The contract is signed within 30 days after the award; one signed late was late, too."""
    if procurement.award_on is None or procurement.method == DIRECT or procurement.status in ENDED:
        return
    signed = procurement.agreement.sign_on if procurement.agreement is not None else None
    limit = procurement.norm.whole("procurement.contract_days")
    if (n := ((signed or procurement.today) - procurement.award_on).days) > limit:
        yield {"n": n, "limit": limit}


@rule("PR-07", TABLE, "C5", "合同{no}现为“{status}”，完成签批后才能转入“{moment}”。", at=PERFORMING)
def contract_is_in_force(procurement: ProcurementFacts) -> Figures:
    """Nobody performs what is not signed."""
    contract = procurement.agreement
    if contract is not None and contract.status not in IN_FORCE:
        yield {"no": contract.contract_no, "status": contract.status or "草拟", "moment": procurement.moment}


# Acceptance -------------------------------------------------------------------------------------------------------


@rule(
    "PR-09",
    TABLE,
    "C5；政府采购法第四十一条",
    "验收组不足{least}人，或全部来自经办部门，请补充。",
    at=ACCEPTED,
    settings=("procurement.accept_min",),
)
def accepted_by_several(procurement: ProcurementFacts) -> Figures:
    """At least three accept it, and somebody of another department is among them."""
    if empty(procurement.accept_team):
        return
    team = [procurement.directory.get(member) for member in procurement.accept_team]
    least = procurement.norm.whole("procurement.accept_min")
    handler = procurement.person("handler")
    others = [m for m in team if m is not None and (handler is None or m.department != handler.department)]
    if len(team) < least or not others:
        yield {"least": least}


@rule("PR-09", TABLE, "C2；内控规范", "{name}是本项目采购经办人，不能担任验收组长，请换人。", at=ACCEPTED)
def acceptance_led_by_another(procurement: ProcurementFacts) -> Figures:
    """Whoever bought it does not lead its acceptance."""
    if procurement.handler is not None and procurement.handler == procurement.accept_leader:
        yield {"name": procurement.directory.name(procurement.handler)}


@rule(
    "PR-09",
    TABLE,
    "政府采购法实施条例第四十五条",
    "面向公众的服务，验收应请服务对象参加并出具意见（政府采购法实施条例第四十五条），请填“服务对象意见”。",
    at=ACCEPTED,
)
def users_take_part(procurement: ProcurementFacts) -> Figures:
    """Whom a service is for, says how it was."""
    if procurement.public_service and empty(procurement.accept_users):
        yield {}


@rule("PR-09", TABLE, "C5", "验收结论为“{result}”，请整改后重新验收，不能转入“{status}”。", at=ACCEPTED)
def accepted_means_passed(procurement: ProcurementFacts) -> Figures:
    """What did not pass is not accepted."""
    if procurement.accept_result is not None and procurement.accept_result not in PASSED:
        yield {"result": procurement.accept_result, "status": procurement.moment}
