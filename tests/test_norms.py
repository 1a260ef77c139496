"""参数标准: which value counts on which day, what an unreadable one does, and what is shipped."""

from collections.abc import Callable
from datetime import date, time
from decimal import Decimal
from fractions import Fraction

import pytest

from automations.demo import school
from automations.errors import RuleError
from automations.norms import DEFAULTS, Norm, Norms
from automations.shipped_norms import EVIDENCE, SHIPPED, shipped_rows
from tests.office import schema

DAY = date(2026, 9, 1)


def one(key: str, value: str) -> Norms:
    return Norms([Norm(key, value)])


def test_what_no_row_says_falls_back_to_the_default() -> None:
    norms = Norms()
    assert norms.flag("chain.dept_review", DAY) and norms.flag("sign.paper_required", DAY)
    assert norms.money("delegate.top_limit", DAY) == Decimal(5000)
    assert norms.names("chain.substitute", DAY) == ()
    with pytest.raises(RuleError, match=r"参数表里没有“no\.such”在2026-09-01的值，请会计在“参数标准”中补上。"):
        norms.text("no.such", DAY)


def test_the_value_of_the_business_date_counts() -> None:
    norms = Norms(
        [
            Norm("delegate.top_limit", "3000", end=date(2026, 8, 31)),
            Norm("delegate.top_limit", "8000", start=date(2026, 9, 1)),
            Norm("delegate.top_limit", "9000", start=date(2027, 1, 1)),
        ]
    )
    by_day = {
        day: norms.money("delegate.top_limit", day)
        for day in (date(2026, 8, 31), DAY, date(2026, 12, 31), date(2027, 1, 1))
    }
    assert list(by_day.values()) == [3000, 8000, 8000, 9000]


def test_of_two_in_force_the_later_counts_whatever_their_order() -> None:
    rows = [Norm("x", "新", start=date(2026, 6, 1)), Norm("x", "旧", start=date(2026, 1, 1)), Norm("x", "无期")]
    assert {Norms(order).text("x", DAY) for order in (rows, rows[::-1])} == {"新"}


def test_a_row_without_a_value_says_nothing() -> None:
    rest = {"from_date": None, "to_date": None, "verified": None}
    rows = [{"key": "sign.paper_required", "value": value, **rest} for value in (None, "", " ")]
    rows.append({"key": None, "value": "否", **rest})
    assert Norms.from_rows(rows).flag("sign.paper_required", DAY)
    rows[0]["value"] = "否"
    assert not Norms.from_rows(rows).flag("sign.paper_required", DAY)


@pytest.mark.parametrize(
    ("text", "wanted"), [("是", True), ("启用", True), ("否", False), ("停用", False), ("No", False)]
)
def test_switches(text: str, wanted: bool) -> None:
    assert Norms([Norm("chain.dept_review", text)]).flag("chain.dept_review", DAY) is wanted


UNREADABLE: list[tuple[str, Callable[[Norms, str, date], object], str, tuple[str, ...]]] = [
    ("chain.dept_review", Norms.flag, "应填“是”或“否”", ("也许", "是的", "2")),
    (
        "delegate.top_limit",
        Norms.money,
        "应填金额（元），如 5000、5,000.00 或 5万",
        ("五千", "约5000", "5,00", "-5", "5000.005"),
    ),
    (
        "energy.coef.gas",
        Norms.number,
        "应填大于或等于 0 的数，如 30 或 0.5",
        ("1,33", "-1.33", "1.33kgce", "5%", "NaN"),
    ),
    ("request.tolerance", Norms.number, "应填百分数，如 98 或 98%（不要写成 0.98）", ("0.05", "百分之五", "-5", "5%%")),
    ("request.tolerance", Norms.ratio, "应填百分数，如 98 或 98%（不要写成 0.98）", ("0.05", "1/20")),
    ("claim.days", Norms.whole, "应填整数，如 30", ("30.5", "30天", "三十", "-30")),
    ("contract.expiry_marks", Norms.wholes, "应填用顿号隔开的整数，如 60、30、15", ("60天、30天", "60/30", "1.5")),
    ("reception.escort_over10", Norms.ratio, "应填0 到 1 之间的比例，如 1/3、33% 或 0.33", ("三分之一", "33", "1/0")),
    (
        "claim.last_year_until",
        Norms.day,
        "应填月-日，如 01-31",
        ("1月31日", "02-29", "13-01", "01-32", "0131", "1-1", "01-31-"),
    ),
    ("selfcheck.from", Norms.clock, "应填时:分，如 06:00 或 23:00", ("6点", "24:00", "06:60", "0600", "6:0", "早上")),
]


