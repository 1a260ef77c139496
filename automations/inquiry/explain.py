"""What is known of one row, and what every rule says of it, with the figures (``houqin explain``).

Rules are asked anew, on the rows as they were last read: those of a step that was taken before as at that time, those
of a step not taken yet only when asked for.
"""

import difflib
import unicodedata
from collections.abc import Iterator, Mapping
from datetime import datetime

from automations.approvals import words
from automations.approvals.case import ARCHIVED, PAID, Case
from automations.approvals.ruling import Finding
from automations.books import Facts, Input
from automations.engine import Office
from automations.engine.desk import Desk
from automations.errors import HouqinError
from automations.figures import compute
from automations.inquiry.reading import FEW, Reading, accounts_of, without_accounts
from automations.inquiry.signing import signing
from automations.rows import RowView
from automations.rules import RULES, Rule
from automations.rules.base import ALWAYS, BY_MOMENT, FAILED, PAY, SUBMIT
from automations.schema import Table

MARKS = {"拦截": "✗", "提示": "!", "预警": "!"}
SIMILAR = 5
ALL = 1_000_000


def explained(office: Office, code: str, now: datetime, *, only: str = "", moment: str = "") -> Iterator[str]:
    """The lines of ``houqin explain CODE``.

    Args:
        office: As it was last read.
        code: 编号, however it was typed.
        now: The time.
        only: Id of the one rule to look at; "" for all.
        moment: Ask the rules of this moment now, whether it has come or not; "" for each at its own.

    Raises:
        HouqinError: No row has the code, or its table has no such rule or moment.
    """
    row = found(office, code)
    table = office.schema[row.table]
    desk = Desk(office, now)
    case = _case(office, row)
    hearing = _Hearing(office, desk, row, case, now, only.strip().upper(), moment.strip())
    hearing.check()
    yield from _head(office, row, table)
    if row.table in office.approvals and office.approvals[row.table].steps:
        yield from signing(office, case, row)
    yield from _computed(desk, row, case)
    yield from hearing.lines()


def found(office: Office, typed: str) -> RowView:
    """The row with this code.

    Raises:
        HouqinError: There is none; the message names similar codes.
    """
    code = unicodedata.normalize("NFKC", typed).strip().upper()
    likely = [t for t in office.schema if t.prefix and code.startswith(f"{t.prefix}-")]
    for table in (*likely, *(t for t in office.schema if t not in likely)):
        row = office.mirror.find(table.name, "code", code)
        if row is not None:
            return RowView(table.name, row)
    near: list[str] = []
    for table in likely or office.schema:
        codes = [c for c in office.mirror.column(table.name, "code").values() if c]
        near += difflib.get_close_matches(code, codes, SIMILAR)
    best = difflib.get_close_matches(code, near, SIMILAR)
    hint = f"相近的编号：{'、'.join(best)}。" if best else "请核对编号；刚填的行要等后勤助手编号后才能查。"
    raise HouqinError(f"没有编号为“{typed}”的行。{hint}")


def _case(office: Office, row: RowView) -> Case | None:
    """Where its sign-off stands; a part has that of the row it belongs to."""
    subject = f"{row.table}/{row.code}"
    for approval in office.approvals.values():
        if approval.parts is not None and approval.parts[0] == row.table and row[approval.parts[1]] is not None:
            whole = office.mirror.row(approval.table, row[approval.parts[1]])
            subject = f"{approval.table}/{whole.values.get('code')}" if whole is not None else subject
    data = office.journal.case(subject)
    return Case.model_validate(data) if data is not None else None


def _head(office: Office, row: RowView, table: Table) -> Iterator[str]:
    named = next((n for n in (table.display, "title", "name") if n != "code" and n in table and row[n]), None)
    title = f"　{row[named]}" if named else ""
    yield f"{table.title} {row.code}{title}"
    if "status" in table:
        yield f"状态：{row.status or '空'}"
        moves = office.approvals[table.name].moves.get(row.status or "", ()) if table.name in office.approvals else ()
        if moves:
            yield f"接下来可以改为：{'、'.join(moves)}"
    if row.check_result or row.check_message:
        lines = str(row.check_message or "").splitlines()
        text = without_accounts("\n　　".join(lines), *accounts_of(office, row))
        yield f"校验：{row.check_result or '空'}{f'　{text}' if text else ''}"
    if "biz_code" in table and row.biz_code:
        yield f"所说的是{row.biz_type or '单据'}：houqin explain {row.biz_code}"


def _computed(desk: Desk, row: RowView, case: Case | None) -> Iterator[str]:
    own = case if case is not None and case.table == row.table else None
    note = compute(desk.facts(row, case=own, subject=case.subject if case else "")).note
    if note:
        yield f"计算：{note}"


