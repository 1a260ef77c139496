"""The list of all rules: complete by domain.md, with the parameters and what they are worth."""

import json
from datetime import date
from typing import Any

import pytest

from automations.inquiry.catalogue import OURS, SCHOOLS, Line, catalogue
from automations.norms import Norm, Norms
from automations.rules import RULES
from automations.rules.elsewhere import ELSEWHERE, SAME_AS
from automations.tables.base import Row
from tests.office import schema
from tests.rules.world import whole

TODAY = date(2026, 9, 1)

DOMAIN = {
    "EX": range(1, 14),
    "IV": range(1, 7),
    "IN": range(1, 8),
    "RC": range(1, 9),
    "VH": (7,),
    "PR": (1, 2, 4, 5, 6, 7, 8, 9, 10),
    "CT": range(1, 11),
    "BG": range(1, 4),
    "SG": range(1, 9),
    "DG": range(1, 7),
    "PE": (3,),
    "AS": (3,),
}
"""Ids of domain.md B0, B5, B6 and C1–C7."""

OTHERS = ("PR-03a", "PR-03b", "PR-03c", "PR-03d", "C6", "C7", "不相容岗位", "讲课费")

KEYS = [
    *("id", "same_as", "function", "table", "title", "severity", "gravity", "moments", "clause"),
    *("message", "about", "settings", "verified", "where"),
]
PARAMETER_KEYS = ["key", "label", "value", "unit", "source", "verified", "origin"]


def lines(norms: Norms | None = None, rows: tuple[Any, ...] = ()) -> list[Line]:
    return catalogue(schema(), norms or Norms(), rows, TODAY)


@pytest.mark.parametrize("id", [*(f"{word}-{n:02d}" for word, found in DOMAIN.items() for n in found), *OTHERS])
def test_every_rule_of_the_domain_is_there(id: str) -> None:
    assert id in {line.id for line in lines()}


def test_none_is_lost_and_none_is_told_twice() -> None:
    found = lines()
    doubled = sum(one.id in SAME_AS.values() for one in (*RULES, *ELSEWHERE))
    assert len(found) == len(RULES) + len(ELSEWHERE) + doubled
    assert len({(x.id, x.table, x.function, x.message) for x in found}) == len(found)


def test_rules_stand_by_table_in_the_order_of_the_menu_and_general_ones_last() -> None:
    tables = list(dict.fromkeys(line.table for line in lines()))
    assert len(tables) == len({line.table for line in lines()})
    order = [t.name for t in schema()]
    assert [t for t in tables if t in order] == [t for t in order if t in tables]
    assert tables[-2:] == ["*", "*签批"]


def test_a_second_name_points_to_the_first() -> None:
    [alias] = [line for line in lines() if line.id == "EX-01"]
    [first] = [line for line in lines() if line.id == "SG-08"]
    assert alias.same_as == "SG-08" and alias.message == first.message and first.same_as is None


def test_json_has_exactly_the_documented_keys() -> None:
    for line in lines():
        data = json.loads(json.dumps(line.data()))
        assert list(data) == KEYS
        for parameter in data["settings"]:
            assert list(parameter) == PARAMETER_KEYS


def test_a_rule_names_its_file_and_function() -> None:
    [line] = [x for x in lines() if x.function == "covered_by_invoices"]
    assert (line.id, line.where, line.table, line.title) == (
        "EX-02",
        "automations/rules/claims.py",
        "expense_claims",
        "支出单",
    )
    assert line.moments == ("提交",) and line.severity == "拦截" and line.verified and line.settings == ()


def one_parameter(norms: Norms, rows: tuple[Any, ...] = ()) -> Any:
    [line] = [x for x in lines(norms, rows) if x.function == "little_in_cash"]
    return line, line.settings[0]


def test_a_shipped_parameter_waits_to_be_verified() -> None:
    line, limit = one_parameter(Norms())
    assert (limit.key, limit.value, limit.unit, limit.origin) == ("cash.limit", "1000", "元", OURS)
    assert not limit.verified and not line.verified and "现金管理暂行条例" in limit.source


def row(**cells: Any) -> Row:
    return Row(1, whole(schema()["settings"], {"key": "cash.limit", "label": "现金上限", "unit": "元", **cells}))


def test_the_schools_own_value_and_paper_come_first() -> None:
    norms = Norms([Norm("cash.limit", "500", date(2026, 1, 1), None, True)])
    line, limit = one_parameter(norms, (row(value="500", from_date=date(2026, 1, 1), source="校发〔2026〕3号"),))
    assert (limit.value, limit.label, limit.source, limit.origin) == ("500", "现金上限", "校发〔2026〕3号", SCHOOLS)
    assert limit.verified and line.verified


def test_what_nobody_confirmed_yet_is_not_told_as_the_schools() -> None:
    _, limit = one_parameter(Norms(), (row(value="500", source="校发〔2026〕3号"),))
    assert (limit.value, limit.origin) == ("1000", OURS)


def test_a_row_of_another_time_says_nothing_today() -> None:
    later = row(value="500", from_date=date(2027, 1, 1), source="校发〔2027〕1号")
    ended = row(value="500", to_date=date(2026, 8, 31), source="校发〔2020〕1号")
    assert one_parameter(Norms(), (later, ended))[1].origin == OURS


def test_a_prefix_stands_for_all_its_parameters() -> None:
    [line] = [x for x in lines() if x.function == "hour_within_standard"]
    assert [p.key for p in line.settings] == [
        *("training.lecture.academician", "training.lecture.senior", "training.lecture.vice_senior"),
    ]
