"""``words.md``: what becomes of it, what no cell can make of it, and how its mistakes are told."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from automations.errors import TemplateError
from automations.reports.document import Break, Column, Document, Heading, Paragraph, Piece, Placed, Table
from automations.reports.manifest import ReportManifest, report_manifest
from automations.reports.words import told

from .report_sample import CLASSES, FOLDER, INDICATORS, data, document, n

TOML = 'title = "{{ unit }}{{ period }}报告"\nperiod = "month"\n'
TABLE = Table("表", (Column("甲"), Column("乙", "number")), (("一", n(3, "A-1")), ("二", n(None, "A-2"))))


@pytest.fixture
def say(tmp_path: Path) -> Any:
    def say(words: str, *, toml: str = TOML, period: str = "2026年9月", **data: Any) -> Document:
        (tmp_path / "report.toml").write_text(toml, "utf-8")
        (tmp_path / "words.md").write_text(words, "utf-8")
        return told(tmp_path, data, unit="示例党校", period_title=period, made_on=date(2026, 10, 12), dataline="截至")

    return say


def text(made: Document) -> list[str]:
    return [b.text for b in made.blocks if isinstance(b, Heading | Paragraph)]


def mistakes(say: Any, words: str, **data: Any) -> tuple[str, ...]:
    with pytest.raises(TemplateError) as caught:
        say(words, **data)
    assert str(caught.value).startswith("report_templates/")
    return caught.value.problems or (caught.value.message,)


# --- what becomes of it ----------------------------------------------------------------------------------------


def test_lines_become_headings_paragraphs_tables_charts_and_pages() -> None:
    made = document()
    kinds = [
        (b.level, b.text) if isinstance(b, Heading) else (b.what, b.name) if isinstance(b, Placed) else type(b)
        for b in made.blocks
    ]
    assert kinds == [
        *(
            Paragraph,
            (1, "一、总体情况"),
            Paragraph,
            ("table", "indicators"),
            (1, "二、财务管理"),
            (2, "（一）收支两条线"),
        ),
        *(Paragraph, (3, "1.维修（护）费"), Paragraph, (3, "2.印刷费"), Paragraph, Break, (1, "三、节约型后勤")),
        *(("chart", "power"), ("chart", "energy"), ("chart", "money"), ("table", "power_table"), ("table", "empty")),
    ]
    assert made.title == "中共示例区委党校2026年9月行政后勤运行情况报告" and made.addressee == "校委会"
    assert [table.title for table in made.annexes] == ["支出明细", "各月支出"]


def test_figures_as_they_are_told() -> None:
    first, _, second, *_ = [b.text for b in document().blocks if isinstance(b, Paragraph)]
    assert first == (
        "9月，行政科围绕5期培训班保障，完成住宿、餐饮、会务和设备保障任务，共1,420人天。"
        "学员住宿满意率96.8%、餐饮满意率92.4▲%。公寓3楼公卫漏水使当月用水同比上升9.8%，已于9月12日修复。"
    )
    assert second == (
        "本月收入11.4万元，全额缴入财政专户，其中1笔12,000.00元迟缴6个工作日，原因是出纳休假未委托。"
        "年度执行低于序时1.5个百分点，物业服务满意率未采集。"
    )


@pytest.mark.parametrize(
    ("words", "value", "shown"),
    [
        ("{{ x|fig }}", n("2.345", places=2), "2.35"),
        ("{{ x|fig }}", n("-0.4"), "0"),
        ("{{ x }}", n("2.5", places=1), "2.5"),
        ("{{ x|wan }}万元", n(1_234_567), "123.5万元"),
        ("{{ x|wan }}万元。", n(None, "A"), "未采集。"),
        ("平均{{ x|fig }}小时办结", n(None), "平均未采集办结"),
        ("{{ x|fig }}其中", n(None), "未采集其中"),
        ("{{ x|money }}", Decimal("999999999999.99"), "999,999,999,999.99"),
        ("{{ x|pts }}", n("-3.14", places=1), "3.1"),
        ("{{ x|abs }}", n("-3", places=0), "3"),
        ("{{ x|growth }}", n("-4.9", places=1), "下降4.9%"),
        ("{{ x|growth }}", n("0.04", places=1), "持平"),
        ("{{ x|growth }}", n(None), "未采集"),
        ("{{ x|day }}", date(2026, 9, 1), "9月1日"),
        ("{{ x|day }}", date(2027, 1, 5), "2027年1月5日"),
        ("{{ x|day }}", None, "未采集"),
        ("{{ x }}", None, "未采集"),
        ("{{ x }}", True, "是"),
        ("{{ x }}", 2026, "2026"),
        ("{{ x }}", Decimal("1234.50"), "1,234.50"),
        ("{{ x|fig ~ '期' }}", n(5), "5期"),
    ],
)
def test_filters(say: Any, words: str, value: Any, shown: str) -> None:
    assert text(say(words, x=value)) == [shown]


def test_equal_rows_share_a_small_number_and_figures_without_rows_have_none(say: Any) -> None:
    a, b = n(5, *CLASSES), n(96, *CLASSES)
    made = say(
        "## 标题{{ a|fig }}\n甲{{ b|fig }}乙{{ c|fig }}丙{{ d|fig }}丁{{ e|fig }}\n[[表 t]]\n{{ late|fig }}",
        a=a, b=b, c=n(1), d=n(2, "X-1"), e=n(None, "X-2"), t=TABLE, late=n(7, "X-9"), unused=n(1, "Z-1"),
    )  # fmt: skip
    assert made.blocks[0] == Heading(1, "标题5")
    assert made.blocks[1] == Paragraph(
        (Piece("甲96"), Piece("1", 1), Piece("乙1丙2"), Piece("2", 2), Piece("丁未采集"))
    )
    assert [(s.index, s.codes) for s in made.sources] == [(1, CLASSES), (2, ("X-1",)), (3, ("A-1",)), (4, ("X-9",))]
    assert say("{{ a|fig }}和{{ b|fig }}", a=a, b=b).blocks == (
        Paragraph((Piece("5"), Piece("1", 1), Piece("和96"), Piece("1", 1))),
    )
    assert made.index_of(("A-1",)) == 3 and made.index_of(()) is None and made.index_of(("Z-1",)) is None


def test_what_the_mark_means_is_told_where_it_stands(say: Any) -> None:
    assert say("{{ x|fig }}", x=n(1)).dataline == "截至"
    assert say("{{ x|fig }}", x=n(1, unverified=("k",))).dataline == "截至，标▲者所用标准待本地核实"
    table = Table("表", (Column("甲", "number"),), ((n(1, unverified=("k",)),),))
    assert "▲" in say("字", t=table).dataline


def test_only_addresses_of_the_web_become_links() -> None:
    made = told(
        FOLDER,
        data(),
        unit="校",
        period_title="2026年9月",
        made_on=date(2026, 10, 1),
        links={"A": "https://x/1", "B": "javascript:alert(1)", "C": "file:///etc/passwd"},
    )
    assert made.links == {"A": "https://x/1"}


# --- what no cell can make of it -------------------------------------------------------------------------------

EVIL = "\n## 九、假标题\n[[表 t]]\n{{ 7*7 }}{% raw %}｛｛ x ｝｝\x020:0\x03\r\n# 题\u2028[[分页]]"


@pytest.mark.parametrize(
    "words", ["甲{{ x }}乙", "{{ x }}", "## {{ x }}", "{{ '' ~ x ~ '' }}", "{% set y = x %}{{ y }}"]
)
def test_a_cell_is_running_text_whatever_it_holds(say: Any, words: str) -> None:
    made = say(words, x=EVIL, t=TABLE)
    assert len(made.blocks) == 1 and isinstance(made.blocks[0], Heading | Paragraph)
    (line,) = text(made)
    for part in ("## 九、假标题", "[[表 t]]", "{{ 7*7 }}{% raw %}", "｛｛ x ｝｝", "\x020:0\x03", "[[分页]]"):
        assert part in line
    assert "\n" not in line and "49" not in line


def test_a_title_takes_cells_as_text(say: Any) -> None:
    toml = 'title = "{{ name }}报告"\nperiod = "row"\ntable = "training_classes"\n'
    assert say("字", toml=toml, name=EVIL).title.count("{{ 7*7 }}") == 1


@pytest.mark.parametrize("words", ["{{ ''.__class__.__name__ }}", "{{ x.__class__.__module__ }}", "{{ x.__doc__ }}"])
def test_words_stay_in_their_sandbox(say: Any, words: str) -> None:
    (told_,) = mistakes(say, f"字\n{words}", x=n(1))
    assert "words.md 第 2 行" in told_ and "用了不允许的写法" in told_


def test_what_is_no_text_is_not_written(say: Any) -> None:
    for value in ([1], {"a": 1}, b"\x89PNG" * 1000, 1.5, object()):
        (told_,) = mistakes(say, "\n{{ x }}", x=value)
        assert "words.md 第 2 行" in told_ and "不能直接写进文字里" in told_
    (told_,) = mistakes(say, "{{ x|wan }}", x="很多")
    assert "这里要一个数，给的是“很多”" in told_


# --- mistakes --------------------------------------------------------------------------------------------------


def test_all_mistakes_are_told_at_once_with_their_lines(say: Any) -> None:
    words = (
        "# 总标题\n{{ clases|fig }}期\n｛｛ classes ｝｝\n{ classes }}\n[[表 indicator]]\n见[[表 indicators]]\n"
        "{{ classes|figg }}\n{{ classes|fig }\n[[图 power]]\n"
    )
    assert mistakes(say, words, classes=n(5), indicators=TABLE) == (
        "第 1 行：“# 总标题”：标题用 ##、### 或 ####（半角）；报告的总标题写在 report.toml 的 title",
        "第 3 行：“｛｛ classes ｝｝”用了全角括号，请改成半角的 {{ }} 或 {% %}",
        "第 4 行：“{ classes }}”里的花括号不成对，应写作 {{ 字段 }}",
        "第 5 行：没有名为“indicator”的表，是不是“indicators”？",
        "第 6 行：“见[[表 indicators]]”：表和图要单独占一行，写作 [[表 名字]]、[[图 名字]] 或 [[分页]]",
        "第 8 行：“{{ classes|fig }”里的花括号不成对，应写作 {{ 字段 }}",
        "第 9 行：没有名为“power”的图",
    )
    assert mistakes(say, "字\n{{ clases|fig }}期{{ classes|figg }}", classes=n(5)) == (
        "第 2 行：没有写法“|figg”，是不是“fig”？",
        "第 2 行：没有字段“clases”，是不是“classes”？",
    )


def test_a_misspelt_part_of_a_field_names_the_nearest(say: Any) -> None:
    (told_,) = mistakes(say, "字\n\n{{ one.valu }}", one=n(1))
    assert told_.endswith("words.md 第 3 行：没有字段“valu”，是不是“value”？。请改正后重试。")
    (told_,) = mistakes(say, "{% for k in rows %}{{ k.nam }}{% endfor %}", rows=[{"name": "甲"}])
    assert "没有字段“nam”，是不是“name”？" in told_


def test_an_unfinished_loop_and_a_fault_while_rendering(say: Any) -> None:
    assert mistakes(say, "字\n{% for x in rows %}\n", rows=[]) == ("第 2 行：{% for %} 没有结束，缺少 {% endfor %}",)
    assert mistakes(say, "{% fi x %}") == ("第 1 行：不认识 {% fi %}",)
    assert "words.md 第 2 行：写法有误（division by zero）" in mistakes(say, "字\n{{ 1 / 0 }}")[0]


def test_a_file_of_another_encoding(tmp_path: Path) -> None:
    (tmp_path / "report.toml").write_text(TOML, "utf-8")
    (tmp_path / "words.md").write_bytes("党校".encode("gbk"))
    with pytest.raises(TemplateError, match="不是 UTF-8"):
        told(tmp_path, {}, unit="校", period_title="2026年", made_on=date(2027, 1, 1))


def test_tables_and_charts_of_a_statement_are_looked_over() -> None:
    power = data()["power"]
    with pytest.raises(TemplateError) as caught:
        document(
            indicators=replace(INDICATORS, rows=(("只有一格",), tuple([1.5] * 7))),
            power=replace(power, table="power_tabl"),
            energy=replace(data()["energy"], series={str(i): (None,) * (3 - i) for i in range(5)}),
            empty=Table("空", (), ()),
        )
    problems = caught.value.problems
    assert "表“indicators”第 1 行有 1 格，应有 7 格" in problems
    assert "表“indicators”第 2 行“指标”一格是 float，表格里放不下" in problems
    assert any(p.startswith("图“power”没有对应的表“power_tabl”，是不是“power_table”？") for p in problems)
    assert "图“energy”有 5 组数，最多 4 组才分得清" in problems
    assert "图“energy”的“1”有 2 个数，标签有 3 个" in problems
    assert "表“empty”没有列" in problems


# --- report.toml -----------------------------------------------------------------------------------------------


def test_report_toml(tmp_path: Path) -> None:
    (tmp_path / "report.toml").write_text(TOML, "utf-8")
    assert report_manifest(tmp_path) == ReportManifest("{{ unit }}{{ period }}报告", "month")
    (tmp_path / "report.toml").write_text(
        'title = 3\nperiod = "weekly"\ntable = "x"\nwhere = {a = 1}\n'
        'format = ["pdf"]\nformats = ["doc"]\nto = "会计"\n',
        "utf-8",
    )
    with pytest.raises(TemplateError) as caught:
        report_manifest(tmp_path)
    assert caught.value.problems == (
        "不认识“format”一行，是不是“formats”？",
        "“title”应写成引号里的一段文字",
        '“to”应写成文字的清单，如 to = ["…"]',
        'period = "weekly" 不认识，可以写 month、quarter、year、row',
        'period = "row" 时要写 table（哪张表的一行），其他时候不写 table',
        'where 只用于 period = "row"，如 where = { category = "车辆" }',
        "formats 里的“doc”不认识，可以写 html、pdf、docx、xlsx",
    )


def test_a_title_with_a_mistake_names_report_toml(say: Any) -> None:
    with pytest.raises(TemplateError, match=r"report\.toml 有 1 处要改") as caught:
        say("字", toml='title = "{{ unitt }}"\nperiod = "month"\n')
    assert caught.value.problems == ("没有字段“unitt”，是不是“unit”？",)
