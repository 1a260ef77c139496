"""What a table is: the shape of ``schemas/*.toml`` once read.

Chinese titles live in those files and nowhere else; code says ``claim.amount``.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal, TypeAlias

FieldType: TypeAlias = Literal[
    "text",  # one line
    "long_text",
    "number",  # Decimal, `decimals` places
    "money",  # Decimal, 元, 2 places
    "percent",  # Decimal, 96.5 means 96.5 %
    "date",
    "datetime",
    "bool",
    "choice",  # one of `options`
    "choices",  # several of `options`
    "link",  # one row of `to`
    "links",  # several rows of `to`
    "person",  # one colleague: a row of people (design.md 6)
    "persons",
    "file",  # attachments
    "created_by",  # filled by the host: the account (e-mail) that made the row
    "created_at",
    "modified_by",
    "modified_at",
]

HOST_TYPES = frozenset({"created_by", "created_at", "modified_by", "modified_at"})
"""Columns that the host itself fills: never written, never compared as content."""

WORKER = "worker"  # owner of a field that only Houqin writes (rule DG-01)


@dataclass(frozen=True, slots=True)
class Field:
    """One column.

    Attributes:
        name: Code name, ASCII, unique in its table.
        title: Chinese heading on the host.
        type: One of :data:`FieldType`.
        required: ``True`` must be filled to leave 草稿, ``"when"`` by condition, ``False`` optional.
        options: Allowed values of a choice, in order.
        to: Code name of the linked table (``people`` for persons, by itself).
        reverse: Heading of the column that a two-way link makes in the other table; None for one-way.
        owner: Who fills it: ``worker`` or role codes joined by "/" (domain.md B0).
        unit: Unit of a number, such as ``km`` or ``m²``.
        decimals: Places after the point of a number.
        default: Value of a new row.
        unique: Whether two rows may hold the same value (checked by rules; only some hosts help).
        note: A Chinese hint for whoever fills the column; shown as the field's description on the host.
        line: Line of the schema file, for error messages.
    """

    name: str
    title: str
    type: FieldType
    required: bool | Literal["when"] = False
    options: tuple[str, ...] = ()
    to: str | None = None
    reverse: str | None = None
    owner: str = ""
    unit: str = ""
    decimals: int = 0
    default: str | int | float | bool | None = None
    unique: bool = False
    note: str = ""
    line: int = 0

    @property
    def by_worker(self) -> bool:
        """Only Houqin writes this column; a person's edit is put back (DG-01)."""
        return self.owner == WORKER

    @property
    def by_host(self) -> bool:
        """The host itself fills this column."""
        return self.type in HOST_TYPES


@dataclass(frozen=True, slots=True)
class View:
    """A saved view of one table.

    Attributes:
        title: Chinese name; may hold ``{name}`` where ``each`` is set.
        where: Field name to wanted value. ``"@me"`` means the person who looks, ``"@each"`` the row of ``each``.
            A tuple means any of these.
        each: Make one view for each of these: ``departments``, ``people``, or ``signers`` (people who sign).
        fields: Columns shown, in order; empty shows all.
        sort: Field names, ``-`` in front for descending.
        form: A public form (QR code, no login) instead of a grid.
    """

    title: str
    where: Mapping[str, str | bool | tuple[str, ...]] = field(default_factory=dict)
    each: str = ""
    fields: tuple[str, ...] = ()
    sort: tuple[str, ...] = ()
    form: bool = False


@dataclass(frozen=True)
class Table:
    """One table: a file in ``schemas/``.

    Attributes:
        name: Code name = file name.
        title: Chinese name on the host.
        prefix: Start of the codes of its rows, e.g. ``ZC`` for ``ZC-2026-0158``.
        about: One English sentence for whoever reads the schema.
        display: Name of the field that stands for the row in link pickers (the host's primary field).
        fields: Columns in order: the table's own, then those that every table has.
        views: Saved views and public forms.
        group: Where it stands in the menu, e.g. ``经费``.
    """

    name: str
    title: str
    prefix: str
    fields: tuple[Field, ...]
    about: str = ""
    display: str = "code"
    views: tuple[View, ...] = ()
    group: str = ""

    @cached_property
    def by_name(self) -> Mapping[str, Field]:
        """Fields by code name."""
        return {f.name: f for f in self.fields}

    @cached_property
    def required(self) -> tuple[Field, ...]:
        """Those marked ● whatever the row, but 状态 and yes or no, which always say something."""
        return tuple(f for f in self.fields if f.required is True and f.name != "status" and f.type != "bool")

    def __getitem__(self, name: str) -> Field:
        return self.by_name[name]

    def __contains__(self, name: object) -> bool:
        return name in self.by_name


@dataclass(frozen=True)
class Schema:
    """All tables, in the order of the menu."""

    tables: tuple[Table, ...]

    @cached_property
    def by_name(self) -> Mapping[str, Table]:
        """Tables by code name."""
        return {t.name: t for t in self.tables}

    def __getitem__(self, name: str) -> Table:
        return self.by_name[name]

    def __contains__(self, name: object) -> bool:
        return name in self.by_name

    def __iter__(self) -> Iterator[Table]:
        return iter(self.tables)

    def __len__(self) -> int:
        return len(self.tables)
