"""Printed forms of approved requests, laid into their own rows (domain.md C3 "Printing", 0.3)."""

from collections.abc import Iterable
from datetime import datetime

from automations.approvals.case import Case
from automations.approvals.desired import wants_form
from automations.approvals.words import SHANGHAI
from automations.engine.hands import Hands
from automations.engine.office import Office
from automations.errors import HouqinError
from automations.reports.forms import expense_form
from automations.reports.render import Format, render_form, template_folder
from automations.tables.base import Row
from automations.tables.values import File, Value

TABLE = "expense_claims"
TITLE = "费用报销审批单"
FORMATS: tuple[Format, ...] = ("pdf", "docx")


class Forms:
    """Renders 《费用报销审批单》 as PDF and Word and keeps them in the claim's column 审批单."""

    def __init__(self, office: Office) -> None:
        self._office = office

    def make(self, hands: Hands, cases: Iterable[Case], now: datetime) -> list[str]:
        """Bring the forms of these cases up to date; Chinese sentences for those that could not be made.

        A form that cannot be made (no font, a broken template) holds nothing up: the next slow pass tries again.
        """
        problems = []
        for case in cases:
            row = next(iter(self._office.mirror.living(case.table, [case.row_id])), None)
            if row is None or case.table != TABLE:
                continue
            try:
                self._one(hands, case, row, now)
            except HouqinError as error:
                problems.append(f"{case.code} 的审批单没有生成：{error}")
        return problems

    def missing(self) -> list[Case]:
        """Cases whose row lacks its form; reads every approved row, so only slow passes ask."""
        office = self._office
        rows = office.mirror.select(TABLE, status=("已批准", "已支付", "已归档"))
        found = []
        for row in rows:
            if not row.values.get("form") and (data := office.journal.case(f"{TABLE}/{row.values.get('code')}")):
                found.append(Case.model_validate(data))
        return found

    def _one(self, hands: Hands, case: Case, row: Row, now: datetime) -> None:
        cell = row.values.get("form")
        present = cell if isinstance(cell, tuple) else ()
        wanted = self._names(case) if wants_form(case) else ()
        if tuple(f.name for f in present if isinstance(f, File)) == wanted:
            return
        made: tuple[File, ...] = ()
        if wanted:
            contents = render_form(template_folder("expense_form"), self._data(case, row, now), FORMATS)
            made = tuple(hands.upload(name, contents[fmt]) for name, fmt in zip(wanted, FORMATS, strict=True))
        hands.want(case.table, case.row_id, {"form": made})

    def _names(self, case: Case) -> tuple[str, ...]:
        """File names carry the end of the seal: a claim approved anew gets a new form."""
        return tuple(f"{TITLE}_{case.code}_{case.approved_seal[-12:]}.{fmt}" for fmt in FORMATS)

    def _data(self, case: Case, row: Row, now: datetime) -> dict[str, object]:
        office = self._office
        invoices = office.mirror.select("invoices", claim=case.row_id)
        steps = (*case.past, *case.steps)
        return expense_form(
            {**row.values, "status": case.status, "audited_amount": case.audited},
            steps,
            [r.values for r in invoices],
            self._linked(case, row),
            unit=office.norms.text("school.name", now.astimezone(SHANGHAI).date()),
            submitted_at=case.submitted_at,
            proof=office.host.proof,
            proof_note=office.host.proof_note,
            seal=case.approved_seal,
            url=office.host.row_url(case.table, case.row_id),
            printed_at=now,
            notes=case.notes,
        )

    def _linked(self, case: Case, row: Row) -> dict[tuple[str, int], str]:
        """Names of everybody and everything the form mentions."""
        office = self._office
        names: dict[tuple[str, int], str] = {}
        for field in office.schema[case.table].fields:
            value: Value = row.values.get(field.name)
            if field.type in ("link", "person") and isinstance(value, int):
                names["people" if field.type == "person" else str(field.to), value] = office.show(field, value)
        for step in (*case.past, *case.steps):
            for person in (step.assignee, step.signer, step.stands_for):
                if person is not None:
                    names["people", person] = office.directory.name(person)
        return names
