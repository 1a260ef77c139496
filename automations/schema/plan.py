"""Compare ``schemas/`` with a host and say what to change, without changing anything.

Whoever works on the host may rename columns, add options and columns of his own, or break things. So a table or
column once bound is known by its id, whatever it is called now; names the office gave stay; only what would make
Houqin misread data (a changed type, two tables of one name) blocks.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace

from automations.schema.host import Binding, BoundTable, HostField, HostTable
from automations.schema.model import Field, Schema, Table
from automations.schema.steps import (
    LINKED,
    Adopt,
    CreateField,
    CreateTable,
    DropField,
    DropOptions,
    Grade,
    KnownTable,
    Plan,
    RenameTable,
    Step,
    UpdateField,
)

_CHOICES = ("choice", "choices")
_NUMBERS = ("number", "money", "percent")
_ORDER: tuple[Grade, ...] = ("safe", "yes", "lose")


def fingerprint(found: Sequence[HostTable]) -> str:
    """Digest of tables and columns as described, whatever their order; views do not count."""
    shown = [{**asdict(replace(table, views=())), "fields": sorted(map(_column, table.fields))} for table in found]
    text = json.dumps(sorted(shown, key=lambda t: str(t["id"])), ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def _column(field: HostField) -> str:
    return json.dumps(asdict(field), ensure_ascii=False, sort_keys=True)


def plan(schema: Schema, found: Sequence[HostTable], binding: Binding | None) -> Plan:
    """What has to happen on the host.

    Args:
        schema: What the host shall be like.
        found: What the host described just now.
        binding: What was bound last time; None before the first ``apply`` (then titles are matched).
    """
    return _Planner(schema, found, binding or Binding({})).plan()


def fits(field: Field, column: HostField, people_id: str | None) -> bool:
    """Whether the column can hold every value of ``field``.

    Hosts say ``person`` where they can, otherwise a link to ``people``; a column for several may serve for one; and
    a hand that takes the ¥ off a money column has not changed what it holds.
    """
    kind, has = field.type, column.type
    if kind in ("person", "persons"):
        if has in ("link", "links") and column.to != people_id:
            return False
        has = {"link": "person", "links": "persons"}.get(has, has)
    if kind in ("link", "person"):
        return has in (kind, kind + "s")
    if kind in _NUMBERS and has in _NUMBERS and has != kind:
        return column.decimals >= field.decimals
    return has == kind


class _Planner:
    """Goes through the schema table by table; steps, notes and blocks pile up."""

    def __init__(self, schema: Schema, found: Sequence[HostTable], binding: Binding) -> None:
        self.schema = schema
        self.found = found
        self.binding = binding
        self.by_id = {table.id: table for table in found}
        self.steps: list[Step] = []
        self.notes: list[str] = []
        self.blocks: list[str] = []
        self.hosts: dict[str, HostTable] = {}  # code name → its table on the host

    def plan(self) -> Plan:
        for table in self.schema:
            if (host := self._find_table(table)) is not None:
                self.hosts[table.name] = host
        known = {
            table.name: KnownTable(self.hosts[table.name].id, self._columns(table, self.hosts[table.name]))
            for table in self.schema
            if table.name in self.hosts
        }
        self._name_strangers()
        return Plan(
            schema=self.schema,
            steps=tuple(sorted(self.steps, key=lambda step: _ORDER.index(step.grade))),
            known=known,
            notes=tuple(self.notes),
            blocks=tuple(self.blocks),
            fingerprint=fingerprint(self.found),
        )

    # --- tables ---------------------------------------------------------------------------------------------------
    def _find_table(self, table: Table) -> HostTable | None:
        bound = self.binding.tables.get(table.name)
        if bound is not None and bound.id in self.by_id:
            host = self.by_id[bound.id]
            self._compare_titles(table, bound.table.title, host)
            return host
        taken = {b.id for b in self.binding.tables.values()}
        namesakes = [host for host in self.found if host.title == table.title and host.id not in taken]
        if len(namesakes) > 1:
            self.blocks.append(f"有 {len(namesakes)} 张同名的表“{table.title}”，不知用哪一张：请给其余的改名后再运行。")
        elif namesakes:
            if bound is not None:
                self.steps.append(Adopt(table, namesakes[0].id))
            return namesakes[0]
        else:
            self.steps.append(CreateTable(table, again=bound is not None))
            self.steps += [CreateField(table, f) for f in table.fields if f.type in LINKED]
        return None

    def _compare_titles(self, table: Table, before: str, host: HostTable) -> None:
        if host.title == table.title:
            return
        if host.title == before:
            self.steps.append(RenameTable(table, host.id, host.title))
        else:
            self.notes.append(f"表“{table.title}”在网页上已改名为“{host.title}”，保留新名。")

    def _name_strangers(self) -> None:
        ours = {host.id for host in self.hosts.values()}
        for host in self.found:
            if host.id not in ours:
                self.notes.append(f"表“{host.title}”不在 schemas/ 里，保留不动。")

    # --- columns --------------------------------------------------------------------------------------------------
    def _columns(self, table: Table, host: HostTable) -> dict[str, str]:
        """Ids of the columns found; what is missing or differs becomes steps, notes and blocks."""
        bound = self._bound(table, host)
        by_id = {column.id: column for column in host.fields}
        pairs = {f.name: self._find_column(table, f, host, bound, by_id) for f in table.fields}
        used = {column.id for column in pairs.values() if column is not None}
        for f in table.fields:
            column = pairs[f.name]
            if column is None:
                continue
            before = bound.table.by_name.get(f.name) if bound is not None and f.name in bound.fields else None
            if self._may_serve(table, f, column, before):
                self._compare(table, f, column, before)
        used |= self._removed(table, bound, by_id, used)
        self._name_extras(table, host, used)
        return {name: column.id for name, column in pairs.items() if column is not None}

    def _bound(self, table: Table, host: HostTable) -> BoundTable | None:
        """The earlier binding of this very table; nothing of it holds for a namesake that took its place."""
        bound = self.binding.tables.get(table.name)
        return bound if bound is not None and bound.id == host.id else None

    def _find_column(
        self, table: Table, field: Field, host: HostTable, bound: BoundTable | None, by_id: Mapping[str, HostField]
    ) -> HostField | None:
        bound_id = bound.fields.get(field.name) if bound is not None else None
        column = by_id.get(bound_id or "")
        if column is not None and bound is not None and not self._set_aside(field, column, bound):
            return column
        taken = set(bound.fields.values()) if bound is not None else set()
        namesakes = [column for column in host.fields if column.title == field.title and column.id not in taken]
        if namesakes:
            if bound_id is not None:
                self.steps.append(Adopt(table, namesakes[0].id, field))
            return namesakes[0]
        self.steps.append(CreateField(table, field, again=bound_id is not None))
        return None

    def _set_aside(self, field: Field, column: HostField, bound: BoundTable) -> bool:
        """Somebody changed the column's type and gave it another name: it is his now, ours is to be made again."""
        ours = {field.title, bound.table[field.name].title if field.name in bound.table else field.title}
        return column.title not in ours and bool(self._misfit(field, column))

    def _misfit(self, field: Field, column: HostField) -> str:
        """Why the column cannot serve for ``field``; "" where it can."""
        people, target = self.hosts.get("people"), self.hosts.get(field.to or "")
        if not fits(field, column, people.id if people else None):
            return f"应为 {field.type}，现为 {column.type.lstrip('?')}"
        if target is not None and column.to is not None and column.to != target.id:
            other = self.by_id.get(column.to)
            return f"应关联“{target.title}”，现关联“{other.title if other else '另一张表'}”"
        return ""

    def _may_serve(self, table: Table, field: Field, column: HostField, before: Field | None) -> bool:
        misfit = self._misfit(field, column)
        if not misfit:
            return True
        if before is not None and before.type != field.type:
            advice = f"已有数据的列不能换类型：请在 schemas/{table.name}.toml 里用新的代码名和标题另写一个字段。"
        else:
            advice = "类型被改，请在网页上改回；改不回的，请给该列改个名，再运行 houqin plan，系统会另建一列。"
        self.blocks.append(f"“{table.title}”的列“{column.title}”{misfit}。{advice}")
        return False

    def _compare(self, table: Table, field: Field, column: HostField, before: Field | None) -> None:
        where = f"“{table.title}”的列“{field.title}”"
        changes: list[str] = []
        title = column.title
        if column.title != field.title:
            if before is not None and column.title == before.title:
                title = field.title
                changes.append(f"改名为“{field.title}”")
            else:
                self.notes.append(f"{where}在网页上已改名为“{column.title}”，保留新名。")
        if field.note != column.note and (before is None or before.note != field.note):
            changes.append("更新填写说明")
        if field.type == "number" == column.type and column.decimals < field.decimals:
            changes.append(f"小数位数改为 {field.decimals}")
        added = tuple(o for o in field.options if o not in column.options)
        if added:
            changes.append(f"增加选项 {'、'.join(added)}")
        extra = [o for o in column.options if o not in field.options] if field.type in _CHOICES else []
        gone = tuple(o for o in extra if before is not None and o in before.options)
        if by_hand := [o for o in extra if o not in gone]:
            self.notes.append(f"{where}有网页上加的选项 {'、'.join(by_hand)}，保留不动；系统不认识这些选项。")
        kept = replace(field, title=title, options=(*field.options, *extra))
        if changes:
            self.steps.append(UpdateField(table, kept, column.id, column.title, tuple(changes)))
        if gone:
            rest = replace(kept, options=(*field.options, *by_hand))
            self.steps.append(DropOptions(table, rest, column.id, column.title, gone))

    def _removed(
        self, table: Table, bound: BoundTable | None, by_id: Mapping[str, HostField], used: set[str]
    ) -> set[str]:
        """Columns that were ours, are still there, and no longer stand in ``schemas/``."""
        removed = set()
        for name, id in bound.fields.items() if bound is not None else ():
            if bound is not None and name not in table and id in by_id and id not in used:
                removed.add(id)
                self.steps.append(DropField(table, bound.table[name], id, by_id[id].title))
        return removed

    def _name_extras(self, table: Table, host: HostTable, used: set[str]) -> None:
        reverse = {f.reverse for other in self.schema for f in other.fields if f.to == table.name and f.reverse}
        extras = [c.title for c in host.fields if c.id not in used and c.title not in reverse]
        if extras:
            self.notes.append(f"“{host.title}”有网页上加的列 {'、'.join(extras)}，保留不动。")
        for title, times in Counter(c.title for c in host.fields).items():
            if times > 1:
                self.notes.append(f"“{host.title}”有 {times} 列都叫“{title}”，容易填错，请改名。")
