"""Submissions that a rule stopped, as the journal remembers them: once put right, no table shows that they were."""

from dataclasses import dataclass
from datetime import datetime

from automations.journal import Journal


@dataclass(frozen=True, slots=True)
class Stop:
    """One submission that was stopped.

    Attributes:
        at: Aware.
        table: Of the row.
        code: 编号 of the row.
        rules: Ids of the rules that stopped it.
    """

    at: datetime
    table: str
    code: str
    rules: tuple[str, ...]


def stops_of(journal: Journal, until: datetime) -> tuple[Stop, ...]:
    """All of them up to a moment, oldest first."""
    found = []
    for entry in journal.entries(kind="blocked"):
        table, _, code = entry.subject.partition("/")
        if entry.at <= until:
            found.append(Stop(entry.at, table, code, tuple(map(str, entry.data.get("rules", ())))))
    return tuple(found)
