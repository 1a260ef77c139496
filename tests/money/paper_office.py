"""The money of a small school on paper: real judgements, real rules, real holds; no host, no engine, no files.

Ten people, four claims with invoices, two requests, two budget lines, a company, two incomes. People type, the worker
looks now and then. What a pass of the engine does around a judgement is done here in the plainest way.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import cache
from typing import Any

from automations import owners
from automations.approvals.case import SIGNING, UNDER_SEAL, Case
from automations.approvals.declaration import Approval
from automations.approvals.desired import part_cells, row_cells, step_cells
from automations.approvals.judge import judge
from automations.approvals.reseat import reseat
from automations.approvals.ruling import Bench, Event, Finding, Ruling
from automations.approvals.world import Key, World
from automations.books import Books, Facts
from automations.figures import compute
from automations.figures.base import kind_of
from automations.figures.holding import HOLDINGS
from automations.holds import Hold
from automations.jobs import approvals
from automations.norms import Norm, Norms
from automations.people import Department, Directory, Person
from automations.rows import RowView
from automations.rules import examine
from automations.tables.base import Edit, Row
from automations.tables.values import File, Value, Values, canonical, from_json, to_json
from automations.workdays import Calendar
from tests.office import SCHOOL, TAX_NO, schema

LIVES = approvals()
WORKER = "houqin@school.test"
START = datetime(2026, 9, 1, 2, 0, tzinfo=UTC)
TODAY = date(2026, 9, 1)

CLERK, HEAD, ACCOUNTANT, LEADER, TOP, DEPUTY, FINANCE_LEADER, CASHIER, OTHER_CLERK, OTHER_ACCOUNTANT = range(1, 11)
OFFICE, FINANCE = 1, 2
STAFF = (
    Person(CLERK, "王文员", roles=frozenset({"经办人"}), rank="科员"),
    Person(HEAD, "周科长", roles=frozenset({"经办人", "部门负责人"}), rank="中层"),
    Person(ACCOUNTANT, "李会计", roles=frozenset({"经办人", "会计"}), rank="科员"),
    Person(LEADER, "孙副校长", roles=frozenset({"经办人", "分管领导"}), rank="班子成员"),
    Person(TOP, "赵校长", roles=frozenset({"经办人", "主要领导"}), rank="主要领导"),
    Person(DEPUTY, "郑副校长", roles=frozenset({"经办人", "分管领导"}), rank="班子成员"),
    Person(FINANCE_LEADER, "陈副校长", roles=frozenset({"经办人", "分管领导"}), rank="班子成员"),
    Person(CASHIER, "钱出纳", roles=frozenset({"经办人", "出纳"}), rank="科员"),
    Person(OTHER_CLERK, "冯文员", roles=frozenset({"经办人"}), rank="科员"),
    Person(OTHER_ACCOUNTANT, "吴会计", roles=frozenset({"经办人", "会计"}), rank="科员"),
)
COMPANY, ACCOUNT_NO, OTHER_ACCOUNT_NO = 1, "6222000000001234", "6222000000009999"
LINES = {1: ("日常办公费", "办公费", "2700"), 2: ("印刷费", "印刷费", "3000")}


def account(person: int) -> str:
    return f"p{person}@school.test"


def paper(name: str) -> tuple[File, ...]:
    return (File(name, 1, name, f"sha-of-{name}"),)


def number(invoice: int) -> str:
    return f"{26500000000000000000 + invoice * 1000}"


CLAIM: Mapping[str, Value] = {
    "kind": "报销",
    "category": "办公费",
    "title": "购置订书机",
    "handler": CLERK,
    "department": OFFICE,
    "payee_kind": "个人",
    "payee": CLERK,
    "payee_account": "本人工资卡",
    "budget_line": 1,
    "biz_date": date(2026, 8, 28),
    "amount": Decimal(800),
    "attach_n": Decimal(2),
    "attachments": paper("明细清单.txt"),
    "acceptor": OTHER_ACCOUNTANT,
}
CLAIMS: Mapping[int, Mapping[str, Value]] = {
    1: CLAIM,
    2: {
        **CLAIM,
        "title": "购置文件柜锁",
        "handler": OTHER_CLERK,
        "payee_kind": "服务商",
        "payee": None,
        "vendor": COMPANY,
        "payee_account": ACCOUNT_NO,
        "amount": Decimal(900),
    },
    3: {**CLAIM, "title": "购置硬盘盒", "handler": LEADER, "payee": LEADER, "amount": Decimal(950)},
    4: {
        **CLAIM,
        "category": "印刷费",
        "title": "印制讲义",
        "budget_line": 2,
        "request": 1,
        "biz_date": TODAY,
        "amount": Decimal(1200),
    },
}
REQUEST: Mapping[str, Value] = {
    "kind": "零星采购",
    "title": "印制讲义",
    "reason": "秋季学期用",
    "handler": CLERK,
    "department": OFFICE,
    "starts_at": datetime(2026, 9, 1, 1, 0, tzinfo=UTC),
    "ends_at": datetime(2026, 9, 20, 1, 0, tzinfo=UTC),
    "place": "本校",
    "budget_line": 2,
    "est_amount": Decimal(1300),
}
REQUESTS = {1: REQUEST, 2: {**REQUEST, "title": "印制学员手册", "handler": OTHER_CLERK, "est_amount": Decimal(2500)}}
INCOME: Mapping[str, Value] = {"kind": "住宿费收入", "payer": "区财政局", "amount": Decimal(1000)}
RECEIVED: Mapping[str, Value] = {
    "received_on": TODAY,
    "method": "对公转账",
    "account": "财政专户",
    "receipt_kind": "非税收入票据",
    "collector": CASHIER,
}


def invoice(claim: int) -> dict[str, Value]:
    return {
        "claim": claim,
        "kind": "数电票",
        "inv_no": number(claim),
        "issued_on": date(2026, 8, 28),
        "seller": "利民商行" if claim == 2 else f"商行{claim}",
        "amount": CLAIMS[claim]["amount"],
        "buyer": SCHOOL,
        "buyer_tax": TAX_NO,
        "verify": "未查验",
        "file": paper(f"发票{claim}.xml"),
    }


@cache
def empty(table: str) -> Mapping[str, Value]:
    """A row of nothing."""
    return {f.name: canonical(f, None) for f in schema()[table].fields}


@cache
def in_force(changed: tuple[tuple[str, str], ...]) -> Norms:
    """The parameters of the school; the others are those that are shipped."""
    own = {"school.name": SCHOOL, "school.tax_no": TAX_NO, "chain.substitute": "郑副校长"}
    return Norms(Norm(key, value) for key, value in {**own, **dict(changed)}.items())


@dataclass(frozen=True)
class Noted:
    """Something that a judgement decided, and the case as it stood after all edits of its pass."""

    key: Key
    event: Event
    case: Case


class PaperOffice:
    """See the module.

    Args:
        norms: Parameters that differ from those shipped.

    Attributes:
        rows: Cells by table and row id, as they stand.
        cases: Where each sign-off stands.
        typed: Every edit that anybody made.
        noted: Everything decided, in order.
        put_back: How often somebody wrote into a column that another office fills.
        paid: What stood in a claim and its invoices, and how it was approved, when it was found paid.
    """

    def __init__(self, **norms: str) -> None:
        self.rows: dict[str, dict[int, dict[str, Value]]] = defaultdict(dict)
        self._views: dict[str, dict[int, RowView]] = defaultdict(dict)
        self.cases: dict[Key, Case] = {}
        self.holds: dict[str, list[Hold]] = {}
        self.typed: list[Edit] = []
        self.noted: list[Noted] = []
        self.put_back = 0
        self.now = START
        self.books = Books(self)
        self._pending: list[Edit] = []
        self._steps: dict[str, int] = {}
        self._confirmed = ""
        self.norms = in_force(tuple(norms.items()))
        self.people = {p.id: replace(p, account=account(p.id), department=OFFICE) for p in STAFF}
        self.departments = {
            OFFICE: Department(OFFICE, "行政科", HEAD, LEADER),
            FINANCE: Department(FINANCE, "财务科", OTHER_ACCOUNTANT, FINANCE_LEADER, "财务"),
        }
        self.calendar = Calendar()
        self._reseated = False
        self._open()

    def _open(self) -> None:
        for i, (name, category, approved) in LINES.items():
            cells: dict[str, Value] = {"name": name, "category": category, "year": Decimal(2026)}
            cells |= {"fund_source": "财政拨款", "department": OFFICE, "approved": Decimal(approved)}
            self._add("budget_lines", i, {**cells, "status": "已批复"}, "YS")
            self.cases["budget_lines", i] = self.cases["budget_lines", i].but(stage="已批复")
        bank: dict[str, Value] = {"bank_name": "农行", "bank_account": ACCOUNT_NO, "bank_verified": True}
        self._add("vendors", COMPANY, {"name": "利民商行", **bank, "related_people": (HEAD,), "status": "在册"}, "FW")
        self.cases["vendors", COMPANY] = self.cases["vendors", COMPANY].but(stage="在册")
        for i, claim in CLAIMS.items():
            self._add("expense_claims", i, {**claim, "status": "草稿"}, "ZC")
            self._add("invoices", i, invoice(i), "FP")
        for i, request in REQUESTS.items():
            self._add("requests", i, {**request, "status": "草稿"}, "SQ")
        for i in (1, 2):
            self._add("income", i, {**INCOME, "amount": Decimal(1000 * i), "status": "应收"}, "SR")

    def _add(self, table: str, row_id: int, cells: Mapping[str, Value], prefix: str) -> None:
        code = f"{prefix}-2026-{row_id:04d}"
        filled = {n: canonical(schema()[table][n], v) for n, v in cells.items()}
        self.rows[table][row_id] = {**empty(table), **filled, "code": code}
        self._views[table][row_id] = RowView(table, Row(row_id, self.rows[table][row_id]))
        if table in LIVES:
            self.cases[table, row_id] = Case(table=table, code=code, row_id=row_id)

    # --- where rules read (a Source) --------------------------------------------------------------------------------
    def row(self, table: str, row_id: int) -> RowView | None:
        return self._views[table].get(row_id)

    def where(self, table: str, field: str, value: Any) -> Sequence[RowView]:
        found = self._views[table].values()
        return [r for r in found if (c := r[field]) == value or (isinstance(c, tuple) and value in c)]

    def all(self, table: str) -> Sequence[RowView]:
        return tuple(self._views[table].values())

    def held(self, kind: str, key: str) -> Sequence[Hold]:
        return [h for holds in self.holds.values() for h in holds if h.kind == kind and h.key == key]

    # --- people -----------------------------------------------------------------------------------------------------
    @property
    def directory(self) -> Directory:
        return Directory(self.people.values(), self.departments.values())

    def case(self, table: str, row_id: int) -> Case:
        return self.cases[table, row_id]

    def shown(self, table: str, row_id: int) -> str:
        """The word in 状态 as the worker last wrote it."""
        return LIVES[table].shown_status(self.cases[table, row_id])

    def type(self, table: str, row_id: int, by: int | str | None, **cells: Value) -> None:
        """``by`` (a person, a login, nobody) types these cells; one minute passes."""
        row = self.rows[table].get(row_id)
        fields = schema()[table]
        values = {n: canonical(fields[n], v) for n, v in cells.items()}
        changed = {n: v for n, v in values.items() if row is not None and row[n] != v}
        if row is not None and changed:
            self._edit(table, row_id, by, "update", {n: row[n] for n in changed}, changed)
            row |= changed

    def delete(self, table: str, row_id: int, by: int | str | None) -> None:
        row = self.rows[table].pop(row_id, None)
        if row is not None:
            del self._views[table][row_id]
            self._edit(table, row_id, by, "delete", row, {})

    def decide(self, code: str, by: int | str | None, decision: str, opinion: str | None = None) -> None:
        """``by`` types a decision into the step with this code."""
        more: dict[str, Value] = {"opinion": opinion} if opinion is not None else {}
        self.type("sign_steps", self._steps[code], by, decision=decision, **more)

    def office_changes_hands(self, department: int, leader: int) -> None:
        self.departments[department] = replace(self.departments[department], leader=leader)
        self._reseated = True

    def is_away(self, person: int, delegate: int | None, limit: Decimal) -> None:
        """``person`` signs a paper that lets ``delegate`` sign for him these days."""
        away = {"away_from": TODAY, "away_to": TODAY + timedelta(days=9), "delegate_doc": True}
        scope = frozenset({"支出", "事前审批"})
        self.people[person] = replace(
            self.people[person], delegate=delegate, delegate_limit=limit, delegate_scope=scope, **away
        )

    def _edit(self, table: str, row_id: int, by: int | str | None, action: str, before: Values, after: Values) -> None:
        self.now += timedelta(minutes=1)
        order = len(self.typed) + 1
        who = account(by) if isinstance(by, int) else by
        edit = Edit(
            table,
            row_id,
            f"e{order}",
            f"{order:09d}",
            self.now,
            who,
            action,
            dict(before),
            dict(after),  # type: ignore[arg-type]
        )
        self.typed.append(edit)
        self._pending.append(edit)

    # --- the worker -------------------------------------------------------------------------------------------------
    def look(self) -> None:
        """One pass: guards, then every case that was touched, then the rows that must stand as they stood."""
        edits, self._pending = self._guarded(self._pending), []
        deleted = {(e.table, e.row_id): dict(e.before) for e in edits if e.action == "delete"}
        for approval in LIVES.values():
            for row_id in sorted(self._touched(approval, edits)):
                self._judge(approval, row_id, edits)
        for (table, row_id), values in deleted.items():  # DG-04
            self.rows[table][row_id] = values
            self._views[table][row_id] = RowView(table, Row(row_id, values))
        if self._reseated:
            self._reseated = False
            for (table, row_id), case in list(self.cases.items()):
                if case.status == SIGNING:
                    ruling = reseat(case, self.rows[table][row_id], self._bench(LIVES[table], row_id, ()), self.now)
                    self._settle(LIVES[table], case, ruling, None)

    def _guarded(self, edits: Sequence[Edit]) -> list[Edit]:
        """What people wrote into columns of other offices counts for nothing and is put back."""
        found: list[Edit] = []
        by_row: dict[Key, list[Edit]] = defaultdict(list)
        for edit in edits:
            by_row[edit.table, edit.row_id].append(edit)
        who = self.directory.by_account
        for (table, row_id), mine in by_row.items():
            row = self.rows[table].get(row_id)
            if row is None or table not in owners.TABLES:
                found += mine
                continue
            heard = owners.hear(schema()[table], row, mine, who, WORKER)
            if table == "vendors":
                before = bool(next((e.before[owners.TICK] for e in mine if owners.TICK in e.before), row[owners.TICK]))
                history = [e for e in self.typed if (e.table, e.row_id) == (table, row_id)]
                owners.account_confirmed(heard, before, history, self._confirmed, who, WORKER)
                self._confirmed = heard.confirmed.order if heard.confirmed else self._confirmed
            row |= heard.back
            self.put_back += len(heard.offences)
            found += heard.edits
        return sorted(found, key=lambda e: e.order)

    def _touched(self, approval: Approval, edits: Iterable[Edit]) -> set[int]:
        links = {approval.table: "", "sign_steps": approval.step_link}
        if approval.parts:
            links[approval.parts[0]] = approval.parts[1]
        found: set[int] = set()
        for edit in edits:
            link = links.get(edit.table)
            if link is None:
                continue
            row = self.rows[edit.table].get(edit.row_id, {})
            ids = {edit.row_id} if not link else {edit.before.get(link), edit.after.get(link), row.get(link)}
            found |= {i for i in ids if isinstance(i, int)}
        return {i for i in found if i in self.rows[approval.table]}

    def _judge(self, approval: Approval, row_id: int, edits: Sequence[Edit]) -> None:
        case = self.cases[approval.table, row_id]
        parts = self._parts(approval, case, edits)
        codes = {i: code for s in (*case.past, *case.steps) if (i := self._steps[code := s.code])}
        own: dict[Key, Values] = {(approval.table, row_id): self.rows[approval.table][row_id]}
        own |= {(approval.parts[0], i): self.rows[approval.parts[0]][i] for i in parts} if approval.parts else {}
        steps: dict[Key, Values] = {("sign_steps", i): self.rows["sign_steps"][i] for i in codes}
        gone = {(e.table, e.row_id) for e in edits if e.action == "delete"}
        mine = [e for e in edits if (k := (e.table, e.row_id)) in own or k in steps or k in gone]
        mine = [e for e in mine if e.action != "delete" or self._touched(approval, [e]) >= {row_id}]
        world = World({**own, **steps}, mine)
        known = {*own, *((e.table, e.row_id) for e in mine if e.table != "sign_steps")}
        ruling = judge(case, world, mine, self._bench(approval, row_id, tuple(known), codes))
        self._settle(approval, case, ruling, world)

    def _parts(self, approval: Approval, case: Case, edits: Iterable[Edit]) -> list[int]:
        """Rows that belong to the case now, belonged to it until now, or belong to it for good."""
        if approval.parts is None:
            return []
        table, link, _ = approval.parts
        ids = {i for i, row in self.rows[table].items() if row[link] == case.row_id}
        ids |= {e.row_id for e in edits if e.table == table and e.before.get(link) == case.row_id}
        ids |= {int(i) for i in (case.snapshot or {}).get("parts", ())}
        return sorted(i for i in ids if i in self.rows[table])

    def _settle(self, approval: Approval, before: Case, ruling: Ruling, world: World | None) -> None:
        """What was decided is noted, held, and written back."""
        case, key = ruling.case, (approval.table, before.row_id)
        self.cases[key] = case
        self.noted += [Noted(key, event, case) for event in ruling.events]
        bench = self._bench(approval, case.row_id, ())
        if (holding := HOLDINGS.get(case.table)) is not None and world is not None:
            cells: Mapping[str, Any] = world.row(*key) or {}
            parts: Mapping[int, Any] = bench.parts(world, case.row_id)
            if case.status in UNDER_SEAL and case.content is not None:
                cells, parts = case.content["fields"], {p["id"]: p for p in case.content["parts"]}
            self.holds[case.subject] = [
                replace(h, subject=case.subject) for h in holding(case, cells, parts, self.books)
            ]
        self.rows[approval.table][case.row_id] |= row_cells(case, bench)
        if approval.parts:
            table, link, _ = approval.parts
            linked = [i for i, row in self.rows[table].items() if row[link] == case.row_id]
            for i, cells in part_cells(case, bench, linked).items():
                if i in self.rows[table]:
                    wanted = {n: from_json(schema()[table][n], to_json(v)) for n, v in cells.items()}
                    self.rows[table][i] |= wanted
        for step in (*case.past, *case.steps):
            if step.code not in self._steps:
                self._steps[step.code] = len(self._steps) + 1
                self.rows["sign_steps"][self._steps[step.code]] = dict(empty("sign_steps"))
            step_row = self.rows["sign_steps"][self._steps[step.code]]
            step_row |= step_cells(case, step, bench, "", self.now, self.calendar.add)

    # --- what a judge may look at -----------------------------------------------------------------------------------
    def _bench(
        self, approval: Approval, row_id: int, known: Sequence[Key], codes: Mapping[int, str] | None = None
    ) -> Bench:
        def ask(world: World, moment: str, actor: Person | None, case: Case) -> list[Finding]:
            own = {key: values for key, values in world.rows.items() if key in known}
            books = self.books.with_rows({**dict.fromkeys(known), **own})
            return examine(self.facts(approval.table, row_id, case, books, moment, actor, world.now))

        return Bench(
            approval=approval,
            table=schema()[approval.table],
            steps=schema()["sign_steps"],
            directory=self.directory,
            norms=self.norms,
            worker=WORKER,
            proof="paper",
            examine=ask,
            show=lambda field, value: "空" if value is None else str(value),
            codes=codes or {},
            related=self._related,
            calendar=self.calendar,
        )

    def _related(self, row: Values) -> frozenset[int]:
        company = self.rows["vendors"].get(row.get("vendor") or 0, {})  # type: ignore[arg-type]
        return frozenset(company.get("related_people") or ())  # type: ignore[arg-type]

    def facts(
        self,
        table: str,
        row_id: int,
        case: Case,
        books: Books | None = None,
        moment: str = "",
        actor: Person | None = None,
        now: datetime | None = None,
    ) -> Facts:
        """One row under examination, as the engine's desk lays it out."""
        approval, at, shown = LIVES[table], now or self.now, books or self.books
        row = shown.row(table, row_id)
        assert row is not None
        return kind_of(table)(
            row,
            schema(),
            shown,
            self.norms,
            self.directory,
            self.calendar,
            at,
            on=approval.business_day(row, at),
            moment=moment,
            actor=actor,
            status=approval.shown_status(case),
            payable=case.payable if case.amount is not None else None,
            subject=case.subject,
        )

    def figures(self, line: int) -> Mapping[str, Value]:
        """The computed cells of a budget line."""
        return compute(self.facts("budget_lines", line, self.cases["budget_lines", line])).cells

    def claims(self) -> Iterator[tuple[int, Case]]:
        for (table, row_id), case in self.cases.items():
            if table == "expense_claims":
                yield row_id, case
