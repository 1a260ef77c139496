"""Nothing that bears a secrecy mark gets past the door: not into the mirror, not into the journal (DG-06).

Everything the engine reads of a host comes through :class:`Door`. A row with a mark is emptied on the host before the
mirror hears of it, and what the host's history still says of it reaches nobody here.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, TypeAlias, cast

from automations import secrecy
from automations.approvals import words
from automations.approvals.case import ARCHIVED, PAID
from automations.approvals.ruling import Alarm
from automations.chain import Entry
from automations.engine.answers import STOP, Answers
from automations.engine.notices import Notices
from automations.engine.office import Office
from automations.engine.violations import plan_violation
from automations.errors import HostError, HostRefused, RowMissing
from automations.reminders import Notice, recipients
from automations.schedule import quiet
from automations.tables.base import Changes, Edit, Host, Row
from automations.tables.values import Value, Values
from automations.workdays import local_date

Clear: TypeAlias = Callable[[str, Sequence[Row]], Mapping[int, Values]]
"""Empty these rows of a table on the host; what was written, by row id."""

CLEARED = "cleared"


def _only_here(table: str, rows: Sequence[Row]) -> Mapping[int, Values]:
    return {}


class Door:
    """A host, without anything that bears a secrecy mark.

    Attributes:
        clear: Told of rows with a mark before they are shown.
    """

    def __init__(self, host: Host) -> None:
        self.host = host
        self.clear: Clear = _only_here

    def __getattr__(self, name: str) -> Any:
        return getattr(self.host, name)

    def changed(self, table: str, cursor: str | None) -> Changes:
        """See :meth:`Host.changed`."""
        changes = self.host.changed(table, cursor)
        return Changes(self._shown(table, changes.rows), changes.cursor)

    def rows(self, table: str, ids: Sequence[int]) -> list[Row]:
        """See :meth:`Host.rows`."""
        return self._shown(table, self.host.rows(table, ids))

    def edits(self, table: str, row_id: int, after: str = "") -> list[Edit]:
        """See :meth:`Host.edits`."""
        found = self.host.edits(table, row_id, after)
        return [replace(e, before=secrecy.scrubbed(e.before), after=secrecy.scrubbed(e.after)) for e in found]

    def _shown(self, table: str, rows: Sequence[Row]) -> list[Row]:
        bearing = [row for row in rows if secrecy.marked(row.values)]
        if not bearing:
            return list(rows)
        written = self.clear(table, bearing)
        return [replace(r, values=secrecy.scrubbed({**r.values, **written.get(r.id, {})})) for r in rows]


def door_of(office: Office) -> Door:
    """The door through which this office reads its host; put in where there is none yet."""
    if not isinstance(office.host, Door):
        office.host = cast(Host, Door(office.host))
    return cast(Door, office.host)


class Secrecy:
    """Empties rows that bear a mark, and tells those who must deal with it.

    Args:
        answers: Keeps the answer in the row.
        notices: Plans what people must be told; None tells nobody.

    Attributes:
        problems: Chinese sentences about rows that the host did not let be emptied.
    """

    def __init__(self, office: Office, answers: Answers, notices: Notices | None) -> None:
        self._office, self._answers, self._notices = office, answers, notices
        self._door = door_of(office)
        self._host = self._door.host
        self._reported, self._unreported = 0, True  # an earlier process may have been killed before it told
        self._refused: dict[str, set[int]] = {}
        self.problems: list[str] = []

    def begin(self, now: datetime) -> None:
        """A new pass; rows that the host did not let be emptied are tried again."""
        self._now, self.problems, self._door.clear = now, [], self._clear
        refused, self._refused = self._refused, {}
        for table, ids in refused.items():
            try:
                self._office.host.rows(table, sorted(ids))
            except HostError as error:
                self._refused.setdefault(table, set()).update(ids)
                self.problems.append(str(error))

    def _clear(self, table: str, rows: Sequence[Row]) -> Mapping[int, Values]:
        """Journal first, then the host: killed in between, the next look finds the mark again."""
        known = {r.id: r for r in self._office.mirror.living(table, [r.id for r in rows])}
        return {row.id: self._one(table, row, known.get(row.id)) for row in rows}

    def _one(self, table: str, row: Row, known: Row | None) -> Values:
        schema = self._office.schema[table]
        before = known.values if known is not None and known.born == row.born else None
        fields = secrecy.marked(row.values)
        history = self._history(table, row.id)
        edit = next((e for e in reversed(history) if secrecy.marked(e.after)), None)
        with self._office.journal.write(now=self._now) as tx:
            code = tx.number(schema.prefix, local_date(self._now).year, table, row.id, row.born)
            subject = f"{table}/{code}"
            key = edit.key if edit is not None else f"{row.id}/{row.stamp}"
            if not any(e.data["edit"] == key for e in self._office.journal.entries(subject, CLEARED)):
                account = edit.account if edit is not None else row.values.get("last_modified_by")
                data = {"rule": "DG-06", "row": row.id, "fields": list(fields), "account": account, "edit": key}
                tx.append(CLEARED, subject, data, self._now)
                self._unreported = True
            self._answers.say(tx, (table, row.id), secrecy.MESSAGE, history[-1].order if history else "")
        whole = table not in secrecy.RESTED_ON and not self._closed(subject)
        cells: dict[str, Value] = secrecy.cleared(schema, row.values, before, whole=whole)
        cells |= {"check_result": STOP, "check_message": secrecy.MESSAGE}
        try:
            self._host.update(table, {row.id: cells})
        except (HostRefused, RowMissing) as error:
            self._refused.setdefault(table, set()).add(row.id)
            self.problems.append(f"“{schema.title}”{code} 有密级标志，表格没有让系统清除：{error}请信息科立即处理。")
            return {}
        return cells

    def _history(self, table: str, row_id: int) -> list[Edit]:
        try:
            return self._host.edits(table, row_id)
        except HostRefused:
            return []

    def _closed(self, subject: str) -> bool:
        """A row closed for good keeps what was signed: only the cell with the mark is emptied."""
        case = self._office.journal.case(subject)
        return case is not None and case.get("status") in (PAID, ARCHIVED)

    # --- telling ----------------------------------------------------------------------------------------------------
    def report(self, now: datetime) -> None:
        """A line in 预警台账 and a message for each row that was emptied; asked once people are known."""
        if not self._unreported:
            return
        for entry in self._office.journal.entries(kind=CLEARED, after=self._reported):
            self._report(entry, now)
            self._reported = entry.seq
        self._unreported = False

    def _report(self, entry: Entry, now: datetime) -> None:
        office, data = self._office, entry.data
        table, _, code = entry.subject.partition("/")
        schema = office.schema[table]
        person = office.directory.by_account(data["account"])
        who = person.name if person is not None else data["account"] or words.SOMEBODY
        columns = "、".join(f"“{schema[n].title}”" for n in data["fields"] if n in schema)
        alarm = Alarm(
            key=f"DG-06/{data['edit']}",
            rule="DG-06",
            gravity="严重",
            title=f"{code} 检测到密级标志，内容已清除",
            detail=f"{who}在“{schema.title}”的{columns}中填入了带密级标志的内容。{secrecy.MESSAGE}",
            person=person.id if person is not None else None,
            evidence={"account": data["account"], "edit": data["edit"], "row": data["row"]},
        )
        with office.journal.write(now=now) as tx:
            line = plan_violation(office, tx, table, code, alarm, now)
            if not line.new or self._notices is None:
                return
            self._notices.alarm(tx.connection, table, code, alarm, line.code, now)
            url = office.host.row_url(table, data["row"])
            told = {"table": schema.title, "code": code, "columns": columns, "who": who, "at": entry.at, "url": url}
            at_once = not quiet(now, office.calendar)
            notice = Notice(entry.subject, line.code, self._keepers(), "secrecy", told, at_once)
            self.problems += self._notices.plan(tx.connection, [notice], now)

    def _keepers(self) -> list[int | str]:
        """办公室, which answers for secrecy (行政科 where a school has none), and whoever runs the table host."""
        directory = self._office.directory
        heads = recipients("office", directory) or recipients("logistics", directory)
        found: list[int | str] = [p.id for p in (*heads, *directory.holders("信息管理员"))]
        return found or ["主要领导"]
