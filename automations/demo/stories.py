"""The claims of the demonstration: weeks of them laid relative to today, four of which break a rule."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Literal, TypeAlias

from automations.demo.driver import Person
from automations.tables.values import Value

Goal: TypeAlias = Literal["草稿", "拦截", "签批中", "已退回", "已批准", "已支付", "已归档"]
"""How far a claim is played; 拦截 is a draft that was submitted and sent back by the rules."""


@dataclass(frozen=True, slots=True)
class Story:
    """One claim and how far it goes.

    Attributes:
        number: Makes its invoice number; two stories with one number share an invoice.
        line: 指标名称.
        amount: 元; one invoice of the same amount.
        days_ago: When it happened.
        seller: 销方 on the invoice; paid directly when it is a vendor and ``direct``.
        papers: Names of attached files.
        acceptor: 验收人.
        stop_at: Level at which 签批中 waits, or 已退回 returns.
        breaks: Rule that is broken with it later on.
    """

    number: int
    title: str
    handler: str
    line: str
    amount: str
    days_ago: int
    goal: Goal
    seller: str = "示例文具商行"
    direct: bool = False
    papers: tuple[str, ...] = ("明细清单.txt",)
    acceptor: str = ""
    stop_at: str = ""
    breaks: str = ""
    kind: str = field(default="报销", kw_only=True)

    @property
    def invoice(self) -> str:
        """20 digits, as on a 数电票; a run of zeros that no tax office gives, and no two numbers in a row (IV-05)."""
        return f"2650{self.number * 7919:016d}"

    def file(self, person: Person, today: date) -> int:
        """Have the handler fill it in; the claim's row id."""
        more: dict[str, Value] = {"kind": self.kind}
        if self.acceptor:
            more["acceptor"] = person.row("people", name=self.acceptor).id
        if self.direct:
            vendor = person.row("vendors", name=self.seller)
            more |= {
                "payee_kind": "服务商",
                "payee": None,
                "vendor": vendor.id,
                "payee_account": vendor["bank_account"],
            }
        return person.file_claim(
            self.title,
            line=self.line,
            invoices={self.invoice: Decimal(self.amount)},
            on=weekday(today - timedelta(days=self.days_ago)),
            seller=self.seller,
            attachments={name: f"{self.title}（演示附件）".encode() for name in self.papers},
            **more,
        )


def weekday(day: date) -> date:
    """``day``, or the Friday before a weekend."""
    return day - timedelta(days=max(0, day.weekday() - 4))


REPAIR = ("维修工单.txt", "验收单.txt")

STORIES = (
    Story(
        101,
        "办公室复印纸和硒鼓",
        "冯文员",
        "日常办公费",
        "486.00",
        24,
        "已归档",
        acceptor="韩采购",
    ),
    Story(
        102,
        "201教室投影灯泡更换",
        "张网络",
        "日常维修",
        "1260.00",
        22,
        "已归档",
        seller="示例五金店",
        direct=True,
        papers=REPAIR,
        acceptor="尤排课",
    ),
    Story(103, "公务车加油和过路费", "朱驾驶", "公务用车运行", "640.00", 20, "已支付", seller="示例汽修厂"),
    Story(
        104,
        "村书记班学员手册印刷",
        "尤排课",
        "资料印刷费",
        "850.00",
        18,
        "已支付",
        seller="示例印刷厂",
        direct=True,
        papers=("印刷清单.txt",),
        acceptor="何宿管",
    ),
    Story(105, "学员公寓床单洗涤", "何宿管", "物业服务", "2380.00", 15, "已批准", seller="示例物业公司", direct=True),
    Story(
        106,
        "综合楼卫生间水龙头更换",
        "杨维修",
        "日常维修",
        "375.50",
        12,
        "已批准",
        seller="示例五金店",
        papers=REPAIR,
        acceptor="韩采购",
    ),
    Story(
        107,
        "餐厅留样柜温度计",
        "韩采购",
        "日常办公费",
        "158.00",
        9,
        "签批中",
        acceptor="杨维修",
        stop_at="会计",
    ),
    Story(
        108,
        "会议系统专线月租费",
        "张网络",
        "电话与网络",
        "912.00",
        8,
        "签批中",
        seller="示例通信公司",
        stop_at="主要领导",
    ),
    Story(
        109,
        "党务活动用品",
        "冯文员",
        "日常办公费",
        "720.00",
        6,
        "已退回",
        acceptor="何宿管",
        stop_at="会计",
    ),
    Story(110, "党刊和图书订阅", "孔图书", "图书与党建资料", "1100.00", 5, "签批中", stop_at="会计"),
    Story(111, "会议室茶叶和纸杯", "冯文员", "日常办公费", "260.00", 3, "拦截"),
    Story(112, "花园补种绿植", "杨维修", "日常维修", "540.00", 2, "草稿", seller="示例五金店"),
    Story(
        113,
        "会议室灯具维修",
        "杨维修",
        "日常维修",
        "1260.00",
        10,
        "签批中",
        seller="示例五金店",
        papers=REPAIR,
        acceptor="韩采购",
        stop_at="分管领导",
        breaks="SG-01",
    ),
    Story(
        114,
        "消防通道标识更换",
        "韩采购",
        "日常维修",
        "330.00",
        9,
        "签批中",
        seller="示例五金店",
        papers=REPAIR,
        acceptor="杨维修",
        stop_at="分管领导",
        breaks="SG-02",
    ),
    Story(
        115,
        "学员公寓门锁更换",
        "韩采购",
        "日常维修",
        "986.00",
        11,
        "已批准",
        seller="示例五金店",
        papers=REPAIR,
        acceptor="何宿管",
        breaks="DG-02",
    ),
    Story(
        101,  # the invoice of the first story once more
        "办公室硒鼓",
        "冯文员",
        "日常办公费",
        "486.00",
        4,
        "拦截",
        acceptor="韩采购",
        breaks="IV-02",
    ),
)

BROKEN = {story.breaks: story for story in STORIES if story.breaks}
"""The four planted violations by rule."""
