"""The planted nights of domain.md E6: lights left on (V24), a leak (V25), and what must stay silent beside them."""

from collections import Counter
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from automations.engine.standing import Standing
from automations.rows import RowView
from tests.scenarios.conftest import Open
from tests.scenarios.premises import CLERK, HEAD, LEADER, day, moment
from tests.scenarios.school import School

METERS, READINGS, ISSUES = "meters", "meter_readings", "issues"
FIRST = date(2026, 8, 15)
"""Of the nights read before 8 September: 24 of them."""


class Campus:
    """A school with meters that somebody reads every evening and every morning."""

    def __init__(self, school: School) -> None:
        self.school = school
        self.ordinary: dict[int, Decimal] = {}
        self.shows: dict[int, Decimal] = {}

    def place(self, name: str, kind: str = "楼栋", parent: int | None = None) -> int:
        ids = self.school.ids
        more = {"department": ids["行政科"], "duty_person": ids[CLERK], "parent": parent, "usable": "可用"}
        return self.school.file(HEAD, "locations", name=name, kind=kind, **more)

    def meter(self, place: int, kind: str, ordinary: str, **more: Any) -> int:
        """A meter that is watched at night, and what an ordinary night counts."""
        cells = {"name": f"{kind}表{place}", "kind": kind, "location": place, "multiplier": Decimal(1), "payer": "学校"}
        meter = self.school.file(HEAD, METERS, **{**cells, "night_watch": True, "active": True, **more})
        self.ordinary[meter], self.shows[meter] = Decimal(ordinary), Decimal(1000)
        return meter

    def history(self, per_night: dict[date, str] | None = None, until: date = date(2026, 9, 7)) -> None:
        """Every night up to that one was read, of all meters, entered at once; ``per_night``: what came on top."""
        rows: list[dict[str, Any]] = []
        night = FIRST
        while night <= until:
            for meter, ordinary in self.ordinary.items():
                swing = Decimal((night.day % 5) - 2) * ordinary / 40
                rows += self.rows(night, meter, ordinary + swing + Decimal((per_night or {}).get(night, 0)))
            night += timedelta(days=1)
        self.school.person(CLERK).host.create(READINGS, rows)
        self.look()

    def rows(self, night: date, meter: int, used: Decimal) -> list[dict[str, Any]]:
        shared = {"meter": meter, "reader": self.school.ids[CLERK]}
        began = self.shows[meter] + self.ordinary[meter]
        self.shows[meter] = began + used
        tomorrow = night + timedelta(days=1)
        return [
            {**shared, "slot": "夜22:30", "read_at": moment(night, "22:30"), "value": began},
            {**shared, "slot": "晨06:30", "read_at": moment(tomorrow, "06:30"), "value": began + used},
        ]

    def night(self, of: str, used: dict[int, str]) -> list[Any]:
        """The night of that evening is read; the rows of its morning, at 06:32, one meter after the other."""
        pairs = [self.rows(day(of), meter, Decimal(what)) for meter, what in used.items()]
        self.school.go_to(of, "22:32")
        for first, _ in pairs:
            self.school.file(CLERK, READINGS, **first)
        self.school.go_to(day(of) + timedelta(days=1), "06:32")
        ids = [self.school.file(CLERK, READINGS, **last) for _, last in pairs]
        self.look()
        return [self.school.row(row_id, READINGS) for row_id in ids]

    def row(self, row_id: int) -> Any:
        self.look()
        return self.school.row(row_id, READINGS)

    def look(self) -> None:
        """A slow pass: the worker sees what it wrote itself."""
        self.school._touched |= {READINGS, METERS, ISSUES}
        self.school.settle()

    def issues(self) -> list[Any]:
        return sorted(self.school.host.changed(ISSUES, None).rows, key=lambda r: r.id)

    def ledger(self) -> list[tuple[Any, Any]]:
        """(rule, reading) of every line about a reading."""
        return [(v["rule"], v["biz_code"]) for v in self.school.violations() if v["rule"].startswith("EN-")]

    def letters(self, name: str) -> list[str]:
        return [text for text in self.school.letters(name) if "【夜间能耗】" in text]


