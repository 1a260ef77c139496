"""NocoDB's own traps (hosts/nocodb.md): each shown on the real server, with what the adapter makes of it."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import requests

from automations.errors import HostError, HostRefused, HostUnavailable, LoginRefused, RowMissing, SchemaMoved
from automations.schema.model import Table, View
from automations.tables.base import Edit, Host, ViewSpec
from automations.tables.http import Http
from automations.tables.nocodb import OVERLAP, NocoDB
from automations.tables.nocodb_admin import Member, bootstrap, session
from automations.tables.nocodb_hooks import HEADER, TITLE
from tests.contract.office import LI, WANG, WORKER, ZHOU, Door, eventually, mark, one
from tests.contract.world import CLAIMS, NOTES, World, full_row, lay_out, make_field
from tests.servers import ADMIN, PASSWORD, NocoOffice, NocoServer, nocodb_office

pytestmark = pytest.mark.nocodb


@pytest.fixture(scope="module")
def office() -> Iterator[NocoOffice]:
    with nocodb_office() as ready:
        yield ready


def raw_row(office: NocoOffice, world: World, table: str, row_id: int) -> dict[str, Any]:
    found: dict[str, Any] = office.raw(WORKER).get(f"/api/v2/tables/{world.binding[table].id}/records/{row_id}")
    return found


def column(office: NocoOffice, table_id: str, field_id: str) -> dict[str, Any]:
    columns = office.raw(WORKER).get(f"/api/v2/meta/tables/{table_id}")["columns"]
    return next(dict(c) for c in columns if c["id"] == field_id)


def quiet_mark(host: Host, table: str, row_id: int) -> str:
    """The order of the row's last edit once no further one has come for a moment: links follow their row."""
    orders: list[str] = []
    quiet_since = time.monotonic()
    deadline = quiet_since + 10
    while time.monotonic() - quiet_since < 0.3 and time.monotonic() < deadline:
        found = [edit.order for edit in host.edits(table, row_id)]
        if found != orders:
            orders, quiet_since = found, time.monotonic()
        time.sleep(0.05)
    return orders[-1] if orders else ""


def claim(world: World, **values: Any) -> int:
    [row_id] = world.zhou.create("claims", [values])
    return row_id


# --- ids and stamps ---


def test_reused_ids(world: World) -> None:
    """The id of the last row is given again; the audit of both lives stands under it. Ours shows the present life."""
    [first] = world.zhou.create("notes", [{"text": "前世"}])
    mark(world.worker, "notes", first)
    world.zhou.delete("notes", [first])
    [second] = world.li.create("notes", [{"text": "今生"}])
    assert second == first
    edits = eventually(lambda: world.worker.edits("notes", second), lambda e: bool(e) and e[0].account == LI)
    assert [(e.action, e.account, e.after["text"]) for e in edits] == [("create", LI, "今生")]
    assert world.worker.edits("notes", second, edits[-1].order) == []


def test_null_updated_at(world: World, office: NocoOffice) -> None:
    row_id = claim(world, title="新")
    assert raw_row(office, world, "claims", row_id)["UpdatedAt"] is None
    row = one(world.worker, "claims", row_id)
    assert row.stamp == "" and row.born
    cursor = world.worker.changed("claims", None).cursor
    assert row_id in {r.id for r in world.worker.changed("claims", cursor).rows}


def test_second_precision(world: World) -> None:
    row_id = claim(world, count=1)
    world.zhou.update("claims", {row_id: {"count": 2}})
    changes = world.worker.changed("claims", None)
    stamp = datetime.fromisoformat(one(world.worker, "claims", row_id).stamp)
    assert stamp.microsecond == 0 and stamp.tzinfo is not None
    world.zhou.update("claims", {row_id: {"count": 3}})
    found = {r.id: r["count"] for r in world.worker.changed("claims", changes.cursor).rows}
    assert found[row_id] == Decimal(3), "a later write of the same second is not skipped"
    late = (stamp + OVERLAP + timedelta(seconds=5)).isoformat()
    assert row_id not in {r.id for r in world.worker.changed("claims", late).rows}, (
        "the overlap is all that is read again"
    )


def test_an_empty_table_has_an_empty_cursor(world: World, office: NocoOffice) -> None:
    worker = office.login(WORKER)
    worker.bind(world.fresh(replace(NOTES, name="empty", title="空表")))
    first = worker.changed("empty", None)
    assert (list(first.rows), first.cursor) == ([], "")
    [row_id] = worker.create("empty", [{"text": "来了"}])
    assert [r.id for r in worker.changed("empty", first.cursor).rows] == [row_id]


