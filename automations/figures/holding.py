"""What a case holds in its present state: money on a budget line, numbers of invoices (domain.md C5 "Budget")."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from automations.approvals.case import APPROVED, ARCHIVED, PAID, RETURNED, SIGNING, Case
from automations.books import Books
from automations.holds import Hold, State
from automations.rules.invoices import invoice_key

Holding = Callable[[Case, Mapping[str, Any], Mapping[int, Any], Books], list[Hold]]
DONE = frozenset({"已核销", "过期"})
"""Stages of a request that needs its money no longer."""


def claim_holds(case: Case, cells: Mapping[str, Any], invoices: Mapping[int, Any], books: Books) -> list[Hold]:
    """Its budget from signing on, its invoices until it is void or refused.

    Args:
        case: The claim.
        cells: Its protected cells: as signed once it is under signature, else as they stand.
        invoices: Its invoices by row id, likewise.
        books: For the code of its request.
    """
    if case.status not in (SIGNING, APPROVED, PAID, ARCHIVED, RETURNED):
        return []
    state: State = "已用" if case.status in (PAID, ARCHIVED) else "占用"
    keys = {invoice_key(row) for row in invoices.values()} - {""}
    if case.status == RETURNED:  # what was submitted, and nobody took meanwhile: the rest nobody has checked yet
        submitted = {invoice_key(part) for part in (case.content or {"parts": ()})["parts"]}
        keys = {k for k in keys & submitted if all(h.subject == case.subject for h in books.held("invoice", k))}
    found = [Hold("invoice", key, state, Decimal(0), case.code, case.status) for key in sorted(keys)]
    line = cells.get("budget_line")
    if case.status != RETURNED and isinstance(line, int):
        permit = books.row("requests", cells.get("request"))
        under = str(permit.code or "") if permit is not None else ""
        found.append(Hold("budget", str(line), state, case.payable, case.code, case.status, under))
    return found


def request_holds(case: Case, cells: Mapping[str, Any], parts: Mapping[int, Any], books: Books) -> list[Hold]:
    """Its estimate from signing on until it is settled or expired; what its claims take is counted there."""
    line = cells.get("budget_line")
    if case.status not in (SIGNING, APPROVED) or case.stage in DONE or not isinstance(line, int):
        return []
    return [Hold("budget", str(line), "占用", case.payable, case.code, case.status)]


HOLDINGS: Mapping[str, Holding] = {"expense_claims": claim_holds, "requests": request_holds}
