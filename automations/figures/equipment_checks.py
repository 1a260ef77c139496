"""设施检查: where a check stands, when the next one is due, what came of it (domain.md B4.16)."""

from automations.figures.base import Computed, computes
from automations.rules.checks_facts import CheckFacts


@computes("equipment_checks", "issue", "statutory", "next_due", "status")
def equipment_checks(check: CheckFacts) -> Computed:
    """问题工单, 法定, 下次应检, 状态."""
    return Computed(
        {
            "issue": check.issue,
            "statutory": check.statutory,
            "next_due": check.next_due,
            "status": check.state,
        }
    )
