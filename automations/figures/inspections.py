"""督查记录: its issues, how many problems, and when a dispute began (domain.md B3.12)."""

from decimal import Decimal

from automations.figures.base import Computed, computes
from automations.rules.inspections import DISPUTED, DRAFT, FILED, InspectionFacts
from automations.tables.values import Value


@computes("inspections", "findings", "findings_n", "disputed_at")
def inspections(inspection: InspectionFacts) -> Computed:
    """发现问题 with the issues made of it, 问题数, 异议时间."""
    linked = tuple(inspection.findings or ())
    made = [i.id for i in inspection.books.where("issues", "origin", inspection.code)] if inspection.code else []
    if inspection.status == DRAFT:
        return Computed({"findings_n": Decimal(len(linked) + len(inspection.problem_lines))})
    findings = tuple(dict.fromkeys([*linked, *made]))
    cells: dict[str, Value] = {"findings_n": Decimal(len(findings))}
    if inspection.status != FILED and len(findings) > len(linked):
        cells["findings"] = findings
    if inspection.status == DISPUTED and inspection.disputed_at is None:
        cells["disputed_at"] = inspection.now
    return Computed(cells)
