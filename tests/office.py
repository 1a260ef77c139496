"""A small school on the memory host, with the real schema, the real engine and a clock that the test moves."""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Protocol

from automations.demo.driver import Person
from automations.engine import Engine, Office, PassReport
from automations.jobs import approvals
from automations.journal import Journal
from automations.mirror import Mirror
from automations.norms import DEFAULTS
from automations.schema import Schema
from automations.schema.apply import apply
from automations.schema.load import load_schema
from automations.schema.plan import plan
from automations.settings import HOUSE
from automations.tables.base import Host, Row
from automations.tables.memory import MemoryServer
from automations.tables.values import Value
from tests.conftest import Clock

WORKER = "houqin@school.test"
SCHOOL, TAX_NO = "示例区委党校", "12500101MB0000000X"
# name: (account, department, roles, rank)
STAFF: Mapping[str, tuple[str, str, tuple[str, ...], str]] = {
    "王文员": ("wang", "行政科", ("经办人",), "科员"),
    "周科长": ("zhou", "行政科", ("经办人", "部门负责人"), "中层"),
    "李会计": ("li", "财务科", ("经办人", "会计"), "科员"),
    "钱出纳": ("qian", "财务科", ("经办人", "出纳"), "科员"),
    "吴科长": ("wu", "财务科", ("经办人", "部门负责人"), "中层"),
    "孙副校长": ("sun", "行政科", ("经办人", "分管领导"), "班子成员"),
    "陈副校长": ("chen", "财务科", ("经办人", "分管领导"), "班子成员"),
    "郑副校长": ("zheng", "财务科", ("经办人", "分管领导"), "班子成员"),
    "赵校长": ("zhao", "行政科", ("经办人", "主要领导"), "主要领导"),
}
CHAIN = ("周科长", "李会计", "孙副校长", "赵校长")

APART: Mapping[str, str] = {
    "split.excluded": "办公费、印刷费、水费、电费、差旅费",
    "request.purchase_from": "100000",
    "request.print_from": "100000",
    "request.always": "公务接待",
    "compare.limit": "50000",
    "budget.rate_low": "100",
}
"""Parameters under which twenty small claims of one clerk in a row are nobody's business: tests of sign-off look at
sign-off. Tests of the money rules give the shipped values back (``norms=SHIPPED_LIMITS``)."""

SHIPPED_LIMITS: Mapping[str, str] = {key: DEFAULTS[key] for key in APART}

_SCHEMA: Schema | None = None


def schema() -> Schema:
    """The real schema, read once."""
    global _SCHEMA
    _SCHEMA = _SCHEMA or load_schema(HOUSE / "schemas")
    return _SCHEMA


def email(account: str) -> str:
    return f"{account}@school.test"


ACCOUNTS = {WORKER: "后勤系统", **{email(account): name for name, (account, *_) in STAFF.items()}}
"""Every login of the school, by e-mail."""


class Server(Protocol):
    """A host's server with the accounts of the school."""

    def login(self, email: str) -> Host: ...


class RealClock(Clock):
    """The time of real servers, which no test can move."""

    def pass_by(self, **span: float) -> datetime:
        self.now = datetime.now(UTC)
        return self.now


def memory_server(clock: Clock) -> MemoryServer:
    server = MemoryServer(clock=clock)
    for address, name in ACCOUNTS.items():
        server.add_account(address, name)
    return server


