"""The reports that there are: folders of ``report_templates/`` with a period in their ``report.toml``."""

import tomllib
from dataclasses import dataclass
from pathlib import Path

from automations.errors import HouqinError, TemplateError
from automations.reports.checks import braces
from automations.reports.manifest import ReportManifest, report_manifest
from automations.reports.mistakes import docx_text, shown
from automations.schedule import Schedule
from automations.settings import HOUSE

WORDS = "words.md"


@dataclass(frozen=True, slots=True)
class ReportFolder:
    """One report.

    Attributes:
        path: Its folder; the folder's name is the report's.
        told: Its ``report.toml``.
        at: When it is made by itself; None never.
    """

    path: Path
    told: ReportManifest
    at: Schedule | None

    @property
    def name(self) -> str:
        """What it is called on the command line."""
        return self.path.name


def templates() -> Path:
    """Where templates lie: in the checkout, or inside the installed package."""
    here = HOUSE / "report_templates"
    return here if here.is_dir() else Path(__file__).parent.parent / "_data" / "report_templates"


def read(path: Path) -> ReportFolder | None:
    """The report in this folder; None where it holds something else (a form, a message).

    Raises:
        TemplateError: Its ``report.toml`` or its ``at`` is wrong.
    """
    if not _is_report(path):
        return None
    told = report_manifest(path)
    if told.at and told.period == "row":
        raise TemplateError(f"{shown(path / 'report.toml')}：关于一行的报告不能定时生成，请把 at 留空。")
    try:
        return ReportFolder(path, told, Schedule.read(told.at) if told.at else None)
    except HouqinError as error:
        raise TemplateError(f"{shown(path / 'report.toml')} 的 at：{error.message}") from None


def every(root: Path | None = None) -> tuple[dict[str, ReportFolder], list[str]]:
    """All reports by name, and a Chinese sentence for each folder that cannot be read."""
    found: dict[str, ReportFolder] = {}
    problems: list[str] = []
    for path in sorted(p for p in (root or templates()).iterdir() if p.is_dir() and not p.name.startswith((".", "_"))):
        try:
            folder = read(path)
        except TemplateError as error:
            problems.append(str(error))
            continue
        if folder is not None:
            found[folder.name] = folder
    return found, problems


def mistakes(folder: ReportFolder) -> list[str]:
    """What shows without any data: a missing file, a broken one, braces; fields are only known when data comes."""
    found: list[str] = []
    for path, needed in ((folder.path / WORDS, True), (folder.path / "report.docx", False)):
        if not path.is_file():
            if needed:
                found.append(f"找不到模板 {shown(path)}。请从备份或安装包中恢复。")
            continue
        try:
            text = docx_text(path) if path.suffix == ".docx" else path.read_text("utf-8")
        except Exception as error:  # python-docx and zipfile have a dozen ways to say that it is no Word file
            found.append(f"{shown(path)} 读不出来（{type(error).__name__}: {error}）。请重新保存，或从安装包中恢复。")
            continue
        found += [f"{shown(path)} 第 {line} 行：{what}。" for line, what in braces(text)]
    return found


def _is_report(path: Path) -> bool:
    """Forms and the public pages have a ``report.toml`` or none, but neither words nor a period."""
    if (path / WORDS).is_file():
        return True
    try:
        return "period" in tomllib.loads((path / "report.toml").read_text("utf-8"))
    except (OSError, ValueError):  # whoever reads it for what it is says what is wrong with it
        return False
