"""The journal is kept whole: append-only, chained, durable; and whoever changes it by hand is found."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta, timezone
from hashlib import sha256
from pathlib import Path

import pytest
import sqlalchemy as sql
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError

from automations.chain import GENESIS
from automations.errors import JournalBroken, StoreError
from automations.journal import Case, Journal, Unnumbered
from automations.journal_tables import STEPS, create_tables
from automations.store import migrate
from tests.postgres import store_url as store_url

NOW = datetime(2026, 9, 1, 1, 0, tzinfo=UTC)


@pytest.fixture
def journal(store_url: str) -> Iterator[Journal]:
    opened = Journal(store_url)
    yield opened
    opened.close()


def fill(journal: Journal, count: int = 5) -> None:
    """Entries 1 to ``count``, a projection's entry among them at the end."""
    for n in range(1, count):
        with journal.write() as tx:
            tx.append("signed", f"claims/{n}", {"签字人": "王主任", "金额": f"{n}.00"}, NOW + timedelta(minutes=n))
    with journal.write() as tx:
        tx.put_case("claims/1", "claims", "待审", {"round": 1})


# --- appending and reading ------------------------------------------------------------------------------------------
def test_entries_come_back_in_order(journal: Journal) -> None:
    assert journal.last() is None and journal.entries() == [] and journal.verify().ok
    beijing = timezone(timedelta(hours=8))
    with journal.write() as tx:
        first = tx.append("signed", "claims/1", {"意见": "同意", "n": 1}, datetime(2026, 9, 1, 9, tzinfo=beijing))
        second = tx.append("refused", "claims/2", ["超预算"], NOW)
        third = tx.append("signed", "claims/2", None, NOW)
    assert (first.seq, first.prev, first.at) == (1, GENESIS, NOW)
    assert (second.prev, third.prev) == (first.hash, second.hash)
    assert journal.entries() == [first, second, third]
    assert journal.entries(subject="claims/2") == [second, third]
    assert journal.entries(kind="signed") == [first, third]
    assert journal.entries(subject="claims/2", kind="signed") == [third]
    assert journal.entries(after=1, limit=1) == [second]
    assert journal.entries(since=NOW) == [first, second, third]
    assert journal.entries(since=(NOW + timedelta(seconds=1)).astimezone(beijing)) == []
    assert journal.last() == third
    assert journal.verify().checked == 3


def test_the_hash_can_be_recomputed_by_anybody(journal: Journal) -> None:
    fill(journal)
    with journal.store.read() as connection:
        for row in connection.execute(text("SELECT * FROM entries ORDER BY seq")).mappings():
            body = {name: row[name] for name in ("seq", "at", "kind", "subject", "data", "prev")}
            written = json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
            assert sha256(written.encode()).hexdigest() == row["hash"]


def test_a_failed_write_leaves_nothing(journal: Journal) -> None:
    fill(journal)
    with pytest.raises(ZeroDivisionError), journal.write() as tx:
        tx.append("signed", "claims/9", {}, NOW)
        tx.put_case("claims/9", "claims", "办结", {})
        tx.number("BX", 2026, "claims", 9, "b")
        raise ZeroDivisionError
    assert len(journal.entries()) == 5 and journal.case("claims/9") is None and journal.verify().ok
    assert journal.numbered("claims", 9, "b") is None


@pytest.mark.parametrize("data", [{"x": float("nan")}, {"x": NOW}])
def test_what_is_not_json_is_refused(journal: Journal, data: object) -> None:
    with pytest.raises((TypeError, ValueError)), journal.write() as tx:
        tx.append("signed", "x", data, NOW)
    assert journal.entries() == []


def test_a_time_without_zone_is_refused(journal: Journal) -> None:
    with pytest.raises(ValueError), journal.write() as tx:
        tx.append("signed", "x", {}, datetime(2026, 9, 1))


def test_it_outlives_the_process(store_url: str) -> None:
    first = Journal(store_url)
    fill(first)
    kept = first.entries()
    first.close()
    again = Journal(store_url)
    fill(again, 2)
    assert again.entries()[:5] == kept and again.verify().ok
    again.close()


