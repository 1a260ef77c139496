"""What the double knows: users, workspaces, tables, columns, rows, history, trash, files, hooks."""

import itertools
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any


class Refuse(Exception):
    """An error answer."""

    def __init__(self, status: int, error: str = "", detail: Any = "", **headers: str) -> None:
        super().__init__(error)
        self.status = status
        self.body = {"error": error, "detail": detail} if error else {"detail": detail}
        self.headers = headers


class Clock:
    """Time of the server: the machine's, moved on by tests, never the same microsecond twice."""

    def __init__(self) -> None:
        self._ahead = timedelta()
        self._last = datetime.min.replace(tzinfo=UTC)
        self._lock = threading.Lock()

    def now(self) -> datetime:
        with self._lock:
            self._last = max(datetime.now(UTC) + self._ahead, self._last + timedelta(microseconds=1))
            return self._last

    def advance(self, seconds: float) -> None:
        self._ahead += timedelta(seconds=seconds)


@dataclass
class User:
    id: int
    email: str
    name: str
    password: str
    staff: bool = False
    active: bool = True
    joined: str = ""


@dataclass
class Workspace:
    id: int
    name: str
    members: list[dict[str, Any]] = field(default_factory=list)


@dataclass
class Row:
    id: int
    order: int
    cells: dict[int, Any]
    created: datetime
    modified: datetime
    created_by: int | None
    modified_by: int | None
    trashed: bool = False


@dataclass
class Table:
    id: int
    name: str
    database: int
    order: int
    fields: dict[int, dict[str, Any]] = field(default_factory=dict)
    rows: dict[int, Row] = field(default_factory=dict)
    trashed_fields: dict[int, dict[str, Any]] = field(default_factory=dict)
    trashed: bool = False
    ids: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    @property
    def living(self) -> dict[int, Row]:
        return {row.id: row for row in self.rows.values() if not row.trashed}

    @property
    def primary(self) -> dict[str, Any]:
        return next(f for f in self.fields.values() if f["primary"])

    def answer(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "name": self.name,
            "order": self.order,
            "database_id": self.database,
            "data_sync": None,
        }


@dataclass
class Database:
    id: int
    name: str
    workspace: int
    created: str


class State:
    """Everything, behind one lock."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.clock = Clock()
        self.lag = 0.0
        self.users: dict[int, User] = {}
        self.access: dict[str, tuple[int, datetime]] = {}
        self.refresh: dict[str, tuple[int, datetime]] = {}
        self.workspaces: dict[int, Workspace] = {}
        self.invitations: dict[int, dict[str, Any]] = {}
        self.databases: dict[int, Database] = {}
        self.tables: dict[int, Table] = {}
        self.views: dict[int, dict[str, Any]] = {}
        self.view_rules: list[dict[str, Any]] = []
        self.hooks: dict[int, dict[str, Any]] = {}
        self.history: dict[tuple[int, int], list[dict[str, Any]]] = {}
        self.trash: list[dict[str, Any]] = []
        self.bundles: dict[int, list[int]] = {}
        self.files: dict[str, tuple[dict[str, Any], bytes]] = {}
        self._counters: dict[str, int] = {"membership": 100}  # numbered apart from users, as on a real server

    def next(self, kind: str) -> int:
        self._counters[kind] = self._counters.get(kind, 0) + 1
        return self._counters[kind]

    def used(self, kind: str, number: int) -> None:
        """An id given by a test's world: later ones are higher."""
        self._counters[kind] = max(self._counters.get(kind, 0), number)

    def stamp(self) -> datetime:
        """A write's own stamp: taken when it begins, up to ``lag`` seconds before anybody sees the row (fact 1)."""
        return self.clock.now() - timedelta(seconds=self.lag)

    def table(self, number: int) -> Table:
        table = self.tables.get(number)
        if table is None or table.trashed:
            raise Refuse(404, "ERROR_TABLE_DOES_NOT_EXIST", "The requested table does not exist.")
        return table

    def field(self, number: int) -> tuple[Table, dict[str, Any]]:
        for table in self.tables.values():
            if number in table.fields:
                return table, table.fields[number]
        raise Refuse(404, "ERROR_FIELD_DOES_NOT_EXIST", "The requested field does not exist.")

    def member(self, user: User, workspace: int) -> None:
        if not any(m["user_id"] == user.id for m in self.workspaces[workspace].members):
            raise Refuse(400, "ERROR_USER_NOT_IN_GROUP", "")

    def admit(self, user: User, table: Table) -> Table:
        self.member(user, self.databases[table.database].workspace)
        return table


def iso(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
