"""A year of the demonstration school through the real engine: processor time and growth with the amount of work.

    python -m tests.benchmarks.bench_year --until 2026-03-31 --volume 1 3

The goal: a year in three minutes of one core, and three times the work in about three times the time.
"""

import argparse
import time
from datetime import date

from automations.demo.year.edits import in_order
from automations.demo.year.plan import Plan
from automations.demo.year.planted import planted
from automations.demo.year.player import Player
from automations.demo.year.streams import lawful
from automations.demo.year.verdict import judge
from tests.benchmarks.ground import table


def play(until: date, volume: int, seed: int) -> tuple[object, ...]:
    """One year, or its beginning; a line of the table."""
    plan = Plan(seed=seed, until=until, volume=volume)
    stories = planted(plan)
    edits = in_order([*lawful(plan), *(edit for story in stories for edit in story.edits)])
    started = time.process_time()
    player = Player(plan)
    loaded = time.process_time()
    played = player.play(edits)
    ended = time.process_time()
    verdict = judge(player, stories)
    spent = ended - loaded
    good = f"{sum(line.ok for line in verdict.lines)}/{len(verdict.lines)}"
    player.close()
    return (
        f"volume {volume}",
        f"{played.edits:,}",
        f"{played.passes:,}",
        f"{loaded - started:.1f}",
        f"{spent:.0f}",
        f"{spent / played.edits * 1000:.1f}",
        f"{spent / played.passes * 1000:.0f}",
        good,
    )


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="The demonstration year, in processor time.")
    parser.add_argument("--until", type=date.fromisoformat, default=date(2026, 12, 31))
    parser.add_argument("--volume", type=int, nargs="+", default=[1])
    parser.add_argument("--seed", type=int, default=20260101)
    options = parser.parse_args()
    lines = [play(options.until, volume, options.seed) for volume in options.volume]
    print(table(("", "edits", "passes", "load s", "play s", "ms/edit", "ms/pass", "found"), lines))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
