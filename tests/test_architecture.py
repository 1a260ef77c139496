"""Rooms that do not know each other: imports point downward only (README, "Rooms"). The list is the rule."""

import ast

import pytest

from automations.settings import HOUSE

# From the roof to the ground. Rooms of one floor, separated by |, do not import each other.
FLOORS = """
__main__
cli
doctor | demo | inquiry | rehearsal | web
worker | starter
assemble
engine
figures
rules | jobs | statements
books | habits
reports
measures
approvals | guards | confirming | owners | secrecy | reminders | learning | follow | sync
rows | schedule
mirror | journal | lease | holds | intents | notify | people | norms
mirror_write
history | journal_tables
mirror_tables
chain | tables
cells
store
schema
workdays
pay_plan
settings | amounts | shipped_norms | shipped_rules | terminal
errors
"""
# What a floor's rooms may share although they stand side by side, and why.
DOORS = {
    ("lease", "journal"): "the lease is a row of the journal's store",
    ("notify", "schedule"): "when notices may go out",
    ("guards", "approvals"): "the sentences that both say are written once, in approvals.words",
    ("confirming", "approvals"): "likewise",
}
VOCABULARY = {"automations.tables.values"}
"""Plain values that every room above may speak of."""


def floor_of() -> dict[str, int]:
    found = {}
    lines = [line for line in FLOORS.strip().splitlines() if line]
    for height, line in enumerate(reversed(lines)):
        for room in line.split("|"):
            found[room.strip()] = height
    return found


def room(module: str) -> str:
    parts = module.split(".")
    return parts[1] if len(parts) > 1 else ""


def imports() -> list[tuple[str, str, str]]:
    """(file, room that imports, module imported)."""
    found = []
    for path in sorted((HOUSE / "automations").rglob("*.py")):
        module = ".".join(path.relative_to(HOUSE).with_suffix("").parts)
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            names = []
            if isinstance(node, ast.ImportFrom) and node.module:
                names = [node.module] if node.module != "automations" else [f"automations.{a.name}" for a in node.names]
            elif isinstance(node, ast.Import):
                names = [a.name for a in node.names]
            found += [(str(path.relative_to(HOUSE)), room(module), n) for n in names if n.startswith("automations.")]
    return found


def test_every_room_stands_on_a_floor() -> None:
    rooms = {
        p.stem if p.is_file() else p.name for p in (HOUSE / "automations").iterdir() if not p.name.startswith("__pyc")
    }
    assert rooms - {"__init__", "_data"} == set(floor_of())


@pytest.mark.parametrize("file, importer, module", imports())
def test_imports_point_downward(file: str, importer: str, module: str) -> None:
    floors = floor_of()
    target = room(module)
    if importer in ("", "__init__") or target == importer or module in VOCABULARY or target not in floors:
        return  # the short list of names a job may import, and a room's own parts
    if (importer, target) in DOORS:
        return
    assert floors[target] < floors[importer], f"{file} reaches up or sideways into {module}"


def test_the_walk_sees_the_house() -> None:
    seen = {(file, module) for file, _, module in imports()}
    assert ("automations/engine/turn.py", "automations.sync") in seen
    assert ("automations/approvals/judge.py", "automations.approvals.seal") in seen


def test_only_settings_reads_the_environment() -> None:
    readers = [
        str(p.relative_to(HOUSE))
        for p in sorted((HOUSE / "automations").rglob("*.py"))
        if "os.environ" in p.read_text("utf-8") or "getenv" in p.read_text("utf-8")
    ]
    hands_on = {"automations/reports/render.py", "automations/reports/fonts.py", "automations/demo/local.py"}
    """They give a child process its environment, without our secrets; they read no setting."""
    assert set(readers) <= {"automations/settings.py"} | hands_on
