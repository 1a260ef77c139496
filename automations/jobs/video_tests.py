"""视频会议联调: the line is tried before every class that is held over the network (domain.md A36)."""

from automations import NewRow, whenever

ITEMS = "会场音视频、双向通话、课件共享、备用线路各试一次；链路带宽和主备切换正常。"


@whenever("training_classes")
def video_test(course):
    """While a class with 教学方式“网络” is prepared: a test on the working day before it begins, by IT."""
    if course.status != "筹备" or course.starts_on is None or "网络" not in (course.modes or ()):
        return
    technicians = course.directory.holders("信息管理员")
    yield NewRow(
        "equipment_checks",
        check_kind="视频会议联调",
        training_class=course.id,
        location=course.classroom,
        cycle="每班",
        items=ITEMS,
        done_by=technicians[0].id if technicians else None,
        due_on=course.calendar.add(course.starts_on, -1),
    )
