"""The tables of the small school as dictionaries, in the state in which every history begins."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from automations.approvals.case import Case
from automations.approvals.world import Key
from automations.holds import Hold
from automations.jobs import approvals
from automations.people import Department, Directory
from automations.rows import RowView
from automations.tables.base import Row
from automations.tables.values import canonical
from tests.money.paper_school import (
    ACCOUNT_NO,
    CLAIMS,
    COMPANY,
    FINANCE,
    FINANCE_LEADER,
    HEAD,
    INCOME,
    LEADER,
    LINES,
    OFFICE,
    OTHER_ACCOUNTANT,
    REQUESTS,
    STAFF,
    account,
    empty,
    invoice,
)
from tests.office import schema

LIVES = approvals()


class PaperBooks:
    """Where rules read (a :class:`~automations.books.books.Source`): rows as they stand at the moment.

    Attributes:
        rows: Cells by table and row id.
        cases: Where each sign-off stands.
        holds: What each case holds, by its name in the journal.
        people / departments: Who is who.
    """

    def __init__(self) -> None:
        self.rows: dict[str, dict[int, dict[str, Any]]] = defaultdict(dict)
        self._views: dict[str, dict[int, RowView]] = defaultdict(dict)
        self.cases: dict[Key, Case] = {}
        self.holds: dict[str, list[Hold]] = {}
        self.people = {p.id: replace(p, account=account(p.id), department=OFFICE) for p in STAFF}
        self.departments = {
            OFFICE: Department(OFFICE, "行政科", HEAD, LEADER),
            FINANCE: Department(FINANCE, "财务科", OTHER_ACCOUNTANT, FINANCE_LEADER, "财务"),
        }
        self._open()

    def _open(self) -> None:
        for i, (name, category, approved) in LINES.items():
            cells: dict[str, Any] = {"name": name, "category": category, "year": Decimal(2026)}
            cells |= {"fund_source": "财政拨款", "department": OFFICE, "approved": Decimal(approved)}
            self._add("budget_lines", i, {**cells, "status": "已批复"}, "YS")
            self.cases["budget_lines", i] = self.cases["budget_lines", i].but(stage="已批复")
        bank: dict[str, Any] = {"bank_name": "农行", "bank_account": ACCOUNT_NO, "bank_verified": True}
        self._add("vendors", COMPANY, {"name": "利民商行", **bank, "related_people": (HEAD,), "status": "在册"}, "FW")
        self.cases["vendors", COMPANY] = self.cases["vendors", COMPANY].but(stage="在册")
        for i, claim in CLAIMS.items():
            self._add("expense_claims", i, {**claim, "status": "草稿"}, "ZC")
            self._add("invoices", i, invoice(i), "FP")
        for i, request in REQUESTS.items():
            self._add("requests", i, {**request, "status": "草稿"}, "SQ")
        for i in (1, 2):
            self._add("income", i, {**INCOME, "amount": Decimal(1000 * i), "status": "应收"}, "SR")

    def _add(self, table: str, row_id: int, cells: Mapping[str, Any], prefix: str) -> None:
        code = f"{prefix}-2026-{row_id:04d}"
        filled = {n: canonical(schema()[table][n], v) for n, v in cells.items()}
        self.rows[table][row_id] = {**empty(table), **filled, "code": code}
        self._lives(table, row_id)
        if table in LIVES:
            self.cases[table, row_id] = Case(table=table, code=code, row_id=row_id)

    def _lives(self, table: str, row_id: int) -> None:
        """Rules see the row from now on."""
        self._views[table][row_id] = RowView(table, Row(row_id, self.rows[table][row_id]))

    def row(self, table: str, row_id: int) -> RowView | None:
        return self._views[table].get(row_id)

    def where(self, table: str, field: str, value: Any) -> Sequence[RowView]:
        found = self._views[table].values()
        return [r for r in found if (c := r[field]) == value or (isinstance(c, tuple) and value in c)]

    def all(self, table: str) -> Sequence[RowView]:
        return tuple(self._views[table].values())

    def held(self, kind: str, key: str) -> Sequence[Hold]:
        return [h for holds in self.holds.values() for h in holds if h.kind == kind and h.key == key]

    @property
    def directory(self) -> Directory:
        """People and offices today."""
        return Directory(self.people.values(), self.departments.values())
