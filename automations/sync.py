"""Bring the mirror up to date: plan what changed on the host, then apply it in one transaction.

Two ways to look, because the hosts' stamps have gaps (design.md 6):

* :func:`quick` reads what was touched since the last time. Its cost follows the number of changed rows.
* :func:`reconcile` lists all ids: it finds deletions, ids used again and rows a quick pass missed; ``deep`` also
  re-reads every row, for changes that move no stamp (links, restores, options).

Whatever differs goes on the mirror's agenda together with the new content and the cursor. Killed at any point, either
all of it is there or the next pass finds the same difference again.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeAlias

from automations.cells import same_file
from automations.errors import TableShrank
from automations.mirror import Mirror
from automations.schema.model import Table
from automations.tables.base import Host, Row
from automations.tables.values import File, Value

EMPTY_FROM = 5
"""A table that held this many rows is not believed to be empty all of a sudden."""
HALF_FROM = 20
"""A table that held this many rows is not believed to have lost more than half of them."""


@dataclass(frozen=True, slots=True)
class New:
    """A row that the mirror did not know."""

    row: Row


@dataclass(frozen=True, slots=True)
class Changed:
    """Content differs from what the mirror knew."""

    row: Row
    before: Row


@dataclass(frozen=True, slots=True)
class Touch:
    """Same content, but somebody touched the row since: perhaps changed it and changed it back."""

    row: Row
    before: Row


@dataclass(frozen=True, slots=True)
class Refresh:
    """Nothing that anybody did: the host names an account differently, a file's digest became known."""

    row: Row


@dataclass(frozen=True, slots=True)
class Gone:
    """The row is not on the host any more."""

    before: Row


Action: TypeAlias = New | Changed | Touch | Refresh | Gone


@dataclass(frozen=True, slots=True)
class Report:
    """What one look at one table found: numbers of rows. ``first``: the mirror knew nothing of it."""

    table: str
    seen: int = 0
    new: int = 0
    changed: int = 0
    touched: int = 0
    gone: int = 0
    first: bool = False

    @property
    def quiet(self) -> bool:
        """Nothing waits to be judged because of this look."""
        return not (self.new or self.changed or self.touched or self.gone)


def plan(table: Table, old: Mapping[int, Row], seen: Sequence[Row], missing: Collection[int] = ()) -> list[Action]:
    """What to do, in the order of ids. Pure.

    Args:
        table: The schema's table.
        old: Rows as the mirror knows them, at least those of ``seen`` and ``missing``.
        seen: Rows as the host gave them, in the order they were read: of one read twice the later reading counts.
        missing: Ids known not to be on the host.
    """
    latest = {row.id: row for row in seen}
    actions: list[Action] = []
    for id in sorted(latest.keys() | set(missing)):
        row, was = latest.get(id), old.get(id)
        if row is None:
            if was is not None:
                actions.append(Gone(was))
        elif was is None:
            actions.append(New(row))
        elif reborn(was.born, row.born):
            # The id was used again: not this row changed, but one was deleted and another made.
            actions += [Gone(was), New(row)]
        else:
            row = _with_digests(row, was)
            if any(_differ(row[f.name], was[f.name]) for f in table.fields if not f.by_host):
                actions.append(Changed(row, was))
            elif row.stamp != was.stamp:
                actions.append(Touch(row, was))
            elif row != was:
                actions.append(Refresh(row))
    return actions


def reborn(was: str, now: str) -> bool:
    """Whether two birth stamps are of different rows; an unknown one proves nothing."""
    return bool(was and now and was != now)


def _differ(now: Value, was: Value) -> bool:
    if isinstance(now, tuple) and isinstance(was, tuple) and len(now) == len(was):
        return any(
            not same_file(a, b) if isinstance(a, File) and isinstance(b, File) else a != b
            for a, b in zip(now, was, strict=True)
        )
    return now != was


