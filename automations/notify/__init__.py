"""Ways to reach people: channels, message templates, and the deliveries that lose nothing."""

from automations.notify.base import Address, Attachment, Channel, Message, Outgoing, Receipt
from automations.notify.email import Email
from automations.notify.memory import Memory
from automations.notify.wecom import WeComApp, WeComRobot

__all__ = [
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
]
