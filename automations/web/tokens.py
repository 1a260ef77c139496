"""What the public pages keep in the journal's store: slips of surveys, receipts of reports, the key of the QR codes.

Of a slip's token and of a receipt only a hash is kept, and of a slip not even when it was used: whoever has this store
and a slip in hand cannot tell which answer came from it.
"""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from sqlalchemy import Column, Connection, Integer, MetaData, String, Table, func, insert, select, update

metadata = MetaData()
_slips = Table(
    "survey_slips",
    metadata,
    Column("hash", String, primary_key=True),
    Column("class_code", String, nullable=False, index=True),
    Column("state", String, nullable=False),
)
_receipts = Table(
    "report_receipts",
    metadata,
    Column("hash", String, primary_key=True),
    Column("code", String, nullable=False),
)
_key = Table("web_key", metadata, Column("id", Integer, primary_key=True), Column("key", String, nullable=False))

State: TypeAlias = Literal["open", "used", "void"]

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's: no I, L, O, U, so that a code can be read off paper."""
_LENGTH = 16  # of five bits each: nobody guesses one among 2^80
_MISREAD = str.maketrans("OIL", "011")


@dataclass(frozen=True, slots=True)
class Slip:
    """What is known of one token."""

    class_code: str
    state: State


def new_token() -> str:
    """One that nobody can guess."""
    return "".join(secrets.choice(ALPHABET) for _ in range(_LENGTH))


def shown(token: str) -> str:
    """As it is printed: in groups of four."""
    return "-".join(token[i : i + 4] for i in range(0, len(token), 4))


def read_token(typed: str) -> str:
    """A token as somebody typed it, put right; "" for what cannot be one."""
    token = "".join(c for c in typed[:100].upper() if c not in "- \u3000").translate(_MISREAD)
    return token if len(token) == _LENGTH and set(token) <= set(ALPHABET) else ""


def issue(connection: Connection, class_code: str, count: int) -> Sequence[str]:
    """Make ``count`` tokens for a class; they are given here once and never again."""
    made = [new_token() for _ in range(count)]
    rows = [{"hash": _hash("slip", token), "class_code": class_code, "state": "open"} for token in made]
    connection.execute(insert(_slips), sorted(rows, key=lambda row: row["hash"]))  # not in the order of the paper
    return made


def slip(connection: Connection, token: str) -> Slip | None:
    """What is known of ``token``; None: nobody ever issued it."""
    query = select(_slips.c.class_code, _slips.c.state).where(_slips.c.hash == _hash("slip", token))
    found = connection.execute(query).first()
    return None if found is None else Slip(found.class_code, found.state)


def use(connection: Connection, token: str) -> bool:
    """Use ``token`` up; False if it was not open (any more)."""
    open_one = update(_slips).where(_slips.c.hash == _hash("slip", token), _slips.c.state == "open")
    return connection.execute(open_one.values(state="used")).rowcount == 1


def void_open(connection: Connection, class_code: str) -> int:
    """Nobody can use the open tokens of a class any more; how many there were."""
    these = update(_slips).where(_slips.c.class_code == class_code, _slips.c.state == "open")
    return connection.execute(these.values(state="void")).rowcount


def void(connection: Connection, made: Sequence[str]) -> None:
    """Nobody can use these any more."""
    these = update(_slips).where(_slips.c.hash.in_([_hash("slip", token) for token in made]))
    connection.execute(these.values(state="void"))


def tally(connection: Connection, class_code: str) -> dict[State, int]:
    """How many tokens of a class are open, used and void."""
    query = select(_slips.c.state, func.count()).where(_slips.c.class_code == class_code).group_by(_slips.c.state)
    found: dict[State, int] = {"open": 0, "used": 0, "void": 0}
    return found | {state: n for state, n in connection.execute(query)}


def keep_receipt(connection: Connection, receipt: str, code: str) -> None:
    """``receipt`` stands for the row of this code."""
    connection.execute(insert(_receipts).values(hash=_hash("receipt", receipt), code=code))


def code_of(connection: Connection, receipt: str) -> str | None:
    """The code that :func:`keep_receipt` was given."""
    return connection.execute(select(_receipts.c.code).where(_receipts.c.hash == _hash("receipt", receipt))).scalar()


def key(connection: Connection) -> bytes:
    """What the QR codes of places are marked with, made when it is first asked for (in a writing transaction)."""
    found = connection.execute(select(_key.c.key)).scalar()
    if found is None:
        found = secrets.token_hex(32)
        connection.execute(insert(_key).values(id=1, key=found))
    return bytes.fromhex(found)


def _hash(kind: str, secret: str) -> str:
    return hashlib.sha256(f"houqin {kind}:{secret}".encode()).hexdigest()
