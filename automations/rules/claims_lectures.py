"""讲课费: by title and hour, few hours in half a day, classes taught together count once (domain.md C3)."""

from collections.abc import Mapping

from automations.amounts import CENT
from automations.rules.base import rule
from automations.rules.claims import LECTURES, LIVING, TABLE, ClaimFacts, Figures

LAW = "财行〔2016〕540号"
STANDARDS: Mapping[str, str] = {
    "其他": "vice_senior",
    "副高级": "vice_senior",
    "正高级": "senior",
    "院士或全国知名专家": "academician",
}
"""By 职称: the last part of ``training.lecture.…``; who has no title gets no more than 副高级."""


@rule(
    "讲课费",
    TABLE,
    LAW,
    "{lecturer}税后讲课费{each}元/学时，超过{title}{limit}元/学时的标准，多出{over}元。",
    settings=("training.lecture.",),
)
def hour_within_standard(claim: ClaimFacts) -> Figures:
    """After tax a lecturer gets no more for an hour than the title allows."""
    key = STANDARDS.get(claim.lecturer_title)
    if claim.category != LECTURES or key is None or not claim.lecture_hours or claim.lecture_net is None:
        return
    limit = claim.norm.money(f"training.lecture.{key}")
    over = claim.lecture_net - limit * claim.lecture_hours
    if over > 0:
        yield {
            "lecturer": claim.lecturer,
            "each": (claim.lecture_net / claim.lecture_hours).quantize(CENT),
            "title": claim.lecturer_title,
            "limit": limit,
            "over": over,
            "key": key,
        }


@rule(
    "讲课费",
    TABLE,
    LAW,
    "{slots}讲课{hours}学时，每半天最多按{limit}学时计算，最多可报{most}学时。",
    settings=("training.lecture_hours_half_day",),
)
def few_hours_in_half_a_day(claim: ClaimFacts) -> Figures:
    """No more than four hours count in half a day."""
    if claim.category != LECTURES or claim.lecture_hours is None or not claim.lecture_slots:
        return
    limit = claim.norm.whole("training.lecture_hours_half_day")
    most = limit * len(claim.lecture_slots)
    if claim.lecture_hours > most:
        hours = f"{claim.lecture_hours.normalize():f}"
        yield {"slots": claim.lecture_slots, "hours": hours, "limit": limit, "most": most}


@rule("讲课费", TABLE, LAW, "税后讲课费{net}元大于申请金额{amount}元，请核对。")
def net_within_gross(claim: ClaimFacts) -> Figures:
    """What the lecturer gets after tax is part of what is asked for."""
    if claim.category == LECTURES and claim.lecture_net is not None and claim.lecture_net > claim.asked:
        yield {"net": claim.lecture_net, "amount": claim.asked}


@rule("讲课费", TABLE, LAW, "{lecturer}{day}{slots}的讲课费已在{code}报销，合班讲课只计一次。")
def classes_taught_together_count_once(claim: ClaimFacts) -> Figures:
    """A lecturer is paid once for the same half day, however many classes listen."""
    if claim.category != LECTURES or not claim.lecturer or claim.biz_date is None:
        return
    for other in claim.books.where(TABLE, "lecturer", claim.lecturer):
        if other.id == claim.id or other.biz_date != claim.biz_date or other.status not in LIVING:
            continue
        both = [slot for slot in claim.lecture_slots if slot in other.lecture_slots]
        if both and other.category == LECTURES:
            yield {"lecturer": claim.lecturer, "day": claim.biz_date, "slots": both, "code": other.code}
