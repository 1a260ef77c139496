"""Who signs this request: the declared levels resolved to persons, with recusal (SG-03, domain.md C2).

Nobody signs his own money and nobody holds two levels of one round: a review falls away with a note, a signature goes
to the substitute. Separation of duties of the persons on one row: 内控规范, 会计法 art. 35.
"""

import re
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from automations.approvals import words
from automations.approvals.declaration import HANDLER, SELF, Approval, Level
from automations.errors import RuleError
from automations.norms import Norms
from automations.people import LEADERS, Directory, Person
from automations.tables.values import Values

FIRST, LEADER, FINANCE, TOP = "经办人", "分管领导", "分管财务", "主要领导"
TIES = "收款单位的利害关系人"


@dataclass(frozen=True, slots=True)
class Seat:
    """One level with its person. ``stands_for``: row id of whom he replaces."""

    level: Level
    person: Person
    stands_for: int | None = None


@dataclass(frozen=True, slots=True)
class Chain:
    """Seats in signing order, what to note on the row, and what stops the submission."""

    seats: tuple[Seat, ...]
    notes: tuple[str, ...]
    problems: tuple[str, ...]


def with_ids(approval: Approval, row: Values, row_id: int, handler: int | None) -> dict[str, object]:
    """The row's values with its own id and who submits it, for levels that ask."""
    named = row.get(approval.submitted_by) if approval.submitted_by else handler
    return {**row, HANDLER: named, SELF: row_id}


def barred(approval: Approval, row: Values, related: Set[int] = frozenset()) -> Mapping[int, str]:
    """Row ids of who must not sign this row, with the part they play in it.

    ``related``: 需回避人员 of the company that gets the money.
    """
    parts: dict[int, str] = dict.fromkeys(sorted(related), TIES)
    if approval.payee and isinstance(payee := row.get(approval.payee), int):
        parts[payee] = approval.payee_is
    if isinstance(handler := row.get(HANDLER, row.get(approval.submitted_by)), int):
        parts[handler] = FIRST
    return parts


def levels_of(approval: Approval, row: Values, directory: Directory, norms: Norms, on: date) -> list[Level]:
    """The levels this row needs, in order.

    Raises:
        RuleError: The parameter that orders them cannot be read, or leaves out a signature.
    """
    ordered = list(approval.steps)
    if approval.chain_key:
        amount = row.get(approval.amount)
        ordered = _ordered(approval, norms, on, amount if isinstance(amount, Decimal) else Decimal(0))
    return [
        level
        for level in ordered
        if (not level.switch or level.nature == "签字" or norms.flag(level.switch, on))
        and (level.when is None or level.when(row, directory, norms, on))
    ]


def _ordered(approval: Approval, norms: Norms, on: date, amount: Decimal) -> list[Level]:
    """Levels in the order of 参数标准 (domain.md C2 "Local note": the chain is data, the signatures are not).

    ``chain.top_from`` above 0: below that sum 分管财务 signs last instead of 主要领导.
    """
    key, known = approval.chain_key, {level.level: level for level in approval.steps}
    names = [n for n in re.split(r"\s*(?:→|->|—>|－>|＞|>|、)\s*", norms.text(key, on).strip()) if n]
    rest = names[1:]
    unknown = [n for n in rest if n not in known]
    example = "“经办人→部门负责人→会计→分管领导→主要领导”"
    if names[:1] != [FIRST] or unknown or len(set(names)) < len(names):
        wrong = f"，不认识“{'、'.join(unknown)}”" if unknown else ""
        raise RuleError(
            f"参数“{key}”应写成{example}的样子，从“经办人”开始，每级一次{wrong}。现在是“{'→'.join(names)}”。"
        )
    if LEADER not in rest or rest[-1] != TOP:
        raise RuleError(f"参数“{key}”不能缺少“{LEADER}”和最后的“{TOP}”：三级签字不能取消。")
    if "验收" in known and "验收" not in rest:  # optional: its own switch decides, not whether the order names it
        rest.insert(rest.index("会计" if "会计" in rest else LEADER), "验收")
    if FINANCE in known and FINANCE not in rest and amount < norms.money("chain.top_from", on):
        rest[-1] = FINANCE
    return [known[name] for name in rest]


