"""年报: the year under the five headings of the reform, and what it cost (domain.md F3)."""

from collections.abc import Mapping
from typing import Any

from automations.measures import (
    Period,
    Records,
    buying,
    caught,
    costs,
    facilities,
    index,
    means,
    money,
    outlook,
    saving,
    service,
    signing,
    staff,
    supervision,
    vendors,
)
from automations.measures.indicators import indicators
from automations.reports.document import Column, Table
from automations.schema.load import load_schema
from automations.settings import HOUSE
from automations.statements import _tables as tables
from automations.statements import statement


@statement("annual")
def annual(records: Records, period: Period) -> Mapping[str, Any]:
    """Figures of 一 to 九, and their tables."""
    by_month, charts = tables.energy_months(records, period.last.year)
    by_category, spending_chart = tables.spending_months(records, period)
    best = {item: service.best(records, item, period.last) for item in ("lodging", "catering")}
    return {
        "year": period.last.year,
        "classes": service.class_count(records, period),
        "trainees": service.trainees(records, period),
        "person_days": service.person_days(records, period),
        "lodging": service.sat_lodging(records, period),
        "catering": service.sat_catering(records, period),
        "best": {item: found and {"name": found[0].name, "rate": found[1]} for item, found in best.items()},
        "index": index.index(records, period),
        "index_parts": index.parts(records, period),
        "overview": tables.year_overview(indicators(records, period), period),
        **_means(records, period),
        **_surroundings(records, period),
        **_staff(records, period),
        **_management(records, period),
        "costs": costs.costs(records, period),
        "rises": costs.rises(records, period),
        "troubles": outlook.troubles(records, period),
        "last_year": _priorities(records, period.last.year),
        "next_year": _priorities(records, period.last.year + 1),
        "energy_table": tables.energy(records, period),
        "energy_months": by_month,
        "power_chart": charts[saving.POWER],
        "water_chart": charts[saving.WATER],
        "team_table": tables.teams(records, period),
        "learning_table": tables.learning(records, period),
        "cost_table": _cost_table(records, period),
        "income_table": tables.income(records, period),
        "spending_table": tables.spending(records, period),
        "service_table": _service_table(records, period),
        "spending_months": by_category,
        "spending_chart": spending_chart,
        "alarm_table": _alarm_table(records, period),
        "vehicle_table": tables.vehicles(records, period),
        "unverified_table": tables.unverified(records, period),
    }


def _means(records: Records, period: Period) -> dict[str, Any]:
    seen = means.inventory_results(records, period)
    return {
        "funding": means.funding(records, period),
        "works": means.works(records, period),
        "asset_table": _asset_table(records),
        "inventoried": means.inventoried(records, period),
        "inventory_off": {name: n for name, n in seen.items() if name != "相符"},
        "unclear": means.unclear(records),
        "network": means.network(records, period),
        "beds": means.beds(records),
        "bed_use": means.bed_use(records, period),
        "room_use": means.room_use(records, period),
        "entrusted": means.entrusted_share(records, period),
        "grades": means.grades(records, period),
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
        "energy": tables.energy_words(records, period),
        "intensity": means.intensity(records, period),
        "culture": sum(a.category == "文化设施" and a.status == "在用" for a in records["assets"]),
    }


def _staff(records: Records, period: Period) -> dict[str, Any]:
    scores = staff.goal_scores(records)
    return {
        "people_n": len(staff.here(records)),
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
        "rules": means.rules(records, modules, period.last),
        "received": money.income_received(records, period),
        "remitted": money.income_remitted(records, period),
        "on_time": money.remitted_on_time(records, period),
        "spent": money.spent(records, period),
        "rate": money.budget_rate(records, period),
        "three": money.three_public(records, period),
        "steps": signing.steps(records, period),
        "in_order": signing.in_order_rate(records, period),
        "mean_days": signing.mean_days(records, period),
        "delegated": signing.delegated(records, period),
        "urgent": signing.urgent(records, period),
        "splits": buying.splits(records, period),
        "awarded": buying.awarded(records, period),
        "vendor_score": vendors.mean_score(records, period),
        "deducted": vendors.deducted(records, period),
        "caught": caught.caught(records, period),
        "recovered": caught.recovered(records, period),
    }


def _priorities(records: Records, year: int) -> list[Any]:
    """年度重点 and 上级督办 of a year: title, state and limit are in the rows."""
    found = [t for t in records["tasks"].where(kind=("年度重点", "上级督办")) if t.year == year and t.status != "草拟"]
    return sorted(found, key=lambda t: (t.due is None, t.due, t.id))


def _asset_table(records: Records) -> Table:
    rows = [(name, n, value) for name, (n, value) in means.assets_by_category(records).items()]
    return Table(
        "资产总量",
        (Column("类别", width=2), Column("数量（件）", "number"), Column("原值（元）", "money", 1.5)),
        tuple(rows),
        "不含办公耗材和已处置资产。",
    )


def _cost_table(records: Records, period: Period) -> Table:
    found = costs.costs(records, period)
    return Table(
        "成本与效益",
        (
            Column("项目", width=1.8),
            Column("本年（元）", "money", 1.2),
            Column("上年（元）", "money", 1.2),
            Column("变化", "percent", places=1),
            Column("口径", width=3.5),
        ),
        tuple((c.name, c.now, c.before, c.grown, c.counts) for c in found),
    )


def _service_table(records: Records, period: Period) -> Table:
    found = means.services(records, period)
    return Table(
        "各项服务的方式、费用和得分",
        (
            Column("方式", width=0.7),
            Column("服务", width=1.6),
            Column("范围", width=2.2),
            Column("本年（元）", "money", 1.2),
            Column("上年（元）", "money", 1.2),
            Column("年度得分", "number", places=1),
        ),
        tuple((s.mode, s.name, s.scope, s.now, s.before, s.score) for s in found),
        "上年为未采集的，是本系统启用前的费用，没有数据可比。",
    )


def _alarm_table(records: Records, period: Period) -> Table:
    found = caught.caught(records, period)
    return Table(
        "预警和拦截（按类）",
        (
            Column("类别", width=2),
            Column("件数", "number"),
            Column("涉及金额（元）", "money", 1.5),
            Column("最高等级", width=1),
        ),
        tuple((kind.name, kind.n, kind.amount, kind.gravity) for kind in found.kinds),
    )
