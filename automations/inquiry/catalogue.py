"""Every rule of the office as one list: what it says, where it comes from, which parameters it reads."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

from automations.norms import Norms
from automations.rules import RULES, Rule
from automations.rules.elsewhere import ELSEWHERE, EVERY, SAME_AS, SIGNED, Elsewhere
from automations.schema import Schema
from automations.settings import HOUSE
from automations.shipped_norms import SHIPPED

GENERAL = {EVERY: "各表", SIGNED: "各张须签批的表"}
SCHOOLS, OURS = "参数标准", "系统自带"


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter that a rule reads, with its value today.

    Attributes:
        key / label / value / unit: As in 参数标准; ``value`` is None where nobody has set one.
        source: The paper it comes from.
        verified: Whether somebody checked it against the local papers.
        origin: 参数标准, or 系统自带 where that table says nothing.
    """

    key: str
    label: str
    value: str | None
    unit: str
    source: str
    verified: bool
    origin: str


@dataclass(frozen=True, slots=True)
class Line:
    """One rule. Its attributes are the keys of ``houqin rules --json``; they keep their names and meaning.

    Attributes:
        id: As in domain.md; several lines may share it.
        same_as: The id under which domain.md has the same rule, too; None for almost all.
        function: Name of the function that decides.
        table / title: Whose rows it is about; ``*`` for all tables, ``*签批`` for all that are signed.
        severity: 拦截, 提示 or 预警.
        gravity: Of its line in 预警台账; None where it leaves none.
        moments: When it is asked: 提交, 付款, 随时, a level, a status…
        clause: Article or section.
        message: With the figures in braces.
        about: The rule in one line.
        settings: Parameters it reads.
        verified: Whether all of them were checked; else its messages carry （标准待核实）.
        where: File of the function, from the checkout on.
    """

    id: str
    same_as: str | None
    function: str
    table: str
    title: str
    severity: str
    gravity: str | None
    moments: tuple[str, ...]
    clause: str
    message: str
    about: str
    settings: tuple[Parameter, ...]
    verified: bool
    where: str

    def data(self) -> dict[str, Any]:
        """As JSON."""
        return asdict(self)


def catalogue(schema: Schema, norms: Norms, rows: Iterable[Any], today: date) -> list[Line]:
    """Every rule, by table in the order of the menu; those of all tables come last.

    Args:
        schema: For the titles.
        norms: Parameters in force.
        rows: Rows of 参数标准, for their labels and papers.
        today: The day on which values are read.
    """
    known = _Parameters(norms, rows, today)
    lines = [_of_rule(one, schema, known) for one in RULES] + [_of_other(one, schema, known) for one in ELSEWHERE]
    for alias, id in SAME_AS.items():
        lines += [Line(**{**_shallow(line), "id": alias, "same_as": id}) for line in tuple(lines) if line.id == id]
    order = {table.name: place for place, table in enumerate(schema)}
    return sorted(lines, key=lambda line: (order.get(line.table, len(order)), line.table))


def _shallow(line: Line) -> dict[str, Any]:
    return {name: getattr(line, name) for name in Line.__slots__}


def _of_rule(one: Rule, schema: Schema, known: "_Parameters") -> Line:
    settings = tuple(known.of(one.settings))
    return Line(
        id=one.id,
        same_as=None,
        function=one.check.__name__,
        table=one.table,
        title=schema[one.table].title,
        severity=one.severity,
        gravity=one.gravity,
        moments=one.at,
        clause=one.clause,
        message=one.message,
        about=one.about,
        settings=settings,
        verified=all(p.verified for p in settings),
        where=str(Path(one.check.__code__.co_filename).relative_to(HOUSE)),
    )


def _of_other(one: Elsewhere, schema: Schema, known: "_Parameters") -> Line:
    settings = tuple(known.of(one.settings))
    module, _, function = one.where.partition(":")
    return Line(
        id=one.id,
        same_as=None,
        function=function,
        table=one.table,
        title=GENERAL.get(one.table) or schema[one.table].title,
        severity=one.severity,
        gravity=one.gravity,
        moments=one.at,
        clause=one.clause,
        message=one.message,
        about=one.about,
        settings=settings,
        verified=all(p.verified for p in settings),
        where=f"automations/{module.replace('.', '/')}.py" if function else module,
    )


class _Parameters:
    """Parameters by key, each read once."""

    def __init__(self, norms: Norms, rows: Iterable[Any], today: date) -> None:
        self._norms, self._today = norms, today
        self._values = norms.in_force(today)
        self._rows = _in_force(rows, today)
        self._read: dict[str, Parameter] = {}

    def of(self, keys: Sequence[str]) -> Iterator[Parameter]:
        """Those of a rule; a key that ends in ``.`` stands for all that begin so."""
        for key in keys:
            begun = sorted(k for k in {*SHIPPED, *self._rows} if k.startswith(key)) if key.endswith(".") else [key]
            for one in begun:
                if one not in self._read:
                    self._read[one] = self._parameter(one)
                yield self._read[one]

    def _parameter(self, key: str) -> Parameter:
        row, shipped, value = self._rows.get(key), SHIPPED.get(key), self._values.get(key) or None
        if row is not None and row["value"].strip() != value:
            row = None  # typed, and not confirmed by anybody else

        def cell(name: str) -> str:
            return str((row[name] if row is not None else None) or (getattr(shipped, name) if shipped else ""))

        return Parameter(
            key=key,
            label=cell("label"),
            value=value,
            unit=cell("unit"),
            source=cell("source"),
            verified=self._norms.verified(key, self._today),
            origin=SCHOOLS if row is not None else OURS,
        )


def _in_force(rows: Iterable[Any], today: date) -> Mapping[str, Any]:
    """The row of 参数标准 that counts today, by key; those without a value say nothing."""
    found: dict[str, Any] = {}
    for row in sorted(rows, key=lambda r: r["from_date"] or date.min):
        begun = row["from_date"] is None or row["from_date"] <= today
        if row["key"] and row["value"] and begun and (row["to_date"] is None or today <= row["to_date"]):
            found[row["key"].strip()] = row
    return found
