"""Who signs this request: the declared levels resolved to persons, with recusal (SG-03, domain.md C2).

Nobody signs his own money and nobody holds two levels of one round: a review falls away with a note, a signature goes to the
substitute. Separation of duties of the persons on one row: 内控规范, 会计法 art. 35.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from automations.approvals import words
from automations.approvals.declaration import Approval, Level
from automations.norms import Norms
from automations.people import LEADERS, Directory, Person
from automations.tables.values import Values

TOP = "主要领导"


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


def barred(approval: Approval, row: Values) -> Mapping[int, str]:
    """Row ids of who must not sign this row, with the part they play in it."""
    parts: dict[int, str] = {}
    if approval.payee and isinstance(payee := row.get(approval.payee), int):
        parts[payee] = "收款人"
    if isinstance(handler := row.get(approval.submitted_by), int):
        parts[handler] = "经办人"
    return parts


def resolve(approval: Approval, row: Values, directory: Directory, norms: Norms, on: date) -> Chain:
    """Seat every level for ``row``, by the offices and parameters of day ``on``."""
    out = barred(approval, row)
    notes: list[str] = []
    problems: list[str] = []
    seats: dict[int, Seat] = {}
    taken: dict[int, str] = {}  # person → the level he holds

    levels = [lv for lv in approval.steps if not lv.switch or lv.nature == "签字" or norms.flag(lv.switch, on)]
    # Signatures choose first: where one person would hold a review and a signature, the review gives way.
    for position, level in sorted(enumerate(levels), key=lambda item: item[1].nature != "签字"):
        candidates = level.by(row, directory)
        if not candidates:
            problems.append(f"“{level.level}”没有人担任，请组织人事科在“部门”或“人员”表中设置后再提交。")
            continue
        free = [p for p in candidates if p.id not in out and p.id not in taken]
        first = candidates[0]
        if free:
            seats[position] = Seat(level, free[0])
            taken[free[0].id] = level.level
            continue
        reason = out.get(first.id) or f"“{taken[first.id]}”签批人"
        if level.nature == "审核":
            notes.append(words.review_skipped(first.name, reason, level.level))
            continue
        substitute = _substitute(level, directory, norms, on, {*out, *taken})
        if substitute is None:
            problems.append(
                f"{first.name}是本单{reason}，“{level.level}”须由他人替签，但没有可用的替签人。请会计在参数“chain.substitute”中补充。"
            )
            continue
        seats[position] = Seat(level, substitute, stands_for=first.id)
        taken[substitute.id] = level.level
        notes.append(words.stands_aside(first.name, reason, substitute.name))
        if level.level == TOP and first.id in out:
            notes.append("主要领导本人支出")
    return Chain(tuple(seats[p] for p in sorted(seats)), tuple(notes), tuple(problems))


def _substitute(level: Level, directory: Directory, norms: Norms, on: date, unusable: set[int]) -> Person | None:
    """A member of the leadership team who may sign instead: for the top level first the one in charge of finance."""
    by_name = {p.name: p for p in directory if p.rank in LEADERS and not p.gone}
    named = [by_name[n] for n in norms.names("chain.substitute", on) if n in by_name]
    if level.level == TOP:
        named = [p for d in directory.finance_departments() if (p := directory.leader_of(d.id))] + named
    return next((p for p in named if p.id not in unusable and p.rank in LEADERS), None)
