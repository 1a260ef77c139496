"""The path of a spending, step by step (domain.md C1)."""

from datetime import date
from decimal import Decimal

import pytest

from automations.books import Books, MemorySource
from automations.books.facts import NormsOn
from automations.norms import DEFAULTS, Norm, Norms
from automations.rules.route import Route, catalogued, decide_route

QUOTES = "不少于3家报价、2人以上到场"


def norms(verified: bool = True, **changes: str) -> NormsOn:
    values = {**DEFAULTS, **{key.replace("__", "."): value for key, value in changes.items()}}
    known = Norms(Norm(key, value, verified=verified) for key, value in values.items())
    return NormsOn(known, date(2026, 9, 1), Books(MemorySource({})))


def decide(amount: str, kind: str, item: str = "办公椅", listed: bool = False, norm: NormsOn | None = None) -> Route:
    return decide_route(Decimal(amount), kind, item, listed, norm or norms())


@pytest.mark.parametrize(
    ("amount", "kind", "item", "listed", "route", "method", "reason"),
    [
        (
            "4999.99",
            "货物",
            "办公椅",
            False,
            "小项三级",
            "直接采购",
            "金额4,999.99元低于内部比选起点5,000元，按小项三级签批。",
        ),
        (
            "5000",
            "服务",
            "印刷",
            False,
            "内部比选+集体",
            "内部比选",
            f"金额5,000元达到内部比选起点5,000元，须内部比选（{QUOTES}），再三级签批。",
        ),
        (
            "50000",
            "工程",
            "屋面维修",
            False,
            "内部比选+集体",
            "内部比选",
            f"金额50,000元达到校委会集体研究起点50,000元，先经校委会集体研究，再内部比选（{QUOTES}）。",
        ),
        (
            "500000",
            "货物",
            "床",
            False,
            "政府采购",
            "询价",
            "金额500,000元达到货物分散采购限额500,000元，须政府采购，建议询价。",
        ),
        (
            "500000",
            "服务",
            "物业",
            False,
            "政府采购",
            "竞争性磋商",
            "金额500,000元达到服务分散采购限额500,000元，须政府采购，建议竞争性磋商。",
        ),
        (
            "600000",
            "工程",
            "卫生间改造",
            False,
            "政府采购",
            "竞争性磋商",
            "金额600,000元达到工程分散采购限额600,000元，须政府采购，建议竞争性磋商。",
        ),
        (
            "300",
            "货物",
            "计算机",
            True,
            "政府采购",
            "电子卖场",
            "“计算机”属于集中采购目录，不论金额大小都须政府采购，建议电子卖场。",
        ),
        (
            "300",
            "服务",
            "公务用车保险",
            True,
            "政府采购",
            "框架协议",
            "“公务用车保险”属于集中采购目录，不论金额大小都须政府采购，建议框架协议。",
        ),
        (
            "2000000",
            "货物",
            "计算机",
            True,
            "政府采购",
            "公开招标",
            "金额2,000,000元达到公开招标数额2,000,000元，须公开招标。",
        ),
        (
            "4000000",
            "工程",
            "公寓改造",
            False,
            "政府采购",
            "公开招标",
            "金额4,000,000元达到施工必须招标规模4,000,000元，须公开招标，依招标投标法进场交易。",
        ),
        (
            "2000000",
            "工程",
            "电梯设备",
            False,
            "政府采购",
            "公开招标",
            "金额2,000,000元达到重要设备、材料必须招标规模2,000,000元，须公开招标，依招标投标法进场交易。",
        ),
        (
            "1000000",
            "工程",
            "公寓改造监理",
            False,
            "政府采购",
            "公开招标",
            "金额1,000,000元达到勘察、设计、监理必须招标规模1,000,000元，须公开招标，依招标投标法进场交易。",
        ),
        ("90000", "", "差旅", False, "小项三级", "", "不属于采购，按小项三级签批。"),
    ],
)
def test_each_step(amount: str, kind: str, item: str, listed: bool, route: str, method: str, reason: str) -> None:
    found = decide(amount, kind, item, listed)
    assert (found.route, found.suggested_method, found.reason) == (route, method, reason)


@pytest.mark.parametrize(
    ("amount", "kind", "below"),
    [
        ("499999.99", "货物", "内部比选"),
        ("499999.99", "服务", "内部比选"),
        ("599999.99", "工程", "内部比选"),
        ("1999999.99", "货物", "询价"),
        ("3999999.99", "工程", "竞争性磋商"),
    ],
)
def test_one_cent_below_a_line(amount: str, kind: str, below: str) -> None:
    assert decide(amount, kind, "公寓").suggested_method == below


def test_a_contract_payment_was_approved_before() -> None:
    found = decide_route(Decimal(9_000_000), "服务", "物业", False, norms(), under_contract=True)
    assert found == Route("合同付款", "", "合同付款：合同签订前已经审批，本单按合同付款签批。")


def test_the_line_reached_and_the_team() -> None:
    """V21: 热水系统 18.6 万."""
    found = decide("186000", "工程", "热水系统")
    assert (found.limit_name, found.limit, found.collective) == ("校委会集体研究起点", Decimal(50000), True)
    assert decide("600000", "货物").collective and decide("60000", "货物", "计算机", True).collective
    assert not decide("49999.99", "货物").collective
    small = decide("100", "货物")
    assert (small.limit_name, small.limit, small.collective) == ("", None, False)


def test_the_catalogue_names_things() -> None:
    assert catalogued("台式计算机", norms()) and not catalogued("办公椅", norms())
    assert catalogued("办公椅", norms(procurement__catalogue="办公椅、床"))


def test_unverified_lines_say_so() -> None:
    assert decide("100", "货物", norm=norms(verified=False)).reason == (
        "金额100元低于内部比选起点5,000元，按小项三级签批。（标准待核实）"
    )
    assert decide("100", "货物", "计算机", True, norms(verified=False)).reason.endswith("建议电子卖场。（标准待核实）")
    assert decide("60000", "货物", norm=norms(verified=False)).reason.endswith("）。（标准待核实）")
