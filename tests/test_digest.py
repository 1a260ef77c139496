"""The fit rule of the digest (domain.md F1): what the leader must do is the last to go."""

import re

import pytest

from automations.notify.digest import LIMIT, fitted, rich

SAMPLE = """**行政后勤月报｜2026年9月**
办班5期、学员268人、1,420人天
满意率：住宿<font color="info">96.8%</font>　餐饮<font color="info">92.4%</font>（2014年96/91）

**一、请您处理**
1.待您签批2笔、8,640元，最久已等3个工作日
2.“公寓热水系统更换”18.6万元，须校委会集体研究
3.整改超期升级1件：后厨排烟罩（超5个工作日）

**二、钱**
收入11.4万元，缴库11.4万元，1笔迟缴6个工作日（已补）
支出46.8万元，年度执行73.5%（序时75%）

**三、事**
督查26次、发现问题17个、按期整改15个（88%）

**四、省**
电5.5万度，同比<font color="info">-4.9%</font>

**五、下月关注**
物业合同11月30日到期，应启动采购
[查看完整报告](http://192.168.1.10/r/202609)"""


def swollen(block: str, lines: int) -> str:
    """The sample with so many more lines at the end of the block with that number."""
    more = "\n".join(f"多出来的第{n}行，说的是又一件需要占去不少字节的事情" for n in range(1, lines + 1))
    heading = next(line for line in SAMPLE.split("\n") if line.startswith(f"**{block}、"))
    before, rest = SAMPLE.split(heading + "\n")
    own, mark, after = rest.partition("\n\n")
    if not mark:
        own, mark, after = rest.partition("\n[")
    return before + heading + "\n" + own + "\n" + more + mark + after


def size(text: str) -> int:
    return len(text.encode())


def test_what_fits_is_left_as_it_is() -> None:
    assert fitted(SAMPLE) == SAMPLE


@pytest.mark.parametrize("block", "二三四五")
def test_a_swollen_block_is_cut_and_nothing_more_important_than_it(block: str) -> None:
    made = fitted(swollen(block, 60))
    assert LIMIT - 100 < size(made) <= LIMIT
    order = "五三四二"
    for other in order[order.index(block) + 1 :] + "一":
        heading = re.search(rf"\*\*{other}、.*?(?=\n\n|\n\[|$)", SAMPLE, re.S)
        assert heading is not None and heading[0] in made
    for other in order[: order.index(block)]:
        assert f"**{other}、" not in made  # less important ones have gone whole, headings too
    assert made.endswith("[查看完整报告](http://192.168.1.10/r/202609)")


def test_block_one_keeps_its_first_three_lines_and_says_how_many_there_are() -> None:
    made = fitted(swollen("一", 3_000))
    assert size(made) <= LIMIT
    first = made.index("1.待您签批2笔")
    assert made.index("2.“公寓热水系统更换”") > first and "3.整改超期升级1件" in made
    assert "…等3003项" in made
    assert made.startswith("**行政后勤月报｜2026年9月**\n\n**一、请您处理**")  # the header kept its first line
    assert "**二、" not in made


def test_three_huge_lines_of_block_one_stay_even_beyond_the_limit() -> None:
    huge = "\n".join(f"{n}." + "字" * 400 for n in (1, 2, 3, 4))
    made = fitted(f"**月报**\n\n**一、请您处理**\n{huge}\n\n**二、钱**\n收入1元")
    assert made.count("字" * 400) == 3 and "…等4项" in made and "**二、" not in made


CLOSING = "完整报告10月12日发出，届时见“通知与报告”"
NO_LINK = SAMPLE.rsplit("\n", 1)[0] + "\n\n" + CLOSING


def test_a_closing_that_is_no_link_stays_as_well() -> None:
    assert fitted(NO_LINK).endswith("应启动采购\n" + CLOSING)
    made = fitted(NO_LINK.replace("物业合同", "一件很长的事情" * 300 + "\n物业合同"))
    assert made.endswith(CLOSING) and size(made) <= LIMIT and "**五、" not in made


def test_the_last_block_is_no_closing() -> None:
    made = fitted(SAMPLE.rsplit("\n", 1)[0] + "\n多出来的一行" * 300)
    assert size(made) <= LIMIT and 0 < made.count("多出来的一行") < 100


def test_a_link_alone_on_a_line_is_one_in_mail_and_nothing_else_is() -> None:
    page = str(rich("见[附件](http://x)\n[查看完整报告](https://h/r/1?a=1&amp;b=2)\n[甲](javascript:alert(1))"))
    assert '<a href="https://h/r/1?a=1&amp;b=2">查看完整报告</a>' in page
    assert "见[附件](http://x)" in page and "javascript" not in page and page.count("<a ") == 1
