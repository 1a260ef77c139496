"""Each trap of Baserow 1.35.3 that concerns us, by its name in the measured facts, with what the adapter does about it.

Runs on the double and, where HOUQIN_TEST_BASEROW_URL is set, on a live server; tests that slow, break or age the server
need the double.
"""

import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from automations.errors import (
    HostConflict,
    HostRefused,
    HostUnavailable,
    LoginRefused,
    RowMissing,
    SchemaMoved,
    WriteUncertain,
)
from automations.schema.model import Table, View
from automations.tables.base import Binding, Host, Row, ViewSpec
from automations.tables.baserow import OVERLAP, Baserow
from automations.tables.baserow_history import action

from ..baserow_double import BaserowDouble
from .baserow_office import PASSWORD, BaserowOffice, DoubleOffice, LiveOffice
from .office import LI, WORKER, ZHOU, is_chinese, one
from .world import CLAIMS, NOTES, World, make_field

_LIVE = [
    pytest.mark.baserow_live,
    pytest.mark.skipif("HOUQIN_TEST_BASEROW_URL" not in os.environ, reason="HOUQIN_TEST_BASEROW_URL is not set"),
]


@pytest.fixture(scope="module", params=["double", pytest.param("live", marks=_LIVE)])
def office(request: pytest.FixtureRequest) -> Iterator[BaserowOffice]:
    if request.param == "live":
        yield LiveOffice()
        return
    with BaserowDouble() as double:
        yield DoubleOffice(double)


@pytest.fixture
def double(office: BaserowOffice) -> BaserowDouble:
    if not isinstance(office, DoubleOffice):
        pytest.skip("a live server cannot be slowed, broken or aged from outside")
    return office.double


def raw(world: World, method: str, path: str, body: Any = None, who: str = ZHOU, **params: Any) -> Any:
    """What a colleague's browser does, past the adapter."""
    office = world.office
    assert isinstance(office, BaserowOffice)
    return office.raw(who).call(method, path, "once", json=body, params=params)


def rows_path(world: World, table: str = "claims") -> str:
    return f"/api/database/rows/table/{world.binding[table].id}"


def key(world: World, field: str, table: str = "claims") -> str:
    return f"field_{world.binding[table].fields[field]}"


def reverse_key(world: World) -> str:
    fields = raw(world, "GET", f"/api/database/fields/table/{world.binding['projects'].id}/")
    return next(f"field_{f['id']}" for f in fields if f["name"] == "下属单据")


def posts(double: BaserowDouble, method: str, ending: str) -> int:
    return sum(seen.method == method and seen.path.endswith(ending) for seen in double.seen)


def small(world: World, name: str, **more: Any) -> tuple[Baserow, Binding]:
    """A table of a test's own, with the stamps."""
    stamps = tuple(f for f in CLAIMS.fields if f.by_host)
    table = Table(name, f"陷阱 {name}", "XJ", (make_field("code", "编号", "text"), *more.get("fields", ()), *stamps))
    binding = world.fresh(table)
    host = world.office.login(WORKER)
    assert isinstance(host, Baserow)
    host.bind(binding)
    return host, binding


