"""WeCom (企业微信): messages of the school's own application to a person, and of a robot to a group.

WeCom answers HTTP 200 to nearly everything; only ``errcode`` tells (libraries.md 1). Sources:
https://developer.work.weixin.qq.com/document/path/90236 (application), /99110 (robot), /90455 (errcodes).
Tokens and keys travel in the address of each call, so no address is ever logged or quoted.
"""

import logging
import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import requests

from automations.errors import ChannelError
from automations.notify.base import Address, Message, Receipt, cut, split

CARD_TITLE, CARD_TEXT, TEXT, MARKDOWN = 128, 512, 2048, 4096  # bytes of UTF-8
RATE_SECONDS = 60.0  # length of one counting block of a frequency limit
ODD_SECONDS = 300.0
DUPLICATE_SECONDS = 4 * 3600  # the longest that WeCom remembers a message for us

BUSY = -1
STALE_TOKEN = frozenset({40001, 40014, 42001})
RATE = frozenset({45009, 45033})
PERMANENT: Mapping[int, str] = {
    40001: "应用密钥不对，请信息科核对 HOUQIN_WECOM_SECRET。",
    40003: "成员账号无效，请核对人员表里的企业微信账号。",
    40013: "企业编号不对，请信息科核对 HOUQIN_WECOM_CORP_ID。",
    40056: "应用编号不对，请信息科核对 HOUQIN_WECOM_AGENT_ID。",
    40058: "消息内容超过企业微信的长度限制，请缩短消息模板。",
    60020: "本机的出口地址不在应用的“企业可信IP”名单里，请信息科在企业微信管理后台添加。",
    60111: "企业微信里没有这个成员，请核对人员表里的企业微信账号。",
    81013: "成员不存在，或不在应用的可见范围内，请信息科核对。",
    93000: "群机器人已被移除，请信息科在群里重新添加并更新 HOUQIN_WECOM_ROBOT_KEY。",
    301002: "密钥与应用编号不相符，请信息科核对 HOUQIN_WECOM_AGENT_ID。",
}


