"""物资收发: sums, what is left in stock, what a department has used of its quota (domain.md B4.20)."""

from automations.figures.base import Computed, computes
from automations.rules.supplies import MoveFacts


@computes("supply_moves", "amount", "balance", "month_used", "quota")
def supply_moves(move: MoveFacts) -> Computed:
    """金额, 结存, 本月已领, 月定额."""
    return Computed(
        {"amount": move.amount, "balance": move.balance, "month_used": move.month_used, "quota": move.quota}
    )
