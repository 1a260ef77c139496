"""Open a SQL store, SQLite by default or PostgreSQL by its address, so that writers never trip over each other.

SQLite begins every transaction with ``BEGIN IMMEDIATE``: a deferred one that turns into a write fails at once when
another process writes, whatever the busy timeout. Readers ask for a plain ``BEGIN`` (:data:`READING`) and never wait.
On PostgreSQL the writers of one store queue on an advisory lock.
"""

import sqlite3
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

from sqlalchemy import Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.engine.url import URL
from sqlalchemy.exc import ArgumentError, NoSuchModuleError
from sqlalchemy.pool import QueuePool

from automations.errors import StoreError

READING: Mapping[str, Any] = {"houqin_reading": True}
"""Execution options of a connection or engine that only reads."""

BUSY_SECONDS = 20
"""How long a writer waits for another before it gives up."""

Step = Callable[[Connection], None]
"""One migration: brings the store from the shape before to the next, inside the given transaction."""


def open_store(url: str, *, durable: bool) -> Engine:
    """An engine for ``url``, tried out: it can be reached and written.

    Args:
        url: ``sqlite:///var/x.db``, ``sqlite:///:memory:`` or ``postgresql+psycopg://…``.
        durable: Every commit reaches the disk before it returns (evidence); otherwise a power cut may take back the
            last commits, whole ones (a cache).

    Raises:
        StoreError: It cannot be opened or written; the message says what to do.
    """
    try:
        address = make_url(url)
    except ArgumentError:
        raise StoreError(f"存储地址写错了：“{url}”。应类似 sqlite:///var/journal.db，请改设置。") from None
    kind = address.get_backend_name()
    if kind == "sqlite":
        engine = _sqlite(address, durable)
    elif kind == "postgresql":
        engine = _postgresql(address)
    else:
        raise StoreError(f"不支持的存储“{kind}”：请用 sqlite:/// 或 postgresql+psycopg:// 开头的地址。")
    place = _place(address)

    def translate(context: ExceptionContext) -> StoreError | None:
        if context.is_pre_ping:  # the pool asks whether a line still stands, and opens another if not
            return None
        return _translated(context.original_exception, place, durable)

    event.listen(engine, "handle_error", translate)
    try:
        with engine.begin() as connection:
            if kind == "sqlite":  # write, but nothing new: BEGIN IMMEDIATE alone lets a read-only file pass
                version = connection.exec_driver_sql("PRAGMA user_version").scalar_one()
                connection.exec_driver_sql(f"PRAGMA user_version = {version}")
            elif connection.exec_driver_sql("SHOW transaction_read_only").scalar_one() == "on":
                raise StoreError(f"PostgreSQL（{place}）是只读的：请改用主库的地址。")
    except BaseException:
        engine.dispose()
        raise
    return engine


def _place(address: URL) -> str:
    """The store as people know it: a file, or a server without its password."""
    return address.database or ":memory:" if address.get_backend_name() == "sqlite" else address.render_as_string()


def _sqlite(address: URL, durable: bool) -> Engine:
    name = address.database or ":memory:"
    memory = name == ":memory:"
    if memory:
        # One connection, shared by all threads in turn: a second one would be another, empty database.
        engine = create_engine(
            address,
            poolclass=QueuePool,
            pool_size=1,
            max_overflow=0,
            pool_timeout=BUSY_SECONDS,
            connect_args={"check_same_thread": False},
        )
    else:
        if not name.startswith("file:"):
            try:
                Path(name).parent.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise StoreError(f"建不了文件夹 {Path(name).parent}（{error.strerror}）：请检查路径和权限。") from error
        engine = create_engine(address)

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: object) -> None:
        connection.isolation_level = None  # pysqlite must not begin transactions by itself
        connection.execute(f"PRAGMA busy_timeout={BUSY_SECONDS * 1000}")
        if not memory:
            connection.execute("PRAGMA journal_mode=WAL")
        connection.execute(f"PRAGMA synchronous={'FULL' if durable else 'NORMAL'}")
        connection.execute("PRAGMA foreign_keys=ON")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        reading = connection.get_execution_options().get("houqin_reading", False)
        driver: Any = connection.connection.driver_connection
        try:  # past SQLAlchemy, which takes longer over it than most transactions last
            driver.execute("BEGIN" if reading else "BEGIN IMMEDIATE")
        except sqlite3.Error as error:
            raise _translated(error, _place(address), durable) or error from error

    return engine


def _postgresql(address: URL) -> Engine:
    try:
        return create_engine(
            address.set(drivername="postgresql+psycopg"),
            pool_pre_ping=True,  # the server may have been restarted since
            connect_args={"connect_timeout": 5},
        )
    except (ImportError, NoSuchModuleError):
        raise StoreError('缺少 PostgreSQL 的驱动：请执行 pip install "psycopg[binary]"。') from None


