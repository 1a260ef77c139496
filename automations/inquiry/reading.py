"""What a rule read while it looked at a row: cells, lookups, what is held, parameters; as people read it."""

import re
from collections.abc import Iterator
from typing import Any

from automations import holds
from automations.approvals.words import money
from automations.books.inputs import Input
from automations.engine import Office
from automations.rows import RowView
from automations.rules.base import UNVERIFIED
from automations.schema import HOST_TYPES
from automations.tables.values import Value

BANK_ACCOUNTS = frozenset({("expense_claims", "payee_account"), ("vendors", "bank_account")})
"""Cells of which only the end is shown."""

FEW_DIGITS = 4
"""What has more is an account."""

FEW = 12
"""So many cells of other rows are shown of one rule, unless it is the only one asked for."""

_TYPED_ACCOUNT = re.compile(r"(“(?:银行)?账号”（)([^）]*)(）)")
"""How a message tells that an account was changed: “账号”（old→new）."""

Cell = tuple[str, int, str]


def ending(account: str) -> str:
    """``尾号1234``; words that are no account as they are."""
    kept = "".join(account.split())
    return f"尾号{kept[-4:]}" if sum(c.isdecimal() for c in kept) > FEW_DIGITS else account or "空"


def without_accounts(text: str, *known: str) -> str:
    """A message with bank accounts cut down to their end: those in the row, and those told as changed."""
    for account in known:
        text = text.replace(account, ending(account))
    return _TYPED_ACCOUNT.sub(lambda found: found[1] + "→".join(map(ending, found[2].split("→"))) + found[3], text)


def accounts_of(office: Office, row: RowView) -> list[str]:
    """The bank accounts that stand in a row, and in that of the company it pays."""
    vendor = office.mirror.row("vendors", row["vendor"]) if row.table == "expense_claims" and row["vendor"] else None
    own = [row[name] for table, name in BANK_ACCOUNTS if table == row.table]
    return [str(a) for a in (*own, vendor["bank_account"] if vendor else None) if a]


def shown(office: Office, table: str, name: str, value: Value) -> str:
    """A cell as people read it."""
    if (table, name) in BANK_ACCOUNTS:
        return ending(str(value or ""))
    if name == "id":
        return str(value)
    return office.show(office.schema[table][name], value)


class Reading:
    """Gathers what was read, for one rule at a time."""

    def __init__(self, office: Office, subject: tuple[str, int]) -> None:
        self._office, self._subject = office, subject
        self._cells: dict[Cell, Any] = {}

    def tell(self, row: RowView, name: str, value: Any) -> None:
        """A cell was read."""
        field = self._office.schema[row.table].by_name.get(name)
        if field is not None and field.type not in HOST_TYPES:
            self._cells[row.table, row.id, name] = value

    def begin(self) -> None:
        """Forget what earlier rules read."""
        self._cells.clear()

    def own(self) -> str:
        """``申请金额986、发票合计986``: cells of the row itself."""
        return "、".join(self._cell(*cell) for cell in self._cells if cell[:2] == self._subject)

    def others(self, marks: set[Input], most: int = FEW) -> Iterator[str]:
        """Lines about everything else: rows, lookups that found nothing, what is held."""
        by_row: dict[tuple[str, int], list[Cell]] = {}
        cells = [cell for cell in self._cells if cell[:2] != self._subject]
        for cell in cells[:most]:
            by_row.setdefault(cell[:2], []).append(cell)
        for (table, row_id), own in by_row.items():
            yield f"{self._row(table, row_id)}：{'、'.join(self._cell(*cell) for cell in own)}"
        if len(cells) > most:
            yield f"……还读了{len(cells) - most}格（用 --rule 只看这一条可看全）"
        found = {table for table, *_ in self._cells}
        for mark in sorted(marks, key=str):
            if mark[0] == "where" and mark[1] not in found:
                _, table, name, value = mark
                wanted = f"“{self._office.schema[table][name].title}”为{self._value(table, name, value)}"
                yield f"{self._office.schema[table].title}：找过{wanted}的其他行"
            elif mark[0] == "held":
                yield self._held(mark[1], mark[2])

    def parameters(self, marks: set[Input], facts: Any) -> str:
        """``compare.limit＝5000（标准待核实）``: parameters that were read, as on the business day."""
        keys = sorted(mark[1] for mark in marks if mark[0] == "norm")
        values = self._office.norms.in_force(facts.on)
        return "、".join(
            f"{key}＝{values.get(key) or '未填'}{'' if self._office.norms.verified(key, facts.on) else UNVERIFIED}"
            for key in keys
        )

    def _cell(self, table: str, row_id: int, name: str) -> str:
        title, value = self._office.schema[table][name].title, self._cells[table, row_id, name]
        text = shown(self._office, table, name, value)
        return f"{title}{'' if text[:1].isdecimal() else '：'}{text}"

    def _value(self, table: str, name: str, value: Any) -> str:
        """A value looked for; of a column with several values it is one of them."""
        several = self._office.schema[table][name].type in ("links", "persons", "choices")
        return shown(self._office, table, name, (value,) if several else value)

    def _row(self, table: str, row_id: int) -> str:
        row = self._office.mirror.row(table, row_id)
        code = str(row.values.get("code") or row_id) if row is not None else f"第{row_id}行"
        return f"{self._office.schema[table].title} {code}"

    def _held(self, kind: str, key: str) -> str:
        with self._office.journal.store.read() as connection:
            found = holds.held(connection, kind, key)
        codes = "、".join(h.code for h in found[:FEW]) + ("等" if len(found) > FEW else "")
        if kind == "budget":
            taken = holds.total(found)
            line = self._row("budget_lines", int(key)) if key.isdecimal() else key
            return f"{line}：已占用{money(taken.frozen)}元、已支付{money(taken.spent)}元（{codes or '没有单据'}）"
        return f"发票号{key}：{f'已用于{codes}' if found else '没有单据占用'}"
