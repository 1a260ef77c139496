"""Rows as they stand: computed cells, what standing rules say, and the answer in 校验说明.

A row is examined when it changed or when something it stood on changed (:mod:`automations.books.inputs`): a vendor was
blocked, a budget cut, a person left, a date passed. Nothing else is looked at.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from automations import secrecy
from automations.approvals.case import APPROVED, ARCHIVED, REFUSED, RETURNED, SIGNING, VOID, Case
from automations.approvals.desired import same
from automations.approvals.ruling import Finding, alarm
from automations.books import Facts, Input, InputIndex
from automations.books.inputs import DAY, ON, PEOPLE, Subject
from automations.engine.desk import Desk, tripped
from automations.engine.following import Following
from automations.engine.hands import Hands
from automations.engine.notices import Notices
from automations.engine.office import Office
from automations.engine.violations import plan_violation
from automations.figures import FIGURES, OWNED, Computed, compute
from automations.figures.stages import STAGES
from automations.follow import FOLLOWS
from automations.rows import RowView
from automations.rules import RULES, examine
from automations.rules.base import ALWAYS
from automations.tables.values import Value

CLOSED = frozenset({ARCHIVED, VOID, REFUSED})
"""A case in one of these gives the same answer for ever: it is examined once and not watched."""

WATCHED = frozenset(r.table for r in RULES if ALWAYS in r.at)
"""Tables with standing rules."""

CHECKED = {"check_result", "check_message"}
RESPONSIBLE = (
    *("handler", "remitter", "collector", "supervisor", "head_teacher", "custodian", "person", "duty_person"),
    *("done_by", "driver"),
)
"""Columns that name who answers for a row, first found first."""

PASSED, HINT, STOP = "通过", "提示", "拦截"


def answers_here(office: Office, table: str) -> bool:
    """Whether 校验结果 and 校验说明 of a table's rows are written by :class:`Standing`."""
    return table in office.approvals or (table in WATCHED and not CHECKED & OWNED.get(table, frozenset()))


