"""办学条件, 办学能力, 制度: money by source, works, rooms in use, assets, the network branch, rules, services."""

from datetime import date
from decimal import Decimal
from typing import Any

from automations.measures import Period, capacity, intensity, means, outsourcing, rulebook
from automations.shipped_rules import BASIC_RULES
from tests.measures.world import at, records

SEPTEMBER, YEAR = Period.month(2026, 9), Period.year(2026)


def test_money_by_source_and_works() -> None:
    told = records(
        "2027-01-15",
        budget_lines=[
            {"year": 2026, "fund_source": "财政拨款", "approved": 100, "adjusted_ok": 20, "status": "已批复"},
            {"year": 2026, "fund_source": "对口协作", "approved": 900, "status": "已调整"},
            {"year": 2025, "fund_source": "对口协作", "approved": 77, "status": "已批复"},
            {"year": 2026, "fund_source": "上级补助", "approved": 55, "status": "草案"},
        ],
        expense_claims=[
            {"budget_line": 1, "amount": 50, "audited_amount": 40, "status": "已支付", "paid_on": date(2026, 5, 1)},
            {"budget_line": 1, "amount": 60, "status": "已批准"},
        ],
        procurements=[
            {"title": "热水", "kind": "工程", "created_at": at("2026-03-01"), "accepted_on": date(2026, 9, 1)},
            {"title": "旧路", "kind": "工程", "created_at": at("2024-03-01"), "accepted_on": date(2025, 9, 1)},
            {"title": "电脑", "kind": "货物", "created_at": at("2026-03-01")},
        ],
    )
    found = means.funding(told, YEAR)
    assert [(f.source, str(f.total), str(f.spent)) for f in found] == [
        ("对口协作", "900.00", "0.00"),
        ("财政拨款", "120.00", "40.00"),
    ]
    assert [work.row.title for work in means.works(told, YEAR)] == ["热水"]


def test_beds_and_rooms_in_use() -> None:
    told = records(
        "2026-10-08",
        locations=[
            {"name": "101", "kind": "客房", "capacity": 2, "usable": "可用"},
            {"name": "102", "kind": "客房", "capacity": 2, "usable": "维修中"},
            {"name": "甲", "kind": "教室", "usable": "可用"},
            {"name": "乙", "kind": "教室", "usable": "可用"},
        ],
        training_classes=[
            {
                "class_type": "委托班",
                "is_entrusted": True,
                "status": "已归档",
                "starts_on": date(2026, 9, 3),
                "ends_on": date(2026, 9, 7),  # Thursday to Monday: three working days, four nights
                "lodging_n": 2,
                "classroom": 3,
            },
            {
                "class_type": "专题研讨班",
                "status": "已归档",
                "starts_on": date(2026, 9, 7),
                "ends_on": date(2026, 9, 7),
                "classroom": 3,  # the same room on the same day counts once
            },
        ],
    )
    days = sum(told.calendar.is_workday(date(2026, 9, day)) for day in range(1, 31))
    assert capacity.workdays(told, SEPTEMBER) == days
    assert capacity.beds(told).value == 2
    assert capacity.bed_use(told, SEPTEMBER).value == Decimal(8 * 100) / (2 * days)
    assert capacity.room_use(told, SEPTEMBER).value == Decimal(3 * 100) / (2 * days)
    assert capacity.entrusted_share(told, SEPTEMBER).value == 50


def test_grades_assets_and_inventory() -> None:
    told = records(
        "2027-01-15",
        training_classes=[
            {"class_type": "专题研讨班", "is_project": True, "status": "已归档", "project_grade": grade}
            | {"starts_on": date(2026, 5, 4), "ends_on": date(2026, 5, 6)}
            for grade in ("优秀", "良好", "良好", None)
        ],
        assets=[
            {"category": "家具", "value": 100, "status": "在用", "inv_on": date(2026, 11, 3), "inv_result": "相符"},
            {"category": "家具", "value": 50, "status": "闲置", "inv_on": date(2025, 11, 3), "inv_result": "盘亏"},
            {"category": "家具", "value": 999, "status": "已处置"},
            {"category": "办公耗材", "status": "在用"},
            {"category": "车辆", "value": 7, "status": "在用", "ownership": "待明确"},
        ],
    )
    assert capacity.grades(told, YEAR) == {"良好": 2, "优秀": 1, "未评定": 1}
    found = {name: (str(n), str(value)) for name, (n, value) in means.assets_by_category(told).items()}
    assert found == {"家具": ("2", "150.00"), "车辆": ("1", "7.00")}
    assert str(means.inventoried(told, YEAR)) == "33.3" and means.inventory_results(told, YEAR) == {"相符": 1}
    assert len(means.unclear(told)) == 1
    assert means.inventoried(told, Period.year(2024)).value is None  # nobody looked: not 0


