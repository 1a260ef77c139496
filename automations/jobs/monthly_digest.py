"""月报 on the phone: on the first working day of a month, what the last one was like, in ten seconds (domain.md F1)."""

from automations import Notice, job
from automations.measures import Period, buying, caught, change, facilities, money, outlook, saving, service, signing
from automations.measures import supervision as work
from automations.schedule import quiet

BEGAN = ("training_classes", "expense_claims", "issues", "inspections")
"""Tables of which at least one has rows of the month or before, once a school is at work."""


@job(table="*", at="monthly first workday 09:10")
def monthly_digest(records, now, today, calendar, directory):
    """To 主要领导 and 分管领导, each with what waits for him; alone, at once, so long as it is not quiet."""
    period = Period.month(today.year, today.month).before
    if not any(records.reaches(table, "created_at", period) for table in BEGAN):
        return  # the school was not here yet: there is nothing to tell of that month
    told = {**overview(records, period), "calendar": calendar.warning(today)}
    leaders = {p.id: p for role in ("主要领导", "分管领导") for p in directory.holders(role)}
    for leader in leaders.values():
        yield Notice(
            about=f"people/{leader.id}",
            stage=period.name,
            to=[leader.id],
            template="monthly_digest",
            data={**told, "waiting": waiting(records, leader.id)},
            urgent=not quiet(now, calendar),
        )


def waiting(records, person):
    """What waits for this signer: how many, 元, working days."""
    own = signing.waiting(records, person)
    return {"n": int(own.n.rounded), "amount": own.amount.value, "days": str(own.longest)}


def overview(records, period):
    """The month in plain numbers and texts, in the order of the digest."""
    after, norms, on = Period.month(period.last.year, period.last.month + 1), records.norms, period.last
    return {
        "title": period.title,
        "name": period.name,
        "classes": says(service.class_count(records, period)),
        "trainees": says(service.trainees(records, period)),
        "person_days": says(service.person_days(records, period)),
        "liked": [
            liked("住宿", service.sat_lodging(records, period), norms.number("survey.baseline.lodging", on)),
            liked("餐饮", service.sat_catering(records, period), norms.number("survey.baseline.catering", on)),
        ],
        "baseline": norms.text("survey.baseline.year", on),
        "collective": [{"title": one.title, "amount": one.amount} for one in buying.collective(records)],
        "climbed": [{"what": late.what, "days": late.days} for late in work.escalated(records)],
        "received": wan(money.income_received(records, period)),
        "remitted": wan(money.income_remitted(records, period)),
        "late": [{"days": one.days, "settled": one.settled} for one in money.late(records, period)],
        "spent": wan(money.spent(records, period)),
        "rate": says(money.budget_rate(records, period)),
        "time_share": says(money.time_share(period)),
        "three_used": wan(money.three_public(records, period).used),
        "three_total": wan(money.three_public(records, period).total),
        "receptions": says(money.receptions(records, period)),
        "guests": says(money.reception_persons(records, period)),
        "caught_n": says(caught.caught(records, period).n),
        "caught": [f"{kind.name}{kind.n}" for kind in caught.caught(records, period).kinds],
        "inspected": says(work.inspection_count(records, period)),
        "problems": says(work.problems_found(records, period)),
        "closed": says(work.problems_closed_on_time(records, period)),
        "repairs": says(work.repairs(records, period)),
        "repair_hours": says(work.repair_hours(records, period)),
        "checks_due": says(facilities.checks_due(records, period)),
        "checks_done": says(facilities.checks_done(records, period)),
        "statutory": [f"{one.thing}{one.kind}{one.told}" for one in facilities.statutory_overdue(records, period)],
        "energy": [used(records, period, kind, unit) for kind, unit in saving.UNITS.items()],
        "nights": [
            {"where": run.meter.name, "n": len(run.nights), "state": run.issue.status if run.issue else "未建工单"}
            for run in saving.night_alerts(records, period)
        ],
        "ahead": [{"day": one.day, "what": one.what} for one in outlook.ahead(records, after)],
    }


def liked(name, rate, base):
    return {
        "name": name,
        "rate": str(rate),
        "good": rate.value >= base if rate.value is not None else None,
        "base": base,
    }


def says(measure):
    """With its unit, unless nobody knows it: 未采集."""
    return f"{measure}{measure.unit}" if measure.known else str(measure)


def wan(measure):
    """In 万元."""
    return says(measure.scaled(10_000, "万元", 1))


def used(records, period, kind, unit):
    now = saving.used(records, period, kind)
    grown = change(now, saving.used(records, period.year_before, kind))
    many = now.rounded >= 10_000
    return {
        "kind": kind,
        "used": says(now.scaled(10_000, f"万{unit}", 1) if many else now),
        "grown": f"{grown.rounded:+}" if grown.known else "",
        "bad": grown.known and grown.value > records.norms.number("report.energy_growth", period.last),
    }
