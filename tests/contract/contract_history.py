"""Who did what to a row, in true order; and the doors: logins, addresses, hints."""

from collections.abc import Sequence
from decimal import Decimal
from itertools import pairwise

import pytest

from automations.errors import LoginRefused
from automations.tables.base import Edit, Host
from automations.tables.values import Value

from .office import ACCOUNTS, LI, WORKER, ZHOU, Door, eventually, is_chinese, mark, net, one, quiet_marks
from .world import CLAIMS, World, two_values


class HistoryContract:
    """Who did what to a row, in true order; and the doors: logins, addresses, hints."""

    # --- who did it ---
    def test_edits_name_their_accounts_in_true_order(self, world: World) -> None:
        [row_id] = world.zhou.create("claims", [{"count": 0}])
        mark(world.worker, "claims", row_id)
        for number, host in enumerate((world.li, world.zhou, world.li, world.zhou, world.li), start=1):
            host.update("claims", {row_id: {"count": number}})
        edits = eventually(lambda: world.worker.edits("claims", row_id), lambda found: len(found) >= 6)
        assert [(e.action, e.account) for e in edits] == [
            ("create", ZHOU),
            *(("update", a) for a in (LI, ZHOU) * 2),
            ("update", LI),
        ]
        assert [e.order for e in edits] == sorted(e.order for e in edits)
        assert len({e.order for e in edits}) == len({e.key for e in edits}) == 6
        assert len({len(e.order) for e in edits}) == 1, "orders of one length, so that plain < works"
        assert [(e.before["count"], e.after["count"]) for e in edits[1:]] == [
            (Decimal(n - 1), Decimal(n)) for n in range(1, 6)
        ]
        assert all(e.table == "claims" and e.row_id == row_id and e.at.tzinfo is not None for e in edits)
        assert all(earlier.at <= later.at for earlier, later in pairwise(edits))

    def test_edits_after_an_order(self, world: World) -> None:
        [row_id] = world.zhou.create("claims", [{"title": "零"}])
        seen = mark(world.worker, "claims", row_id)
        world.zhou.update("claims", {row_id: {"title": "一"}})
        world.li.update("claims", {row_id: {"title": "二"}})
        edits = eventually(lambda: world.worker.edits("claims", row_id, seen), lambda found: len(found) == 2)
        assert [edit.after["title"] for edit in edits] == ["一", "二"]
        later = world.worker.edits("claims", row_id, edits[0].order)
        assert [edit.key for edit in later] == [edits[1].key]
        assert world.worker.edits("claims", row_id, edits[1].order) == []

    def test_a_create_shows_what_was_filled(self, world: World) -> None:
        [row_id] = world.zhou.create("claims", [{"title": "新单", "amount": Decimal("12.30")}])
        [edit] = eventually(lambda: world.worker.edits("claims", row_id), bool)
        assert (edit.action, edit.account, dict(edit.before)) == ("create", ZHOU, {})
        assert (edit.after["title"], edit.after["amount"]) == ("新单", Decimal("12.30"))

    def test_old_and_new_values_of_every_type(self, world: World) -> None:
        values = two_values(world)
        made = world.zhou.create("claims", [{"code": f"类型 {name}", name: old} for name, (old, _) in values.items()])
        ids = dict(zip(values, made, strict=True))
        old_rows = {row.id: row for row in world.worker.rows("claims", made)}
        seen = quiet_marks(world.worker, "claims", made)
        for name, row_id in ids.items():
            world.li.update("claims", {row_id: {name: values[name][1]}})
        new_rows = {row.id: row for row in world.worker.rows("claims", made)}
        for name, row_id in ids.items():
            field, old, new = CLAIMS[name], old_rows[row_id][name], new_rows[row_id][name]
            if not world.office.history_of(field.type):
                latest = quiet_marks(world.worker, "claims", [row_id])
                assert latest[row_id] >= seen[row_id]
                assert name not in net(world.worker.edits("claims", row_id, seen[row_id]))[1], field.title
                continue
            edits = edits_until(world.worker, row_id, seen[row_id], name, new)
            before, after = net(edits)
            assert {edit.account for edit in edits} == {LI}, field.title
            assert (before[name], after[name]) == (old, new), field.title
            assert set(after) == {name}, field.title

    def test_the_same_values_again_leave_no_edit(self, world: World) -> None:
        [row_id] = world.zhou.create("claims", [{"title": "一样", "amount": Decimal("5.00")}])
        seen = mark(world.worker, "claims", row_id)
        world.li.update("claims", {row_id: {"title": "一样", "amount": Decimal("5.00")}})
        world.zhou.update("claims", {row_id: {"count": 1}})
        edits = eventually(lambda: world.worker.edits("claims", row_id, seen), bool)
        assert [(edit.account, set(edit.after)) for edit in edits] == [(ZHOU, {"count"})]

    def test_the_workers_write_between_two_people_hides_neither(self, world: World) -> None:
        [row_id] = world.zhou.create("claims", [{"title": "夹写", "status": "草稿"}])
        seen = mark(world.worker, "claims", row_id)
        world.zhou.update("claims", {row_id: {"status": "提交"}})
        world.worker.update("claims", {row_id: {"status": "草稿", "body": "【已还原】"}})
        world.li.update("claims", {row_id: {"amount": Decimal("9.00")}})
        edits = eventually(lambda: world.worker.edits("claims", row_id, seen), lambda found: len(found) == 3)
        assert [edit.account for edit in edits] == [ZHOU, WORKER, LI]
        assert edits[1].before["status"] == "提交", "the worker sees which value its correction replaced"
        assert one(world.worker, "claims", row_id)["amount"] == Decimal("9.00")

    def test_edits_of_a_deleted_row(self, world: World) -> None:
        [row_id] = world.zhou.create("claims", [{"title": "将删", "amount": Decimal("8.00")}])
        mark(world.worker, "claims", row_id)
        world.li.delete("claims", [row_id])
        if not world.office.can("edits_of_deleted"):
            assert world.worker.edits("claims", row_id) == []
            return
        edits = eventually(lambda: world.worker.edits("claims", row_id), lambda found: found[-1].action == "delete")
        assert (edits[-1].account, dict(edits[-1].after)) == (LI, {})
        assert edits[-1].before.get("title", "将删") == "将删"

    def test_a_change_without_history_is_seen_but_unattributed(self, world: World) -> None:
        [row_id] = world.zhou.create("claims", [{"title": "导入前", "amount": Decimal("1.00")}])
        seen = mark(world.worker, "claims", row_id)
        cursor = world.worker.changed("claims", None).cursor
        if world.office.can("import_rows"):
            world.office.import_rows(world.binding["claims"], {row_id: {"amount": Decimal("9.99")}}, LI)
            expected: list[str | None] = []
        else:  # then every way to change a cell leaves its entry
            world.li.update("claims", {row_id: {"amount": Decimal("9.99")}})
            eventually(lambda: world.worker.edits("claims", row_id, seen), bool)
            expected = [LI]
        found = {row.id: row["amount"] for row in world.worker.changed("claims", cursor).rows}
        assert found.get(row_id, one(world.worker, "claims", row_id)["amount"]) == Decimal("9.99")
        assert [edit.account for edit in world.worker.edits("claims", row_id, seen)] == expected

    # --- accounts, addresses, hints ---
    def test_a_wrong_login_is_refused(self, world: World) -> None:
        with pytest.raises(LoginRefused) as caught:
            world.office.login_wrong()
        assert is_chinese(caught.value)

    def test_a_session_outlives_its_token(self, world: World) -> None:
        host = world.session(LI)
        if world.office.can("expire"):
            world.office.expire(host)
        [row_id] = host.create("claims", [{"title": "令牌过期后"}])
        [edit] = eventually(lambda: world.worker.edits("claims", row_id), bool)
        assert edit.account == LI

    def test_accounts_are_listed(self, world: World) -> None:
        listed = {account.email: account for account in world.worker.accounts()}
        assert set(ACCOUNTS) <= set(listed)
        assert all(listed[email].active and email == email.lower() for email in ACCOUNTS)
        assert (world.worker.account, world.zhou.account) == (WORKER, ZHOU)

    def test_rows_have_an_address(self, world: World) -> None:
        [row_id] = world.zhou.create("claims", [{"title": "有地址"}])
        assert str(row_id) in world.worker.row_url("claims", row_id)

    def test_the_host_says_how_strong_its_proof_is(self, world: World) -> None:
        assert world.worker.proof in ("history", "audit", "last-modified")
        assert is_chinese(ValueError(world.worker.proof_note))
        assert world.worker.kind in ("memory", "nocodb", "baserow")

    def test_hints_reach_the_door(self, world: World) -> None:
        secret = "口令".encode().hex()
        with Door() as door:
            world.worker.subscribe(door.url, secret)
            world.worker.subscribe(door.url, secret)  # again is fine: it repairs what is missing
            if world.office.can("hooks"):
                world.zhou.create("claims", [{"title": "敲门"}])
                calls = eventually(lambda: list(door.calls), bool, seconds=10)
                assert set(calls) == {secret}


def edits_until(host: Host, row_id: int, after: str, name: str, want: Value) -> Sequence[Edit]:
    """The claim's edits after an order, once together they end at this value."""
    return eventually(
        lambda: host.edits("claims", row_id, after),
        lambda found: net(found)[1].get(name) == want,
    )
