"""供餐留样: every dish is kept long enough and cold, by somebody in good health (domain.md B2.10, ML-01 to 05)."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import ROUND_DOWN, Decimal
from typing import Any

from automations.books import Facts, cached_property
from automations.rules.base import ALWAYS, facts_of, rule
from automations.rules.claims import missing_cells, quoted
from automations.rules.classes_facts import A_DAY, LUNCH, OVERNIGHT, STARTS, TENTH, at
from automations.rules.classes_facts import TABLE as COURSES
from automations.workdays import local_date

TABLE = "meals"
HEALTH = "健康证"
FINE, MISSING, TOO_EARLY, TO_DISPOSE = "正常", "留样缺失", "提前销毁", "待销毁"
LAW = "食品安全法实施条例第二十八条"

Figures = Iterator[dict[str, Any]]


@facts_of(TABLE)
class MealFacts(Facts):
    """One meal with its samples."""

    dated_by = "date"

    @cached_property
    def called(self) -> str:
        """早餐, 中餐, 晚餐 or 加餐."""
        meal = str(self.meal or "")
        return meal if meal.endswith("餐") else f"{meal}餐"

    @cached_property
    def sampled(self) -> bool:
        """Somebody wrote down when samples were kept, and how many."""
        return self.sampled_at is not None and self.sample_count is not None and self.sample_count > 0

    @cached_property
    def samples_late(self) -> bool:
        """The meal began some hours ago and nobody wrote down its samples."""
        if self.sampled or self.date is None or not self.meal:
            return False
        start = at(self.date, self.norm.clock(f"food.start.{STARTS[self.meal]}"))
        return self._passed(start + timedelta(hours=self.norm.whole("food.sample_due_hours")))

    @cached_property
    def kept_hours(self) -> Decimal | None:
        """Hours from sampling to disposal; None before that, or where the two are in disorder."""
        if self.sampled_at is None or self.disposed_at is None or self.disposed_at < self.sampled_at:
            return None
        seconds = Decimal((self.disposed_at - self.sampled_at).total_seconds())
        return (seconds / 3600).quantize(TENTH, ROUND_DOWN)

    @cached_property
    def least_hours(self) -> int:
        """Hours that samples must be kept."""
        return self.norm.whole("food.sample_hours")

    @cached_property
    def state_now(self) -> str | None:
        """留样状态; None while the samples of the meal need not be there yet."""
        if not self.sampled:
            return MISSING if self.samples_late else None
        if self.kept_hours is not None:
            return TOO_EARLY if self.kept_hours < self.least_hours else FINE
        return TO_DISPOSE if self._passed(self.sampled_at + timedelta(hours=self.least_hours)) else FINE

    def _passed(self, moment: datetime) -> bool:
        # The time of day is asked on that day only: a row that asks is looked at again each quarter of an hour.
        day = local_date(moment)
        return self.reached(day + A_DAY) or (self.reached(day) and moment <= self.now)

    @cached_property
    def expected(self) -> Decimal:
        """People who should eat: lodgers, at noon everybody in class, and on working days the staff."""
        guests = sum((self._people(course) for course in self.classes or ()), Decimal(0))
        staff = self.meal == LUNCH and self.date is not None and self.calendar.is_workday(self.date)
        return guests + (self.norm.whole("food.staff_lunch") if staff else 0)

    def _people(self, course: int) -> Decimal:
        for column in ("lodging_n",) if self.meal in OVERNIGHT else ("actual_n", "planned_n"):
            n = self.books.cell(COURSES, course, column)
            if n is not None:
                return Decimal(n)
        return Decimal(0)


def _plain(number: Decimal) -> str:
    return f"{number:f}".removesuffix(".0")


def _named(meal: MealFacts) -> dict[str, Any]:
    return {"date": meal.date, "meal": meal.called, "key": STARTS.get(meal.meal, "")}


@rule("必填", TABLE, "B10", "请填写：{fields}。", "提示", at=ALWAYS)
def filled_in(meal: MealFacts) -> Figures:
    """Everything marked ●, and who disposed of what was disposed of."""
    if missing := missing_cells(meal, *(("disposed_by",) if meal.disposed_at is not None else ())):
        yield {"fields": quoted(missing)}


@rule("重复", TABLE, "B10", "{date}{meal}在{first}已经登记，请不要重复登记。", "提示", at=ALWAYS)
def entered_once(meal: MealFacts) -> Figures:
    """One row a meal; the row that came first is left in peace."""
    same = meal.books.where(TABLE, "date", meal.date, meal=meal.meal) if meal.meal else ()
    first = min(same, key=lambda row: row.id, default=None)
    if first is not None and first.id < meal.id:
        yield {**_named(meal), "first": first.code}


@rule(
    "ML-01",
    TABLE,
    LAW,
    "{date}{meal}尚无留样记录，请立即补留并说明。",
    "预警",
    gravity="一般",
    at=ALWAYS,
    settings=("food.sample_due_hours", "food.start."),
)
def samples_were_kept(meal: MealFacts) -> Figures:
    """Two hours after a meal began, its samples are written down."""
    if meal.samples_late:
        yield _named(meal)


@rule(
    "ML-02",
    TABLE,
    LAW,
    "{date}{meal}留样于{disposed_at}销毁，保存仅{hours}小时，不足{least}小时。",
    "预警",
    gravity="严重",
    at=ALWAYS,
    settings=("food.sample_hours",),
)
def samples_were_kept_long_enough(meal: MealFacts) -> Figures:
    """Samples are kept for 48 hours."""
    if meal.kept_hours is not None and meal.kept_hours < meal.least_hours:
        figures = {"disposed_at": meal.disposed_at, "hours": _plain(meal.kept_hours), "least": meal.least_hours}
        yield {**_named(meal), **figures}


@rule("日期", TABLE, "B10", "销毁时间{disposed_at}早于留样时间{sampled_at}，请核对。", at=ALWAYS)
def disposed_after_sampled(meal: MealFacts) -> Figures:
    """Nothing is disposed of before it was kept."""
    if meal.sampled_at is not None and meal.disposed_at is not None and meal.disposed_at < meal.sampled_at:
        yield {"disposed_at": meal.disposed_at, "sampled_at": meal.sampled_at}


@rule("ML-03", TABLE, LAW, "留样量{grams}克，每个品种不得少于{least}克。", at=ALWAYS, settings=("food.sample_g",))
def samples_are_large_enough(meal: MealFacts) -> Figures:
    """Of each dish enough is kept."""
    least = meal.norm.whole("food.sample_g")
    if meal.sample_min_g is not None and meal.sample_min_g < least:
        yield {"grams": f"{meal.sample_min_g:f}", "least": least}


@rule("ML-03", TABLE, LAW, "菜品{dishes}个，留样{samples}份，缺{gap}份。", at=ALWAYS)
def a_sample_of_each_dish(meal: MealFacts) -> Figures:
    """Of every dish something is kept."""
    if meal.dish_count is not None and meal.sample_count is not None and meal.sample_count < meal.dish_count:
        gap = meal.dish_count - meal.sample_count
        yield {"dishes": f"{meal.dish_count:f}", "samples": f"{meal.sample_count:f}", "gap": f"{gap:f}"}


@rule(
    "ML-04",
    TABLE,
    "反食品浪费法第八条",
    "实际就餐{n}人，比应就餐{expected}人多{more}%，请核实。",
    "提示",
    at=ALWAYS,
    settings=("food.meals_over", "food.staff_lunch"),
)
def not_many_more_than_expected(meal: MealFacts) -> Figures:
    """Not many more eat than are in class and at work: who else does, and who pays for them?"""
    if meal.actual_n is None or meal.expected <= 0:
        return
    more = ((meal.actual_n - meal.expected) * 100 / meal.expected).quantize(TENTH)
    if more > meal.norm.number("food.meals_over"):
        yield {"n": f"{meal.actual_n:f}", "expected": f"{meal.expected:f}", "more": _plain(more)}


@rule(
    "ML-05",
    TABLE,
    "食品安全法第四十五条",
    "留样人{name}的健康证已于{due}到期，不得接触直接入口食品，请换人。",
    at=ALWAYS,
)
def handled_by_the_healthy(meal: MealFacts) -> Figures:
    """Whoever handles food has a health certificate in force on that day."""
    person = meal.books.row("people", meal.sampled_by)
    if person is None or meal.date is None or HEALTH not in str(person.certs or ""):
        return
    if person.cert_due is not None and person.cert_due < meal.date:
        yield {"name": person.name, "due": person.cert_due}


@rule(
    "冰箱温度",
    TABLE,
    "餐饮服务食品安全操作规范",
    "留样冰箱{degrees}℃，应在{least}至{most}℃，请调整后复测并检查留样。",
    "提示",
    at=ALWAYS,
    settings=("food.fridge_min", "food.fridge_max"),
)
def kept_cold(meal: MealFacts) -> Figures:
    """The refrigerator is cold and does not freeze."""
    if meal.fridge_c is None:
        return
    least, most = meal.norm.number("food.fridge_min"), meal.norm.number("food.fridge_max")
    if not least <= meal.fridge_c <= most:
        yield {"degrees": _plain(meal.fridge_c), "least": f"{least:f}", "most": f"{most:f}"}
