"""Mail into a folder instead of to a server: for trying Houqin out, and for rehearsals.

Each message is one ``.eml`` file that any mail program opens. Nobody is reached, so ``doctor`` says that it is on.
"""

import os
from email.headerregistry import Address as MailAddress
from pathlib import Path

from automations.errors import ChannelError
from automations.notify.base import Address, Message, Receipt
from automations.notify.email import letter

SENDER = MailAddress("后勤助手", "houqin", "localhost")


class MailFolder:
    """Writes mails as files.

    Args:
        folder: Where; one folder below it per reader.
    """

    name = "email"

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def reaches(self, to: Address) -> bool:
        """Whether the person has a mail address."""
        return bool(to.email)

    def send(self, message: Message, to: Address) -> Receipt:
        """Write the file; sent again, the same message replaces itself."""
        target = self._folder / to.name / f"{message.id}.eml"
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            part = target.with_suffix(".part")
            part.write_bytes(bytes(letter(message, to, SENDER)))
            os.replace(part, target)
        except OSError as error:
            raise ChannelError(
                f"邮件写不进文件夹 {self._folder}（{error.strerror}），请检查磁盘。", permanent=False
            ) from error
        return Receipt(target.name)
