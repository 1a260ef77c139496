"""满意度问卷: which sheets count, and what the figures of a class say (domain.md B2.11, SV-01 to SV-04)."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from automations.books import Facts, cached_property
from automations.rows import RowView
from automations.rules.base import ALWAYS, facts_of, rule
from automations.rules.classes_facts import (
    ARCHIVED,
    ENDED,
    ITEMS,
    RESPONSES,
    RUNNING,
    TABLE,
    TENTH,
    TO_ACCEPT,
    ClassFacts,
    answered,
)
from automations.workdays import local_date

HELD = (RUNNING, ENDED, TO_ACCEPT)
NAMES = {"lodging": "住宿", "catering": "餐饮"}
LAW = "B11；万州2014年问卷：住宿满意率96%、餐饮满意率91%"

Figures = Iterator[dict[str, Any]]


@facts_of(RESPONSES)
class SheetFacts(Facts):
    """One answer sheet."""

    dated_by = "submitted_at"

    @cached_property
    def handed_in(self) -> datetime | None:
        """When: as the form says, else when the row was added."""
        moment = self.submitted_at or self.created_at
        return moment if isinstance(moment, datetime) else None

    @cached_property
    def first(self) -> RowView | None:
        """The sheet that used the same 答卷码 before; None where this is the first."""
        first = min(self.books.where(RESPONSES, "token", self.token or None), key=lambda row: row.id, default=None)
        return None if first is None or first.id == self.id else first

    @cached_property
    def trouble(self) -> str:
        """Why it does not count; "" where it does."""
        if self.training_class is None:
            return "没有班次"
        if not self.token:
            return "没有答卷码"
        if self.first is not None:
            return "答卷码重复"
        if not any(answered(self.row, item) for item in ITEMS):
            return "没有作答"
        return self._outside()

    def _outside(self) -> str:
        opens: date | None = self.books.cell(TABLE, self.training_class, "ends_on")
        if opens is None or self.handed_in is None:
            return ""
        closes, on = self.calendar.add(opens, self.norm.whole("survey.close_wd")), local_date(self.handed_in)
        return "" if opens <= on <= closes else f"不在答卷时间内（{opens}至{closes}）"


@rule("SV-03", RESPONSES, "B11", "答卷码“{token}”{first}已经用过，本份重复，作废，不计入满意率。", "提示", at=ALWAYS)
def one_sheet_a_token(sheet: SheetFacts) -> Figures:
    """A 答卷码 counts once: the sheet that used it first."""
    if sheet.first is not None:
        yield {"token": sheet.token, "first": f"在{sheet.first.code}" if sheet.first.code else ""}


@rule(
    "SV-01",
    TABLE,
    "B11",
    "有效问卷{n}份，回收率{rate}%，样本不足（要求≥{share}%且≥{least}份），结果仅供参考。",
    "提示",
    at=ALWAYS,
    settings=("survey.min_share", "survey.min_n", "survey.close_wd"),
)
def enough_answered(course: ClassFacts) -> Figures:
    """Once the survey is closed, enough of the class have answered."""
    if course.status in HELD and course.survey_closed and not course.sample_is_enough:
        yield {
            "n": len(course.valid_sheets),
            "rate": f"{course.return_rate:f}".removesuffix(".0"),
            "share": f"{course.norm.number('survey.min_share'):f}",
            "least": course.norm.whole("survey.min_n"),
        }


@rule(
    "SV-02",
    TABLE,
    LAW,
    "{name}{item}满意率{rate}%，低于基准{least}%（{year}年）{gap}个百分点。",
    "预警",
    gravity="一般",
    at=(ALWAYS, ARCHIVED),
    settings=("survey.baseline.", "survey.satisfied", "survey.min_share", "survey.min_n", "survey.close_wd"),
)
def as_satisfied_as_before(course: ClassFacts) -> Figures:
    """住宿 and 餐饮 are not worse than in 2014; each item has its own line and its own issue."""
    for item, (found, least) in course.low_items.items():
        yield {
            "name": course.name,
            "item": NAMES[item],
            "rate": f"{found:f}".removesuffix(".0"),
            "least": f"{least:f}",
            "year": course.norm.text("survey.baseline.year"),
            "gap": f"{(least - found).quantize(TENTH):f}".removesuffix(".0"),
            "key": item,
            "stage": item,
        }


@rule(
    "SV-04",
    TABLE,
    "B11",
    "实到{heads}人，收到{n}份，超过人数，请检查二维码是否外传。",
    "预警",
    gravity="一般",
    at=ALWAYS,
)
def not_more_sheets_than_people(course: ClassFacts) -> Figures:
    """No more people answered than there were; a sheet sent twice is none of them."""
    if course.actual_n is not None and len(course.valid_sheets) > course.actual_n:
        yield {"heads": f"{course.actual_n:f}", "n": len(course.sheets)}
