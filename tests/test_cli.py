"""The commands, run for real in a folder of their own; the tables are the memory host's file."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import pytest

from automations.settings import HOUSE
from automations.shipped_norms import SHIPPED
from automations.tables.memory import MemoryServer

QUIET = {"HOUQIN_HOST": "memory", "PYTHONPATH": str(HOUSE), "PYTHONIOENCODING": "utf-8"}


def environment(more: Mapping[str, str] = {}) -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith("HOUQIN_")}
    return kept | QUIET | dict(more)


def houqin(folder: Path, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "automations", *words],
        cwd=folder,
        env=environment(more),
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=120,
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder where the tables are made already."""
    place = tmp_path_factory.mktemp("office")
    done = houqin(place, "apply")
    assert done.returncode == 0, done.stderr
    return place


def test_plan_shows_and_changes_nothing_then_apply_then_nothing_left(tmp_path: Path) -> None:
    first = houqin(tmp_path, "plan")
    assert first.returncode == 0 and "支出单" in first.stdout
    assert houqin(tmp_path, "plan").stdout == first.stdout
    assert houqin(tmp_path, "apply").returncode == 0
    again = houqin(tmp_path, "plan").stdout
    assert "新建" not in again


def test_a_new_school_begins_with_parameters_places_and_rules_once(tmp_path: Path) -> None:
    first = houqin(tmp_path, "apply", "--starter")
    assert first.returncode == 0, first.stderr
    assert f"“参数标准”已写入{len(SHIPPED)}条" in first.stdout.replace("\n", "")
    assert "“楼栋房间”已写入6条" in first.stdout and "“制度档案”已写入14条" in first.stdout
    again = houqin(tmp_path, "apply", "--starter")
    assert again.returncode == 0 and "已写入" not in again.stdout
    assert again.stdout.count("已有内容，没有改动。") == 3
    assert houqin(tmp_path, "once").returncode == 0


def test_a_column_renamed_by_hand_keeps_its_data_and_the_worker_goes_on(folder: Path) -> None:
    server = MemoryServer(str(folder / "var" / "tables.db"))
    server.rename_field("支出单", "事由", "报销事由")
    server.close()
    shown = houqin(folder, "plan").stdout
    assert "报销事由" in shown and "新增" not in shown
    assert houqin(folder, "once").returncode == 0


def test_once_says_one_line(folder: Path) -> None:
    done = houqin(folder, "once")
    assert done.returncode == 0
    assert re.fullmatch(r"变动\d+行 .*用时\d+\.\d\d秒\n", done.stdout)


def test_without_tables_the_worker_says_what_to_do_first(tmp_path: Path) -> None:
    done = houqin(tmp_path, "once")
    assert done.returncode == 1
    assert done.stderr.strip().endswith("请先运行 houqin apply。")
    assert "Traceback" not in done.stderr


def test_wrong_settings_are_listed_by_their_names(tmp_path: Path) -> None:
    done = houqin(tmp_path, "once", HOUQIN_POLL_SECONDS="0", HOUQIN_SMTP_PORT="x")
    assert done.returncode == 1
    assert "HOUQIN_POLL_SECONDS" in done.stderr and "HOUQIN_SMTP_PORT" in done.stderr


def test_nobody_at_the_address_is_one_clear_line(tmp_path: Path) -> None:
    done = houqin(
        tmp_path,
        "plan",
        HOUQIN_HOST="nocodb",
        HOUQIN_HOST_URL="http://127.0.0.1:9",
        HOUQIN_HOST_EMAIL="a@b.c",
        HOUQIN_HOST_PASSWORD="s3cret-s3cret",
    )
    assert done.returncode == 1
    assert "Traceback" not in done.stderr and "s3cret" not in done.stderr + done.stdout
    assert "127.0.0.1:9" in done.stderr


def test_verify_names_the_first_broken_entry(folder: Path, tmp_path: Path) -> None:
    import shutil
    import sqlite3

    assert houqin(folder, "verify").returncode == 0
    shutil.copytree(folder / "var", tmp_path / "var")
    with sqlite3.connect(tmp_path / "var" / "journal.db") as connection:
        for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            connection.execute(f'DROP TRIGGER "{name}"')
        connection.execute("UPDATE entries SET data = replace(data, 'a', 'b') WHERE seq = 1")
    connection.close()
    broken = houqin(tmp_path, "verify")
    assert broken.returncode == 1
    assert "1" in broken.stdout


def test_preview_lists_unknown_jobs(folder: Path) -> None:
    done = houqin(folder, "preview", "no_such_job")
    assert done.returncode == 1 and "vehicle_insurance" in done.stderr
    assert "是不是“vehicle_insurance”？" in houqin(folder, "preview", "vehicle_insurence").stderr
    nothing = houqin(folder, "preview", "vehicle_insurance", "--on", "2026-09-01").stdout.strip()
    assert nothing == "共0条（2026-09-01 08:40，看了资产设备0行）"
    assert "看不懂" in houqin(folder, "preview", "vehicle_insurance", "--on", "1.9.").stderr


def test_backup_and_status(folder: Path) -> None:
    assert houqin(folder, "backup", "copy.db").returncode == 0
    assert (folder / "copy.db").is_file()
    assert "没有运行" in houqin(folder, "status").stdout


def test_doctor_names_what_is_missing(folder: Path) -> None:
    done = houqin(folder, "doctor")
    assert done.returncode == 1
    assert "✗ 通知渠道" in done.stdout and "HOUQIN_SMTP_" in done.stdout
    assert "✓ 日志" in done.stdout


def start(folder: Path, log: str) -> subprocess.Popen[bytes]:
    with (folder / log).open("wb") as out:
        return subprocess.Popen(
            [sys.executable, "-m", "automations", "run", "--verbose"],
            cwd=folder,
            env=environment({"HOUQIN_POLL_SECONDS": "1"}),
            stdout=out,
            stderr=subprocess.STDOUT,
        )


def saying(folder: Path, log: str, words: str, seconds: float = 60) -> str:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        text = (folder / log).read_text("utf-8", "replace")
        if words in text:
            return text
        time.sleep(0.1)
    raise AssertionError(f"never said {words!r}:\n{text}")


def test_the_worker_stops_cleanly_and_a_second_one_waits_for_the_first(folder: Path) -> None:
    first = start(folder, "first.log")
    try:
        saying(folder, "first.log", "第1次")
        assert "正在运行" in houqin(folder, "status").stdout
        second = start(folder, "second.log")
        try:
            saying(folder, "second.log", "等待它停止后接手")
            first.send_signal(signal.SIGTERM)
            assert first.wait(30) == 0
            assert "后勤助手已停止" in (folder / "first.log").read_text("utf-8")
            assert "第1次" in saying(folder, "second.log", "第1次")
        finally:
            second.send_signal(signal.SIGTERM)
            assert second.wait(30) == 0
    finally:
        if first.poll() is None:
            first.kill()
            first.wait()
    assert houqin(folder, "verify").returncode == 0
