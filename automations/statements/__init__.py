"""What each report says: one short file each, named like its folder in ``report_templates/``.

A statement looks at the rows of a period and gives named figures, tables and charts; it never sends, saves or asks the
time. The words around them are in the folder's ``words.md``, which the office may edit::

    @statement("monthly")
    def monthly(records, period):
        return {"classes": service.classes(records, period), ...}

A name whose value is a :class:`Table` or :class:`Chart` may be placed by ``[[表 name]]`` or ``[[图 name]]``; every
other name can be used in the words. A report about one row (``table = "training_classes"`` in ``report.toml``) is given
that row as a third argument ``row``.
"""

import importlib
import pkgutil
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from automations.errors import HouqinError

Statement: TypeAlias = Callable[..., Mapping[str, Any]]

STATEMENTS: dict[str, Statement] = {}
"""Every statement found so far, by name."""


def statement(name: str) -> Callable[[Statement], Statement]:
    """Make the decorated function the content of the report in the folder ``name``.

    Raises:
        HouqinError: Another function has that name.
    """

    def register(function: Statement) -> Statement:
        known = STATEMENTS.get(name)
        if known is not None and known.__code__.co_filename != function.__code__.co_filename:
            raise HouqinError(f"有两个报告都叫“{name}”，请把其中一个改名。")
        STATEMENTS[name] = function
        return function

    return register


def discover() -> dict[str, Statement]:
    """Import every file of this folder; the statements by name.

    Raises:
        HouqinError: A file cannot be imported; ``problems`` names each.
    """
    problems = []
    for module in sorted(m.name for m in pkgutil.iter_modules(__path__) if not m.name.startswith("_")):
        try:
            importlib.import_module(f"{__name__}.{module}")
        except Exception as error:
            problems.append(f"{module}.py：{type(error).__name__}: {error}")
    if problems:
        raise HouqinError("有报告文件读不进来，请改正或移走：", problems)
    return dict(STATEMENTS)
