"""One polite HTTP session for a table host: time limits, retries of what may be repeated, errors of ours, no secrets.

Whether a call may be sent twice is said by the caller, never guessed from the method:

* ``read``: changes nothing; repeated on every passing failure, then :class:`HostUnavailable`.
* ``repeatable``: a write whose second run changes nothing more (set a cell, remove a row). Repeated, then
  :class:`WriteUncertain`, because an earlier try may have arrived.
* ``once``: must never run twice (make a row). One try. Everything that may have reached the host without a clear
  answer is :class:`WriteUncertain`; only a call that surely never arrived, or that the host put off (429), is
  :class:`HostUnavailable`.
"""

import json as jsonlib
import logging
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias
from urllib.parse import urlsplit, urlunsplit

import requests
import urllib3

from automations.errors import HostConflict, HostError, HostRefused, HostUnavailable, LoginRefused, WriteUncertain

log = logging.getLogger(__name__)

Kind: TypeAlias = Literal["read", "repeatable", "once"]

MAX_ANSWER = 128 * 1024 * 1024
"""Bytes of one answer; more than any page of rows or attachment (domain.md allows 50 MB) needs."""
LONGEST_WAIT = 15.0
"""Seconds that a ``Retry-After`` of the host is obeyed for; a longer one is left to the next pass."""

_TOKENS = re.compile(r"\b(?:JWT |Bearer |Token )?[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}\b")


