"""Everything that stands guard over the tables in a pass, in the order in which it must be asked."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from automations.approvals.world import Key
from automations.engine.answers import Answers
from automations.engine.columns import Columns
from automations.engine.desk import Desk
from automations.engine.hands import Hands
from automations.engine.ledger import Ledger
from automations.engine.notices import Notices
from automations.engine.office import Office
from automations.engine.parameters import Parameters
from automations.engine.secrecy import Secrecy
from automations.mirror import Item
from automations.tables.base import Row


class Guards:
    """Secrecy marks, parameters, columns of one office, and the two tables that only Houqin writes.

    Args:
        office: Read through a :class:`~automations.engine.secrecy.Door`.
        hands: What writes.
        notices: Plans what people must be told; None tells nobody.
    """

    def __init__(self, office: Office, hands: Hands, notices: Notices | None) -> None:
        self.answers = Answers(office, hands)
        self.secrecy = Secrecy(office, self.answers, notices)
        self.parameters = Parameters(office, hands)
        self.columns = Columns(office, hands, self.answers, notices)
        self.ledger = Ledger(office, hands)

    def before_judging(self, items: Sequence[Item], now: datetime) -> list[Item]:
        """What must be settled before anything is judged; items that must be looked at again next pass."""
        return [*self.ledger.remove_added(items, now), *self.parameters.look(items, now)]

    def beside_judging(self, desk: Desk, items: Sequence[Item], rows: Mapping[Key, Row], now: datetime) -> list[Item]:
        """What the judges must not see; items that must be looked at again next pass."""
        self.secrecy.report(now)
        return self.columns.look(desk, items, rows, now)

    def problems(self) -> list[str]:
        """What went wrong in this pass, in Chinese."""
        parts = (self.secrecy, self.parameters, self.columns, self.ledger)
        return [problem for part in parts for problem in part.problems]
