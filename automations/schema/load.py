"""``schemas/*.toml`` → :class:`Schema`, or one error that names every mistake of every file.

``_every_table.toml`` holds the columns that all tables share: its first column stands first in each table, the rest last.
"""

import difflib
import keyword
import re
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import Any, get_args

from automations.errors import SchemaError
from automations.schema.model import HOST_TYPES, WORKER, Field, FieldType, Schema, Table, View
from automations.schema.source import Source, read_source
from automations.schema.views import read_views

EVERY_TABLE = "_every_table"
"""File (without ``.toml``) of the columns that every table has."""

GROUPS = ("基础资料", "班次与服务", "督查与学习", "设施与节能", "经费", "系统")
"""Headings of the menu, in order."""

OWNERS: Mapping[str, str] = {
    "H": "经办人",
    "DH": "部门负责人",
    "FA": "会计",
    "CA": "出纳",
    "L2": "分管领导",
    "L1": "主要领导",
    "INS": "督查组",
    "PT": "项目组",
    "HR": "组织人事科",
    "OFF": "办公室",
    "LOG": "行政科",
    "EDU": "教务科、学员科",
    "IT": "信息科",
    "VEN": "服务商",
    "TRN": "学员",
    "ANY": "任何人",
    "SELF": "本人",  # the person the row is about
    "REV": "考核组",
    "ACC": "验收人、验收组",
    "SIGN": "应签人",
}
"""Who fills a column (domain.md B0 and the words its tables use), code → Chinese."""

TYPES: tuple[str, ...] = get_args(FieldType)

_CHOICES = ("choice", "choices")
_LINKS = ("link", "links")
_PERSONS = ("person", "persons")
_NUMBERS = ("number", "money", "percent")
_NAME = re.compile(r"[a-z][a-z0-9_]*")
_RESERVED = frozenset({*keyword.kwlist, "id", "values", "born", "stamp"})  # Python words and attributes of a Row
_TABLE_KEYS = ("title", "prefix", "display", "group", "about", "fields", "views")
_FIELD_KEYS = {
    "title": str,
    "type": str,
    "required": (bool, str),
    "options": (list, str),
    "to": str,
    "reverse": str,
    "owner": str,
    "unit": str,
    "decimals": int,
    "default": (str, int, float, bool),
    "unique": bool,
    "note": str,
}


def load_schema(folder: Path) -> Schema:
    """Read all tables of ``folder``, sorted by menu group, then by code name.

    Raises:
        SchemaError: The folder is missing or files hold mistakes; ``problems`` names all of them with file and line.
    """
    paths = sorted(folder.glob("*.toml"))
    if not paths:
        raise SchemaError(f"{folder.name}/ 里没有表结构文件（*.toml），请检查安装是否完整。")
    sources = {path.stem: read_source(path) for path in paths}
    problems = [source.broken for source in sources.values() if source.broken]
    shared = sources.pop(EVERY_TABLE, None)
    if shared is None:
        problems.append(f"{folder.name}/{EVERY_TABLE}.toml:1：缺少这个文件，它写明每张表都有的字段。")
        shared = Source(EVERY_TABLE, f"{folder.name}/{EVERY_TABLE}.toml", {}, {})
    reader = _Reader(sources, shared, problems)
    tables = reader.tables()
    if reader.problems:
        raise SchemaError("表结构文件有误，请逐条改正后再运行：", sorted(reader.problems, key=_by_line))
    return Schema(tuple(sorted(tables, key=lambda t: (GROUPS.index(t.group), t.name))))


def near(word: str, known: Iterable[str]) -> str:
    """`` 是不是想写“amount”？`` where a known name is close, otherwise the list of what exists (if short)."""
    names = list(known)
    if close := difflib.get_close_matches(word, names, n=1):
        return f"，是不是想写“{close[0]}”？"
    return f"，可用：{'、'.join(names)}" if names and len(names) <= 40 else "。"


def _by_line(problem: str) -> tuple[str, int]:
    file, _, rest = problem.partition(":")
    number = re.match(r"\d+", rest)
    return file, int(number[0]) if number else 0


