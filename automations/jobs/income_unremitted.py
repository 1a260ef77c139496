"""N08: income that was received goes to the treasury in time (收支两条线, IN-02)."""

from automations import Notice, job


@job(table="income", at="workdays 08:40, 15:10")
def income_unremitted(incomes, today, calendar, directory):
    """On 应缴日 to 出纳, two working days late to 分管领导, three to 主要领导; one day late: 会计, by 预警台账."""
    leaders = [directory.leader_of(department.id) for department in directory.finance_departments()]
    steps = ((0, ["出纳"]), (2, [leader and leader.id for leader in leaders] or ["分管领导"]), (3, ["主要领导"]))
    for income in incomes.where(status=("已收", "已缴库")):
        due, gap = income.due_on, (income.received or 0) - (income.remitted or 0)
        if due is None or today < due or not income.received or (income.remitted_on and gap <= 0):
            continue
        late = calendar.between(due, today)
        for mark, to in steps:
            if mark <= late:
                yield Notice(
                    about=income,
                    stage=f"late-{mark}",
                    deadline=due,
                    to=to,
                    template="income_unremitted",
                    data={
                        "code": income.code,
                        "payer": income.payer or "",
                        "amount": gap if gap > 0 else income.received,
                        "days": calendar.between(income.received_on or due, today),
                        "mark": calendar.mark(income.received_on or due, today),
                        "late": late,
                    },
                )
