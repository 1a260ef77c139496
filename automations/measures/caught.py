"""（五）拦截: what was caught, how grave it was and what came of it (domain.md F2 三（五）, B6.29).

Two sources: lines of 预警台账 by 发现时间, and submissions that a rule stopped. The latter leave no trace in the tables
once they are put right; the journal knows them (:attr:`Records.stops`), and they are counted where it was looked at.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from automations.measures.base import Measure, count, total
from automations.measures.money import YUAN
from automations.measures.period import Period
from automations.measures.records import Records
from automations.measures.stops import Stop
from automations.rows import Rows, RowView

KINDS: Mapping[str, str] = {
    "SG-01": "非本人签批",
    "SG-02": "错序签批",
    "SG-03": "应回避而签批",
    "SG-04": "代签无效",
    "SG-07": "紧急事项超期补签",
    "SG-08": "代他人填报",
    "DG-01": "改动系统数据",
    "DG-02": "改单重签",
    "DG-03": "支付后改单",
    "DG-04": "删除记录",
    "DG-06": "涉密标志",
    "EX-08": "先付后批",
    "EX-10": "收款人不符",
    "IV-05": "疑似重复发票",
    "BG-01": "超预算",
    "PR-03c": "疑似拆分",
    "RC-04": "超标接待",
    "RC-07": "疑似一事多次接待",
    "IN-01": "未足额缴库",
    "IN-03": "疑似坐支",
    "IN-06": "个人账户收款",
    "IN-07": "委托班少收",
    "CT-03": "无合同服务",
    "CT-05": "拖欠中小企业",
    "CT-06": "合同未按时公告备案",
    "CT-07": "证照到期",
    "CL-04": "超综合定额",
    "PE-03": "不相容岗位",
}
"""Rules about money and signatures that leave a line in 预警台账, as leaders call what they catch.

Late remittance (IN-02) is told with the income, not here.
"""

STOPPED: Mapping[str, str] = {
    "PR-03": "疑似拆分",
    "RC-04": "超标接待",
    "RC-02": "超标接待",
    "RC-05": "超标接待",
    "RC-03": "超标接待",
    "RC-01": "无公函接待",
    "IV-02": "重复发票",
    "BG-01": "超预算",
    "EX-03": "未办事前审批",
    "EX-04": "超事前审批",
    "EX-05": "超差旅标准",
    "EX-09": "违规用现金",
    "PR-05": "未经集体研究",
    "PR-01": "应政府采购而未采购",
    "PR-02": "应政府采购而未采购",
    "CT-01": "合同到期付款",
    "CT-02": "超合同付款",
    "IV-03": "发票不合规",
    "IV-04": "发票不合规",
}
"""Rules about money that stop a submission, by how their id begins; of several that stopped a row the first counts.

A cell left empty (必填) catches nothing.
"""

AMOUNTS: Mapping[str, str] = {"expense_claims": "amount", "requests": "est_amount", "procurements": "budget"}
GRAVITIES = ("严重", "一般", "提示")
STOP = "拦截"
EXPLAINING, CHECKING, CLOSED, MISTAKEN = ("新发现", "待说明"), "待核实", ("已关闭", "已上报"), "误报"
RECOVERED = "已追回"
NOBODY = "未明确"
"""Stands for the department of lines that name neither a department nor a person."""


def kind_of(line: RowView) -> str | None:
    """What a line of 预警台账 caught, in a leader's words; None where it is not about money or signatures."""
    rule = str(line.rule or "")
    known = KINDS.get(rule)
    return known if known is not None else ("超标接待" if rule.startswith("RC-") else None)


def lines(records: Records, period: Period) -> Rows:
    """预警台账 about money and signatures, by 发现时间."""
    rows = records.within("violations", "found_at", period)
    return Rows("violations", (row for row in rows if kind_of(row) is not None))


def stopped(records: Records, period: Period) -> list[tuple[str, Stop]]:
    """(kind, stop) of rows whose submission was stopped in the period, each row once and by its gravest reason.

    Rows that also stand in 预警台账 are left out: they are counted there.
    """
    told, found = {line.biz_code for line in lines(records, period)}, dict[str, tuple[int, Stop]]()
    order = list(STOPPED)
    for stop in records.stops or ():
        reasons = [n for n, rule in enumerate(order) if any(one.startswith(rule) for one in stop.rules)]
        if stop.at not in period or not reasons or stop.code in told:
            continue
        if stop.code not in found or reasons[0] < found[stop.code][0]:
            found[stop.code] = (reasons[0], stop)
    return [(STOPPED[order[n]], stop) for n, stop in found.values()]


@dataclass(frozen=True, slots=True)
class Kind:
    """What was caught of one kind: how often, 元 it is about (a row's sum once), and the gravest of it."""

    name: str
    n: Measure
    amount: Measure
    gravity: str


