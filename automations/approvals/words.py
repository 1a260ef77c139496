"""Every sentence a sign-off says, word for word as the office agreed them (domain.md C2, C3).

Kept together so that the office can read and correct its wording in one place.
"""

from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")


def money(amount: Decimal | None) -> str:
    """``1,260`` or ``1,260.50``: 元 as people write it, without needless zeros."""
    if amount is None:
        return "0"
    text = f"{amount:,.2f}"
    return text.removesuffix(".00")


def clock(at: datetime) -> str:
    """``2026-09-03 14:05`` in Shanghai."""
    return at.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")


def wrong_signer(due: str, account: str) -> str:
    """SG-01."""
    return f"【签批无效】本级应由{due}签批，实际由账号“{account}”操作，已作废并还原。"


def out_of_order(level: str, name: str) -> str:
    """SG-02."""
    return f"【签批无效】前一级“{level}·{name}”尚未签批，请按经办人—分管领导—主要领导顺序签批。"


ONE_TAP = "前面各级已签批完毕，现在轮到您：请再选一次“同意”即可。"


def stands_aside(name: str, part: str, substitute: str) -> str:
    """SG-03, a signature."""
    return f"【回避】{name}是本单{part}，本级改由{substitute}签批。"


def review_skipped(name: str, part: str, level: str) -> str:
    """SG-03, a review."""
    return f"【回避】{name}是本单{part}，“{level}”审核环节略过。"


TOP_LEADERS_OWN = "主要领导本人支出"


def bad_delegation(gap: str) -> str:
    """SG-04."""
    return f"【代签无效】委托{gap}，请由本人签批或重新委托。"


SIGNED_ALREADY = "受托人已在本单签批"
NO_REASON = "请填写退回（不同意）理由，不少于5个字。"


def typed_for_another(typist: str, handler: str) -> str:
    """SG-08 = EX-01."""
    return f"经办人应为本人提交。您（{typist}）代{handler}填报，请由{handler}本人提交，或把经办人改为您本人。"


def changed_after_signing(who: str, at: datetime, changes: str) -> str:
    """DG-02."""
    return f"【改单重签】{who}于{clock(at)}修改了{changes}。已签意见全部作废，请核对后重新提交。"


def restored(title: str, old: str) -> str:
    """DG-01."""
    return f"【已还原】“{title}”由系统计算，不能手工修改。原值“{old}”已恢复。"


CLOSED = "【已还原】本单已归档，不能修改。如确有错误，请填“更正说明”由会计办理。"


def unknown_account(account: str) -> str:
    """DG-05."""
    return f"【账号未登记】账号“{account}”没有对应人员，本次操作不作为签批依据。请联系信息科。"


UNATTRIBUTED = (
    "【签批无效】系统没有查到本次签批是由哪个账号操作的，不作为签批依据，已还原。请应签人用本人账号在表格中重新选择。"
)
UNATTRIBUTED_SUBMIT = "【提交无效】系统没有查到是谁提交的，已退回草稿。请经办人用本人账号在表格中把“状态”改为“提交”。"
UNATTRIBUTED_MOVE = "【状态未改】系统没有查到是谁改的状态，已还原。请用本人账号在表格中重新选择。"
SOMEBODY = "未能查明的操作人"


def returned(level: str, name: str, reason: str) -> str:
    """退回."""
    return f"【退回】{level}{name}：{reason}。修改后请重新提交。"


def refused(level: str, name: str, reason: str, releases: bool = True) -> str:
    """不同意. ``releases``: budget and invoices were held."""
    return f"【不同意】{level}{name}：{reason}。本单已终止{'，预算和发票已释放' if releases else ''}。"


PAID_BEFORE_APPROVED = "【先批后付】本单尚未完成签批，不得支付。"


def reseated(old: str, new: str, level: str) -> str:
    """The signer of a level changed while it was open."""
    return f"“{level}”原签批人{old}已不担任，本级改由{new}签批。"


def waiting_for(level: str, name: str, nature: str) -> str:
    """Progress, shown to the handler."""
    return f"已提交，等待{level}{name}{nature}。"
