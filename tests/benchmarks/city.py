"""A made-up year of many schools in one set of tables, seeded: rows complete in every column, each passing every rule.

Every school has the size of the one in domain.md E: some 640 claims and 213 requests a year, 9 departments, 95 people,
35 budget lines, 40 vendors (a vendor for 16 claims), 21 contracts. What is asked for grows by adding schools, so that
what stands around one claim stays as large as in life. A few claims break one rule each: ``planted`` says which.
"""

import random
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from functools import cache
from typing import Any

from automations.holds import Hold, State
from automations.norms import Norm, Norms
from automations.people import Department, Directory, Person
from automations.shipped_norms import SHIPPED
from automations.tables.values import File, Value, canonical
from tests.office import SCHOOL, TAX_NO, schema

CLAIMS_OF_A_SCHOOL = 640
INVOICES_OF_A_CLAIM = Decimal("2.5")
DRAFTS = 0.08
FIRST, LAST = date(2026, 1, 5), date(2026, 12, 10)
NOW = datetime(2026, 12, 21, 2, 0, tzinfo=UTC)
"""Monday morning, some days after the last claim of the year came in."""

SETTLED_AFTER = timedelta(days=25)
SHARED = ("办公费", "差旅费")
"""Categories of which every department has a line of its own."""

ONE_LINE = ("印刷费", "水费", "电费", "燃气费", "电话网络费", "会议费", "培训费", "公务接待费", "公务用车运行费")
ONE_LINE += ("维修维护费", "物业管理费", "食材费", "讲课费", "资产购置", "工程改造", "劳务派遣费", "其他")
TENDERED = ("办公费", "印刷费", "维修维护费", "资产购置", "其他")
"""The city buys something of these by public tender every year, so that a year's sum alone means nothing (PR-03c)."""

SERVICES = {"物业管理费": "物业", "食材费": "货物", "维修维护费": "其他", "劳务派遣费": "劳务派遣"}
"""Categories of what is paid under contracts, with their kind of contract."""

EVERYWHERE = ("示例石油销售有限公司", "示例电商信息技术有限公司")
"""Sellers that every school of the city buys from."""

HOLDING = frozenset({"签批中", "已退回", "已批准", "已支付", "已归档"})
"""States of a claim that holds its invoices."""

FARES = ("38.50", "54.50", "77.00", "96.50", "154.00")
ALLOWANCE = 180
CENT = Decimal("0.01")
SPLIT_LINE = 4800
"""元: what a department buys of one category in 90 days, and of one shop in 30, stays below the line of 5,000."""

Cells = dict[str, Value]


@dataclass
class City:
    """What is judged, and what must come out.

    Attributes:
        tables: Values by row id, by table.
        planted: (row id of a claim, rule id) of every rule that is broken.
    """

    tables: dict[str, dict[int, Cells]]
    holds: list[Hold]
    directory: Directory
    norms: Norms
    planted: set[tuple[int, str]]


@cache
def _blank(table: str) -> Mapping[str, Value]:
    return {f.name: canonical(f, None) for f in schema()[table].fields}


def papers(*names: str) -> tuple[File, ...]:
    """Attachments as the worker has read them."""
    return tuple(File(name, 48_000, f'{{"path":"{name}"}}', f"{hash(name) & (1 << 256) - 1:064x}") for name in names)


def moment(day: date, hour: int = 1) -> datetime:
    """An hour of a day, UTC."""
    return datetime.combine(day, time(hour), UTC)


@dataclass
class School:
    """What the claims of one school draw on; row ids."""

    departments: list[int]
    people: list[int]
    lines: dict[tuple[str, int | None], int]
    sellers: list[tuple[int, str]]
    course: int
    trips: Counter[int] = field(default_factory=Counter)


Make = Callable[[School, date], int]


