"""Which rows of the demonstration school the quickstart shows: its newest weeks, and of its own things what they need.

The whole school has thousands of things; a table host takes some milliseconds for each, and a newcomer looks at a
screenful.
"""

import re
from calendar import monthrange
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any, TypeAlias

from automations.demo import school as small
from automations.demo.stories import STORIES
from automations.demo.year.edits import Ref
from automations.demo.year.school import School
from automations.demo.year.shelf import SEED_RULES
from automations.demo.year.weeks import newest_rows
from automations.workdays import SCHOOL_TIME

Rows: TypeAlias = Mapping[str, Mapping[str, Any]]

ALL = frozenset({"departments", "settings", "budget_lines"})
FEW: Mapping[str, int] = {"assets": 8, "locations": 24, "contracts": 12, "documents": 24, "meters": 8}
"""So many rows of a table at least, from its top; more where others speak of them."""

PROCUREMENTS: Rows = {
    # drafts, as nobody has signed them
    "公寓洗衣机更新": {
        "title": "公寓洗衣机更新",
        "kind": "货物",
        "handler": Ref("people", "何宿管"),
        "catalogue": "目录外",
        "item_code": "洗衣机",
        "budget_lines": (Ref("budget_lines", "机动经费"),),
        "budget": Decimal(16_800),
        "ceiling": Decimal(16_800),
        "need": "学员公寓洗衣机4台，现有的已用8年；含安装和旧机回收。",
        "method": "内部比选",
    },
    "花园步道维修": {
        "title": "花园步道维修",
        "kind": "工程",
        "handler": Ref("people", "杨维修"),
        "catalogue": "目录外",
        "item_code": "道路修缮",
        "budget_lines": (Ref("budget_lines", "道路花园改造"),),
        "budget": Decimal(42_000),
        "ceiling": Decimal(40_000),
        "need": "花园步道破损面砖更换约120平方米，沿用原有材料和颜色。",
        "locations": (Ref("locations", "花园"),),
        "method": "内部比选",
    },
}


