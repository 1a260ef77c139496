"""Charts as PNG for Word, in a process of its own: matplotlib would stay in the worker's memory (76 MB) for months.

JSON on standard input (a face and charts), JSON on standard output (a base64 text each). Same colours, dashes, marks
and hatches as :mod:`automations.reports.charts`.
"""

import base64
import io
import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from automations.errors import ReportError
from automations.reports.charts import COLOURS, LIMIT, scale, shown_labels
from automations.reports.document import Chart
from automations.reports.render import apart

INCHES = (5.9, 3.15)
DPI = 220
PATIENCE = 120
DASHES = ("-", (0, (5, 2.5)), (0, (1.2, 1.6)), (0, (6, 2, 1.2, 2)))
MARKS = "os^D"
HATCHES = ("", "////", "....", "----")


def pictures(charts: Mapping[str, Chart], face: str) -> dict[str, bytes]:
    """PNG of each chart by its name; ``face`` is an installed family with 汉字.

    Raises:
        ReportError: They could not be drawn.
    """
    if not charts:
        return {}
    plain = {"face": face, "charts": {name: _plain(chart) for name, chart in charts.items()}}
    try:
        done = apart("chart_png", json.dumps(plain).encode(), PATIENCE)
    except subprocess.TimeoutExpired:
        raise ReportError(f"画图超过 {PATIENCE} 秒未完成，已停止。请稍后重试。") from None
    if done.returncode:
        last = (done.stderr.decode(errors="replace").strip().splitlines() or [f"退出码 {done.returncode}"])[-1]
        raise ReportError(f"Word 里的图没有画出来：{last}。请信息科确认已安装 matplotlib 和中文字体。")
    return {name: base64.b64decode(text) for name, text in json.loads(done.stdout).items()}


def main() -> int:
    """Draw what standard input asks for."""
    asked = json.load(sys.stdin)
    drawn = {
        name: base64.b64encode(_draw(_chart(plain), asked["face"])).decode() for name, plain in asked["charts"].items()
    }
    json.dump(drawn, sys.stdout)
    return 0


def _plain(chart: Chart) -> dict[str, Any]:
    return {
        "title": chart.title,
        "kind": chart.kind,
        "labels": chart.labels,
        "series": [[name, [None if v is None else str(v) for v in values]] for name, values in chart.series.items()],
        "unit": chart.unit,
        "table": chart.table,
        "limit": chart.limit and [chart.limit[0], str(chart.limit[1])],
    }


def _chart(plain: dict[str, Any]) -> Chart:
    series = {name: tuple(None if v is None else Decimal(v) for v in values) for name, values in plain["series"]}
    limit = plain["limit"] and (plain["limit"][0], Decimal(plain["limit"][1]))
    return Chart(**plain | {"labels": tuple(plain["labels"]), "series": series, "limit": limit})


def _draw(chart: Chart, face: str) -> bytes:
    import matplotlib
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure
    from matplotlib.font_manager import FontProperties, findfont

    findfont(FontProperties(family=face), fallback_to_default=False)  # refuses rather than draw boxes
    with matplotlib.rc_context(
        {"font.family": face, "font.size": 9.5, "axes.unicode_minus": False, "hatch.linewidth": 1.1}
    ):
        figure = Figure(figsize=INCHES, dpi=DPI, layout="constrained")
        FigureCanvasAgg(figure)
        axes = figure.add_subplot()
        steps = scale(chart)
        axes.set_ylim(steps.steps[0], steps.steps[-1])
        axes.set_yticks(steps.steps, [steps.label(step) for step in steps.steps])
        axes.set_xlim(-0.5, len(chart.labels) - 0.5)
        room = INCHES[0] * 72 * 0.86 / len(chart.labels)
        axes.set_xticks(range(len(chart.labels)), shown_labels(chart.labels, room, 9.5))
        axes.tick_params(length=0)
        axes.grid(axis="y", color="#dddddd", linewidth=0.8)
        axes.set_axisbelow(True)
        for side in ("top", "right", "left"):
            axes.spines[side].set_visible(False)
        axes.spines["bottom"].set_color("#888888")
        {"lines": _lines, "bars": _bars, "stack": _stack}[chart.kind](axes, chart)
        if chart.limit:
            told = f"{chart.limit[0]} {chart.limit[1]:,}"
            axes.axhline(float(chart.limit[1]), color=LIMIT, linewidth=1.3, linestyle=(0, (2, 2)), label=told)
        axes.set_title(chart.unit, loc="left", fontsize=9.5, color="#444444")
        count = len(chart.series) + (chart.limit is not None)
        figure.legend(loc="outside upper center", ncols=count, frameon=False, fontsize=9.5)
        out = io.BytesIO()
        figure.savefig(out, format="png", metadata={"Software": None})
        return out.getvalue()


def _numbers(values: Sequence[Decimal | None]) -> list[float]:
    return [float("nan") if value is None else float(value) for value in values]


def _lines(axes: Any, chart: Chart) -> None:
    for n, (name, values) in enumerate(chart.series.items()):
        axes.plot(
            range(len(values)),
            _numbers(values),
            color=COLOURS[n],
            linestyle=DASHES[n],
            marker=MARKS[n],
            markerfacecolor="white",
            markersize=5,
            linewidth=1.7,
            label=name,
            clip_on=False,
        )


def _bars(axes: Any, chart: Chart) -> None:
    width = 0.76 / len(chart.series)
    for n, (name, values) in enumerate(chart.series.items()):
        at = [x + (n + 0.5 - len(chart.series) / 2) * width for x in range(len(values))]
        axes.bar(at, _numbers(values), width * 0.92, label=name, **_fill(n))


def _stack(axes: Any, chart: Chart) -> None:
    below = [0.0] * len(chart.labels)
    for n, (name, values) in enumerate(chart.series.items()):
        heights = [0.0 if value is None else float(value) for value in values]
        axes.bar(range(len(values)), heights, 0.62, bottom=below, label=name, **_fill(n))
        below = [low + height for low, height in zip(below, heights, strict=True)]


def _fill(n: int) -> dict[str, Any]:
    face = COLOURS[n] if n == 0 else "white"
    return {"facecolor": face, "edgecolor": COLOURS[n], "hatch": HATCHES[n], "linewidth": 0.9}
