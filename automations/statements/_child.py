"""One report in a process of its own: the worker that asked for it must stay small, and may be killed meanwhile.

The order stands on standard input as JSON (see :class:`Order`): it may hold the mirror's address with a password, so it
is neither an argument nor in the environment. This process reads the mirror itself instead of being handed the rows:
at ten times a school's volume those are 300 MB, which the worker would have to hold twice. It only looks.

The folder gets the files first and ``made.json`` last; without that file nothing was made. What went wrong stands on
standard error, in Chinese where it was foreseen (exit code :data:`REFUSED`).
"""

import hashlib
import json
import os
import sys
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from automations.errors import HouqinError
from automations.measures.stops import Stop
from automations.mirror import Mirror
from automations.reports.document import Document, Paragraph
from automations.reports.folders import every
from automations.schema.load import load_schema
from automations.statements import _making as making

REFUSED = 3
MADE = "made.json"


@dataclass(frozen=True, slots=True)
class Order:
    """What to make.

    Attributes:
        mirror: SQLAlchemy address.
        schemas: Folder of the tables.
        templates: Folder of the reports.
        report: Name of one of them.
        as_of: Rows as they stood then; ISO, aware.
        slot: Made for this time: the period is the last that was over then; ISO, aware.
        folder: Where the files go.
        stops: Submissions that were stopped until ``as_of``: moment, table, 编号, rules. The journal stays closed here.
    """

    mirror: str
    schemas: str
    templates: str
    report: str
    as_of: str
    slot: str
    folder: str
    stops: list[tuple[str, str, str, list[str]]]


def main() -> int:
    """Carry out the order."""
    order = Order(**json.loads(sys.stdin.read()))
    try:
        carry_out(order)
    except HouqinError as error:
        print(error, file=sys.stderr)
        return REFUSED
    return 0


def carry_out(order: Order) -> None:
    """Make it; its folder holds everything when this returns."""
    folder = every(Path(order.templates))[0].get(order.report)
    if folder is None:
        raise HouqinError(f"没有名为“{order.report}”的报告。")
    mirror = Mirror(order.mirror, load_schema(Path(order.schemas)), looking=True)
    try:
        stops = tuple(Stop(datetime.fromisoformat(at), t, code, tuple(rules)) for at, t, code, rules in order.stops)
        records = making.records_of(mirror, datetime.fromisoformat(order.as_of), stops)
        period = making.finished(folder.told.period, datetime.fromisoformat(order.slot))
        note, links = making.note_of(mirror, records.as_of), making.links_of(mirror, records)
    finally:
        mirror.close()
    made = making.make(folder, records, period, note=note, links=links)
    out, stem = Path(order.folder), making.stem(folder, period, None)
    files: dict[str, dict[str, Any]] = {}
    for form, content in made.files.items():
        name = f"{stem}.{form}"
        (out / name).write_bytes(content)
        files[form] = {"name": name, "size": len(content), "sha256": hashlib.sha256(content).hexdigest()}
    if not files:
        raise HouqinError("\n".join(made.problems))
    told = {
        "stem": stem,
        "title": made.document.title,
        "period": period.title,
        "first": first_words(made.document),
        "content": making.digest(made.document),
        "files": files,
        "problems": made.problems,
    }
    part = out / f"{MADE}.part"
    part.write_text(json.dumps(told, ensure_ascii=False), "utf-8")
    os.replace(part, out / MADE)


def first_words(document: Document) -> str:
    """The first paragraph."""
    return next((block.text for block in document.blocks if isinstance(block, Paragraph)), "")


def ordered(order: Order) -> bytes:
    """The order as the other process reads it."""
    return json.dumps(asdict(order), ensure_ascii=False).encode()
