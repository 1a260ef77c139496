"""The long-running worker: a clock wakes the engine; a stop is clean; a second worker waits for the first.

Every pass is complete in itself, so waking late, twice or not at all does no harm (design.md 1).
"""

import logging
import os
import socket
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta

from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.interval import IntervalTrigger

from automations.engine import Engine
from automations.errors import HouqinError
from automations.lease import Lease
from automations.settings import Settings

log = logging.getLogger("houqin")

LEASE_SECONDS = 30
"""How long a worker that vanished holds up the next one; a holder renews three times as often, also in a long pass."""


def utc_now() -> datetime:
    """The only place besides the command line that asks the time."""
    return datetime.now(UTC)


def name() -> str:
    """Who holds the lease: host name and process."""
    return f"{socket.gethostname()}:{os.getpid()}"


class Worker:
    """Wakes the engine until told to stop.

    Args:
        engine: One office's engine.
        settings: How often.
        clock: What time it is.
        bar: Shows a progress bar (title, steps) while every table is read for the first time.
    """

    def __init__(
        self,
        engine: Engine,
        settings: Settings,
        clock: Callable[[], datetime] = utc_now,
        bar: Callable[[str, int], AbstractContextManager[Callable[[str], None]]] | None = None,
    ) -> None:
        self._bar = bar
        self._engine = engine
        self._settings = settings
        self._clock = clock
        self._lease = Lease(engine.office.journal, name(), LEASE_SECONDS)
        self._slow_at: datetime | None = None
        self._reconcile_at: datetime | None = None
        self._passes = 0
        self._said: set[str] = set()
        self._waited = False

    def run(self, stop: threading.Event) -> None:
        """Pass after pass until ``stop`` is set; a pass under way is finished first."""
        scheduler = BackgroundScheduler(timezone="Asia/Shanghai")
        scheduler.add_job(
            self.tick,
            IntervalTrigger(seconds=self._settings.poll_seconds),
            next_run_time=self._clock(),
            max_instances=1,
            coalesce=True,
            misfire_grace_time=None,
        )
        scheduler.add_job(self._renew, IntervalTrigger(seconds=LEASE_SECONDS // 3), max_instances=1, coalesce=True)
        scheduler.start()
        log.info("后勤助手已启动，每%d秒看一次表格，按 Ctrl-C 停止", self._settings.poll_seconds)
        try:
            stop.wait()
        finally:
            scheduler.shutdown(wait=True)
            if self._engine.reports is not None:
                self._engine.reports.close()
            self._lease.release()
            log.info("后勤助手已停止")

    def tick(self) -> None:
        """One pass, if this worker holds the lease. What goes wrong is said in one line; the next pass tries again."""
        now = self._clock()
        try:
            if not self._lease.acquire(now):
                if not self._waited:
                    log.warning("另一个后勤助手正在运行，本进程等待它停止后接手")
                self._waited = True
                return
            self._waited = False
            self._pass(now)
        except HouqinError as error:
            log.error("本次没有完成，稍后重试：%s", error)
        except Exception:  # a fault of ours: said with its traceback, and the next pass starts afresh
            log.exception("程序出错，稍后重试；请把以下内容交给信息科")

    def _renew(self) -> None:
        self._lease.renew(self._clock())

    def _pass(self, now: datetime) -> None:
        settings = self._settings
        slow = self._slow_at is None or now >= self._slow_at
        if slow:
            self._slow_at = now + timedelta(seconds=settings.slow_poll_seconds)
        deep = self._reconcile_at is not None and now >= self._reconcile_at
        if deep or self._reconcile_at is None:
            self._reconcile_at = now + timedelta(minutes=settings.reconcile_minutes)
        if self._engine.first and self._bar is not None:
            with self._bar("首次读取表格", len(self._engine.office.schema)) as step:
                self._engine.told = step
                report = self._engine.turn(now, slow=True)
        else:
            report = self._engine.turn(now, slow=slow or deep, deep=deep)
        self._passes += 1
        if report.idle:
            log.debug("第%d次 %s", self._passes, report.line())
        else:
            log.info("第%d次 %s", self._passes, report.line())
        for problem in report.problems:
            if problem not in self._said:
                log.warning("%s", problem)
        self._said = set(report.problems)


def run(engine: Engine, settings: Settings, stop: threading.Event) -> None:
    """Run passes until ``stop`` is set."""
    Worker(engine, settings).run(stop)
