"""What was found in a year against what was planted, and what must hold of every year (domain.md E6, E7).

Found is: every line in 预警台账, and every answer in a row that stops it or warns. Some warnings belong to a lawful
year (a budget line runs ahead of the months, a contract nears its end): they are not counted against anybody.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from string import Formatter

from automations.demo.year.edits import Ref
from automations.demo.year.holds_true import facilities
from automations.demo.year.paperwork import CLAIMS, INVOICES
from automations.demo.year.planting import Expected, Planted
from automations.demo.year.player import STEPS, Player
from automations.rules import RULES
from automations.rules.elsewhere import ELSEWHERE

LEDGER = "violations"
LAWFUL_HINTS = frozenset({"BG-03", "CT-03", "RC-08"})
"""What looks ahead in a lawful year: money is spent faster than the months go by, a contract nears its end."""

NOT_HERE = frozenset({"DG-04", "N06", "SG-05", "C7"})
"""Said elsewhere than in 校验说明."""


@dataclass(frozen=True, slots=True)
class Found:
    """One thing that the worker said.

    Attributes:
        how: ``ledger``, or ``told`` in the row.
        rules: Whose sentence it is: several where several say the same.
        row: About which row; of a step or an invoice the row that it belongs to.
    """

    how: str
    rules: tuple[str, ...]
    row: Ref
    gravity: str
    detail: str

    @property
    def rule(self) -> str:
        """The rule; several say the same sentence."""
        return "/".join(self.rules)


@dataclass
class Line:
    """One line of the result."""

    id: str
    title: str
    ok: bool
    what: str


@dataclass
class Verdict:
    """The result.

    Attributes:
        lines: One for each expectation, in the order of the stories.
        more: What was found and nobody planted.
        lawful: How often each of :data:`LAWFUL_HINTS` was told.
        broken: Invariants of E7 that do not hold.
    """

    lines: list[Line] = field(default_factory=list)
    more: list[Found] = field(default_factory=list)
    lawful: Counter[str] = field(default_factory=Counter)
    broken: list[str] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """All that was planted was found, and nothing else."""
        return all(line.ok for line in self.lines) and not self.more and not self.broken


def judge(player: Player, stories: Sequence[Planted]) -> Verdict:
    """Compare what the player's year gave with what the stories expect."""
    found = [*_ledger(player), *_told(player)]
    verdict, used = Verdict(), set()
    until = player.now
    for story in stories:
        if story.edits and max(e.at for e in story.edits) > until:
            continue  # the year has not come so far
        for expected in story.expected:
            if expected.how == "notice":
                ok, what = _noticed(player, expected), f"通知 {expected.rule}·{expected.stage}"
            else:
                hits = [n for n, one in enumerate(found) if _fits(expected, one)]
                used |= set(hits)
                ok = len(hits) == expected.times if expected.how == "ledger" else bool(hits)
                what = _what(expected, len(hits))
            verdict.lines.append(Line(story.id, story.title, ok, what))
        if not story.expected:
            rows = {edit.row for edit in story.edits}
            wrong = [one for one in found if one.row in rows]
            verdict.lines.append(Line(story.id, story.title, not wrong, "应无任何预警" + _list(wrong)))
    begun = {e.row for s in stories if s.edits and max(x.at for x in s.edits) > until for e in s.edits}
    left = [one for n, one in enumerate(found) if n not in used and one.row not in begun]
    verdict.more = [one for one in left if not LAWFUL_HINTS.issuperset(one.rules)]
    verdict.lawful = Counter(one.rule for one in left if LAWFUL_HINTS.issuperset(one.rules))
    verdict.broken = list(invariants(player))
    return verdict


def _what(expected: Expected, hits: int) -> str:
    where = f"台账{expected.gravity}" if expected.how == "ledger" else "本行说明"
    times = f" {expected.times}条，实有{hits}条" if expected.how == "ledger" and hits != expected.times else ""
    return f"{expected.rule} {where}{times}" + ("" if hits else "：没有发现")


def _list(found: Sequence[Found]) -> str:
    return "".join(f"；{one.rule} {one.detail}" for one in found)


def _fits(expected: Expected, one: Found) -> bool:
    return (
        (expected.how, expected.row) == (one.how, one.row)
        and expected.rule in one.rules
        and (expected.how != "ledger" or expected.gravity == one.gravity)
        and all(word in one.detail for word in expected.words)
    )


# What was found -------------------------------------------------------------------------------------------------------


def _ledger(player: Player) -> Iterator[Found]:
    """Lines in 预警台账."""
    codes = _codes(player)
    for row in player.office.mirror.select(LEDGER):
        code = str(row["biz_code"])
        about = codes.get(code, Ref(str(row["biz_type"]), code))
        yield Found("ledger", (str(row["rule"]),), about, str(row["severity"]), str(row["detail"]))


def _codes(player: Player) -> Mapping[str, Ref]:
    """Rows by their number; an invoice or a step stands for the row that it belongs to."""
    keys, found = player.keys(), {}
    for table in sorted({table for table, _ in keys}):
        if "code" in player.office.schema[table]:
            for row_id, code in player.office.mirror.column(table, "code").items():
                if code and (table, row_id) in keys:
                    found[str(code)] = _whole(Ref(table, keys[table, row_id]))
    return found


