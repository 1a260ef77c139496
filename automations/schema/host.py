"""The schema as a host holds it: what it describes, what is bound to what, and the few calls that change it.

These shapes stand in the schema's room because plan and apply work on them; :mod:`automations.tables.base` shows them
again, as part of the whole interface of a host.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from automations.schema.model import Field, Table, View


@dataclass(frozen=True, slots=True)
class HostField:
    """A column as it is on the host now.

    Attributes:
        id: The host's id, stable across renames.
        type: Our field type that it fits, or the host's own type name prefixed with ``?`` when it fits none.
        options: Option texts in order, for choices.
        to: Host id of the linked table, for links.
    """

    id: str
    title: str
    type: str
    options: tuple[str, ...] = ()
    to: str | None = None
    note: str = ""
    decimals: int = 0


@dataclass(frozen=True, slots=True)
class HostTable:
    """A table as it is on the host now. ``views`` are the titles of its saved views and forms."""

    id: str
    title: str
    fields: tuple[HostField, ...]
    views: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class BoundTable:
    """A schema table tied to the host's ids. ``fields``: code name → host field id."""

    table: Table
    id: str
    fields: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Binding:
    """The whole schema tied to one host; kept in the journal, so that titles may change freely."""

    tables: Mapping[str, BoundTable]

    def __getitem__(self, name: str) -> BoundTable:
        return self.tables[name]

    def __contains__(self, name: object) -> bool:
        return name in self.tables


@dataclass(frozen=True, slots=True)
class ViewSpec:
    """A view ready to be made: ``@each`` already replaced by a row id and a title; see :class:`View`."""

    view: View
    title: str
    each_id: int | None = None


class SchemaHost(Protocol):
    """The part of :class:`automations.tables.base.Host` that plan and apply need; see there."""

    def describe(self) -> list[HostTable]:
        """Every table of the database with its columns, as they are now."""

    def create_table(self, table: Table) -> HostTable:
        """Make an empty table with the plain columns of ``table`` (no links, no persons); display field first."""

    def create_field(self, table_id: str, field: Field, to_table_id: str | None = None) -> HostField:
        """Add one column; ``to_table_id`` for links, and for persons the id of ``people``."""

    def update_field(self, table_id: str, field_id: str, field: Field) -> HostField:
        """Bring title, note and options of a column to ``field``."""

    def rename_table(self, table_id: str, title: str) -> None:
        """Give the table another title."""

    def delete_field(self, table_id: str, field_id: str) -> None:
        """Remove a column with its data."""

    def create_view(self, table: BoundTable, spec: ViewSpec) -> str:
        """Make a saved view or public form; its address path, or ""."""
