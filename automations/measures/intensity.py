"""节能 per head and square metre (domain.md F3 四, EN-07): what the district's office asks for."""

from dataclasses import dataclass
from decimal import Decimal

from automations.measures import costs, saving, service
from automations.measures.base import Measure
from automations.measures.period import Period
from automations.measures.records import Records


@dataclass(frozen=True, slots=True)
class Intensity:
    """A year's energy against heads and area; targets are the district's (energy.target.*)."""

    coal: Measure
    heads: Measure
    per_head: Measure
    per_m2: Measure
    water_per_head: Measure


def intensity(records: Records, period: Period) -> Intensity:
    """Heads by the parameter ``energy.headcount``: staff here, outsourced ones included, and 培训人天 ÷ 365.

    Unknown of a period without a class: a school has some, so those of that year were not written down. Without them
    last year would have had half the heads, and each would have used twice as much.
    """
    on = period.last
    coal, water = saving.standard_coal(records, period), saving.used(records, period, saving.WATER)
    staff = [p for p in records["people"] if p.status not in ("已退出",)]
    days = service.person_days(records, period)
    value = Decimal(len(staff)) + days.value / 365 if staff and days.value else None
    flags = records.unverified(on, "energy.headcount")
    heads = Measure(value, days.codes, 0, "人", flags)
    whole = costs.area(costs.buildings(records))

    def per(part: Measure, by: Measure, unit: str) -> Measure:
        value = part.value / by.value if part.value is not None and by.value else None
        return Measure(value, part.codes, 2, unit, (*part.unverified, *by.unverified))

    kg = "千克标准煤"
    return Intensity(coal, heads, per(coal, heads, kg), per(coal, whole, kg), per(water, heads, "吨"))
