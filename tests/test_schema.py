"""The real schemas load; broken ones are reported whole, with file and line."""

import re
from collections import Counter
from pathlib import Path

import pytest
from sqlalchemy.dialects.postgresql.base import RESERVED_WORDS

from automations.errors import SchemaError
from automations.schema import GROUPS, OWNERS, WORKER, Schema, load_schema

SCHEMAS = Path(__file__).parent.parent / "schemas"

# Columns that domain.md B1 to B6 gives each table of its own; more may be added, none may be lost.
OWN_FIELDS = {
    "departments": 7,
    "people": 25,
    "posts": 10,
    "locations": 11,
    "vendors": 14,
    "settings": 12,
    "documents": 16,
    "training_classes": 31,
    "tasks": 20,
    "meals": 19,
    "survey_responses": 12,
    "inspections": 19,
    "issues": 27,
    "learning_records": 14,
    "assets": 28,
    "equipment_checks": 17,
    "meters": 13,
    "meter_readings": 14,
    "vehicle_logs": 18,
    "supply_moves": 13,
    "budget_lines": 15,
    "requests": 36,
    "expense_claims": 35,  # and 发票, the other side of invoices.claim
    "invoices": 16,
    "income": 21,
    "procurements": 28,
    "contracts": 28,
    "sign_steps": 23,
    "violations": 16,
    "outbox": 12,
}


@pytest.fixture(scope="module")
def schema() -> Schema:
    return load_schema(SCHEMAS)


def test_all_thirty_tables_with_all_their_columns(schema: Schema) -> None:
    every = 9
    assert {t.name for t in schema} == set(OWN_FIELDS)
    too_few = {t.name: len(t.fields) - every for t in schema if len(t.fields) - every < OWN_FIELDS[t.name]}
    assert not too_few


def test_titles_and_prefixes_are_unique(schema: Schema) -> None:
    for table in schema:
        titles = [f.title for f in table.fields]
        titles += [f.reverse for other in schema for f in other.fields if f.reverse and f.to == table.name]
        assert [t for t, n in Counter(titles).items() if n > 1] == [], table.name
        assert [v for v, n in Counter(v.title for v in table.views).items() if n > 1] == [], table.name
    assert len({t.title for t in schema}) == len({t.prefix for t in schema}) == 30


def test_code_stands_first_and_the_shared_columns_last(schema: Schema) -> None:
    for table in schema:
        names = [f.name for f in table.fields]
        assert names[0] == "code"
        assert names[-8:-4] == ["remark", "check_result", "check_message", "locked"]
        assert [f.type for f in table.fields[-4:]] == ["created_by", "created_at", "modified_by", "modified_at"]


def test_tables_come_in_the_order_of_the_menu(schema: Schema) -> None:
    groups = [GROUPS.index(t.group) for t in schema]
    assert groups == sorted(groups)
    assert set(groups) == set(range(len(GROUPS)))


def test_every_column_has_an_owner_or_is_filled_by_the_host(schema: Schema) -> None:
    for table in schema:
        for field in table.fields:
            assert field.by_host or field.owner, (table.name, field.name)
            assert field.by_worker or set(filter(None, field.owner.split("/"))) <= set(OWNERS)
            assert not (field.by_worker and field.required), (table.name, field.name)


def test_names_can_be_used_unquoted_in_sql(schema: Schema) -> None:
    """The mirror is there to be read with any SQL tool (design.md 3, decision 8)."""
    assert [(t.name, f.name) for t in schema for f in t.fields if f.name in RESERVED_WORDS] == []


def test_titles_and_notes_are_chinese(schema: Schema) -> None:
    for table in schema:
        for field in table.fields:
            assert re.search("[\u4e00-\u9fff]", field.title), (table.name, field.name)
            assert not field.note or re.search("[\u4e00-\u9fff]", field.note)


def test_shared_option_lists_are_the_same_list(schema: Schema) -> None:
    assert schema["expense_claims"]["category"].options == schema["budget_lines"]["category"].options
    assert len(schema["budget_lines"]["category"].options) == 19
    assert schema["survey_responses"]["catering"].options == schema["survey_responses"]["lodging"].options


def test_modules_of_documents_are_titles_of_tables(schema: Schema) -> None:
    titles = {t.title for t in schema}
    assert set(schema["documents"]["module"].options) <= titles
    assert set(schema["sign_steps"]["biz_type"].options) <= titles


