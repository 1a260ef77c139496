"""Attachments on NocoDB: kept by path, fetched by addresses that NocoDB signs for two hours."""

import json
import mimetypes
import time
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import quote

from automations.errors import HostRefused, RowMissing
from automations.tables.http import Http
from automations.tables.nocodb_live import Key, Live
from automations.tables.nocodb_values import file_of
from automations.tables.values import File

FRESH = 3600.0
"""Seconds that a signed address is used for; NocoDB lets it live for 7200."""
REMEMBERED = 5000
_PAGE = 100


class Files:
    """Storing and fetching.

    Args:
        http: Signed-in calls.
    """

    def __init__(self, http: Http) -> None:
        self._http = http
        self._signed: OrderedDict[str, tuple[str, float]] = OrderedDict()

    def upload(self, name: str, content: bytes) -> File:
        """Store ``content``; an upload without a clear answer is repeated, an orphan on the disk harms nobody."""
        mimetype = mimetypes.guess_type(name)[0] or "application/octet-stream"
        files = {"file": (name, content, mimetype)}
        [made] = self._http.call("POST", "/api/v2/storage/upload", "repeatable", files=files)
        self._remember(made)
        file = file_of(made)
        return File(name, len(content), file.ref)

    def download(self, file: File, tables: Iterable[Live]) -> bytes:
        """Content of an attachment of any row in ``tables``.

        Raises:
            RowMissing: No cell holds it any more.
        """
        place = json.loads(file.ref)
        path = str(place.get("path") or place.get("url") or "")
        address = self._address(path)
        if address is not None:
            try:
                return self._http.download(address)
            except HostRefused:
                self._signed.pop(path, None)  # the server was started anew and forgot what it signed
        for table in tables:
            for cell in table.cells.values():
                if cell.field.type == "file" and cell.key is not None:
                    self._search(table, cell.key, path)
                    if (address := self._address(path)) is not None:
                        return self._http.download(address)
        raise RowMissing(f"附件“{file.name}”已不在任何一行里，可能被删除。请在表里重新上传。")

    def _search(self, table: Live, key: Key, path: str) -> None:
        """Ask for the rows whose cell holds ``path``: the answer comes with a fresh signature.

        By the folder, a random name that needs no quoting; files uploaded together share one, so every page is read.
        """
        folder = path.rstrip("/").split("/")[-2] if path.count("/") > 1 else path
        where = {"fields": key.id, "where": f"({key.id},like,%{folder}%)", "sort": "Id", "limit": _PAGE}
        offset = 0
        while True:
            found = self._http.get(f"/api/v2/tables/{table.id}/records", {**where, "offset": offset})["list"]
            for raw in found:
                for item in raw.get(key.title) or ():
                    self._remember(item)
            offset += _PAGE
            if len(found) < _PAGE or self._address(path) is not None:
                return

    def _remember(self, item: Mapping[str, Any]) -> None:
        path = str(item.get("path") or item.get("url") or "")
        signed = item.get("signedUrl") or (f"/{quote(str(item['signedPath']))}" if item.get("signedPath") else None)
        if path and signed:
            self._signed[path] = (str(signed), time.monotonic())
            while len(self._signed) > REMEMBERED:
                self._signed.popitem(last=False)

    def _address(self, path: str) -> str | None:
        signed, since = self._signed.get(path, (None, 0.0))
        return signed if signed is not None and time.monotonic() - since < FRESH else None