class Shown:
    """What is shown on a day.

    Args:
        now: Aware; everything is laid relative to it.

    Attributes:
        rows: Cells by table and key, tables in the order of their links; links are :class:`Ref`.
        later: Links to rows of the same table or of later ones.
    """

    def __init__(self, now: datetime) -> None:
        self.today = now.astimezone(SCHOOL_TIME).date()
        self._school = School(self.today.year)
        weeks: dict[str, Rows] = {**newest_rows(now), "procurements": PROCUREMENTS}
        learned = weeks["learning_records"].items()
        weeks["training_classes"] = {key: _without_rooms(cells) for key, cells in weeks["training_classes"].items()}
        weeks["learning_records"] = {key: cells for key, cells in learned if cells["person"].key in small.BY_NAME}
        self._own: dict[str, Rows] = {
            **{table: rows for table, rows in self._school.rows.items() if table not in weeks or table == "documents"},
            "settings": {str(row["key"]): row for row in small.norm_rows(date(self.today.year - 1, 1, 1))},
            "contracts": dict(self._contracts(self._school.rows["contracts"])),
            "budget_lines": {
                k: c for k, c in self._school.rows["budget_lines"].items() if c["year"] == self.today.year
            },
            "assets": {key: self._inspected(cells) for key, cells in self._school.rows["assets"].items()},
        }
        needed = self._needed(weeks)
        own = {t: {k: c for k, c in rows.items() if Ref(t, k) in needed} for t, rows in self._own.items()}
        self.rows: dict[str, Rows] = own | weeks | {"documents": {**own["documents"], **weeks.get("documents", {})}}
        self.later: dict[str, Rows] = {
            table: {key: cells for key, cells in rows.items() if key in self.rows[table] and _to_be_linked(table, key)}
            for table, rows in self._school.later.items()
        }

    @property
    def logins(self) -> Iterator[tuple[str, str]]:
        """(e-mail, name) of everybody who works at the tables."""
        for name, cells in self.rows["people"].items():
            yield str(cells["account"]), name

    def with_login(self, name: str) -> str:
        """Whoever has no login cannot be picked in a cell: a colleague of the same post has one, else the head."""
        people = self._school.rows["people"]
        if people[name].get("account"):
            return name
        post, department = people[name]["post"], people[name]["department"]
        alike = (n for n, cells in people.items() if cells["post"] == post and cells.get("account"))
        return next(alike, self._school.head(department.key))

    # --- which rows -------------------------------------------------------------------------------------------------
    def _needed(self, weeks: Mapping[str, Rows]) -> set[Ref]:
        """Rows to begin with, those that others speak of, and so on."""
        found: set[Ref] = set()
        open_: list[Ref] = [*self._first(), *(ref for rows in weeks.values() for ref in self._spoken_of(rows))]
        while open_:
            ref = open_.pop()
            cells = self._own.get(ref.table, {}).get(ref.key)
            if ref in found or cells is None:
                continue
            found.add(ref)
            later = self._school.later.get(ref.table, {}).get(ref.key, {})
            open_ += self._spoken_of({ref.key: {**cells, **later}})
        return found

    def _first(self) -> Iterator[Ref]:
        for table, rows in self._own.items():
            for key in list(rows)[: len(rows) if table in ALL else FEW.get(table, 0)]:
                yield Ref(table, key)
        yield from (Ref("people", name) for name in small.BY_NAME)
        yield from (Ref("vendors", story.seller) for story in STORIES)
        yield from (Ref("documents", title) for title in SEED_RULES)

    def _spoken_of(self, rows: Rows) -> Iterator[Ref]:
        cells = (cell for row in rows.values() for cell in row.items())
        for value in (value for name, value in cells if name != "assets"):  # one of the papers describes 180 computers
            for ref in value if isinstance(value, tuple) and not isinstance(value, Ref) else (value,):
                if isinstance(ref, Ref):
                    yield Ref("people", self.with_login(ref.key)) if ref.table == "people" else ref

    # --- their days -------------------------------------------------------------------------------------------------
    def _inspected(self, cells: Mapping[str, Any]) -> dict[str, Any]:
        """A thing, inspected and insured until its next day."""
        year = self.today.year + 1
        return {
            name: value.replace(year=year) if name.endswith("_due") and value < self.today else value
            for name, value in cells.items()
        }

    def _contracts(self, rows: Rows) -> Iterator[tuple[str, dict[str, Any]]]:
        """Contracts moved by whole months so that they run: the first ends next month, the others one after another."""
        for place, (key, cells) in enumerate(rows.items()):
            ends = cells["ends_on"]
            wait = 1 + (2 + place % 9 if place else 0)
            by = (self.today.year - ends.year) * 12 + self.today.month - ends.month + wait
            found = {name: months_later(v, by) if isinstance(v, date) else v for name, v in cells.items()}
            yield key, found | {"pay_plan": _plan_later(cells["pay_plan"], by)}


def _without_rooms(cells: Mapping[str, Any]) -> dict[str, Any]:
    """A class; one that is on file needs its fifteen bedrooms no more."""
    return {name: value for name, value in cells.items() if name != "rooms" or cells.get("status") != "已归档"}


def _to_be_linked(table: str, key: str) -> bool:
    """A link in one's own table costs a call each, and a room's number tells its floor."""
    return table != "locations" or key in small.LOCATIONS


def _plan_later(text: str, by: int) -> str:
    """A payment plan, all its days so many months later."""
    return re.sub(r"\d{4}-\d{2}-\d{2}", lambda day: months_later(date.fromisoformat(day[0]), by).isoformat(), text)


def months_later(day: date, by: int) -> date:
    """The same day of the month, at most its last; the last day of a month stays one."""
    year, month = divmod(day.year * 12 + day.month - 1 + by, 12)
    last = monthrange(year, month + 1)[1]
    return date(year, month + 1, last if day.day == monthrange(day.year, day.month)[1] else min(day.day, last))