def test_a_link_to_one_row_moves_no_stamp(world: World) -> None:
    """The quick pass may miss it; the full reading and the row itself do not, and the audit has it."""
    row_id = claim(world, title="挂关联")
    seen = quiet_mark(world.worker, "claims", row_id)
    value = world.projects[1]
    world.li.update("claims", {row_id: {"project": value}})
    row = one(world.worker, "claims", row_id)
    assert (row.stamp, row["project"]) == ("", value)
    assert {r.id: r["project"] for r in world.worker.changed("claims", None).rows}[row_id] == value
    [edit] = eventually(lambda: world.worker.edits("claims", row_id, seen), bool)
    assert (edit.account, edit.after) == (LI, {"project": value})


def test_links_to_several_move_the_stamp_from_either_side(world: World, office: NocoOffice) -> None:
    row_id, other = claim(world, title="本方"), claim(world, title="对方")
    world.li.update("claims", {row_id: {"related": (world.projects[1],)}})
    assert one(world.worker, "claims", row_id).stamp, "the quick pass sees it"
    # And from the other end, which the adapter hides but an API user can reach:
    projects = office.raw(WORKER).get(f"/api/v2/meta/tables/{world.binding['projects'].id}")
    [end] = [c["id"] for c in projects["columns"] if c["title"] == "↩单据（试）·相关项目"]
    path = f"/api/v2/tables/{projects['id']}/links/{end}/records/{world.projects[0]}"
    office.raw(LI).call("POST", path, "once", json=[{"Id": other}])
    row = one(world.worker, "claims", other)
    assert row["related"] == (world.projects[0],)
    quiet_mark(world.worker, "claims", other)
    last = world.worker.edits("claims", other)[-1]
    assert (last.account, last.before, last.after) == (LI, {"related": ()}, {"related": (world.projects[0],)})
    assert row.stamp


def browser(office: NocoOffice, world: World, table: str, row_id: int, name: str, other: int, method: str) -> None:
    """The very call that the grid and the record page send for a link (seen in Chromium)."""
    bound = world.binding[table]
    made = column(office, bound.id, bound.fields[name])
    place = f"{office.base}/{bound.id}/{row_id}/{made['colOptions']['type']}/{made['id']}/{other}"
    office.raw(LI).call(method, f"/api/v1/db/data/noco/{place}", "once")


def test_links_set_in_the_browser_are_attributed(world: World, office: NocoOffice) -> None:
    """Their audit names the key column, or for pairs the row's id: found all the same, and the stamp moves."""
    first, second, _ = world.projects
    row_id = claim(world, title="网页挂关联", project=first)
    seen = quiet_mark(world.worker, "claims", row_id)
    browser(office, world, "claims", row_id, "project", second, "POST")
    browser(office, world, "claims", row_id, "related", first, "POST")
    browser(office, world, "claims", row_id, "related", second, "POST")
    browser(office, world, "claims", row_id, "related", first, "DELETE")
    row = one(world.worker, "claims", row_id)
    assert (row["project"], row["related"]) == (second, (second,)) and row.stamp
    quiet_mark(world.worker, "claims", row_id)
    edits = world.worker.edits("claims", row_id, seen)
    assert {edit.account for edit in edits} == {LI}
    projects = [e for e in edits if "project" in e.after]
    assert (projects[0].before["project"], projects[-1].after["project"]) == (first, second)
    lists = [(e.before["related"], e.after["related"]) for e in edits if "related" in e.after]
    assert lists == [((), (first,)), ((first,), (first, second)), ((first, second), (second,))]


def test_a_row_made_in_the_browser_with_links_is_one_creation(world: World, office: NocoOffice) -> None:
    """The audit files the links before the insert."""
    bound = world.binding["claims"]
    body = {"事由": "网页新建", "主项目": {"Id": world.projects[0]}, "相关项目": [{"Id": world.projects[1]}]}
    made = office.raw(LI).call("POST", f"/api/v1/db/data/noco/{office.base}/{bound.id}", "once", json=body)
    row_id = int(made["Id"])
    quiet_mark(world.worker, "claims", row_id)
    [edit] = world.worker.edits("claims", row_id)
    assert (edit.action, edit.account) == ("create", LI)
    wanted = {"title": "网页新建", "project": world.projects[0], "related": (world.projects[1],)}
    assert {name: edit.after[name] for name in wanted} == wanted


# --- writing ---


