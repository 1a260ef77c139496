"""The ``[[views]]`` of a schema file → :class:`View`: saved filters for colleagues, public forms for everybody."""

from collections.abc import Callable, Mapping
from typing import Any

from automations.schema.fields import PERSONS
from automations.schema.model import Field, Table, View
from automations.schema.source import Source, hint

_KEYS = ("title", "each", "form", "where", "fields", "sort")
_EACH = ("departments", "people", "signers")
_ROWS_OF = {"signers": "people"}


def read_views(source: Source, table: Table, add: Callable[[str], None]) -> tuple[View, ...]:
    """All views of ``source``; problems, with file and line, go to ``add``."""
    raw = source.data.get("views", [])
    if not isinstance(raw, list) or not all(isinstance(item, dict) for item in raw):
        add(f"{source.at('views')}：视图应写成 [[views]]，每个视图一段")
        return ()
    views, titles = [], set[str]()
    for index, spec in enumerate(raw):
        view = _View(source, table, index, spec, add).read()
        if view.title in titles:
            add(f"{source.at('views', index, 'title')}：视图“{view.title}”重名")
        titles.add(view.title)
        views.append(view)
    return tuple(views)


class _View:
    """Reads one ``[[views]]`` section against the columns of its table."""

    def __init__(
        self, source: Source, table: Table, index: int, spec: Mapping[str, Any], add: Callable[[str], None]
    ) -> None:
        self.source = source
        self.table = table
        self.index = index
        self.spec = spec
        self.add = add
        title = spec.get("title")
        self.title = title if isinstance(title, str) else ""

    def read(self) -> View:
        spec = self.spec
        for key in spec:
            if key not in _KEYS:
                self.say(key, f"不认识的键“{key}”{hint(key, _KEYS)}")
        if not self.title:
            self.say("title", "缺少 title")
        form = spec.get("form", False)
        if not isinstance(form, bool):
            self.say("form", f"form 应为 true 或 false，现为 {form!r}")
        view = View(
            title=self.title,
            where=self.where(),
            each=self.each(),
            fields=self.names("fields"),
            sort=self.names("sort"),
            form=form is True,
        )
        if view.form:
            self.check_form(view)
        return view

    def say(self, key: str, text: str) -> None:
        self.add(f"{self.source.at('views', self.index, key)}：视图“{self.title or self.index + 1}”：{text}")

    def field(self, key: str, name: str) -> Field | None:
        """The column called ``name``; reports unknown ones, but not those that are written, only wrongly."""
        if name in self.table:
            return self.table[name]
        if name not in self.source.fields:
            self.say(key, f"{key} 里的字段“{name}”不存在{hint(name, {**self.source.fields, **self.table.by_name})}")
        return None

    def names(self, key: str) -> tuple[str, ...]:
        raw = self.spec.get(key, [])
        if not isinstance(raw, list) or not all(isinstance(item, str) for item in raw):
            self.say(key, f'{key} 应为字段名的列表，如 ["code", "amount"]')
            return ()
        for name in raw:
            self.field(key, name.removeprefix("-") if key == "sort" else name)
            if raw.count(name) > 1:
                self.say(key, f"{key} 里“{name}”写了不止一次")
        return tuple(raw)

    def each(self) -> str:
        each = self.spec.get("each", "")
        if not each:
            if "{name}" in self.title:
                self.say("title", "标题里有 {name}，但没有写 each")
            return ""
        if each not in _EACH:
            self.say("each", f"each “{each}”不能用{hint(str(each), _EACH)}")
            return ""
        if "{name}" not in self.title:
            self.say("title", f"写了 each，标题里要有 {{name}}，如“{self.title or '本科室'}·{{name}}”")
        if "@each" not in self.wanted().values():
            self.say("each", '写了 each，where 里要有一个字段等于 "@each"')
        return str(each)

    def wanted(self) -> Mapping[str, Any]:
        raw = self.spec.get("where", {})
        return raw if isinstance(raw, dict) else {}

    def where(self) -> dict[str, str | bool | tuple[str, ...]]:
        if not isinstance(self.spec.get("where", {}), dict):
            self.say("where", 'where 应写成 { 字段 = "值" }')
        where: dict[str, str | bool | tuple[str, ...]] = {}
        for name, value in self.wanted().items():
            field = self.field("where", name)
            if field is not None and self.fits(field, value):
                where[name] = tuple(value) if isinstance(value, list) else value
        return where

    def fits(self, field: Field, value: Any) -> bool:
        """Whether a cell of ``field`` can be compared with ``value``; reports why not."""
        wrong = ""
        if value == "@me":
            wrong = "" if field.type in PERSONS else "“@me”只能用于人员字段"
        elif value == "@each":
            if "each" not in self.spec:
                wrong = "“@each”要和 each 一起用"
            elif field.to != (table := _ROWS_OF.get(self.spec["each"], self.spec["each"])):
                wrong = f"“@each”要用在关联 {table} 的字段上"
        elif field.type == "bool":
            wrong = "" if isinstance(value, bool) else "应为 true 或 false"
        elif field.type == "choice":
            for item in value if isinstance(value, list) else [value]:
                if item not in field.options:
                    wrong = f"没有选项“{item}”{hint(str(item), field.options)}"
        else:
            wrong = f"类型 {field.type} 不能作为视图条件，只有 choice、bool 和 @me、@each 可以"
        if wrong:
            self.say("where", f"where 里的 {field.name}：{wrong}")
        return not wrong

    def check_form(self, view: View) -> None:
        """A form asks strangers: it names its questions, and must not show them who works here."""
        for key in ("where", "sort", "each"):
            if key in self.spec:
                self.say(key, f"公开表单不能有 {key}")
        if not view.fields:
            self.say("fields", "公开表单要写明 fields，不能把所有字段都公开")
        for name in view.fields:
            if name in self.table and self.table[name].type in PERSONS:
                self.say("fields", f"公开表单不能有人员字段“{name}”，否则外人能看到全体名单")
