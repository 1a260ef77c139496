"""One case through a pass: gather its rows and their history, have it judged, journal the outcome, want its cells.

Order matters and is the whole safety of a pass: first the journal (one durable transaction per case), then the host. A
worker killed in between finds the row still on its agenda, judges nothing twice, and writes what is still missing.
"""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from automations import holds
from automations.approvals import words
from automations.approvals.case import APPROVED, ARCHIVED, DRAFT, RETURNED, SIGNING, UNDER_SEAL, Case
from automations.approvals.declaration import Approval
from automations.approvals.desired import part_cells, row_cells, same, step_cells
from automations.approvals.judge import judge
from automations.approvals.lapse import lapse
from automations.approvals.payment import PAYMENT_FIELDS
from automations.approvals.reseat import reseat
from automations.approvals.ruling import Alarm, Bench, Finding, Ruling
from automations.approvals.seal import content, whole
from automations.approvals.world import Key, World, in_order
from automations.books import Input
from automations.engine.desk import Desk, tripped
from automations.engine.hands import Hands
from automations.engine.notices import Notices
from automations.engine.office import Office
from automations.engine.trail import Trail, ledger
from automations.engine.unrecorded import STEPS, Unrecorded
from automations.engine.violations import plan_violation
from automations.figures.holding import HOLDINGS
from automations.figures.stages import STAGES, UNSIGNED
from automations.guards import changed_cells
from automations.journal import JournalWrite
from automations.mirror import Item
from automations.tables.base import Edit, Row
from automations.tables.values import File, Value, Values, canonical_json, from_json, to_json

GRACE = timedelta(seconds=2)
"""How long a host may take to record an edit; younger changes without a record are looked at again next pass."""


def _nothing(*_: object) -> Sequence[Finding]:
    """Outside a judgement no rule is asked."""
    return ()


@dataclass
class Outcome:
    """What came of one case in a pass."""

    case: Case
    waiting: bool = False
    alarms: list[Alarm] = field(default_factory=list)
    refused: int = 0