def _whole(row: Ref) -> Ref:
    """The claim of an invoice."""
    return Ref(CLAIMS, row.key.rpartition("/")[0]) if row.table == INVOICES and "/" in row.key else row


def _told(player: Player) -> Iterator[Found]:
    """Answers that stop a row or warn, each once for a row and rule."""
    keys, codes = player.keys(), _codes(player)
    steps = {r.id: codes.get(str(r["biz_code"])) for r in player.office.mirror.select(STEPS)}
    seen: set[tuple[Ref, str]] = set()
    for said in player.played.said:
        about = steps.get(said.row_id) if said.table == STEPS else None
        if about is None:
            about = _whole(Ref(said.table, keys.get((said.table, said.row_id), f"#{said.row_id}")))
        for text in said.message.split("\n"):
            rules = tuple(dict.fromkeys(r for r, pattern in _patterns(said.table) if pattern.fullmatch(text)))
            if rules and (about, text) not in seen:
                seen.add((about, text))
                yield Found("told", rules, about, said.result, text)


@cache
def _patterns(table: str) -> tuple[tuple[str, re.Pattern[str]], ...]:
    """What stops or warns a row of a table, as patterns: figures may be anything. A step hears the rules of its row."""
    known = [(r.id, r.message) for r in RULES if r.severity != "预警" and (r.table == table or table == STEPS)]
    known += [(r.id, r.message) for r in RULES if table == CLAIMS and r.table == INVOICES and r.severity != "预警"]
    known += [(e.id, e.message) for e in ELSEWHERE if e.id not in NOT_HERE]
    return tuple((rule, _pattern(message)) for rule, message in dict.fromkeys(known))


def _pattern(message: str) -> re.Pattern[str]:
    parts = (re.escape(text) + ("" if name is None else ".*") for text, name, *_ in Formatter().parse(message))
    return re.compile(".*" + "".join(parts) + ".*")


def _noticed(player: Player, expected: Expected) -> bool:
    """Whether somebody was told so about a row: its own notice, or that of one of its steps."""
    subjects = {f"{expected.row.table}/{player.ids[expected.row]}"}
    if approval := player.office.approvals.get(expected.row.table):
        steps = player.office.mirror.linked(STEPS, approval.step_link, [player.ids[expected.row]])
        subjects |= {f"{STEPS}/{s.id}" for found in steps.values() for s in found}
    for entry in player.office.journal.entries(kind="sent"):
        for key in entry.data["keys"]:
            template, subject, stage, *_ = key.split("|")
            if (template, stage) == (expected.rule, expected.stage) and "/".join(subject.split("/")[:2]) in subjects:
                return True
    return False


# E7 -------------------------------------------------------------------------------------------------------------------


def invariants(player: Player) -> Iterator[str]:
    """What does not hold of the money and of the facilities; Chinese sentences."""
    mirror = player.office.mirror
    steps: dict[int, list[tuple[int, datetime, int]]] = {}
    for step in mirror.select(STEPS, valid="有效"):
        if step["claim"] is not None and step["level"] != "知悉":
            entry = (int(step["round"]), step["signed_at"], int(step["seq"]))  # type: ignore[arg-type]
            steps.setdefault(int(step["claim"]), []).append(entry)  # type: ignore[arg-type]
    signers = Counter(
        claim
        for claim, _ in {
            (s["claim"], s["signer_account"]) for s in mirror.select(STEPS, valid="有效") if s["level"] != "知悉"
        }
    )
    for claim in mirror.select(CLAIMS, status=("已支付", "已归档")):
        own = [s for s in steps.get(claim.id, []) if s[0] == max(r for r, _, _ in steps[claim.id])]
        if signers[claim.id] < 3:
            yield f"支出单{claim['code']}的有效签批不足3人"
        if [seq for _, _, seq in sorted(own, key=lambda s: s[1])] != sorted(seq for _, _, seq in own):
            yield f"支出单{claim['code']}的签批先后与顺序不符"
    living = {c.id for c in mirror.select(CLAIMS) if c["status"] not in ("作废", "草稿", "已退回", "不同意", "撤回")}
    used = Counter(i["inv_key"] for i in mirror.select(INVOICES) if i["claim"] in living and i["inv_key"])
    yield from (f"发票{key}用了{count}次" for key, count in used.items() if count > 1)
    for line in mirror.select("budget_lines"):
        total = (line["approved"] or 0) + (line["adjusted_ok"] or 0)  # type: ignore[operator]
        if total != (line["frozen"] or 0) + (line["spent"] or 0) + (line["available"] or 0):  # type: ignore[operator]
            yield f"指标“{line['name']}”：批复数与占用、支付、可用之和不符"
    checked = mirror.select("income", status="已核对")
    received, remitted = (sum(r[n] or 0 for r in checked) for n in ("received", "remitted"))  # type: ignore[misc]
    if received != remitted:
        yield f"已核对的收入实收{received}元，已缴{remitted}元"
    yield from facilities(mirror)
