"""学习完成率 of one colleague in one year (domain.md A12, B1.2): a figure of 人员, and an indicator of 目标任务."""

from datetime import date, timedelta
from decimal import Decimal

from automations.books import Facts
from automations.learning import GOALS, away, completion, done, expected, monday_of, overall
from automations.people import GONE
from automations.rows import RowView

THURSDAY = timedelta(days=3)


def learning_rate(facts: Facts, person: RowView | None, year: int) -> Decimal | None:
    """% of 四个一, as of the last Thursday; None for whoever need not take part, or before anything is due.

    From Thursday on the week before counts, so nothing changes between two of them unless somebody hands something in.
    """
    if person is None or person.status == GONE:
        return None
    if person.employment_type not in facts.norm.names("learning.staff"):
        return None
    records = facts.books.where("learning_records", "person", person.id, counted=True)
    due = expected(
        year,
        _last_thursday(facts),
        {kind: facts.norm.whole(key) for kind, key in GOALS.items()},
        facts.calendar,
        away(person, facts.books.where("requests", "people", person.id)),
        person.contract_from or date.min,
    )
    return overall(completion(due, done(records)))


def _last_thursday(facts: Facts) -> date:
    thursday = monday_of(facts.on - THURSDAY) + THURSDAY
    facts.reached(thursday + timedelta(days=7))  # to be asked again then
    return thursday