class TestReading:
    def test_fact_1_a_stamp_is_older_than_its_commit(self, world: World, double: BaserowDouble) -> None:
        slow, quick = world.zhou.create("claims", [{"title": "慢"}, {"title": "快"}])
        double.clock.advance(600)
        world.li.update("claims", {quick: {"title": "水位已高"}})
        cursor = world.worker.changed("claims", None).cursor
        double.lag = OVERLAP.total_seconds() - 5
        world.zhou.update("claims", {slow: {"title": "迟到"}})
        double.lag = 0
        found = {row.id: row["title"] for row in world.worker.changed("claims", cursor).rows}
        assert found[slow] == "迟到"

    def test_fact_2_a_link_from_the_other_side_moves_no_stamp_but_has_an_edit(self, world: World) -> None:
        [claim] = world.zhou.create("claims", [{"title": "被关联"}])
        first, second, _ = world.projects
        world.zhou.update("claims", {claim: {"parent": first}})
        before = one(world.worker, "claims", claim)
        seen = world.worker.edits("claims", claim)[-1].order
        back = reverse_key(world)
        raw(world, "PATCH", f"{rows_path(world, 'projects')}/{first}/", {back: []}, who=LI)
        raw(world, "PATCH", f"{rows_path(world, 'projects')}/{second}/", {back: [claim]}, who=LI)
        after = one(world.worker, "claims", claim)
        assert (after.stamp, after["parent"]) == (before.stamp, second)
        # The host tells differences only; the adapter makes whole values of them.
        edits = world.worker.edits("claims", claim, seen)
        assert [(e.account, e.before["parent"], e.after["parent"]) for e in edits] == [
            (LI, first, None),
            (LI, None, second),
        ]

    def test_fact_2_a_restored_row_keeps_its_old_stamp(self, world: World) -> None:
        [claim] = world.zhou.create("claims", [{"title": "去而复返"}])
        row = one(world.worker, "claims", claim)
        world.zhou.delete("claims", [claim])
        assert world.worker.restore("claims", row) == claim
        assert one(world.worker, "claims", claim).stamp == row.stamp

    def test_facts_2_and_4_a_removed_option_empties_cells_in_silence_but_moves_the_fingerprint(
        self, world: World
    ) -> None:
        state = make_field("state", "状况", "choice", options=("好", "坏"))
        host, binding = small(world, "silent", fields=(state,))
        [row_id] = host.create("silent", [{"state": "坏"}])
        row, before = one(host, "silent", row_id), host.refresh(["silent"])
        order = host.edits("silent", row_id)[-1].order
        field = f"/api/database/fields/{binding['silent'].fields['state']}/"
        fields = raw(world, "GET", f"/api/database/fields/table/{binding['silent'].id}/")
        kept = [o for f in fields if f["name"] == "状况" for o in f["select_options"] if o["value"] == "好"]
        raw(world, "PATCH", field, {"select_options": kept})
        assert host.refresh(["silent"]) != before
        now = one(host, "silent", row_id)
        assert (now["state"], now.stamp, host.edits("silent", row_id, order)) == (None, row.stamp, [])
        # The history still knows what was chosen then.
        assert host.edits("silent", row_id)[0].after["state"] == "坏"

    def test_facts_4_and_5_a_public_form_leaves_no_account_and_no_history(self, world: World) -> None:
        view = ViewSpec(View("无人登记", form=True, fields=("title",)), "无人登记")
        path = world.worker.create_view(world.binding["claims"], view)
        cursor = world.worker.changed("claims", None).cursor
        office = world.office
        assert isinstance(office, BaserowOffice)
        answer = office.raw(ZHOU).http.call(
            "POST",
            f"/api/database/views{path}/submit/",
            "once",
            json={key(world, "title"): "来自二维码"},
            anonymous=True,
        )
        [row] = [r for r in world.worker.changed("claims", cursor).rows if r.id == answer["row_id"]]
        assert (row["title"], row["created_by"], row["last_modified_by"]) == ("来自二维码", None, None)
        assert world.worker.edits("claims", row.id) == []

    def test_fact_6_the_history_of_a_deleted_row_is_away_until_it_is_restored(self, world: World) -> None:
        [claim] = world.zhou.create("claims", [{"title": "暂离"}])
        row = one(world.worker, "claims", claim)
        world.li.delete("claims", [claim])
        assert world.worker.edits("claims", claim) == []
        world.worker.restore("claims", row)
        assert [(e.action, e.account) for e in world.worker.edits("claims", claim)] == [
            ("create", ZHOU),
            ("delete", LI),
            ("restore", WORKER),
        ]

    def test_fact_10_a_vanished_column_is_not_an_empty_cell(self, world: World) -> None:
        note = make_field("note", "备注", "text")
        host, binding = small(world, "vanished", fields=(note,))
        [row_id] = host.create("vanished", [{"note": "有"}])
        world.office.login(WORKER).delete_field(binding["vanished"].id, binding["vanished"].fields["note"])
        for read in (lambda: host.rows("vanished", [row_id]), lambda: host.changed("vanished", None)):
            with pytest.raises(SchemaMoved) as caught:
                read()
            assert any("备注" in problem for problem in caught.value.problems)

    def test_facts_10_and_11_the_filter_is_obeyed(self, world: World) -> None:
        """A filter the host ignores would give every row."""
        world.zhou.create("claims", [{"title": "在"}])
        future = (datetime.now(UTC) + timedelta(days=400)).isoformat()
        assert world.worker.changed("claims", future).rows == []

    def test_offset_paging_skips_rows_when_others_vanish(self, world: World, double: BaserowDouble) -> None:
        """Measured: 5 rows deleted on page 1 hid exactly 5 rows of page 2."""
        host, binding = small(world, "shift")
        stamped = host.create("shift", [{"code": str(n)} for n in range(430)])
        plain = world.zhou.create("notes", [{"code": str(n)} for n in range(430)])
        for table, ids, bound in (("shift", stamped, binding["shift"]), ("notes", plain, world.binding["notes"])):
            listed = 0

            def meanwhile(method: str, path: str, ids: list[int] = ids, table_id: str = bound.id) -> None:
                nonlocal listed
                if method == "GET" and path == f"/api/database/rows/table/{table_id}/":
                    listed += 1
                    if listed == 2:
                        for row_id in ids[:5]:
                            double.state.tables[int(table_id)].rows[row_id].trashed = True

            double.between = meanwhile
            reader = host if table == "shift" else world.worker
            assert set(ids[5:]) <= set(reader.ids(table)), table
            if table == "shift":
                listed = 0
                assert set(ids[10:]) <= {row.id for row in reader.changed(table, None).rows}
            double.between = None
            assert listed >= 2
            reader.delete(table, ids)

    def test_a_row_touched_while_listing_is_listed(self, world: World, double: BaserowDouble) -> None:
        host, binding = small(world, "touched")
        ids = host.create("touched", [{"code": str(n)} for n in range(401)])
        bound, calls = binding["touched"], 0

        def meanwhile(method: str, path: str) -> None:
            nonlocal calls
            if method == "GET" and path == f"/api/database/rows/table/{bound.id}/":
                calls += 1
                if calls == 2:
                    for row_id in ids[:3]:
                        row = double.state.tables[int(bound.id)].rows[row_id]
                        row.modified = double.clock.now()

        double.between = meanwhile
        found = [row.id for row in host.changed("touched", None).rows]
        double.between = None
        assert sorted(found) == ids and calls >= 3

    def test_a_whole_page_of_one_stamp_is_passed(self, world: World, double: BaserowDouble) -> None:
        host, binding = small(world, "tied")
        ids = host.create("tied", [{"code": str(n)} for n in range(650)])
        moment = double.clock.now()
        for row in double.state.tables[int(binding["tied"].id)].rows.values():
            row.modified = row.created = moment
        assert sorted(row.id for row in host.changed("tied", None).rows) == sorted(host.ids("tied")) == ids

    def test_pages_hold_200_rows_and_no_more_is_asked_for(self, world: World) -> None:
        assert len(raw(world, "GET", f"{rows_path(world)}/", size=200)["results"]) <= 200
        with pytest.raises(HostRefused):
            raw(world, "GET", f"{rows_path(world)}/", size=201)

    def test_a_long_history_is_read_to_its_end(self, world: World, double: BaserowDouble) -> None:
        [claim] = world.zhou.create("claims", [{"count": 0}])
        for number in range(1, 415):
            raw(world, "PATCH", f"{rows_path(world)}/{claim}/", {key(world, "count"): number})
        edits = world.worker.edits("claims", claim)
        assert [int(e.after["count"]) for e in edits[1:]] == list(range(1, 415))  # type: ignore[arg-type]
        before = len(double.seen)
        assert len(world.worker.edits("claims", claim, edits[-3].order)) == 2
        assert len(double.seen) == before + 1, "newest first: one page is enough for the newest edits"

    def test_ids_are_never_given_twice(self, world: World) -> None:
        assert set(world.worker.ids("claims").values()) == {""}

    def test_undo_and_redo_count_as_what_they_bring_about(self) -> None:
        told = {
            ("create_row", "DO"): "create",
            ("create_rows", "UNDO"): "delete",
            ("create_row", "REDO"): "restore",
            ("delete_rows", "DO"): "delete",
            ("delete_row", "UNDO"): "restore",
            ("delete_row", "REDO"): "delete",
            ("update_rows", "UNDO"): "update",
            ("restore_from_trash", "DO"): "restore",
            ("something_new", "DO"): None,
        }
        for (kind, command), meant in told.items():
            assert action({"action_type": kind, "action_command_type": command}) == meant


