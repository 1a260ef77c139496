"""Two judgements of the same row, under the parameters that are and under those that would be; and what differs.

Pure. Each row is judged as it was asked for: at its own time, by its business day, among the rows that were there
before it. Both judgements look at the cells as they stand now, so what a row was before somebody corrected it is past.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal, TypeAlias

from automations.approvals.chain import resolve, with_ids
from automations.approvals.declaration import Approval
from automations.approvals.ruling import Finding
from automations.books import Books, Facts
from automations.errors import RuleError
from automations.figures import compute
from automations.figures.base import kind_of
from automations.holds import Hold
from automations.norms import Norms
from automations.people import Directory
from automations.rehearsal.proposal import Heard
from automations.rehearsal.replay import GrowingBooks, Replay
from automations.rows import RowView
from automations.rules import rules_of
from automations.rules.base import PAY, SUBMIT
from automations.schema import Schema
from automations.tables.base import Row
from automations.tables.values import Values
from automations.workdays import Calendar, local_date

PATHS: Mapping[str, str] = {"expense_claims": "route", "procurements": "method_suggest"}
"""By table the computed column that says which path a spending takes."""

REPLAYED = ("requests", "procurements", "expense_claims")
"""Tables whose rows are judged again; at one time in this order, since the later ones stand on the earlier."""

Kind: TypeAlias = Literal["re-routed", "caught", "released", "chain"]
KINDS: Mapping[Kind, str] = {
    "re-routed": "改走路径",
    "caught": "新拦下或提示",
    "released": "不再拦下或提示",
    "chain": "签批级次不同",
}
CLEAR = "通过"


@dataclass(frozen=True, slots=True)
class Submission:
    """A row that was asked for, once in its life at ``at``.

    Attributes:
        row_id / born / values: The row as it stands now.
        at: When it was submitted, for the last time.
        subject: Its name in the journal.
        handler: Who asked, as far as known.
        moments: At what its rules were asked: 提交, 付款, states it was moved to.
        parts: Rows that belong to it, such as its invoices.
        holds: What it holds, for the rows after it.
    """

    table: str
    row_id: int
    values: Values
    at: datetime
    subject: str
    born: str = ""
    handler: int | None = None
    moments: tuple[str, ...] = (SUBMIT,)
    parts: tuple[RowView, ...] = ()
    holds: tuple[Hold, ...] = ()

    @property
    def order(self) -> tuple[datetime, int, int]:
        """Which of two came first."""
        return self.at, REPLAYED.index(self.table), self.row_id


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is decided about one row.

    Attributes:
        path / reason: Which way it takes, and the line that says why.
        chain: Level and name, in signing order; what stops the chain comes last.
        said: By rule (and part): the first thing it says.
    """

    path: str
    reason: str
    chain: tuple[str, ...]
    said: Mapping[str, Finding]


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that would have been decided otherwise; its attributes are keys of ``houqin rehearse --json``.

    Attributes:
        amount: 元 of the row, None where it has none.
        rule: Id of the rule that speaks or falls silent; "" for path and chain.
        was / now: Path, chain or verdict, under the present and the other parameters.
        reason: The line or message that says why.
    """

    kind: Kind
    table: str
    code: str
    title: str
    amount: Decimal | None
    rule: str
    was: str
    now: str
    reason: str


@dataclass
class Judge:
    """Judges rows under any parameters.

    Attributes:
        schema / approvals / directory / calendar: Of the school, as they are.
        replay: The rows so far.
    """

    schema: Schema
    approvals: Mapping[str, Approval]
    directory: Directory
    calendar: Calendar
    replay: Replay
    books: Books = field(init=False)

    def __post_init__(self) -> None:
        self.books = GrowingBooks(self.replay)

    def verdict(self, one: Submission, row: RowView, norms: Norms) -> Verdict:
        """What is decided about ``row`` under ``norms``."""
        asked = {moment: self._facts(one, row, norms, moment) for moment in one.moments}
        first = next(iter(asked.values()))
        column = PATHS.get(one.table)
        computed = compute(first) if column is not None else None
        return Verdict(
            path=str(computed.cells.get(column) or "") if computed is not None and column is not None else "",
            reason=computed.note if computed is not None else "",
            chain=self._chain(one, row, norms),
            said=dict(_said(asked)),
        )

    def _facts(self, one: Submission, row: RowView, norms: Norms, moment: str) -> Facts:
        approval = self.approvals[one.table]
        values = one.values
        paying = moment == PAY and approval.audited
        return kind_of(one.table)(
            row,
            self.schema,
            self.books,
            norms,
            self.directory,
            self.calendar,
            one.at,
            on=approval.business_day(row, one.at),
            moment=moment,
            actor=self.directory.get(one.handler) if moment == SUBMIT else None,
            status=approval.words.ask[0] if moment == SUBMIT else "",
            payable=_sum(values.get(approval.audited) or values.get(approval.amount)) if paying else None,
            subject=one.subject,
        )

    def _chain(self, one: Submission, row: RowView, norms: Norms) -> tuple[str, ...]:
        approval = self.approvals[one.table]
        if not approval.steps:
            return ()
        known: Any = with_ids(approval, one.values, one.row_id, one.handler)
        company = self.books.row("vendors", row[approval.vendor]) if approval.vendor else None
        related = frozenset(company.related_people or ()) if company is not None else frozenset()
        try:
            chain = resolve(approval, known, self.directory, norms, approval.business_day(row, one.at), related)
        except RuleError as error:
            return (error.message,)
        return (*(f"{s.level.level}·{s.person.name}" for s in chain.seats), *chain.problems)


def _sum(value: Any) -> Decimal | None:
    return value if isinstance(value, Decimal) else None


def _said(asked: Mapping[str, Facts]) -> Iterator[tuple[str, Finding]]:
    """What each rule says first, at any of the moments; later moments do not speak over earlier ones."""
    for moment, facts in reversed(tuple(asked.items())):
        for part in facts.parts():
            for rule in rules_of(part.row.table, moment):
                for finding in rule.findings(part)[:1]:
                    yield f"{rule.name}@{part.id}", _told(facts, part, finding)
        for rule in rules_of(facts.row.table, moment):
            for finding in rule.findings(facts)[:1]:
                yield rule.name, finding


def _told(facts: Facts, part: Facts, finding: Finding) -> Finding:
    message = facts.part_says(part, finding.message)
    return Finding(finding.rule, finding.severity, message, finding.gravity, finding.stage, finding.figures)


def rehearse(
    judge: Judge, submissions: Iterable[Submission], norms: Norms, proposed: Norms, changed: Iterable[str], year: int
) -> Iterator[tuple[Submission, list[Difference]]]:
    """Go through the submissions of all years up to ``year`` in their order; those of ``year`` with what differs.

    A row that asked for none of the changed parameters is not judged twice: its answer cannot differ.

    Args:
        judge: Whose replay holds no submission yet.
        submissions: In any order.
        norms: The parameters that are.
        proposed: Those that would be.
        changed: Keys in which they differ.
        year: The year looked at.
    """
    heard, on_trial = Heard(norms), frozenset(changed)
    for one in sorted(submissions, key=lambda s: s.order):
        when = local_date(one.at).year
        if when > year:
            return
        row = RowView(one.table, Row(one.row_id, one.values, one.born))
        judge.replay.admit(row)
        for part in one.parts:
            judge.replay.admit(part)
        if when == year:
            heard.keys.clear()
            was = judge.verdict(one, row, heard)
            touched = not on_trial.isdisjoint(heard.keys)
            yield one, differences(judge, one, was, judge.verdict(one, row, proposed)) if touched else []
        judge.replay.hold(one.holds)


def differences(judge: Judge, one: Submission, was: Verdict, now: Verdict) -> list[Difference]:
    """What differs between two judgements of one row."""
    table, approval = judge.schema[one.table], judge.approvals[one.table]
    values = one.values

    def differing(kind: Kind, rule: str, old: str, new: str, reason: str) -> Difference:
        code, title = str(values.get("code") or one.row_id), str(values.get("title") or values.get(table.display) or "")
        amount = _sum(values.get(approval.amount)) if approval.amount else None
        return Difference(kind, one.table, code, title, amount, rule, old, new, reason)

    found: list[Difference] = []
    if was.path != now.path:
        found.append(differing("re-routed", "", was.path or "空", now.path or "空", now.reason))
    for name, finding in now.said.items():
        if name not in was.said:
            found.append(differing("caught", finding.rule, CLEAR, finding.severity, finding.message))
    for name, finding in was.said.items():
        if name not in now.said:
            found.append(differing("released", finding.rule, finding.severity, CLEAR, finding.message))
    if was.chain != now.chain:
        found.append(differing("chain", "", "→".join(was.chain), "→".join(now.chain), _levels(was.chain, now.chain)))
    return found


def _levels(was: Sequence[str], now: Sequence[str]) -> str:
    more, fewer = [s for s in now if s not in was], [s for s in was if s not in now]
    parts = [f"增加{'、'.join(more)}"] if more else []
    parts += [f"减少{'、'.join(fewer)}"] if fewer else []
    return "，".join(parts) or "次序不同"


@dataclass(frozen=True, slots=True)
class Total:
    """How many rows one kind of difference concerns, and 元 of these rows."""

    rows: int
    sum: Decimal


def totals(found: Iterable[Difference]) -> dict[Kind, Total]:
    """Per kind; a row counts once in each."""
    rows: dict[Kind, dict[tuple[str, str], Decimal]] = {kind: {} for kind in KINDS}
    for one in found:
        rows[one.kind][one.table, one.code] = one.amount or Decimal(0)
    return {kind: Total(len(sums), sum(sums.values(), Decimal(0))) for kind, sums in rows.items()}
