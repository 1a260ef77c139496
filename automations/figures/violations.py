"""预警台账: a line that was explained waits to be checked (domain.md B6.29)."""

from automations.books import Facts
from automations.rules.claims import empty

WAITING, TO_BE_CHECKED = ("新发现", "待说明"), "待核实"


def stage_of(line: Facts) -> str:
    """待核实 once 情况说明 is written; only the person named writes there (:mod:`automations.owners`)."""
    return TO_BE_CHECKED if line.status in WAITING and not empty(line.explanation) else line.status
