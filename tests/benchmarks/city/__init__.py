"""A made-up year of many schools in one set of tables, seeded: rows complete in every column, each passing every rule.

Every school has the size of the one in domain.md E: some 640 claims and 213 requests a year, 9 departments, 95 people,
35 budget lines, 40 vendors (a vendor for 16 claims), 20 contracts, 7 procurements. What is asked for grows by adding
schools, so that what stands around one claim stays as large as in life. A few claims break one rule each:
``City.planted`` says which.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from automations.holds import Hold
from automations.norms import Norm, Norms
from automations.people import Directory
from automations.shipped_norms import SHIPPED
from tests.benchmarks.city.claims import Claims
from tests.benchmarks.city.stock import CENT, FIRST, NOW, Cells, Make, School, moment, papers
from tests.office import SCHOOL, TAX_NO

__all__ = ["FIRST", "NOW", "City", "lay_city", "moment"]

CLAIMS_OF_A_SCHOOL = 640
SERVICES = {"物业管理费": "物业", "食材费": "货物", "维修维护费": "其他", "劳务派遣费": "劳务派遣"}
"""Categories of what is paid under contracts, with their kind of contract."""

EVERYWHERE = ("示例石油销售有限公司", "示例电商信息技术有限公司")
"""Sellers that every school of the city buys from."""

FARES = ("38.50", "54.50", "77.00", "96.50", "154.00")
ALLOWANCE = 180
LEAST_ROOM = 1200
"""元 before the line of splits with less of which a department buys nothing more for the while."""


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


def lay_city(claims: int, *, wrong: float = 0.01, seed: int = 1) -> City:
    """The same city for the same arguments: so many claims, of which a share is ``wrong``."""
    return _Builder(claims, wrong, seed).city()


class _Builder(Claims):
    """Lays a city, school by school."""

    def __init__(self, claims: int, wrong: float, seed: int) -> None:
        super().__init__(wrong, seed)
        self.wanted, self.whole = claims, True
        self.split: dict[int, str] = {}

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

    def _school(self) -> None:
        left = self.wanted - len(self.tables["expense_claims"])
        self.whole = left >= CLAIMS_OF_A_SCHOOL
        here = self._open_school()
        plan = self._contract_payments(here) + self._bills(here) + self._shops(here)
        others: Sequence[tuple[Make, int]] = (
            (self._trip, 150),
            (self._reception, 20),
            (self._meeting, 14),
            (self._lecture, 25),
            (self._office, 70),
            (self._purchase, 29),
            (self._food, 28),
        )
        plan += [(self._day(), make) for make, count in others for _ in range(count)]
        assert len(plan) == CLAIMS_OF_A_SCHOOL
        self.dice.shuffle(plan)
        for day, make in sorted(plan[:left], key=lambda planned: planned[0]):
            make(here, day)

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
                if wrong:  # room for the second bill is taken now
                    self.bought[category, departments[1]].append((day + timedelta(days=12), Decimal(2950)))
            else:
                wrong = self.split.pop(vendor, "")
            department = departments[0 if first else 1]
            n = self._count(1, 4)
            if wrong:
                amounts = self._amounts(n, 2900 // n, 2940 // n, self._name(vendor), day)
                more = {"request": self._request(here, day, "零星采购", category, sum(amounts), department)}
            else:
                amounts, more = self._within((category, department), vendor, day, n, self._name(vendor)), {}
            enough = wrong or self._room((category, department), day, 90) >= LEAST_ROOM
            return self._claim(
                here,
                day,
                amounts,
                (vendor, self._name(vendor)),
                wrong,
                kind="直接支付",
                category=category if enough else "食材费",
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
        if self._room(("办公费", department), day, 90) < LEAST_ROOM:
            return self._food(here, day)
        amounts = self._within(("办公费", department), None, day, self._count(1, 4), seller[1])
        wrong = self._break("EX-02", "IV-03", "IV-01", "EX-06", "BG-02", "EX-03")
        more: Cells = {}
        if wrong == "EX-02":
            more["amount"] = sum(amounts) + 1
        if wrong == "BG-02":
            more["budget_line"] = here.line("印刷费", 0)
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
