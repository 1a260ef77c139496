"""The cells that must stand on the host, given a case: what the engine compares with what does stand there."""

from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, time

from automations.approvals import words
from automations.approvals.case import APPROVED, ARCHIVED, PAID, PENDING, SIGNING, UNDER_SEAL, Case, Step
from automations.approvals.payment import PAYMENT_FIELDS
from automations.approvals.ruling import Bench
from automations.tables.values import File, Value, Values, from_json

ANSWER_WITHIN_WORKDAYS = 2  # SG-05
END_OF_WORK = time(18, 0)


def row_cells(case: Case, bench: Bench) -> dict[str, Value]:
    """Cells of the case's own row that Houqin holds.

    Payment cells are those the right persons filled; a paid row's protected cells are what was signed (DG-03).
    """
    current = case.current
    cells: dict[str, Value] = {
        "code": case.code,
        "status": bench.approval.shown_status(case),
        "locked": case.status in UNDER_SEAL,
        "check_result": case.result or None,
        "check_message": case.message or None,
    }
    signed: dict[str, Value] = {
        "current_step": f"{current.level}·{bench.directory.name(current.assignee)}" if current else None,
        "approved_hash": case.approved_seal or None,
        "approved_at": case.approved_at,
    }
    cells |= {name: value for name, value in signed.items() if name in bench.table}
    for column in bench.approval.keeps.values():
        cells[column] = from_json(bench.table[column], case.kept.get(column))
    for column in bench.approval.counts:
        cells[column] = case.counted.get(column)
    if bench.approval.audited:
        cells[bench.approval.audited] = case.audited
    held = case.payment or {}
    for name in PAYMENT_FIELDS & bench.table.by_name.keys():
        cells[name] = from_json(bench.table[name], held.get(name))
    if case.status in (PAID, ARCHIVED) and case.snapshot:
        for name, value in case.snapshot["row"].items():
            cells[name] = from_json(bench.table[name], value)
    return cells


def part_cells(case: Case, bench: Bench, linked: Iterable[int]) -> dict[int, dict[str, Value]]:
    """Protected cells of the rows that belong to a paid case (its invoices), by row id; {} before payment.

    Of the rows ``linked`` to it now, those that do not belong are let go again.
    """
    if bench.approval.parts is None or case.status not in (PAID, ARCHIVED) or not case.snapshot:
        return {}
    _, link, names = bench.approval.parts
    wanted: dict[int, dict[str, Value]] = {part_id: {link: None} for part_id in linked}
    for part_id, values in case.snapshot["parts"].items():
        wanted[int(part_id)] = {link: case.row_id, **{n: values.get(n) for n in names}}
    return wanted


def step_cells(
    case: Case,
    step: Step,
    bench: Bench,
    summary: str,
    now: datetime,
    add_workdays: Callable[[date, int], date],
) -> dict[str, Value]:
    """Cells of one row of ``sign_steps``; ``opinion`` is left alone until the step is decided."""
    assignee, for_whom = step.assignee, step.stands_for
    if step.signer is not None and step.signer != step.assignee:
        assignee, for_whom = step.signer, step.assignee
    elif step.signer is None and (delegate := _delegate(case, step, bench, now)) is not None:
        assignee, for_whom = delegate, step.assignee
    cells: dict[str, Value] = {
        "code": step.code,
        "biz_type": bench.table.title,
        "biz_code": case.code,
        "round": step.round,
        "seq": step.seq,
        "level": step.level,
        "nature": step.nature,
        "assignee": assignee,
        "on_behalf_of": for_whom,
        "amount_shown": step.amount if step.signer is not None else case.payable,
        "summary": summary,
        "decision": step.decision,
        "signer_account": step.account or None,
        "signed_at": step.signed_at,
        "hash": step.seal or None,
        "due_at": _due(step, add_workdays),
        "valid": step.validity or None,
        "check_result": step.result or None,
        "check_message": step.message or None,
        "locked": step.decision != PENDING,
    }
    if bench.approval.step_link:
        cells[bench.approval.step_link] = case.row_id
    if step.signer is not None:
        cells["opinion"] = step.opinion or None
    return cells


def _delegate(case: Case, step: Step, bench: Bench, now: datetime) -> int | None:
    """Who stands in for the assignee today by a delegation in force, so that the step shows up in his list."""
    principal = bench.directory.get(step.assignee)
    if principal is None or principal.delegate is None or case.status != SIGNING:
        return None
    day = now.astimezone(words.SHANGHAI).date()
    limit = bench.norms_of(case).money("delegate.top_limit", day)
    busy = {
        case.handler,
        case.payee,
        *case.recused,
        *(p for s in case.steps if s.code != step.code for p in (s.assignee, s.signer)),
    }
    gap = bench.directory.delegation_gap(principal, day, bench.approval.scope, case.payable, limit)
    return None if gap or principal.delegate in busy else principal.delegate


def _due(step: Step, add_workdays: Callable[[date, int], date]) -> datetime | None:
    if step.opened_at is None:
        return None
    day = add_workdays(step.opened_at.astimezone(words.SHANGHAI).date(), ANSWER_WITHIN_WORKDAYS)
    return datetime.combine(day, END_OF_WORK, tzinfo=words.SHANGHAI)


def wants_form(case: Case) -> bool:
    """Whether the printed form of this case must lie in its row."""
    return case.status in (APPROVED, PAID, ARCHIVED)


def same(wanted: Value, found: Value) -> bool:
    """Equality of cells, taking empty text, False and () alike where a host cannot tell them apart; 0 is not empty."""
    if type(wanted) is type(found) and wanted == found:
        return True  # most often: nothing to look for
    return _comparable(wanted) == _comparable(found)


def _comparable(value: Value) -> object:
    if isinstance(value, tuple) and value and isinstance(value[0], File):
        return tuple((f.name, f.ref) for f in value if isinstance(f, File))
    if isinstance(value, datetime):
        return value.astimezone(UTC)
    if isinstance(value, str):
        return value.strip() or None  # Baserow cuts blanks around a text
    return None if value is False or value == () else value


def patch(wanted: Values, found: Values) -> dict[str, Value]:
    """The cells that differ."""
    return {name: value for name, value in wanted.items() if not same(value, found.get(name))}