def _translated(error: BaseException | None, place: str, durable: bool) -> StoreError | None:
    """``error`` in words, if it says that the store itself is in trouble; None leaves it as it is."""
    code = getattr(error, "sqlite_errorname", None) or ""
    if not code and isinstance(error, sqlite3.Error):
        return None
    state = getattr(error, "sqlstate", None) or ""
    lost = "请停下程序，从最近的备份恢复" if durable else "它只是缓存：停下程序，删除这个文件再启动即可"
    if code == "SQLITE_FULL" or state == "53100":
        return StoreError(f"磁盘已满，{place} 写不进去：请腾出空间后再运行，已写好的内容没有丢。")
    if code.startswith("SQLITE_READONLY") or state == "25006":
        return StoreError(f"{place} 是只读的：请检查文件和文件夹的权限，或磁盘是否被设为只读。")
    if code == "SQLITE_NOTADB":
        return StoreError(f"{place} 不是 SQLite 数据库文件：请核对路径；如果路径没错，文件已损坏，{lost}。")
    if code.startswith("SQLITE_CORRUPT"):
        return StoreError(f"{place} 已损坏：{lost}。")
    if code.startswith("SQLITE_CANTOPEN"):
        return StoreError(f"打不开 {place}：请检查路径是否是文件、文件夹权限是否允许写。")
    if code.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")) or state == "55P03":
        return StoreError(f"{place} 被别的程序占用超过 {BUSY_SECONDS} 秒：请关掉正在写它的程序后重试。")
    if code.startswith("SQLITE_IOERR"):
        return StoreError(f"读写 {place} 出错（{code}）：请检查磁盘；不要放在网络盘上。")
    if type(error).__module__.startswith("psycopg") and _is_connection_error(error, state):
        return StoreError(
            f"连不上 PostgreSQL（{place}）：请确认服务已启动，地址、端口、库名、账号和密码正确。"
            f"详情：{_first_line(error)}"
        )
    return None


def _is_connection_error(error: BaseException | None, state: str) -> bool:
    # Class 08 and 57P are broken lines and shutdowns; a failed connect is an OperationalError without a state.
    return state.startswith(("08", "57P")) or (
        not state and type(error).__name__ in ("OperationalError", "ConnectionTimeout")
    )


def _first_line(error: BaseException | None) -> str:
    return str(error).strip().split("\n", 1)[0]


class Store:
    """An engine with one way to read and one way to write.

    Inside a ``write`` block every ``read`` of the same thread goes through that transaction: code called there sees
    what was just written.

    Args:
        engine: From :func:`open_store`.
        name: What is kept there, e.g. ``journal``: names its lock and its migrations.
    """

    def __init__(self, engine: Engine, name: str) -> None:
        self.engine = engine
        self.name = name
        self.postgresql = engine.dialect.name == "postgresql"
        self._here = threading.local()

    @property
    def writing(self) -> bool:
        """This thread is inside a ``write`` block."""
        return getattr(self._here, "writing", False)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection to read with; joins the block it stands in."""
        outer = getattr(self._here, "connection", None)
        if outer is not None:
            yield cast(Connection, outer)
            return
        with self.engine.connect() as connection:
            connection = connection.execution_options(**READING)
            self._here.connection = connection
            try:
                yield connection
            finally:
                self._here.connection = None

    @contextmanager
    def snapshot(self) -> Iterator[Connection]:
        """Like :meth:`read`, but all queries see one and the same state, whatever others commit meanwhile."""
        if getattr(self._here, "connection", None) is not None or not self.postgresql:
            with self.read() as connection:  # a transaction of SQLite is a snapshot by itself
                yield connection
            return
        with self.engine.connect() as connection:
            yield connection.execution_options(isolation_level="REPEATABLE READ", **READING)

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """One transaction, alone among all writers of this store; committed when the block ends well."""
        if self.writing:
            raise RuntimeError(f"nested write on the store {self.name}")
        outer = getattr(self._here, "connection", None)
        with self.engine.begin() as connection:
            if self.postgresql:
                key = f"houqin.{self.name}."
                connection.execute(text("SELECT pg_advisory_xact_lock(hashtext(:k || current_schema()))"), {"k": key})
            self._here.connection, self._here.writing = connection, True
            try:
                yield connection
            finally:
                self._here.connection, self._here.writing = outer, False

    def close(self) -> None:
        """Let go of all connections."""
        self.engine.dispose()


def migrate(store: Store, steps: Sequence[Step]) -> list[str]:
    """Bring ``store`` to the shape that this program knows: run the steps it has not had, in order, all or none.

    Append to ``steps``, never change one that was released.

    Returns:
        Names of the steps that ran.

    Raises:
        StoreError: The store was written by a newer program.
    """
    with store.write() as connection:
        connection.execute(
            text(
                "CREATE TABLE IF NOT EXISTS _migrations"
                " (store TEXT NOT NULL, number INTEGER NOT NULL, name TEXT NOT NULL, PRIMARY KEY (store, number))"
            )
        )
        query = text("SELECT name FROM _migrations WHERE store = :store ORDER BY number")
        done = list(connection.execute(query, {"store": store.name}).scalars())
        names = [step.__name__ for step in steps]
        if done != names[: len(done)]:
            raise StoreError(
                f"存储“{store.name}”是由另一个（更新的）版本写成的，本版本不认识：请升级程序后再运行，不要退回旧版。"
            )
        record = text("INSERT INTO _migrations (store, number, name) VALUES (:store, :number, :name)")
        for number in range(len(done), len(names)):
            steps[number](connection)
            connection.execute(record, {"store": store.name, "number": number + 1, "name": names[number]})
        return names[len(done) :]
