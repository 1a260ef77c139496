"""A worker that only delivers, to be killed: ``python -m tests.notify.killed_postman FOLDER SMTP_PORT WECOM_URL``.

It loads the program once; then each line on its standard input (JSON, see :class:`Order`) makes it fork a fresh worker
that plans what is new, delivers, books, and ends. On its standard output: ``pid 123``, then ``dead 9`` (or ``dead 0``).
A dead worker keeps its process id until the next line, so that a shot that comes late hits nobody else.
"""

import json
import os
import socket
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection

from automations.journal import Journal
from automations.notify import Address, Email, Outgoing, WeComApp, WeComRobot, deliveries
from automations.notify.postman import Postman
from automations.notify.render import Messages, Part
from automations.workdays import Calendar
from tests.wecom_double import AGENT, CORP, ROBOT, SECRET

NOT_IN_WECOM = 5
"""The person whose account WeCom does not know: his messages are refused and go on by mail."""
PEOPLE = {n: Address(n, f"第{n}人", f"p{n}@school.test", f"u{n}") for n in range(1, 13)}
ROUTES = (("wecom", "email"), ("email",), ("robot",), ("wecom", "email"))
EACH = 3
"""New notices for every worker that starts."""
CALENDAR = Calendar()


@dataclass(frozen=True)
class Order:
    """Which worker it is, what time it is, and how many notices there are in all by then."""

    number: int
    now: str
    planned: int


def code(n: int) -> str:
    return f"ZC-{n:05}-"


def notice(n: int) -> Outgoing:
    """Two of three are urgent and go alone, the others in lists; every fourth fills more than one posting."""
    reason = "缺验收人签名" if n % 4 else "\n".join(f"{code(n)}{line}：{'缺验收人签名' * 25}" for line in range(8))
    data = {"code": code(n), "title": "灯具", "level": "会计", "name": "李", "reason": reason, "url": ""}
    person = n % len(PEOPLE) + 1
    return Outgoing(f"claim_returned|{n}|1|", person, ROUTES[n // 2 % 4], "claim_returned", data, n % 3 != 0)


def work(folder: Path, port: int, url: str, messages: Messages, order: Order) -> None:
    """One pass of a worker that does nothing but deliver."""
    now = datetime.fromisoformat(order.now)
    journal = Journal(f"sqlite:///{folder / 'journal.db'}")

    @contextmanager
    def transaction() -> Iterator[Connection]:
        with journal.write(now=now) as tx:
            yield tx.connection

    with transaction() as connection:
        deliveries.create(connection)
        deliveries.plan(
            connection, [notice(n) for n in range(max(0, order.planned - EACH * 20), order.planned)], now, CALENDAR
        )
    socket.getfqdn = lambda name="": f"{order.number}.worker.test"  # how the mail server knows us
    app, robot = WeComApp(url, CORP, AGENT, SECRET), WeComRobot(url, ROBOT)
    for channel in (app, robot):
        channel._api._session.headers["X-Worker"] = str(order.number)
    email = Email("127.0.0.1", port, "none", sender="houqin@school.test")
    channels = {c.name: c for c in (app, robot, email)}
    Postman(transaction, channels, PEOPLE.get, messages, CALENDAR, f"worker-{order.number}").deliver(now)
    with journal.write(now=now) as tx:
        delivered = deliveries.unsettled(tx.connection)
        for delivery in delivered:
            data = {"keys": list(delivery.keys), "channel": delivery.channel, "receipt": delivery.receipt}
            tx.append("sent", f"people/{delivery.person}", data, now)
        deliveries.settle(tx.connection, *(delivery.id for delivery in delivered))
    journal.close()


def say(text: str) -> None:
    os.write(1, f"{text}\n".encode())


def main() -> None:
    folder, port, url = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
    messages = Messages()
    messages.compose("某", [Part(1, "claim_returned", notice(0).data)])  # compiles the templates before the forks
    pid = 0
    for line in sys.stdin:
        if pid:
            os.waitpid(pid, 0)
        pid = os.fork()
        if pid == 0:
            try:
                say(f"pid {os.getpid()}")
                work(folder, port, url, messages, Order(**json.loads(line)))
            except BaseException:
                traceback.print_exc()
                sys.stderr.flush()
                os._exit(1)
            os._exit(0)
        end = os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
        assert end is not None
        say(f"dead {end.si_status if end.si_code == os.CLD_KILLED else -end.si_status}")


def text(order: Order) -> str:
    return json.dumps(asdict(order)) + "\n"


if __name__ == "__main__":
    main()
