"""What ``houqin apply`` would do: one small class per kind of step, and the :class:`Plan` that holds them.

Each step knows how grave it is: ``safe`` is done at once, ``yes`` wants to be confirmed, ``lose`` would destroy data.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from automations.schema.model import Field, Schema, Table

Grade: TypeAlias = Literal["safe", "yes", "lose"]

LINKED = frozenset({"link", "links", "person", "persons"})
"""Types whose columns point at another table: made after all tables are there."""


@dataclass(frozen=True, slots=True)
class CreateTable:
    """Make a table with its plain columns. ``again``: it was bound, and somebody deleted it."""

    table: Table
    again: bool = False

    @property
    def grade(self) -> Grade:
        """Grave when people's table vanished: the new one is empty."""
        return "yes" if self.again else "safe"

    def __str__(self) -> str:
        if self.again:
            return f"重建表“{self.table.title}”：原表已被删除，新表是空的（能从回收站恢复就先恢复）"
        plain = sum(f.type not in LINKED for f in self.table.fields)
        return f"新建表“{self.table.title}”（{plain} 列，关联列另加）"


@dataclass(frozen=True, slots=True)
class RenameTable:
    """Follow a title that changed in ``schemas/``."""

    table: Table
    id: str
    old: str
    grade: Grade = "safe"

    def __str__(self) -> str:
        return f"表“{self.old}”改名为“{self.table.title}”"


@dataclass(frozen=True, slots=True)
class CreateField:
    """Add a column. ``again``: it was bound, and somebody deleted it."""

    table: Table
    field: Field
    again: bool = False

    @property
    def grade(self) -> Grade:
        """Grave when people's column vanished: the new one is empty."""
        return "yes" if self.again else "safe"

    def __str__(self) -> str:
        if self.again:
            return f"“{self.table.title}”重建列“{self.field.title}”：原列被删除或改了类型，新列是空的（能恢复就先恢复）"
        return f"“{self.table.title}”新增列“{self.field.title}”"


@dataclass(frozen=True, slots=True)
class Adopt:
    """Tie a field, or a whole table, to a namesake on the host, because the bound one was deleted."""

    table: Table
    id: str
    field: Field | None = None
    grade: Grade = "yes"

    def __str__(self) -> str:
        if self.field is None:
            return f"表“{self.table.title}”：原表已被删除，改用现有的同名表"
        return f"“{self.table.title}”的列“{self.field.title}”：原列被删除或改了类型，改用现有的同名列"


@dataclass(frozen=True, slots=True)
class UpdateField:
    """Bring title, note, places or new options of a column to the host; no cell changes.

    Attributes:
        field: What the column shall be: the schema's field, but with the office's own title and options kept.
        id: The column's host id.
        shown: Its title on the host now.
        changes: What changes, in words.
    """

    table: Table
    field: Field
    id: str
    shown: str
    changes: tuple[str, ...]
    grade: Grade = "safe"

    def __str__(self) -> str:
        return f"“{self.table.title}”的列“{self.shown}”：{'；'.join(self.changes)}"


@dataclass(frozen=True, slots=True)
class DropOptions:
    """Take away options that ``schemas/`` no longer lists; cells that hold them would become empty."""

    table: Table
    field: Field
    id: str
    shown: str
    options: tuple[str, ...]
    grade: Grade = "lose"

    def __str__(self) -> str:
        return f"“{self.table.title}”的列“{self.shown}”删除选项 {'、'.join(self.options)}：选了它们的格子会变空"


@dataclass(frozen=True, slots=True)
class DropField:
    """Delete a column that ``schemas/`` no longer has, with everything in it."""

    table: Table
    field: Field
    id: str
    shown: str
    grade: Grade = "lose"

    def __str__(self) -> str:
        return f"“{self.table.title}”删除列“{self.shown}”及其全部内容：schemas/ 里已没有字段 {self.field.name}"


Step: TypeAlias = CreateTable | RenameTable | CreateField | Adopt | UpdateField | DropOptions | DropField


@dataclass(frozen=True, slots=True)
class KnownTable:
    """A schema table that is on the host already: its id and those of its columns, by code name."""

    id: str
    fields: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Plan:
    """The way from what is on the host to what ``schemas/`` says.

    Attributes:
        schema: What the host shall be like.
        steps: What to do, safe ones first, then those that need a yes, then those that would lose data.
        known: Tables and columns found on the host, by code name.
        notes: What differs and is left alone: names given by the office, its own columns, options and tables.
        blocks: What no step can mend; nothing is applied before a person has.
        fingerprint: Of the host as it was when planned; see :func:`automations.schema.plan.fingerprint`.
    """

    schema: Schema
    steps: tuple[Step, ...]
    known: Mapping[str, KnownTable]
    notes: tuple[str, ...]
    blocks: tuple[str, ...]
    fingerprint: str

    def of(self, grade: Grade) -> tuple[Step, ...]:
        """The steps of one grade, in order."""
        return tuple(step for step in self.steps if step.grade == grade)
