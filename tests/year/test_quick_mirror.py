"""The mirror that lies in memory as well: whatever is written, it answers as the SQL tables do."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from automations.demo.year.quick_mirror import QuickMirror
from automations.mirror import Mirror
from automations.tables.base import Row
from tests.office_tables import SCHEMA, claim

IDS = st.integers(1, 6)
STATUS = st.sampled_from(["草稿", "待审", "办结", None])
DEEDS = st.lists(
    st.one_of(
        st.tuples(st.just("put"), IDS, STATUS, st.one_of(st.none(), IDS)),
        st.tuples(st.just("patch"), IDS, STATUS, st.one_of(st.none(), IDS)),
        st.tuples(st.just("drop"), IDS, st.none(), st.none()),
        st.tuples(st.just("fail"), IDS, STATUS, st.none()),
    ),
    max_size=14,
)


@settings(max_examples=40, deadline=None)
@given(DEEDS)
def test_it_answers_as_sql_does(deeds: list[tuple[str, int, str | None, int | None]]) -> None:
    quick = QuickMirror("sqlite:///:memory:", SCHEMA)
    for what, row_id, status, parent in deeds:
        values: dict[str, Any] = {"status": status, "parent": parent}
        if what == "put":
            quick.put("claims", [claim(row_id, **values)])
        elif what == "patch":
            quick.patch("claims", row_id, values, "s2")
        elif what == "drop":
            quick.drop("claims", [row_id])
        else:
            try:
                with quick.write() as tx:
                    tx.put("claims", [claim(row_id, **values)])
                    raise KeyError
            except KeyError:
                pass
        _alike(quick)
    quick.close()


def _alike(quick: QuickMirror) -> None:
    def shown(rows: list[Row]) -> list[object]:
        return [(r.id, r.values, r.born, r.stamp) for r in rows]

    for one, other in (
        (quick.select("claims"), Mirror.select(quick, "claims")),
        (quick.select("claims", status="待审"), Mirror.select(quick, "claims", status="待审")),
        (quick.select("claims", status=(None, "草稿")), Mirror.select(quick, "claims", status=(None, "草稿"))),
        (quick.living("claims", range(9)), Mirror.living(quick, "claims", range(9))),
    ):
        assert shown(one) == shown(other)
    assert quick.column("claims", "parent") == Mirror.column(quick, "claims", "parent")
    assert quick.ids("claims") == Mirror.ids(quick, "claims")
    assert quick.count("claims") == Mirror.count(quick, "claims")
    linked, there = quick.linked("claims", "parent", range(9)), Mirror.linked(quick, "claims", "parent", range(9))
    assert {k: shown(v) for k, v in linked.items()} == {k: shown(v) for k, v in there.items()}


AGENDA = st.lists(
    st.tuples(st.sampled_from(["new", "changed", "gone", "settle", "fail"]), IDS, STATUS, st.sampled_from(["", "b1"])),
    max_size=14,
)
START = datetime(2026, 9, 1, 8, tzinfo=UTC)


@settings(max_examples=40, deadline=None)
@given(AGENDA)
def test_its_agenda_is_that_of_sql(deeds: list[tuple[str, int, str | None, str]]) -> None:
    quick, plain = QuickMirror("sqlite:///:memory:", SCHEMA), Mirror("sqlite:///:memory:", SCHEMA)
    for n, (what, row_id, status, born) in enumerate(deeds):
        row = Row(row_id, claim(row_id, status=status).values, born, f"s{n}")
        for mirror in (quick, plain):
            _noticed(mirror, what, row, START + timedelta(minutes=n // 2))
        assert _waiting(quick) == _waiting(plain)
        assert [(r.id, r.stamp) for r in quick.rows("claims", range(9))] == [
            (r.id, r.stamp) for r in plain.rows("claims", range(9))
        ]
    quick.close()
    plain.close()


def _noticed(mirror: Mirror, what: str, row: Row, now: datetime) -> None:
    if what == "settle":
        seen = mirror.agenda()
        with mirror.write() as tx:  # the first of them changes again, so only the others are done with
            tx.queue("claims", [(row, None)], now)
        return mirror.settle(seen)
    with suppress(KeyError), mirror.write() as tx:
        if what == "gone":
            tx.queue_gone("claims", [row], now)
        else:
            tx.queue("claims", [(row, None if what == "new" else claim(row.id, status="草稿"))], now)
        if what == "fail":
            raise KeyError
    return None


def _waiting(mirror: Mirror) -> list[object]:
    return [(i.row_id, i.born, i.before, i.gone, i.first_seen, i.last and i.last.values) for i in mirror.agenda()]
