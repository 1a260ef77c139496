"""WeCom (企业微信): messages of the school's own application to a person, and of a robot to a group.

WeCom answers HTTP 200 to nearly everything; only ``errcode`` tells (libraries.md 1). Sources:
https://developer.work.weixin.qq.com/document/path/90236 (application), /99110 (robot), /90455 (errcodes).
Tokens and keys travel in the address of each call, so no address is ever logged or quoted.
"""

import logging
import re
import time
from collections.abc import Callable, Mapping
from typing import Any, Literal

import requests

from automations.errors import ChannelError
from automations.notify.base import IT_SECONDS, Address, Limit, Message, Receipt, cut, split

CARD_TITLE, CARD_TEXT, CARD_URL, TEXT, MARKDOWN = 128, 512, 2048, 2048, 4096  # bytes of UTF-8
IN_FLIGHT = 10.0
"""Seconds from counting a posting to its arrival, at most (the time-out): added to WeCom's minute, so that whichever
way it cuts its minutes, no more than allowed arrive in one."""
GROUP = (Limit(20, 60 + IN_FLIGHT),)
"""Of one robot (path 91770); beyond it WeCom answers 45009."""
MEMBER = (Limit(30, 60 + IN_FLIGHT), Limit(1000, 3600 + IN_FLIGHT))
"""Of one member from one application (path 90236). Beyond it WeCom answers 0 and silently drops the message, so only
our own count protects: one list a morning is far below, but forty grave 预警 in a pass tell 主要领导 one by one."""
RATE_SECONDS = 60.0  # length of one counting block of a frequency limit
ODD_SECONDS = 300.0
DUPLICATE_SECONDS = 4 * 3600  # the longest that WeCom remembers a message for us

BUSY = -1
STALE_TOKEN = frozenset({40001, 40014, 42001})
RATE = frozenset({45009, 45033})
FOR_IT = frozenset({40001, 40013, 40056, 60020, 93000, 301002})
"""Nobody is reached until IT has mended it: what has no other way to go is not given up, but tried again."""
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
        markdown: Digests with bold and colours; who reads in ordinary WeChat then sees nothing of them.
        pause: Waits between tries when WeCom says it is busy, in seconds.
    """

    name = "wecom"
    limits = MEMBER

    def __init__(
        self,
        base_url: str,
        corp_id: str,
        agent_id: int,
        secret: str,
        markdown: bool = False,
        timeout: float = IN_FLIGHT,
        pause: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._api = _Api(base_url, timeout, pause)
        self._corp_id, self._agent_id, self._secret = corp_id, agent_id, secret
        self._markdown = markdown
        self._clock = clock
        self._token, self._token_until = "", 0.0

    def reaches(self, to: Address) -> bool:
        """Whether the person has a WeCom account."""
        return bool(to.wecom)

    def place(self, to: Address) -> str:
        """The member."""
        return f"{self.name} {to.wecom}"

    def parts(self, message: Message, to: Address) -> list[dict[str, Any]]:
        """One card, or as many texts as the length asks for."""
        common = {
            "touser": to.wecom,
            "agentid": self._agent_id,
            "enable_duplicate_check": 1,
            "duplicate_check_interval": DUPLICATE_SECONDS,
        }
        if self._markdown and message.markdown and len(message.markdown.encode()) <= TEXT:
            return [{**common, "msgtype": "markdown", "markdown": {"content": message.markdown}}]
        text = message.wecom or message.text
        if message.url and len(text.encode()) <= CARD_TEXT and len(message.url.encode()) <= CARD_URL:
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

    def hand_over(self, part: Mapping[str, Any], to: Address) -> str:
        """Post one part; a member whom WeCom does not know is a permanent error."""
        answer = self._call("/cgi-bin/message/send", part)
        # errcode is 0 even when nobody could be reached
        unknown = str(answer.get("invaliduser") or "") + str(answer.get("unlicenseduser") or "")
        if unknown:
            raise ChannelError(
                f"企业微信送不到{to.name}（账号“{to.wecom}”）：成员不存在、不在应用可见范围或没有许可，"
                "请信息科核对人员表和应用设置。",
                permanent=True,
            )
        return str(answer.get("msgid") or "")

    def send(self, message: Message, to: Address) -> Receipt:
        """All parts in a row, uncounted."""
        return Receipt([self.hand_over(part, to) for part in self.parts(message, to)][-1])

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
    limits = GROUP

    def __init__(
        self,
        base_url: str,
        key: str,
        kind: Literal["text", "markdown"] = "text",
        timeout: float = IN_FLIGHT,
    ) -> None:
        self._api = _Api(base_url, timeout)
        self._key = key
        self._kind = kind

    def reaches(self, to: Address) -> bool:
        """Its group, whoever asks."""
        return True

    def place(self, to: Address) -> str:
        """The group, whoever is told."""
        return self.name

    def parts(self, message: Message, to: Address) -> list[dict[str, Any]]:
        """As many messages as the length asks for; the whole group reads them, so the first names the person."""
        limit = MARKDOWN if self._kind == "markdown" else TEXT
        text = (message.markdown if self._kind == "markdown" else "") or message.wecom or message.text
        text = f"{to.name}：\n{text}"
        return [{"msgtype": self._kind, self._kind: {"content": part}} for part in split(text, limit)]

    def hand_over(self, part: Mapping[str, Any], to: Address) -> str:
        """Post one part, asking once: each call counts against the robot's limit."""
        _judged(self._api.once("/cgi-bin/webhook/send", {"key": self._key}, part))
        return "ok"

    def send(self, message: Message, to: Address) -> Receipt:
        """All parts in a row, uncounted."""
        return Receipt([self.hand_over(part, to) for part in self.parts(message, to)][-1])


class _Api:
    """Calls with a JSON answer; nothing here quotes an address."""

    def __init__(self, base_url: str, timeout: float, pause: Callable[[float], None] = time.sleep) -> None:
        self._base = base_url.rstrip("/")
        self._timeout = timeout
        self._pause = pause
        self._session = requests.Session()
        _hide_secrets()

    def call(self, path: str, query: Mapping[str, str], body: Mapping[str, Any] | None = None) -> Mapping[str, Any]:
        """The answer; busy (-1) is asked again, three tries in all as WeCom advises."""
        for seconds in (1.0, 2.0):
            answer = self.once(path, query, body)
            if answer["errcode"] != BUSY:
                return answer
            self._pause(seconds)
        return self.once(path, query, body)

    def once(self, path: str, query: Mapping[str, str], body: Mapping[str, Any] | None) -> Mapping[str, Any]:
        """The answer to one call, whatever its errcode."""
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
    raise ChannelError(
        f"企业微信拒绝发送（{code}）：{advice}",
        permanent=True,
        retry_after=IT_SECONDS if code in FOR_IT else None,
    )


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
