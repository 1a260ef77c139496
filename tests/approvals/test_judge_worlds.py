"""Every single decision that anybody could type into any step, in every state that a round can be in (domain.md C2).

What must come of it is said here a second time, in the words of the specification and not of the code.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from itertools import pairwise, product

import pytest

from automations.approvals.case import Case
from automations.people import Person
from tests.approvals.small_world import (
    ACCOUNTANT,
    CLERK,
    DEPUTY,
    HEAD,
    LEADER,
    LEVELS,
    NAMES,
    SIGNERS,
    STRANGER,
    TOP,
    Play,
    account,
    away,
    bench,
    directory,
    kinds,
    messages,
    submitted,
)

REASON = "缺验收人签名"
SHORT = "不行"
UNKNOWN = "nobody@school.test"

# What 分管领导 (or 主要领导) signed for the days of his absence, and what the deputy hears who uses it.
DELEGATIONS: Mapping[str, tuple[Mapping[str, Person], str]] = {
    "none": ({}, "SG-01"),
    "valid": ({"p4": away(LEADER, DEPUTY)}, ""),
    "not begun": ({"p4": away(LEADER, DEPUTY, away_from=date(2026, 9, 2))}, "尚未生效"),
    "expired": ({"p4": away(LEADER, DEPUTY, away_to=date(2026, 8, 31))}, "已过期"),
    "no dates": ({"p4": away(LEADER, DEPUTY, away_to=None)}, "没有起止日期"),
    "too long": ({"p4": away(LEADER, DEPUTY, away_to=date(2026, 9, 30))}, "超过30天"),
    "no paper": ({"p4": away(LEADER, DEPUTY, delegate_doc=False)}, "没有书面委托书"),
    "scope": ({"p4": away(LEADER, DEPUTY, delegate_scope=frozenset({"合同"}))}, "不含支出"),
    "limit": ({"p4": away(LEADER, DEPUTY, delegate_limit=Decimal("985.99"))}, "限额985.99元"),
    "no limit": ({"p4": away(LEADER, DEPUTY, delegate_limit=None)}, "没有写明限额"),
    "other team": (
        {"p4": away(LEADER, DEPUTY), "p6": replace(away(DEPUTY, DEPUTY), rank="中层", delegate=None)},
        "受托人不在同一班子",
    ),
    "left": ({"p4": away(LEADER, DEPUTY, status="已退出")}, "已失效（委托人已退出）"),
}


@dataclass(frozen=True)
class Attempt:
    """Somebody types ``decision`` into the step at ``position``."""

    position: int
    by: str | None
    decision: str
    opinion: str | None


def attempts() -> Iterator[Attempt]:
    accounts = [account(p) for p in (CLERK, *SIGNERS, DEPUTY, STRANGER)]
    for position, by, decision, opinion in product(
        range(4), [*accounts, UNKNOWN, None], ("同意", "退回", "不同意", "已知悉"), (None, SHORT, REASON)
    ):
        yield Attempt(position, by, decision, opinion)


def states(delegations: Mapping[str, Person]) -> Iterator[Play]:
    """A round in every state: after 0 to 4 signatures; returned, refused, withdrawn, fallen after each of them."""
    play = submitted(bench(directory(**delegations)))
    yield play
    for count in range(1, 5):
        play = play.copy().agree(SIGNERS[count - 1])
        yield play
    for before in range(4):
        play = submitted(bench(directory(**delegations))).agree(*SIGNERS[:before])
        for decision in ("退回", "不同意"):
            ended = play.copy()
            ended.decide(before, account(SIGNERS[before]), decision, REASON)
            ended.judge()
            if ended.case.status != "签批中":
                yield ended
        if before < 3:
            withdrawn = play.copy()
            withdrawn.type("expense_claims", 1, account(CLERK), status="撤回")
            withdrawn.judge()
            yield withdrawn
        changed = play.copy()
        changed.type("expense_claims", 1, account(CLERK), amount=Decimal("99.00"))
        changed.judge()
        yield changed


def expected(case: Case, attempt: Attempt, gap: str) -> tuple[str, str]:
    """By the specification: ("", new status) for a decision that counts, else (start of the message, status)."""
    step = case.steps[attempt.position]
    due = SIGNERS[attempt.position]
    name = NAMES[due]
    person = next((p for p in NAMES if account(p) == attempt.by), None)
    if gap.startswith("已失效") and person == LEADER:
        person = None  # who left has no account any more
    if case.status != "签批中":
        return f"【签批无效】本单现在是“{case.status}”，不在签批中，已还原。", case.status
    if attempt.by is None:
        return "【签批无效】系统没有查到本次签批是由哪个账号操作的", case.status
    if person is None:
        return f"【账号未登记】账号“{attempt.by}”没有对应人员，本次操作不作为签批依据。请联系信息科。", case.status
    if step.agreed:
        return "【已还原】已签的意见不能再改", case.status
    if person != due:
        if not (due == LEADER and person == DEPUTY) or gap == "SG-01":
            return f"【签批无效】本级应由{name}签批，实际由账号“{attempt.by}”操作，已作废并还原。", case.status
        if gap:
            return f"【代签无效】委托{gap}，请由本人签批或重新委托。", case.status
    earlier = next((s for s in case.steps[: attempt.position] if not s.agreed), None)
    if earlier is not None:
        who = f"{earlier.level}·{NAMES[earlier.assignee]}"
        return f"【签批无效】前一级“{who}”尚未签批，请按经办人—分管领导—主要领导顺序签批。", case.status
    if attempt.decision == "已知悉":
        return "请在“意见”中选", case.status
    if attempt.decision == "不同意" and attempt.position < 2:
        return "“不同意”由分管领导或主要领导作出", case.status
    if attempt.decision != "同意" and len(attempt.opinion or "") < 5:
        return "请填写退回（不同意）理由，不少于5个字。", case.status
    if attempt.decision == "同意":
        return "", "已批准" if attempt.position == 3 else "签批中"
    return "", {"退回": "已退回", "不同意": "不同意"}[attempt.decision]


@pytest.mark.parametrize("delegation", DELEGATIONS)
def test_every_decision_in_every_state(delegation: str) -> None:
    changes, gap = DELEGATIONS[delegation]
    seen: Counter[str] = Counter()
    left = delegation == "left"
    for state in states_before_he_left() if left else states(changes):
        if left:
            state = state.copy()
            state.bench = bench(directory(**changes))
        for attempt in attempts():
            if state.case.steps[attempt.position].decision == attempt.decision:
                continue  # the cell already says so: the host records no edit
            play = state.copy()
            before = play.case
            play.decide(attempt.position, attempt.by, attempt.decision, attempt.opinion)
            ruling = play.judge()
            message, status = expected(before, attempt, gap)
            seen["worlds"] += 1
            assert play.case.status == status, (delegation, before.status, attempt, messages(ruling))
            if message:
                seen["refused"] += 1
                unmoved(before, play.case, attempt)
                [said] = messages(ruling)
                assert said.startswith(message), (delegation, before.status, attempt, said)
                assert play.case.steps[attempt.position].message == said, "the signer reads it in his own row"
                continue
            seen[status if attempt.decision != "同意" else f"{status} {attempt.position}"] += 1
            assert kinds(ruling)[0] == "signed"
            lawful(play.case)
    assert seen["worlds"] > 4000, seen
    assert seen["refused"] > 4000, seen
    assert seen["已批准 3"] >= 3 and seen["已退回"] >= 3 and seen["不同意"] >= 1, seen
    if delegation == "valid":
        assert seen["签批中 2"] == 6, "both the leader and his deputy may sign, with three opinions each"


def states_before_he_left() -> Iterator[Play]:
    """Rounds that began while 分管领导 was still there."""
    yield from states({"p4": away(LEADER, DEPUTY)})


def unmoved(before: Case, after: Case, attempt: Attempt) -> None:
    """A refusal moves nothing: same status, same round, same signatures."""
    for was, now in zip(before.steps, after.steps, strict=True):
        same = {
            "decision",
            "signer",
            "account",
            "signed_at",
            "order",
            "seal",
            "amount",
            "opened_at",
            "opinion",
            "assignee",
        }
        assert was.model_dump(include=same) == now.model_dump(include=same), attempt
        if was.signer is not None:
            assert was.validity == now.validity
    assert (before.round, before.seal, before.approved_at) == (after.round, after.seal, after.approved_at)


def lawful(case: Case) -> None:
    """What holds in every world in which somebody signed."""
    signed = [s for s in case.steps if s.agreed]
    assert [s.seq for s in signed] == list(range(1, len(signed) + 1)), "no level is left out"
    assert [s.order for s in signed] == sorted(s.order for s in signed), "order by time is order by level"
    assert all(a.signed_at < b.signed_at for a, b in pairwise(signed) if a.signed_at and b.signed_at)
    people = [s.signer for s in signed]
    assert len(set(people)) == len(people) and CLERK not in people
    if case.status == "已批准":
        assert [s.level for s in signed] == list(LEVELS)
        assert len({*people, case.handler}) >= 3 and case.approved_seal == signed[-1].seal
        assert {s.seal for s in signed} == {case.seal}, "all signed the same content"
    else:
        assert len(signed) < 4 and case.approved_at is None and not case.approved_seal


def test_every_short_history_judged_at_once_or_step_by_step_comes_to_the_same() -> None:
    """All histories of four decisions out of ten: a worker that slept through them judges as one that saw each."""
    alphabet = [
        Attempt(0, account(HEAD), "同意", None),
        Attempt(1, account(ACCOUNTANT), "同意", None),
        Attempt(1, account(ACCOUNTANT), "退回", REASON),
        Attempt(2, account(LEADER), "同意", None),
        Attempt(2, account(DEPUTY), "同意", None),
        Attempt(2, account(LEADER), "不同意", REASON),
        Attempt(3, account(TOP), "同意", None),
        Attempt(3, account(STRANGER), "同意", None),
        Attempt(0, account(TOP), "同意", None),
    ]
    start = submitted(bench(directory(p4=away(LEADER, DEPUTY))))
    ended: Counter[str] = Counter()
    for history in product(alphabet, repeat=4):
        slept, awake = start.copy(), start.copy()
        for attempt in history:
            for play in (slept, awake):
                cell = play.rows["sign_steps", 11 + attempt.position]
                if cell["decision"] != attempt.decision:
                    play.decide(attempt.position, attempt.by, attempt.decision, attempt.opinion)
            awake.judge()
        slept.judge()
        ended[awake.case.status] += 1
        lawful(awake.case)
        # The sleeper's people did not see their cells put back: what they typed may be less, never more.
        if slept.case.status == "已批准":
            assert awake.case.status == "已批准"
        lawful(slept.case)
    assert sum(ended.values()) == 9**4
    assert ended["已批准"] >= 2 and ended["已退回"] > 50 and ended["不同意"] > 5, ended
