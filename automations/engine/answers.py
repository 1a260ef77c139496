"""What guards told a row, standing in 校验说明 until somebody writes into the row again.

A judged case keeps its answer itself. What is put back beside it (a column that only 会计 fills, a text with a secrecy
mark) leaves its answer here: small, beside the journal, because a worker that starts must still know it.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime

from sqlalchemy import BigInteger, Column, MetaData, String, Table, Text, delete, insert, select

from automations.approvals.world import Key
from automations.engine.hands import Hands
from automations.engine.office import Office
from automations.engine.standing import answers_here
from automations.engine.unrecorded import STEPS
from automations.errors import HostError
from automations.journal import JournalWrite
from automations.mirror import Item
from automations.tables.values import Value

metadata = MetaData()
_answers = Table(
    "answers",
    metadata,
    Column("table_name", String, primary_key=True),
    Column("row_id", BigInteger, primary_key=True, autoincrement=False),
    Column("text", Text, nullable=False),
    Column("edit_order", String, nullable=False),
)

STOP = "拦截"


class Answers:
    """Remembers answers and forgets them when they have been heard."""

    def __init__(self, office: Office, hands: Hands) -> None:
        office.journal.create_all(metadata)
        self._office, self._hands = office, hands
        with office.journal.store.read() as connection:
            found = connection.execute(select(_answers)).all()
        self._said: dict[Key, tuple[str, str]] = {(r.table_name, r.row_id): (r.text, r.edit_order) for r in found}
        self._unsure = set(self._said)
        """Those of an earlier process: the row may have been written into while none was running."""

    def say(self, tx: JournalWrite, key: Key, text: str, order: str) -> None:
        """Answer ``text`` in this row; ``order``: of the newest edit it answers."""
        self._forget(tx, [key])
        values = {"table_name": key[0], "row_id": key[1], "text": text, "edit_order": order}
        tx.connection.execute(insert(_answers).values(values))
        self._said[key] = (text, order)

    def _forget(self, tx: JournalWrite, keys: Iterable[Key]) -> None:
        for key in keys:
            table, row_id = key
            tx.connection.execute(delete(_answers).where(_answers.c.table_name == table, _answers.c.row_id == row_id))
            self._said.pop(key, None)

    def standing(self, items: Iterable[Item], now: datetime) -> Mapping[Key, str]:
        """Answers that still stand; those of rows that somebody wrote into since are forgotten."""
        noticed = ({(i.table, i.row_id) for i in items} | self._unsure) & self._said.keys()
        over = [key for key in sorted(noticed) if self._written_into(key)]
        if over:
            for key in over:
                self._hands_off(key)
            with self._office.journal.write(now=now) as tx:
                self._forget(tx, over)
        self._unsure = set()
        for key in noticed - set(over):
            self._show(key)
        return {key: text for key, (text, _) in self._said.items()}

    def _written_into(self, key: Key) -> bool:
        if not self._office.mirror.living(key[0], [key[1]]):
            return True
        try:
            edits = self._office.host.edits(*key, self._said[key][1])
        except HostError:
            return False
        return any(e.account != self._office.host.account for e in edits)

    def _elsewhere(self, key: Key) -> bool:
        """Whether another part of the engine writes 校验说明 of this table and asks here what to say."""
        return key[0] == STEPS or answers_here(self._office, key[0])

    def _show(self, key: Key) -> None:
        if not self._elsewhere(key):
            cells: dict[str, Value] = {"check_result": STOP, "check_message": self._said[key][0]}
            self._hands.want(*key, cells)

    def _hands_off(self, key: Key) -> None:
        """Take an answer that was heard out of its row, where nobody else does."""
        row = next(iter(self._office.mirror.living(key[0], [key[1]])), None)
        if row is not None and not self._elsewhere(key) and row.values.get("check_message") == self._said[key][0]:
            self._hands.want(*key, {"check_result": None, "check_message": None})
