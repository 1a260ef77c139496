"""A row under sign-off with no host and no engine around it: to judge tens of thousands of small histories.

A claim unless told otherwise; :class:`Play` plays a row of any table that has a life.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from automations.approvals.case import Case
from automations.approvals.declaration import Approval
from automations.approvals.desired import row_cells
from automations.approvals.judge import judge
from automations.approvals.ruling import Bench, Ruling
from automations.approvals.world import Key, World
from automations.jobs.expense_claims import expense_claims
from automations.norms import Norm, Norms
from automations.people import Department, Directory, Person
from automations.tables.base import Edit
from automations.tables.values import Value, canonical
from tests.office import schema

WORKER = "houqin@school.test"
CLAIM, FIRST_STEP, INVOICE, OFFICE = 1, 11, 21, 1
CODE = "ZC-2026-0001"
START = datetime(2026, 9, 1, 2, 0, tzinfo=UTC)
LEVELS = ("部门负责人", "会计", "分管领导", "主要领导")

CLERK, HEAD, ACCOUNTANT, LEADER, TOP, DEPUTY, STRANGER, TWIN = 1, 2, 3, 4, 5, 6, 7, 8
NAMES = {
    CLERK: "王文员",
    HEAD: "周科长",
    ACCOUNTANT: "李会计",
    LEADER: "孙副校长",
    TOP: "赵校长",
    DEPUTY: "郑副校长",
    STRANGER: "冯文员",
    TWIN: "何文员",
}
SIGNERS = (HEAD, ACCOUNTANT, LEADER, TOP)


def account(person: int) -> str:
    return f"p{person}@school.test"


def staff() -> dict[int, Person]:
    """Eight people; 何文员 shares his login with nobody until a test says so."""
    rank = {LEADER: "班子成员", TOP: "主要领导", DEPUTY: "班子成员"}
    roles = {ACCOUNTANT: "会计", TOP: "主要领导"}
    return {
        p: Person(p, name, account(p), OFFICE, frozenset({roles.get(p, "经办人")}), rank.get(p, "科员"))
        for p, name in NAMES.items()
    }


def directory(**changes: Person) -> Directory:
    """``staff`` with some replaced, e.g. ``p4=…``."""
    people = staff() | {int(key[1:]): person for key, person in changes.items()}
    return Directory(people.values(), [Department(OFFICE, "行政科", HEAD, LEADER, "行政后勤")])


def away(person: int, delegate: int, **changes: object) -> Person:
    """``person`` with a delegation that is in order on the day of :data:`START`; ``changes`` break it."""
    whole: dict[str, object] = {
        "away_from": date(2026, 8, 31),
        "away_to": date(2026, 9, 10),
        "delegate": delegate,
        "delegate_scope": frozenset({"支出"}),
        "delegate_limit": Decimal(5000),
        "delegate_doc": True,
    }
    return replace(staff()[person], **{**whole, **changes})  # type: ignore[arg-type]


def bench(people: Directory | None = None, approval: Approval = expense_claims, **norms: str) -> Bench:
    """A bench whose rules find nothing; ``chain__small`` is the parameter ``chain.small``."""
    return Bench(
        approval=approval,
        table=schema()[approval.table],
        steps=schema()["sign_steps"],
        directory=people or directory(),
        norms=Norms(Norm(key.replace("__", "."), value) for key, value in norms.items()),
        worker=WORKER,
        proof="history",
        examine=lambda world, moment, actor, case: (),
        show=lambda field, value: "空" if value is None else str(value),
    )


def claim(**changes: Value) -> dict[str, Value]:
    row: dict[str, Value] = {
        "code": CODE,
        "kind": "报销",
        "category": "办公费",
        "title": "购置打印纸",
        "handler": CLERK,
        "department": OFFICE,
        "payee": CLERK,
        "payee_account": "本人工资卡",
        "budget_line": 1,
        "biz_date": date(2026, 8, 28),
        "amount": Decimal("986.00"),
        "attachments": (),
        "status": "草稿",
    }
    return row | changes


def empty_row(approval: Approval, **cells: Value) -> dict[str, Value]:
    """A new row of any table, with these cells filled."""
    table = schema()[approval.table]
    assert cells.keys() <= table.by_name.keys(), (approval.table, cells.keys() - table.by_name.keys())
    row: dict[str, Value] = {f.name: canonical(f, None) for f in table.fields}
    row.update({"code": CODE, "status": approval.words.draft[0]})
    return row | cells


def invoice(**changes: Value) -> dict[str, Value]:
    return {"claim": CLAIM, "inv_no": "2" * 20, "amount": Decimal("986.00"), "seller": "利民商行"} | changes


class Play:
    """One row played by edits; each call of :meth:`judge` judges what was typed since the last.

    Attributes:
        table: Its table.
        rows: Cells as typed. What the worker would write back, :meth:`answer` writes.
    """

    def __init__(self, on: Bench | None = None, **cells: Value) -> None:
        self.bench = on or bench()
        self.table = self.bench.approval.table
        self.rows: dict[Key, dict[str, Value]] = {}
        if self.table == "expense_claims":
            cells = claim(**cells)
            self.rows["invoices", INVOICE] = invoice()
        self.rows[self.table, CLAIM] = empty_row(self.bench.approval, **cells)
        self.case = Case(table=self.table, code=CODE, row_id=CLAIM)
        self.edits: list[Edit] = []
        self._count = 0

    def copy(self) -> "Play":
        other = Play.__new__(Play)
        other.bench, other.table, other.case, other._count = self.bench, self.table, self.case, self._count
        other.rows = {key: dict(values) for key, values in self.rows.items()}
        other.edits = list(self.edits)
        return other

    def type(self, table: str, row_id: int, by: str | None, **cells: Value) -> Edit:
        """Somebody types; one minute passes."""
        self._count += 1
        row = self.rows[table, row_id]
        edit = Edit(
            table,
            row_id,
            f"e{self._count}",
            f"{self._count:09d}",
            START + timedelta(minutes=self._count),
            by,
            "update",
            {name: row.get(name) for name in cells},
            dict(cells),
        )
        row.update(cells)
        self.edits.append(edit)
        return edit

    def judge(self, *, answers: bool = True) -> Ruling:
        """Judge everything typed since the last time, in one go.

        Args:
            answers: Whether the worker gets to write its answer before anybody types again.
        """
        edits, self.edits = self.edits, []
        ruling = judge(self.case, World(self.rows, edits), edits, self.bench)
        self.case = ruling.case
        if answers:
            self.answer()
        return ruling

    @property
    def shown(self) -> str:
        """The word that stands in 状态."""
        return self.bench.approval.shown_status(self.case)

    def answer(self) -> None:
        """The cells that the worker writes back."""
        self.rows[self.table, CLAIM] |= row_cells(self.case, self.bench)
        for position, step in enumerate((*self.case.past, *self.case.steps)):
            row = self.rows.setdefault(("sign_steps", FIRST_STEP + position), {})
            row |= {"code": step.code, "decision": step.decision, "opinion": step.opinion or None}

    def submit(self, by: int = CLERK) -> Ruling:
        self.type(self.table, CLAIM, account(by), status=self.bench.approval.words.ask[0])
        return self.judge()

    def decide(self, position: int, by: str | None, decision: str, opinion: str | None = None) -> Edit:
        """``by`` types a decision into the step at ``position`` of the present round."""
        cells: dict[str, Value] = {"decision": decision}
        if opinion is not None:
            cells["opinion"] = opinion
        return self.type("sign_steps", FIRST_STEP + len(self.case.past) + position, by, **cells)

    def agree(self, *people: int) -> "Play":
        """These sign the next levels, one after the other."""
        for person in people:
            position = next(i for i, s in enumerate(self.case.steps) if not s.agreed)
            self.decide(position, account(person), "同意")
            self.judge()
        return self


def submitted(on: Bench | None = None, **cells: Value) -> Play:
    play = Play(on, **cells)
    play.submit()
    assert play.case.status == "签批中", play.case.message
    return play


def messages(ruling: Ruling) -> list[str]:
    """What was refused, in order."""
    return [str(e.data["message"]) for e in ruling.events if e.kind in ("refused", "blocked")]


def rules(ruling: Ruling) -> list[str]:
    """Rule ids of what was refused or put back, in order."""
    return [str(e.data["rule"]) for e in ruling.events if e.kind in ("refused", "restored", "fell")]


def kinds(ruling: Ruling) -> Sequence[str]:
    return [e.kind for e in ruling.events]


def signers(steps: Iterable[object]) -> Mapping[str, int | None]:
    return {s.level: s.signer for s in steps}  # type: ignore[attr-defined]
