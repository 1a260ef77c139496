"""设施设备与安全 (domain.md F2 六): checks due and done, what the law asks for, fire, food samples, the canteen."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from automations.measures.base import Measure, count, share
from automations.measures.period import Period
from automations.measures.records import Records
from automations.rows import RowView

CHECKS = "equipment_checks"
READINESS = "开班前检查"
"""Lines of a class's readiness list; they are told with the classes."""

HAZARD, STOPPED = "隐患", "停用"
WAITING, SOON, OVERDUE = "待检", "临期", "超期"
FIRE = ("消防检测", "灭火器月查", "灭火器维修")
CANTEEN = "食堂自查"
EXTINGUISHERS = "消防器材"
GIVEN_UP = ("待报废", "已处置")
NO_SAMPLES, TOO_EARLY, BLOCKED = "留样缺失", "提前销毁", "拦截"


def due(records: Records, period: Period, *kinds: str) -> list[RowView]:
    """Checks whose 应检日 lies in the period, those of class readiness left out; of all 检查类型 unless some are named.

    A check of an asset that was given up and that nobody did is none.
    """
    rows = [c for c in records.within(CHECKS, "due_on", period) if c.check_kind != READINESS]
    return [c for c in rows if (not kinds or c.check_kind in kinds) and (done(c) or not _given_up(records, c))]


def done(check: RowView) -> bool:
    """It was done, and what came out of it is known."""
    return check.done_on is not None and check.result is not None


def _given_up(records: Records, check: RowView) -> bool:
    asset = records.row("assets", check.asset)
    return asset is not None and asset.status in GIVEN_UP


# Checks ---------------------------------------------------------------------------------------------------------------


def checks_due(records: Records, period: Period) -> Measure:
    """应检, 项: see :func:`due`."""
    return records.told(CHECKS, "due_on", period, count(due(records, period), "项"))


def checks_done(records: Records, period: Period) -> Measure:
    """已检, 项: of those due in the period, done so far."""
    return records.told(CHECKS, "due_on", period, count((c for c in due(records, period) if done(c)), "项"))


def checks_on_time(records: Records, period: Period) -> Measure:
    """按时, 项: of those due in the period, done by their day."""
    return records.told(
        CHECKS, "due_on", period, count((c for c in due(records, period) if done(c) and c.done_on <= c.due_on), "项")
    )


def check_rate(records: Records, period: Period) -> Measure:
    """设施检查完成率, %: done so far of those due in the period."""
    rows = due(records, period)
    return share([c for c in rows if done(c)], rows)


def hazards(records: Records, period: Period) -> Measure:
    """隐患, 项: checks done in the period that found something, or after which the thing was stopped."""
    return records.told(CHECKS, "due_on", period, count(hazard_rows(records, period), "项"))


def hazard_rows(records: Records, period: Period) -> list[RowView]:
    """These checks, those of class readiness left out."""
    rows = records.within(CHECKS, "done_on", period, result=(HAZARD, STOPPED))
    return [c for c in rows if c.check_kind != READINESS]


def hazards_fixed(records: Records, period: Period) -> Measure:
    """Of these, those whose issue was put right so far."""
    rows = hazard_rows(records, period)
    return records.told(CHECKS, "due_on", period, count((c for c in rows if _fixed(records, c)), "项"))


def _fixed(records: Records, check: RowView) -> bool:
    issue = records.row("issues", check.issue)
    return issue is not None and issue.fixed_at is not None


@dataclass(frozen=True, slots=True)
class Kind:
    """Checks of one 检查类型 due in a period: how many, done so far, done by their day, with a finding."""

    name: str
    due: int
    done: int
    on_time: int
    hazards: int


def kinds(records: Records, period: Period) -> list[Kind]:
    """One line a 检查类型, most first; checks without one under 未填."""
    by_kind: dict[str, list[RowView]] = {}
    for check in due(records, period):
        by_kind.setdefault(check.check_kind or "未填", []).append(check)
    found = [_kind(name, rows) for name, rows in by_kind.items()]
    return sorted(found, key=lambda kind: (-kind.due, kind.name))


def _kind(name: str, rows: Sequence[RowView]) -> Kind:
    finished = [c for c in rows if done(c)]
    return Kind(
        name,
        len(rows),
        len(finished),
        sum(c.done_on <= c.due_on for c in finished),
        sum(c.result in (HAZARD, STOPPED) for c in finished),
    )