@dataclass(frozen=True, slots=True)
class Caught:
    """All that was caught, by kind in the order of :data:`KINDS`."""

    n: Measure
    kinds: tuple[Kind, ...]

    def __str__(self) -> str:
        """``非本人签批1、错序签批1``; 无 for nothing."""
        return "、".join(f"{kind.name}{kind.n}" for kind in self.kinds) or "无"


def caught(records: Records, period: Period) -> Caught:
    """拦截 of a period: rows in 预警台账 about money and signatures, and submissions that were stopped.

    A row counts once for each kind, however often it was told: three reminders of one late income are one.
    """
    grouped: dict[str, dict[str, tuple[str, str, Decimal]]] = {}
    for line in lines(records, period):
        own = grouped.setdefault(kind_of(line) or "", {})
        own.setdefault(str(line.biz_code), (str(line.code), line.severity or "", line.amount or Decimal(0)))
    for kind, stop in stopped(records, period):
        grouped.setdefault(kind, {})[stop.code] = (stop.code, STOP, _sum_of(records, stop))
    order = [*dict.fromkeys([*KINDS.values(), *STOPPED.values()])]
    kinds = tuple(_kind(name, list(grouped[name].values())) for name in order if name in grouped)
    shown = tuple(code for kind in kinds for code in kind.n.codes)
    known = records.reaches("expense_claims", "created_at", period)
    return Caught(Measure(Decimal(len(shown)) if known else None, shown if known else (), 0, "件"), kinds)


def _kind(name: str, found: list[tuple[str, str, Decimal]]) -> Kind:
    shown = tuple(code for code, _, _ in found)
    amount = sum((amount for _, _, amount in found), Decimal(0))
    gravity = next((g for g in GRAVITIES if any(g == one for _, one, _ in found)), STOP)
    return Kind(name, Measure(Decimal(len(found)), shown, 0, "件"), Measure(amount, shown, 2, YUAN), gravity)


def _sum_of(records: Records, stop: Stop) -> Decimal:
    """元 of a stopped row as it stands; 0 where it has none, or is gone."""
    column = AMOUNTS.get(stop.table)
    rows = records[stop.table].where(code=stop.code) if column else ()
    return next((row[column] or Decimal(0) for row in rows if column), Decimal(0))


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of some lines, as they stand.

    Attributes:
        name: 等级 or 科室 of them.
        explaining: Nobody has explained yet (新发现、待说明).
        checking: Explained, to be checked (待核实).
        closed: 已关闭、已上报.
        mistaken: 误报.
        overdue: Of ``explaining`` those past 说明时限.
    """

    name: str
    n: Measure
    explaining: Measure
    checking: Measure
    closed: Measure
    mistaken: Measure
    overdue: Measure
    amount: Measure
    recovered: Measure


def outcomes(records: Records, period: Period) -> list[Outcome]:
    """All lines of 预警台账 by 等级, the gravest first."""
    chosen = list(records.within("violations", "found_at", period))
    return [
        _outcome(records, gravity, [line for line in chosen if line.severity == gravity])
        for gravity in GRAVITIES
        if any(line.severity == gravity for line in chosen)
    ]


def by_department(records: Records, period: Period) -> list[Outcome]:
    """The same by 科室, most lines first: 责任部门, where it is empty that of 责任人; those of nobody come last."""
    grouped: dict[str, list[RowView]] = {}
    for line in records.within("violations", "found_at", period):
        person = records.directory.get(line.person)
        department = line.department or (person.department if person is not None else None)
        grouped.setdefault(records.name("departments", department), []).append(line)
    order = sorted(grouped, key=lambda name: (not name, -len(grouped[name]), name))
    return [_outcome(records, name or NOBODY, grouped[name]) for name in order]


def _outcome(records: Records, name: str, own: list[RowView]) -> Outcome:
    explaining = [line for line in own if line.status in EXPLAINING]
    late = [line for line in explaining if line.due_on is not None and line.due_on < records.today]
    return Outcome(
        name,
        count(own),
        count(explaining),
        count(line for line in own if line.status == CHECKING),
        count(line for line in own if line.status in CLOSED),
        count(line for line in own if line.status == MISTAKEN),
        count(late),
        total([line for line in own if line.amount is not None], "amount", YUAN, 2),
        recovered_sum(own),
    )


def recovered_sum(own: Iterable[RowView]) -> Measure:
    """元 of lines with 处理意见 已追回, by 涉及金额."""
    return total([line for line in own if line.handling == RECOVERED], "amount", YUAN, 2)


def recovered(records: Records, period: Period) -> Measure:
    """元 recovered, of lines found in the period."""
    return recovered_sum(records.within("violations", "found_at", period))
