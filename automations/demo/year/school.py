"""示例区委党校 on 1 January: its reference rows, loaded by Houqin's own account before anybody edits (domain.md E1–E4).

Every key is a name. Links stand as :class:`~automations.demo.year.edits.Ref`, so that a stream may use the same rows.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from automations.demo import school as small
from automations.demo.year import companies, energy, people, places, shelf, stock, upkeep
from automations.demo.year.edits import Ref, papers
from automations.shipped_norms import shipped_rows

Rows = dict[str, dict[str, Any]]

ACCOUNTANT, CASHIER, TOP = small.ACCOUNTANT, small.CASHIER, small.TOP
LINKS: Mapping[str, str] = {
    "department": "departments",
    "user_dept": "departments",
    "supervise_dept": "departments",
    "post": "posts",
    "superior": "posts",
    "head": "people",
    "leader_in_charge": "people",
    "duty_person": "people",
    "custodian": "people",
    "supervisor": "people",
    "vendor": "vendors",
    "location": "locations",
    "item": "assets",
    "person": "people",
}
"""Columns of reference rows that name a row of another table."""


class School:
    """Rows by table and key, in the order in which they are loaded; and who is who.

    Attributes:
        rows: Cells by table and key.
        later: Links to rows that are loaded after the row itself.
    """

    def __init__(self, year: int, volume: int = 1) -> None:
        self.year = year
        self.later: dict[str, Rows] = {}
        self.rows: dict[str, Rows] = {
            "departments": {n: {"name": n, "kind": k, "active": True} for n, (k, _, _) in small.DEPARTMENTS.items()},
            "posts": self._posts(),
            "people": self._linked("people", people.cells(year)),
            "locations": self._locations(),
            "vendors": dict(companies.vendors()),
            "settings": {str(row["key"]): row for row in _norms(date(year - 1, 1, 1))},
            "budget_lines": self._linked("budget_lines", dict(companies.budget_lines(year, volume))),
            "contracts": self._contracts(volume),
            "assets": self._linked("assets", dict(stock.assets(year, list(places.AREAS)))),
            "meters": self._linked("meters", dict(stock.meters(year))),
            "meter_readings": dict(energy.history(year)),
            "supply_moves": self._linked("supply_moves", dict(stock.first_stock(year))),
            "equipment_checks": dict(upkeep.waiting(year)),
        }
        self.rows["documents"] = dict(shelf.documents(year, self._computers()))
        self.later["departments"] = {
            name: {"head": Ref("people", head), "leader_in_charge": Ref("people", leader)}
            for name, (_, head, leader) in small.DEPARTMENTS.items()
        }
        self.later["meters"] = {name: {"parent": Ref("meters", parent)} for name, parent in stock.PARENTS.items()}

    def _computers(self) -> tuple[str, ...]:
        """Keys of all IT devices."""
        return tuple(name for name, cells in self.rows["assets"].items() if cells["category"] == "信息设备")

    def _linked(self, table: str, rows: Mapping[str, Mapping[str, Any]]) -> Rows:
        """The same with links instead of names."""
        return {
            key: {
                name: Ref(LINKS[name], value) if name in LINKS and isinstance(value, str) else value
                for name, value in cells.items()
                if value is not None
            }
            for key, cells in rows.items()
        }

    def _posts(self) -> Rows:
        found = people.cells(self.year).values()
        posts = {**small.POSTS, **people.POSTS}
        self.later["posts"] = {name: {"superior": Ref("posts", above)} for name, (_, _, above) in posts.items()}
        rows = {
            name: {
                "name": name,
                "department": department,
                "kind": kind,
                "headcount": sum(one["post"] == name for one in found),
                "duties": "按岗位责任书执行（演示数据）。",
                "duty_paper": papers(f"{self.year}年{name}岗位责任书.pdf"),
            }
            for name, (department, kind, _) in posts.items()
        }
        return self._linked("posts", rows)

    def _locations(self) -> Rows:
        found = list(places.rows())
        self.later["locations"] = {name: {"parent": Ref("locations", parent)} for name, _, parent in found if parent}
        return self._linked("locations", {name: cells for name, cells, _ in found})

    def _contracts(self, volume: int) -> Rows:
        more = {"supervise_dept": "行政科", "supervisor": "谢物业"}
        rows = {n: {**cells, **more} for n, cells in companies.contracts(self.year, volume)}
        return {n: {**cells, "file": papers("合同.pdf")} for n, cells in self._linked("contracts", rows).items()}

    # --- who is who -------------------------------------------------------------------------------------------------
    def head(self, department: str) -> str:
        """部门负责人."""
        return small.DEPARTMENTS[department][1]

    def leader(self, department: str) -> str:
        """分管领导."""
        return small.DEPARTMENTS[department][2]

    def clerks(self, department: str) -> Sequence[str]:
        """Colleagues of a department who file for themselves and sign for nobody."""
        return [
            c.name
            for c in people.colleagues()
            if c.department == department and c.rank in ("科员", "工勤") and {*c.roles} <= {"经办人", people.INSPECTOR}
        ]

    def department(self, who: str) -> str:
        """Where somebody works."""
        return str(self.rows["people"][who]["department"].key)

    @property
    def accounts(self) -> Mapping[str, str]:
        """Logins by name."""
        return {name: str(cells["account"]) for name, cells in self.rows["people"].items() if cells.get("account")}

    # --- money ------------------------------------------------------------------------------------------------------
    def account_of(self, vendor: str) -> str:
        """A company's bank account."""
        return str(self.rows["vendors"][vendor]["bank_account"])

    def category_of(self, line: str) -> str:
        """费用类别 of a budget line."""
        return str(self.rows["budget_lines"][line]["category"])


def _norms(since: date) -> list[dict[str, Any]]:
    """Every parameter as shipped, looked through and ticked 已本地核实; the school's own values on top."""
    own = {**small.NORMS}
    checked = {"verified": True, "verified_by": Ref("people", "孙后勤")}
    return [
        {**row, "value": own.get(str(row["key"]), row["value"]), **(checked if row["value"] else {})}
        for row in shipped_rows(since)
    ]
