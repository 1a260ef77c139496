"""Secrecy marks: what bears one must not stay here (DG-06, domain.md B0). Pure."""

import re
from collections.abc import Mapping

from automations.schema import Table
from automations.tables.values import File, Value, Values, canonical

MESSAGE = "【涉密信息】检测到密级标志，本系统不得存放涉密内容，内容已清除，请按保密规定处理。"

# Between the two signs people leave spaces, and copying adds characters that nobody sees.
_GAP = r"[\s\u200b-\u200f\u2060\ufe0e\ufe0f\ufeff]*"
_MARK = re.compile(rf"[秘机機绝絕]{_GAP}密{_GAP}(?:[★☆⭐✩✪✫✬✭✮✯✰🌟]|[*＊](?={_GAP}(?:[0-9０-９]|长期)))")

RESTED_ON = frozenset({"people", "departments", "settings"})
"""Tables that every sign-off rests on: only the cell with the mark is cleared there.

Else one word in somebody's 备注 would take a leader's login away, and with it every signature that is due.
"""


def bears_mark(value: Value) -> bool:
    """Whether a text, or the name of an attachment, holds 秘密★, 机密★ or 绝密★."""
    if isinstance(value, str):
        return "密" in value and _MARK.search(value) is not None
    if isinstance(value, tuple):
        return any(bears_mark(v.name if isinstance(v, File) else v) for v in value if isinstance(v, File | str))
    return False


def marked(values: Values) -> tuple[str, ...]:
    """Fields whose cells bear a mark."""
    return tuple(name for name, value in values.items() if bears_mark(value))


def scrubbed(values: Values) -> Values:
    """The same values; cells that bear a mark are empty."""
    names = marked(values)
    return {**values, **{n: () if isinstance(values[n], tuple) else None for n in names}} if names else values


def cleared(table: Table, row: Values, known: Values | None, *, whole: bool) -> dict[str, Value]:
    """What must be written into a row that bears a mark.

    Args:
        table: Its table.
        row: The row as the host holds it.
        known: The row as it was known before, which bears none; None for a new one.
        whole: Empty everything that people fill in, not only the cells with a mark.
    """
    found: dict[str, Value] = {}
    names = marked(row)
    for field in table.fields:
        if field.by_host or field.name not in row:
            continue
        if field.name in names and (field.by_worker or not whole):
            found[field.name] = _before(known, field.name, canonical(field, field.default))
        elif whole and not field.by_worker:
            found[field.name] = canonical(field, field.default)
    return found


def _before(known: Mapping[str, Value] | None, name: str, empty: Value) -> Value:
    old = empty if known is None else known.get(name, empty)
    return empty if bears_mark(old) else old
