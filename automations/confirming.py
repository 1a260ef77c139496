"""Parameters need two people: who changes one never puts it in force himself (domain.md B1.6). Pure.

Of each row of 参数标准 is known what is in force, and what somebody typed and nobody confirmed yet. Only the former is
ever used. The truth lies in the journal, never in the cells.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any, TypeAlias

from pydantic import BaseModel, ConfigDict

from automations.approvals import words
from automations.errors import RuleError
from automations.norms import Norm, Norms
from automations.people import Person
from automations.shipped_norms import SHIPPED
from automations.tables.base import Edit
from automations.tables.values import Value, Values
from automations.workdays import read_overrides

MAY_CONFIRM = ("分管领导", "主要领导", "会计")
TERMS = ("key", "value", "from_date", "to_date")
"""Columns of which a change needs a second person."""

IN_FORCE, WAITING, NOTHING = "生效", "待复核", "未生效"

Who: TypeAlias = Callable[[str | None], Person | None]


class Terms(BaseModel):
    """What one row of 参数标准 says: the value of a parameter and the days it counts."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    key: str = ""
    value: str = ""
    start: date | None = None
    end: date | None = None
    verified: bool = False

    @property
    def complete(self) -> bool:
        """There is a key and a value; less says nothing."""
        return bool(self.key and self.value)

    def same(self, other: "Terms | None") -> bool:
        """The same value on the same days, verified or not."""
        return other is not None and other.but(verified=self.verified) == self

    def but(self, **changes: Any) -> "Terms":
        """A copy with these attributes changed."""
        return self.model_copy(update=changes)


class Held(BaseModel):
    """What is known of one row of 参数标准.

    Attributes:
        code / row_id: Which row.
        force: What is in force by it; None for a new row that nobody confirmed.
        past: Earlier values, each on the days before the one that followed.
        proposed: What somebody typed and nobody else confirmed yet.
        proposers: Accounts of everybody who had a hand in it; "" for a change that no record explains.
        verified_by: Who confirmed or checked what is in force: row id in ``people``.
        previous: The value that was replaced last.
        refusal: Why the last tick did not count; "" once something else happened.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    code: str
    row_id: int
    force: Terms | None = None
    past: tuple[Terms, ...] = ()
    proposed: Terms | None = None
    proposers: tuple[str, ...] = ()
    verified_by: int | None = None
    previous: str | None = None
    refusal: str = ""

    @property
    def subject(self) -> str:
        """Its name in the journal."""
        return f"settings/{self.code}"

    @property
    def status(self) -> str:
        """In one word, for whoever looks through the journal."""
        return WAITING if self.proposed is not None else IN_FORCE if self.force is not None else NOTHING

    @property
    def typed(self) -> Terms | None:
        """What must stand in the row."""
        return self.proposed or self.force

    @property
    def verified(self) -> bool:
        """Whether 已本地核实 must be ticked."""
        return self.proposed is None and self.force is not None and self.force.verified

    def but(self, **changes: Any) -> "Held":
        """A copy with these attributes changed."""
        return self.model_copy(update=changes)


def terms_of(row: Values) -> Terms:
    """What stands in a row of ``settings``."""
    start, end = row.get("from_date"), row.get("to_date")
    return Terms(
        key=str(row.get("key") or "").strip(),
        value=str(row.get("value") or "").strip(),
        start=start if isinstance(start, date) else None,
        end=end if isinstance(end, date) else None,
        verified=bool(row.get("verified")),
    )


def norms_of(rows: Iterable[Held]) -> list[Norm]:
    """Everything in force, for :class:`~automations.norms.Norms`."""
    terms = (t for held in rows for t in (*held.past, *([held.force] if held.force else [])))
    return [Norm(t.key, t.value, t.start, t.end, t.verified) for t in terms]


# --- judging ----------------------------------------------------------------------------------------------------------
@dataclass
class Outcome:
    """A row after judging, and what the journal must keep: (kind, time, data)."""

    held: Held
    events: list[tuple[str, datetime, dict[str, Any]]] = field(default_factory=list)

    def note(self, kind: str, edit: Edit, **data: Any) -> None:
        """Add an entry for the journal."""
        self.events.append((kind, edit.at, {**data, "account": edit.account, "edit": edit.key}))


def judge(held: Held, before: Values, edits: Sequence[Edit], who: Who, worker: str, known: bool) -> Outcome:
    """Play ``edits`` of one row of 参数标准 forward and judge each.

    Args:
        held: What is known of it.
        before: The row as it stood before the first edit.
        edits: In true order; ``account=None`` marks a change that the host's record does not explain.
        who: Whose login an account is.
        worker: Houqin's own account: what it writes is in force at once.
        known: The row was known before these edits; a row of that name that Houqin adds is one brought back (DG-04),
            and whatever stands in it is not in force by that.
    """
    outcome, row = Outcome(held), dict(before)
    for edit in edits:
        was = bool(row.get("verified"))
        row |= edit.after
        terms, touched = terms_of(row), not edit.after.keys().isdisjoint(TERMS)
        brought_back = known and edit.action in ("create", "restore")
        if edit.account == worker and not brought_back:
            if touched:
                _loaded(outcome, edit, terms, row)
            continue
        if edit.account == worker:
            edit = replace(edit, account=None)
        if touched and not terms.same(outcome.held.typed or Terms()):
            _proposed(outcome, edit, terms)
        if "verified" in edit.after and terms.verified != was:
            _ticked(outcome, edit, terms.verified, who)
    return outcome


def _loaded(outcome: Outcome, edit: Edit, terms: Terms, row: Mapping[str, Value]) -> None:
    """Houqin's own account wrote the row: shipped values, and what it puts back."""
    held = outcome.held
    if held.typed is not None and terms.same(held.typed):
        return
    by = row.get("verified_by")
    outcome.held = held.but(
        force=terms if terms.complete else None,
        past=(),
        proposed=None,
        proposers=(),
        verified_by=by if isinstance(by, int) else None,
        refusal="",
    )
    outcome.note("parameter_loaded", edit, terms=terms.model_dump(mode="json"))


