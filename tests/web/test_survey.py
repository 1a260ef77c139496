"""The survey of a class: one slip, one answer, nobody's name."""

import json
import threading
from datetime import date, datetime

import pytest

from automations import intents
from automations.engine import Engine
from automations.errors import HostUnavailable, HouqinError
from automations.web import tokens

from .conftest import ANSWER, TODAY, School, text


def test_an_answer_becomes_a_row(school: School) -> None:
    [token] = school.slips()
    page = school.client.get(f"/s/{token}")
    assert page.status_code == 200
    assert "第42期中青年干部培训班" in text(page) and "9月4日截止" in text(page)
    sent = school.client.post(f"/s/{token}", data=ANSWER)
    assert (sent.status_code, "谢谢，已收到您的答卷" in text(sent)) == (200, True)
    assert school.rows("survey_responses") == [], "the page itself writes nothing on the host"
    school.turn()
    [row] = school.rows("survey_responses")
    assert {name: row[name] for name in ANSWER} == ANSWER
    assert row["training_class"] == school.group
    assert row["code"] == "WJ-2026-0001"
    assert row["token"] and token not in str(row["token"]).replace("-", ""), "a code of its own"
    assert isinstance(row["submitted_at"], datetime)
    school.turn()
    assert len(school.rows("survey_responses")) == 1


def test_a_slip_is_used_once_and_kindly_says_so(school: School) -> None:
    [token] = school.slips()
    school.client.post(f"/s/{token}", data=ANSWER)
    for again in (school.client.get(f"/s/{token}"), school.client.post(f"/s/{token}", data=ANSWER)):
        assert (again.status_code, "已经提交过了" in text(again)) == (410, True)
    school.turn()
    assert len(school.rows("survey_responses")) == 1


def test_looking_at_a_page_uses_nothing(school: School) -> None:
    [token] = school.slips()
    for method in ("GET", "HEAD", "OPTIONS"):
        school.client.open(f"/s/{token}", method=method)
    assert "谢谢" in text(school.client.post(f"/s/{token}", data=ANSWER))


@pytest.mark.parametrize(
    "day, status, says",
    [
        (date(2026, 9, 1), 200, "满意度问卷"),
        (date(2026, 9, 4), 200, "满意度问卷"),  # Friday, the third working day after
        (date(2026, 9, 5), 410, "已于9月4日截止"),
        (date(2026, 8, 31), 403, "从9月1日开始填写"),
    ],
)
def test_the_window_is_from_the_last_day_of_the_class(school: School, day: date, status: int, says: str) -> None:
    [token] = school.slips()
    clock = school.office.clock
    clock.now = clock.now.replace(year=day.year, month=day.month, day=day.day)
    page = school.client.get(f"/s/{token}")
    assert (page.status_code, says in text(page)) == (status, True)
    sent = school.client.post(f"/s/{token}", data=ANSWER)
    assert sent.status_code == status


def test_the_window_ends_at_midnight_in_the_school(school: School) -> None:
    [token] = school.slips()
    school.office.clock.now = datetime.fromisoformat("2026-09-04T23:59:59+08:00")
    assert school.client.get(f"/s/{token}").status_code == 200
    school.office.clock.pass_by(seconds=1)
    assert school.client.get(f"/s/{token}").status_code == 410


def test_the_window_follows_the_parameter(school: School) -> None:
    """Weekends and the National Day holidays are no working days: 30 September + 3 is 10 October (调休)."""
    late = school.add_class("国庆前一班", date(2026, 9, 30))
    school.turn()
    [token] = school.slips(group=late)
    clock = school.office.clock
    clock.now = datetime.fromisoformat("2026-10-10T09:00:00+08:00")
    assert school.client.get(f"/s/{token}").status_code == 200
    clock.now = datetime.fromisoformat("2026-10-11T09:00:00+08:00")
    assert school.client.get(f"/s/{token}").status_code == 410


