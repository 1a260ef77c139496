"""What was bought, in whichever table it stands, each purchase counted once: what PR-03 adds up (domain.md C5).

A request counts until it has a claim. A claim under a contract or a procurement is what was decided there, and a
procurement by public tender or under a framework agreement splits nothing. The 品目 of a claim or a request is the
费用类别 of its budget line.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar

from automations.books import Books, Facts, remembered
from automations.measures.money import approved_sum
from automations.people import Directory
from automations.rows import RowView
from automations.rules.claims import LIVING, LOAN, ClaimFacts
from automations.rules.claims_route import BOUGHT
from automations.rules.procurements import FRAMEWORK, TENDER, ProcurementFacts
from automations.rules.requests import OVER, RequestFacts
from automations.workdays import local_date

T = TypeVar("T")

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
    department = _department(project, facts.directory)
    item = str(project.item_code or "")
    return Purchase(
        PROCUREMENTS, project.id, project.code or "", item, project.kind, day_of(project, facts), amount, department
    )


def _department(project: Any, directory: Directory) -> int | None:
    handler = directory.get(project.handler)
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
    won = _procured(facts, facts.books.where(PROCUREMENTS, "winner", vendor))
    yield from (p for p in won if first <= p.day <= last)


def similar(facts: Facts, mine: Purchase, first: date, last: date, *, near: bool = False) -> list[Purchase]:
    """Other purchases of the same 品目 from ``first`` to ``last``; ``near``: of the same department only.

    Two procurements are alike by their 品目, any other two by the 费用类别 of their budget lines.
    """
    lines = lines_of(facts, mine, first.year, last.year)
    claims, requests = (
        lines.charged_by(table, mine.department) if near else lines.charged(table) for table in (CLAIMS, REQUESTS)
    )
    found = [*_claims(facts, claims, first, last), *_requests(facts, requests, lines.rows, first, last)]
    alike = isinstance(facts, ProcurementFacts)
    procured = _of_item(facts, mine.item or None) if alike else lines.procured(facts)
    found += [p for p in procured if first <= p.day <= last]
    return [p for p in found if not _same(mine, p) and not (near and p.department != mine.department)]


def _of_item(facts: Facts, item: str | None) -> Sequence[Purchase]:
    """What procurements of one 品目 are about; worked out once, for all of them ask the same."""
    books = facts.books
    return books.once(("procured", item), lambda: _procured(facts, books.where(PROCUREMENTS, "item_code", item)))


@dataclass(frozen=True, slots=True)
class Lines:
    """The budget lines of one 费用类别 or more in some years.

    Every purchase of the 费用类别 asks the same of them, so it is worked out once (:meth:`Books.once`).
    """

    books: Books
    categories: tuple[str, ...]
    first: int
    last: int

    def _once(self, what: Any, work_out: Callable[[], T]) -> T:
        return self.books.once((what, self.categories, self.first, self.last), work_out)

    @property
    def rows(self) -> Mapping[int, RowView]:
        """By row id."""
        return self._once("lines", lambda: {line.id: line for line in self._look()})

    def _look(self) -> Iterator[RowView]:
        for category in self.categories:
            for line in self.books.where(LINES, "category", category):
                if line.year is not None and self.first <= line.year <= self.last:
                    yield line

    @property
    def approved(self) -> Decimal:
        """元 approved on them."""
        return self._once("approved", lambda: sum(map(approved_sum, self.rows.values()), Decimal(0)))

    @property
    def projects(self) -> Sequence[RowView]:
        """Procurements that are paid from them."""

        def look() -> list[RowView]:
            rows = self.rows
            return [p for p in self.books.all(PROCUREMENTS) if any(line in rows for line in p.budget_lines)]

        return self._once("projects", look)

    def procured(self, facts: Facts) -> Sequence[Purchase]:
        """What these procurements are about, as far as they count."""
        return self._once("procured", lambda: _procured(facts, self.projects))

    @property
    def tenders(self) -> Sequence[RowView]:
        """Those by public tender, as far as they count."""
        return self._once(
            "tenders",
            lambda: [p for p in self.projects if p.method == TENDER and p.status not in NO_PROCUREMENT],
        )

    def charged(self, table: str) -> Iterator[RowView]:
        """Rows of a table that are charged to them."""
        return (row for line in self.rows for row in self.books.where(table, "budget_line", line))

    def charged_by(self, table: str, department: int | None) -> list[RowView]:
        """Those of one department: fewer than all that is charged to a line."""
        rows = self.rows
        found = self.books.once(("charged", table, department), lambda: _by_line(self.books, table, department))
        return [row for line, charged in found.items() if line in rows for row in charged]


def _by_line(books: Books, table: str, department: int | None) -> Mapping[int | None, Sequence[RowView]]:
    """Rows of a department by the budget line that they are charged to."""
    found: dict[int | None, list[RowView]] = defaultdict(list)
    for row in books.where(table, "department", department):
        found[row["budget_line"]].append(row)
    return found


def lines_of(facts: Facts, mine: Purchase, first: int, last: int) -> Lines:
    """The budget lines of the same 费用类别 from one year to another."""
    is_project = isinstance(facts, ProcurementFacts)
    named = {line.category for line in facts.many("budget_lines")} if is_project else {mine.item}
    return Lines(facts.books, tuple(sorted(filter(None, named))), first, last)


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


def _requests(
    facts: Facts, requests: Iterable[RowView], lines: Mapping[int, RowView], first: date, last: date
) -> Iterator[Purchase]:
    excluded = facts.norm.names(EXCLUDED)
    for request in requests:
        line = lines[request.budget_line]
        if request.status in NO_REQUEST or not (found := of_request(request, line, excluded)):
            continue
        if first <= found.day <= last and not _claimed(facts, request):
            yield found


def _claimed(facts: Facts, request: RowView) -> bool:
    return any(claim.status in LIVING for claim in facts.books.where(CLAIMS, "request", request.id))


def _procured(facts: Facts, projects: Iterable[RowView]) -> Sequence[Purchase]:
    living = (project for project in projects if project.status not in NO_PROCUREMENT)
    return [found for project in living if (found := of_procurement(project, facts))]
