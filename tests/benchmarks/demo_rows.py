"""Rows of the demonstration year without playing it: what its people type, and a sketch of what Houqin adds to it.

Playing a year through the engine takes ten minutes, this ten seconds. What people type is exactly theirs. What
the engine would write is filled in as far as reports look at it: numbers, computed columns (by the very functions of
:mod:`automations.figures`), a step for every signature, states that follow from them, issues that inspections found,
and lines of 预警台账 by the dozen. So volumes and shapes are those of the year, and its figures are near to them.
"""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import cycle
from typing import Any

from automations.books import Books
from automations.books.books import MemorySource
from automations.demo.year.edits import Code, Edit, Paper, Ref, in_order
from automations.demo.year.plan import Plan
from automations.demo.year.planted import planted
from automations.demo.year.streams import lawful
from automations.errors import HouqinError
from automations.figures import FIGURES, compute
from automations.figures.base import kind_of
from automations.jobs import approvals
from automations.norms import Norms
from automations.people import Directory
from automations.rows import Rows
from automations.tables.base import Row
from automations.tables.values import File, canonical
from automations.workdays import Calendar, local_date
from tests.benchmarks.schools import AS_OF, SCHEMA, YEAR, Cells, Tables

SIGNED_OFF = approvals()
LEVELS = ("部门负责人", "会计", "分管领导", "主要领导")
ASKED, SIGNING = "提交", "签批中"
AGREED, ANSWERS = "同意", {"退回": "已退回", "不同意": "不同意"}
APPROVED = {"requests": "已核销", "documents": "现行有效", "procurements": "采购实施"}
FOUND: Mapping[str, Cells] = {
    "issues": {"kind": "整改", "source": "督查", "category": "其他", "severity": "一般", "status": "已派单"},
    "equipment_checks": {"check_kind": "开班前检查", "cycle": "一次性"},
}
"""Rows that the engine adds and people find there, with what it fills in."""

RULES = ("SG-01", "SG-02", "EX-02", "CT-05", "BG-02", "PR-03a", "SG-02", "SV-04")
EVERY = timedelta(days=4)
"""Between two lines of 预警台账: some 90 a year (domain.md E4)."""

ROUNDS = 2
"""What is computed stands on what is computed, such as 项目等次 on 满意率."""


def demo_rows() -> Tables:
    """The year as it stands on the morning after."""
    plan = Plan(YEAR)
    stories = (edit for story in planted(plan) for edit in story.edits)
    year = _Year(plan)
    for edit in in_order([*lawful(plan), *stories]):
        if edit.at <= AS_OF:
            year.make(edit)
    year.end()
    for _ in range(ROUNDS):
        _compute(year.tables)
    year.plan_checks()
    return year.tables