def test_a_class_that_was_called_off_is_not_asked(school: School) -> None:
    group = school.add_class("没有开成的班", TODAY, status="筹备")
    school.turn()
    [token] = school.slips(group=group)
    assert school.client.get(f"/s/{token}").status_code == 200
    school.call_off(group)
    assert school.client.get(f"/s/{token}").status_code == 410


def test_what_is_missing_is_told_and_what_was_typed_stays(school: School) -> None:
    [token] = school.slips()
    half = {**ANSWER, "catering": ""}
    del half["service"]
    sent = school.client.post(f"/s/{token}", data=half)
    body = sent.get_data(as_text=True)
    assert sent.status_code == 422
    assert "请改好下面2处" in text(sent)
    assert "请选择“餐饮”一项" in text(sent) and "请选择“服务态度”一项" in text(sent)
    assert body.count(" checked") == 4 and ANSWER["comment"] in body
    assert "谢谢" in text(school.client.post(f"/s/{token}", data=ANSWER)), "the slip is still good"


@pytest.mark.parametrize("field", ["lodging", "comment"])
def test_only_the_answers_of_the_page_are_taken(school: School, field: str) -> None:
    [token] = school.slips()
    wrong = {"lodging": "棒极了", "comment": "机密★ 不能写在这里"}[field]
    sent = school.client.post(f"/s/{token}", data={**ANSWER, field: wrong})
    assert sent.status_code == 422
    assert "密级标志" in text(sent) or field == "lodging"
    assert "机密★" not in (school.folder / "journal.db").read_bytes().decode("utf-8", "ignore")


def test_guessing_finds_nothing_and_is_put_off(school: School) -> None:
    [token] = school.slips()
    near = token[:-1] + ("0" if token[-1] != "0" else "1")
    assert school.client.get(f"/s/{near}").status_code == 404
    codes = [school.client.get(f"/s/{tokens.new_token()}").status_code for _ in range(40)]
    assert set(codes) == {404, 429} and codes.count(404) <= 20
    assert school.client.get(f"/s/{token}").status_code == 200, "a neighbour behind the same address is let in"
    school.seconds = 60
    assert school.client.get(f"/s/{near}").status_code == 404, "a minute later"


def test_a_code_may_be_typed_in_any_shape(school: School) -> None:
    [token] = school.slips()
    typed = "-".join(token[i : i + 4] for i in range(0, 16, 4)).lower().replace("0", "o").replace("1", "l")
    sent = school.client.post("/s", data={"code": f" {typed} "})
    assert (sent.status_code, sent.headers["Location"]) == (303, f"s/{token}")
    assert school.client.get(f"/s/{typed}").status_code == 200
    wrong = school.client.post("/s", data={"code": "12345"})
    assert (wrong.status_code, "答卷码是16位" in text(wrong)) == (422, True)


