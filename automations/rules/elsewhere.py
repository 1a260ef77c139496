"""Rules that no function of this room holds: those of signing, of paying and of looking after every row.

They are decided where a signature or an edit is judged; here they are listed, so that ``houqin rules`` leaves none out.
The list is data. A test holds each message against the place that says it.
"""

from dataclasses import dataclass

from automations.approvals.ruling import Gravity, Severity
from automations.rules.base import ALWAYS, PAY, SUBMIT

EVERY, SIGNED = "*", "*签批"
"""Instead of one table: every table there is, or every table whose rows are signed."""

STEPS, CLAIMS = "sign_steps", "expense_claims"
SIGN, EDIT, WEEKLY = "签批", "修改", "每周"
"""Moments: a step is decided, a row is edited, once a week."""

SAME_AS = {"EX-01": "SG-08", "AS-03": "EX-11"}
"""Ids by which domain.md names a rule that has another id already."""

LAW = "内控规范；会计法第三十五条"


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """One of them.

    Attributes:
        id: As in domain.md; a word where domain.md gives none.
        table: Whose rows it is about; :data:`EVERY` or :data:`SIGNED`.
        clause: Where it comes from.
        message: What it says, with the figures in braces.
        where: The function that decides (``module:function`` in this package), or the message's file.
        about: What it holds, in one line.
        says: Where the sentence is written down (``module:name``); "" where ``where`` itself writes it.
        severity: As in :class:`~automations.rules.base.Rule`.
        gravity: Of its line in 预警台账; the graver of two.
        at: When it is asked.
        settings: Keys of 参数标准 it reads.
    """

    id: str
    table: str
    clause: str
    message: str
    where: str
    about: str
    says: str = ""
    severity: Severity = "拦截"
    gravity: Gravity | None = None
    at: tuple[str, ...] = (SIGN,)
    settings: tuple[str, ...] = ()


def _word(name: str) -> str:
    return f"approvals.words:{name}"


