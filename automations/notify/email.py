"""Mail through the school's own SMTP server."""

import smtplib
import ssl
from collections.abc import Mapping
from contextlib import suppress
from email.errors import MessageError
from email.headerregistry import Address as MailAddress
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import localtime, parseaddr
from typing import Literal, TypeAlias

from automations.errors import ChannelError
from automations.notify.base import IT_SECONDS, Address, Message, Receipt

Security: TypeAlias = Literal["ssl", "starttls", "none"]


class Email:
    """The mail channel.

    Args:
        sender: ``后勤 <houqin@school.cn>`` or a bare address; ``user`` where empty.
        security: ``ssl`` from the first byte, ``starttls``, or ``none`` (the school's own server inside its net).
        context: TLS rules; the system's trusted authorities unless given.
        timeout: Seconds to wait for any answer.
    """

    name = "email"

    def __init__(
        self,
        host: str,
        port: int,
        security: Security = "ssl",
        user: str = "",
        password: str = "",
        sender: str = "",
        context: ssl.SSLContext | None = None,
        timeout: float = 20,
    ) -> None:
        self._host, self._port, self._security = host, port, security
        self._user, self._password = user, password
        self._sender = _mail_address(sender or user, "发件人 HOUQIN_SMTP_FROM")
        self._context = context
        self._timeout = timeout

    def reaches(self, to: Address) -> bool:
        """Whether the person has a mail address."""
        return bool(_addresses(to))

    def send(self, message: Message, to: Address) -> Receipt:
        """Hand over to the SMTP server; accepted means sent, a refusal of every address raises."""
        recipients = _addresses(to)
        mail = letter(message, to, self._sender)
        try:
            server = self._connect()
            try:
                refused = server.send_message(mail, self._sender.addr_spec, recipients)
                # The server has taken the message: a line that drops while saying goodbye changes nothing.
                with suppress(smtplib.SMTPException, OSError):
                    server.quit()
            finally:
                server.close()
        except smtplib.SMTPRecipientsRefused as error:
            raise _refused(error.recipients) from None
        except smtplib.SMTPResponseException as error:
            raise self._answered(error) from None
        except smtplib.SMTPNotSupportedError:
            raise _for_it(
                f"邮件服务器 {self._host} 不支持当前的加密或登录方式，请核对 HOUQIN_SMTP_SECURITY。"
            ) from None
        except ssl.SSLCertVerificationError as error:
            raise _for_it(
                f"邮件服务器 {self._host} 的证书不可信（{error.verify_message}），请核对服务器名称或安装学校的根证书。"
            ) from None
        except ssl.SSLError:
            raise _for_it(
                f"与邮件服务器 {self._host}:{self._port} 的加密连接失败，请核对 HOUQIN_SMTP_SECURITY 和端口。"
            ) from None
        except (smtplib.SMTPException, OSError) as error:
            raise ChannelError(
                f"与邮件服务器 {self._host}:{self._port} 的连接中断或连不上（{type(error).__name__}），稍后自动重试。",
                permanent=False,
            ) from None
        # smtplib does not raise when only some of the addresses are refused: it returns them.
        note = "；".join(f"{who} 未送达（{_answer(code, text)}）" for who, (code, text) in refused.items())
        return Receipt(str(mail["Message-ID"]), note)

    def _connect(self) -> smtplib.SMTP:
        context = self._context or ssl.create_default_context()
        if self._security == "ssl":
            server: smtplib.SMTP = smtplib.SMTP_SSL(self._host, self._port, timeout=self._timeout, context=context)
        else:
            server = smtplib.SMTP(self._host, self._port, timeout=self._timeout)
        try:
            if self._security == "starttls":
                server.starttls(context=context)
            if self._user:
                server.login(self._user, self._password)
        except BaseException:
            server.close()
            raise
        return server

    def _answered(self, error: smtplib.SMTPResponseException) -> ChannelError:
        answer = _answer(error.smtp_code, error.smtp_error)
        if isinstance(error, smtplib.SMTPAuthenticationError):
            return _for_it(
                f"邮件服务器拒绝登录（{answer}），请核对 HOUQIN_SMTP_USER 和 HOUQIN_SMTP_PASSWORD"
                "（多数邮箱要填授权码，不是登录密码）。"
            )
        if isinstance(error, smtplib.SMTPSenderRefused) and error.smtp_code >= 500:
            # our own address is wrong for this server: true of every mail, so none is given up for it
            return _for_it(
                f"邮件服务器不许以 {self._sender.addr_spec} 发信（{answer}），请核对 HOUQIN_SMTP_FROM"
                "（多数邮箱要求和登录账号一致）。"
            )
        if isinstance(error, smtplib.SMTPConnectError | smtplib.SMTPHeloError) and error.smtp_code >= 500:
            return _for_it(f"邮件服务器 {self._host} 拒绝连接（{answer}），请信息科查明原因。")
        return ChannelError(f"邮件服务器拒收（{answer}）。", permanent=error.smtp_code >= 500)


def letter(message: Message, to: Address, sender: MailAddress) -> EmailMessage:
    """The message as a mail to all addresses of ``to``; the same message gives the same Message-ID."""
    mail = EmailMessage(policy=SMTP)
    mail["Subject"] = " ".join(message.subject.split())
    mail["From"] = sender
    mail["To"] = [_mail_address(r, f"{to.name}的邮箱", to.name) for r in _addresses(to)]
    mail["Date"] = localtime()
    mail["Message-ID"] = f"<{message.id}@{sender.domain}>"
    mail["Auto-Submitted"] = "auto-generated"  # so that an absence notice does not answer (RFC 3834)
    mail.set_content(message.text)
    if message.html:
        mail.add_alternative(message.html, subtype="html")
    for file in message.attachments:
        kind, _, subkind = file.mime.partition("/")
        mail.add_attachment(file.content, maintype=kind, subtype=subkind, filename=file.name)
    return mail


def _addresses(to: Address) -> list[str]:
    return [a for a in (part.strip() for part in to.email.replace(";", ",").split(",")) if a]


def _mail_address(text: str, whose: str, name: str = "") -> MailAddress:
    display, spec = parseaddr(text)
    try:
        spec.encode("ascii")
        address = MailAddress(display_name=display or name, addr_spec=spec)
    except (ValueError, IndexError, MessageError):
        address = MailAddress()
    if not address.username or not address.domain:
        raise ChannelError(f"{whose}“{text}”不是有效的邮箱地址，请更正。", permanent=True)
    return address


def _refused(recipients: Mapping[str, tuple[int, bytes]]) -> ChannelError:
    answers = "；".join(f"{who}：{_answer(code, text)}" for who, (code, text) in recipients.items())
    permanent = all(code >= 500 for code, _ in recipients.values())
    advice = "请核对人员表里的邮箱。" if permanent else "稍后自动重试。"
    return ChannelError(f"邮件服务器不收这个收件人（{answers}），{advice}", permanent=permanent)


def _answer(code: int, text: bytes | str) -> str:
    words = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    return f"{code} {' '.join(words.split())[:200]}".strip()


def _for_it(message: str) -> ChannelError:
    return ChannelError(message, permanent=False, retry_after=IT_SECONDS)