@pytest.mark.parametrize(
    ("key", "read", "wanted", "text"),
    [(key, read, wanted, t) for key, read, wanted, texts in UNREADABLE for t in texts],
)
def test_what_cannot_be_read_stops_with_key_value_and_what_to_write(
    key: str, read: Callable[[Norms, str, date], object], wanted: str, text: str
) -> None:
    with pytest.raises(RuleError) as stopped:
        read(one(key, text), key, DAY)
    assert stopped.value.message == f"参数“{key}”{wanted}，现在是“{text}”。"


def test_an_empty_default_is_no_amount() -> None:
    with pytest.raises(RuleError, match=r"参数“school\.name”应填整数，如 30，现在是“”。"):
        Norms().whole("school.name", DAY)


def test_amounts_and_names_as_people_type_them() -> None:
    norms = Norms(
        [Norm("delegate.top_limit", "5，000.50"), Norm("chain.substitute", "郑副校长、陈副校长，孙副校长;周")]
    )
    assert norms.money("delegate.top_limit", DAY) == Decimal("5000.50")
    assert norms.names("chain.substitute", DAY) == ("郑副校长", "陈副校长", "孙副校长", "周")


@pytest.mark.parametrize(
    ("read", "key", "text", "wanted"),
    [
        (Norms.money, "delegate.top_limit", "5万", Decimal(50000)),
        (Norms.money, "delegate.top_limit", "５，０００元", Decimal(5000)),
        (Norms.number, "energy.coef.electricity", "０．1229", Decimal("0.1229")),
        (Norms.number, "request.tolerance", "5%", Decimal(5)),
        (Norms.number, "request.tolerance", "５ ％", Decimal(5)),
        (Norms.number, "request.tolerance", "0", Decimal(0)),
        (Norms.number, "split.low", "0.8", Decimal("0.8")),
        (Norms.ratio, "split.low", "0.8", Fraction(4, 5)),
        (Norms.ratio, "split.low", "80%", Fraction(4, 5)),
        (Norms.ratio, "reception.escort_over10", "１／３", Fraction(1, 3)),
        (Norms.ratio, "income.undercharged_share", "98", Fraction(49, 50)),
        (Norms.whole, "claim.days", "1,000", 1000),
        (Norms.whole, "claim.days", "30.0", 30),
        (Norms.wholes, "contract.expiry_marks", "120、90，60 30", (120, 90, 60, 30)),
        (Norms.day, "claim.last_year_until", "1-31", (1, 31)),
        (Norms.day, "claim.last_year_until", "１２－31", (12, 31)),
        (Norms.clock, "selfcheck.from", "6:30", time(6, 30)),
        (Norms.clock, "selfcheck.from", "２３：００", time(23)),
        (
            Norms.names,
            "split.excluded",
            "水费 电费、气费\u3000话费,网费；油费",
            ("水费", "电费", "气费", "话费", "网费", "油费"),
        ),
    ],
)
def test_values_as_people_type_them(
    read: Callable[[Norms, str, date], object], key: str, text: str, wanted: object
) -> None:
    assert read(one(key, text), key, DAY) == wanted


def test_a_round_keeps_the_parameters_it_began_with() -> None:
    later = date(2027, 1, 1)
    norms = Norms([Norm("collective.limit", "80000", start=later), Norm("school.only", "本校自设", end=DAY)])
    began = norms.in_force(DAY)
    assert began == {**DEFAULTS, "school.only": "本校自设"}
    kept = norms.pinned(began)
    assert norms.money("collective.limit", later) == 80000 and kept.money("collective.limit", later) == 50000
    assert kept.in_force(later) == began
    again = kept.pinned({"collective.limit": "1万"})
    assert again.money("collective.limit", DAY) == 10000 and again.text("school.only", later) == "本校自设"
    assert kept.money("collective.limit", DAY) == 50000, "a copy changes nothing behind it"
    assert "school.only" not in norms.in_force(later)


def test_only_a_checked_row_is_verified() -> None:
    norms = Norms(
        [
            Norm("collective.limit", "60000", end=date(2026, 8, 31), verified=True),
            Norm("collective.limit", "80000", start=DAY),
            Norm("cash.limit", "1000", verified=True),
        ]
    )
    assert norms.verified("collective.limit", date(2026, 8, 31)) and norms.verified("cash.limit", DAY)
    assert not norms.verified("collective.limit", DAY)
    assert not norms.verified("compare.limit", DAY), "what ships was never checked"
    assert not norms.verified("no.such", DAY)
    assert norms.pinned({"collective.limit": "60000"}).verified("collective.limit", DAY)
    assert not norms.pinned({"collective.limit": "70000"}).verified("collective.limit", DAY)


