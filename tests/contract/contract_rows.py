"""Many rows, reading what changed, rows that go and come back."""

from dataclasses import replace

import pytest

from automations.errors import RowMissing

from .office import LI, WORKER, eventually, files_of, is_chinese, one
from .world import CLAIMS, NOTES, World, full_row


class RowContract:
    """Many rows, reading what changed, rows that go and come back."""

    # --- many rows ---
    def test_batches_beyond_the_hosts_limit(self, world: World) -> None:
        made = world.zhou.create("notes", [{"code": str(i), "text": f"第{i}行"} for i in range(250)])
        assert len(set(made)) == 250
        rows = {row.id: row for row in world.zhou.rows("notes", made)}
        assert [rows[row_id]["code"] for row_id in made] == [str(i) for i in range(250)]
        world.zhou.update("notes", {row_id: {"text": f"改{i}"} for i, row_id in enumerate(made)})
        rows = {row.id: row for row in world.zhou.rows("notes", made)}
        assert [rows[row_id]["text"] for row_id in made] == [f"改{i}" for i in range(250)]
        world.zhou.delete("notes", made)
        assert not set(made) & set(world.zhou.ids("notes"))
        assert world.zhou.rows("notes", made) == []

    def test_listing_goes_past_a_page(self, world: World) -> None:
        made = world.zhou.create("notes", [{"code": str(i)} for i in range(1010)])
        assert set(made) <= set(world.worker.ids("notes"))
        found = {row.id: row["code"] for row in world.worker.changed("notes", None).rows if row.id in set(made)}
        assert found == {row_id: str(i) for i, row_id in enumerate(made)}

    # --- incremental reads ---
    def test_changed_finds_new_and_touched_rows(self, world: World) -> None:
        old, touched = world.zhou.create("claims", [{"title": "旧"}, {"title": "要改"}])
        everything = world.worker.changed("claims", None)
        assert {old, touched} <= {row.id for row in everything.rows}
        world.zhou.update("claims", {touched: {"title": "改了"}})
        [new] = world.zhou.create("claims", [{"title": "新"}])
        found = {row.id: row for row in world.worker.changed("claims", everything.cursor).rows}
        assert (found[touched]["title"], found[new]["title"]) == ("改了", "新")

    def test_a_cursor_taken_on_an_empty_table(self, world: World) -> None:
        worker = world.office.login(WORKER)
        worker.bind(world.fresh(replace(NOTES, name="empty", title="空表")))
        worker.refresh(["empty"])
        nothing = worker.changed("empty", None)
        assert (list(nothing.rows), worker.ids("empty"), worker.rows("empty", [])) == ([], {}, [])
        again = worker.changed("empty", nothing.cursor)
        [row_id] = worker.create("empty", [{"text": "第一行"}])
        assert [row.id for row in worker.changed("empty", again.cursor).rows] == [row_id]

    def test_changes_within_one_second_are_not_lost(self, world: World) -> None:
        [row_id] = world.zhou.create("claims", [{"count": 0}])
        cursor = world.worker.changed("claims", None).cursor
        for number in range(1, 6):
            world.zhou.update("claims", {row_id: {"count": number}})
            changes = world.worker.changed("claims", cursor)
            cursor = changes.cursor
            assert {row.id: row["count"] for row in changes.rows}.get(row_id) == number

    def test_a_row_that_was_never_touched_is_found(self, world: World) -> None:
        """Some hosts leave new rows without a modification stamp."""
        cursor = world.worker.changed("claims", None).cursor
        [row_id] = world.zhou.create("claims", [{"title": "没有时间戳"}])
        cursor_after = world.worker.changed("claims", cursor).cursor
        assert row_id in {row.id for row in world.worker.changed("claims", cursor).rows}
        assert row_id in {row.id for row in world.worker.changed("claims", cursor_after).rows}, "no overlap"

    def test_a_commit_later_than_its_stamp_is_found(self, world: World) -> None:
        slow, quick = world.zhou.create("claims", [{"title": "慢"}, {"title": "快"}])
        world.li.update("claims", {quick: {"title": "已快"}})
        cursor = world.worker.changed("claims", None).cursor
        if world.office.can("lag"):
            with world.office.lagging(30):
                world.zhou.update("claims", {slow: {"title": "已慢"}})
            found = {row.id: row["title"] for row in world.worker.changed("claims", cursor).rows}
            assert found[slow] == "已慢"
        # The defence on every host: what is younger than the overlap is offered again.
        assert {slow, quick} <= {row.id for row in world.worker.changed("claims", cursor).rows}

    def test_a_changed_link_is_in_the_full_listing(self, world: World) -> None:
        """Links may move no stamp: the full listing and the row itself must show them."""
        [row_id] = world.zhou.create("claims", [{"title": "改关联"}])
        world.zhou.update("claims", {row_id: {"related": tuple(world.projects)}})
        assert one(world.worker, "claims", row_id)["related"] == tuple(sorted(world.projects))
        [row] = [row for row in world.worker.changed("claims", None).rows if row.id == row_id]
        assert row["related"] == tuple(sorted(world.projects))

    # --- deleted, restored, reused ---
    def test_deleted_rows_leave_the_listing(self, world: World) -> None:
        gone, stays = world.zhou.create("claims", [{"title": "删"}, {"title": "留"}])
        world.zhou.delete("claims", [gone])
        ids = world.worker.ids("claims")
        assert gone not in ids and stays in ids
        assert [row.id for row in world.worker.rows("claims", [gone, stays])] == [stays]
        assert gone not in {row.id for row in world.worker.changed("claims", None).rows}

    def test_deleting_missing_rows_is_fine(self, world: World) -> None:
        gone, stays = world.zhou.create("claims", [{"title": "删两次"}, {"title": "一起删"}])
        world.zhou.delete("claims", [gone])
        world.zhou.delete("claims", [gone, stays, 987654321])
        assert not {gone, stays} & set(world.worker.ids("claims"))

    def test_writing_a_missing_row_is_refused(self, world: World) -> None:
        [gone] = world.zhou.create("claims", [{"title": "已删"}])
        world.zhou.delete("claims", [gone])
        with pytest.raises(RowMissing) as caught:
            world.zhou.update("claims", {gone: {"title": "还写"}})
        assert is_chinese(caught.value)

    def test_a_restored_row_has_its_values(self, world: World) -> None:
        row_id = full_row(world)
        row = one(world.worker, "claims", row_id)
        world.zhou.delete("claims", [row_id])
        living = world.worker.restore("claims", row)
        if world.office.can("restore_same_id"):
            assert living == row_id
        assert living in world.worker.ids("claims")
        back = one(world.worker, "claims", living)
        for field in CLAIMS.fields:
            if field.type == "file":
                now, then = ([world.worker.download(file) for file in files_of(r, "papers")] for r in (back, row))
                assert now == then
            elif not field.by_host:
                assert back[field.name] == row[field.name], field.title

    def test_a_reused_id_is_another_row(self, world: World) -> None:
        [first] = world.zhou.create("notes", [{"text": "前世"}])
        world.zhou.update("notes", {first: {"text": "前世改过"}})
        born = world.worker.ids("notes")[first]
        world.zhou.delete("notes", [first])
        [second] = world.li.create("notes", [{"text": "今生"}])
        if not world.office.can("reuse_ids"):
            assert second != first
            return
        assert second == first
        assert born and world.worker.ids("notes")[second], "reused ids need a creation stamp"
        edits = eventually(lambda: world.worker.edits("notes", second), lambda found: bool(found))
        assert [(edit.action, edit.account) for edit in edits] == [("create", LI)]