def test_links_and_plain_cells_in_one_update_all_leave_their_audit(world: World) -> None:
    """A v3 PATCH with both hangs the server and leaves no audit; the adapter never sends one."""
    row_id = claim(world, title="旧", project=world.projects[0], related=(world.projects[0],))
    seen = quiet_mark(world.worker, "claims", row_id)
    started = time.monotonic()
    new = {"title": "新", "project": world.projects[1], "related": (world.projects[1], world.projects[2])}
    world.li.update("claims", {row_id: new})
    assert time.monotonic() - started < 20
    quiet_mark(world.worker, "claims", row_id)
    edits = world.worker.edits("claims", row_id, seen)
    assert {edit.account for edit in edits} == {LI}
    assert {name for edit in edits for name in edit.after} == set(new)
    row = one(world.worker, "claims", row_id)
    assert {name: row[name] for name in new} == new
    assert row.stamp, "the plain cell was written last, so the quick pass sees the row with its links"


def test_batches_stay_below_the_number_that_writes_and_complains(world: World, office: NocoOffice) -> None:
    sent: list[int] = []

    class Counting(Http):
        def call(self, method: str, path: str, kind: Any, **more: Any) -> Any:
            if isinstance(more.get("json"), list):
                sent.append(len(more["json"]))
            return super().call(method, path, kind, **more)

    worker = office.login(WORKER)
    worker._http.__class__ = Counting
    worker.bind(world.binding)
    made = worker.create("notes", [{"code": str(i)} for i in range(230)])
    worker.update("notes", {row: {"text": "x"} for row in made})
    worker.delete("notes", made)
    assert sent == [100, 100, 30] * 3


def test_one_bad_row_keeps_its_whole_batch_out(world: World) -> None:
    good = claim(world, title="好")
    with pytest.raises(RowMissing):
        world.zhou.update("claims", {good: {"title": "改"}, 987654: {"title": "没有这行"}})
    assert one(world.worker, "claims", good)["title"] == "好"
    before = set(world.worker.ids("claims"))
    with pytest.raises(HostRefused, match="选项"):
        world.zhou.create("claims", [{"title": "一"}, {"status": "没有的选项"}])
    assert set(world.worker.ids("claims")) == before


def test_unknown_columns_are_refused_not_ignored(world: World, office: NocoOffice) -> None:
    row_id = claim(world, title="原")
    path = f"/api/v2/tables/{world.binding['claims'].id}/records"
    answer = office.raw(ZHOU).call("PATCH", path, "once", json=[{"Id": row_id, "没有这列": 1}])
    assert answer == [{"Id": row_id}], "NocoDB itself says yes and does nothing"
    with pytest.raises(HostRefused, match="没有字段"):
        world.zhou.update("claims", {row_id: {"no_such": 1}})
    with pytest.raises(HostRefused, match="没有字段"):
        world.zhou.create("claims", [{"no_such": 1}])


def test_columns_of_the_host_are_refused(world: World) -> None:
    with pytest.raises(HostRefused, match="自动填写"):
        world.zhou.update("claims", {claim(world, title="x"): {"created_by": LI}})


@pytest.mark.parametrize("name", ["project", "related"])
def test_a_link_to_a_missing_row_is_refused_and_leaves_nothing(world: World, name: str) -> None:
    """SQLite checks no foreign key here: the key would point nowhere for ever."""
    value = 987654 if name == "project" else (world.projects[0], 987654)
    before = set(world.worker.ids("claims"))
    with pytest.raises(HostRefused, match="不存在"):
        claim(world, title="悬空", **{name: value})
    assert set(world.worker.ids("claims")) == before
    row_id = claim(world, title="稳", project=world.projects[0])
    with pytest.raises(HostRefused, match="不存在"):
        world.zhou.update("claims", {row_id: {name: value, "title": "也不写"}})
    row = one(world.worker, "claims", row_id)
    assert (row["project"], row["title"]) == (world.projects[0], "稳")


def test_links_are_replaced_emptied_and_left_alone(world: World) -> None:
    first, second, third = world.projects
    row_id = claim(world, project=first, related=(first, second))
    for value in (second, None, None, third):
        world.zhou.update("claims", {row_id: {"project": value}})
        row = one(world.worker, "claims", row_id)
        assert (row["project"], row["related"]) == (value, (first, second))
    for many in ((second, third), (), (first,)):
        world.zhou.update("claims", {row_id: {"related": many}})
        row = one(world.worker, "claims", row_id)
        assert (row["related"], row["project"]) == (many, third)


