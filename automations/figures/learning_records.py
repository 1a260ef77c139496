"""学习记录: the period a record belongs to, and whether it counts (domain.md B3.14)."""

from automations.figures.base import Computed, computes
from automations.rules.learning import LearningFacts


@computes("learning_records", "period", "counted")
def learning_records(record: LearningFacts) -> Computed:
    """所属期, 计入."""
    return Computed({"period": record.period, "counted": record.counted})
