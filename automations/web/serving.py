"""The public pages inside ``houqin run``: a small WSGI server in its own thread, with its own line to the stores."""

import logging
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from automations import assemble, intents
from automations.engine import spool
from automations.settings import Settings
from automations.workdays import local_date

log = logging.getLogger("houqin")

TRY_AGAIN_SECONDS = 10


@contextmanager
def serving(settings: Settings, clock: Callable[[], datetime]) -> Iterator[None]:
    """Serve the pages while the block runs, if ``HOUQIN_WEB_LISTEN`` says where; the stores must be there already.

    Raises:
        HouqinError: The stores cannot be used, or a template is missing.
    """
    if not settings.web_listen:
        yield
        return
    from automations.web.app import application  # Flask only where pages are served

    office = assemble.stored_office(settings, local_date(clock()))
    waiting = settings.var / "spool"
    application_ = application(office, waiting, clock)
    with office.journal.store.read() as connection:
        spool.sweep(waiting, [intent.cells for intent in intents.outstanding(connection)])
    stop = threading.Event()
    thread = threading.Thread(target=_serve, args=(application_, settings.web_address, stop), name="web", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(timeout=10)
        office.mirror.close()
        office.journal.close()


def _serve(application: Any, address: tuple[str, int], stop: threading.Event) -> None:
    """Until ``stop`` is set; a port that is taken (by the process before, which is just ending) is tried again."""
    host, port = address
    told = False
    while not stop.is_set():
        try:
            line = socket.create_server(address, family=socket.AF_INET6 if ":" in host else socket.AF_INET)
        except OSError as error:
            if not told:
                why = error.strerror or error
                log.error("网页打不开：%s:%d 不能用（%s）。请改 .env 中的 HOUQIN_WEB_LISTEN。", host, port, why)
            told = True
            stop.wait(TRY_AGAIN_SECONDS)
            continue
        log.info("网页已打开：http://%s:%d", host, port)
        with line:
            _answer(application, line, stop)


def _answer(application: Any, line: socket.socket, stop: threading.Event) -> None:
    from waitress import wasyncore
    from waitress.server import create_server

    sockets: dict[int, Any] = {}
    server = create_server(
        application,
        map=sockets,
        sockets=[line],
        threads=4,
        connection_limit=50,
        channel_timeout=60,
        max_request_body_size=40_000_000,  # a little more than the pages take: they say it more kindly
        trusted_proxy="127.0.0.1",
        trusted_proxy_headers={"x-forwarded-for"},
        clear_untrusted_proxy_headers=True,
        ident="",
    )
    try:
        while not stop.is_set():
            wasyncore.loop(timeout=0.5, map=sockets, count=1)
    finally:
        server.task_dispatcher.shutdown(timeout=5)
        wasyncore.close_all(sockets, ignore_all=True)
