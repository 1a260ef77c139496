"""What must hold of the money after any history at all (domain.md E7), lawful or not, awake or asleep.

    HOUQIN_MONEY_HISTORIES=10000 .venv/bin/pytest tests/money

plays ten thousand histories, each time others; without it a few hundred, the same each time. Everything is computed
here a second time, from what people typed and what stands in the rows, with none of the code that judged it.
"""

import os
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from decimal import Decimal
from itertools import pairwise

from hypothesis import HealthCheck, Phase, event, given, settings
from hypothesis import strategies as st

from automations.approvals.case import Case
from automations.approvals.seal import seal
from tests.money.paper_office import Noted, PaperOffice
from tests.money.paper_school import STAFF, account
from tests.money.players import DEEDS, play
from tests.money.turns import Turn
from tests.office import schema

ASKED = os.environ.get("HOUQIN_MONEY_HISTORIES", "")
HISTORIES = int(ASKED or 300)

OPEN = ("签批中", "已批准")
GONE = ("已支付", "已归档")
SIGNED_AND_LIVING = (*OPEN, *GONE)

turns = st.builds(
    Turn,
    kind=st.integers(0, len(DEEDS) - 1),
    row=st.integers(0, 11),
    who=st.integers(0, 23),
    how=st.integers(0, 23),
    asleep=st.sampled_from([False, False, False, True]),
)
school = st.fixed_dictionaries(
    {
        "chain.top_from": st.sampled_from(["0", "0", "850"]),
        "chain.acceptance": st.sampled_from(["否", "否", "是"]),
        "sign.paper_required": st.sampled_from(["是", "是", "否"]),
    }
)


def test_money_is_safe_after_any_history() -> None:
    seen: Counter[str] = Counter()

    @settings(
        max_examples=HISTORIES,
        deadline=None,
        database=None,
        derandomize=not ASKED,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
    )
    @given(norms=school, history=st.lists(turns, min_size=14, max_size=30))
    def histories(norms: dict[str, str], history: list[Turn]) -> None:
        office = PaperOffice(**norms)
        watch = Watch(office)
        for turn in history:
            play(office, turn)
            watch.look()
        office.look()
        watch.look()
        everything_holds(office)
        count(office, seen)

    histories()
    print(f"\n{seen['histories']} histories, {seen['edits']} edits:", dict(sorted(seen.items())))
    reached(seen)


# Always ---------------------------------------------------------------------------------------------------------------


def everything_holds(office: PaperOffice) -> None:
    for _, case in office.claims():
        if case.status in GONE:
            three_people_signed(office, case)
            as_it_was_signed(office, case)
    signed_in_order(office)
    nobody_signed_his_own(office)
    every_yuan_is_invoiced(office)
    every_invoice_once(office)
    for line in office.rows["budget_lines"]:
        the_line_adds_up(office, line)
    income_is_remitted_whole(office)
    money_left_after_approval(office)
    closed_rows_stand(office)


def three_people_signed(office: PaperOffice, case: Case) -> None:
    """Each in his turn, by his own login, the handler first; 分管领导 and a last signature among them."""
    steps = case.steps
    assert steps and all(s.validity == "有效" and s.decision == "同意" for s in steps), case.code
    assert [s.seq for s in steps] == list(range(1, len(steps) + 1))
    at = [s.signed_at for s in steps if s.signed_at is not None]
    assert len(at) == len(steps) and all(a < b for a, b in pairwise(at))
    assert all(a.order < b.order for a, b in pairwise(steps))
    people = {case.handler, *(s.signer for s in steps)}
    assert len(people) == len(steps) + 1 >= 3, "three different people at least, nobody twice"
    levels = [s.level for s in steps if s.nature == "签字"]
    assert levels in (["分管领导", "主要领导"], ["分管领导", "分管财务"]), levels
    for step in steps:
        [edit] = [e for e in office.typed if e.order == step.order]
        assert step.signer is not None
        assert (edit.table, edit.account, edit.after.get("decision")) == ("sign_steps", account(step.signer), "同意")


