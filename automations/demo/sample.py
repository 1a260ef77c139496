"""The demonstration school in memory at any moment; nothing of it is written to any file."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from automations import assemble
from automations.demo import school
from automations.demo.load import load
from automations.demo.shown import Shown
from automations.engine import Engine, Office
from automations.engine.notices import Notices
from automations.jobs import approvals, discover
from automations.journal import Journal
from automations.mirror import Mirror
from automations.schema.apply import apply
from automations.schema.plan import plan
from automations.tables.memory import MemoryServer

MEMORY = "sqlite:///:memory:"


@dataclass(frozen=True)
class Sample:
    """The school on a memory host, and an office over it.

    Attributes:
        ids: Row ids by table and key.
    """

    office: Office
    ids: Mapping[str, Mapping[str, int]]
    server: MemoryServer

    def close(self) -> None:
        """Let go of everything."""
        self.office.mirror.close()
        self.office.journal.close()
        self.server.close()


def loaded(shown: Shown, clock: Callable[[], datetime]) -> Sample:
    """The school with its newest weeks, as it is before the worker has looked at it; ``clock`` gives aware times."""
    schema, server = assemble.read_schema(), MemoryServer(clock=clock)
    server.add_account(school.WORKER, school.WORKER_NAME)
    for email, name in shown.logins:
        server.add_account(email, name)
    host = server.login(school.WORKER)
    host.bind(apply(plan(schema, host.describe(), None), host, yes=True, lose_data=False, progress=lambda _: None))
    ids = load(host, schema, shown, {})
    return Sample(Office(host, Mirror(MEMORY, schema), Journal(MEMORY), schema, approvals()), ids, server)


def sample(now: datetime) -> Engine:
    """The school at ``now``, looked over by the worker: what ``houqin preview --demo`` looks at, and tests."""
    office = loaded(Shown(now), lambda: now).office
    engine = Engine(office, Notices(office, {}, discover()))
    for _ in range(2):  # the second writes what follows from rows that the first has added
        engine.turn(now, slow=True)
    return engine
