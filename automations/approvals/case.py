"""What is known of one sign-off: a fold of the journal's entries about it, kept as its projection.

The truth about status and signatures lives here, never in a cell (design.md, decision 2).
"""

from datetime import datetime
from decimal import Decimal
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

DRAFT, SUBMIT, CHECKING, SIGNING = "草稿", "提交", "待校验", "签批中"
RETURNED, REFUSED, APPROVED, PAID, ARCHIVED = "已退回", "不同意", "已批准", "已支付", "已归档"
WITHDRAW, VOID = "撤回", "作废"

OPEN_FOR_SUBMISSION = frozenset({DRAFT, RETURNED})
UNDER_SEAL = frozenset({SIGNING, APPROVED, PAID, ARCHIVED})
FINAL = frozenset({REFUSED, PAID, ARCHIVED, VOID})

WAITING, VALID = "待定", "有效"
NOT_HIM, OUT_OF_ORDER, RECUSED, BAD_DELEGATE = "无效-非本人", "无效-越序", "无效-回避", "无效-代签无效"
FELL_BY_EDIT, FELL_BY_RETURN = "作废-改单", "作废-退回"

PENDING, AGREE, RETURN, REFUSE, NOTED = "待签", "同意", "退回", "不同意", "已知悉"


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Step(_Frozen):
    """One level in one round.

    Attributes:
        code: Code of its row in ``sign_steps``; unique per case, round and level.
        assignee: Who must sign (row id in ``people``).
        stands_for: Whom the assignee replaces because that person must stand aside (SG-03).
        decision: The valid decision; 待签 until there is one.
        validity: Cell 效力; "" while it is not yet this level's turn.
        signer: Who signed validly; differs from ``assignee`` only by delegation.
        draft / drafted_by: 签批意见 standing there undecided, and its author's account: nobody signs another's words.
        order: The host's order key of the edit that signed.
        seal: SHA-256 of the content the signer signed.
        amount: 元 shown to this signer (the audited amount once there is one).
    """

    code: str
    round: int
    seq: int
    level: str
    nature: Literal["签字", "审核", "验收"]
    assignee: int
    stands_for: int | None = None
    opened_at: datetime | None = None
    decision: str = PENDING
    validity: str = ""
    signer: int | None = None
    account: str = ""
    opinion: str = ""
    draft: str = ""
    drafted_by: str = ""
    signed_at: datetime | None = None
    order: str = ""
    seal: str = ""
    amount: Decimal | None = None
    result: str = ""
    message: str = ""

    @property
    def agreed(self) -> bool:
        """Validly signed with 同意."""
        return self.validity == VALID and self.decision == AGREE


class Case(_Frozen):
    """One request under sign-off.

    Attributes:
        code: Code of the row, e.g. ``ZC-2026-0158``; the case's name for good.
        row_id: Where the row is on the host now.
        status: The true status, in the words above whatever its table calls it.
        stage: The table's own word where the row rests before, after or without a sign-off, e.g. 采购实施; "" for the
            word that its status has by itself.
        round: Counts submissions that passed the checks; 0 before the first.
        steps: Levels of the present round, in order; those of earlier rounds are in ``past``.
        content: Protected fields as JSON at submission, see :func:`automations.approvals.seal.content`.
        snapshot: The same rows with everything needed to put them back (file handles), as JSON.
        seal: SHA-256 of ``content`` as submitted.
        result / message: Cells 校验结果 and 校验说明.
        voiders: Who asked for 作废 of an approved row so far (会计 and 分管领导 must both).
        notes: Remarks that stay with the round, such as who stood aside.
        recused: Who may not sign this round because of ties to the company paid.
        pins: Parameters of the sign-off as they were when the round began: a change governs new rounds only.
        kept: Worker-owned cells that hold what was last signed, see ``Approval.keeps``.
        counted: How often the row made the moves that are counted, see ``Approval.counts``.
        norms_version: Digest of all parameters then in force, see :meth:`automations.norms.Norms.in_force`.
    """

    table: str
    code: str
    row_id: int
    status: str = DRAFT
    stage: str = ""
    round: int = 0
    steps: tuple[Step, ...] = ()
    past: tuple[Step, ...] = ()
    content: dict[str, Any] | None = None
    snapshot: dict[str, Any] | None = None
    seal: str = ""
    handler: int | None = None
    payee: int | None = None
    amount: Decimal | None = None
    audited: Decimal | None = None
    submitted_at: datetime | None = None
    approved_at: datetime | None = None
    approved_seal: str = ""
    closed_at: datetime | None = None
    payment: dict[str, Any] | None = None
    voiders: tuple[int, ...] = ()
    notes: tuple[str, ...] = ()
    recused: tuple[int, ...] = ()
    pins: dict[str, str] = {}
    norms_version: str = ""
    kept: dict[str, Any] = {}
    counted: dict[str, int] = {}
    result: str = ""
    message: str = ""

    @property
    def subject(self) -> str:
        """Name of the case in the journal."""
        return f"{self.table}/{self.code}"

    @property
    def payable(self) -> Decimal:
        """元 that will be paid: the audited amount once 会计 has set one."""
        return self.audited if self.audited is not None else self.amount or Decimal(0)

    @property
    def current(self) -> Step | None:
        """The level whose turn it is."""
        if self.status != SIGNING:
            return None
        return next((s for s in self.steps if not s.agreed), None)

    def step(self, code: str) -> Step | None:
        """The step of the present round with this code."""
        return next((s for s in self.steps if s.code == code), None)

    def with_step(self, step: Step) -> "Case":
        """The case with one step replaced."""
        return self.model_copy(update={"steps": tuple(step if s.code == step.code else s for s in self.steps)})

    def but(self, **changes: Any) -> "Case":
        """A copy with these attributes changed."""
        return self.model_copy(update=changes)