def test_what_no_paper_prescribes_never_waits_to_be_verified() -> None:
    free = {key for key in SHIPPED if Norms().verified(key, DAY)}
    assert {key.split(".")[0] for key in free} == {
        "school",
        "chain",
        "delegate",
        "sign",
        "selfcheck",
        "calendar",
        "split",
    }
    assert {key for key in free if key.startswith("split")} == {"split.excluded"}
    assert not Norms().verified("split.excluded_too", DAY)


def test_rows_of_the_table_say_whether_they_were_checked() -> None:
    row = {"key": " cash.limit ", "value": " 500 ", "from_date": None, "to_date": None, "verified": True}
    assert Norms.from_rows([row]).verified("cash.limit", DAY)
    assert not Norms.from_rows([{**row, "verified": None}]).verified("cash.limit", DAY)
    assert Norms.from_rows([row]).money("cash.limit", DAY) == 500


WHOLE = set("天日次份家人名位笔条晚分字行克年") | {"工作日", "字节", "分钟", "学时", "个月", "年度", "毫米", "公里"}
NUMBER = {"%", "%/天", "倍", "小时", "℃", "kWh", "m³/h"}
TEXT = {"", "流程", "去向", "口径", "标准", "文件", "日期"}
EXACT: dict[str, Callable[[Norms, str, date], object]] = {
    **dict.fromkeys(WHOLE, Norms.whole),
    **dict.fromkeys(NUMBER, Norms.number),
    **dict.fromkeys(TEXT, Norms.text),
    "是/否": Norms.flag,
    "比例": Norms.ratio,
    "月-日": Norms.day,
    "时:分": Norms.clock,
    "天（可多个）": Norms.wholes,
    "%（可多个）": Norms.wholes,
}


def reading(unit: str) -> Callable[[Norms, str, date], object]:
    """The way to read that a unit implies."""
    if unit in EXACT:
        return EXACT[unit]
    if unit.endswith("（可多个）"):
        return Norms.names
    return {"元": Norms.money, "k": Norms.number, "m": Norms.number}[unit[0]]


def test_every_shipped_value_reads_as_its_unit_says() -> None:
    for key, norm in SHIPPED.items():
        read = reading(norm.unit)
        value = read(Norms(), key, DAY)
        assert norm.value or read in (Norms.text, Norms.names), key
        if norm.unit.endswith("（可多个）") and norm.value:
            assert isinstance(value, tuple) and value and len(set(value)) == len(value), key


def test_every_shipped_parameter_tells_the_office_what_it_is() -> None:
    categories = schema()["settings"]["category"].options
    for key, norm in SHIPPED.items():
        assert norm.label and norm.source and norm.evidence in EVIDENCE, key
        assert norm.category in categories, key
        assert key.isascii() or key.startswith("income.route."), key
        assert not any(text != text.strip() for text in (key, norm.label, norm.value, norm.unit, norm.source)), key


def test_labels_are_told_apart() -> None:
    labels = [norm.label for norm in SHIPPED.values()]
    assert len(set(labels)) == len(labels)


def test_lists_name_options_of_the_tables() -> None:
    options = {
        "request.always": schema()["requests"]["kind"].options,
        "request.top_kinds": schema()["requests"]["kind"].options,
        "cash.card_items": schema()["budget_lines"]["category"].options,
        "split.excluded": schema()["budget_lines"]["category"].options,
        "income.fee_list": schema()["income"]["kind"].options,
        "income.same_day": schema()["income"]["method"].options,
        "survey.scale": schema()["survey_responses"]["lodging"].options,
        "survey.satisfied": schema()["survey_responses"]["lodging"].options,
        "learning.four": schema()["learning_records"]["topic"].options,
    }
    for key, allowed in options.items():
        assert set(Norms().names(key, DAY)) <= set(allowed), key


def test_every_kind_of_income_has_its_way() -> None:
    ways = {key.removeprefix("income.route."): n.value for key, n in SHIPPED.items() if key.startswith("income.route.")}
    assert list(ways) == list(schema()["income"]["kind"].options)
    assert set(ways.values()) == set(schema()["income"]["route"].options)


