"""A :class:`Plan` as Chinese text for the terminal."""

from collections.abc import Iterable, Sequence

from automations.schema.steps import CreateField, Grade, Plan, Step

_HEADINGS: tuple[tuple[Grade, str], ...] = (
    ("safe", "可直接执行"),
    ("yes", "需要确认（加 --yes）"),
    ("lose", "会丢失数据（加 --lose-data）"),
)


def render(plan: Plan) -> str:
    """What would change, by gravity; then what blocks, and what is left alone."""
    parts = [
        _part(f"{title}：{len(steps)} 项", _lines(steps)) for grade, title in _HEADINGS if (steps := plan.of(grade))
    ]
    if plan.blocks:
        parts.append(_part(f"须先人工处理：{len(plan.blocks)} 项（处理前不能执行）", plan.blocks))
    if not parts:
        parts.append("表格与 schemas/ 一致，无需改动。")
    if plan.notes:
        parts.append(_part("保留不动", plan.notes))
    return "\n\n".join(parts)


def _part(heading: str, lines: Iterable[str]) -> str:
    return "\n".join([heading, *(f"  - {line}" for line in lines)])


def _lines(steps: Sequence[Step]) -> list[str]:
    """One line a step, but one line for all new columns of a table."""
    new: dict[str, list[str]] = {}
    for step in steps:
        if isinstance(step, CreateField) and not step.again:
            new.setdefault(step.table.title, []).append(step.field.title)
    lines = [str(step) for step in steps if not isinstance(step, CreateField) or step.again]
    return lines + [f"“{table}”新增 {len(titles)} 列：{'、'.join(titles)}" for table, titles in new.items()]
