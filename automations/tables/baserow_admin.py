"""First steps on a fresh Baserow: administrator, colleagues' accounts, workspace, database. Safe to run again.

For tests and for deployment only; the worker itself never holds the administrator's password.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from automations.errors import HostRefused, LoginRefused
from automations.tables.baserow_wire import Wire


@dataclass(frozen=True, slots=True)
class Member:
    """An account to have.

    Attributes:
        email: Login.
        name: What colleagues see.
        password: At least 8 characters; used only when the account is new or must accept its invitation.
        admin: Administrator of the workspace (not of the server): may invite and remove members.
    """

    email: str
    name: str
    password: str = field(repr=False)
    admin: bool = False


def bootstrap(
    url: str, admin: Member, workspace: str, database: str, members: Iterable[Member], frontend: str = ""
) -> int:
    """Make what is missing of all this; the id of the database.

    Args:
        url: Root address of Baserow.
        admin: Administrator of the server; made when the server is still empty.
        workspace: Name of the workspace. Everybody in it may change everything: the open-source edition knows no roles.
        database: Name of the database.
        members: Accounts that shall work in it, the worker's own included.
        frontend: Address of the web page where it differs from ``url``; invitations must name it.

    Raises:
        LoginRefused: The administrator's or a member's password is wrong.
        HostRefused: Baserow refuses a name or password.
    """
    line = Wire(url, admin.email, admin.password, database)
    settings = line.http.call("GET", "/api/settings/", "read", anonymous=True)
    if settings["show_admin_signup_page"]:
        body = {
            "name": admin.name,
            "email": admin.email,
            "password": admin.password,
            "language": "en",  # Baserow has no Chinese interface and refuses "zh"
            "authenticate": False,
        }
        line.http.call("POST", "/api/user/", "once", json=body, anonymous=True)
    place = _workspace(line, workspace)
    base = f"{(frontend or url).rstrip('/')}/workspace-invitation"
    inside = {str(user["email"]).lower() for user in place["users"]}
    for member in members:
        if member.email.lower() not in inside:
            _invite(line, url, member, int(place["id"]), base)
    return _database(line, int(place["id"]), database)


def _workspace(line: Wire, name: str) -> Mapping[str, Any]:
    for workspace in line.get("/api/workspaces/"):
        if workspace["name"] == name:
            found: Mapping[str, Any] = workspace
            return found
    made: Mapping[str, Any] = line.call("POST", "/api/workspaces/", "once", json={"name": name})
    return made


def _invite(line: Wire, url: str, member: Member, workspace: int, base: str) -> None:
    email = member.email.lower()  # Baserow lowers it for the account but compares invitations as they are written
    known = line.get("/api/admin/users/", search=email)["results"]
    if not any(str(user["username"]).lower() == email for user in known):
        body = {
            "username": email,
            "password": member.password,
            "name": member.name,
            "is_active": True,
            "is_staff": False,
        }
        line.call("POST", "/api/admin/users/", "once", json=body)
    invitation = line.call(
        "POST",
        f"/api/workspaces/invitations/workspace/{workspace}/",
        "repeatable",
        json={"email": email, "permissions": "ADMIN" if member.admin else "MEMBER", "base_url": base},
    )
    own = Wire(url, member.email, member.password, "")
    try:
        own.call("POST", f"/api/workspaces/invitations/{invitation['id']}/accept/", "once")
    except LoginRefused:
        raise LoginRefused(
            f"{member.email} 已有账号，但密码不是给出的这个，无法替它接受邀请。请让本人登录 Baserow 接受邀请。"
        ) from None
    finally:
        own.http.close()


def _database(line: Wire, workspace: int, name: str) -> int:
    path = f"/api/applications/workspace/{workspace}/"
    same = [app for app in line.get(path) if app["type"] == "database" and app["name"] == name]
    if len(same) > 1:
        raise HostRefused(f"工作区里有不止一个名为“{name}”的数据库。请改名，只留一个。")
    if same:
        return int(same[0]["id"])
    return int(line.call("POST", path, "once", json={"name": name, "type": "database"})["id"])
