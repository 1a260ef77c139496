"""Where a row has got to by itself: a date reached, everything paid. Nobody chooses these states."""

from collections.abc import Callable, Mapping
from typing import Any

from automations.figures import contracts, issues, requests, violations

STAGES: Mapping[str, Callable[[Any], str]] = {
    "contracts": contracts.stage_of,
    "issues": issues.stage_of,
    "requests": requests.stage_of,
    "violations": violations.stage_of,
}
"""By table: the state that a row is in now, from its facts."""

UNSIGNED = frozenset({"issues", "violations"})
"""Tables whose rows move on without ever being signed; the others do once all have signed."""
