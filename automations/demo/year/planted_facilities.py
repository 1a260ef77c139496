"""Planted in the facilities: V24, V25, V29, V31, V39, and two readings that look wrong and are not (domain.md E6)."""

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from automations.demo.year import energy, logistics_vehicles
from automations.demo.year.edits import Code, Ref, find, papers, person, write
from automations.demo.year.energy import READER
from automations.demo.year.logistics_energy import (
    LEAKING,
    LIT,
    REPLACED,
    counted,
    full_house,
    leaking,
    lit,
    night,
    night_key,
    replaced_on,
)
from automations.demo.year.logistics_issues import AFTER_THE_LOOK
from automations.demo.year.logistics_vehicles import HOLIDAY, HOLIDAY_CAR, OVERLADEN, book_of, entered, over_month
from automations.demo.year.plan import Plan
from automations.demo.year.planting import Planted, Scene, Story
from automations.demo.year.upkeep import BY_LAW, PATROL, TABLE

ISSUES, ASSETS, READINGS = "issues", "assets", energy.TABLE
A_DAY = timedelta(days=1)


def _fixed(s: Scene, key: str, origin: str, morning: date, done: date, who: str, checker: str, note: str) -> None:
    """The one issue that comes of a run of nights: found, answered, put right on that day, checked."""
    plan, cause = s.plan, "人为浪费" if s.planted.id == "V24" else "老化"
    at, end = plan.at(morning, AFTER_THE_LOOK), plan.at(done, "09:00")
    cells = {"fix_note": note, "root_cause": cause, "fix_photos": papers("完工照片.jpg"), "fixed_at": end}
    s.do(
        find(at, ISSUES, key, origin=Code(READINGS, origin)),
        write(at + timedelta(minutes=15), who, ISSUES, key, responded_at=at + timedelta(minutes=15)),
        write(end, who, ISSUES, key, verify_by=person(checker), status="待复核", **cells).watched(),
        write(plan.at(done, "16:30"), checker, ISSUES, key, verify_result="合格", status="已办结").watched(),
    )


def _nights(s: Scene, meter: str, nights: Mapping[date, Decimal]) -> list[Ref]:
    """The readings of those nights; the rows of their mornings."""
    for day in nights:
        s.do(*night(s.plan, meter, day))
    return [Ref(READINGS, night_key(meter, day)) for day in nights]


def v24(plan: Plan) -> Planted:
    """教学楼 burns 52, 55, 51, 54 kWh where 18 are ordinary: one issue for four nights."""
    s = Scene(plan, "V24", "长明灯")
    nights = lit(plan)
    first, *others = _nights(s, LIT, nights)
    morning = min(nights) + A_DAY
    _fixed(
        s, s.key("-工单"), first.key, morning, max(nights) + A_DAY, "尤排课", READER, "已关灯，并落实离室断电责任人。"
    )
    used = nights[min(nights)].normalize()
    s.ledger(first, "EN-01", "一般", words=(f"教学楼昨夜用电{used:f}度", "请检查是否有灯、空调未关"))
    for row in (first, *others):
        s.told_in(row, "EN-01")
    s.notice(Ref("meters", LIT), "night_alert", "first")
    s.notice(Ref("meters", LIT), "night_alert", "again")
    return s.planted


def v25(plan: Plan) -> Planted:
    """A toilet runs with 0.62 m³ an hour where 0.06 are ordinary: an alert after the second night."""
    s = Scene(plan, "V25", "长流水")
    nights = leaking(plan)
    first, second, *others = _nights(s, LEAKING, nights)
    done = max(nights) + A_DAY
    _fixed(s, s.key("-工单"), second.key, min(nights) + 2 * A_DAY, done, "何宿管", "谢物业", "已更换水箱进水阀。")
    words = ("公寓3楼公卫夜间持续用水0.62吨/小时", "疑似漏水或水龙头未关") if s.told else ("公寓3楼公卫夜间持续用水",)
    s.ledger(second, "EN-02", "一般", words=words)
    for row in (first, second, *others):
        s.told_in(row, "EN-02")
    s.notice(Ref("meters", LEAKING), "night_alert", "first")
    s.notice(Ref("meters", LEAKING), "night_alert", "again")
    return s.planted