# By law ---------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Statutory:
    """The next date of something that a law asks for.

    Attributes:
        row: The check that waits, or waited on that day.
        thing: What is checked; kind: 检查类型; due: 应检日.
        left: Days until then, below 0 once it has passed.
        state: 待检, 临期 or 超期.
        stopped: The asset itself is out of use.
    """

    row: RowView
    thing: str
    kind: str
    due: date
    left: int
    state: str
    stopped: bool

    @property
    def told(self) -> str:
        """``超期4天，已停用`` or ``还有12天``."""
        text = f"超期{-self.left}天" if self.left < 0 else f"还有{self.left}天" if self.left else "今天到期"
        return text + ("，已停用" if self.stopped else "")


def statutory(records: Records, on: date | None = None) -> list[Statutory]:
    """What is next of everything statutory (检验, 校验, 消防检测, 年检, 保险), the earliest first.

    As it stood at the end of the day ``on``; without one, at the moment of the records.
    """
    day = records.today if on is None else min(on, records.today)
    lines: dict[tuple[int | None, int | None, str], RowView] = {}
    for check in records[CHECKS]:
        waits = not done(check) or check.done_on > day
        if check.statutory and waits and check.due_on is not None and not _given_up(records, check):
            line = (check.asset, check.location, check.check_kind)
            lines[line] = min(lines.get(line, check), check, key=lambda c: (c.due_on, c.id))
    return sorted((_statutory(records, c, day) for c in lines.values()), key=lambda s: (s.due, s.row.id))


def _statutory(records: Records, check: RowView, day: date) -> Statutory:
    asset = records.row("assets", check.asset)
    thing = records.name("assets", check.asset) or records.name("locations", check.location) or check.check_kind
    left = (check.due_on - day).days
    state = OVERDUE if left < 0 else SOON if check.status == SOON else WAITING
    return Statutory(
        check, thing, check.check_kind, check.due_on, left, state, asset is not None and asset.status == STOPPED
    )


def statutory_overdue(records: Records, period: Period) -> list[Statutory]:
    """Those whose day had passed at the end of the period."""
    return [s for s in statutory(records, period.last) if s.left < 0]


# Fire, food -----------------------------------------------------------------------------------------------------------


def fire_due(records: Records, period: Period) -> Measure:
    """消防检查应检, 项."""
    return records.told(CHECKS, "due_on", period, count(due(records, period, *FIRE), "项"))


def fire_done(records: Records, period: Period) -> Measure:
    """Of these, done so far."""
    return records.told(CHECKS, "due_on", period, count((c for c in due(records, period, *FIRE) if done(c)), "项"))


def extinguishers_expired(records: Records, period: Period) -> Measure:
    """超过报废期的灭火器, 具: 报废到期日 no later than the last day of the period, not given up yet."""
    rows = records["assets"].where(category=EXTINGUISHERS)
    gone = [a for a in rows if a.status not in GIVEN_UP and a.scrap_due is not None and a.scrap_due <= period.last]
    return records.kept("assets", count(gone, "具"))


def samples(records: Records, period: Period) -> Measure:
    """留样, 餐次: meals of the period by 日期."""
    return records.told("meals", "date", period, count(records.within("meals", "date", period), "餐次"))


def samples_ok(records: Records, period: Period) -> Measure:
    """合规, 餐次: neither 留样缺失 nor 提前销毁, and nothing stands against the row (ML-03: too few or too small)."""
    return records.told(
        "meals", "date", period, count((m for m in records.within("meals", "date", period) if sampled_well(m)), "餐次")
    )


def sampled_well(meal: RowView) -> bool:
    """Samples were kept as they must be, as far as Houqin judged the row (留样状态, 校验结果)."""
    return meal.state not in (None, NO_SAMPLES, TOO_EARLY) and meal.check_result != BLOCKED


def samples_bad(records: Records, period: Period) -> list[RowView]:
    """Meals of the period that were not."""
    return [m for m in records.within("meals", "date", period) if not sampled_well(m)]


def sample_fault(meal: RowView) -> str:
    """What is wrong with the samples of such a meal: 留样缺失, 提前销毁, or too few or too small ones (ML-03)."""
    return str(meal.state) if meal.state in (NO_SAMPLES, TOO_EARLY) else "留样份数或留样量不足"


def canteen_due(records: Records, period: Period) -> Measure:
    """食堂自查应查, 次."""
    return records.told(CHECKS, "due_on", period, count(due(records, period, CANTEEN), "次"))


def canteen_done(records: Records, period: Period) -> Measure:
    """Of these, done so far."""
    return records.told(CHECKS, "due_on", period, count((c for c in due(records, period, CANTEEN) if done(c)), "次"))


def open_hazards(records: Records) -> Measure:
    """未消除隐患, 项: checks with a finding whose issue is not put right at the moment of the records."""
    rows = [c for c in records[CHECKS] if done(c) and c.result in (HAZARD, STOPPED)]
    return records.kept(CHECKS, count((c for c in rows if not _fixed(records, c)), "项"))
