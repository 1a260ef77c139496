"""Message templates → one message: subject, text, page and WeCom text.

A folder of ``report_templates/messages/`` is one kind of notice: ``subject.txt``, ``text.txt``, ``page.html`` and
``wecom.txt``.
All notices that go to a person in one message are rendered by folder, each a block, and put together by ``_frame``. The
office edits these files, so they run in a sandbox and every mistake is told with file, line and field; a broken folder
holds back its own notices and no others.

What a template may use: ``notices`` (the data of each notice, oldest first), ``me`` (the reader's name), ``others``
(data of the other blocks by folder name), and the filters ``money``, ``day``, ``united``, ``fit``; of
digests ``digest`` (the fit rule), ``plain`` and ``rich``. The frame has
``blocks``, ``me`` and ``estimated``: years whose working days, in the dates of this message, are only estimated.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, NoReturn

import jinja2
from jinja2.exceptions import SecurityError
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup

from automations.errors import TemplateError
from automations.notify.base import Message
from automations.notify.digest import fitted, rich, soberly
from automations.notify.plain import plain
from automations.settings import HOUSE
from automations.workdays import when

FRAME = "_frame"
FILES = ("subject.txt", "text.txt", "page.html", "wecom.txt")

FIRST = (
    *("secrecy", "violation", "steps_waiting", "signature_refused", "claim_returned", "claim_changed"),
    *("daily_list", "claim_refused", "claim_approved"),
)
"""What the reader must act on stands on top (domain.md F1); folders not named here follow."""

MARKED = frozenset({"monthly_digest"})
"""Messages with bold and colours; in all others an asterisk is what a clerk wrote, and stays."""


@dataclass(frozen=True, slots=True)
class Part:
    """One notice to be told: ``id`` is the caller's, to say which part could not be rendered."""

    id: int
    template: str
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Composed:
    """The message of several parts.

    Attributes:
        message: Its id is for whoever sends it to give. None where nothing is left to say.
        broken: Parts whose template failed, by id; they are not in the message.
    """

    message: Message | None
    broken: Mapping[int, TemplateError] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Block:
    """One folder, rendered; the names are those of its files."""

    template: str
    subject: str
    text: str
    page: Markup
    wecom: str
    url: str


def messages_folder() -> Path:
    """Where the message templates lie: in the checkout, or inside the installed package."""
    here = HOUSE / "report_templates" / "messages"
    return here if here.is_dir() else Path(__file__).parent.parent / "_data" / "report_templates" / "messages"


class Messages:
    """The message templates.

    Args:
        folder: Holds one folder a message; edits of its files count at once.

    Attributes:
        folder: That folder.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder or messages_folder()
        loader = jinja2.FileSystemLoader(self.folder)
        self._plain = _environment(loader)
        self._page = _environment(loader, autoescape=True)
        self._wecom = _environment(loader, finalize=_no_tags)

    def compose(self, me: str, parts: Sequence[Part]) -> Composed:
        """One message of all ``parts``; broken ones are named and left out.

        Args:
            me: The reader's name.
            parts: The notices, oldest first.
        """
        by_template: dict[str, list[Part]] = {}
        for part in sorted(parts, key=lambda p: _rank(p.template)):
            by_template.setdefault(part.template, []).append(part)
        data = {name: [p.data for p in group] for name, group in by_template.items()}
        estimated = sorted({year for p in parts for year in p.data.get("estimated", ())})
        blocks: list[Block] = []
        broken: dict[int, TemplateError] = {}
        for name, group in by_template.items():
            others = {other: told for other, told in data.items() if other != name}
            try:
                block = self._block(name, {"notices": data[name], "me": me, "others": others})
            except TemplateError as error:
                broken.update((p.id, error) for p in group)
                continue
            if block.text:
                blocks.append(block)
        if not blocks:
            return Composed(None, broken)
        try:
            return Composed(self._framed({"blocks": blocks, "me": me, "estimated": estimated}, blocks), broken)
        except TemplateError as error:
            return Composed(None, {p.id: broken.get(p.id, error) for p in parts})

    def title(self, template: str) -> str:
        """What a kind of notice is called in lists: what its subject has in 【】, or before the colon."""
        subject = (self.folder / template / "subject.txt").read_text("utf-8")
        found = re.search(r"【([^【】{}·]+)[】·{]", subject) or re.search(r"([^\s{}%：]+)：", subject)
        return found[1] if found else template

    def names(self) -> list[str]:
        """Every message there is."""
        return sorted(p.name for p in self.folder.iterdir() if p.is_dir() and not p.name.startswith(("_", ".")))

    def problems(self) -> list[str]:
        """Every template that is missing or cannot be read, for ``doctor``; fields are only known when data comes."""
        found = []
        for name in [FRAME, *self.names()]:
            for file in FILES:
                try:
                    self._template(name, file)
                except TemplateError as error:
                    found.append(error.message)
        return found

    def _block(self, name: str, context: Mapping[str, Any]) -> Block:
        urls = [str(n["url"]) for n in context["notices"] if n.get("url")]
        return Block(
            name,
            subject=" ".join(self._render(name, "subject.txt", context).split()),
            text=_tidy(self._render(name, "text.txt", context)),
            page=Markup(self._render(name, "page.html", context)),
            wecom=_tidy(self._render(name, "wecom.txt", context)),
            url=urls[0] if urls else "",
        )

    def _framed(self, context: Mapping[str, Any], blocks: Sequence[Block]) -> Message:
        wecom = _tidy(self._render(FRAME, "wecom.txt", {**context, "blocks": [_Made(b) for b in blocks]}))
        marked = any(block.template in MARKED for block in blocks)
        return Message(
            id="",
            subject=" ".join(self._render(FRAME, "subject.txt", context).split()),
            text=_tidy(self._render(FRAME, "text.txt", context)),
            html=self._render(FRAME, "page.html", context),
            wecom=plain(wecom) if marked else wecom,
            markdown=wecom if marked and len(blocks) == 1 else "",
            url=next((b.url for b in blocks if b.url), ""),
        )

    def _render(self, name: str, file: str, context: Mapping[str, Any]) -> str:
        template = self._template(name, file)
        try:
            return template.render(context)
        except Exception as error:
            # Whatever a template does wrong (a filter on the wrong value, a loop over nothing) is told the same way.
            _explain(error, f"{name}/{file}")

    def _template(self, name: str, file: str) -> jinja2.Template:
        path = f"{name}/{file}"
        environment = self._page if file == "page.html" else self._wecom if file == "wecom.txt" else self._plain
        try:
            source = self.folder / name / file
            _lint(source, path, source.stat().st_mtime_ns)
            return environment.get_template(path)
        except (jinja2.TemplateError, OSError, UnicodeDecodeError) as error:
            _explain(error, path)


class _Made:
    """A block inside the frame's WeCom file: already freed of tags, so its text passes as it is."""

    def __init__(self, block: Block) -> None:
        self.subject, self.wecom, self.url = Markup(block.subject), Markup(block.wecom), block.url


