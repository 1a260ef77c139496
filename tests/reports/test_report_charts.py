"""Charts: round steps, gaps where nothing is known, and series that can be told apart without colour."""

import io
import re
from decimal import Decimal
from xml.etree import ElementTree

from hypothesis import example, given
from hypothesis import strategies as st
from PIL import Image

from automations.reports.chart_png import pictures
from automations.reports.charts import COLOURS, DASHES, HEIGHT, WIDTH, extent, scale, shown_labels, svg
from automations.reports.document import Chart
from automations.reports.fonts import find_faces

from .report_sample import MONTHS, data, numbers


def chart(kind: str = "lines", **series: tuple[Decimal | None, ...]) -> Chart:
    labels = tuple(f"{n}月" for n in range(1, len(next(iter(series.values()))) + 1))
    return Chart("图", kind, labels, series, "度", "t")  # type: ignore[arg-type]


def drawn(c: Chart) -> ElementTree.Element:
    return ElementTree.fromstring(str(svg(c, "c1", "Face")))


VALUES = st.decimals(-(10**9), 10**9, places=2) | st.none()


@given(
    st.sampled_from(["lines", "bars", "stack"]),
    st.lists(st.tuples(VALUES, VALUES), min_size=1, max_size=14),
    st.none() | st.decimals(0, 10**6, places=1),
)
@example("lines", [(Decimal("0.01"), Decimal("-25025025.02"))], None)
def test_steps_are_round_and_hold_everything(
    kind: str, rows: list[tuple[Decimal | None, Decimal | None]], limit: Decimal | None
) -> None:
    values = {"甲": tuple(a for a, _ in rows), "乙": tuple(b for _, b in rows)}
    if kind == "stack":
        values = {name: tuple(v and abs(v) for v in line) for name, line in values.items()}
    c = Chart(
        "图", kind, tuple(map(str, range(len(rows)))), values, "", "t", (limit is not None and ("限", limit)) or None
    )  # type: ignore[arg-type]
    steps = scale(c)
    low, high = extent(c)
    hair = (steps.steps[1] - steps.steps[0]) * 2e-9  # of the way from one line to the next: nobody sees it
    assert steps.steps[0] <= low + hair and high - hair <= steps.steps[-1]
    assert 2 <= len(steps.steps) <= 10 and len({steps.label(step) for step in steps.steps}) == len(steps.steps)
    if kind != "lines":
        assert any(abs(step) < 1e-9 for step in steps.steps)
    root = drawn(c)
    for shape in root.iter("rect"):
        if shape.get("x"):
            assert 0 <= float(shape.get("y", 0)) <= HEIGHT and 0 <= float(shape.get("x", 0)) <= WIDTH


def test_what_nobody_knows_is_a_gap_and_never_nought() -> None:
    c = chart(甲=numbers(1, None, 3, 4))
    path = next(
        p.get("d", "") for p in drawn(c).iter("path") if p.get("stroke-width") == "2.2" and "L" in p.get("d", "")
    )
    assert re.sub(r"[^ML]", "", path) == "MML"
    assert len([m for m in drawn(c).iter("circle")]) == 3 + 1  # and the one in the legend
    bars = [r for r in drawn(chart("bars", 甲=numbers(1, None, 3))).iter("rect") if r.get("x")]
    assert len(bars) == 2 + 1


def test_series_differ_without_colour() -> None:
    four = {name: numbers(n, n + 1) for n, name in enumerate("甲乙丙丁", 1)}
    root = drawn(chart("lines", **four))
    dashes = {
        p.get("stroke"): p.get("stroke-dasharray", "") for p in root.iter("path") if p.get("stroke-width") == "2.2"
    }
    assert dashes == dict(zip(COLOURS, DASHES, strict=True)) and len(set(DASHES)) == 4
    marks = [(m.tag, m.get("d")) for m in root.iter() if m.get("stroke-width") == "1.8"]
    assert len(set(marks)) == 4
    fills = {
        ElementTree.tostring(p).decode().replace(c, "")
        for p, c in zip(drawn(chart("bars", **four)).iter("pattern"), COLOURS, strict=True)
    }
    assert len({re.sub(r'id="[^"]+"', "", fill) for fill in fills}) == 4


def test_names_unit_and_limit_are_written_and_escaped() -> None:
    c = data()["power"]
    texts = [t.text for t in drawn(c).iter("text")]
    assert {"上年", "本年", "月定额 58,000", "千瓦时", "1月", "12月"} <= set(texts) | {"12月"}
    evil = Chart('"><script>', "bars", ("<b>",), {"</text>": numbers(1)}, "&", "t")
    assert "<script" not in str(svg(evil, "c1", 'F"x')) and {"<b>", "</text>", "&"} <= {
        t.text for t in drawn(evil).iter("text")
    }


def test_labels_that_would_run_into_each_other_are_left_out() -> None:
    assert shown_labels(MONTHS, 100, 10) == list(MONTHS)
    assert shown_labels(MONTHS, 13, 10)[:4] == ["1月", "", "3月", ""]


def test_word_gets_them_as_pictures() -> None:
    charts = {name: data()[name] for name in ("power", "energy", "money")}
    made = pictures(charts, find_faces().sans)
    assert set(made) == set(charts)
    for png in made.values():
        with Image.open(io.BytesIO(png)) as picture:
            assert picture.format == "PNG" and picture.size == (1298, 693)
            colours = {c for _, c in picture.convert("RGB").getcolors(1 << 20) or []}
            assert (0, 0x72, 0xB2) in colours
    assert pictures({}, "no such face") == {}


def test_a_face_that_is_not_there_is_refused_not_drawn_as_boxes() -> None:
    import pytest

    from automations.errors import ReportError

    with pytest.raises(ReportError, match="图没有画出来"):
        pictures({"power": data()["power"]}, "No Such Face")
