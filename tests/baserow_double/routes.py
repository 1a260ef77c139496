"""What the double answers where: one small function per endpoint."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from . import people, rows, schema
from .state import User, iso

if TYPE_CHECKING:
    from .server import BaserowDouble


@dataclass
class Call:
    """One call as it was asked."""

    user: User | None
    query: dict[str, str]
    body: Any
    path: str = ""
    content: tuple[str, str, bytes] | None = None


Handle = Callable[..., Any]
ROUTES: list[tuple[str, str, Handle, bool]] = []


def route(method: str, pattern: str, free: bool = False) -> Callable[[Handle], Handle]:
    def keep(handler: Handle) -> Handle:
        ROUTES.append((method, pattern.replace("#", r"(\d+)"), handler, free))
        return handler

    return keep


# --- people -------------------------------------------------------------------------------------------------------
@route("GET", "/api/_health/", free=True)
def _health(d: "BaserowDouble", c: Call) -> Any:
    return "OK"


@route("GET", "/api/settings/", free=True)
def _settings(d: "BaserowDouble", c: Call) -> Any:
    return {
        "allow_new_signups": True,
        "allow_signups_via_workspace_invitations": True,
        "allow_reset_password": True,
        "allow_global_workspace_creation": True,
        "account_deletion_grace_delay": 30,
        "show_admin_signup_page": not d.state.users,
        "track_workspace_usage": False,
        "show_baserow_help_request": True,
        "co_branding_logo": None,
        "email_verification": "no_verification",
        "verify_import_signature": True,
    }


@route("POST", "/api/user/", free=True)
def _sign_up(d: "BaserowDouble", c: Call) -> Any:
    people.sign_up(d.state, c.body)
    session = people.log_in(d.state, c.body)
    return session if c.body.get("authenticate") else {"user": session["user"]}


@route("POST", "/api/user/token-auth/", free=True)
def _log_in(d: "BaserowDouble", c: Call) -> Any:
    return people.log_in(d.state, c.body)


@route("POST", "/api/user/token-refresh/", free=True)
def _refresh(d: "BaserowDouble", c: Call) -> Any:
    return people.refresh(d.state, c.body)


@route("GET", "/api/admin/users/")
def _users(d: "BaserowDouble", c: Call) -> Any:
    users = [u for u in d.state.users.values() if c.query.get("search", "") in u.email]
    results = [people.admin_view(d.state, u) for u in users]
    return {"count": len(users), "next": None, "previous": None, "results": results}


@route("POST", "/api/admin/users/")
def _new_user(d: "BaserowDouble", c: Call) -> Any:
    body = {"email": c.body["username"], "name": c.body["name"], "password": c.body["password"]}
    return people.admin_view(d.state, people.sign_up(d.state, body, c.body["is_staff"]))


@route("GET", "/api/workspaces/")
def _workspaces(d: "BaserowDouble", c: Call) -> Any:
    return people.workspaces(d.state, _me(c))


@route("POST", "/api/workspaces/")
def _new_workspace(d: "BaserowDouble", c: Call) -> Any:
    return people.create_workspace(d.state, _me(c), c.body)


@route("POST", "/api/workspaces/invitations/workspace/#/")
def _invite(d: "BaserowDouble", c: Call, workspace: int) -> Any:
    return people.invite(d.state, workspace, c.body, "127.0.0.1")


@route("POST", "/api/workspaces/invitations/#/accept/")
def _accept(d: "BaserowDouble", c: Call, number: int) -> Any:
    return people.accept(d.state, _me(c), number)


def _me(c: Call) -> User:
    assert c.user is not None
    return c.user


# --- databases, tables, columns -----------------------------------------------------------------------------------
@route("GET", "/api/applications/")
def _applications(d: "BaserowDouble", c: Call) -> Any:
    mine = {w["id"] for w in people.workspaces(d.state, _me(c))}
    return [people.application(d.state, a) for a in d.state.databases.values() if a.workspace in mine]


@route("GET", "/api/applications/workspace/#/")
def _applications_of(d: "BaserowDouble", c: Call, workspace: int) -> Any:
    d.state.member(_me(c), workspace)
    return [people.application(d.state, a) for a in d.state.databases.values() if a.workspace == workspace]


@route("POST", "/api/applications/workspace/#/")
def _new_application(d: "BaserowDouble", c: Call, workspace: int) -> Any:
    number = d.state.next("database")
    made = people.Database(number, c.body["name"], workspace, iso(d.clock.now()))
    d.state.databases[number] = made
    return people.application(d.state, made)


@route("GET", "/api/database/tables/database/#/")
def _tables(d: "BaserowDouble", c: Call, database: int) -> Any:
    d.state.member(_me(c), d.state.databases[database].workspace)
    return [t.answer() for t in d.state.tables.values() if t.database == database and not t.trashed]


@route("POST", "/api/database/tables/database/#/")
def _new_table(d: "BaserowDouble", c: Call, database: int) -> Any:
    return schema.create_table(d.state, _me(c), database, c.body)


@route("PATCH", "/api/database/tables/#/")
def _rename_table(d: "BaserowDouble", c: Call, table: int) -> Any:
    d.state.table(table).name = c.body["name"]
    return d.state.table(table).answer()


@route("DELETE", "/api/database/tables/#/")
def _delete_table(d: "BaserowDouble", c: Call, table: int) -> Any:
    d.state.table(table).trashed = True


@route("GET", "/api/database/fields/table/#/")
def _fields(d: "BaserowDouble", c: Call, table: int) -> Any:
    return schema.fields(d.state.admit(_me(c), d.state.table(table)))


@route("POST", "/api/database/fields/table/#/")
def _new_field(d: "BaserowDouble", c: Call, table: int) -> Any:
    return schema.create_field(d.state, _me(c), d.state.table(table), c.body)


@route("PATCH", "/api/database/fields/#/")
def _change_field(d: "BaserowDouble", c: Call, number: int) -> Any:
    return schema.update_field(d.state, _me(c), number, c.body)


@route("DELETE", "/api/database/fields/#/")
def _delete_field(d: "BaserowDouble", c: Call, number: int) -> Any:
    return schema.delete_field(d.state, number)


# --- views and hooks ----------------------------------------------------------------------------------------------
@route("GET", "/api/database/views/table/#/")
def _views(d: "BaserowDouble", c: Call, table: int) -> Any:
    return [v for v in d.state.views.values() if v["table_id"] == d.state.table(table).id]


@route("POST", "/api/database/views/table/#/")
def _new_view(d: "BaserowDouble", c: Call, table: int) -> Any:
    return schema.create_view(d.state, _me(c), d.state.table(table), c.body)


@route("POST", "/api/database/views/#/filters/")
def _new_filter(d: "BaserowDouble", c: Call, view: int) -> Any:
    return schema.rule(d.state, view, "filters", c.body)


@route("POST", "/api/database/views/#/filter-groups/")
def _new_group(d: "BaserowDouble", c: Call, view: int) -> Any:
    return schema.rule(d.state, view, "filter-groups", c.body)


@route("POST", "/api/database/views/#/sortings/")
def _new_sort(d: "BaserowDouble", c: Call, view: int) -> Any:
    return schema.rule(d.state, view, "sortings", c.body)


@route("PATCH", "/api/database/views/#/field-options/")
def _field_options(d: "BaserowDouble", c: Call, view: int) -> Any:
    return schema.field_options(d.state, view, c.body)


@route("POST", r"/api/database/views/form/[\w-]+/submit/", free=True)
def _submit(d: "BaserowDouble", c: Call) -> Any:
    slug = c.path.split("/")[-3]
    [view] = [v for v in d.state.views.values() if v["slug"] == slug and v["public"]]
    made = rows.create(d.state, None, d.state.table(view["table_id"]), [c.body], {}, single=True)
    d.knock(view["table_id"], "rows.created", {"items": made})
    return {
        "submit_action": view["submit_action"],
        "submit_action_message": view["submit_action_message"],
        "submit_action_redirect_url": "",
        "row_id": made[0]["id"],
    }


@route("GET", "/api/database/webhooks/table/#/")
def _hooks(d: "BaserowDouble", c: Call, table: int) -> Any:
    return [schema.hook_answer(h) for h in d.state.hooks.values() if h["table"] == table]


@route("POST", "/api/database/webhooks/table/#/")
def _new_hook(d: "BaserowDouble", c: Call, table: int) -> Any:
    return schema.create_hook(d.state, d.state.table(table), c.body)


@route("PATCH", "/api/database/webhooks/#/")
def _change_hook(d: "BaserowDouble", c: Call, number: int) -> Any:
    return schema.update_hook(d.state, number, c.body)


@route("DELETE", "/api/database/webhooks/#/")
def _delete_hook(d: "BaserowDouble", c: Call, number: int) -> Any:
    del d.state.hooks[number]


# --- rows ---------------------------------------------------------------------------------------------------------
def _rows_of(d: "BaserowDouble", c: Call, table: int) -> Any:
    return d.state.admit(_me(c), d.state.table(table))


def _quiet(c: Call) -> bool:
    return c.query.get("send_webhook_events") == "false"


@route("GET", "/api/database/rows/table/#/")
def _list(d: "BaserowDouble", c: Call, table: int) -> Any:
    base = f"{d.url}/api/database/rows/table/{table}/"
    return rows.listing(d.state, _me(c), _rows_of(d, c, table), c.query, base)


@route("POST", "/api/database/rows/table/#/")
def _create(d: "BaserowDouble", c: Call, table: int) -> Any:
    made = rows.create(d.state, _me(c), _rows_of(d, c, table), [c.body], c.query, single=True)
    if not _quiet(c):
        d.knock(table, "rows.created", {"items": made})
    return made[0]


@route("POST", "/api/database/rows/table/#/batch/")
def _create_many(d: "BaserowDouble", c: Call, table: int) -> Any:
    made = rows.create(d.state, _me(c), _rows_of(d, c, table), c.body["items"], c.query)
    if not _quiet(c):
        d.knock(table, "rows.created", {"items": made})
    return {"items": made}


@route("PATCH", "/api/database/rows/table/#/batch/")
def _update_many(d: "BaserowDouble", c: Call, table: int) -> Any:
    changed = rows.update(d.state, _me(c), _rows_of(d, c, table), c.body["items"], c.query)
    if not _quiet(c):
        d.knock(table, "rows.updated", {"items": changed})
    answer: dict[str, Any] = {"items": changed}
    return answer


@route("POST", "/api/database/rows/table/#/batch-delete/")
def _delete_many(d: "BaserowDouble", c: Call, table: int) -> Any:
    rows.delete_many(d.state, _me(c), _rows_of(d, c, table), c.body["items"])
    if not _quiet(c):
        d.knock(table, "rows.deleted", {"row_ids": c.body["items"]})


@route("GET", "/api/database/rows/table/#/#/")
def _get(d: "BaserowDouble", c: Call, table: int, row: int) -> Any:
    return rows.single(d.state, _rows_of(d, c, table), row, c.query)


@route("PATCH", "/api/database/rows/table/#/#/")
def _update(d: "BaserowDouble", c: Call, table: int, row: int) -> Any:
    changed = rows.patch(d.state, _me(c), _rows_of(d, c, table), row, c.body, c.query)
    if not _quiet(c):
        d.knock(table, "rows.updated", {"items": [changed]})
    return changed


@route("DELETE", "/api/database/rows/table/#/#/")
def _delete(d: "BaserowDouble", c: Call, table: int, row: int) -> Any:
    rows.delete(d.state, _me(c), _rows_of(d, c, table), row)
    if not _quiet(c):
        d.knock(table, "rows.deleted", {"row_ids": [row]})


@route("GET", "/api/database/rows/table/#/#/history/")
def _history(d: "BaserowDouble", c: Call, table: int, row: int) -> Any:
    base = f"{d.url}/api/database/rows/table/{table}/{row}/history/"
    return rows.history(d.state, _rows_of(d, c, table), row, c.query, base)


@route("GET", "/api/database/rows/names/")
def _names(d: "BaserowDouble", c: Call) -> Any:
    return rows.names(d.state, _me(c), c.query)


@route("GET", "/api/trash/workspace/#/")
def _trash(d: "BaserowDouble", c: Call, workspace: int) -> Any:
    found = [e for e in d.state.trash if e["workspace"] == workspace]
    return {"count": len(found), "next": None, "previous": None, "results": found}


@route("DELETE", "/api/trash/workspace/#/")
def _empty_trash(d: "BaserowDouble", c: Call, workspace: int) -> Any:
    d.state.trash = [e for e in d.state.trash if e["workspace"] != workspace]


@route("PATCH", "/api/trash/restore/")
def _restore(d: "BaserowDouble", c: Call) -> Any:
    rows.restore(d.state, _me(c), c.body)


@route("POST", "/api/user-files/upload-file/")
def _upload(d: "BaserowDouble", c: Call) -> Any:
    assert c.content is not None
    return people.upload(d.state, *c.content, root=d.url)