def _proposed(outcome: Outcome, edit: Edit, terms: Terms) -> None:
    held = outcome.held
    if terms.same(held.force or Terms()):
        if held.proposed is not None:
            outcome.note("parameter_withdrawn", edit, terms=held.proposed.model_dump(mode="json"))
        outcome.held = held.but(proposed=None, proposers=(), refusal="")
        return
    proposers = tuple(dict.fromkeys([*held.proposers, edit.account or ""]))
    outcome.held = held.but(proposed=terms.but(verified=False), proposers=proposers, refusal="")
    outcome.note(
        "parameter_proposed",
        edit,
        terms=terms.model_dump(mode="json"),
        old=held.force.model_dump(mode="json") if held.force else None,
    )


def _ticked(outcome: Outcome, edit: Edit, ticked: bool, who: Who) -> None:
    held, person = outcome.held, who(edit.account)
    if held.typed is None or (held.proposed is not None and not ticked):
        return  # there is nothing to check; a tick taken back confirms nothing
    refusal = _objection(held, edit, person, ticked, who)
    if refusal:
        outcome.held = held.but(refusal=refusal)
        outcome.note("parameter_refused", edit, reason=refusal)
        return
    assert person is not None, "nobody unknown may tick"
    if held.proposed is not None:
        outcome.held = _in_force(held, held.proposed, person.id)
        outcome.note(
            "parameter_confirmed",
            edit,
            terms=held.proposed.model_dump(mode="json"),
            old=held.force.model_dump(mode="json") if held.force else None,
            proposers=list(held.proposers),
            name=person.name,
        )
    elif held.force is not None:
        outcome.held = held.but(
            force=held.force.but(verified=ticked), verified_by=person.id if ticked else None, refusal=""
        )
        outcome.note("parameter_verified" if ticked else "parameter_unverified", edit, name=person.name)


def _objection(held: Held, edit: Edit, person: Person | None, ticked: bool, who: Who) -> str:
    """Why a tick, or its removal, does not count; "" when it does."""
    if person is None:
        return words.unknown_account(edit.account) if edit.account else UNATTRIBUTED
    if not any(person.has(role) for role in MAY_CONFIRM):
        return f"【复核无效】“已本地核实”由分管领导、主要领导或会计填写，{person.name}的修改已还原。"
    if held.proposed is None:
        return ""
    hands = {p.id for account in held.proposers if (p := who(account)) is not None}
    if person.id in hands or edit.account in held.proposers:
        return f"【复核无效】{person.name}参与了本次修改，须由另一位分管领导、主要领导或会计勾选“已本地核实”。"
    return "\n".join(unreadable(held.proposed))