# --- where things stand ---------------------------------------------------------------------------------------------
def test_cases(journal: Journal) -> None:
    with journal.write() as tx:
        tx.put_case("claims/2", "claims", "待审", {"round": 1, "签字": ["王"]})
        tx.put_case("claims/1", "claims", "办结", {})
        tx.put_case("contracts/1", "contracts", "待审", {})
        tx.put_case("claims/2", "claims", "办结", {"round": 2})
        assert journal.case("claims/2") == {"round": 2}, "the block sees what it wrote"
    assert journal.case("claims/2") == {"round": 2} and journal.case("claims/9") is None
    assert journal.cases("claims") == [
        Case("claims/1", "claims", "办结", {}),
        Case("claims/2", "claims", "办结", {"round": 2}),
    ]
    assert [c.subject for c in journal.cases(status="待审")] == ["contracts/1"]
    assert len(journal.cases()) == 3 and journal.cases("contracts", "办结") == []


def test_seen(journal: Journal) -> None:
    assert journal.seen("claims", 1) == ""
    with journal.write() as tx:
        tx.see("claims", 1, "0001")
        tx.see("claims", 1, "0002")
    assert journal.seen("claims", 1) == "0002" and journal.seen("claims", 2) == ""
    with journal.write() as tx:
        tx.see_all({("claims", 1): "0003", ("claims", 2): "0004", ("steps", 1): "0005"})
        tx.see_all({})
        found = journal.seen_of({"claims": [1, 2, 3], "steps": [1], "none": []})
    assert found == {("claims", 1): "0003", ("claims", 2): "0004", ("steps", 1): "0005"}
    assert len(journal.entries()) == 2 and journal.verify().ok, "one entry a transaction"


def test_codes_are_serial_and_never_given_twice(journal: Journal) -> None:
    with journal.write() as tx:
        assert tx.number("ZC", 2026, "assets", 5, "b") == "ZC-2026-0001"
        assert tx.number("ZC", 2026, "assets", 6, "b") == "ZC-2026-0002"
    with journal.write() as tx:
        assert tx.number("ZC", 2026, "assets", 5, "b") == "ZC-2026-0001", "killed before the host had it: the same"
        assert tx.number("ZC", 2027, "assets", 5, "b") == "ZC-2026-0001", "a row keeps its code"
        assert tx.number("ZC", 2026, "assets", 5, "reborn") == "ZC-2026-0003", "an id used again is another row"
        assert tx.number("ZC", 2027, "assets", 7, "b") == "ZC-2027-0001"
        assert tx.number("BX", 2026, "claims", 5, "b") == "BX-2026-0001"
    assert journal.numbered("assets", 6, "b") == "ZC-2026-0002" and journal.numbered("assets", 6, "x") is None


def test_codes_of_many_rows_at_once(journal: Journal) -> None:
    with journal.write() as tx:
        assert tx.number_new([]) == [] and tx.register("ZC-2026-0007", "assets", 1, "b")
        new = [("ZC", 2026, 2), ("BX", 2026, 3), ("ZC", 2026, 4), ("ZC", 2027, 5)]
        codes = tx.number_new([Unnumbered(prefix, year, "assets", row_id, "b") for prefix, year, row_id in new])
        assert codes == ["ZC-2026-0008", "BX-2026-0001", "ZC-2026-0009", "ZC-2027-0001"]
        assert tx.number("ZC", 2026, "assets", 6, "b") == "ZC-2026-0010"
        tx.move_all({"ZC-2026-0008": ("assets", 12, "c"), "BX-2026-0001": ("claims", 3, "c")})
    assert journal.codes("assets", [2, 12, 4]) == {(12, "c"): "ZC-2026-0008", (4, "b"): "ZC-2026-0009"}
    assert journal.numbered("claims", 3, "c") == "BX-2026-0001" and journal.verify().ok
    with pytest.raises(IntegrityError), journal.write() as tx:
        tx.number_new([Unnumbered("ZC", 2026, "assets", 12, "c")])
    assert journal.numbered("assets", 12, "c") == "ZC-2026-0008", "a row has one code"


