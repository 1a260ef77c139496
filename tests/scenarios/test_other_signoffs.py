"""Papers, tasks, disposals, exits and budget adjustments: each told in a few lines, with what is refused.

The refund of an income is told in ``test_one_income``.
"""

from datetime import date
from decimal import Decimal

from automations.tables.values import Value
from tests.scenarios.conftest import Open
from tests.scenarios.premises import ACCOUNTANT, BUDGETS, CLAIMS, CLERK, HEAD, LEADER, SUBSTITUTE, TOP
from tests.scenarios.school import School

LOCKED = "【已还原】本单已归档，不能修改。如确有错误，请填“更正说明”由会计办理。"


def test_a_rule_of_the_house_binds_once_signed(opened: Open) -> None:
    """制度: minutes of 校委会, 分管领导, 主要领导; to change it, it is taken back and signed anew."""
    school = opened("9-1")
    table = "documents"
    cells: dict[str, Value] = {"kind": "制度", "secrecy": "内部", "owner_dept": school.ids["行政科"]}
    paper = school.file(CLERK, table, title="公务接待管理办法", **cells)
    assert str(school.ask(table, paper)["check_message"]).split("\n") == [
        "请填写：“文件”。",
        "“制度”须经校委会研究，请填写“会议纪要号”。",
    ]
    school.change(CLERK, table, paper, file=school.paper("办法.docx"), meeting_no="校委会纪要〔2026〕8号")
    school.under_signature(table, paper)
    assert school.waits_for(table, paper) == [LEADER, TOP]
    assert school.change(CLERK, table, paper, status="现行有效")["status"] == "待签批", "nobody types that it binds"
    school.decide(LEADER, table, paper, "退回", "陪餐人数写错，请按规定改")
    assert school.status(table, paper) == "已退回"
    school.under_signature(table, paper)
    row = school.agree(table, paper)
    assert row["status"] == "现行有效"
    assert row["check_message"] == "已完成签批，现行有效。\n请填写“发布日”，否则无法提醒复审。"
    school.change(CLERK, table, paper, issued_on=date(2026, 9, 1))
    assert school.row(paper, table)["review_due"] == date(2028, 9, 1)

    row = school.change(CLERK, table, paper, file=school.paper("另一个办法.docx"))
    assert row["status"] == "草拟" and "已签意见全部作废，请核对后重新提交。" in str(row["check_message"])
    school.under_signature(table, paper)
    school.agree(table, paper)
    assert school.change(CLERK, table, paper, status="待修订")["status"] == "待修订"
    school.under_signature(table, paper)
    assert school.agree(table, paper)["status"] == "现行有效"
    assert school.change(CLERK, table, paper, status="已废止")["status"] == "已废止"
    row = school.change(CLERK, table, paper, title="新办法")
    assert (row["title"], LOCKED in str(row["check_message"])) == ("公务接待管理办法", True)


def test_a_task_is_set_by_head_and_leader_and_set_anew_when_changed(opened: Open) -> None:
    school = opened("9-1")
    table = "tasks"
    cells: dict[str, Value] = {
        "kind": "岗位目标",
        "person": school.ids[CLERK],
        "department": school.ids["行政科"],
        "year": Decimal(2026),
        "weight": Decimal(100),
        "due": date(2026, 12, 31),
    }
    task = school.file(HEAD, table, title="报修按时率95%", **cells)
    assert "请填写：“完成标准”。" in str(school.ask(table, task, HEAD)["check_message"])
    school.change(HEAD, table, task, standard="全年报修按时办结率不低于95%")
    school.under_signature(table, task, HEAD)
    assert school.waits_for(table, task) == [LEADER], "who sets the task does not review it"
    assert school.told(table, task).split("\n")[0] == "【回避】周科长是本单经办人，“部门负责人”审核环节略过。"
    assert school.agree(table, task)["status"] == "已下达"
    assert school.change(CLERK, table, task, status="已考核")["status"] == "已下达", "not yet begun"
    assert school.change(CLERK, table, task, status="进行中")["status"] == "进行中"
    row = school.change(CLERK, table, task, weight=Decimal(60))
    assert row["status"] == "草拟" and "修改了“权重”（100→60）" in str(row["check_message"])
    school.change(HEAD, table, task, weight=Decimal(100))
    school.under_signature(table, task, HEAD)
    school.agree(table, task)
    for status in ("进行中", "已变更"):
        assert school.change(HEAD, table, task, status=status)["status"] == status
    school.change(HEAD, table, task, due=date(2026, 11, 30))
    school.under_signature(table, task, HEAD)
    assert school.agree(table, task)["status"] == "已下达"


def asset(school: School, value: str | None, **cells: Value) -> int:
    """A thing in use, entered by the logistics office."""
    filled: dict[str, Value] = {
        "name": "会议音响",
        "asset_no": f"ZC{school.number()}",
        "category": "通用设备",
        "value": None if value is None else Decimal(value),
        "acquired_on": date(2020, 6, 1),
        "life_years": Decimal(8),
        "fund_source": "财政拨款",
        "ownership": "学校",
        "location": school.file(CLERK, "locations", name="报告厅", kind="会议室"),
        "custodian": school.ids[CLERK],
        "user_dept": school.ids["行政科"],
        "status": "在用",
    }
    return school.file(CLERK, "assets", **{**filled, **cells})


