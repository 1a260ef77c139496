"""The small school, whose people file whatever the office files, at their own logins.

A scenario says who does what on which day; what the worker answers, it reads from the rows.
"""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from stdnum.cn import uscc

from automations.pay_plan import read_pay_plan
from automations.rules.claims import NEEDS_ACCEPTANCE
from automations.tables.base import Row
from automations.tables.values import Value
from tests.scenarios.premises import (
    ACCOUNTANT,
    BUDGETS,
    CASHIER,
    CLAIMS,
    CLERK,
    CONTRACTS,
    HEAD,
    INCOME,
    OTHER_HEAD,
    PROJECTS,
    REQUESTS,
    Premises,
    day,
    moment,
)

CATEGORY_OF_REQUEST: Mapping[str, str] = {"公务接待": "公务接待费", "出差": "差旅费", "维修": "维修维护费"}
PAPERS: Mapping[str, tuple[str, ...]] = {
    "印刷费": ("印刷清单.txt",),
    "维修维护费": ("维修工单.txt",),
    "公务接待费": ("公函.pdf", "审批单.pdf", "接待清单.pdf"),
}
"""What is attached where the category wants more than a list (EX-12)."""

SHOP = "万州区利民文体商行"
"""Sells to colleagues who pay first and claim afterwards."""


