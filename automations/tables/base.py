"""Where tables live: the interface that every host implements (design.md 6).

Small and total. An adapter speaks canonical values (:mod:`automations.tables.values`) and code names; the host's ids
and titles stay inside it and in the :class:`Binding`. Three real implementations pass one contract suite:
``memory``, ``nocodb``, ``baserow``.

An adapter never decides. It raises the errors of :mod:`automations.errors`, never a library's own.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, Protocol, TypeAlias

from automations.schema.host import Binding as Binding
from automations.schema.host import BoundTable as BoundTable
from automations.schema.host import HostField as HostField
from automations.schema.host import HostTable as HostTable
from automations.schema.host import ViewSpec as ViewSpec
from automations.schema.model import Field, Table
from automations.tables.values import File, Value, Values

ProofStrength: TypeAlias = Literal["history", "audit", "last-modified"]


@dataclass(frozen=True, slots=True)
class Row:
    """One row as the host holds it now.

    Attributes:
        id: The host's row id. NocoDB may give an id again after the row with the highest one was deleted.
        values: Every field of the schema table by code name.
        born: The host's creation stamp as text: (id, born) is the row's identity.
        stamp: The host's last-modified stamp as text, "" where it has none: differs when somebody touched the row.
    """

    id: int
    values: Values
    born: str = ""
    stamp: str = ""

    def __getitem__(self, name: str) -> Value:
        return self.values[name]


@dataclass(frozen=True, slots=True)
class Edit:
    """One change of one row by one account at one time, as the host recorded it.

    Attributes:
        table: Code name.
        row_id: The host's row id.
        key: The host's own key of the entry; unique per host, never reused.
        order: Sorts edits of one host in true order, as text (equal-length, so that plain ``<`` works).
        at: When, UTC, as fine as the host knows it.
        account: E-mail of who did it, lower case; None where the host does not say.
        action: What happened to the row.
        before / after: Changed fields only, canonical values by code name. A create has only ``after``, a delete only
            ``before`` (the whole row where the host keeps it). Fields the host does not resolve are left out.
    """

    table: str
    row_id: int
    key: str
    order: str
    at: datetime
    account: str | None
    action: Literal["create", "update", "delete", "restore"]
    before: Values = field(default_factory=dict)
    after: Values = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Changes:
    """Answer of :meth:`Host.changed`.

    Attributes:
        rows: Rows that may have changed; overlap is normal, compare content. No order promised.
        cursor: Where to go on next time; opaque text, safe to store.
    """

    rows: Sequence[Row]
    cursor: str


@dataclass(frozen=True, slots=True)
class Account:
    """One login on the host. ``email`` is lower case."""

    email: str
    name: str
    active: bool = True


class Host(Protocol):
    """One database on one server, seen through one account.

    Row calls need :meth:`bind` first. All calls are synchronous and may raise :class:`HostUnavailable`,
    :class:`LoginRefused`; writes also :class:`WriteUncertain` (no clear answer: find out by reading),
    :class:`HostRefused`, :class:`HostConflict`. Idempotent calls are retried inside; creating rows never is.
    """

    kind: str
    """``memory``, ``nocodb`` or ``baserow``."""
    proof: ProofStrength
    """How strong the host's evidence of authorship is; shown by ``doctor`` and on printed forms."""
    proof_note: str
    """The same in one Chinese sentence, with its known gaps."""
    account: str
    """E-mail of the account this adapter acts as."""

    # --- schema -------------------------------------------------------------------------------------------------
    def describe(self) -> list[HostTable]:
        """Every table of the database with its columns, as they are now."""

    def create_table(self, table: Table) -> HostTable:
        """Make an empty table with the plain columns of ``table`` (no links, no persons); display field first."""

    def create_field(self, table_id: str, field: Field, to_table_id: str | None = None) -> HostField:
        """Add one column; ``to_table_id`` for links, and for persons the id of ``people``."""

    def update_field(self, table_id: str, field_id: str, field: Field) -> HostField:
        """Bring title, note and options of a column to ``field``. Existing options keep their cells.

        Raises:
            HostRefused: The change would change the type: make a new column instead.
        """

    def rename_table(self, table_id: str, title: str) -> None:
        """Give the table another title."""

    def delete_field(self, table_id: str, field_id: str) -> None:
        """Remove a column with its data (only ever on an explicit flag of ``apply``)."""

    def create_view(self, table: BoundTable, spec: ViewSpec) -> str:
        """Make a saved view or public form; its address path, or "" where the host shows it in its own menu."""

    # --- binding ------------------------------------------------------------------------------------------------
    def bind(self, binding: Binding) -> None:
        """Use these ids from now on; forgets cached names."""

    def refresh(self, tables: Sequence[str]) -> dict[str, str]:
        """Re-read columns of these tables and the list of accounts, at the start of a pass.

        Returns:
            Fingerprint per table: a digest of ids, titles, types and options of its bound columns.

        Raises:
            SchemaMoved: A bound table or column is gone or changed its type; ``problems`` names all of them.
        """

    # --- rows ---------------------------------------------------------------------------------------------------
    def changed(self, table: str, cursor: str | None) -> Changes:
        """Rows created or touched since ``cursor`` (all rows when None), with an overlap that covers late commits."""

    def ids(self, table: str) -> dict[int, str]:
        """Every living row id with its ``born`` stamp ("" where ids are never reused). The cheapest full listing."""

    def rows(self, table: str, ids: Sequence[int]) -> list[Row]:
        """These rows as they are now; missing ones are left out."""

    def edits(self, table: str, row_id: int, after: str = "") -> list[Edit]:
        """Edits of a row in true order, only those whose ``order`` > ``after``.

        Works for deleted rows where the host can. An id that was used twice gives the present life only.
        """

    def create(self, table: str, rows: Sequence[Values]) -> list[int]:
        """Insert rows; ids in the same order. Splits into batches; on error earlier batches stand."""

    def update(self, table: str, changes: Mapping[int, Values]) -> None:
        """Write only the given fields of the given rows; links and files replace the cell's whole list."""

    def delete(self, table: str, ids: Sequence[int]) -> None:
        """Remove rows; those already gone are fine."""

    def restore(self, table: str, row: Row) -> int:
        """Bring a deleted row back with its values, under the same id where the host can; the living id."""

    # --- files, people, hints -----------------------------------------------------------------------------------
    def upload(self, name: str, content: bytes) -> File:
        """Store a file; the result can be written into a file field."""

    def download(self, file: File) -> bytes:
        """Content of an attachment."""

    def accounts(self) -> list[Account]:
        """Logins that can reach this database."""

    def row_url(self, table: str, row_id: int) -> str:
        """Address of the row in the host's browser page."""

    def subscribe(self, url: str, secret: str) -> None:
        """Ask the host to call ``url`` on changes, as a hint only; makes and repairs the hooks as needed."""
