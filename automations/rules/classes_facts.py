"""What the rules, figures and automations about 培训班次 ask again and again (domain.md B2.8, B2.11)."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal

from automations.books import Facts, cached_property
from automations.rows import RowView
from automations.rules.base import facts_of
from automations.tables.values import Value
from automations.workdays import SCHOOL_TIME, local_date

TABLE, CHECKS, RESPONSES, CLAIMS = "training_classes", "equipment_checks", "survey_responses", "expense_claims"
PLANNED, PREPARING, RUNNING, ENDED = "计划", "筹备", "进行中", "待结班"
TO_ACCEPT, ARCHIVED, CALLED_OFF = "待验收", "已归档", "取消"
STATES = (PLANNED, PREPARING, RUNNING, ENDED, TO_ACCEPT, ARCHIVED, CALLED_OFF)
BEFORE_START = (PLANNED, PREPARING)

MEETING = "会议"
"""班次类型 of a meeting; a hall that is let is entered as one."""

READINESS = "开班前检查"
"""检查类型 of a line of the readiness checklist."""

NOT_BEGUN, UNDER_WAY, READY, NOT_READY = "未开始", "进行中", "合格", "不合格"
GOOD, SETTLED = "正常", "已办结"
"""结果 of a check without a finding; 状态 of an issue that was put right and checked again."""

ITEMS = ("lodging", "catering", "hygiene", "service", "facility", "teaching_support")
"""Columns of an answer sheet that count for 总体满意率."""

RATED = ("lodging", "catering")
"""Items with a baseline of 2014."""

UNUSED = "未使用"
TENTH, A_DAY = Decimal("0.1"), timedelta(days=1)

BREAKFAST, LUNCH, DINNER = "早", "中", "晚"
OVERNIGHT = (BREAKFAST, DINNER)
"""Meals that only lodgers take."""

STARTS: Mapping[str, str] = {"早": "breakfast", "中": "lunch", "晚": "dinner", "加餐": "extra"}
"""Last part of the key in 参数标准 that says when a meal begins."""


def answered(row: RowView, item: str) -> bool:
    """Whether the sheet says anything about the item."""
    return bool(row[item]) and row[item] != UNUSED


@facts_of(TABLE)
class ClassFacts(Facts):
    """A training class with its checklist, its survey and its days."""

    dated_by = "starts_on"

    @cached_property
    def state(self) -> str:
        """Where the class is, or where somebody is just moving it."""
        return self.moment if self.moment in STATES else self.status or PLANNED

    @cached_property
    def heads(self) -> Decimal:
        """实到人数, 计划人数 as long as nobody counted."""
        n = self.actual_n if self.actual_n is not None else self.planned_n
        return n if isinstance(n, Decimal) else Decimal(0)

    @cached_property
    def length(self) -> int | None:
        """Calendar days from 开班日 to 结班日, both included; None where one is missing or they are in disorder."""
        if self.starts_on is None or self.ends_on is None or self.ends_on < self.starts_on:
            return None
        return int((self.ends_on - self.starts_on).days) + 1

    # --- the readiness checklist ------------------------------------------------------------------------------------
    @cached_property
    def checklist(self) -> Sequence[RowView]:
        """Its lines."""
        return self.books.where(CHECKS, "training_class", self.id, check_kind=READINESS)

    @cached_property
    def open_checks(self) -> Sequence[RowView]:
        """Lines not looked at yet, and those with a finding that is not put right."""
        return [line for line in self.checklist if not (_done(line) and self._is_good(line))]

    def _is_good(self, line: RowView) -> bool:
        issue = self.books.row("issues", line.issue)
        return line.result == GOOD or (issue is not None and issue.status == SETTLED)

    @cached_property
    def open_names(self) -> str:
        """What is open, as people read it."""
        return "、".join(str(line["items"] or line.code or "").split("：")[0] for line in self.open_checks)

    @cached_property
    def readiness_now(self) -> str:
        """开班准备, by the checklist as it stands (the cell may be older)."""
        if not any(_done(line) for line in self.checklist):
            return NOT_BEGUN
        if not self.open_checks:
            return READY
        return NOT_READY if any(_done(line) for line in self.open_checks) else UNDER_WAY

    def begins_within(self, days: int) -> bool:
        """Whether no more than these working days are left until it begins; False once it has begun."""
        start = self.starts_on
        return start is not None and self.reached(self.calendar.add(start, -days)) and self.today <= start

    # --- the survey -------------------------------------------------------------------------------------------------
    @cached_property
    def survey_closes_on(self) -> date | None:
        """Last day on which an answer counts; None of a meeting and of a hall that is let: nobody asks."""
        if self.ends_on is None or self.class_type == MEETING:
            return None
        return self.calendar.add(self.ends_on, self.norm.whole("survey.close_wd"))

    @property
    def survey_closed(self) -> bool:
        """Nobody can answer any more."""
        return self.survey_closes_on is not None and self.reached(self.survey_closes_on + A_DAY)

    @cached_property
    def sheets(self) -> Sequence[RowView]:
        """Every answer sheet that came in."""
        return self.pointing(RESPONSES, "training_class")

    @cached_property
    def valid_sheets(self) -> Sequence[RowView]:
        """Those that count."""
        return [row for row in self.sheets if row.valid]

    @cached_property
    def return_rate(self) -> Decimal:
        """Valid sheets per head, %."""
        return percent(len(self.valid_sheets), int(self.heads)) or Decimal(0)

    @cached_property
    def sample_is_enough(self) -> bool:
        """So many answered that the figures say something."""
        few = len(self.valid_sheets) < self.norm.whole("survey.min_n")
        return not few and self.return_rate >= self.norm.number("survey.min_share")

    @cached_property
    def grades(self) -> Mapping[str, Counter[str]]:
        """How many gave which grade to an item; whoever did not use it says nothing."""
        return {item: Counter(row[item] for row in self.valid_sheets if answered(row, item)) for item in ITEMS}

    def satisfaction(self, *items: str, more: tuple[str, ...] = ()) -> Decimal | None:
        """满意率 in %: the satisfied among those who answered; None where nobody did.

        Args:
            *items: Columns of the sheet.
            more: Further grades that count as satisfied, for the second figure 含一般.
        """
        said = sum((self.grades[item] for item in items), Counter())
        satisfied = (*self.norm.names("survey.satisfied"), *more)
        return percent(sum(said[grade] for grade in satisfied), said.total())

    @cached_property
    def low_items(self) -> Mapping[str, tuple[Decimal, Decimal]]:
        """Items below the baseline, with 满意率 and baseline; none before the survey is closed or of too few sheets."""
        if not self.survey_closed or not self.sample_is_enough:
            return {}
        found = {item: (self.satisfaction(item), self.norm.number(f"survey.baseline.{item}")) for item in RATED}
        return {item: (p, least) for item, (p, least) in found.items() if p is not None and p < least}

    # --- meals ------------------------------------------------------------------------------------------------------
    def takes(self, meal: str, on: date) -> bool:
        """Whether its people eat here: lunch on each day, lodgers also breakfast and dinner between their nights."""
        if self.length is None or not self.starts_on <= on <= self.ends_on:
            return False
        if meal == LUNCH:
            return True
        away = self.starts_on if meal == BREAKFAST else self.ends_on
        return meal in OVERNIGHT and on != away and (self.lodging_n or 0) > 0

    @property
    def meals_without_a_row(self) -> Sequence[tuple[date, str, tuple[Value, ...]]]:
        """Meals of today and yesterday that nobody entered in time: day, meal, the running classes that took it.

        Only of the first of these classes, so that each is told once, and only of working days: on others, trainees of
        long classes are at home.
        """
        if self.status != RUNNING or self.length is None or not self.reached(self.starts_on):
            return ()
        if self.reached(self.ends_on + 2 * A_DAY):
            return ()
        hours, today = self.norm.whole("food.sample_due_hours"), local_date(self.now)
        found: list[tuple[date, str, tuple[Value, ...]]] = []
        for on in (today - A_DAY, today):
            entered = {row.meal for row in self.books.where("meals", "date", on)}
            for meal in (BREAKFAST, LUNCH, DINNER) if self.calendar.is_workday(on) else ():
                late = self.now - at(on, self.norm.clock(f"food.start.{STARTS[meal]}")) >= timedelta(hours=hours)
                if meal in entered or not late or not self.takes(meal, on):
                    continue
                running = [self.about(row, ClassFacts) for row in self.books.where(TABLE, "status", RUNNING)]
                taking = sorted({self.id, *(one.id for one in running if one.takes(meal, on))})
                if taking[0] == self.id:
                    found.append((on, meal, tuple(taking)))
        return found


def _done(line: RowView) -> bool:
    return line.done_on is not None and bool(line.result)


def at(on: date, clock: time) -> datetime:
    """A time of day at the school."""
    return datetime.combine(on, clock, SCHOOL_TIME)


def percent(part: int, whole: int) -> Decimal | None:
    """A share in %, to a tenth; None of nothing."""
    return (Decimal(100 * part) / whole).quantize(TENTH, ROUND_HALF_UP) if whole else None
