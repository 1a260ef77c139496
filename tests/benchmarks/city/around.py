"""What stands around the claims of a school: budget lines, vendors, contracts, procurements."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

from stdnum.cn import uscc

from automations.people import Department, Person
from tests.benchmarks.city.stock import FIRST, LAST, School, Stock, moment, papers

SHARED = ("办公费", "差旅费")
"""Categories of which every department has a line of its own."""

ONE_LINE = (
    *("印刷费", "水费", "电费", "燃气费", "电话网络费", "会议费", "培训费", "公务接待费", "公务用车运行费"),
    *("维修维护费", "物业管理费", "食材费", "讲课费", "资产购置", "工程改造", "劳务派遣费", "其他"),
)
TENDERED = ("办公费", "印刷费", "维修维护费", "资产购置", "其他")
"""The city buys something of these by public tender every year, so that a year's sum alone means nothing (PR-03c)."""


class Around(Stock):
    """Lays it."""

    def _open_school(self) -> School:
        first = len(self.departments)
        departments = [first + n + 1 for n in range(9)]
        people = [len(self.people) + n + 1 for n in range(95)]
        self.departments += [Department(d, f"科室{d}", people[n], people[9]) for n, d in enumerate(departments)]
        self.people += [Person(p, f"教职工{p}", f"p{p}@school.test", departments[p % 9], rank="科员") for p in people]
        lines: dict[tuple[str, int | None], int] = {
            (category, None): self._line(category, departments[0]) for category in ONE_LINE
        }
        lines |= {(category, d): self._line(category, d) for category in SHARED for d in departments}
        course = self.add(
            "training_classes", "BC", name=f"主体班{first}", starts_on=FIRST, ends_on=LAST, status="进行中"
        )
        others = [self._vendor(("办公用品",)) for _ in range(18)]
        sellers = [(v, self._name(v)) for v in others]
        here = School(departments, people, lines, sellers, course)
        for n in range(6):
            self._project(here, TENDERED[n % len(TENDERED)], self.dice.choice(others))
        return here

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
        code = f"9150010{n:010d}"
        return self.add(
            "vendors",
            "FW",
            name=f"示例服务{n}有限公司",
            uscc=code + uscc.calc_check_digit(code),
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
                budget_lines=(here.line("物业管理费", 0),),
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

    def _project(self, here: School, category: str, winner: int) -> None:
        """A purchase large enough for a procurement of its own."""
        day = self._day()
        budget = Decimal(self.dice.randrange(60_000, 90_000))
        self.add(
            "procurements",
            "CG",
            title=f"{category}采购{day:%m%d}",
            kind="货物",
            handler=self.dice.choice(here.people),
            catalogue="目录外",
            item_code=category,
            budget_lines=(here.line(category, here.departments[0]),),
            budget=budget,
            ceiling=budget,
            need="按需求书",
            method="询价",
            winner=winner,
            award=budget - 1000,
            award_on=day,
            created_at=moment(day - timedelta(days=40)),
            status="履约中",
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
