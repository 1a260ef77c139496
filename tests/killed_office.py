"""The people of a small office while its worker is killed again and again, and what must hold when it is over."""

import json
import random
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from automations.approvals.case import APPROVED, ARCHIVED, PAID, SIGNING, UNDER_SEAL, VALID, Case
from automations.approvals.desired import same
from automations.approvals.seal import content, differences
from automations.engine import Engine
from automations.errors import RowMissing
from automations.jobs.expense_claims import expense_claims
from automations.tables.base import Row
from automations.tables.memory import MemoryServer
from tests.office import CHAIN, STAFF, WORKER, SmallOffice, email, schema

HANDLERS = ("王文员", "周科长", "钱出纳")
MOST_OPEN = 14
"""Claims under way at once: more would make every pass long."""


@dataclass
class People:
    """Everybody but the worker, each at his own login, rolling dice.

    Attributes:
        attempts: Every try to decide a step: (account, code of the step, decision).
        deleted: Rows that were deleted (code, row id), and how often.
        done: How often each thing was done.
    """

    office: SmallOffice
    dice: random.Random
    attempts: set[tuple[str, str, str]] = field(default_factory=set)
    deleted: Counter[tuple[str, int]] = field(default_factory=Counter)
    done: Counter[str] = field(default_factory=Counter)
    invoices: int = 0

    def act(self) -> None:
        """One person does one thing, if there is anything of the kind to do."""
        acts: dict[Callable[[], bool], int] = {
            self.files: 4,
            self.submits: 6,
            self.signs: 14,
            self.signs_in_his_place: 2,
            self.signs_too_early: 2,
            self.changes_content: 2,
            self.types_where_he_must_not: 3,
            self.submits_and_types: 1,
            self.pays: 5,
            self.withdraws: 1,
            self.deletes: 2,
            self.smuggles: 1,
        }
        [act] = self.dice.choices(list(acts), list(acts.values()))
        try:
            if act():
                self.done[act.__name__] += 1
        except RowMissing:
            self.done["too late"] += 1  # the row was deleted a moment ago

    # --- looking ----------------------------------------------------------------------------------------------------
    def rows(self, table: str) -> list[Row]:
        return list(self.office.host.changed(table, None).rows)

    def claim(self, *status: str) -> Row | None:
        found = [r for r in self.rows("expense_claims") if r["status"] in status and r["code"]]
        return self.dice.choice(found) if found else None

    def waiting(self) -> list[list[Row]]:
        """Undecided steps of claims being signed, those of one claim together in their order."""
        signing = {r.id for r in self.rows("expense_claims") if r["status"] == SIGNING}
        by_claim: dict[Any, list[Row]] = {}
        for step in self.rows("sign_steps"):
            if step["claim"] in signing:
                by_claim.setdefault(step["claim"], []).append(step)
        found = []
        for steps in by_claim.values():
            last = max(s["round"] for s in steps)  # type: ignore[type-var]
            left = [s for s in steps if s["round"] == last and s["decision"] == "待签"]
            if left:
                found.append(sorted(left, key=lambda s: s["seq"]))  # type: ignore[arg-type, return-value]
        return found

    def name(self, person: object) -> str:
        return next(n for n in STAFF if self.office.ids[n] == person)

    # --- doing what is right ------------------------------------------------------------------------------------------
    def files(self) -> bool:
        unfinished = [r for r in self.rows("expense_claims") if r["status"] not in (ARCHIVED, "不同意", "作废")]
        lines = [str(r["name"]) for r in self.rows("budget_lines")]  # a deleted one is not back yet
        if len(unfinished) >= MOST_OPEN or not lines:
            return False
        self.invoices += 1
        number = self.invoices if self.dice.random() > 0.1 else max(1, self.invoices - 1)  # some hand one in twice
        amount = Decimal(self.dice.randrange(5_000, 150_000)) / 100
        self.office.person(self.dice.choice(HANDLERS)).file_claim(
            "购置办公用品",
            line=self.dice.choice(lines),
            invoices={f"2650000000{number:010d}": amount},
            on=date(2026, 8, 28),
            acceptor=self.office.ids["吴科长"],
            accepted_on=date(2026, 8, 28),
        )
        return True

    def submits(self) -> bool:
        claim = self.claim("草稿", "已退回")
        if claim is None:
            return False
        self.office.person(self.name(claim["handler"])).submit(claim.id)
        return True

    def signs(self) -> bool:
        waiting = self.waiting()
        if not waiting:
            return False
        step = self.dice.choice(waiting)[0]
        self._decide(self.name(step["assignee"]), step)
        return True

    def pays(self) -> bool:
        claim = self.claim(APPROVED, PAID)
        if claim is None:
            return False
        if claim["status"] == PAID:
            self.office.person("李会计").edit("expense_claims", claim.id, voucher_no=f"记-{claim.id}")
        elif not claim["paper_signed"]:
            self.office.person("李会计").edit("expense_claims", claim.id, paper_signed=True)
        else:
            day = self.office.clock.now.date()
            self.office.person("钱出纳").edit("expense_claims", claim.id, pay_method="银行转账", paid_on=day)
        return True

    def withdraws(self) -> bool:
        claim = self.claim(SIGNING)
        if claim is None:
            return False
        self.office.person(self.name(claim["handler"])).withdraw(claim.id)
        return True

    # --- doing what is wrong ------------------------------------------------------------------------------------------
    def signs_in_his_place(self) -> bool:
        waiting = self.waiting()
        if not waiting:
            return False
        step = self.dice.choice(waiting)[0]
        self._decide(self.dice.choice([n for n in STAFF if self.office.ids[n] != step["assignee"]]), step)
        return True

    def signs_too_early(self) -> bool:
        steps = [s for later in self.waiting() for s in later[1:]]
        if not steps:
            return False
        step = self.dice.choice(steps)
        self._decide(self.name(step["assignee"]), step)
        return True

    def _decide(self, name: str, step: Row) -> None:
        decision = self.dice.choices(("同意", "退回", "不同意"), (90, 7, 3))[0]
        opinion = None if decision == "同意" else "附件不全，请补充验收单"
        self.attempts.add((email(STAFF[name][0]), str(step["code"]), decision))
        self.office.person(name).sign(step.id, decision, opinion)

    def changes_content(self) -> bool:
        claim = self.claim(SIGNING, APPROVED, PAID, ARCHIVED)
        if claim is None:
            return False
        self._anybody().edit("expense_claims", claim.id, title=f"购置办公用品（改{self.dice.randrange(99)}）")
        return True

    def types_where_he_must_not(self) -> bool:
        choices: list[tuple[str, dict[str, Any]]] = [
            ("expense_claims", {"status": APPROVED}),
            ("expense_claims", {"code": "ZC-2026-9999"}),
            ("expense_claims", {"approved_hash": "abc"}),
            ("sign_steps", {"valid": VALID}),
            ("sign_steps", {"assignee": self.office.ids["王文员"]}),
            ("budget_lines", {"frozen": Decimal(1)}),
            ("violations", {"detail": "没有的事"}),
            ("invoices", {"dup": "无", "locked": True}),
        ]
        table, cells = self.dice.choice(choices)
        rows = self.rows(table)
        if not rows:
            return False
        self._anybody().edit(table, self.dice.choice(rows).id, **cells)
        return True

    def submits_and_types(self) -> bool:
        claim = self.claim("草稿")
        if claim is None:
            return False
        person = self.office.person(self.name(claim["handler"]))
        person.edit("expense_claims", claim.id, status="提交", std_amount=Decimal(5))
        return True

    def deletes(self) -> bool:
        table = self.dice.choice(("expense_claims", "invoices", "sign_steps", "violations", "budget_lines"))
        rows = [r for r in self.rows(table) if r["code"]]
        if not rows:
            return False
        row = self.dice.choice(rows)
        person = self._anybody()
        person.delete(table, row.id)
        self.deleted[str(row["code"]), row.id] += any(
            e.action == "delete" and e.account == person.host.account for e in person.host.edits(table, row.id)[-1:]
        )
        return True

    def smuggles(self) -> bool:
        """A decision that gets into the table without a record of its author."""
        waiting = self.waiting()
        if not waiting:
            return False
        bound = self.office.binding["sign_steps"]
        server: Any = self.office.server
        server.import_rows(bound.id, {self.dice.choice(waiting)[0].id: {bound.fields["decision"]: "同意"}}, None)
        return True

    def _anybody(self) -> Any:
        return self.office.person(self.dice.choice(list(STAFF)))


