"""The things one pass works with, and how a value reads in a message."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from automations.approvals.case import APPROVED
from automations.approvals.declaration import Approval
from automations.approvals.words import clock, money
from automations.confirming import Held, norms_of
from automations.errors import RuleError
from automations.journal import Journal
from automations.mirror import Mirror
from automations.norms import Norms
from automations.people import GONE, Directory
from automations.schema import Field, Schema
from automations.tables.base import Host, Row
from automations.tables.values import File, Value
from automations.workdays import Calendar


@dataclass
class Office:
    """The school's tables and stores, with the directory and parameters of this pass.

    Attributes:
        approvals: Sign-offs by table.
    """

    host: Host
    mirror: Mirror
    journal: Journal
    schema: Schema
    approvals: Mapping[str, Approval]
    calendar: Calendar = field(default_factory=Calendar)
    directory: Directory = field(default_factory=lambda: Directory((), ()))
    norms: Norms = field(default_factory=Norms)
    _read: dict[str, int] = field(default_factory=dict)
    _overrides: str | None = None

    def reload(self, today: date) -> list[str]:
        """Read people, departments and parameters as far as they changed; what cannot be read."""
        self.reload_people()
        if self._moved("settings"):
            self.read_norms()
        try:
            overrides = self.norms.text("calendar.override", today)
            if overrides != self._overrides:
                self.calendar, self._overrides = Calendar.of(overrides), overrides
        except RuleError as error:
            return [str(error)]  # the calendar of the last pass stays in force
        return []

    def reload_people(self) -> None:
        """Read people and departments from the mirror if they changed."""
        if self._moved("people", "departments"):
            people = [self._as_signed(row) for row in self.mirror.select("people")]
            self.directory = Directory.from_rows(people, self.mirror.select("departments"))

    def read_norms(self) -> None:
        """Parameters as two people put them in force, from the journal: what stands in a cell counts for nothing."""
        rows = (Held.model_validate(case.data) for case in self.journal.cases("settings"))
        self.norms = Norms(norms_of(rows))

    def _as_signed(self, row: Row) -> Row:
        """A person is gone when that was signed, not when somebody typed it: else one cell would unseat a signer."""
        if row["status"] != GONE or "people" not in self.approvals:
            return row
        case = self.journal.case(f"people/{row['code']}") if row["code"] else None
        ours = row["created_by"] == self.host.account and row["last_modified_by"] in (self.host.account, None)
        known = ours if case is None else case["status"] == APPROVED
        return row if known else Row(row.id, {**row.values, "status": None}, row.born, row.stamp)

    def _moved(self, *tables: str) -> bool:
        """Whether rows of these tables were written since this was asked last."""
        now = {t: self.mirror.versions[t] for t in tables}
        moved = any(self._read.get(t) != version for t, version in now.items())
        self._read |= now
        return moved

    def show(self, field: Field, value: Value) -> str:
        """A value as people read it: names for links, thousands separators, 是/否, 空 for nothing."""
        if value is None or value == () or value == "":
            return "空"
        if isinstance(value, bool):
            return "是" if value else "否"
        if isinstance(value, Decimal):
            return money(value) if field.type == "money" else f"{value.normalize():f}"
        if isinstance(value, datetime):
            return clock(value)
        if isinstance(value, date):
            return value.isoformat()
        if isinstance(value, int):
            return self._linked(field, value)
        if isinstance(value, tuple):
            return "、".join(
                v.name if isinstance(v, File) else self._linked(field, v) if isinstance(v, int) else v for v in value
            )
        return value

    def _linked(self, field: Field, row_id: int) -> str:
        if field.type in ("person", "persons"):
            return self.directory.name(row_id)
        if field.to is None:
            return str(row_id)
        row = self.mirror.row(field.to, row_id)
        return str(row[self.schema[field.to].display] or row["code"] or row_id) if row else f"（已删除的第{row_id}行）"
