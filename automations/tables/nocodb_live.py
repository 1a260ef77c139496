"""A bound table as NocoDB holds it at this moment: which title stands for which of our fields, and its fingerprint."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from automations.schema.model import Field
from automations.tables.base import BoundTable
from automations.tables.nocodb_columns import Junction, host_field, junction, option_titles


@dataclass(frozen=True, slots=True)
class Key:
    """A column to read: asked for by id, answered under its title."""

    id: str
    title: str


@dataclass(frozen=True, slots=True)
class Cell:
    """A bound column.

    Attributes:
        field: Ours.
        id: The column that people see.
        title: Its heading now.
        key: The column that holds the value: for a link to one row its foreign key; None where pairs hold it.
        options: Choices that the host knows now.
        junction: Where a many-to-many link keeps its pairs.
        other: Host id of the linked table, for links.
    """

    field: Field
    id: str
    title: str
    key: Key | None
    options: tuple[str, ...] = ()
    junction: Junction | None = None
    other: str = ""


@dataclass(frozen=True, slots=True)
class Live:
    """A table with its bound columns.

    Attributes:
        bound: Ours.
        cells: By code name.
        identity: The row id.
        born: When a row was made.
        stamp: When it was last touched; empty until the first time.
        fingerprint: Digest of ids, titles, types and options of the bound columns.
    """

    bound: BoundTable
    cells: Mapping[str, Cell]
    identity: Key
    born: Key
    stamp: Key
    fingerprint: str

    @property
    def id(self) -> str:
        """The host's id of the table."""
        return self.bound.id


def live(bound: BoundTable, table: Mapping[str, Any]) -> tuple[Live | None, list[str]]:
    """``table`` of the v2 meta API read with the eyes of ``bound``; None and the reasons where that is impossible."""
    columns = {c["id"]: c for c in table["columns"]}
    problems: list[str] = []
    cells: dict[str, Cell] = {}
    prints: list[Any] = []
    for name, column_id in bound.fields.items():
        if name not in bound.table:
            continue  # no longer in schemas/
        field, column = bound.table[name], columns.get(column_id)
        if column is None:
            problems.append(f"表“{table['title']}”里的“{field.title}”列不见了")
            continue
        now = host_field(column)
        if now is None or now.type != field.type:
            kind = now.type.removeprefix("?") if now else column["uidt"]
            problems.append(f"表“{table['title']}”的“{column['title']}”列类型变了：应为 {field.type}，现为 {kind}")
            continue
        prints.append([name, column_id, now.title, now.type, now.options, now.to])
        cells[name] = _cell(field, column, columns)
    if problems:
        return None, problems
    system = {c["uidt"]: Key(c["id"], c["title"]) for c in table["columns"] if c.get("system") or c["uidt"] == "ID"}
    text = json.dumps([bound.id, prints], ensure_ascii=False)
    digest = hashlib.sha256(text.encode()).hexdigest()
    return Live(bound, cells, system["ID"], system["CreatedTime"], system["LastModifiedTime"], digest), []


def _cell(field: Field, column: Mapping[str, Any], columns: Mapping[str, Mapping[str, Any]]) -> Cell:
    link = column.get("colOptions") or {}
    key: Key | None = Key(column["id"], column["title"])
    pairs = junction(column)
    if pairs is not None:
        key = None
    elif field.type == "link":
        foreign = columns[link["fk_child_column_id"]]
        key = Key(foreign["id"], foreign["title"])
    return Cell(
        field=field,
        id=column["id"],
        title=column["title"],
        key=key,
        options=option_titles(column),
        junction=pairs,
        other=str(link.get("fk_related_model_id") or "") if field.type in ("link", "links") else "",
    )
