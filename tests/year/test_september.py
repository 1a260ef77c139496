"""Three weeks of September, played through the real engine: what was planted is found, and nothing else."""

from collections.abc import Iterator
from datetime import date

import pytest

from automations.demo.year.plan import Plan
from automations.demo.year.planted import planted
from automations.demo.year.planting import Expected, Planted
from automations.demo.year.player import Player
from automations.demo.year.streams import MONEY
from automations.demo.year.verdict import Found, Verdict, invariants, judge
from automations.demo.year.weeks import begun_since

FIRST, LAST = date(2026, 8, 31), date(2026, 9, 22)
PLANTED = ("V01", "V02", "V04", "V08", "V13", "V14", "V16", "V17", "V20")
"""Whose whole story lies in these days."""
TABLES = ("requests", "expense_claims", "income", "budget_lines", "contracts", "procurements", "vendors", "people")


class Played:
    """The fortnight, played once for all tests here."""

    def __init__(self) -> None:
        self.plan = Plan(until=LAST, first=FIRST)
        self.stories = planted(self.plan, PLANTED)
        edits = [e for name in ("purchases", "receptions") for e in MONEY[name](self.plan, self.plan.dice(name))]
        self.player = Player(self.plan)
        mine = [e for story in self.stories for e in story.edits]
        self.player.play([*begun_since(self.plan, edits, FIRST), *mine])

    def verdict(self, stories: list[Planted] | None = None) -> Verdict:
        return judge(self.player, self.stories if stories is None else stories)


def money(verdict: Verdict) -> list[Found]:
    """What nobody planted, in tables about money: the streams of all else are not played here."""
    return [one for one in verdict.more if one.row.table in TABLES]


@pytest.fixture(scope="module")
def played() -> Iterator[Played]:
    found = Played()
    yield found
    found.player.close()


def test_everybody_could_do_what_he_wanted(played: Played) -> None:
    assert played.player.played.troubles == []
    assert played.player.played.edits > 200


def test_what_was_planted_is_found_and_nothing_else(played: Played) -> None:
    verdict = played.verdict()
    assert {line.id for line in verdict.lines} == {*PLANTED}
    assert [f"{line.id} {line.what}" for line in verdict.lines if not line.ok] == []
    assert money(verdict) == [] == verdict.broken


def test_what_nobody_planted_is_told(played: Played) -> None:
    """Leave one story out: what it did is found as more than was planted."""
    rest = [s for s in played.stories if s.id != "V16"]
    verdict = played.verdict(rest)
    assert {one.row.key for one in money(verdict)} == {"V16"} and not verdict.ok
    assert {rule for one in money(verdict) for rule in one.rules} == {"RC-02", "RC-04", "RC-05"}


def test_what_was_not_found_is_told(played: Played) -> None:
    [story] = [s for s in played.stories if s.id == "V14"]
    wanted = Planted(
        "V14", story.title, story.edits, [*story.expected, Expected("IN-06", story.edits[0].row, "ledger")]
    )
    verdict = played.verdict([wanted, *(s for s in played.stories if s.id != "V14")])
    assert [line.what for line in verdict.lines if not line.ok] == ["IN-06 台账 1条，实有0条：没有发现"]


def test_the_books_are_in_order(played: Played) -> None:
    assert list(invariants(played.player)) == []
    verdict = played.player.office.journal.verify()
    assert verdict.ok, verdict.message