class TestWriting:
    def test_fact_3_the_same_values_again_touch_nothing(self, world: World) -> None:
        [claim] = world.zhou.create("claims", [{"title": "不变", "tags": ("水电",), "project": world.projects[0]}])
        before = one(world.worker, "claims", claim)
        world.worker.update("claims", {claim: {"title": "不变", "tags": ("水电",), "project": world.projects[0]}})
        assert one(world.worker, "claims", claim) == before
        raw(world, "PATCH", f"{rows_path(world)}/{claim}/", {}, who=LI)  # what Baserow itself makes of nothing
        touched = one(world.worker, "claims", claim)
        assert touched.stamp > before.stamp and touched["last_modified_by"] == LI
        assert len(world.worker.edits("claims", claim)) == 1

    def test_fact_10_unknown_keys_are_ignored_with_200_so_the_adapter_refuses(self, world: World) -> None:
        [claim] = world.zhou.create("claims", [{"title": "原样"}])
        answer = raw(world, "PATCH", f"{rows_path(world)}/{claim}/", {"field_99999": "x", "事由": "按标题"})
        assert answer[key(world, "title")] == "原样"
        with pytest.raises(HostRefused) as caught:
            world.worker.update("claims", {claim: {"titel": "x"}})
        assert is_chinese(caught.value)

    def test_fact_12_a_link_to_a_missing_row_is_stored_so_the_adapter_refuses(self, world: World) -> None:
        [claim] = world.zhou.create("claims", [{"title": "悬空"}])
        answer = raw(world, "PATCH", f"{rows_path(world)}/{claim}/", {key(world, "project"): [987654]})
        assert answer[key(world, "project")] == []
        for field, value in (("project", 987654), ("related", (world.projects[0], 987654)), ("handler", 987654)):
            with pytest.raises(HostRefused) as caught:
                world.worker.update("claims", {claim: {field: value}})
            assert "987654" in str(caught.value) and is_chinese(caught.value)
            with pytest.raises(HostRefused):
                world.worker.create("claims", [{field: value}])

    def test_fact_13_two_way_links_come_after_the_rows(self, world: World) -> None:
        """In one batch 12 rows would write 12 + 78 entries; afterwards only the true ones."""
        made = world.worker.create("projects", [{"name": f"批 {n}"} for n in range(12)])
        claims = world.zhou.create("claims", [{"title": f"第 {n}", "parent": p} for n, p in enumerate(made)])
        counts = [raw(world, "GET", f"{rows_path(world, 'projects')}/{p}/history/")["count"] for p in made]
        assert counts == [2] * 12
        assert [len(world.worker.edits("claims", c)) for c in claims] == [2] * 12
        world.zhou.delete("claims", claims)
        assert not set(claims) & set(world.worker.ids("claims"))

    def test_fact_14_options_keep_their_ids_and_cells(self, world: World) -> None:
        state = make_field("state", "状况", "choice", options=("好", "坏"))
        tags = make_field("tags", "标签", "choices", options=("甲", "乙"))
        host, binding = small(world, "options14", fields=(state, tags))
        bound = binding["options14"]
        [row_id] = host.create("options14", [{"state": "坏", "tags": ("甲", "乙")}])
        for field in (replace(state, options=("新", "坏", "好")), replace(tags, options=("乙", "丙"))):
            made = host.update_field(bound.id, bound.fields[field.name], field)
            assert made.options[: len(field.options)] == field.options
        row = one(host, "options14", row_id)
        assert (row["state"], set(row["tags"])) == ("坏", {"甲", "乙"}), "an option in use is never taken away"  # type: ignore[arg-type]
        path = f"/api/database/fields/{bound.fields['state']}/"
        raw(
            world, "PATCH", path, {"select_options": [{"value": "好", "color": "red"}, {"value": "坏", "color": "red"}]}
        )
        assert one(host, "options14", row_id)["state"] is None, "what Baserow does without ids"

    def test_fact_15_types_are_never_converted(self, world: World) -> None:
        state = make_field("state", "状况", "choice", options=("好", "坏"))
        host, binding = small(world, "typed15", fields=(state,))
        bound = binding["typed15"]
        with pytest.raises(HostRefused) as caught:
            host.update_field(bound.id, bound.fields["state"], make_field("state", "状况", "text"))
        assert is_chinese(caught.value)
        if isinstance(world.office, LiveOffice):
            return  # the server of the recordings answered 500 every time, another of the same version converts
        with pytest.raises(WriteUncertain) as broken:  # a 500 whose body is a page
            raw(world, "PATCH", f"/api/database/fields/{bound.fields['state']}/", {"type": "text"})
        assert is_chinese(broken.value) and "<" not in str(broken.value)

    def test_fewer_places_would_round_what_people_typed(self, world: World) -> None:
        host, binding = small(world, "places", fields=(make_field("length", "长度", "number", decimals=2),))
        bound = binding["places"]
        [row_id] = host.create("places", [{"length": "1.25"}])
        fewer, more = (make_field("length", "长度", "number", decimals=n) for n in (1, 3))
        assert host.update_field(bound.id, bound.fields["length"], fewer).decimals == 2
        assert host.update_field(bound.id, bound.fields["length"], more).decimals == 3
        assert str(one(host, "places", row_id)["length"]) == "1.25"

    def test_a_batch_is_all_or_nothing(self, world: World) -> None:
        stays, gone = world.zhou.create("claims", [{"title": "在"}, {"title": "不在"}])
        world.zhou.delete("claims", [gone])
        items = [{"id": stays, key(world, "title"): "改"}, {"id": gone, key(world, "title"): "改"}]
        for write in (
            lambda: raw(world, "PATCH", f"{rows_path(world)}/batch/", {"items": items}),
            lambda: world.worker.update("claims", {stays: {"title": "改"}, gone: {"title": "改"}}),
        ):
            with pytest.raises(RowMissing) as caught:
                write()
            assert str(gone) in str(caught.value)
        assert one(world.worker, "claims", stays)["title"] == "在"

    def test_a_batch_holds_200_rows(self, world: World) -> None:
        items = [{key(world, "code", "notes"): "x"}] * 201
        with pytest.raises(HostRefused):
            raw(world, "POST", f"{rows_path(world, 'notes')}/batch/", {"items": items})

    def test_the_workers_own_writes_call_no_hook(self, world: World, double: BaserowDouble) -> None:
        start = len(double.seen)
        [claim] = world.worker.create("claims", [{"title": "静", "parent": world.projects[0]}])
        world.worker.update("claims", {claim: {"title": "静静"}})
        world.worker.delete("claims", [claim])
        writes = [s for s in double.seen[start:] if s.method != "GET"]
        assert len(writes) == 4 and all(s.query.get("send_webhook_events") == "false" for s in writes)

    def test_cells_go_by_id_so_titles_may_change(self, world: World, double: BaserowDouble) -> None:
        assert not any("user_field_names" in seen.query for seen in double.seen)

    def test_a_self_link_cannot_be_two_way(self, world: World) -> None:
        host, binding = small(world, "selfish")
        field = make_field("up", "上级", "link", to="selfish", reverse="下级")
        with pytest.raises(HostRefused) as caught:
            host.create_field(binding["selfish"].id, field, binding["selfish"].id)
        assert is_chinese(caught.value)


