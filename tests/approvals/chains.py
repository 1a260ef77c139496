"""Who signs what, a second time: in the words of domain.md (B1, B2, B4, B5, C2, C5) and not of the declarations.

:data:`CHAINS` says for each table which office signs at which level; :class:`Offices` is a small school in which people
share these offices in any way, and :func:`ways` are all the ways in which they could.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cached_property

from automations.approvals.chain import Chain, resolve, with_ids
from automations.approvals.declaration import Approval
from automations.approvals.ruling import Bench
from automations.jobs import approvals
from automations.norms import Norm, Norms
from automations.people import Department, Directory, Person
from automations.tables.values import Value
from tests.approvals.small_world import CLAIM, START, Play, account, bench, empty_row

HANDLER, PAYEE, RELATED = "经办人", "收款人", "需回避人员"
HEAD, LEADER, ACCOUNTANT, ACCEPTOR = "部门负责人", "分管领导", "会计", "验收人"
FINANCE, TOP = "分管财务", "主要领导"
LEFT, OUTSIDE_THE_TEAM = "已退出", "非班子成员"

OF_THE_ROW, OF_THE_HANDLER, OF_FINANCE = 1, 2, 3
"""Departments: the one the row names, the one everybody works in, the one that keeps the books."""

DECOY = 99
"""Heads and leads whatever department has no part in a chain: he must never be asked."""

DAY = START.date()
NAMES = "赵钱孙李周吴郑王冯陈"
EVERYBODY = "、".join(NAMES)
STRANGER, SUBSTITUTE = 9, 10
"""Two who have no part in any chain: the cashier, and who stands in for others in :meth:`Offices.play`."""


@dataclass(frozen=True)
class Seat:
    """One level: its name and which office signs there. ``review``: it may fall away, a signature never."""

    level: str
    office: str
    review: bool = False


def review(level: str, office: str = "") -> Seat:
    return Seat(level, office or level, review=True)


def signature(level: str, office: str = "") -> Seat:
    return Seat(level, office or level)


@dataclass(frozen=True, eq=False)
class ChainOf:
    """The sign-off of one table.

    Attributes:
        seats: Its levels in order, under the parameters ``norms`` and for a row with ``cells``.
        leads: Whose 分管领导 signs: of the department in the row, or of the one that the handler works in.
        cells: Of the row, beside people and departments.
    """

    table: str
    seats: tuple[Seat, ...]
    leads: int = OF_THE_ROW
    norms: Mapping[str, str] = field(default_factory=dict)
    cells: Mapping[str, Value] = field(default_factory=dict)

    @cached_property
    def approval(self) -> Approval:
        return approvals()[self.table]

    @cached_property
    def in_force(self) -> Norms:
        return Norms(Norm(key, value) for key, value in self.norms.items())

    @cached_property
    def row(self) -> Mapping[str, Value]:
        """A row of its own department with nobody in it yet."""
        empty = empty_row(self.approval)
        for column in ("department", "supervise_dept", "owner_dept", "user_dept", "duty_dept"):
            empty |= {column: OF_THE_ROW} if column in empty else {}
        return {**empty, **self.cells}

    @cached_property
    def levels(self) -> tuple[str, ...]:
        return tuple(seat.level for seat in self.seats)

    @cached_property
    def parts(self) -> tuple[str, ...]:
        """Everything that a person can be to such a row; the handler first."""
        parts = [HANDLER]
        parts += [PAYEE] if self.approval.payee else []
        parts += [RELATED] if self.approval.vendor else []
        parts += [seat.office for seat in self.seats]
        parts += [FINANCE] if TOP in parts else []  # stands in for 主要领导
        return tuple(dict.fromkeys(parts))


BOOKS = review(ACCOUNTANT)
LEADERS = (signature(LEADER), signature(TOP))
PLAIN = {"amount": Decimal(900)}

CHAINS: Mapping[str, ChainOf] = {
    "支出单": ChainOf("expense_claims", (review(HEAD), BOOKS, *LEADERS), cells=PLAIN),
    "支出单·分管财务": ChainOf(
        "expense_claims",
        (review(HEAD), BOOKS, signature(LEADER), signature(FINANCE)),
        norms={"chain.top_from": "900.01"},
        cells=PLAIN,
    ),
    "支出单·验收": ChainOf(
        "expense_claims",
        (review(HEAD), review("验收", ACCEPTOR), BOOKS, *LEADERS),
        norms={"chain.acceptance": "是"},
        cells=PLAIN,
    ),
    "事前审批": ChainOf("requests", (review(HEAD), signature(LEADER)), cells={"kind": "其他"}),
    "事前审批·主要领导": ChainOf("requests", (review(HEAD), *LEADERS), cells={"kind": "公务接待"}),
    "采购项目": ChainOf("procurements", (BOOKS, *LEADERS), leads=OF_THE_HANDLER),
    "合同": ChainOf("contracts", (BOOKS, *LEADERS)),
    "制度档案": ChainOf("documents", LEADERS),
    "目标任务": ChainOf("tasks", (review(HEAD), signature(LEADER))),
    "工单挂起": ChainOf("issues", (signature(LEADER),)),
    "资产处置": ChainOf("assets", LEADERS),
    "人员退出": ChainOf("people", LEADERS),
    "预算调整": ChainOf("budget_lines", (signature(TOP),)),
    "收入退款": ChainOf("income", LEADERS, leads=OF_THE_HANDLER),
}
"""Every sign-off as it is shipped, and claims under the parameters that change who signs."""


def ways(parts: Sequence[str], most: int, vacant: bool = False) -> Iterator[dict[str, int | None]]:
    """Every way in which people could share these parts, up to their names.

    Args:
        parts: The first is always somebody's.
        most: With at most so many people.
        vacant: A part may also be nobody's.
    """

    def rest(given: dict[str, int | None], used: int) -> Iterator[dict[str, int | None]]:
        if len(given) == len(parts):
            yield dict(given)
            return
        part = parts[len(given)]
        people: list[int | None] = list(range(1, min(used + 1, most) + 1))
        for person in people + ([None] if vacant and given else []):
            given[part] = person
            yield from rest(given, max(used, person or 0))
            del given[part]

    yield from rest({}, 0)


@dataclass(frozen=True)
class Offices:
    """A school in which ``held`` says who (row id of ``people``) is what; see :data:`CHAINS`."""

    chain: ChainOf
    held: Mapping[str, int | None]
    people: int = 5

    def who(self, part: str) -> int | None:
        return self.held.get(part)

    @property
    def aside(self) -> set[int]:
        """Who must not sign: the handler, whom it concerns, and the kin of the company."""
        return {p for part in (HANDLER, PAYEE, RELATED) if (p := self.who(part)) is not None}

    def holder(self, seat: Seat) -> int | None:
        """Who has the office of a level today."""
        person = self.who(seat.office)
        return None if person == self.who(LEFT) else person

    def in_team(self, person: int) -> bool:
        return person not in (self.who(LEFT), self.who(OUTSIDE_THE_TEAM))

    @property
    def directory(self) -> Directory:
        people = [self._person(p) for p in range(1, self.people + 1)]
        decoy = Person(DECOY, "旁人", account(DECOY), OF_THE_HANDLER, rank="班子成员")
        leads, other = (OF_THE_ROW, OF_THE_HANDLER) if self.chain.leads == OF_THE_ROW else (OF_THE_HANDLER, OF_THE_ROW)
        head = self.who(HEAD) if HEAD in self.chain.parts else DECOY
        return Directory(
            [*people, decoy],
            [
                Department(leads, "主管部门", head, self.who(LEADER) if LEADER in self.chain.parts else DECOY),
                Department(other, "别的部门", DECOY, DECOY),
                Department(OF_FINANCE, "财务科", DECOY, self.who(FINANCE), "财务"),
            ],
        )

    def _person(self, number: int) -> Person:
        roles = {role for role in (ACCOUNTANT, TOP) if self.who(role) == number}
        roles |= {"出纳"} if number == STRANGER else set()
        rank = "主要领导" if TOP in roles else "班子成员"
        if number == self.who(OUTSIDE_THE_TEAM):
            rank = "科员"
        gone = "已退出" if number == self.who(LEFT) else "在岗"
        person = Person(number, NAMES[number - 1], account(number), OF_THE_HANDLER, frozenset({"经办人", *roles}), rank)
        return replace(person, status=gone)

    @property
    def row(self) -> dict[str, Value]:
        """The row: its people, its department, and what the chain asks for."""
        approval = self.chain.approval
        named = [(approval.submitted_by, HANDLER), (approval.payee, PAYEE), (approval.vendor, RELATED)]
        cells = {column: self.who(part) for column, part in (*named, ("acceptor", ACCEPTOR))}
        return {**self.chain.row, **{n: person for n, person in cells.items() if n in self.chain.row}}

    @property
    def row_id(self) -> int:
        """Of the row; a row of ``people`` is about the colleague whose number it has."""
        return self.who(PAYEE) or CLAIM

    def seated(self, **norms: str) -> Chain:
        """Who is asked to sign."""
        approval, related = self.chain.approval, self.who(RELATED)
        known = with_ids(approval, self.row, self.row_id, self.who(HANDLER))
        in_force = self.chain.in_force.pinned({key.replace("__", "."): value for key, value in norms.items()})
        kin = frozenset() if related is None else frozenset({related})
        return resolve(approval, known, self.directory, in_force, DAY, kin)  # type: ignore[arg-type]

    def bench(self, **norms: str) -> Bench:
        """A bench of this school."""
        related = self.who(RELATED)
        kin = frozenset() if related is None else frozenset({related})
        keys = {**self.chain.norms, "chain.substitute": NAMES[SUBSTITUTE - 1], **norms}
        on = bench(self.directory, self.chain.approval, **keys)
        return replace(on, related=lambda row: kin)

    def play(self, **norms: str) -> Play:
        """The row before anybody asked for signatures."""
        row = {n: v for n, v in self.row.items() if n not in ("code", "status")}
        play = Play(self.bench(**norms), **row)
        start = self.chain.approval.asked_from[:1] or self.chain.approval.words.draft[:1]
        play.case = play.case.but(stage=start[0])
        play.answer()
        return play

    def submitted(self, **norms: str) -> Play:
        """The same under signature."""
        play = self.play(**norms)
        handler = self.who(HANDLER)
        assert handler is not None
        play.submit(handler)
        assert play.case.status == "签批中", play.case.message
        return play

    @property
    def signers(self) -> list[int]:
        """Who must sign, in order, where everybody is somebody else."""
        return [person for seat in self.chain.seats if (person := self.who(seat.office)) is not None]


def distinct(chain: ChainOf) -> Offices:
    """Everybody is somebody else; whose exit it is has the number of his row."""
    parts = sorted(chain.parts, key=lambda part: part != PAYEE) if chain.table == "people" else chain.parts
    return Offices(chain, {part: number for number, part in enumerate(parts, start=1)}, people=len(NAMES))