def signed_in_order(office: PaperOffice) -> None:
    """No level of any row has signed before those in front of it."""
    for case in office.cases.values():
        agreed = [s.agreed for s in case.steps]
        assert agreed == sorted(agreed, reverse=True), case.code
        assert all(a.order < b.order for a, b in pairwise(s for s in case.steps if s.agreed)), case.code


def as_it_was_signed(office: PaperOffice, case: Case) -> None:
    """All signed the same content; it stands in the row and its invoices, and was not paid for more."""
    assert case.content is not None and case.approved_seal == seal(case.content, case.audited)
    assert len({s.seal for s in case.steps if s.level in ("分管领导", "主要领导", "分管财务")}) == 1
    assert stands_as_sealed(office, case), case.code
    assert case.payable <= Decimal(case.content["fields"]["amount"])


def stands_as_sealed(office: PaperOffice, case: Case) -> bool:
    """What the signatures cover is what stands in the row and its invoices."""
    assert case.content is not None
    row, fields = office.rows["expense_claims"][case.row_id], case.content["fields"]
    same = all(plain(row[n]) == plain(fields[n]) for n in fields if n != "attachments")
    mine = {i: r for i, r in office.rows["invoices"].items() if r["claim"] == case.row_id}
    return same and {(i, r["inv_no"], str(r["amount"]), r["seller"]) for i, r in mine.items()} == {
        (p["id"], p["inv_no"], p["amount"], p["seller"]) for p in case.content["parts"]
    }


def nobody_signed_his_own(office: PaperOffice) -> None:
    """No signature was ever taken from the handler, the payee, or one who had signed the round already."""
    rounds: dict[tuple[object, int], list[int]] = {}
    for noted in office.noted:
        if noted.event.kind != "signed":
            continue
        data = noted.event.data
        signers = rounds.setdefault((noted.key, data["round"]), [])
        assert data["signer"] not in signers, ("twice in one round", noted)
        signers.append(data["signer"])
        submitted = [
            n
            for n in office.noted
            if n.key == noted.key and n.event.kind == "submitted" and n.event.data["round"] == data["round"]
        ]
        assert data["signer"] != submitted[0].event.data["handler"], ("his own", noted)
        assert data["account"] == account(data["signer"])
    for _, case in office.claims():
        if case.status in SIGNED_AND_LIVING and case.content is not None:
            signers = [s.signer for s in case.steps if s.signer is not None]
            assert case.content["fields"]["payee"] not in signers and case.handler not in signers, case.code
            assert not {*case.recused} & {*signers}, case.code


def keys_of(case: Case) -> set[str]:
    parts = case.content["parts"] if case.content else ()
    return {f"{p['inv_code'] or ''}{p['inv_no']}" for p in parts}


def every_yuan_is_invoiced(office: PaperOffice) -> None:
    """Nothing is signed that no invoice proves."""
    for _, case in office.claims():
        if case.status in SIGNED_AND_LIVING and case.content is not None:
            invoiced = sum((Decimal(part["amount"]) for part in case.content["parts"]), Decimal(0))
            assert Decimal(0) < Decimal(case.content["fields"]["amount"]) <= invoiced, case.code


def every_invoice_once(office: PaperOffice) -> None:
    """Each number is under at most one claim that is being signed, approved or paid; and held by one at most."""
    used = Counter(key for _, case in office.claims() if case.status in SIGNED_AND_LIVING for key in keys_of(case))
    assert all(n == 1 for n in used.values()), used
    held = Counter(h.key for holds in office.holds.values() for h in holds if h.kind == "invoice")
    assert all(n == 1 for n in held.values()), held
    assert used.keys() <= held.keys()


