"""A month at a glance: what the leaders' digest says of it, as plain numbers and texts (domain.md F1). Pure."""

from decimal import Decimal
from typing import Any

from automations.measures import (
    Measure,
    Period,
    Records,
    buying,
    caught,
    change,
    facilities,
    money,
    outlook,
    saving,
    service,
    supervision,
)


def overview(records: Records, period: Period) -> dict[str, Any]:
    """The month in plain numbers and texts, in the order of the digest."""
    after, norms, on = Period.month(period.last.year, period.last.month + 1), records.norms, period.last
    return {
        "title": period.title,
        "name": period.name,
        "classes": _says(service.class_count(records, period)),
        "trainees": _says(service.trainees(records, period)),
        "person_days": _says(service.person_days(records, period)),
        "liked": [
            _liked("住宿", service.sat_lodging(records, period), norms.number("survey.baseline.lodging", on)),
            _liked("餐饮", service.sat_catering(records, period), norms.number("survey.baseline.catering", on)),
        ],
        "baseline": norms.text("survey.baseline.year", on),
        "collective": [{"title": one.title, "amount": one.amount} for one in buying.collective(records)],
        "climbed": [{"what": late.what, "days": late.days} for late in supervision.escalated(records)],
        "received": _wan(money.income_received(records, period)),
        "remitted": _wan(money.income_remitted(records, period)),
        "late": [{"days": one.days, "settled": one.settled} for one in money.late(records, period)],
        "spent": _wan(money.spent(records, period)),
        "rate": _says(money.budget_rate(records, period)),
        "time_share": _says(money.time_share(period)),
        "three_used": _wan(money.three_public(records, period).used),
        "three_total": _wan(money.three_public(records, period).total),
        "receptions": _says(money.receptions(records, period)),
        "guests": _says(money.reception_persons(records, period)),
        "caught_n": _says(caught.caught(records, period).n),
        "caught": [f"{kind.name}{kind.n}" for kind in caught.caught(records, period).kinds],
        "inspected": _says(supervision.inspection_count(records, period)),
        "problems": _says(supervision.problems_found(records, period)),
        "closed": _says(supervision.problems_closed_on_time(records, period)),
        "repairs": _says(supervision.repairs(records, period)),
        "repair_hours": _says(supervision.repair_hours(records, period)),
        "checks_due": _says(facilities.checks_due(records, period)),
        "checks_done": _says(facilities.checks_done(records, period)),
        "statutory": [f"{one.thing}{one.kind}{one.told}" for one in facilities.statutory_overdue(records, period)],
        "energy": [_used(records, period, kind, unit) for kind, unit in saving.UNITS.items()],
        "nights": [
            {"where": run.meter.name, "n": len(run.nights), "state": run.issue.status if run.issue else "未建工单"}
            for run in saving.night_alerts(records, period)
        ],
        "ahead": [{"day": one.day, "what": one.what} for one in outlook.ahead(records, after)],
    }


def _liked(name: str, rate: Measure, base: Decimal) -> dict[str, Any]:
    return {
        "name": name,
        "rate": str(rate),
        "good": rate.value >= base if rate.value is not None else None,
        "base": base,
    }


def _says(measure: Measure) -> str:
    """With its unit, unless nobody knows it: 未采集."""
    return f"{measure}{measure.unit}" if measure.known else str(measure)


def _wan(measure: Measure) -> str:
    """In 万元."""
    return _says(measure.scaled(10_000, "万元", 1))


def _used(records: Records, period: Period, kind: str, unit: str) -> dict[str, Any]:
    now = saving.used(records, period, kind)
    grown = change(now, saving.used(records, period.year_before, kind))
    many = now.rounded >= 10_000
    return {
        "kind": kind,
        "used": _says(now.scaled(10_000, f"万{unit}", 1) if many else now),
        "grown": f"{grown.rounded:+}" if grown.known else "",
        "bad": grown.value is not None and grown.value > records.norms.number("report.energy_growth", period.last),
    }
