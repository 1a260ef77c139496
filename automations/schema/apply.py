"""Do what a :class:`Plan` says, through the host's own calls.

Nothing here remembers how far it got. Killed half-way, the next plan finds what is there by its title and goes on.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence

from automations.errors import SchemaError, SchemaMoved
from automations.schema.host import Binding, BoundTable, HostTable, SchemaHost, ViewSpec
from automations.schema.model import Field, Schema, Table, View
from automations.schema.plan import fingerprint
from automations.schema.steps import (
    LINKED,
    CreateField,
    CreateTable,
    DropField,
    DropOptions,
    Plan,
    RenameTable,
    Step,
    UpdateField,
)

Progress = Callable[[str], None]


def apply(plan: Plan, host: SchemaHost, *, yes: bool, lose_data: bool, progress: Progress) -> Binding:
    """Carry out the plan and tie the whole schema to the host's ids.

    Args:
        plan: What to do.
        host: Where; must still look as it did when planned.
        yes: Steps that need a yes may be done.
        lose_data: Steps that would lose data may be done.
        progress: Told each step in Chinese before it is done.

    Raises:
        SchemaError: The plan is blocked, or holds steps that were not allowed. Nothing was done.
        SchemaMoved: The host changed since the plan. Nothing was done.
        HostError: A call failed; what was done stays, and a new plan finishes the rest.
    """
    _refuse(plan, yes, lose_data)
    if fingerprint(host.describe()) != plan.fingerprint:
        raise SchemaMoved("计划做好之后，表格上的表或列又有变动。没有做任何改动，请重新运行 houqin plan 核对。")
    worker = _Worker(plan, host)
    for step in sorted(plan.steps, key=_turn):
        progress(str(step))
        worker.do(step, progress)
    return worker.binding()


def _refuse(plan: Plan, yes: bool, lose_data: bool) -> None:
    if plan.blocks:
        raise SchemaError("表格有系统不能自动处理的变动，没有做任何改动。请先人工处理：", plan.blocks)
    if not lose_data and (steps := plan.of("lose")):
        message = "下列改动会丢失数据，没有做任何改动。确实要丢弃请加 --lose-data；要保留请把它们写回 schemas/："
        raise SchemaError(message, [str(step) for step in steps])
    if not yes and (steps := plan.of("yes")):
        message = "下列改动需要确认，没有做任何改动。核对后请加 --yes 再运行："
        raise SchemaError(message, [str(step) for step in steps])


def _turn(step: Step) -> int:
    """Tables first, so that links find their targets; what loses data last, when all else went well."""
    if isinstance(step, CreateTable | RenameTable):
        return 0
    if isinstance(step, CreateField):
        return 2 if step.field.type in LINKED else 1
    return 4 if isinstance(step, DropOptions | DropField) else 3


class _Worker:
    """Does steps one by one and keeps the ids that come of them."""

    def __init__(self, plan: Plan, host: SchemaHost) -> None:
        self.schema = plan.schema
        self.host = host
        self.ids = {name: known.id for name, known in plan.known.items()}
        self.fields = {name: dict(known.fields) for name, known in plan.known.items()}

    def do(self, step: Step, progress: Progress) -> None:
        if isinstance(step, CreateTable):
            self._create_table(step.table)
        elif isinstance(step, RenameTable):
            self.host.rename_table(step.id, step.table.title)
        elif isinstance(step, CreateField):
            self._create_field(step.table, step.field)
        elif isinstance(step, UpdateField):
            self.host.update_field(self.ids[step.table.name], step.id, step.field)
        elif isinstance(step, DropOptions):
            now = self.host.update_field(self.ids[step.table.name], step.id, step.field)
            if left := [o for o in step.options if o in now.options]:
                progress(f"　这里的表格不能自动删选项，请在网页上手工删除：{'、'.join(left)}")
        elif isinstance(step, DropField):
            self.host.delete_field(self.ids[step.table.name], step.id)

    def _create_table(self, table: Table) -> None:
        made = self.host.create_table(table)
        by_title = {column.title: column.id for column in made.fields}
        self.ids[table.name] = made.id
        plain = [f for f in table.fields if f.type not in LINKED]
        self.fields[table.name] = {f.name: by_title[f.title] for f in plain if f.title in by_title}
        for field in plain:
            if field.title not in by_title:
                self._create_field(table, field)

    def _create_field(self, table: Table, field: Field) -> None:
        target = self.ids[field.to] if field.to is not None else None
        made = self.host.create_field(self.ids[table.name], field, target)
        self.fields[table.name][field.name] = made.id

    def binding(self) -> Binding:
        return Binding(
            {table.name: BoundTable(table, self.ids[table.name], self.fields[table.name]) for table in self.schema}
        )


def make_views(
    host: SchemaHost,
    schema: Schema,
    binding: Binding,
    existing: Sequence[HostTable],
    each: Mapping[str, Sequence[tuple[int, str]]],
    progress: Progress = lambda text: None,
) -> dict[tuple[str, str], str]:
    """Make the saved views and public forms that are missing by title; those that are there are left alone.

    Args:
        host: Where.
        schema: Whose views.
        binding: Of the whole schema.
        existing: What the host describes now, with the titles of its views.
        each: Rows (id, name) per table for views of which there is one per row. With ``people`` given, a view of
            "@me" is made once per person as well, titled ``我的待签·张三``: for hosts that cannot say "whoever looks".
        progress: Told the title of each view before it is made.

    Returns:
        Address paths of the views made now, by table and title; "" where the host shows them in its own menu.
    """
    titles = {table.id: set(table.views) for table in existing}
    made: dict[tuple[str, str], str] = {}
    for table in schema:
        bound = binding[table.name]
        there = titles.setdefault(bound.id, set())
        for view in table.views:
            for spec in _specs(view, each):
                if spec.title not in there:
                    progress(f"“{table.title}”新建{'公开表单' if view.form else '视图'}“{spec.title}”")
                    made[table.name, spec.title] = host.create_view(bound, spec)
                    there.add(spec.title)
    return made


def _specs(view: View, each: Mapping[str, Sequence[tuple[int, str]]]) -> Iterator[ViewSpec]:
    per_person = not view.each and "@me" in view.where.values() and "people" in each
    if not view.each and not per_person:
        yield ViewSpec(view, view.title)
        return
    for row_id, name in each.get(view.each or "people", ()):
        title = f"{view.title}·{name}" if per_person else view.title.replace("{name}", name)
        yield ViewSpec(view, title, row_id)
