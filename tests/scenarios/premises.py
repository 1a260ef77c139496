"""The small school with an office and money for everything: its calendar, who types and signs, what is to be seen.

Its parameters are those shipped, looked through and ticked 已本地核实, so that messages read as domain.md words them.
"""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from decimal import Decimal
from functools import cache
from string import Formatter

from automations.engine import Engine, PassReport
from automations.engine.notices import Notices
from automations.engine.turn import FAST
from automations.jobs import discover
from automations.norms import DEFAULTS
from automations.notify.memory import Memory
from automations.rules import RULES
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


def day(text: str | date) -> date:
    """``9-18`` of 2026, or a whole date."""
    if isinstance(text, date):
        return text
    parts = [int(p) for p in text.split("-")]
    return date(*parts) if len(parts) == 3 else date(2026, *parts)


def moment(on: str | date, clock: str = "09:00") -> datetime:
    """A time of day at the school."""
    return datetime.combine(day(on), time.fromisoformat(clock), tzinfo=SCHOOL_TIME).astimezone(UTC)


class Premises(SmallOffice):
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
        rest = {key: value for key, value in DEFAULTS.items() if value and key not in norms and _read_by_rules(key)}
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

    def next_number(self) -> int:
        """A number that nothing else here has."""
        self._numbers += 1
        return self._numbers


def _read_by_rules(key: str) -> bool:
    """Whether a rule looks at the parameter, or 应缴去向 comes from it: the others are nobody's business here."""
    return key in _KEYS or any(key.startswith(prefix) for prefix in _KEYS if prefix.endswith("."))


_KEYS = frozenset({"income.route.", *(key for rule in RULES for key in rule.settings)})


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """What every rule says, as a pattern: figures may be anything."""
    found = []
    for rule in RULES:
        parts = [re.escape(text) + ("" if name is None else ".*") for text, name, *_ in Formatter().parse(rule.message)]
        found.append((rule.id, re.compile("".join(parts))))
    return tuple(found)