class WeComApp:
    """Messages from the school's application to one member.

    A card with a link where the message has a page and fits one, else plain text in as many parts as needed.

    Args:
        base_url: ``https://qyapi.weixin.qq.com``, or a proxy with a fixed address.
        pause: Waits between tries when WeCom says it is busy, in seconds.
    """

    name = "wecom"

    def __init__(
        self,
        base_url: str,
        corp_id: str,
        agent_id: int,
        secret: str,
        timeout: float = 10,
        pause: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._api = _Api(base_url, timeout, pause)
        self._corp_id, self._agent_id, self._secret = corp_id, agent_id, secret
        self._clock = clock
        self._token, self._token_until = "", 0.0
        self._progress = _Progress()

    def reaches(self, to: Address) -> bool:
        """Whether the person has a WeCom account."""
        return bool(to.wecom)

    def send(self, message: Message, to: Address) -> Receipt:
        """Hand over to WeCom; a member it does not know is a permanent error."""

        def part(body: Mapping[str, Any]) -> str:
            answer = self._call("/cgi-bin/message/send", body)
            # errcode is 0 even when nobody could be reached
            unknown = str(answer.get("invaliduser") or "") + str(answer.get("unlicenseduser") or "")
            if unknown:
                raise ChannelError(
                    f"企业微信送不到{to.name}（账号“{to.wecom}”）：成员不存在、不在应用可见范围或没有许可，"
                    "请信息科核对人员表和应用设置。",
                    permanent=True,
                )
            return str(answer.get("msgid") or "")

        return Receipt(self._progress.send(message.id, self._bodies(message, to), part))

    def _bodies(self, message: Message, to: Address) -> list[dict[str, Any]]:
        common = {
            "touser": to.wecom,
            "agentid": self._agent_id,
            "enable_duplicate_check": 1,
            "duplicate_check_interval": DUPLICATE_SECONDS,
        }
        text = message.wecom or message.text
        if message.url and len(text.encode()) <= CARD_TEXT:
            card = {
                "title": cut(message.subject, CARD_TITLE),
                "description": text,
                "url": message.url,
                "btntxt": "去处理",
            }
            return [{**common, "msgtype": "textcard", "textcard": card}]
        if message.url:
            text = f"{text}\n{message.url}"
        return [{**common, "msgtype": "text", "text": {"content": part}} for part in split(text, TEXT)]

    def _call(self, path: str, body: Mapping[str, Any]) -> Mapping[str, Any]:
        fresh = self._token == "" or self._clock() >= self._token_until
        if fresh:
            self._renew()
        answer = self._api.call(path, {"access_token": self._token}, body)
        if answer["errcode"] in STALE_TOKEN and not fresh:
            # WeCom may end a token before its time: one new one, never a loop
            self._renew()
            answer = self._api.call(path, {"access_token": self._token}, body)
        if answer["errcode"] in STALE_TOKEN:  # just renewed, so the secret itself is right
            self._token = ""
            raise ChannelError(
                f"企业微信不认刚取得的令牌（{answer['errcode']}），稍后自动重试。",
                permanent=False,
                retry_after=ODD_SECONDS,
            )
        return _judged(answer)

    def _renew(self) -> None:
        self._token = ""
        answer = _judged(self._api.call("/cgi-bin/gettoken", {"corpid": self._corp_id, "corpsecret": self._secret}))
        if not answer.get("access_token"):
            raise ChannelError("企业微信没有给出令牌，稍后自动重试。", permanent=False, retry_after=ODD_SECONDS)
        self._token = str(answer["access_token"])
        self._token_until = self._clock() + max(float(answer.get("expires_in", 7200)) - 300, 0)


class WeComRobot:
    """Messages from a robot to its group; the key decides which.

    Args:
        kind: ``markdown`` is shown inside WeCom only; ``text`` also in ordinary WeChat groups.
    """

    name = "robot"

    def __init__(
        self,
        base_url: str,
        key: str,
        kind: Literal["text", "markdown"] = "text",
        timeout: float = 10,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self._api = _Api(base_url, timeout, pause)
        self._key = key
        self._kind = kind
        self._progress = _Progress()

    def reaches(self, to: Address) -> bool:
        """Its group, whoever asks."""
        return True

    def send(self, message: Message, to: Address) -> Receipt:
        """Post to the group, in as many messages as the length limit asks for."""
        limit = MARKDOWN if self._kind == "markdown" else TEXT
        text = f"{to.name}：\n{message.wecom or message.text}"  # the whole group reads it
        bodies = [{"msgtype": self._kind, self._kind: {"content": part}} for part in split(text, limit)]

        def part(body: Mapping[str, Any]) -> str:
            _judged(self._api.call("/cgi-bin/webhook/send", {"key": self._key}, body))
            return "ok"

        return Receipt(self._progress.send(message.id, bodies, part))


@dataclass
class _Progress:
    """Which parts of a long message went out already, so that a retry goes on where a rate limit stopped it.

    In this process only: after a restart the parts are sent again, and WeCom drops what it remembers.
    """

    done: dict[str, int] = field(default_factory=dict)

    def send(self, key: str, bodies: Sequence[Mapping[str, Any]], send: Callable[[Mapping[str, Any]], str]) -> str:
        reference = ""
        for number, body in enumerate(bodies):
            if number < self.done.get(key, 0):
                continue
            reference = send(body)
            self.done[key] = number + 1
        self.done.pop(key, None)
        return reference


class _Api:
    """Calls with a JSON answer; nothing here quotes an address."""

    def __init__(self, base_url: str, timeout: float, pause: Callable[[float], None]) -> None:
        self._base = base_url.rstrip("/")
        self._timeout = timeout
        self._pause = pause
        self._session = requests.Session()
        _hide_secrets()

    def call(self, path: str, query: Mapping[str, str], body: Mapping[str, Any] | None = None) -> Mapping[str, Any]:
        """The answer; busy (-1) is asked again, three tries in all as WeCom advises."""
        for seconds in (1.0, 2.0):
            answer = self._once(path, query, body)
            if answer["errcode"] != BUSY:
                return answer
            self._pause(seconds)
        return self._once(path, query, body)

    def _once(self, path: str, query: Mapping[str, str], body: Mapping[str, Any] | None) -> Mapping[str, Any]:
        try:
            response = self._session.request(
                "GET" if body is None else "POST",
                self._base + path,
                params=query,
                json=body,
                timeout=self._timeout,
                allow_redirects=False,
            )
            answer = response.json()
        except requests.JSONDecodeError:
            answer = None
        except requests.RequestException as error:
            # its text holds the whole address with the secret in it
            raise ChannelError(
                f"连不上企业微信或等待超时（{type(error).__name__}），稍后自动重试。", permanent=False
            ) from None
        if not isinstance(answer, dict) or type(answer.get("errcode")) is not int:
            raise ChannelError(
                f"企业微信的回答看不懂（HTTP {response.status_code}），可能被代理或登录页拦截，请信息科检查网络出口。",
                permanent=False,
                retry_after=ODD_SECONDS,
            )
        return answer


def _judged(answer: Mapping[str, Any]) -> Mapping[str, Any]:
    """The answer where ``errcode`` is 0; errmsg is for humans and never judged by."""
    code = answer["errcode"]
    if code == 0:
        return answer
    if code == BUSY:
        raise ChannelError("企业微信繁忙（-1），稍后自动重试。", permanent=False, retry_after=RATE_SECONDS)
    if code in RATE:
        raise ChannelError(
            f"企业微信发送太频繁（{code}），一分钟后自动重试。", permanent=False, retry_after=RATE_SECONDS
        )
    advice = PERMANENT.get(code, "请信息科按此编号查企业微信“全局错误码”。")
    raise ChannelError(f"企业微信拒绝发送（{code}）：{advice}", permanent=True)


_SECRET = re.compile(r"((?:corpsecret|access_token|key)=)[^&\s\"']+")


class _Redact(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        text = record.getMessage()
        hidden = _SECRET.sub(r"\1***", text)
        if hidden != text:
            record.msg, record.args = hidden, ()
        return True


_REDACT = _Redact()


def _hide_secrets() -> None:
    # urllib3 logs each address, secrets included, as soon as somebody turns on DEBUG; adding it twice does nothing
    for name in ("urllib3.connectionpool", "urllib3.util.retry"):
        logging.getLogger(name).addFilter(_REDACT)
