"""What open requests hold: money on a budget line, numbers of invoices. Kept beside the cases in the journal's store.

Written in the transaction of the case, so that two claims submitted in one pass see each other (BG-01, IV-02).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal, TypeAlias

from sqlalchemy import Column, Connection, Index, MetaData, String, Table, delete, insert, select

Kind: TypeAlias = Literal["budget", "invoice"]
State: TypeAlias = Literal["占用", "已用"]

metadata = MetaData()
holds_table = Table(
    "holds",
    metadata,
    Column("subject", String, primary_key=True),
    Column("kind", String, primary_key=True),
    Column("key", String, primary_key=True),
    Column("state", String, nullable=False),
    Column("amount", String, nullable=False),
    Column("code", String, nullable=False),
    Column("status", String, nullable=False),
    Index("holds_by_key", "kind", "key"),
)


@dataclass(frozen=True, slots=True)
class Hold:
    """One thing held by one case.

    Attributes:
        key: Row id of a budget line as text, or an invoice key.
        state: 占用 until paid, then 已用.
        amount: 元; 0 for invoices.
        code / status: Of the holder, for messages.
    """

    kind: Kind
    key: str
    state: State
    amount: Decimal
    code: str
    status: str


def replace(connection: Connection, subject: str, holds: Sequence[Hold]) -> None:
    """``subject`` holds exactly these from now on."""
    connection.execute(delete(holds_table).where(holds_table.c.subject == subject))
    if holds:
        connection.execute(
            insert(holds_table),
            [
                {
                    "subject": subject,
                    "kind": h.kind,
                    "key": h.key,
                    "state": h.state,
                    "amount": str(h.amount),
                    "code": h.code,
                    "status": h.status,
                }
                for h in holds
            ],
        )


def held(connection: Connection, kind: Kind, key: str, but: str = "") -> list[Hold]:
    """Everything held of ``key`` by other cases than ``but``."""
    found = connection.execute(
        select(holds_table)
        .where(holds_table.c.kind == kind, holds_table.c.key == key, holds_table.c.subject != but)
        .order_by(holds_table.c.subject)
    )
    return [Hold(r.kind, r.key, r.state, Decimal(r.amount), r.code, r.status) for r in found]