@dataclass(frozen=True, slots=True)
class Answer:
    """What the host answered, body read to its end."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        """The body as JSON.

        Raises:
            ValueError: It is something else (a proxy's page, a cut answer).
        """
        return jsonlib.loads(self.body.decode("utf-8"))

    def complaint(self) -> str:
        """The host's own words about an error, at most 300 characters; "" where there are none worth showing."""
        try:
            data = self.json()
        except ValueError:
            return ""
        if not isinstance(data, dict):
            return ""
        for key in ("message", "msg", "detail", "error"):
            if data.get(key):
                return str(data[key])[:300]
        return ""


class _Unclear(Exception):
    """No whole answer came; ``arrived`` says whether the host may have acted on the call."""

    def __init__(self, reason: str, *, arrived: bool) -> None:
        super().__init__(reason)
        self.reason = reason
        self.arrived = arrived


class _TooMuch(OSError):
    """An answer beyond :data:`MAX_ANSWER`."""


class Http:
    """Calls to one host.

    Attributes:
        sign_in: Gives the headers that prove who we are; called at first need and once more on a 401. Without it
            calls go out bare.
        refusal: Looks at an error answer first and may name the error better than the general table below.

    Args:
        url: Root address of the host.
        name: What to call it in messages.
        timeout: Seconds to connect and to wait for the next byte.
        deadline: Seconds for one whole answer, however slowly it drips.
        waits: Seconds between tries; one more try than waits.
        idle: Seconds after which a kept connection is not trusted for a new call.
        verify: Check certificates; or the path of the school's own authority.
    """

    def __init__(
        self,
        url: str,
        name: str,
        *,
        timeout: tuple[float, float] = (5.0, 60.0),
        deadline: float = 180.0,
        waits: tuple[float, ...] = (0.3, 1.0, 3.0),
        idle: float = 4.0,
        verify: bool | str = True,
    ) -> None:
        parts = urlsplit(url.rstrip("/"))
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise HostRefused(f"{name}的地址写法不对，应形如 http://127.0.0.1:8080。请改 HOUQIN_HOST_URL。")
        self.url = urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))
        self.name = name
        self.sign_in: Callable[[], Mapping[str, str]] | None = None
        self.refusal: Callable[[Answer], HostError | None] | None = None
        self._timeout = timeout
        self._deadline = deadline
        self._waits = waits
        self._idle = idle
        self._secrets: set[str] = set()
        self._identity: Mapping[str, str] | None = None
        self._last = 0.0
        self._session = requests.Session()
        # No proxy, .netrc or certificates picked up from the environment: the host is what the settings say.
        self._session.trust_env = False
        self._session.verify = verify
        self._session.headers["User-Agent"] = "houqin"
        self._session.headers["Accept"] = "application/json"

    def hide(self, secret: str) -> None:
        """Never show ``secret`` in a message or log line."""
        if len(secret) >= 4:
            self._secrets.add(secret)

    def forget(self) -> None:
        """Sign in anew at the next call."""
        self._identity = None

    def close(self) -> None:
        """Let go of the connections."""
        self._session.close()

    # --- calls --------------------------------------------------------------------------------------------------
    def get(self, path: str, params: Mapping[str, Any] | None = None) -> Any:
        """JSON of a reading call."""
        return self.call("GET", path, "read", params=params)

    def download(self, path: str) -> bytes:
        """Bytes of a file. ``path`` may be a whole address; our identity is shown to our own host only."""
        return self.send("GET", path, "read").body

    def call(
        self,
        method: str,
        path: str,
        kind: Kind,
        *,
        params: Mapping[str, Any] | None = None,
        json: Any = None,
        files: Mapping[str, Any] | None = None,
        anonymous: bool = False,
    ) -> Any:
        """Send a call and return its JSON; None for an empty body.

        Args:
            method: HTTP method.
            path: From the host's root, e.g. ``/api/v2/…``.
            kind: Whether it may be repeated; see the module.
            params: Query.
            json: Body.
            files: Multipart body, as ``requests`` takes it; its contents must be bytes, for a retry.
            anonymous: Do not sign in for this call (the sign-in itself).

        Raises:
            HostError: One of its kinds, in Chinese; see the module and :mod:`automations.errors`.
        """
        answer = self.send(method, path, kind, params=params, json=json, files=files, anonymous=anonymous)
        if not answer.body:
            return None
        try:
            return answer.json()
        except ValueError:
            raise self._unclear(kind, f"{self.name}的答复不是数据（可能中间有代理或登录页）", arrived=True) from None

    def send(
        self,
        method: str,
        path: str,
        kind: Kind,
        *,
        params: Mapping[str, Any] | None = None,
        json: Any = None,
        files: Mapping[str, Any] | None = None,
        anonymous: bool = False,
    ) -> Answer:
        """Like :meth:`call`, but the whole answer of a success (2xx)."""
        waits = iter(self._waits if kind != "once" else ())
        maybe_arrived = False
        signed_again = False
        while True:
            headers = {} if anonymous or not self._ours(path) else self._who()
            try:
                answer = self._try(method, path, headers, params, json, files)
            except _Unclear as trouble:
                maybe_arrived = maybe_arrived or trouble.arrived
                wait = next(waits, None)
                if wait is None:
                    raise self._unclear(kind, trouble.reason, arrived=maybe_arrived) from None
                time.sleep(wait)
                continue
            if answer.status < 300:
                return answer
            if answer.status == 401 and headers and not signed_again:
                # The identity ran out; the host did not act on the call, so it may go again whatever its kind.
                signed_again = True
                self.forget()
                continue
            error = self._error(kind, answer)
            passing = isinstance(error, HostUnavailable | WriteUncertain | HostConflict)
            maybe_arrived = maybe_arrived or answer.status >= 500
            wait = next(waits, None) if passing else None
            if wait is None:
                if isinstance(error, HostUnavailable) and kind != "read" and maybe_arrived:
                    error = WriteUncertain(error.message)
                raise error
            asked = _seconds(answer.headers.get("Retry-After"))
            if asked > LONGEST_WAIT:
                raise error
            time.sleep(max(wait, asked))

    # --- inside -------------------------------------------------------------------------------------------------
    def _who(self) -> Mapping[str, str]:
        if self._identity is None and self.sign_in is not None:
            identity = self.sign_in()
            for value in identity.values():
                self.hide(value)
                self.hide(value.rpartition(" ")[2])
            self._identity = identity
        return self._identity or {}

    def _ours(self, path: str) -> bool:
        return not path.startswith(("http://", "https://")) or path.startswith(self.url + "/")

    def _try(
        self,
        method: str,
        path: str,
        headers: Mapping[str, str],
        params: Mapping[str, Any] | None,
        json: Any,
        files: Mapping[str, Any] | None,
    ) -> Answer:
        now = time.monotonic()
        if now - self._last > self._idle:
            # The host may be closing an idle connection this very moment; a write sent into it would be uncertain.
            self._session.close()
        url = path if path.startswith(("http://", "https://")) else self.url + path
        label = f"{method} {urlsplit(url).path}"
        try:
            response = self._session.request(
                method,
                url,
                params=params,
                json=json,
                files=files,
                headers=headers,
                timeout=self._timeout,
                allow_redirects=False,  # never carry our identity to another place
                stream=True,
            )
            with response:
                body = _read(response, now + self._deadline)
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as trouble:
            log.debug("%s: %s after %.0f ms", label, type(trouble).__name__, (time.monotonic() - now) * 1000)
            raise self._trouble(trouble) from None
        finally:
            self._last = time.monotonic()
        log.debug("%s: %s, %d bytes, %.0f ms", label, response.status_code, len(body), (self._last - now) * 1000)
        return Answer(response.status_code, response.headers, body)

    def _trouble(self, trouble: Exception) -> _Unclear:
        where = f"{self.name}（{self.url}）"
        if isinstance(trouble, requests.exceptions.SSLError):
            return _Unclear(f"{where}的证书未通过检查", arrived=False)
        if isinstance(trouble, requests.exceptions.ConnectTimeout) or _never_connected(trouble):
            return _Unclear(f"连不上{where}", arrived=False)
        if isinstance(trouble, requests.exceptions.InvalidURL | requests.exceptions.MissingSchema):
            return _Unclear(f"{where}的地址写法不对", arrived=False)
        if isinstance(trouble, requests.exceptions.Timeout | urllib3.exceptions.TimeoutError | TimeoutError):
            return _Unclear(f"{where}迟迟没有答复", arrived=True)
        if isinstance(trouble, _TooMuch):
            return _Unclear(f"{where}的答复过大", arrived=True)
        return _Unclear(f"{where}中途断开", arrived=True)

    def _unclear(self, kind: Kind, reason: str, *, arrived: bool) -> HostError:
        reason = self.redact(reason)
        if kind == "read" or not arrived:
            return HostUnavailable(f"{reason}。请确认它已启动、网络畅通；稍后会自动再试。")
        return WriteUncertain(f"{reason}，这次写入不知是否成功。下一轮会重新读取核对，不必手工处理。")

    def _error(self, kind: Kind, answer: Answer) -> HostError:
        if self.refusal is not None and (named := self.refusal(answer)) is not None:
            named.message = self.redact(named.message)
            return named
        said = self.redact(answer.complaint())
        tail = f"：{said}" if said else f"（代码 {answer.status}）"
        if answer.status == 401:
            return LoginRefused(f"{self.name}不认这个账号{tail}。请核对 HOUQIN_HOST_EMAIL 和 HOUQIN_HOST_PASSWORD。")
        if answer.status == 403:
            return HostRefused(f"这个账号在{self.name}上没有此项权限{tail}。请让管理员给它相应的角色。")
        if answer.status == 409:
            return HostConflict(f"有人同时在改同一处{tail}。稍后会自动再试。")
        if answer.status == 429:
            return HostUnavailable(f"{self.name}忙{tail}。稍后会自动再试。")
        if answer.status >= 500:
            return self._unclear(kind, f"{self.name}出错{tail}", arrived=True)
        if answer.status < 400:
            return HostRefused(f"{self.name}要求转到别的地址。请把 HOUQIN_HOST_URL 改成最终地址（http 还是 https）。")
        return HostRefused(f"{self.name}拒绝了这次操作{tail}。")

    def redact(self, text: str) -> str:
        """``text`` without anything that was hidden or that looks like a session token."""
        for secret in self._secrets:
            text = text.replace(secret, "***")
        return _TOKENS.sub("***", text)


def _read(response: requests.Response, until: float) -> bytes:
    """The whole body; the time limit of the socket alone would let a dripping host hold us for ever."""
    parts: list[bytes] = []
    size = 0
    while chunk := response.raw.read1(1 << 20, decode_content=True):
        parts.append(chunk)
        size += len(chunk)
        if size > MAX_ANSWER:
            raise _TooMuch
        if time.monotonic() > until:
            raise TimeoutError
    return b"".join(parts)


def _never_connected(trouble: BaseException | None) -> bool:
    """Whether the cause lies before anything was sent (refused, unknown name)."""
    seen = 0
    while trouble is not None and seen < 8:
        if isinstance(trouble, urllib3.exceptions.NewConnectionError | urllib3.exceptions.NameResolutionError):
            return True
        reason = getattr(trouble, "reason", None) or (trouble.args[0] if trouble.args else None)
        trouble = reason if isinstance(reason, BaseException) else trouble.__cause__
        seen += 1
    return False


def _seconds(header: str | None) -> float:
    """A ``Retry-After`` in seconds; its date form counts as 0."""
    try:
        return max(0.0, float(header or 0))
    except ValueError:
        return 0.0
