"""What all channels share: a message, an address, a receipt, and the interface of a channel.

A channel hands over or raises :class:`~automations.errors.ChannelError`; it never decides whom to tell or when.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, runtime_checkable

from automations.errors import ChannelError

__all__ = [
    "IT_SECONDS",
    "Address",
    "Attachment",
    "Channel",
    "ChannelError",
    "InParts",
    "Limit",
    "Message",
    "Outgoing",
    "Receipt",
    "cut",
    "split",
]


IT_SECONDS = 1800.0
"""Wait after an error that only IT can mend (password, certificate): all messages wait for him, none is given up."""


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
        markdown: The same with bold and colours, of a leaders' digest; "" for all others.
        url: Where a tap leads; "" where there is no page.
    """

    id: str
    subject: str
    text: str
    html: str = ""
    wecom: str = ""
    markdown: str = ""
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

    @property
    def all(self) -> str:
        """Every address in one text: compared only, to see that somebody has mended one."""
        return f"{self.email} {self.wecom}"


@dataclass(frozen=True, slots=True)
class Receipt:
    """The channel confirmed.

    Attributes:
        reference: The server's own id or answer, for finding the message again.
        note: Chinese, where part of it did not work (one of two addresses refused).
        confirmed: False where the channel cannot say whether the far end took it: handed over, no more.
    """

    reference: str
    note: str = ""
    confirmed: bool = True


@dataclass(frozen=True, slots=True)
class Limit:
    """At most ``most`` postings in any ``seconds``."""

    most: int
    seconds: float


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


@runtime_checkable
class InParts(Channel, Protocol):
    """A channel that takes a message in one or more parts and counts each.

    The postman hands the parts over one by one and keeps the count in the store, so that neither a restart nor a second
    worker exceeds a limit or sends a part twice that was answered.
    """

    limits: Sequence[Limit]

    def place(self, to: Address) -> str:
        """Whose limits a message to this person counts against: a group, a member."""

    def parts(self, message: Message, to: Address) -> Sequence[Mapping[str, Any]]:
        """The message as the bodies to post, in order; the same message gives the same parts."""

    def hand_over(self, part: Mapping[str, Any], to: Address) -> str:
        """Post one part; the server's reference once it confirmed.

        Raises:
            ChannelError: As :meth:`Channel.send`.
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