def test_a_link_to_the_own_table_stays_visible(world: World, office: NocoOffice) -> None:
    """NocoDB hides such a column as a system one; ours must be fillable."""
    worker = office.login(WORKER)
    parent = make_field("parent", "上级", "link", to="places")
    table = Table("places", "房间", "FJ", (make_field("code", "编号", "text"), make_field("n", "层", "number"), parent))
    binding = lay_out(worker, [table])
    bound = binding["places"]
    made = column(office, bound.id, bound.fields["parent"])
    assert not made["system"]
    top, middle, low = worker.create("places", [{"code": "楼"}, {"code": "层"}, {"code": "室"}])
    worker.update("places", {middle: {"parent": top}, low: {"parent": middle}})
    assert [one(worker, "places", row)["parent"] for row in (top, middle, low)] == [None, top, middle]
    seen = quiet_mark(worker, "places", low)
    worker.update("places", {low: {"parent": top}})
    assert [one(worker, "places", row)["parent"] for row in (top, middle, low)] == [None, top, top]
    quiet_mark(worker, "places", low)
    edits = worker.edits("places", low, seen)
    assert edits[0].before == {"parent": middle} and edits[-1].after == {"parent": top}
    [found] = [t for t in worker.describe() if t.id == bound.id]
    assert [(f.title, f.type) for f in found.fields] == [("编号", "text"), ("层", "number"), ("上级", "link")]


# --- reading ---


def test_order_is_by_id_whatever_the_host_prefers(world: World) -> None:
    """NocoDB lists by its own nc_order, rows without one first."""
    worker = world.worker
    made = worker.create("notes", [{"code": str(i)} for i in range(5)])
    row = one(worker, "notes", made[0])
    worker.delete("notes", [made[0]])
    worker.restore("notes", row)  # comes back without an order
    ids = [r.id for r in worker.changed("notes", None).rows]
    assert ids == sorted(ids) and set(made) <= set(ids)


def test_a_full_page_and_the_page_past_the_end(world: World, office: NocoOffice) -> None:
    worker = office.login(WORKER)
    worker.bind(world.fresh(replace(NOTES, name="paged", title="分页")))
    assert worker.ids("paged") == {}
    made = worker.create("paged", [{"code": str(i)} for i in range(1000)])
    assert list(worker.ids("paged")) == made, "exactly one page"
    [more] = worker.create("paged", [{"code": "1000"}])
    assert list(worker.ids("paged")) == [*made, more]


# --- the schema bent by hand ---


def test_renamed_by_hand_between_two_passes(world: World, office: NocoOffice) -> None:
    """Writes go by id and arrive; answers come under titles, and a missing one is noticed, never taken for empty."""
    binding = world.fresh(replace(NOTES, name="renamed", title="改名表"))
    bound = binding["renamed"]
    worker = office.login(WORKER)
    worker.bind(binding)
    [row_id] = worker.create("renamed", [{"text": "旧"}])
    mark(worker, "renamed", row_id)
    path = f"/api/v3/meta/bases/{office.base}/fields/{bound.fields['text']}"
    office.raw(WORKER).call("PATCH", path, "once", json={"title": "正文", "type": "SingleLineText"})
    worker.update("renamed", {row_id: {"text": "新"}})
    with pytest.raises(SchemaMoved, match="改名"):
        worker.rows("renamed", [row_id])
    worker.refresh(["renamed"])
    assert one(worker, "renamed", row_id)["text"] == "新"
    edits = eventually(lambda: worker.edits("renamed", row_id), lambda found: len(found) == 2)
    assert [edit.after["text"] for edit in edits] == ["旧", "新"], "old entries carry the old title"


def test_type_changed_by_hand(world: World, office: NocoOffice) -> None:
    binding = world.fresh(replace(NOTES, name="retyped", title="换类型表"))
    worker = office.login(WORKER)
    worker.bind(binding)
    office.retype(binding["retyped"], "text")
    with pytest.raises(SchemaMoved) as caught:
        worker.refresh(["retyped"])
    [problem] = caught.value.problems
    assert "内容" in problem and "number" in problem


def test_a_table_deleted_by_hand(world: World, office: NocoOffice) -> None:
    binding = world.fresh(replace(NOTES, name="gone", title="将删的表"))
    worker = office.login(WORKER)
    worker.bind(binding)
    office.raw(WORKER).call("DELETE", f"/api/v2/meta/tables/{binding['gone'].id}", "once")
    with pytest.raises(SchemaMoved) as caught:
        worker.refresh(["gone"])
    assert "将删的表" in caught.value.problems[0]