def test_the_branch_of_the_network_school() -> None:
    told = records(
        "2026-10-08",
        training_classes=[
            {"class_type": "专题研讨班", "status": "已归档", "modes": modes}
            | {"starts_on": date(2026, 9, 7), "ends_on": date(2026, 9, 9)}
            for modes in (("网络", "研讨"), ("现场",), None)
        ],
        equipment_checks=[
            {"check_kind": "视频会议联调", "due_on": date(2026, 9, 7), "done_on": date(2026, 9, 7), "result": "正常"},
            {"check_kind": "视频会议联调", "due_on": date(2026, 9, 8), "done_on": date(2026, 9, 8), "result": "隐患"},
            {"check_kind": "视频会议联调", "due_on": date(2026, 9, 9)},
        ],
        documents=[{"kind": "技术档案", "status": "现行有效"}, {"kind": "技术档案", "status": "已废止"}],
        contracts=[{"kind": "通信网络", "status": "履行中"}, {"kind": "通信网络", "status": "终止"}],
    )
    found = means.network(told, SEPTEMBER)
    assert list(map(str, (found.sessions, found.tests, found.available, found.papers))) == ["1", "2", "50.0", "1"]
    assert found.contracts.value == 1


def test_energy_per_head_and_square_metre() -> None:
    ends = [("2025-12-31", 0), *((f"2026-{month:02d}-28", month * 10_000) for month in range(1, 13))]
    told = records(
        "2027-01-15",
        people=[{"name": "甲", "status": "在岗"}, {"name": "乙", "status": "已退出"}],
        locations=[
            {"name": "楼", "kind": "楼栋", "area_m2": 100},
            {"name": "室", "kind": "教室", "area_m2": 40, "parent": 1},
        ],
        training_classes=[
            {"class_type": "专题研讨班", "status": "已归档", "actual_n": 73}
            | {"starts_on": date(2026, 3, 2), "ends_on": date(2026, 3, 6)}
        ],
        meters=[{"kind": kind, "payer": "学校", "multiplier": 1} for kind in "电水气"],
        meter_readings=[
            {"meter": meter, "slot": "月末", "read_at": at(day), "value": value if meter != 3 else 0}
            for meter in (1, 2, 3)
            for day, value in ends
        ],
    )
    found = intensity.intensity(told, YEAR)
    assert found.coal.value == Decimal(120_000) * Decimal("0.1229")
    assert found.heads.value == 2  # one person here, and 73 trainees for five days are one for a year
    assert found.per_head.value == found.coal.value / 2
    assert found.per_m2.value == found.coal.value / 100
    assert found.water_per_head.value == 60_000
    unheard = intensity.intensity(told, Period.year(2025))
    assert unheard.heads.value is None and unheard.per_head.value is None  # nobody wrote down that year's classes


def test_modules_without_a_rule_in_force() -> None:
    told = records(
        "2027-01-15",
        documents=[
            {"kind": "制度", "status": "现行有效", "module": ("支出单",), "review_due": date(2026, 12, 31)},
            {"kind": "制度", "status": "已废止", "module": ("合同",)},
            {"kind": "技术档案", "status": "现行有效", "module": ("合同",)},
            {"kind": "制度", "status": "待修订", "module": ("收入缴库",)},
        ],
    )
    found = rulebook.rules(told, ("支出单", "合同", "收入缴库"), YEAR.last)
    assert found.in_force.value == 2 and found.to_review.value == 2 and found.missing == ["合同"]