def test_what_signing_rests_on(schema: Schema) -> None:
    claim, step = schema["expense_claims"], schema["sign_steps"]
    wanted = ["草稿", "提交", "待校验", "签批中", "已退回", "不同意", "已批准", "已支付", "已归档", "撤回", "作废"]
    assert list(claim["status"].options) == wanted
    assert claim["status"].default == "草稿"
    assert claim["handler"].type == "person" and claim["handler"].to == "people"
    assert claim["amount"].required is True and claim["audited_amount"].required == "when"
    assert step["decision"].default == "待签"
    assert {f.name for f in step.fields if f.owner != WORKER and not f.by_host} == {"decision", "opinion", "remark"}
    assert schema["invoices"]["claim"].reverse == "发票"


def test_public_forms_ask_for_what_a_row_needs_of_a_stranger(schema: Schema) -> None:
    forms = {t.name: v for t in schema for v in t.views if v.form}
    assert set(forms) == {"issues", "survey_responses", "vendors"}
    for name, strangers in {"survey_responses": "TRN", "vendors": "VEN", "issues": "ANY"}.items():
        needed = {f.name for f in schema[name].fields if f.required is True and strangers in f.owner.split("/")}
        assert needed - {"source"} <= set(forms[name].fields), name  # the worker knows where a form row comes from


# --- broken folders -----------------------------------------------------------------------------------------------
EVERY = """[fields]
code = { title = "编号", type = "text", owner = "worker" }
remark = { title = "备注", type = "long_text", owner = "ANY" }
"""
PEOPLE = """title = "人员"
prefix = "RY"
display = "name"
group = "基础资料"
about = "People."

[fields]
name = { title = "姓名", type = "text", owner = "HR" }
"""
CLAIMS = """title = "支出单"
prefix = "RY"
display = "titel"
group = "钱"
colour = "red"

[fields]
amount   = { title = "金额", type = "mony", owner = "H" }
total    = { title = "合计", type = "money", owner = "X" }
kind     = { title = "类型", type = "choice", owner = "H" }
state    = { title = "状态", type = "choice", owner = "H", options = ["草稿", "提交"], default = "草搞" }
vendor   = { title = "服务商", type = "link", owner = "H", to = "vendor" }
handler  = { title = "经办人", type = "person", owner = "H", to = "people" }
reason   = { title = "合计", type = "text", owner = "H", options = ["甲"] }
untitled = { type = "text", owner = "H" }
nobody   = { title = "无主", type = "text" }
class    = { title = "班次", type = "text", owner = "H" }
remark   = { title = "附注", type = "text", owner = "H" }
days     = { title = "天数", type = "number", owner = "H", decimal = 1 }
paid     = { title = "已付", type = "bool", owner = "H", required = "always", default = "no" }
same     = { title = "同上", type = "choice", owner = "H", options = "people.name" }
count    = { title = "个数", type = "text", owner = "H", unit = 3 }
pair     = { title = "双份", type = "choice", owner = "H", options = ["甲", "甲"] }

[[views]]
title = "待办·{name}"
where = { state = "签批", missing = "x", handler = "@me" }
fields = ["code", "amount", "amout"]
sort = ["-dat"]

[[views]]
title = "登记"
form = true
fields = ["handler"]
"""


def problems_of(tmp_path: Path, **files: str) -> list[str]:
    folder = tmp_path / "schemas"
    folder.mkdir()
    for name, text in files.items():
        (folder / f"{name}.toml").write_text(text, encoding="utf-8")
    with pytest.raises(SchemaError) as caught:
        load_schema(folder)
    return list(caught.value.problems)