class Docket:
    """Brings cases of one approval up to date.

    Args:
        office: Tables, stores, directory, parameters.
        approval: The declaration.
        hands: Where wanted cells go.
        notices: Plans what people must be told, in the transaction of the judgement.
        desk: The books of this pass.

    Attributes:
        changed: What else changed by judging: things held or let go (see :mod:`automations.books.inputs`).
    """

    def __init__(self, office: Office, approval: Approval, hands: Hands, notices: Notices | None, desk: Desk) -> None:
        self._office = office
        self._desk = desk
        self.changed: set[Input] = set()
        self._row_id = 0
        self._known: tuple[Key, ...] = ()
        self._codes: dict[int, str] = {}
        self._notices = notices
        self.approval = approval
        self._hands = hands
        self._table = office.schema[approval.table]
        self._unrecorded = Unrecorded(office.host, office.journal, approval, self._digested)
        self._rows: dict[int, Row] = {}
        self._given: dict[tuple[int, str], str] = {}
        self._cases: dict[str, dict[str, Any]] = {}
        self._linked: dict[int, list[Row]] = {}
        self._read: Trail | None = None

    def prepare(self, row_ids: Collection[int], now: datetime) -> None:
        """Read at once what :meth:`work` needs of each of these rows: thousands of new drafts cost a few queries."""
        mirror, journal = self._office.mirror, self._office.journal
        self._read = None
        if not row_ids:
            self._rows, self._given, self._cases, self._linked = {}, {}, {}, {}
            return
        rows = mirror.living(self._table.name, row_ids)
        self._rows = {r.id: self._desk.lawful(self._table.name, r) for r in rows}
        with journal.store.read():  # one look for both
            self._given = journal.codes(self._table.name, self._rows)
            self._cases = journal.cases_of(f"{self._table.name}/{code}" for code in self._given.values())
        if self.approval.adopts:
            self._adopt(now)
        if self.approval.parts:
            table, link, _ = self.approval.parts
            self._linked = mirror.linked(table, link, self._rows)

    def _adopt(self, now: datetime) -> None:
        """Rows that Houqin itself loaded, a school's first stock, begin in the state they came with; noted once."""
        approval, taken = self.approval, []
        for row in self._rows.values():
            code, rest = self._given.get((row.id, row.born)), (None, approval.words.draft[0])
            subject = f"{self._table.name}/{code}"
            ours = row.values.get("created_by") == self._office.host.account
            if code is None or not ours or subject in self._cases or row.values.get("status") in rest:
                continue
            word = self._loaded_as(row)
            if word not in rest and (status := approval.status_of(str(word))) is not None:
                taken.append(Case(table=self._table.name, code=code, row_id=row.id, status=status, stage=str(word)))
        if not taken:
            return
        with self._office.journal.write(now=now) as tx:
            for case in taken:
                data = case.model_dump(mode="json")
                tx.append("adopted", case.subject, {"status": case.status, "stage": case.stage}, now)
                tx.put_case(case.subject, case.table, case.status, data)
                self._cases[case.subject] = data

    def _loaded_as(self, row: Row) -> Value:
        """The state in which Houqin left a row: what people chose since is judged, not taken as it stands."""
        edits = self._office.host.edits(self._table.name, row.id)
        theirs = (e for e in edits if "status" in e.after and e.account != self._office.host.account)
        first = next(theirs, None)
        return row.values.get("status") if first is None else first.before.get("status")

    def values(self, row_id: int) -> Values | None:
        """The cells of one of the rows prepared; None when it is not on the host."""
        row = self._rows.get(row_id)
        return row.values if row is not None else None

    def look_again(self, row_id: int, now: datetime) -> Outcome | None:
        """What changed around an open case since it was judged: people who left their office, time that ran out."""
        row = self._rows.get(row_id)
        if row is None or not self._may_move(row):
            return None
        case = self._case(row, now)
        for between in (reseat, lapse, self._progress):
            ruling = between(case, row.values, self._bench(None, now), now)
            if ruling.case == case:
                continue
            parts = self._parts(case, ())
            steps, self._codes = self._trail.steps(case)
            world = World({(self._table.name, row_id): row.values, **self._keyed(parts)}, ())
            with self._office.journal.write() as tx:
                self._record(tx, case, ruling, world, (), now)
            self._want(ruling.case, row, parts, steps, now)
            return Outcome(ruling.case)
        if case.status == SIGNING and (self._desk.moved or self._stood_in_for(case)):
            steps, self._codes = self._trail.steps(case)
            self._want(case, row, self._parts(case, ()), steps, now)
        return None

    def _stood_in_for(self, case: Case) -> bool:
        """Whether somebody whose turn comes named a delegate: the step stands in his list or in the other's."""
        waiting = (self._office.directory.get(s.assignee) for s in case.steps if not s.agreed)
        return any(person is not None and person.delegate is not None for person in waiting)

    def _may_move(self, row: Row) -> bool:
        """Whether a row can change its state by itself at all: of thousands looked at again hardly one can."""
        code = self._given.get((row.id, row.born))
        status = self._cases.get(f"{self._table.name}/{code}", {}).get("status", DRAFT)
        return status in (SIGNING, RETURNED) or (self._table.name in STAGES and status == self._moving)

    @property
    def _moving(self) -> str:
        """The status in which a row of this table moves on by itself."""
        return DRAFT if self._table.name in UNSIGNED else APPROVED

    def _progress(self, case: Case, row: Values, bench: Bench, now: datetime) -> Ruling:
        """A row moves on by itself: a day reached, everything paid."""
        ruling = Ruling(case)
        view = self._desk.books.row(self._table.name, case.row_id)
        if case.status != self._moving or view is None or self._table.name not in STAGES:
            return ruling
        was = self.approval.shown_status(case)
        try:
            reached = STAGES[self._table.name](self._desk.facts(view, case=case))
        except Exception as error:  # whatever it trips over, other rows go on
            self._desk.note_failures(case.subject, [tripped("计算", error)])
            return ruling
        if reached != was:
            closed, row = reached in self.approval.final, self._digested(row)  # as it will be compared with for good
            ruling.case = case.but(
                status=ARCHIVED if closed else case.status,
                stage=reached,
                counted=self.approval.counted(case, reached),
                snapshot=whole(bench, row, case.snapshot or {"row": {}, "parts": {}}) if closed else case.snapshot,
                content=case.content or (content(self.approval, row, {}) if case.status == APPROVED else None),
                closed_at=now if closed else None,
                **({"result": "通过", "message": ""} if case.result == "拦截" else {}),  # what stopped it is over
            )
            ruling.note("moved", now, was=was, now=reached, account=bench.worker)
        return ruling

    def _keyed(self, parts: Mapping[int, Row]) -> dict[Key, Values]:
        return {(self._part_table, i): r.values for i, r in parts.items()}

    def work(self, row_id: int, items: Sequence[Item], now: datetime) -> Outcome | None:
        """Judge what is new about the row ``row_id``; None when it is not on the host.

        Args:
            row_id: Row of the approval's table, one of those prepared.
            items: What was noticed of it, of its parts and of its steps.
            now: The pass's time.
        """
        row = self._rows.get(row_id)
        if row is None:
            return None
        case = self._case(row, now)
        parts = self._parts(case, items)
        steps, self._codes = self._trail.steps(case)
        if self._is_plain_draft(case, row, items):
            self._want(case, row, parts, steps, now)
            return Outcome(case)
        edits, answers = self._edits(row, parts, steps)
        rows: dict[Key, Values] = {(self._table.name, row_id): self._digested(row.values)}
        rows |= self._keyed(parts)
        self._known = tuple(rows)
        rows |= {(STEPS, i): r.values for i, r in steps.items()}
        world = World(rows, edits)
        owned = self._bench(None, now).parts(world, row_id)
        missing = self._unrecorded.changes(case, world, owned, self._codes, now)
        late = self._unrecorded.overwritten(row, steps, edits, now)
        if (missing or late) and now - min(i.first_seen for i in items) < GRACE:
            return Outcome(case, waiting=True)
        outcome = self._judge(case, world, [*missing, *edits, *late], answers, now)
        self._want(outcome.case, row, parts, steps, now)
        return outcome

    # --- gathering ----------------------------------------------------------------------------------------------
    @property
    def _part_table(self) -> str:
        return self.approval.parts[0] if self.approval.parts else ""

    def _case(self, row: Row, now: datetime) -> Case:
        journal = self._office.journal
        code = self._given.get((row.id, row.born))
        if code is None:
            year = now.astimezone(words.SHANGHAI).year
            with journal.write() as tx:
                code = tx.number(self._table.prefix, year, self._table.name, row.id, row.born)
        data = self._cases.get(f"{self._table.name}/{code}")
        case = Case.model_validate(data) if data else Case(table=self._table.name, code=code, row_id=row.id)
        return case if case.row_id == row.id else case.but(row_id=row.id)

    def _parts(self, case: Case, items: Sequence[Item]) -> dict[int, Row]:
        if self.approval.parts is None:
            return {}
        table, mirror = self.approval.parts[0], self._office.mirror
        linked = {r.id: r for r in self._linked.get(case.row_id, ())}
        # Rows that just left this case still belong to its history, and those of a paid one belong to it for ever.
        left = {i.row_id for i in items if i.table == table and not i.gone}
        left |= {int(part_id) for part_id in (case.snapshot or {}).get("parts", ())}
        linked |= {r.id: r for r in mirror.living(table, left - linked.keys())}
        return linked

    @property
    def _trail(self) -> Trail:
        """What was signed and judged so far of the rows prepared; read where one of them is judged at all."""
        if self._read is None:
            self._read = Trail(self._office, self.approval, self._rows, self._cases.values(), self._linked)
        return self._read

    def _edits(self, row: Row, parts: Mapping[int, Row], steps: Mapping[int, Row]) -> tuple[list[Edit], list[Edit]]:
        """All that was done to the rows of the case and not judged yet, in the host's order.

        Apart from it Houqin's own answers to what was judged before, as far as nobody touched their row first.
        """
        found: list[Edit] = []
        answers: list[Edit] = []
        for table, row_id in [
            (self._table.name, row.id),
            *((self._part_table, i) for i in parts),
            *((STEPS, i) for i in steps),
        ]:
            seen = self._trail.seen(ledger(self.approval, table, row.id), row_id)
            new = self._desk.heard(table, row.values, self._office.host.edits(table, row_id, seen))
            others = (i for i, e in enumerate(new) if e.account != self._office.host.account)
            first = next(others, len(new))
            answers += new[:first]
            found += new[first:]
        judged = in_order(
            replace(e, before=self._digested(e.before), after=self._digested(e.after))
            if e.table == self._table.name
            else e
            for e in found
        )
        return judged, answers

    def _digested(self, values: Values) -> Values:
        """The same values with the SHA-256 of every protected attachment: a seal covers what is in the files."""
        result = dict(values)
        for name in self.approval.protects:
            cell = values.get(name)
            if isinstance(cell, tuple) and cell and isinstance(cell[0], File):
                result[name] = tuple(self._with_digest(f) for f in cell if isinstance(f, File))
        return result

    def _with_digest(self, file: File) -> File:
        key = f"sha256:{file.ref}"
        digest = self._office.mirror.get(key)
        if digest is None:
            digest = hashlib.sha256(self._office.host.download(file)).hexdigest()
            self._office.mirror.set(key, digest)
        return replace(file, sha256=digest)

    def _is_plain_draft(self, case: Case, row: Row, items: Sequence[Item]) -> bool:
        """A draft in which nobody did anything that needs judging: the common case, spared a look at its history."""
        untouched = Case(table=case.table, code=case.code, row_id=case.row_id)
        if case != untouched or row.values.get("status") not in (self.approval.words.draft[0], None):
            return False
        if any(changed_cells(self._table, i.before, row.values) for i in items if i.table == case.table):
            return False
        guarded = {*PAYMENT_FIELDS, self.approval.audited} & self._table.by_name.keys()
        return all(row.values.get(name) is None or row.values.get(name) is False for name in guarded)  # 0 is neither

    # --- judging ------------------------------------------------------------------------------------------------
    def _bench(self, tx: JournalWrite | None, now: datetime) -> Bench:
        office = self._office
        ask = self._desk.examiner(self._table.name, self._row_id, self._known) if tx is not None else _nothing
        return Bench(
            approval=self.approval,
            table=self._table,
            steps=office.schema[STEPS],
            directory=office.directory,
            norms=office.norms,
            worker=office.host.account,
            proof=office.host.proof,
            examine=ask,
            show=office.show,
            codes=self._codes,
            related=self._related,
            calendar=office.calendar,
        )

    def _related(self, row: Values) -> frozenset[int]:
        """需回避人员 of the company that the row pays."""
        link = self.approval.vendor
        company = row.get(link) if link else None
        found = self._desk.books.row("vendors", company) if isinstance(company, int) else None
        return frozenset(found.related_people or ()) if found is not None else frozenset()

    def _judge(
        self, case: Case, world: World, edits: Sequence[Edit], answers: Sequence[Edit], now: datetime
    ) -> Outcome:
        self._row_id = case.row_id
        with self._office.journal.write() as tx:
            self._desk.source.connection = tx.connection
            try:
                ruling = judge(case, world, edits, self._bench(tx, now))
                self._record(tx, case, ruling, world, [*answers, *edits], now)
            finally:
                self._desk.source.connection = None
        refused = sum(1 for e in ruling.events if e.kind in ("refused", "blocked", "restored"))
        return Outcome(ruling.case, alarms=ruling.alarms, refused=refused)

    def _record(
        self, tx: JournalWrite, before: Case, ruling: Ruling, world: World, edits: Sequence[Edit], now: datetime
    ) -> None:
        case = ruling.case
        tx.see_all({(ledger(self.approval, e.table, case.row_id), e.row_id): e.order for e in edits if e.order})
        if case != before or ruling.events:
            data = case.model_dump(mode="json")
            digest = hashlib.sha256(canonical_json(data).encode()).hexdigest()
            for event in ruling.events:
                tx.append(event.kind, case.subject, {**event.data, "case": digest}, event.at)
            tx.put_case(case.subject, case.table, case.status, data)
        if (holding := HOLDINGS.get(case.table)) is not None:
            cells: Mapping[str, Any] = world.row(case.table, case.row_id) or {}
            parts: Mapping[int, Any] = self._bench(None, now).parts(world, case.row_id)
            if case.status in UNDER_SEAL and case.content is not None:  # what was signed, not what was typed since
                cells = case.content["fields"]
                parts = {part["id"]: part for part in case.content["parts"]}
            self.changed |= {
                ("held", *key)
                for key in holds.replace(tx.connection, case.subject, holding(case, cells, parts, self._desk.books))
            }
        if self._notices is not None and ruling.tells:
            self._notices.tell(tx.connection, case, ruling.tells, now)
        for alarm in ruling.alarms:
            entry = plan_violation(self._office, tx, case.table, case.code, alarm, now)
            if self._notices is not None:
                self._notices.alarm(tx.connection, case.table, case.code, alarm, entry.code, now)

    # --- wanting ------------------------------------------------------------------------------------------------
    def _want(self, case: Case, row: Row, parts: Mapping[int, Row], steps: Mapping[int, Row], now: datetime) -> None:
        bench = self._bench(None, now)
        cells = row_cells(case, bench)
        self._hands.want(self._table.name, row.id, cells)
        self._desk.decided(self._table.name, row.id, cells)
        if self.approval.parts:
            link = self.approval.parts[1]
            mine = [i for i, r in parts.items() if r.values.get(link) == row.id]
            for part_id, wanted in part_cells(case, bench, mine).items():
                fields = self._office.schema[self._part_table]
                self._hands.want(
                    self._part_table, part_id, {n: from_json(fields[n], to_json(v)) for n, v in wanted.items()}
                )
        self._want_steps(case, row, steps, bench, now)

    def _want_steps(self, case: Case, row: Row, steps: Mapping[int, Row], bench: Bench, now: datetime) -> None:
        by_code = {self._codes[i]: r for i, r in steps.items()}
        summary = self._summary(row)
        missing: list[dict[str, Value]] = []
        for step in (*case.past, *case.steps):
            cells = step_cells(case, step, bench, summary, now, self._office.calendar.add)
            found = by_code.get(step.code)
            if found is None:
                missing.append(cells)
                continue
            if step in case.past or case.content is None:
                cells.pop("summary")  # what an earlier round showed stays as it was
            if answer := self._desk.answers.get((STEPS, found.id)):
                cells |= {"check_result": "拦截", "check_message": answer}
            self._hands.want(STEPS, found.id, {n: v for n, v in cells.items() if not same(v, found.values.get(n))})
        if missing:
            self._hands.want_rows(STEPS, missing)

    def _summary(self, row: Row) -> str:
        lines = []
        for name in self.approval.shown:
            value = row.values.get(name)
            if value is not None and value != ():
                lines.append(f"{self._table[name].title}：{self._office.show(self._table[name], value)}")
        return "\n".join(lines)
