"""人民币大写: the rule's own examples, and every amount read back by a reader that knows nothing of the writer."""

import re
from decimal import Decimal

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from automations.reports.capital import capital


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        # 《正确填写票据和结算凭证的基本规定》; where it gives two spellings, the one that leaves no gap.
        ("1409.50", "壹仟肆佰零玖元伍角整"),
        ("6007.14", "陆仟零柒元壹角肆分"),
        ("1680.32", "壹仟陆佰捌拾元零叁角贰分"),
        ("107000.53", "壹拾万柒仟元零伍角叁分"),
        ("16409.02", "壹万陆仟肆佰零玖元零贰分"),
        ("325.04", "叁佰贰拾伍元零肆分"),
    ],
)
def test_examples_of_the_rule(amount: str, text: str) -> None:
    assert capital(Decimal(amount)) == text


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        ("0", "零元整"),
        ("-0.00", "零元整"),
        ("0.05", "伍分"),
        ("0.50", "伍角整"),
        ("1", "壹元整"),
        ("10.00", "壹拾元整"),
        ("10.10", "壹拾元零壹角整"),
        ("100001000", "壹亿零壹仟元整"),
        ("100000000", "壹亿元整"),
        ("10010001", "壹仟零壹万零壹元整"),
        ("20000.00", "贰万元整"),
        ("1000100000000", "壹万零壹亿元整"),
        ("-1260.5", "负壹仟贰佰陆拾元零伍角整"),
        ("1.500", "壹元伍角整"),
        ("999999999999.99", "玖仟玖佰玖拾玖亿玖仟玖佰玖拾玖万玖仟玖佰玖拾玖元玖角玖分"),
    ],
)
def test_edges(amount: str, text: str) -> None:
    assert capital(Decimal(amount)) == text


@pytest.mark.parametrize("amount", ["NaN", "sNaN", "Infinity", "-Infinity", "20.005", "0.001", "1E+16", "-1E+40"])
def test_refuses_what_is_no_amount(amount: str) -> None:
    with pytest.raises(ValueError, match="大写"):
        capital(Decimal(amount))


@pytest.mark.parametrize("amount", [1.1, 3, True, "12.00", None])
def test_refuses_what_may_have_lost_fen(amount: object) -> None:
    with pytest.raises(TypeError, match="Decimal"):
        capital(amount)  # type: ignore[arg-type]


VALUE = {c: i for i, c in enumerate("零壹贰叁肆伍陆柒捌玖")}
SCALE = {"拾": 10, "佰": 100, "仟": 1000}


def read(text: str) -> Decimal:
    """Reads capitals by units alone; 零 carries no value here, its place is the business of the last test."""
    sign = -1 if text.startswith("负") else 1
    yuan, _, small = text.removeprefix("负").rpartition("元")
    total = section = digit = 0
    for c in yuan:
        if c in VALUE:
            digit = VALUE[c]
        elif c in SCALE:
            section, digit = section + digit * SCALE[c], 0
        elif c == "万":
            section, digit = (section + digit) * 10_000, 0
        elif c == "亿":
            total, section, digit = (section + digit) * 10**8, 0, 0
        else:
            raise AssertionError(f"unknown numeral {c!r} in {text}")
    cents = (total + section + digit) * 100
    for d, unit in re.findall(r"([壹贰叁肆伍陆柒捌玖])([角分])", small):
        cents += VALUE[d] * (10 if unit == "角" else 1)
    return sign * Decimal(cents) / 100


cents = st.one_of(
    st.integers(-(10**18) + 1, 10**18 - 1),
    st.integers(-(10**7), 10**7),
    # Many zeros: where spelling goes wrong.
    st.lists(st.sampled_from("0000123456789"), min_size=1, max_size=18).map(lambda d: int("".join(d))),
)


@settings(max_examples=3000, deadline=None)
@given(cents)
@example(10**18 - 1)
@example(1)
def test_reads_back_exactly(value: int) -> None:
    amount = Decimal(value).scaleb(-2)
    text = capital(amount)
    assert read(text) == amount
    assert re.fullmatch(r"[负零壹贰叁肆伍陆柒捌玖拾佰仟万亿元角分整]+", text)
    assert "零零" not in text
    assert not re.search(r"零[拾佰仟万亿]|零元(?!整$)|零整|零$|万万|亿亿", text)
    assert text.endswith("整") == (value % 10 == 0)


@settings(max_examples=3000, deadline=None)
@given(st.one_of(st.integers(1, 10**18 - 1), st.text("0000123456789", max_size=17).map(lambda d: int("1" + d))))
def test_every_gap_between_numerals_is_closed_by_one_zero(value: int) -> None:
    """A run of zeros between numerals is read as one 零, else a numeral could be written into the gap.

    Exempt, as in the rule's 壹拾万柒仟元: zeros that only end a section (万, 亿), followed by its neighbour's 仟.
    """
    digits = str(value)
    wanted = 0
    for run in re.finditer(r"(?<=[1-9])0+(?=[1-9])", digits):
        place = len(digits) - run.end() - 2  # power of ten of the last zero, counted from 元
        ends_a_section = place in (4, 8, 12) and len(run[0]) < 4
        wanted += not ends_a_section
    assert capital(Decimal(value).scaleb(-2)).count("零") == wanted
