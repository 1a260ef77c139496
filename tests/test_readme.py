"""The README stays true: its example is a job of the house, its commands and folders exist."""

import re

from typer.main import get_command

from automations.cli import app
from automations.settings import HOUSE

README = (HOUSE / "README.md").read_text("utf-8")


def test_the_examples_are_a_job_and_a_rule_of_the_house() -> None:
    [job, rule] = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    assert job == (HOUSE / "automations" / "jobs" / "vehicle_insurance.py").read_text("utf-8")
    assert rule in (HOUSE / "automations" / "rules" / "claims.py").read_text("utf-8")


def test_two_commands_do_all_the_set_up() -> None:
    assert re.findall(r"```sh\n(.*?)\n```", README) == ["sh deploy/quickstart.sh", "sh deploy/test.sh"]
    assert all((HOUSE / line.split()[1]).is_file() for line in ("sh deploy/quickstart.sh", "sh deploy/test.sh"))


def test_every_command_is_told_and_no_other() -> None:
    told = set(re.findall(r"^\| `houqin (\w+)", README, re.MULTILINE))
    assert told == set(get_command(app).commands)  # type: ignore[attr-defined]


def test_the_listing_names_what_is_there() -> None:
    [listing] = re.findall(r"```\nautomations/\n(.*?)```", README, re.DOTALL)
    named = {
        w
        for line in listing.splitlines()
        for w in re.findall(r"\b(\w+(?:\.py|/))", line.split("    ")[0] + " " + line[:60])
    }
    there = {p.name + ("/" if p.is_dir() else "") for p in (HOUSE / "automations").iterdir()}
    there |= {p.name + "/" for p in HOUSE.iterdir() if p.is_dir()}
    assert named <= there, named - there
    small = {"__init__.py", "__main__.py"}
    modules = {n for n in there if n.endswith(".py")} - small
    assert modules <= named, modules - named


def test_ci_runs_the_test_command_and_nothing_less() -> None:
    lines = [x for x in (HOUSE / ".ci" / "run").read_text("utf-8").splitlines() if x and not x.startswith("#")]
    assert lines[-1].strip().endswith("sh deploy/test.sh")
