"""Every sentence of the mission has something that works: each name in ``mission.toml`` is true, no entry is empty."""

import ast
from functools import cache
from itertools import islice

import pytest

from automations.demo import school
from automations.demo.year import companies, shelf
from automations.jobs import approvals
from automations.reports.document import Heading
from automations.reports.folders import every
from automations.settings import HOUSE
from tests.mission import (
    HEADINGS,
    LIFE,
    SECTIONS,
    SENTENCES,
    Sentence,
    as_markdown,
    as_table,
    automations,
    general,
    job_files,
    mission,
    rule_tables,
)
from tests.office import schema
from tests.statements.test_monthly_and_annual import EVERY as REPORTS
from tests.statements.test_monthly_and_annual import document
from tests.statements.test_monthly_and_annual import school as small_school

SYSTEM = "系统"
EVERY, SIGNED = "*", "*签批"
SEEN_BY_THEIR_LETTERS = ("delegations_unread",)
"""Their test reads what people receive from the whole engine."""

BUILT = [s for s in mission() if not s.why]

each = pytest.mark.parametrize("sentence", BUILT, ids=lambda s: str(s.number))


@cache
def functions(file: str) -> frozenset[str]:
    """Names of the functions of a test file; the file is read, not run."""
    path = HOUSE / file
    if not path.is_file():
        return frozenset()
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return frozenset(node.name for node in tree.body if isinstance(node, ast.FunctionDef))


# Nothing is missing ---------------------------------------------------------------------------------------------------


def test_every_sentence_is_there_once() -> None:
    assert [s.number for s in mission()] == list(SENTENCES)
    assert len({s.quote for s in mission()}) == len(SENTENCES)


@each
def test_no_sentence_is_empty(sentence: Sentence) -> None:
    assert sentence.tables, "no column"
    assert sentence.rules or sentence.jobs or sentence.figures, "nothing works on them"
    assert sentence.tests, "no test shows it"
    assert sentence.report, "no section will show it"


def test_nothing_is_built_where_it_says_so() -> None:
    [nothing] = [s for s in mission() if s.why]
    assert nothing.number == 55, "the text ends in the middle of this sentence"
    assert not (nothing.tables or nothing.rules or nothing.jobs or nothing.tests)


def test_every_table_serves_a_sentence() -> None:
    served = {table for s in BUILT for table in s.table_names}
    assert {t.name for t in schema() if t.group != SYSTEM} - served == set()


def test_every_automation_serves_a_sentence_or_says_why_not() -> None:
    serving = {automations()[name].file for s in BUILT for name in s.jobs if name in automations()}
    assert set(job_files()) - serving - set(general()) == set(), "name them in tests/mission.toml"
    assert set(general()) <= set(job_files()) and not set(general()) & serving
    assert all(general().values())


# Every name is true ---------------------------------------------------------------------------------------------------


@each
def test_its_columns_exist(sentence: Sentence) -> None:
    for column in sentence.tables:
        table, _, name = column.partition(".")
        assert table in schema() and name in schema()[table], column


@each
def test_its_rules_exist_and_are_about_its_tables(sentence: Sentence) -> None:
    signed = set(approvals())
    for name in sentence.rules:
        about = rule_tables().get(name, frozenset())
        assert about, f"no rule {name}"
        general_one = EVERY in about or (SIGNED in about and signed & sentence.table_names)
        assert general_one or about & sentence.table_names, f"{name} is about {sorted(about)}"


@each
def test_its_automations_exist_and_look_at_its_tables(sentence: Sentence) -> None:
    for name in sentence.jobs:
        assert name in automations(), f"no automation {name}"
        looks_at = automations()[name].tables
        assert looks_at & sentence.table_names, f"{name} looks at {sorted(looks_at)}"


@each
def test_its_tests_exist(sentence: Sentence) -> None:
    for test in sentence.tests:
        file, _, function = test.partition("::")
        assert function in functions(file), test


@each
def test_its_automations_are_run_by_one_of_its_tests(sentence: Sentence) -> None:
    """A life is shown by what happens to its rows, the others by a test that names them."""
    texts = [(HOUSE / test.partition("::")[0]).read_text(encoding="utf-8") for test in sentence.tests]
    named = [n for n in sentence.jobs if automations()[n].kind != LIFE and n not in SEEN_BY_THEIR_LETTERS]
    assert [name for name in named if not any(name in text for text in texts)] == []


