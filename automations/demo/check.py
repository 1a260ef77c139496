"""``houqin up --check``: every outcome asserted by reading the host, as an accountant would at the browser."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from rich.console import Console

from automations.demo import school
from automations.demo.driver import CLAIMS, INVOICES, STEPS
from automations.demo.play import FRAUD, Cast, Desk
from automations.demo.stories import BROKEN, REPAIR, STORIES
from automations.errors import HouqinError
from automations.tables.base import Row
from automations.tables.values import File

LEVELS = ("部门负责人", "会计", "分管领导", "主要领导")
AMOUNT = Decimal("168.00")


@dataclass
class Checklist:
    """Lines with ✓ or ✗, and how many of each."""

    console: Console
    passed: int = 0
    failed: int = 0

    def say(self, what: str, ok: bool, seen: object = "") -> None:
        """One outcome; ``seen`` is shown where it is not as it should be."""
        self.passed += ok
        self.failed += not ok
        text = f"✓ {what}" if ok else f"✗ {what}" + (f"　实际：{seen}" if seen != "" else "")
        self.console.print(text, markup=False, style=None if ok else "red")

    def end(self) -> int:
        """The last line and the exit code."""
        self.console.print(f"{self.passed} passed, {self.failed} failed")
        return 1 if self.failed else 0


def check(cast: Cast, console: Console, now: datetime, *, fresh: bool) -> Checklist:
    """Look at what the demonstration did, then play one more claim through while the worker runs beside.

    Args:
        cast: Logins; their waiting is real, no passes of our own.
        console: Where the lines go.
        now: Makes the new claim's invoice number its own.
        fresh: The demonstration was played just now and nobody else has touched it, so its claims stand where they were
            left; otherwise only what lasts is looked at.

    Returns:
        The lines; the last one, with the counts, is still to be said.
    """
    lines = Checklist(console)
    console.print("一、演示数据与埋设的违规" if fresh else "一、埋设的违规（台账）")
    parts: list[Callable[[], None]] = [lambda: _planted(cast, lines)]
    if fresh:
        parts = [lambda: _stories(cast, lines), *parts, lambda: _answers(cast, lines)]
    for part in parts:
        _guarded(lines, "核对演示数据", part)
    console.print("二、再走一笔支出单：填单、提交、四级签批、批准、付款、归档")
    _guarded(lines, "再走一笔支出单", lambda: _one_more(cast, lines, now))
    return lines


def _guarded(lines: Checklist, what: str, part: Callable[[], None]) -> None:
    """What stops half-way is one failure, said in its own words."""
    try:
        part()
    except HouqinError as error:
        lines.say(what, False, error)


def _stories(cast: Cast, lines: Checklist) -> None:
    desk = Desk.look(cast.reader)
    for story in STORIES:
        if story.breaks:
            continue
        row = desk.claims.get(story.title)
        wanted = "草稿" if story.goal == "拦截" else story.goal
        seen = row["status"] if row else "没有这一单"
        lines.say(f"“{story.title}”为{wanted}", seen == wanted, seen)
    signed = [s for steps in desk.steps.values() for s in steps if s["valid"] == "有效"]
    own = {c.email: c.name for c in school.PEOPLE}
    names = {r.id: str(r["name"]) for r in cast.reader.rows("people")}
    wrong = [s["code"] for s in signed if own.get(str(s["signer_account"])) != names.get(s["assignee"])]  # type: ignore[arg-type]
    lines.say(f"{len(signed)}个有效签批全部由应签人本人账号操作", bool(signed) and not wrong, wrong)


def _planted(cast: Cast, lines: Checklist) -> None:
    desk = Desk.look(cast.reader)
    for rule, gravity, what in (
        ("SG-01", "严重", "非本人签批"),
        ("SG-02", "一般", "越序签批"),
        ("DG-02", "严重", "批准后改单"),
    ):
        row = desk.claims.get(BROKEN[rule].title)
        found = desk.violations.get((rule, str(row["code"]))) if row else None
        lines.say(
            f"{rule} {what}：记入预警台账，等级{gravity}",
            found is not None and found["severity"] == gravity,
            found["severity"] if found else "台账中没有",
        )


def _answers(cast: Cast, lines: Checklist) -> None:
    """What the rows say right after the violations."""
    desk = Desk.look(cast.reader)
    row = desk.claims[BROKEN["SG-01"].title]
    step = desk.step(row.id, "分管领导")
    clerk = school.BY_NAME[school.CLERK].email
    said = str(step["check_message"])
    good = step["decision"] == "待签" and step["valid"] == "无效-非本人" and clerk in said and school.LEADER in said
    lines.say("SG-01 步骤还原为待签，说明写明应签人和实际账号", good, (step["decision"], step["valid"], said))
    lines.say("SG-01 单据仍在签批中", row["status"] == "签批中", row["status"])

    row = desk.claims[BROKEN["SG-02"].title]
    step = desk.step(row.id, "主要领导")
    good = (
        step["decision"] == "待签"
        and step["valid"] == "无效-越序"
        and "请按经办人—分管领导—主要领导顺序签批" in str(step["check_message"])
    )
    lines.say("SG-02 主要领导的步骤还原为待签，说明写明顺序", good, (step["decision"], step["valid"]))

    row = desk.claims[BROKEN["DG-02"].title]
    lines.say("DG-02 单据退回草稿", row["status"] == "草稿", row["status"])
    fallen = [s["valid"] for s in desk.steps[row.id]]
    lines.say("DG-02 已签意见全部作废", fallen == ["作废-改单"] * len(LEVELS), fallen)
    said = str(row["check_message"])
    lines.say("DG-02 说明写明谁把什么改成什么", "【改单重签】韩采购" in said and "→9,860" in said, said)
    lines.say("DG-02 批准指纹已清除", row["approved_hash"] is None and row["amount"] == FRAUD, row["approved_hash"])

    first = next(s for s in STORIES if s.invoice == BROKEN["IV-02"].invoice)
    row = desk.claims[BROKEN["IV-02"].title]
    said, code = str(row["check_message"]), str(desk.claims[first.title]["code"])
    good = row["status"] == "草稿" and row["check_result"] == "拦截" and f"已用于支出单{code}" in said
    lines.say(f"IV-02 重复发票被拦截，说明指出已用于{code}", good, (row["status"], said))
    [invoice] = cast.reader.rows(INVOICES, claim=row.id)
    lines.say("IV-02 发票标为重复", invoice["dup"] == "重复", invoice["dup"])


def _one_more(cast: Cast, lines: Checklist, now: datetime) -> None:
    today = now.date()
    clerk, line = cast["韩采购"], "日常维修"
    before = clerk.row("budget_lines", name=line)
    claim = clerk.file_claim(
        f"走查：会议室插线板更换（{now:%m月%d日%H时%M分%S秒}）",
        line=line,
        invoices={f"2650{now:%Y%m%d%H%M%S}00": AMOUNT},
        on=today,
        seller="示例五金店",
        attachments={name: "走查附件".encode() for name in REPAIR},
        acceptor=clerk.row("people", name="何宿管").id,
    )
    row = clerk.wait(CLAIMS, claim, lambda r: bool(r["code"]) and r["invoice_sum"] == AMOUNT)
    lines.say(f"经办人韩采购填单，系统编号{row['code']}、汇总发票", str(row["code"]).startswith("ZC-"), row["code"])

    clerk.submit(claim)
    row = clerk.wait(CLAIMS, claim, lambda r: r["status"] not in ("提交", "待校验"))
    lines.say("提交后通过校验，进入签批中", row["status"] == "签批中", row["check_message"])
    _budget(cast, lines, before, Decimal(0) + AMOUNT, Decimal(0), "提交后预算冻结168.00元")

    signers = ("沈行政", school.ACCOUNTANT, school.LEADER, school.TOP)
    for level, name in zip(LEVELS, signers, strict=True):
        step = cast[name].my_step(claim)
        if name == school.ACCOUNTANT:
            cast[name].check_invoices(claim)
        cast[name].sign(step.id, "同意", "同意")
        step = cast[name].wait(STEPS, step.id, lambda s: s["valid"] == "有效")
        email = school.BY_NAME[name].email
        good = step["level"] == level and step["signer_account"] == email and bool(step["hash"])
        lines.say(f"{level}{name}签批有效，记下账号、时间和内容指纹", good, (step["level"], step["signer_account"]))
    row = clerk.wait(CLAIMS, claim, lambda r: r["status"] == "已批准")
    lines.say("四级签完，单据为已批准", bool(row["approved_hash"]) and row["approved_at"] is not None, row["status"])

    row = clerk.wait(CLAIMS, claim, lambda r: bool(r["form"]))
    lines.say("《费用报销审批单》已生成并放入本单", _is_form(cast, row), row["form"])

    cashier, accountant = cast[school.CASHIER], cast[school.ACCOUNTANT]
    accountant.edit(CLAIMS, claim, paper_signed=True)
    accountant.wait(CLAIMS, claim, lambda r: "纸质审批单已核对" in str(r["check_message"]))
    cashier.edit(CLAIMS, claim, pay_method="银行转账", paid_on=today)
    row = cashier.wait(CLAIMS, claim, lambda r: r["status"] == "已支付")
    lines.say("会计核对纸质、出纳付款，单据为已支付", row["paid_on"] == today, row["check_message"])
    _budget(cast, lines, before, Decimal(0), AMOUNT, "付款后冻结转为支出")

    accountant.edit(CLAIMS, claim, voucher_no=f"记-{now:%H%M%S}")
    row = accountant.wait(CLAIMS, claim, lambda r: r["status"] == "已归档")
    lines.say("会计填凭证号，单据为已归档并锁定", row["locked"] is True, row["locked"])

    account = row["payee_account"]
    clerk.edit(CLAIMS, claim, payee_account="别人的卡")
    row = clerk.wait(CLAIMS, claim, lambda r: r["payee_account"] == account)
    lines.say("归档后改收款账号，立即还原（DG-03）", "【已还原】" in str(row["check_message"]), row["check_message"])


def _budget(cast: Cast, lines: Checklist, before: Row, frozen: Decimal, spent: Decimal, what: str) -> None:
    wanted = [_number(before, "frozen") + frozen, _number(before, "spent") + spent]
    row = cast.reader.wait("budget_lines", before.id, lambda r: [_number(r, "frozen"), _number(r, "spent")] == wanted)
    total = _number(row, "approved") + _number(row, "adjusted_ok")
    lines.say(what, _number(row, "available") == total - sum(wanted), row["available"])


def _is_form(cast: Cast, row: Row) -> bool:
    """Whether the row holds the printed form as a readable PDF, and as Word."""
    cell = row["form"]
    files = {f.name.rpartition(".")[2]: f for f in cell if isinstance(f, File)} if isinstance(cell, tuple) else {}
    return "pdf" in files and cast.reader.host.download(files["pdf"]).startswith(b"%PDF-")


def _number(row: Row, name: str) -> Decimal:
    value = row[name]
    return value if isinstance(value, Decimal) else Decimal(0)
