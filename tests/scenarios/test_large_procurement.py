"""One large procurement, from the first idea to the archive, and at each stage what would not have been let through.

学员公寓热水系统: 56 万元, so competitive by law, decided by 校委会 and published beforehand (domain.md C1, C5, C6).
"""

from datetime import date
from decimal import Decimal
from typing import Any

from automations.tables.base import Row
from automations.tables.values import Value
from tests.scenarios.conftest import Open
from tests.scenarios.premises import (
    ACCOUNTANT,
    BUDGETS,
    CLAIMS,
    CLERK,
    CONTRACTS,
    HEAD,
    LEADER,
    OTHER_HEAD,
    PROJECTS,
    SUBSTITUTE,
    TOP,
)
from tests.scenarios.school import School

PLAN = "2026-04-27|签订合同后|162000\n2026-05-20|设备到货|270000\n2026-06-10|验收合格后|108000"
CATEGORY = "工程改造"


class Story:
    """The school, the project, and later its company and its contract."""

    def __init__(self, school: School) -> None:
        self.school = school
        first: dict[str, Any] = {"ceiling": Decimal(580_000), "need": None, "public_service": True}
        self.project = school.project("学员公寓热水系统", "560000", CATEGORY, **first)
        self.company = self.contract = 0

    @property
    def row(self) -> Row:
        return self.school.row(self.project, PROJECTS)

    def fill(self, **cells: Value) -> None:
        """行政科长 writes into the project."""
        self.school.change(HEAD, PROJECTS, self.project, **cells)

    def moves_to(self, status: str) -> Row:
        row = self.school.change(HEAD, PROJECTS, self.project, status=status)
        assert row["status"] == status, row["check_message"]
        return row

    def may_not(self, status: str, *sentences: str) -> None:
        """The project stays where it is, and the row says exactly this, apart from how it is to be bought."""
        was = self.row["status"]
        row = self.school.change(HEAD, PROJECTS, self.project, status=status)
        said = [line for line in str(row["check_message"]).split("\n") if not line.startswith("金额")]
        assert (row["status"], row["check_result"], said) == (was, "拦截", [*sentences])

    def claim(self, item: int, amount: str) -> int:
        """Somebody of the logistics office asks for an instalment."""
        more: dict[str, Any] = {"kind": "合同付款", "contract": self.contract, "procurement": self.project}
        return self.school.bill(CATEGORY, amount, of=self.company, pay_item=Decimal(item), **more)

    def may_not_claim(self, item: int, amount: str, *sentences: str) -> None:
        claim = self.claim(item, amount)
        row = self.school.ask(CLAIMS, claim)
        said = [line for line in str(row["check_message"]).split("\n") if not line.startswith("合同付款：")]
        assert (row["status"], said) == ("草稿", [*sentences])
        self.school.ask(CLAIMS, claim, word="作废")

    def pays(self, item: int, amount: str) -> int:
        claim = self.school.paid(self.school.under_signature(CLAIMS, self.claim(item, amount)))
        assert self.school.row(claim)["route"] == "合同付款"
        assert self.school.ledger(CLAIMS, claim) == []
        return claim


def test_from_the_first_idea_to_the_archive(opened: Open) -> None:
    story = Story(opened("3-2"))
    the_idea_is_written_down(story)
    it_is_signed(story)
    the_leadership_team_decides(story)
    the_intention_is_published(story)
    it_is_bought(story)
    the_contract_is_signed(story)
    the_first_instalments_are_paid(story)
    it_is_accepted(story)
    the_rest_is_paid_and_the_papers_are_kept(story)


def the_idea_is_written_down(story: Story) -> None:
    """3/2 立项: the row says how it should be bought, and what is still missing."""
    assert story.row["method_suggest"] == "询价"
    assert "金额560,000元达到货物分散采购限额500,000元，须政府采购，建议询价。" in str(story.row["check_message"])
    story.may_not(
        "提交",
        "请填写：“采购需求”、“方式说明”。",
        "预算560,000元达到货物分散采购限额，建议方式“询价”。选择其他方式须附批准文件。",
        "最高限价580,000元不能高于预算560,000元。",
    )
    story.fill(need="96间客房热水，含安装", method="询价", ceiling=Decimal(550_000))


def it_is_signed(story: Story) -> None:
    """3/3: 会计 → 分管领导 → 主要领导, each covering what was written down."""
    school = story.school
    school.go_to("3-3")
    school.under_signature(PROJECTS, story.project, HEAD)
    assert school.waits_for(PROJECTS, story.project) == [ACCOUNTANT, LEADER, TOP]
    early = school.decide(TOP, PROJECTS, story.project)
    assert early["check_message"] == "【签批无效】前一级“会计·李会计”尚未签批，请按经办人—分管领导—主要领导顺序签批。"
    school.agree(PROJECTS, story.project, ACCOUNTANT)
    story.fill(budget=Decimal(650_000))
    assert story.row["status"] == "立项"
    assert "修改了“预算”（560,000→650,000）。已签意见全部作废，请核对后重新提交。" in str(story.row["check_message"])
    story.fill(budget=Decimal(560_000))
    school.under_signature(PROJECTS, story.project, HEAD)
    row = school.agree(PROJECTS, story.project)
    assert (row["status"], {s["round"] for s in school.steps_of(PROJECTS, story.project)}) == ("需求论证", {Decimal(2)})


