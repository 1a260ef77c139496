"""What was bought, in whichever table it stands, each purchase counted once: what PR-03 adds up (domain.md C5).

A request counts until it has a claim. A claim under a contract or a procurement is what was decided there, and a
procurement by public tender or under a framework agreement splits nothing. The 品目 of a claim or a request is the
费用类别 of its budget line.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from automations.books import Books, Facts, remembered
from automations.rows import RowView
from automations.rules.claims import LIVING, LOAN, ClaimFacts, approved_sum
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
    department = _department(project, facts)
    item = str(project.item_code or "")
    return Purchase(
        PROCUREMENTS, project.id, project.code or "", item, project.kind, day_of(project, facts), amount, department
    )


def _department(project: Any, facts: Facts) -> int | None:
    handler = facts.directory.get(project.handler)
    return handler.department if handler is not None else None


def day_of(project: Any, facts: Facts) -> date:
    """The day of its award, or else of its first entry."""
    day: date | None = project.award_on
    return day or (local_date(project.created_at) if project.created_at is not None else facts.on)


@remembered
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
    yield from _projects(facts, facts.books.where(PROCUREMENTS, "winner", vendor), first, last)


def similar(facts: Facts, mine: Purchase, first: date, last: date, *, near: bool = False) -> list[Purchase]:
    """Other purchases of the same 品目 from ``first`` to ``last``; ``near``: of the same department only.

    Two procurements are alike by their 品目, any other two by the 费用类别 of their budget lines.
    """
    books, lines = facts.books, lines_of(facts, mine, first.year, last.year)
    claims, requests = (_charged_to(books, table, lines, mine, near) for table in (CLAIMS, REQUESTS))
    found = [*_claims(facts, claims, first, last), *_requests(facts, requests, lines, first, last)]
    alike = isinstance(facts, ProcurementFacts)
    projects = books.where(PROCUREMENTS, "item_code", mine.item or None) if alike else projects_on(books, lines)
    if near:
        projects = [p for p in projects if _department(p, facts) == mine.department]
    found += _projects(facts, projects, first, last)
    return [p for p in found if not _same(mine, p) and not (near and p.department != mine.department)]


def _charged_to(books: Books, table: str, lines: "Lines", mine: Purchase, near: bool) -> Iterable[RowView]:
    """Rows of a table that are charged to one of these lines; ``near``: those of the department, which are few."""
    if not near:
        return (r for line in lines.rows for r in books.where(table, "budget_line", line))
    return books.once(
        (table, mine.department, *lines.key),
        lambda: [r for r in books.where(table, "department", mine.department) if r["budget_line"] in lines.rows],
    )


@dataclass(frozen=True, slots=True)
class Lines:
    """Budget lines of one 费用类别 or more in some years, by row id."""

    categories: tuple[str, ...]
    first: int
    last: int
    rows: Mapping[int, RowView]

    @property
    def key(self) -> tuple[Any, ...]:
        """Names what was worked out from them."""
        return (self.categories, self.first, self.last)


def lines_of(facts: Facts, mine: Purchase, first: int, last: int) -> Lines:
    """The budget lines of the same 费用类别 from one year to another."""
    is_project = isinstance(facts, ProcurementFacts)
    named = {line.category for line in facts.many("budget_lines")} if is_project else {mine.item}
    categories = tuple(sorted(filter(None, named)))

    def look() -> Lines:
        found = (line for c in categories for line in facts.books.where(LINES, "category", c))
        rows = {line.id: line for line in found if line.year is not None and first <= line.year <= last}
        return Lines(categories, first, last, rows)

    return facts.books.once(("lines", categories, first, last), look)


def approved_on(books: Books, lines: Lines) -> Decimal:
    """元 approved on these lines."""
    return books.once(("approved", *lines.key), lambda: sum(map(approved_sum, lines.rows.values()), Decimal(0)))


def projects_on(books: Books, lines: Lines) -> Sequence[RowView]:
    """Procurements that are paid from these lines."""
    return books.once(
        ("projects", *lines.key),
        lambda: [p for p in books.all(PROCUREMENTS) if any(line in lines.rows for line in p.budget_lines)],
    )


def tenders_on(books: Books, lines: Lines) -> Sequence[RowView]:
    """Those of them by public tender, as far as they count."""
    return books.once(
        ("tenders", *lines.key),
        lambda: [p for p in projects_on(books, lines) if p.method == TENDER and p.status not in NO_PROCUREMENT],
    )


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


def _requests(facts: Facts, requests: Iterable[RowView], lines: Lines, first: date, last: date) -> Iterator[Purchase]:
    excluded = facts.norm.names(EXCLUDED)
    for request in requests:
        line = lines.rows[request.budget_line]
        if request.status in NO_REQUEST or not (found := of_request(request, line, excluded)):
            continue
        if first <= found.day <= last and not _claimed(facts, request):
            yield found


def _claimed(facts: Facts, request: RowView) -> bool:
    return any(claim.status in LIVING for claim in facts.books.where(CLAIMS, "request", request.id))


def _projects(facts: Facts, projects: Iterable[RowView], first: date, last: date) -> Iterator[Purchase]:
    for project in projects:
        if project.status in NO_PROCUREMENT or not (found := of_procurement(project, facts)):
            continue
        if first <= found.day <= last:
            yield found