class _Missing(jinja2.StrictUndefined):
    @property
    def _undefined_message(self) -> str:
        return f"没有字段“{self._undefined_name}”"


def _environment(loader: jinja2.BaseLoader, **options: Any) -> jinja2.Environment:
    environment = ImmutableSandboxedEnvironment(
        loader=loader, undefined=_Missing, trim_blocks=True, lstrip_blocks=True, auto_reload=True, **options
    )
    environment.filters.update(money=_money, day=_day, united=_united, fit=_fit, digest=_digest, plain=plain, rich=rich)
    return environment


def _rank(template: str) -> tuple[int, str]:
    return (FIRST.index(template) if template in FIRST else len(FIRST), template)


def _money(amount: Decimal | int) -> str:
    """``1,260`` or ``1,260.50``: no idle cents."""
    exact = Decimal(amount)
    return f"{exact:,.0f}" if exact == exact.to_integral_value() else f"{exact:,.2f}"


def _day(moment: date) -> str:
    """``9月22日``; with the time where there is one."""
    if isinstance(moment, datetime):
        return when(moment)
    return f"{moment.month}月{moment.day}日"


def _united(notices: Iterable[Mapping[str, Any]], name: str) -> list[Any]:
    """The lists ``name`` of all notices as one; of two items with one ``id`` the later counts."""
    items: dict[Any, Any] = {}
    for notice in notices:
        for item in notice.get(name) or ():
            items[item["id"]] = item
    return list(items.values())


def _fit(lines: Sequence[Any], most: int) -> list[Any]:
    """At most ``most`` lines; the last then says how many there are in all."""
    return list(lines) if len(lines) <= most else [*lines[: most - 1], f"…等{len(lines)}项"]


def _digest(text: str) -> str:
    """By the fit rule, with few colours (domain.md F1)."""
    return soberly(fitted(_tidy(text)))


def _no_tags(value: Any) -> Any:
    """WeCom obeys some tags and marks: a clerk's text must not become a link in his leader's card."""
    if isinstance(value, str) and not isinstance(value, Markup):
        return value.replace("<", "＜").replace(">", "＞").replace("](", "］（")
    return value


def _tidy(text: str) -> str:
    lines = "\n".join(line.rstrip() for line in text.strip().split("\n"))
    return re.sub(r"\n{3,}", "\n\n", lines)


_WIDE = ("｛｛", "｝｝", "｛%", "%｝", "｛％", "％｝")


@cache
def _lint(file: Path, path: str, written: int) -> None:
    """Look for wide braces in a file as it was ``written`` (mtime, ns): once, until the office edits it again."""
    for number, line in enumerate(file.read_text("utf-8").splitlines(), 1):
        if any(mark in line for mark in _WIDE):
            raise TemplateError(f"{_where(path, number)}用了全角括号，不会被替换。请改成半角的 {{{{ }}}} 或 {{% %}}。")


def _explain(error: Exception, path: str) -> NoReturn:
    """Turn any failure of a template into a :class:`TemplateError` with file, line and field."""
    line = getattr(error, "lineno", None)
    trace = error.__traceback__
    while trace:
        name = Path(trace.tb_frame.f_code.co_filename)
        if name.name in FILES:  # jinja2 puts the template's own lines into the traceback; the innermost counts
            path, line = f"{name.parent.name}/{name.name}", trace.tb_lineno
        trace = trace.tb_next
    if isinstance(error, jinja2.TemplateSyntaxError):
        what, path = f"写法有误（{error.message}）", error.name or path
    elif isinstance(error, SecurityError):
        what = f"用了不允许的写法（{error}）"
    elif isinstance(error, FileNotFoundError | NotADirectoryError | jinja2.TemplateNotFound):
        what = "找不到这个文件"
    elif isinstance(error, UnicodeDecodeError):
        what = "不是 UTF-8 编码，请另存为 UTF-8"
    elif isinstance(error, jinja2.UndefinedError):
        what = str(error)
    else:
        what = f"出错（{type(error).__name__}: {error}）"
    raise TemplateError(f"{_where(path, line)}：{what}。请改正模板，或用安装包里的原模板替换。") from error


def _where(path: str, line: int | None) -> str:
    return f"report_templates/messages/{path}" + (f" 第 {line} 行" if line else "")