def test_new_options_keep_default_colours_ids_and_cells(world: World, office: NocoOffice) -> None:
    state = make_field("state", "状况", "choice", options=("草稿", "拦截"), default="草稿")
    table = Table("coloured", "颜色表", "YS", (make_field("code", "编号", "text"), state))
    worker = office.login(WORKER)
    bound = lay_out(worker, [table])["coloured"]
    [row_id] = worker.create("coloured", [{"state": "拦截"}])
    old = column(office, bound.id, bound.fields["state"])
    worker.update_field(bound.id, bound.fields["state"], replace(state, options=("新", "草稿", "拦截"), note="注"))
    new = column(office, bound.id, bound.fields["state"])
    assert (old["cdf"], new["cdf"], new["description"]) == ("草稿", "草稿", "注")
    look = {o["title"]: (o["id"], o["color"]) for o in new["colOptions"]["options"]}
    assert look.items() >= {o["title"]: (o["id"], o["color"]) for o in old["colOptions"]["options"]}.items()
    assert list(look) == ["新", "草稿", "拦截"] and all(shade for _, shade in look.values())
    worker.refresh(["coloured"])
    assert one(worker, "coloured", row_id)["state"] == "拦截"
    [fresh] = worker.create("coloured", [{"code": "默认"}])
    assert one(worker, "coloured", fresh)["state"] == "草稿"


def test_what_people_see(world: World, office: NocoOffice) -> None:
    """Amounts in yuan, times of Shanghai, the schema's column order, no row numbers, no stray reverse columns."""
    bound = world.binding["claims"]
    line = office.raw(WORKER)
    money = column(office, bound.id, bound.fields["amount"])["meta"]
    assert (money["currency_locale"], money["currency_code"]) == ("zh-CN", "CNY")
    moment = column(office, bound.id, bound.fields["moment"])["meta"]
    assert [moment[key] for key in ("timezone", "date_format", "time_format")] == [
        *("Asia/Shanghai", "YYYY-MM-DD", "HH:mm"),
    ]
    for name, titles in (
        ("claims", [f.title for f in CLAIMS.fields]),
        ("projects", ["名称", "编号", "负责人", "下属单据"]),
    ):
        table = line.get(f"/api/v2/meta/tables/{world.binding[name].id}")
        known = {c["id"]: c for c in table["columns"]}
        shown = [
            known[i["fk_column_id"]]["title"]
            for i in line.get(f"/api/v2/meta/views/{table['views'][0]['id']}/columns")["list"]
            if i["show"] and not known[i["fk_column_id"]]["system"] and known[i["fk_column_id"]]["uidt"] != "ForeignKey"
        ]
        assert shown == titles
    assert column(office, bound.id, bound.fields["code"])["pv"], "the display field names the row in pickers"


# --- views ---


def test_me_is_not_understood_so_each_person_gets_a_view(world: World, office: NocoOffice) -> None:
    rows = [claim(world, title="我的", handler=world.people[ZHOU], status="提交")]
    rows.append(claim(world, title="别人的", handler=world.people[LI], status="提交"))
    rows.append(claim(world, title="我的草稿", handler=world.people[ZHOU]))
    bound = world.binding["claims"]
    view = View(
        "待我处理", {"handler": "@me", "status": ("提交", "已批准")}, fields=("title", "handler"), sort=("-count",)
    )
    assert world.worker.create_view(bound, ViewSpec(view, "待我处理·周敏", world.people[ZHOU])) == ""
    line = office.raw(ZHOU)
    views = {v["title"]: v["id"] for v in line.get(f"/api/v2/meta/tables/{bound.id}/views")["list"]}
    params = {"viewId": views["待我处理·周敏"], "fields": "Id", "limit": 1000}
    found = {r["Id"] for r in line.get(f"/api/v2/tables/{bound.id}/records", params)["list"]}
    assert found & set(rows) == {rows[0]}
    with pytest.raises(HostRefused, match="没有登录账号"):
        [stranger] = world.worker.create("people", [{"name": "无账号"}])
        world.worker.refresh(["people"])
        world.worker.create_view(bound, ViewSpec(view, "待我处理·无账号", stranger))
    titles = {v["title"] for v in line.get(f"/api/v2/meta/tables/{bound.id}/views")["list"]}
    assert "待我处理·无账号" not in titles, "nothing half made"


def test_a_view_of_one_department_filters_by_its_key(world: World, office: NocoOffice) -> None:
    mine, other = claim(world, project=world.projects[0]), claim(world, project=world.projects[1])
    bound = world.binding["claims"]
    view = View("本项目·{name}", {"project": "@each", "urgent": False}, each="projects", fields=("title",))
    for name, project in zip(
        ("北楼维修", "食堂改造"), world.projects, strict=False
    ):  # the second is a copy of the first
        world.worker.create_view(bound, ViewSpec(view, f"本项目·{name}", project))
    line = office.raw(ZHOU)
    views = {v["title"]: v["id"] for v in line.get(f"/api/v2/meta/tables/{bound.id}/views")["list"]}
    shown = []
    for name, there, away in (("北楼维修", mine, other), ("食堂改造", other, mine)):
        view_id = views[f"本项目·{name}"]
        params = {"viewId": view_id, "fields": "Id", "limit": 1000}
        found = {r["Id"] for r in line.get(f"/api/v2/tables/{bound.id}/records", params)["list"]}
        assert there in found and away not in found
        columns = line.get(f"/api/v2/meta/views/{view_id}/columns")["list"]
        shown.append({c["fk_column_id"] for c in columns if c["show"]})
    assert shown[0] == shown[1] and bound.fields["title"] in shown[0] and bound.fields["status"] not in shown[0]