class _Reader:
    """Reads all sources once, collecting problems instead of stopping at the first."""

    def __init__(self, sources: Mapping[str, Source], shared: Source, problems: list[str]) -> None:
        self.sources = sources
        self.shared = shared
        self.problems = problems
        self.readable = not shared.broken and not any(source.broken for source in sources.values())

    def tables(self) -> list[Table]:
        if unknown := set(self.shared.data) - {"fields"}:
            self._say(self.shared, f"只能有 [fields]，不能有：{'、'.join(sorted(unknown))}")
        every = self._fields(self.shared, ())
        tables = [self._table(source, every) for source in self.sources.values() if not source.broken]
        self._once("title", "表名")
        self._once("prefix", "编号前缀")
        self._reverse_titles(tables)
        return tables

    def _say(self, source: Source, text: str, *place: str | int) -> None:
        self.problems.append(f"{source.at(*place)}：{text}")

    # --- tables ---------------------------------------------------------------------------------------------------
    def _table(self, source: Source, every: tuple[Field, ...]) -> Table:
        data = source.data
        for key in set(data) - set(_TABLE_KEYS):
            self._say(source, f"不认识的键“{key}”{near(key, _TABLE_KEYS)}", key)
        if not _NAME.fullmatch(source.name):
            self._say(source, f"文件名“{source.name}”就是表的代码名，只能用小写字母、数字和下划线")
        text = {key: self._text(source, data, key) for key in ("title", "prefix", "group", "about", "display")}
        if text["prefix"] and not re.fullmatch("[A-Z]{2,4}", text["prefix"]):
            self._say(source, f"prefix “{text['prefix']}”应为 2 至 4 个大写字母", "prefix")
        if text["group"] and text["group"] not in GROUPS:
            self._say(source, f"菜单分组“{text['group']}”不存在{near(text['group'], GROUPS)}", "group")
        own = self._fields(source, every)
        fields = (*every[:1], *own, *every[1:])
        names = [f.name for f in fields]
        if text["display"] and text["display"] not in names:
            self._say(source, f"display 写的字段“{text['display']}”不存在{near(text['display'], names)}", "display")
        table = Table(
            name=source.name,
            title=text["title"],
            prefix=text["prefix"],
            fields=fields,
            about=text["about"],
            display=text["display"],
            group=text["group"] if text["group"] in GROUPS else GROUPS[0],
        )
        views = read_views(source, table, self.sources, self.problems)
        return _with_views(table, views)

    def _text(self, source: Source, data: Mapping[str, Any], key: str) -> str:
        value = data.get(key)
        if isinstance(value, str) and value.strip():
            return value
        self._say(source, f"缺少 {key}" if value is None else f"{key} 应为文字，现为 {value!r}", key)
        return ""

    def _once(self, key: str, what: str) -> None:
        first: dict[str, Source] = {}
        for source in self.sources.values():
            value = source.data.get(key)
            if not isinstance(value, str) or not value:
                continue
            if value in first:
                self._say(source, f"{what}“{value}”与 {first[value].at(key)} 重复", key)
            first.setdefault(value, source)

    def _reverse_titles(self, tables: Collection[Table]) -> None:
        """A two-way link makes a column in the other table: its title must be free there."""
        titles = {t.name: {f.title for f in t.fields} for t in tables}
        for table in tables:
            for field in table.fields:
                if field.reverse and field.reverse in titles.get(field.to or "", ()):
                    text = f"字段 {field.name}：reverse “{field.reverse}”在 {field.to} 里已是另一字段的标题"
                    self._say(self.sources[table.name], text, "fields", field.name)

    # --- fields ---------------------------------------------------------------------------------------------------
    def _fields(self, source: Source, every: tuple[Field, ...]) -> tuple[Field, ...]:
        raw = source.data.get("fields", {})
        if not isinstance(raw, dict):
            self._say(source, "fields 应写成 [fields]，每个字段一行", "fields")
            return ()
        if not raw and not source.broken and source.data:
            self._say(source, "[fields] 里没有字段", "fields")
        titles = {f.title: source.at() for f in every}
        shared_names = {f.name for f in every}
        fields = []
        for name, spec in raw.items():
            if name in shared_names:
                self._say(source, f"字段 {name}：每张表都已有它（见 {EVERY_TABLE}.toml），请删去", "fields", name)
                continue
            field = self._field(source, name, spec)
            if field is None:
                continue
            if field.title in titles:
                self._say(source, f"字段 {name}：标题“{field.title}”在本表已有", "fields", name)
            titles.setdefault(field.title, source.at("fields", name))
            fields.append(field)
        return tuple(fields)

    def _field(self, source: Source, name: str, spec: Any) -> Field | None:
        def say(text: str) -> None:
            self._say(source, f"字段 {name}：{text}", "fields", name)

        if not _NAME.fullmatch(name) or name in _RESERVED:
            say("代码名只能用小写字母、数字和下划线，且不能是 Python 保留字")
        if not isinstance(spec, dict):
            say("应写成 { title = …, type = … }")
            return None
        for key, value in spec.items():
            kind = _FIELD_KEYS.get(key)
            if kind is None:
                say(f"不认识的键“{key}”{near(key, _FIELD_KEYS)}")
            elif not isinstance(value, kind) or (kind is int and isinstance(value, bool)):  # type: ignore[arg-type]
                say(f"{key} 的写法不对：{value!r}")
        good = {k: v for k, v in spec.items() if isinstance(v, _FIELD_KEYS.get(k, ()))}  # type: ignore[arg-type]
        title, kind = good.get("title", ""), good.get("type", "")
        if not title.strip():
            say("缺少 title（中文标题）")
        if kind not in TYPES:
            say(f"类型“{kind}”不存在{near(kind, TYPES)}" if kind else f"缺少 type，可用：{'、'.join(TYPES)}")
            return None
        options = self._options(good, kind, say)
        self._check_owner(good, kind, say)
        self._check_links(good, kind, say)
        self._check_numbers(good, kind, say)
        self._check_default(good, kind, options, say)
        required = good.get("required", False)
        if required not in (True, False, "when"):
            say(f"required 只能是 true、false 或 \"when\"，现为“{required}”")
        return Field(
            name=name,
            title=title,
            type=kind,
            required=required,
            options=options,
            to="people" if kind in _PERSONS else good.get("to"),
            reverse=good.get("reverse"),
            owner=good.get("owner", ""),
            unit=good.get("unit", ""),
            decimals=good.get("decimals", 1 if kind == "percent" else 2 if kind == "money" else 0),
            default=good.get("default"),
            unique=good.get("unique", False),
            note=good.get("note", ""),
            line=source.line("fields", name),
        )
