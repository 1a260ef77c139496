"""The books of one pass: rows from the mirror as they were read, with what the pass has decided laid over them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from automations import holds
from automations.approvals.case import APPROVED, ARCHIVED, PAID, Case
from automations.approvals.ruling import Finding
from automations.approvals.world import Key, World
from automations.books import Books, Facts
from automations.books.books import by_value
from automations.cells import SEVERAL
from automations.engine.office import Office
from automations.figures.base import kind_of
from automations.holds import Hold
from automations.owners import hear
from automations.people import Person
from automations.rows import Rows, RowView
from automations.rules import examine
from automations.rules.base import FAILED
from automations.tables.base import Edit, Row
from automations.tables.values import Values


class MirrorSource:
    """Rows of the mirror, each looked up once a pass; what is held, from the journal's store.

    Nothing is written into the mirror between the first look and the last: what was worked out stays true for the pass.

    Args:
        whole: Read whole tables where one row is asked for: quicker from some hundreds of rows on.

    Attributes:
        connection: Where a transaction is open, what it has written is seen.
    """

    still = True

    def __init__(self, office: Office, whole: bool = False) -> None:
        self._office, self._whole = office, whole
        self.connection: Connection | None = None
        self._rows: dict[tuple[str, int], RowView | None] = {}
        self._where: dict[tuple[str, str, Any], Sequence[RowView]] = {}
        self._tables: dict[str, dict[int, RowView]] = {}
        self._by: dict[tuple[str, str], Mapping[Any, Sequence[RowView]]] = {}
        self._holds: dict[tuple[str, str], list[Hold]] | None = None

    def row(self, table: str, row_id: int) -> RowView | None:
        """See :class:`~automations.books.Source`."""
        if self._whole or table in self._tables:
            return self._table(table).get(row_id)
        key = (table, row_id)
        if key not in self._rows:
            found = self._office.mirror.living(table, [row_id])
            self._rows[key] = RowView(table, found[0]) if found else None
        return self._rows[key]

    def where(self, table: str, field: str, value: Any) -> Sequence[RowView]:
        """See :class:`~automations.books.Source`."""
        if self._whole or self._office.schema[table][field].type in SEVERAL:
            if (table, field) not in self._by:
                self._by[table, field] = by_value(self.all(table), field)
            return self._by[table, field].get(value, ())
        key = (table, field, value)
        if key not in self._where:
            found = self._office.mirror.select(table, **{field: value})
            self._where[key] = tuple([self._rows.get((table, r.id)) or RowView(table, r) for r in found])
            self._rows |= {(table, row.id): row for row in self._where[key]}
        return self._where[key]

    def all(self, table: str) -> Sequence[RowView]:
        """See :class:`~automations.books.Source`."""
        return tuple(self._table(table).values())

    def held(self, kind: str, key: str) -> Sequence[Hold]:
        """See :class:`~automations.books.Source`."""
        if self.connection is not None:
            return holds.held(self.connection, kind, key)
        if self._holds is None:
            self._holds = {}
            if self._whole:
                with self._office.journal.store.read() as connection:
                    for hold in holds.everything(connection):
                        self._holds.setdefault((hold.kind, hold.key), []).append(hold)
        if not self._whole and (kind, key) not in self._holds:
            with self._office.journal.store.read() as connection:
                self._holds[kind, key] = holds.held(connection, kind, key)
        return self._holds.get((kind, key), ())

    def forget_holds(self) -> None:
        """Holds changed: read them anew when asked."""
        self._holds = None

    def _table(self, table: str) -> dict[int, RowView]:
        if table not in self._tables:
            self._tables[table] = {r.id: r for r in Rows(table, self._office.mirror.select(table))}
        return self._tables[table]


class Desk:
    """Facts of rows in one pass.

    Attributes:
        books: Everything, as decided so far.
        source: Where it comes from.
        failed: Rules that tripped over a row, by row and rule: IT is told.
        answers: What guards told rows, see :class:`~automations.engine.answers.Answers`.
        moved: Other days are working days than at the last pass: 时限 of steps under way are written anew.
    """

    def __init__(self, office: Office, now: datetime, *, whole: bool = False) -> None:
        self._office, self._now = office, now
        self.source = MirrorSource(office, whole)
        self.books = Books(self.source)
        self.failed: dict[str, Finding] = {}
        self.answers: Mapping[Key, str] = {}
        self.moved = False
        self._back: dict[Key, Values] = {}

    def put_back(self, table: str, row_id: int, cells: Values) -> None:
        """What stands in these cells was written by somebody who may not: nobody looks at it any more."""
        self._back[table, row_id] = cells
        self.decided(table, row_id, cells)

    def lawful(self, table: str, row: Row) -> Row:
        """The row without what is put back in this pass."""
        cells = self._back.get((table, row.id))
        return row if cells is None else replace(row, values={**row.values, **cells})

    def heard(self, table: str, row: Values, edits: Sequence[Edit]) -> list[Edit]:
        """Edits of a row without what counts for nothing in them."""
        office = self._office
        return hear(office.schema[table], row, edits, office.directory.by_account, office.host.account).edits

    def decided(self, table: str, row_id: int, cells: Values) -> None:
        """These cells will stand in the row when the pass is over: whoever looks from now on sees them."""
        row = self.books.row(table, row_id)
        if row is None:
            return
        values = {f.name: row[f.name] for f in self._office.schema[table].fields}
        decided = {n: v for n, v in cells.items() if n in values}
        if any(values[n] != v for n, v in decided.items()):
            self.books.lay(table, row_id, {**values, **decided})

    def facts(
        self,
        row: RowView,
        *,
        case: Case | None = None,
        books: Books | None = None,
        moment: str = "",
        actor: Person | None = None,
        now: datetime | None = None,
        subject: str = "",
    ) -> Facts:
        """One row under examination.

        Args:
            row: The row.
            case: Where its sign-off stands.
            books: Other books than those of the pass: those of the world of an edit.
            moment: What is about to happen; "" for a look in between.
            actor: Who asks for it.
            now: When it is asked, where not now.
            subject: The case it is judged with, where it has none of its own.
        """
        office, at = self._office, now or self._now
        approval = office.approvals.get(row.table)
        return kind_of(row.table)(
            row,
            office.schema,
            books or self.books,
            office.norms,
            office.directory,
            office.calendar,
            at,
            on=approval.business_day(row, at) if approval else None,
            moment=moment,
            actor=actor,
            status=approval.shown_status(case) if approval and case else "",
            payable=case.payable if case is not None and case.amount is not None else None,
            subject=case.subject if case is not None else subject,
            signed=_signed(case),
        )

    def note_failures(self, subject: str, findings: Sequence[Finding]) -> None:
        """Keep those that a rule left which tripped."""
        self.failed |= {f"{subject}/{f.rule}": f for f in findings if f.stage == FAILED}

    def examiner(
        self, table: str, row_id: int, known: Sequence[Key]
    ) -> Callable[[World, str, Person | None, Case], list[Finding]]:
        """How a judge asks the rules: in the world of an edit, everything else as decided so far.

        Args:
            table: Of the row judged.
            row_id: Its id.
            known: Rows that belong to the case; those the world does not have at that moment do not exist.
        """

        def ask(world: World, moment: str, actor: Person | None, case: Case) -> list[Finding]:
            own = {key: values for key, values in world.rows.items() if key in known}
            books = self.books.with_rows({**dict.fromkeys(known), **own})
            row = books.row(table, row_id)
            assert row is not None, "a row that is judged exists"
            found = examine(self.facts(row, case=case, books=books, moment=moment, actor=actor, now=world.now))
            self.note_failures(case.subject, found)
            return found

        return ask


def tripped(what: str, error: Exception) -> Finding:
    """What is said of a row over which a computation tripped: it stops, IT is told, the others go on."""
    return Finding(what, "拦截", f"{what}本行时出错（{error}），本行先停在这里，请联系信息科处理。", stage=FAILED)


def _signed(case: Case | None) -> Mapping[str, Any]:
    """Protected fields as they were signed (JSON), of a case that all have signed."""
    if case is None or case.content is None or case.status not in (APPROVED, PAID, ARCHIVED):
        return {}
    fields: Mapping[str, Any] = case.content["fields"]
    return fields