def test_a_public_form_needs_no_login_and_is_seen_as_a_row_of_nobody(world: World, office: NocoOffice) -> None:
    bound = world.binding["notes"]
    path = world.worker.create_view(bound, ViewSpec(View("留言", fields=("text",), form=True), "留言"))
    uuid = path.rpartition("/")[2]
    public = requests.get(f"{office.url}/api/v2/public/shared-view/{uuid}/meta", timeout=20)
    assert public.status_code == 200
    shown = [c["fk_column_id"] for c in public.json()["columns"] if c.get("show")]
    assert shown == [bound.fields["text"]], "only what the schema names is asked for"
    sent = requests.post(
        f"{office.url}/api/v2/public/shared-view/{uuid}/rows", json={"data": {"内容": "灯坏了"}}, timeout=20
    )
    assert sent.status_code == 200, sent.text
    [row_id] = [r.id for r in world.worker.changed("notes", None).rows if r["text"] == "灯坏了"]
    quiet_mark(world.worker, "notes", row_id)
    assert {edit.account for edit in world.worker.edits("notes", row_id)} <= {None}


# --- who did it ---


def test_a_bulk_change_of_the_whole_table_has_no_old_values(world: World, office: NocoOffice) -> None:
    """Any editor may send it. No entry for the row: the mirror sees the change, nobody gets credit for it."""
    row_id = claim(world, title="原事由", amount=Decimal("1.00"))
    seen = mark(world.worker, "claims", row_id)
    office.import_rows(world.binding["claims"], {row_id: {"amount": Decimal("99.00")}}, LI)
    assert one(world.worker, "claims", row_id)["amount"] == Decimal("99.00")
    quiet_mark(world.worker, "claims", row_id)
    assert world.worker.edits("claims", row_id, seen) == []


def test_a_key_written_directly_is_unattributed(world: World, office: NocoOffice) -> None:
    """A colleague with a script may set a link's key: the row changes, the audit says nothing about that cell."""
    row_id = claim(world, title="钥匙", project=world.projects[0])
    seen = quiet_mark(world.worker, "claims", row_id)
    bound = world.binding["claims"]
    key = column(office, bound.id, bound.fields["project"])["colOptions"]["fk_child_column_id"]
    body = [{"Id": row_id, key: world.projects[1]}]
    office.raw(LI).call("PATCH", f"/api/v2/tables/{bound.id}/records", "once", json=body)
    assert one(world.worker, "claims", row_id)["project"] == world.projects[1]
    quiet_mark(world.worker, "claims", row_id)
    assert all("project" not in edit.after for edit in world.worker.edits("claims", row_id, seen))


def test_two_accounts_in_the_same_cell_at_once(world: World) -> None:
    """Within some 30 ms an entry may show the other's value; but who wrote is never swapped, and the last edit that
    shows the cell's present value was made by someone who wrote it then."""
    row_id = claim(world, title="抢")
    seen = mark(world.worker, "claims", row_id)
    writers: list[tuple[Host, str]] = [(world.zhou, "周"), (world.li, "李")]
    rounds = 6
    for number in range(rounds):
        with ThreadPoolExecutor(2) as pool:
            jobs = [pool.submit(h.update, "claims", {row_id: {"title": f"{who}{number}"}}) for h, who in writers]
            for job in jobs:
                job.result()

    def settled() -> list[Edit]:
        return world.worker.edits("claims", row_id, seen)

    edits = eventually(settled, lambda found: len(found) >= rounds)
    assert {edit.account for edit in edits} == {ZHOU, LI}
    assert [e.order for e in edits] == sorted(e.order for e in edits)
    final = one(world.worker, "claims", row_id)["title"]
    assert final in {edit.after["title"] for edit in edits}
    assert "0.03" in world.worker.proof_note, "the gap is owned up to"


def test_the_audit_can_be_read_by_pages(world: World) -> None:
    """25 entries a page, newest first."""
    row_id = claim(world, count=0)
    for number in range(1, 61):
        world.zhou.update("claims", {row_id: {"count": number}})
    edits = eventually(lambda: world.worker.edits("claims", row_id), lambda found: len(found) == 61)
    assert [edit.after["count"] for edit in edits] == [Decimal(n) for n in range(61)]
    assert [e.after["count"] for e in world.worker.edits("claims", row_id, edits[30].order)] == [
        Decimal(n) for n in range(31, 61)
    ]
    now = datetime.now(UTC)
    assert all(timedelta(0) <= now - e.at + timedelta(seconds=1) < timedelta(minutes=5) for e in edits)