def test_all_mistakes_of_all_files_at_once(tmp_path: Path) -> None:
    found = problems_of(
        tmp_path, _every_table=EVERY, people=PEOPLE, expense_claims=CLAIMS, notes='title = "笔记\nprefix = "BJ"\n'
    )
    expected = [
        (1, "缺少 about"),
        (3, "display 写的字段“titel”不存在"),
        (4, "菜单分组“钱”不存在"),
        (5, "不认识的键“colour”"),
        (8, "字段 amount：类型“mony”不存在，是不是“money”？"),
        (9, "字段 total：owner “X”不存在"),
        (10, "字段 kind：选择类字段缺少 options"),
        (11, "字段 state：默认值“草搞”不在选项里，是不是“草稿”？"),
        (12, "字段 vendor：关联的表“vendor”不存在"),
        (13, "字段 handler：类型 person 不能有 to"),
        (14, "字段 reason：类型 text 不能有 options"),
        (14, "字段 reason：标题“合计”与本表另一字段重复"),
        (15, "字段 untitled：缺少 title"),
        (16, "字段 nobody：缺少 owner"),
        (17, "字段 class：代码名是程序的保留字"),
        (18, "字段 remark：每张表都已有它"),
        (19, "字段 days：不认识的键“decimal”，是不是“decimals”？"),
        (20, "字段 paid：required 只能是"),
        (20, "字段 paid：默认值应为 true 或 false"),
        (21, "字段 same：options 应指向写明选项的字段"),
        (22, "字段 count：unit 的值不能是 3"),
        (23, "字段 pair：选项“甲”重复"),
        (26, "标题里有 {name}，但没有写 each"),
        (27, "没有选项“签批”"),
        (27, "where 里的字段“missing”不存在"),
        (28, "fields 里的字段“amout”不存在，是不是“amount”？"),
        (29, "sort 里的字段“dat”不存在"),
        (34, "公开表单不能有人员字段“handler”"),
    ]
    for line, text in expected:
        start = f"schemas/expense_claims.toml:{line}："
        assert any(p.startswith(start) and text in p for p in found), f"{start}{text}\n" + "\n".join(found)
    assert any(p.startswith("schemas/notes.toml:1：TOML 语法错误") for p in found)
    claims = [p for p in found if p.startswith("schemas/expense_claims.toml:")]
    assert len(claims) == len(expected), "\n".join(claims)
    assert "schemas/people.toml:2：编号前缀“RY”已用于 schemas/expense_claims.toml" in found
    assert len(found) == len(expected) + 2, "\n".join(found)  # and nothing else


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        ("fields = 3\n", "1：字段应写在 [fields] 下"),
        ("views = 3\n", "1：视图应写成 [[views]]"),
        ("[fields]\n", "1：[fields] 里没有字段"),
        ("[fields]\nx = 3\n", "2：字段 x：应写成一行"),
        ('[fields]\nx = { title = 3, type = ["text"], owner = "H" }\n', "2：字段 x：title 的值不能是 3"),
        (
            '[fields]\nx = { title = "甲", type = "choice", owner = "H", options = [1] }\n',
            "2：字段 x：options 每项应为文字",
        ),
        ('[fields]\nx = { title = "甲", type = "number", owner = "H", decimals = true }\n', "decimals 的值不能是 True"),
        ("[[views]]\ntitle = 3\nwhere = 3\nfields = 3\neach = 3\n", "3：视图“1”：where 应写成"),
        (
            '[[views]]\ntitle = "甲"\nwhere = { code = { a = 1 } }\nform = "x"\n',
            "3：视图“甲”：where 里的 code：类型 text",
        ),
    ],
)
def test_odd_shapes_are_reported_not_raised(tmp_path: Path, broken: str, said: str) -> None:
    found = problems_of(tmp_path, _every_table=EVERY, people=PEOPLE, odd=broken)
    assert any(p.startswith("schemas/odd.toml:") and said in p for p in found), "\n".join(found)


def test_a_key_twice_is_a_syntax_error_with_its_line(tmp_path: Path) -> None:
    twice = PEOPLE + 'name = { title = "名字", type = "text", owner = "HR" }\n'
    assert problems_of(tmp_path, _every_table=EVERY, people=twice)[0].startswith("schemas/people.toml:9：TOML 语法错误")


def test_missing_shared_file_and_wrong_encoding(tmp_path: Path) -> None:
    assert any("_every_table.toml:1：缺少此文件" in p for p in problems_of(tmp_path, people=PEOPLE))
    folder = tmp_path / "schemas"
    (folder / "_every_table.toml").write_text(EVERY, encoding="utf-8")
    (folder / "people.toml").write_bytes(PEOPLE.encode("gb18030"))
    with pytest.raises(SchemaError, match="不是 UTF-8 文本"):
        load_schema(folder)


def test_reverse_title_must_be_free_in_the_other_table(tmp_path: Path) -> None:
    link = 'boss = { title = "上级", type = "link", owner = "HR", to = "people", reverse = "姓名" }\n'
    found = problems_of(tmp_path, _every_table=EVERY, people=PEOPLE + link)
    assert found == ["schemas/people.toml:9：字段 boss：reverse “姓名”在表 people 里已有"]


def test_a_folder_without_tables(tmp_path: Path) -> None:
    with pytest.raises(SchemaError, match="没有表结构文件"):
        load_schema(tmp_path)


def test_the_line_of_each_column_is_kept(schema: Schema) -> None:
    lines = (SCHEMAS / "expense_claims.toml").read_text(encoding="utf-8").splitlines()
    for name in ("kind", "amount", "status"):
        assert lines[schema["expense_claims"][name].line - 1].startswith(name)
