"""C7: the signing of the week before, from rows to the words that 会计 and 分管领导 read."""

from datetime import date, datetime, timedelta
from decimal import Decimal

from automations.jobs import Facts, discover
from automations.norms import Norm, Norms
from automations.notify.render import Messages, Part
from automations.people import Department, Directory, Person
from automations.reminders import addressed
from automations.rows import Rows
from automations.tables.base import Row
from automations.workdays import SCHOOL_TIME, Calendar

CLERK, ACCOUNTANT, LEADER, TOP = 1, 2, 3, 4
PEOPLE = Directory(
    [
        Person(CLERK, "王文员", "wang@school.test", roles=frozenset({"经办人"})),
        Person(ACCOUNTANT, "李会计", "li@school.test", roles=frozenset({"会计"})),
        Person(LEADER, "孙副校长", "sun@school.test", roles=frozenset({"分管领导"})),
        Person(TOP, "赵校长", "zhao@school.test", roles=frozenset({"主要领导"})),
    ],
    [Department(10, "行政科")],
)
MONDAY = date(2026, 9, 21)
"""Its week before: 9/14 to 9/20, the make-up Sunday included."""


def at(day: int, clock: str = "10:00:00", month: int = 9) -> datetime:
    return datetime.fromisoformat(f"2026-{month:02}-{day:02} {clock}").replace(tzinfo=SCHOOL_TIME)


def step(id: int, signed_at: datetime, account: str = "sun@school.test", **values) -> Row:
    cells = {
        "biz_code": f"ZC-2026-{id:04}",
        "round": Decimal(1),
        "decision": "同意",
        "valid": "有效",
        "assignee": LEADER,
        "signer_account": account,
        "signed_at": signed_at,
        "created_at": signed_at - timedelta(days=1),
    }
    return Row(id, {**cells, **values})


def claim(id: int, amount: int = 12000, approved_at: datetime | None = None, **values) -> Row:
    cells = {
        "code": f"ZC-2026-{id:04}",
        "title": "灯具维修",
        "kind": "报销",
        "amount": Decimal(amount),
        "audited_amount": None,
        "approved_at": approved_at or at(16),
        "biz_date": date(2026, 9, 10),
        "handler": CLERK,
        "vendor": None,
        "status": "已批准",
    }
    return Row(id, {**cells, **values})


VENDORS = [Row(5, {"name": "示例五金店"}), Row(6, {"name": "示例文具商行"})]


def run(steps=(), claims=(), day=MONDAY, norms=None):
    content = {
        "sign_steps": Rows("sign_steps", steps),
        "expense_claims": Rows("expense_claims", claims),
        "vendors": Rows("vendors", VENDORS),
    }
    now = datetime.combine(day, datetime.min.time(), SCHOOL_TIME).replace(hour=8, minute=40)
    facts = Facts(now, Calendar(), PEOPLE, norms or Norms())
    return list(discover()["weekly_self_check"].run(content, facts))


def lines(*args, **more) -> list[str]:
    return [line for notice in run(*args, **more) for line in notice.data["lines"]]


def norms(**values: str) -> Norms:
    return Norms(Norm(f"selfcheck.{key}", value) for key, value in values.items())


# --- whom and when ----------------------------------------------------------------------------------------------------


def test_accountants_and_leaders_are_told_once_a_week():
    [notice] = found = run([step(1, at(16, "23:30:00"))])
    told = addressed(found, PEOPLE, lambda p: ("memory",))
    assert [o.person for o in told.outgoing] == [ACCOUNTANT, LEADER] and not told.nobody
    assert (notice.deadline, notice.data["last"], notice.urgent) == (date(2026, 9, 14), date(2026, 9, 20), False)
    assert run([step(1, at(16, "23:30:00"))], day=MONDAY + timedelta(days=3))[0].key == notice.key
    assert str(discover()["weekly_self_check"].at.days) == "weekly first workday"


def test_an_ordinary_week_tells_nobody():
    assert run() == []
    assert run([step(1, at(16))], [claim(1)]) == []


def test_only_the_week_before_counts():
    night = "23:30:00"
    assert [bool(run([step(1, at(day, night))])) for day in (13, 14, 20, 21)] == [False, True, True, False]


