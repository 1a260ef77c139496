"""What ``houqin explain`` tells of a row, from mirror and journal alone."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from automations.assemble import stored_office
from automations.engine import Office
from automations.errors import HostUnavailable, HouqinError
from automations.inquiry.explain import explained
from automations.inquiry.reading import BANK_ACCOUNTS, ending, without_accounts
from automations.rules import RULES
from automations.settings import Settings
from tests.office import WORKER, schema
from tests.stored import ACCOUNT, OLD_ACCOUNT, Stored

NOW = datetime(2026, 11, 2, 2, 0, tzinfo=UTC)
Tell = Callable[..., list[str]]


@pytest.fixture
def office(stored: Stored) -> Iterator[Office]:
    found = stored_office(Settings(host="memory", host_email=WORKER, var=stored.folder / "var"), NOW.date())
    yield found
    found.mirror.close()
    found.journal.close()


@pytest.fixture
def tell(office: Office, stored: Stored) -> Tell:
    def lines(name: str, **more: Any) -> list[str]:
        return "\n".join(explained(office, stored.codes.get(name, name), NOW, **more)).splitlines()

    return lines


def of(lines: list[str], start: str) -> list[str]:
    return [line for line in lines if line.startswith(start)]


def test_the_host_is_never_asked(office: Office) -> None:
    with pytest.raises(HostUnavailable):
        office.host.refresh(["people"])


def test_looking_writes_nothing(office: Office, tell: Tell) -> None:
    before = office.journal.last(), len(office.mirror.agenda())
    assert tell("approved") and tell("signing", moment="付款")
    assert (office.journal.last(), len(office.mirror.agenda())) == before


def test_the_head_says_what_the_row_is(tell: Tell, stored: Stored) -> None:
    lines = tell("approved")
    assert lines[0] == f"支出单 {stored.codes['approved']}　购置打印纸"
    assert lines[1] == "状态：已批准"
    assert lines[2].startswith("校验：通过　已批准。请打印审批单")


def test_the_sign_off_step_by_step(tell: Tell, office: Office, stored: Stored) -> None:
    lines = tell("approved")
    case = office.journal.case(f"expense_claims/{stored.codes['approved']}")
    assert case is not None
    assert "签批：第1轮，2026-09-01 09:00由王文员提交" in lines
    assert f"　　申请986元　指纹末12位 {case['seal'][-12:]}" in lines
    signed = [line for line in lines if re.match("　　[1-4] ", line)]
    assert [line.split("：")[0].strip() for line in signed] == [
        *(
            "1 部门负责人（审核）周科长",
            "2 会计（审核）李会计",
            "3 分管领导（签字）孙副校长",
            "4 主要领导（签字）赵校长",
        )
    ]
    assert all(re.search(r"：同意 2026-09-01 09:0\d，有效，指纹末12位 [0-9a-f]{12}$", line) for line in signed)
    assert f"　　提交时的参数版本 {case['norms_version']}" in lines
    [pins] = of(lines, "　　本轮固定的参数")
    assert "chain.substitute＝郑副校长" in pins and "sign.paper_required＝是" in pins and "compare.limit" not in pins


def test_whose_turn_it_is(tell: Tell) -> None:
    lines = tell("signing")
    assert "　　1 部门负责人（审核）周科长：轮到，待签" in lines
    assert "　　2 会计（审核）李会计：待签" in lines


def test_earlier_rounds_stay_readable(tell: Tell) -> None:
    lines = tell("returned")
    assert of(lines, "签批：第2轮")
    [fallen] = [line for line in lines if "李会计：退回“请补充明细清单”" in line]
    assert fallen.startswith("　　　第1轮 2 会计（审核）")


def test_what_was_never_submitted(tell: Tell) -> None:
    lines = tell("draft")
    assert "签批：还没有提交过" in lines
    assert [line for line in lines if line.startswith("– EX-02 还没有看　〔提交时看，")]
    assert not of(lines, "✓ EX-02")


def test_a_rule_that_passed_with_its_figures(tell: Tell, stored: Stored) -> None:
    lines = tell("approved", only="ex-02")
    first = lines.index("✓ EX-02 通过：支出类别：办公费、申请金额986　〔提交 2026-09-01 09:00，covered_by_invoices〕")
    assert lines[first + 1] == f"　　发票 {stored.codes['invoice']}：价税合计986"
    assert [line for line in lines if re.match("[✓✗!–]", line) and not line.startswith("✓ EX-02")] == []


def test_a_rule_that_stopped_the_row(tell: Tell) -> None:
    lines = tell("blocked", only="BG-01")
    [stop] = of(lines, "✗ BG-01")
    assert stop.startswith("✗ BG-01 拦截：指标“日常办公费”可用") and "本单48,000元" in stop
    assert "〔提交 2026-09-0" in stop, "the time of the submission that was refused"
    assert "　　依据：预算法第十三条" in lines
    assert [line for line in lines if re.match("　　预算指标 YS-2026-0001：已占用[0-9,]+元、已支付0元（ZC-", line)]


def test_a_parameter_with_its_value_and_its_mark(tell: Tell) -> None:
    lines = tell("approved", only="EX-07")
    assert "　　参数：claim.days＝30（标准待核实）" in lines


def test_days_are_counted_as_at_the_submission_not_today(tell: Tell) -> None:
    [passed] = [line for line in tell("approved", only="EX-07") if "claimed_soon" in line]
    assert passed.startswith("✓"), "60 days later the claim is no later than it was"
    [tried] = [line for line in tell("draft", only="EX-07", moment="提交") if "claimed_soon" in line]
    assert tried.startswith("! EX-07 提示：业务发生已66天")


def test_a_moment_that_has_not_come_is_tried_when_asked_for(tell: Tell) -> None:
    usual, tried = tell("approved", only="EX-09"), tell("approved", only="EX-09", moment="付款")
    assert of(usual, "– EX-09 还没有看　〔付款时看，")
    assert of(tried, "✓ EX-09 通过：支付方式：空　〔付款，")


def test_parts_are_heard_too(tell: Tell, stored: Stored) -> None:
    lines = tell("approved")
    begin = lines.index(f"发票 {stored.codes['invoice']} 的规则（按本机副本现在的内容重看；已办过的环节按当时的时间）")
    assert [line for line in lines[begin:] if line.startswith("✓ IV-02 通过：")]
    assert [line for line in lines[begin:] if line.startswith("✓ IV-04 通过：查验：一致　〔会计 2026-09-01 09:0")]


def test_every_rule_of_the_table_is_told_once(tell: Tell) -> None:
    told = [m[1] for line in tell("approved") if (m := re.search(r"[，〔](\w+)〕$", line)) and line[0] in "✓✗!–"]
    wanted = [r.check.__name__ for r in RULES if r.table in ("expense_claims", "invoices")]
    assert sorted(told) == sorted(wanted)


def test_an_invoice_by_itself(tell: Tell, stored: Stored) -> None:
    lines = tell("invoice")
    assert lines[0].startswith(f"发票 {stored.codes['invoice']}　")
    assert of(lines, "✓ IV-02 通过：") and not of(lines, "签批")


def test_a_step_points_to_its_row(tell: Tell, stored: Stored) -> None:
    lines = tell("step")
    assert f"所说的是支出单：houqin explain {stored.codes['signing']}" in lines
    assert lines[-1] == "这张表没有规则。"


def test_a_table_with_a_life_says_what_may_follow(tell: Tell) -> None:
    lines = tell("person")
    assert "接下来可以改为：" in "".join(lines)
    assert of(lines, "✓ PE-03 通过：")


def test_a_code_may_be_typed_carelessly(tell: Tell, stored: Stored) -> None:
    typed = stored.codes["approved"].lower().replace("-", "－").replace("0", "０")
    assert tell(f" {typed} ")[0] == tell("approved")[0]


def test_an_unknown_code_names_similar_ones(tell: Tell) -> None:
    with pytest.raises(HouqinError, match=r"没有编号为“ZC-2026-9001”的行。相近的编号：.*ZC-2026-0001"):
        tell("ZC-2026-9001")


def test_nothing_similar_says_what_to_do(tell: Tell) -> None:
    with pytest.raises(HouqinError, match="没有编号为“甲乙丙”的行。请核对编号"):
        tell("甲乙丙")


def test_an_unknown_rule_or_moment_names_those_there_are(tell: Tell) -> None:
    with pytest.raises(HouqinError, match=r"“支出单”没有规则EX-99。现有：.*EX-02"):
        tell("approved", only="EX-99")
    with pytest.raises(HouqinError, match="“支出单”没有在“立项”时看的规则。可以是：提交、会计、付款、随时"):
        tell("approved", moment="立项")


def test_nobody_reads_a_bank_account(tell: Tell) -> None:
    for name in ("approved", "changed"):
        text = "\n".join(tell(name) + tell(name, moment="提交"))
        assert ACCOUNT not in text and OLD_ACCOUNT not in text
        assert "尾号5678" in text
    assert "“账号”（尾号5678→尾号5432）" in "\n".join(tell("changed"))


def test_every_column_with_a_bank_account_is_known() -> None:
    titled = {
        (t.name, f.name) for t in schema() for f in t.fields if f.type == "text" and f.title in ("账号", "银行账号")
    }
    assert titled == BANK_ACCOUNTS


@pytest.mark.parametrize(
    "account, shown",
    [
        ("6222 0031 0001 2345", "尾号2345"),
        ("12345", "尾号2345"),
        ("本人工资卡", "本人工资卡"),
        ("", "空"),
        ("1234", "1234"),
    ],
)
def test_only_the_end_of_an_account_is_shown(account: str, shown: str) -> None:
    assert ending(account) == shown


def test_accounts_in_a_message_are_cut_down() -> None:
    text = (
        "【改单重签】王文员修改了“账号”（6222003100012345678→空）、“申请金额”（900→9,000）。转账至6222003100098765432。"
    )
    said = without_accounts(text, OLD_ACCOUNT)
    assert said == "【改单重签】王文员修改了“账号”（尾号5678→空）、“申请金额”（900→9,000）。转账至尾号5432。"


def only_rule(monkeypatch: pytest.MonkeyPatch, message: str, check: Callable[[Any], Iterator[dict[str, Any]]]) -> None:
    """One rule for claims, and no other."""
    [rule] = [r for r in RULES if r.check.__name__ == "covered_by_invoices"]
    monkeypatch.setattr("automations.inquiry.explain.RULES", [replace(rule, message=message, check=check)])


def test_a_rule_that_fails_says_so(tell: Tell, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(claim: Any) -> Iterator[dict[str, Any]]:
        raise ValueError("没有这一列")
        yield {}

    only_rule(monkeypatch, "", broken)
    assert of(tell("approved"), "✗ EX-02 出错：规则EX-02检查本行时出错（没有这一列）")


def test_a_rule_that_names_an_account_names_its_end(tell: Tell, monkeypatch: pytest.MonkeyPatch) -> None:
    only_rule(monkeypatch, "付到{account}。", lambda claim: iter([{"account": claim.payee_account}]))
    assert of(tell("approved"), "✗ EX-02 拦截：付到尾号5678。")


def test_a_rule_hears_the_true_status_whatever_the_cell_says(
    tell: Tell, office: Office, stored: Stored, monkeypatch: pytest.MonkeyPatch
) -> None:
    only_rule(monkeypatch, "{status}，{subject}。", lambda c: iter([{"status": c.status, "subject": c.subject}]))
    [row] = office.mirror.select("expense_claims", code=stored.codes["approved"])
    office.mirror.patch("expense_claims", row.id, {"status": "作废"})
    try:
        assert of(tell("approved"), f"✗ EX-02 拦截：已批准，expense_claims/{stored.codes['approved']}。")
    finally:
        office.mirror.patch("expense_claims", row.id, {"status": row["status"]})


def test_without_stores_it_says_what_to_do(tmp_path: Any) -> None:
    with pytest.raises(HouqinError, match="请先运行 houqin once"):
        stored_office(Settings(host="memory", var=tmp_path), date(2026, 9, 1))
    assert not list(tmp_path.iterdir()), "looking leaves nothing behind"
