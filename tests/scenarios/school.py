"""The small school with an office and money for everything; its people file what an office files, at their own logins.

Its parameters are those shipped, looked through and ticked 已本地核实, so that messages read as domain.md words them. A
scenario says who does what on which day; what the worker answers, it reads from the rows.
"""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from decimal import Decimal
from functools import cache
from string import Formatter

from stdnum.cn import uscc

from automations.engine import Engine, PassReport
from automations.engine.notices import Notices
from automations.engine.turn import FAST
from automations.jobs import discover
from automations.norms import DEFAULTS
from automations.notify.memory import Memory
from automations.pay_plan import read_pay_plan
from automations.rules import RULES
from automations.rules.claims import NEEDS_ACCEPTANCE
from automations.tables.base import Row
from automations.tables.values import File, Value
from automations.workdays import SCHOOL_TIME, local_date
from tests.conftest import Clock
from tests.office import SHIPPED_LIMITS, STAFF, SmallOffice

CLAIMS, REQUESTS, INCOME, PROJECTS, CONTRACTS = "expense_claims", "requests", "income", "procurements", "contracts"
CLERK, HEAD, ACCOUNTANT, CASHIER, OTHER_HEAD = "王文员", "周科长", "李会计", "钱出纳", "吴科长"
OFFICE = "何主任"
LEADER, OF_FINANCE, SUBSTITUTE, TOP = "孙副校长", "陈副校长", "郑副校长", "赵校长"

BUDGETS: Mapping[str, str] = {
    "办公费": "日常办公费",
    "印刷费": "印刷费",
    "差旅费": "差旅费",
    "公务接待费": "公务接待费",
    "维修维护费": "日常维修",
    "电话网络费": "电话网络费",
    "物业管理费": "物业与餐饮外包",
    "食材费": "食材",
    "资产购置": "设备购置",
    "工程改造": "改造工程",
}
"""Budget lines by 费用类别; the first two are those of every small office."""

CATEGORY_OF_REQUEST: Mapping[str, str] = {"公务接待": "公务接待费", "出差": "差旅费", "维修": "维修维护费"}
PAPERS: Mapping[str, tuple[str, ...]] = {
    "印刷费": ("印刷清单.txt",),
    "维修维护费": ("维修工单.txt",),
    "公务接待费": ("公函.pdf", "审批单.pdf", "接待清单.pdf"),
}
"""What is attached where the category wants more than a list (EX-12)."""

SHOP = "万州区利民文体商行"
"""Sells to colleagues who pay first and claim afterwards."""


def day(text: str | date) -> date:
    """``9-18`` of 2026, or a whole date."""
    if isinstance(text, date):
        return text
    parts = [int(p) for p in text.split("-")]
    return date(*parts) if len(parts) == 3 else date(2026, *parts)


def moment(on: str | date, clock: str = "09:00") -> datetime:
    """A time of day at the school."""
    return datetime.combine(day(on), time.fromisoformat(clock), tzinfo=SCHOOL_TIME).astimezone(UTC)