def test_v24_lights_left_on(opened: Open) -> None:
    """EN-01: on alert after the first night, one issue for four nights, 分管领导 on the second morning."""
    school = opened("9-8", post=True)
    campus = Campus(school)
    lamp = campus.meter(campus.place("教学楼"), "电", "18")
    campus.history()
    assert campus.issues() == [] and campus.ledger() == []

    words = "教学楼昨夜用电52度，是基准18度的2.9倍，请检查是否有灯、空调未关。"
    [row] = campus.night("9-8", {lamp: "52"})
    assert (row["usage"], row["baseline"], row["ratio"], row["alert"]) == (52, 18, Decimal("2.89"), "预警")
    assert words in row["check_message"] and row["check_result"] == "提示"
    [issue] = campus.issues()
    shown = ("kind", "source", "category", "severity", "duty_dept", "handler", "description", "origin", "status")
    assert [issue[n] for n in shown] == [
        *("整改", "能耗预警", "电", "一般", school.ids["行政科"], school.ids[CLERK], words, row["code"], "已派单"),
    ]
    assert row["issue"] == issue.id
    assert campus.ledger() == [("EN-01", row["code"])]
    assert campus.letters(HEAD) == [], "nobody is woken"
    school.go_to("9-9", "07:40")
    assert [words in text for text in campus.letters(HEAD)] == [True]
    assert campus.letters(LEADER) == []

    for of, used, morning in (("9-9", "55", "9-10"), ("9-10", "51", "9-11"), ("9-11", "54", "9-12")):
        [row] = campus.night(of, {lamp: used})
        school.go_to(morning, "07:40")
        assert (row["alert"], row["baseline"], row["issue"]) == ("预警", 18, issue.id), "nights on alert teach nothing"
        assert school.row(lamp, METERS)["alert_since"] == day("9-8")
    assert [i.id for i in campus.issues()] == [issue.id], "not four issues"
    assert len(campus.ledger()) == 1
    [told] = campus.letters(LEADER)
    assert "连续第2晚：教学楼昨夜用电55度，是基准18度的3.1倍" in told
    assert len(campus.letters(HEAD)) == 2, "the first morning and the second"

    [calm] = campus.night("9-12", {lamp: "19"})
    assert (calm["alert"], calm["issue"], school.row(lamp, METERS)["night_alert"]) == ("正常", None, "正常")
    [again] = campus.night("9-13", {lamp: "52"})
    assert again["alert"] == "预警" and len(campus.issues()) == 2, "another run is another issue"


def test_v25_a_toilet_runs(opened: Open) -> None:
    """EN-02: 0.62 m³/h where 0.06 is ordinary; an issue after the second night, and none for the house above it."""
    school = opened("9-8", post=True)
    campus = Campus(school)
    building = campus.place("学员公寓")
    house = campus.meter(building, "水", "0.48")
    toilet = campus.meter(campus.place("公寓3楼公卫", "公共卫生间", building), "水", "0.48", parent=house)
    campus.history()

    above, below = campus.night("9-8", {house: "4.96", toilet: "4.96"})
    assert (below["rate"], below["baseline"], below["alert"]) == (Decimal("0.62"), Decimal("0.06"), "关注")
    assert above["alert"] == "正常", "the toilet says it itself"
    school.go_to("9-9", "07:40")
    assert campus.issues() == [] and campus.ledger() == [] and campus.letters(HEAD) == [], "one night is none"

    above, below = campus.night("9-9", {house: "4.96", toilet: "4.96"})
    assert (below["alert"], above["alert"]) == ("预警", "正常")
    words = "公寓3楼公卫夜间持续用水0.62吨/小时，基准0.06，疑似漏水或水龙头未关，按此每月约浪费403吨。"
    [issue] = campus.issues()
    assert [issue[n] for n in ("kind", "category", "severity", "description")] == ["报修", "水", "较急", words]
    school.go_to("9-10", "07:40")
    assert [words in text for text in campus.letters(HEAD)] == [True] and campus.letters(LEADER) == []

    for of, morning in (("9-10", "9-11"), ("9-11", "9-12")):
        campus.night(of, {house: "4.96", toilet: "4.96"})
        school.go_to(morning, "07:40")
    assert len(campus.issues()) == len(campus.ledger()) == 1
    [told] = campus.letters(LEADER)
    assert "连续第2晚" in told


def test_water_is_told_on_a_saturday_and_lights_are_not(opened: Open) -> None:
    """Quiet hours and days off: EN-02 goes out at once, EN-01 with Monday's list (domain.md B6.30)."""
    school = opened("9-10", post=True)
    campus = Campus(school)
    lamp, tap = campus.meter(campus.place("教学楼"), "电", "18"), campus.meter(campus.place("公寓"), "水", "0.48")
    campus.history(until=date(2026, 9, 9))
    campus.night("9-10", {lamp: "18", tap: "4.96"})
    campus.night("9-11", {lamp: "52", tap: "4.96"})
    school.go_to("9-12", "07:40")
    [told] = campus.letters(HEAD)
    assert "持续用水" in told and "用电" not in told
    school.go_to("9-14", "08:40")
    assert ["昨夜用电52度" in text for text in campus.letters(HEAD)] == [False, True]


