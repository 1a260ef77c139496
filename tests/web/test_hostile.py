"""What people and machines send who mean no good, and what every answer carries."""

import io
from collections.abc import Callable

import pytest

from automations.errors import StoreError
from automations.web import forms
from automations.web.limits import Limits
from automations.web.photos import MOST_PHOTOS

from .conftest import ANSWER, REPORT, School, receipt_of, text

TRICKS = {
    "a script": ("<script>alert(1)</script>灯坏了，请修", "alert(1)灯坏了，请修"),
    "a picture": ("<img src=x onerror=alert(1)>灯坏了", "灯坏了"),
    "not a tag": ("水温<20度，>15度；a < b", "水温<20度，>15度；a < b"),
    "right to left": ("请付\u202e0001\u202c元", "请付0001元"),
    "hidden": ("灯\u200b坏\ufeff了\x00\x1b[31m", "灯坏了[31m"),
    "emoji stay whole": ("灯坏了👨\u200d🔧", "灯坏了👨\u200d🔧"),
    "a formula": ('=HYPERLINK("http://evil","点我")', '＝HYPERLINK("http://evil","点我")'),
    "another": ("@SUM(1+1)*cmd|'/C calc'!A0", "＠SUM(1+1)*cmd|'/C calc'!A0"),
    "half a pair": ("灯坏了\ud83d", "灯坏了"),
    "line ends": ("一\r\n二\r三\n\n\n\n四", "一\n二\n三\n\n四"),
}


@pytest.mark.parametrize("typed, kept", TRICKS.values(), ids=TRICKS.keys())
def test_text_is_kept_as_plain_text(typed: str, kept: str) -> None:
    assert forms.plain(typed) == kept
    assert forms.plain(kept) == kept


def test_a_script_runs_nowhere(school: School) -> None:
    evil = '<script>alert(1)</script> & "quoted" \' <b'
    data = {**REPORT, "description": evil, "kind": "", "receipt": '"><script>'}
    body = school.client.post(school.place, data=data).get_data(as_text=True)
    assert "<script" not in body and "&lt;b" in body and "&#34;quoted&#34;" in body
    school.office.host.update("training_classes", {school.group: {"name": "<script>alert(2)</script>班"}})
    school.turn()
    [token] = school.slips()
    body = school.client.get(f"/s/{token}").get_data(as_text=True)
    assert "<script" not in body and "&lt;script&gt;alert(2)" in body
    odd = school.client.get("/s/<script>alert(3)<script>")
    assert "<script" not in odd.get_data(as_text=True)


def test_a_hundred_kilobytes_are_refused(same_school: School) -> None:
    [token] = same_school.slips()
    for address, data in ((f"/s/{token}", ANSWER), (same_school.place, REPORT)):
        for kind in ("application/x-www-form-urlencoded", "multipart/form-data"):
            long = {**data, "comment": "长" * 50_000, "description": "长" * 50_000}
            answer = same_school.client.post(address, data=long, content_type=kind)
            assert answer.status_code in (413, 422) and len(answer.data) < 30_000
            assert "内容太大" in text(answer) or "最多1000字，现在有50000字" in text(answer)
    same_school.turn()
    assert same_school.rows("issues") == same_school.rows("survey_responses") == []
    assert same_school.client.get(f"/s/{token}").status_code == 200


def test_a_thousand_fields_are_refused(same_school: School) -> None:
    answer = same_school.client.post(
        same_school.place, data={f"x{i}": "1" for i in range(1000)}, content_type="multipart/form-data"
    )
    assert answer.status_code == 413


@pytest.mark.parametrize("kind", ["application/json", "text/plain", "application/octet-stream", ""])
def test_only_forms_are_read(same_school: School, kind: str) -> None:
    [token] = same_school.slips()
    for address in (f"/s/{token}", same_school.place, "/s"):
        answer = same_school.client.post(address, data=b'{"lodging":"x"}', content_type=kind)
        assert answer.status_code == 415
    assert same_school.client.get(f"/s/{token}").status_code == 200


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "TRACE", "CONNECT"])
def test_other_methods_are_refused(same_school: School, method: str) -> None:
    answer = same_school.client.open(same_school.place, method=method)
    assert answer.status_code == 405
    assert "Traceback" not in answer.get_data(as_text=True)


