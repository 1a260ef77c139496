"""What a NocoDB column is to us, and how a column of ours is written in NocoDB's words. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from automations.schema.model import Field
from automations.tables.base import HostField

REVERSE = "reverse"
"""Value of ``meta.houqin`` on the columns that a one-way link of ours makes in the other table, unasked."""
SINGLE = "single"
"""Value of ``meta.houqin`` on a many-to-many column that stands for a link to one row: a table that links to itself
gets its ordinary link hidden by NocoDB as a system column (0.301.3), and nobody could fill it."""

_PLAIN = {
    "text": "SingleLineText",
    "long_text": "LongText",
    "money": "Currency",
    "percent": "Percent",
    "date": "Date",
    "datetime": "DateTime",
    "bool": "Checkbox",
    "choice": "SingleSelect",
    "choices": "MultiSelect",
    "file": "Attachment",
    "person": "User",
    "persons": "User",
    "created_by": "CreatedBy",
    "created_at": "CreatedTime",
    "modified_by": "LastModifiedBy",
    "modified_at": "LastModifiedTime",
}
_FITS = {
    **{theirs: ours for ours, theirs in _PLAIN.items() if theirs != "User"},
    "Number": "number",
    "Decimal": "number",
    "Email": "text",
    "PhoneNumber": "text",
    "URL": "text",
}
_DATE = {"date_format": "YYYY-MM-DD"}
_MOMENT = {
    **_DATE,
    "time_format": "HH:mm",
    "timezone": "Asia/Shanghai",
    "display_timezone": False,
    "use_same_timezone_for_all": True,
}
_MOMENT_V2 = {
    **_DATE,
    "time_format": "HH:mm",
    "timezone": "Asia/Shanghai",
    "isDisplayTimezone": False,
    "useSameTimezoneForAll": True,
}
# Colours by what a word means, so that a glance down a column is enough; other options take turns.
_MEANING = (
    (("拦截", "不同意", "退回", "逾期", "超期", "违规", "作废", "报废", "停用", "无效", "红牌", "不合格"), "#ffdce5"),
    (("严重", "重大", "紧急", "隐患", "不满意"), "#ffdce5"),
    (("提示", "待", "临期", "签批中", "处理中", "进行中", "黄牌", "一般", "较急"), "#ffeab6"),
    (("通过", "同意", "已批准", "已支付", "完成", "有效", "在用", "合格", "归档", "启用", "是"), "#d1f7c4"),
    (("正常", "满意", "已检", "已办结", "已核对", "优秀"), "#d1f7c4"),
    (("草稿", "新建", "未", "否"), "#eeeeee"),
)
_TURNS = ("#cfdffe", "#d0f1fd", "#c2f5e8", "#ede2fe", "#fee2d5", "#ffdaf6")


@dataclass(frozen=True, slots=True)
class Junction:
    """The table between two tables of a many-to-many link: ids of its model and of its two key columns."""

    model: str
    own: str
    other: str


def colour(option: str, turn: int) -> str:
    """Colour of a choice; the worst meaning wins, so that 已退回 is red and 待校验 yellow."""
    for words, shade in _MEANING:
        if any(option.startswith(word) or option.endswith(word) for word in words):
            return shade
    return _TURNS[turn % len(_TURNS)]


def v3_field(field: Field) -> dict[str, Any]:
    """``field`` as the v3 API makes it; for every type but links.

    The percent's places and the currency's sign need :func:`late_meta` afterwards.
    """
    made: dict[str, Any] = {"title": field.title, "type": _uidt(field)}
    if field.note:
        made["description"] = field.note
    options: dict[str, Any] = {}
    match field.type:
        case "number" if field.decimals:
            options = {"precision": field.decimals}
        case "date":
            options = _DATE
        case "datetime":
            options = _MOMENT
        case "choice" | "choices":
            options = {"choices": _choices(field)}
        case "person" | "persons":
            options = {"allow_multiple_users": field.type == "persons"}
    if options:
        made["options"] = options
    if (default := _default(field)) is not None:
        made["default_value"] = default
    return made


def v2_column(field: Field) -> dict[str, Any]:
    """``field`` as a column of a new table of the v2 API: whole at once, with what v3 leaves for later.

    The page reads the very names given here; v3 keeps a date's form under a name that nobody reads (0.301.3).
    """
    made: dict[str, Any] = {"title": field.title, "uidt": _uidt(field), "meta": late_meta(field)}
    if field.note:
        made["description"] = field.note
    match field.type:
        case "number" if field.decimals:
            made["meta"] = {"precision": field.decimals}
        case "date":
            made["meta"] = _DATE
        case "datetime":
            made["meta"] = _MOMENT_V2
        case "choice" | "choices":
            made["colOptions"] = {"options": _choices(field)}
        case "person" | "persons":
            made["meta"] = {"is_multi": field.type == "persons"}
    if (default := _default(field)) is not None:
        made["cdf"] = default
    return made


WIDTHS: Mapping[str, str] = {
    **dict.fromkeys(("bool", "number", "percent"), "110px"),
    **dict.fromkeys(("choice", "date", "money"), "120px"),
    **dict.fromkeys(("person", "link", "file"), "150px"),
    "datetime": "165px",
}
"""Of columns of a table's first view, by type: twice as many stand on a screen as with NocoDB's 200."""

CODE_WIDTH = "130px"
"""Of 编号."""


def width(field: Field) -> str | None:
    """How wide the column of a field stands; None for NocoDB's own."""
    return CODE_WIDTH if field.name == "code" else WIDTHS.get(field.type)


