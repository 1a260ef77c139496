"""The channel of demo and tests: keeps what it was given."""

from automations.notify.base import Address, Message, Receipt


class Memory:
    """Collects messages in the order they were handed over.

    Attributes:
        sent: Every message with its addressee.
    """

    def __init__(self, name: str = "memory") -> None:
        self.name = name
        self.sent: list[tuple[Address, Message]] = []

    def reaches(self, to: Address) -> bool:
        """Everybody."""
        return True

    def send(self, message: Message, to: Address) -> Receipt:
        """Keep it."""
        self.sent.append((to, message))
        return Receipt(f"{self.name}-{len(self.sent)}")
