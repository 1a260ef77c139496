"""What open requests hold: money on a budget line, numbers of invoices. Kept beside the cases in the journal's store.

Written in the transaction of the case, so that two claims submitted in one pass see each other (BG-01, IV-02).
"""

import dataclasses
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal, TypeAlias

from sqlalchemy import Column, Connection, Index, MetaData, Select, String, Table, bindparam, delete, insert, select

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
    Column("under", String, nullable=False, server_default=""),
    Index("holds_by_key", "kind", "key"),
)

# Written out once: to build a statement takes SQLAlchemy longer than SQLite takes to carry it out.
_ALL = select(holds_table).order_by(holds_table.c.subject)
_OF_SUBJECT = _ALL.where(holds_table.c.subject == bindparam("subject"))
_OF_KEY = _ALL.where(
    holds_table.c.kind == bindparam("kind"),
    holds_table.c.key == bindparam("key"),
    holds_table.c.subject != bindparam("but"),
)
_LET_GO = delete(holds_table).where(holds_table.c.subject == bindparam("subject"))
_HOLD = insert(holds_table)


@dataclass(frozen=True, slots=True)
class Hold:
    """One thing held by one case.

    Attributes:
        key: Row id of a budget line as text, or an invoice key.
        state: 占用 until paid, then 已用.
        amount: 元; 0 for invoices.
        code / status: Of the holder, for messages.
        under: Code of the request that permitted a claim: what the claim takes, the request holds no longer.
        subject: The holder's name in the journal, e.g. ``expense_claims/ZC-2026-0158``.
    """

    kind: Kind
    key: str
    state: State
    amount: Decimal
    code: str
    status: str
    under: str = ""
    subject: str = ""


def replace(connection: Connection, subject: str, holds: Sequence[Hold]) -> set[tuple[str, str]]:
    """``subject`` holds exactly these from now on; (kind, key) of whatever is held otherwise than before."""
    before = {(h.kind, h.key): h for h in _read(connection, _OF_SUBJECT, subject=subject)}
    after = {(h.kind, h.key): dataclasses.replace(h, subject=subject) for h in holds}
    changed: set[tuple[str, str]] = {key for key in before.keys() | after.keys() if before.get(key) != after.get(key)}
    if not changed:
        return changed
    connection.execute(_LET_GO, {"subject": subject})
    if holds:
        connection.execute(
            _HOLD,
            [
                {
                    "subject": subject,
                    "kind": h.kind,
                    "key": h.key,
                    "state": h.state,
                    "amount": str(h.amount),
                    "code": h.code,
                    "status": h.status,
                    "under": h.under,
                }
                for h in holds
            ],
        )

    return changed


def held(connection: Connection, kind: str, key: str, but: str = "") -> list[Hold]:
    """Everything held of ``key`` by other cases than ``but``."""
    return _read(connection, _OF_KEY, kind=kind, key=key, but=but)


def everything(connection: Connection) -> list[Hold]:
    """All holds: for looking at very many rows at once."""
    return _read(connection, _ALL)


def _read(connection: Connection, query: Select[Any], **values: str) -> list[Hold]:
    found = connection.execute(query, values)
    return [Hold(r.kind, r.key, r.state, Decimal(r.amount), r.code, r.status, r.under, r.subject) for r in found]


def total(holds: Iterable[Hold], but: str = "") -> "Taken":
    """What these holds of one budget line take together, those of ``but`` left out (domain.md C5).

    A request holds its estimate; what its claims take, it holds no longer: permission and payment are one spending.
    """
    used: dict[str, Decimal] = {}
    open_ones: list[Hold] = []
    frozen, spent = Decimal(0), Decimal(0)
    for h in holds:
        if h.subject == but:
            continue
        if h.under:
            used[h.under] = used.get(h.under, 0) + h.amount
        if h.state == "已用":
            spent += h.amount
        else:
            open_ones.append(h)
    for h in open_ones:
        frozen += max(h.amount - used[h.code], Decimal(0)) if h.code in used else h.amount
    return Taken(frozen, spent)


def left_of(holds: Iterable[Hold], request: str, but: str = "") -> Decimal:
    """元 that the request with this code still holds for its own claims, that of ``but`` not counted."""
    counted = [h for h in holds if h.subject != but]
    held = sum((h.amount for h in counted if h.code == request), Decimal(0))
    return max(held - sum((h.amount for h in counted if h.under == request), Decimal(0)), Decimal(0))


@dataclass(frozen=True, slots=True)
class Taken:
    """元 frozen and spent on a budget line."""

    frozen: Decimal
    spent: Decimal
