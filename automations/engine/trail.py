"""What was signed and judged so far of the rows of one sign-off, read at once for all that a pass looks at."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from automations.approvals.case import Case
from automations.approvals.declaration import Approval
from automations.engine.office import Office
from automations.engine.unrecorded import STEPS
from automations.tables.base import Row


def ledger(approval: Approval, table: str, row_id: int) -> str:
    """Under which name judged edits are noted: an invoice that moves is judged in the case it left and the new."""
    return f"{table}@{row_id}" if approval.parts is not None and table == approval.parts[0] else table


class Trail:
    """Read when it is made. While cases are judged one by one, only the judgement of a case itself adds to it.

    Args:
        office: Mirror and journal.
        approval: The declaration.
        rows: Ids of the rows prepared.
        cases: Their cases as the journal keeps them.
        parts: Their parts, such as the invoices of a claim.
    """

    def __init__(
        self,
        office: Office,
        approval: Approval,
        rows: Collection[int],
        cases: Iterable[Mapping[str, Any]],
        parts: Mapping[int, Sequence[Row]],
    ) -> None:
        self._journal = office.journal
        self._steps: Mapping[int, Sequence[Row]] = {}
        self._named: dict[str, list[Row]] = {}
        self._codes: Mapping[tuple[int, str], str] = {}
        self._looked: dict[str, set[int]] = {approval.table: set(rows)}
        own = [step["code"] for data in cases for step in (*data.get("past", ()), *data.get("steps", ()))]
        if own:
            self._steps = office.mirror.linked(STEPS, approval.step_link, rows)
            for row in office.mirror.having(STEPS, "code", own):
                self._named.setdefault(str(row["code"]), []).append(row)
            found = {r.id for rows in (*self._steps.values(), *self._named.values()) for r in rows}
            self._codes = office.journal.codes(STEPS, sorted(found))
            self._looked[STEPS] = found
        for row_id, own_parts in parts.items():
            assert approval.parts is not None, "only a sign-off with parts has them"
            self._looked[ledger(approval, approval.parts[0], row_id)] = {r.id for r in own_parts}
        self._seen = office.journal.seen_of(self._looked)

    def steps(self, case: Case) -> tuple[dict[int, Row], dict[int, str]]:
        """Rows of the case's steps by row id, and their codes: those Houqin gave them, not those that stand there."""
        codes = {step.code for step in (*case.past, *case.steps)}
        rows = {row.id: row for row in self._steps.get(case.row_id, ())} if codes else {}
        rows |= {r.id: r for r in sorted((r for c in codes for r in self._named.get(c, ())), key=lambda r: r.id)}
        given = {i: self._codes.get((i, r.born)) for i, r in rows.items()}
        mine = {i: code for i, code in given.items() if code is not None and code in codes}
        return {i: rows[i] for i in mine}, mine

    def seen(self, name: str, row_id: int) -> str:
        """``order`` of the last judged edit of a row, under the name of its :func:`ledger`; "" if none was."""
        if row_id in self._looked.get(name, ()):
            return self._seen.get((name, row_id), "")
        return self._journal.seen(name, row_id)  # a part that left the case
