"""The only place that writes to the host: real differences, in batches, written through to the mirror."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from automations.approvals.desired import patch
from automations.errors import HostRefused, HouqinError, RowMissing
from automations.mirror import Mirror
from automations.tables.base import Host, Row
from automations.tables.values import File, Value, Values, canonical


class Hands:
    """Collects what must be written in a pass and writes it at its end.

    Attributes:
        written: Rows written or added in this pass.
        failed: (table, row id) that the host did not take, with its reason; they stay on the agenda.
    """

    def __init__(self, host: Host, mirror: Mirror) -> None:
        self.host = host
        self._mirror = mirror
        self._patches: dict[str, dict[int, dict[str, Value]]] = defaultdict(dict)
        self._rows: dict[str, dict[str, Values]] = defaultdict(dict)
        self.written = 0
        self.failed: dict[tuple[str, int], HouqinError] = {}

    def begin(self, now: datetime) -> None:
        """Forget the last pass."""
        self._now = now
        self._patches.clear()
        self._rows.clear()
        self.written = 0
        self.failed.clear()

    def want(self, table: str, row_id: int, cells: Values) -> None:
        """These cells must stand in this row; only differences will be written."""
        if cells:
            fields = self._mirror.schema[table]
            plain = {name: canonical(fields[name], value) for name, value in cells.items()}
            self._patches[table].setdefault(row_id, {}).update(plain)

    def want_rows(self, table: str, rows: Sequence[Values]) -> None:
        """Rows with these codes must exist; those the mirror knows are left as they are."""
        for row in rows:
            self._rows[table][str(row["code"])] = row

    def flush(self) -> None:
        """Write everything wanted so far. A row that the host refuses does not hold up the others."""
        wanted, self._rows = self._rows, defaultdict(dict)
        for table, rows in wanted.items():
            missing = [row for code, row in rows.items() if self._mirror.find(table, "code", code) is None]
            if missing:
                try:
                    self.add(table, missing)
                except HouqinError as error:
                    self.failed.update({(table, -position): error for position, _ in enumerate(missing, 1)})
        self._flush_cells()

    def _flush_cells(self) -> None:
        patches, self._patches = self._patches, defaultdict(dict)
        for table, rows in patches.items():
            found = {row.id: row for row in self._mirror.rows(table, list(rows))}
            real = {
                row_id: changed
                for row_id, cells in rows.items()
                if row_id in found and (changed := patch(cells, found[row_id].values))
            }
            if real:
                self._write(table, real, found)

    def _write(self, table: str, rows: dict[int, dict[str, Value]], before: Mapping[int, Row]) -> None:
        try:
            self.host.update(table, rows)
        except (HostRefused, RowMissing) as error:
            if len(rows) == 1:
                self.failed[table, next(iter(rows))] = error
                return
            for row_id, cells in rows.items():
                self._write(table, {row_id: cells}, before)
            return
        except HouqinError as error:
            self.failed.update({(table, row_id): error for row_id in rows})
            return
        with self._mirror.write() as tx:
            tx.patch_all(table, rows, now=self._now, before=before)
        self.written += len(rows)

    def add(self, table: str, rows: Sequence[Values]) -> list[int]:
        """Insert rows and read them back into the mirror."""
        ids = self.host.create(table, rows)
        self._keep(table, ids)
        self.written += len(ids)
        return ids

    def _keep(self, table: str, ids: Sequence[int]) -> None:
        """New rows into the mirror, and onto the agenda: the next pass notes whose code they carry.

        Their stamp alone would not bring them there: on NocoDB a new row has none.
        """
        rows = [_unseen(row) for row in self.host.rows(table, ids)]
        with self._mirror.write() as tx:
            tx.put(table, rows, self._now)
            tx.queue(table, [(row, row) for row in rows], self._now)

    def restore(self, table: str, row: Row) -> int:
        """Bring back a deleted row; its id now."""
        row_id = self.host.restore(table, row)
        self._keep(table, [row_id])
        self.written += 1
        return row_id

    def relink(self, table: str, field: str, ids: Collection[int], to: int) -> None:
        """These rows point at ``to`` again, where they do not; at once, before anybody judges what they belong to."""
        loose = [row.id for row in self.host.rows(table, sorted(ids)) if row[field] != to]
        if not loose:
            return
        self.host.update(table, {row_id: {field: to} for row_id in loose})
        with self._mirror.write() as tx:
            tx.patch_all(table, {row_id: {field: to} for row_id in loose}, now=self._now)
        self.written += len(loose)

    def remove(self, table: str, row_id: int) -> None:
        """Delete a row that Houqin itself added twice."""
        self.host.delete(table, [row_id])
        self._mirror.drop(table, [row_id], self._now)
        self.written += 1

    def upload(self, name: str, content: bytes) -> File:
        """Store a file on the host."""
        return self.host.upload(name, content)


def _unseen(row: Row) -> Row:
    """The row with its stamp forgotten: the next quick pass looks at its history once more."""
    return Row(row.id, row.values, row.born, "")
