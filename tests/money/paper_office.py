"""The money of a small school on paper: real judgements, real rules, real holds; no host, no engine, no files.

People type, the worker looks now and then. What a pass of the engine does around a judgement is done here in the
plainest way.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Literal, TypeAlias

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
from automations.people import Person
from automations.rules import examine
from automations.tables.base import Edit
from automations.tables.values import Values, canonical, from_json, to_json
from automations.workdays import Calendar
from tests.money.paper_books import LIVES, PaperBooks
from tests.money.paper_school import START, TODAY, account, empty, in_force
from tests.office import schema

WORKER = "houqin@school.test"
Who: TypeAlias = int | str | None
"""A person, a login, nobody."""

Action: TypeAlias = Literal["update", "delete"]


@dataclass(frozen=True)
class Noted:
    """Something that a judgement decided, and the case as it stood after all edits of its pass."""

    key: Key
    event: Event
    case: Case


class PaperOffice(PaperBooks):
    """See the module.

    Args:
        norms: Parameters that differ from those shipped.

    Attributes:
        typed: Every edit that anybody made.
        noted: Everything decided, in order.
        put_back: How often somebody wrote into a column that another office fills.
    """

    def __init__(self, **norms: str) -> None:
        super().__init__()
        self.typed: list[Edit] = []
        self.noted: list[Noted] = []
        self.put_back = 0
        self.now = START
        self.books = Books(self)
        self.norms = in_force(tuple(norms.items()))
        self.calendar = Calendar()
        self._pending: list[Edit] = []
        self._steps: dict[str, int] = {}
        self._confirmed = ""
        self._reseated = False

    # --- people -----------------------------------------------------------------------------------------------------
    def case(self, table: str, row_id: int) -> Case:
        return self.cases[table, row_id]

    def shown(self, table: str, row_id: int) -> str:
        """The word in 状态 as the worker last wrote it."""
        return LIVES[table].shown_status(self.cases[table, row_id])

    def type(self, table: str, row_id: int, by: Who, **cells: Any) -> None:
        """``by`` (a person, a login, nobody) types these cells; one minute passes."""
        row = self.rows[table].get(row_id)
        fields = schema()[table]
        values = {n: canonical(fields[n], v) for n, v in cells.items()}
        changed = {n: v for n, v in values.items() if row is not None and row[n] != v}
        if row is not None and changed:
            self._edit(table, row_id, by, "update", {n: row[n] for n in changed}, changed)
            row |= changed

    def delete(self, table: str, row_id: int, by: Who) -> None:
        row = self.rows[table].pop(row_id, None)
        if row is not None:
            del self._views[table][row_id]
            self._edit(table, row_id, by, "delete", row, {})

    def decide(self, code: str, by: Who, decision: str, opinion: str | None = None) -> None:
        """``by`` types a decision into the step with this code."""
        more: dict[str, Any] = {"opinion": opinion} if opinion is not None else {}
        self.type("sign_steps", self._steps[code], by, decision=decision, **more)

    def office_changes_hands(self, department: int, leader: int, head: int | None = None) -> None:
        found = self.departments[department]
        self.departments[department] = replace(found, leader=leader, head=head or found.head)
        self._reseated = True

    def is_away(self, person: int, delegate: int | None, limit: Decimal) -> None:
        """``person`` signs a paper that lets ``delegate`` sign for him these days."""
        self.people[person] = replace(
            self.people[person],
            delegate=delegate,
            delegate_limit=limit,
            delegate_scope=frozenset({"支出", "事前审批"}),
            away_from=TODAY,
            away_to=TODAY + timedelta(days=9),
            delegate_doc=True,
        )

    def _edit(self, table: str, row_id: int, by: Who, action: Action, before: Values, after: Values) -> None:
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
            dict(after),
        )
        self.typed.append(edit)
        self._pending.append(edit)

    @property
    def idle(self) -> bool:
        """The worker has seen everything that was typed."""
        return not self._pending

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
            self._lives(table, row_id)
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
        lost = [e for e in edits if e.action == "delete" and self._touched(approval, [e]) >= {row_id}]
        theirs = {*own, *steps, *((e.table, e.row_id) for e in lost)}
        mine = [e for e in edits if (e.table, e.row_id) in theirs]
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
        company: Any = self.row("vendors", int(str(row.get("vendor") or 0)))
        return frozenset(company.related_people or ()) if company is not None else frozenset()

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

    def figures(self, line: int) -> Mapping[str, Any]:
        """The computed cells of a budget line."""
        return compute(self.facts("budget_lines", line, self.cases["budget_lines", line])).cells

    def claims(self) -> Iterator[tuple[int, Case]]:
        for (table, row_id), case in self.cases.items():
            if table == "expense_claims":
                yield row_id, case
