"""N11: a contract ends: buy anew in time; nobody serves the school without a contract (CT-03)."""

from automations import Notice, countdown, job
from automations.measures.contracts import last_start

OPEN = ("新发现", "待说明", "待核实")
"""States of a line of 预警台账 that nobody has closed."""


@job(table=("contracts", "violations"), at="workdays 08:40")
def contracts_ending(contracts, violations, today, directory, norms):
    """From 到期提醒日 on, 监管人 and 部门负责人; at the last mark 分管领导; served after its end, 主要领导."""
    marks = norms.wholes("contract.expiry_marks", today)
    served_on = {line.biz_code for line in violations.where(rule="CT-03", status=OPEN)}
    for contract in contracts.where(status=("履行中", "临期", "到期", "续签中")):
        ends, first = contract.ends_on, contract.reminded_from
        head, leader = (find(contract.supervise_dept) for find in (directory.head_of, directory.leader_of))
        to = [contract.supervisor, head and head.id]
        if ends is None:
            continue
        if served := ends < today and contract.code in served_on:
            stage = countdown(ends, today, overdue_every=7)
            to.append("主要领导")
        elif first is not None and first <= today <= ends and contract.status != "续签中":
            stage = countdown(ends, today, ahead=[days for days in marks if days <= (ends - first).days])
            to.append(leader and (ends - today).days <= min(marks) and leader.id)
        else:
            continue
        if stage is None:
            continue
        yield Notice(
            about=contract,
            stage=stage,
            deadline=ends,
            to=[who for who in to if who],
            template="contract_ending",
            data={
                "name": contract.name,
                "ends": ends,
                "left": (ends - today).days,
                "start": last_start(ends, norms, today),
                "served": served,
            },
        )