class Builder:
    """Lays a city, school by school.

    Args:
        claims: How many.
        wrong: Share of the claims that break a rule.
    """

    def __init__(self, claims: int, wrong: float, seed: int) -> None:
        self.dice = random.Random(seed)
        self.wanted, self.wrong = claims, wrong
        self.tables: dict[str, dict[int, Cells]] = defaultdict(dict)
        self.holds: list[Hold] = []
        self.people: list[Person] = []
        self.departments: list[Department] = []
        self.planted: set[tuple[int, str]] = set()
        self.broken: Counter[str] = Counter()
        self.owed = Decimal(0)
        self.serial = 0
        self.whole = True
        self.split: dict[int, str] = {}
        self.bought: dict[Any, list[tuple[date, Decimal]]] = defaultdict(list)
        self.sold: dict[tuple[str, Decimal], list[date]] = defaultdict(list)
        self.numbers: list[tuple[date, Cells]] = []

    def city(self) -> City:
        """Everything."""
        while len(self.tables["expense_claims"]) < self.wanted:
            self._school()
        self._tenders()
        self._budget()
        values = {**{key: norm.value for key, norm in SHIPPED.items()}, "school.name": SCHOOL, "school.tax_no": TAX_NO}
        norms = Norms(Norm(key, value, date(2025, 1, 1), None, True) for key, value in values.items())
        directory = Directory(self.people, self.departments)
        return City(dict(self.tables), self.holds, directory, norms, self.planted)

    # --- what stands around the claims ----------------------------------------------------------------------------
    def add(self, table: str, prefix: str = "", **cells: Value) -> int:
        """A row; every column that is not given is empty."""
        unknown = cells.keys() - _blank(table).keys()
        assert not unknown, f"{table} has no {unknown}"
        row_id = len(self.tables[table]) + 1
        code: Cells = {"code": f"{prefix}-2026-{row_id:06d}"} if prefix else {}
        self.tables[table][row_id] = {**_blank(table), **code, **cells}
        return row_id

    def _school(self) -> None:
        left = self.wanted - len(self.tables["expense_claims"])
        self.whole = left >= CLAIMS_OF_A_SCHOOL
        first = len(self.departments)
        departments = [first + n + 1 for n in range(9)]
        people = [len(self.people) + n + 1 for n in range(95)]
        self.departments += [Department(d, f"科室{d}", people[n], people[9]) for n, d in enumerate(departments)]
        self.people += [Person(p, f"教职工{p}", f"p{p}@school.test", departments[p % 9], rank="科员") for p in people]
        lines = {(category, None): self._line(category, departments[0]) for category in ONE_LINE}
        lines |= {(category, d): self._line(category, d) for category in SHARED for d in departments}
        course = self.add(
            "training_classes", "BC", name=f"主体班{first}", starts_on=FIRST, ends_on=LAST, status="进行中"
        )
        others = [self._vendor(("办公用品",)) for _ in range(18)]
        sellers = [(v, str(self.tables["vendors"][v]["name"])) for v in others]
        here = School(departments, people, lines, sellers, course)
        plan = self._contract_payments(here) + self._bills(here) + self._shops(here)
        for make, count in (
            (self._trip, 150),
            (self._reception, 20),
            (self._meeting, 14),
            (self._lecture, 25),
            (self._office, 70),
            (self._purchase, 29),
            (self._food, 28),
        ):
            plan += [(self._day(), make) for _ in range(count)]
        assert len(plan) == CLAIMS_OF_A_SCHOOL
        self.dice.shuffle(plan)
        for day, make in sorted(plan[:left], key=lambda planned: planned[0]):
            make(here, day)

    def _day(self) -> date:
        return FIRST + timedelta(days=self.dice.randrange((LAST - FIRST).days))

    def _line(self, category: str, department: int) -> int:
        return self.add(
            "budget_lines",
            "YS",
            year=Decimal(2026),
            name=f"{category}{department}",
            category=category,
            fund_source="财政拨款",
            department=department,
            approved=Decimal("20000.00") if category in SHARED else Decimal("120000.00"),
            status="已批复",
        )

    def _vendor(self, kinds: Sequence[str]) -> int:
        n = len(self.tables["vendors"]) + 1
        return self.add(
            "vendors",
            "FW",
            name=f"示例服务{n}有限公司",
            uscc=f"9150010{n:010d}X",
            kinds=tuple(kinds),
            legal_status="企业法人",
            bank_name="示例银行",
            bank_account=f"6222{n:012d}",
            bank_verified=True,
            status="在册",
        )

    def _contract(self, here: School, vendor: int, kind: str, plan: str, amount: Decimal) -> int:
        n = len(self.tables["contracts"]) + 1
        contract = self.add(
            "contracts",
            "HT",
            contract_no=f"合{n:06d}",
            name=f"{kind}服务合同{n}",
            kind=kind,
            vendor=vendor,
            sign_on=date(2025, 12, 20),
            starts_on=date(2026, 1, 1),
            ends_on=date(2027, 2, 28),
            amount=amount,
            pay_plan=plan,
            sla="每月一次",
            supervise_dept=here.departments[0],
            supervisor=here.people[3],
            legal_reviewed=True,
            energy_clause=True,
            file=papers("合同.pdf"),
            status="履行中",
        )
        if n % 20 == 1:
            self.add(
                "procurements",
                "CG",
                title=f"{kind}服务采购{n}",
                kind="服务",
                handler=here.people[4],
                catalogue="目录外",
                item_code=kind,
                budget_lines=(here.lines["物业管理费", None],),
                budget=amount,
                ceiling=amount,
                method="内部比选",
                winner=vendor,
                award=amount,
                award_on=date(2025, 12, 10),
                contract=contract,
                accepted_on=date(2026, 1, 2),
                accept_result="合格",
                status="履约中",
            )
        return contract

    def _scores(self, vendor: int, contract: int) -> None:
        """Good marks for a year of property service, month by month."""
        for month in range(1, 13):
            self.add(
                "inspections",
                "DC",
                team="服务商考核",
                date=moment(date(2026, month, 4)),
                vendor=vendor,
                contract=contract,
                period=f"2026-{month:02d}",
                checklist="保洁、秩序、绿化",
                score=Decimal("96.0"),
                status="已归档",
            )

    def _tenders(self) -> None:
        """One in the middle of the city for each category, so that looking for it costs what it costs on average."""
        for category in TENDERED:
            lines = [n for n, line in self.tables["budget_lines"].items() if line["category"] == category]
            self.add(
                "procurements",
                "CG",
                title=f"{category}年度采购",
                kind="货物",
                handler=1,
                catalogue="目录外",
                item_code=category,
                budget_lines=(lines[len(lines) // 2],),
                budget=Decimal("2500000.00"),
                method="公开招标",
                award=Decimal("2400000.00"),
                award_on=date(2026, 3, 2),
                status="履约中",
            )

    def _budget(self) -> None:
        """Every line has enough."""
        taken: dict[int, Decimal] = defaultdict(Decimal)
        for hold in self.holds:
            if hold.kind == "budget":
                taken[int(hold.key)] += hold.amount
        for line, amount in taken.items():
            row = self.tables["budget_lines"][line]
            row["approved"] = max(Decimal(str(row["approved"])), amount * 2)

    # --- claims ---------------------------------------------------------------------------------------------------
    def _contract_payments(self, here: School) -> list[tuple[date, Make]]:
        """Ten contractors with two contracts each: one paid by the month, one for as many orders as are needed."""
        plan: list[tuple[date, Make]] = []
        for n in range(10):
            category, monthly = list(SERVICES)[n % 4], Decimal(self.dice.randrange(9, 39)) * 100
            vendor = self._vendor(("物业",))
            months = [date(2026, m, 5) for m in range(1, 13)]
            text = "\n".join(f"{day}|每月考核后|{monthly}.00" for day in (*months, date(2027, 1, 5)))
            first = self._contract(here, vendor, SERVICES[category], text, monthly * 13)
            if SERVICES[category] == "物业":
                self._scores(vendor, first)
            second = self._contract(here, vendor, "其他", "据实|按单结算|20000.00", Decimal("20000.00"))
            for number, day in enumerate(months, start=1):
                plan.append((day + timedelta(days=1), self._instalment(vendor, first, category, number, monthly)))
            plan += [(self._day(), self._instalment(vendor, second, category, None, None)) for _ in range(4)]
        return plan

    def _instalment(
        self, vendor: int, contract: int, category: str, number: int | None, planned: Decimal | None
    ) -> Make:
        def make(here: School, day: date) -> int:
            amount = planned or Decimal(self.dice.randrange(90_000, 400_000)) / 100
            wrong = self._break("CT-02") if number else ""
            if wrong:
                amount += Decimal("10.00")
            n = self._count(1, 4)
            return self._claim(
                here,
                day,
                [(amount / n).quantize(CENT)] * (n - 1) + [amount - (amount / n).quantize(CENT) * (n - 1)],
                (vendor, self._name(vendor)),
                wrong,
                spread=True,
                kind="合同付款",
                category=category,
                contract=contract,
                pay_item=None if number is None else Decimal(number),
                **self._company(vendor),
            )

        return make

    def _bills(self, here: School) -> list[tuple[date, Make]]:
        """Six companies for water, power and so on, sixteen bills a year each."""
        plan: list[tuple[date, Make]] = []
        for n in range(6):
            vendor, category = self._vendor(("通信网络",)), ("水费", "电费", "燃气费", "电话网络费")[n % 4]
            plan += [(FIRST + timedelta(days=21 * k + n), self._bill(vendor, category)) for k in range(16)]
        return plan

    def _bill(self, vendor: int, category: str) -> Make:
        def make(here: School, day: date) -> int:
            amounts = self._amounts(self._count(1, 4), 200, 1800, self._name(vendor), day)
            wrong = self._break("EX-10")
            company = self._company(vendor)
            if wrong:
                company["payee_account"] = "6222999999999999"
            seller = (vendor, self._name(vendor))
            return self._claim(here, day, amounts, seller, wrong, kind="直接支付", category=category, **company)

        return make

    def _shops(self, here: School) -> list[tuple[date, Make]]:
        """Six shops, no more than two bills a quarter: whom the school pays more often, it has a contract with."""
        plan: list[tuple[date, Make]] = []
        for n in range(6):
            vendor, category = self._vendor(("办公用品",)), ("办公费", "印刷费", "维修维护费")[n % 3]
            for quarter in range(4):
                day = date(2026, quarter * 3 + 1, 10) + timedelta(days=self.dice.randrange(20))
                plan.append((day, self._pair(vendor, category, first=True)))
                plan.append((day + timedelta(days=12), self._pair(vendor, category, first=False)))
        return plan

    def _pair(self, vendor: int, category: str, first: bool) -> Make:
        """One of two bills of a shop within a month; together they may be what should have been one purchase."""

        def make(here: School, day: date) -> int:
            departments = here.departments[:2]
            if first:
                room = min(self._room((category, d), day, 90) for d in departments) > 3000
                wrong = self._break("PR-03a") if self.whole and room else ""
                self.split[vendor] = wrong
            else:
                wrong = self.split.pop(vendor, "")
            department = departments[0 if first else 1]
            n = self._count(1, 4)
            if wrong:
                amounts = self._amounts(n, 2900 // n, 2940 // n, self._name(vendor), day)
                more = {"request": self._request(here, day, "零星采购", category, sum(amounts), department)}
            else:
                amounts, more = self._within((category, department), vendor, day, n, self._name(vendor)), {}
            return self._claim(
                here,
                day,
                amounts,
                (vendor, self._name(vendor)),
                wrong,
                kind="直接支付",
                category=category,
                department=department,
                **self._company(vendor),
                **more,
            )

        return make

    def _trip(self, here: School, day: date) -> int:
        person = here.people[sum(here.trips.values()) % 95]
        half = here.trips[person] % 2  # a traveller's second trip is in the other half of the year
        here.trips[person] += 1
        day = date(2026, 1 + 6 * half, 8) + timedelta(days=self.dice.randrange(140))
        days = self.dice.randrange(2, 4)
        hotel = Decimal(self.dice.randrange(20_000, 36_000)) / 100 * (days - 1)
        back, department = day + timedelta(days=days - 1), self.people[person - 1].department
        fares = [Decimal(self.dice.choice(FARES)) for _ in range(max(self._count(2, 5) - 1, 1))]
        amount = hotel + sum(fares) + ALLOWANCE * days
        permit = self._request(
            here, day, "出差", "差旅费", amount, department, ends=back, people=(person,), place="示例市", by=person
        )
        return self._claim(
            here,
            back,
            [hotel, *fares],
            self.dice.choice(here.sellers),
            "",
            tickets=True,
            amount=amount,
            kind="报销",
            category="差旅费",
            department=department,
            request=permit,
            trip_days=Decimal(days).quantize(Decimal("0.1")),
            **self._person(person),
        )

    def _reception(self, here: School, day: date) -> int:
        amounts = self._amounts(self._count(1, 3), 60, 110, "示例饭店", day)
        permit = self._request(
            here,
            day,
            "公务接待",
            "公务接待费",
            sum(amounts),
            letter_no=f"函〔2026〕{self.serial}号",
            guest_unit=f"示例单位{self.serial}",
            guest_n=Decimal(6),
            escort_n=Decimal(2),
            meal_times=Decimal(1),
            meal_place="本校食堂",
            guest_actual=Decimal(6),
            meal_cost=sum(amounts),
            guest_list=papers("接待清单.pdf"),
            letter=papers("公函.pdf"),
        )
        return self._claim(
            here,
            day,
            amounts,
            (None, "示例饭店"),
            "",
            files=("公函.pdf", "审批单.pdf", "接待清单.pdf"),
            kind="公务卡还款",
            category="公务接待费",
            request=permit,
            **self._person(self.dice.choice(here.people), "公务卡"),
        )

    def _meeting(self, here: School, day: date) -> int:
        amounts = self._amounts(self._count(1, 3), 200, 700, "示例宾馆", day)
        permit = self._request(here, day, "会议", "会议费", sum(amounts))
        files = ("会议通知.pdf", "签到表.pdf")
        who = self._person(self.dice.choice(here.people))
        cells: Cells = {"kind": "报销", "category": "会议费", "request": permit}
        return self._claim(here, day, amounts, (None, "示例宾馆"), "", files=files, **cells, **who)

    def _lecture(self, here: School, day: date) -> int:
        self._count(0, 0)
        self.serial += 1
        return self._claim(
            here,
            day,
            [],
            (None, ""),
            "",
            amount=Decimal("1200.00"),
            files=("身份证.pdf", "职称证明.pdf", "学时确认.pdf"),
            kind="报销",
            category="讲课费",
            payee_kind="个人",
            payee_account=f"6217{self.serial:012d}",
            lecturer=f"授课人{self.serial}",
            lecturer_title="副高级",
            lecture_slots=("上午",),
            lecture_hours=Decimal("2.0"),
            lecture_net=Decimal("1000.00"),
            training_class=here.course,
        )

    def _office(self, here: School, day: date) -> int:
        seller = self.dice.choice([*here.sellers, *((None, name) for name in EVERYWHERE)])
        department = self.dice.choice(here.departments)
        amounts = self._within(("办公费", department), None, day, self._count(1, 4), seller[1])
        wrong = self._break("EX-02", "IV-03", "IV-01", "EX-06", "BG-02", "EX-03")
        more: Cells = {}
        if wrong == "EX-02":
            more["amount"] = sum(amounts) + 1
        if wrong == "BG-02":
            more["budget_line"] = here.lines["印刷费", None]
        if wrong == "EX-03":
            amounts = self._amounts(1, 1010, 1090, seller[1], day)
        who = self._person(self.dice.choice(here.people))
        return self._claim(
            here, day, amounts, seller, wrong, kind="报销", category="办公费", department=department, **who, **more
        )

    def _purchase(self, here: School, day: date) -> int:
        """Dear enough for a request, where the department has room for it before the line of splits."""
        category, kind, limit = self.dice.choice((("办公费", "零星采购", 1000), ("维修维护费", "维修", 2000)))
        department, seller = self.dice.choice(here.departments), self.dice.choice(here.sellers)
        if self._room((category, department), day, 90) < limit + 500:
            return self._food(here, day)
        amounts = self._amounts(n := self._count(1, 4), limit // n + 20, limit // n + 60, seller[1], day)
        permit = self._request(here, day, kind, category, sum(amounts), department)
        who = self._person(self.dice.choice(here.people), "公务卡")
        cells: Cells = {"kind": "公务卡还款", "category": category, "department": department, "request": permit}
        return self._claim(here, day, amounts, seller, "", **cells, **who)

    def _food(self, here: School, day: date) -> int:
        seller = self.dice.choice(here.sellers)
        amounts = self._amounts(self._count(1, 4), 20, 240, seller[1], day)
        who = self._person(self.dice.choice(here.people))
        return self._claim(here, day, amounts, seller, "", kind="报销", category="食材费", **who)

    # --- a claim with its invoices, its request and what it holds ---------------------------------------------------
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
        **cells: Value,
    ) -> int:
        department = cells.setdefault("department", self.dice.choice(here.departments))
        category = str(cells["category"])
        line = here.lines.get((category, None)) or here.lines[category, int(str(department))]
        cells.setdefault("budget_line", line)
        handler, acceptor = self.dice.sample(here.people, 2)
        for key in ((category, int(str(department))), cells.get("vendor")):
            self.bought[key].append((day, Decimal(sum(amounts))))
        draft = self.dice.random() < DRAFTS and wrong != "PR-03a"
        twin = next((cells for then, cells in self.numbers if (day - then).days > 30), None)
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
            self.numbers = [*self.numbers[-50:], (day, invoices[0])]
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
        **cells: Value,
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
                "budget_line": here.lines.get((category, None)) or here.lines[category, department],
                "est_amount": Decimal(amount).quantize(CENT),
                "approved_at": moment(asked),
                "created_at": moment(asked),
                "created_by": f"p{handler}@school.test",
                "status": "已批准",
                **cells,
            },
        )

    # --- small things ---------------------------------------------------------------------------------------------
    def _break(self, *rules: str) -> str:
        """The rule of these that is to be broken now: of several the rarest so far; mostly none."""
        # Less than half of the claims can break any rule, and drafts another one.
        if self.dice.random() >= self.wrong * 1.6:
            return ""
        rule = min(rules, key=lambda r: self.broken[r])
        self.broken[rule] += 1
        return rule

    def _name(self, vendor: int) -> str:
        return str(self.tables["vendors"][vendor]["name"])

    def _company(self, vendor: int) -> Cells:
        return {
            "payee_kind": "服务商",
            "vendor": vendor,
            "payee_account": self.tables["vendors"][vendor]["bank_account"],
        }

    def _person(self, person: int, kind: str = "个人") -> Cells:
        return {"payee_kind": kind, "payee": person, "payee_account": "本人工资卡"}

    def _count(self, least: int, most: int) -> int:
        """How many invoices: one to four here and there, two and a half each in all."""
        self.owed += INVOICES_OF_A_CLAIM
        wanted = int(self.owed + Decimal(self.dice.choice((-1, 0, 0, 1))))
        number = min(max(wanted, least), most)
        self.owed -= number
        return number

    def _amounts(self, n: int, low: int, high: int, seller: str, day: date) -> list[Decimal]:
        """Sums of invoices, now and then round; never one that the seller asked for some days before or after."""
        found: list[Decimal] = []
        for _ in range(n):
            amount = Decimal(self.dice.randrange(low * 100, high * 100)) / 100
            if self.dice.random() < 0.2 and high >= 200:
                amount = max(amount.quantize(Decimal(10)), Decimal(low))
            while any(abs((day - then).days) <= 5 for then in self.sold[seller, amount.quantize(CENT)]):
                amount += Decimal("0.37")
            self.sold[seller, amount.quantize(CENT)].append(day)
            found.append(amount.quantize(CENT))
        return found

    def _within(self, bought: tuple[str, int], shop: int | None, day: date, n: int, seller: str) -> list[Decimal]:
        """Small sums that stay below the line of splits together with all that was bought in the weeks before."""
        room = self._room(bought, day, 90)
        if shop is not None:
            room = min(room, self._room(shop, day, 30))
        return self._amounts(n, 15, max(min(int(room) // n, 900 // n), 16), seller, day)

    def _room(self, key: Any, day: date, days: int) -> Decimal:
        near = (amount for then, amount in self.bought[key][-200:] if 0 <= (day - then).days <= days)
        return SPLIT_LINE - sum(near, Decimal(0))


def lay_city(claims: int, *, wrong: float = 0.01, seed: int = 1) -> City:
    """The same city for the same arguments."""
    return Builder(claims, wrong, seed).city()
