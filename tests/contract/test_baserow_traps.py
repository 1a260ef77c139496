"""Each trap of Baserow 1.35.3 that concerns us, by its name in the measured facts, with what the adapter does about it.

Runs on the double and, where HOUQIN_TEST_BASEROW_URL is set, on a live server; tests that slow, break or age the server
need the double.
"""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from automations.errors import (
    HostRefused,
    RowMissing,
    SchemaMoved,
    WriteUncertain,
)
from automations.schema.model import View
from automations.tables.base import ViewSpec
from automations.tables.baserow import OVERLAP
from automations.tables.baserow_history import action

from ..baserow_double import BaserowDouble
from .baserow_hand import its_double, key, office_of_traps, raw, reverse_key, rows_path, small  # noqa: F401 - fixtures
from .baserow_office import BaserowOffice, LiveOffice
from .office import LI, WORKER, ZHOU, is_chinese, one
from .world import NOTES, World, make_field


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

    def test_fact_13_rows_with_two_way_links_are_deleted_few_at_a_time(
        self, world: World, double: BaserowDouble
    ) -> None:
        for table in ("claims", "projects"):  # whichever side the column stands on
            made = world.worker.create(table, [{"code": str(n)} for n in range(25)])
            start = len(double.seen)
            world.worker.delete(table, made)
            sizes = [len(s.request["items"]) for s in double.seen[start:] if s.path.endswith("/batch-delete/")]
            assert sizes == [10, 10, 5]

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


def test_the_double_and_the_contract_use_the_same_notes_table() -> None:
    """``notes`` has no stamps: the way without them is tested through it."""
    assert not any(field.by_host for field in NOTES.fields)
