"""用车记录: kilometres, holidays, litres per 100 km (domain.md B4.19)."""

from automations.figures.base import Computed, computes
from automations.rules.vehicles import LogFacts


@computes("vehicle_logs", "km", "holiday", "l_per_100")
def vehicle_logs(log: LogFacts) -> Computed:
    """行驶里程, 节假日, 百公里油耗."""
    return Computed({"km": log.km, "holiday": log.holiday, "l_per_100": log.l_per_100})
