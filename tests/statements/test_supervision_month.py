"""督查月报: every problem found and how it stands; what comes again; what is late."""

from typing import Any

from automations.measures import Period
from tests.measures.test_supervision import INSPECTED, NOW, issue, repair
from tests.measures.world import at, records
from tests.statements.reading import read

SEPTEMBER = Period.month(2026, 9)


def test_problems_and_how_they_stand() -> None:
    known = records(NOW, **INSPECTED, departments=[{"name": "行政科"}])
    found = read("supervision_month", known, SEPTEMBER)
    assert (
        "督查4次，其中考勤、卫生、住宿、餐饮四个常设小组3次。本月没有督查记录的小组：考勤、住宿、餐饮。" in found.text
    )
    assert "被查方有异议、待答复1次。" in found.text
    assert "发现问题3个，按期整改1个，超期1个。" in found.text and "没有重复发生的问题。" in found.text
    assert [(row[0], row[4], row[5], row[6]) for row in found.table("found")] == [
        ("issues-1", "2026-09-08", "2026-09-05", "按期整改"),
        ("issues-2", "2026-09-08", "2026-09-09", "逾期整改"),
        ("issues-3", "2026-10-09", "", "整改中"),
    ]
    assert "again" not in found.document.tables and "overdue_table" not in found.document.tables
    assert "到数据日没有超期未办结的问题。" in found.text


def test_repairs_that_come_again() -> None:
    rows = [repair(f"2026-09-{day:02d}", location=place) for place in range(1, 13) for day in (1, 2, 3)]
    rows.append(repair("2026-09-04 09:00", "2026-09-04 11:00", location=1, category="水"))
    places = [{"name": f"{n}教室"} for n in range(101, 113)]
    found = read("supervision_month", records(NOW, issues=rows, locations=places), SEPTEMBER)
    assert "报修37件，已办结1件，平均2.0▲小时办结" in found.text
    assert found.table("categories") == [("电", "36", "97.3%"), ("水", "1", "2.7%")]
    assert "同一地点同一类别本年报修三次及以上的有12处" in found.text
    again = found.table("again")
    assert len(again) == 10 and again[0] == ("101教室", "电", "3", "2026-09-03")
    assert found.document.tables["again"].note.endswith("共12处，列前10处。")


def test_what_is_late_and_nobody_who_complained() -> None:
    late: dict[str, Any] = {"overdue_wd": 5, "escalation": 4, "duty_dept": 1, "description": "排烟罩未清洗"}
    rows = [
        issue(**late),
        {"kind": "投诉", "status": "处理中", "created_at": at("2026-09-03"), "created_by": "zhang@school.test"},
    ]
    known = records(NOW, issues=rows, departments=[{"name": "行政科"}])
    found = read("supervision_month", known, SEPTEMBER)
    assert "到数据日超期未办结1件" in found.text
    assert found.table("overdue_table") == [("issues-1", "排烟罩未清洗", "行政科", "5")]
    assert ("投诉", "1", "0", "0", "0", "1") in found.table("kinds")
    assert "zhang" not in f"{found.text}{found.document.tables}"
