"""一 总体情况: the twelve indicators of the monthly report's first page (domain.md F2). Pure.

Each is 正常 or 关注 by a line that the office can change in 参数标准, or 未采集; 人天 has no line.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from automations.measures import facilities, money, saving, service, signing, supervision
from automations.measures.base import MISSING, Measure, change, codes, percent
from automations.measures.period import Period
from automations.measures.records import Records

GOOD, WATCH = "正常", "关注"

Find = Callable[[Records, Period], Measure]


@dataclass(frozen=True, slots=True)
class Indicator:
    """One line of the table.

    Attributes:
        now / before / year_before: Of this month, last month, the same month last year.
        to_date: From 1 January to the end of the month; for rates of a year that is the value itself.
        target: What it is held against, as text; "" for none.
        light: 正常, 关注 or 未采集.
    """

    title: str
    now: Measure
    before: Measure
    year_before: Measure
    to_date: Measure
    target: str
    light: str


@dataclass(frozen=True, slots=True)
class _Kind:
    title: str
    find: Find
    target: Callable[[Records, Period], str]
    good: Callable[[Records, Period, Measure], bool]


def indicators(records: Records, period: Period) -> Sequence[Indicator]:
    """All twelve, in the order of the report."""
    return [_one(records, period, kind) for kind in _KINDS]


def _one(records: Records, period: Period, kind: _Kind) -> Indicator:
    now = kind.find(records, period)
    light = MISSING if now.value is None else GOOD if kind.good(records, period, now) else WATCH
    return Indicator(
        kind.title,
        now,
        kind.find(records, period.before),
        kind.find(records, period.year_before),
        kind.find(records, period.to_date),
        kind.target(records, period),
        light,
    )


def _line(key: str, shape: str) -> Callable[[Records, Period], str]:
    return lambda records, period: shape.format(f"{records.norms.number(key, period.last).normalize():f}")


def _at_least(key: str) -> Callable[[Records, Period, Measure], bool]:
    return lambda records, period, now: (now.value or Decimal(0)) >= records.norms.number(key, period.last)


def _at_most(key: str) -> Callable[[Records, Period, Measure], bool]:
    return lambda records, period, now: (now.value or Decimal(0)) <= records.norms.number(key, period.last)


def _on_course(records: Records, period: Period, now: Measure) -> bool:
    """As BG-03: not far behind the time that has passed, and not far ahead of it."""
    off = (now.value or Decimal(0)) - (money.time_share(period).value or Decimal(0))
    low, high = (records.norms.number(f"budget.rate_{name}", period.last) for name in ("low", "high"))
    return -low <= off <= high


def _first_mark(records: Records, period: Period) -> int:
    return min(records.norms.wholes("budget.three_public_marks", period.last))


def _no_more_than_last_year(kind: str) -> Callable[[Records, Period, Measure], bool]:
    def good(records: Records, period: Period, now: Measure) -> bool:
        grown = change(now, saving.used(records, period.year_before, kind)).value
        return grown is None or grown <= records.norms.number("report.energy_growth", period.last)

    return good


def _three_public_paid(records: Records, period: Period) -> Measure:
    """What was paid by the period's end, unlike :func:`money.three_public`, which also knows what is held today."""
    lines = [line for line in money.lines_of_year(records, period.last.year) if line.is_three_public]
    if not records.reaches("expense_claims", "paid_on", period):
        return Measure(None, (), 1, "%")
    ids = {line.id for line in lines}
    paid = [claim for claim in money.paid_claims(records, period.to_date) if claim.budget_line in ids]
    whole = sum(map(money.approved_sum, lines), Decimal(0))
    return Measure(percent(sum(map(money.payable, paid), Decimal(0)), whole), codes(paid), 1, "%")


def _all_done(records: Records, period: Period, now: Measure) -> bool:
    return now.value == 100 and not facilities.statutory_overdue(records, period)


def _used(kind: str) -> Find:
    return lambda records, period: saving.used(records, period, kind)


_GROWTH = _line("report.energy_growth", "同比增幅≤{}%")
_KINDS: Sequence[_Kind] = (
    _Kind("培训人天", service.person_days, lambda r, p: "", lambda r, p, now: True),
    _Kind(
        "住宿满意率",
        service.sat_lodging,
        _line("survey.baseline.lodging", "≥{}%"),
        _at_least("survey.baseline.lodging"),
    ),
    _Kind(
        "餐饮满意率",
        service.sat_catering,
        _line("survey.baseline.catering", "≥{}%"),
        _at_least("survey.baseline.catering"),
    ),
    _Kind(
        "应缴收入及时缴库率",
        money.remitted_on_time,
        _line("report.remitted_min", "≥{}%"),
        _at_least("report.remitted_min"),
    ),
    _Kind("年度预算执行率", money.budget_rate, lambda r, p: f"序时{money.time_share(p)}%", _on_course),
    _Kind(
        "“三公”支出占年度预算",
        _three_public_paid,
        lambda r, p: f"<{_first_mark(r, p)}%",
        lambda r, p, now: (now.value or Decimal(0)) < _first_mark(r, p),
    ),
    _Kind(
        "签批按序率",
        signing.in_order_rate,
        _line("report.in_order_min", "≥{}%"),
        _at_least("report.in_order_min"),
    ),
    _Kind(
        "整改按期率",
        supervision.rectified_on_time,
        _line("report.rectified_min", "≥{}%"),
        _at_least("report.rectified_min"),
    ),
    _Kind(
        "报修平均用时",
        supervision.repair_hours,
        _line("report.repair_hours", "≤{}小时"),
        _at_most("report.repair_hours"),
    ),
    _Kind("设施应检完成率", facilities.check_rate, lambda r, p: "100%，法定检验无超期", _all_done),
    _Kind("用电量", _used(saving.POWER), _GROWTH, _no_more_than_last_year(saving.POWER)),
    _Kind("用水量", _used(saving.WATER), _GROWTH, _no_more_than_last_year(saving.WATER)),
)
