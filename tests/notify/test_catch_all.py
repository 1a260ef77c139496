"""The catch-all through apprise, to a local server: handed over, never confirmed."""

import json
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from automations import assemble
from automations.errors import ChannelError, SettingsError
from automations.notify import Address, Message
from automations.notify.catch_all import CatchAll
from automations.settings import Settings
from tests.notify.posting import notice, posting
from tests.notify.smtp import free_port

# apprise's own import, on Python 3.11 and 3.12
pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")
ZHANG = Address(1, "张三")
NOTE = Message("h1", "【待签】您有2笔待签", "您有2笔待签（合计4,260元）")


class Service:
    """Takes what apprise posts, and answers with ``status``."""

    def __init__(self) -> None:
        self.status, self.got = 200, list[dict[str, str]]()
        service = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                service.got.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
                self.send_response(service.status)
                self.end_headers()
                self.wfile.write(b'{"errcode": 93000}')  # what it says inside, apprise never reads

            def log_message(self, *args: object) -> None:
                pass

        self._server = HTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})
        self._thread.start()
        self.url = f"json://127.0.0.1:{self._server.server_port}/s3cret"

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


@pytest.fixture
def service() -> Iterator[Service]:
    found = Service()
    yield found
    found.close()


def test_it_is_handed_over_with_the_name_and_never_confirmed(service: Service) -> None:
    receipt = CatchAll(service.url).send(NOTE, ZHANG)
    [got] = service.got
    assert (got["title"], got["message"]) == (NOTE.subject, "张三：\n您有2笔待签（合计4,260元）")
    assert not receipt.confirmed and receipt.note == ""


def test_the_record_and_status_say_unconfirmed(service: Service) -> None:
    desk = posting({"apprise": CatchAll(service.url)}, ZHANG)
    desk.plan(notice(1, routes=("apprise",)))
    assert desk.deliver().sent == 1
    assert desk.rows()[0].receipt == "apprise 1/1\n已交出，未确认"
    assert desk.status() == "近7天有1条已交出，未确认（经 HOUQIN_APPRISE_URLS，对方不回报是否送达）。"


def test_one_service_that_takes_it_is_enough(service: Service) -> None:
    receipt = CatchAll(f"json://127.0.0.1:{free_port()}/s3cret {service.url}").send(NOTE, ZHANG)
    assert len(service.got) == 1 and receipt.note == "第1个地址没有收下" and "s3cret" not in str(receipt)


@pytest.mark.parametrize("status", [500, 404])
def test_nobody_took_it(service: Service, status: int, caplog: pytest.LogCaptureFixture) -> None:
    service.status = status
    desk = posting({"apprise": CatchAll(service.url)}, ZHANG)
    desk.plan(notice(1, routes=("apprise",)))
    desk.deliver()
    assert (desk.rows()[0].state, desk.wait()) == ("retry", 60)
    assert "HOUQIN_APPRISE_URLS 的地址都没有收下" in desk.status()
    assert "s3cret" not in desk.status() + caplog.text
    service.status = 200
    assert desk.deliver(60).sent == 1


def test_an_address_it_does_not_know_is_named_by_its_place() -> None:
    with pytest.raises(SettingsError) as caught:
        CatchAll("json://127.0.0.1/ nonsense://s3cret")
    assert "第2个地址" in str(caught.value) and "s3cret" not in str(caught.value)


def test_without_apprise_the_setting_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "apprise", None)
    with pytest.raises(SettingsError, match="pip install"):
        CatchAll("json://127.0.0.1/")


def test_the_setting_makes_the_channel_and_stays_secret(service: Service) -> None:
    settings = Settings(apprise_urls=service.url, _env_file=None)  # type: ignore[call-arg, arg-type]
    assert "s3cret" not in repr(settings)
    channels = assemble.channels(settings)
    with pytest.raises(ChannelError):
        service.status = 500
        channels["apprise"].send(NOTE, ZHANG)
    assert list(channels) == ["apprise"] and len(service.got) == 1
