"""No figure is written and tested and then printed by nobody: the files are read, not run.

A function or class of ``automations/measures`` must be named by something outside that folder, or by another figure
that is. What only stands in tests is dead.
"""

import ast
from collections.abc import Iterator, Mapping
from functools import cache

from automations.settings import HOUSE

CODE = HOUSE / "automations"
MEASURES = CODE / "measures"
ROOM = "automations.measures"

Name = tuple[str, str]
"""(module, function or class) of the room."""


@cache
def trees() -> Mapping[str, ast.Module]:
    """The room's modules."""
    return {path.stem: ast.parse(path.read_text("utf-8")) for path in MEASURES.glob("*.py")}


@cache
def defined(tree: ast.Module) -> dict[str, ast.FunctionDef | ast.ClassDef]:
    return {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef)}


@cache
def imported(tree: ast.Module) -> tuple[dict[str, str], dict[str, Name]]:
    """Modules and names of the room as a file calls them."""
    modules, names = dict[str, str](), dict[str, Name]()
    for node in ast.walk(tree):
        if not isinstance(node, ast.ImportFrom) or not (node.module or "").startswith(ROOM):
            continue
        source = (node.module or "").removeprefix(ROOM).lstrip(".")
        for alias in node.names:
            called = alias.asname or alias.name
            if not source and alias.name in trees():
                modules[called] = alias.name
            else:
                names[called] = (source or "__init__", alias.name)
    return modules, names


@cache
def home(name: Name) -> Name | None:
    """Where a name is defined, through modules that only pass it on."""
    module, what = name
    if module not in trees():
        return None
    if what in defined(trees()[module]):
        return name
    further = imported(trees()[module])[1].get(what)
    return home(further) if further is not None and further != name else None


def named(node: ast.AST, tree: ast.Module, module: str = "") -> Iterator[Name]:
    """Figures that a part of a file names; ``module`` is the file's own name inside the room."""
    modules, names = imported(tree)
    for part in ast.walk(node):
        found: Name | None = None
        if isinstance(part, ast.Attribute) and isinstance(part.value, ast.Name) and part.value.id in modules:
            found = home((modules[part.value.id], part.attr))
        elif isinstance(part, ast.Name) and part.id in names:
            found = home(names[part.id])
        elif isinstance(part, ast.Name) and module:
            found = home((module, part.id))
        if found is not None:
            yield found


@cache
def reached() -> set[Name]:
    """What the rest of the house names, and whatever that stands on."""
    todo = [
        name
        for path in CODE.rglob("*.py")
        if MEASURES not in path.parents and ROOM in (text := path.read_text("utf-8"))
        for tree in [ast.parse(text)]
        for name in named(tree, tree)
    ]
    found = set[Name]()
    while todo:
        name = todo.pop()
        if name in found:
            continue
        found.add(name)
        module, what = name
        tree = trees()[module]
        loose = [part for part in tree.body if not isinstance(part, ast.FunctionDef | ast.ClassDef)]
        for part in (defined(tree)[what], *loose):
            todo += named(part, tree, module)
    return found


def test_every_figure_is_told_somewhere() -> None:
    every = {(module, name) for module, tree in trees().items() for name in defined(tree)}
    unused = sorted(f"{module}.{name}" for module, name in every - reached())
    assert unused == [], "print them in a report, or take them and their tests away"


def test_the_walk_sees_the_room() -> None:
    found = reached()
    assert ("income", "late") in found, "passed on by money"
    assert ("indicators", "indicators") in found and ("costs", "meal") in found, "named in a table of its module"
    assert len(found) > 200
