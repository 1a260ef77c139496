"""Tables and charts that several reports share: figures of :mod:`automations.measures` in rows and columns.

One file a chapter, called as the chapter's figures are.
"""

from automations.statements._tables import (
    buying,
    costs,
    facilities,
    money,
    outlook,
    overview,
    saving,
    service,
    signing,
    staff,
    supervision,
)

__all__ = [
    "buying",
    "costs",
    "facilities",
    "money",
    "outlook",
    "overview",
    "saving",
    "service",
    "signing",
    "staff",
    "supervision",
]
