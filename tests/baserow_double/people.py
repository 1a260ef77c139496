"""Accounts, workspaces, databases and files of the double."""

import hashlib
import secrets
import string
from datetime import timedelta
from typing import Any

from .state import Database, Refuse, State, User, Workspace, iso

ACCESS = timedelta(minutes=10)
REFRESH = timedelta(days=7)


LANGUAGES = ("en", "fr", "nl", "de", "es", "it", "pl", "ko")


def sign_up(state: State, body: dict[str, Any], staff: bool = False) -> User:
    if body.get("language", "en") not in LANGUAGES:  # measured on 1.35.3
        raise Refuse(400, "ERROR_REQUEST_BODY_VALIDATION", {"language": [{"error": "Language not supported."}]})
    if any(u.email == body["email"] for u in state.users.values()):
        raise Refuse(400, "ERROR_EMAIL_ALREADY_EXISTS", "")
    first = not state.users
    user = User(state.next("user"), body["email"], body["name"], body["password"], staff or first)
    user.joined = iso(state.clock.now())
    state.users[user.id] = user
    return user


def _person(user: User) -> dict[str, Any]:
    return {
        "first_name": user.name,
        "username": user.email,
        "is_staff": user.staff,
        "id": user.id,
        "language": "en",
        "email_notification_frequency": "instant",
        "email_verified": False,
        "completed_onboarding": False,
        "completed_guided_tours": [],
    }


def _session(user: User, access: str) -> dict[str, Any]:
    return {
        "token": access,
        "access_token": access,
        "user": _person(user),
        "permissions": [{"name": "core", "permissions": ["list_workspaces"]}],
        "user_notifications": {"unread_count": 0},
    }


def _access(state: State, user: User) -> str:
    token = f"{secrets.token_urlsafe(12)}.{secrets.token_urlsafe(24)}.{secrets.token_urlsafe(16)}"
    state.access[token] = (user.id, state.clock.now() + ACCESS)
    return token


def log_in(state: State, body: dict[str, Any]) -> dict[str, Any]:
    for user in state.users.values():
        if user.email == body["email"] and user.password == body["password"]:
            if not user.active:
                raise Refuse(401, "ERROR_DEACTIVATED_USER", "User account has been disabled.")
            refresh = f"{secrets.token_urlsafe(12)}.{secrets.token_urlsafe(24)}.{secrets.token_urlsafe(16)}"
            state.refresh[refresh] = (user.id, state.clock.now() + REFRESH)
            session = _session(user, _access(state, user))
            return {**session, "refresh_token": refresh, "user_session": secrets.token_hex(16)}
    raise Refuse(401, "ERROR_INVALID_CREDENTIALS", "No active account found with the given credentials.")


def refresh(state: State, body: dict[str, Any]) -> dict[str, Any]:
    """A new access token, no new refresh token."""
    user_id, until = state.refresh.get(body["refresh_token"], (0, state.clock.now()))
    if user_id not in state.users or until <= state.clock.now() or not state.users[user_id].active:
        raise Refuse(401, "ERROR_INVALID_REFRESH_TOKEN", "Refresh token is expired or invalid.")
    user = state.users[user_id]
    return _session(user, _access(state, user))


def who(state: State, header: str) -> User:
    scheme, _, token = header.partition(" ")
    if scheme != "JWT":
        raise Refuse(401, "", "Authentication credentials were not provided.")
    user_id, until = state.access.get(token, (0, state.clock.now()))
    if until <= state.clock.now() or not state.users[user_id].active:
        raise Refuse(401, "ERROR_INVALID_ACCESS_TOKEN", "Access token is expired or invalid.")
    return state.users[user_id]


def admin_view(state: State, user: User) -> dict[str, Any]:
    inside = [
        {"id": w.id, "name": w.name, "permissions": m["permissions"]}
        for w in state.workspaces.values()
        for m in w.members
        if m["user_id"] == user.id
    ]
    return {
        "id": user.id,
        "username": user.email,
        "name": user.name,
        "workspaces": inside,
        "last_login": None,
        "date_joined": user.joined,
        "is_active": user.active,
        "is_staff": user.staff,
    }


def workspaces(state: State, user: User) -> list[dict[str, Any]]:
    return [
        workspace_answer(w, user) for w in state.workspaces.values() if any(m["user_id"] == user.id for m in w.members)
    ]


def workspace_answer(workspace: Workspace, user: User) -> dict[str, Any]:
    mine = next(m for m in workspace.members if m["user_id"] == user.id)
    return {
        "id": workspace.id,
        "name": workspace.name,
        "users": workspace.members,
        "order": workspace.id,
        "permissions": mine["permissions"],
        "generative_ai_models_enabled": {},
    }


def create_workspace(state: State, user: User, body: dict[str, Any]) -> dict[str, Any]:
    workspace = Workspace(state.next("workspace"), body["name"])
    state.workspaces[workspace.id] = workspace
    join(state, workspace, user, "ADMIN")
    return workspace_answer(workspace, user)


def join(state: State, workspace: Workspace, user: User, role: str) -> None:
    workspace.members.append(
        {
            "id": state.next("membership"),
            "name": user.name,
            "email": user.email,
            "workspace": workspace.id,
            "permissions": role,
            "created_on": iso(state.clock.now()),
            "user_id": user.id,
            "to_be_deleted": False,
        }
    )


def invite(state: State, workspace: int, body: dict[str, Any], host: str) -> dict[str, Any]:
    if host not in body["base_url"]:
        raise Refuse(400, "ERROR_HOSTNAME_IS_NOT_ALLOWED", "Only the hostname of the web frontend is allowed.")
    invitation = {
        "id": state.next("invitation"),
        "workspace": workspace,
        "email": body["email"],
        "permissions": body["permissions"],
        "message": "",
        "created_on": iso(state.clock.now()),
    }
    state.invitations[invitation["id"]] = invitation
    return invitation


def accept(state: State, user: User, number: int) -> dict[str, Any]:
    invitation = state.invitations.get(number)
    if invitation is None or invitation["email"] != user.email:
        raise Refuse(
            400, "ERROR_GROUP_INVITATION_EMAIL_MISMATCH", "Your email address does not match with the invitation."
        )
    del state.invitations[number]
    workspace = state.workspaces[invitation["workspace"]]
    join(state, workspace, user, invitation["permissions"])
    return workspace_answer(workspace, user)


def application(state: State, database: Database) -> dict[str, Any]:
    tables = [t for t in state.tables.values() if t.database == database.id and not t.trashed]
    return {
        "id": database.id,
        "name": database.name,
        "order": database.id,
        "type": "database",
        "workspace": {
            "id": database.workspace,
            "name": state.workspaces[database.workspace].name,
            "generative_ai_models_enabled": {},
        },
        "created_on": database.created,
        "tables": [t.answer() for t in tables],
    }


def upload(state: State, name: str, mime: str, content: bytes, root: str) -> dict[str, Any]:
    """Every upload gets a new stored name with the content's digest in it."""
    start = "".join(secrets.choice(string.ascii_letters + string.digits) for _ in range(32))
    ending = name.rpartition(".")[2] if "." in name else ""
    stored = f"{start}_{hashlib.sha256(content).hexdigest()}.{ending}"
    about = {
        "size": len(content),
        "mime_type": mime,
        "is_image": False,
        "image_width": None,
        "image_height": None,
        "uploaded_at": iso(state.clock.now()),
        "url": f"{root}/media/user_files/{stored}",
        "thumbnails": None,
        "name": stored,
        "original_name": name,
    }
    state.files[stored] = (about, content)
    return about