class _Year:
    """The tables while the year goes by."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.tables: Tables = {table.name: {} for table in SCHEMA}
        self.ids: dict[Ref, int] = {}
        self._last = dict.fromkeys(self.tables, 0)
        self._steps: dict[Ref, tuple[int, int]] = defaultdict(lambda: (0, 0))  # round, steps of it so far
        began = plan.at(date(YEAR, 1, 1), "00:10")
        for table, rows in plan.school.rows.items():
            for key, cells in rows.items():
                self._new(Ref(table, key), cells, began)
        for table, rows in plan.school.later.items():
            for key, cells in rows.items():
                self._put(Ref(table, key), cells)

    def make(self, edit: Edit) -> None:
        """One edit of one person."""
        if edit.deed == "sign":
            self._sign(edit)
        elif edit.deed == "delete":
            return  # the one row that is deleted in the year is under signature: Houqin puts it back
        elif edit.deed == "find":
            self._find(edit)
        elif edit.row in self.ids:
            self._put(edit.row, edit.cells)
        else:
            self._new(edit.row, edit.cells, edit.at)
        if edit.table in SIGNED_OFF and edit.cells.get("status") == ASKED:
            self._steps[edit.row] = self._steps[edit.row][0] + 1, 0
            self._row(edit.row)["status"] = SIGNING

    def end(self) -> None:
        """States that nobody types, and what was caught."""
        for claim in self.tables["expense_claims"].values():
            if claim["status"] == SIGNING and claim["approved_at"]:
                claim["status"] = "已归档" if claim["voucher_no"] else "已支付" if claim["paid_on"] else "已批准"
        for line_id, line in self.tables["budget_lines"].items():
            mine = [c for c in self.tables["expense_claims"].values() if c["budget_line"] == line_id and c["paid_on"]]
            line["spent"] = sum((claim["amount"] for claim in mine), Decimal(0))
        claims, rules = cycle(self.tables["expense_claims"].values()), cycle(RULES)
        at = self.plan.at(date(YEAR, 1, 5))
        while at < AS_OF:
            claim, rule = next(claims), next(rules)
            cells = {"rule": rule, "severity": "一般", "title": f"{claim['code']}被拦下", "status": "待说明"}
            where = {"biz_type": "支出单", "biz_code": claim["code"], "found_at": at}
            self._new(Ref("violations", f"{at}"), {**cells, **where}, at)
            at += EVERY

    def plan_checks(self) -> None:
        """The next check of everything that was checked, as it follows from the last one."""
        last = {(c["check_kind"], c["cycle"], c["asset"], c["location"]): c for c in self._checks()}
        for thing, check in last.items():
            if check["done_on"] and check["next_due"]:
                same = {name: check[name] for name in ("check_kind", "cycle", "asset", "location", "statutory")}
                cells = {**same, "due_on": check["next_due"], "status": "待检"}
                self._new(Ref("equipment_checks", f"{thing}"), cells, AS_OF)

    def _checks(self) -> list[Cells]:
        found = self.tables["equipment_checks"].values()
        return sorted((check for check in found if check["due_on"]), key=lambda check: check["due_on"])

    def _row(self, row: Ref) -> Cells:
        return self.tables[row.table][self.ids[row]]

    def _new(self, row: Ref, cells: Mapping[str, Any], at: datetime) -> None:
        table, rows = SCHEMA[row.table], self.tables[row.table]
        self.ids[row] = self._last[row.table] = row_id = self._last[row.table] + 1
        rows[row_id] = {f.name: canonical(f, f.default) for f in table.fields}
        known = {"code": f"{table.prefix}-{YEAR}-{row_id:04d}", "check_result": "通过", "created_at": at}
        self._put(row, known | ({"submitted_at": at} if "submitted_at" in table.by_name else {}) | dict(cells))

    def _put(self, row: Ref, cells: Mapping[str, Any]) -> None:
        fields = SCHEMA[row.table]
        self._row(row).update({name: canonical(fields[name], self._cell(value)) for name, value in cells.items()})

    def _cell(self, value: Any) -> Any:
        if isinstance(value, Ref):
            return self.ids[value]
        if isinstance(value, Code):
            return self._row(Ref(*value))["code"]
        if isinstance(value, Paper):
            return File(value.name, 0, "")
        return tuple(map(self._cell, value)) if isinstance(value, tuple) else value

    def _find(self, edit: Edit) -> None:
        """The youngest row with these cells; a new one where the engine would have added it."""
        fields = SCHEMA[edit.table]
        wanted = {name: canonical(fields[name], self._cell(value)) for name, value in edit.cells.items()}
        if edit.table == "equipment_checks":
            wanted["done_on"] = None
        if edit.table != "issues":
            rows = self.tables[edit.table].items()
            if found := [i for i, row in rows if all(row[name] == value for name, value in wanted.items())]:
                self.ids[edit.row] = max(found)
                return
        due = {"due_on": local_date(edit.at)} if edit.table == "equipment_checks" else {}
        self._new(edit.row, {**FOUND.get(edit.table, {}), **due, **edit.cells}, edit.at)
        origin = edit.cells.get("origin")
        if isinstance(origin, Code) and origin.table == "inspections":
            inspection = self._row(Ref(*origin))
            inspection["findings"] = (*inspection["findings"], self.ids[edit.row])
            place = next(iter(inspection["location"]), None)
            self._row(edit.row).update(duty_dept=inspection["target_dept"], location=place)

    def _sign(self, edit: Edit) -> None:
        """A step, signed by whoever has the level; signatures beyond the last level are nobody's."""
        row, (turn, seq) = self._row(edit.row), self._steps[edit.row]
        if row["status"] != SIGNING or seq == len(LEVELS):
            return
        self._steps[edit.row] = turn, seq + 1
        decision, link = edit.cells["decision"], SIGNED_OFF[edit.table].step_link
        cells = {
            "code": f"QP-{row['code']}-{turn}-{seq + 1}",
            "biz_type": SCHEMA[edit.table].title,
            "biz_code": row["code"],
            "round": turn,
            "seq": seq + 1,
            "level": LEVELS[seq],
            "nature": "审核" if seq < 2 else "签批",
            "amount_shown": row.get("amount") or row.get("est_amount"),
            "summary": f"事由：{row.get('title') or ''}",
            "decision": decision,
            "opinion": edit.cells.get("opinion"),
            "signed_at": edit.at,
            "assignee": self._signer(row, LEVELS[seq]),
            "valid": "有效",
            link: self.ids[edit.row],
        }
        self._new(Ref("sign_steps", str(cells["code"])), cells, edit.at)
        if decision != AGREED:
            row["status"] = ANSWERS[decision]
        elif "approved_at" in row:
            row["approved_at"] = canonical(SCHEMA[edit.table]["approved_at"], edit.at)
        if decision == AGREED and edit.table in APPROVED and seq > 0:
            row["status"] = APPROVED[edit.table]

    def _signer(self, row: Cells, level: str) -> int | None:
        department = self.tables["departments"].get(row.get("department") or row.get("owner_dept") or 1, {})
        named = {"部门负责人": department.get("head"), "分管领导": department.get("leader_in_charge")}
        return named.get(level) or self.ids[Ref("people", "褚会计" if level == "会计" else "赵校长")]


def _compute(tables: Tables) -> None:
    """Every column that Houqin computes; a row that none can be computed of stays as it is."""
    rows = {name: Rows(name, (Row(i, cells) for i, cells in found.items())) for name, found in tables.items()}
    norms, directory = Norms.from_rows(rows["settings"]), Directory.from_rows(rows["people"], rows["departments"])
    books, calendar = Books(MemorySource(tables)), Calendar()
    for table in FIGURES:
        for row in rows[table]:
            facts = kind_of(table)(row, SCHEMA, books, norms, directory, calendar, AS_OF)
            try:
                found = compute(facts).cells
            except HouqinError:  # a parameter or a cell is missing: the engine would say so in the row
                continue
            tables[table][row.id].update({n: canonical(SCHEMA[table][n], v) for n, v in found.items()})