def test_codes_go_on_after_loaded_ones(journal: Journal) -> None:
    with journal.write() as tx:
        assert tx.register("ZC-2026-0158", "assets", 1, "")
        assert tx.register("ZC-2026-0158", "assets", 1, ""), "again is fine"
        assert not tx.register("ZC-2026-0158", "assets", 2, ""), "somebody else's"
        assert not tx.register("ZC-2026-0160", "assets", 1, ""), "the row has one"
        assert tx.register("旧编号7", "assets", 3, "")
        assert tx.number("ZC", 2026, "assets", 4, "") == "ZC-2026-0159"
        assert tx.register("ZC-2026-9999", "assets", 5, "")
        assert tx.number("ZC", 2026, "assets", 6, "") == "ZC-2026-10000"
        assert tx.number("ZC", 2026, "assets", 1, "") == "ZC-2026-0158"
    assert journal.numbered("assets", 3, "") == "旧编号7" and journal.verify().ok


def test_binding(journal: Journal) -> None:
    assert journal.load_binding("nocodb http://x") is None
    journal.save_binding("nocodb http://x", {"claims": {"id": "t1"}}, NOW)
    journal.save_binding("nocodb http://x", {"claims": {"id": "t2"}})
    assert journal.load_binding("nocodb http://x") == {"claims": {"id": "t2"}}
    assert [e.at for e in journal.entries()] == [NOW, NOW], "without a time of its own, that of the entry before"


def test_a_slot_of_a_job_is_claimed_once(journal: Journal) -> None:
    assert journal.last_runs(["insurance"]).get("insurance") is None
    with journal.write() as tx:
        assert tx.claim_run("insurance", "2026-09-01T08:40", NOW)
        assert not tx.claim_run("insurance", "2026-09-01T08:40", NOW)
        assert tx.claim_run("other", "2026-12-01T08:40", NOW)
    with journal.write() as tx:
        assert not tx.claim_run("insurance", "2026-09-01T08:40", NOW)
        assert tx.claim_run("insurance", "2026-09-02T08:40", NOW)
    assert journal.last_runs(["insurance"]).get("insurance") == "2026-09-02T08:40"
    assert journal.last_runs(["insurance", "never"]) == {"insurance": "2026-09-02T08:40"}


def test_other_modules_keep_tables_in_the_same_transaction(journal: Journal) -> None:
    metadata = sql.MetaData()
    letters = sql.Table("letters", metadata, sql.Column("id", sql.Integer, primary_key=True))
    journal.create_all(metadata)
    journal.create_all(metadata)
    with pytest.raises(ZeroDivisionError), journal.write() as tx:
        tx.connection.execute(sql.insert(letters), {"id": 1})
        raise ZeroDivisionError
    with journal.write() as tx:
        tx.connection.execute(sql.insert(letters), {"id": 2})
        tx.append("sent", "x", {}, NOW)
    with journal.store.read() as connection:
        assert connection.execute(sql.select(letters.c.id)).scalars().all() == [2]
    assert journal.verify().ok


def test_migrations_of_the_journal(store_url: str) -> None:
    """A journal written before a later step keeps its entries when that step comes."""

    def add_note(connection: sql.Connection) -> None:
        connection.execute(text("ALTER TABLE cases ADD COLUMN note VARCHAR(20)"))

    old = Journal(store_url)
    fill(old)
    kept = old.entries()
    assert migrate(old.store, [*STEPS, add_note]) == ["add_note"]
    assert old.entries() == kept and (create_tables,) == STEPS
    old.close()
    with pytest.raises(StoreError, match="升级程序"):
        Journal(store_url)


# --- tampering ------------------------------------------------------------------------------------------------------
def test_the_database_itself_refuses_to_change_entries(journal: Journal) -> None:
    fill(journal)
    statements = [
        "UPDATE entries SET data = '{}' WHERE seq = 2",
        "UPDATE entries SET hash = hash",
        "DELETE FROM entries WHERE seq = 5",
        "DELETE FROM entries",
    ]
    if journal.store.postgresql:
        statements.append("TRUNCATE entries")
    else:
        statements.append("INSERT OR REPLACE INTO entries SELECT seq, at, kind, subject, '{}', prev, hash FROM entries")
    for statement in statements:
        with pytest.raises(DBAPIError, match="append-only"), journal.store.write() as connection:
            connection.exec_driver_sql(statement)
    assert journal.verify().ok


def test_a_fork_is_refused(journal: Journal) -> None:
    fill(journal)
    with pytest.raises(IntegrityError), journal.store.write() as connection:
        connection.exec_driver_sql(
            "INSERT INTO entries SELECT 99, at, kind, subject, data, prev, 'another' FROM entries WHERE seq = 3"
        )


