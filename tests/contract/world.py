"""The contract's tables (every field type, Chinese titles), its rows, and values that hosts tend to spoil."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

from automations.schema.model import Field, Table
from automations.tables.base import Binding, BoundTable, Host
from automations.tables.values import Value, Values

from .office import ACCOUNTS, LI, WORKER, ZHOU, Office


def make_field(name: str, title: str, kind: Any, **more: Any) -> Field:
    return Field(name, title, kind, **more)


PEOPLE = Table(
    "people",
    "人员",
    "RY",
    (
        make_field("code", "编号", "text"),
        make_field("name", "姓名", "text", note="身份证上的姓名"),
        make_field("account", "登录账号", "text"),
    ),
    display="name",
)
PROJECTS = Table(
    "projects",
    "项目",
    "XM",
    (
        make_field("code", "编号", "text"),
        make_field("name", "名称", "text"),
        make_field("lead", "负责人", "person", to="people"),
    ),
    display="name",
)
CLAIMS = Table(
    "claims",
    "单据（试）",
    "DJ",
    (
        make_field("code", "编号", "text"),
        make_field("title", "事由", "text", note="一句话说明"),
        make_field("body", "详细说明", "long_text"),
        make_field("count", "附件张数", "number"),
        make_field("length", "长度", "number", decimals=3, unit="km"),
        make_field("amount", "申请金额", "money"),
        make_field("rate", "执行率", "percent", decimals=1),
        make_field("day", "业务发生日", "date"),
        make_field("moment", "签批时间", "datetime"),
        make_field("urgent", "紧急", "bool"),
        make_field("status", "状态", "choice", options=("草稿", "提交", "已批准"), default="草稿"),
        make_field("tags", "标签", "choices", options=("水电", "车辆", "会议")),
        make_field("project", "主项目", "link", to="projects"),
        make_field("parent", "上级项目", "link", to="projects", reverse="下属单据"),
        make_field("related", "相关项目", "links", to="projects"),
        make_field("handler", "经办人", "person", to="people"),
        make_field("helpers", "参加人员", "persons", to="people"),
        make_field("papers", "附件", "file"),
        make_field("created_by", "创建人", "created_by"),
        make_field("created_at", "创建时间", "created_at"),
        make_field("last_modified_by", "最后修改人", "modified_by"),
        make_field("last_modified_at", "最后修改时间", "modified_at"),
    ),
)
NOTES = Table("notes", "便签", "BQ", (make_field("code", "编号", "text"), make_field("text", "内容", "text")))
TABLES = (PEOPLE, PROJECTS, CLAIMS, NOTES)
LINKED = ("link", "links", "person", "persons")


def lay_out(host: Host, tables: Iterable[Table]) -> Binding:
    """Make these tables on an empty database, links last, and bind the host to them."""
    tables = list(tables)
    made = {table.name: host.create_table(table) for table in tables}
    bound: dict[str, BoundTable] = {}
    for table in tables:
        by_title = {field.title: field.id for field in made[table.name].fields}
        fields: dict[str, str] = {}
        for field in table.fields:
            if field.type in LINKED:
                fields[field.name] = host.create_field(made[table.name].id, field, made[field.to or "people"].id).id
            else:
                fields[field.name] = by_title[field.title]
        bound[table.name] = BoundTable(table, made[table.name].id, fields)
    binding = Binding(bound)
    host.bind(binding)
    host.refresh([table.name for table in tables])
    return binding


class World:
    """What every contract test starts from: the office, its tables, a session per account, some rows."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self.worker = office.login(WORKER)
        self.binding = lay_out(self.worker, TABLES)
        rows = [{"code": f"RY-{i}", "name": name, "account": mail} for i, (mail, name) in enumerate(ACCOUNTS.items())]
        self.people = dict(zip(ACCOUNTS, self.worker.create("people", rows), strict=True))
        self.projects = self.worker.create("projects", [{"name": name} for name in ("北楼维修", "食堂改造", "绿化")])
        self.worker.refresh([table.name for table in TABLES])
        self.zhou, self.li = self.session(ZHOU), self.session(LI)

    def session(self, email: str) -> Host:
        """A fresh session that knows the tables."""
        host = self.office.login(email)
        host.bind(self.binding)
        host.refresh([table.name for table in TABLES])
        return host

    def fresh(self, *tables: Table) -> Binding:
        """Other tables for tests that bend the schema; the worker's session is left alone."""
        return lay_out(self.office.login(WORKER), tables)


