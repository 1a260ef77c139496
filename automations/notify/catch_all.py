"""Any other service, through `apprise <https://github.com/caronc/apprise>`_: DingTalk, Feishu, ServerChan, a phone.

An optional package (the extra ``more``) and the last way to go. apprise looks at the HTTP status only and
reported success for a removed robot, for text that was too long and for messages over a limit (libraries.md 1), so a
success here is never more than “handed over”.
"""

import logging

from automations.errors import ChannelError, SettingsError
from automations.notify.base import Address, Message, Receipt


class CatchAll:
    """Every service named; whoever is told, all of them get the message, with the person's name in front.

    Args:
        urls: apprise addresses, separated by white space; they hold secrets and are never quoted.

    Raises:
        SettingsError: apprise is not installed, or does not understand one of the addresses.
    """

    name = "apprise"

    def __init__(self, urls: str) -> None:
        try:
            import apprise
        except ImportError:
            raise SettingsError(
                "设置了 HOUQIN_APPRISE_URLS，但没有安装 apprise。"
                '请运行 .venv/bin/pip install "apprise>=2.2"，或删去这项设置。'
            ) from None
        # its lines at every level quote addresses with their secrets
        logging.getLogger("apprise").setLevel(logging.CRITICAL)
        self._services: list[apprise.Apprise] = []
        for number, url in enumerate(urls.split(), 1):
            service = apprise.Apprise()
            if not service.add(url):
                raise SettingsError(f"HOUQIN_APPRISE_URLS 的第{number}个地址 apprise 不认识，请对照它的文档更正。")
            self._services.append(service)

    def reaches(self, to: Address) -> bool:
        """Whoever reads there, for anybody."""
        return True

    def send(self, message: Message, to: Address) -> Receipt:
        """Hand over to every service; one that takes it is enough, because a second round would double it there."""
        text = f"{to.name}：\n{message.text}"
        taken = [bool(service.notify(title=message.subject, body=text)) for service in self._services]
        if not any(taken):
            raise ChannelError(
                "HOUQIN_APPRISE_URLS 的地址都没有收下，稍后自动重试；请信息科检查网络和地址。", permanent=False
            )
        refused = [str(number) for number, done in enumerate(taken, 1) if not done]
        note = f"第{'、'.join(refused)}个地址没有收下" if refused else ""
        return Receipt(f"apprise {sum(taken)}/{len(taken)}", note, confirmed=False)
