"""What was ever asked for, gathered from mirror and journal."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, time
from itertools import islice
from typing import Any

from automations import holds
from automations.approvals.case import DRAFT
from automations.approvals.declaration import Approval
from automations.approvals.words import SHANGHAI
from automations.engine import Office
from automations.holds import Hold
from automations.rehearsal.whatif import REPLAYED, Submission
from automations.rows import RowView
from automations.rules.base import PAY, SUBMIT
from automations.tables.base import Row

AT_ONCE = 2000
"""Cases read together: each is large, and only a few words of it are needed."""


def submissions(office: Office, told: Callable[[str], None]) -> Iterator[Submission]:
    """Every row that was ever submitted, whether it passed or was stopped.

    Its time is that of the last submission in the journal; of a row that the school brought along, its business day.
    """
    stopped = {entry.subject: entry.at for entry in office.journal.entries(kind="blocked")}
    held = _held(office)
    for table in REPLAYED:
        told(office.schema[table].title)
        approval = office.approvals[table]
        parts = _parts(office, approval)
        for rows in _batches(office.mirror.select(table)):
            cases = office.journal.cases_of(f"{table}/{row['code']}" for row in rows)
            for row in rows:
                subject = f"{table}/{row['code']}"
                case = cases.get(subject)
                at = _asked_at(row, case, stopped.get(subject), approval)
                if at is None:
                    continue
                yield Submission(
                    table=table,
                    row_id=row.id,
                    born=row.born,
                    values=row.values,
                    at=at,
                    subject=subject,
                    handler=_handler(row, case, approval),
                    moments=_moments(office, row, subject, approval),
                    parts=tuple(parts.get(row.id, ())),
                    holds=tuple(held.get(subject, ())),
                )


def _asked_at(
    row: Row, case: Mapping[str, Any] | None, stopped: datetime | None, approval: Approval
) -> datetime | None:
    """When it was submitted last; None for a draft that nobody ever submitted."""
    times = [stopped] if stopped is not None else []
    if case is not None and case.get("submitted_at"):
        times.append(datetime.fromisoformat(case["submitted_at"]))
    if times:
        return max(times)
    status = row["status"]
    if (case is not None and case["status"] == DRAFT) or status is None or status in approval.words.draft:
        return None
    made = row["created_at"]
    day = approval.business_day(row, made if isinstance(made, datetime) else datetime.now(SHANGHAI))
    return datetime.combine(day, time(), SHANGHAI)


def _handler(row: Row, case: Mapping[str, Any] | None, approval: Approval) -> int | None:
    named = row[approval.submitted_by] if approval.submitted_by else None
    found = case.get("handler") if case is not None else None
    return named if isinstance(named, int) else found


def _moments(office: Office, row: Row, subject: str, approval: Approval) -> tuple[str, ...]:
    """At what the rules of the row were asked; a paid one once more, a procurement at every stage it reached."""
    found = [SUBMIT]
    if row.values.get("paid_on") is not None:
        found.append(PAY)
    if approval.moves:
        found += [str(entry.data["now"]) for entry in office.journal.entries(subject, "moved")]
        found.append(str(row["status"]))
    return tuple(dict.fromkeys(found))


def _parts(office: Office, approval: Approval) -> Mapping[int, list[RowView]]:
    found: dict[int, list[RowView]] = defaultdict(list)
    if approval.parts is not None:
        table, link, _ = approval.parts
        for row in office.mirror.select(table):
            if isinstance(whole := row[link], int):
                found[whole].append(RowView(table, row))
    return found


def _held(office: Office) -> Mapping[str, list[Hold]]:
    found: dict[str, list[Hold]] = defaultdict(list)
    with office.journal.store.read() as connection:
        for one in holds.everything(connection):
            found[one.subject].append(one)
    return found


def _batches(rows: Iterable[Row]) -> Iterator[Sequence[Row]]:
    rest = iter(rows)
    while batch := list(islice(rest, AT_ONCE)):
        yield batch
