"""Plays the claims of the demonstration through the host as the real accounts, the worker's passes in between.

Nothing is loaded that the worker computes: a claim is 已批准 because four people signed it.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from automations.demo import school
from automations.demo.driver import CLAIMS, INVOICES, STEPS, SUBMIT, Person
from automations.demo.stories import BROKEN, STORIES, Story
from automations.errors import HouqinError
from automations.tables.base import Binding, Host, Row
from automations.tables.values import Value, Values

VIOLATIONS = "violations"
TOUCHED = ("people", "departments", "vendors", "budget_lines", "settings", CLAIMS, INVOICES, STEPS, VIOLATIONS)
"""Tables that people of the demonstration look at."""

MOST_ROUNDS = 60
REASON = "明细清单与发票内容对不上，请核对后重报。"
FRAUD = Decimal("9860.00")


class Cast:
    """Everybody's login, made when first needed.

    Args:
        login: A session on the host for an account (e-mail).
        binding: Of the whole schema.
        turn: A pass of the worker, for people who wait; None where a worker runs beside.
    """

    def __init__(
        self, login: Callable[[str], Host], binding: Binding, turn: Callable[[], object] | None = None
    ) -> None:
        self._login = login
        self._binding = Binding({name: binding[name] for name in TOUCHED})
        self._turn = turn
        self._people: dict[str, Person] = {}
        self._names: dict[int, str] = {}
        self._norms: dict[str, Value] = {}

    def __getitem__(self, name: str) -> Person:
        if name not in self._people:
            host = self._login(school.BY_NAME[name].email)
            host.bind(self._binding)
            host.refresh(["people"])  # the others when they are first looked at
            self._people[name] = Person(host, self._turn, self._norms)
        return self._people[name]

    def of(self, person: object) -> Person:
        """By row id in ``people``."""
        if person not in self._names:
            self._names = {row.id: str(row["name"]) for row in self.reader.rows("people")}
        if not isinstance(person, int) or person not in self._names:
            raise HouqinError(f"人员表里没有第 {person} 行，演示数据不完整。请删除 var/nocodb 后重新运行。")
        return self[self._names[person]]

    @property
    def reader(self) -> Person:
        """Whoever looks things up: the accountant sees all the claims every day."""
        return self[school.ACCOUNTANT]


@dataclass(frozen=True)
class Desk:
    """What lies on the table now: claims by title, their steps in order, violations by (rule, code)."""

    claims: Mapping[str, Row]
    steps: Mapping[int, Sequence[Row]]
    violations: Mapping[tuple[str, str], Row]

    @classmethod
    def look(cls, reader: Person) -> "Desk":
        """As the host shows it."""
        steps: dict[int, list[Row]] = defaultdict(list)
        for step in reader.glance(STEPS):
            if isinstance(step["claim"], int):
                steps[step["claim"]].append(step)
        for found in steps.values():
            found.sort(key=lambda s: (s["round"] or Decimal(0), s["seq"] or Decimal(0)))
        return cls(
            {str(row["title"]): row for row in reader.glance(CLAIMS)},
            steps,
            {(str(v["rule"]), str(v["biz_code"])): v for v in reader.glance(VIOLATIONS)},
        )

    def open_step(self, claim: int) -> Row | None:
        """The step whose turn it is."""
        waiting = [s for s in self.steps.get(claim, ()) if s["decision"] == "待签" and s["valid"] == "待定"]
        return waiting[0] if waiting else None

    def step(self, claim: int, level: str) -> Row:
        """The latest step of a level."""
        return next(s for s in reversed(self.steps[claim]) if s["level"] == level)


def play(cast: Cast, turn: Callable[[], object], today: date, progress: Callable[[str, int], None]) -> None:
    """File every story and bring it to its goal.

    Args:
        cast: Logins.
        turn: One pass of the worker.
        today: What the stories are laid relative to.
        progress: Told what is going on, and how many stories have reached their goal.

    Raises:
        HouqinError: A claim does not get where it should; the message shows the worker's answer.
    """
    there = Desk.look(cast.reader).claims
    for number, story in enumerate(STORIES, 1):
        progress(f"填单 {number}/{len(STORIES)}", 0)
        if story.title not in there:
            story.file(cast[story.handler], today)
    submitted: set[str] = set()
    for _ in range(MOST_ROUNDS):
        turn()
        desk = Desk.look(cast.reader)
        edits = _Edits()
        done = sum(_advance(cast, desk, story, submitted, today, edits) for story in STORIES)
        edits.make()
        progress("各级签批、付款、归档", done)
        if done == len(STORIES):
            return
    stuck = [
        f"“{s.title}”：{desk.claims[s.title]['status']}，{desk.claims[s.title]['check_message']}"
        for s in STORIES
        if not _reached(desk, s)
    ]
    raise HouqinError("演示单据没有走到预定的状态。请把 var/log/ 交给开发者：", stuck)


def _reached(desk: Desk, story: Story) -> bool:
    row = desk.claims[story.title]
    status = row["status"]
    if story.goal == "拦截":
        return status == "草稿" and row["check_result"] == "拦截"
    if story.goal == "签批中":
        step = desk.open_step(row.id)
        return status == "签批中" and step is not None and step["level"] == story.stop_at
    return status == story.goal


class _Edits:
    """What people do in one round: each his rows of a table by one call, as a block of cells is pasted."""

    def __init__(self) -> None:
        self._wanted: dict[tuple[Person, str], dict[int, Values]] = defaultdict(dict)

    def add(self, person: Person, table: str, row_id: int, **cells: Value) -> None:
        self._wanted[person, table][row_id] = cells

    def make(self) -> None:
        # Invoices first: 会计 signs a claim after he has looked its invoices up (IV-04).
        for (person, table), rows in sorted(self._wanted.items(), key=lambda one: one[0][1] != INVOICES):
            person.host.update(table, rows)


def _advance(cast: Cast, desk: Desk, story: Story, submitted: set[str], today: date, edits: _Edits) -> bool:
    """Let whoever is next do his part; whether the story has reached its goal."""
    if _reached(desk, story):
        return True
    row = desk.claims[story.title]
    status = row["status"]
    if status == "草稿":
        if row["check_result"] == "拦截":
            raise HouqinError(f"演示单据“{story.title}”没有通过校验：{row['check_message']}")
        if story.title not in submitted:
            edits.add(cast[story.handler], CLAIMS, row.id, status=SUBMIT)
            submitted.add(story.title)
    elif status == "签批中" and (step := desk.open_step(row.id)) is not None:
        signer = cast.of(step["assignee"])
        if story.goal == "已退回" and step["level"] == story.stop_at:
            edits.add(signer, STEPS, step.id, decision="退回", opinion=REASON)
        else:
            if step["level"] == "会计":
                for invoice in signer.unverified(row.id):
                    edits.add(signer, INVOICES, invoice.id, verify="一致")
            edits.add(signer, STEPS, step.id, decision="同意", opinion="同意报销")
    elif status == "已批准" and not row["paper_signed"]:
        edits.add(cast[school.ACCOUNTANT], CLAIMS, row.id, paper_signed=True)
    elif status == "已批准" and row["paid_on"] is None:
        edits.add(cast[school.CASHIER], CLAIMS, row.id, pay_method="银行转账", paid_on=today)
    elif status == "已支付" and not row["voucher_no"]:
        edits.add(cast[school.ACCOUNTANT], CLAIMS, row.id, voucher_no=f"记-{today:%Y%m}-{story.number:03d}")
    return False


def plant(cast: Cast, turn: Callable[[], object]) -> None:
    """Break three rules as the accounts that would (the fourth, a double invoice, is among the stories).

    Wrong signer, out of order, edited after approval; each once, even if called again.

    Raises:
        HouqinError: The worker did not catch one.
    """
    desk = Desk.look(cast.reader)
    acts: Mapping[str, Callable[[Row], None]] = {
        "SG-01": lambda row: cast[school.CLERK].sign(desk.step(row.id, "分管领导").id, "同意"),
        "SG-02": lambda row: cast[school.TOP].sign(desk.step(row.id, "主要领导").id, "同意"),
        "DG-02": lambda row: cast[BROKEN["DG-02"].handler].edit(CLAIMS, row.id, amount=FRAUD),
    }
    codes = {rule: str(desk.claims[BROKEN[rule].title]["code"]) for rule in acts}
    for rule, act in acts.items():
        if (rule, codes[rule]) not in desk.violations:
            act(desk.claims[BROKEN[rule].title])
    for _ in range(MOST_ROUNDS):
        turn()
        found = Desk.look(cast.reader).violations
        missed = [rule for rule, code in codes.items() if (rule, code) not in found]
        if not missed:
            return
    raise HouqinError(f"后勤助手没有发现埋设的违规：{'、'.join(missed)}。请把 var/log/ 交给开发者。")
