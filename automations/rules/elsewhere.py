"""Rules that no function of this room holds: those of signing, of paying and of looking after every row.

They are decided where a signature or an edit is judged. ``elsewhere.toml`` beside this file lists them, so that
``houqin rules`` leaves none out; a test holds each message against the place that says it.
"""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from automations.approvals.ruling import Gravity, Severity

EVERY, SIGNED = "*", "*签批"
"""Instead of one table: every table there is, or every table whose rows are signed."""

SAME_AS = {"EX-01": "SG-08", "AS-03": "EX-11"}
"""Ids by which domain.md names a rule that has another id already."""


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """One of them.

    Attributes:
        id: As in domain.md; a word where domain.md gives none.
        table: Whose rows it is about; :data:`EVERY` or :data:`SIGNED`.
        clause: Where it comes from.
        message: What it says, with the figures in braces.
        where: The function that decides (``module:function`` in this package), or the message's file.
        about: What it holds, in one line.
        at: When it is asked.
        says: Where the sentence is written down (``module:name``); "" where ``where`` itself writes it.
        severity: As in :class:`~automations.rules.base.Rule`.
        gravity: Of its line in 预警台账; the graver of two.
        settings: Keys of 参数标准 it reads.
    """

    id: str
    table: str
    clause: str
    message: str
    where: str
    about: str
    at: tuple[str, ...]
    says: str = ""
    severity: Severity = "拦截"
    gravity: Gravity | None = None
    settings: tuple[str, ...] = ()


def _read() -> tuple[Elsewhere, ...]:
    lines = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))["rules"]
    return tuple(Elsewhere(**{name: _plain(value) for name, value in line.items()}) for line in lines)


def _plain(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


ELSEWHERE = _read()
"""In the order of the file."""