def v29(plan: Plan) -> Planted:
    """A lift is used though its inspection has run out; it is stopped, inspected, used again."""
    s = Scene(plan, "V29", "电梯检验超期", fixed=True)
    check, lift = Ref(TABLE, f"{BY_LAW}-电梯一-每年-000"), Ref(ASSETS, "电梯一")
    passed: dict[str, Any] = {"done_on": s.day("10-13"), "result": "正常", "valid_to": date(plan.year + 1, 10, 12)}
    s.do(
        write(s.at("9-30", "15:30"), "沈行政", *lift, status="停用").watched(),
        write(s.at("10-13", "11:00"), "窦安全", *check, report=papers("检验报告.pdf"), **passed).watched(),
        write(s.at("10-14", "09:00"), "沈行政", *lift, status="在用").watched(),
    )
    s.ledger(check, "CK-02", "严重", words=("电梯一检验已于", "依法不得继续使用，请立即停用并申请检验"))
    s.told_in(check, "CK-01")
    s.told_in(lift, "CK-02", words=("请立即停用并申请检验",))
    late = ("overdue-2", "overdue-3", "overdue-4")  # 9/27 is the last day of a holiday: nothing is sent
    for stage in (*(f"ahead-{days}" for days in (60, 30, 15, 7, 1)), *late):
        s.notice(check, "statutory_due", stage)
    return s.planted


def v31(plan: Plan) -> Planted:
    """The patrols of a whole month, typed in six minutes."""
    s = Scene(plan, "V31", "补录检查记录")
    who, last = s.who("窦安全", "柏能源"), s.day("8-31")
    for n in range(31):
        day = last - (30 - n) * A_DAY
        cells = {"check_kind": PATROL, "cycle": "每班", "asset": Ref(ASSETS, "电梯二"), "items": "机房、轿厢、警示标志"}
        done = {"due_on": day, "done_on": day, "done_by": person(who), "result": "正常"}
        s.do(
            write(
                plan.at(last, "16:02") + timedelta(seconds=12 * n), who, TABLE, s.key(f"-{n + 1:02d}"), **cells, **done
            )
        )
    s.ledger(Ref("people", who), "CK-04", "一般", words=(f"{who}在6分钟内补录了31条检查记录",))
    return s.planted


def v39(plan: Plan) -> Planted:
    """Out on a holiday without a word; and a pickup that burns 17.8 升 where 12.4 are ordinary."""
    s = Scene(plan, "V39", "节假日出车、油耗异常", fixed=True)
    day, month = date(plan.year, *HOLIDAY), over_month(plan)
    times = {"starts": plan.at(day, "08:00"), "ends": plan.at(day, "18:00"), "place": "邻州市"}
    s.permit("用车", "曹文秘", "公务用车运行", day, Decimal(0), "-1", vehicle=Ref(ASSETS, HOLIDAY_CAR), **times)
    trip, *fills = sorted((line for line in book_of(plan) if line.planted), key=lambda line: line.day)
    back = plan.calendar.add(day, 1)
    s.do(entered(plan, trip, plan.at(back, "08:50")), *(entered(plan, line) for line in fills))
    seen = plan.at(plan.calendar.add(date(plan.year, month + 1, 1), 1), "10:00")
    s.do(write(seen, fills[-1].driver, logistics_vehicles.TABLE, fills[-1].key, remark="当月多次重载爬坡"))
    s.ledger(Ref(logistics_vehicles.TABLE, trip.key), "VH-02", "一般", words=("节假日应封存停驶",))
    words = (f"（{month}月）百公里油耗17.8升",) if s.told else (f"（{month}月）百公里油耗",)
    s.ledger(Ref(ASSETS, OVERLADEN), "VH-04", "一般", words=words)
    return s.planted


# What must not be said ------------------------------------------------------------------------------------------------


def many_lodgers(plan: Plan) -> Planted:
    """学员公寓 uses 154 kWh on a night with 86 lodgers."""
    s = Scene(plan, "N-满员", "公寓满员夜间用电", fixed=True)
    s.do(*night(plan, "学员公寓电表", full_house(plan)))
    return s.planted


def new_meter(plan: Plan) -> Planted:
    """A meter is replaced at noon: the new one begins at 0."""
    s = Scene(plan, "N-换表", "换表后读数变小", fixed=True)
    day, rows = (
        replaced_on(plan),
        ((("换表前", "11:50"), counted(plan)[REPLACED].taken_down), (("换表后", "12:00"), Decimal(0))),
    )
    for (slot, clock), value in rows:
        at = plan.at(day, clock)
        s.do(
            write(
                at + timedelta(minutes=4),
                READER,
                READINGS,
                s.key(f"-{slot}"),
                **energy.reading(REPLACED, at, slot, value, READER),
            )
        )
    s.do(*night(plan, REPLACED, day))
    return s.planted


STORIES: Mapping[str, Story] = {
    "V24": v24,
    "V25": v25,
    "V29": v29,
    "V31": v31,
    "V39": v39,
    "N-满员": many_lodgers,
    "N-换表": new_meter,
}