def the_leadership_team_decides(story: Story) -> None:
    """3/6 待集体决策: minutes of a meeting that was held; a paper passed round is none."""
    collective = "达到50,000元须经校委会集体研究，请填会议纪要号和日期。"
    unpublished = "采购意向尚未公开：请填“采购意向公开日”，公开满30日后才能开始采购活动。"
    story.may_not("采购实施", collective, unpublished)
    story.may_not(
        "已归档",
        "【已还原】“状态”由系统计算，不能手工修改。原值“需求论证”已恢复。现在可以改为：待集体决策、意向公开、采购实施、终止。",
    )
    story.moves_to("待集体决策")
    story.school.go_to("3-6")
    story.fill(meeting_no="校委会传签〔2026〕5号", meeting_on=date(2026, 3, 9))
    story.may_not(
        "采购实施",
        "校委会会议日期2026-03-09晚于今天，请核对。",
        "“校委会传签〔2026〕5号”是传签，不算校委会集体研究。请开会研究，并填会议纪要号和日期。",
        unpublished,
    )
    story.fill(meeting_no="校委会纪要〔2026〕5号", meeting_on=date(2026, 3, 6))


def the_intention_is_published(story: Story) -> None:
    """3/9 意向公开: thirty days, not one less."""
    early = "采购意向公开未满30日，最早可于2026-04-08开始采购活动。"
    story.school.go_to("3-9")
    story.fill(intention_on=date(2026, 3, 9))
    row = story.moves_to("意向公开")
    assert (row["check_result"], early in str(row["check_message"])) == ("提示", True)
    story.school.go_to("4-7")
    story.may_not("采购实施", early)
    story.school.go_to("4-8")
    story.moves_to("采购实施")


def it_is_bought(story: Story) -> None:
    """4/20: three offers, one award below the ceiling."""
    school = story.school
    school.go_to("4-20")
    story.company = school.vendor("示例热能设备公司")
    branch = school.vendor("示例校办后勤中心", legal_status="校办后勤实体")
    story.may_not("待签合同", "请填写：“成交供应商”、“成交金额”、“成交日期”。")
    quotes = "示例热能设备公司｜555000\n示例机电公司｜548000\n示例暖通公司｜560000"
    story.fill(quotes=quotes, winner=branch, award=Decimal(555_000), award_on=date(2026, 4, 20))
    story.may_not(
        "待签合同",
        "成交金额555,000元超过最高限价550,000元。",
        "“示例校办后勤中心”是校办后勤实体，不能独立承担民事责任，不能作为成交供应商。",
    )
    story.fill(winner=story.company, award=Decimal(540_000))
    story.moves_to("待签合同")


def the_contract_is_signed(story: Story) -> None:
    """4/24: for the award, with the winner, after a look with the eyes of the law."""
    school = story.school
    story.may_not("履约中", "请填写：“合同”。")
    school.go_to("4-24")
    wrong: dict[str, Value] = {"procurement": story.project, "legal_reviewed": False, "deposit": Decimal(60_000)}
    story.contract = school.contract(story.company, PLAN.replace("108000", "118000"), "4-24", "2026-12-31", **wrong)
    assert str(school.ask(CONTRACTS, story.contract, HEAD)["check_message"]).split("\n") == [
        "合同须先经合法性审查，审查通过后请勾选“合法性审查”。",
        "合同金额550,000元超过成交金额540,000元。",
        "履约保证金不得超过合同金额的10%。",
    ]
    right: dict[str, Value] = {"amount": Decimal(540_000), "legal_reviewed": True, "deposit": Decimal(54_000)}
    school.change(HEAD, CONTRACTS, story.contract, pay_plan=PLAN, **right)
    school.under_signature(CONTRACTS, story.contract, HEAD)
    story.may_not_claim(
        1,
        "162000",
        f"合同{school.row(story.contract, CONTRACTS)['contract_no']}现为“待签批”，不能付款。",
        "本期付款条件“2026-04-27签订合同后”尚未满足。",
        "采购项目“学员公寓热水系统”现为“待签合同”，还不能付款。",
    )
    story.fill(contract=story.contract)
    no = school.row(story.contract, CONTRACTS)["contract_no"]
    story.may_not("履约中", f"合同{no}现为“待签批”，完成签批后才能转入“履约中”。")
    assert school.agree(CONTRACTS, story.contract)["status"] == "履行中"
    school.change(CLERK, CONTRACTS, story.contract, published_on=date(2026, 4, 27), filed_on=date(2026, 4, 30))
    story.moves_to("履约中")