def taken(office: PaperOffice, line: int) -> tuple[Decimal, Decimal]:
    """元 frozen and spent on a line: what claims take, and what requests hold beyond that."""
    frozen = spent = Decimal(0)
    under: dict[int, Decimal] = defaultdict(Decimal)
    for _, case in office.claims():
        fields = case.content["fields"] if case.content and case.status in SIGNED_AND_LIVING else {}
        if fields.get("budget_line") == line:
            frozen += case.payable if case.status in OPEN else 0
            spent += case.payable if case.status in GONE else 0
            if fields["request"]:
                under[fields["request"]] += case.payable
    for (table, row_id), case in office.cases.items():
        if (
            table == "requests"
            and case.status in OPEN
            and case.content
            and case.content["fields"]["budget_line"] == line
        ):
            frozen += max(Decimal(case.content["fields"]["est_amount"]) - under[row_id], Decimal(0))
    return frozen, spent


def total_of(office: PaperOffice, line: int) -> Decimal:
    row = office.rows["budget_lines"][line]
    return Decimal(row["approved"] or 0) + Decimal(row["adjusted_ok"] or 0)


def the_line_adds_up(office: PaperOffice, line: int) -> None:
    """批复 + 已批调整 = 占用 + 支付 + 可用, and an adjustment counts only as 主要领导 signed it."""
    cells, (frozen, spent) = office.figures(line), taken(office, line)
    assert (cells["frozen"], cells["spent"]) == (frozen, spent), line
    assert total_of(office, line) == frozen + spent + cells["available"]
    signed = [n for n in office.noted if n.key == ("budget_lines", line) and n.event.kind == "approved"]
    last = (signed[-1].case.content or {})["fields"]["adjusted"] if signed else None
    typed = office.rows["budget_lines"][line]["adjusted_ok"]
    assert (None if typed is None else Decimal(typed)) == (None if last is None else Decimal(last))


def income_is_remitted_whole(office: PaperOffice) -> None:
    done = [r for i, r in office.rows["income"].items() if office.shown("income", i) == "已核对"]
    assert sum(Decimal(r["received"]) for r in done) == sum(Decimal(r["remitted"]) for r in done)
    assert all(r["status"] == "已核对" and r["receipt_no"] for r in done)
    assert len({r["receipt_no"] for r in done}) == len(done)


def money_left_after_approval(office: PaperOffice) -> None:
    """Every payment follows an approval that nothing undid in between; the cashier neither signed nor gets it."""
    cashiers = {account(p.id) for p in STAFF if "出纳" in p.roles}
    state: dict[object, str] = {}
    for noted in office.noted:
        kind = noted.event.kind
        if kind in ("approved", "fell", "voided", "withdrawn", "returned", "rejected", "submitted"):
            state[noted.key] = kind
        elif kind == "paid":
            assert state[noted.key] == "approved", noted
            assert noted.event.data["account"] in cashiers
            state[noted.key] = "paid"
        elif kind == "archived":
            assert state[noted.key] == "paid", noted
    for row_id, case in office.claims():
        assert (case.status in GONE) == (state.get(("expense_claims", row_id)) == "paid"), case.code
        row = office.rows["expense_claims"][row_id]
        if case.status not in ("已批准", *GONE, "作废"):
            assert (row["paid_on"], row["voucher_no"], row["paper_signed"]) == (None, None, False), case.code


def closed_rows_stand(office: PaperOffice) -> None:
    """Cells of a row that is paid or closed are those that stood there when it was."""
    for (table, row_id), case in office.cases.items():
        if case.status in GONE and case.snapshot:
            row, fields = office.rows[table][row_id], schema()[table]
            for name, value in case.snapshot["row"].items():
                if fields[name].type != "file":
                    assert plain(row[name]) == plain(value), (table, row_id, name)


def plain(value: object) -> object:
    if isinstance(value, tuple | list):
        return [plain(v) for v in value]
    return str(value) if value not in (None, False) else None


# At every look --------------------------------------------------------------------------------------------------------


