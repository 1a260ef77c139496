"""The pages on a real port, as ``houqin run`` serves them."""

import logging
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import pytest
import requests

from automations.settings import Settings
from automations.web import serving as module
from automations.web.serving import serving

from .conftest import ANSWER, REPORT, School, receipt_of


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def served(folder: Path, clock: Callable[[], datetime]) -> Iterator[str]:
    """The pages of the office in ``folder``; their address."""
    port = free_port()
    with serving(Settings(var=folder, web_listen=f"127.0.0.1:{port}"), clock):
        for _ in range(200):
            try:
                requests.get(f"http://127.0.0.1:{port}/health", timeout=5)
                break
            except requests.ConnectionError:
                time.sleep(0.05)
        yield f"http://127.0.0.1:{port}"


def test_it_serves_while_the_worker_runs_and_stops_with_it(school: School) -> None:
    [token] = school.slips()
    with served(school.folder, school.office.clock) as url:
        assert requests.get(f"{url}/health", timeout=5).text == "ok\n"
        answer = requests.post(f"{url}/s/{token}", data=ANSWER, timeout=20)
        assert "谢谢，已收到" in answer.text
        assert "Server" not in answer.headers, "which program answers is nobody's business"
        receipt = receipt_of(school.client, school.place)
        sent = requests.post(f"{url}{school.place}", data={**REPORT, "receipt": receipt}, timeout=20)
        assert (sent.status_code, sent.url) == (200, f"{url}/a/{receipt}"), "the browser was led to the receipt"
    with pytest.raises(requests.ConnectionError):
        requests.get(f"{url}/health", timeout=5)
    assert not [t for t in threading.enumerate() if t.name == "web"]
    school.turn()
    assert len(school.rows("survey_responses")) == len(school.rows("issues")) == 1


def test_nothing_is_served_where_nobody_said_so(tmp_path: Path, school: School) -> None:
    with serving(Settings(var=tmp_path, web_listen=""), school.office.clock):
        assert not [t for t in threading.enumerate() if t.name == "web"]


def test_a_taken_port_stops_nobody_and_is_tried_again(
    school: School, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(module, "TRY_AGAIN_SECONDS", 0.1)
    caplog.set_level(logging.INFO, "houqin")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with serving(Settings(var=school.folder, web_listen=f"127.0.0.1:{port}"), school.office.clock):
            for _ in range(100):
                if "网页打不开" in caplog.text:
                    break
                time.sleep(0.05)
            assert "请改 .env 中的 HOUQIN_WEB_LISTEN" in caplog.text
            taken.close()
            for _ in range(100):
                if "网页已打开" in caplog.text:
                    break
                time.sleep(0.05)
            assert requests.get(f"http://127.0.0.1:{port}/health", timeout=5).status_code == 200
    assert caplog.text.count("网页打不开") == 1


def test_far_too_much_is_refused_by_the_server(school: School) -> None:
    with served(school.folder, school.office.clock) as url:
        head = f"POST {school.place} HTTP/1.1\r\nHost: x\r\nContent-Type: multipart/form-data; boundary=x\r\n"
        with socket.create_connection(("127.0.0.1", int(url.rpartition(":")[2])), timeout=10) as line:
            line.sendall(f"{head}Content-Length: 50000000\r\n\r\n".encode())
            assert b" 413 " in line.recv(200)
        assert requests.get(f"{url}/health", timeout=5).status_code == 200


def test_addresses_behind_the_proxy_are_told_apart(school: School) -> None:
    def report(url: str, who: str) -> int:
        data = {**REPORT, "receipt": receipt_of(school.client, school.place)}
        headers = {"X-Forwarded-For": who}
        return requests.post(f"{url}/r/x.y", data=data, headers=headers, timeout=20).status_code

    with served(school.folder, school.office.clock) as url:
        assert [report(url, "1.1.1.1") for _ in range(21)].count(404) == 20
        assert report(url, "1.1.1.1") == 429
        assert report(url, "2.2.2.2") == 404
