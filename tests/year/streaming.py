"""What the tests of streams ask of edits."""

from collections import defaultdict
from datetime import date
from typing import Any

from automations.demo.year.edits import Edit, in_order
from automations.workdays import SCHOOL_TIME


def rows(edits: list[Edit], table: str) -> dict[str, dict[str, Any]]:
    """Cells by key, as they are at last."""
    found: dict[str, dict[str, Any]] = defaultdict(dict)
    for edit in in_order(edits):
        if edit.table == table and edit.deed == "write":
            found[edit.key].update(edit.cells)
    return found


def day_of(edit: Edit) -> date:
    """On which day somebody did it."""
    return edit.at.astimezone(SCHOOL_TIME).date()
