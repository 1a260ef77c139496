"""NocoDB's own value shapes to canonical values and back. Pure: no calls, no decisions."""

import json
import mimetypes
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from automations.errors import HostRefused
from automations.schema.model import Field
from automations.tables.values import File, Value, canonical, places


@dataclass(frozen=True, slots=True)
class Directory:
    """Who is who: accounts of the base and the rows of ``people`` that carry them.

    Attributes:
        person_of: E-mail (lower case) → row id in ``people``.
        account_of: Row id in ``people`` → e-mail.
        name_of: Row id in ``people`` → name, for messages.
        user_of: E-mail → NocoDB user id, of accounts that may reach the base.
    """

    person_of: Mapping[str, int]
    account_of: Mapping[int, str]
    name_of: Mapping[int, str]
    user_of: Mapping[str, str]

    def user(self, field: Field, person: int) -> str:
        """NocoDB user id of a row of ``people``.

        Raises:
            HostRefused: He has no account, or it is not a member of this base.
        """
        name = self.name_of.get(person) or f"人员表第 {person} 行"
        account = self.account_of.get(person)
        if account is None:
            raise HostRefused(
                f"“{field.title}”要填{name}，但他在人员表里没有登录账号。请先在人员表填好“账号”，再重试。"
            )
        user = self.user_of.get(account)
        if user is None:
            raise HostRefused(
                f"“{field.title}”要填{name}，但账号 {account} 不是这个库的成员。请管理员先邀请他（成员管理），再重试。"
            )
        return user


def read(field: Field, raw: Any, people: Directory) -> Value:
    """A cell as NocoDB's v2 API and its audit give it.

    A cell that cannot be a value of its field (a type changed by hand leaves such text behind) is None: the
    table's fingerprint tells the story, one odd cell must not stop the rows.
    """
    kind = field.type
    if kind in ("person", "persons"):
        emails = [str(user.get("email") or "").lower() for user in _dicts(raw)]
        raw = [people.person_of[email] for email in emails if email in people.person_of]
    elif kind in ("created_by", "modified_by"):
        users = _dicts(raw)
        raw = users[0].get("email") if users else None
    elif kind == "file":
        return tuple(file_of(item) for item in _dicts(raw))
    elif kind == "choices" and isinstance(raw, str):
        raw = [part for part in raw.split(",") if part]
    elif kind == "bool":
        return raw in (True, 1, "1", "true")
    try:
        return canonical(field, raw)
    except ValueError:
        return canonical(field, None)


def file_of(item: Mapping[str, Any]) -> File:
    """An attachment. Its ``ref`` holds the path alone: signed addresses change from hour to hour."""
    place = {"path": item["path"]} if item.get("path") else {"url": item.get("url", "")}
    return File(
        name=str(item.get("title") or ""),
        size=int(item.get("size") or 0),
        ref=json.dumps(place, ensure_ascii=False, sort_keys=True),
    )


def write(field: Field, value: Value, people: Directory, options: Sequence[str]) -> Any:
    """``value`` as NocoDB's v2 API takes it.

    Raises:
        HostRefused: The host fills this column itself, the value is no value of the field, the option is unknown
            on the host, or a person has no account.
    """
    if field.by_host:
        raise HostRefused(f"“{field.title}”由系统自动填写，不能改写。")
    try:
        value = canonical(field, value)
    except (ValueError, TypeError) as problem:
        raise HostRefused(f"{problem}。") from None
    maker = _WRITERS.get(field.type)
    if field.type in ("choice", "choices"):
        _known(field, value, options)
    if field.type in ("person", "persons"):
        persons = value if isinstance(value, tuple) else () if value is None else (value,)
        return [{"id": people.user(field, int(p))} for p in persons] or None  # type: ignore[arg-type]
    return value if maker is None or value is None else maker(field, value)


def _known(field: Field, value: Value, options: Sequence[str]) -> None:
    for option in value if isinstance(value, tuple) else (value,):
        if option is not None and option not in options:
            raise HostRefused(
                f"“{field.title}”没有“{option}”这个选项。请先运行 houqin apply 补上选项，或改用已有选项。"
            )


def _number(field: Field, value: Any) -> Any:
    # Whole numbers must be JSON integers; the rest goes as text, so that no float rounds it on the way.
    assert isinstance(value, Decimal)
    return int(value) if places(field) == 0 and field.type == "number" else str(value)


def _moment(_field: Field, value: Any) -> str:
    assert isinstance(value, datetime)
    return value.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S+00:00")


def _day(_field: Field, value: Any) -> str:
    assert isinstance(value, date)
    return value.isoformat()


def _choices(_field: Field, value: Any) -> list[str] | None:
    return list(value) or None


def _files(_field: Field, value: Any) -> list[dict[str, Any]]:
    made = []
    for file in value:
        mimetype = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
        made.append({**json.loads(file.ref), "title": file.name, "mimetype": mimetype, "size": file.size})
    return made


_WRITERS: Mapping[str, Callable[[Field, Any], Any]] = {
    "number": _number,
    "money": _number,
    "percent": _number,
    "date": _day,
    "datetime": _moment,
    "choices": _choices,
    "file": _files,
}


def _dicts(raw: Any) -> list[Mapping[str, Any]]:
    if isinstance(raw, str) and raw[:1] in "[{":
        try:
            raw = json.loads(raw)
        except ValueError:
            return []
    if isinstance(raw, Mapping):
        raw = [raw]
    return [item for item in raw if isinstance(item, Mapping)] if isinstance(raw, list) else []