def test_an_asset_is_disposed_of_only_when_signed(opened: Open) -> None:
    """待报废 is asked for; from 50,000 元 on 校委会 decides, below that two leaders are enough."""
    school = opened("9-1")
    table, thing = "assets", asset(school, None)
    assert school.change(CLERK, table, thing, status="已处置")["status"] == "在用"
    assert school.ask(table, thing, word="待报废")["check_message"] == "处置前请填写“原值”。\n请填写：“原值”。"
    school.change(CLERK, table, thing, value=Decimal("49999.99"))
    school.under_signature(table, thing, word="待报废")
    assert (school.status(table, thing), school.waits_for(table, thing)) == ("报废签批中", [LEADER, TOP])
    school.decide(LEADER, table, thing, "不同意", "还能修，先送修")
    assert school.status(table, thing) == "在用"
    school.under_signature(table, thing, word="待报废")
    row = school.agree(table, thing)
    assert (row["status"], row["check_message"]) == ("待报废", "处置已批准。处置收入须登记在“收入缴库”并全额上缴。")
    assert school.change(CLERK, table, thing, status="已处置")["status"] == "已处置"
    row = school.change(CLERK, table, thing, value=Decimal(100))
    assert (row["value"], LOCKED in str(row["check_message"])) == (Decimal("49999.99"), True)

    large = asset(school, "50000")
    message = "资产原值50,000元，达到50,000元，处置须经校委会集体研究，请填写“会议纪要号”。"
    assert school.ask(table, large, word="待报废")["check_message"] == message
    school.change(CLERK, table, large, meeting_no="校委会纪要〔2026〕9号")
    school.under_signature(table, large, word="待报废")
    assert school.agree(table, large)["status"] == "待报废"


def test_nobody_leaves_with_assets_in_his_name_and_nobody_signs_his_own_exit(opened: Open) -> None:
    school = opened("9-1")
    table, leader = "people", school.ids[LEADER]
    thing = asset(school, "3000", custodian=leader)
    message = "孙副校长名下尚有1件资产未交接，请先办理交接。"
    row = school.ask(table, leader, CLERK, "拟退出")
    assert (row["status"], str(row["check_message"]).split("\n")[0]) == ("在岗", message)
    school.change(CLERK, "assets", thing, custodian=school.ids[HEAD])
    school.under_signature(table, leader, CLERK, "拟退出")
    assert school.waits_for(table, leader) == [SUBSTITUTE, TOP]
    assert "【回避】孙副校长是本单当事人，本级改由郑副校长签批。" in school.told(table, leader)
    [mine] = [s for s in school.steps_of(table, leader) if s["assignee"] == school.ids[SUBSTITUTE]]
    school.person(LEADER).sign(mine.id, "同意")
    school.settle()
    assert school.row(mine.id, "sign_steps")["valid"] == "无效-回避"
    assert school.agree(table, leader)["status"] == "已退出"
    assert school.office.directory.get(leader).gone  # type: ignore[union-attr]
    assert school.change(CLERK, table, leader, status="在岗")["status"] == "在岗", "who comes back comes back"


def test_a_budget_adjustment_counts_only_when_signed(opened: Open) -> None:
    """Typed, it changes nothing; with its paper and 主要领导's signature it does."""
    school = opened("9-1")
    table, line = "budget_lines", school.ids[BUDGETS["办公费"]]
    held = school.claimed(amount="900")
    school.change(ACCOUNTANT, table, line, approved=Decimal(1000))
    school.change(ACCOUNTANT, table, line, status="调整中")
    school.change(ACCOUNTANT, table, line, adjusted=Decimal(-500))
    assert str(school.ask(table, line, ACCOUNTANT)["check_message"]).split("\n") == [
        "调整指标须上传“调整依据”。",
        "调整后指标共500元，少于已占用900元与已支付0元之和，差400元。请改小调整数，或先退回占用的单据。",
    ]
    row = school.change(ACCOUNTANT, table, line, adjusted=Decimal(3000), adjust_doc=school.paper("调整批复.pdf"))
    assert (row["available"], row["adjusted_ok"]) == (Decimal(100), None)
    claim = school.bill(amount="950")
    assert "可用100元，本单950元，超出850元" in str(school.ask(CLAIMS, claim)["check_message"])
    school.under_signature(table, line, ACCOUNTANT)
    assert (school.waits_for(table, line), school.row(line, table)["available"]) == ([TOP], Decimal(100))
    row = school.agree(table, line)
    assert (row["status"], row["adjusted_ok"], row["available"]) == ("已调整", Decimal(3000), Decimal(3100))
    school.under_signature(CLAIMS, claim)

    row = school.change(ACCOUNTANT, table, line, adjusted=Decimal(90_000))
    assert row["available"] == Decimal(2150), "what was signed counts, not what was typed"
    assert row["status"] == "调整中", "and the line stays one that claims may be charged to"
    school.under_signature(CLAIMS, school.bill(amount="120"))
    assert school.status(CLAIMS, held) == "签批中"
