"""The double is held to a real Baserow 1.35.3: recorded exchanges, and the server's own OpenAPI description.

Every recorded request is sent to a fresh double that holds the recorded columns; the answer must have the recorded
status, the same keys and kinds of values, and for errors the same words.
"""

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from ..baserow_double import BaserowDouble
from ..baserow_double.people import join, sign_up
from ..baserow_double.state import Database, Table, User, Workspace, iso
from .baserow_office import DoubleOffice
from .office import ZHOU
from .openapi import complaints
from .world import World, full_row

HERE = Path(__file__).parent
RECORDED = json.loads((HERE / "baserow_exchanges.json").read_text(encoding="utf-8"))
WORLD = RECORDED["world"]
PASSWORD = "<password>"
STORED = "5yNaHPTiqlfnHp92UA4kTsSye0cUd8Mc_b94d27b9934d3e08a52e52d7da7dabfac484efe37a5380ee9088f7ace2efcde9.txt"
STUDENTS = ("Ana", "Ben", "Ana", "Renamed", "x500", "e6", "e7")


class Ghost:
    """A double that holds the world of the recordings, and an administrator's token."""

    def __init__(self, double: BaserowDouble) -> None:
        self.double, self.state = double, double.state
        people = ("admin", "Admin One"), ("robot", "Robot Worker"), ("clerk", "Clerk Ana"), ("head", "Head Bob")
        for mail, name in people:
            sign_up(self.state, {"email": f"{mail}@school.test", "name": name, "password": PASSWORD})
        self.state.workspaces[1] = Workspace(1, "School Office")
        for user in self.state.users.values():
            join(self.state, self.state.workspaces[1], user, "ADMIN" if user.id < 3 else "MEMBER")
        self.state.databases[1] = Database(1, "Office", 1, iso(self.state.clock.now()))
        for about in WORLD["tables"]:
            table = Table(about["id"], about["name"], 1, about["id"])
            table.fields = {f["id"]: json.loads(json.dumps(f)) for f in WORLD["fields"] if f["table_id"] == table.id}
            self.state.tables[table.id] = table
        for kind, number in {
            "field": 300,
            "table": 50,
            "option": 60,
            "view": 40,
            "workspace": 1,
            "database": 1,
        }.items():
            self.state.used(kind, number)
        self.headers = {"Authorization": f"JWT {self.log_in('admin@school.test')}"}
        self.post(4, *({"Name": name, "Fee": f"{n}5.5"} for n, name in enumerate(STUDENTS)))
        self.post(5, {}, {"Title": "Trip form", "Code": "C-1"}, {})
        self.post(6, *({"Subject": f"Leave {n}"} for n in range(1, 6)))

    def log_in(self, email: str) -> str:
        body = {"email": email, "password": PASSWORD}
        return str(requests.post(f"{self.double.url}/api/user/token-auth/", json=body, timeout=5).json()["token"])

    def post(self, table: int, *items: dict[str, Any]) -> None:
        self("POST", f"/api/database/rows/table/{table}/batch/?user_field_names=true", {"items": list(items)})

    def __call__(self, method: str, path: str, body: Any = None) -> requests.Response:
        return requests.request(method, self.double.url + path, json=body, headers=self.headers, timeout=5)

    @property
    def admin(self) -> User:
        return self.state.users[1]


@pytest.fixture
def ghost() -> Iterator[Ghost]:
    with BaserowDouble() as double:
        yield Ghost(double)


def _file(g: Ghost) -> None:
    about = {
        "size": 11,
        "mime_type": "text/plain",
        "original_name": "note é.txt",
        "uploaded_at": "2026-11-23T18:01:10Z",
    }
    g.state.files[STORED] = ({**about, "url": f"{g.double.url}/media/user_files/{STORED}"}, b"hello world")


def _histories(g: Ghost) -> None:
    """The edits that the recorded history of a row with every column tells of, newest last."""
    _file(g)
    for cells in (
        {"Student": [1, 2]},
        {"Amount": "1.5", "Due": "2026-12-01", "Meeting": "2026-12-01T10:30:15.123456+01:00", "Urgent": False},
        {"Status": "Draft"},
        {"Tags": ["A"]},
        {"Details": "a\nb"},
        {"Attachments": [{"name": STORED, "visible_name": "form.txt"}]},
    ):
        g("PATCH", "/api/database/rows/table/5/2/?user_field_names=true", cells)


