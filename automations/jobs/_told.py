"""Which kinds of notices an automation tells, as its file says: so that what it told before can be taken back."""

import ast
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from automations.jobs import Job


def own_templates(jobs: Iterable[Job]) -> Mapping[str, frozenset[str]]:
    """By the automation's name: folders under ``report_templates/messages`` of which it alone tells."""
    found = {job.name: frozenset(_templates(Path(job.function.__code__.co_filename))) for job in jobs}
    often = Counter(template for templates in found.values() for template in templates)
    return {name: frozenset(t for t in templates if often[t] == 1) for name, templates in found.items()}


def _templates(file: Path) -> Iterator[str]:
    """The template of every ``Notice(…)``: its keyword, or the fourth thing given."""
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Notice":
            given = [word.value for word in node.keywords if word.arg == "template"] or node.args[3:4]
            yield from (str(one.value) for one in given if isinstance(one, ast.Constant))
