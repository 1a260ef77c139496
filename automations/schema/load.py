"""``schemas/*.toml`` → :class:`Schema`, or one error that names every mistake of every file.

``_every_table.toml`` holds the columns that all tables share: its first stands first in each table, the rest last.
"""

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from automations.errors import SchemaError
from automations.schema.fields import read_field
from automations.schema.model import Field, Schema, Table
from automations.schema.source import Source, hint, read_source
from automations.schema.views import read_views

EVERY_TABLE = "_every_table"
"""Name (without ``.toml``) of the file with the columns that every table has."""

GROUPS = ("基础资料", "班次与服务", "督查与学习", "设施与节能", "经费", "系统")
"""Headings of the menu, in order."""

_KEYS = ("title", "prefix", "display", "group", "about", "fields", "views")


def load_schema(folder: Path) -> Schema:
    """Read all tables of ``folder``; they come sorted by menu group, then by code name.

    Raises:
        SchemaError: The folder is empty or files hold mistakes; ``problems`` names each with file and line.
    """
    paths = sorted(folder.glob("*.toml"))
    if not paths:
        raise SchemaError(f"{folder.name}/ 里没有表结构文件（*.toml），请检查安装是否完整。")
    reader = _Reader(folder.name, {path.stem: read_source(path) for path in paths})
    tables = reader.read()
    if reader.problems:
        message = f"表结构文件有 {len(reader.problems)} 处错误，请逐条改正后再运行："
        raise SchemaError(message, sorted(reader.problems, key=_place))
    return Schema(tuple(sorted(tables, key=lambda t: (GROUPS.index(t.group), t.name))))


def _place(problem: str) -> tuple[str, int, str]:
    found = re.match(r"(.*?):(\d+)", problem)
    return (found[1], int(found[2]), problem) if found else ("", 0, problem)


class _Reader:
    """Reads all sources of a folder, collecting problems instead of stopping at the first."""

    def __init__(self, folder: str, sources: dict[str, Source]) -> None:
        missing = Source(
            EVERY_TABLE, f"{folder}/{EVERY_TABLE}.toml", {}, {}, f"{folder}/{EVERY_TABLE}.toml:1：缺少此文件"
        )
        self.shared = sources.pop(EVERY_TABLE, missing)
        self.sources: Mapping[str, Source] = sources
        self.problems = [source.broken for source in (self.shared, *sources.values()) if source.broken]

    def read(self) -> list[Table]:
        for key in set(self.shared.data) - {"fields"}:
            self._say(self.shared, f"这个文件只能有 [fields]，请删去“{key}”", key)
        every = self._fields(self.shared, ())
        tables = [self._table(source, every) for source in self.sources.values() if not source.broken]
        self._only_once("title", "表名")
        self._only_once("prefix", "编号前缀")
        self._check_reverse_titles(tables)
        return tables

    def _say(self, source: Source, text: str, *place: str | int) -> None:
        self.problems.append(f"{source.at(*place)}：{text}")

    def _table(self, source: Source, every: tuple[Field, ...]) -> Table:
        for key in source.data:
            if key not in _KEYS:
                self._say(source, f"不认识的键“{key}”{hint(key, _KEYS)}", key)
        if not re.fullmatch("[a-z][a-z0-9_]*", source.name):
            self._say(source, f"文件名“{source.name}”就是表的代码名，只能用小写字母、数字和下划线")
        own = self._fields(source, every)
        group = self._text(source, "group")
        if group and group not in GROUPS:
            self._say(source, f"菜单分组“{group}”不存在{hint(group, GROUPS)}", "group")
        prefix = self._text(source, "prefix")
        if prefix and not re.fullmatch("[A-Z]{2,4}", prefix):
            self._say(source, f"编号前缀“{prefix}”应为 2 至 4 个大写字母", "prefix")
        table = Table(
            name=source.name,
            title=self._text(source, "title"),
            prefix=prefix,
            fields=(*every[:1], *own, *every[1:]),
            about=self._text(source, "about"),
            display=self._text(source, "display"),
            group=group if group in GROUPS else GROUPS[0],
        )
        if table.display and table.display not in table and table.display not in source.fields:
            text = f"display 写的字段“{table.display}”不存在{hint(table.display, table.by_name)}"
            self._say(source, text, "display")
        elif table.display in table and table[table.display].type != "text":
            self._say(source, f"display 写的字段“{table.display}”应为 text 类型，各种表格才能用它代表一行", "display")
        return replace(table, views=read_views(source, table, self.problems.append))

    def _text(self, source: Source, key: str) -> str:
        value = source.data.get(key)
        if isinstance(value, str) and value.strip():
            return value
        self._say(source, f"缺少 {key}" if value is None else f"{key} 应为文字，现为 {value!r}", key)
        return ""

    def _fields(self, source: Source, every: tuple[Field, ...]) -> tuple[Field, ...]:
        raw = source.fields
        if not isinstance(source.data.get("fields", {}), dict):
            self._say(source, "字段应写在 [fields] 下，每个字段一行", "fields")
        elif not raw and not source.broken:
            self._say(source, "[fields] 里没有字段", "fields")
        taken = {f.title for f in every}
        fields = []
        for name, spec in raw.items():
            if name in {f.name for f in every}:
                self._say(source, f"字段 {name}：每张表都已有它（见 {EVERY_TABLE}.toml），请删去", "fields", name)
                continue
            problems: list[str] = []
            field = read_field(source, name, spec, self.sources, problems.append)
            for problem in problems:
                self._say(source, f"字段 {name}：{problem}", "fields", name)
            if field is None:
                continue
            if field.title in taken:
                self._say(source, f"字段 {name}：标题“{field.title}”与本表另一字段重复", "fields", name)
            taken.add(field.title)
            fields.append(field)
        return tuple(fields)

    def _only_once(self, key: str, what: str) -> None:
        first: dict[str, Source] = {}
        for source in self.sources.values():
            value = source.data.get(key)
            if isinstance(value, str) and value in first:
                self._say(source, f"{what}“{value}”已用于 {first[value].label}", key)
            elif isinstance(value, str) and value:
                first[value] = source

    def _check_reverse_titles(self, tables: list[Table]) -> None:
        """A two-way link makes a column in the other table: its title must be free there."""
        taken = {table.name: {f.title for f in table.fields} for table in tables}
        for table in tables:
            for field in table.fields:
                others = taken.get(field.to or "", set())
                if field.reverse and field.reverse in others:
                    text = f"字段 {field.name}：reverse “{field.reverse}”在表 {field.to} 里已有"
                    self._say(self.sources[table.name], text, "fields", field.name)
                elif field.reverse:
                    others.add(field.reverse)
