"""The twelve indicators of the monthly report as somebody would work them out in a notebook: pandas and nothing else.

What Houqin says besides (the rows behind each figure, targets, lights) is not asked for here. A figure that nothing is
known about is NaN.
"""

from collections.abc import Callable, Mapping
from datetime import date, time, timedelta
from typing import Any, TypeAlias

import numpy as np
import pandas as pd

from automations.schema import Schema

Frames: TypeAlias = Mapping[str, pd.DataFrame]
Span: TypeAlias = tuple[pd.Timestamp, pd.Timestamp]
"""First and last day, both midnight without a zone."""

ZONE, DAY = "Asia/Shanghai", pd.Timedelta(days=1)
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "training_classes": (
        *("class_type", "status", "starts_on", "ends_on", "planned_n", "actual_n", "sat_lodging", "sat_catering"),
    ),
    "survey_responses": ("training_class", "valid", "lodging", "catering"),
    "income": ("status", "due_on", "late_wd"),
    "budget_lines": ("year", "status", "approved", "adjusted_ok", "is_three_public"),
    "expense_claims": ("status", "paid_on", "amount", "audited_amount", "budget_line"),
    "sign_steps": ("biz_type", "decision", "valid", "level", "signed_at", "created_at"),
    "violations": ("biz_type", "rule", "found_at"),
    "issues": ("kind", "severity", "status", "created_at", "due_at", "fixed_at"),
    "equipment_checks": ("check_kind", "due_on", "done_on", "result", "asset"),
    "assets": ("status",),
    "meters": ("kind", "parent", "payer", "multiplier"),
    "meter_readings": ("meter", "slot", "read_at", "value"),
}
NUMBERS, MOMENTS = ("number", "money", "percent", "link"), ("datetime", "created_at")


def frames(tables: Mapping[str, Mapping[int, Mapping[str, Any]]], schema: Schema) -> Frames:
    """The columns that are needed: numbers as floats, days as days, moments in the school's time."""
    found = {}
    for table, names in COLUMNS.items():
        rows = tables[table]
        frame = pd.DataFrame(
            {name: [row[name] for row in rows.values()] for name in names}, index=list(rows), dtype=object
        )
        for name in names:
            kind = schema[table][name].type
            if kind in NUMBERS:
                frame[name] = frame[name].astype(float)
            elif kind == "date":
                frame[name] = pd.to_datetime(frame[name])
            elif kind in MOMENTS:
                frame[name] = pd.to_datetime(frame[name], utc=True).dt.tz_convert(ZONE).dt.tz_localize(None)
        found[table] = frame
    return found


