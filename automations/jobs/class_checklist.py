"""开班准备: five working days before a class its checklist appears in 设施检查, a line for each thing (N14)."""

from automations import NewRow, whenever

FOR_MODE = {
    "研讨": "研讨教学：研讨室、白板、分组座签",
    "现场": "现场教学：派车审批、教学点联系、随队医药",
    "情景模拟": "情景模拟教学：场地、道具、服装",
    "网络": "网络教学：网络带宽、视频设备联调",
}
"""What ways of teaching need besides the classroom."""


@whenever("training_classes")
def class_checklist(course):
    """To be done before the working day on which everything must be closed; whoever looks after the class does it."""
    if course.status not in ("计划", "筹备") or not course.begins_within(course.norm.whole("class.ready_open_wd")):
        return
    due = course.calendar.add(course.starts_on, -course.norm.whole("class.ready_closed_wd") - 1)
    for key, place, items in lines(course):
        yield NewRow(
            "equipment_checks",
            key=key,
            training_class=course.id,
            check_kind="开班前检查",
            cycle="一次性",
            location=place,
            items=items,
            due_on=max(due, course.today),
            done_by=course.logistics_owner,
        )


def lines(course):
    """(key, place, what to look at): the classroom, the beds, the meals, each way of teaching, every wish."""
    here, n = course.classroom, f"{course.heads:f}"
    name = course.books.cell("locations", here, "name") or "（未定）"
    yield "教室", here, f"教室{name}：{n}人桌椅、投影、音响、空调、照明、饮水"
    rooms = course.rooms or ()
    if rooms:
        names = "、".join(course.books.cell("locations", room, "name") or "" for room in rooms)
        yield "客房", rooms[0], f"客房（{names}）：{course.lodging_n or 0:f}人床品、热水、空调、门锁、卫生"
    canteens = course.books.where("locations", "kind", "餐厅")
    yield "餐饮", canteens[0].id if canteens else here, f"餐饮（{n}人）：食材、餐具、留样冰箱、健康证"
    for mode in course.modes or ():
        if mode in FOR_MODE:
            yield mode, here, FOR_MODE[mode]
    if course.special_needs:
        yield "特殊需求", here, f"特殊需求（{course.special_needs}）：逐项落实"