class _Hearing:
    """Asks every rule of a row and of its parts."""

    def __init__(
        self, office: Office, desk: Desk, row: RowView, case: Case | None, now: datetime, only: str, moment: str
    ) -> None:
        self._office, self._desk, self._row = office, desk, row
        self._case, self._now, self._only, self._moment = case, now, only, moment
        self._own = case if case is not None and case.table == row.table else None
        self._actor = office.directory.get(self._own.handler) if self._own is not None else None
        self._taken = self._steps_taken()

    @property
    def _parts(self) -> list[tuple[str, int]]:
        """Rows that are judged as part of this one."""
        facts = self._facts(self._row, SUBMIT, Reading(self._office, (self._row.table, self._row.id)))
        return [(part.row.table, part.row.id) for part in facts.parts()]

    def check(self) -> None:
        """That there are such rules and such a moment.

        Raises:
            HouqinError: There are not.
        """
        tables = {self._row.table, *(table for table, _ in self._parts)}
        known = [one for one in RULES if one.table in tables]
        title = self._office.schema[self._row.table].title
        if self._only and not any(one.id.upper() == self._only for one in known):
            ids = "、".join(dict.fromkeys(one.id for one in known)) or "（没有）"
            raise HouqinError(f"“{title}”没有规则{self._only}。现有：{ids}。")
        moments = "、".join(dict.fromkeys(m for one in known for m in one.at)) or "（没有）"
        if self._moment and not any(self._moment in one.at for one in known):
            raise HouqinError(f"“{title}”没有在“{self._moment}”时看的规则。可以是：{moments}。")

    def lines(self) -> Iterator[str]:
        """Each rule of the row, then each of its parts."""
        if not any(one.table == self._row.table for one in RULES):
            yield "\n这张表没有规则。"
        for table, row_id in ((self._row.table, self._row.id), *self._parts):
            row = self._desk.books.row(table, row_id)
            known = [one for one in RULES if one.table == table and self._only in ("", one.id.upper())]
            known = [one for one in known if self._moment in ("", *one.at)]
            if known and row is not None:
                title = f"{self._office.schema[table].title} {row.code or row_id}"
                yield f"\n{title} 的规则（按本机副本现在的内容重看；已办过的环节按当时的时间）"
                for one in known:
                    yield from self._one(one, table, row_id)

    def _one(self, one: Rule, table: str, row_id: int) -> Iterator[str]:
        """A rule at the last of its moments that has come."""
        come = [m for m in one.at if m in self._taken]
        at = self._moment or max(come, key=lambda m: self._taken[m], default="")
        if not at:
            yield f"– {one.id} 还没有看　〔{'、'.join(one.at)}时看，{one.check.__name__}〕"
            return
        reading = Reading(self._office, (table, row_id))
        facts, marks, said = self._ask(one, table, row_id, at, reading)
        figures = reading.own()
        time = f" {words.clock(self._taken[at])}" if at in self._taken and at != ALWAYS else ""
        when = f"〔{at}{time}，{one.check.__name__}〕"
        if not said:
            yield f"✓ {one.id} 通过{f'：{figures}' if figures else ''}　{when}"
        for finding in said:
            verdict = "出错" if finding.stage == FAILED else finding.severity
            account = (
                self._row[n] for n in ("payee_account", "bank_account") if n in self._office.schema[self._row.table]
            )
            text = without_accounts(finding.message, *account)
            yield f"{MARKS[finding.severity]} {one.id} {verdict}：{text}　{when}"
        if said:
            yield f"　　依据：{one.clause}"
        if said and figures:
            yield f"　　本行：{figures}"
        for line in reading.others(marks, ALL if self._only else FEW):
            yield f"　　{line}"
        if parameters := reading.parameters(marks, facts):
            yield f"　　参数：{parameters}"

    def _ask(
        self, one: Rule, table: str, row_id: int, at: str, reading: Reading
    ) -> tuple[Facts, set[Input], list[Finding]]:
        facts = self._facts(self._row, at, reading)
        if (table, row_id) != (self._row.table, self._row.id):
            facts = next(p for p in facts.parts() if (p.row.table, p.row.id) == (table, row_id))
        reading.begin()
        with facts.books.marking() as marks:
            return facts, marks, one.findings(facts)

    def _facts(self, row: RowView, at: str, reading: Reading) -> Facts:
        """Facts that say what is read of them, as at the moment ``at``."""
        books = self._desk.books.told_by(reading.tell)
        told = books.row(row.table, row.id)
        assert told is not None, "the row was found"
        return self._desk.facts(
            told,
            case=self._own,
            books=books,
            moment="" if at == ALWAYS else at,
            actor=self._actor if at == SUBMIT else None,
            now=self._taken.get(at, self._now),
            subject=self._case.subject if self._case is not None else "",
        )

    def _steps_taken(self) -> Mapping[str, datetime]:
        """Moments that have come, with their time."""
        taken: dict[str, datetime] = {ALWAYS: self._now}
        if self._case is None:
            return taken
        if self._case.submitted_at is not None:
            taken[SUBMIT] = self._case.submitted_at
        for step in self._case.steps:
            if step.agreed and step.signed_at is not None:
                taken[step.level] = step.signed_at
        for entry in self._office.journal.entries(self._case.subject):
            if entry.kind == "moved":
                taken[str(entry.data["now"])] = entry.at
            elif entry.kind == "paid":
                taken[PAY] = entry.at
            elif entry.kind == "blocked":
                asked = self._blocked_at(entry.data.get("rules", ()))
                taken[asked] = max(entry.at, taken.get(asked, entry.at))
        if self._case.status not in (PAID, ARCHIVED):
            taken.pop(PAY, None)
        return taken

    def _blocked_at(self, ids: list[str]) -> str:
        """At which step a row was stopped: the first whose rules have all the ids that stopped it."""
        table = self._case.table if self._case is not None else ""
        for (of, moment), known in BY_MOMENT.items():
            if of == table and moment not in (ALWAYS, SUBMIT) and set(ids) <= {one.id for one in known}:
                submitted = {one.id for one in BY_MOMENT.get((table, SUBMIT), ())}
                if not set(ids) & submitted:
                    return moment
        return SUBMIT
