"""Switch each rule off, one at a time, and see a test fail.

    python -m tests.rules_off             all of them
    python -m tests.rules_off SG-02 EX-03 some of them

Rules registered with ``@rule`` are switched off as they are: their check yields nothing, in a process of its own. Those
that live in the approvals, the guards and the engine (:data:`OFF`) are switched off in a copy of this checkout.

A test that still passes without its rule proves nothing: the first test of ``judge`` was one (random signatures hardly
ever reach 已批准), which is why this is checked and not believed.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass, replace
from multiprocessing import get_context
from pathlib import Path
from queue import Queue

import pytest
from rich.console import Console
from rich.table import Column, Table

from automations.rules import RULES, Rule
from automations.rules.base import BY_MOMENT
from tests.guards.off import GUARDS

HOUSE = Path(__file__).parent.parent
COPIED = ("automations", "schemas", "report_templates", "tests", "pyproject.toml")
AT_ONCE = 2


@dataclass(frozen=True)
class Off:
    """How one rule is switched off: exactly one place reads ``old``, and becomes ``new``.

    Attributes:
        tests: What must fail then, as arguments of pytest.
    """

    file: str
    old: str
    new: str
    tests: str


SIGNING, JUDGE = "automations/approvals/signing.py", "automations/approvals/judge.py"
CHAIN, PEOPLE = "automations/approvals/chain.py", "automations/people.py"
COMMANDS, PAYMENT = "automations/approvals/commands.py", "automations/approvals/payment.py"
DOCKET = "automations/engine/docket.py"
UNRECORDED = "automations/engine/unrecorded.py"

WORLDS = "tests/approvals/test_judge_worlds.py"
CHAINS = "tests/approvals/test_chain_worlds.py"
PAYING = "tests/approvals/test_payment.py"
CHANGED = "tests/approvals/test_changed_after_signing.py"
AWAY = "tests/approvals/test_while_away.py"
TAMPERED = "tests/approvals/test_tampering.py"
SIGNED = "tests/approvals/test_signatures.py"

# Several ways to break one rule are told apart by what stands behind "·".
OFF: Mapping[str, Off] = {
    "SG-01": Off(
        SIGNING,
        'return NOT_HIM, words.wrong_signer(directory.name(step.assignee), edit.account or ""), "SG-01", "严重"',
        "return None",
        WORLDS,
    ),
    "SG-01·a signature once given stands": Off(SIGNING, "if step.agreed:\n", "if False:\n", WORLDS),
    "SG-01·no author": Off(SIGNING, "if edit.account is None:", "if False:", WORLDS),
    "SG-02": Off(SIGNING, "if earlier is not None:", "if False:", WORLDS),
    "SG-02·only while signing": Off(SIGNING, "if case.status != SIGNING:", "if False:", WORLDS),
    "SG-03": Off(CHAIN, "{*self.out, *(seat.person.id", "{*(seat.person.id", CHAINS),
    "SG-03·one person one level": Off(CHAIN, "*(seat.person.id for seat in self.seats)", "*()", CHAINS),
    "SG-03·own right first": Off(
        CHAIN, "table.unusable)\n    if substitute is None", "set(table.out))\n    if substitute is None", CHAINS
    ),
    "SG-03·who stands aside": Off(SIGNING, "if person.id == step.stands_for:", "if False:", f"{SIGNED} -k sg03"),
    "SG-04": Off(SIGNING, "if gap else None", "if False else None", WORLDS),
    "SG-04·period": Off(PEOPLE, "if on > end:", "if False:", WORLDS),
    "SG-04·begin": Off(PEOPLE, "if on < start:", "if False:", WORLDS),
    "SG-04·scope": Off(PEOPLE, "if scope not in principal.delegate_scope:", "if False:", WORLDS),
    "SG-04·limit": Off(PEOPLE, "if amount > limit:", "if False:", WORLDS),
    "SG-04·paper": Off(PEOPLE, "if not principal.delegate_doc:", "if False:", WORLDS),
    "SG-04·30 days": Off(PEOPLE, "days + 1 > LONGEST_DELEGATION_DAYS", "days > LONGEST_DELEGATION_DAYS", WORLDS),
    "SG-04·team": Off(PEOPLE, "if not self._same_team(principal, delegate):", "if False:", WORLDS),
    "SG-04·top leader": Off(PEOPLE, 'if principal.rank == "主要领导":', "if False:", "tests/test_people.py"),
    "SG-04·two levels": Off(SIGNING, "if not gap and (part or others):", "if False:", f"{SIGNED} -k sg04"),
    "SG-06": Off(SIGNING, "len(opinion.strip()) < SHORTEST_REASON", "False", WORLDS),
    "SG-06·his own words": Off(
        SIGNING, "step.draft if step.drafted_by == edit.account else", "step.draft if True else", f"{SIGNED} -k sg06"
    ),
    "SG-08": Off(
        COMMANDS, "and handler != person.id:\n        stops", "and False:\n        stops", f"{SIGNED} -k sg08"
    ),
    "DG-01": Off(
        "automations/guards.py",
        "if f.by_worker and f.name in now and",
        "if False and f.name in now and",
        "tests/test_guards.py",
    ),
    "DG-01·status": Off(
        COMMANDS,
        "        _put_back(ruling, bench, edit, wanted)\n\n\ndef _may_ask",
        "        ruling.case = ruling.case.but(status=wanted)\n\n\ndef _may_ask",
        f"{TAMPERED} -k dg01_the_status",
    ),
    "DG-01·message": Off(JUDGE, "    if not typed:\n", "    if typed or not typed:\n", f"{TAMPERED} -k dg01"),
    "DG-02": Off(JUDGE, "if (before != after or unexplained) and", "if False and", f"{AWAY} -k changed"),
    "DG-02·files": Off(
        "automations/approvals/seal.py", '"sha256": f.sha256 or f.ref', '"sha256": ""', f"{CHANGED} -k another_file"
    ),
    "DG-02·invoices": Off(
        "automations/approvals/seal.py", 'if old["parts"] != new["parts"]:', "if False:", f"{CHANGED} -k an_invoice_is"
    ),
    "DG-02·without a record": Off(
        UNRECORDED, "            if changes and (change :=", "            if False and (change :=", f"{AWAY} -k content"
    ),
    "DG-03": Off(
        JUDGE,
        "if case.status in (PAID, ARCHIVED):\n        _closed",
        "if False:\n        _closed",
        f"{CHANGED} -k dg03",
    ),
    "DG-03·put back": Off(
        "automations/approvals/desired.py",
        "if case.status in (PAID, ARCHIVED) and case.snapshot:",
        "if False and case.snapshot:",
        f"{CHANGED} -k dg03",
    ),
    "DG-04": Off("automations/engine/upkeep.py", "if row is None or code is None:", "if True:", f"{TAMPERED} -k dg04"),
    "DG-05": Off(
        PEOPLE,
        "if p.account and uses[p.account] == 1 and not p.gone",
        "if p.account and not p.gone",
        "tests/test_people.py",
    ),
    "DG-05·unknown": Off(
        SIGNING,
        "by_account(edit.account)\n    if person is None:",
        "by_account(edit.account) or next(iter(bench.directory))\n    if person is None:",
        WORLDS,
    ),
    "EX-08": Off(PAYMENT, "if case.status not in (APPROVED, PAID):", "if False:", f"{PAYING} -k ex08"),
    "EX-08·paper": Off(
        PAYMENT, 'if bench.norms_of(case).flag("sign.paper_required", on) and', "if False and", f"{PAYING} -k ex08"
    ),
    "BG-01·race": Off(
        DOCKET,
        "                for key in holds.replace(tx.connection, case.subject,",
        "                for key in () and holds.replace(tx.connection, case.subject,",
        f"{AWAY} -k race",
    ),
    "BG-01·before payment": Off(
        PAYMENT,
        "stops = ruling.heed(bench.examine(world, PAY, person, case), edit, person)",
        "stops = ()",
        f"{PAYING} -k bg01",
    ),
    "核减": Off(JUDGE, "if not lawful:", "if False:", f"{CHANGED} -k nobody_else"),
    "出纳": Off(PAYMENT, 'if not person.has("出纳"):', "if False:", f"{PAYING} -k only_the_cashier"),
    "不相容岗位": Off(PAYMENT, 'if person.has("会计"):', "if False:", f"{PAYING} -k one_person"),
    "付款与签批分离": Off(
        PAYMENT,
        "if part is None and any(person.id == s.signer",
        "if False and any(person.id == s.signer",
        f"{PAYING} -k who_signed",
    ),
    "经办与核算分离": Off(
        PAYMENT,
        'if part := {case.payee: "收款人", case.handler: "经办人"}',
        'if part := {-1: ""}',
        f"{PAYING} -k books",
    ),
    "撤回": Off(
        COMMANDS,
        "if any(s.level == bench.approval.withdraw_until",
        "if False and any(s.level == bench.approval.withdraw_until",
        f"{PAYING} -k withdraws",
    ),
    "作废": Off(
        COMMANDS, "if set(voiders) & leaders and set(voiders) & accountants:", "if True:", f"{PAYING} -k voided"
    ),
    **{name: Off(*how) for name, how in GUARDS.items()},
}

IMPLEMENTED = (
    "SG-01",
    "SG-02",
    "SG-03",
    "SG-04",
    "SG-06",
    "SG-08",
    "DG-01",
    "DG-02",
    "DG-03",
    "DG-04",
    "DG-05",
    "DG-06",
    "EX-08",
    "B1.5",
    "B1.6",
    "B6.29",
    "B8",
)
"""Rules that live outside ``automations.rules``: in the approvals, the guards and the engine."""


@contextmanager
def copies(count: int) -> Iterator["Queue[Path]"]:
    """Copies of the checkout, to be taken and given back."""
    with tempfile.TemporaryDirectory(prefix="houqin-rules-off-") as folder:
        free: Queue[Path] = Queue()
        for number in range(count):
            target = Path(folder) / str(number)
            target.mkdir()
            for name in COPIED:
                source = HOUSE / name
                if source.is_dir():
                    shutil.copytree(source, target / name, ignore=shutil.ignore_patterns("__pycache__"))
                else:
                    shutil.copy(source, target / name)
            free.put(target)
        yield free


def failing(folder: Path, *tests: str) -> list[str]:
    """Which of these tests fail in a copy; none where they cannot even be collected."""
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "--tb=no", "--no-header", *tests],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode not in (0, 1):
        raise RuntimeError(f"{' '.join(tests)}\n{done.stdout}\n{done.stderr}")
    lines = [line for line in done.stdout.splitlines() if line.startswith(("FAILED", "ERROR"))]
    return [line.split(" ", 1)[1].split(" - ")[0] for line in lines]


def killed(off: Off, free: "Queue[Path]") -> str:
    """Run the tests of one rule without it: what failed, "" if nothing did."""
    folder = free.get()
    path = folder / off.file
    text = path.read_text(encoding="utf-8")
    try:
        if text.count(off.old) != 1:
            return ""
        path.write_text(text.replace(off.old, off.new), encoding="utf-8")
        failed = failing(folder, "-x", *off.tests.split(" ", 2))
        return failed[0] if failed else ""
    finally:
        path.write_text(text, encoding="utf-8")
        free.put(folder)


def tests_of(one: Rule) -> list[str]:
    """The files whose tests are about the topic of a registered rule: named like its module, else all of them."""
    topic = one.check.__module__.rpartition(".")[2].split("_")[0]
    found = sorted((HOUSE / "tests" / "rules").glob(f"test_{topic}*.py"))
    return [str(p) for p in found] or [str(HOUSE / "tests" / "rules")]


def run(tests: Sequence[str], without: Rule | None) -> None:
    """Run tests, while a registered rule says nothing if one is named, and end with what pytest answers."""
    if without is not None:
        off = replace(without, check=lambda facts: ())
        for rules in (RULES, *BY_MOMENT.values()):
            rules[:] = [off if r is without else r for r in rules]
    with open(os.devnull, "w") as nothing, redirect_stdout(nothing), redirect_stderr(nothing):
        code = pytest.main(["-x", "-q", "--tb=no", "-p", "no:cacheprovider", *tests])
    # Not sys.exit: a fork of a thread trips over that thread on its way out, and ends with 1 whatever pytest said.
    os._exit(code)


def fail(tests: Sequence[str], without: Rule | None = None) -> bool:
    """Whether one of these tests fails, in a process of its own."""
    process = get_context("fork").Process(target=run, args=(tests, without))
    process.start()
    process.join()
    return process.exitcode == 1


def noticed(one: Rule) -> str:
    """The first file of tests that fail without this registered rule; "" if they all pass."""
    tests = tests_of(one)
    return tests[0] if fail(tests, one) else ""


def registered(wanted: list[str]) -> dict[str, str]:
    """Registered rules, each with the tests that notice it is off."""
    chosen = [r for r in RULES if not wanted or r.id in wanted]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        found = list(pool.map(noticed, chosen))
        topics = list({tuple(tests_of(one)) for one in chosen})
        # A test that fails with its rule as well has noticed nothing.
        broken = {topic for topic, failed in zip(topics, pool.map(fail, topics), strict=True) if failed}
    found = ["" if tuple(tests_of(r)) in broken else test for r, test in zip(chosen, found, strict=True)]
    return {f"{r.id} {r.check.__name__}（{r.table}）": test for r, test in zip(chosen, found, strict=True)}


def main(wanted: list[str]) -> int:
    """Switch off what is ``wanted`` (all, by default); 1 if a rule can go without any test noticing."""
    results = registered(wanted)
    chosen = {name: off for name, off in OFF.items() if not wanted or name.split("·")[0] in wanted}
    if chosen:
        with copies(AT_ONCE) as free, ThreadPoolExecutor(AT_ONCE) as pool:
            found = dict(zip(chosen, pool.map(lambda off: killed(off, free), chosen.values()), strict=True))
            # A test that fails with its rule as well has noticed nothing.
            broken = failing(free.get(), *dict.fromkeys(filter(None, found.values()))) if any(found.values()) else []
        results |= {name: test if test not in broken else "" for name, test in found.items()}
    table = Table("规则", Column("由哪个测试发现", overflow="fold"))
    for name, test in results.items():
        table.add_row(name, test.rpartition("/")[2] or "[red]没有测试发现[/red]")
    console = Console()
    console.print(table)
    killed_ones = sum(1 for test in results.values() if test)
    console.print(f"停用 {len(results)} 处，测试发现 {killed_ones} 处。")
    return 0 if results and killed_ones == len(results) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