def test_a_full_house_is_silent(opened: Open) -> None:
    """Negative control: 154 kWh on a night with 86 lodgers, where 60 and 1.1 a head are ordinary."""
    school = opened("9-8", post=True)
    campus = Campus(school)
    building = campus.place("学员公寓")
    campus.place("公寓301", "客房", building)
    house = campus.meter(building, "电", "60")
    classes = ((date(2026, 8, 17), 4, 45), (date(2026, 8, 24), 5, 100), (date(2026, 8, 31), 4, 60), (day("9-8"), 4, 86))
    more: dict[date, str] = {}
    for start, nights, n in classes:
        cells = {"name": f"{start}班", "class_type": "专题研讨班", "starts_on": start, "lodging_n": Decimal(n)}
        end = start + timedelta(days=nights)
        school.file(HEAD, "training_classes", **cells, ends_on=end, planned_n=Decimal(n), status="计划")
        more |= {start + timedelta(days=k): str(Decimal("1.1") * n) for k in range(nights)}
    campus.look()
    campus.history(more)
    [row] = campus.night("9-8", {house: "154"})
    assert (row["occupied_n"], row["alert"]) == (86, "正常")
    assert row["baseline"] == pytest.approx(Decimal("154.6"), abs=3)
    school.go_to("9-9", "07:40")
    assert campus.issues() == [] and campus.ledger() == [] and campus.letters(HEAD) == []


def test_a_meter_that_was_replaced_is_silent(opened: Open) -> None:
    """Negative control: the meter is changed at noon; nothing runs backwards, nothing is lost."""
    school = opened("9-8", post=True)
    campus = Campus(school)
    lamp = campus.meter(campus.place("教学楼"), "电", "18")
    campus.history()
    shared = {"meter": lamp, "reader": school.ids[CLERK]}
    school.go_to("9-8", "12:00")
    last = campus.shows[lamp] + 10
    old = school.file(CLERK, READINGS, **shared, slot="换表前", read_at=moment("9-8", "11:50"), value=last)
    new = school.file(CLERK, READINGS, **shared, slot="换表后", read_at=moment("9-8", "12:00"), value=Decimal(2))
    campus.shows[lamp] = Decimal(2)
    [row] = campus.night("9-8", {lamp: "19"})
    assert (row["usage"], row["alert"]) == (19, "正常")
    assert [campus.row(r)["check_result"] for r in (old, new, row.id)] == ["通过"] * 3
    evening = next(r for r in school.host.changed(READINGS, None).rows if r["read_at"] == moment("9-8", "22:30"))
    assert evening["usage"] == 10 + 18, "of the old meter and of the new one"
    assert campus.issues() == [] and campus.ledger() == []

    wrong = school.file(CLERK, READINGS, **shared, slot="日抄", read_at=moment("9-9", "06:50"), value=Decimal(3))
    answer = campus.row(wrong)
    assert answer["check_result"] == "拦截"
    assert answer["check_message"] == "本次读数3小于上次39，请核对；如换表请选“换表”。"


def test_a_corrected_reading_is_judged_again_with_what_stood_on_it(
    opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A slip of the keyboard: the night after it was compared with what it left; nothing else is disturbed."""
    school = opened("9-8")
    campus = Campus(school)
    lamp = campus.meter(campus.place("教学楼"), "电", "18")
    campus.history()
    [slip] = campus.night("9-8", {lamp: "30"})

    looked_at: Counter[int] = Counter()
    examine = Standing._one

    def counted(self: Standing, desk: Any, row: RowView, *more: Any) -> Any:
        looked_at[row.id] += row.table == READINGS
        return examine(self, desk, row, *more)

    monkeypatch.setattr(Standing, "_one", counted)
    [after] = campus.night("9-9", {lamp: "27"})
    assert (slip["alert"], after["alert"]) == ("关注", "预警")
    disturbed = {row for row, times in looked_at.items() if times}
    assert len(disturbed) <= 4 and max(looked_at.values()) <= 4, "its pair and the readings before: not the history"

    looked_at.clear()
    school.change(CLERK, READINGS, slip.id, value=slip["value"] - 11)
    assert campus.row(slip.id)["usage"] == 19
    assert (campus.row(slip.id)["alert"], campus.row(after.id)["alert"]) == ("正常", "关注")
    assert len({row for row, times in looked_at.items() if times}) <= 6