@contextmanager
def disarmed(journal: Journal) -> Iterator[sql.Connection]:
    """Somebody with full rights on the database switched the triggers off."""
    with journal.store.write() as connection:
        if journal.store.postgresql:
            connection.exec_driver_sql("ALTER TABLE entries DISABLE TRIGGER ALL")
        else:
            for name in ("entries_no_update", "entries_no_delete", "entries_no_replace"):
                connection.exec_driver_sql(f"DROP TRIGGER {name}")
        yield connection


TAMPERINGS = [
    ("UPDATE entries SET data = '{}' WHERE seq = 3", "hash", 3),
    ("UPDATE entries SET at = '2026-09-01T09:00:00+00:00' WHERE seq = 2", "hash", 2),
    ("UPDATE entries SET kind = 'refused' WHERE seq = 1", "hash", 1),
    ("UPDATE entries SET subject = 'claims/9' WHERE seq = 4", "hash", 4),
    ("UPDATE entries SET hash = 'x' WHERE seq = 3", "hash", 3),
    ("UPDATE entries SET prev = 'x' WHERE seq = 3", "link", 3),
    ("UPDATE entries SET prev = 'x' WHERE seq = 1", "link", 1),
    ("DELETE FROM entries WHERE seq = 3", "gap", 3),
    ("DELETE FROM entries WHERE seq IN (1, 2)", "gap", 1),
    ("DELETE FROM entries WHERE seq = 5", "head", 5),
    ("DELETE FROM entries", "head", 1),
    ("DELETE FROM chain_head", "head", 5),
    ("UPDATE chain_head SET seq = 4", "head", 5),
    ("UPDATE cases SET status = '办结'", "projection", 5),
    ("UPDATE cases SET data = '{}'", "projection", 5),
    ("DELETE FROM cases", "projection", 5),
    ("INSERT INTO cases VALUES ('claims/7', 'claims', '办结', '{}')", "projection", None),
    ("INSERT INTO seen VALUES ('claims', 1, '9999')", "projection", None),
    ("INSERT INTO runs VALUES ('insurance', '2099', '')", "projection", None),
    ("INSERT INTO numbers VALUES ('BX-2026-0001', 'BX', 2026, 1, 'claims', 1, '')", "projection", None),
    ("INSERT INTO bindings VALUES ('nocodb', '{}')", "projection", None),
]


@pytest.mark.parametrize(("statement", "why", "seq"), TAMPERINGS)
def test_tampering_is_found_and_named(journal: Journal, statement: str, why: str, seq: int | None) -> None:
    fill(journal)
    with disarmed(journal) as connection:
        connection.exec_driver_sql(statement)
    verdict = journal.verify()
    assert (verdict.ok, verdict.why, verdict.seq) == (False, why, seq)
    assert "与最近的备份核对" in verdict.message
    with pytest.raises(JournalBroken) as caught:
        journal.check()
    assert str(caught.value) == verdict.message


def test_an_untouched_journal_is_not_accused(journal: Journal) -> None:
    fill(journal, 30)
    with disarmed(journal):
        pass
    verdict = journal.verify()
    assert verdict.ok and verdict.checked == 30 and verdict.why is None
    journal.check()


def test_a_long_chain_is_walked_whole(journal: Journal) -> None:
    with journal.write() as tx:
        for n in range(4500):
            tx.append("sent", f"x/{n}", n, NOW)
    assert journal.verify().checked == 4500
    with disarmed(journal) as connection:
        connection.exec_driver_sql("UPDATE entries SET data = '0' WHERE seq = 4321")
    assert journal.verify().seq == 4321


# --- many writers, sudden death -------------------------------------------------------------------------------------
APPENDER = """
import sys
from datetime import UTC, datetime
from automations.journal import Journal
url, name, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
journal = Journal(url)
now = datetime(2026, 9, 1, tzinfo=UTC)
for n in range(count):
    with journal.write() as tx:
        tx.append("sent", f"{name}/{n}", {"n": n}, now)
        tx.put_case(f"{name}", "claims", str(n), {"n": n})
        code = tx.number("BX", 2026, name, n, "")
    print(n, code, flush=True)
"""