@each
def test_its_sections_are_those_of_the_reports(sentence: Sentence) -> None:
    assert set(sentence.report) <= set(SECTIONS)


def test_every_section_is_printed() -> None:
    """As a heading or a table of the monthly or annual report, or as a report of its own."""
    printed = [made.title for made in (document(name, period, small_school()) for name, period in REPORTS)]
    for name, period in REPORTS:
        made = document(name, period, small_school())
        printed += [block.text for block in made.blocks if isinstance(block, Heading)]
        printed += [table.title for table in made.tables.values()]
    printed += [folder.told.title for folder in every()[0].values()]
    assert [section for section in SECTIONS if not any(section in title for title in printed)] == []


def test_nothing_is_still_missing() -> None:
    assert [s.number for s in mission() if s.open] == []


def test_it_can_be_read() -> None:
    assert as_table(schema()).row_count == len(SENTENCES)
    lines = as_markdown(schema()).splitlines()
    assert len(lines) == len(SENTENCES) + 4
    assert {line.count(" | ") for line in lines[: len(SENTENCES) + 2]} == {len(HEADINGS) - 1}


# What stands in the tables from the first day -------------------------------------------------------------------------


def test_goals_are_grouped_by_what_is_to_be_first_class() -> None:
    assert schema()["tasks"]["four_first"].options == ("教学科研", "人才队伍", "管理服务", "风气环境")
    assert "年度重点" in schema()["tasks"]["kind"].options


def test_the_five_sources_of_funds() -> None:
    """贴息贷款、对口协作、上级帮助、区属部门支持、职工集资: more than 4 million 元 until 2014."""
    past = [row for _, row in companies.budget_lines(2026) if row["year"] <= 2014]
    assert {row["fund_source"] for row in past} <= set(schema()["budget_lines"]["fund_source"].options)
    assert [row["fund_source"] for row in past] == ["财政贴息贷款", "对口协作", "上级补助", "区级部门支持", "职工集资"]
    assert 4_000_000 < sum(row["approved"] for row in past) < 5_000_000


def test_the_six_places_of_the_seed() -> None:
    six = ["综合楼", "学员公寓", "教学楼", "学员餐厅", "校园道路", "花园"]
    assert list(islice(school.LOCATIONS, 6)) == six
    assert schema()["procurements"]["locations"].to == "locations"


def test_the_fourteen_rules_of_the_house() -> None:
    """Each in force, with the tables that enforce it; the five kinds of cost are categories of budget and claim."""
    papers = dict(shelf.documents(2026, ()))
    rules = [papers[title] for title in shelf.SEED_RULES]
    assert len(rules) == 14 and all(rule["kind"] == "制度" and rule["status"] == "现行有效" for rule in rules)
    titles = set(schema()["documents"]["module"].options)
    assert all(rule["module"] and set(rule["module"]) <= titles for rule in rules)
    costs = {"水费", "电费", "电话网络费", "公务接待费", "差旅费", "办公费"}
    for table in ("budget_lines", "expense_claims"):
        assert costs <= set(schema()[table]["category"].options)


def test_the_branch_of_the_network_school() -> None:
    papers = dict(shelf.documents(2026, ("电脑1",)))
    assert papers["网络党校分站建设目标责任书"]["kind"] == "目标责任书"
    assert "网络党校分站" in dict(companies.budget_lines(2026))
    assert papers["信息设备技术档案"]["assets"] and papers["光纤接入技术档案"]["contract"]


def test_the_two_lines_to_the_world() -> None:
    lines = {c.name: c for c in companies.CONTRACTS if c.kind == "通信网络"}
    assert {"广电信息租用", "联通光纤"} <= set(lines)


def test_technicians_have_their_post() -> None:
    kinds = {name: kind for name, (department, kind, _) in school.POSTS.items() if department == "信息科"}
    assert kinds and set(kinds.values()) == {"信息"}
    assert any(colleague.post in kinds for colleague in school.PEOPLE)