class School(SmallOffice):
    """A school on some day of 2026.

    Args:
        on: The day; work begins at nine.
        norms: Parameters that differ from those shipped.
        post: Whether messages go out; what arrived, :meth:`letters` tells.
    """

    def __init__(self, on: str | date = "9-1", norms: Mapping[str, str] | None = None, post: bool = False) -> None:
        self._numbers = 0
        self._touched: set[str] = set()
        self.post = Memory("email")
        super().__init__(Clock(moment(on)), norms={**SHIPPED_LIMITS, **(norms or {})})
        if post:
            self.engine = Engine(self.office, Notices(self.office, {"email": self.post}, discover()))
            self.settle()

    def _load(self, norms: Mapping[str, str]) -> None:
        super()._load(norms)
        self._add_office()
        more = {category: name for category, name in BUDGETS.items() if name not in self.ids}
        cells: dict[str, Value] = {
            "year": Decimal(2026),
            "fund_source": "财政拨款",
            "department": self.ids["行政科"],
            "approved": Decimal(800_000),
            "status": "已批复",
        }
        lines = self.host.create("budget_lines", [{**cells, "name": n, "category": c} for c, n in more.items()])
        self.ids |= dict(zip(more.values(), lines, strict=True))
        rich: dict[str, Value] = {"approved": cells["approved"]}
        self.host.update("budget_lines", {self.ids[name]: rich for name in BUDGETS.values()})
        own = {row.id: {"verified": True} for row in self.host.changed("settings", None).rows}
        self.host.update("settings", own)
        rest = {key: value for key, value in DEFAULTS.items() if value and key not in norms}
        checked: dict[str, Value] = {"category": "签批", "verified": True}
        self.host.create("settings", [{**checked, "key": k, "label": k, "value": v} for k, v in rest.items()])

    def _add_office(self) -> None:
        """办公室 with its head, who only gets letters here."""
        cells: dict[str, Value] = {
            "name": "办公室",
            "kind": "党政",
            "active": True,
            "leader_in_charge": self.ids[OF_FINANCE],
        }
        [office] = self.host.create("departments", [cells])
        head: dict[str, Value] = {
            "name": OFFICE,
            "department": office,
            "roles": ("经办人",),
            "rank": "中层",
            "status": "在岗",
        }
        [self.ids[OFFICE]] = self.host.create("people", [head])
        self.host.update("departments", {office: {"head": self.ids[OFFICE]}})
        self.ids["办公室"] = office

    # --- time -----------------------------------------------------------------------------------------------------
    @property
    def today(self) -> date:
        return local_date(self.clock.now)

    def settle(self, most: int = 12) -> list[PassReport]:
        """Look at the tables that people typed into as a slow pass would, then go on until nothing is left to do."""
        if self._touched:
            first = self.engine.turn(self.clock.pass_by(seconds=3), tables=sorted({*FAST, *self._touched}))
            self._touched.clear()
            if first.problems:
                raise AssertionError(first.problems)
        return super().settle(most)

    def go_to(self, on: str | date, clock: str = "09:00") -> None:
        """The worker goes on at this moment."""
        then = moment(on, clock)
        assert then >= self.clock.now, "time only goes forward"
        self.clock.now = then
        self.settle()

    # --- doing ------------------------------------------------------------------------------------------------------
    def file(self, who: str, table: str, **cells: Value) -> int:
        """``who`` adds a row; its id."""
        [row_id] = self.person(who).host.create(table, [cells])
        self._touched.add(table)
        self.settle()
        return row_id

    def change(self, who: str, table: str, row_id: int, **cells: Value) -> Row:
        """``who`` types into a row; the row after the worker has looked at it."""
        self.person(who).edit(table, row_id, **cells)
        self._touched.add(table)
        self.settle()
        return self.row(row_id, table)

    def paper(self, *names: str) -> tuple[File, ...]:
        """Files to attach."""
        return tuple(self.host.upload(name, name.encode()) for name in names)

    def ask(self, table: str, row_id: int, who: str = CLERK, word: str = "提交") -> Row:
        """``who`` asks for the sign-off; the row with the worker's answer."""
        return self.change(who, table, row_id, status=word)

    def under_signature(self, table: str, row_id: int, who: str = CLERK, word: str = "提交") -> int:
        """Asked for, and past every check."""
        row = self.ask(table, row_id, who, word)
        assert row["status"] == self.office.approvals[table].words.signing, row["check_message"]
        return row_id

    def decide(self, who: str, table: str, row_id: int, decision: str = "同意", opinion: str | None = None) -> Row:
        """``who`` decides the step that waits for him; that step with the worker's answer."""
        step = self._choose(who, table, row_id, decision, opinion)
        self.settle()
        return self.row(step, "sign_steps")

    def agree(self, table: str, row_id: int, *names: str) -> Row:
        """These agree, one after the other; everybody who still has to where none are named. The row afterwards."""
        steps = [self._choose(name, table, row_id, "同意") for name in names or self.waits_for(table, row_id)]
        self.settle()
        for step in self.host.rows("sign_steps", steps):
            assert step["valid"] == "有效", step["check_message"]
        return self.row(row_id, table)

    def _choose(self, who: str, table: str, row_id: int, decision: str, opinion: str | None = None) -> int:
        """``who`` picks a decision in his step; 会计 has looked up the invoices first."""
        mine = [s for s in self.steps_of(table, row_id) if s["assignee"] == self.ids[who] and s["decision"] == "待签"]
        [step] = mine
        self.clock.pass_by(minutes=20)
        if table == CLAIMS and step["level"] == "会计":
            self.person(who).check_invoices(row_id)
        self.person(who).sign(step.id, decision, opinion)
        return step.id

    def waits_for(self, table: str, row_id: int) -> list[str]:
        """Who still has to sign, in order."""
        named = {self.ids[name]: name for name in STAFF}
        return [named[s["assignee"]] for s in self.steps_of(table, row_id) if s["decision"] == "待签"]  # type: ignore[index]

    # --- looking ----------------------------------------------------------------------------------------------------
    def steps_of(self, table: str, row_id: int) -> list[Row]:
        """Steps of the present round of a row, in order."""
        link = self.office.approvals[table].step_link
        found = [r for r in self.host.changed("sign_steps", None).rows if r[link] == row_id and r["level"] != "知悉"]
        last = max((s["round"] for s in found), default=None)  # type: ignore[type-var]
        return sorted((s for s in found if s["round"] == last), key=lambda s: s["seq"])  # type: ignore[arg-type, return-value]

    def status(self, table: str, row_id: int) -> Value:
        return self.row(row_id, table)["status"]

    def told(self, table: str, row_id: int) -> str:
        """校验说明."""
        return str(self.row(row_id, table)["check_message"] or "")

    def ledger(self, table: str, row_id: int) -> list[tuple[Value, Value]]:
        """(rule, severity) of the lines in 预警台账 about a row."""
        return [(line["rule"], line["severity"]) for line in self.lines(table, row_id)]

    def lines(self, table: str, row_id: int) -> list[Row]:
        """Lines in 预警台账 about a row."""
        code = self.row(row_id, table)["code"]
        return [line for line in self.violations() if line["biz_code"] == code]

    def letters(self, name: str) -> list[str]:
        """What somebody was sent so far, the oldest first."""
        return [message.text for to, message in self.post.sent if to.name == name]

    def spoke(self, table: str, row_id: int) -> set[str]:
        """Ids of the rules that said something about a row, in 校验说明 or in 预警台账."""
        text = self.told(table, row_id)
        said = {rule for rule, pattern in _patterns() if pattern.search(text)}
        return said | {str(rule) for rule, _ in self.ledger(table, row_id)}

    # --- companies --------------------------------------------------------------------------------------------------
    def vendor(self, name: str, **cells: Value) -> int:
        """A company in good standing: entered by the clerk, its account confirmed by 会计, checked by the office."""
        number = self._next()
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

    def _next(self) -> int:
        self._numbers += 1
        return self._numbers

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
                "letter_no": f"邻校函〔2026〕{self._next()}号",
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
        return f"2650{self._next() * 1000:016d}"

    def invoices(self, claim: int) -> list[Row]:
        return [r for r in self.host.changed("invoices", None).rows if r["claim"] == claim]

    def claimed(self, category: str = "办公费", amount: str = "986", who: str = CLERK, **more: object) -> int:
        """A claim under signature; see :meth:`bill`."""
        return self.under_signature(CLAIMS, self.bill(category, amount, who, **more), who)  # type: ignore[arg-type]

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
        number = self._next()
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

    def approved_project(self, title: str, budget: str, category: str = "工程改造", **cells: Value) -> int:
        """A procurement whose 立项 everybody signed."""
        project = self.under_signature(PROJECTS, self.project(title, budget, category, **cells), HEAD)
        row = self.agree(PROJECTS, project)
        assert row["status"] == "需求论证", row["check_message"]
        return project

    # --- income and classes -------------------------------------------------------------------------------------------
    def income(self, amount: str, kind: str = "场地设施收入", **cells: Value) -> int:
        """Money that is asked for, entered by 出纳."""
        filled: dict[str, Value] = {"kind": kind, "payer": "示例培训公司", "amount": Decimal(amount)}
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
            receipt_no=f"{self._next():08d}",
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
            remit_no=f"JK{self._next():06d}",
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


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """What every rule says, as a pattern: figures may be anything."""
    found = []
    for rule in RULES:
        parts = [re.escape(text) + ("" if name is None else ".*") for text, name, *_ in Formatter().parse(rule.message)]
        found.append((rule.id, re.compile("".join(parts))))
    return tuple(found)
