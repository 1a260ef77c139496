"""预警台账 and 通知与报告 hold what Houqin wrote and nothing else (domain.md B6.29, B6.30)."""

from collections.abc import Sequence
from datetime import datetime

from automations import intents
from automations.engine.hands import Hands
from automations.engine.office import Office
from automations.errors import HostError
from automations.mirror import Item
from automations.tables.base import Row

WRITTEN_HERE = ("violations", "outbox")


class Ledger:
    """Removes rows that people added.

    Attributes:
        problems: Chinese sentences about rows that the host did not let be removed.
    """

    def __init__(self, office: Office, hands: Hands) -> None:
        self._office, self._hands = office, hands
        self.problems: list[str] = []

    def remove_added(self, items: Sequence[Item], now: datetime) -> list[Item]:
        """Remove what people added; items whose row is still there."""
        self.problems, waiting = [], []
        for table in WRITTEN_HERE:
            new = {i.row_id: i for i in items if i.table == table and not i.gone and i.before is None}
            for row in self._office.mirror.living(table, new) if new else ():
                if self._ours(table, row):
                    continue
                maker = row.values.get("created_by")
                try:
                    with self._office.journal.write(now=now) as tx:
                        data = {"account": maker, "row": row.id, "born": row.born}
                        tx.append("removed", f"{table}/{row.id}", data, now)
                    self._hands.remove(table, row.id)
                except HostError as error:
                    self.problems.append(str(error))
                    waiting.append(new[row.id])
        return waiting

    def _ours(self, table: str, row: Row) -> bool:
        """Houqin made it. Where the host does not say who did, its code does: only Houqin gave it one."""
        maker = row.values.get("created_by")
        if maker is None:
            return self._office.journal.numbered(table, row.id, row.born) is not None or self._planned(row)
        return maker == self._office.host.account

    def _planned(self, row: Row) -> bool:
        with self._office.journal.store.read() as connection:
            return intents.planned(connection, str(row.values.get("code") or ""))
