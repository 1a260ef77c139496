"""What stands on the printed slips. Pure; the sheets are ``report_templates/survey_slips`` and ``place_slips``."""

from collections.abc import Sequence
from typing import Any

from automations.errors import HouqinError
from automations.tables.base import Row
from automations.web.school import Place, Survey
from automations.web.tokens import shown


def survey_data(survey: Survey, made: Sequence[str], school: str, url: str) -> dict[str, Any]:
    """For the sheet of one class: a slip for each token."""
    base = url.rstrip("/")
    opens, closes = survey.opens, survey.closes
    last = f"{closes.day}日" if opens.month == closes.month else f"{closes.month}月{closes.day}日"
    return {
        "title": survey.title,
        "school": school,
        "window": f"{opens.month}月{opens.day}日至{last}",
        "page": f"{base.partition('://')[2]}/s",
        "slips": [{"url": f"{base}/s/{token}", "code": shown(token)} for token in made],
    }


def place_data(marked: Sequence[tuple[Place, str]], school: str, url: str) -> dict[str, Any]:
    """For the sheet of places: a sticker for each."""
    base = url.rstrip("/")
    return {
        "school": school,
        "places": [{"title": place.title, "code": place.code, "url": f"{base}/r/{name}"} for place, name in marked],
    }


def find_class(rows: Sequence[Row], name: str) -> Row:
    """The class that somebody means by its code, its name, or a part of its name.

    Raises:
        HouqinError: None, or several.
    """
    wanted = name.strip()
    living = [r for r in rows if r["code"] and r["name"] and r["status"] != "取消"]
    found = [r for r in living if wanted in (r["code"], r["name"])] or [r for r in living if wanted in str(r["name"])]
    if len(found) == 1 and wanted:
        return found[0]
    if not found or not wanted:
        raise HouqinError(f"“培训班次”里没有“{name}”，请写全名或编号。刚刚新建的，请等后勤助手读到后再试。")
    raise HouqinError(f"“{name}”可以是下面几个班，请写编号：", [f"{r['code']} {r['name']}" for r in found[:20]])


def choose_places(known: Sequence[tuple[Place, str]], names: Sequence[str], kind: str) -> list[Place]:
    """The places that somebody means; all of them without names.

    Raises:
        HouqinError: A name fits none, or nothing is left.
    """
    of_kind = [place for place, its_kind in known if kind in ("", its_kind)]
    unknown = [n for n in names if not any(_means(n, place) for place in of_kind)]
    if unknown:
        raise HouqinError("“楼栋房间”里没有这些地点，请写名称或编号：", unknown)
    chosen = [p for p in of_kind if not names or any(_means(n, p) for n in names)]
    if not chosen:
        raise HouqinError(f"“楼栋房间”里没有{f'类型为“{kind}”的' if kind else ''}地点，没有可打印的二维码。")
    return chosen


def _means(name: str, place: Place) -> bool:
    return name.strip() in (place.code, place.title, place.title.rpartition(" ")[2])
