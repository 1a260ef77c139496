"""Ways to reach people: channels, message templates, and the deliveries that lose nothing."""

from collections.abc import Iterable, Mapping

from automations.notify.base import Address, Attachment, Channel, Message, Outgoing, Receipt
from automations.notify.email import Email
from automations.notify.memory import Memory
from automations.notify.wecom import WeComApp, WeComRobot
from automations.settings import Settings

__all__ = [
    "ORDER",
    "Address",
    "Attachment",
    "Channel",
    "Email",
    "Memory",
    "Message",
    "Outgoing",
    "Receipt",
    "WeComApp",
    "WeComRobot",
    "channels",
    "routes",
]

ORDER = ("wecom", "email", "memory")
"""Preferred channel first; a person is told by the first that reaches him, and by the next when that one gives up."""


def channels(settings: Settings) -> dict[str, Channel]:
    """The channels that the school has set up, by name; empty where nothing is set.

    Raises:
        ChannelError: The sender's address is unusable.
    """
    found: dict[str, Channel] = {}
    if settings.wecom_corp_id and settings.wecom_secret.get_secret_value():
        found["wecom"] = WeComApp(
            settings.wecom_url,
            settings.wecom_corp_id,
            settings.wecom_agent_id,
            settings.wecom_secret.get_secret_value(),
        )
    if settings.wecom_robot_key.get_secret_value():
        found["robot"] = WeComRobot(settings.wecom_url, settings.wecom_robot_key.get_secret_value())
    if settings.smtp_host:
        found["email"] = Email(
            settings.smtp_host,
            settings.smtp_port,
            settings.smtp_security,
            settings.smtp_user,
            settings.smtp_password.get_secret_value(),
            settings.smtp_from,
        )
    return found


def routes(to: Address, available: Mapping[str, Channel], order: Iterable[str] = ORDER) -> tuple[str, ...]:
    """Names of the channels that reach ``to``, preferred first."""
    return tuple(name for name in order if name in available and available[name].reaches(to))
