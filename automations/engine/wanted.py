"""Rows that were decided on and are not on the host yet: alarms, next checks, what was told, what forms brought."""

from collections import defaultdict
from collections.abc import Sequence

from automations import intents
from automations.engine import spool
from automations.engine.hands import Hands
from automations.engine.office import Office
from automations.errors import HostRefused, HouqinError
from automations.intents import Intent
from automations.tables.base import Row
from automations.tables.values import Values, from_json

TOGETHER = 50
"""Rows added on the host by one call: every host takes so many whole or not at all."""


class Wanted:
    """Adds what the journal still wants."""

    def __init__(self, office: Office, hands: Hands) -> None:
        self._office, self._hands = office, hands
        self._problems: list[str] = []

    def add(self) -> list[str]:
        """Add all of it; a Chinese sentence for each row that could not be."""
        self._problems = []
        with self._office.journal.store.read() as connection:
            waiting = intents.outstanding(connection)
        by_table: dict[str, list[Intent]] = defaultdict(list)
        for intent in waiting:
            by_table[intent.table].append(intent)
        for table, wanted in by_table.items():
            for start in range(0, len(wanted), TOGETHER):
                self._some(table, wanted[start : start + TOGETHER])
        return self._problems

    def _some(self, table: str, wanted: Sequence[Intent]) -> None:
        """Add some rows of one table, and strike them off once they are there.

        Killed in between, the next pass finds those that came to be by their code.
        """
        office, fields = self._office, self._office.schema[table]
        cells = {i.code: {n: from_json(fields[n], v) for n, v in i.cells.items() if v is not None} for i in wanted}
        there = {row["code"] for row in office.mirror.having(table, "code", list(cells))}
        missing: list[Values] = []
        for code in [code for code in cells if code not in there]:
            try:
                missing.append(spool.uploaded(self._hands, cells[code]))
            except HouqinError as error:
                self._problems.append(str(error))
        self._rows(table, missing)
        found: dict[str, Row] = {}
        for row in sorted(office.mirror.having(table, "code", list(cells)), key=lambda row: row.id):
            found.setdefault(str(row["code"]), row)
        if not found:
            return
        with office.journal.write() as tx:
            tx.move_all({code: (table, row.id, row.born) for code, row in found.items()})
            intents.done(tx.connection, found)
        for code in found:
            spool.clear(cells[code])

    def _rows(self, table: str, rows: Sequence[Values]) -> None:
        """A row that the host refuses does not hold up the others."""
        if not rows:
            return
        try:
            self._hands.add(table, rows)
        except HouqinError as error:
            if not isinstance(error, HostRefused) or len(rows) == 1:
                self._problems.append(str(error))
                return
            for row in rows:
                self._rows(table, [row])