def _in_force(held: Held, new: Terms, by: int) -> Held:
    """``new`` counts from its first day on; a different value before it still counts on the days before that."""
    old = held.force
    replaced = [old] if old is not None and (old.key, old.value) != (new.key, new.value) else []
    return held.but(
        force=new.but(verified=True),
        past=_until([*held.past, *replaced], new.start),
        proposed=None,
        proposers=(),
        verified_by=by,
        previous=old.value if old is not None else held.previous,
        refusal="",
    )


def _until(terms: Iterable[Terms], start: date | None) -> tuple[Terms, ...]:
    """What of these is left on the days before ``start``; without one the new value counts from ever."""
    if start is None:
        return ()
    last = start - timedelta(days=1)
    left = (t for t in terms if t.start is None or t.start <= last)
    return tuple(t.but(end=last if t.end is None else min(t.end, last)) for t in left)


# --- what the row says ------------------------------------------------------------------------------------------------
UNATTRIBUTED = "【复核无效】系统没有查到是谁勾选的“已本地核实”，已还原。请复核人用本人账号重新勾选。"


def unreadable(terms: Terms) -> list[str]:
    """Everything in these terms that Houqin could not read, in Chinese; nothing where all is well."""
    problems = []
    if not terms.key:
        problems.append("请填写“参数键”。")
    if not terms.value:
        problems.append("“参数值”不能为空；不再执行的参数请填“失效日”。")
    if terms.start and terms.end and terms.end < terms.start:
        problems.append("“失效日”早于“生效日”。")
    if terms.complete:
        try:
            _read(terms.key, terms.value)
        except RuleError as error:
            problems.append(str(error))
    return problems


_WHOLE = frozenset({*"天位年人家次日晚条份字分名行笔", "工作日", "分钟", "年度", "个月", "字节", "毫米"})


def _read(key: str, value: str) -> None:
    """Read a value the way the rules will; a parameter that Houqin does not ship is plain text."""
    unit = SHIPPED[key].unit if key in SHIPPED else ""
    norms, day = Norms([Norm(key, value)]), date.min
    if key == "calendar.override":
        read_overrides(value)
    elif unit == "是/否":
        norms.flag(key, day)
    elif unit.startswith("元"):
        norms.money(key, day)
    elif unit in ("天（可多个）", "%（可多个）"):
        norms.wholes(key, day)
    elif unit == "月-日":
        norms.day(key, day)
    elif unit == "时:分":
        norms.clock(key, day)
    elif unit == "比例":
        norms.ratio(key, day)
    elif unit in _WHOLE:
        norms.whole(key, day)
    elif unit in _NUMBERS:
        norms.number(key, day)


_NUMBERS = frozenset({"%", "%/天", "学时", "公里", "倍", "℃", "小时", "克", "kWh", "m³/h", "m³/人"}) | {
    n.unit for n in SHIPPED.values() if n.unit.startswith("kgce/")
}


def other_unit(key: str, unit: str) -> str:
    """What to say when 单位 is not the one that the value is read in; "" when it is, or nothing is said."""
    right = SHIPPED[key].unit if key in SHIPPED else ""
    if not unit or not right or unit == right:
        return ""
    return f"“参数值”一律按“{right}”读取，把“单位”改为“{unit}”不改变数值的含义，请改回“{right}”。"


def pending(held: Held, now: str) -> str:
    """While a change waits for somebody else; ``now``: the value that counts meanwhile where the row has none."""
    if held.proposed is None:
        return ""
    old = _shown(held.force, held.proposed) if held.force else now
    if not old:
        return "新增参数须由另一人复核后生效，复核前不按它执行。"
    return f"参数修改须由另一人复核后生效，目前仍按原值“{old}”执行。"


def _shown(old: Terms, new: Terms) -> str:
    """The value, and what else of it would be changed."""
    more = []
    if old.key != new.key:
        more.append(f"参数键{old.key}")
    if (old.start, old.end) != (new.start, new.end):
        more.append(f"{old.start or '一直'}至{old.end or '今后'}")
    return old.value + (f"（{'，'.join(more)}）" if more else "")
