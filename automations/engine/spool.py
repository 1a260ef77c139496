"""Photos that people sent to the public pages wait in a folder until the worker has laid them into their row.

A waiting file stands in the wanted cells like any attachment; its ``ref`` names the file in the folder.
"""

import hashlib
import json
import os
import secrets
import time
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path
from typing import Protocol

from automations.tables.values import File, Value, Values

_WAITING = "spool"
_A_DAY = 86_400
LOST = "（有{count}张照片在上传前丢失。）"


class Uploads(Protocol):
    """Whoever stores files on the host."""

    def upload(self, name: str, content: bytes) -> File:
        """See :meth:`Host.upload`."""


def keep(folder: Path, name: str, content: bytes) -> File:
    """Write a file that waits; it is on the disk when this returns."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder.resolve() / secrets.token_hex(16)
    with path.open("xb") as out:
        out.write(content)
        out.flush()
        os.fsync(out.fileno())
    ref = json.dumps({_WAITING: str(path)})
    return File(name, len(content), ref, hashlib.sha256(content).hexdigest())


def uploaded(host: Uploads, cells: Values) -> dict[str, Value]:
    """The cells with every waiting file stored on the host. One that was lost holds nothing up: 备注 says so."""
    found: dict[str, Value] = {}
    lost = 0
    for name, value in cells.items():
        found[name] = value
        if isinstance(value, tuple) and any(isinstance(v, File) for v in value):
            files = [_stored(host, v) for v in value if isinstance(v, File)]
            found[name] = tuple(f for f in files if f is not None)
            lost += files.count(None)
    if lost:
        found["remark"] = f"{found.get('remark') or ''}{LOST.format(count=lost)}"
    return found


def clear(cells: Values) -> None:
    """Throw away the files that waited for these cells: the host has them."""
    for path in _waiting(cells.values()):
        path.unlink(missing_ok=True)


def sweep(folder: Path, wanted: Iterable[Values]) -> int:
    """Throw away what no wanted row asks for and a kill has left behind since yesterday; how many files."""
    keep_these = {path for cells in wanted for path in _waiting(cells.values())}
    old = [p for p in folder.glob("*") if p.resolve() not in keep_these and time.time() - p.stat().st_mtime > _A_DAY]
    for path in old:
        path.unlink(missing_ok=True)
    return len(old)


def _stored(host: Uploads, file: File) -> File | None:
    path = _path(file.ref)
    if path is None:
        return file
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return None
    return host.upload(file.name, content)


def _waiting(values: Collection[object]) -> Iterator[Path]:
    """Paths of the waiting files, from values or from their JSON."""
    for value in values:
        for item in value if isinstance(value, tuple | list) else ():
            ref = item.ref if isinstance(item, File) else item.get("ref") if isinstance(item, dict) else None
            if isinstance(ref, str) and (path := _path(ref)) is not None:
                yield path


def _path(ref: str) -> Path | None:
    data = json.loads(ref) if ref.startswith("{") else {}
    return Path(data[_WAITING]) if _WAITING in data else None
