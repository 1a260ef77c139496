"""The list of rules that live outside rules/ says what they really say, and leaves none out."""

import importlib
import inspect
import re
from datetime import UTC, datetime
from functools import reduce
from string import Formatter
from typing import Any

import pytest

from automations.approvals.words import clock
from automations.rules import RULES
from automations.rules.elsewhere import ELSEWHERE, EVERY, SAME_AS, SIGNED, Elsewhere
from automations.settings import HOUSE
from automations.shipped_norms import SHIPPED
from tests.office import schema

AT = datetime(2026, 9, 1, 2, 0, tzinfo=UTC)
HOUSE_OF_RULES = ("approvals/*.py", "engine/*.py", "guards.py", "secrecy.py", "confirming.py")


def found(place: str) -> Any:
    """What ``module:name`` names."""
    module, _, name = place.partition(":")
    return reduce(getattr, name.split("."), importlib.import_module(f"automations.{module}"))


def source(place: str) -> str:
    """The text of a function, its broken sentences joined; of a template, its file."""
    if ":" not in place:
        return (HOUSE / place).read_text("utf-8")
    return re.sub(r'"\s*\n\s*f?"', "", inspect.getsource(found(place)))


def named(one: Elsewhere) -> str:
    return f"{one.id} {one.message[:20]}"


@pytest.mark.parametrize("one", [e for e in ELSEWHERE if e.says], ids=named)
def test_a_sentence_written_down_once_is_listed_word_for_word(one: Elsewhere) -> None:
    says = found(one.says)
    if isinstance(says, str):
        assert one.message == says
        return
    figures = {
        p.name: AT if p.annotation is datetime else f"〈{p.name}〉" for p in inspect.signature(says).parameters.values()
    }
    shown = {name: clock(value) if value is AT else value for name, value in figures.items()}
    assert one.message.format(**shown) == says(**figures)


@pytest.mark.parametrize("one", ELSEWHERE, ids=named)
def test_the_place_that_is_named_says_it(one: Elsewhere) -> None:
    text = source(one.where)
    if one.says:
        assert one.says.partition(":")[2] in text
    else:
        assert [piece for piece, *_ in Formatter().parse(one.message) if piece not in text] == []


@pytest.mark.parametrize("one", ELSEWHERE, ids=named)
def test_its_table_and_its_parameters_exist(one: Elsewhere) -> None:
    assert one.table in (EVERY, SIGNED) or one.table in schema()
    assert set(one.settings) <= SHIPPED.keys()


@pytest.mark.parametrize("one", [e for e in ELSEWHERE if e.settings], ids=named)
def test_its_parameters_are_read_there(one: Elsewhere) -> None:
    module = inspect.getfile(importlib.import_module(f"automations.{one.where.partition(':')[0]}"))
    text = "".join((HOUSE / file).read_text("utf-8") for file in (module, "automations/jobs/expense_claims.py"))
    assert [key for key in one.settings if f'"{key}"' not in text] == []


def test_every_id_that_the_code_gives_is_listed() -> None:
    files = [p for pattern in HOUSE_OF_RULES for p in sorted((HOUSE / "automations").glob(pattern))]
    given = {id for p in files for id in re.findall(r'"((?:SG|DG|EX|PE)-\d\d)"', p.read_text("utf-8"))}
    known = {one.id for one in ELSEWHERE} | {one.id for one in RULES}
    assert {"SG-01", "DG-04", "EX-08"} <= given <= known, given - known


def test_a_second_name_is_that_of_a_rule() -> None:
    known = {one.id for one in ELSEWHERE} | {one.id for one in RULES}
    assert set(SAME_AS.values()) <= known and not known & SAME_AS.keys()
