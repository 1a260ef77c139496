"""预警台账: whoever is named explains, 会计 or a leader closes the line; Houqin alone writes it (domain.md B6.29)."""

from automations.approvals.declaration import Approval, StatusWords

END = ("已关闭", "误报", "已上报")

violations = Approval(
    table="violations",
    words=StatusWords(draft=("待说明", "新发现", "待核实"), ask=(), void=""),
    moves={
        "新发现": ("待说明", "待核实", "误报", "已上报"),
        "待说明": ("待核实", "误报", "已上报"),
        "待核实": END,
    },
    final=END,
    closer="closed_by",
)
