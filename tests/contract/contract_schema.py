"""Tables, columns, options and views, made by code and bent by hand."""

from dataclasses import replace

import pytest

from automations.errors import HostRefused, SchemaMoved
from automations.schema.model import Table, View
from automations.tables.base import ViewSpec

from .office import WORKER, is_chinese, one
from .world import NOTES, World, make_field


class SchemaContract:
    """Tables, columns, options and views, made by code and bent by hand."""

    def test_describe_shows_tables_and_columns(self, world: World) -> None:
        tables = {table.id: table for table in world.worker.describe()}
        for bound in world.binding.tables.values():
            found = tables[bound.id]
            assert found.title == bound.table.title
            columns = {column.id: column for column in found.fields}
            for name, column_id in bound.fields.items():
                field, column = bound.table[name], columns[column_id]
                assert column.title == field.title
                assert not column.type.startswith("?"), f"{field.title}: {column.type}"
                assert column.options == field.options
                if field.type in ("link", "links"):
                    assert column.to == world.binding[field.to or ""].id

    def test_a_two_way_link_shows_its_reverse_column(self, world: World) -> None:
        [projects] = [table for table in world.worker.describe() if table.id == world.binding["projects"].id]
        assert "下属单据" in [column.title for column in projects.fields]

    def test_the_display_field_comes_first(self, world: World) -> None:
        [people] = [table for table in world.worker.describe() if table.id == world.binding["people"].id]
        assert people.fields[0].title == "姓名"

    def test_fingerprints_hold_still_while_nothing_moves(self, world: World) -> None:
        names = ["claims", "projects"]
        first = world.worker.refresh(names)
        world.zhou.create("claims", [{"title": "不动结构"}])
        assert world.worker.refresh(names) == first
        assert set(first) == set(names)
        assert world.zhou.refresh(names) == first

    def test_a_column_renamed_by_hand_is_harmless(self, world: World) -> None:
        table = replace(NOTES, name="renamed_column", title="改列名")
        binding = world.fresh(table)
        bound = binding["renamed_column"]
        worker = world.office.login(WORKER)
        worker.bind(binding)
        before = worker.refresh(["renamed_column"])
        [row_id] = worker.create("renamed_column", [{"code": "1", "text": "旧"}])
        other = world.office.login(WORKER)
        other.update_field(bound.id, bound.fields["text"], replace(table["text"], title="说明文字"))
        assert worker.refresh(["renamed_column"]) != before
        assert one(worker, "renamed_column", row_id)["text"] == "旧"
        worker.update("renamed_column", {row_id: {"text": "新"}})
        assert one(worker, "renamed_column", row_id).values == {"code": "1", "text": "新"}

    def test_a_table_renamed_by_hand_is_harmless(self, world: World) -> None:
        table = replace(NOTES, name="renamed_table", title="改表名")
        binding = world.fresh(table)
        worker = world.office.login(WORKER)
        worker.bind(binding)
        worker.refresh(["renamed_table"])
        world.office.login(WORKER).rename_table(binding["renamed_table"].id, "改过的表名")
        worker.refresh(["renamed_table"])
        [row_id] = worker.create("renamed_table", [{"text": "还在"}])
        assert one(worker, "renamed_table", row_id)["text"] == "还在"
        assert "改过的表名" in [found.title for found in worker.describe()]

    def test_a_new_option_shows_in_the_fingerprint_and_keeps_the_cells(self, world: World) -> None:
        state = make_field("state", "状况", "choice", options=("好", "坏"))
        table = Table("options", "选项表", "XX", (make_field("code", "编号", "text"), state))
        binding = world.fresh(table)
        bound = binding["options"]
        worker = world.office.login(WORKER)
        worker.bind(binding)
        before = worker.refresh(["options"])
        [row_id] = worker.create("options", [{"code": "1", "state": "坏"}])
        wider = replace(state, options=("待查", "好", "坏"))
        made = world.office.login(WORKER).update_field(bound.id, bound.fields["state"], wider)
        assert set(made.options) == {"待查", "好", "坏"}
        assert worker.refresh(["options"]) != before
        assert one(worker, "options", row_id)["state"] == "坏"
        worker.update("options", {row_id: {"state": "待查"}})
        assert one(worker, "options", row_id)["state"] == "待查"

    def test_update_field_refuses_another_type(self, world: World) -> None:
        binding = world.fresh(replace(NOTES, name="typed", title="改类型"))
        bound = binding["typed"]
        with pytest.raises(HostRefused) as caught:
            world.office.login(WORKER).update_field(bound.id, bound.fields["text"], make_field("text", "内容", "date"))
        assert is_chinese(caught.value)

    def test_a_deleted_column_is_schema_moved(self, world: World) -> None:
        binding = world.fresh(replace(NOTES, name="shrunk", title="少列"))
        bound = binding["shrunk"]
        worker = world.office.login(WORKER)
        worker.bind(binding)
        worker.delete_field(bound.id, bound.fields["text"])
        with pytest.raises(SchemaMoved) as caught:
            worker.refresh(["shrunk"])
        assert any("内容" in problem for problem in caught.value.problems)
        assert is_chinese(caught.value)

    def test_a_type_changed_by_hand_is_schema_moved(self, world: World) -> None:
        binding = world.fresh(replace(NOTES, name="retyped", title="换类型"))
        worker = world.office.login(WORKER)
        worker.bind(binding)
        worker.refresh(["retyped"])
        world.office.retype(binding["retyped"], "text")
        with pytest.raises(SchemaMoved) as caught:
            worker.refresh(["retyped"])
        assert any("内容" in problem for problem in caught.value.problems)

    def test_views_and_forms(self, world: World) -> None:
        mine = View("我的待签", where={"status": "提交"}, fields=("title", "amount"), sort=("-amount",))
        form = View("报修登记", fields=("title", "body"), form=True)
        bound = world.binding["claims"]
        paths = [world.worker.create_view(bound, ViewSpec(view, view.title)) for view in (mine, form)]
        assert all(isinstance(path, str) for path in paths)
        [claims] = [table for table in world.worker.describe() if table.id == bound.id]
        assert {"我的待签", "报修登记"} <= set(claims.views)