ELSEWHERE: tuple[Elsewhere, ...] = (
    # --- who signs (domain.md C2) ---------------------------------------------------------------------------------
    Elsewhere(
        "SG-01",
        STEPS,
        "C2",
        "【签批无效】本级应由{due}签批，实际由账号“{account}”操作，已作废并还原。",
        "approvals.signing:_identity",
        "Only the assignee or his delegate in force signs.",
        _word("wrong_signer"),
        gravity="严重",
    ),
    Elsewhere(
        "SG-01",
        STEPS,
        "C2",
        "【签批无效】系统没有查到本次签批是由哪个账号操作的，不作为签批依据，已还原。请应签人用本人账号在表格中重新选择。",
        "approvals.signing:decide",
        "A decision without an author on the host's record is none.",
        _word("UNATTRIBUTED"),
        gravity="严重",
    ),
    Elsewhere(
        "SG-01",
        STEPS,
        "C2",
        "【已还原】已签的意见不能再改；如需退回，请由后一级签批人选“退回”。",
        "approvals.signing:decide",
        "A signature once given stands.",
        gravity="严重",
    ),
    Elsewhere(
        "SG-02",
        STEPS,
        "C2",
        "【签批无效】前一级“{level}·{name}”尚未签批，请按经办人—分管领导—主要领导顺序签批。",
        "approvals.signing:decide",
        "Levels sign in their order.",
        _word("out_of_order"),
        gravity="一般",
    ),
    Elsewhere(
        "SG-02",
        STEPS,
        "C2",
        "【签批无效】本单现在是“{status}”，不在签批中，已还原。",
        "approvals.signing:decide",
        "Only a row under signature is signed.",
    ),
    Elsewhere(
        "SG-03",
        STEPS,
        "C2",
        "【回避】{name}是本单{part}，本级改由{substitute}签批。",
        "approvals.signing:_identity",
        "Nobody signs his own money, and nobody signs two levels of one round.",
        _word("stands_aside"),
        gravity="严重",
    ),
    Elsewhere(
        "SG-03",
        SIGNED,
        "C2",
        "【回避】{name}是本单{part}，本级改由{substitute}签批。",
        "approvals.chain:_replace",
        "Who must stand aside is replaced at a signature.",
        _word("stands_aside"),
        severity="提示",
        at=(SUBMIT,),
        settings=("chain.substitute",),
    ),
    Elsewhere(
        "SG-03",
        SIGNED,
        "C2",
        "【回避】{name}是本单{part}，“{level}”审核环节略过。",
        "approvals.chain:resolve",
        "A review by who must stand aside falls away with a note.",
        _word("review_skipped"),
        severity="提示",
        at=(SUBMIT,),
    ),
    Elsewhere(
        "SG-03",
        SIGNED,
        "C2",
        "{name}是本单{part}，“{level}”须由他人替签，但没有可用的替签人。请会计在参数“chain.substitute”中补充。",
        "approvals.chain:_replace",
        "There is a substitute for every signature.",
        at=(SUBMIT,),
        settings=("chain.substitute",),
    ),
    Elsewhere(
        "SG-03",
        SIGNED,
        "C2",
        "“{level}”没有人担任，请组织人事科在“部门”或“人员”表中设置后再提交。",
        "approvals.chain:resolve",
        "Every level has its holder.",
        at=(SUBMIT,),
        settings=("chain.small", "chain.dept_review", "chain.finance_review", "chain.acceptance", "chain.top_from"),
    ),
    Elsewhere(
        "SG-04",
        STEPS,
        "C2",
        "【代签无效】委托{gap}，请由本人签批或重新委托。",
        "approvals.signing:_identity",
        "A delegate signs within period, scope and limit, and holds no other level.",
        _word("bad_delegation"),
        gravity="一般",
        settings=("delegate.top_limit",),
    ),
    Elsewhere(
        "SG-05",
        STEPS,
        "C2",
        "您有{n}笔待签（合计{amount}元），最久已等{days}个工作日。",
        "report_templates/messages/steps_waiting/page.html",
        "Silence never signs: who must sign is reminded, then others are told.",
        severity="提示",
        at=(ALWAYS,),
    ),
    Elsewhere(
        "SG-06",
        STEPS,
        "C2",
        "请填写退回（不同意）理由，不少于5个字。",
        "approvals.signing:decide",
        "Who returns or refuses says why.",
        _word("NO_REASON"),
    ),
    Elsewhere(
        "SG-06",
        STEPS,
        "C2",
        "“不同意”由分管领导或主要领导作出；本级如有疑问请选“退回”并写明理由。",
        "approvals.signing:decide",
        "Only leaders refuse; the others return.",
    ),
    Elsewhere(
        "SG-06",
        STEPS,
        "C2",
        "请在“意见”中选“同意”“退回”或“不同意”。",
        "approvals.signing:decide",
        "A decision is one of three.",
    ),
    Elsewhere(
        "SG-08",
        SIGNED,
        "C2",
        "经办人应为本人提交。您（{typist}）代{handler}填报，请由{handler}本人提交，或把经办人改为您本人。",
        "approvals.commands:submit",
        "The handler submits himself.",
        _word("typed_for_another"),
        gravity="一般",
        at=(SUBMIT,),
    ),
    # --- what happens to a row after it was signed ----------------------------------------------------------------
    Elsewhere(
        "核减",
        CLAIMS,
        "C2",
        "“{title}”只能由{level}在其审核环节填写，大于0且不高于申请金额，只减不增。已恢复原值。",
        "approvals.judge:_audited",
        "会计 may lower the sum at his own level; nobody raises it.",
        at=(EDIT,),
    ),
    Elsewhere(
        "撤回",
        SIGNED,
        "C2",
        "【撤回无效】只有经办人{handler}本人可以撤回，已还原。",
        "approvals.commands:_withdraw",
        "Only the handler takes a row back.",
        at=(EDIT,),
    ),
    Elsewhere(
        "撤回",
        SIGNED,
        "C2",
        "【撤回无效】{level}已签字，不能撤回；请联系签批人退回。",
        "approvals.commands:_withdraw",
        "Once 分管领导 has signed, only signers return it.",
        at=(EDIT,),
    ),
    Elsewhere(
        "作废",
        SIGNED,
        "C2",
        "【作废无效】草稿只能由经办人本人作废，已还原。",
        "approvals.commands:_void",
        "A draft is voided by its handler.",
        at=(EDIT,),
    ),
    Elsewhere(
        "作废",
        SIGNED,
        "C2",
        "【作废无效】已批准的单据须由会计和分管领导两人都选“作废”，您不在其中，已还原。",
        "approvals.commands:_void_approved",
        "What is approved and unpaid is voided by 会计 and 分管领导 together.",
        at=(EDIT,),
    ),
    Elsewhere(
        "N02",
        SIGNED,
        "C2",
        "退回后{days}个工作日没有重新提交，系统已作废本单，发票已释放。如仍需办理请重新填单。",
        "approvals.lapse:lapse",
        "What was returned and is left untouched lets go of its invoices.",
        severity="提示",
        at=(ALWAYS,),
        settings=("claim.return_void_wd",),
    ),
    # --- payment and separation of duties -------------------------------------------------------------------------
    Elsewhere(
        "EX-08",
        CLAIMS,
        "C3",
        "【先批后付】本单尚未完成签批，不得支付。",
        "approvals.payment:_objection",
        "Nothing is paid before all have signed.",
        _word("PAID_BEFORE_APPROVED"),
        gravity="严重",
        at=(PAY,),
    ),
    Elsewhere(
        "EX-08",
        CLAIMS,
        "C3；电子签名法第十三条",
        "【先批后付】请先由会计核对纸质审批单并勾选“纸质已签”，再登记付款。已还原。",
        "approvals.payment:_cashier_objection",
        "The paper is signed before money leaves, unless the school has a certified e-signature.",
        at=(PAY,),
        settings=("sign.paper_required",),
    ),
    Elsewhere(
        "不相容岗位",
        CLAIMS,
        LAW,
        "“会计”与“出纳”为不相容岗位，不能由同一人兼任（内控规范、会计法第三十五条）。",
        "approvals.payment:_cashier_objection",
        "Who keeps the books pays nothing.",
        at=(PAY,),
    ),
    Elsewhere(
        "不相容岗位",
        CLAIMS,
        LAW,
        "{name}是本单{part}，不能办理本单付款，请由其他出纳办理（付款审批与付款执行须分离）。已还原。",
        "approvals.payment:_cashier_objection",
        "Handler, payee and signers do not pay.",
        at=(PAY,),
    ),
    Elsewhere(
        "不相容岗位",
        CLAIMS,
        LAW,
        "{name}是本单{part}，不能办理本单的会计核算，请由其他会计办理（业务经办与会计核算须分离）。已还原。",
        "approvals.payment:_objection",
        "Handler and payee do not keep the books of their own row.",
        at=(PAY,),
    ),
    Elsewhere(
        "不相容岗位",
        CLAIMS,
        LAW,
        "付款信息由出纳填写，已还原。",
        "approvals.payment:_cashier_objection",
        "出纳 alone enters a payment.",
        at=(PAY,),
    ),
    Elsewhere(
        "不相容岗位",
        CLAIMS,
        LAW,
        "{titles}由会计填写，已还原。",
        "approvals.payment:_objection",
        "会计 alone ticks the paper and enters the voucher.",
        at=(PAY,),
    ),
    # --- guards of every row (domain.md B0) -----------------------------------------------------------------------
    Elsewhere(
        "DG-01",
        EVERY,
        "B0",
        "【已还原】“{title}”由系统计算，不能手工修改。原值“{old}”已恢复。",
        "guards:restored_message",
        "What Houqin computes, nobody types.",
        _word("restored"),
        at=(EDIT,),
    ),
    Elsewhere(
        "DG-01",
        SIGNED,
        "B0",
        "【提交无效】系统没有查到是谁提交的，已退回草稿。请经办人用本人账号在表格中把“状态”改为“提交”。",
        "approvals.commands:submit",
        "A submission has an author on the host's record.",
        _word("UNATTRIBUTED_SUBMIT"),
        at=(SUBMIT,),
    ),
    Elsewhere(
        "DG-01",
        SIGNED,
        "B0",
        "【状态未改】系统没有查到是谁改的状态，已还原。请用本人账号在表格中重新选择。",
        "approvals.commands:_nobody",
        "So has every other change of state.",
        _word("UNATTRIBUTED_MOVE"),
        at=(EDIT,),
    ),
    Elsewhere(
        "DG-02",
        SIGNED,
        "B0；C2",
        "【改单重签】{who}于{at}修改了{changes}。已签意见全部作废，请核对后重新提交。",
        "approvals.judge:_content_changed",
        "A signature covers content: when that changes, signatures fall; after approval 严重.",
        _word("changed_after_signing"),
        gravity="严重",
        at=(EDIT,),
    ),
    Elsewhere(
        "DG-03",
        SIGNED,
        "B0；C2",
        "【已还原】本单已归档，不能修改。如确有错误，请填“更正说明”由会计办理。",
        "approvals.judge:_closed_changed",
        "What is paid or archived does not change.",
        _word("CLOSED"),
        severity="预警",
        gravity="严重",
        at=(EDIT,),
    ),
    Elsewhere(
        "DG-04",
        EVERY,
        "B0",
        "【系统恢复】{who}于{at}删除本行，已按快照恢复。作废请把状态改为“作废”。",
        "engine.upkeep:Upkeep.lost",
        "A numbered row cannot be deleted.",
        "guards:lost_row_remark",
        severity="预警",
        gravity="严重",
        at=(EDIT,),
    ),
    Elsewhere(
        "DG-05",
        SIGNED,
        "B0",
        "【账号未登记】账号“{account}”没有对应人员，本次操作不作为签批依据。请联系信息科。",
        "approvals.signing:decide",
        "Every login belongs to exactly one colleague.",
        _word("unknown_account"),
        gravity="严重",
        at=(SUBMIT, SIGN, PAY),
    ),
    # --- reviewing the reviewers (domain.md C7) -------------------------------------------------------------------
    Elsewhere(
        "C7",
        STEPS,
        "C7",
        "{name}在{start}至{end}以外签批{n}笔：{codes}",
        "jobs.weekly_self_check:at_odd_hours",
        "Signing happens at working hours.",
        severity="提示",
        at=(WEEKLY,),
        settings=("selfcheck.from", "selfcheck.to"),
    ),
    Elsewhere(
        "C7",
        STEPS,
        "C7",
        "快速批量签批：{name}自{when}起{minutes}分钟内同意{count}笔。",
        "jobs.weekly_self_check:many_at_once",
        "Who signs has had time to read.",
        severity="提示",
        at=(WEEKLY,),
        settings=("selfcheck.burst", "selfcheck.burst_minutes"),
    ),
    Elsewhere(
        "C7",
        CLAIMS,
        "C7",
        "{code}“{title}”{amount}元，从提交到批准共{minutes}分钟。",
        "jobs.weekly_self_check:in_no_time",
        "A large sum takes its time through the levels.",
        severity="提示",
        at=(WEEKLY,),
        settings=("selfcheck.fast_minutes", "selfcheck.fast_from"),
    ),
    Elsewhere(
        "C7",
        CLAIMS,
        "C7",
        "{who}近12个月经办{what}，占该服务商报销额的{share}%。",
        "jobs.weekly_self_check:one_handler_one_company",
        "No company depends on one handler.",
        severity="提示",
        at=(WEEKLY,),
        settings=("selfcheck.pair_share",),
    ),
)
