"""Stores open, refuse in plain words, and let many writers through."""

import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import IntegrityError

from automations.errors import StoreError
from automations.store import Store, migrate, open_store
from tests.postgres import server
from tests.postgres import store_url as store_url

MEMORY = "sqlite:///:memory:"


@pytest.fixture
def store(store_url: str):
    opened = Store(open_store(store_url, durable=True), "test")
    with opened.write() as connection:
        connection.execute(text("CREATE TABLE things (name VARCHAR(20) PRIMARY KEY)"))
    yield opened
    opened.close()


def put(connection: Connection, name: str) -> None:
    connection.execute(text("INSERT INTO things VALUES (:n)"), {"n": name})


def names(store: Store) -> list[str]:
    with store.read() as connection:
        return sorted(connection.execute(text("SELECT name FROM things")).scalars())


def test_a_write_is_all_or_nothing(store: Store) -> None:
    with store.write() as connection:
        put(connection, "a")
        assert names(store) == ["a"], "a read inside the block sees what it wrote"
    with pytest.raises(ZeroDivisionError), store.write() as connection:
        put(connection, "b")
        raise ZeroDivisionError
    assert names(store) == ["a"]
    assert not store.writing


def test_a_write_inside_a_write_is_a_mistake(store: Store) -> None:
    with store.write() as connection:
        put(connection, "a")
        with pytest.raises(RuntimeError), store.write():
            pass
    assert names(store) == ["a"], "the outer one is unharmed"


def test_errors_about_content_are_left_as_they_are(store: Store) -> None:
    with pytest.raises(IntegrityError), store.write() as connection:
        put(connection, "a")
        put(connection, "a")


def test_a_reader_does_not_wait_for_a_writer(store: Store) -> None:
    found: list[list[str]] = []
    with store.write() as connection:
        put(connection, "a")
        reader = threading.Thread(target=lambda: found.append(names(store)))
        reader.start()
        reader.join(10)
        assert found == [[]], "it sees the state before"


