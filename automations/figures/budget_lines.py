"""预算指标: what open requests and claims hold of a line (domain.md B5.21, C5)."""

from decimal import Decimal

from automations import holds
from automations.books import Facts
from automations.figures.base import Computed, computes
from automations.measures.money import approved_sum

THREE_PUBLIC = frozenset({"公务接待费", "公务用车运行费", "因公出国费"})


@computes("budget_lines", "frozen", "spent", "available", "rate", "is_three_public")
def budget_lines(line: Facts) -> Computed:
    """已占用, 已支付, 可用, 执行率, 三公."""
    taken = holds.total(line.books.held("budget", str(line.id)))
    total = approved_sum(line.row)
    return Computed(
        {
            "frozen": taken.frozen,
            "spent": taken.spent,
            "available": total - taken.frozen - taken.spent,
            "rate": (taken.spent / total * 100).quantize(Decimal(1)) if total else None,
            "is_three_public": line.category in THREE_PUBLIC,
        }
    )
