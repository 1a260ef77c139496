"""月报: what the leaders read every month and what is filed (domain.md F2)."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from automations.measures import (
    Measure,
    Period,
    Records,
    buying,
    caught,
    contracts,
    count,
    facilities,
    index,
    money,
    outlook,
    saving,
    service,
    signing,
    staff,
    supervision,
    vendors,
)
from automations.measures.indicators import WATCH, indicators
from automations.rows import RowView
from automations.statements import _tables as tables
from automations.statements import statement


@statement("monthly")
def monthly(records: Records, period: Period) -> Mapping[str, Any]:
    """Figures of 导语 and of 一 to 九, tables 1 to 8 behind them."""
    found = indicators(records, period)
    after = Period.month(period.last.year, period.last.month + 1)
    by_month, charts = tables.saving.energy_months(records, period.last.year)
    by_category, spending_chart = tables.money.spending_months(records, period)
    return {
        "month": period.first.month,
        "next_month": after.first.month,
        "baseline": records.norms.text("survey.baseline.year", period.last),
        "lodging_base": records.norms.number("survey.baseline.lodging", period.last),
        "catering_base": records.norms.number("survey.baseline.catering", period.last),
        "troubles": outlook.troubles(records, period),
        "ahead": outlook.ahead(records, after),
        "index": index.index(records, period),
        "index_before": index.index(records, period.before),
        "good_n": sum(i.light not in (WATCH, "未采集") for i in found),
        "watched": [i.title for i in found if i.light == WATCH],
        "missing": [i.title for i in found if i.light == "未采集"],
        **_service(records, period),
        **_money(records, period),
        **_buying(records, period),
        **_supervision(records, period),
        **_facilities(records, period),
        **_saving(records, period),
        **_staff(records, period),
        "indicators": tables.overview.indicators(found, period),
        "class_table": tables.service.classes(records, period),
        "income_table": tables.money.income(records, period),
        "spending_table": tables.money.spending(records, period),
        "level_table": tables.signing.by_level(records, period),
        "stage_table": tables.buying.stages(records),
        "team_table": tables.supervision.teams(records, period),
        "check_table": tables.facilities.check_kinds(records, period),
        "energy_table": tables.saving.energy(records, period),
        "vehicle_table": tables.saving.vehicles(records, period),
        "supply_table": tables.saving.consumables(records, period),
        "learning_table": tables.staff.learning(records, period),
        **_annexes(records, period),
        "energy_months": by_month,
        "power_chart": charts[saving.POWER],
        "water_chart": charts[saving.WATER],
        "spending_months": by_category,
        "spending_chart": spending_chart,
    }


def _annexes(records: Records, period: Period) -> dict[str, Any]:
    """Tables 1 to 8 in the order of domain.md F2 (收支明细 is two of them), then what the words refer to."""
    return {
        "class_costs": tables.service.class_costs(records, period),
        "received_table": tables.money.received(records, period),
        "paid_table": tables.money.paid(records, period),
        "budget_lines": tables.money.budget_lines(records, period),
        "alarms": tables.signing.alarms(records, period),
        "contracts": tables.buying.expiring(records),
        "statutory_table": tables.facilities.statutory(records, period),
        "vehicle_year": tables.saving.vehicles(records, period.to_date),
        "unverified_table": tables.overview.unverified(records, period),
        "payment_table": tables.buying.payments(records, period),
        "overdue_table": tables.supervision.overdue(records),
    }


def _service(records: Records, period: Period) -> dict[str, Any]:
    return {
        "classes": service.class_count(records, period),
        "projects_n": service.project_count(records, period),
        "trainees": service.trainees(records, period),
        "person_days": service.person_days(records, period),
        "nights": service.nights(records, period),
        "meals": service.meals(records, period),
        "leftovers": service.leftovers(records, period),
        "ready": service.ready_on_time(records, period),
        "lodging": service.sat_lodging(records, period),
        "catering": service.sat_catering(records, period),
        "overall": service.sat_overall(records, period),
        "answers": service.surveys(records, period),
        "returned_rate": service.return_rate(records, period),
        "projects": [one for one in service.classes(records, period) if one.row.is_project],
        "complaints": service.complaints(records, period),
    }


def _money(records: Records, period: Period) -> dict[str, Any]:
    return {
        "received": money.income_received(records, period),
        "remitted": money.income_remitted(records, period),
        "late": money.late(records, period),
        "late_n": money.late_count(records, period),
        "spent": money.spent(records, period),
        "rate": money.budget_rate(records, period),
        "time_share": money.time_share(period),
        "off_course": money.off_course(records, period)[:5],
        "three": money.three_public(records, period),
        "three_parts": money.three_public_parts(records, period),
        "receptions": money.receptions(records, period),
        "guests": money.reception_persons(records, period),
        "over_standard": money.over_standard(records, period),
        "steps": signing.steps(records, period),
        "in_order": signing.steps_in_order(records, period),
        "out_of_order": signing.out_of_order(records, period),
        "not_own": signing.not_own(records, period),
        "refused_otherwise": signing.refused_otherwise(records, period),
        "mean_days": signing.mean_days(records, period),
        "sent_back": signing.returned(records, period),
        "refused": signing.refused(records, period),
        "resigned": signing.resigned(records, period),
        "caught": caught.caught(records, period),
        "outcomes": caught.outcomes(records, period),
    }


def _buying(records: Records, period: Period) -> dict[str, Any]:
    behind = [one for one in contracts.plan_payments(records, period) if one.overdue]
    together = buying.collective(records)
    return {
        "under_way": buying.under_way(records),
        "awarded": buying.awarded(records, period),
        "splits": buying.splits(records, period),
        "collective": together,
        "collective_n": Measure(Decimal(len(together)), tuple(one.code for one in together), 0, "个"),
        "in_force": contracts.in_force(records),
        "in_force_sum": contracts.in_force_sum(records),
        "contract_spent": contracts.spent(records, period),
        "behind_plan": Measure(Decimal(len(behind)), tuple(one.code for one in behind), 0, "份"),
        "expiring": contracts.expiring(records),
        "scored": [one for one in vendors.scored(records, period) if one.score is not None],
        "not_scored": vendors.not_scored(records, period),
        "deducted_year": vendors.deducted(records, period.to_date),
        "small": contracts.small_companies(records, period),
    }


def _supervision(records: Records, period: Period) -> dict[str, Any]:
    return {
        "inspected": supervision.inspection_count(records, period),
        "standing": supervision.standing_count(records, period),
        "problems": supervision.problems_found(records, period),
        "closed": supervision.problems_closed_on_time(records, period),
        "problems_late": supervision.problems_late(records, period),
        "repeated": supervision.repeated_problems(records, period),
        "repairs": supervision.repairs(records, period),
        "repair_hours": supervision.repair_hours(records, period),
        "repair_kinds": supervision.repair_categories(records, period)[:4],
        "faults": supervision.repeat_faults(records, period)[:3],
        "overdue_n": records.kept("issues", count((late.row for late in supervision.overdue(records)), "件")),
    }


def _facilities(records: Records, period: Period) -> dict[str, Any]:
    return {
        "checks_due": facilities.checks_due(records, period),
        "checks_done": facilities.checks_done(records, period),
        "checks_on_time": facilities.checks_on_time(records, period),
        "hazards": facilities.hazards(records, period),
        "hazards_fixed": facilities.hazards_fixed(records, period),
        "open_hazards": facilities.open_hazards(records),
        "fire_due": facilities.fire_due(records, period),
        "fire_done": facilities.fire_done(records, period),
        "extinguishers": facilities.extinguishers_expired(records, period),
        "statutory_late": facilities.statutory_overdue(records, period),
        "samples": facilities.samples(records, period),
        "samples_ok": facilities.samples_ok(records, period),
        "samples_bad": [
            {"day": meal.date, "meal": meal.meal, "why": facilities.sample_fault(meal)}
            for meal in facilities.samples_bad(records, period)
        ],
        "canteen_due": facilities.canteen_due(records, period),
        "canteen_done": facilities.canteen_done(records, period),
    }


def _saving(records: Records, period: Period) -> dict[str, Any]:
    found = saving.vehicles(records, period)
    km, per_100 = saving.fleet(found)
    return {
        "energy": tables.saving.energy_words(records, period),
        "nights_alert": [
            {
                "where": run.meter.name,
                "first": run.nights[0].day,
                "last": run.nights[-1].day,
                "n": len(run.nights),
                "ratio": run.ratio,
                "fix": (run.issue.fix_note or "").rstrip("。") if run.issue is not None else "",
                "state": (run.issue.status or "") if run.issue is not None else "未建工单",
            }
            for run in saving.night_alerts(records, period)
        ],
        "vehicle_n": records.kept("assets", count((one.vehicle for one in found), "辆")),
        "repaired": [one for one in found if one.repairs.value],
        "km": km,
        "per_100": per_100,
    }


def _staff(records: Records, period: Period) -> dict[str, Any]:
    now, before = staff.four_ones(records, period)["综合"], staff.four_ones(records, period.before)["综合"]
    points = None if now.value is None or before.value is None else now.rounded - before.rounded
    return {
        "attendance": staff.attendance(records, period),
        "learned": now,
        "learned_points": points,
        "skills": staff.without_skill(records, period),
        "hours": staff.training_hours(records, period),
        "contracts_of_staff": _people(records, staff.running_out(records, period, "contract_to", 60), "份"),
        "certificates": _people(records, staff.running_out(records, period, "cert_due", 30), "个"),
    }


def _people(records: Records, found: list[RowView], unit: str) -> Measure:
    return records.kept("people", count(found, unit))
