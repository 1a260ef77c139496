"""Switch each rule off, one at a time, in a copy of this checkout, and see a test fail.

    python -m tests.rules_off             all of them
    python -m tests.rules_off SG-02 DG-03 some of them

A test that still passes without its rule proves nothing: the first test of ``judge`` was one (random signatures hardly
ever reach 已批准), which is why this is checked and not believed.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from queue import Queue

from rich.console import Console
from rich.table import Column, Table

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
CLAIMS, INVOICES = "automations/rules/claims.py", "automations/rules/invoices.py"
DOCKET = "automations/engine/docket.py"
UNRECORDED = "automations/engine/unrecorded.py"

WORLDS = "tests/approvals/test_judge_worlds.py"
CHAINS = "tests/approvals/test_chain_worlds.py"
RULES = "tests/test_rules_claims.py"
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
        "        _put_back(ruling, bench, edit, wanted)\n\n\ndef submit",
        "        ruling.case = ruling.case.but(status=wanted)\n\n\ndef submit",
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
    "必填": Off(CLAIMS, 'if missing:\n        yield f"请填写', 'if False:\n        yield f"请填写', RULES),
    "EX-02": Off(CLAIMS, "elif amount > total and", "elif False and", RULES),
    "EX-06": Off(CLAIMS, '(acceptor is None or acceptor == facts["handler"])', "acceptor is None", RULES),
    "EX-08": Off(PAYMENT, "if case.status not in (APPROVED, PAID):", "if False:", f"{PAYING} -k ex08"),
    "EX-08·paper": Off(
        PAYMENT, 'if bench.norms.flag("sign.paper_required", on) and', "if False and", f"{PAYING} -k ex08"
    ),
    "EX-12": Off(CLAIMS, 'if missing:\n        yield f"缺少', 'if False:\n        yield f"缺少', RULES),
    "BG-01": Off(CLAIMS, "facts.to_pay <= facts.available:", "True:", RULES),
    "BG-01·race": Off(
        DOCKET,
        "        holds.replace(tx.connection,",
        "        len((tx.connection,)) or holds.replace(tx.connection,",
        f"{AWAY} -k race",
    ),
    "BG-01·before payment": Off(PAYMENT, "for f in bench.pay_check(world)", "for f in ()", f"{PAYING} -k bg01"),
    "IV-01": Off(INVOICES, "not _digits(number, 20)", "False", RULES),
    "IV-02": Off(INVOICES, "if facts.used_by is not None:", "if False:", RULES),
    "IV-03": Off(INVOICES, "if buyer and (buyer", "if False and (buyer", RULES),
    "IV-01/02/03": Off(CLAIMS, "for message in messages:", "for message in ():", RULES),
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
    "EX-08",
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


def main(wanted: list[str]) -> int:
    """Switch off what is ``wanted`` (all, by default); 1 if a rule can go without any test noticing."""
    chosen = {name: off for name, off in OFF.items() if not wanted or name.split("·")[0] in wanted}
    with copies(AT_ONCE) as free, ThreadPoolExecutor(AT_ONCE) as pool:
        results = dict(zip(chosen, pool.map(lambda off: killed(off, free), chosen.values()), strict=True))
        # A test that fails with its rule as well has noticed nothing.
        broken = failing(free.get(), *dict.fromkeys(filter(None, results.values())))
    noticed = {name: test for name, test in results.items() if test and test not in broken}
    table = Table("规则", Column("由哪个测试发现", overflow="fold"))
    for name in chosen:
        table.add_row(name, noticed.get(name, "").rpartition("/")[2] or "[red]没有测试发现[/red]")
    console = Console()
    console.print(table)
    console.print(f"停用 {len(chosen)} 处，测试发现 {len(noticed)} 处。")
    return 0 if chosen and len(noticed) == len(chosen) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
