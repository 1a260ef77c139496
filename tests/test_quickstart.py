"""The README's first command before anything is installed: what it needs, what it says, what it leaves alone.

These tests run the scripts in a copy of the checkout's top, with the machine's own python; nothing is downloaded. That
it ends in a running office is shown by ``tests/browser``.
"""

import fcntl
import importlib.util
import os
import re
import shutil
import socket
import sqlite3
import stat
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from types import ModuleType

import pytest

from automations.demo.local import LocalNocoDB, _quick_writes, keep_secrets
from automations.errors import HostUnavailable, SettingsError
from automations.settings import HOUSE

PYTHON = Path(sys.base_prefix) / "bin" / f"python{sys.version_info.major}.{sys.version_info.minor}"
CHINESE = re.compile("[一-鿿]{4}")


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """The files that installing reads, somewhere else."""
    house = tmp_path / "后勤 checkout"  # blanks and Chinese in the path must do no harm
    shutil.copytree(HOUSE / "deploy", house / "deploy", ignore=shutil.ignore_patterns("node_modules"))
    for name in ("requirements.lock", "pyproject.toml"):
        shutil.copy(HOUSE / name, house / name)
    return house


@pytest.fixture
def free_port() -> Iterator[int]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    yield port


def installer(house: Path) -> ModuleType:
    """``deploy/install.py`` of that checkout as a module."""
    spec = importlib.util.spec_from_file_location("houqin_install", house / "deploy" / "install.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look themselves up there
    spec.loader.exec_module(module)
    return module


def run(house: Path, script: str, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """``sh deploy/<script>`` with only the system's own tools and our python on PATH."""
    given = {"PATH": f"{PYTHON.parent}:/usr/bin:/bin", "HOME": str(house), "LANG": "C.UTF-8", **environment}
    return subprocess.run(
        ["/bin/sh", f"deploy/{script}", *arguments], cwd=house, env=given, capture_output=True, text=True, timeout=120
    )


def assert_one_clear_line(done: subprocess.CompletedProcess[str], *words: str) -> None:
    said = [line for line in (done.stdout + done.stderr).splitlines() if line.strip()]
    assert done.returncode not in (0, None)
    assert "Traceback" not in done.stdout + done.stderr
    assert CHINESE.search(said[-1])
    for word in words:
        assert word in said[-1], said


# --- what stands in the way -------------------------------------------------------------------------------------------
def test_an_old_python(checkout: Path) -> None:
    old = checkout / "old"
    old.mkdir()
    for name in ("python3", "python3.11", "python3.12", "python3.13", "python3.14"):
        fake = old / name  # answers like a Python 3.9
        fake.write_text('#!/bin/sh\n[ "$1" = --version ] && echo "Python 3.9.2" && exit 0\nexit 1\n')
        fake.chmod(0o755)
    for script in ("quickstart.sh", "test.sh"):
        done = run(checkout, script, PATH=f"{old}:/usr/bin:/bin")
        assert_one_clear_line(done, "Python 3.11", "本机：Python 3.9.2", "apt-get install")
    assert not (checkout / ".venv").exists()


def test_no_python_at_all(checkout: Path) -> None:
    tools = checkout / "tools"
    tools.mkdir()
    for name in ("dirname", "echo"):
        (tools / name).symlink_to(f"/usr/bin/{name}")
    assert_one_clear_line(run(checkout, "quickstart.sh", PATH=str(tools)), "没有找到 python3")


def test_a_port_that_is_taken_is_said_before_anything_is_installed(checkout: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = run(checkout, "quickstart.sh", HOUQIN_HOST_URL=f"http://127.0.0.1:{port}")
        assert_one_clear_line(done, f"端口 {port} 已被占用", f"HOUQIN_HOST_URL=http://127.0.0.1:{port + 1}")
        (checkout / ".env").write_text(f"HOUQIN_HOST_URL=http://127.0.0.1:{port}\n")
        assert_one_clear_line(run(checkout, "quickstart.sh"), f"端口 {port} 已被占用")
    assert not (checkout / ".venv").exists()


def test_two_at_once(checkout: Path) -> None:
    (checkout / "var").mkdir()
    with (checkout / "var" / "install.lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        assert_one_clear_line(run(checkout, "quickstart.sh"), "另一个窗口正在安装")


def test_no_network(checkout: Path, free_port: int) -> None:
    nowhere = f"http://127.0.0.1:{free_port}"
    done = run(
        checkout,
        "quickstart.sh",
        PIP_CONFIG_FILE=os.devnull,
        PIP_INDEX_URL=f"{nowhere}/simple",
        PIP_NO_CACHE_DIR="1",
        PIP_RETRIES="0",
        npm_config_registry=nowhere,
        npm_config_cache=str(checkout / "npm-cache"),
        HOUQIN_HOST_URL=nowhere,
    )
    assert_one_clear_line(done, "下载失败：连不上软件源", "var/log/install-")
    assert not (checkout / ".venv" / "houqin-runtime").exists(), "nothing is taken for installed"


def test_no_room_on_the_disk(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    module = installer(checkout)
    monkeypatch.setattr(module.shutil, "disk_usage", lambda path: _Usage(10**9))
    with pytest.raises(module.Trouble, match=r"磁盘空间不足：安装约需 3 GB，这里只剩 1\.0 GB"):
        module.main("run")


class _Usage:
    def __init__(self, free: int) -> None:
        self.free = free


def test_somebody_who_may_not_install_packages_is_told_which(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    module = installer(checkout)
    monkeypatch.setattr(module, "check_port", lambda: None)
    monkeypatch.setattr(module, "has_package", lambda name: name != "fonts-noto-cjk")
    monkeypatch.setattr(module, "can_make_venv", lambda: False)
    monkeypatch.setattr(module.os, "geteuid", lambda: 1000)
    with pytest.raises(module.Trouble) as told:
        module.main("run")
    assert "sudo apt-get install -y python3-venv fonts-noto-cjk" in str(told.value)


# --- what is left alone -----------------------------------------------------------------------------------------------
def test_a_warm_start_installs_nothing(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    module = installer(checkout)
    monkeypatch.setattr(module, "has_package", lambda name: True)
    (checkout / ".venv").mkdir()
    modules = checkout / "deploy" / "nocodb" / "node_modules"
    modules.mkdir()
    (modules / ".package-lock.json").write_text("{}")
    for section in ("runtime", "tests"):
        module.stamp(section).write()
    calls: list[object] = []
    monkeypatch.setattr(module, "set_up", lambda *arguments: calls.append(arguments))
    module.main("run")
    module.main("tests")
    assert calls == []

    lock = checkout / "requirements.lock"
    lock.write_text(lock.read_text().replace("# --- tests\n", "# --- tests\n# changed\n"))
    module.main("run")
    assert calls == [], "the tests' section is no business of a school"
    module.main("tests")
    assert calls == [("tests", [], ["tests"], False)]

    os.utime(modules / ".package-lock.json", (1, 1))
    module.main("run")
    assert calls[1:] == [("run", [], [], True)]


def test_a_moved_checkout_is_set_up_anew(checkout: Path) -> None:
    (checkout / ".venv").mkdir()
    module = installer(checkout)
    module.stamp("runtime").write()
    moved = checkout.rename(checkout.parent / "moved")
    again = installer(moved)
    assert again.stamp("runtime").read() not in ("", again.stamp("runtime").want)


@pytest.mark.parametrize(
    ("version", "good"),
    [
        *(("v18.20.0", False), ("v20.18.3", False), ("v20.19.0", True), ("v21.7.0", False), ("v22.11.0", False)),
        *(("v22.12.0", True), ("v24.1.0", True), ("nonsense", False)),
    ],
)
def test_which_node_will_do(checkout: Path, version: str, good: bool) -> None:
    node = checkout / "node"
    node.write_text(f"#!/bin/sh\necho {version}\n")
    node.chmod(0o755)
    assert installer(checkout).new_enough(str(node)) is good


# --- the lock ---------------------------------------------------------------------------------------------------------
LOCK = (HOUSE / "requirements.lock").read_text(encoding="utf-8")


def names(text: str) -> set[str]:
    return {
        re.split(r"[^A-Za-z0-9._-]", line)[0].lower() for line in text.splitlines() if re.match("[A-Za-z0-9]", line)
    }


def test_the_lock_names_no_host_and_hashes_everything() -> None:
    assert "://" not in LOCK and "index-url" not in LOCK and "find-links" not in LOCK
    entries = re.split(r"\n(?=[A-Za-z0-9])", LOCK)[1:]
    assert len(entries) > 70
    for entry in entries:
        assert re.match(r"[A-Za-z0-9._-]+==[^ ]+", entry), entry
        assert "--hash=sha256:" in entry, entry


def test_the_lock_holds_what_pyproject_asks_for() -> None:
    module = installer(HOUSE)
    project = tomllib.loads((HOUSE / "pyproject.toml").read_text())
    asked = [*project["project"]["dependencies"], *project["build-system"]["requires"]]
    extras = project["project"]["optional-dependencies"]
    plain = lambda wanted: {re.split(r"[^A-Za-z0-9._-]", one)[0].lower() for one in wanted}  # noqa: E731
    assert plain(asked) <= names(module.section("runtime"))
    assert plain(extras["test"]) <= names(module.section("tests")) | names(module.section("runtime"))
    assert plain(extras["node"]) == names(module.section("node"))
    assert names(module.section("runtime")).isdisjoint(names(module.section("tests")))


def test_continuous_integration_runs_the_second_command_and_nothing_less() -> None:
    script = HOUSE / ".ci" / "run"
    assert script.stat().st_mode & stat.S_IXUSR
    commands = [line for line in script.read_text().splitlines() if line and not line.startswith(("#", "set ", "cd "))]
    assert commands == ["exec sh deploy/test.sh"]
    whole = (HOUSE / "deploy" / "test.sh").read_text()
    for command in ("ruff format --check", "ruff check", "mypy", "pytest"):
        assert f"\n{command}" in whole or f"\nexec {command}" in whole


# --- the local NocoDB -------------------------------------------------------------------------------------------------
def test_secrets_are_made_once_and_for_their_owner_alone(tmp_path: Path) -> None:
    file = tmp_path / "var" / "secrets.env"
    first = keep_secrets(file, {"ADMIN": "a@school.test", "PASSWORD": "", "OTHER": ""})
    assert first["ADMIN"] == "a@school.test" and len(first["PASSWORD"]) > 20 and first["PASSWORD"] != first["OTHER"]
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert keep_secrets(file, {"ADMIN": "b@school.test", "PASSWORD": ""}) == first
    more = keep_secrets(file, {"NEW": ""})
    assert more.items() >= first.items() and more["NEW"]
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


@pytest.mark.parametrize("url", ["http://tables.school.test:8080", "https://127.0.0.1:8080", "http://0.0.0.0:8080"])
def test_the_demonstration_listens_on_loopback_only(tmp_path: Path, url: str) -> None:
    with pytest.raises(SettingsError, match="不是本机地址"):
        LocalNocoDB(url, tmp_path, tmp_path / "log", "admin@school.test", "secret").start()


def test_only_a_fresh_database_gets_a_write_ahead_log(tmp_path: Path) -> None:
    """The mode of one that is there is its owner's business."""
    fresh, old = tmp_path / "noco.db", tmp_path / "old.db"
    with closing(sqlite3.connect(old)) as database:
        database.execute("CREATE TABLE t (x)")
    for file in (fresh, old):
        _quick_writes(file)
    modes = []
    for file in (fresh, old):
        with closing(sqlite3.connect(file)) as database:
            modes.append(database.execute("PRAGMA journal_mode").fetchone()[0])
    assert modes == ["wal", "delete"]


@pytest.mark.nocodb
def test_the_local_nocodb_starts_stops_and_clears_away_a_stray(tmp_path: Path, free_port: int) -> None:
    url = f"http://127.0.0.1:{free_port}"

    def make() -> LocalNocoDB:
        return LocalNocoDB(url, tmp_path / "nocodb", tmp_path / "log" / "n.log", "admin@school.test", "Admin-pass-1")

    killed = make()
    killed.start()
    assert killed.alive
    with pytest.raises(HostUnavailable, match=f"端口 {free_port} 已被占用"):
        LocalNocoDB(url, tmp_path / "other", tmp_path / "log" / "o.log", "admin@school.test", "Admin-pass-1").start()

    # Somebody killed houqin itself: its NocoDB still runs when it is started again.
    second = make()
    try:
        second.start()
        assert second.alive and not killed.alive
    finally:
        second.stop()
        killed.stop()
    assert not second.alive
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(("127.0.0.1", free_port))
