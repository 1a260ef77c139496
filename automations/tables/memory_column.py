"""One column of the memory host, and what its cells hold.

Cells lie as JSON under their column's id. A choice lies as the option's number, so that renaming an option keeps it,
as on the real hosts; the history holds the text of its day.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any, cast

from automations.errors import HostRefused
from automations.schema.model import HOST_TYPES, Field, FieldType
from automations.tables.base import HostField
from automations.tables.values import canonical, to_json

Plain = dict[str, Any]
"""JSON values by column id, choices as texts: what ``to_json`` gives for each column."""


@dataclass(frozen=True)
class Column:
    """One stored column; ``type`` is ours, or ``?…`` for one that no field of ours fits."""

    id: str
    table: str
    title: str
    type: str
    options: tuple[tuple[int, str], ...] = ()
    to: str | None = None
    note: str = ""
    decimals: int = 0
    standard: Any = None
    reverse_of: str | None = None

    @property
    def by_host(self) -> bool:
        """Filled by the host itself."""
        return self.type in HOST_TYPES

    def as_host(self) -> HostField:
        """The column as the adapter describes it."""
        texts = tuple(text for _, text in self.options)
        return HostField(self.id, self.title, self.type, texts, self.to, self.note, self.decimals)

    @cached_property
    def _texts(self) -> dict[int, str]:
        return dict(self.options)

    @cached_property
    def as_field(self) -> Field:
        """The column as :func:`canonical` wants it."""
        texts = tuple(text for _, text in self.options)
        kind = cast(FieldType, self.type)
        return Field(self.id, self.title, kind, options=texts, to=self.to, decimals=self.decimals)

    def encode(self, raw: Any) -> Any:
        """``raw`` as the cell's JSON.

        Raises:
            HostRefused: Not a value of this column, an unknown option, or a column nobody may write.
        """
        if self.by_host or self.reverse_of or self.type.startswith("?"):
            raise HostRefused(f"“{self.title}”不能写入：由系统填写。请去掉这一列。")
        try:
            value = to_json(canonical(self.as_field, raw))
        except ValueError as error:
            raise HostRefused(f"{error}。请改成这一列的类型再写。") from None
        if self.type == "file":
            return [{**item, "sha256": ""} for item in value]
        if self.type not in ("choice", "choices") or not value:
            return value
        numbers = {text: number for number, text in self.options}
        unknown = [text for text in ([value] if self.type == "choice" else value) if text not in numbers]
        if unknown:
            listed = "、".join(numbers) or "（空）"
            raise HostRefused(f"“{self.title}”没有选项“{'、'.join(unknown)}”。现有选项：{listed}。")
        return numbers[value] if self.type == "choice" else sorted(numbers[text] for text in value)

    def decode(self, cell: Any) -> Any:
        """The cell's JSON with texts for option numbers; options that are gone read as empty."""
        if self.type == "choice":
            return self._texts.get(cell)
        if self.type == "choices":
            return [text for number, text in self.options if number in (cell or ())]
        if self.type == "bool":
            return bool(cell)
        return [] if cell is None and self.type in ("links", "persons", "file") else cell
