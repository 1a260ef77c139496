"""N13: a purchase has dates that the law sets: intention, contract, publication, filing (PR-06, PR-07, CT-06)."""

from datetime import timedelta

from automations import Notice, job
from automations.reminders import eve
from automations.workdays import local_date

TENDERED = ("公开招标", "邀请招标", "竞争性磋商", "竞争性谈判", "询价", "单一来源")
"""Methods whose intention is made public first."""

GOVERNMENT = (*TENDERED, "电子卖场", "框架协议")
INTENTION, BEGIN = "公开采购意向", "开始采购活动"
IN_FORCE = ("履行中", "临期", "续签中", "到期")


@job(table=("procurements", "contracts"), at="workdays 08:40")
def procurement_dates(procurements, contracts, today, calendar, directory, norms):
    """Before each date to 经办人 and the logistics office; once it is missed, to 分管领导."""
    for purchase in procurements:
        handler = directory.get(purchase.handler)
        leader = directory.leader_of(handler.department) if handler else None
        for what, first, due in dates(purchase, contracts, calendar, norms):
            missed = today > due
            if first <= eve(today, calendar) and not (missed and what == BEGIN):
                yield Notice(
                    about=purchase,
                    stage=f"{what}-{'missed' if missed else 'ahead'}",
                    deadline=None if what == INTENTION else due,
                    to=[leader and leader.id] if missed else [purchase.handler, "logistics"],
                    template="procurement_dates",
                    data={"title": purchase.title, "what": what, "due": due, "missed": missed},
                )


def dates(purchase, contracts, calendar, norms):
    """(what, from when on to tell, last good day) of each date that is still open."""
    told, changed = purchase.intention_on, purchase.last_modified_at or purchase.created_at
    if purchase.status == "意向公开" and purchase.method in TENDERED and told:
        over = told + timedelta(days=norms.whole("procurement.intention_days", told))
        yield BEGIN, over, over
    elif purchase.status == "意向公开" and purchase.method in TENDERED and changed:
        since = local_date(changed)
        yield INTENTION, since, calendar.add(since, norms.whole("procurement.intention_wd", since))
    own = [c for c in contracts if c.id == purchase.contract or c.procurement == purchase.id]
    if purchase.award_on and purchase.method != "直接采购" and purchase.status in ("采购实施", "待签合同", "履约中"):
        due = purchase.award_on + timedelta(days=norms.whole("procurement.contract_days", purchase.award_on))
        if not any(contract.sign_on for contract in own):
            yield "签订合同", due - timedelta(days=norms.whole("procurement.contract_ahead", purchase.award_on)), due
    for contract in own if purchase.method in GOVERNMENT else ():
        for what, done, key in (
            ("公告合同", contract.published_on, "publish"),
            ("备案合同", contract.filed_on, "file"),
        ):
            if contract.sign_on and contract.status in IN_FORCE and done is None:
                due = calendar.add(contract.sign_on, norms.whole(f"procurement.{key}_wd", contract.sign_on))
                yield what, calendar.add(due, -1), due
