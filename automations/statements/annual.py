"""年报: the year under the five headings of the reform, and what it cost (domain.md F3)."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from automations.measures import (
    Measure,
    Period,
    Records,
    buying,
    capacity,
    carried,
    caught,
    contracts,
    costs,
    count,
    facilities,
    index,
    intensity,
    means,
    money,
    outlook,
    rulebook,
    saving,
    service,
    signing,
    staff,
    supervision,
    vendors,
)
from automations.measures.indicators import indicators
from automations.schema.load import load_schema
from automations.settings import HOUSE
from automations.statements import _tables as tables
from automations.statements import statement


@statement("annual")
def annual(records: Records, period: Period) -> Mapping[str, Any]:
    """Figures of 一 to 九, and their tables."""
    by_month, charts = tables.saving.energy_months(records, period.last.year)
    by_category, spending_chart = tables.money.spending_months(records, period)
    score_table, score_chart = tables.supervision.trends(records, period)
    return {
        "classes": service.class_count(records, period),
        "trainees": service.trainees(records, period),
        "person_days": service.person_days(records, period),
        "lodging": service.sat_lodging(records, period),
        "catering": service.sat_catering(records, period),
        "best": {item: _best(records, period, item) for item in (service.LODGING, service.CATERING)},
        "index": index.index(records, period),
        "index_parts": index.parts(records, period),
        "overview": tables.overview.year_overview(indicators(records, period), period),
        **_means(records, period),
        **_surroundings(records, period),
        **_staff(records, period),
        **_management(records, period),
        **_costs(records, period),
        **_outlook(records, period),
        "energy_table": tables.saving.energy(records, period),
        "team_table": tables.supervision.teams(records, period),
        "score_table": score_table,
        "score_chart": score_chart,
        "learning_table": tables.staff.learning(records, period),
        "income_table": tables.money.income(records, period),
        "spending_table": tables.money.spending(records, period),
        "method_table": tables.buying.methods(records, period),
        "service_table": tables.buying.services(records, period),
        "alarm_table": tables.signing.kinds(records, period),
        "gravity_table": tables.signing.outcomes("预警台账（按等级）", "等级", caught.outcomes(records, period)),
        "dept_table": tables.signing.outcomes("预警台账（按科室）", "科室", caught.by_department(records, period)),
        "unclear_table": tables.facilities.unclear(records),
        "energy_months": by_month,
        "power_chart": charts[saving.POWER],
        "water_chart": charts[saving.WATER],
        "spending_months": by_category,
        "spending_chart": spending_chart,
        "vehicle_table": tables.saving.vehicles(records, period),
        "counts_table": tables.overview.counts(records, period),
        "unverified_table": tables.overview.unverified(records, period),
        "gap_table": tables.overview.missing(records, period),
    }


def _best(records: Records, period: Period, item: str) -> dict[str, Any] | None:
    """The best class of the year; ``record``: no class before the year was liked as much."""
    found = service.best(records, item, period.last, period.first)
    if found is None:
        return None
    ever = service.best(records, item, period.last)
    older = service.best(records, item, period.before.last) is not None
    return {"name": found[0].name, "rate": found[1], "record": older and ever is not None and ever[0] == found[0]}


def _means(records: Records, period: Period) -> dict[str, Any]:
    seen = means.inventory_results(records, period)
    return {
        "funding": means.funding(records, period),
        "works": means.works(records, period),
        "asset_table": tables.facilities.assets(records),
        "inventoried": means.inventoried(records, period),
        "inventory_off": {name: n for name, n in seen.items() if name != "相符"},
        "unclear": records.kept("assets", count(means.unclear(records), "件")),
        "network": means.network(records, period),
        "beds": capacity.beds(records),
        "bed_use": capacity.bed_use(records, period),
        "bed_months": sorted(
            ({"month": month.first.month, "rate": rate} for month, rate in capacity.bed_use_by_month(records, period)),
            key=lambda one: -one["rate"].value,
        ),
        "quiet": [month.first.month for month in capacity.quiet_months(records, period)],
        "room_use": capacity.room_use(records, period),
        "entrusted": capacity.entrusted_share(records, period),
        "projects_n": service.project_count(records, period),
        "grades": capacity.grades(records, period),
    }


def _surroundings(records: Records, period: Period) -> dict[str, Any]:
    return {
        "inspected": supervision.inspection_count(records, period),
        "problems": supervision.problems_found(records, period),
        "rectified": supervision.rectified_on_time(records, period),
        "repairs": supervision.repairs(records, period),
        "repair_hours": supervision.repair_hours(records, period),
        "checks_due": facilities.checks_due(records, period),
        "checks_done": facilities.checks_done(records, period),
        "hazards": facilities.hazards(records, period),
        "hazards_fixed": facilities.hazards_fixed(records, period),
        "samples": facilities.samples(records, period),
        "samples_ok": facilities.samples_ok(records, period),
        "leftovers": service.leftovers(records, period),
        "energy": tables.saving.energy_words(records, period),
        "intensity": intensity.intensity(records, period),
        "culture": records.kept("assets", count(records["assets"].where(category="文化设施", status="在用"), "件")),
    }


def _staff(records: Records, period: Period) -> dict[str, Any]:
    scores = staff.goal_scores(records)
    return {
        "people_n": records.kept("people", count(staff.here(records), "人")),
        "came": staff.came(records, period),
        "left": staff.left(records, period),
        "employment": staff.structure(records, "employment_type"),
        "education": staff.structure(records, "education"),
        "duty_signed": staff.duty_signed(records, period),
        "learned": staff.four_ones(records, period)["综合"],
        "skills": staff.without_skill(records, period),
        "score_n": len(scores),
        "score_bands": {
            "90分以上": sum(s >= 90 for s in scores),
            "80至90分": sum(80 <= s < 90 for s in scores),
            "80分以下": sum(s < 80 for s in scores),
        },
    }


def _management(records: Records, period: Period) -> dict[str, Any]:
    modules = load_schema(HOUSE / "schemas")["documents"]["module"].options
    return {
        "rules": rulebook.rules(records, modules, period.last),
        "basics": rulebook.basics(records),
        "due": money.due_sum(records, period),
        "received": money.income_received(records, period),
        "remitted": money.income_remitted(records, period),
        "on_time": money.remitted_on_time(records, period),
        "spent": money.spent(records, period),
        "rate": money.budget_rate(records, period),
        "three": money.three_public(records, period),
        "steps": signing.steps(records, period),
        "in_order": signing.in_order_rate(records, period),
        "out_of_order": signing.out_of_order_rate(records, period),
        "mean_days": signing.mean_days(records, period),
        "delegated": signing.delegated(records, period),
        "urgent": signing.urgent(records, period),
        "splits": buying.splits(records, period),
        "awarded": buying.awarded(records, period),
        "in_force": contracts.in_force(records),
        "in_force_sum": contracts.in_force_sum(records),
        "contract_spent": contracts.spent(records, period),
        "vendor_score": vendors.mean_score(records, period),
        "deducted": vendors.deducted(records, period),
        "caught": caught.caught(records, period),
        "recovered": caught.recovered(records, period),
    }


def _costs(records: Records, period: Period) -> dict[str, Any]:
    rises = costs.rises(records, period)
    return {
        "costs": costs.costs(records, period),
        "rises": rises,
        "spent_before": money.spent(records, period.year_before),
        "cost_table": tables.costs.five(records, period),
        "rise_table": tables.costs.rises(rises),
    }


def _outlook(records: Records, period: Period) -> dict[str, Any]:
    """八 and 九; ``solved`` is None where nothing is known of the year before."""
    known = carried.carried(records, period)
    this, after = (outlook.priorities(records, year) for year in (period.last.year, period.last.year + 1))
    given, drafted = means.planned(records, period.last.year + 1)
    return {
        "troubles": outlook.troubles(records, period),
        "solved": None if known is None else {s: sum(one.state == s for one in known) for s in carried.STATES},
        "last_year_table": tables.outlook.last_year(known or ()),
        "priorities": {state: sum(one.state == state for one in this) for state in outlook.STATES},
        "priority_table": tables.outlook.priorities(this),
        "next_year": Measure(Decimal(len(after)), tuple(one.code for one in after), 0, "项"),
        "next_table": tables.outlook.plans(after),
        "planned": given,
        "drafted": drafted,
    }
