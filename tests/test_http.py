"""The one HTTP session against servers that misbehave: real sockets, nothing patched."""

import json
import logging
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from automations.errors import HostConflict, HostRefused, HostUnavailable, LoginRefused, WriteUncertain
from automations.tables.http import Http, Kind

Script = Callable[[BaseHTTPRequestHandler, int], None]
SECRET = "geheim-Passwort-1"
TOKEN = "eyJhbGciOiJIUzI1NiJ9.eyJlbWFpbCI6ImEifQ.c2lnbmF0dXJlLXNpZ25hdHVyZQ"


class Server:
    """A host that answers as the test says; remembers what arrived."""

    def __init__(self, script: Script) -> None:
        self.seen: list[tuple[str, str, dict[str, str], bytes]] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def handle_any(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                outer.seen.append((self.command, self.path, dict(self.headers), body))
                script(self, len(outer.seen))

            do_GET = do_POST = do_PATCH = do_DELETE = handle_any

            def log_message(self, format: str, *args: Any) -> None:
                """Keep the test output clean."""

        class Quiet(ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, request: Any, client_address: Any) -> None:
                """The client hung up, as some tests want."""

        self.httpd = Quiet(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.httpd.server_port}"


@contextmanager
def serving(script: Script) -> Iterator[Server]:
    server = Server(script)
    thread = threading.Thread(target=server.httpd.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.httpd.shutdown()
        server.httpd.server_close()
        thread.join()


def reply(
    handler: BaseHTTPRequestHandler,
    status: int,
    body: Any = None,
    *,
    raw: bytes | None = None,
    headers: dict[str, str] | None = None,
) -> None:
    data = raw if raw is not None else json.dumps(body, ensure_ascii=False).encode()
    handler.send_response(status)
    for name, value in (headers or {}).items():
        handler.send_header(name, value)
    handler.send_header("Content-Length", str(len(data)))
    handler.end_headers()
    handler.wfile.write(data)


def always(status: int, body: Any = None, **more: Any) -> Script:
    return lambda handler, _count: reply(handler, status, body, **more)


def then(*scripts: Script) -> Script:
    """The first script answers the first call and so on; the last one all further ones."""
    return lambda handler, count: scripts[min(count, len(scripts)) - 1](handler, count)


def hang(handler: BaseHTTPRequestHandler, _count: int) -> None:
    time.sleep(1.5)  # longer than the client's time limit; the answer comes to nobody
    reply(handler, 200, {"late": True})


def drop(handler: BaseHTTPRequestHandler, _count: int) -> None:
    handler.connection.shutdown(socket.SHUT_RDWR)
    handler.close_connection = True


def half(handler: BaseHTTPRequestHandler, _count: int) -> None:
    """A length that is promised and not kept."""
    handler.send_response(200)
    handler.send_header("Content-Length", "1000")
    handler.end_headers()
    handler.wfile.write(b'{"list": [')
    handler.wfile.flush()
    drop(handler, 0)


def drip(handler: BaseHTTPRequestHandler, _count: int) -> None:
    """A byte now and then: never silent long enough for the socket's own time limit."""
    handler.send_response(200)
    handler.send_header("Content-Length", "100000")
    handler.end_headers()
    for _ in range(200):
        handler.wfile.write(b" ")
        handler.wfile.flush()
        time.sleep(0.05)


def http(url: str, **more: Any) -> Http:
    given: dict[str, Any] = {"timeout": (2.0, 0.4), "waits": (0.01, 0.01), "deadline": 1.0, **more}
    return Http(url, "主机", **given)


LOST: dict[str, Script] = {
    "hangs": hang,
    "drops the line": drop,
    "half an answer": half,
    "drips": drip,
    "500": always(500, {"message": "boom"}),
    "502 page": always(502, raw=b"<html>Bad Gateway</html>"),
    "503": always(503, {}),
    "HTML with 200": always(200, raw=b"<html>login</html>", headers={"Content-Type": "text/html"}),
}


@pytest.mark.parametrize("name", LOST)
def test_a_read_without_a_clear_answer_is_unavailable(name: str) -> None:
    with serving(LOST[name]) as server, pytest.raises(HostUnavailable) as caught:
        http(server.url).get("/api/rows")
    assert caught.value.retry
    assert "稍后会自动再试" in caught.value.message


@pytest.mark.parametrize("name", LOST)
def test_a_write_without_a_clear_answer_is_uncertain_and_goes_out_once(name: str) -> None:
    with serving(LOST[name]) as server, pytest.raises(WriteUncertain) as caught:
        http(server.url).call("POST", "/api/rows", "once", json={"a": 1})
    assert len(server.seen) == 1
    assert "不知是否成功" in caught.value.message


@pytest.mark.parametrize("name", LOST)
def test_a_repeatable_write_is_repeated_and_then_uncertain(name: str) -> None:
    with serving(LOST[name]) as server, pytest.raises(WriteUncertain):
        http(server.url).call("PATCH", "/api/rows", "repeatable", json={"a": 1})
    assert len(server.seen) == (1 if name == "HTML with 200" else 3)


@pytest.mark.parametrize("kind", ["read", "repeatable"])
@pytest.mark.parametrize("name", [n for n in LOST if n != "HTML with 200"])
def test_what_passes_is_tried_again(name: str, kind: Kind) -> None:
    with serving(then(LOST[name], always(200, {"ok": 1}))) as server:
        assert http(server.url).call("PATCH", "/x", kind, json={"a": 1}) == {"ok": 1}
    assert len(server.seen) == 2
    assert server.seen[0][3] == server.seen[1][3] == b'{"a": 1}'


@pytest.mark.parametrize("kind", ["read", "repeatable", "once"])
def test_nobody_listens(kind: Kind) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound but not listening: refused for sure
        url = f"http://127.0.0.1:{taken.getsockname()[1]}"
        with pytest.raises(HostUnavailable, match="连不上") as caught:
            http(url).call("POST", "/x", kind, json={})
    assert not isinstance(caught.value, WriteUncertain), "nothing was sent, so nothing can have been written"


def test_a_repeatable_write_that_may_have_arrived_stays_uncertain_when_the_host_then_dies() -> None:
    with serving(then(hang, always(429, {}))) as server, pytest.raises(WriteUncertain):
        http(server.url).call("PATCH", "/x", "repeatable", json={})


def test_a_busy_host_is_waited_for_as_long_as_it_says() -> None:
    busy = always(429, {"detail": "throttled"}, headers={"Retry-After": "0.3"})
    with serving(then(busy, always(200, {"ok": 1}))) as server:
        started = time.monotonic()
        assert http(server.url).get("/x") == {"ok": 1}
    assert time.monotonic() - started >= 0.3


def test_a_very_busy_host_is_left_to_the_next_pass() -> None:
    with serving(always(429, {}, headers={"Retry-After": "3600"})) as server, pytest.raises(HostUnavailable):
        http(server.url).get("/x")
    assert len(server.seen) == 1


@pytest.mark.parametrize("kind", ["once", "read"])
def test_put_off_is_not_uncertain(kind: Kind) -> None:
    with serving(always(429, {})) as server, pytest.raises(HostUnavailable):
        http(server.url).call("POST", "/x", kind, json={})


@pytest.mark.parametrize(
    ("status", "error"),
    [(400, HostRefused), (403, HostRefused), (404, HostRefused), (422, HostRefused), (409, HostConflict)],
)
def test_refusals_carry_the_hosts_words(status: int, error: type[Exception]) -> None:
    with serving(always(status, {"msg": "列不存在"})) as server, pytest.raises(error, match="列不存在"):
        http(server.url).call("POST", "/x", "once", json={})
    assert len(server.seen) == 1


def test_a_redirect_is_not_followed_with_our_identity() -> None:
    with serving(always(200, {"other": 1})) as elsewhere:
        script = always(302, {}, headers={"Location": f"{elsewhere.url}/x"})
        with serving(script) as server, pytest.raises(HostRefused, match="HOUQIN_HOST_URL"):
            signed(server.url).get("/x")
        assert elsewhere.seen == []


# --- identity ---


def signed(url: str) -> Http:
    line = http(url)
    line.hide(SECRET)
    tokens = iter([f"{TOKEN}{n}" for n in range(9)])
    line.sign_in = lambda: {"xc-auth": next(tokens)}
    return line


@pytest.mark.parametrize("kind", ["read", "repeatable", "once"])
def test_signs_in_anew_once_when_the_identity_ran_out(kind: Kind) -> None:
    with serving(then(always(401, {}), always(200, {"ok": 1}), always(200, {"ok": 2}))) as server:
        line = signed(server.url)
        assert line.call("POST", "/x", kind, json={"a": 1}) == {"ok": 1}
        assert line.call("POST", "/x", kind, json={"a": 1}) == {"ok": 2}
    assert [h["xc-auth"][-1] for _, _, h, _ in server.seen] == ["0", "1", "1"]


def test_a_refused_identity_is_login_refused() -> None:
    with serving(always(401, {"msg": "Invalid token"})) as server, pytest.raises(LoginRefused, match="HOUQIN_HOST_"):
        signed(server.url).get("/x")
    assert len(server.seen) == 2


def test_our_identity_is_shown_to_our_host_only() -> None:
    with serving(always(200, {})) as server, serving(always(200, raw=b"file")) as elsewhere:
        line = signed(server.url)
        assert line.download(f"{elsewhere.url}/media/a.pdf") == b"file"
        line.get("/x")
        line.get(f"{server.url}/y")
    assert "xc-auth" not in elsewhere.seen[0][2]
    assert all("xc-auth" in headers for _, _, headers, _ in server.seen)


# --- kept connections ---


def test_a_kept_connection_that_the_host_closed_does_no_harm() -> None:
    """NocoDB closes idle connections after 5 s; a row must not become uncertain for that."""

    def close_after(handler: BaseHTTPRequestHandler, count: int) -> None:
        reply(handler, 200, {"n": count})
        handler.close_connection = True  # without announcing it

    with serving(close_after) as server:
        line = http(server.url, idle=0.05)
        for expected in (1, 2, 3):
            assert line.call("POST", "/x", "once", json={}) == {"n": expected}
            time.sleep(0.06)


# --- secrets ---


def test_no_secret_in_messages_or_logs(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    told = {"message": f"bad {SECRET} and {TOKEN}0"}
    with serving(always(400, told)) as server, pytest.raises(HostRefused) as caught:
        signed(server.url).call("POST", "/login", "once", json={"password": SECRET})
    shown = f"{caught.value!s} {caught.value!r} {caplog.text}"
    assert "bad *** and ***" in caught.value.message
    assert SECRET not in shown and TOKEN not in shown


def test_a_password_in_the_address_is_not_kept() -> None:
    assert http(f"http://user:{SECRET}@127.0.0.1:9/base/").url == "http://127.0.0.1:9/base"


@pytest.mark.parametrize("url", ["127.0.0.1:8080", "ftp://x", "", "http://"])
def test_a_wrong_address_is_told_at_once(url: str) -> None:
    with pytest.raises(HostRefused, match="HOUQIN_HOST_URL"):
        Http(url, "主机")


def test_an_endless_answer_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("automations.tables.http.MAX_ANSWER", 1000)
    with serving(always(200, raw=b"x" * 5000)) as server, pytest.raises(HostUnavailable, match="过大"):
        http(server.url, waits=()).get("/x")