def test_writers_queue(store: Store) -> None:
    """Read, then write, from many threads: none fails, none overwrites another."""

    def add() -> None:
        for _ in range(10):
            with store.write() as connection:
                count = connection.execute(text("SELECT count(*) FROM things")).scalar_one()
                put(connection, f"{count:04d}")

    threads = [threading.Thread(target=add) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert names(store) == [f"{n:04d}" for n in range(40)]


def test_a_snapshot_does_not_move(store: Store) -> None:
    def write() -> None:
        with store.write() as connection:
            put(connection, "late")

    with store.snapshot() as connection:
        query = text("SELECT count(*) FROM things")
        assert connection.execute(query).scalar_one() == 0
        writer = threading.Thread(target=write)
        writer.start()
        writer.join(20)
        assert connection.execute(query).scalar_one() == 0
    assert names(store) == ["late"]


def test_memory_is_one_database_for_all_threads() -> None:
    store = Store(open_store(MEMORY, durable=False), "test")
    with store.write() as connection:
        connection.execute(text("CREATE TABLE things (name TEXT)"))

    def add() -> None:
        for n in range(20):
            with store.write() as connection:
                put(connection, str(n))
            assert names(store)

    threads = [threading.Thread(target=add) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(names(store)) == 60
    store.close()


@pytest.mark.parametrize(("durable", "level"), [(True, 2), (False, 1)])
def test_sqlite_is_set_up_for_one_writer_and_many_readers(tmp_path: Path, durable: bool, level: int) -> None:
    engine = open_store(f"sqlite:///{tmp_path}/new/folder/x.db", durable=durable)
    with engine.connect() as connection:
        pragma = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
    engine.dispose()
    assert pragma == {"journal_mode": "wal", "synchronous": level, "foreign_keys": 1, "busy_timeout": 20000}


def test_many_processes_may_open_a_new_store_at_once(tmp_path: Path) -> None:
    script = (
        "import sys; from automations.journal import Journal; j = Journal(sys.argv[1]); print(j.verify().ok); j.close()"
    )
    command = [sys.executable, "-c", script, f"sqlite:///{tmp_path}/x.db"]
    started = [subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(4)]
    assert [p.communicate(timeout=60) for p in started] == [("True\n", "")] * 4


# --- refusals -------------------------------------------------------------------------------------------------------
def refusal(url: str, *, durable: bool = True) -> str:
    with pytest.raises(StoreError) as caught:
        open_store(url, durable=durable)
    return str(caught.value)


@pytest.mark.parametrize(
    ("url", "word"), [("nonsense", "存储地址写错了"), ("mysql://x/y", "不支持的存储"), ("", "存储地址写错了")]
)
def test_an_address_that_cannot_be(url: str, word: str) -> None:
    assert word in refusal(url)


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    file = tmp_path / "notes.txt"
    file.write_text("这不是数据库，只是一些文字。" * 100)
    assert "不是 SQLite 数据库" in refusal(f"sqlite:///{file}")
    assert "从最近的备份恢复" in refusal(f"sqlite:///{file}"), "evidence must not be thrown away"
    assert "删除这个文件" in refusal(f"sqlite:///{file}", durable=False), "a cache may be"


def test_a_damaged_database(tmp_path: Path) -> None:
    file = tmp_path / "x.db"
    connection = sqlite3.connect(file)
    connection.execute("CREATE TABLE t (x)")
    connection.executemany("INSERT INTO t VALUES (?)", [("x" * 500,)] * 200)
    connection.commit()
    connection.close()
    content = bytearray(file.read_bytes())
    content[4096:] = b"\xff" * (len(content) - 4096)
    file.write_bytes(content)
    engine = open_store(f"sqlite:///{file}", durable=True)
    with pytest.raises(StoreError, match="已损坏"), engine.connect() as damaged:
        damaged.exec_driver_sql("SELECT * FROM t").all()
    engine.dispose()


def test_a_folder_in_the_place_of_the_file(tmp_path: Path) -> None:
    assert "打不开" in refusal(f"sqlite:///{tmp_path}")


def test_a_file_in_the_place_of_the_folder(tmp_path: Path) -> None:
    (tmp_path / "var").write_text("")
    assert "建不了文件夹" in refusal(f"sqlite:///{tmp_path}/var/x.db")


def test_a_read_only_store_shows_itself_at_once(tmp_path: Path) -> None:
    open_store(f"sqlite:///{tmp_path}/x.db", durable=True).dispose()
    assert "只读" in refusal(f"sqlite:///file:{tmp_path}/x.db?mode=ro&uri=true")


def test_a_full_disk(tmp_path: Path) -> None:
    store = Store(open_store(f"sqlite:///{tmp_path}/x.db", durable=True), "test")
    with store.write() as connection:
        connection.execute(text("CREATE TABLE things (name TEXT)"))
        put(connection, "kept")
    with pytest.raises(StoreError, match="磁盘已满"), store.write() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count=3")  # what a full disk answers, without filling one
        for _ in range(1000):
            put(connection, "x" * 1000)
    assert names(store) == ["kept"]
    store.close()


def test_a_store_held_by_another_program(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/x.db"
    engine = open_store(url, durable=True)
    holder = sqlite3.connect(tmp_path / "x.db", isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    with engine.connect().execution_options(houqin_reading=True) as connection:
        connection.exec_driver_sql("PRAGMA busy_timeout=50")
        with pytest.raises(StoreError, match="被别的程序占用"):
            connection.exec_driver_sql("CREATE TABLE t (x)")
    holder.close()
    engine.dispose()


@pytest.mark.postgres
def test_postgresql_refusals_say_what_is_wrong_and_never_the_password() -> None:
    postgres = server()
    for url in (
        postgres.url(password="hunter2"),
        postgres.url(database="nowhere"),
        "postgresql+psycopg://u:hunter2@127.0.0.1:1/x",
    ):
        said = refusal(url)
        assert "连不上 PostgreSQL" in said and "密码正确" in said
        assert "hunter2" not in said and postgres.password not in said
    read_only = postgres.url().replace("search_path%3Dpublic", "default_transaction_read_only%3Don")
    assert read_only != postgres.url()
    assert "只读" in refusal(read_only)


@pytest.mark.postgres
def test_a_restarted_postgresql_is_found_again() -> None:
    """A connection that the server closed is replaced without anybody noticing."""
    store = Store(open_store(server().new_store(), durable=True), "test")
    with store.write() as connection:
        connection.execute(text("CREATE TABLE things (name VARCHAR(20))"))
        process = connection.execute(text("SELECT pg_backend_pid()")).scalar_one()
    other = Store(open_store(server().url(), durable=True), "test")
    with other.read() as connection:
        assert connection.execute(text("SELECT pg_terminate_backend(:p, 5000)"), {"p": process}).scalar_one()
    with store.write() as connection:
        put(connection, "after")
    assert names(store) == ["after"]
    store.close()
    other.close()


# --- migrations -----------------------------------------------------------------------------------------------------
def one(connection: Connection) -> None:
    connection.execute(text("CREATE TABLE pets (name VARCHAR(20))"))
    connection.execute(text("INSERT INTO pets VALUES ('旺财')"))


def two(connection: Connection) -> None:
    connection.execute(text("ALTER TABLE pets ADD COLUMN age INTEGER DEFAULT 3"))


def broken(connection: Connection) -> None:
    connection.execute(text("CREATE TABLE half (x INTEGER)"))
    raise ZeroDivisionError


def test_migrations_run_once_in_order(store: Store) -> None:
    assert migrate(store, [one]) == ["one"]
    assert migrate(store, [one]) == []
    assert migrate(store, [one, two]) == ["two"]
    with store.read() as connection:
        assert connection.execute(text("SELECT name, age FROM pets")).all() == [("旺财", 3)]


def test_a_failing_migration_leaves_the_store_as_it_was(store: Store) -> None:
    migrate(store, [one])
    with pytest.raises(ZeroDivisionError):
        migrate(store, [one, two, broken])
    assert migrate(store, [one, two]) == ["two"], "neither step was kept"
    with store.write() as connection:
        connection.execute(text("CREATE TABLE half (x INTEGER)"))


def test_a_store_of_a_newer_program_is_left_alone(store: Store) -> None:
    migrate(store, [one, two])
    with pytest.raises(StoreError, match="升级程序"):
        migrate(store, [one])


def test_two_stores_in_one_database_count_apart(store: Store) -> None:
    migrate(store, [one])
    assert migrate(Store(store.engine, "other"), [two]) == ["two"]
