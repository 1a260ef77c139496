"""满意度问卷: whether a sheet counts, and why not (domain.md B2.11)."""

from automations.figures.base import Computed, computes
from automations.rules.surveys import SheetFacts


@computes("survey_responses", "submitted_at", "valid", "invalid_reason")
def survey_responses(sheet: SheetFacts) -> Computed:
    """提交时间 where the form left it empty, 有效, 无效原因."""
    cells = {"submitted_at": sheet.handed_in, "valid": not sheet.trouble, "invalid_reason": sheet.trouble or None}
    return Computed(cells)
