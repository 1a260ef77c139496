"""First steps on a fresh NocoDB: close it to strangers, make the base, invite colleagues. Safe to run again.

For tests and for deployment only; the worker itself never holds the administrator's password. No mail server is needed:
the invitation is answered here, with the password that the administrator hands out.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from automations.errors import HostRefused
from automations.tables.http import Http


@dataclass(frozen=True, slots=True)
class Member:
    """An account to have.

    Attributes:
        email: Login.
        name: What colleagues see.
        password: At least 8 characters; used only while the account is new.
        admin: May change tables and webhooks (role creator), as the worker must; otherwise rows only (editor).
    """

    email: str
    name: str
    password: str = field(repr=False)
    admin: bool = False

    @property
    def role(self) -> str:
        """NocoDB's word for it."""
        return "creator" if self.admin else "editor"


def bootstrap(url: str, admin: Member, base: str, members: Iterable[Member]) -> str:
    """Make what is missing of all this; the id of the base.

    Args:
        url: Root address of NocoDB.
        admin: The super admin, as the server was started with.
        base: Title of the base.
        members: Accounts that shall work in it, the worker's own included.

    Raises:
        LoginRefused: The administrator's password is wrong.
        HostRefused: NocoDB refuses a name or password.
    """
    line = session(url, admin)
    # Whoever can reach the page could otherwise make himself an account.
    line.call("POST", "/api/v1/app-settings", "repeatable", json={"invite_only_signup": True})
    place = _base(line, base)
    _name(line, admin)
    present = users(line, base=place)
    for member in members:
        _member(line, url, place, member, present.get(member.email.lower()))
    return place


def session(url: str, member: Member) -> Http:
    """Signed-in calls of one account.

    Raises:
        LoginRefused: At the first call, when the password is wrong.
    """
    line = Http(url, "NocoDB")
    line.hide(member.password)

    def sign_in() -> Mapping[str, str]:
        body = {"email": member.email, "password": member.password}
        return {"xc-auth": line.call("POST", "/api/v1/auth/user/signin", "read", json=body, anonymous=True)["token"]}

    line.sign_in = sign_in
    return line


def users(line: Http, base: str) -> dict[str, Mapping[str, Any]]:
    """Members of a base by e-mail (lower case)."""
    listed = line.get(f"/api/v2/meta/bases/{base}/users")["users"]["list"]
    return {str(user["email"]).lower(): user for user in listed}


def _base(line: Http, title: str) -> str:
    for base in line.get("/api/v2/meta/bases")["list"]:
        if base["title"] == title:
            return str(base["id"])
    workspace = line.get("/api/v2/meta/nocodb/info").get("ncDefaultWorkspaceId") or "nc"
    path = f"/api/v3/meta/workspaces/{workspace}/bases"
    return str(line.call("POST", path, "once", json={"title": title})["id"])


def _member(line: Http, url: str, base: str, member: Member, present: Mapping[str, Any] | None) -> None:
    email = member.email.lower()
    path = f"/api/v2/meta/bases/{base}/users"
    if present is None or present.get("roles") is None:
        line.call("POST", path, "repeatable", json={"email": email, "roles": member.role})
        present = users(line, base).get(email)
        if present is None:
            raise HostRefused(f"NocoDB 没有收下账号 {email}。请检查邮箱写法。")
    elif present["roles"] not in (member.role, "owner"):
        change = {"email": email, "roles": member.role}
        line.call("PATCH", f"{path}/{present['id']}", "repeatable", json=change)
    if token := present.get("invite_token"):
        body = {"email": email, "password": member.password, "token": token}
        line.hide(str(token))
        own = session(url, member)
        made = own.call("POST", "/api/v1/auth/user/signup", "once", json=body, anonymous=True)
        if signed_in := (made or {}).get("token"):
            own.sign_in = lambda: {"xc-auth": signed_in}  # the sign-up is a sign-in already: one hash less to work out
        _name(own, member)


def _name(line: Http, member: Member) -> None:
    """Only the person himself can set his name. The answer holds his password's hash: it is dropped unread."""
    line.send("PATCH", "/api/v1/user/profile", "repeatable", json={"display_name": member.name})