class Watch:
    """What may not happen between one look and the next."""

    def __init__(self, office: PaperOffice) -> None:
        self._office, self._noted = office, 0
        self._before = self._lines()

    def _lines(self) -> Mapping[int, tuple[Decimal, Decimal]]:
        """元 in all and 元 left, by line."""
        found = {}
        for line in self._office.rows["budget_lines"]:
            total = total_of(self._office, line)
            found[line] = (total, total - sum(taken(self._office, line)))
        return found

    def look(self) -> None:
        office, new = self._office, self._office.noted[self._noted :]
        for _, case in office.claims():
            if case.status in OPEN and office.idle:
                assert stands_as_sealed(office, case), ("a signature covers what stands there", case.code)
        self._noted = len(office.noted)
        lines = self._lines()
        for line, (total, left) in lines.items():
            was_total, was_left = self._before[line]
            if left < 0 and left < was_left:
                cut = total < was_total and not self._signed(new, line)
                assert cut, ("neither a submission nor a signed adjustment overdraws a line", line, left, new)
        for noted in new:
            if noted.event.kind == "submitted" and noted.key[0] in ("expense_claims", "requests"):
                at = (noted.case.content or {"fields": {}})["fields"].get("budget_line")
                if noted.case.status == "签批中" and at in lines and noted.case.payable:
                    assert lines[at][1] >= 0 or lines[at][0] < self._before[at][0], ("submitted without money", noted)
        self._before = lines

    def _signed(self, new: Iterable[Noted], line: int) -> bool:
        return any(n.key == ("budget_lines", line) and n.event.kind == "approved" for n in new)


# How much was proved --------------------------------------------------------------------------------------------------

REFUSED = ("SG-01", "SG-02", "SG-06", "DG-01", "DG-02", "DG-03", "EX-08", "BG-01", "IV-02", "IV-04", "EX-03", "EX-10")
"""Of each of these somebody must have been refused, however few histories there are."""

RARELY = (
    *(
        "SG-03",
        "SG-04",
        "SG-08",
        "DG-05",
        "撤回",
        "作废",
        "核减",
        "指标调整",
        "责任列",
        "停用服务商",
        "必填",
        "不相容岗位",
    ),
    *("BG-02", "EX-02", "EX-04", "EX-06", "EX-12", "IN-01", "IN-05", "减免", "退款"),
)
"""And of these in some thousands."""


def count(office: PaperOffice, seen: Counter[str]) -> None:
    seen["histories"] += 1
    seen["edits"] += len(office.typed)
    seen["→他人栏目还原"] += office.put_back
    kinds: Counter[str] = Counter()
    for noted in office.noted:
        data = noted.event.data
        kinds[f"·{noted.event.kind}"] += 1
        for rule in (data.get("rule"), *data.get("rules", ())):
            kinds[f"×{rule}"] += rule is not None
    seen.update(kinds)
    states = {f"→{office.shown(table, row_id)}" for table, row_id in office.cases}
    seen.update({state: 1 for state in states})
    for state in ("→已支付", "→已归档", "→已核对"):
        if state in states:
            event(state)
    if any(case.status in GONE for _, case in office.claims()):
        seen["paid"] += 1
        event("a claim was paid")


def reached(seen: Counter[str]) -> None:
    """The histories are worth something: claims are paid in many of them, and every kind of wrong was tried."""
    assert seen["histories"] >= HISTORIES
    assert seen["paid"] >= 0.1 * seen["histories"], "a tenth reach 已支付 at least"
    assert seen["→已核对"] >= 0.1 * seen["histories"] and seen["→已归档"] >= 0.05 * seen["histories"]
    wanted = (*REFUSED, *RARELY) if seen["histories"] >= 5_000 else REFUSED
    missing = [rule for rule in wanted if not seen[f"×{rule}"]]
    assert not missing, missing
    assert seen["·reseated"] and seen["·audited"] and seen["·voided"] and seen["·returned"] and seen["→他人栏目还原"]
