"""How each guard is switched off: (file, what stands there once, what stands there then, the tests that must fail)."""

CONFIRMING, OWNERS = "automations/confirming.py", "automations/owners.py"
PARAMETERS, COLUMNS = "automations/engine/parameters.py", "automations/engine/columns.py"
SECRECY, ANSWERS, LEDGER = (f"automations/engine/{name}.py" for name in ("secrecy", "answers", "ledger"))
DOCKET, DESK = "automations/engine/docket.py", "automations/engine/desk.py"
TWO, OFFICES, MARKS, WRITTEN = (
    f"tests/guards/test_{name}.py" for name in ("parameters", "owners", "secrecy", "ledger")
)

GUARDS = {
    "B1.6": (
        CONFIRMING,
        'outcome.held = held.but(proposed=terms.but(verified=False), proposers=proposers, refusal="")',
        "outcome.held = held.but(force=terms)",
        TWO,
    ),
    "B1.6·his own": (CONFIRMING, "if person.id in hands or edit.account in held.proposers:", "if False:", TWO),
    "B1.6·office": (CONFIRMING, "if not any(person.has(role) for role in MAY_CONFIRM):", "if False:", TWO),
    "B1.6·account": (
        CONFIRMING,
        "    held, person = outcome.held, who(edit.account)\n",
        "    held, person = outcome.held, who(edit.account) or Person(0, '', roles=frozenset(MAY_CONFIRM))\n",
        f"{TWO} -k table_of_people",
    ),
    "B1.6·readable": (CONFIRMING, 'return "\\n".join(unreadable(held.proposed))', 'return ""', TWO),
    "B1.6·tick taken back": (CONFIRMING, "or (held.proposed is not None and not ticked):", "or False:", TWO),
    "B1.6·begins": (CONFIRMING, "past=_until([*held.past, *replaced], new.start),", "past=(),", TWO),
    "B1.6·brought back": (
        CONFIRMING,
        'brought_back = known and edit.action in ("create", "restore")',
        "brought_back = False",
        f"{TWO} -k brought_back",
    ),
    "B1.6·no record": (PARAMETERS, "        if not after:\n", "        if after or not after:\n", TWO),
    "B1.6·before the worker ran": (
        PARAMETERS,
        'and row.values.get("last_modified_by") in (worker, None)',
        "and True",
        f"{TWO} -k first_ran",
    ),
    "B8": (
        OWNERS,
        "if taken or edit.account == worker or columns[name].may(who(edit.account), row):",
        "if True:",
        OFFICES,
    ),
    "B8·no record": (COLUMNS, "        if not moved:\n", "        if moved or not moved:\n", OFFICES),
    "B8·meanwhile": (COLUMNS, "            desk.put_back(", "            len, (", f"{OFFICES} -k spent"),
    "B8·signatures": (
        DOCKET,
        "self._desk.heard(table, row.values, self._office.host.edits(table, row_id, seen))",
        "self._office.host.edits(table, row_id, seen)",
        f"{OFFICES} -k adjustment",
    ),
    "B8·what was signed": (
        DESK,
        "return row if cells is None else",
        "return row if True else",
        f"{OFFICES} -k adjustment",
    ),
    "B8·kill": (COLUMNS, "if newest and not heard.back:", "if newest:", f"{OFFICES} -k killed"),
    "B8·answer": (ANSWERS, "return any(e.account != self._office.host.account for e in edits)", "return True", OFFICES),
    "B8·heard": (ANSWERS, "return any(e.account != self._office.host.account for e in edits)", "return False", OFFICES),
    "B1.5": (
        OWNERS,
        "        if changed and edit.account != worker:\n",
        "        if False:\n",
        f"{OFFICES} -k account",
    ),
    "B1.5·his own": (
        OWNERS,
        "_had_a_hand(edit, history, confirmed, who, worker):",
        "False:",
        f"{OFFICES} -k he_changed",
    ),
    "DG-06": (SECRECY, "if secrecy.marked(row.values)]", "if False]", MARKS),
    "DG-06·history": (
        SECRECY,
        "        return [replace(e, before=",
        "        return found or [replace(e, before=",
        MARKS,
    ),
    "DG-06·host": (
        SECRECY,
        "            self._host.update(table, {row.id: cells})",
        "            pass",
        f"{MARKS} -k v36",
    ),
    "DG-06·closed": (SECRECY, "and not self._closed(subject)", "and True", f"{MARKS} -k closed"),
    "DG-06·rested on": (SECRECY, "whole = table not in secrecy.RESTED_ON and", "whole = True and", f"{MARKS} -k rests"),
    "DG-06·again": (
        SECRECY,
        "            self._refused.setdefault(table, set()).add(row.id)\n",
        "            self._refused.clear()\n",
        f"{MARKS} -k let_it_go",
    ),
    "B6.29": (LEDGER, "                    self._hands.remove(table, row.id)", "                    pass", WRITTEN),
    "B6.29·explained": (
        "automations/figures/violations.py",
        "return TO_BE_CHECKED if line.status in WAITING and",
        "return TO_BE_CHECKED if False and",
        WRITTEN,
    ),
    "B6.29·named": (OWNERS, "return row[self.named] == person.id", "return True", WRITTEN),
    "B6.29·barred": (OWNERS, "or (self.barred and row.get(self.barred) == person.id):", "or False:", WRITTEN),
    "B6.29·closed by": (
        "automations/approvals/commands.py",
        "if closed and bench.approval.closer and person is not None:",
        "if False and person is not None:",
        WRITTEN,
    ),
}