class Audit:
    """What must hold once the worker has come to rest.

    Args:
        engine: A fresh worker's, at rest.
        server: The tables.
        people: What they tried.
        mails: Message-ID of every mail that reached the post office, in order.
    """

    def __init__(self, engine: Engine, server: MemoryServer, people: People, mails: list[str]) -> None:
        self.office = engine.office
        self.journal = engine.office.journal
        self.people = people
        self.mails = mails
        host = server.login(WORKER)
        host.bind(people.office.binding)
        self.host = {t.name: {r.id: r for r in host.changed(t.name, None).rows} for t in schema()}
        self.cases = [Case.model_validate(c.data) for c in self.journal.cases("expense_claims")]

    def flaws(self) -> list[str]:
        """Everything that is not as it should be; one line each."""
        checks = (self._chain, self._signatures, self._rows, self._claims, self._budget, self._notices, self._mirror)
        return [f"{check.__name__[1:]}: {flaw}" for check in checks for flaw in check()]

    def figures(self) -> dict[str, int]:
        kinds = Counter(e.kind for e in self.journal.entries())
        doubles = len(self.mails) - len(set(self.mails))
        counts = {k: kinds[k] for k in ("submitted", "signed", "refused", "restored", "recreated", "fell", "violation")}
        return {"cases": len(self.cases), **counts, "mails": len(self.mails), "mails_twice": doubles}

    def _chain(self) -> Iterator[str]:
        verdict = self.journal.verify()
        if not verdict.ok:
            yield verdict.message

    def _signatures(self) -> Iterator[str]:
        """Each valid signature has exactly one entry, and each entry an attempt by the account of who may sign."""
        entries: dict[str, list[Any]] = {}
        for entry in self.journal.entries(kind="signed"):
            entries.setdefault(entry.data["step"], []).append(entry.data)
        steps = {s.code: s for case in self.cases for s in (*case.past, *case.steps)}
        for code, found in entries.items():
            if len(found) != 1:
                yield f"{code} was signed {len(found)} times"
            account, decision = found[0]["account"], found[0]["decision"]
            if (account, code, decision) not in self.people.attempts:
                yield f"{code}: nobody at {account} ever chose {decision}"
            if code not in steps or steps[code].account != account:
                yield f"{code}: the case knows another signer than {account}"
            elif account != email(STAFF[self.people.name(steps[code].assignee)][0]):
                yield f"{code}: {account} is not the assignee's account"
        for step in steps.values():
            if step.validity == VALID and step.code not in entries:
                yield f"{step.code} counts as signed without an entry"

    def _rows(self) -> Iterator[str]:
        """No row twice, none missing."""
        for table, rows in self.host.items():
            for code, times in Counter(r.values.get("code") for r in rows.values()).items():
                if code is not None and times > 1:
                    yield f"{table}: {times} rows {code}"
        present = {str(r["code"]) for rows in self.host.values() for r in rows.values() if r.values.get("code")}
        with self.journal.store.read() as connection:
            given = set(connection.exec_driver_sql("select code from numbers").scalars())
            waiting = connection.exec_driver_sql("select code from intents where not done").scalars().all()
        if missing := sorted(given - present):
            yield f"codes that were given but live on no row: {missing}"
        if strange := sorted(present - given):
            yield f"codes on rows that were never given: {strange}"
        if waiting:
            yield f"rows still to be added: {waiting}"
        # A step's row that was deleted before the worker knew it, or of which a kill had made two, lives on under
        # another row id; that deletion may have been seen or not, all others are in the ledger.
        living = {(str(r["code"]), r.id) for rows in self.host.values() for r in rows.values() if r.values.get("code")}
        least: Counter[str] = Counter()
        most: Counter[str] = Counter()
        for (code, row_id), times in self.people.deleted.items():
            most[code] += times
            least[code] += times if (code, row_id) in living else 0
        found = Counter(str(v["biz_code"]) for v in self.host["violations"].values() if v["rule"] == "DG-04")
        for code in sorted(most.keys() | found.keys()):
            if not least[code] <= found[code] <= most[code]:
                told = f"{least[code]} to {most[code]} times" if least[code] < most[code] else f"{most[code]} times"
                yield f"{code} was deleted {told}, but {found[code]} deletions are in the ledger"
        evidence = Counter((v["rule"], v["biz_code"], v["evidence"]) for v in self.host["violations"].values())
        yield from (f"violations: {times} rows for one {key}" for key, times in evidence.items() if times > 1)
        for case in self.cases:
            wanted = {s.code for s in (*case.past, *case.steps)}
            found = {s["code"] for s in self.host["sign_steps"].values() if s["claim"] == case.row_id}
            if wanted != found:
                yield f"{case.code}: steps {sorted(wanted ^ found, key=str)} differ"

    def _claims(self) -> Iterator[str]:
        """What stands in the tables is what the journal knows, and what was signed is what stands there."""
        for case in self.cases:
            row = self.host["expense_claims"].get(case.row_id)
            if row is None:
                yield f"{case.code}: no row {case.row_id}"
                continue
            if (row["status"], row["code"]) != (case.status, case.code):
                yield f"{case.code}: shown as {row['code']} {row['status']}, is {case.status}"
            if (row["check_message"] or "") != case.message:
                yield f"{case.code}: shows {row['check_message']!r}, not {case.message!r}"
            if case.status in UNDER_SEAL and case.content is not None:
                parts = {i: r.values for i, r in self.host["invoices"].items() if r["claim"] == case.row_id}
                now = content(expense_claims, row.values, parts)
                changed = [n for n, *_ in differences(case.content, now) if n != "attachments"]
                if changed:
                    yield f"{case.code}: {case.status}, but {changed} are not what was signed"
            by_code = {r["code"]: r for r in self.host["sign_steps"].values()}
            for step in (*case.past, *case.steps):
                shown = by_code.get(step.code)
                if shown is not None and (shown["decision"], shown["valid"] or "") != (step.decision, step.validity):
                    yield f"{step.code}: shows {shown['decision']} {shown['valid']}, is {step.decision} {step.validity}"

    def _budget(self) -> Iterator[str]:
        for line_id, line in self.host["budget_lines"].items():
            mine = [c for c in self.cases if self.host["expense_claims"][c.row_id]["budget_line"] == line_id]
            frozen = sum((c.payable for c in mine if c.status in (SIGNING, APPROVED)), Decimal(0))
            spent = sum((c.payable for c in mine if c.status in (PAID, ARCHIVED)), Decimal(0))
            wanted = (frozen, spent, Decimal(20000) - frozen - spent)
            shown = tuple(line[n] or Decimal(0) for n in ("frozen", "spent", "available"))  # an empty cell is nothing
            if wanted != shown:
                yield f"{line['name']}: shows {shown}, the claims say {wanted}"

    def _notices(self) -> Iterator[str]:
        with self.journal.store.read() as connection:
            rows = connection.exec_driver_sql("select key, state, receipt, message from deliveries").mappings().all()
        if unfinished := Counter(r["state"] for r in rows if r["state"] not in ("settled", "merged", "failed")):
            yield f"unfinished deliveries: {dict(unfinished)}"
        if failed := [r["key"] for r in rows if r["state"] == "failed"]:
            yield f"failed deliveries: {failed}"
        booked = [e.data["receipt"] for e in self.journal.entries(kind="sent")]
        if lost := set(booked) - set(self.mails):
            yield f"booked, but never at the post office: {sorted(lost)}"
        if unbooked := set(self.mails) - set(booked):
            yield f"at the post office, but not booked: {sorted(unbooked)}"
        if twice := [key for key, times in Counter(booked).items() if times > 1]:
            yield f"booked twice: {twice}"
        shown = Counter(r["send_state"] for r in self.host["outbox"].values())
        if shown != Counter({"已发": len(booked)}):
            yield f"通知与报告 shows {dict(shown)}, {len(booked)} were booked"
        keys = " ".join(r["key"] for r in rows)
        for kind in ("refused", "violation"):
            for entry in self.journal.entries(kind=kind):
                named = entry.data["edit"] if kind == "refused" else entry.data["code"]
                if f"/{named}|" not in keys and f"|{named}|" not in keys:
                    yield f"nobody is told of {kind} {named}"

    def _mirror(self) -> Iterator[str]:
        """Row by row, cell by cell."""
        for table in schema():
            here = {r.id: r for r in self.office.mirror.select(table.name)}
            there = self.host[table.name]
            if here.keys() != there.keys():
                yield f"{table.name}: rows {sorted(here.keys() ^ there.keys())} differ"
            for row_id in here.keys() & there.keys():
                mine, its = here[row_id], there[row_id]
                cells = [n for n in its.values if not same(mine[n], its[n])]
                if cells or mine.born != its.born:
                    yield f"{table.name}/{row_id}: {cells} differ"
        if left := self.office.mirror.agenda():
            yield f"{len(left)} rows still wait to be judged"


def interrupted(place: Any) -> Counter[str]:
    """What the last kill left unfinished, read from the files while no worker lives."""
    found: Counter[str] = Counter()
    questions = {
        "agenda": ("mirror.db", "select count(*) from _agenda"),
        "rows to add": ("journal.db", "select count(*) from intents where not done"),
        "mail claimed": ("journal.db", "select count(*) from deliveries where state = 'claimed'"),
        "mail sent, not booked": ("journal.db", "select count(*) from deliveries where state = 'sent'"),
    }
    for what, (file, question) in questions.items():
        connection = sqlite3.connect(place.folder / file, timeout=20)
        try:
            found[what] = int(connection.execute(question).fetchone()[0] > 0)
        finally:
            connection.close()
    return found


def told(counts: Counter[str]) -> str:
    return json.dumps(dict(sorted(counts.items())), ensure_ascii=False)


__all__ = ("CHAIN", "Audit", "People", "interrupted", "told")
