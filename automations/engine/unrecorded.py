"""Changes that the host's record does not explain: found, and handed to the judge as edits with no author.

Both hosts have gaps (imports, changes of options, races). A change without a matching entry is never a valid signature,
is put back in guarded cells, and is always reported (design.md 6).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from automations.approvals.case import ARCHIVED, PAID, UNDER_SEAL, Case
from automations.approvals.declaration import Approval
from automations.approvals.seal import content, differences, plain
from automations.approvals.world import World
from automations.journal import Journal
from automations.tables.base import Edit, Host, Row
from automations.tables.values import Value, Values

STEPS = "sign_steps"


class Unrecorded:
    """Looks for unexplained changes of the rows of a case.

    Args:
        digested: The same values with the SHA-256 of protected attachments.
    """

    def __init__(self, host: Host, journal: Journal, approval: Approval, digested: Callable[[Values], Values]) -> None:
        self._host = host
        self._journal = journal
        self._approval = approval
        self._table = approval.table
        self._digested = digested

    def changes(
        self, case: Case, world: World, parts: Mapping[int, Values], codes: Mapping[int, str], now: datetime
    ) -> list[Edit]:
        """Changes that no recorded edit explains, as edits with no author (design.md 6).

        The world stands before the first new edit: whatever in it differs from what the case knows was either judged
        before and not yet written back, or happened without a record.
        """
        found: list[Edit] = []
        name = self._table
        row = world.row(name, case.row_id)
        true = self._approval.shown_status(case)
        if row is not None and row.get("status") not in (true, None, self._approval.words.draft[0]):
            found += self._authorless(name, case.row_id, "status", true, row.get("status"), now)
        if row is not None and case.content is not None and case.status in UNDER_SEAL:
            now_content = content(self._approval, row, parts)
            changes = differences(case.content, now_content)
            if changes and (change := self._content_change(case, changes, now)) is not None:
                found.append(change)
        for step_id, code in codes.items():
            cells = world.row(STEPS, step_id)
            step = case.step(code)
            if cells is not None and step is not None and cells.get("decision") != step.decision:
                found += self._authorless(STEPS, step_id, "decision", step.decision, cells.get("decision"), now)
        return found

    def overwritten(self, row: Row, steps: Mapping[int, Row], edits: Sequence[Edit], now: datetime) -> list[Edit]:
        """Cells that say something else than the last new edit of theirs wrote: changed once more without a record."""
        found: list[Edit] = []
        cells = [(self._table, row, "status"), *((STEPS, step, "decision") for step in steps.values())]
        for table, holder, name in cells:
            touching = [e for e in edits if (e.table, e.row_id) == (table, holder.id) and name in e.after]
            if not touching or any(name not in e.before and e.action != "create" for e in touching):
                continue
            last, stands = touching[-1], holder.values.get(name)
            passed = [value for e in touching for value in (e.before.get(name), e.after[name])]
            if stands not in passed:  # else the row was read before the last of them
                key = f"unrecorded/{table}/{holder.id}/{name}/{now.isoformat()}"
                found.append(
                    Edit(table, holder.id, key, "", now, None, "update", {name: last.after[name]}, {name: stands})
                )
        return found

    def _authorless(
        self, table: str, row_id: int, field: str, before: Value, after: Value, now: datetime
    ) -> list[Edit]:
        history = self._host.edits(table, row_id)
        seen = self._journal.seen(table, row_id)
        last = next((e for e in reversed(history) if field in e.after and e.order <= seen), None)
        if last is not None and last.after[field] == after:
            return []  # judged before; only the answer is still to be written
        key = f"unrecorded/{table}/{row_id}/{field}/{now.isoformat()}"
        return [Edit(table, row_id, key, "", now, None, "update", {field: before}, {field: after})]

    def _content_change(self, case: Case, changes: Sequence[tuple[str, Any, Any]], now: datetime) -> Edit | None:
        """A protected change outside the new edits; attributed where the older history names who did it.

        None where it was judged before, as a change of a paid row is, and only waits to be put back.
        """
        history = self._host.edits(case.table, case.row_id)
        for name, _, new in changes:
            last = next((e for e in reversed(history) if name in e.after), None)
            if last is None or last.account in (None, self._host.account):
                continue
            if plain(self._digested(last.after)[name]) == new:
                return (
                    None
                    if case.status in (PAID, ARCHIVED)
                    else replace(last, before={}, after={}, key=f"{last.key}/late")
                )
        return Edit(case.table, case.row_id, f"unrecorded/{case.subject}/{now.isoformat()}", "", now, None, "update")
