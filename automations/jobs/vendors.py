"""服务商: what a company typed into the form waits until the logistics office has checked it (domain.md B8)."""

from automations.approvals.declaration import Approval, StatusWords

vendors = Approval(
    table="vendors",
    adopts=True,
    words=StatusWords(draft=("待审", "在册"), ask=(), void=""),
    moves={"待审": ("在册",), "在册": ("待审",)},
    shown=("name",),
)