BEFORE: dict[str, Callable[[Ghost], object]] = {
    "settings.public": lambda g: g.state.users.clear(),
    "admin.users.create": lambda g: g.state.users.pop(2),
    "workspace.invite.accept": lambda g: g.state.invitations.update(
        {1: {"id": 1, "workspace": 1, "email": "admin@school.test", "permissions": "ADMIN"}}
    ),
    "row.get_deleted": lambda g: g("DELETE", "/api/database/rows/table/4/5/"),
    "row.delete_again": lambda g: g("DELETE", "/api/database/rows/table/4/5/"),
    "row.patch_deleted": lambda g: g("DELETE", "/api/database/rows/table/4/5/"),
    "trash.contents": lambda g: g("DELETE", "/api/database/rows/table/4/5/"),
    "trash.restore_row": lambda g: g("DELETE", "/api/database/rows/table/4/5/"),
    "trash.restore_rows": lambda g: g("POST", "/api/database/rows/table/4/batch-delete/", {"items": [6, 7]}),
    "row.patch.file": _file,
    "row.history": lambda g: g("PATCH", "/api/database/rows/table/6/1/?user_field_names=true", {"State": "Draft"}),
    "row.history_all_types": _histories,
    "row.history_deleted": lambda g: g("DELETE", "/api/database/rows/table/6/4/"),
    "webhook.list": lambda g: g(
        "POST", "/api/database/webhooks/table/6/", {"name": "hook", "url": "http://127.0.0.1:9"}
    ),
    "webhook.delete": lambda g: [
        g("POST", "/api/database/webhooks/table/6/", {"name": "hook", "url": "http://127.0.0.1:9"}) for _ in range(2)
    ],
    "view.form_field_options": lambda g: g.state.views.update({7: {"id": 7, "type": "form", "table_id": 6}}),
    "view.grid_field_options": lambda g: g.state.views.update({33: {"id": 33, "type": "grid", "table_id": 6}}),
    "rows.list_deleted_table": lambda g: g("DELETE", "/api/database/tables/46/"),
    "schema.conflict_409": lambda g: (
        g.state.tables.update({39: Table(39, "T", 1, 39)}),
        g.double.fault("409", "POST", "/fields/"),
    ),
    "throttle.429": lambda g: g.double.fault("429", "GET", "/rows/"),
    "perm.outsider_reads_rows": lambda g: g.state.workspaces[1].members.pop(0),
}
"""What had happened on the recorded server just before."""


def set_back(g: Ghost, exchange: dict[str, Any]) -> None:
    """Bring the world to the moment of the recording: columns made later are not there yet."""
    name, body = exchange["name"], exchange["request"]["body"]
    if name.startswith("field.create.") and exchange["response"]["status"] == 200:
        fields = g.state.tables[5].fields
        for number in [n for n, raw in fields.items() if raw["name"] == body["name"]]:
            del fields[number]
    if "/table/4/" in exchange["request"]["path"] and '"LM"' not in json.dumps(exchange["response"]["body"]):
        g.state.tables[4].fields = {n: raw for n, raw in g.state.tables[4].fields.items() if n not in (49, 50)}
    BEFORE.get(name, lambda g: None)(g)


def same_kind(real: Any, ours: Any, where: str, wrong: list[str]) -> None:
    """Same keys and kinds of values; null fits everything, and every id, time and address is its own."""
    left_out = set(WORLD["left_out"])
    if real is None or ours is None:
        return
    if isinstance(real, dict) and isinstance(ours, dict):
        numbered = bool(real) and all(key.isdigit() for key in real)
        if not numbered and where.rpartition(".")[2] not in ("before", "after", "fields_metadata"):
            missing, extra = set(real) - set(ours) - left_out, set(ours) - set(real)
            if missing or extra:
                wrong.append(f"{where}: without {sorted(missing)}, beside {sorted(extra)}")
        for key in set(real) & set(ours):
            same_kind(real[key], ours[key], f"{where}.{key}", wrong)
    elif isinstance(real, list) and isinstance(ours, list):
        for place, item in enumerate(ours if real else ()):
            same_kind(real[min(place, len(real) - 1)], item, f"{where}[{place}]", wrong)
    elif type(real) is not type(ours) and {type(real), type(ours)} != {int, float}:
        wrong.append(f"{where}: {real!r} is a {type(real).__name__}, ours is {ours!r}")