class School(Premises):
    """The school with everything its people file."""

    # --- companies --------------------------------------------------------------------------------------------------
    def vendor(self, name: str, **cells: Value) -> int:
        """A company in good standing: entered by the clerk, its account confirmed by 会计, checked by the office."""
        number = self.next_number()
        stem = f"91500101MA{number:07d}"
        filled: dict[str, Value] = {
            "name": name,
            "uscc": stem + str(uscc.calc_check_digit(stem)),
            "kinds": ("办公用品",),
            "legal_status": "企业法人",
            "bank_name": "示例银行",
            "bank_account": f"6222{number:012d}",
            "status": "待审",
        }
        row_id = self.file(CLERK, "vendors", **{**filled, **cells})
        self.change(ACCOUNTANT, "vendors", row_id, bank_verified=True)
        row = self.change(HEAD, "vendors", row_id, status="在册")
        assert (row["status"], row["bank_verified"]) == ("在册", True), row["check_message"]
        return row_id

    # --- requests ---------------------------------------------------------------------------------------------------
    def request(self, kind: str, who: str = CLERK, **cells: Value) -> int:
        """A complete draft, for today's lunch hour unless told otherwise."""
        filled: dict[str, Value] = {
            "kind": kind,
            "title": f"{kind}申请",
            "reason": "工作需要",
            "handler": self.ids[who],
            "department": self.person(who).me["department"],
            "starts_at": moment(self.today, "12:00"),
            "ends_at": moment(self.today, "13:00"),
            "place": "本校",
            "budget_line": self.ids[BUDGETS[CATEGORY_OF_REQUEST.get(kind, "办公费")]],
            "est_amount": Decimal(900),
            "people": (self.ids[who],),
        }
        if kind == "公务接待":
            filled |= {
                "letter_no": f"邻校函〔2026〕{self.next_number()}号",
                "guest_unit": "邻区党校",
                "guest_n": Decimal(8),
                "escort_n": Decimal(3),
                "meal_times": Decimal(1),
                "meal_place": "本校食堂",
                "est_amount": Decimal(600),
            }
        return self.file(who, REQUESTS, **{**filled, **cells})

    def permitted(self, kind: str, who: str = CLERK, **cells: Value) -> int:
        """A request that everybody signed."""
        request = self.under_signature(REQUESTS, self.request(kind, who, **cells), who)
        row = self.agree(REQUESTS, request)
        assert row["approved_at"] is not None, row["check_message"]
        return request

    # --- claims -----------------------------------------------------------------------------------------------------
    def bill(
        self,
        category: str = "办公费",
        amount: str = "986",
        who: str = CLERK,
        *,
        of: int | None = None,
        on: str | date | None = None,
        numbers: Mapping[str, str] | None = None,
        papers: tuple[str, ...] = (),
        **cells: Value,
    ) -> int:
        """A complete draft of a claim with its invoices.

        Args:
            category: 支出类别, of the claim and of its budget line.
            amount: 元 of its only invoice.
            who: Who files it; he is paid himself.
            of: Row id of the company that is paid instead.
            on: 业务发生日 and 开票日期; today unless given.
            numbers: Invoice numbers with their sums, where it matters which.
            papers: Names of further attachments.
        """
        on = day(on) if on is not None else self.today
        company = self.row(of, "vendors") if of is not None else None
        filled: dict[str, Value] = {}
        if company is not None:
            filled |= {"payee_kind": "服务商", "payee": None, "vendor": of, "payee_account": company["bank_account"]}
        if category in NEEDS_ACCEPTANCE:
            filled |= {"acceptor": self.ids[OTHER_HEAD], "accepted_on": on}
        invoices = {n: Decimal(a) for n, a in (numbers or {self.number(): amount}).items()}
        claim = self.person(who).file_claim(
            f"{category}报销",
            line=BUDGETS[category],
            invoices=invoices,
            on=on,
            seller=SHOP if company is None else str(company["name"]),
            attachments={name: name.encode() for name in ("明细.txt", *PAPERS.get(category, ()), *papers)},
            **{**filled, **cells},
        )
        self.settle()
        return claim

    def number(self) -> str:
        """The number of an invoice that no other one adjoins."""
        return f"2650{self.next_number() * 1000:016d}"

    def invoices(self, claim: int) -> list[Row]:
        return [r for r in self.host.changed("invoices", None).rows if r["claim"] == claim]

    def claimed(self, category: str = "办公费", amount: str = "986", who: str = CLERK, **more: Any) -> int:
        """A claim under signature; see :meth:`bill`."""
        return self.under_signature(CLAIMS, self.bill(category, amount, who, **more), who)

    def pay(self, claim: int, method: str = "银行转账", on: str | date | None = None) -> Row:
        """会计 has the paper, 出纳 pays; the claim with the worker's answer."""
        self.change(ACCOUNTANT, CLAIMS, claim, paper_signed=True)
        return self.change(CASHIER, CLAIMS, claim, pay_method=method, paid_on=self.today if on is None else day(on))

    def paid(self, claim: int) -> int:
        """Signed by all and paid."""
        row = self.agree(CLAIMS, claim)
        assert row["status"] == "已批准", row["check_message"]
        row = self.pay(claim)
        assert row["status"] == "已支付", row["check_message"]
        return claim

    # --- contracts and procurements ---------------------------------------------------------------------------------
    def contract(self, of: int, plan: str, starts: str | date, ends: str | date, **cells: Value) -> int:
        """A complete draft of a contract, entered by the logistics office.

        Args:
            of: Row id of the company.
            plan: 付款计划, ``日期|条件|金额`` on each line.
        """
        number = self.next_number()
        filled: dict[str, Value] = {
            "contract_no": f"HT-{number:03d}",
            "name": f"{self.row(of, 'vendors')['name']}合同",
            "kind": "货物",
            "vendor": of,
            "sign_on": day(starts),
            "starts_on": day(starts),
            "ends_on": day(ends),
            "amount": read_pay_plan(plan).total,
            "pay_plan": plan,
            "sla": "按合同约定供货",
            "supervise_dept": self.ids["行政科"],
            "supervisor": self.ids[HEAD],
            "legal_reviewed": True,
            "file": self.paper("合同.pdf"),
        }
        return self.file(HEAD, CONTRACTS, **{**filled, **cells})

    def signed_contract(self, of: int, plan: str, starts: str | date, ends: str | date, **cells: Value) -> int:
        """A contract that everybody signed."""
        contract = self.under_signature(CONTRACTS, self.contract(of, plan, starts, ends, **cells), HEAD)
        self.agree(CONTRACTS, contract)
        assert self.status(CONTRACTS, contract) in ("履行中", "临期", "到期"), self.told(CONTRACTS, contract)
        return contract

    def project(self, title: str, budget: str, category: str = "工程改造", who: str = HEAD, **cells: Value) -> int:
        """A complete draft of a procurement of goods by comparison of quotes."""
        filled: dict[str, Value] = {
            "title": title,
            "kind": "货物",
            "handler": self.ids[who],
            "catalogue": "目录外",
            "item_code": title,
            "budget_lines": (self.ids[BUDGETS[category]],),
            "budget": Decimal(budget),
            "ceiling": Decimal(budget),
            "need": "按需求书",
            "method": "内部比选",
        }
        return self.file(who, PROJECTS, **{**filled, **cells})

    def approved_project(self, title: str, budget: str, category: str = "工程改造", **cells: Any) -> int:
        """A procurement whose 立项 everybody signed."""
        project = self.under_signature(PROJECTS, self.project(title, budget, category, **cells), HEAD)
        row = self.agree(PROJECTS, project)
        assert row["status"] == "需求论证", row["check_message"]
        return project

    # --- income and classes -------------------------------------------------------------------------------------------
    def income(self, amount: str, kind: str = "场地设施收入", **cells: Value) -> int:
        """Money that is asked for, entered by 出纳; a hall that is let stands among the classes."""
        filled: dict[str, Value] = {"kind": kind, "payer": "示例培训公司", "amount": Decimal(amount)}
        if kind == "场地设施收入" and "training_class" not in cells:
            meeting: dict[str, Value] = {"name": "会场出租", "class_type": "会议", "status": "计划"}
            [filled["training_class"]] = self.host.create("training_classes", [meeting])
        return self.file(CASHIER, INCOME, **{**filled, **cells})

    def receive(self, income: int, amount: str, method: str = "对公转账", on: str | date | None = None) -> Row:
        """出纳 enters that it came in, received by the clerk at the window; the row with the worker's answer."""
        return self.change(
            CASHIER,
            INCOME,
            income,
            received=Decimal(amount),
            received_on=self.today if on is None else day(on),
            method=method,
            account="单位基本户",
            receipt_kind="非税收入票据",
            receipt_no=f"{self.next_number():08d}",
            collector=self.ids[CLERK],
            status="已收",
        )

    def remit(self, income: int, amount: str, on: str | date | None = None) -> Row:
        """出纳 enters that it was remitted; the row with the worker's answer."""
        return self.change(
            CASHIER,
            INCOME,
            income,
            remitted=Decimal(amount),
            remitted_on=self.today if on is None else day(on),
            remit_no=f"JK{self.next_number():06d}",
            remitter=self.ids[CASHIER],
            status="已缴库",
        )

    def course(self, name: str, starts: str | date, ends: str | date, **cells: Value) -> int:
        """A training class."""
        filled: dict[str, Value] = {
            "name": name,
            "class_type": "专题研讨班",
            "starts_on": day(starts),
            "ends_on": day(ends),
            "planned_n": Decimal(55),
            "head_teacher": self.ids[CLERK],
            "logistics_owner": self.ids[HEAD],
            "status": "计划",
        }
        return self.file(CLERK, "training_classes", **{**filled, **cells})