class TestTrash:
    def _three(self, world: World) -> list[Row]:
        made = world.zhou.create("claims", [{"title": f"成批 {n}", "code": f"CP-{n}"} for n in range(3)])
        rows = {row.id: row for row in world.worker.rows("claims", made)}
        raw(world, "POST", f"{rows_path(world)}/batch-delete/", {"items": made})
        return [rows[row_id] for row_id in made]

    def test_a_bundle_comes_back_whole_so_the_others_are_put_back(self, world: World) -> None:
        """Rows deleted together lie in the trash without their ids."""
        first, second, third = self._three(world)
        meanwhile = world.zhou.create("claims", [{"title": "同时新建"}])
        assert world.worker.restore("claims", second) == second.id
        living = set(world.worker.ids("claims"))
        assert second.id in living and not {first.id, third.id} & living and set(meanwhile) <= living
        assert world.worker.restore("claims", first) == first.id
        assert world.worker.restore("claims", third) == third.id
        assert [r["code"] for r in world.worker.rows("claims", [first.id, second.id, third.id])] == [
            "CP-0",
            "CP-1",
            "CP-2",
        ]

    def test_a_bundle_leaves_no_restore_in_the_history(self, world: World) -> None:
        first, *_ = self._three(world)
        world.worker.restore("claims", first)
        assert [e.action for e in world.worker.edits("claims", first.id)] == ["create", "delete"]

    def test_a_living_row_is_left_alone(self, world: World) -> None:
        [claim] = world.zhou.create("claims", [{"title": "活着"}])
        row = one(world.worker, "claims", claim)
        world.zhou.update("claims", {claim: {"title": "已改"}})
        assert world.worker.restore("claims", row) == claim
        assert one(world.worker, "claims", claim)["title"] == "已改"

    def test_an_emptied_trash_means_a_new_row(self, world: World) -> None:
        [claim] = world.zhou.create("claims", [{"title": "清空后", "project": world.projects[0]}])
        row = one(world.worker, "claims", claim)
        world.zhou.delete("claims", [claim])
        host = world.office.login(ZHOU)
        assert isinstance(host, Baserow)
        wire = host._wire
        wire.call("DELETE", f"/api/trash/workspace/{wire.workspace}/", "once", params={"application_id": wire.database})
        living = world.worker.restore("claims", row)
        # A live server empties its trash when its hourly task runs; until then the row can be had back.
        assert living != claim or isinstance(world.office, LiveOffice)
        back = one(world.worker, "claims", living)
        assert (back["title"], back["project"]) == ("清空后", world.projects[0])


