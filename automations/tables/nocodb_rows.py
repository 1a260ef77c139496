"""Rows of a NocoDB table by the v2 data API: plain listing, links by their keys, writing in batches.

Columns are asked for and written by id, so that a rename in the browser between two calls cannot send a value to the
void; only answers come under titles, and a title that is missing in one is noticed. Lists are never asked for link
columns: each row would embed its linked rows (61 against 10,905 rows a second).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, TypeAlias, TypeVar

from automations.errors import HostError, HostRefused, RowMissing, SchemaMoved, WriteUncertain
from automations.tables.base import Row
from automations.tables.http import Http
from automations.tables.nocodb_columns import Junction
from automations.tables.nocodb_live import Cell, Key, Live
from automations.tables.nocodb_values import Directory, read, write
from automations.tables.values import Value, Values, canonical

PAGE = 1000
"""Rows of a page; NocoDB cuts larger wishes silently."""
BATCH = 100
"""Rows of a write, and ids in a filter. Near 1000 NocoDB writes the rows and answers with an error."""
FEW = 300
"""Up to so many rows, the pairs of a many-to-many link are asked for by row; above, all of them are read."""

Raw: TypeAlias = Mapping[str, Any]
T = TypeVar("T")


def batches(items: Iterable[T], size: int = BATCH) -> Iterator[list[T]]:
    """``items`` in lists of at most ``size``."""
    rest = iter(items)
    while batch := list(islice(rest, size)):
        yield batch


class Rows:
    """Reading and writing.

    Args:
        http: Signed-in calls.
    """

    def __init__(self, http: Http) -> None:
        self._http = http
        self._titles: dict[str, Mapping[str, str]] = {}

    # --- reading ------------------------------------------------------------------------------------------------
    def find(self, table: Live, names: Sequence[str] | None, where: str, people: Directory) -> list[Row]:
        """Rows that match ``where`` (all when ""), with the fields ``names`` (all when None)."""
        cells = [table.cells[name] for name in (table.cells if names is None else names)]
        keys = [cell.key for cell in cells if cell.key is not None]
        found = list(self.raw(table, [table.born, table.stamp, *keys], where))
        ids = [int(raw[table.identity.title]) for raw in found]
        many = {cell.field.name: self.pairs(cell.junction, ids) for cell in cells if cell.junction is not None}
        rows = []
        for row_id, raw in zip(ids, found, strict=True):
            values: dict[str, Value] = {
                cell.field.name: canonical(cell.field, many[cell.field.name].get(row_id, ()))
                if cell.key is None
                else read(cell.field, raw[cell.key.title], people)
                for cell in cells
            }
            rows.append(Row(row_id, values, str(raw[table.born.title] or ""), str(raw[table.stamp.title] or "")))
        return rows

    def raw(self, table: Live, keys: Sequence[Key], where: str = "") -> Iterator[Raw]:
        """Rows as NocoDB answers them, by rising id.

        Raises:
            SchemaMoved: A column that was asked for did not come: renamed or removed this very moment.
        """
        fields = ",".join(key.id for key in (table.identity, *keys))
        last = 0
        while True:
            condition = f"({table.identity.id},gt,{last})" + (f"~and({where})" if where else "")
            params = {"fields": fields, "where": condition, "sort": table.identity.id, "limit": PAGE}
            page = self._http.get(f"/api/v2/tables/{table.id}/records", params)
            for raw in page["list"]:
                missing = [key.title for key in (table.identity, *keys) if key.title not in raw]
                if missing:
                    names = "、".join(missing)
                    raise SchemaMoved(
                        f"“{table.bound.table.title}”的列刚被改名或删除：{names}。下一轮会重新读取表结构。"
                    )
                yield raw
                last = int(raw[table.identity.title])
            if page["pageInfo"]["isLastPage"] or not page["list"]:
                return

    def by_ids(self, table: Live, ids: Sequence[int], people: Directory) -> list[Row]:
        """These rows; missing ones are left out."""
        rows: list[Row] = []
        for batch in batches(sorted(set(ids))):
            rows += self.find(table, None, f"({table.identity.id},in,{_joined(batch)})", people)
        return rows

    def pairs(self, junction: Junction, ids: Sequence[int]) -> dict[int, tuple[int, ...]]:
        """Linked ids by row, of these rows (rows without any are left out)."""
        found: dict[int, set[int]] = {}
        own, other = self._junction_titles(junction)
        filters = [f"({junction.own},in,{_joined(b)})" for b in batches(ids)] if len(ids) <= FEW else [""]
        for where in filters:
            offset = 0
            while True:
                params: dict[str, Any] = {
                    "fields": f"{junction.own},{junction.other}",
                    "sort": f"{junction.own},{junction.other}",
                    "limit": PAGE,
                    "offset": offset,
                }
                if where:
                    params["where"] = where
                page = self._http.get(f"/api/v2/tables/{junction.model}/records", params)
                for pair in page["list"]:
                    found.setdefault(int(pair[own]), set()).add(int(pair[other]))
                offset += len(page["list"])
                if page["pageInfo"]["isLastPage"] or not page["list"]:
                    break
        return {row: tuple(sorted(others)) for row, others in found.items()}

    def _junction_titles(self, junction: Junction) -> tuple[str, str]:
        # Nobody sees junction tables, so their titles hold for ever.
        if junction.model not in self._titles:
            columns = self._http.get(f"/api/v2/meta/tables/{junction.model}")["columns"]
            self._titles[junction.model] = {c["id"]: c["title"] for c in columns}
        titles = self._titles[junction.model]
        return titles[junction.own], titles[junction.other]

    # --- writing ------------------------------------------------------------------------------------------------
    def insert(self, table: Live, rows: Sequence[Values], people: Directory) -> list[int]:
        """New rows, links to one row included as keys; links to several afterwards."""
        bodies = [self._body(table, values, people, with_links=True) for values in rows]
        self._check_links(table, rows)
        made: list[int] = []
        for batch, values in zip(batches(bodies), batches(rows), strict=True):
            answer = self._http.call("POST", self._path(table), "once", json=batch)
            ids = [int(raw[table.identity.title]) for raw in answer]
            if len(ids) != len(batch):
                raise WriteUncertain("NocoDB 新建的行数与要求的不符。下一轮会重新读取核对，不必手工处理。")
            self._fill_links(table, dict(zip(ids, values, strict=True)))
            made += ids
        return made

    def _fill_links(self, table: Live, values: Mapping[int, Values]) -> None:
        """Links to several of rows just made; rows that cannot be finished are taken away again."""
        try:
            for row_id, row in values.items():
                for name, cell in table.cells.items():
                    if cell.junction is not None and row.get(name):
                        self._send_links(table, cell, row_id, "POST", _ids(cell, row[name]))
        except HostError as problem:
            try:
                self.remove(table, list(values))
            except HostError:
                raise WriteUncertain(f"新建到一半中断：{problem.message}下一轮会重新读取核对。") from problem
            raise

    def revive(self, table: Live, row_id: int, values: Values, people: Directory) -> None:
        """A deleted row under its old id.

        Raises:
            HostRefused: The id lives.
        """
        self._check_links(table, [values])
        body = self._body(table, values, people, with_links=True) | {table.identity.title: row_id}
        self._http.call("POST", self._path(table), "once", params={"undo": "true"}, json=body)
        self._fill_links(table, {row_id: values})

    def change(self, table: Live, changes: Mapping[int, Values], people: Directory) -> None:
        """Only these cells. Links first, as they move no stamp: the plain cells after them do."""
        bodies = {row: self._body(table, values, people, with_links=False) for row, values in changes.items()}
        self._check_links(table, list(changes.values()))
        linked = {name for values in changes.values() for name in values if table.cells[name].other}
        if linked:
            self._change_links(table, changes, sorted(linked), people)
        for batch in batches((row, body) for row, body in bodies.items() if body):
            payload = [{table.identity.title: row, **body} for row, body in batch]
            self._http.call("PATCH", self._path(table), "repeatable", json=payload)

    def _change_links(
        self, table: Live, changes: Mapping[int, Values], names: Sequence[str], people: Directory
    ) -> None:
        rows: dict[int, Row] = {}
        for batch in batches(changes):
            found = self.find(table, names, f"({table.identity.id},in,{_joined(batch)})", people)
            rows.update((row.id, row) for row in found)
        if gone := [row for row in changes if row not in rows]:
            raise RowMissing(f"“{table.bound.table.title}”里没有第 {gone[0]} 行，可能已被删除。请刷新后再看。")
        for row_id, values in changes.items():
            for name in names:
                if name not in values:
                    continue
                cell = table.cells[name]
                now, wanted = set(_ids(cell, rows[row_id][name])), set(_ids(cell, values[name]))
                several = cell.junction is not None
                if now - wanted and (several or not wanted):  # a link to one row is replaced by its successor
                    self._send_links(table, cell, row_id, "DELETE", sorted(now - wanted))
                if wanted - now:
                    self._send_links(table, cell, row_id, "POST", sorted(wanted - now))

    def _send_links(self, table: Live, cell: Cell, row_id: int, method: str, ids: Iterable[int]) -> None:
        path = f"/api/v2/tables/{table.id}/links/{cell.id}/records/{row_id}"
        for batch in batches(ids):
            self._http.call(method, path, "repeatable", json=[{"Id": one} for one in batch])

    def remove(self, table: Live, ids: Sequence[int]) -> None:
        """These rows, where they still are: one missing id would make NocoDB keep the whole batch."""
        for batch in batches(sorted(set(ids))):
            for attempt in range(3):
                where = f"({table.identity.id},in,{_joined(batch)})"
                living = [int(raw[table.identity.title]) for raw in self.raw(table, (), where)]
                if not living:
                    break
                try:
                    body = [{table.identity.title: one} for one in living]
                    self._http.call("DELETE", self._path(table), "repeatable", json=body)
                    break
                except RowMissing:
                    if attempt == 2:
                        raise

    # --- inside -------------------------------------------------------------------------------------------------
    def _path(self, table: Live) -> str:
        return f"/api/v2/tables/{table.id}/records"

    def _body(self, table: Live, values: Values, people: Directory, *, with_links: bool) -> dict[str, Any]:
        body: dict[str, Any] = {}
        for name, value in values.items():
            cell = table.cells.get(name)
            if cell is None:
                raise HostRefused(f"“{table.bound.table.title}”没有字段 {name}。请检查代码里的字段名和 schemas/。")
            if not cell.other:
                assert cell.key is not None
                body[cell.key.id] = write(cell.field, value, people, cell.options)
            elif with_links and cell.key is not None:
                body[cell.key.id] = next(iter(_ids(cell, value)), None)
        return body

    def _check_links(self, table: Live, rows: Sequence[Values]) -> None:
        """Linked rows must live: a foreign key is not checked by SQLite, and would point nowhere.

        Raises:
            HostRefused: One does not.
        """
        wanted: dict[str, set[int]] = {}
        titles: dict[str, str] = {}
        for values in rows:
            for name, value in values.items():
                cell = table.cells.get(name)
                if cell is not None and cell.other:
                    wanted.setdefault(cell.other, set()).update(_ids(cell, value))
                    titles[cell.other] = cell.field.title
        for other, ids in wanted.items():
            for batch in batches(sorted(ids)):
                params = {"fields": "Id", "where": f"(Id,in,{_joined(batch)})", "limit": BATCH}
                page = self._http.get(f"/api/v2/tables/{other}/records", params)
                if page["pageInfo"]["totalRows"] != len(batch):
                    raise HostRefused(f"“{titles[other]}”要关联的行不存在（可能刚被删除）。请重新选择。")


def _ids(cell: Cell, value: Value) -> tuple[int, ...]:
    try:
        clean = canonical(cell.field, value)
    except ValueError as problem:
        raise HostRefused(f"{problem}。") from None
    if clean is None:
        return ()
    return tuple(int(i) for i in clean) if isinstance(clean, tuple) else (int(clean),)  # type: ignore[arg-type]


def _joined(ids: Iterable[int]) -> str:
    return ",".join(str(i) for i in ids)
