"""One worker at a time: a row in the journal's store says who works and until when.

A second worker waits. When the holder dies, its lease runs out and the next one takes over under a higher epoch; should
the first wake up after all, its writes to the journal are refused (:meth:`Lease.check` is the journal's ``fence``).
Workers on several machines need clocks that agree to well within the lease's time.
"""

from datetime import UTC, datetime, timedelta

import sqlalchemy as sql
from sqlalchemy import Column, Connection, MetaData

from automations.cells import BIG, Moment
from automations.errors import LeaseLost
from automations.journal import Journal

_metadata = MetaData()
_lease = sql.Table(
    "lease",
    _metadata,
    Column("id", sql.Integer, primary_key=True, autoincrement=False),
    Column("owner", sql.Text, nullable=False),
    Column("until", Moment, nullable=False),
    Column("epoch", BIG, nullable=False),
)

_NEVER = datetime(1970, 1, 1, tzinfo=UTC)


class Lease:
    """The right to be the worker of this store.

    Args:
        journal: The store that workers share.
        owner: Who asks, for people to read; e.g. machine and process id.
        ttl_seconds: How long it lasts without :meth:`renew`; renew about three times as often.

    Attributes:
        epoch: Number of our term; None while we do not hold the lease.
    """

    def __init__(self, journal: Journal, owner: str, ttl_seconds: float) -> None:
        self._journal = journal
        self._owner = owner
        self._ttl = timedelta(seconds=ttl_seconds)
        self.epoch: int | None = None
        journal.create_all(_metadata)

    def acquire(self, now: datetime) -> bool:
        """Take the lease if it is free, ran out, or is ours already; then fences the journal.

        Returns:
            Whether we hold it now.
        """
        if self.renew(now):
            return True
        with self._journal.write(fenced=False) as tx:
            row = tx.connection.execute(sql.select(_lease)).first()
            if row is not None and row.until > now:
                return False
            epoch = row.epoch + 1 if row else 1
            values = {"owner": self._owner, "until": now + self._ttl, "epoch": epoch}
            tx.connection.execute(
                sql.update(_lease).values(values) if row else sql.insert(_lease).values(id=1, **values)
            )
        self.epoch = epoch
        self._journal.fence = self.check
        return True

    def renew(self, now: datetime) -> bool:
        """Extend our term.

        Returns:
            False if we do not hold the lease (any more): stop acting, then :meth:`acquire` again.
        """
        if self.epoch is None:
            return False
        with self._journal.write(fenced=False) as tx:
            mine = sql.update(_lease).where(_lease.c.epoch == self.epoch).values(until=now + self._ttl)
            if tx.connection.execute(mine).rowcount == 1:
                return True
        self.epoch = None
        return False

    def release(self) -> None:
        """Let the next worker in at once; harmless if we do not hold the lease."""
        if self.epoch is None:
            return
        with self._journal.write(fenced=False) as tx:
            tx.connection.execute(sql.update(_lease).where(_lease.c.epoch == self.epoch).values(until=_NEVER))
        self.epoch = None

    def holder(self) -> tuple[str, datetime] | None:
        """Who holds the lease, and until when; None if nobody ever did."""
        with self._journal.store.read() as connection:
            row = connection.execute(sql.select(_lease.c.owner, _lease.c.until)).first()
        return None if row is None else (row.owner, row.until)

    def check(self, connection: Connection) -> None:
        """Refuse to go on unless the term is still ours.

        Raises:
            LeaseLost: Another worker took over, or the lease was released.
        """
        row = connection.execute(sql.select(_lease.c.owner, _lease.c.epoch)).first()
        if self.epoch is None or row is None or row.epoch != self.epoch:
            other = row.owner if row else "?"
            raise LeaseLost(f"另一个后勤进程（{other}）已经接手，本进程停止写入。无需处理；若不该有两个，请只留一个。")
