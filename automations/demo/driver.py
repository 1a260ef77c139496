"""One named person at the tables, on any host: fills, edits, submits, signs through the host adapter alone.

The tests and ``quickstart --check`` play an office with it. It knows what a person at the browser knows, and nothing
of the engine: whatever the worker answers, it reads from the rows.
"""

import time
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import TypeVar

from automations.errors import HouqinError
from automations.tables.base import Host, Row
from automations.tables.values import Value

CLAIMS, INVOICES, STEPS, PEOPLE, SETTINGS = "expense_claims", "invoices", "sign_steps", "people", "settings"
SUBMIT, WITHDRAW, UNDECIDED = "提交", "撤回", "待签"
POLL_SECONDS = 0.3

T = TypeVar("T")


class Person:
    """Somebody with a login.

    Args:
        host: Signed in as this person's account, bound and refreshed.
        turn: Runs the worker's passes while this person waits, where the caller itself is the worker; None where a
            worker runs beside.
        norms: Parameters that somebody looked up already, shared by everybody of an office.
    """

    def __init__(
        self, host: Host, turn: Callable[[], object] | None = None, norms: dict[str, Value] | None = None
    ) -> None:
        self.host = host
        self._turn = turn
        self._norms: dict[str, Value] = {} if norms is None else norms
        self._seen: dict[str, tuple[str, dict[int, Row]]] = {}
        self.me = self.row(PEOPLE, account=host.account)
        self.name = str(self.me["name"])

    # --- looking ----------------------------------------------------------------------------------------------------
    def rows(self, table: str, **where: Value) -> list[Row]:
        """Living rows with these values, oldest first; as they are now."""
        seen, fresh = self._look(table)
        likely = sorted(row_id for row_id, row in seen.items() if _fits(row, where))
        older = [row_id for row_id in likely if row_id not in fresh]  # a link to one row may have moved unseen
        fresh |= {row.id: row for row in self.host.rows(table, older)} if older else {}
        return [fresh[row_id] for row_id in likely if row_id in fresh and _fits(fresh[row_id], where)]

    def glance(self, table: str) -> list[Row]:
        """All rows, oldest first, where a link that somebody moved alone does not matter: half the calls."""
        seen, _ = self._look(table)
        return [seen[row_id] for row_id in sorted(seen)]

    def _look(self, table: str) -> tuple[dict[int, Row], dict[int, Row]]:
        """All rows as they were last seen, and those that were read just now."""
        cursor, seen = self._seen.get(table, (None, {}))
        changes = self.host.changed(table, cursor)
        seen.update((row.id, row) for row in changes.rows)
        self._seen[table] = (changes.cursor, seen)
        return seen, {row.id: row for row in changes.rows}

    def row(self, table: str, **where: Value) -> Row:
        """The one row with these values.

        Raises:
            HouqinError: None, or several.
        """
        found = self.rows(table, **where)
        if len(found) != 1:
            wanted = "、".join(f"{name}={value}" for name, value in where.items())
            raise HouqinError(f"表 {table} 里符合 {wanted} 的应有一行，实有 {len(found)} 行。请检查表中数据。")
        return found[0]

    def get(self, table: str, row_id: int) -> Row | None:
        """The row as it is now; None once deleted."""
        found = self.host.rows(table, [row_id])
        return found[0] if found else None

    def wait(self, table: str, row_id: int, until: Callable[[Row], bool], seconds: float = 60) -> Row:
        """Look at a row until the worker has answered.

        Raises:
            HouqinError: Not within ``seconds``; the message shows the row's last 校验说明.
        """
        last: Row | None = None

        def answered() -> Row | None:
            nonlocal last
            last = self.get(table, row_id) or last
            return last if last is not None and until(last) else None

        found = self._patiently(answered, seconds)
        if found is None:
            said = (last.values.get("check_message") if last else None) or "（空）"
            status = last.values.get("status") if last else "（没有这一行）"
            raise HouqinError(
                f"{self.name}等了 {seconds:g} 秒，表 {table} 第 {row_id} 行仍没有等到结果："
                f"状态“{status}”，校验说明“{said}”。请看后台程序是否在运行（houqin status）。"
            )
        return found

    def my_step(self, claim_id: int, seconds: float = 60) -> Row:
        """The undecided step of this claim that waits for this person, once it is there.

        Raises:
            HouqinError: None came within ``seconds``.
        """
        wanted: Mapping[str, Value] = {"claim": claim_id, "assignee": self.me.id, "decision": UNDECIDED}
        found = self._patiently(lambda: self.rows(STEPS, **wanted) or None, seconds)
        if found is None:
            raise HouqinError(
                f"{self.name}等了 {seconds:g} 秒，没有等到第 {claim_id} 号支出单的签批步骤。"
                "请看该单的校验说明，并用 houqin status 检查后台程序。"
            )
        return found[-1]

    def _patiently(self, look: Callable[[], T | None], seconds: float) -> T | None:
        """Look until there is something; the worker gets its turn, or a moment, between looks."""
        deadline = time.monotonic() + seconds
        while (found := look()) is None and time.monotonic() < deadline:
            if self._turn:
                self._turn()
            else:
                time.sleep(POLL_SECONDS)
        return found

    # --- doing ------------------------------------------------------------------------------------------------------
    def edit(self, table: str, row_id: int, **values: Value) -> None:
        """Type these values into a row."""
        self.host.update(table, {row_id: values})

    def delete(self, table: str, row_id: int) -> None:
        """Delete a row."""
        self.host.delete(table, [row_id])

    def file_claim(
        self,
        title: str,
        *,
        line: str,
        invoices: Mapping[str, Decimal],
        on: date,
        seller: str = "万州区利民文体商行",
        attachments: Mapping[str, bytes] | None = None,
        **more: Value,
    ) -> int:
        """Fill in a 报销 draft of one's own with its invoices; the claim's row id.

        Args:
            title: 事由.
            line: 指标名称 of the budget line; its category becomes the claim's.
            invoices: 发票号码 (20 digits) → 价税合计 in 元; the claim asks for their sum.
            on: 业务发生日 and 开票日期.
            seller: 销方名称 on the invoices.
            attachments: Name → content of what is attached to the claim; by default one file.
            more: Other fields of the claim, or other values for those above.
        """
        budget = self.row("budget_lines", name=line)
        papers = {"明细.txt": title.encode()} if attachments is None else attachments
        uploaded = tuple(self.host.upload(name, content) for name, content in papers.items())
        filled: dict[str, Value] = {
            "kind": "报销",
            "category": budget["category"],
            "title": title,
            "handler": self.me.id,
            "department": self.me["department"],
            "payee_kind": "个人",
            "payee": self.me.id,
            "payee_account": "本人工资卡",
            "budget_line": budget.id,
            "biz_date": on,
            "amount": sum(invoices.values(), Decimal(0)),
            "attach_n": Decimal(len(uploaded) + len(invoices)),
            "attachments": uploaded,
        }
        [claim_id] = self.host.create(CLAIMS, [{**filled, **more}])
        self.add_invoices(claim_id, invoices, on=on, seller=seller)
        return claim_id

    def add_invoices(self, claim_id: int, invoices: Mapping[str, Decimal], *, on: date, seller: str) -> list[int]:
        """Register 数电票 of a claim, made out to the school; their row ids."""
        if not invoices:
            return []
        buyer, tax_no = (self._norm(key) for key in ("school.name", "school.tax_no"))
        original = self.host.upload("发票原件.xml", f"<invoice seller='{seller}'/>".encode())
        return self.host.create(
            INVOICES,
            [
                {
                    "claim": claim_id,
                    "kind": "数电票",
                    "inv_no": number,
                    "issued_on": on,
                    "seller": seller,
                    "amount": amount,
                    "buyer": buyer,
                    "buyer_tax": tax_no,
                    "file": (original,),
                }
                for number, amount in invoices.items()
            ],
        )

    def submit(self, claim_id: int) -> None:
        """Set 状态 to 提交."""
        self.edit(CLAIMS, claim_id, status=SUBMIT)

    def withdraw(self, claim_id: int) -> None:
        """Set 状态 to 撤回."""
        self.edit(CLAIMS, claim_id, status=WITHDRAW)

    def check_invoices(self, claim_id: int) -> None:
        """What 会计 does before agreeing: look every invoice of the claim up at the tax office, and say so (IV-04)."""
        for invoice in self.unverified(claim_id):
            self.edit(INVOICES, invoice.id, verify="一致")

    def unverified(self, claim_id: int) -> list[Row]:
        """Invoices of the claim that nobody has looked up."""
        return [row for row in self.rows(INVOICES, claim=claim_id) if row["verify"] in (None, "未查验")]

    def sign(self, step_id: int, decision: str, opinion: str | None = None) -> None:
        """Decide a step: 同意, 退回, 不同意 or 已知悉; reasons where they must be given. Anybody can try."""
        values: dict[str, Value] = {"decision": decision}
        if opinion is not None:
            values["opinion"] = opinion
        self.edit(STEPS, step_id, **values)

    def _norm(self, key: str) -> Value:
        if key not in self._norms:
            found = self.rows(SETTINGS, key=key)
            self._norms[key] = found[-1]["value"] if found else None
        return self._norms[key]


def _fits(row: Row, where: Mapping[str, Value]) -> bool:
    return all(row[name] == value for name, value in where.items())
