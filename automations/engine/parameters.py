"""参数标准: what somebody changed there is proposed, and in force once somebody else confirmed it (domain.md B1.6).

Looked at before anything is judged in a pass, so that what was confirmed counts at once. Only rows that changed are
read, and the history only of those in which people did something.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from automations.confirming import TERMS, Held, Outcome, Terms, judge, other_unit, pending, terms_of, unreadable
from automations.engine.hands import Hands
from automations.engine.office import Office
from automations.errors import HouqinError, RuleError
from automations.guards import is_blank
from automations.mirror import Item
from automations.tables.base import Edit, Row
from automations.tables.values import Value, Values
from automations.workdays import local_date

TABLE = "settings"
LOOKED = "parameters/settings"
"""Under this name it is noted which edits were judged here."""

GRACE = timedelta(seconds=2)
"""How long a host may take to record an edit; younger changes without a record are looked at again next pass."""

CELLS = (*TERMS, "verified")
TRIES = 3
OTHERS = ("【已还原】", "【涉密信息】")
"""How answers begin that other guards left in the row."""


@dataclass(frozen=True, slots=True)
class Judged:
    """One row: what was known of it, what came of it, and the newest edit looked at."""

    row: Row
    before: Held | None
    outcome: Outcome
    order: str = ""

    @property
    def held(self) -> Held:
        """What is known of it now."""
        return self.outcome.held


class Parameters:
    """Judges changes of 参数标准 and keeps the cells in which it answers.

    Attributes:
        problems: Chinese sentences about rows that could not be looked at in this pass.
    """

    def __init__(self, office: Office, hands: Hands) -> None:
        self._office, self._hands = office, hands
        self.problems: list[str] = []

    def look(self, items: Sequence[Item], now: datetime) -> list[Item]:
        """Judge what is new in 参数标准; items that must be looked at again next pass."""
        self.problems = []
        mine = [i for i in items if i.table == TABLE]
        if not mine:
            return []
        self._office.reload_people()
        rows = {r.id: r for r in self._office.mirror.living(TABLE, [i.row_id for i in mine if not i.gone])}
        codes = self._codes(rows.values(), now)
        known = self._office.journal.cases_of(f"{TABLE}/{code}" for code in codes.values())
        waiting: list[Item] = []
        found: list[Judged] = []
        for item in mine:
            row, code = rows.get(item.row_id), codes.get(item.row_id, "")
            if item.gone or row is None or is_blank(self._office.schema[TABLE], row.values):
                continue
            data = known.get(f"{TABLE}/{code}")
            try:
                judged = self._one(item, row, code, Held.model_validate(data) if data else None, now) if code else None
            except HouqinError as error:
                self.problems.append(str(error))
                judged = None
            if judged is None:
                waiting.append(item)
            else:
                found.append(judged)
        self._record(found, now)
        self._drop([i for i in mine if i.gone], now)
        self._office.read_norms()
        for judged in found:
            self._answer(judged, now)
        return waiting

    def _codes(self, rows: Collection[Row], now: datetime) -> dict[int, str]:
        """Codes by row id; new rows get theirs. One that Houqin brought back has its old code after this pass."""
        office, schema = self._office, self._office.schema[TABLE]
        held = office.journal.codes(TABLE, [r.id for r in rows])
        codes = {r.id: held[r.id, r.born] for r in rows if (r.id, r.born) in held}
        fresh = [r for r in rows if r.id not in codes and not is_blank(schema, r.values)]
        if not fresh:
            return codes
        with office.journal.write(now=now) as tx:
            for row in fresh:
                typed = row.values.get("code") if row.values.get("created_by") == office.host.account else None
                if not typed:
                    codes[row.id] = tx.number(schema.prefix, local_date(now).year, TABLE, row.id, row.born)
                elif tx.register(str(typed), TABLE, row.id, row.born):
                    codes[row.id] = str(typed)
        return codes

    # --- judging ----------------------------------------------------------------------------------------------------
    def _one(self, item: Item, row: Row, code: str, held: Held | None, now: datetime) -> Judged | None:
        """One row, judged; None to wait for the host's record."""
        start = held or Held(code=code, row_id=row.id)
        if held is None and self._ours(row):
            terms, by = terms_of(row.values), row.values.get("verified_by")
            force = start.but(force=terms if terms.complete else None, verified_by=by if isinstance(by, int) else None)
            outcome = Outcome(force)
            outcome.events.append(("parameter_loaded", now, {"terms": terms.model_dump(mode="json")}))
            return Judged(row, held, outcome)
        if held is not None and _settled(held, row):
            return Judged(row, held, Outcome(held.but(row_id=row.id)))
        shown, edits = self._consistent(row)
        before = _cells(held)
        last = self._unrecorded(start, before, edits, shown, now)
        if last is not None and now - item.first_seen < GRACE:
            return None
        told = [*edits, *([last] if last is not None else [])]
        worker, by_account = self._office.host.account, self._office.directory.by_account
        outcome = judge(start, before, told, by_account, worker, known=held is not None)
        return Judged(row, held, outcome, edits[-1].order if edits else "")

    def _ours(self, row: Row) -> bool:
        """Houqin added the row and nobody touched it since."""
        worker = self._office.host.account
        return row.values.get("created_by") == worker and row.values.get("last_modified_by") in (worker, None)

    def _consistent(self, row: Row) -> tuple[Row, list[Edit]]:
        """The row and its new edits, read until the one shows what the other tells."""
        host = self._office.host
        seen = self._office.journal.seen(LOOKED, row.id)
        edits = host.edits(TABLE, row.id, seen)
        for _ in range(TRIES):
            if _shows(row.values, edits):
                break
            row = next(iter(host.rows(TABLE, [row.id])), row)
            edits = host.edits(TABLE, row.id, seen)
        return row, edits

    def _unrecorded(self, held: Held, before: Values, edits: Sequence[Edit], row: Row, now: datetime) -> Edit | None:
        """What stands in the row and no record explains, as an edit with no author."""
        told = dict(before)
        for edit in edits:
            told |= {name: edit.after[name] for name in CELLS if name in edit.after}
        after = {name: row.values.get(name) for name in CELLS if _differ(row.values.get(name), told.get(name))}
        if not after:
            return None
        maker = row.values.get("created_by") if not edits and held.typed is None else None  # no creation on record
        key = f"unrecorded/{held.subject}/{now.isoformat()}"
        return Edit(TABLE, row.id, key, "", now, maker if isinstance(maker, str) else None, "update", told, after)

    # --- keeping ----------------------------------------------------------------------------------------------------
    def _record(self, found: Sequence[Judged], now: datetime) -> None:
        with self._office.journal.write(now=now) as tx:
            for one in found:
                for kind, at, data in one.outcome.events:
                    tx.append(kind, one.held.subject, data, at)
                if one.held != one.before and (one.before is not None or one.held.typed is not None):
                    tx.put_case(one.held.subject, TABLE, one.held.status, one.held.model_dump(mode="json"))
                if one.order:
                    tx.see(LOOKED, one.row.id, one.order)

    def _drop(self, gone: Sequence[Item], now: datetime) -> None:
        """Rows that Houqin itself removed give nothing any more; what anybody else deletes comes back (DG-04)."""
        office = self._office
        for item in gone:
            code = office.journal.numbered(TABLE, item.row_id, item.born)
            data = office.journal.case(f"{TABLE}/{code}") if code else None
            deletion = next((e for e in reversed(office.host.edits(TABLE, item.row_id)) if e.action == "delete"), None)
            if data is None or deletion is None or deletion.account != office.host.account:
                continue
            held = Held.model_validate(data).but(force=None, past=(), proposed=None, proposers=())
            with office.journal.write(now=now) as tx:
                tx.append("parameter_dropped", held.subject, {"account": deletion.account, "edit": deletion.key}, now)
                tx.put_case(held.subject, TABLE, held.status, held.model_dump(mode="json"))

    # --- answering --------------------------------------------------------------------------------------------------
    def _answer(self, judged: Judged, now: datetime) -> None:
        held, row = judged.held, judged.row
        cells: dict[str, Value] = {
            "verified": held.verified,
            "prev_value": held.force.value if held.force is not None and held.proposed is not None else held.previous,
        }
        if held.verified:
            cells["verified_by"] = held.verified_by
        elif judged.before is not None and judged.before.verified:
            cells["verified_by"] = None
        said, stops = self._said(held, row, now)
        standing = str(row.values.get("check_message") or "")
        if said:
            cells |= {"check_message": said, "check_result": "拦截" if stops else "提示"}
        elif standing and not standing.startswith(OTHERS):
            cells |= {"check_message": None, "check_result": None}
        self._hands.want(TABLE, row.id, cells)

    def _said(self, held: Held, row: Row, now: datetime) -> tuple[str, bool]:
        """校验说明, everything at once; and whether something must be put right."""
        terms = held.typed or Terms()
        wrong = [*(unreadable(terms) if held.typed else []), held.refusal]
        unit = other_unit(terms.key, str(row.values.get("unit") or "").strip()) if held.typed else ""
        lines = [*wrong[:-1], pending(held, self._meanwhile(held, now)), held.refusal, unit]
        return "\n".join(dict.fromkeys(line for line in lines if line)), any(wrong)

    def _meanwhile(self, held: Held, now: datetime) -> str:
        """The value that counts while a row that has none in force waits."""
        if held.proposed is None or held.force is not None or not held.proposed.key:
            return ""
        try:
            return self._office.norms.text(held.proposed.key, held.proposed.start or local_date(now))
        except RuleError:
            return ""


def _settled(held: Held, row: Row) -> bool:
    """Nothing in the row that is not known."""
    terms = terms_of(row.values)
    return terms.same(held.typed or Terms()) and terms.verified == held.verified


def _cells(held: Held | None) -> dict[str, Value]:
    """The cells of a row as they were known."""
    terms = held.typed if held is not None and held.typed is not None else Terms()
    known: dict[str, Value] = {"key": terms.key, "value": terms.value, "from_date": terms.start, "to_date": terms.end}
    return {**known, "verified": held is not None and held.verified}


def _shows(row: Values, edits: Sequence[Edit]) -> bool:
    """Whether the row is as the last of these edits left it."""
    last: dict[str, Value] = {}
    for edit in edits:
        last |= {name: value for name, value in edit.after.items() if name in CELLS}
    return not any(_differ(row.get(name), value) for name, value in last.items())


def _differ(one: Value, other: Value) -> bool:
    return (one or None) != (other or None)