def _uidt(field: Field) -> str:
    return ("Decimal" if field.decimals else "Number") if field.type == "number" else _PLAIN[field.type]


def _choices(field: Field) -> list[dict[str, str]]:
    return [{"title": o, "color": colour(o, i)} for i, o in enumerate(field.options)]


def _default(field: Field) -> Any:
    """What a new row holds; None for nothing."""
    if field.type == "bool":
        return bool(field.default)
    return None if field.by_host or field.type == "choices" else field.default


def late_meta(field: Field) -> dict[str, Any]:
    """What the v3 API cannot set on a column: without it amounts show as $ and percents lose their places."""
    if field.type == "money":
        return {"currency_locale": "zh-CN", "currency_code": "CNY"}
    if field.type == "percent":
        return {"precision": field.decimals}
    return {}


def options(column: Mapping[str, Any], wanted: Sequence[str]) -> list[dict[str, Any]]:
    """The choices ``wanted`` for ``column``; those that exist keep id, colour and cells."""
    present = {o["title"]: o for o in (column.get("colOptions") or {}).get("options", ())}
    return [
        {**present.get(title, {"title": title, "color": colour(title, turn)}), "order": turn + 1}
        for turn, title in enumerate(wanted)
    ]


def host_field(column: Mapping[str, Any]) -> HostField | None:
    """A column of the v2 meta API; None for those that belong to NocoDB or that nobody asked for."""
    uidt = column["uidt"]
    meta = column.get("meta") or {}
    link = column.get("colOptions") or {}
    if column.get("system") or uidt in ("ID", "ForeignKey", "Order", "Meta"):
        return None
    if uidt in ("Links", "LinkToAnotherRecord"):
        if meta.get("houqin") == REVERSE:
            return None
        kind = {"bt": "link", "mm": "links", "hm": "links"}.get(str(link.get("type")), f"?{uidt}")
        kind = "link" if meta.get("houqin") == SINGLE else kind
    elif uidt == "User":
        kind = "persons" if meta.get("is_multi") else "person"
    else:
        kind = _FITS.get(uidt, f"?{uidt}")
    precise = uidt in ("Decimal", "Percent")
    return HostField(
        id=column["id"],
        title=column["title"],
        type=kind,
        options=option_titles(column),
        to=link.get("fk_related_model_id") if kind in ("link", "links") else None,
        note=column.get("description") or "",
        decimals=2 if kind == "money" else int(meta.get("precision") or 0) if precise else 0,
    )


def option_titles(column: Mapping[str, Any]) -> tuple[str, ...]:
    """Choices of a column in their order."""
    if column["uidt"] not in ("SingleSelect", "MultiSelect"):
        return ()
    options = (column.get("colOptions") or {}).get("options", ())
    return tuple(o["title"] for o in sorted(options, key=lambda o: o.get("order") or 0))


def junction(column: Mapping[str, Any]) -> Junction | None:
    """Where a many-to-many link keeps its pairs."""
    link = column.get("colOptions") or {}
    if link.get("type") != "mm":
        return None
    return Junction(link["fk_mm_model_id"], link["fk_mm_child_column_id"], link["fk_mm_parent_column_id"])
