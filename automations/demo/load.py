"""Puts the demonstration school on a host: departments, posts, people, vendors, budget, places, parameters.

Level-triggered like the rest: what is there by its name stays, only what is missing is added, so that a start that was
interrupted goes on where it stopped.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from automations.demo import school
from automations.tables.base import Host
from automations.tables.values import Value, Values

Progress = Callable[[str], None]


def load(host: Host, today: date, progress: Progress = lambda text: None) -> dict[str, Mapping[str, int]]:
    """Add what is missing.

    Args:
        host: Signed in as the worker, bound and refreshed.
        today: Everything is laid relative to this day.
        progress: Told the title of each table before it is filled.

    Returns:
        Row ids by table and natural key.
    """
    return _Loader(host, progress).run(today)


@dataclass
class _Loader:
    host: Host
    progress: Progress

    def run(self, today: date) -> dict[str, Mapping[str, int]]:
        since = date(today.year - 1, 1, 1)
        departments = self._ensure(
            "departments",
            "name",
            ({"name": n, "kind": k, "active": True} for n, (k, _, _) in school.DEPARTMENTS.items()),
        )
        posts = self._ensure(
            "posts",
            "name",
            (
                {
                    "name": name,
                    "department": departments[department],
                    "kind": kind,
                    "headcount": sum(c.post == name for c in school.PEOPLE),
                    "duties": "按岗位责任书执行（演示数据）。",
                }
                for name, (department, kind, _) in school.POSTS.items()
            ),
        )
        people = self._ensure(
            "people",
            "name",
            (
                {**row, "department": departments[str(row["department"])], "post": posts[str(row["post"])]}
                for row in school.people_rows()
            ),
        )
        self.host.refresh(["people"])  # who is who, before persons are written
        self._fill(
            "departments",
            {
                departments[name]: {"head": people[head], "leader_in_charge": people[leader]}
                for name, (_, head, leader) in school.DEPARTMENTS.items()
            },
        )
        self._fill("posts", {posts[n]: {"superior": posts[superior]} for n, (_, _, superior) in school.POSTS.items()})
        vendors = self._ensure("vendors", "name", school.vendor_rows())
        lines = self._ensure(
            "budget_lines",
            "name",
            ({**row, "department": departments[str(row["department"])]} for row in school.budget_rows(today.year)),
        )
        norms = self._ensure("settings", "key", school.norm_rows(since))
        locations = self._locations(departments, people)
        return {
            "departments": departments,
            "posts": posts,
            "people": people,
            "vendors": vendors,
            "budget_lines": lines,
            "settings": norms,
            "locations": locations,
        }

    def _locations(self, departments: Mapping[str, int], people: Mapping[str, int]) -> Mapping[str, int]:
        locations = self._ensure(
            "locations",
            "name",
            (
                {
                    "name": name,
                    "kind": kind,
                    "department": departments[department],
                    "duty_person": people[person],
                    "capacity": capacity,
                    "key_point": kind in ("机房", "厨房"),
                    "usable": "可用",
                }
                for name, (kind, _, department, person, capacity) in school.LOCATIONS.items()
            ),
        )
        inside = {n: parent for n, (_, parent, *_) in school.LOCATIONS.items() if parent}
        self._fill("locations", {locations[name]: {"parent": locations[parent]} for name, parent in inside.items()})
        return locations

    def _ensure(self, table: str, key: str, rows: Iterable[Values]) -> dict[str, int]:
        """Rows with these keys, added where missing; the row id of each."""
        self.progress(table)
        found = {str(row[key]): row.id for row in self.host.changed(table, None).rows}
        missing = [row for row in rows if row[key] not in found]
        if missing:
            ids = self.host.create(table, missing)
            found |= {str(row[key]): row_id for row, row_id in zip(missing, ids, strict=True)}
        return found

    def _fill(self, table: str, wanted: Mapping[int, Mapping[str, Any]]) -> None:
        """Cells that could only be filled once other rows were there; those filled by now are left alone."""
        now = {row.id: row for row in self.host.rows(table, list(wanted))}
        empty: dict[int, dict[str, Value]] = {}
        for row_id, cells in wanted.items():
            blank = {name: value for name, value in cells.items() if now[row_id][name] is None}
            if blank:
                empty[row_id] = blank
        if empty:
            self.host.update(table, empty)