# What rules and chains rely on, with the defaults of domain.md B-D.
RELIED_ON = {
    "chain.small": "经办人→部门负责人→会计→分管领导→主要领导",
    "chain.dept_review": "是",
    "chain.finance_review": "是",
    "chain.acceptance": "否",
    "chain.top_from": "0",
    "chain.substitute": "",
    "delegate.top_limit": "5000",
    "sign.paper_required": "是",
    "school.name": "",
    "school.tax_no": "",
    "school.district": "",
    "compare.limit": "5000",
    "collective.limit": "50000",
    "procurement.dispersed.goods": "500000",
    "procurement.dispersed.services": "500000",
    "procurement.dispersed.works": "600000",
    "procurement.tender": "2000000",
    "procurement.works_tender": "4000000",
    "procurement.works_tender_materials": "2000000",
    "procurement.works_tender_services": "1000000",
    "procurement.catalogue": "计算机、打印机、复印机、空调、公务用车、办公家具、复印纸",
    "procurement.intention_days": "30",
    "procurement.contract_days": "30",
    "procurement.publish_wd": "2",
    "procurement.file_wd": "7",
    "procurement.keep_years": "15",
    "procurement.supplement_max": "10",
    "procurement.quotes_min": "3",
    "procurement.accept_min": "3",
    "contract.deposit_max": "10",
    "contract.sme_days": "30",
    "contract.sme_max": "60",
    "contract.needed_from": "10000",
    "contract.needed_times": "3",
    "split.days_vendor": "30",
    "split.days_department": "90",
    "split.low": "0.8",
    "split.excluded": "水费、电费、燃气费、电话网络费、食材费、差旅费、劳务派遣费、物业管理费",
    "request.always": "公务接待、出差、会议、外出培训",
    "request.purchase_from": "1000",
    "request.repair_from": "2000",
    "request.print_from": "1000",
    "request.top_from": "5000",
    "request.tolerance": "5",
    "request.expires_days": "30",
    "claim.days": "30",
    "claim.last_year_until": "01-31",
    "claim.return_remind_wd": "10",
    "claim.return_void_wd": "30",
    "cash.limit": "1000",
    "cash.card_items": "差旅费、会议费、公务接待费、公务用车运行费、印刷费、培训费",
    "asset.threshold": "1000",
    "asset.threshold_special": "1500",
    "asset.dispose_meeting": "50000",
    "reception.letter_required": "是",
    "reception.escort_le10": "3",
    "reception.escort_over10": "1/3",
    "reception.hosts_le_guests": "否",
    "reception.meals_max": "1",
    "reception.alcohol": "否",
    "reception.std.breakfast": "20",
    "reception.std.lunch": "60",
    "reception.std.dinner": "60",
    "reception.repeat_days": "5",
    "travel.meal": "100",
    "travel.city": "80",
    "travel.hotel.default": "370",
    "travel.hotel.leader": "480",
    "training.lecture.vice_senior": "500",
    "training.lecture.senior": "1000",
    "training.lecture.academician": "1500",
    "training.lecture_hours_half_day": "4",
    "training.std.local": "400",
    "meeting.std": "550",
    "income.due_days": "1",
    "income.due_cap": "3",
    "income.hard_cap_days": "10",
    "income.route.培训费收入": "财政专户",
    "income.fee_list": (
        "培训费收入、住宿费收入、场地设施收入、伙食费代收、学历教育学费、资产处置、资产出租出借、利息、捐赠、违约金"
    ),
    "income.undercharged_wd": "5",
    "income.undercharged_share": "98",
    "budget.rate_low": "15",
    "budget.rate_high": "10",
    "budget.three_public_marks": "80、95、100",
    "urgent.supplement_wd": "3",
    "urgent.share_hint": "10",
    "invoice.digital_len": "20",
    "invoice.near_days": "3",
    "selfcheck.from": "06:00",
    "selfcheck.to": "23:00",
    "selfcheck.burst": "10",
    "selfcheck.burst_minutes": "3",
    "selfcheck.fast_minutes": "30",
    "selfcheck.fast_from": "10000",
    "selfcheck.pair_share": "30",
    "calendar.override": "",
}


def test_what_others_rely_on_is_there_with_the_default_of_the_specification() -> None:
    assert {key: DEFAULTS.get(key) for key in RELIED_ON} == RELIED_ON


def test_rows_for_a_new_school_fit_the_table_and_change_nothing() -> None:
    rows = shipped_rows(date(2026, 1, 1))
    table = schema()["settings"]
    assert len(rows) == len(SHIPPED) == len({row["key"] for row in rows})
    assert all(name in table for name in rows[0])
    assert not any(row["verified"] for row in rows) and all(row["remark"] for row in rows)
    full = [{"to_date": None, **row} for row in rows]
    assert Norms.from_rows(full).in_force(DAY) == Norms().in_force(DAY)
    assert not Norms.from_rows(full).verified("cash.limit", DAY)


def test_the_demonstration_has_every_parameter_and_its_own_name() -> None:
    rows = {row["key"]: row for row in school.norm_rows(date(2026, 1, 1))}
    assert rows.keys() == SHIPPED.keys() and school.NORMS.keys() < SHIPPED.keys()
    assert {key: rows[key]["value"] for key in school.NORMS} == school.NORMS
    assert rows["collective.limit"]["value"] == "50000"