class TestErrors:
    def test_fact_17_a_conflict_or_deadlock_while_making_a_column(self, world: World, double: BaserowDouble) -> None:
        host, binding = small(world, "locked")
        bound = binding["locked"]
        for number, kind in enumerate(("409", "500", "lost")):
            field = make_field(f"f{number}", f"新列{number}", "text")
            double.fault(kind, "POST", f"/fields/table/{bound.id}/")  # type: ignore[arg-type]
            assert host.create_field(bound.id, field).title == f"新列{number}"
        titles = [f.title for t in host.describe() if t.id == bound.id for f in t.fields]
        assert [t for t in titles if t.startswith("新列")] == ["新列0", "新列1", "新列2"]

    def test_fact_18_a_500_is_a_page(self, world: World, double: BaserowDouble) -> None:
        double.fault("500", "GET", "/rows/table/", times=9)
        with pytest.raises(HostUnavailable) as caught:
            world.worker.changed("claims", None)
        double.mend()
        assert is_chinese(caught.value) and "<" not in str(caught.value)

    def test_fact_18_a_429_has_only_a_detail_and_is_waited_out(self, world: World, double: BaserowDouble) -> None:
        """It asks for 29 seconds and means half a one; nothing was done, so even a create may go again."""
        before = set(world.worker.ids("notes"))
        double.fault("429", "POST", "/batch/", times=2)
        [made] = world.worker.create("notes", [{"code": "忙"}])
        assert set(world.worker.ids("notes")) - before == {made}

    def test_fact_18_an_error_without_its_key(self, world: World) -> None:
        with pytest.raises(HostRefused) as caught:
            raw(world, "PUT", f"{rows_path(world)}/1/", {})
        assert is_chinese(caught.value)

    def test_a_create_is_never_repeated(self, world: World, double: BaserowDouble) -> None:
        for kind, error, stored in (("lost", WriteUncertain, 1), ("500", WriteUncertain, 0), ("409", HostConflict, 0)):
            before = set(world.worker.ids("notes"))
            tries = posts(double, "POST", "/batch/")
            double.fault(kind, "POST", f"/table/{world.binding['notes'].id}/batch/")  # type: ignore[arg-type]
            with pytest.raises(error) as caught:
                world.worker.create("notes", [{"code": kind}])
            assert is_chinese(caught.value) and caught.value.retry
            assert posts(double, "POST", "/batch/") == tries + 1
            assert len(set(world.worker.ids("notes")) - before) == stored

    def test_an_update_may_be_repeated(self, world: World, double: BaserowDouble) -> None:
        [claim] = world.zhou.create("claims", [{"title": "一"}])
        for kind in ("lost", "500", "409"):
            double.fault(kind, "PATCH", "/batch/")  # type: ignore[arg-type]
            world.worker.update("claims", {claim: {"title": f"经 {kind}"}})
            assert one(world.worker, "claims", claim)["title"] == f"经 {kind}"

    def test_a_delete_overtaken_by_another_is_fine(self, world: World, double: BaserowDouble) -> None:
        made = world.zhou.create("claims", [{"title": "抢删"}] * 4)
        bound = world.binding["claims"]

        def meanwhile(method: str, path: str) -> None:
            if method == "POST" and path.endswith("/batch-delete/"):
                double.state.tables[int(bound.id)].rows[made[0]].trashed = True

        double.between = meanwhile
        world.worker.delete("claims", made)
        double.between = None
        assert not set(made) & set(world.worker.ids("claims"))

    def test_a_table_in_the_trash_is_schema_moved(self, world: World) -> None:
        host, binding = small(world, "trashed")
        raw(world, "DELETE", f"/api/database/tables/{binding['trashed'].id}/")
        with pytest.raises(SchemaMoved) as caught:
            host.refresh(["trashed", "trashed"])
        assert "陷阱 trashed" in caught.value.problems[0]


