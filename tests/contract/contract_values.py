"""Values go and come back as they were; what is no value is refused."""

from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest

from automations.errors import HostRefused
from automations.tables.values import Values, canonical

from .office import LI, ZHOU, files_of, is_chinese, one
from .world import CLAIMS, NASTY, World, full_row


class ValueContract:
    """Values go and come back as they were; what is no value is refused."""

    # --- values ---
    def test_every_value_comes_back_as_it_went(self, world: World) -> None:
        made = world.zhou.create("claims", [{field: value} for _, field, value in NASTY])
        found = {row.id: row for row in world.worker.rows("claims", made)}
        wrong = {
            name: (canonical(CLAIMS[field], value), found[row_id][field])
            for row_id, (name, field, value) in zip(made, NASTY, strict=True)
            if found[row_id][field] != canonical(CLAIMS[field], value)
        }
        assert wrong == {}

    def test_every_value_can_be_written_over_another(self, world: World) -> None:
        made = world.zhou.create("claims", [{"title": "先有", "body": "先有", "amount": Decimal(1)}] * len(NASTY))
        changes = {row_id: {field: value} for row_id, (_, field, value) in zip(made, NASTY, strict=True)}
        world.zhou.update("claims", changes)
        found = {row.id: row for row in world.worker.rows("claims", made)}
        wrong = [
            name
            for row_id, (name, field, value) in zip(made, NASTY, strict=True)
            if found[row_id][field] != canonical(CLAIMS[field], value)
        ]
        assert wrong == []

    def test_a_new_row_is_empty_in_every_field_but_defaults(self, world: World) -> None:
        [row_id] = world.zhou.create("claims", [{"title": "只有事由"}])
        row = one(world.worker, "claims", row_id)
        assert set(row.values) == set(CLAIMS.by_name)
        for field in CLAIMS.fields:
            if field.name not in ("title", "status") and not field.by_host:
                assert row[field.name] == canonical(field, None), field.title
        assert row["status"] == "草稿"

    def test_links_persons_and_their_order(self, world: World) -> None:
        first, second, third = world.projects
        linked: Values = {
            "title": "有关联",
            "project": second,
            "parent": first,
            "related": (third, first),
            "handler": world.people[ZHOU],
            "helpers": (world.people[LI], world.people[ZHOU]),
        }
        [row_id] = world.zhou.create("claims", [linked])
        row = one(world.worker, "claims", row_id)
        assert (row["project"], row["parent"], row["related"]) == (second, first, (first, third))
        assert (row["handler"], row["helpers"]) == (world.people[ZHOU], (world.people[ZHOU], world.people[LI]))
        world.zhou.update("claims", {row_id: {"related": (second,), "project": third, "handler": world.people[LI]}})
        row = one(world.worker, "claims", row_id)
        assert (row["project"], row["related"], row["handler"]) == (third, (second,), world.people[LI])
        assert row["parent"] == first
        [again] = [found for found in world.worker.changed("claims", None).rows if found.id == row_id]
        assert again.values == row.values

    def test_a_colleague_without_a_login_is_kept_or_refused(self, world: World) -> None:
        """Never silently dropped: where only logins can be named, the refusal says so."""
        [cleaner] = world.worker.create("people", [{"name": "保洁员老张"}])
        world.zhou.refresh(["people", "claims"])
        [row_id] = world.zhou.create("claims", [{"title": "给老张", "handler": world.people[LI]}])
        try:
            world.zhou.update("claims", {row_id: {"handler": cleaner}})
        except HostRefused as refusal:
            assert is_chinese(refusal) and "经办人" in str(refusal)
            expected = world.people[LI]
        else:
            expected = cleaner
        assert one(world.worker, "claims", row_id)["handler"] == expected

    def test_a_link_to_no_row_is_refused_or_empty(self, world: World) -> None:
        [row_id] = world.zhou.create("claims", [{"title": "关联不到"}])
        try:
            world.zhou.update("claims", {row_id: {"related": (987654,)}})
        except HostRefused as refusal:
            assert is_chinese(refusal)
        assert one(world.worker, "claims", row_id)["related"] == ()

    def test_none_clears_every_type(self, world: World) -> None:
        row_id = full_row(world)
        writable = [field for field in CLAIMS.fields if not field.by_host and field.name != "code"]
        world.zhou.update("claims", {row_id: {field.name: None for field in writable}})
        row = one(world.worker, "claims", row_id)
        assert {f.title: row[f.name] for f in writable} == {f.title: canonical(f, None) for f in writable}

    def test_only_given_fields_are_written(self, world: World) -> None:
        row_id = full_row(world)
        before = one(world.worker, "claims", row_id).values
        world.li.update("claims", {row_id: {"amount": Decimal("2.00")}})
        after = one(world.worker, "claims", row_id).values
        changed = {name for name in before if before[name] != after[name] and not CLAIMS[name].by_host}
        assert changed == {"amount"}
        assert after["papers"] == before["papers"] != ()

    def test_rows_of_one_call_may_have_different_fields(self, world: World) -> None:
        one_id, two_id = world.zhou.create("claims", [{"title": "甲"}, {"amount": Decimal("3.00")}])
        world.zhou.update("claims", {one_id: {"urgent": True}, two_id: {"title": "乙"}})
        rows = [one(world.worker, "claims", row_id) for row_id in (one_id, two_id)]
        assert [(row["title"], row["urgent"], row["amount"]) for row in rows] == [
            ("甲", True, None),
            ("乙", False, Decimal("3.00")),
        ]

    def test_the_host_fills_its_own_fields(self, world: World) -> None:
        [row_id] = world.zhou.create("claims", [{"title": "谁建的"}])
        world.li.update("claims", {row_id: {"title": "谁改的"}})
        row = one(world.worker, "claims", row_id)
        assert (row["created_by"], row["last_modified_by"]) == (ZHOU, LI)
        assert isinstance(row["created_at"], datetime) and isinstance(row["last_modified_at"], datetime)
        assert row["created_at"] <= row["last_modified_at"]

    @pytest.mark.parametrize(
        "values",
        [{"nosuch": "x"}, {"title": "好", "nosuch": None}, {"status": "没有的选项"}, {"tags": ("水电", "没有的选项")}],
        ids=["unknown field", "one unknown field", "unknown option", "one unknown option"],
    )
    def test_unknown_names_are_refused_in_chinese(self, world: World, values: dict[str, Any]) -> None:
        [row_id] = world.zhou.create("claims", [{"title": "原样"}])
        before = world.worker.ids("claims")
        for write in (
            lambda: world.zhou.update("claims", {row_id: values}),
            lambda: world.zhou.create("claims", [values]),
        ):
            with pytest.raises(HostRefused) as caught:
                write()
            assert is_chinese(caught.value)
        assert one(world.worker, "claims", row_id)["title"] == "原样"
        assert world.worker.ids("claims") == before

    @pytest.mark.parametrize(
        "values", [{"amount": "一百"}, {"day": "明天"}, {"project": "北楼"}], ids=["money", "date", "link"]
    )
    def test_a_value_of_the_wrong_type_is_refused(self, world: World, values: dict[str, Any]) -> None:
        with pytest.raises(HostRefused) as caught:
            world.zhou.create("claims", [values])
        assert is_chinese(caught.value)

    # --- files ---
    def test_files_go_up_and_come_down(self, world: World) -> None:
        content = bytes(range(256)) * 40
        scan = world.zhou.upload("发票 扫描件（1）.pdf", content)
        text = world.zhou.upload("说明.txt", "公函".encode())
        [row_id] = world.zhou.create("claims", [{"title": "带附件", "papers": (scan, text)}])
        papers = files_of(one(world.worker, "claims", row_id), "papers")
        assert [file.name for file in papers] == ["发票 扫描件（1）.pdf", "说明.txt"]
        assert [world.worker.download(file) for file in papers] == [content, "公函".encode()]
        assert papers[0].size in (len(content), 0)

    def test_files_are_replaced_and_moved_between_cells(self, world: World) -> None:
        first, second = world.zhou.upload("甲.txt", b"one"), world.zhou.upload("甲.txt", b"two!")
        source, target = world.zhou.create("claims", [{"papers": (first,)}, {"title": "空"}])
        kept = one(world.worker, "claims", source)["papers"]
        world.zhou.update("claims", {source: {"papers": (second,)}, target: {"papers": kept}})
        found = {row.id: files_of(row, "papers") for row in world.worker.rows("claims", [source, target])}
        assert [world.worker.download(file) for file in found[source]] == [b"two!"]
        assert [world.worker.download(file) for file in found[target]] == [b"one"]
        world.zhou.update("claims", {source: {"papers": ()}})
        assert one(world.worker, "claims", source)["papers"] == ()