def _with_digests(row: Row, was: Row) -> Row:
    """``row`` with the digests of files that were known already: the host does not tell them."""
    found: dict[str, Value] = {}
    for name, known in was.values.items():
        cell = row[name]
        if cell and cell != known and isinstance(cell, tuple) and isinstance(known, tuple):
            digests = {(f.name, f.size, f.ref): f.sha256 for f in known if isinstance(f, File)}
            files = [f for f in cell if isinstance(f, File)]
            if digests and files:
                found[name] = tuple(
                    f if f.sha256 else replace(f, sha256=digests.get((f.name, f.size, f.ref), "")) for f in files
                )
    return replace(row, values={**row.values, **found}) if found else row


def quick(host: Host, mirror: Mirror, table: str, now: datetime) -> Report:
    """Read what was touched since the last look (everything, the first time)."""
    since = mirror.cursor(table)
    changes = host.changed(table, since)
    old = _known(mirror, table, (row.id for row in changes.rows))
    actions = plan(mirror.schema[table], old, changes.rows)
    _apply(mirror, table, actions, changes.cursor, now)
    return _report(table, len(changes.rows), actions, since is None)


def reconcile(
    host: Host, mirror: Mirror, table: str, now: datetime, *, deep: bool = False, accept_shrink: bool = False
) -> Report:
    """Compare all ids, and with ``deep`` all content.

    Raises:
        TableShrank: The host lists none of at least :data:`EMPTY_FROM` rows, or less than half of at least
            :data:`HALF_FROM`; nothing was changed. ``accept_shrink`` takes it as true.
    """
    since = mirror.cursor(table)
    listed = host.ids(table)
    known = mirror.ids(table)
    living = {id for id, born in known.items() if id in listed and not reborn(born, listed[id])}
    if not accept_shrink:
        _refuse_shrunk(mirror.schema[table], len(known), len(living))
    # Rows may come and go while a long list is paged through, and shift others out of it: only asking for a row by
    # its id shows that it is gone.
    seen = list(host.rows(table, sorted(listed.keys() - living | known.keys() - living)))
    missing = known.keys() - living - {row.id for row in seen}
    cursor = None
    if deep or since is None:
        changes = host.changed(table, None)
        seen += changes.rows
        cursor = changes.cursor
    old = _known(mirror, table, {row.id for row in seen} | missing)
    actions = plan(mirror.schema[table], old, seen, missing)
    _apply(mirror, table, actions, cursor, now)
    return _report(table, len(seen), actions, since is None)


def _refuse_shrunk(table: Table, known: int, living: int) -> None:
    emptied = living == 0 and known >= EMPTY_FROM
    halved = living * 2 < known and known >= HALF_FROM
    if emptied or halved:
        raise TableShrank(
            f"“{table.title}”（{table.name}）原有 {known} 行，现在只找到 {living} 行。没有把缺少的行当作已删除。"
            "请先查看：表格服务是否正常、后勤账号的权限是否被改、数据是否被误删或整表重新导入。"
            "如果确实是有意删除，请用“接受变少”再运行一次。"
        )


def _known(mirror: Mirror, table: str, ids: Iterable[int]) -> dict[int, Row]:
    return {row.id: row for row in mirror.living(table, ids)}


def _apply(mirror: Mirror, table: str, actions: Sequence[Action], cursor: str | None, now: datetime) -> None:
    """Rows, agenda and cursor in one transaction: a kill in between loses no change."""
    gone = [a.before for a in actions if isinstance(a, Gone)]
    put = [a.row for a in actions if not isinstance(a, Gone)]
    judge = [(a.row, None if isinstance(a, New) else a.before) for a in actions if isinstance(a, New | Changed | Touch)]
    if not actions and cursor in (None, mirror.cursor(table)):
        return
    with mirror.write() as tx:
        tx.queue_gone(table, gone, now)
        tx.drop(table, [row.id for row in gone], now, {row.id: row for row in gone})
        tx.put(table, put, now, {a.before.id: a.before for a in actions if isinstance(a, Changed)})
        tx.queue(table, judge, now)
        if cursor is not None:
            tx.set_cursor(table, cursor)


def _report(table: str, seen: int, actions: Iterable[Action], first: bool) -> Report:
    kinds = [type(action) for action in actions]
    return Report(table, seen, kinds.count(New), kinds.count(Changed), kinds.count(Touch), kinds.count(Gone), first)
