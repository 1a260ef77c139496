"""The ordinary night: exact on a line, unmoved by a few wild nights, silent where it knows too little."""

from random import Random
from statistics import median

import pytest
from hypothesis import given
from hypothesis import strategies as st

from automations.rules.energy_baseline import Baseline, Night, comparable, fit, learn

USAGE = st.floats(0, 500)
LODGERS = st.integers(0, 168)
NIGHTS = st.lists(st.builds(Night, USAGE, st.booleans(), LODGERS), min_size=1, max_size=60)


@given(st.floats(0, 200), st.floats(0, 3), st.lists(LODGERS, min_size=2, max_size=60, unique=True))
def test_a_line_is_found_exactly(base: float, slope: float, lodgers: list[int]) -> None:
    found = fit([Night(base + slope * n, True, n) for n in lodgers])
    assert found.per_lodger == pytest.approx(slope, abs=1e-6)
    assert [found.at(n) for n in lodgers] == pytest.approx([base + slope * n for n in lodgers], abs=1e-4)


@given(st.lists(USAGE, min_size=1, max_size=60), LODGERS)
def test_without_lodgers_it_is_the_median(usages: list[float], lodgers: int) -> None:
    found = fit([Night(usage, True, lodgers) for usage in usages])
    assert found == Baseline(median(usages), 0.0, lodgers, lodgers)


@given(NIGHTS, st.randoms())
def test_order_means_nothing(nights: list[Night], dice) -> None:
    shuffled = list(nights)
    dice.shuffle(shuffled)
    assert fit(shuffled).at(50) == pytest.approx(fit(nights).at(50))


@given(NIGHTS, st.floats(0, 100), st.floats(0.1, 10))
def test_another_unit_or_a_fridge_more_moves_it_along(nights: list[Night], more: float, times: float) -> None:
    was, now = fit(nights), fit([Night(times * n.usage + more, n.works, n.lodgers) for n in nights])
    assert now.per_lodger == pytest.approx(times * was.per_lodger, abs=1e-6)
    assert now.base == pytest.approx(times * was.base + more, abs=1e-4)


@given(NIGHTS, LODGERS, LODGERS)
def test_more_lodgers_never_need_less_and_nothing_needs_less_than_nothing(
    nights: list[Night], few: int, many: int
) -> None:
    found = fit(nights)
    few, many = sorted((few, many))
    assert 0 <= found.at(few) <= found.at(many)


@pytest.mark.parametrize("seed", range(20))
def test_one_night_in_five_may_be_anything(seed: int) -> None:
    """Lights that burn are all on one side; the full house is foretold as if they had not."""
    dice = Random(seed)
    nights = [Night(60 + 1.1 * n + dice.gauss(0, 6), True, n) for n in (dice.randrange(140) for _ in range(48))]
    wild = [Night(n.usage * dice.uniform(2, 5), True, n.lodgers) for n in nights[:12]]
    assert fit([*nights, *wild]).at(86) == pytest.approx(154.6, abs=10)


@given(NIGHTS, st.booleans(), st.integers(1, 60))
def test_too_few_nights_say_nothing(nights: list[Night], works: bool, least: int) -> None:
    alike = [n for n in nights if n.works == works]
    found = learn(nights, works, least)
    if len(nights) < least:
        assert found is None
    else:
        assert found == fit(alike if len(alike) >= least else nights)


def test_nights_of_the_kind_come_first() -> None:
    working, free = [Night(20.0)] * 20, [Night(10.0, works=False)] * 8
    assert comparable([*working, *free], True, 20) == working
    assert comparable([*working, *free], False, 8) == free
    assert len(comparable([*working, *free], False, 20)) == 28, "too few of them: all"


def test_what_was_never_seen_is_not_guessed() -> None:
    seen = fit([Night(60.0 + n, True, n) for n in range(0, 41)])
    assert seen.covers(50) and not seen.covers(51), "ten more than ever"
    full = fit([Night(60.0 + n, True, n) for n in range(40, 141)])
    assert full.covers(160) and not full.covers(161), "a fifth of the range"
    assert full.covers(20) and not full.covers(19)


def test_gaps_are_not_there() -> None:
    known = [Night(60 + 1.1 * n, True, n) for n in range(0, 120, 4)]
    assert fit(known[::3]).at(86) == pytest.approx(fit(known).at(86)) == pytest.approx(154.6)
