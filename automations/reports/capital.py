"""人民币大写: an amount in the Chinese numerals that vouchers need.

Rule: 《正确填写票据和结算凭证的基本规定》. Where it leaves a choice (零 before 角 when 元 ends in 0, 整 after 角)
both are written: they leave no gap in which to add a numeral.
"""

from decimal import Decimal

DIGITS = "零壹贰叁肆伍陆柒捌玖"
UNITS = ("", "拾", "佰", "仟")
LIMIT = Decimal(10) ** 16
"""Amounts must stay below this: 仟万亿 is the last unit that everybody reads the same way."""


def capital(amount: Decimal) -> str:
    """``Decimal("1409.50")`` → ``壹仟肆佰零玖元伍角整``.

    Args:
        amount: 元, at most two decimals (further zeros are fine), below 10^16 either way.

    Returns:
        The amount in capitals: 负 in front when negative, 整 at the end when there is no 分, ``零元整`` for zero.

    Raises:
        TypeError: Not a Decimal: a float has already lost 分 before anybody could check.
        ValueError: NaN, infinite, finer than 分, or too large.
    """
    if not isinstance(amount, Decimal):
        raise TypeError(f"大写金额只接受 Decimal，收到 {type(amount).__name__}：请先转换为精确到分的 Decimal。")
    if not amount.is_finite():
        raise ValueError(f"“{amount}”不是金额，无法写成大写。请核对金额。")
    if abs(amount) >= LIMIT:
        raise ValueError(f"金额 {amount} 过大（须小于一万万亿元），无法写成大写。请核对金额。")
    cents = abs(amount).scaleb(2)
    if cents != cents.to_integral_value():
        raise ValueError(f"金额 {amount} 精确到分以下，无法写成大写。请先按规定取到分。")
    yuan, rest = divmod(int(cents), 100)
    jiao, fen = divmod(rest, 10)

    text = "负" if amount < 0 and cents else ""
    if yuan:
        text += _integer(yuan) + "元"
    elif not rest:
        return "零元整"
    if jiao:
        # 元 ends in 0 and 角 does not: the rule's 壹仟陆佰捌拾元零叁角贰分.
        text += ("零" if yuan and yuan % 10 == 0 else "") + DIGITS[jiao] + "角"
    elif fen and yuan:
        text += "零"
    return text + (DIGITS[fen] + "分" if fen else "整")


def _integer(number: int) -> str:
    """A positive number below 10^16; a gap of zeros is read once."""
    for size, unit in ((10**8, "亿"), (10**4, "万")):
        if number >= size:
            high, low = divmod(number, size)
            zero = "零" if low and low < size // 10 else ""
            return _integer(high) + unit + zero + (_integer(low) if low else "")
    text, gap = "", False
    for place in (3, 2, 1, 0):
        digit = number // 10**place % 10
        if digit:
            text += ("零" if gap and text else "") + DIGITS[digit] + UNITS[place]
        gap = digit == 0
    return text
