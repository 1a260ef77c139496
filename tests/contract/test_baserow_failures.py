"""Traps of Baserow 1.35.3 around the trash, errors, signing in, files, views and hooks; see test_baserow_traps.py."""

import uuid

import pytest

from automations.errors import (
    HostConflict,
    HostRefused,
    HostUnavailable,
    LoginRefused,
    SchemaMoved,
    WriteUncertain,
)
from automations.schema.model import View
from automations.tables.base import Host, Row, ViewSpec
from automations.tables.baserow import Baserow
from automations.tables.baserow_admin import Member, bootstrap

from ..baserow_double import BaserowDouble
from .baserow_hand import its_double, office_of_traps, posts, raw, rows_path, small  # noqa: F401 - fixtures
from .baserow_office import PASSWORD, BaserowOffice, LiveOffice, members
from .office import LI, WORKER, ZHOU, is_chinese, one
from .world import World, make_field


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

    def test_a_row_without_stamps_comes_back_too(self, world: World) -> None:
        [note] = world.zhou.create("notes", [{"code": "无戳"}])
        row = one(world.worker, "notes", note)
        world.zhou.delete("notes", [note])
        assert world.worker.restore("notes", row) == note

    def test_a_link_to_a_row_that_is_gone_itself_stays_out(self, world: World) -> None:
        lasting, passing = world.worker.create("projects", [{"name": "长期"}, {"name": "短期"}])
        [claim] = world.zhou.create("claims", [{"title": "两头空", "related": (lasting, passing), "project": passing}])
        row = one(world.worker, "claims", claim)
        world.zhou.delete("claims", [claim])
        world.worker.delete("projects", [passing])
        assert world.worker.restore("claims", row) == claim
        back = one(world.worker, "claims", claim)
        assert (back["related"], back["project"]) == ((lasting,), None)

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

    def test_a_newcomer_is_known_at_once(self, world: World) -> None:
        """Joined after the pass began: his edits must not pass for nobody's."""
        office = world.office
        assert isinstance(office, BaserowOffice)
        host = world.session(WORKER)
        host.edits("notes", world.zhou.create("notes", [{"code": "先前"}])[0])
        email = f"new-{uuid.uuid4().hex[:8]}@school.test"
        newcomer = Member(email, "新同事", PASSWORD)
        bootstrap(office.url, office.admin, f"{office.title} 工作区", office.title, [newcomer])
        [note] = world.session(email).create("notes", [{"code": "新人"}])
        [edit] = host.edits("notes", note)
        assert edit.account == email


class TestFirstSteps:
    def test_bootstrap_again_changes_nothing(self, world: World) -> None:
        office = world.office
        assert isinstance(office, BaserowOffice)
        place = f"{office.title} 工作区"
        before = sorted(account.email for account in world.worker.accounts())
        again = bootstrap(office.url, office.admin, place, office.title, members())
        assert f"/database/{again}/" in world.worker.row_url("notes", 1)
        assert sorted(account.email for account in world.worker.accounts()) == before

    def test_an_account_in_capitals_is_the_same_account(self, world: World) -> None:
        office = world.office
        assert isinstance(office, BaserowOffice)
        email = f"Big-{uuid.uuid4().hex[:8]}@School.test"
        place = f"{office.title} 工作区"
        bootstrap(office.url, office.admin, place, office.title, [Member(email, "大写", PASSWORD)])
        assert Baserow(office.url, email, PASSWORD, office.title).describe()
        assert email.lower() in {account.email for account in world.worker.accounts()}

    def test_an_account_with_another_password_must_accept_by_himself(self, world: World) -> None:
        office = world.office
        assert isinstance(office, BaserowOffice)
        elsewhere = f"{office.title} 另一处"
        with pytest.raises(LoginRefused) as caught:
            bootstrap(office.url, office.admin, elsewhere, elsewhere, [Member(ZHOU, "周敏", "another-pass-1")])
        assert ZHOU in str(caught.value) and "接受邀请" in str(caught.value)


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
