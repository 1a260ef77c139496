"""Rows as a job sees them: fields by name, and lists that can be narrowed.

Plain data: reading a field asks nobody, and nothing can be written.
"""

from collections.abc import Iterable, Iterator, Sequence
from difflib import get_close_matches
from typing import Any, overload

from automations.errors import RuleError
from automations.tables.base import Row


class RowView:
    """One row: ``vehicle.insurance_due``.

    Its cells are its ``__dict__`` itself, not a copy: so Python finds them ten times faster than through
    ``__getattr__``, and rules read millions.

    Attributes:
        table: Code name of its table.
        id: The host's row id.
        born: With ``id`` the row's identity (see :class:`~automations.tables.base.Row`).
    """

    __slots__ = ("__dict__", "born", "id", "table")
    table: str
    id: int
    born: str

    def __init__(self, table: str, row: Row) -> None:
        values = row.values
        _cells(self, values if type(values) is dict else dict(values))
        _table(self, table)
        _id(self, row.id)
        _born(self, row.born)

    @property
    def subject(self) -> str:
        """Names the row for ever, also after its id was used again."""
        return f"{self.table}/{self.id}/{self.born}" if self.born else f"{self.table}/{self.id}"

    def __getitem__(self, name: str) -> Any:
        try:
            return self.__dict__[name]
        except KeyError:
            alike = get_close_matches(name, list(self.__dict__), 1)
            guess = f"，是不是“{alike[0]}”？" if alike else "，"
            raise RuleError(
                f"表 {self.table} 没有字段“{name}”{guess}请核对 schemas/{self.table}.toml 和自动化。"
            ) from None

    def __getattr__(self, name: str) -> Any:
        if name[0] == "_":  # Python's own questions, such as those of copy and pickle
            raise AttributeError(name)
        return self[name]

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"{name}: a row is only looked at")

    def __eq__(self, other: object) -> bool:
        return isinstance(other, RowView) and self.subject == other.subject

    def __hash__(self) -> int:
        return hash(self.subject)

    def __repr__(self) -> str:
        return f"<{self.subject}>"


# How a row that nobody may write into is filled, once: millions of times a year, so without looking names up.
_cells = vars(RowView)["__dict__"].__set__
_table, _id, _born = (vars(RowView)[name].__set__ for name in ("table", "id", "born"))


class Rows(Sequence[RowView]):
    """Rows of one table in the order given."""

    def __init__(self, table: str, rows: Iterable[Row | RowView]) -> None:
        self.table = table
        self._rows = [row if isinstance(row, RowView) else RowView(table, row) for row in rows]

    def where(self, **wanted: Any) -> "Rows":
        """Those whose fields equal the given values; a tuple, list or set means any of these.

        ``vehicles.where(category="车辆", status=("在用", "维修"))``
        """
        rows = self._rows
        for name, value in wanted.items():
            allowed = frozenset(value) if isinstance(value, tuple | list | set | frozenset) else frozenset((value,))
            rows = [row for row in rows if row[name] in allowed]
        return Rows(self.table, rows)

    def __len__(self) -> int:
        return len(self._rows)

    def __iter__(self) -> Iterator[RowView]:
        return iter(self._rows)

    @overload
    def __getitem__(self, index: int) -> RowView: ...
    @overload
    def __getitem__(self, index: slice) -> "Rows": ...
    def __getitem__(self, index: int | slice) -> "RowView | Rows":
        return Rows(self.table, self._rows[index]) if isinstance(index, slice) else self._rows[index]