TEXTS = {
    "plain": "购置打印纸",
    "emoji": "👩🏽‍🔧 🚗🧾",
    "right to left": "\u202eabc\u202c שלום",
    "formula": "=cmd|' /C calc'!A0",
    "template": "{{ x }} {% raw %} ${y}",
    "markup": '<b onclick="x()">&amp;</b>',
    "quotes": "\"'`\\n\\ /",
    "commas": "甲,乙;丙~(丁,eq,戊)",
    "null word": "null",
    "number word": "007",
    "percent": "100%25 %s %(x)s",
    "decomposed": "Cafe\u0301 \u1112\u1161\u11ab",
    "blanks around": "  前后空格  ",
    "wide": "全角　空格，（）《》",
}
LONG = {
    "10 000 characters": "后勤服务保障" * 1666 + "末尾四字",
    "lines": "第一行\n\n第三行\n\t缩进",
    "windows lines": "甲\r\n乙\r\n丙",
}
NUMBERS: Mapping[str, Sequence[str]] = {
    "amount": ("0.00", "-0.01", "0.10", "999999999999.99", "1234.5"),
    "count": ("0", "-7", "9007199254740991"),
    "length": ("0.001", "-12345.678", "3"),
    "rate": ("96.5", "0.0", "-15.1", "100"),
}
DATES = (date(1900, 1, 1), date(2000, 2, 29), date(2026, 12, 31), date(9999, 12, 31))
MOMENTS = (
    datetime(1970, 1, 1, tzinfo=UTC),
    datetime(1999, 12, 31, 23, 59, 59, tzinfo=UTC),
    datetime(2026, 12, 31, 16, 0, tzinfo=UTC),
    datetime(2026, 9, 1, 7, 59, 59, tzinfo=timezone(timedelta(hours=8))),
)
NASTY: list[tuple[str, str, Value]] = [
    *((f"text: {name}", "title", text) for name, text in TEXTS.items()),
    *((f"long text: {name}", "body", text) for name, text in {**TEXTS, **LONG}.items()),
    *((f"{field} {text}", field, Decimal(text)) for field, texts in NUMBERS.items() for text in texts),
    *((f"day {day}", "day", day) for day in DATES),
    *((f"moment {moment}", "moment", moment) for moment in MOMENTS),
    *((f"urgent {yes}", "urgent", yes) for yes in (True, False)),
    *((f"status {text}", "status", text) for text in ("草稿", "已批准")),
    ("two tags", "tags", ("水电", "会议")),
]


def two_values(world: World) -> dict[str, tuple[Value, Value]]:
    """An old and a new value for every field that people fill."""
    first, second, third = world.projects
    zhou, li = world.people[ZHOU], world.people[LI]
    files = [world.zhou.upload(f"{name}.txt", name.encode()) for name in ("甲", "乙")]
    return {
        "title": ("旧事由", "新事由"),
        "body": ("旧\n说明", "新\n说明"),
        "count": (Decimal(1), Decimal(2)),
        "length": (Decimal("1.250"), Decimal("0.001")),
        "amount": (Decimal("900.00"), Decimal("9000.00")),
        "rate": (Decimal("96.5"), Decimal("3.0")),
        "day": (date(2026, 1, 31), date(2026, 2, 1)),
        "moment": (datetime(2026, 1, 31, 8, 30, tzinfo=UTC), datetime(2026, 1, 31, 23, 59, 59, tzinfo=UTC)),
        "urgent": (True, False),
        "status": ("提交", "已批准"),
        "tags": (("水电",), ("车辆", "会议")),
        "project": (first, second),
        "parent": (first, second),
        "related": ((first, second), (second, third)),
        "handler": (zhou, li),
        "helpers": ((zhou,), (zhou, li)),
        "papers": ((files[0],), (files[1],)),
    }


def full_row(world: World) -> int:
    """A claim with something in every field that people fill."""
    paper = world.zhou.upload("附件.txt", b"paper")
    filled: Values = {
        "code": "DJ-1",
        "papers": (paper,),
        **{n: old for n, (old, _) in two_values(world).items() if n != "papers"},
    }
    [row_id] = world.zhou.create("claims", [filled])
    return row_id
