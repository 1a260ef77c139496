"""Rows that follow from rows: decided inside the journal's transaction, added on the host afterwards."""

import hashlib
from datetime import datetime

from automations import intents
from automations.approvals.ruling import Finding
from automations.approvals.words import SHANGHAI
from automations.books import Facts
from automations.engine.desk import Desk
from automations.engine.office import Office
from automations.errors import RuleError
from automations.follow import FOLLOWS, Follow, NewRow
from automations.intents import Intent
from automations.journal import JournalWrite
from automations.rules.base import FAILED
from automations.tables.values import to_json

ADDED = "added"
"""Kind of the journal's entry about a row that was added because of another."""


class Following:
    """Decides which rows must be added.

    What was decided once is never decided again: a row that somebody voided or finished does not come back.
    """

    def __init__(self, office: Office) -> None:
        self._office = office
        self._known: set[tuple[str, str]] = set()

    def see(self, facts: Facts, now: datetime) -> list[Finding]:
        """Plan what follows from one row; a finding for each function that tripped over it.

        A row without a number waits: what follows is remembered by it.
        """
        findings: list[Finding] = []
        for follow in FOLLOWS.get(facts.row.table, ()) if facts.code else ():
            try:
                for row in follow.rows(facts):
                    self._plan(f"{facts.row.table}/{facts.code}", follow, row, now)
            except RuleError as error:
                findings.append(Finding(follow.name, "拦截", f"{error.message}。请联系信息科。", stage=FAILED))
        return findings

    def preview(self, follow: Follow, now: datetime) -> list[tuple[str, NewRow]]:
        """Rows that would be added at ``now``, by the rows as they are in the mirror, each with what it follows from.

        Raises:
            RuleError: The function made a mistake.
        """
        desk = Desk(self._office, now, whole=True)
        found: list[tuple[str, NewRow]] = []
        for row in desk.books.all(follow.table):
            subject = f"{follow.table}/{row.code}"
            new = follow.rows(desk.facts(row)) if row.code else []
            found += [(str(row.code), one) for one in new if not self._added(subject, f"{follow.name}|{one.key}")]
        return found

    def _added(self, subject: str, name: str) -> bool:
        return any(e.data.get("name") == name for e in self._office.journal.entries(subject, ADDED))

    def _plan(self, subject: str, follow: Follow, row: NewRow, now: datetime) -> None:
        name = f"{follow.name}|{row.key}"
        if (subject, name) in self._known:
            return
        with self._office.journal.write(now=now) as tx:
            if not self._added(subject, name):
                self._add(tx, subject, name, row, now)
        self._known.add((subject, name))

    def _add(self, tx: JournalWrite, subject: str, name: str, row: NewRow, now: datetime) -> None:
        table = self._office.schema[row.table]
        # Until the row exists, the code belongs to what it follows from.
        key = hashlib.sha256(f"{subject}/{name}".encode()).hexdigest()
        year = now.astimezone(SHANGHAI).year
        code = tx.number(table.prefix, year, "follow", int(key[:12], 16), key)
        tx.append(ADDED, subject, {"name": name, "table": row.table, "code": code}, now)
        cells = {field: to_json(value) for field, value in row.cells.items()}
        intents.plan(tx.connection, Intent(row.table, code, {"code": code, **cells}), now)