def test_a_week_of_holidays_hides_nothing():
    """Tuesday 2026-02-24: the week before was all Spring Festival, and nobody was told in it."""
    tuesday = date(2026, 2, 24)
    for day, told in ((8, False), (9, True), (14, True), (18, True), (22, True), (23, False)):
        assert bool(run([step(1, at(day, "23:30:00", 2))], day=tuesday)) is told, day


# --- odd hours --------------------------------------------------------------------------------------------------------


def test_at_odd_hours():
    steps = [step(n, at(15 + n, clock)) for n, clock in ((1, "05:59:00"), (2, "23:01:00"))]
    assert lines(steps) == [
        "孙副校长在06:00至23:00以外签批2笔：ZC-2026-0001（9月16日05:59）、ZC-2026-0002（9月17日23:01）。"
    ]
    assert lines([step(1, at(16, "06:00:00")), step(2, at(16, "23:00:59"))]) == []


def test_at_odd_hours_names_three_and_counts_all():
    [line] = lines([step(n, at(16, f"02:{n:02}:00")) for n in range(1, 5)])
    assert line == (
        "孙副校长在06:00至23:00以外签批4笔："
        "ZC-2026-0001（9月16日02:01）、ZC-2026-0002（9月16日02:02）、ZC-2026-0003（9月16日02:03）等。"
    )


def test_whoever_signed_is_named_not_whose_turn_it_was():
    odd = at(16, "03:00:00")
    assert lines([step(1, odd, account="zhao@school.test")])[0].startswith("赵校长")
    assert lines([step(1, odd, account="gone@school.test")])[0].startswith("孙副校长")


def test_only_what_was_really_decided():
    odd = at(16, "03:00:00")
    for quiet in ({"valid": "无效-非本人"}, {"decision": "待签"}, {"decision": "已知悉"}):
        assert lines([step(1, odd, **quiet)]) == []
    assert lines([step(1, odd, decision="退回")]) != []
    assert lines([Row(1, {**step(1, odd).values, "signed_at": None})]) == []


# --- many at once -----------------------------------------------------------------------------------------------------


def burst(count: int, seconds: int) -> list[Row]:
    """So many approvals within so many seconds from 10:02 on 9/16."""
    start = at(16, "10:02:00")
    return [step(n, start + timedelta(seconds=seconds * n / (count - 1))) for n in range(count)]


def test_many_at_once():
    assert lines(burst(11, 180)) == ["快速批量签批：孙副校长自9月16日10:02起3分钟内同意11笔。"]
    assert lines(burst(10, 180)) == []  # more than ten
    assert lines(burst(11, 181)) == []  # one second too slow
    assert lines([*burst(11, 180)[:10], step(99, at(16, "10:05:00"), account="zhao@school.test")]) == []
    returned = burst(11, 180)
    returned[3].values["decision"] = "退回"
    assert lines(returned) == []


def test_the_largest_burst_of_the_week_is_told():
    calm = [step(100 + n, at(15, f"09:{n:02}:00")) for n in range(0, 60, 5)]
    assert lines(calm + burst(12, 60)) == ["快速批量签批：孙副校长自9月16日10:02起3分钟内同意12笔。"]


# --- in no time -------------------------------------------------------------------------------------------------------


def fast(seconds: int, amount: int = 12000, **values) -> list[str]:
    """A claim approved so many seconds after its steps were opened."""
    opened = at(16, "10:00:00")
    chain = [step(n, opened + timedelta(seconds=10), biz_code="ZC-2026-0001", created_at=opened) for n in (1, 2)]
    return lines(chain, [claim(1, amount, opened + timedelta(seconds=seconds), **values)])


def test_a_large_claim_in_no_time():
    assert fast(29 * 60 + 59) == ["ZC-2026-0001“灯具维修”12,000元，从提交到批准共29分钟。"]
    assert fast(30 * 60) == []
    assert fast(60, 10000) != [] and fast(60, 9999) == []
    assert fast(60, 12000, audited_amount=Decimal(9999)) == []
    assert fast(60, status="已归档") != [] and fast(60, status="签批中") == []


def test_the_last_round_counts():
    first = step(1, at(15), biz_code="ZC-2026-0001", created_at=at(14))
    second = step(2, at(16), biz_code="ZC-2026-0001", round=Decimal(2), created_at=at(16, "09:50:00"))
    assert lines([first, second], [claim(1, approved_at=at(16))]) == [
        "ZC-2026-0001“灯具维修”12,000元，从提交到批准共10分钟。"
    ]
    assert lines([], [claim(1)]) == []  # its steps are not known