class TestSigningIn:
    def test_an_access_token_lives_ten_minutes(self, world: World, double: BaserowDouble) -> None:
        host = world.session(LI)
        logins, refreshes = posts(double, "POST", "/token-auth/"), posts(double, "POST", "/token-refresh/")
        double.clock.advance(601)
        host.create("notes", [{"code": "过期后"}])
        assert posts(double, "POST", "/token-auth/") == logins
        assert posts(double, "POST", "/token-refresh/") == refreshes + 1

    def test_a_refresh_token_lives_seven_days(self, world: World, double: BaserowDouble) -> None:
        host = world.session(LI)
        logins = posts(double, "POST", "/token-auth/")
        double.clock.advance(7 * 86400 + 1)
        host.create("notes", [{"code": "一周后"}])
        assert posts(double, "POST", "/token-auth/") == logins + 1

    def test_a_closed_account_is_refused(self, world: World, double: BaserowDouble) -> None:
        host = world.session("wang@school.test")
        [user] = [u for u in double.state.users.values() if u.email == "wang@school.test"]
        user.active = False
        with pytest.raises(LoginRefused) as caught:
            host.ids("notes")
        user.active = True
        assert "停用" in str(caught.value)

    def test_a_database_nobody_showed_us(self, world: World) -> None:
        assert isinstance(world.office, BaserowOffice)
        stranger = Baserow(world.office.url, WORKER, PASSWORD, "没有这个库")
        with pytest.raises(HostRefused) as caught:
            stranger.describe()
        assert "没有这个库" in str(caught.value)

    def test_history_names_by_user_id_and_those_who_left_are_still_known(
        self, world: World, double: BaserowDouble
    ) -> None:
        """The history has id and first name; the workspace list has memberships, whose ids are others."""
        host = world.session(WORKER)
        [note] = world.zhou.create("notes", [{"code": "离职前"}])
        state = double.state
        workspace = next(w for w in state.workspaces.values() if any(m["email"] == ZHOU for m in w.members))
        left = [m for m in workspace.members if m["email"] == ZHOU]
        assert left[0]["id"] != left[0]["user_id"]
        workspace.members[:] = [m for m in workspace.members if m["email"] != ZHOU]
        host.refresh(["notes"])
        assert host.edits("notes", note)[0].account == ZHOU
        assert world.session(WORKER).edits("notes", note)[0].account is None
        workspace.members += left


