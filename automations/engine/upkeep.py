"""Rows of every table: codes for new ones, lost ones brought back, worker-owned cells put back (DG-01, DG-04)."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from automations import guards
from automations.approvals import words
from automations.approvals.ruling import Alarm
from automations.approvals.world import Key
from automations.engine.hands import Hands
from automations.engine.notices import Notices
from automations.engine.office import Office
from automations.engine.violations import plan_violation, planned
from automations.errors import HostRefused
from automations.journal import JournalWrite, Unnumbered
from automations.mirror import Item
from automations.tables.base import Edit, Row
from automations.tables.values import Value, to_json

LOOKED = "upkeep/"
"""Goes before a table's name where it is noted which edits were looked at here: judging keeps its own note."""

ADDED = frozenset({"sign_steps"})
"""Tables whose rows Houqin alone adds, and looks after in its own way; what people add there is none."""


class Upkeep:
    """What every changed row of any table goes through before anything else.

    Args:
        own: Fields that another part of the engine computes, by table; they are not put back here.

    Attributes:
        answers: What rows of this pass were told here, where another part of the engine writes the answer.
    """

    def __init__(self, office: Office, hands: Hands, own: dict[str, frozenset[str]], notices: Notices | None) -> None:
        self._notices = notices
        self._office = office
        self._hands = hands
        self._own = own
        self.answers: dict[Key, str] = {}

    def lost(self, item: Item, now: datetime) -> bool:
        """Bring a deleted row back if it carried a code (DG-04); whether it lives again."""
        office, row = self._office, item.last
        code = office.journal.numbered(item.table, item.row_id, item.born)
        if row is None or code is None:
            return False
        deletion = self._deletion(item)
        if deletion is not None and deletion.account == office.host.account:
            return False  # a row that Houqin had added twice
        who, at = self._who(deletion), deletion.at if deletion else item.first_seen
        remark = guards.lost_row_remark(who, at)
        self._record_loss(item, code, deletion, remark, now)
        remark = "\n".join(t for t in [str(row.values.get("remark") or ""), remark] if t)
        values: dict[str, Value] = {**row.values, "remark": remark}
        pointing = self._pointing(item, code)
        new_id = self._hands.restore(item.table, Row(row.id, values, row.born, row.stamp))
        for (table, field), ids in pointing.items():
            self._hands.relink(table, field, ids, new_id)
        found = next(iter(office.mirror.living(item.table, [new_id])), None)
        self._hands.want(item.table, new_id, {"remark": remark, "code": code})
        if found is not None and (new_id, found.born) != (item.row_id, item.born):
            with office.journal.write(now=now) as tx:
                tx.move(code, item.table, new_id, found.born)
        return True

    def _pointing(self, item: Item, code: str) -> dict[tuple[str, str], set[int]]:
        """Rows that pointed at a deleted one: a host that makes it anew has let go of them, and says so nowhere."""
        office = self._office
        found: dict[tuple[str, str], set[int]] = {}
        for table in office.schema:
            for field in table.fields:
                if field.to == item.table and field.type == "link":
                    rows = office.mirror.linked(table.name, field.name, [item.row_id]).get(item.row_id, ())
                    found[table.name, field.name] = {r.id for r in rows}
        approval = office.approvals.get(item.table)
        if approval is not None and approval.parts is not None:  # the mirror may have seen them let go already
            signed = ((office.journal.case(f"{item.table}/{code}") or {}).get("snapshot") or {}).get("parts", {})
            found.setdefault(approval.parts[:2], set()).update(int(part) for part in signed)
        return {key: ids for key, ids in found.items() if ids}

    def _record_loss(self, item: Item, code: str, deletion: Edit | None, detail: str, now: datetime) -> None:
        """Journal and report a deletion, once, before the row is brought back: then a kill in between loses neither."""
        office = self._office
        person = office.directory.by_account(deletion.account) if deletion else None
        evidence = {"account": deletion.account if deletion else None, "row": item.row_id}
        alarm = Alarm(
            key=f"DG-04/{deletion.key if deletion else f'{item.row_id}/{item.first_seen.isoformat()}'}",
            rule="DG-04",
            gravity="严重",
            title=f"{code} 被删除，已恢复",
            detail=detail,
            person=person.id if person else None,
            evidence={**evidence, "edit": deletion.key if deletion else None},
        )
        with office.journal.write(now=now) as tx:
            if planned(office, item.table, code, alarm):
                return
            tx.append("recreated", f"{item.table}/{code}", {"rule": "DG-04", **evidence}, now)
            ledger = plan_violation(office, tx, item.table, code, alarm, now).code
            if self._notices is not None:
                self._notices.alarm(tx.connection, item.table, code, alarm, ledger, now)

    def _deletion(self, item: Item) -> Edit | None:
        try:
            history = self._office.host.edits(item.table, item.row_id)
        except HostRefused:
            return None  # hosts that forget a deleted row's history: the deletion has no known author
        return next((e for e in reversed(history) if e.action == "delete"), None)

    def _who(self, edit: Edit | None) -> str:
        if edit is None or edit.account is None:
            return words.SOMEBODY
        person = self._office.directory.by_account(edit.account)
        return person.name if person else edit.account

    def number(self, items: Sequence[Item], rows: Mapping[Key, Row], now: datetime) -> dict[Key, str]:
        """Give new rows their codes, all in one transaction, and put back codes that somebody changed; what was given.

        Whoever looks at the rows in this pass must know them: ledger and journal name a row by its code.
        """
        office = self._office
        wanted: dict[Key, str] = {}
        year = now.astimezone(words.SHANGHAI).year
        tables = {item.table for item in items}
        with office.journal.store.read():  # one look for all
            given = {t: office.journal.codes(t, {i.row_id for i in items if i.table == t}) for t in tables}
        codes: dict[Key, str | None] = {}
        with office.journal.write(now=now) as tx:
            new: dict[Key, Unnumbered] = {}
            for item in items:
                key = item.table, item.row_id
                row = rows.get(key)
                if row is None or key in codes:
                    continue
                table = office.schema[item.table]
                typed = row.values.get("code")
                codes[key] = given[item.table].get((row.id, row.born))
                if codes[key] is None and typed and row.values.get("created_by") == office.host.account:
                    _number(tx, new, codes)  # a code that a row came with may be the one that is next
                    codes[key] = self._own_code(tx, row, item.table, str(typed))
                if codes[key] is None and not guards.is_blank(table, row.values):
                    new[key] = Unnumbered(table.prefix, year, item.table, row.id, row.born)
            _number(tx, new, codes)
        for key, code in codes.items():
            if code != rows[key].values.get("code"):
                self._hands.want(*key, {"code": code})
                if code is not None:
                    wanted[key] = code
        return wanted

    def _own_code(self, tx: JournalWrite, row: Row, table: str, typed: str) -> str | None:
        """The code of a row that Houqin added; a row added twice (a kill before the answer came) is removed."""
        if tx.register(typed, table, row.id, row.born):
            return typed
        other = self._office.mirror.find(table, "code", typed)
        if other is not None and other.id != row.id:
            self._hands.remove(table, row.id)
        else:
            tx.move(typed, table, row.id, row.born)
        return typed

    def changed(self, item: Item, row: Row, now: datetime) -> None:
        """Put back worker-owned cells that a person typed (DG-01)."""
        office = self._office
        table = office.schema[item.table]
        skip = self._skip(item.table, row)
        fields = [n for n in guards.changed_cells(table, item.before, row.values) if n not in skip]
        if item.before is None or not item.before.get("code"):
            fields = [n for n in fields if n != "code"]  # a new row gets its own
        if not fields or (item.before is None and row.values.get("created_by") == office.host.account):
            return
        # All edits, also those looked at before: a kill may have come before the cells were written back.
        edits = office.host.edits(item.table, item.row_id)
        cells = guards.put_back(fields, item.before, row.values, edits, office.host.account)
        if not cells:
            return
        shown = {c.field: office.show(table[c.field], c.old) for c in cells}
        message = guards.restored_message(table, cells, shown)
        self._hands.want(item.table, row.id, {c.field: c.old for c in cells} | self._answer(item.table, row, message))
        self.answers[item.table, row.id] = message
        looked, newest = LOOKED + item.table, edits[-1].order if edits else ""
        if newest and newest <= office.journal.seen(looked, item.row_id):
            return  # told before
        with office.journal.write(now=now) as tx:
            tx.append(
                "restored",
                f"{item.table}/{row.values.get('code') or row.id}",
                {
                    "rule": "DG-01",
                    "cells": [
                        {
                            "field": c.field,
                            "typed": to_json(row.values[c.field]),
                            "old": to_json(c.old),
                            "account": c.account,
                        }
                        for c in cells
                    ],
                },
                now,
            )
            if newest:
                tx.see(looked, row.id, newest)

    def _skip(self, table: str, row: Row) -> frozenset[str]:
        """Fields that another part of the engine looks after; it does not look after steps that people made."""
        if table in ADDED and row.values.get("created_by") != self._office.host.account:
            return frozenset()
        if table in ADDED and "-知悉-" in str(row.values.get("code") or ""):
            return frozenset()  # a list for a returned leader belongs to no case: its cells are simply put back
        return self._own.get(table, frozenset())

    def _answer(self, table: str, row: Row, message: str) -> dict[str, Value]:
        if {"check_result", "check_message"} & self._skip(table, row):
            return {}
        return {"check_result": "拦截", "check_message": message}


def _number(tx: JournalWrite, new: dict[Key, Unnumbered], codes: dict[Key, str | None]) -> None:
    """Give these rows their codes, in their order, and note them in ``codes``."""
    codes |= dict(zip(new, tx.number_new(list(new.values())), strict=True))
    new.clear()
