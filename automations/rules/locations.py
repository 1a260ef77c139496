"""楼栋房间: each with one colleague responsible, its sore points ruled by a paper (domain.md A29, A51, B1.4)."""

from collections.abc import Iterator
from typing import Any

from automations.books import Facts
from automations.rules.base import ALWAYS, rule
from automations.rules.claims import missing_cells, quoted
from automations.rules.documents import covered

TABLE = "locations"
KEY_POINT, SERVICE_WINDOW = "重点部位", "服务窗口"

Figures = Iterator[dict[str, Any]]


@rule("必填", TABLE, "B1.4", "请填写：{fields}。", "提示", at=ALWAYS)
def place_is_complete(place: Facts) -> Figures:
    """Everything marked ● is filled: a department and one colleague answer for each place."""
    if missing := missing_cells(place):
        yield {"fields": quoted(missing)}


@rule("责任人", TABLE, "A51", "“{name}”的责任人{person}已退出，请指定新的责任人。", "提示", at=ALWAYS)
def somebody_answers_for_it(place: Facts) -> Figures:
    """Who answers for a place is still here."""
    person = place.person("duty_person")
    if person is not None and person.gone:
        yield {"name": place.name, "person": person.name}


@rule("责任人", TABLE, "A51", "“{name}”的责任人{person}不属于责任部门，请核对。", "提示", at=ALWAYS)
def somebody_of_its_department(place: Facts) -> Figures:
    """Who answers for a place belongs to the department that does."""
    person = place.person("duty_person")
    if person is not None and not person.gone and place.department not in (None, person.department):
        yield {"name": place.name, "person": person.name}


@rule("制度覆盖", TABLE, "A29", "{what}“{name}”没有现行有效的制度覆盖，请责任部门补建。", "提示", at=ALWAYS)
def sore_points_are_ruled(place: Facts) -> Figures:
    """Every 重点部位 and 服务窗口 is ruled by a paper in force."""
    for what, marked in ((KEY_POINT, place.key_point), (SERVICE_WINDOW, place.service_window)):
        if marked and not covered(place.books, what, place.department, str(place.name or ""), str(place.kind or "")):
            yield {"what": what, "name": place.name}
