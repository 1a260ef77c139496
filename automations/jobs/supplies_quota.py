"""N27: a department has nearly used its quota of supplies for this month, or more than that (SP-02)."""

from decimal import Decimal

from automations import Notice, job


@job(table="supply_moves", at="workdays 08:40")
def supplies_quota(moves, today, directory, norms):
    """From 90 % on to 部门负责人, from 100 % on to 分管领导 as well; each once a month."""
    hint = norms.number("supply.quota_hint", today)
    for department, move in last_of_this_month(moves, today).items():
        share = move.month_used / move.quota * 100
        found, head, leader = (f(department) for f in (directory.department, directory.head_of, directory.leader_of))
        told = [head] if share < 100 else [head, leader]
        if share >= hint and found:
            yield Notice(
                about=f"departments/{department}",
                stage=f"{'over' if share >= 100 else 'near'}-{today:%Y-%m}",
                to=[person.id if person else "logistics" for person in told],
                template="supplies_quota",
                data={"department": found.name, "used": move.month_used, "quota": move.quota}
                | {"share": share.quantize(Decimal(1))},
            )


def last_of_this_month(moves, today):
    """The last move of each department this month: it says how much was used so far."""
    found = {}
    for move in sorted((m for m in moves if m.date), key=lambda m: (m.date, m.id)):
        if (
            (move.date.year, move.date.month) == (today.year, today.month)
            and move.quota
            and move.month_used is not None
        ):
            found[move.department] = move
    return found