@pytest.mark.parametrize(
    "address",
    ["/../etc/passwd", "/r/../../x", "/static/x", "/s/%00", "/s/" + "A" * 5000, "/a/%ff%fe", "/r/%E2%80%AE.x", "//s//"],
)
def test_odd_addresses_find_nothing(same_school: School, address: str) -> None:
    assert same_school.client.get(address).status_code in (404, 308)


def test_a_broken_upload_is_no_fault_of_ours(same_school: School) -> None:
    for body in (b"", b"--x", b'--x\r\nContent-Disposition: form-data; name="kind"\r\n\r\n', b"\xff" * 1000):
        answer = same_school.client.post(same_school.place, data=body, content_type="multipart/form-data; boundary=x")
        assert answer.status_code in (400, 413, 422)
    assert same_school.client.post(same_school.place, data=b"x", content_type="multipart/form-data").status_code in (
        400,
        422,
    )


def test_files_in_other_fields_are_not_read(school: School) -> None:
    data = {**REPORT, "receipt": receipt_of(school.client, school.place), "x": (io.BytesIO(b"MZ"), "x.exe")}
    assert school.client.post(school.place, data=data).status_code == 303
    school.turn()
    assert [r["photos"] for r in school.rows("issues")] == [()]
    assert MOST_PHOTOS == 3


def test_every_answer_is_sealed(same_school: School) -> None:
    [token] = same_school.slips()
    for address in (f"/s/{token}", "/s", same_school.place, "/", "/health", "/nowhere", f"/a/{'0' * 32}"):
        headers = same_school.client.get(address).headers
        policy = headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy and "frame-ancestors 'none'" in policy and "script" not in policy
        assert headers["Referrer-Policy"] == "no-referrer"
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Cache-Control"] == "no-store"
        assert "Set-Cookie" not in headers
        assert "Access-Control-Allow-Origin" not in headers


def test_pages_call_nobody(same_school: School) -> None:
    [token] = same_school.slips()
    for address in (f"/s/{token}", same_school.place, "/s", "/"):
        body = same_school.client.get(address).get_data(as_text=True)
        assert not any(mark in body for mark in ("http://", "https://", "src=", "@import", "url(", "<link", "<script"))
        assert 'style="' not in body, "the policy lets only the page's own style in"


def test_a_store_in_trouble_says_later_and_keeps_the_slip(
    school: School, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    [token] = school.slips()

    def full(*args: object, **more: object) -> None:
        raise StoreError("磁盘已满")

    with monkeypatch.context() as patch:
        patch.setattr("automations.web.tokens.use", full)
        answer = school.client.post(f"/s/{token}", data=ANSWER)
    assert (answer.status_code, "系统正忙" in text(answer)) == (503, True)
    assert "磁盘已满" in caplog.text and token not in caplog.text
    assert "谢谢" in text(school.client.post(f"/s/{token}", data=ANSWER))


def test_a_fault_of_ours_shows_nothing_and_writes_no_token_down(
    same_school: School, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    [token] = same_school.slips()

    def broken(*args: object, **more: object) -> None:
        raise ZeroDivisionError("secret detail")

    monkeypatch.setattr("automations.web.forms.read_answer", broken)
    answer = same_school.client.post(f"/s/{token}", data=ANSWER)
    assert answer.status_code == 500 and "secret" not in answer.get_data(as_text=True)
    assert "secret detail" in caplog.text and token not in caplog.text


def test_addresses_are_forgotten_with_the_minute() -> None:
    now = [0.0]
    limits = Limits(lambda: now[0])
    hit: Callable[[str], bool] = lambda who: limits.allow(address=(who, 2))  # noqa: E731
    assert [hit("10.0.0.7"), hit("10.0.0.7"), hit("10.0.0.7"), hit("10.0.0.8")] == [True, True, False, True]
    assert "10.0.0" not in repr(vars(limits))
    first = set(limits._counts)
    now[0] = 60.0
    assert hit("10.0.0.7")
    assert not first & set(limits._counts)


def test_no_proxy_header_is_believed_by_the_pages_themselves(school: School) -> None:
    """The server in front decides who is asking (``trusted_proxy``); a header alone changes nothing."""
    codes = []
    for n in range(12):
        data = {**REPORT, "receipt": receipt_of(school.client, school.place)}
        headers = {"X-Forwarded-For": f"1.2.3.{n}"}
        codes.append(school.client.post(school.place, data=data, headers=headers).status_code)
    assert codes.count(429) == 2