def test_twenty_at_once_make_one_row(school: School) -> None:
    [token] = school.slips()
    app, start = school.application(), threading.Barrier(20)
    said: list[str] = []

    def send() -> None:
        client = app.test_client()
        start.wait()
        said.append(text(client.post(f"/s/{token}", data=ANSWER)))

    threads = [threading.Thread(target=send) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum("谢谢，已收到" in page for page in said) == 1
    assert sum("已经提交过了" in page for page in said) == 19
    school.turn()
    assert len(school.rows("survey_responses")) == 1
    assert school.office.office.journal.verify().ok


def test_a_whole_class_at_once(school: School) -> None:
    made = school.slips(45)
    app = school.application()
    threads = [threading.Thread(target=lambda t=t: app.test_client().post(f"/s/{t}", data=ANSWER)) for t in made]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    school.turn()
    assert len({r["code"] for r in school.rows("survey_responses")}) == 45


def test_killed_between_the_use_and_the_row(school: School, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever is killed, a used slip has its wanted row, and a row once added is not added again."""
    first, second = school.slips(2)

    def die(*args: object) -> None:
        raise SystemExit

    with monkeypatch.context() as patch, pytest.raises(SystemExit):
        patch.setattr(intents, "plan", die)
        school.inbox.answer(first, {"lodging": "满意"}, school.office.clock())
    assert school.inbox.slip(first) == tokens.Slip("BC-2026-0001", "open"), "taken back with the rest"

    assert "谢谢" in text(school.client.post(f"/s/{second}", data=ANSWER))
    with monkeypatch.context() as patch, pytest.raises(SystemExit):
        patch.setattr(intents, "done", die)
        school.turn()
    assert len(school.rows("survey_responses")) == 1
    school.office.engine = Engine(school.office.office)
    school.turn()
    school.turn()
    assert [r["code"] for r in school.rows("survey_responses")] == ["WJ-2026-0001"]


def test_a_host_that_is_away_loses_nothing(school: School, monkeypatch: pytest.MonkeyPatch) -> None:
    [token] = school.slips()
    assert "谢谢" in text(school.client.post(f"/s/{token}", data=ANSWER))
    with monkeypatch.context() as patch:
        patch.setattr(school.office.office.host, "create", _away)
        with pytest.raises(AssertionError, match="没有应答"):
            school.turn()
    assert school.rows("survey_responses") == []
    school.turn()
    assert len(school.rows("survey_responses")) == 1


def _away(*args: object) -> None:
    raise HostUnavailable("表格没有应答")


def test_nothing_leads_from_a_slip_to_its_answer(school: School) -> None:
    """Not even for somebody who has the journal's store and photographed every slip."""
    [token] = school.slips()
    school.client.post(f"/s/{token}", data=ANSWER)
    hashes = [tokens._hash(kind, token) for kind in ("slip", "receipt")]
    with school.web_office.journal.store.read() as connection:
        names = [n for (n,) in connection.exec_driver_sql("select name from sqlite_master where type='table'")]
        holding = {n for n in names for row in connection.exec_driver_sql(f'select * from "{n}"') if token in str(row)}
        assert holding == set(), "the token itself is kept nowhere"
        holding = {
            n for n in names for row in connection.exec_driver_sql(f'select * from "{n}"') if hashes[0] in str(row)
        }
        assert holding == {"survey_slips"}, "its hash stands beside no answer"
        [slip] = connection.exec_driver_sql("select * from survey_slips")
        assert slip == (hashes[0], "BC-2026-0001", "used"), "no time that could be compared with an answer's"
    school.turn()
    [row] = school.rows("survey_responses")
    assert token not in json.dumps([str(v) for v in row.values.values()])


def test_a_second_set_is_refused_and_a_new_one_voids_the_old(school: School) -> None:
    code, now = school.code("training_classes", school.group), school.office.clock()
    made = school.inbox.issue(code, 3, fresh=True, again=False, now=now)
    school.client.post(f"/s/{made[0]}", data=ANSWER)
    with pytest.raises(HouqinError, match="这个班已发过3张（已用1张）"):
        school.inbox.issue(code, 3, fresh=True, again=False, now=now)
    assert len(school.inbox.issue(code, 1, fresh=False, again=False, now=now)) == 1
    anew = school.inbox.issue(code, 3, fresh=True, again=True, now=now)
    assert len(anew) == 2, "one has answered already"
    old = school.client.get(f"/s/{made[1]}")
    assert (old.status_code, "已换新" in text(old)) == (410, True)
    assert school.client.get(f"/s/{anew[0]}").status_code == 200
    issued = [e.data for e in school.office.office.journal.entries(kind="survey_slips")]
    assert issued == [{"issued": 3, "voided": 0}, {"issued": 1, "voided": 0}, {"issued": 2, "voided": 3}]


def test_it_works_while_the_worker_writes(school: School) -> None:
    """The worker is in the middle of a transaction: the page waits for it and is not lost."""
    [token] = school.slips()
    said: list[str] = []
    client = school.application().test_client()
    with school.office.office.journal.write():
        thread = threading.Thread(target=lambda: said.append(text(client.post(f"/s/{token}", data=ANSWER))))
        thread.start()
        thread.join(0.3)
        assert said == []
    thread.join(10)
    assert "谢谢" in said[0]
