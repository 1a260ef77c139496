"""A leader comes back and reads what was signed for him; whoever does not read it is reminded (domain.md C2, N06)."""

from datetime import date
from decimal import Decimal

from automations.tables.base import Row
from automations.tables.values import Value
from tests.scenarios.conftest import Open
from tests.scenarios.premises import ACCOUNTANT, CLAIMS, CLERK, HEAD, LEADER, OFFICE, SUBSTITUTE, TOP, moment
from tests.scenarios.school import School

AWAY: dict[str, Value] = {
    "away_from": date(2026, 9, 1),
    "away_to": date(2026, 9, 10),
    "delegate_scope": ("支出",),
    "delegate_limit": Decimal(5000),
}


def school_with_a_leader_away(opened: Open) -> School:
    """孙副校长 is away from 9/1 to 9/10; 郑副校长 signs two claims for him, himself he signs a third one."""
    school = opened("9-1", post=True)
    delegation: dict[str, Value] = {"delegate": school.ids[SUBSTITUTE], "delegate_doc": school.paper("委托书.pdf")}
    school.change(LEADER, "people", school.ids[LEADER], **AWAY, **delegation)
    for amount, on in (("986", "9-2"), ("120.50", "9-8")):
        school.go_to(on)
        signed_by(school, school.claimed(amount=amount), SUBSTITUTE)
    signed_by(school, school.claimed(amount="88"), LEADER)
    return school


def signed_by(school: School, claim: int, who: str) -> None:
    school.agree(CLAIMS, claim, HEAD, ACCOUNTANT)
    [step] = [s for s in school.steps_of(CLAIMS, claim) if s["level"] == "分管领导"]
    school.person(who).sign(step.id, "同意")
    school.settle()
    assert school.row(step.id, "sign_steps")["valid"] == "有效"


def lists(school: School) -> list[Row]:
    return [r for r in school.host.changed("sign_steps", None).rows if r["level"] == "知悉"]


def test_the_list_of_what_was_signed_for_him(opened: Open) -> None:
    school = school_with_a_leader_away(opened)
    school.go_to("9-10")
    assert lists(school) == [], "he is still away"
    school.go_to("9-11")
    [paper] = lists(school)
    assert (paper["assignee"], paper["staff"], paper["nature"]) == (school.ids[LEADER], school.ids[LEADER], "知悉")
    assert (paper["amount_shown"], paper["decision"], paper["valid"]) == (Decimal("1106.50"), "待签", "待定")
    assert paper["due_at"] == moment("9-18", "18:00"), "five working days"
    first, *rows = str(paper["summary"]).split("\n")
    assert first == "您离校期间由郑副校长代签2笔共1,106.50元，请阅知。"
    assert [row.split("　")[:3] for row in rows] == [
        ["ZC-2026-0001", "986元", "郑副校长"],
        ["ZC-2026-0002", "120.50元", "郑副校长"],
    ]
    for on in ("9-12", "9-14"):
        school.go_to(on)
    assert len(lists(school)) == 1, "asked once"


def test_only_he_can_tick_it(opened: Open) -> None:
    school = school_with_a_leader_away(opened)
    school.go_to("9-11")
    [paper] = lists(school)

    def tick(who: str, decision: str) -> Row:
        school.person(who).sign(paper.id, decision)
        school.settle()
        return school.row(paper.id, "sign_steps")

    row = tick(SUBSTITUTE, "已知悉")
    message = "【签批无效】本级应由孙副校长签批，实际由账号“zheng@school.test”操作，已作废并还原。"
    assert (row["decision"], row["valid"], row["check_message"]) == ("待签", "待定", message)
    row = tick(LEADER, "同意")
    assert (row["decision"], row["check_message"]) == ("待签", "请在“意见”中选“已知悉”。")
    school.person(CLERK).edit("sign_steps", paper.id, summary="什么也没有代签")
    school.settle()
    assert str(school.row(paper.id, "sign_steps")["summary"]).startswith("您离校期间由郑副校长代签2笔")
    row = tick(LEADER, "已知悉")
    assert (row["decision"], row["valid"], row["signer_account"], row["locked"]) == (
        "已知悉",
        "有效",
        "sun@school.test",
        True,
    )
    assert tick(CLERK, "待签")["decision"] == "已知悉", "what he has read, he has read"
    assert school.office.journal.entries(kind="noted")[0].data["account"] == "sun@school.test"


def test_who_does_not_read_it_is_reminded_and_after_five_working_days_the_office_is_told(opened: Open) -> None:
    """Friday 9/11 listed; Monday 9/14 the first working day, Friday 9/18 the fifth."""
    school = school_with_a_leader_away(opened)
    school.go_to("9-11")
    told: dict[str, list[str]] = {}
    for on in ("9-11", "9-12", "9-14", "9-15", "9-17", "9-18"):
        before = {name: len(school.letters(name)) for name in (LEADER, OFFICE, TOP)}
        school.go_to(on, "15:30" if on == "9-11" else "08:45")
        new = {name: school.letters(name)[n:] for name, n in before.items()}
        told[on] = [name for name, texts in new.items() if any("代签待阅" in text for text in texts)]
    assert told == {"9-11": [], "9-12": [], "9-14": [LEADER], "9-15": [], "9-17": [], "9-18": [OFFICE]}
    [letter] = [text for text in school.letters(LEADER) if "代签待阅" in text]
    assert "孙副校长：您离校期间由郑副校长代签2笔共1,106.50元，请阅知。请在“签批步骤”中选“已知悉”。" in letter


def test_who_has_read_it_hears_no_more(opened: Open) -> None:
    school = school_with_a_leader_away(opened)
    school.go_to("9-11")
    [paper] = lists(school)
    school.person(LEADER).sign(paper.id, "已知悉")
    school.settle()
    for on in ("9-14", "9-18"):
        school.go_to(on, "08:45")
    assert not any("代签待阅" in text for name in (LEADER, OFFICE) for text in school.letters(name))
