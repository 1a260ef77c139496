"""Real SMTP servers for tests: aiosmtpd, and one that answers line by line from a list."""

import email
import email.policy
import socket
import struct
import subprocess
import threading

import pytest
from aiosmtpd.controller import Controller


class Box:
    """A mailbox whose answers a test can set; ``answers`` by recipient, ``data`` for the message itself."""

    def __init__(self, answers=None, data="250 OK"):
        self.answers = answers or {}
        self.data = data
        self.mails = []

    async def handle_RCPT(self, server, session, envelope, address, options):
        answer = self.answers.get(address, "250 OK")
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server, session, envelope):
        if self.data.startswith("250"):
            self.mails.append(
                (envelope.rcpt_tos, email.message_from_bytes(envelope.content, policy=email.policy.default))
            )
        return self.data


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def serve():
    """Start a server for a handler; the port is chosen first, because Controller connects to the one it was given."""
    running = []

    def start(handler, *, controller=Controller, **options):
        server = controller(handler, hostname="127.0.0.1", port=free_port(), **options)
        server.start()
        running.append(server)
        return server.port

    yield start
    for server in running:
        server.stop()


@pytest.fixture(scope="session")
def certificate(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tls")
    options = "req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=127.0.0.1 -addext subjectAltName=IP:127.0.0.1"
    files = ("-keyout", folder / "key.pem", "-out", folder / "cert.pem")
    subprocess.run(["openssl", *options.split(), *files], check=True, capture_output=True)
    return folder


class Scripted:
    """A server that answers line by line from a list, then drops the line; ``cut`` drops it inside the message."""

    def __init__(self, *answers: bytes, cut: bool = False) -> None:
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.answers = answers
        self.cut = cut
        self.thread = threading.Thread(target=self._run)
        self.thread.start()

    def _run(self) -> None:
        line, _ = self.listener.accept()
        with line, line.makefile("rb") as lines:
            line.settimeout(5)
            for answer in self.answers:
                line.sendall(answer + b"\r\n")
                if answer.startswith(b"354") and self.cut:
                    lines.readline()
                    line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                    return
                if answer.startswith(b"354"):
                    while lines.readline() not in (b".\r\n", b""):
                        pass
                else:
                    lines.readline()

    def stop(self) -> None:
        self.thread.join(10)
        self.listener.close()
        assert not self.thread.is_alive()
