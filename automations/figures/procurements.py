"""采购项目: the method that fits, whether it looks split, until when its papers are kept (domain.md B5.26, C1, C5)."""

from automations.figures.base import Computed, computes
from automations.rules.procurements import ProcurementFacts, kept_until
from automations.rules.splits import split_severity


@computes("procurements", "method_suggest", "split_flag", "keep_until")
def procurements(procurement: ProcurementFacts) -> Computed:
    """建议方式 with one line that says why, 疑似拆分, 档案保存至."""
    path, accepted = procurement.path, procurement.accepted_on
    return Computed(
        {
            "method_suggest": path.suggested_method if path is not None else None,
            "split_flag": split_severity(procurement) or "无",
            "keep_until": kept_until(accepted, procurement.norm.whole("procurement.keep_years")) if accepted else None,
        },
        note=path.reason if path is not None else "",
    )