class Standing:
    """Examines rows and wants what follows."""

    def __init__(self, office: Office, hands: Hands, notices: Notices | None, index: InputIndex) -> None:
        self._office, self._hands, self._notices, self._index = office, hands, notices, index
        self._known: set[tuple[str, str, str]] = set()
        self._following = Following(office)

    @property
    def tables(self) -> frozenset[str]:
        """Tables whose rows are examined at all."""
        return frozenset({*FIGURES, *WATCHED, *FOLLOWS, *self._office.approvals})

    def examine(
        self, desk: Desk, subjects: Iterable[Subject], answers: Mapping[Subject, str], now: datetime
    ) -> set[Input]:
        """Examine these rows; what changed by it.

        Args:
            desk: The books of this pass.
            subjects: Rows, by table and id.
            answers: What was already said to a row in this pass (a worker-owned cell was put back).
            now: The time of the pass.
        """
        changed: set[Input] = set()
        chosen = sorted(s for s in subjects if s[0] in self.tables)
        cases = self._cases(desk, chosen)
        for subject in chosen:
            row = desk.books.row(*subject)
            if row is None:
                self._index.forget(subject)
                continue
            changed |= self._one(desk, row, cases.get(subject), answers.get(subject, ""), now)
        return changed

    def _cases(self, desk: Desk, subjects: Iterable[Subject]) -> dict[Subject, Case]:
        """Where their sign-offs stand; an invoice has that of its claim."""
        owners: dict[Subject, str] = {}
        for table, row_id in subjects:
            row = desk.books.row(table, row_id)
            if row is not None and table == "invoices":
                row = desk.books.row("expense_claims", row.claim)
            if row is not None and row.code and row.table in self._office.approvals:
                owners[table, row_id] = f"{row.table}/{row.code}"
        found = self._office.journal.cases_of(set(owners.values()))
        return {s: Case.model_validate(found[name]) for s, name in owners.items() if name in found}

    def _one(self, desk: Desk, row: RowView, case: Case | None, answer: str, now: datetime) -> set[Input]:
        subject = (row.table, row.id)
        own = case if case is not None and case.table == row.table else None
        facts = desk.facts(row, case=own, subject=case.subject if case is not None else "")
        with desk.books.marking() as marks:
            moving = own is not None and own.status == APPROVED and row.table in STAGES
            computed, findings = _computed(facts, moving)
            closed = own is not None and own.status in CLOSED
            findings += [] if closed else examine(facts, ALWAYS)
            if not closed:
                findings += self._following.see(facts, now)
        desk.note_failures(f"{row.table}/{row.code or row.id}", findings)
        self._watch(subject, own, marks, closed)
        cells: dict[str, Value] = dict(computed.cells)
        if answers_here(self._office, row.table):
            cells |= self._answer(own, computed, findings, answer)
        elif answer and cells.keys() >= CHECKED:  # computed, as that of an invoice
            lines = [answer, *([str(cells["check_message"])] if cells["check_message"] else [])]
            cells |= {"check_result": STOP, "check_message": "\n".join(lines)}
        self._report(row, own, findings, now)
        self._hands.want(row.table, row.id, cells)
        moved = {n: v for n, v in cells.items() if not same(v, row[n])}
        if not moved:
            return set()
        desk.decided(row.table, row.id, moved)
        read = {n: v for n, v in moved.items() if n not in CHECKED}  # nothing follows from what was answered
        before = {f.name: row[f.name] for f in self._office.schema[row.table].fields} if read else {}
        return self._index.changed(row.table, row.id, before, {**before, **read}) if read else set()

    def _watch(self, subject: Subject, case: Case | None, marks: set[Input], closed: bool) -> None:
        if closed:
            self._index.forget(subject)
            return
        more: set[Input] = set()
        if case is not None and case.status == RETURNED:
            more = {DAY}
        elif case is not None and case.status == SIGNING:
            more = {PEOPLE, *self._handovers(case)}
        self._index.keep(subject, marks | more)

    def _handovers(self, case: Case) -> Iterator[Input]:
        """Days on which a delegate begins to stand in for somebody whose turn comes, and on which that is over."""
        for step in case.steps:
            person = self._office.directory.get(step.assignee) if not step.agreed else None
            if person is not None and person.delegate is not None:
                if person.away_from is not None:
                    yield (ON, person.away_from)
                if person.away_to is not None:
                    yield (ON, person.away_to + timedelta(days=1))

    def _answer(self, case: Case | None, computed: Computed, findings: list[Finding], answer: str) -> dict[str, Value]:
        """One answer in the row: what the sign-off said, how it was computed, what standing rules say."""
        if answer == secrecy.MESSAGE:  # of an emptied row there is nothing else to say
            return {"check_result": STOP, "check_message": answer}
        told = [f for f in findings if f.severity != "预警"]
        said = case.message if case is not None else ""
        lines = [answer, said, computed.note, *(f.message for f in told)]
        if answer or any(f.severity == STOP for f in told) or (case is not None and case.result == STOP):
            result = STOP
        elif told or (case is not None and case.result == HINT):
            result = HINT
        else:
            result = PASSED if case is None else case.result
        return {
            "check_result": result or None,
            "check_message": "\n".join(dict.fromkeys(line for line in lines if line)) or None,
        }

    def _report(self, row: RowView, case: Case | None, findings: list[Finding], now: datetime) -> None:
        """Lines in 预警台账, each once for its stage; IT is told of a rule that tripped."""
        for finding in findings:
            if finding.gravity is None or not row.code:
                continue
            amount = row["amount"] if "amount" in self._office.schema[row.table] else None
            person = case.handler if case is not None and case.handler is not None else self._responsible(row)
            found = alarm(str(row.code), finding, person, case.amount if case is not None else amount)
            key = (row.table, str(row.code), found.key)
            if key in self._known:
                continue
            self._known.add(key)
            with self._office.journal.write(now=now) as tx:
                ledger = plan_violation(self._office, tx, row.table, str(row.code), found, now)
                if ledger.new and self._notices is not None:
                    self._notices.alarm(tx.connection, row.table, str(row.code), found, ledger.code, now)

    def _responsible(self, row: RowView) -> int | None:
        if row.table == "people":
            return row.id
        table = self._office.schema[row.table]
        named: Any = next((row[n] for n in RESPONSIBLE if n in table and row[n] is not None), None)
        return named if isinstance(named, int) else None


def _computed(facts: Facts, moving: bool) -> tuple[Computed, list[Finding]]:
    """The computed cells of one row; where that fails, the cells stay as they are and this row alone stops."""
    try:
        if moving:
            STAGES[facts.row.table](facts)  # read here for its inputs; the docket moves the row
        return compute(facts), []
    except Exception as error:  # whatever it trips over, other rows go on
        return Computed(), [tripped("计算", error)]
