"""What the commands print on: one console, and a progress bar for long work."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

console = Console(highlight=False, soft_wrap=True)
beside = Console(highlight=False, soft_wrap=True, stderr=True)
"""For what must not stand among the lines of a result."""

WIDE = 160
"""Columns of a table where no terminal says how wide it is."""


@contextmanager
def progress(title: str, total: int | None = None, on: Console = console) -> Iterator[Callable[[str], None]]:
    """A progress bar on long work; nothing where the output is no terminal."""
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=on, disable=not on.is_terminal) as bar:
        task = bar.add_task(title, total=total)

        def step(text: str) -> None:
            bar.update(task, advance=1, description=f"{title} {text}"[:60])

        yield step


def show(table: Table) -> None:
    """Print a table as wide as the terminal; where there is none, wide enough to read."""
    wide = console if console.is_terminal else Console(highlight=False, width=WIDE)
    wide.print(table, soft_wrap=False)
