"""What the public pages may know of the school: names of places, which class is asked until when. From the mirror."""

import hmac
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from automations.engine import Office
from automations.tables.base import Row
from automations.web.tokens import ALPHABET

STAGES = ("已收到", "已派单", "处理中", "已办结")
"""How a report goes on, in the words of whoever made it."""
SAID = {
    "已派单": ("已派单", 1),
    "处理中": ("处理中", 2),
    "待复核": ("处理中", 2),
    "挂起待批": ("处理中", 2),
    "挂起": ("暂缓办理", 2),
    "已办结": ("已办结", 3),
    "不予受理": ("不予受理", 0),
}
"""States of an issue as they are told, each with the stage it has reached; any other is only received."""

FRESH_SECONDS = 60
"""How long what was read of the parameters counts before it is read again."""


@dataclass(frozen=True, slots=True)
class Place:
    """A room, as its QR code names it."""

    id: int
    code: str
    title: str


@dataclass(frozen=True, slots=True)
class Survey:
    """The survey of one class; open from the first to the last of these days."""

    class_id: int
    title: str
    opens: date
    closes: date
    called_off: bool = False


@dataclass(frozen=True, slots=True)
class Report:
    """Where a report stands, as its author may know it."""

    code: str
    status: str = STAGES[0]
    stage: int = 0
    place: str = ""
    kind: str = ""
    answer: str = ""


class School:
    """Looks things up for the pages, from any thread."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._read_at = float("-inf")
        self._lock = threading.Lock()

    def name(self, today: date) -> str:
        """The school's full name; "" where nobody filled it in."""
        return self._fresh(today).norms.text("school.name", today).strip()

    def survey(self, class_code: str, today: date) -> Survey | None:
        """The survey of the class with this code, if it is known here."""
        office = self._fresh(today)
        row = office.mirror.find("training_classes", "code", class_code)
        if row is None or not isinstance(ends := row["ends_on"], date):
            return None
        closes = office.calendar.add(ends, office.norms.whole("survey.close_wd", ends))
        return Survey(row.id, _text(row, "name"), ends, closes, row["status"] == "取消")

    def classes_of(self, today: date) -> list[tuple[int, str]]:
        """Classes that are here today: (row id, name)."""
        rows = self._office.mirror.select("training_classes")
        return [(r.id, _text(r, "name")) for r in rows if _here(r, today) and r["status"] != "取消"]

    def place(self, code: str) -> Place | None:
        """The place with this code, named from the building inwards."""
        row = self._office.mirror.find("locations", "code", code)
        return self._place(row, {}) if row is not None else None

    def has_read(self, table: str) -> bool:
        """Whether the worker has read this table yet."""
        return self._office.mirror.cursor(table) is not None

    def places(self) -> list[tuple[Place, str]]:
        """Every place with its kind, in the order of their names."""
        rows = {row.id: row for row in self._office.mirror.select("locations")}
        named = [(self._place(row, rows), _text(row, "kind")) for row in rows.values() if row["code"] and row["name"]]
        return sorted(named, key=lambda pair: (pair[0].title, pair[0].code))

    def report(self, code: str) -> Report:
        """Where the report with this code stands; one that the worker has not added yet was received."""
        row = self._office.mirror.find("issues", "code", code)
        if row is None:
            return Report(code)
        place = self._office.mirror.row("locations", row["location"]) if isinstance(row["location"], int) else None
        status, stage = SAID.get(_text(row, "status"), (STAGES[0], 0))
        return Report(
            code=code,
            status=status,
            stage=stage,
            place=self._place(place, {}).title if place is not None else "",
            kind=_text(row, "kind"),
            answer=_text(row, "hold_reason" if status in ("暂缓办理", "不予受理") else "fix_note"),
        )

    def _place(self, row: Row, known: Mapping[int, Row]) -> Place:
        names, seen, above = [_text(row, "name")], {row.id}, row["parent"]
        while isinstance(above, int) and above not in seen:
            seen.add(above)
            parent = known.get(above) or self._office.mirror.row("locations", above)
            if parent is None:
                break
            names.append(_text(parent, "name"))
            above = parent["parent"]
        return Place(row.id, _text(row, "code"), " ".join(name for name in reversed(names) if name))

    def _fresh(self, today: date) -> Office:
        """The office with parameters at most a minute old. What cannot be read leaves the last calendar in force."""
        with self._lock:
            if time.monotonic() - self._read_at > FRESH_SECONDS:
                self._office.read_norms()
                self._office.reload(today)
                self._read_at = time.monotonic()
        return self._office


def mark(key: bytes, code: str) -> str:
    """What a place's QR code carries beside its code, so that only who stood before it can report for it."""
    digest = hmac.digest(key, f"place:{code}".encode(), "sha256")
    return "".join(ALPHABET[byte % 32] for byte in digest[:10])


def _here(row: Row, today: date) -> bool:
    starts, ends = row["starts_on"], row["ends_on"]
    return isinstance(starts, date) and isinstance(ends, date) and starts <= today <= ends


def _text(row: Row, field: str) -> str:
    value = row[field]
    return value if isinstance(value, str) else ""
