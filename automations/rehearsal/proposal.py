"""Other parameters, read from a file: TOML lines, or a CSV as 参数标准 exports it. Every mistake is told at once."""

import csv
import difflib
import io
import tomllib
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, TypeVar

from automations.confirming import Terms, unreadable
from automations.errors import HouqinError, RuleError
from automations.norms import Norm, Norms
from automations.shipped_norms import SHIPPED

KEY, VALUE, FROM, TO = "参数键", "参数值", "生效日", "失效日"

T = TypeVar("T")

Problem = tuple[int, str]
"""(line, what is wrong with it)."""


@dataclass(frozen=True, slots=True)
class Written:
    """One line of the file: a value, and the days it is to count (None: open)."""

    line: int
    norm: Norm


class Heard(Norms):
    """The same parameters, noting which are asked for.

    Attributes:
        keys: Those asked for since it was emptied.
    """

    def __init__(self, base: Norms) -> None:
        super().__init__()
        self._base = base
        self.keys: set[str] = set()

    def text(self, key: str, on: date) -> str:
        """See :meth:`Norms.text`."""
        self.keys.add(key)
        return self._base.text(key, on)

    def verified(self, key: str, on: date) -> bool:
        """See :meth:`Norms.verified`."""
        return self._base.verified(key, on)

    def _read(self, key: str, on: date, read: Callable[[str], T], wanted: str) -> T:
        self.keys.add(key)  # also where the value is known already and its text is not looked at again
        return super()._read(key, on, read, wanted)


class Proposed(Norms):
    """The parameters as they would be: what the file says, else what the school has.

    A proposed value counts as checked where the present one does: only the value is on trial.

    Attributes:
        lines: What the file says, by key.
    """

    def __init__(self, base: Norms, lines: Sequence[Written]) -> None:
        super().__init__()
        self._base = base
        self.lines: dict[str, list[Norm]] = {}
        for one in lines:
            self.lines.setdefault(one.norm.key, []).append(one.norm)

    def text(self, key: str, on: date) -> str:
        """See :meth:`Norms.text`."""
        for norm in self.lines.get(key, ()):
            if norm.in_force(on):
                return norm.value
        return self._base.text(key, on)

    def verified(self, key: str, on: date) -> bool:
        """See :meth:`Norms.verified`."""
        return self._base.verified(key, on)

    def changes(self, days: Collection[date]) -> dict[str, tuple[str, str]]:
        """Keys that have another value on one of these days: the first such pair (now, then)."""
        found: dict[str, tuple[str, str]] = {}
        for key in self.lines:
            pairs = ((_known(self._base, key, day), self.text(key, day)) for day in days)
            differing = next((pair for pair in pairs if pair[0] != pair[1]), None)
            if differing is not None:
                found[key] = differing
        return found


def _known(norms: Norms, key: str, on: date) -> str:
    try:
        return norms.text(key, on)
    except RuleError:
        return ""


def read_proposal(path: Path, keys: Collection[str], options: Mapping[str, Collection[str]]) -> list[Written]:
    """What the file wants changed.

    Args:
        path: TOML, or CSV where the name ends so.
        keys: Every parameter there is.
        options: Allowed values by unit, where a unit has only some (去向).

    Raises:
        HouqinError: With every mistake, by its line.
    """
    text = _text(path)
    problems: list[Problem] = []
    lines = list((_csv if path.suffix.lower() == ".csv" else _toml)(text, problems))
    seen: dict[tuple[str, date | None], int] = {}
    for one in lines:
        key = one.norm.key
        if key not in keys:
            near = difflib.get_close_matches(key, keys, 1)
            problems.append((one.line, f"没有参数“{key}”{f'，是不是“{near[0]}”？' if near else '。'}"))
        elif (first := seen.setdefault((key, one.norm.start), one.line)) != one.line:
            problems.append((one.line, f"参数“{key}”在第{first}行已经写过。"))
        else:
            problems += [(one.line, wrong) for wrong in _unreadable(one.norm, options)]
    if problems:
        raise HouqinError(
            f"{path.name} 有{len(problems)}处要改：", [f"第{line}行：{what}" for line, what in sorted(problems)]
        )
    if not lines:
        raise HouqinError(f'{path.name} 里没有一个参数。每行写一个，如："compare.limit" = "3000"。')
    return lines


def _unreadable(norm: Norm, options: Mapping[str, Collection[str]]) -> list[str]:
    """Why a line cannot be read as its parameter wants it."""
    allowed = options.get(SHIPPED[norm.key].unit if norm.key in SHIPPED else "")
    if allowed is not None and norm.value not in allowed:
        return [f"参数“{norm.key}”应填{'、'.join(allowed)}之一，现在是“{norm.value}”。"]
    return unreadable(Terms(key=norm.key, value=norm.value, start=norm.start, end=norm.end))


def _text(path: Path) -> str:
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise HouqinError(f"参数文件 {path} 打不开（{error.strerror}），请核对路径。") from error
    for encoding in ("utf-8-sig", "gb18030"):  # the latter is what Excel saves a CSV in
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise HouqinError(f"参数文件 {path} 的文字读不出来，请另存为 UTF-8。")


def _toml(text: str, problems: list[Problem]) -> Iterator[Written]:
    """One parameter a line, so that each mistake has its line."""
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        try:
            [(key, value)] = _flat(tomllib.loads(line, parse_float=str))
        except (tomllib.TOMLDecodeError, ValueError):
            problems.append((number, f'看不懂“{line.strip()[:40]}”。请写成："compare.limit" = "3000"'))
            continue
        if not value:
            problems.append((number, f"参数“{key}”没有写值。"))
            continue
        yield Written(number, Norm(key, value))


def _flat(data: Mapping[str, Any], before: str = "") -> list[tuple[str, str]]:
    """``compare.limit = 3000`` without quotes is a table in a table."""
    found: list[tuple[str, str]] = []
    for name, value in data.items():
        if isinstance(value, dict):
            found += _flat(value, f"{before}{name}.")
        else:
            found.append((f"{before}{name}", _plain(value)))
    return found


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, list):
        return "、".join(map(_plain, value))
    return str(value).strip()


def _csv(text: str, problems: list[Problem]) -> Iterator[Written]:
    """An export: lines without a value say nothing, as in the table."""
    first = text.split("\n", 1)[0]
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=max(",;\t", key=first.count))
    heads = [name.strip() for name in reader.fieldnames or ()]
    if missing := [name for name in (KEY, VALUE) if name not in heads]:
        problems.append((1, f"没有列“{'”“'.join(missing)}”。第一行应是列名，至少有“{KEY}”和“{VALUE}”。"))
        return
    reader.fieldnames = heads
    for row in reader:
        key, value = (row[KEY] or "").strip(), (row[VALUE] or "").strip()
        if not value:
            continue
        if not key:
            problems.append((reader.line_num, f"有“{VALUE}”而没有“{KEY}”。"))
            continue
        try:
            yield Written(reader.line_num, Norm(key, value, _day(row.get(FROM)), _day(row.get(TO))))
        except ValueError as error:
            problems.append((reader.line_num, f"日期“{error}”看不懂，请写成 2026-09-01。"))


def _day(text: str | None) -> date | None:
    text = (text or "").strip()
    for form in ("%Y-%m-%d", "%Y/%m/%d") if text else ():
        try:
            return datetime.strptime(text.split(" ")[0], form).date()
        except ValueError:
            continue
    if text:
        raise ValueError(text)
    return None
