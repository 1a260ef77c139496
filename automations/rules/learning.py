"""学习记录: what counts, what must be filled in, what was handed in before (domain.md A12–15, B3.14, LN-03)."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from functools import lru_cache
from itertools import pairwise
from typing import Any

from automations.books import Facts, cached_property
from automations.learning import (
    A_WEEK,
    DAILY,
    FOUR_ONES,
    GOALS,
    MONTHLY,
    WEEKLY,
    YEARLY,
    days_expected,
    monday_of,
    period_of,
    week_of,
)
from automations.rows import RowView
from automations.rules.base import ALWAYS, facts_of, rule
from automations.rules.claims import missing_cells, quoted
from automations.tables.values import File

TABLE = "learning_records"
RETURNED = "退回"
NEEDED: Mapping[str, tuple[str, ...]] = {
    DAILY: ("days",),
    WEEKLY: ("words",),
    MONTHLY: ("hours",),
    YEARLY: ("score",),
    "岗位培训": ("hours",),
}
"""What a kind needs besides what is marked ●."""

Figures = Iterator[dict[str, Any]]


@facts_of(TABLE)
class LearningFacts(Facts):
    """A record with its period, worked out here: the cell of this name may be older."""

    dated_by = "date"

    @cached_property
    def period(self) -> str | None:
        """The week, month or year it belongs to."""
        return None if self.date is None or self.kind is None else period_of(self.kind, self.date)

    @cached_property
    def words_min(self) -> int:
        """字数 that 每周一写 must have."""
        return self.norm.whole("learning.words_min")

    @cached_property
    def full(self) -> RowView | None:
        """The record that filled its period before it; None while there is room, or where every record counts.

        四个一 take as many records a period as are asked for, 每天一学 one row a week.
        """
        if self.kind not in FOUR_ONES or self["person"] is None or self.period is None:
            return None
        room = 1 if self.kind == DAILY else max(self.norm.whole(GOALS[self.kind]), 1)
        found = self.books.where(TABLE, "person", self["person"], kind=self.kind, period=self.period)
        earlier = [r for r in found if r.id < self.id and is_valid(r, self.words_min)]
        return earlier[room - 1] if len(earlier) >= room else None

    @cached_property
    def counted(self) -> bool:
        """Whether it counts."""
        return self.period is not None and is_valid(self.row, self.words_min) and self.full is None


def is_valid(record: RowView, words_min: int) -> bool:
    """Whether a record could count: not returned, long enough, of at least one day."""
    if record.review == RETURNED:
        return False
    if record.kind == WEEKLY:
        return (record.words or 0) >= words_min
    return record.kind != DAILY or (record.days or 0) > 0


@rule("必填", TABLE, "B3.14", "请填写：{fields}。", "提示", at=ALWAYS)
def record_is_complete(record: LearningFacts) -> Figures:
    """Everything marked ● is filled, and what its kind needs."""
    if missing := missing_cells(record, *NEEDED.get(record.kind, ())):
        yield {"fields": quoted(missing)}


@rule("学习天数", TABLE, "B3.14", "“每天一学”本周有{most}个工作日，填了{days}天，请核对。", "提示", at=ALWAYS)
def no_more_days_than_the_week_has(record: LearningFacts) -> Figures:
    """No week has more days of learning than working days."""
    if record.kind != DAILY or record.date is None or not record.days:
        return
    most = days_expected(monday_of(record.date), record.calendar)
    if record.days > most:
        yield {"most": most, "days": int(record.days)}


@rule(
    "字数",
    TABLE,
    "B3.14",
    "“每周一写”应不少于{least}字，现在是{words}字，暂不计入。",
    "提示",
    at=ALWAYS,
    settings=("learning.words_min",),
)
def long_enough(record: LearningFacts) -> Figures:
    """每周一写 has its length."""
    if record.kind == WEEKLY and record.words is not None and record.words < record.words_min:
        yield {"least": record.words_min, "words": int(record.words)}


@rule(
    "重复填报",
    TABLE,
    "B3.14",
    "{period}的“{kind}”已有{other}，本条不计入。",
    "提示",
    at=ALWAYS,
    settings=("learning.words_min", "learning.weekly", "learning.monthly", "learning.yearly"),
)
def once_a_period(record: LearningFacts) -> Figures:
    """A period takes as many records as are asked for."""
    if record.full is not None:
        yield {"period": record.period, "kind": record.kind, "other": record.full.code or "一条记录"}


# Handed in before -----------------------------------------------------------------------------------------------------


@rule(
    "LN-03",
    TABLE,
    "B3.14",
    "与{date}“{title}”内容重复率高，请重新撰写。",
    "提示",
    at=ALWAYS,
    settings=("learning.repeat_share", "learning.repeat_last"),
)
def written_anew(record: LearningFacts) -> Figures:
    """每周一写 is no copy of what the same colleague handed in the weeks before."""
    if record.kind != WEEKLY or record.review == RETURNED:
        return
    share = record.norm.number("learning.repeat_share")
    for other in _before(record):
        if _alike(record.row, other) * 100 >= share:
            yield {"date": other.date, "title": other.title or ""}
            return


def _before(record: LearningFacts) -> Iterator[RowView]:
    """What he wrote in the weeks before, the newest first; week by week, so that later rows change nothing here."""
    if record.date is None or record["person"] is None:
        return
    for n in range(record.norm.whole("learning.repeat_last") + 1):
        week = week_of(record.date - n * A_WEEK)
        for other in record.books.where(TABLE, "person", record["person"], kind=WEEKLY, period=week):
            if other.id < record.id and other.review != RETURNED and other.date is not None:
                yield other


def _alike(one: RowView, other: RowView) -> Decimal:
    """From 0 to 1: the same file is the same text; titles are compared by what pairs of signs they share."""
    if not _files(one).isdisjoint(_files(other)):
        return Decimal(1)
    mine, theirs = _pairs(str(one.title or "")), _pairs(str(other.title or ""))
    if not mine or not theirs:
        return Decimal(0)
    return Decimal(2 * len(mine & theirs)) / (len(mine) + len(theirs))


def _files(record: RowView) -> set[str]:
    return {f.sha256 for f in record.file or () if isinstance(f, File) and f.sha256}


@lru_cache(maxsize=8192)
def _pairs(title: str) -> frozenset[str]:
    signs = [sign for sign in title if sign.isalnum()]
    return frozenset(a + b for a, b in pairwise(signs))
