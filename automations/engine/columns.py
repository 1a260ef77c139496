"""Columns of one office: what anybody else wrote there is put back, and counts for nothing meanwhile (domain.md B8)."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from automations import owners
from automations.approvals import words
from automations.approvals.ruling import Alarm
from automations.approvals.world import Key
from automations.engine.answers import Answers
from automations.engine.desk import Desk
from automations.engine.hands import Hands
from automations.engine.notices import Notices
from automations.engine.office import Office
from automations.engine.violations import plan_violation
from automations.errors import HouqinError
from automations.journal import JournalWrite
from automations.mirror import Item
from automations.owners import BANK, TICK, Heard, Offence, empty, kept
from automations.schema import Table
from automations.tables.base import Edit, Row
from automations.tables.values import Value, Values, canonical, to_json

LOOKED = "columns/"
"""Goes before a table's name where it is noted which edits were looked at here."""

GRACE = timedelta(seconds=2)
"""How long a host may take to record an edit."""

PUT_BACK, CONFIRMED = "put_back", "account_confirmed"


class Columns:
    """Looks at every changed row with held columns.

    Attributes:
        problems: Chinese sentences about rows that could not be looked at in this pass.
    """

    def __init__(self, office: Office, hands: Hands, answers: Answers, notices: Notices | None) -> None:
        self._office, self._hands, self._answers, self._notices = office, hands, answers, notices
        self.problems: list[str] = []

    def look(self, desk: Desk, items: Sequence[Item], rows: Mapping[Key, Row], now: datetime) -> list[Item]:
        """Put back what is not theirs to fill; items that must be looked at again next pass."""
        self.problems, waiting = [], []
        for item in items:
            row = rows.get((item.table, item.row_id))
            if item.gone or row is None or item.table not in owners.TABLES or not self._moved(item, row):
                continue
            try:
                if not self._one(desk, item, row, now):
                    waiting.append(item)
            except HouqinError as error:
                self.problems.append(str(error))
                waiting.append(item)
        return waiting

    def _moved(self, item: Item, row: Row) -> bool:
        """Whether a held column holds something else than when the row was judged last."""
        table, worker = self._office.schema[item.table], self._office.host.account
        if item.before is None and item.table in owners.TAKEN_AS_THEY_COME:
            return False
        if item.before is None and row.values.get("created_by") == worker:
            return row.values.get("last_modified_by") not in (worker, None)
        names = [*kept(table), *(BANK if TICK in table else ())]
        return any(empty(_before(table, item, n)) != empty(row.values.get(n)) for n in names)

    def _one(self, desk: Desk, item: Item, row: Row, now: datetime) -> bool:
        """One row; False to wait for the host's record."""
        office, table = self._office, self._office.schema[item.table]
        code = office.journal.numbered(item.table, row.id, row.born) or str(row.values.get("code") or row.id)
        seen = office.journal.seen(LOOKED + item.table, row.id)
        history = office.host.edits(item.table, row.id)
        edits = [e for e in history if e.order > seen]
        unknown = self._unrecorded(table, item, row, edits, seen, now)
        if unknown is not None and unknown.account is None and now - item.first_seen < GRACE:
            return False
        new = [*edits, *([unknown] if unknown is not None else [])]
        by_account, worker = office.directory.by_account, office.host.account
        heard = owners.hear(table, row.values, new, by_account, worker)
        if TICK in table:
            last = office.journal.entries(f"{item.table}/{code}", CONFIRMED)
            order = str(last[-1].data["order"]) if last else ""
            ticked = bool(_before(table, item, TICK))
            owners.account_confirmed(heard, ticked, history, order, by_account, worker)
        self._record(table, code, row, heard, history[-1].order if history else "", now)
        if heard.back:
            self._hands.want(table.name, row.id, heard.back)
            desk.put_back(table.name, row.id, heard.back)
        return True

    def _unrecorded(
        self, table: Table, item: Item, row: Row, edits: Sequence[Edit], seen: str, now: datetime
    ) -> Edit | None:
        """Held cells that moved and no record explains, as an edit; of a row seen for the first time, by its maker."""
        if item.before is None and (seen or edits):
            return None  # judged before (the mirror was lost), or the record tells it all
        stands = {n: row.values.get(n) for n in kept(table)}
        told = {n: next((e.after[n] for e in reversed(edits) if n in e.after), _before(table, item, n)) for n in stands}
        moved = [n for n in stands if empty(stands[n]) != empty(told[n])]
        if not moved:
            return None
        maker = row.values.get("created_by") if item.before is None else None
        account = maker if isinstance(maker, str) else None
        key = f"unrecorded/{table.name}/{row.id}/{'/'.join(moved)}/{now.isoformat()}"
        before, after = {n: told[n] for n in moved}, {n: stands[n] for n in moved}
        return Edit(table.name, row.id, key, "", now, account, "update", before, after)

    # --- keeping ----------------------------------------------------------------------------------------------------
    def _record(self, table: Table, code: str, row: Row, heard: Heard, newest: str, now: datetime) -> None:
        """Entries of the journal, once each, and the answer in the row; nothing is seen until the cells stand."""
        subject = f"{table.name}/{code}"
        told = {e.data["edit"] for e in self._office.journal.entries(subject, PUT_BACK)}
        said = []
        with self._office.journal.write(now=now) as tx:
            for offence in heard.offences:
                if offence.edit.key not in told:
                    name = self._name(offence.edit)
                    said.append(owners.message(table, offence, name))
                    self._note(tx, table, code, offence, name, now)
            if heard.confirmed is not None:
                edit = heard.confirmed
                data = {"account": edit.account, "edit": edit.key, "order": edit.order}
                tx.append(CONFIRMED, subject, data, edit.at)
            if said:
                self._answers.say(tx, (table.name, row.id), "\n".join(dict.fromkeys(said)), newest)
            if newest and not heard.back:
                tx.see(LOOKED + table.name, row.id, newest)

    def _note(self, tx: JournalWrite, table: Table, code: str, offence: Offence, name: str, now: datetime) -> None:
        edit, office = offence.edit, self._office
        cells = [
            {"field": n, "typed": to_json(edit.after[n]), "old": to_json(edit.before.get(n))} for n in offence.fields
        ]
        data = {"rule": "B8", "cells": cells, "account": edit.account, "edit": edit.key}
        tx.append(PUT_BACK, f"{table.name}/{code}", data, edit.at)
        grave = [n for n in offence.fields if kept(table)[n].grave]
        if not grave or edit.action == "create":
            return
        person = office.directory.by_account(edit.account)
        changes = "、".join(f"“{table[n].title}”（{self._change(table, edit, n)}）" for n in grave)
        alarm = Alarm(
            key=f"B8/{edit.key}",
            rule="B8",
            gravity="一般",
            title=f"{code} {'、'.join(f'“{table[n].title}”' for n in grave)}被{name}修改，已还原",
            detail=f"{name}于{words.clock(edit.at)}修改了{changes}。{owners.message(table, offence, name)}",
            person=person.id if person is not None else None,
            evidence={"account": edit.account, "edit": edit.key, "cells": cells},
        )
        line = plan_violation(office, tx, table.name, code, alarm, now)
        if line.new and self._notices is not None:
            self._notices.alarm(tx.connection, table.name, code, alarm, line.code, now)

    def _change(self, table: Table, edit: Edit, name: str) -> str:
        show, column = self._office.show, table[name]
        return f"{show(column, edit.before.get(name))}→{show(column, edit.after[name])}"

    def _name(self, edit: Edit) -> str:
        person = self._office.directory.by_account(edit.account)
        return person.name if person is not None else edit.account or words.SOMEBODY


def _before(table: Table, item: Item, name: str) -> Value:
    """What stood in a cell when the row was judged last; of a new row what an empty one holds."""
    values: Values = item.before if item.before is not None else {}
    return values.get(name, canonical(table[name], table[name].default))