def start(url: str, name: str, count: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", APPENDER, url, name, str(count)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def test_three_processes_append_to_one_chain(journal: Journal, store_url: str) -> None:
    processes = [start(store_url, name, 40) for name in "abc"]
    told = [process.communicate(timeout=120)[0].split("\n")[:-1] for process in processes]
    assert [process.returncode for process in processes] == [0, 0, 0]
    verdict = journal.verify()
    assert verdict.ok and verdict.checked == 240, verdict.message
    for name in "abc":
        assert [e.subject for e in journal.entries(kind="sent") if e.subject.startswith(name)] == [
            f"{name}/{n}" for n in range(40)
        ], "nothing lost, in order"
    codes = [line.split()[1] for lines in told for line in lines]
    assert sorted(codes) == [f"BX-2026-{n:04d}" for n in range(1, 121)], "no number twice, none left out"


def test_kill_9_at_any_moment_loses_nothing_that_was_told(journal: Journal, store_url: str) -> None:
    told = 0
    for attempt in range(6):
        process = start(store_url, f"run{attempt}", 100_000)
        assert process.stdout is not None
        for _ in range(3 + 4 * attempt):
            last = process.stdout.readline().split()
        os.kill(process.pid, signal.SIGKILL)
        rest = process.stdout.read().splitlines()  # what it still had said when it died
        process.wait(30)
        process.stdout.close()
        confirmed = int((rest[-1].split() if rest and len(rest[-1].split()) == 2 else last)[0])
        told += confirmed + 1
        kept = [e.data["n"] for e in journal.entries(kind="sent") if e.subject.startswith(f"run{attempt}/")]
        assert kept == list(range(len(kept))) and len(kept) >= confirmed + 1
        verdict = journal.verify()
        assert verdict.ok, verdict.message
    assert told >= 6 * 3


# --- backup ---------------------------------------------------------------------------------------------------------
def test_backup_while_in_use(tmp_path: Path) -> None:
    journal = Journal(f"sqlite:///{tmp_path}/journal.db")
    fill(journal)
    target = tmp_path / "backups" / "one.db"
    with journal.store.read() as connection:
        connection.execute(text("SELECT count(*) FROM entries")).scalar_one()
        journal.backup(target)
    fill(journal, 3)
    assert sorted(p.name for p in target.parent.iterdir()) == ["one.db"], "one file, nothing beside it"
    copy = Journal(f"sqlite:///{target}")
    assert copy.verify().checked == 5 and copy.entries() == journal.entries(limit=5)
    fill(copy, 3)
    assert copy.verify().ok, "a backup can be worked on with"
    copy.close()
    journal.close()


def test_backup_refusals(tmp_path: Path, journal: Journal) -> None:
    there = tmp_path / "there.db"
    there.write_text("前一次的备份")
    (tmp_path / "file").write_text("")
    if journal.store.postgresql:
        with pytest.raises(StoreError, match="pg_dump"):
            journal.backup(tmp_path / "x.db")
        return
    with pytest.raises(StoreError, match="已存在"):
        journal.backup(there)
    assert there.read_text() == "前一次的备份"
    with pytest.raises(StoreError, match="没有成功"):
        journal.backup(tmp_path / "file" / "x.db")


def test_a_backup_of_a_damaged_journal_gets_no_name(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/journal.db"
    journal = Journal(url)
    fill(journal, 300)
    journal.close()
    checkpoint = sqlite3.connect(tmp_path / "journal.db")
    root = checkpoint.execute("SELECT rootpage FROM sqlite_master WHERE name = 'ix_entries_subject'").fetchone()[0]
    size = checkpoint.execute("PRAGMA page_size").fetchone()[0]
    checkpoint.execute("PRAGMA journal_mode=DELETE")
    checkpoint.close()
    content = bytearray((tmp_path / "journal.db").read_bytes())
    content[(root - 1) * size + 200 : root * size] = b"\xff" * (size - 200)
    (tmp_path / "journal.db").write_bytes(content)
    journal = Journal(url)
    with pytest.raises(StoreError, match="没有成功"):
        journal.backup(tmp_path / "copy.db")
    assert not list(tmp_path.glob("copy*"))
    journal.close()


def test_memory_journal() -> None:
    journal = Journal("sqlite:///:memory:")
    fill(journal)
    assert journal.verify().checked == 5
    journal.close()
