"""Other parameters from a file: understood, or refused with every mistake at its line."""

from datetime import date
from pathlib import Path

import pytest

from automations.errors import HouqinError
from automations.norms import Norm, Norms
from automations.rehearsal.proposal import Heard, Proposed, Written, read_proposal
from automations.shipped_norms import SHIPPED

DAY = date(2026, 9, 1)
ROUTES = {"去向": ("国库", "财政专户", "单位账户代管")}


def read(tmp_path: Path, text: str, name: str = "试用.toml", encoding: str = "utf-8") -> list[Written]:
    path = tmp_path / name
    path.write_bytes(text.encode(encoding))
    return read_proposal(path, SHIPPED, ROUTES)


def values(lines: list[Written]) -> dict[str, str]:
    return {one.norm.key: one.norm.value for one in lines}


def problems(tmp_path: Path, text: str, name: str = "试用.toml") -> tuple[str, ...]:
    with pytest.raises(HouqinError) as caught:
        read(tmp_path, text, name)
    return caught.value.problems


def test_lines_of_toml(tmp_path: Path) -> None:
    text = """# 降低比选起点
"compare.limit" = "3000"
collective.limit = 30000

"split.low" = 0.9
"chain.dept_review" = false
"request.always" = ["公务接待", "出差"]   # 只留两种
"""
    assert values(read(tmp_path, text)) == {
        "compare.limit": "3000",
        "collective.limit": "30000",
        "split.low": "0.9",
        "chain.dept_review": "否",
        "request.always": "公务接待、出差",
    }


def test_every_mistake_at_its_line(tmp_path: Path) -> None:
    text = """"compare.limt" = "3000"
"collective.limit" = "三万"
随便写写
"compare.limit" = "3000"
"claim.days" = ""
[chain]
"compare.limit" = "4000"
"chain.dept_review" = "也许"
"income.route.利息" = "小金库"
"""
    assert problems(tmp_path, text) == (
        "第1行：没有参数“compare.limt”，是不是“compare.limit”？",
        "第2行：参数“collective.limit”应填金额（元），如 5000、5,000.00 或 5万，现在是“三万”。",
        '第3行：看不懂“随便写写”。请写成："compare.limit" = "3000"',
        "第5行：参数“claim.days”没有写值。",
        '第6行：看不懂“[chain]”。请写成："compare.limit" = "3000"',
        "第7行：参数“compare.limit”在第4行已经写过。",
        "第8行：参数“chain.dept_review”应填“是”或“否”，现在是“也许”。",
        "第9行：参数“income.route.利息”应填国库、财政专户、单位账户代管之一，现在是“小金库”。",
    )


def test_nothing_like_it_gets_no_suggestion(tmp_path: Path) -> None:
    assert problems(tmp_path, '"甲乙丙" = "1"') == ("第1行：没有参数“甲乙丙”。",)


EXPORT = """编号,参数键,参数名称,参数值,单位,生效日,失效日
CS-2026-0001,compare.limit,内部比选起点,3000,元,2026-01-01,2026-06-30
CS-2026-0002,compare.limit,内部比选起点,4000,元,2026/7/1,
CS-2026-0003,school.name,单位全称,,,2026-01-01,
"""


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("comma", [",", ";", "\t"])
def test_an_export_as_excel_saves_it(tmp_path: Path, encoding: str, comma: str) -> None:
    lines = read(tmp_path, EXPORT.replace(",", comma).replace("\n", "\r\n"), "参数标准.CSV", encoding)
    assert [(one.line, one.norm) for one in lines] == [
        (2, Norm("compare.limit", "3000", date(2026, 1, 1), date(2026, 6, 30))),
        (3, Norm("compare.limit", "4000", date(2026, 7, 1), None)),
    ]


def test_mistakes_of_an_export(tmp_path: Path) -> None:
    head = "参数键,参数值,生效日,失效日"
    text = f"{head}\ncompare.limit,abc,,\n,5,,\nclaim.days,30,明天,\nclaim.days,30,2026-02-01,2026-01-01\n"
    assert problems(tmp_path, text, "参数.csv") == (
        "第2行：参数“compare.limit”应填金额（元），如 5000、5,000.00 或 5万，现在是“abc”。",
        "第3行：有“参数值”而没有“参数键”。",
        "第4行：日期“明天”看不懂，请写成 2026-09-01。",
        "第5行：“失效日”早于“生效日”。",
    )


def test_an_export_without_its_columns(tmp_path: Path) -> None:
    [problem] = problems(tmp_path, "键,值\ncompare.limit,3\n", "参数.csv")
    assert problem == "第1行：没有列“参数键”“参数值”。第一行应是列名，至少有“参数键”和“参数值”。"


def test_no_file_and_an_empty_one(tmp_path: Path) -> None:
    with pytest.raises(HouqinError, match="打不开"):
        read_proposal(tmp_path / "没有.toml", SHIPPED, {})
    with pytest.raises(HouqinError, match="里没有一个参数"):
        read(tmp_path, "# 还没写\n")


def test_every_shipped_value_can_be_proposed(tmp_path: Path) -> None:
    text = "\n".join(f'"{key}" = "{norm.value}"' for key, norm in SHIPPED.items() if norm.value)
    assert values(read(tmp_path, text)) == {key: norm.value for key, norm in SHIPPED.items() if norm.value}


def test_what_the_file_does_not_say_stays() -> None:
    base = Norms([Norm("claim.days", "20", verified=True)])
    proposed = Proposed(base, [Written(1, Norm("compare.limit", "3000"))])
    assert proposed.money("compare.limit", DAY) == 3000 and proposed.whole("claim.days", DAY) == 20
    assert proposed.verified("claim.days", DAY) and not proposed.verified("compare.limit", DAY)


def test_a_dated_value_counts_on_its_days_only() -> None:
    proposed = Proposed(Norms(), [Written(1, Norm("compare.limit", "3000", date(2026, 7, 1), date(2026, 9, 30)))])
    days = [date(2026, 6, 30), date(2026, 7, 1), date(2026, 9, 30), date(2026, 10, 1)]
    assert [proposed.money("compare.limit", day) for day in days] == [5000, 3000, 3000, 5000]
    assert proposed.changes(days) == {"compare.limit": ("5000", "3000")}
    assert proposed.changes(days[:1]) == {}


def test_what_is_asked_for_is_heard() -> None:
    heard = Heard(Norms())
    assert heard.flag("chain.dept_review", DAY) and heard.names("request.always", DAY)
    assert heard.keys == {"chain.dept_review", "request.always"}
    heard.keys.clear()
    assert heard.names("request.always", DAY) and heard.text("claim.days", DAY)
    assert heard.keys == {"request.always", "claim.days"}, "also what was asked for before"
