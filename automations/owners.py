"""Columns that only one office may fill: what anybody else writes there is put back (domain.md B8, B1.5, B6.29). Pure.

Who fills a column stands in ``schemas/`` as its ``owner``. Every host lets everybody type everywhere, so these columns
are held after the fact. Columns with a judge of their own (status, payment, 核定金额) are not listed here.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from automations.people import Person
from automations.schema import Table
from automations.tables.base import Edit
from automations.tables.values import Value, Values, canonical

Who: TypeAlias = Callable[[str | None], Person | None]


@dataclass(frozen=True, slots=True)
class Keeper:
    """Who may fill a column.

    Attributes:
        shown: How a message calls him.
        roles: Any of these roles.
        named: Field of the row that names the one colleague who may; the roles may where it is empty.
        barred: Field of the row that names the one colleague who may not.
        grave: Whether somebody else's hand in it is a line in 预警台账.
    """

    shown: str
    roles: tuple[str, ...] = ()
    named: str = ""
    barred: str = ""
    grave: bool = False

    def may(self, person: Person | None, row: Values) -> bool:
        """Whether this person fills the column of this row."""
        if person is None or (self.barred and row.get(self.barred) == person.id):
            return False
        if self.named and row.get(self.named) is not None:
            return row[self.named] == person.id
        return any(person.has(role) for role in self.roles)


LEADERS = ("会计", "分管领导", "主要领导")
_OFFICES = {
    "FA": Keeper("会计", ("会计",)),
    "CA": Keeper("出纳", ("出纳",)),
    "FA/CA": Keeper("会计或出纳", ("会计", "出纳")),
    "L2": Keeper("分管领导或主要领导", ("分管领导", "主要领导")),
    "REV": Keeper(
        "考核组（部门负责人、组织人事、督查组或校领导）", ("部门负责人", "组织人事", "督查组", "分管领导", "主要领导")
    ),
    "TRN": Keeper("学员本人（交卷后不能再改）"),
}
_HELD: Mapping[str, Collection[str]] = {
    "expense_claims": ("split_reason", "correction_note"),
    "invoices": ("verify",),
    "vendors": ("bank_verified",),
    "procurements": ("split_reason",),
    "budget_lines": (),
    "income": (),
    "training_classes": ("ready_exception", "project_grade", "reward_note"),
    "survey_responses": (),
}
"""Which columns of these offices; none named: all of theirs."""
_GRAVE = {("budget_lines", "approved"), ("budget_lines", "adjusted"), ("vendors", "bank_verified")}
_JUDGED = frozenset({"status"})
_LEDGER = {
    "explanation": Keeper("责任人本人", LEADERS, named="person"),
    "handling": Keeper("责任人以外的会计、分管领导或主要领导", LEADERS, barred="person"),
    "closed_by": Keeper("责任人以外的会计、分管领导或主要领导", LEADERS, barred="person"),
}
_NAMED: Mapping[str, Mapping[str, Keeper]] = {
    "violations": _LEDGER,
    "supply_moves": {"confirmed_by": Keeper("部门负责人本人", ("部门负责人",), named="confirmed_by")},
    "tasks": {
        "review_score": Keeper(
            "责任人以外的部门负责人、校领导或组织人事",
            ("部门负责人", "分管领导", "主要领导", "组织人事"),
            barred="person",
        )
    },
}
"""Columns whose keeper hangs on whom the row names."""

TABLES = frozenset({*_HELD, *_NAMED})

TAKEN_AS_THEY_COME = frozenset({"budget_lines", "income", "survey_responses"})
"""A row that somebody else added is not emptied: money counts for nothing until its keeper takes it on, and an answer
sheet may come by any form."""

BANK = ("bank_name", "bank_account")
TICK = "bank_verified"


def kept(table: Table) -> Mapping[str, Keeper]:
    """The held columns of a table."""
    if table.name in _NAMED:
        return _NAMED[table.name]
    chosen = _HELD.get(table.name)
    if chosen is None:
        return {}
    names = chosen or [f.name for f in table.fields if f.owner in _OFFICES and f.name not in _JUDGED]
    return {n: replace(_OFFICES[table[n].owner], grave=(table.name, n) in _GRAVE) for n in names}


def empty(value: Value) -> Value:
    """The value, with everything a host may show as an empty cell as None."""
    return None if value is False or value in ("", ()) else value


@dataclass(frozen=True, slots=True)
class Offence:
    """An edit that counts for nothing in these fields, with the reason where it is not simply the wrong person."""

    edit: Edit
    fields: tuple[str, ...]
    reason: str = ""


@dataclass
class Heard:
    """Edits of one row without what counts for nothing.

    Attributes:
        edits: What is left of them, in order.
        back: Cells that must stand again.
        offences: What was left out.
        confirmed: The edit by which 会计 confirmed a bank account, if one did.
    """

    edits: list[Edit] = field(default_factory=list)
    back: dict[str, Value] = field(default_factory=dict)
    offences: list[Offence] = field(default_factory=list)
    confirmed: Edit | None = None


def hear(table: Table, row: Values, edits: Sequence[Edit], who: Who, worker: str) -> Heard:
    """Leave out of ``edits`` what people wrote into columns that are not theirs.

    Args:
        table: The table.
        row: The row as it stands, for whom it names.
        edits: Of this row, in true order; ``account=None`` where nobody is known.
        who: Whose login an account is.
        worker: Houqin's own account, which may fill anything.
    """
    heard, columns = Heard(), kept(table)
    for edit in edits:
        names = columns.keys() & edit.after.keys()
        taken = edit.action == "create" and table.name in TAKEN_AS_THEY_COME
        if not names or edit.action in ("delete", "restore"):
            heard.edits.append(edit)
            continue
        before, after, wrong = dict(edit.before), dict(edit.after), []
        for name in sorted(names):
            if name in heard.back:
                before[name] = heard.back[name]
            if taken or edit.account == worker or columns[name].may(who(edit.account), row):
                heard.back.pop(name, None)
                continue
            typed, old = after.pop(name), before.pop(name, canonical(table[name], table[name].default))
            if empty(typed) == empty(old):
                heard.back.pop(name, None)  # he took it back himself
            else:
                heard.back[name] = old
                wrong.append(name)
        if wrong:
            heard.offences.append(Offence(edit, tuple(wrong)))
        heard.edits.append(replace(edit, before=before, after=after))
    return heard


def account_confirmed(
    heard: Heard, before: bool, history: Sequence[Edit], confirmed: str, who: Who, worker: str
) -> None:
    """账号已核实 of a 服务商: gone with every change of the account, given by 会计 who had no hand in it (B1.5).

    Args:
        heard: The row's new edits; gets what must stand again.
        before: Whether it was ticked before them.
        history: All edits of the row.
        confirmed: Order of the edit that confirmed the account last, "" for none.
        who: Whose login an account is.
        worker: Houqin's own account.
    """
    ticked, stands = before, before
    for edit in heard.edits:
        changed = any(empty(edit.before.get(n)) != empty(edit.after[n]) for n in BANK if n in edit.after)
        if changed and edit.account != worker:
            ticked = False
        if TICK not in edit.after:
            continue
        stands = bool(edit.after[TICK])
        if edit.account == worker or not stands:
            ticked = stands
        elif _had_a_hand(edit, history, confirmed, who, worker):
            heard.offences.append(Offence(edit, (TICK,), "没有改过收款账号的会计"))
        else:
            ticked, heard.confirmed = True, edit
    if ticked != stands or TICK in heard.back:
        heard.back[TICK] = ticked


def _had_a_hand(edit: Edit, history: Sequence[Edit], confirmed: str, who: Who, worker: str) -> bool:
    """Whether he changed the account himself since it was confirmed last."""
    hands = {
        e.account
        for e in history
        if confirmed < e.order <= edit.order
        and e.account != worker
        and any(empty(e.before.get(n)) != empty(e.after[n]) for n in BANK if n in e.after)
    }
    person = who(edit.account)
    return edit.account in hands or person in [p for a in hands if (p := who(a)) is not None]


def message(table: Table, offence: Offence, name: str) -> str:
    """What the row says, one sentence for each keeper."""
    columns = kept(table)
    by_keeper: dict[str, list[str]] = {}
    for one in offence.fields:
        by_keeper.setdefault(offence.reason or columns[one].shown, []).append(f"“{table[one].title}”")
    return "\n".join(f"{'、'.join(titles)}由{who}填写，{name}的修改已还原。" for who, titles in by_keeper.items())