class SmallOffice:
    """Server, engine and everybody's logins.

    Args:
        clock: The server's and the engine's time; a pass moves it on by three seconds.
        mirror / journal: SQLAlchemy addresses.
    """

    def __init__(
        self,
        clock: Clock,
        *,
        server: Server | None = None,
        mirror: str = "sqlite:///:memory:",
        journal: str = "sqlite:///:memory:",
        norms: Mapping[str, str] | None = None,
    ) -> None:
        self.clock = clock
        self.server, self._own_server = server or memory_server(clock), server is None
        self.host: Host = self.server.login(WORKER)
        steps = plan(schema(), self.host.describe(), None)
        self.binding = apply(steps, self.host, yes=True, lose_data=False, progress=lambda _: None)
        self.host.bind(self.binding)
        self.host.refresh([t.name for t in schema()])
        self.ids: dict[str, int] = {}
        self._load(
            {"school.name": SCHOOL, "school.tax_no": TAX_NO, "chain.substitute": "郑副校长", **APART, **(norms or {})}
        )
        self.office = Office(
            host=self.host,
            mirror=Mirror(mirror, schema()),
            journal=Journal(journal),
            schema=schema(),
            approvals=approvals(),
        )
        self.engine = Engine(self.office)
        self._people: dict[str, Person] = {}
        self.settle()

    def _load(self, norms: Mapping[str, str]) -> None:
        departments = ("行政科", "财务科")
        kinds = {"行政科": "行政后勤", "财务科": "财务"}
        ids = self.host.create("departments", [{"name": d, "kind": kinds[d], "active": True} for d in departments])
        self.ids |= dict(zip(departments, ids, strict=True))
        people = self.host.create(
            "people",
            [
                {
                    "name": name,
                    "account": email(account),
                    "department": self.ids[department],
                    "roles": roles,
                    "rank": rank,
                    "status": "在岗",
                }
                for name, (account, department, roles, rank) in STAFF.items()
            ],
        )
        self.ids |= dict(zip(STAFF, people, strict=True))
        self.host.refresh(["people"])
        self.host.update(
            "departments",
            {
                self.ids["行政科"]: {"head": self.ids["周科长"], "leader_in_charge": self.ids["孙副校长"]},
                self.ids["财务科"]: {"head": self.ids["吴科长"], "leader_in_charge": self.ids["陈副校长"]},
            },
        )
        lines = {"办公费": "日常办公费", "印刷费": "印刷费"}
        found = self.host.create(
            "budget_lines",
            [
                {
                    "year": 2026,
                    "name": name,
                    "category": category,
                    "fund_source": "财政拨款",
                    "department": self.ids["行政科"],
                    "approved": Decimal(20000),
                    "status": "已批复",
                }
                for category, name in lines.items()
            ],
        )
        self.ids |= dict(zip(lines.values(), found, strict=True))
        self.host.create("settings", [{"key": k, "label": k, "value": v, "category": "签批"} for k, v in norms.items()])

    def close(self) -> None:
        """Let go of the stores, and of the server where it was made for this office."""
        self.office.mirror.close()
        self.office.journal.close()
        if self._own_server and isinstance(self.server, MemoryServer):
            self.server.close()

    # --- time -----------------------------------------------------------------------------------------------------
    def turn(self, **more: bool) -> PassReport:
        """One pass, three seconds later."""
        return self.engine.turn(self.clock.pass_by(seconds=3), **more)

    def settle(self, most: int = 12) -> list[PassReport]:
        """Passes until one finds nothing to do."""
        reports = []
        for _ in range(most):
            reports.append(self.turn())
            if reports[-1].problems:
                raise AssertionError(reports[-1].problems)
            if reports[-1].idle:
                return reports
        raise AssertionError(f"the office never comes to rest: {[r.line() for r in reports]}")

    # --- people -----------------------------------------------------------------------------------------------------
    def person(self, name: str) -> Person:
        """Somebody at his own login."""
        if name not in self._people:
            host = self.server.login(email(STAFF[name][0]))
            host.bind(self.binding)
            host.refresh([t.name for t in schema()])
            self._people[name] = Person(host, turn=self.settle)
        return self._people[name]

    def claim(self, title: str = "购置打印纸", who: str = "王文员", amount: str = "986.00", **more: Value) -> int:
        """A complete draft of ``who`` with one invoice; its row id."""
        count = self._invoices()
        # No two of them from one seller or next to each other: that would be IV-05.
        numbers: Mapping[str, Decimal] = {f"265000000000{1000 + 17 * count:08d}": Decimal(amount)}
        seller = str(more.pop("seller", f"利民文体商行{count + 1}店"))
        fields: dict[str, Value] = {"acceptor": self.ids["吴科长"], "accepted_on": date(2026, 8, 28), **more}
        return self.person(who).file_claim(
            title, line="日常办公费", invoices=numbers, on=date(2026, 8, 28), seller=seller, **fields
        )

    def _invoices(self) -> int:
        return len(self.host.ids("invoices"))

    def submitted(self, **more: Value) -> int:
        """A claim that passed the checks and waits for its first signer."""
        who = str(more.pop("who", "王文员"))
        claim = self.claim(who=who, **more)  # type: ignore[arg-type]
        self.settle()
        self.person(who).submit(claim)
        self.settle()
        assert self.row(claim)["status"] == "签批中", self.row(claim)["check_message"]
        return claim

    def approved(self, **more: Value) -> int:
        """A claim that all four signed."""
        claim = self.submitted(**more)
        for name in CHAIN:
            self.sign(claim, name)
            self.settle()
        assert self.row(claim)["status"] == "已批准", self.row(claim)["check_message"]
        return claim

    def sign(self, claim: int, name: str, decision: str = "同意", opinion: str | None = None, by: str = "") -> None:
        """``by`` (or ``name`` himself) decides the step of ``name`` in the present round."""
        step = self.step(claim, name)
        if step["level"] == "会计" and not by and decision == "同意":
            self.person(name).check_invoices(claim)
        self.person(by or name).sign(step.id, decision, opinion)

    # --- looking ----------------------------------------------------------------------------------------------------
    def row(self, claim: int, table: str = "expense_claims") -> Row:
        [row] = self.host.rows(table, [claim])
        return row

    def steps(self, claim: int) -> list[Row]:
        """All steps of a claim on the host, by round and order."""
        found = [r for r in self.host.changed("sign_steps", None).rows if r["claim"] == claim]
        return sorted(found, key=lambda r: (r["round"], r["seq"]))  # type: ignore[arg-type, return-value]

    def step(self, claim: int, name: str) -> Row:
        """The step of ``name`` in the present round."""
        last = max(s["round"] for s in self.steps(claim))  # type: ignore[type-var]
        return next(s for s in self.steps(claim) if s["assignee"] == self.ids[name] and s["round"] == last)

    def violations(self) -> list[Row]:
        return sorted(self.host.changed("violations", None).rows, key=lambda r: r.id)

    def look(self, probe: Callable[["SmallOffice"], object]) -> object:
        return probe(self)
