"""制度档案: when a paper must be looked at anew (domain.md B1.7)."""

from automations.figures.base import Computed, computes
from automations.rules.documents import DocumentFacts


@computes("documents", "review_due")
def documents(document: DocumentFacts) -> Computed:
    """复审日."""
    return Computed({"review_due": document.review_due})