def test_a_restored_row_begins_a_new_life(world: World) -> None:
    row_id = full_row(world)
    row = one(world.worker, "claims", row_id)
    quiet_mark(world.worker, "claims", row_id)
    world.li.delete("claims", [row_id])
    assert world.worker.restore("claims", row) == row_id
    edits = eventually(lambda: world.worker.edits("claims", row_id), lambda e: bool(e) and e[0].account == WORKER)
    assert edits[0].action == "create"
    back = one(world.worker, "claims", row_id)
    assert back["created_by"] == WORKER, "its first maker stands in the journal only"
    assert back["related"] == row["related"] and back["project"] == row["project"]


def test_restoring_a_row_that_lives_makes_another(world: World) -> None:
    [row_id] = world.worker.create("notes", [{"text": "活着"}])
    row = one(world.worker, "notes", row_id)
    copy = world.worker.restore("notes", row)
    assert copy != row_id and one(world.worker, "notes", copy)["text"] == "活着"


# --- persons ---


def test_a_person_without_account_is_named_in_the_refusal(world: World) -> None:
    [nobody] = world.worker.create("people", [{"name": "赵师傅"}])
    [stranger] = world.worker.create("people", [{"name": "钱老师", "account": "qian@elsewhere.test"}])
    world.worker.refresh(["people"])
    for person, name, why in ((nobody, "赵师傅", "没有登录账号"), (stranger, "钱老师", "不是这个库的成员")):
        with pytest.raises(HostRefused) as caught:
            world.worker.create("claims", [{"handler": person}])
        assert name in caught.value.message and why in caught.value.message and "经办人" in caught.value.message


def test_a_face_that_is_in_no_row_of_people_is_nobody(world: World, office: NocoOffice) -> None:
    row_id = claim(world, title="管理员来填", handler=world.people[LI])
    bound = world.binding["claims"]
    body = [{"Id": row_id, bound.fields["handler"]: [{"email": ADMIN.email}]}]
    office.raw(ADMIN.email).call("PATCH", f"/api/v2/tables/{bound.id}/records", "once", json=body)
    assert one(world.worker, "claims", row_id)["handler"] is None


# --- doors and keys ---


def test_sign_up_is_closed(office: NocoOffice) -> None:
    body = {"email": "stranger@evil.test", "password": "Stranger-2026"}
    answer = requests.post(f"{office.url}/api/v1/auth/user/signup", json=body, timeout=20)
    assert answer.status_code >= 400
    with pytest.raises(LoginRefused):
        NocoDB(office.url, body["email"], body["password"], office.title).describe()


def test_a_bad_login_is_refused_though_the_host_says_400(office: NocoOffice) -> None:
    host = NocoDB(office.url, ZHOU, "wrong-Password-1", office.title)
    with pytest.raises(LoginRefused, match="HOUQIN_HOST_PASSWORD") as caught:
        host.describe()
    assert "wrong-Password-1" not in str(caught.value)


def test_a_base_that_is_not_there_is_told(office: NocoOffice) -> None:
    with pytest.raises(HostRefused, match="HOUQIN_HOST_DATABASE"):
        NocoDB(office.url, ZHOU, PASSWORD, "没有这个库").describe()


def test_attachments_are_private(world: World, office: NocoOffice) -> None:
    secret = "身份证复印件".encode()
    file = world.zhou.upload("证件.txt", secret)
    row_id = claim(world, papers=(file,))
    [item] = raw_row(office, world, "claims", row_id)["附件"]
    assert requests.get(f"{office.url}/{item['path']}", timeout=20).status_code in (403, 404)
    fresh = office.login(WANG)  # has never seen the file: finds it by its path
    fresh.bind(world.binding)
    fresh.refresh(["claims", "people"])
    [seen] = one(fresh, "claims", row_id)["papers"]  # type: ignore[misc]
    assert fresh.download(seen) == secret  # type: ignore[arg-type]
    assert seen == file, "the same handle after upload, in the cell, and in another session"
    world.zhou.update("claims", {row_id: {"papers": ()}})
    stranger = office.login(WANG)
    stranger.bind(world.binding)
    with pytest.raises(RowMissing, match="证件"):
        stranger.download(file)


def test_idle_connections_are_kept(world: World, office: NocoOffice) -> None:
    """NocoDB alone closes them after 5 s, and a row sent into a closing one would be uncertain."""
    answer = requests.get(f"{office.url}/api/v1/health", timeout=20)
    assert answer.headers["Keep-Alive"] == "timeout=75"


