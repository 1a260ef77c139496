"""A chart of a report as inline SVG: text stays text, and series differ in shape as well as in colour. Pure.

Colours are Okabe and Ito's, told apart by colour-blind readers; dashes, marks and hatches do the same on a black-and-
white print (libraries.md 6). A value that nobody knows is a gap.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import ceil, floor, log10

from markupsafe import Markup, escape

from automations.reports.document import Chart

COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7")
DASHES = ("", "7 4", "2 3", "9 3 2 3")
LIMIT = "#333333"
WIDTH, HEIGHT = 560, 300
TOP, BOTTOM, RIGHT = 68, 30, 14
FONT = 13
LARGE = 1.4
"""How much larger a phone shows the letters (page.css); room is kept for that."""
LINES = 5


@dataclass(frozen=True, slots=True)
class Scale:
    """Round steps along the upright axis.

    Attributes:
        steps: Where lines are drawn, from the lowest to the highest; at least two.
        places: Decimals that tell them apart.
    """

    steps: tuple[float, ...]
    places: int

    def label(self, step: float) -> str:
        """A step as it is written at the axis."""
        return f"{step:,.{self.places}f}"


def scale(chart: Chart) -> Scale:
    """Steps that hold all values, the limit and, except for lines far from it, zero."""
    low, high = extent(chart)
    if chart.kind != "lines" or low < 0 or low < (high - low) * 1.5:
        low, high = min(low, 0), max(high, 0)
    if low == high:
        high = low + 1
    rough = (high - low) / LINES
    power = 10.0 ** floor(log10(rough))
    step = next(n * power for n in (1, 2, 2.5, 5, 10) if n * power >= rough * 0.999)
    if low > 0 and low / step - floor(low / step + 1e-9) < 0.1:
        low -= step  # so that a line that does not begin at zero does not lie on the axis
    first, last = floor(low / step + 1e-9), ceil(high / step - 1e-9)
    places = max(0, -floor(log10(step) + 1e-9))
    if abs(step * 10**places - round(step * 10**places)) > 1e-6:
        places += 1
    return Scale(tuple(n * step for n in range(first, last + 1)), places)


def extent(chart: Chart) -> tuple[float, float]:
    """Lowest and highest of what is drawn; of stacks the sums."""
    if chart.kind == "stack":
        columns = zip(*chart.series.values(), strict=True)
        values = [float(sum(v for v in column if v is not None)) for column in columns]
    else:
        values = [float(v) for series in chart.series.values() for v in series if v is not None]
    values += [float(chart.limit[1])] if chart.limit else []
    return min(values, default=0), max(values, default=0)


def svg(chart: Chart, name: str, face: str) -> Markup:
    """Draw it. ``name`` is unique on the page (of letters, digits, ``_`` and ``-``); ``face`` has 汉字."""
    steps = scale(chart)
    left = max(wide(text) for text in (*map(steps.label, steps.steps), chart.unit)) * FONT * LARGE + 10
    frame = Frame(chart, name, steps, round(left, 1))
    across = f"M{frame.left} {{}}H{WIDTH - RIGHT}"
    parts = [
        f'<svg class="chart" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(chart.title)}" '
        f'font-size="{FONT}" font-family="{escape(face)}, sans-serif">',
        _patterns(name, len(chart.series)) if chart.kind != "lines" else "",
    ]
    for step in steps.steps:
        colour = "#888" if abs(step) < 1e-9 else "#ddd"
        parts.append(f'<path d="{across.format(frame.y(step))}" stroke="{colour}" fill="none"/>')
        parts.append(_text(frame.left - 6, frame.y(step) + 4, steps.label(step), "end", "#444"))
    parts.append(_text(frame.left - 6, TOP - 19, chart.unit, "end", "#444") if chart.unit else "")
    parts += _labels(frame)
    parts += {"lines": _lines, "bars": _bars, "stack": _stack}[chart.kind](frame)
    if chart.limit:
        at = across.format(frame.y(float(chart.limit[1])))
        parts.append(f'<path d="{at}" stroke="{LIMIT}" stroke-width="1.6" stroke-dasharray="3 3"/>')
    parts += _legend(frame)
    parts.append("</svg>")
    return Markup("".join(parts))


@dataclass(frozen=True, slots=True)
class Frame:
    """Where things stand in the drawing."""

    chart: Chart
    name: str
    steps: Scale
    left: float

    def y(self, value: float) -> float:
        """Where a value stands, from the top."""
        low, high = self.steps.steps[0], self.steps.steps[-1]
        return round(HEIGHT - BOTTOM - (value - low) / (high - low) * (HEIGHT - BOTTOM - TOP), 1)

    @property
    def slot(self) -> float:
        """Room of one label."""
        return (WIDTH - RIGHT - self.left) / len(self.chart.labels)

    def x(self, n: int) -> float:
        """Middle of the label ``n``."""
        return self.left + self.slot * (n + 0.5)


def shown_labels(labels: Sequence[str], room: float, letter: float) -> list[str]:
    """Labels, some left out where all would run into each other. ``room`` for one, ``letter`` the width of a 汉字."""
    widest = max(wide(label) for label in labels) * letter + letter / 4
    every = max(1, ceil(widest / room))
    return [label if n % every == 0 else "" for n, label in enumerate(labels)]


def wide(text: str) -> float:
    """Width in 汉字; digits and Latin letters are about 0.58 of one."""
    return sum(1 if ord(c) > 0x2000 else 0.58 for c in text)


def _labels(frame: Frame) -> Iterator[str]:
    for n, label in enumerate(shown_labels(frame.chart.labels, frame.slot, FONT * LARGE)):
        if label:
            yield _text(frame.x(n), HEIGHT - BOTTOM + 20, label, "middle", "#222")


def _lines(frame: Frame) -> Iterator[str]:
    for n, values in enumerate(frame.chart.series.values()):
        path, broken = [], True
        for at, value in enumerate(values):
            if value is None:
                broken = True
                continue
            path.append(f"{'M' if broken else 'L'}{frame.x(at):.1f} {frame.y(float(value))}")
            broken = False
        dash = f' stroke-dasharray="{DASHES[n]}"' if DASHES[n] else ""
        yield f'<path d="{"".join(path)}" fill="none" stroke="{COLOURS[n]}" stroke-width="2.2"{dash}/>'
        for at, value in enumerate(values):
            if value is not None:
                yield _mark(n, frame.x(at), frame.y(float(value)))


def _bars(frame: Frame) -> Iterator[str]:
    many = len(frame.chart.series)
    bar = min(frame.slot * 0.76 / many, 44)
    for n, values in enumerate(frame.chart.series.values()):
        for at, value in enumerate(values):
            if value is not None:
                top, bottom = frame.y(max(float(value), 0)), frame.y(min(float(value), 0))
                yield _rect(frame.x(at) + (n - many / 2) * bar, top, bar * 0.92, bottom, n, frame.name)


def _stack(frame: Frame) -> Iterator[str]:
    bar = min(frame.slot * 0.62, 56)
    below = [Decimal(0)] * len(frame.chart.labels)
    for n, values in enumerate(frame.chart.series.values()):
        for at, value in enumerate(values):
            if value is not None:
                low, below[at] = below[at], below[at] + value
                top, bottom = frame.y(float(below[at])), frame.y(float(low))
                yield _rect(frame.x(at) - bar / 2, top, bar, bottom, n, frame.name)


def _rect(x: float, top: float, width: float, bottom: float, n: int, name: str) -> str:
    return (
        f'<rect x="{x:.1f}" y="{top}" width="{width:.1f}" height="{max(bottom - top, 0):.1f}" '
        f'fill="url(#{name}-{n})" stroke="{COLOURS[n]}" stroke-width="1"/>'
    )


WHITE = '<rect width="8" height="8" fill="#fff"/>'
FILLS = (
    '<rect width="8" height="8" fill="{c}"/>',
    WHITE + '<path d="M-2 2L2 -2M0 8L8 0M6 10L10 6" stroke="{c}" stroke-width="2.4"/>',
    WHITE + '<circle cx="4" cy="4" r="2.3" fill="{c}"/>',
    WHITE + '<path d="M0 4H8" stroke="{c}" stroke-width="2.6"/>',
)
"""Solid, slanted lines, dots, level lines."""


def _patterns(name: str, count: int) -> str:
    tile = 'width="8" height="8" patternUnits="userSpaceOnUse"'
    fills = (f'<pattern id="{name}-{n}" {tile}>{FILLS[n].format(c=COLOURS[n])}</pattern>' for n in range(count))
    return f"<defs>{''.join(fills)}</defs>"


def _mark(n: int, x: float, y: float) -> str:
    """Circle, square, triangle, diamond."""
    style = f'fill="#fff" stroke="{COLOURS[n]}" stroke-width="1.8"'
    if n == 0:
        return f'<circle cx="{x:.1f}" cy="{y}" r="3.4" {style}/>'
    shape = ("", "M-3.2 -3.2h6.4v6.4h-6.4z", "M0 -4.2L4 3.2h-8z", "M0 -4.6L4.4 0L0 4.6L-4.4 0z")[n]
    return f'<path transform="translate({x:.1f} {y})" d="{shape}" {style}/>'


def _legend(frame: Frame) -> Iterator[str]:
    chart, x, y = frame.chart, 8.0, 17.0
    entries = [(series, n) for n, series in enumerate(chart.series)]
    for text, n in [*entries, *([(f"{chart.limit[0]} {chart.limit[1]:,}", -1)] if chart.limit else [])]:
        width = 34 + wide(text) * FONT * LARGE + 14
        if x > 8 and x + width > WIDTH:
            x, y = 8.0, y + 21
        yield _key(chart, frame.name, n, x, y) + _text(x + 32, y + 4.5, text, "start", "#222")
        x += width


def _key(chart: Chart, name: str, n: int, x: float, y: float) -> str:
    if n < 0:
        return f'<path d="M{x} {y}h26" stroke="{LIMIT}" stroke-width="1.6" stroke-dasharray="3 3"/>'
    if chart.kind != "lines":
        return _rect(x, y - 6, 26, y + 6, n, name)
    dash = f' stroke-dasharray="{DASHES[n]}"' if DASHES[n] else ""
    return f'<path d="M{x} {y}h26" stroke="{COLOURS[n]}" stroke-width="2.2"{dash}/>' + _mark(n, x + 13, y)


def _text(x: float, y: float, text: str, anchor: str, colour: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{colour}">{escape(text)}</text>'