def the_first_instalments_are_paid(story: Story) -> None:
    """4/27 and 5/20: each instalment on its day, once, and no more than it says."""
    school = story.school
    school.go_to("4-27")
    first = story.pays(1, "162000")
    story.may_not_claim(1, "162000", f"付款计划第1期已由支出单{school.row(first)['code']}申请，不能重复付款。")
    story.may_not_claim(2, "270000", "本期付款条件“2026-05-20设备到货”尚未满足。")
    school.go_to("5-20")
    story.may_not_claim(2, "280000", "付款计划第2期为270,000元，本单280,000元，超出10,000元。")
    story.pays(2, "270000")
    row = school.row(story.contract, CONTRACTS)
    assert (row["paid"], row["paid_rate"]) == (Decimal(432_000), Decimal(80))


def it_is_accepted(story: Story) -> None:
    """6/12: three people, not only from the office that bought it, and not led by the buyer."""
    school, ids = story.school, story.school.ids
    school.go_to("6-12")
    last = ("本期付款条件“验收合格后”尚未满足。", "项目尚未验收合格，不能支付尾款。")
    story.may_not_claim(3, "108000", *last)
    story.moves_to("待验收")
    users = "面向公众的服务，验收应请服务对象参加并出具意见（政府采购法实施条例第四十五条），请填“服务对象意见”。"
    story.may_not("已验收", "请填写：“验收组”、“验收组长”、“验收日期”、“验收结论”。", users)
    accepted: dict[str, Value] = {
        "accept_leader": ids[HEAD],
        "accepted_on": date(2026, 6, 12),
        "accept_result": "不合格",
    }
    story.fill(accept_team=(ids[HEAD], ids[CLERK], ids[LEADER]), **accepted)

    story.may_not(
        "已验收",
        "验收组不足3人，或全部来自经办部门，请补充。",
        "周科长是本项目采购经办人，不能担任验收组长，请换人。",
        users,
        "验收结论为“不合格”，请整改后重新验收，不能转入“已验收”。",
    )
    story.may_not_claim(3, "108000", *last)
    story.fill(accept_team=(ids[OTHER_HEAD], ids[SUBSTITUTE], ids[CLERK]), accept_leader=ids[OTHER_HEAD])
    story.fill(accept_users="学员代表3人参加，水温稳定", accept_result="整改后合格")
    story.moves_to("已验收")
    assert story.row["keep_until"] == date(2041, 6, 12)


def the_rest_is_paid_and_the_papers_are_kept(story: Story) -> None:
    """6/15: the last instalment; what is archived stays as it is."""
    school = story.school
    school.go_to("6-15")
    story.pays(3, "108000")
    row = school.row(story.contract, CONTRACTS)
    assert (row["paid"], row["paid_rate"]) == (Decimal(540_000), Decimal(100))
    line = school.row(school.ids[BUDGETS[CATEGORY]], "budget_lines")
    assert (line["frozen"], line["spent"], line["available"]) == (0, Decimal(540_000), Decimal(260_000))
    story.moves_to("已归档")
    story.fill(award=Decimal(340_000))
    assert (story.row["award"], story.row["locked"]) == (Decimal(540_000), True)
    assert "【已还原】本单已归档，不能修改。如确有错误，请填“更正说明”由会计办理。" in str(story.row["check_message"])
    tried = ["SG-02", "DG-02", "DG-01", "IV-05", "DG-03"]  # IV-05: the first instalment was to be claimed twice
    assert [v["rule"] for v in school.violations()] == tried


def test_small_enough_for_quotes_of_three_companies(opened: Open) -> None:
    """内部比选 of 18.6 万: three offers of companies that have nothing to do with each other (PR-04)."""
    school = opened("3-2")
    project = school.approved_project(
        "会议室桌椅", "186000", meeting_no="校委会纪要〔2026〕6号", meeting_on=date(2026, 3, 2)
    )
    one = school.vendor("示例木业公司", phone="023-1234")
    school.vendor("示例家居公司", phone="023-1234")
    assert school.change(HEAD, PROJECTS, project, status="采购实施")["status"] == "采购实施"
    award: dict[str, Value] = {"winner": one, "award": Decimal(170_000), "award_on": date(2026, 3, 2)}
    quotes = "示例木业公司｜17万元\n示例家居公司 188000"
    school.change(HEAD, PROJECTS, project, quotes=quotes, **award)
    row = school.change(HEAD, PROJECTS, project, status="待签合同")
    assert row["status"] == "采购实施"
    assert "“报价情况”第2行“示例家居公司 188000”看不明白：请写成“供应商｜报价”，如：示例商贸公司｜52000。" in str(
        row["check_message"]
    )
    assert "比选报价不足3家（当前1家）。" in str(row["check_message"])
    school.change(HEAD, PROJECTS, project, quotes="示例木业公司｜17万元\n示例家居公司｜188,000\n示例工坊｜１９００００")
    row = school.change(HEAD, PROJECTS, project, status="待签合同")
    related = "报价单位“示例木业公司”与“示例家居公司”有关联（联系电话相同），不能同时参加比选。"
    assert (row["status"], related in str(row["check_message"])) == ("采购实施", True)
    school.change(HEAD, PROJECTS, project, quotes="示例木业公司｜17万元\n示例桌椅厂｜188,000\n示例工坊｜１９００００")
    assert school.change(HEAD, PROJECTS, project, status="待签合同")["status"] == "待签合同"