# --- one handler, one company -----------------------------------------------------------------------------------------


def bought(*purchases: tuple[int, int], first_id: int = 1, **values) -> list[Row]:
    """Claims of (handler, 元) from 示例五金店."""
    return [
        claim(n, amount, handler=handler, vendor=5, **values) for n, (handler, amount) in enumerate(purchases, first_id)
    ]


def test_one_handler_has_most_of_a_companys_purchases():
    own = [(CLERK, 1000)] * 3
    assert lines(claims=bought(*own, (TOP, 6900))) == [
        "王文员近12个月经办“示例五金店”3笔、3,000元，占该服务商报销额的30%。"
    ]
    assert lines(claims=bought(*own, (TOP, 7000))) == []  # exactly 30 %
    assert lines(claims=bought(*own[:2], (TOP, 100))) == []  # two purchases show no habit


def test_only_last_years_purchases_that_were_approved_and_not_by_contract():
    own = [(CLERK, 1000)] * 2
    for other in ({"kind": "合同付款"}, {"status": "签批中"}, {"biz_date": date(2025, 9, 14)}, {"biz_date": None}):
        assert lines(claims=bought(*own) + bought((CLERK, 1000), first_id=9, **other)) == [], other
    assert lines(claims=bought(*own) + bought((CLERK, 1000), first_id=9, biz_date=date(2025, 9, 15))) != []


def test_a_pair_is_told_only_when_it_bought_again():
    long_ago = bought(*[(CLERK, 1000)] * 3, approved_at=at(1, month=3))
    assert lines(claims=long_ago) == []
    assert lines(claims=long_ago + bought((CLERK, 10), first_id=9)) != []


# --- the school's own limits ------------------------------------------------------------------------------------------


def test_the_limits_are_the_schools_own():
    assert lines([step(1, at(16, "19:30:00"))], norms=norms(to="19:00")) == [
        "孙副校长在06:00至19:00以外签批1笔：ZC-2026-0001（9月16日19:30）。"
    ]
    assert lines([step(1, at(16, "07:30:00"))], norms=norms(**{"from": "08:00"})) != []
    assert lines(burst(11, 180), norms=norms(burst="11")) == []
    assert lines(burst(11, 240), norms=norms(burst_minutes="4")) != []
    assert lines(claims=bought(*[(CLERK, 1000)] * 3), norms=norms(pair_share="100")) == []
    chain = [step(1, at(16), biz_code="ZC-2026-0001", created_at=at(16, "09:50:00"))]
    assert lines(chain, [claim(1)], norms=norms(fast_minutes="10")) == []
    assert lines(chain, [claim(1)], norms=norms(fast_from="12000.01")) == []


def test_the_words():
    chain = [step(1, at(16, "23:30:00"), created_at=at(16, "23:20:00"))]
    notices = run(chain, [claim(1, approved_at=at(16, "23:30:00"))])
    message = Messages().compose("李会计", [Part(0, notices[0].template, {**notices[0].data, "url": ""})]).message
    assert message is not None
    assert message.subject == "【签批自查】9月14日至9月20日：2项供了解"
    assert message.wecom == (
        "【签批自查】9月14日至9月20日的签批情况，供了解和沟通，不代表有问题：\n"
        "· 孙副校长在06:00至23:00以外签批1笔：ZC-2026-0001（9月16日23:30）。\n"
        "· ZC-2026-0001“灯具维修”12,000元，从提交到批准共10分钟。"
    )
    assert "供了解和沟通，不代表有问题" in message.html and "ZC-2026-0001" in message.html


def test_a_message_is_short():
    signers = [step(n, at(16, f"02:{n:02}:00"), account="", assignee=100 + n) for n in range(1, 3)]
    many = [claim(n, approved_at=at(16)) for n in range(1, 15)]
    chains = [step(50 + n, at(16), biz_code=f"ZC-2026-{n:04}", created_at=at(16, "09:50:00")) for n in range(1, 15)]
    notices = run(signers + chains, many)
    assert len(notices[0].data["lines"]) > 10
    message = Messages().compose("李会计", [Part(0, notices[0].template, {**notices[0].data, "url": ""})]).message
    assert message is not None and message.wecom.count("·") == 10 and "…等" in message.wecom