class Twelve:
    """The table of twelve indicators.

    Args:
        found: As :func:`frames` makes them.
        today: Day of the report.
        works: Whether the school works on a day.
        shifts: When it works.
    """

    def __init__(
        self, found: Frames, today: date, works: Callable[[date], bool], shifts: tuple[tuple[time, time], ...]
    ) -> None:
        self._f, self._today = found, pd.Timestamp(today)
        self._shifts = [tuple(pd.Timedelta(hours=t.hour, minutes=t.minute) for t in shift) for shift in shifts]
        self._days = pd.date_range(found["issues"].created_at.min().normalize(), self._today)
        open_ = np.array([works(day.date()) for day in self._days])
        a_day = sum(((end - begin) for begin, end in self._shifts), pd.Timedelta(0)) / pd.Timedelta(hours=1)
        self._open = pd.Series(open_, self._days)
        self._before = pd.Series(np.concatenate([[0], np.cumsum(open_ * a_day)[:-1]]), self._days)
        self._counts = self._meter_counts()

    def table(self, spans: Mapping[str, Span]) -> pd.DataFrame:
        """A line an indicator, a column a span."""
        return pd.DataFrame({name: self._column(*span) for name, span in spans.items()})

    def _column(self, first: pd.Timestamp, last: pd.Timestamp) -> dict[str, float]:
        return {
            "培训人天": self._person_days(first, last),
            "住宿满意率": self._satisfaction(first, last, "lodging"),
            "餐饮满意率": self._satisfaction(first, last, "catering"),
            "应缴收入及时缴库率": self._remitted(first, last),
            "年度预算执行率": self._budget(last, three_public=False),
            "“三公”支出占年度预算": self._budget(last, three_public=True),
            "签批按序率": self._in_order(first, last),
            "整改按期率": self._rectified(first, last),
            "报修平均用时": self._repair_hours(first, last),
            "设施应检完成率": self._checked(first, last),
            "用电量": self._used(first, last, "电"),
            "用水量": self._used(first, last, "水"),
        }

    def _running(self, first: pd.Timestamp, last: pd.Timestamp) -> pd.DataFrame:
        c = self._f["training_classes"]
        c = c[(c.status != "取消") & (c.class_type != "会议") & (c.starts_on <= c.ends_on)]
        return c[(c.starts_on <= min(last, self._today)) & (c.ends_on >= first)]

    def _person_days(self, first: pd.Timestamp, last: pd.Timestamp) -> float:
        if not self._f["training_classes"].starts_on.min() <= last:
            return np.nan
        c = self._running(first, last)
        days = (c.ends_on.clip(upper=min(last, self._today)) - c.starts_on.clip(lower=first)).dt.days + 1
        return float((c.actual_n.fillna(c.planned_n) * days).sum())

    def _satisfaction(self, first: pd.Timestamp, last: pd.Timestamp, item: str) -> float:
        sheets, classes = self._f["survey_responses"], self._running(first, last)
        classes = classes[classes.ends_on.between(first, last)]
        said = sheets[sheets.valid.astype(bool) & sheets[item].notna() & (sheets[item] != "未使用")]
        n = classes.index.map(said.groupby("training_class").size()).to_numpy(float)
        rate = classes[f"sat_{item}"].to_numpy()
        known = ~np.isnan(rate) & ~np.isnan(n)
        return float((rate[known] * n[known]).sum() / n[known].sum()) if known.any() else np.nan

    def _remitted(self, first: pd.Timestamp, last: pd.Timestamp) -> float:
        i = self._f["income"]
        due = i[i.status.isin(["已收", "已缴库", "已核对"]) & i.due_on.between(first, last) & (i.due_on < self._today)]
        return float((due.late_wd == 0).mean() * 100)

    def _budget(self, last: pd.Timestamp, three_public: bool) -> float:
        lines, claims = self._f["budget_lines"], self._f["expense_claims"]
        states = ["已批复", "已调整", "调整中", "提交", "调整签批中", "已封账"]
        lines = lines[(lines.year == last.year) & lines.status.isin(states)]
        if three_public:
            lines = lines[lines.is_three_public.astype(bool)]
        whole = (lines.approved.fillna(0) + lines.adjusted_ok.fillna(0)).sum()
        if not whole or not claims.paid_on.min() <= last:
            return np.nan
        paid = claims[
            claims.status.isin(["已支付", "已归档"])
            & claims.paid_on.between(pd.Timestamp(last.year, 1, 1), last)
            & claims.budget_line.isin(lines.index)
        ]
        return float(paid.audited_amount.fillna(paid.amount).sum() / whole * 100)

    def _in_order(self, first: pd.Timestamp, last: pd.Timestamp) -> float:
        steps, caught = self._f["sign_steps"], self._f["violations"]
        if not steps.created_at.min() < last + DAY:
            return np.nan
        good = (
            (steps.biz_type == "支出单")
            & steps.decision.isin(["同意", "退回", "不同意"])
            & steps.valid.isin(["有效", "作废-改单", "作废-退回"])
            & (steps.level != "知悉")
            & _in(steps.signed_at, first, last)
        ).sum()
        rules = ["SG-01", "SG-02", "SG-03", "SG-04"]
        bad = ((caught.biz_type == "支出单") & caught.rule.isin(rules) & _in(caught.found_at, first, last)).sum()
        return float(good / (good + bad) * 100) if good + bad else np.nan

    def _rectified(self, first: pd.Timestamp, last: pd.Timestamp) -> float:
        i = self._f["issues"]
        i = i[(i.kind == "整改") & ~i.status.isin(["不予受理", "挂起"]) & _in(i.due_at, first, last)]
        i = i[i.fixed_at.notna() | (i.due_at.dt.normalize() < self._today)]
        return float((i.fixed_at <= i.due_at).mean() * 100)

    def _repair_hours(self, first: pd.Timestamp, last: pd.Timestamp) -> float:
        i = self._f["issues"]
        i = i[(i.kind == "报修") & (i.status != "不予受理") & i.fixed_at.notna() & _in(i.created_at, first, last)]
        by_clock = (i.fixed_at - i.created_at) / pd.Timedelta(hours=1)
        worked = (self._worked_until(i.fixed_at) - self._worked_until(i.created_at)).clip(lower=0)
        return float(worked.where(i.severity != "紧急", by_clock).mean())

    def _worked_until(self, moments: pd.Series) -> pd.Series:
        """Hours of work since the first day."""
        days = moments.dt.normalize()
        clock, hour = moments - days, pd.Timedelta(hours=1)
        today = sum((clock.clip(begin, end) - begin) / hour for begin, end in self._shifts)
        return days.map(self._before) + today * days.map(self._open)

    def _checked(self, first: pd.Timestamp, last: pd.Timestamp) -> float:
        c, assets = self._f["equipment_checks"], self._f["assets"]
        c = c[(c.check_kind != "开班前检查") & c.due_on.between(first, last)]
        done = c.done_on.notna() & c.result.notna()
        given_up = c.asset.isin(assets.index[assets.status.isin(["待报废", "已处置"])])
        return float(done[done | ~given_up].mean() * 100)

    def _meter_counts(self) -> pd.DataFrame:
        """What each meter has counted at the end of each month, across changes of it."""
        r = self._f["meter_readings"]
        r = r[r.slot.isin(["月末", "换表前", "换表后"]) & r.read_at.notna() & r.value.notna()]
        r = r.sort_values(["meter", "read_at"])
        step = r.groupby("meter").value.diff().where(r.slot != "换表后", 0).fillna(0)
        r = r.assign(count=step.groupby(r.meter).cumsum())
        ends = r[r.slot == "月末"]
        months = (ends.read_at - pd.to_timedelta(np.where(ends.read_at.dt.day <= 5, 5, 0), unit="D")).dt.to_period("M")
        return ends.assign(month=months).pivot_table(index="meter", columns="month", values="count", aggfunc="last")

    def _used(self, first: pd.Timestamp, last: pd.Timestamp, kind: str) -> float:
        m = self._f["meters"]
        m = m[(m.kind == kind) & m.parent.isna() & (m.payer == "学校")]
        before, until = (first - timedelta(days=1)).to_period("M"), last.to_period("M")
        if m.empty or before not in self._counts or until not in self._counts:
            return np.nan
        counts = self._counts.reindex(m.index)
        return float(((counts[until] - counts[before]) * m.multiplier.fillna(1)).sum(skipna=False))


def _in(moments: pd.Series, first: pd.Timestamp, last: pd.Timestamp) -> pd.Series:
    return (moments >= first) & (moments < last + DAY)
