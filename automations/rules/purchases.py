"""What was bought, in whichever table it stands, each purchase counted once: what PR-03 adds up (domain.md C5).

A request counts until it has a claim. A claim under a contract or a procurement is what was decided there, and a
procurement by public tender or under a framework agreement splits nothing. The 品目 of a claim or a request is the
费用类别 of its budget line.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from automations.books import Facts
from automations.rows import RowView
from automations.rules.claims import LIVING, LOAN, ClaimFacts
from automations.rules.claims_route import BOUGHT
from automations.rules.procurements import FRAMEWORK, TENDER, ProcurementFacts
from automations.rules.requests import OVER, RequestFacts
from automations.workdays import local_date

CLAIMS, REQUESTS, PROCUREMENTS, LINES = "expense_claims", "requests", "procurements", "budget_lines"
EXCLUDED = "split.excluded"
NO_REQUEST = OVER | {"草稿", "撤回"}
NO_PROCUREMENT = frozenset({"立项", "撤回", "不同意", "终止"})


@dataclass(frozen=True, slots=True)
class Purchase:
    """One purchase.

    Attributes:
        table / id: Where it stands.
        item: 品目.
        kind: 货物, 服务 or 工程.
        department: Who bought it.
        request: Row id of the request that permitted a claim.
    """

    table: str
    id: int
    code: str
    item: str
    kind: str
    day: date
    amount: Decimal
    department: int | None
    request: int | None = None


def of_claim(claim: Any, excluded: Sequence[str]) -> Purchase | None:
    """The purchase behind a claim (row or facts); None where there is none, or it was decided elsewhere."""
    amount, category = claim.amount if claim.audited_amount is None else claim.audited_amount, claim.category
    if category not in BOUGHT or category in excluded or claim.biz_date is None or not amount or claim.kind == LOAN:
        return None
    if claim.contract is not None or claim.procurement is not None:
        return None
    return Purchase(
        CLAIMS,
        claim.id,
        claim.code or "",
        category,
        BOUGHT[category],
        claim.biz_date,
        amount,
        claim.department,
        claim.request,
    )


def of_request(request: Any, line: RowView | None, excluded: Sequence[str]) -> Purchase | None:
    """The purchase that a request asks for from a budget line."""
    category = str(line.category) if line is not None else ""
    if category not in BOUGHT or category in excluded or request.starts_at is None or not request.est_amount:
        return None
    day, kind = local_date(request.starts_at), BOUGHT[category]
    return Purchase(
        REQUESTS, request.id, request.code or "", category, kind, day, request.est_amount, request.department
    )


def of_procurement(project: Any, facts: Facts) -> Purchase | None:
    """The purchase that a procurement (row or facts) is about, on the day of its award or else of its first entry."""
    amount = project.budget if project.award is None else project.award
    if project.kind is None or not amount or project.method in (TENDER, FRAMEWORK):
        return None
    handler = facts.directory.get(project.handler)
    department = handler.department if handler is not None else None
    item = str(project.item_code or "")
    return Purchase(
        PROCUREMENTS, project.id, project.code or "", item, project.kind, day_of(project, facts), amount, department
    )


def day_of(project: Any, facts: Facts) -> date:
    """The day of its award, or else of its first entry."""
    day: date | None = project.award_on
    return day or (local_date(project.created_at) if project.created_at is not None else facts.on)


def purchase_of(facts: Facts) -> Purchase | None:
    """The purchase of the row under examination, which counts whatever its state."""
    if isinstance(facts, ClaimFacts):
        return of_claim(facts, facts.norm.names(EXCLUDED))
    if isinstance(facts, RequestFacts):
        return of_request(facts, facts.line, facts.norm.names(EXCLUDED))
    return of_procurement(facts, facts)


def of_vendor(facts: Facts, vendor: int | None, first: date, last: date) -> Iterator[Purchase]:
    """What is bought from a company from ``first`` to ``last``."""
    yield from _claims(facts, facts.books.where(CLAIMS, "vendor", vendor), first, last)
    yield from _projects(facts, "winner", vendor, first, last)


def similar(facts: Facts, mine: Purchase, first: date, last: date, *, near: bool = False) -> list[Purchase]:
    """Other purchases of the same 品目 from ``first`` to ``last``; ``near``: of the same department only.

    Two procurements are alike by their 品目, any other two by the 费用类别 of their budget lines.
    """
    found: list[Purchase] = []
    lines, books = lines_of(facts, mine, range(first.year, last.year + 1)), facts.books
    for line in lines:
        claims = books.where(CLAIMS, "budget_line", line.id)
        if near:
            claims = [claim for claim in claims if claim["department"] == mine.department]
        found += _claims(facts, claims, first, last)
        found += _requests(facts, line, first, last)
    if isinstance(facts, ProcurementFacts):
        found += _projects(facts, "item_code", mine.item or None, first, last)
    else:
        found += (p for line in lines for p in _projects(facts, "budget_lines", line.id, first, last))
    others = {(p.table, p.id): p for p in found if not _same(mine, p)}
    return [p for p in others.values() if not near or p.department == mine.department]


def lines_of(facts: Facts, mine: Purchase, years: Iterable[int]) -> list[RowView]:
    """The budget lines of the same 费用类别 in these years."""
    is_project = isinstance(facts, ProcurementFacts)
    categories = {line.category for line in facts.many("budget_lines")} if is_project else {mine.item}
    wanted = set(years)
    found = (line for c in sorted(filter(None, categories)) for line in facts.books.where(LINES, "category", c))
    return [line for line in found if line.year in wanted]


def _same(mine: Purchase, other: Purchase) -> bool:
    """Whether two rows are one purchase: the row itself, or a request and its claim."""
    if mine.table == other.table:
        return mine.id == other.id
    if {mine.table, other.table} != {CLAIMS, REQUESTS}:
        return False
    claim, request = (mine, other) if mine.table == CLAIMS else (other, mine)
    return claim.request == request.id


def _claims(facts: Facts, claims: Iterable[RowView], first: date, last: date) -> Iterator[Purchase]:
    excluded = facts.norm.names(EXCLUDED)
    for claim in claims:
        day = claim["biz_date"]
        if day is None or not first <= day <= last or claim["status"] not in LIVING:
            continue
        if found := of_claim(claim, excluded):
            yield found


def _requests(facts: Facts, line: RowView, first: date, last: date) -> Iterator[Purchase]:
    excluded = facts.norm.names(EXCLUDED)
    for request in facts.books.where(REQUESTS, "budget_line", line.id):
        if request.status in NO_REQUEST or not (found := of_request(request, line, excluded)):
            continue
        if first <= found.day <= last and not _claimed(facts, request):
            yield found


def _claimed(facts: Facts, request: RowView) -> bool:
    return any(claim.status in LIVING for claim in facts.books.where(CLAIMS, "request", request.id))


def _projects(facts: Facts, field: str, value: object, first: date, last: date) -> Iterator[Purchase]:
    for project in facts.books.where(PROCUREMENTS, field, value):
        if project.status in NO_PROCUREMENT or not (found := of_procurement(project, facts)):
            continue
        if first <= found.day <= last:
            yield found