def test_services_by_the_way_they_are_rendered() -> None:
    told = records(
        "2027-01-15",
        vendors=[{"name": "物业公司", "score_year": Decimal("94.5")}],
        contracts=[
            {"name": "物业", "delivery_mode": "外包", "status": "履行中", "vendor": 1, "service_scope": "保洁\n保安"},
            {"name": "图书", "status": "履行中"},
            {"name": "食堂", "delivery_mode": "混合", "status": "终止"},
        ],
        expense_claims=[
            {"contract": 1, "amount": 80, "status": "已归档", "paid_on": date(2026, 5, 1)},
            {"contract": 1, "amount": 90, "status": "已批准", "paid_on": None},
        ],
    )
    [one] = outsourcing.services(told, YEAR)
    assert (one.mode, one.name, one.scope, one.score) == ("外包", "物业", "保洁", Decimal("94.5"))
    assert one.now.value == 80 and one.before.value is None  # what it cost before Houqin nobody knows


def test_what_works_came_to() -> None:
    def paid(amount: int, day: date = date(2026, 5, 1), **cells: Any) -> dict[str, Any]:
        return {"amount": amount, "status": "已支付", "paid_on": day, **cells}

    told = records(
        "2027-01-15",
        procurements=[{"title": "热水", "kind": "工程", "created_at": at("2026-03-01"), "contract": 2}],
        contracts=[{"name": "施工", "procurement": 1}, {"name": "监理"}, {"name": "物业"}],
        expense_claims=[
            *(paid(100, procurement=1), paid(20, contract=1), paid(3, contract=2), paid(7_000, contract=3)),
            *(paid(500, date(2027, 1, 4), contract=1), {"contract": 1, "amount": 900, "status": "已批准"}),
        ],
    )
    [work] = means.works(told, YEAR)
    assert work.paid.value == 123 and len(work.paid.codes) == 3
    assert not means.works(records("2027-01-15", procurements=[{"kind": "工程"}]), YEAR)[0].paid.known


def test_papers_of_the_network_branch_are_complete_when_nothing_is_wanting() -> None:
    whole = {"category": "信息设备", "status": "在用", "spec": "台式机", "acquired_on": date(2020, 1, 1)}
    told = records(
        "2026-10-08",
        assets=[whole, {**whole, "spec": None}, {**whole}, {**whole, "status": "已处置"}, {"category": "家具"}],
        documents=[{"kind": "技术档案", "status": "现行有效", "assets": (1, 2, 4)}, {"kind": "制度", "assets": (3,)}],
    )
    assert str(means.network(told, SEPTEMBER).complete) == "33.3"
    assert not means.network(records("2026-10-08"), SEPTEMBER).complete.known


def test_next_year_s_budget_with_its_drafts() -> None:
    lines = [
        {"year": 2027, "status": "草案", "approved": 90},
        {"year": 2027, "status": "已批复", "approved": 10},
        {"year": 2026, "status": "已批复", "approved": 77},
    ]
    given, drafted = means.planned(records("2027-01-15", budget_lines=lines), 2027)
    assert (given.value, drafted.value) == (10, 90)
    assert not means.planned(records("2027-01-15", budget_lines=lines), 2028)[0].known


def test_quiet_months_have_room_for_others() -> None:
    course = {"class_type": "专题研讨班", "status": "已归档", "lodging_n": 2}
    told = records(
        "2026-04-01",
        locations=[{"name": "101", "kind": "客房", "capacity": 2, "usable": "可用"}],
        training_classes=[
            {**course, "starts_on": date(2026, 1, 12), "ends_on": date(2026, 1, 26)},
            {**course, "starts_on": date(2026, 3, 2), "ends_on": date(2026, 3, 16)},
        ],
    )
    rates = {month.first.month: rate.value for month, rate in capacity.bed_use_by_month(told, YEAR)}
    assert list(rates) == [1, 2, 3, 4] and rates[2] == 0 < rates[1]
    assert [month.first.month for month in capacity.quiet_months(told, Period.quarter(2026, 1))] == [2]


def test_the_fourteen_basic_rules_and_what_is_wanting_of_them() -> None:
    titles = [title for title, _, _ in BASIC_RULES]
    papers = [{"kind": "制度", "title": title, "status": "现行有效"} for title in titles[:11]]
    papers += [
        {"kind": "制度", "title": titles[11], "status": "待修订"},
        {"kind": "制度", "title": titles[12], "status": "草拟"},
        {"kind": "制度", "title": titles[0], "status": "已废止"},  # an older one of the same title
        {"kind": "会议纪要", "title": titles[13], "status": "现行有效"},
    ]
    found = rulebook.basics(records("2027-01-15", documents=papers))
    assert (found.n, found.in_use.value) == (14, 12)
    assert list(found.wanting) == [(titles[12], "草拟"), (titles[13], "未登记")]