@pytest.mark.parametrize("exchange", RECORDED["exchanges"], ids=lambda exchange: exchange["name"])
def test_the_double_answers_as_recorded(ghost: Ghost, exchange: dict[str, Any]) -> None:
    set_back(ghost, exchange)
    request, real = exchange["request"], exchange["response"]
    headers: dict[str, str] = {}
    if request["auth"] != "none":
        headers["Authorization"] = ghost.headers["Authorization"]
    if exchange["name"] == "auth.bad_jwt":
        headers["Authorization"] = "JWT nope"
    body = request["body"]
    more: dict[str, Any] = {"json": body} if body is not None else {}
    if exchange["name"] == "auth.refresh":
        login = {"email": "admin@school.test", "password": PASSWORD}
        found = requests.post(f"{ghost.double.url}/api/user/token-auth/", json=login, timeout=5).json()
        more = {"json": {"refresh_token": found["refresh_token"]}}
    elif exchange["name"] == "auth.login_bad":
        more = {"json": {**body, "password": "another"}}
    elif body == "<multipart>":
        more = {"files": {"file": ("note é.txt", b"hello world", "text/plain")}}
    elif body == "<raw>":
        more = {"data": "{bad", "headers": {"Content-Type": "application/json"}}
    headers |= more.pop("headers", {})
    answer = requests.request(request["method"], ghost.double.url + request["path"], headers=headers, timeout=5, **more)
    assert answer.status_code == real["status"], answer.text
    for name, value in real["headers"].items():
        assert answer.headers[name] == value
    if real["body"] is None:
        assert not answer.content
    elif isinstance(real["body"], str):
        assert answer.text == real["body"]
    elif answer.status_code >= 400:
        assert answer.json() == real["body"]
    else:
        wrong: list[str] = []
        same_kind(real["body"], answer.json(), "", wrong)
        assert wrong == []


def test_the_recordings_hold_no_secret_and_no_machine() -> None:
    text = (HERE / "baserow_exchanges.json").read_text(encoding="utf-8")
    assert len(text) < 300_000
    assert "eyJ" not in text and not re.search(r"/(root|home|work|Users)/", text)


def test_the_history_of_a_row_tells_values_as_recorded(ghost: Ghost) -> None:
    """Kinds of values per column type, also where one history happens to hold other columns than the other."""
    _histories(ghost)
    [recorded] = [e for e in RECORDED["exchanges"] if e["name"] == "row.history_all_types"]
    ours = ghost("GET", "/api/database/rows/table/5/2/history/").json()["results"]

    def spelling(value: Any) -> str:
        if isinstance(value, list):
            return "list of " + (spelling(value[0]) if value else "nothing")
        if isinstance(value, dict):
            return str(sorted(value))
        if isinstance(value, str) and len(value) > 10 and value[4:5] == "-" and value[10] in " T":
            return f"moment with {value[10]!r} and offset {value[-6:]}"
        return type(value).__name__

    def kinds(entries: list[dict[str, Any]]) -> dict[str, set[str]]:
        found: dict[str, set[str]] = {}
        for entry in entries:
            for key, value in [*entry["before"].items(), *entry["after"].items()]:
                if value not in (None, []):
                    found.setdefault(key, set()).add(spelling(value))
        return found

    real, mine = kinds(recorded["response"]["body"]["results"]), kinds(ours)
    assert len(mine) >= 9
    assert {key: mine[key] for key in mine if key in real} == {key: real[key] for key in mine if key in real}


def test_the_description_is_true_of_the_real_server() -> None:
    checked, wrong = 0, []
    for exchange in RECORDED["exchanges"]:
        request, real = exchange["request"], exchange["response"]
        found = complaints(request["method"], request["path"].partition("?")[0], real["status"], real["body"])
        checked += found is not None
        wrong += [f"{exchange['name']}: {text}" for text in found or ()]
    assert checked > 70
    assert wrong == []


def test_every_answer_of_a_contract_day_fits_the_servers_description() -> None:
    """Where the description is usable: it knows no cells, so rows are checked for their frame."""
    with BaserowDouble() as double:
        world = World(DoubleOffice(double))
        row_id = full_row(world)
        world.li.update("claims", {row_id: {"title": "改过", "related": ()}})
        world.worker.changed("claims", None)
        world.worker.ids("claims")
        world.worker.edits("claims", row_id)
        row = world.worker.rows("claims", [row_id])[0]
        world.worker.describe()
        world.zhou.delete("claims", [row_id])
        world.worker.restore("claims", row)
        world.worker.accounts()
        world.worker.subscribe("http://127.0.0.1:9/hint", "geheim")
        assert ZHOU in {account.email for account in world.worker.accounts()}
        checked, wrong = 0, []
        for seen in double.seen:
            found = complaints(seen.method, seen.path, seen.status, seen.body)
            checked += found is not None
            wrong += [f"{seen.method} {seen.path}: {text}" for text in found or ()]
    assert checked > 60
    assert wrong == []
