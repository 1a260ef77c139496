"""A year judged again: what differs, in whose order, by whose parameters."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from automations.books import Books, MemorySource
from automations.holds import Hold
from automations.jobs import approvals
from automations.norms import Norm, Norms
from automations.people import Department, Directory, Person
from automations.rehearsal.proposal import Proposed, Written
from automations.rehearsal.replay import GrowingBooks, Replay
from automations.rehearsal.whatif import KINDS, Difference, Judge, Submission, Total, rehearse, totals
from automations.rows import RowView
from automations.tables.base import Row
from automations.tables.values import Values
from automations.workdays import SCHOOL_TIME, Calendar
from tests.office import schema
from tests.rules.claim_world import CLAIM, INVOICE, LINE
from tests.rules.world import whole

CLERK, HEAD, FINANCE, LEADER, TOP, SECOND = 1, 2, 3, 4, 5, 6
PEOPLE = (
    Person(CLERK, "王文员", department=1, rank="科员"),
    Person(HEAD, "周科长", department=1, roles=frozenset({"部门负责人"}), rank="中层"),
    Person(FINANCE, "李会计", department=2, roles=frozenset({"会计"}), rank="科员"),
    Person(LEADER, "孙副校长", roles=frozenset({"分管领导"}), rank="班子成员"),
    Person(TOP, "赵校长", roles=frozenset({"主要领导"}), rank="主要领导"),
    Person(SECOND, "陈副校长", roles=frozenset({"分管领导"}), rank="班子成员"),
)
DEPARTMENTS = (Department(1, "行政科", HEAD, LEADER, "行政后勤"), Department(2, "财务科", FINANCE, SECOND, "财务"))
VENDOR = {"code": "FW-0001", "name": "示例文具商行", "bank_account": "6222003100012345678", "bank_verified": True}
OUT_OF_THE_WAY = {"request.purchase_from": "1000000", "split.excluded": "办公费"}
"""Parameters that the present test is not about, set so that their rules are silent."""


def at(month: int, day: int, hour: int = 9, year: int = 2026) -> datetime:
    return datetime(year, month, day, hour, tzinfo=SCHOOL_TIME)


def claim(
    number: int,
    amount: str,
    when: datetime | None = None,
    *,
    invoices: int = 1,
    moments: tuple[str, ...] = ("提交",),
    holds: Iterable[Hold] = (),
    **cells: Any,
) -> Submission:
    """A complete claim that was submitted ``when``, two days after its business."""
    when = when or at(9, number)
    day = (when - timedelta(days=2)).date()
    code, total = f"ZC-2026-{number:04d}", Decimal(amount)
    filled = {**CLAIM, "code": code, "amount": total, "biz_date": day, "status": "已归档", "handler": CLERK, **cells}
    part = {**INVOICE, "claim": number, "amount": total / invoices, "issued_on": day}
    own = [{**part, "inv_no": f"{number:010d}{n * 7:010d}"} for n in range(invoices)]
    return Submission(
        table="expense_claims",
        row_id=number,
        values=whole(schema()["expense_claims"], filled),
        at=when,
        subject=f"expense_claims/{code}",
        handler=CLERK,
        moments=moments,
        parts=tuple(
            RowView("invoices", Row(number * 100 + n, whole(schema()["invoices"], c))) for n, c in enumerate(own)
        ),
        holds=tuple(holds),
    )


def tried(
    submissions: Iterable[Submission],
    proposed: Mapping[str, str] | list[Norm],
    *,
    norms: Mapping[str, str] = OUT_OF_THE_WAY,
    tables: Mapping[str, Mapping[int, Mapping[str, Any]]] | None = None,
    year: int = 2026,
) -> list[tuple[str, str, str, str]]:
    """(kind, code, from, to) of everything that differs."""
    return [
        (d.kind, d.code, d.was, d.now) for d in differing(submissions, proposed, norms=norms, tables=tables, year=year)
    ]


def differing(
    submissions: Iterable[Submission],
    proposed: Mapping[str, str] | list[Norm],
    *,
    norms: Mapping[str, str] = OUT_OF_THE_WAY,
    tables: Mapping[str, Mapping[int, Mapping[str, Any]]] | None = None,
    year: int = 2026,
) -> list[Difference]:
    base = Norms(Norm(key, value) for key, value in norms.items())
    lines = proposed if isinstance(proposed, list) else [Norm(key, value) for key, value in proposed.items()]
    there = {"budget_lines": {1: LINE}, "vendors": {1: VENDOR}, **(tables or {})}
    rows: dict[str, dict[int, Values]] = {
        name: {i: whole(schema()[name], cells) for i, cells in found.items()} for name, found in there.items()
    }
    replay = Replay(MemorySource(rows), ("requests", "procurements", "expense_claims", "invoices"))
    judge = Judge(schema(), approvals(), Directory(PEOPLE, DEPARTMENTS), Calendar(), replay)
    changed = [norm.key for norm in lines]
    trial = Proposed(base, [Written(n, norm) for n, norm in enumerate(lines)])
    return [d for _, found in rehearse(judge, submissions, base, trial, changed, year) for d in found]


# --- the four kinds ---------------------------------------------------------------------------------------------------


def test_a_lower_line_sends_a_claim_another_way_with_the_reason() -> None:
    [one] = differing([claim(1, "4000"), claim(2, "2999")], {"compare.limit": "3000"})
    assert (one.kind, one.code, one.was, one.now) == ("re-routed", "ZC-2026-0001", "小项三级", "内部比选+集体")
    assert one.reason.startswith("金额4,000元达到内部比选起点3,000元，须内部比选")
    assert (one.table, one.title, one.amount, one.rule) == ("expense_claims", "购置订书机", Decimal("4000.00"), "")


def test_the_line_itself_is_reached() -> None:
    assert tried([claim(1, "3000")], {"compare.limit": "3000"}) == [
        ("re-routed", "ZC-2026-0001", "小项三级", "内部比选+集体")
    ]
    assert tried([claim(1, "2999.99")], {"compare.limit": "3000"}) == []


def test_a_stricter_parameter_catches() -> None:
    late = claim(1, "500", biz_date=date(2026, 8, 11), when=at(9, 1))
    [one] = differing([late], {"claim.days": "20"})
    assert (one.kind, one.rule, one.was, one.now) == ("caught", "EX-07", "通过", "提示")
    assert one.reason == "业务发生已21天，超过20天报销期限，请说明原因。（标准待核实）"
    assert differing([late], {"claim.days": "21"}) == []


def test_a_looser_parameter_releases() -> None:
    large = claim(1, "60000")
    found = differing(
        [large], {"collective.limit": "70000"}, tables={"budget_lines": {1: {**LINE, "approved": Decimal(90000)}}}
    )
    [released] = [d for d in found if d.kind == "released"]
    assert (released.rule, released.was, released.now) == ("PR-05", "拦截", "通过")
    assert "“办公费”60,000元达到校委会集体研究起点50,000元" in released.reason


def test_other_levels_sign() -> None:
    [one] = differing([claim(1, "800"), claim(2, "1000")], {"chain.top_from": "1000"})
    assert (one.kind, one.code) == ("chain", "ZC-2026-0001")
    assert one.was == "部门负责人·周科长→会计·李会计→分管领导·孙副校长→主要领导·赵校长"
    assert one.now == "部门负责人·周科长→会计·李会计→分管领导·孙副校长→分管财务·陈副校长"
    assert one.reason == "增加分管财务·陈副校长，减少主要领导·赵校长"


def test_a_level_falls_away() -> None:
    [one] = differing([claim(1, "800")], {"chain.dept_review": "否"})
    assert one.now == "会计·李会计→分管领导·孙副校长→主要领导·赵校长"
    assert one.reason == "减少部门负责人·周科长"


def test_an_invoice_of_the_row_is_judged_with_it() -> None:
    early = claim(1, "500", when=at(9, 1))
    [invoice] = early.parts
    values = {f.name: invoice[f.name] for f in schema()["invoices"].fields}
    older = RowView("invoices", Row(invoice.id, {**values, "issued_on": date(2026, 8, 1)}))
    [one] = differing([replace(early, parts=(older,))], {"invoice.before_days": "20"})
    assert (one.kind, one.rule, one.now) == ("caught", "IV-06", "提示")
    assert one.reason.startswith(f"发票{invoice.inv_no}：开票日期2026-08-01早于业务发生日")


def test_what_is_asked_at_payment() -> None:
    paid = {"paid_on": date(2026, 9, 8), "pay_method": "现金"}
    bought = claim(1, "900", moments=("提交", "付款"), **paid)
    [one] = differing([bought, claim(2, "900", **paid)], {"cash.limit": "800"})
    assert (one.kind, one.code, one.rule, one.now) == ("caught", "ZC-2026-0001", "EX-09", "拦截")


def test_the_sum_that_is_paid_is_the_audited_one() -> None:
    cut = claim(1, "900", moments=("提交", "付款"), pay_method="现金", audited_amount=Decimal(700))
    assert differing([cut], {"cash.limit": "800"}) == []


def test_a_procurement_at_its_stages() -> None:
    cells = {
        "code": "CG-2026-0001",
        "title": "更换锅炉",
        "kind": "货物",
        "catalogue": "目录外",
        "item_code": "锅炉",
        "budget_lines": (1,),
        "budget": Decimal(40000),
        "ceiling": Decimal(40000),
        "need": "一台",
        "method": "内部比选",
        "status": "采购实施",
    }
    values = whole(schema()["procurements"], cells)
    one = Submission("procurements", 1, values, at(9, 1), "procurements/CG-2026-0001", handler=CLERK)
    staged = replace(one, moments=("提交", "采购实施"))
    told = {(d.kind, d.rule, d.now) for d in differing([staged], {"collective.limit": "30000"})}
    assert ("caught", "PR-05", "拦截") in told
    assert ("re-routed", "", "电子卖场") not in told


def test_a_suggested_method_that_changes() -> None:
    cells = {
        "code": "CG-2026-0001",
        "title": "复印机",
        "kind": "货物",
        "item_code": "复印机",
        "budget": Decimal(3000),
        "status": "已归档",
    }
    values = whole(schema()["procurements"], cells)
    one = Submission("procurements", 1, values, at(9, 1), "procurements/CG-2026-0001", handler=CLERK)
    routed = [d for d in differing([one], {"procurement.catalogue": "计算机"}) if d.kind == "re-routed"]
    assert [(d.was, d.now) for d in routed] == [("电子卖场", "直接采购")]


def test_a_request_that_goes_up_to_the_top() -> None:
    cells = {
        "code": "SQ-2026-0001",
        "kind": "零星采购",
        "title": "购置投影仪",
        "handler": CLERK,
        "department": 1,
        "starts_at": at(9, 5),
        "ends_at": at(9, 5, 18),
        "place": "本校",
        "budget_line": 1,
        "est_amount": Decimal(3000),
        "status": "已核销",
    }
    one = Submission(
        "requests", 1, whole(schema()["requests"], cells), at(9, 1), "requests/SQ-2026-0001", handler=CLERK
    )
    [chain] = [d for d in differing([one], {"request.top_from": "3000"}) if d.kind == "chain"]
    assert chain.reason == "增加主要领导·赵校长" and chain.amount == Decimal(3000)


# --- as of then -------------------------------------------------------------------------------------------------------

TO_COMPANY = {"payee_kind": "服务商", "payee": None, "vendor": 1, "payee_account": VENDOR["bank_account"]}
SPLIT = {"request.purchase_from": "1000000"}


def test_later_rows_are_not_there_yet() -> None:
    """Two purchases of one company together reach the line: the second is caught, the first could not know."""
    pair = [claim(2, "2000", at(9, 3), **TO_COMPANY), claim(1, "1500", at(9, 10), **TO_COMPANY)]
    caught = [d for d in differing(pair, {"compare.limit": "3000"}, norms=SPLIT) if d.rule == "PR-03a"]
    assert [(d.kind, d.code) for d in caught] == [("caught", "ZC-2026-0001")]
    assert "ZC-2026-0002、ZC-2026-0001" in caught[0].reason


def test_of_two_at_one_moment_the_first_row_comes_first() -> None:
    pair = [claim(2, "1500", at(9, 3), **TO_COMPANY), claim(1, "2000", at(9, 3), **TO_COMPANY)]
    caught = [d for d in differing(pair, {"compare.limit": "3000"}, norms=SPLIT) if d.rule == "PR-03a"]
    assert [d.code for d in caught] == ["ZC-2026-0002"]


def test_rows_of_the_year_before_count_but_are_not_listed() -> None:
    pair = [claim(1, "2000", at(12, 28, year=2025), **TO_COMPANY), claim(2, "1500", at(1, 9), **TO_COMPANY)]
    caught = [d for d in differing(pair, {"compare.limit": "3000"}, norms=SPLIT) if d.rule == "PR-03a"]
    assert [d.code for d in caught] == ["ZC-2026-0002"]
    assert [c for _, c, *_ in tried(pair, {"compare.limit": "1500"})] == ["ZC-2026-0002"]
    assert [c for _, c, *_ in tried(pair, {"compare.limit": "1500"}, year=2025)] == ["ZC-2026-0001"]


def test_each_row_by_its_business_day() -> None:
    """A standard that is to count from July leaves June alone, however late a June claim comes."""
    rows = [
        claim(1, "4000", at(7, 8), biz_date=date(2026, 6, 30)),
        claim(2, "4000", at(7, 8), biz_date=date(2026, 7, 1)),
    ]
    found = tried(rows, [Norm("compare.limit", "3000", date(2026, 7, 1))])
    assert [code for _, code, *_ in found] == ["ZC-2026-0002"]


def test_what_later_rows_hold_is_not_held_yet() -> None:
    """The budget line is as free as it was then: no finding about it differs, and none is there."""
    held = [
        Hold(
            "budget", "1", "占用", Decimal(15000), f"ZC-2026-000{n}", "已归档", subject=f"expense_claims/ZC-2026-000{n}"
        )
        for n in (1, 2)
    ]
    rows = [claim(1, "4000", holds=held[:1]), claim(2, "4000", holds=held[1:]), claim(3, "4000")]
    base = Norms(Norm(key, value) for key, value in OUT_OF_THE_WAY.items())
    replay = Replay(
        MemorySource({"budget_lines": {1: whole(schema()["budget_lines"], LINE)}}),
        ("requests", "procurements", "expense_claims", "invoices"),
    )
    judge = Judge(schema(), approvals(), Directory(PEOPLE, DEPARTMENTS), Calendar(), replay)
    said = {}
    for one, _ in rehearse(judge, rows, base, base, [], 2026):
        row = replay.row("expense_claims", one.row_id)
        assert row is not None
        said[one.row_id] = {f.rule for f in judge.verdict(replace(one, holds=()), row, base).said.values()}
    assert ["BG-01" in said[n] for n in (1, 2, 3)] == [False, False, True]


def test_a_row_that_asks_for_none_of_the_parameters_is_judged_once(monkeypatch: pytest.MonkeyPatch) -> None:
    judged: list[tuple[str, type[Norms]]] = []
    verdict = Judge.verdict

    def counting(self: Judge, one: Submission, row: RowView, norms: Norms) -> Any:
        judged.append((str(row.code), type(norms)))
        return verdict(self, one, row, norms)

    monkeypatch.setattr(Judge, "verdict", counting)
    differing([claim(1, "500"), claim(2, "500", **TO_COMPANY)], {"contract.needed_from": "400"})
    assert [code for code, kind in judged if kind is Proposed] == ["ZC-2026-0002"]
    assert len(judged) == 3


def test_the_same_parameters_change_nothing() -> None:
    rows = [claim(n, f"{n * 1700}", **(TO_COMPANY if n % 2 else {})) for n in range(1, 20)]
    assert differing(rows, {"compare.limit": "5000", "collective.limit": "50000"}, norms=SPLIT) == []


def test_an_unreadable_chain_is_told_as_such() -> None:
    [one] = differing([claim(1, "800")], {"chain.small": "经办人→主要领导"})
    assert one.kind == "chain" and "不能缺少“分管领导”" in one.now


# --- sums -------------------------------------------------------------------------------------------------------------


def test_totals_count_a_row_once_in_each_kind() -> None:
    found = differing([claim(1, "4000"), claim(2, "3500")], {"compare.limit": "3000", "chain.dept_review": "否"})
    assert totals([*found, *found]) == {
        "re-routed": Total(2, Decimal("7500.00")),
        "caught": Total(0, Decimal(0)),
        "released": Total(0, Decimal(0)),
        "chain": Total(2, Decimal("7500.00")),
    }
    assert set(totals([])) == set(KINDS)


# --- the growing source -----------------------------------------------------------------------------------------------


def test_rows_appear_one_by_one_in_every_index() -> None:
    replay = Replay(MemorySource({"vendors": {1: whole(schema()["vendors"], VENDOR)}}), ("expense_claims",))
    books = Books(replay)
    rows = [RowView("expense_claims", Row(n, claim(n, "500").values)) for n in (3, 1, 2)]
    assert books.where("expense_claims", "budget_line", 1) == () and books.row("expense_claims", 3) is None
    replay.admit(rows[0])
    assert [r.id for r in books.where("expense_claims", "budget_line", 1)] == [3]
    replay.admit(rows[1])
    replay.admit(rows[2])
    assert [r.id for r in books.where("expense_claims", "budget_line", 1)] == [1, 2, 3]
    assert [r.id for r in books.all("expense_claims")] == [1, 2, 3]
    assert [r.name for r in books.all("vendors")] == ["示例文具商行"]
    assert books.row("vendors", 1) is not None


def test_a_cell_with_several_values_is_found_under_each() -> None:
    replay = Replay(MemorySource({}), ("procurements",))
    replay.admit(RowView("procurements", Row(1, whole(schema()["procurements"], {"budget_lines": (4, 7)}))))
    assert [r.id for r in replay.where("procurements", "budget_lines", 7)] == [1]
    assert replay.where("procurements", "budget_lines", 5) == ()


def test_what_rests_on_rows_that_come_is_worked_out_anew() -> None:
    replay = Replay(MemorySource({"vendors": {1: whole(schema()["vendors"], VENDOR)}}), ("expense_claims",))
    books, asked = GrowingBooks(replay), []

    def count(table: str) -> int:
        asked.append(table)
        return len(books.all(table))

    for number in (1, 2):
        replay.admit(RowView("expense_claims", Row(number, claim(number, "500").values)))
        assert books.once("claims", lambda: count("expense_claims")) == number
        assert books.once("vendors", lambda: count("vendors")) == 1
    assert asked == ["expense_claims", "vendors", "expense_claims"], "the vendors do not grow"


def test_what_rests_on_more_than_rows_is_not_kept() -> None:
    books = GrowingBooks(Replay(MemorySource({}), ("expense_claims",)))
    found = [books.once("held", lambda n=n: (books.held("budget", "1"), n)[1]) for n in (1, 2)]
    assert found == [1, 2]
