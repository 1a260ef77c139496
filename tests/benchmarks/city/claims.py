"""One claim with its request, its invoices and what it holds."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from automations.holds import Hold, State
from tests.benchmarks.city.around import Around
from tests.benchmarks.city.stock import CENT, NOW, Cells, School, moment, papers
from tests.office import SCHOOL, TAX_NO

DRAFTS = 0.08
SETTLED_AFTER = timedelta(days=25)
HOLDING = frozenset({"签批中", "已退回", "已批准", "已支付", "已归档"})
"""States of a claim that holds its invoices."""


class Claims(Around):
    """Lays them."""

    def __init__(self, wrong: float, seed: int) -> None:
        super().__init__(wrong, seed)
        self._used: list[tuple[date, Cells]] = []

    def _claim(
        self,
        here: School,
        day: date,
        amounts: Sequence[Decimal],
        seller: tuple[int | None, str],
        wrong: str,
        *,
        files: Sequence[str] = ("购物清单.pdf", "工单.pdf"),
        spread: bool = False,
        tickets: bool = False,
        **cells: Any,
    ) -> int:
        department = cells.setdefault("department", self.dice.choice(here.departments))
        category = str(cells["category"])
        cells.setdefault("budget_line", here.line(category, int(str(department))))
        handler, acceptor = self.dice.sample(here.people, 2)
        for key in ((category, int(str(department))), cells.get("vendor")):
            self.bought[key].append((day, Decimal(sum(amounts))))
        draft = self.dice.random() < DRAFTS and wrong != "PR-03a"
        twin = next((cells for then, cells in self._used if (day - then).days > 30), None)
        if draft and amounts and not wrong and twin is not None:
            wrong = self._break("IV-02")
        claim = self.add(
            "expense_claims",
            "ZC",
            **{
                "title": f"{category}（{day:%m%d}）",
                "handler": handler,
                "biz_date": day,
                "amount": Decimal(sum(amounts)),
                "attach_n": Decimal(len(files) + len(amounts)),
                "attachments": papers(*files),
                "acceptor": handler if wrong == "EX-06" else acceptor,
                "accepted_on": day,
                "created_by": f"p{handler}@school.test",
                "created_at": moment(day + timedelta(days=self.dice.randrange(1, 9))),
                "status": "草稿" if draft else "已归档" if wrong == "PR-03a" else self._status(day),
                **cells,
            },
        )
        invoices = [
            self._invoice(claim, day, seller, amount, n, tickets, spread) for n, amount in enumerate(amounts, start=1)
        ]
        if wrong:
            self._spoil(wrong, invoices, twin)
            self.planted.add((claim, wrong))
        elif invoices and self.tables["expense_claims"][claim]["status"] in HOLDING and not tickets:
            self._used = [*self._used[-50:], (day, invoices[0])]
        self._hold(self.tables["expense_claims"][claim], invoices)
        return claim

    def _status(self, day: date) -> str:
        if NOW.date() - day > SETTLED_AFTER:
            return self.dice.choices(("已归档", "已支付", "作废", "不同意"), (94, 3, 2, 1))[0]
        return self.dice.choices(("签批中", "已批准", "已支付", "已退回"), (50, 20, 20, 10))[0]

    def _invoice(
        self,
        claim: int,
        day: date,
        seller: tuple[int | None, str],
        amount: Decimal,
        n: int,
        tickets: bool,
        spread: bool,
    ) -> Cells:
        self.serial += 1
        ticket = tickets and n > 1
        item = "运输服务" if ticket else "住宿服务" if tickets else "办公用品"
        found = self.add(
            "invoices",
            "FP",
            claim=claim,
            kind="车票机票" if ticket else "数电票",
            inv_no=f"2650{self.serial * 7:016d}",
            issued_on=day - timedelta(days=5 * n) if spread else day,
            seller=None if ticket else seller[1],
            vendor=None if ticket else seller[0],
            amount=amount,
            buyer=None if ticket else SCHOOL,
            buyer_tax=None if ticket else TAX_NO,
            item=item,
            verify="不适用" if ticket else "一致",
            file=papers("发票.xml"),
            created_at=moment(day),
        )
        return self.tables["invoices"][found]

    def _spoil(self, wrong: str, invoices: Sequence[Cells], twin: Cells | None) -> None:
        """What of the planted violations lies in an invoice."""
        if wrong == "IV-01":
            invoices[0]["inv_no"] = str(invoices[0]["inv_no"])[:-1]
        if wrong == "IV-03":
            invoices[0]["buyer"] = "示例市某单位"
        if wrong == "IV-02" and twin is not None:
            invoices[0]["inv_no"] = twin["inv_no"]

    def _hold(self, claim: Cells, invoices: Sequence[Cells]) -> None:
        status, code = str(claim["status"]), str(claim["code"])
        if status not in HOLDING:
            return
        state: State = "已用" if status in ("已支付", "已归档") else "占用"
        request = self.tables["requests"].get(int(str(claim["request"] or 0)))
        under, subject = str(request["code"]) if request else "", f"expense_claims/{code}"
        if status != "已退回":
            amount = Decimal(str(claim["amount"]))
            self.holds.append(Hold("budget", str(claim["budget_line"]), state, amount, code, status, under, subject))
        self.holds += [
            Hold("invoice", str(i["inv_no"]), state, Decimal(0), code, status, "", subject) for i in invoices
        ]
        if request is not None and state == "已用":
            request["status"] = "已核销"
        elif request is not None:
            held = Decimal(str(request["est_amount"]))
            self.holds.append(
                Hold("budget", str(claim["budget_line"]), "占用", held, under, "已批准", "", f"requests/{under}")
            )

    def _request(
        self,
        here: School,
        day: date,
        kind: str,
        category: str,
        amount: Decimal | int,
        department: int | None = None,
        *,
        ends: date | None = None,
        by: int | None = None,
        **cells: Any,
    ) -> int:
        handler = by or self.dice.choice(here.people)
        asked = day - timedelta(days=self.dice.randrange(2, 12))
        department = department or here.departments[0]
        return self.add(
            "requests",
            "SQ",
            **{
                "kind": kind,
                "title": f"{kind}（{day:%m%d}）",
                "reason": "工作需要",
                "handler": handler,
                "department": department,
                "starts_at": moment(day, 3),
                "ends_at": moment(ends or day, 8),
                "place": "本校",
                "budget_line": here.line(category, department),
                "est_amount": Decimal(amount).quantize(CENT),
                "approved_at": moment(asked),
                "created_at": moment(asked),
                "created_by": f"p{handler}@school.test",
                "status": "已批准",
                **cells,
            },
        )
