"""One column of a schema file: ``amount = { title = "申请金额", type = "money", … }`` → :class:`Field`."""

import keyword
import re
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias, cast, get_args

from automations.schema.model import HOST_TYPES, WORKER, Field, FieldType
from automations.schema.source import Source, hint

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
    "SELF": "本人",  # the person whom the row is about
    "REV": "考核组",
    "ACC": "验收人、验收组",
    "SIGN": "应签人",
}
"""Who fills a column (domain.md B0, and the words its tables use), code → Chinese."""

TYPES: tuple[str, ...] = get_args(FieldType)
CHOICES = ("choice", "choices")
LINKS = ("link", "links")
PERSONS = ("person", "persons")
NUMBERS = ("number", "money", "percent")

Say: TypeAlias = Callable[[str], None]

_NAME = re.compile(r"[a-z][a-z0-9_]*")
_RESERVED = frozenset(
    {*keyword.kwlist, "id", "values", "born", "stamp"}
)  # `claim.class` is no Python; a Row has the rest
_PLACES = {"money": 2, "percent": 1}  # 96.5 %, as reports print it
_KEYS: Mapping[str, tuple[type, ...]] = {
    "title": (str,),
    "type": (str,),
    "owner": (str,),
    "required": (bool, str),
    "to": (str,),
    "reverse": (str,),
    "unique": (bool,),
    "unit": (str,),
    "decimals": (int,),
    "default": (str, bool, int, float),
    "options": (list, str),
    "note": (str,),
}


def read_field(source: Source, name: str, spec: Any, sources: Mapping[str, Source], say: Say) -> Field | None:
    """The column ``name``; every mistake goes to ``say``. None where not even its type is known."""
    if not _NAME.fullmatch(name):
        say("代码名只能用小写字母、数字和下划线，以字母开头")
    elif name in _RESERVED:
        say("代码名是程序的保留字，请换一个")
    if not isinstance(spec, dict):
        say('应写成一行：名称 = { title = "…", type = "…" }')
        return None
    good = _well_typed(spec, say)
    kind = str(good.get("type", ""))
    if not str(good.get("title", "")).strip():
        say("缺少 title（中文标题）")
    if "type" not in good:
        say(f"缺少 type，可用：{'、'.join(TYPES)}")
        return None
    if kind not in TYPES:
        say(f"类型“{kind}”不存在{hint(kind, TYPES)}")
        return None
    options = _options(good, kind, sources, say)
    _check_owner(good, kind, say)
    _check_link(good, kind, sources, say)
    _check_number(good, kind, say)
    _check_default(good, kind, options, say)
    if good.get("required", False) not in (True, False, "when"):
        say(f'required 只能是 true、false 或 "when"，现为“{good["required"]}”')
    return Field(
        name=name,
        title=good.get("title", ""),
        type=cast(FieldType, kind),
        required=good.get("required", False),
        options=options,
        to="people" if kind in PERSONS else good.get("to"),
        reverse=good.get("reverse"),
        owner=good.get("owner", ""),
        unit=good.get("unit", ""),
        decimals=good.get("decimals", _PLACES.get(kind, 0)),
        default=good.get("default"),
        unique=good.get("unique", False),
        note=good.get("note", ""),
        line=source.line("fields", name),
    )


def _well_typed(spec: Mapping[str, Any], say: Say) -> dict[str, Any]:
    good = {}
    for key, value in spec.items():
        kinds = _KEYS.get(key)
        if kinds is None:
            say(f"不认识的键“{key}”{hint(key, _KEYS)}")
        elif not isinstance(value, kinds) or (isinstance(value, bool) and bool not in kinds):
            say(f"{key} 的值不能是 {value!r}")
        else:
            good[key] = value
    return good


def _options(good: Mapping[str, Any], kind: str, sources: Mapping[str, Source], say: Say) -> tuple[str, ...]:
    raw = good.get("options")
    if kind not in CHOICES:
        if raw is not None:
            say(f"类型 {kind} 不能有 options，只有 choice、choices 可以")
        return ()
    if raw is None:
        say("选择类字段缺少 options（选项）")
        return ()
    if isinstance(raw, str):
        raw = _shared_options(raw, sources, say)
    good_items = [o for o in raw if isinstance(o, str) and o.strip() == o and o and "," not in o]
    if len(good_items) < len(raw):
        say("options 每项应为文字，首尾无空格，不含英文逗号")
    for twice in sorted({o for o in good_items if good_items.count(o) > 1}):
        say(f"选项“{twice}”重复")
    return tuple(dict.fromkeys(good_items))


def _shared_options(reference: str, sources: Mapping[str, Source], say: Say) -> list[Any]:
    """``budget_lines.category``: the list of that field, so that no list is written twice."""
    table, _, field = reference.partition(".")
    if table not in sources:
        say(f"options 指向的表“{table}”不存在{hint(table, sources)}")
        return []
    if sources[table].broken:  # already reported; its lists are unknown
        return []
    spec = sources[table].fields.get(field)
    if not isinstance(spec, dict) or not isinstance(spec.get("options"), list):
        say(f"options 应指向写明选项的字段（表.字段），“{reference}”不是")
        return []
    return list(spec["options"])


def _check_owner(good: Mapping[str, Any], kind: str, say: Say) -> None:
    owner = good.get("owner", "")
    if kind in HOST_TYPES:
        if owner:
            say("由表格平台自动填写的字段不写 owner")
        return
    if not owner:
        say(f"缺少 owner（由谁填写）：{WORKER} 或 {'、'.join(OWNERS)}，多个用 / 隔开")
    elif owner != WORKER:
        for code in owner.split("/"):
            if code not in OWNERS:
                say(f"owner “{code}”不存在{hint(code, (WORKER, *OWNERS))}")


def _check_link(good: Mapping[str, Any], kind: str, sources: Mapping[str, Source], say: Say) -> None:
    to = good.get("to")
    if kind in LINKS:
        if to is None:
            say("关联字段缺少 to（关联到哪张表）")
        elif to not in sources:
            say(f"关联的表“{to}”不存在{hint(to, sources)}")
    elif to is not None:
        say(f"类型 {kind} 不能有 to" + ("，人员字段总是关联 people" if kind in PERSONS else "，只有 link、links 可以"))
    if good.get("reverse") is not None and kind not in LINKS:
        say("只有 link、links 可以有 reverse")


def _check_number(good: Mapping[str, Any], kind: str, say: Say) -> None:
    if kind not in NUMBERS:
        for key in ("unit", "decimals"):
            if key in good:
                say(f"类型 {kind} 不能有 {key}，只有 {'、'.join(NUMBERS)} 可以")
    elif kind == "money" and "decimals" in good:
        say("money 总是两位小数，不写 decimals")
    elif not 0 <= good.get("decimals", 0) <= 6:
        say(f"decimals 应在 0 至 6 之间，现为 {good['decimals']}")


def _check_default(good: Mapping[str, Any], kind: str, options: tuple[str, ...], say: Say) -> None:
    if "default" not in good:
        return
    default = good["default"]
    if kind == "choice":
        if options and default not in options:
            say(f"默认值“{default}”不在选项里{hint(str(default), options)}")
    elif kind == "bool":
        if not isinstance(default, bool):
            say(f"默认值应为 true 或 false，现为 {default!r}")
    elif kind in NUMBERS:
        if isinstance(default, bool | str):
            say(f"默认值应为数字，现为 {default!r}")
    elif kind not in ("text", "long_text"):
        say(f"类型 {kind} 不能有默认值")
    elif not isinstance(default, str):
        say(f"默认值应为文字，现为 {default!r}")
