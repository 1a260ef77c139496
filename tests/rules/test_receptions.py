"""公务接待: each rule of a reception and of its claim alone, word for word (domain.md B5.22, RC-*; V16, V17)."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from automations.books import Facts
from automations.figures.base import compute
from automations.holds import Hold
from automations.rules import examine
from automations.tables.values import File
from tests.rules.world import facts, rules, said

RECEPTION: Mapping[str, Any] = {
    "code": "SQ-2026-0310",
    "kind": "公务接待",
    "title": "接待兄弟党校考察",
    "reason": "交流后勤改革",
    "handler": 1,
    "department": 1,
    "starts_at": "2026-09-18 12:00+08:00",
    "ends_at": "2026-09-18 13:30+08:00",
    "place": "本校",
    "budget_line": 6,
    "est_amount": 500,
    "letter_no": "示例校函〔2026〕18号",
    "guest_unit": "邻区党校",
    "guest_n": 6,
    "escort_n": 3,
    "meal_times": 1,
    "meal_place": "本校食堂",
    "status": "提交",
}
LINE = {"name": "公务接待费", "year": 2026, "category": "公务接待费", "approved": 24000, "status": "已批复"}
CLAIM: Mapping[str, Any] = {
    "code": "ZC-2026-0400",
    "kind": "报销",
    "category": "公务接待费",
    "title": "接待餐费",
    "request": 3,
    "amount": 540,
    "attachments": (File("公函.pdf", 1, "r"), File("接待清单.pdf", 1, "r")),
    "status": "提交",
}
HELD = {**RECEPTION, "guest_actual": 6, "meal_cost": 540, "status": "已执行", "guest_list": (File("清单.pdf", 1, "r"),)}


def reception(
    others: Mapping[int, Mapping[str, Any]] | None = None,
    lines: Mapping[int, Mapping[str, Any]] | None = None,
    more: Mapping[str, Any] | None = None,
    **changes: Any,
) -> Facts:
    """A reception as it is submitted; ``more`` are further arguments of ``facts``."""
    tables: dict[str, Any] = {"requests": others or {}, "budget_lines": {6: LINE} if lines is None else lines}
    arguments = {"subject": "requests/SQ-2026-0310", "on": date(2026, 9, 18), **(more or {})}
    return facts("requests", {**RECEPTION, **changes}, tables, **arguments)


def claim(
    held: Mapping[str, Any] | None = None,
    others: Mapping[int, Mapping[str, Any]] | None = None,
    more: Mapping[str, Any] | None = None,
    **changes: Any,
) -> Facts:
    """A claim for the reception, which was held as ``held`` says."""
    tables: dict[str, Any] = {"requests": {3: {**HELD, **(held or {})}}, "expense_claims": others or {}}
    arguments = {"subject": "expense_claims/ZC-2026-0400", "on": date(2026, 9, 18), **(more or {})}
    return facts("expense_claims", {**CLAIM, **changes}, tables, **arguments)


def norms(**values: str) -> dict[str, Any]:
    """Parameters other than those shipped; ``reception_alcohol`` stands for ``reception.alcohol``."""
    return {"norms": {key.replace("__", "."): value for key, value in values.items()}}


# The planted ones and those that must pass ------------------------------------------------------------


def test_v16_too_many_hosts_alcohol_and_too_dear_all_at_once() -> None:
    rich = reception(guest_n=6, escort_n=5, est_amount=128 * 11, alcohol=True)
    assert [(f.rule, f.severity, f.message) for f in examine(rich)] == [
        ("RC-02", "拦截", "来访6人，陪餐不得超过3人，当前5人。"),
        ("RC-05", "拦截", "工作餐不得提供香烟、不上酒（厉行节约条例2025年修订）。"),
        ("RC-04", "提示", f"人均128元，超过标准60元/人·餐，超出{68 * 11}元由个人承担或不予报销。"),
    ]


def test_v16_on_its_claim() -> None:
    rich = claim({"escort_n": 5, "meal_cost": 128 * 11}, amount=128 * 11)
    assert said(rich, "RC-04") == ["人均128元，超过标准60元/人·餐，超出748元由个人承担或不予报销。"]


def test_v17_no_letter_and_two_meals_and_the_same_unit_again() -> None:
    before = {**RECEPTION, "code": "SQ-2026-0300", "status": "已执行", "starts_at": "2026-09-14 12:00+08:00"}
    again = reception({2: before}, letter_no=None, meal_times=2)
    assert [(f.rule, f.message) for f in examine(again)] == [
        ("RC-01", "没有公函（文号或附件），不得安排公务接待。"),
        ("RC-03", "同一批次只能安排一次工作餐，当前2次。"),
        ("RC-07", "邻区党校2026-09-14已接待过（SQ-2026-0300），疑似一函多餐或一事多结。"),
    ]


def test_eleven_guests_with_three_hosts_pass() -> None:
    assert rules(reception(guest_n=11, escort_n=3, est_amount=600)) == []


def test_ten_guests_with_three_hosts_at_just_below_the_standard_pass() -> None:
    cost = Decimal("59.90") * 13
    ten = {"guest_n": 10, "guest_actual": 10, "est_amount": cost, "meal_cost": cost}
    assert rules(reception(**ten)) == []
    assert said(claim(ten, amount=cost), "RC-04") == []


# RC-01 to RC-05 --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "changes, passes",
    [
        ({"letter_no": None}, False),
        ({"letter_no": None, "letter": (File("公函.pdf", 1, "r"),)}, True),
        ({}, True),
        ({"letter_no": None, "kind": "会议"}, True),
    ],
)
def test_rc01_letter(changes: Mapping[str, Any], passes: bool) -> None:
    wanted = [] if passes else ["没有公函（文号或附件），不得安排公务接待。"]
    assert said(reception(**changes), "RC-01") == wanted


def test_rc01_switched_off() -> None:
    assert said(reception(letter_no=None, more=norms(reception__letter_required="否")), "RC-01") == []


@pytest.mark.parametrize(
    "guests, hosts, limit",
    [
        (1, 3, None),
        (10, 3, None),
        (10, 4, 3),
        (11, 4, 3),
        (12, 4, None),
        (29, 10, 9),
        (30, 10, None),
    ],
)
def test_rc02_hosts(guests: int, hosts: int, limit: int | None) -> None:
    wanted = [f"来访{guests}人，陪餐不得超过{limit}人，当前{hosts}人。"] if limit is not None else []
    assert said(reception(guest_n=guests, escort_n=hosts), "RC-02") == wanted


def test_rc02_never_more_hosts_than_guests_where_the_school_wants_it() -> None:
    strict = norms(reception__hosts_le_guests="是")
    assert said(reception(guest_n=2, escort_n=3, more=strict), "RC-02") == ["来访2人，陪餐不得超过2人，当前3人。"]
    assert said(reception(guest_n=2, escort_n=2, more=strict), "RC-02") == []
    assert said(reception(guest_n=2, escort_n=3), "RC-02") == []


def test_rc02_counts_the_names_where_they_are_more() -> None:
    assert said(reception(escort_n=3, escorts=(1, 2, 3, 4)), "RC-02") == ["来访6人，陪餐不得超过3人，当前4人。"]


def test_rc02_for_receptions_only() -> None:
    assert said(reception(kind="会议", escort_n=9), "RC-02") == []


@pytest.mark.parametrize("times, stops", [(0, False), (1, False), (2, True)])
def test_rc03_one_meal(times: int, stops: bool) -> None:
    wanted = [f"同一批次只能安排一次工作餐，当前{times}次。"] if stops else []
    assert said(reception(meal_times=times), "RC-03") == wanted


def test_rc03_another_number() -> None:
    two = norms(reception__meals_max="2")
    assert said(reception(meal_times=3, more=two), "RC-03") == ["同一批次只能安排2次工作餐，当前3次。"]
    assert said(reception(meal_times=2, more=two), "RC-03") == []


def test_rc05_alcohol() -> None:
    assert said(reception(alcohol=True), "RC-05") == ["工作餐不得提供香烟、不上酒（厉行节约条例2025年修订）。"]
    assert said(reception(alcohol=False), "RC-05") == []
    assert said(reception(alcohol=True, kind="会议"), "RC-05") == []
    assert said(reception(alcohol=True, more=norms(reception__alcohol="是")), "RC-05") == []


@pytest.mark.parametrize(
    "estimate, wanted",
    [
        ("540", []),
        ("540.01", ["人均60元，超过标准60元/人·餐，超出0.01元由个人承担或不予报销。"]),
        ("585", ["人均65元，超过标准60元/人·餐，超出45元由个人承担或不予报销。"]),
    ],
)
def test_rc04_estimate(estimate: str, wanted: list[str]) -> None:
    assert said(reception(est_amount=estimate), "RC-04") == wanted


def test_rc04_counts_each_meal() -> None:
    assert said(reception(est_amount=1080, meal_times=2), "RC-04") == []
    assert said(reception(est_amount=1089, meal_times=2), "RC-04") == [
        "人均60.50元，超过标准60元/人·餐，超出9元由个人承担或不予报销。"
    ]


@pytest.mark.parametrize("field", ["est_amount", "guest_n", "meal_times", "starts_at"])
def test_an_empty_cell_says_nothing(field: str) -> None:
    found = reception(**{field: None})
    assert {*rules(found)} <= {"必填"}
    assert compute(found).cells["per_head"] is None


def test_rc04_where_nobody_eats() -> None:
    assert said(reception(meal_times=0, est_amount=9999), "RC-04") == []


def test_an_unverified_standard_is_named_so() -> None:
    found = reception(est_amount=585, more={"verified": False})
    assert said(found, "RC-04") == [
        "人均65元，超过标准60元/人·餐，超出45元由个人承担或不予报销。（标准待核实）",
    ]


@pytest.mark.parametrize(
    "starts, ends, standard",
    [
        ("07:30", "08:30", 20),
        ("09:59", "10:59", 20),
        ("09:00", "11:00", 60),  # a morning's visit eats lunch
        ("10:00", "10:30", 60),
        ("12:00", "13:00", 60),
        ("14:59", "18:00", 60),
        ("15:00", "19:00", 70),
        ("18:00", "19:30", 70),
    ],
)
def test_the_standard_goes_by_the_hour(starts: str, ends: str, standard: int) -> None:
    hours = {"starts_at": f"2026-09-18 {starts}+08:00", "ends_at": f"2026-09-18 {ends}+08:00"}
    found = reception(**hours, more=norms(reception__std__dinner="70"))
    assert compute(found).cells["std_per_head"] == standard


def test_a_visit_of_two_days_has_no_breakfast_only() -> None:
    days = {"starts_at": "2026-09-18 08:00+08:00", "ends_at": "2026-09-19 10:00+08:00"}
    assert compute(reception(**days)).cells["std_per_head"] == 60


def test_per_head_as_estimated_then_as_it_was() -> None:
    assert compute(reception(est_amount=500)).cells["per_head"] == Decimal("55.56")
    held = reception(est_amount=500, guest_actual=5, meal_cost=440)
    assert compute(held).cells["per_head"] == Decimal("55.00")
    assert compute(reception(est_amount=500, meal_cost=440)).cells["per_head"] == Decimal("55.56")


# RC-07, RC-08 --------------------------------------------------------------------------------

EARLIER = {
    **RECEPTION,
    "code": "SQ-2026-0300",
    "status": "已核销",
    "letter_no": "示例校函〔2026〕11号",
    "starts_at": "2026-09-13 12:00+08:00",
}
AGAIN = ["邻区党校2026-09-13已接待过（SQ-2026-0300），疑似一函多餐或一事多结。"]


@pytest.mark.parametrize(
    "other, fires",
    [
        ({}, True),
        ({"guest_unit": " 邻区 党校"}, True),
        ({"starts_at": "2026-09-12 23:00+08:00"}, False),  # six days before
        ({"starts_at": "2026-09-23 00:30+08:00"}, True),  # five days after
        ({"starts_at": "2026-09-24 12:00+08:00"}, False),
        ({"guest_unit": "另一党校"}, False),
        ({"guest_unit": None, "letter_no": None}, False),
        ({"starts_at": None}, False),
        ({"kind": "会议"}, False),
        ({"status": "草稿"}, False),
        ({"status": "作废"}, False),
        ({"status": "不同意"}, False),
        ({"status": "待签"}, True),
    ],
)
def test_rc07_received_already(other: Mapping[str, Any], fires: bool) -> None:
    assert bool(said(reception({2: {**EARLIER, **other}}), "RC-07")) is fires


def test_rc07_says_when_and_where_it_was() -> None:
    found = reception({2: EARLIER})
    assert said(found, "RC-07") == AGAIN
    (one,) = examine(found)
    assert (one.severity, one.gravity, one.stage) == ("预警", "一般", "SQ-2026-0300")


def test_rc07_one_letter_serves_once_however_long_ago() -> None:
    used = {**EARLIER, "letter_no": "示例校函 [2026] 18号", "starts_at": "2026-03-02 12:00+08:00"}
    assert said(reception({2: used}), "RC-07") == []
    used["letter_no"] = " 示例校函〔２０２６〕18号"
    assert said(reception({2: used}), "RC-07") == [
        "邻区党校2026-03-02已接待过（SQ-2026-0300），疑似一函多餐或一事多结。"
    ]


def test_rc07_a_unit_of_the_own_district() -> None:
    ours = norms(school__district="万州、龙都街道")
    assert said(reception(guest_unit="万州区财政局", more=ours), "RC-07") == [
        "万州区财政局在本区，请确认是否符合接待范围。"
    ]
    assert said(reception(guest_unit="云阳县委党校", more=ours), "RC-07") == []
    assert said(reception(guest_unit="万州区财政局"), "RC-07") == []
    assert said(reception(guest_unit="万州区财政局", kind="会议", more=ours), "RC-07") == []


def spent(amount: str, line: int = 6, state: Any = "已用", subject: str = "expense_claims/ZC-2026-0001") -> Hold:
    return Hold("budget", str(line), state, Decimal(amount), subject.split("/")[1], "已支付", "", subject)


@pytest.mark.parametrize(
    "amount, wanted, stage",
    [
        ("19199.99", None, ""),
        ("19200", "本年接待费已用1.92万元，占预算80%。", "2026年80%"),
        ("22799.99", "本年接待费已用2.28万元，占预算94%。", "2026年80%"),
        ("22800", "本年接待费已用2.28万元，占预算95%。", "2026年95%"),
        ("24000", "本年接待费已用2.40万元，占预算100%。", "2026年100%"),
    ],
)
def test_rc08_money_for_receptions(amount: str, wanted: str | None, stage: str) -> None:
    found = [f for f in examine(reception(more={"holds": [spent(amount)]})) if f.rule == "RC-08"]
    assert [(f.message, f.stage, f.severity) for f in found] == ([(wanted, stage, "提示")] if wanted else [])


def test_rc08_counts_all_lines_of_the_year_what_is_promised_too_and_not_itself() -> None:
    lines = {
        6: LINE,
        7: {**LINE, "name": "接待费（追加）", "approved": 5000, "adjusted_ok": 1000},
        8: {**LINE, "year": 2025},
        9: {**LINE, "category": "会议费"},
    }
    holds = [
        spent("20000"),
        spent("4000", 7, "占用", "requests/SQ-2026-0200"),
        spent("9000", 8),
        spent("9000", 9),
        spent("900", 7, "占用", "requests/SQ-2026-0310"),
    ]
    assert said(reception(lines=lines, more={"holds": holds}), "RC-08") == ["本年接待费已用2.40万元，占预算80%。"]


def test_rc08_without_a_budget_or_another_kind() -> None:
    assert said(reception(lines={6: {**LINE, "approved": 0}}), "RC-08") == []
    assert said(reception(kind="会议", more={"holds": [spent("24000")]}), "RC-08") == []


# The claim --------------------------------------------------------------------------------


@pytest.mark.parametrize("moment", ["提交", "付款"])
def test_a_claim_needs_what_the_reception_was(moment: str) -> None:
    bare = claim({"guest_actual": None, "meal_cost": None}, more={"moment": moment})
    wanted = "请先在事前审批SQ-2026-0310中填写：“实到来访人数”、“餐费”。"
    assert wanted in said(bare, "必填")
    assert not [m for m in said(claim(more={"moment": moment}), "必填") if "事前审批SQ" in m]


def test_other_claims_need_nothing_of_the_kind() -> None:
    bare = {"guest_actual": None, "meal_cost": None, "guest_list": ()}
    other = claim(bare, category="会议费", attachments=())
    assert not [m for m in said(other, "必填") if "事前审批SQ" in m]
    assert said(other, "RC-06") == []
    assert not [m for m in said(claim({**bare, "kind": "会议"}), "必填") if "事前审批SQ" in m]


@pytest.mark.parametrize(
    "held, amount, wanted",
    [
        ({}, 540, []),
        ({"meal_cost": 1408}, 540, []),  # the party paid the rest itself
        ({"meal_cost": 541}, 541, ["人均60.11元，超过标准60元/人·餐，超出1元由个人承担或不予报销。"]),
        ({"guest_actual": 5}, 540, ["人均67.50元，超过标准60元/人·餐，超出60元由个人承担或不予报销。"]),
        ({"meal_cost": 540}, 600, []),  # the rest is something else: RC-04, the hint
        ({"guest_actual": None}, 9999, []),
        ({"meal_cost": None}, 9999, []),
    ],
)
@pytest.mark.parametrize("moment", ["提交", "付款"])
def test_rc04_claim(held: Mapping[str, Any], amount: int, wanted: list[str], moment: str) -> None:
    found = examine(claim(held, amount=amount, more={"moment": moment}))
    assert [f.message for f in found if f.rule == "RC-04" and f.severity == "拦截"] == wanted


def test_rc04_looks_at_all_claims_of_the_reception() -> None:
    over = ["人均70元，超过标准60元/人·餐，超出90元由个人承担或不予报销。"]
    half = {**CLAIM, "code": "ZC-2026-0399", "amount": 330, "status": "签批中"}
    dear = {"meal_cost": 700}
    assert said(claim(dear, {2: half}, amount=300), "RC-04") == over
    assert said(claim(dear, {2: {**half, "audited_amount": 240}}, amount=300), "RC-04") == []
    assert said(claim(dear, {2: {**half, "status": "作废"}}, amount=300), "RC-04") == []
    assert said(claim(dear, {2: {**half, "category": "会议费"}}, amount=300), "RC-04") == []
    assert said(claim(dear, {2: {**half, "request": 4}}, amount=300), "RC-04") == []


def test_rc04_looks_at_what_is_paid() -> None:
    rich = {"meal_cost": 1408}
    assert said(claim(rich, amount=600, more={"payable": Decimal(540), "moment": "付款"}), "RC-04") == []
    assert said(claim(rich, amount=600, more={"payable": Decimal(600), "moment": "付款"}), "RC-04") != []


def test_rc04_tells_the_signer_what_is_no_meal() -> None:
    found = examine(claim(amount=600))
    assert [(f.message, f.severity) for f in found if f.rule == "RC-04"] == [
        ("接待费合计600元，大于登记的餐费540元，多出60元，请核对是什么费用。", "提示")
    ]
    assert said(claim(amount=540), "RC-04") == []


@pytest.mark.parametrize("moment", ["提交", "付款"])
def test_rc06_guest_list(moment: str) -> None:
    more = {"moment": moment}
    assert said(claim({"guest_list": ()}, attachments=(), more=more), "RC-06") == ["缺少接待清单，不能报销。"]
    assert said(claim({"guest_list": ()}, more=more), "RC-06") == []
    assert said(claim(attachments=(), more=more), "RC-06") == []
    assert said(claim(request=None, attachments=(), more=more), "RC-06") == ["缺少接待清单，不能报销。"]
