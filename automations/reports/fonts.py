"""Chinese faces for printing: found among the installed ones, or a clear refusal.

Without such a face WeasyPrint prints boxes, and the text behind them still reads right to a test (libraries.md 7).
"""

import os
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from automations.errors import ReportError

SERIF = (
    "Noto Serif CJK SC",
    "Noto Serif SC",
    "Source Han Serif SC",
    "Source Han Serif CN",
    "思源宋体",
    "思源宋体 CN",
    "SimSun",
    "宋体",
    "NSimSun",
    "新宋体",
    "STSong",
    "华文宋体",
    "Songti SC",
    "FangSong",
    "仿宋",
)
SANS = (
    "Noto Sans CJK SC",
    "Noto Sans SC",
    "Source Han Sans SC",
    "Source Han Sans CN",
    "思源黑体",
    "思源黑体 CN",
    "Microsoft YaHei",
    "微软雅黑",
    "PingFang SC",
    "苹方-简",
    "SimHei",
    "黑体",
    "WenQuanYi Zen Hei",
    "WenQuanYi Micro Hei",
)
WINDOWS_FILES = {
    "simsun.ttc": "SimSun",
    "simfang.ttf": "FangSong",
    "msyh.ttc": "Microsoft YaHei",
    "simhei.ttf": "SimHei",
}
"""Where fontconfig has no ``fc-list``: the faces that come with Chinese Windows, by file."""


@dataclass(frozen=True, slots=True)
class Faces:
    """Family names to print with. ``serif`` for what was filled in (宋体), ``sans`` for headings and labels (黑体)."""

    serif: str
    sans: str


OFFICE = Faces("宋体", "黑体")
"""What every office PC has; for pages shown in a browser, which brings its own faces."""


def find_faces() -> Faces:
    """The best installed pair; where only one kind is installed it serves as both.

    Raises:
        ReportError: No face for simplified Chinese is installed.
    """
    installed = _installed()
    serif, sans = _first(SERIF, installed), _first(SANS, installed)
    either = serif or sans or next(iter(installed), "")
    if not either:
        raise ReportError(
            "这台机器没有中文字体，打印出来会是方框，所以没有生成文件。"
            "请安装一种中文字体（Debian/Ubuntu：apt-get install fonts-noto-cjk；Windows：补装宋体或微软雅黑），"
            "再重新打印。"
        )
    return Faces(serif or either, sans or either)


def drawable() -> frozenset[int] | None:
    """Code points that at least one installed face can draw; None where this machine cannot tell."""
    if not (listing := _fc_list("charset")):
        return None
    points: set[int] = set()
    for line in set(listing):
        for span in line.replace(":charset=", "").split():
            low, _, high = span.partition("-")
            points.update(range(int(low, 16), int(high or low, 16) + 1))
    return frozenset(points)


def _installed() -> list[str]:
    """Families for simplified Chinese, in alphabetical order."""
    if shutil.which("fc-list"):
        # One face may go by several names: "Source Han Serif SC,思源宋体".
        return sorted({name for line in _fc_list(":lang=zh-cn", "family") for name in line.split(",") if name})
    fonts = Path(os.environ.get("WINDIR", r"C:\Windows")) / "Fonts"
    return [name for file, name in WINDOWS_FILES.items() if (fonts / file).is_file()]


def _first(wanted: Sequence[str], installed: Sequence[str]) -> str:
    return next((name for name in wanted if name in installed), "")


def _fc_list(*query: str) -> list[str]:
    program = shutil.which("fc-list")
    if not program:
        return []
    arguments = query if query[0].startswith(":") else (":", *query)
    done = subprocess.run([program, *arguments], capture_output=True, encoding="utf-8", timeout=30, check=False)
    return [line.strip() for line in done.stdout.splitlines() if line.strip()]