def resolve(
    approval: Approval, row: Values, directory: Directory, norms: Norms, on: date, related: Set[int] = frozenset()
) -> Chain:
    """Seat every level for ``row`` (see :func:`with_ids`), by the offices and parameters of day ``on``.

    Raises:
        RuleError: A parameter of the chain cannot be read.
    """
    table = _Seating(barred(approval, row, related))
    levels = levels_of(approval, row, directory, norms, on)
    candidates = {level.level: level.by(row, directory) for level in levels}
    for level in levels:
        if not candidates[level.level]:
            table.problems.append(f"“{level.level}”没有人担任，请组织人事科在“部门”或“人员”表中设置后再提交。")
    held = [level for level in levels if candidates[level.level]]
    signatures = [level for level in held if level.nature == "签字"]
    # Who signs in his own right chooses first, then substitutes, and reviews last: where one person would hold a review
    # and a signature, the review gives way.
    replaced = [level for level in signatures if not table.seat(level, candidates[level.level])]
    for level in replaced:
        _replace(table, level, candidates[level.level][0], directory, norms, on)
    for level in held:
        if level.nature != "签字" and not table.seat(level, candidates[level.level]):
            first = candidates[level.level][0]
            table.notes.append(words.review_skipped(first.name, table.part(first), level.level))
    order = [level.level for level in levels]
    seats = sorted(table.seats, key=lambda seat: order.index(seat.level.level))
    return Chain(tuple(seats), tuple(table.notes), tuple(table.problems))


@dataclass
class _Seating:
    """Who sits where so far. ``out``: who must not sign, with the part he plays in the row."""

    out: Mapping[int, str]
    seats: list[Seat] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    @property
    def unusable(self) -> set[int]:
        return {*self.out, *(seat.person.id for seat in self.seats)}

    def seat(self, level: Level, candidates: Sequence[Person]) -> bool:
        """Give the level to the first candidate who may have it; whether there is one."""
        free = next((p for p in candidates if p.id not in self.unusable), None)
        if free is not None:
            self.seats.append(Seat(level, free))
        return free is not None

    def part(self, person: Person) -> str:
        """Why ``person`` must stand aside."""
        held = next((seat.level.level for seat in self.seats if seat.person.id == person.id), "")
        return self.out.get(person.id) or f"“{held}”签批人"


def _replace(table: _Seating, level: Level, first: Person, directory: Directory, norms: Norms, on: date) -> None:
    part = table.part(first)
    substitute = _substitute(level, directory, norms, on, table.unusable)
    if substitute is None:
        table.problems.append(
            f"{first.name}是本单{part}，“{level.level}”须由他人替签，但没有可用的替签人。请会计在参数“chain.substitute”中补充。"
        )
        return
    table.seats.append(Seat(level, substitute, stands_for=first.id))
    table.notes.append(words.stands_aside(first.name, part, substitute.name))
    if level.level == TOP and first.id in table.out:
        table.notes.append(words.TOP_LEADERS_OWN)


def _substitute(level: Level, directory: Directory, norms: Norms, on: date, unusable: set[int]) -> Person | None:
    """A member of the leadership team who may sign instead: for the top level first the one in charge of finance."""
    by_name = {p.name: p for p in directory}
    named = [by_name[n] for n in norms.names("chain.substitute", on) if n in by_name]
    if level.level == TOP:
        named = [p for d in directory.finance_departments() if (p := directory.leader_of(d.id))] + named
    return next((p for p in named if p.id not in unusable and p.rank in LEADERS and not p.gone), None)