def test_the_page_may_talk_to_its_own_server_only(office: NocoOffice) -> None:
    page = requests.get(f"{office.url}/dashboard/", timeout=20)
    assert "zh-Hans" in page.text
    assert page.headers["Content-Security-Policy"].startswith("default-src 'self'")
    info = requests.get(f"{office.url}/api/v2/meta/nocodb/info", timeout=20).json()
    assert not any(info[key] for key in ("teleEnabled", "errorReportingEnabled", "feedEnabled"))
    assert info["disableSupportChat"] and info["inviteOnlySignup"]
    line = office.raw(ZHOU)
    started = time.monotonic()
    assert line.get("/api/v1/version")["currentVersion"] == "0.301.3"
    assert line.get("/api/v2/feed") == []
    assert time.monotonic() - started < 2, "answered here, nobody outside is asked"


def test_editors_do_rows_only(world: World, office: NocoOffice) -> None:
    zhou = office.login(ZHOU)
    zhou.bind(world.binding)
    with pytest.raises(HostRefused, match="权限"):
        zhou.create_field(world.binding["notes"].id, make_field("x", "多的列", "text"))
    with pytest.raises(HostRefused):
        zhou.subscribe("http://127.0.0.1:9/x", "secret-secret")


def test_hooks_are_repaired(world: World, office: NocoOffice) -> None:
    with Door() as door:
        world.worker.subscribe(door.url, "secret-one")
        line, table = office.raw(WORKER), world.binding["notes"].id
        [hook] = [h for h in line.get(f"/api/v2/meta/tables/{table}/hooks")["list"] if h["title"] == TITLE]
        stopped = {**hook, "active": False, "notification": {"type": "URL", "payload": {"path": "http://127.0.0.1:9/"}}}
        line.call("PATCH", f"/api/v2/meta/hooks/{hook['id']}", "once", json=stopped)
        world.worker.subscribe(door.url, "secret-two")
        hooks = [h for h in line.get(f"/api/v2/meta/tables/{table}/hooks")["list"] if h["title"] == TITLE]
        assert [h["id"] for h in hooks] == [hook["id"]] and hooks[0]["active"]
        assert HEADER in str(hooks[0]["notification"]) and "secret-two" in str(hooks[0]["notification"])
        world.zhou.create("notes", [{"text": "敲门"}])
        eventually(lambda: door.calls, bool, seconds=10)


def test_more_accounts_than_a_page_and_twice_the_same_bootstrap(office: NocoOffice) -> None:
    members = [Member(f"staff{i}@school.test", f"职工{i}", PASSWORD) for i in range(30)]
    base = bootstrap(office.url, ADMIN, office.title, members)
    assert base == office.base == bootstrap(office.url, ADMIN, office.title, members)
    accounts = {a.email: a for a in office.login(WORKER).accounts()}
    assert {m.email for m in members} <= set(accounts)
    assert (accounts["staff29@school.test"].name, accounts["staff29@school.test"].active) == ("职工29", True)
    assert session(office.url, members[29]).get("/api/v1/auth/user/me")["email"] == "staff29@school.test"


# --- a server of its own: killed and started anew ---


def test_a_killed_server_comes_back_with_everything(tmp_path: Path) -> None:
    server = NocoServer(tmp_path / "noco").start()
    try:
        office = NocoOffice(server)
        worker = office.login(WORKER)
        file_table = Table(
            "papers", "资料", "ZL", (make_field("code", "编号", "text"), make_field("f", "文件", "file"))
        )
        lay_out(worker, [file_table])
        [row_id] = worker.create("papers", [{"code": "一", "f": (worker.upload("a.txt", b"A"),)}])
        mark(worker, "papers", row_id)  # the audit is written a moment after the row: killed in between, it is lost
        port = int(server.url.rpartition(":")[2])
        assert server.process is not None
        server.process.kill()
        server.process.wait(10)
        worker._http._waits = ()
        with pytest.raises(HostUnavailable, match="连不上"):
            worker.ids("papers")
        with pytest.raises(HostError) as caught:
            worker.create("papers", [{"code": "二"}])
        assert caught.value.retry
        server.start(port)
        assert list(worker.ids("papers")) == [row_id], "the session goes on, nothing doubled"
        [file] = one(worker, "papers", row_id)["f"]  # type: ignore[misc]
        assert worker.download(file) == b"A", "signed addresses of the old process are forgotten and asked for anew"
        assert worker.edits("papers", row_id)[0].account == WORKER
    finally:
        code = server.stop()
    assert code == 0, "a clean end on SIGTERM"
