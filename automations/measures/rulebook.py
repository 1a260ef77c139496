"""制度 (domain.md F3 六, A28): the fourteen basic rules, what is due for revision, what no rule covers yet."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from automations.measures.base import Measure, count
from automations.measures.records import Records
from automations.rows import RowView
from automations.shipped_rules import BASIC_RULES

RULE, IN_FORCE, TO_REVISE = "制度", "现行有效", "待修订"
NOWHERE = "未登记"


@dataclass(frozen=True, slots=True)
class Basics:
    """The fourteen basic rules, found by their shipped titles.

    Attributes:
        in_use: Those that apply: 现行有效, or 待修订 as long as nothing replaces them.
        wanting: (title, state) of the others: a draft, one that was repealed, or 未登记.
    """

    in_use: Measure
    wanting: Sequence[tuple[str, str]]

    @property
    def n(self) -> int:
        """How many there should be."""
        return len(BASIC_RULES)


def basics(records: Records) -> Basics:
    """As 制度档案 stands; where a title stands there twice, the one that applies counts."""
    known: dict[str, RowView] = {}
    for paper in records["documents"].where(kind=RULE):
        if paper.title not in known or paper.status in (IN_FORCE, TO_REVISE):
            known[paper.title] = paper
    titles = [title for title, _, _ in BASIC_RULES]
    used = [known[t] for t in titles if t in known and known[t].status in (IN_FORCE, TO_REVISE)]
    told = {paper.title for paper in used}
    wanting = [(t, str(known[t].status or "") if t in known else NOWHERE) for t in titles if t not in told]
    return Basics(records.kept("documents", count(used, "项")), wanting if records["documents"] else ())


@dataclass(frozen=True, slots=True)
class Rules:
    """制度建设: in force, past their 复审日 at the period's end, repealed; modules without any rule in force."""

    in_force: Measure
    to_review: Measure
    missing: Sequence[str]


def rules(records: Records, modules: Sequence[str], on: date) -> Rules:
    """``modules``: choices of 对应模块, of which each should be covered by a rule in force."""
    own = [d for d in records["documents"] if d.kind == RULE and d.status in (IN_FORCE, TO_REVISE)]
    covered = {module for d in own for module in d.module or ()}
    late = [d for d in own if d.status == TO_REVISE or (d.review_due is not None and d.review_due <= on)]
    own_n, late_n = (records.kept("documents", count(found, "项")) for found in (own, late))
    return Rules(own_n, late_n, [module for module in modules if module not in covered])
