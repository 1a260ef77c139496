"""What an inspection found becomes issues: each with a department, a limit and somebody who checks again (A16)."""

from automations import NewRow, whenever

OF_TEAM = {"考勤": "考勤", "卫生": "卫生", "餐饮": "餐饮"}
BY_WORDS = (
    ("空调", ("空调",)),
    ("电梯", ("电梯",)),
    ("消防", ("消防", "灭火", "消火栓", "疏散", "应急灯")),
    ("气", ("燃气", "天然气", "煤气")),
    ("网络", ("网络", "网线", "无线")),
    ("餐饮", ("厨", "菜", "留样", "食")),
    ("服务态度", ("态度",)),
    ("卫生", ("卫生", "垃圾", "清扫", "保洁")),
    ("水", ("水",)),
    ("电", ("电", "灯")),
    ("门窗家具", ("门", "窗", "桌", "椅", "床", "柜")),
)
AT_ONCE = ("安全", "餐饮")


@whenever("inspections")
def findings_become_issues(inspection):
    """Each line of 问题清单, once handed in, is an issue for the department inspected."""
    if inspection.status not in ("已提交", "被查方已确认", "有异议"):
        return
    handler = who_puts_it_right(inspection)
    others = [person for person in inspection.inspectors or () if person != handler]
    for problem in inspection.problem_lines:
        yield NewRow(
            "issues",
            key=problem,
            kind="整改",
            source="督查",
            origin=inspection.code,
            category=OF_TEAM.get(inspection.team) or category_of(problem),
            description=problem,
            location=inspection.places[0].id if inspection.places else None,
            training_class=inspection.training_class,
            vendor=inspection.vendor,
            severity="较急" if inspection.team in AT_ONCE else "一般",
            duty_dept=inspection.duty_dept,
            handler=handler,
            verify_by=others[0] if others else None,
            status="已派单" if inspection.duty_dept and handler else "新建",
        )


def who_puts_it_right(inspection):
    """Whoever answers for the one place looked at, or for the contract, else the head of the department."""
    contract, places = inspection.agreement, inspection.places
    named = contract.supervisor if contract is not None else None
    if len(places) == 1 and places[0].department == inspection.duty_dept:
        named = named or places[0].duty_person
    head = inspection.directory.head_of(inspection.duty_dept)
    return named or (head.id if head is not None else None)


def category_of(problem):
    """类别 by the words of the problem."""
    return next((category for category, words in BY_WORDS if any(w in problem for w in words)), "其他")
