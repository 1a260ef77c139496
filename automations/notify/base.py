"""What all channels share: a message, an address, a receipt, and the interface of a channel.

A channel hands over or raises :class:`~automations.errors.ChannelError`; it never decides whom to tell or when.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from automations.errors import ChannelError

__all__ = ["Address", "Attachment", "Channel", "ChannelError", "Message", "Outgoing", "Receipt", "cut", "split"]


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that goes along by mail."""

    name: str
    content: bytes
    mime: str = "application/octet-stream"


@dataclass(frozen=True, slots=True)
class Message:
    """One message, ready for every channel.

    Attributes:
        id: Stays the same when the message is sent again after an interruption: mail programs fold doubles by it.
        subject: One line.
        text: Plain text for mail.
        html: The mail's page; "" sends plain text only.
        wecom: What WeCom shows; "" falls back to ``text``.
        url: Where a tap leads; "" where there is no page.
    """

    id: str
    subject: str
    text: str
    html: str = ""
    wecom: str = ""
    url: str = ""
    attachments: tuple[Attachment, ...] = ()


@dataclass(frozen=True, slots=True)
class Address:
    """How to reach one colleague.

    Attributes:
        person: Row id in ``people``.
        email: One address, or several separated by commas.
        wecom: User id in the school's WeCom; "" for those who are not in it.
    """

    person: int
    name: str
    email: str = ""
    wecom: str = ""


@dataclass(frozen=True, slots=True)
class Receipt:
    """The channel confirmed.

    Attributes:
        reference: The server's own id or answer, for finding the message again.
        note: Chinese, where part of it did not work (one of two addresses refused).
    """

    reference: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A notice for one person, as handed to the deliveries.

    Attributes:
        key: Names the notice; planning it again changes nothing.
        person: Row id in ``people``.
        routes: Channel names, the preferred one first, the others to fall back on.
        template: Folder under ``report_templates/messages``.
        data: What the template says; texts, numbers, Decimals, dates, lists and dicts of these.
        urgent: Goes alone and at once, also at night and on days off.
    """

    key: str
    person: int
    routes: Sequence[str]
    template: str
    data: Mapping[str, Any] = field(default_factory=dict)
    urgent: bool = False


class Channel(Protocol):
    """One way to reach people."""

    name: str
    """``wecom``, ``email``, ``memory``: the word in ``Outgoing.routes``."""

    def reaches(self, to: Address) -> bool:
        """Whether ``to`` has what this channel needs."""

    def send(self, message: Message, to: Address) -> Receipt:
        """Hand the message over; returns only when the server confirmed.

        Raises:
            ChannelError: Permanent when trying again cannot help.
        """


def cut(text: str, limit: int) -> str:
    """``text`` in at most ``limit`` bytes of UTF-8, ending in … where something was left off."""
    if len(text.encode()) <= limit:
        return text
    return text.encode()[: limit - len("…".encode())].decode(errors="ignore") + "…"


def split(text: str, limit: int) -> list[str]:
    """``text`` in parts of at most ``limit`` bytes of UTF-8, broken at line ends where they allow it."""
    parts: list[str] = []
    part = ""
    for line in text.split("\n"):
        longer = f"{part}\n{line}" if part else line
        if len(longer.encode()) <= limit:
            part = longer
            continue
        if part:
            parts.append(part)
        while len(line.encode()) > limit:
            head = line.encode()[:limit].decode(errors="ignore")
            parts.append(head)
            line = line[len(head) :]
        part = line
    return [*parts, part] if part or not parts else parts
