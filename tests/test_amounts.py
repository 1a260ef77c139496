"""Typed amounts and shares: what is read, exactly; what is refused, with the sentence."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from automations.amounts import parse_amount, parse_number, parse_ratio
from automations.errors import AmountError

READ = {
    "0": "0.00",
    "0.5": "0.50",
    "500": "500.00",
    "1234.5": "1234.50",
    "1,234.50": "1234.50",
    "1，234，567": "1234567.00",
    "12,345": "12345.00",
    "１，２３４．５０": "1234.50",
    "５０００": "5000.00",
    " 500 ": "500.00",
    "\u3000500\u3000元": "500.00",
    "500\u00a0元": "500.00",
    "\u202d1,234.50\u202c": "1234.50",  # copied from the calculator of Windows
    "\ufeff500\u200b": "500.00",
    "500元": "500.00",
    "500圆": "500.00",
    "500元整": "500.00",
    "¥500": "500.00",
    "￥ 1，234．5": "1234.50",
    "¥500元": "500.00",
    "1.2万": "12000.00",
    "1.2万元": "12000.00",
    "１．２ 万 元": "12000.00",
    "5万": "50000.00",
    "18.6万元": "186000.00",
    "1.234567万": "12345.67",
    "1,200万": "12000000.00",
    "1.200000万": "12000.00",
    "99999999999.99": "99999999999.99",
}
REFUSED = [
    "",
    " ",
    "元",
    "¥",
    "万",
    "一千",
    "五百元",
    "约500",
    "500左右",
    "500-600",
    "500~600",
    "500至600",
    "500、600",
    "500 600",
    "1 234.50",
    "1, 234",
    "12.5.0",
    "12。50",
    "12:50",
    "1,23",
    "1,2345",
    "12,34,567",
    "1234,567",
    "0,123",
    ",123",
    "1,234,",
    "1，，234",
    "1.234,50",
    "1.2.3万",
    ".5",
    "5.",
    "007",
    "+5",
    "5万5",
    "5万5千",
    "5千",
    "5元5角",
    "5角",
    "1万万",
    "元500",
    "500¥",
    "¥¥500",
    "¥-¥500",
    "--5",
    "(500)",
    "1e3",
    "0x10",
    "NaN",
    "Infinity",
    "1_000",
    "½",
    "5²",
    "①",
    "٥٠٠",  # Arabic digits: \d would take them
    "$500",
    "500%",
    "500\n600",
    "\u202e005",  # shown backwards
    "6222020200112233445",
    "1,234,567,890,123",
    "9" * 5000,
]
TOO_FINE = ["0.001", "1.234", "1.200", "1234.4999999999998", "1.0000001万", "0.000000000000001"]


@pytest.mark.parametrize(("text", "wanted"), READ.items())
def test_clear_amounts_are_read_exactly(text: str, wanted: str) -> None:
    assert str(parse_amount(text)) == wanted


@pytest.mark.parametrize("text", REFUSED)
def test_whatever_is_not_one_clear_amount_is_refused(text: str) -> None:
    for allow_negative in (False, True):
        with pytest.raises(AmountError, match=r"看不明白。请只写一个数，如 1234\.50、1,234\.50 或 1\.2万。"):
            parse_amount(text, allow_negative=allow_negative)


@pytest.mark.parametrize("text", TOO_FINE)
def test_nobody_pays_less_than_a_cent_and_1_200_may_be_1200(text: str) -> None:
    with pytest.raises(AmountError, match="的小数太多。请写到分，最多两位小数"):
        parse_amount(text)


@pytest.mark.parametrize("text", ["-500", "－５００", "−500元", "¥-500", "-¥500", "- 500", "-0.05万"])
def test_below_zero_only_where_that_is_meant(text: str) -> None:
    with pytest.raises(AmountError, match="不能是负数"):
        parse_amount(text)
    assert str(parse_amount(text, allow_negative=True)) == "-500.00"


def test_nothing_is_not_less_than_nothing() -> None:
    assert str(parse_amount("-0", allow_negative=True)) == "0.00"


def test_the_sentence_quotes_what_was_typed_and_says_how_to_write_it() -> None:
    write = "请只写一个数，如 1234.50、1,234.50 或 1.2万。"
    sentences = {
        "约500": f"金额“约500”看不明白。{write}",
        "1，23": f"金额“1，23”看不明白。{write}逗号只能每三位写一个，小数点请用“.”。",
        "-5": f"金额“-5”不能是负数。{write}",
        "1.234": "金额“1.234”的小数太多。请写到分，最多两位小数，如 1234.56。",
        "": f"金额“”看不明白。{write}",
    }
    for text, sentence in sentences.items():
        with pytest.raises(AmountError) as refused:
            parse_amount(text)
        assert refused.value.message == sentence
    with pytest.raises(AmountError, match=f"金额“{'九' * 30}…”"):
        parse_amount("九" * 99)


CENTS = st.integers(0, 10**13 - 1)


@given(CENTS, st.sampled_from(["{}", "{}元", "¥{}", "￥ {}", "\u3000{} 圆", "{}元整"]), st.booleans(), st.booleans())
def test_whatever_people_write_comes_back(cents: int, form: str, grouped: bool, full_width: bool) -> None:
    amount = Decimal(cents).scaleb(-2)
    text = form.format(f"{amount:,.2f}" if grouped else f"{amount:.2f}")
    if full_width:
        text = text.translate(str.maketrans("0123456789.,", "０１２３４５６７８９．，"))
    assert str(parse_amount(text)) == f"{amount:.2f}"


@given(CENTS)
def test_tens_of_thousands_are_exact(cents: int) -> None:
    assert parse_amount(f"{Decimal(cents).scaleb(-6):f}万") == Decimal(cents).scaleb(-2)


@given(st.text("0123456789０１，,.．-－¥万元 %/一约\u3000\u200b", max_size=12))
def test_one_amount_or_a_sentence_and_nothing_else(text: str) -> None:
    try:
        amount = parse_amount(text, allow_negative=True)
    except AmountError as refused:
        assert f"“{text.strip()}”" in refused.message and "请" in refused.message
    else:
        assert amount.as_tuple().exponent == -2
        assert parse_amount(str(amount), allow_negative=True) == amount


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("30", "30"),
        ("０．５", "0.5"),
        ("1,000", "1000"),
        (" 0 ", "0"),
        ("18.48", "18.48"),
        ("0.000000000000001", "1E-15"),
    ],
)
def test_plain_numbers(text: str, wanted: str) -> None:
    assert parse_number(text) == Decimal(wanted)


@pytest.mark.parametrize(
    "text", ["", "三十", "30天", "30%", "1.2万", "5元", "1,00", "1/3", "3-5", "1e3", "NaN", "٣", "05"]
)
def test_what_is_no_plain_number_is_refused(text: str) -> None:
    with pytest.raises(AmountError, match=r"不是一个清楚的数。请只写数字，如 30、0\.5 或 1,000。"):
        parse_number(text)


def test_numbers_below_zero() -> None:
    with pytest.raises(AmountError, match="“-18”不能是负数"):
        parse_number("-18")
    assert parse_number("－18", allow_negative=True) == -18


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("1/3", Fraction(1, 3)),
        ("１／３", Fraction(1, 3)),
        ("1 / 3", Fraction(1, 3)),
        ("33%", Fraction(33, 100)),
        ("３３．５ ％", Fraction(67, 200)),
        ("0.33", Fraction(33, 100)),
        ("0", Fraction(0)),
        ("1", Fraction(1)),
        ("100%", Fraction(1)),
        ("3/3", Fraction(1)),
    ],
)
def test_shares_are_exact(text: str, wanted: Fraction) -> None:
    assert parse_ratio(text) == wanted


@pytest.mark.parametrize(
    "text",
    ["", "33", "1.5", "150%", "4/3", "1/0", "0/0", "1/-3", "-1/3", "-5%", "三分之一", "1:3", "1/3/3", "1/3%", "%"],
)
def test_what_is_no_share_is_refused(text: str) -> None:
    with pytest.raises(AmountError, match=r"看不明白。请写 0 到 1 之间的比例，如 1/3、33% 或 0\.33。"):
        parse_ratio(text)
