"""N12: last month's 服务商考核 is not handed in by the 5th; the month's fee waits for it (CT-10, domain.md A40)."""

import re
from datetime import timedelta

from automations import Notice, job

RUNNING = ("履行中", "临期", "续签中", "到期")
HANDED_IN = ("已提交", "被查方已确认", "有异议", "已归档")


@job(table=("contracts", "inspections"), at="workdays 08:40")
def inspection_vendor_month(contracts, inspections, today, directory, norms):
    """From the 5th to 监管人, from the 8th to the head of 监管部门 as well (days in 参数标准)."""
    if today.day < norms.whole("contract.score_day", today):
        return
    to_head = today.day >= norms.whole("contract.score_head_day", today)
    last = today.replace(day=1) - timedelta(days=1)
    scored = {i.contract for i in inspections.where(team="服务商考核", status=HANDED_IN) if is_of(i.period, last)}
    for contract in contracts.where(status=RUNNING):
        if contract.id in scored or not is_scored(contract, last):
            continue
        head = directory.head_of(contract.supervise_dept)
        yield Notice(
            about=contract,
            stage="head" if to_head else "supervisor",
            to=[contract.supervisor, *([head.id] if to_head and head else [])],
            template="vendor_month",
            deadline=last,
            data={"name": contract.name, "year": last.year, "month": last.month},
        )


def is_scored(contract, last):
    """Outsourced service, property and catering above all, that ran in the month that ends on ``last``."""
    began = contract.starts_on is not None and contract.starts_on <= last
    goes_on = contract.ends_on is not None and contract.ends_on >= last.replace(day=1)
    service = contract.kind in ("物业", "餐饮") or contract.delivery_mode in ("外包", "混合")
    return began and goes_on and service and contract.kind not in ("工程", "货物", "保险", "租赁")


def is_of(period, day):
    """Whether 考核月份, such as 2026-09 or 2026年9月, is the month of ``day``."""
    return [int(n) for n in re.findall(r"\d+", period or "")] == [day.year, day.month]
