"""``report.toml``: what a folder of ``report_templates/`` is, as a printed form or as a report of a period."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, TypeAlias, get_args

from automations.errors import TemplateError
from automations.reports.mistakes import nearest, shown
from automations.settings import HOUSE

Spacing: TypeAlias = Literal["month", "quarter", "year", "row"]
ReportFormat: TypeAlias = Literal["html", "pdf", "docx", "xlsx"]
FORMATS: tuple[ReportFormat, ...] = get_args(ReportFormat)


@dataclass(frozen=True, slots=True)
class Manifest:
    """``report.toml`` of a form.

    Attributes:
        title: What people call it.
        paper: Size of the sheet; the page itself sets it in its ``@page`` rule.
        needs: Fields that the data must have.
    """

    title: str
    paper: str
    needs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ReportManifest:
    """``report.toml`` of a report of a period or of one row.

    Attributes:
        title: One line of Jinja2; ``unit``, ``period`` and the statement's names may stand in it.
        period: What it is about; ``row``: one row of ``table``.
        addressee: 主送; "" for none.
        table: Code name; only for ``row``.
        where: What the row must be, by column, as in the views of a schema.
        at: When it is made by itself, as jobs say it; "" never.
        to: Roles or departments, as in ``Notice.to``.
        formats: What to make.
        kind: Choice of ``outbox.kind``; "" is not sent.
    """

    title: str
    period: Spacing
    addressee: str = ""
    table: str = ""
    where: Mapping[str, Any] = field(default_factory=dict, hash=False)
    at: str = ""
    to: tuple[str, ...] = ()
    formats: tuple[ReportFormat, ...] = FORMATS
    kind: str = ""


TEXTS = ("title", "period", "addressee", "table", "at", "kind")
LISTS = ("to", "formats")


def template_folder(name: str) -> Path:
    """Where a report's template lies: in the checkout, or inside the installed package."""
    places = (HOUSE / "report_templates" / name, Path(__file__).parent.parent / "_data" / "report_templates" / name)
    for place in places:
        if (place / "report.toml").is_file():
            return place
    raise TemplateError(f"找不到报表模板“{name}”。请确认 report_templates/{name}/report.toml 存在。")


def manifest(folder: Path) -> Manifest:
    """``report.toml`` of a form.

    Raises:
        TemplateError: It is missing or broken.
    """
    path = folder / "report.toml"
    found = _read(folder)
    try:
        return Manifest(str(found["title"]), str(found["paper"]), tuple(str(name) for name in found["needs"]))
    except KeyError as error:
        raise TemplateError(f"{shown(path)} 缺少“{error.args[0]}”一行。请补上后重试。") from None
    except TypeError as error:
        raise TemplateError(f"{shown(path)} 写法有误（{error}）。请改正后重试。") from None


def report_manifest(folder: Path) -> ReportManifest:
    """``report.toml`` of a report.

    Raises:
        TemplateError: It is missing or broken; ``problems`` names every mistake.
    """
    found, wrong = _read(folder), []
    for name in found:
        if name not in (*TEXTS, *LISTS, "where"):
            wrong.append(f"不认识“{name}”一行{nearest(name, (*TEXTS, *LISTS, 'where'))}")
    for name in TEXTS:
        if not isinstance(found.get(name, ""), str):
            wrong.append(f"“{name}”应写成引号里的一段文字")
    for name in LISTS:
        value = found.get(name, [])
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            wrong.append(f'“{name}”应写成文字的清单，如 {name} = ["…"]')
            found[name] = []
    for name in ("title", "period"):
        if not found.get(name):
            wrong.append(f"缺少“{name}”一行")
    period, table = found.get("period"), found.get("table", "")
    if period and period not in get_args(Spacing):
        wrong.append(f'period = "{period}" 不认识，可以写 {"、".join(get_args(Spacing))}')
    if (period == "row") != bool(table):
        wrong.append('period = "row" 时要写 table（哪张表的一行），其他时候不写 table')
    if "where" in found and (period != "row" or not isinstance(found["where"], dict)):
        wrong.append('where 只用于 period = "row"，如 where = { category = "车辆" }')
    if "\n" in str(found.get("title", "")):
        wrong.append("title 只能是一行")
    wrong += [
        f"formats 里的“{form}”不认识，可以写 {'、'.join(FORMATS)}"
        for form in found.get("formats", ())
        if form not in FORMATS
    ]
    if wrong:
        raise TemplateError(f"{shown(folder / 'report.toml')} 有 {len(wrong)} 处要改：", wrong)
    values: dict[str, Any] = {name: tuple(v) if isinstance(v, list) else v for name, v in found.items()}
    return ReportManifest(**values)


def _read(folder: Path) -> dict[str, Any]:
    path = folder / "report.toml"
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        raise TemplateError(f"模板文件夹“{folder.name}”里没有 report.toml。请从备份或安装包中恢复。") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise TemplateError(f"{shown(path)} 写法有误（{error}）。请改正后重试。") from None