class TestFilesViewsHooks:
    def test_a_spoiled_download_is_noticed(self, world: World, double: BaserowDouble) -> None:
        file = world.zhou.upload("合同.pdf", b"content")
        stored = next(name for name in double.state.files if name in file.ref)
        double.state.files[stored] = (double.state.files[stored][0], b"another content")
        with pytest.raises(HostUnavailable) as caught:
            world.worker.download(file)
        assert "合同.pdf" in str(caught.value)

    def test_me_is_one_view_per_person(self, world: World) -> None:
        """Links know no “me”: without a row the view is refused, never made without its filter."""
        view = View("我的待签", where={"handler": "@me", "status": ("草稿", "提交")}, fields=("title", "amount"))
        bound = world.binding["claims"]
        with pytest.raises(HostRefused) as caught:
            world.worker.create_view(bound, ViewSpec(view, "待签"))
        assert is_chinese(caught.value)
        mine, other = world.zhou.create(
            "claims",
            [{"title": "是", "handler": world.people[ZHOU]}, {"title": "否", "handler": world.people[LI]}],
        )
        path = world.worker.create_view(bound, ViewSpec(view, "待签 周敏", world.people[ZHOU]))
        assert path.startswith("/database/")
        if isinstance(world.office, LiveOffice):
            shown = raw(world, "GET", f"{rows_path(world)}/", view_id=path.rpartition("/")[2], size=200)["results"]
            ids = {row["id"] for row in shown}
            assert mine in ids and other not in ids

    def test_an_option_nobody_has_is_no_filter(self, world: World) -> None:
        view = View("错", where={"status": "没有的"})
        with pytest.raises(HostRefused) as caught:
            world.worker.create_view(world.binding["claims"], ViewSpec(view, "错"))
        assert "没有的" in str(caught.value)

    def test_any_of_several_texts(self, world: World) -> None:
        view = View("两种", where={"title": ("甲甲", "乙乙"), "urgent": True}, sort=("-amount",))
        good, bad = world.zhou.create("claims", [{"title": "乙乙", "urgent": True}, {"title": "甲甲"}])
        path = world.worker.create_view(world.binding["claims"], ViewSpec(view, "两种"))
        if isinstance(world.office, LiveOffice):
            shown = raw(world, "GET", f"{rows_path(world)}/", view_id=path.rpartition("/")[2], size=200)["results"]
            assert {good} <= {row["id"] for row in shown} and bad not in {row["id"] for row in shown}

    def test_fact_8_a_hook_that_was_switched_off_is_repaired_not_doubled(self, world: World) -> None:
        host, binding = small(world, "hooked")
        path = f"/api/database/webhooks/table/{binding['hooked'].id}/"
        host.subscribe("http://127.0.0.1:9/hint", "geheim-1")
        [hook] = raw(world, "GET", path)
        raw(world, "PATCH", f"/api/database/webhooks/{hook['id']}/", {**hook, "active": False})
        host.subscribe("http://127.0.0.1:9/other", "geheim-2")
        [repaired] = raw(world, "GET", path)
        assert repaired["id"] == hook["id"] and repaired["active"]
        assert repaired["url"].endswith("/other") and repaired["headers"] == {"X-Houqin-Secret": "geheim-2"}

    def test_fact_8_nine_failures_switch_a_hook_off(self, world: World, double: BaserowDouble) -> None:
        host, binding = small(world, "dead_hook")
        host.subscribe("http://127.0.0.1:9/nobody", "geheim")
        zhou: Host = world.office.login(ZHOU)
        zhou.bind(binding)
        for number in range(9):
            zhou.create("dead_hook", [{"code": str(number)}])
        double.settle()
        [hook] = [h for h in double.state.hooks.values() if h["table"] == int(binding["dead_hook"].id)]
        assert not hook["active"]
        host.subscribe("http://127.0.0.1:9/nobody", "geheim")
        assert hook["active"] and hook["failed_triggers"] == 0


def test_the_double_and_the_contract_use_the_same_notes_table() -> None:
    """``notes`` has no stamps: the way without them is tested through it."""
    assert not any(field.by_host for field in NOTES.fields)
