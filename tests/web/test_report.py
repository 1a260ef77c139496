"""Repairs, complaints, suggestions and IT help from the QR code of a room."""

import io
import threading
from typing import Any

import pytest
from PIL import Image, ImageFile

from automations.engine import Engine, spool
from automations.tables.values import File
from automations.web.photos import NoPicture, redrawn

from .conftest import REPORT, School, receipt_of, text


def photo(width: int = 60, height: int = 40, kind: str = "JPEG", colour: str = "teal", **more: Any) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (width, height), colour).save(out, kind, **more)
    return out.getvalue()


def sent(school: School, files: tuple[bytes, ...] = (), **more: str) -> Any:
    """The form, filled in and sent, with a receipt of its own."""
    data: dict[str, Any] = {**REPORT, "receipt": receipt_of(school.client, school.place), **more}
    data["photos"] = [(io.BytesIO(content), f"IMG_{n}.jpg") for n, content in enumerate(files)]
    answer = school.client.post(school.place, data=data, content_type="multipart/form-data")
    answer.request.environ["wsgi.input"].close()  # the client leaves its temporary file open
    return answer


def test_a_report_becomes_a_row(school: School) -> None:
    page = school.client.get(school.place)
    assert page.status_code == 200 and "学员公寓 3楼 客房301" in text(page)
    answer = sent(school, training_class=str(school.group))
    assert answer.status_code == 303 and answer.headers["Location"].startswith("../a/")
    assert school.rows("issues") == []
    receipt = school.client.get(answer.headers["Location"].removeprefix(".."))
    assert "已收到" in text(receipt) and "GD-2026-0001" in text(receipt)
    school.turn()
    [row] = school.rows("issues")
    assert {name: row[name] for name in REPORT} == REPORT
    wanted = {
        "location": school.room,
        "training_class": school.group,
        "source": "学员扫码",
        "severity": "一般",
        "status": "新建",
        "code": "GD-2026-0001",
        "created_by": "houqin@school.test",
        "photos": (),
    }
    assert {name: row[name] for name in wanted} == wanted


def test_the_four_kinds(school: School) -> None:
    kinds = ["报修", "投诉", "建议", "IT支持"]
    assert [sent(school, kind=kind).status_code for kind in kinds] == [303] * 4
    school.turn()
    assert [r["kind"] for r in school.rows("issues")] == kinds


def test_nobody_is_asked_who_he_is(same_school: School) -> None:
    body = same_school.client.get(same_school.place).get_data(as_text=True)
    fields = {f for f in ("name=", "phone", "tel", "mail") if f'name="{f}' in body or f'type="{f}' in body}
    assert fields == set()
    assert "姓名" not in body.replace("也不问姓名", "")


@pytest.mark.parametrize(
    "field, value, says",
    [
        ("kind", "整改", "请选择要报修"),  # for inspectors only
        ("kind", "", "请选择要报修"),
        ("category", "天气", "请选择与哪方面有关"),
        ("description", " \n ", "请写清楚出了什么问题"),
        ("description", "坏" * 1001, "最多1000字，现在有1001字"),
        ("description", "见附件 秘密★1年", "密级标志"),
    ],
)
def test_what_is_wrong_is_told(same_school: School, field: str, value: str, says: str) -> None:
    answer = sent(same_school, **{field: value})
    assert answer.status_code == 422 and says in text(answer)
    same_school.turn()
    assert same_school.rows("issues") == []


def test_a_class_that_is_not_here_is_left_out(school: School) -> None:
    assert sent(school, training_class="999").status_code == 303
    school.turn()
    assert [r["training_class"] for r in school.rows("issues")] == [None]


def test_pressed_twice_is_one_report(school: School) -> None:
    receipt = receipt_of(school.client, school.place)
    app, start = school.application(), threading.Barrier(8)
    places: list[str] = []

    def send() -> None:
        client = app.test_client()
        data = {**REPORT, "receipt": receipt, "photos": (io.BytesIO(photo()), "a.jpg")}
        start.wait()
        places.append(client.post(school.place, data=data).headers["Location"])

    threads = [threading.Thread(target=send) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(places) == {f"../a/{receipt}"}
    assert len(list(school.spool.iterdir())) == 1, "photos of the others are thrown away"
    school.turn()
    assert len(school.rows("issues")) == 1


def test_a_made_up_mark_opens_nothing(same_school: School) -> None:
    code = same_school.code("locations", same_school.room)
    for address in (f"/r/{code}.0000000000", f"/r/{code}.", f"/r/{code}", "/r/DD-2026-0999.0123456789", "/r/..é"):
        assert same_school.client.get(address).status_code == 404
    other = same_school.place.replace(code, "DD-2026-0001")
    assert same_school.client.get(other).status_code == 404, "a mark is good for its own place only"


def test_while_the_places_are_read_for_the_first_time_it_says_later(school: School) -> None:
    place = school.place
    with school.web_office.mirror.write() as tx:
        tx.drop("locations", [1, 2, 3])
    assert school.client.get(place).status_code == 404
    school.web_office.mirror.set_cursor("locations", None)
    assert school.client.get(place).status_code == 503


def test_a_flood_is_stopped_for_a_minute(school: School) -> None:
    codes = [sent(school).status_code for _ in range(12)]
    assert codes == [303] * 10 + [429] * 2
    school.seconds = 60
    assert sent(school).status_code == 303


# --- photos -----------------------------------------------------------------------------------------------------------
def test_photos_wait_in_the_spool_until_the_host_has_them(school: School) -> None:
    assert sent(school, (photo(), photo(kind="PNG"))).status_code == 303
    assert len(list(school.spool.iterdir())) == 2
    school.turn()
    [row] = school.rows("issues")
    files = row["photos"]
    assert isinstance(files, tuple) and [f.name for f in files if isinstance(f, File)] == ["照片1.jpg", "照片2.jpg"]
    for file in files:
        assert isinstance(file, File)
        assert Image.open(io.BytesIO(school.office.host.download(file))).size == (60, 40)
    assert list(school.spool.iterdir()) == []


def test_killed_after_the_upload_nothing_is_lost_or_doubled(school: School, monkeypatch: pytest.MonkeyPatch) -> None:
    sent(school, (photo(),))

    def die(*args: object) -> None:
        raise SystemExit

    with monkeypatch.context() as patch, pytest.raises(SystemExit):
        patch.setattr(school.office.office.host, "create", die)
        school.turn()
    assert len(list(school.spool.iterdir())) == 1
    school.office.engine = Engine(school.office.office)
    school.turn()
    [row] = school.rows("issues")
    assert len(row["photos"]) == 1 and list(school.spool.iterdir()) == []  # type: ignore[arg-type]


def test_a_lost_photo_holds_nothing_up(school: School) -> None:
    sent(school, (photo(), photo()))
    next(school.spool.iterdir()).unlink()
    school.turn()
    [row] = school.rows("issues")
    assert len(row["photos"]) == 1 and row["remark"] == "（有1张照片在上传前丢失。）"  # type: ignore[arg-type]


def test_the_sweep_leaves_what_is_wanted(school: School, monkeypatch: pytest.MonkeyPatch) -> None:
    wanted, orphan = (spool.keep(school.spool, name, b"x") for name in ("a.jpg", "b.jpg"))
    cells = [{"photos": [{"name": wanted.name, "size": 1, "ref": wanted.ref, "sha256": ""}]}]
    assert spool.sweep(school.spool, cells) == 0, "younger than a day"
    later = spool.time.time() + 90_000
    monkeypatch.setattr(spool.time, "time", lambda: later)
    assert spool.sweep(school.spool, cells) == 1
    assert [str(p) in wanted.ref for p in school.spool.iterdir()] == [True]
    assert orphan.ref != wanted.ref


def test_too_many_and_too_large_photos(same_school: School) -> None:
    assert "最多3张照片，现在选了4张" in text(sent(same_school, (photo(),) * 4))
    assert "不能超过8 MB" in text(sent(same_school, (b"\xff\xd8" + bytes(8_000_000),)))
    assert not same_school.spool.exists()
    same_school.turn()
    assert same_school.rows("issues") == []


def test_fifty_megabytes_are_refused_before_they_are_read(same_school: School) -> None:
    huge = sent(same_school, (bytes(50_000_000),))
    assert huge.status_code == 413 and "内容太大，没有收下" in text(huge)
    assert not same_school.spool.exists()


@pytest.mark.parametrize(
    "content",
    [
        b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
        b"GIF89a" + bytes(100),
        b"%PDF-1.7",
        b"MZ" + bytes(200),
        photo()[:100],
        photo(kind="PNG")[:60],
    ],
    ids=["svg", "gif", "pdf", "exe", "cut jpeg", "cut png"],
)
def test_what_is_no_picture_is_not_kept(same_school: School, content: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", True)  # as WeasyPrint sets it wherever it is loaded
    answer = sent(same_school, (content,))
    assert answer.status_code == 422
    assert "照片" in text(answer)
    assert not same_school.spool.exists()


def test_where_a_photo_was_taken_is_forgotten() -> None:
    exif = Image.Exif()
    exif[0x010F], exif[0x0112] = "SecretPhone", 6  # lies on its side
    exif.get_ifd(0x8825)[2] = (30.0, 48.0, 0.0)
    taken = photo(80, 40, exif=exif.tobytes()) + b"<?php hidden ?>"
    assert b"SecretPhone" in taken
    kept = redrawn(taken)
    assert b"SecretPhone" not in kept and b"php" not in kept
    picture = Image.open(io.BytesIO(kept))
    assert picture.size == (40, 80), "upright"
    assert not picture.getexif()


def test_a_large_photo_becomes_small_and_a_bomb_does_not_go_off() -> None:
    kept = Image.open(io.BytesIO(redrawn(photo(6000, 4000))))
    assert kept.size == (2000, 1333)
    for size in ((9000, 9000), (14_000, 14_000)):
        with pytest.raises(NoPicture, match="尺寸过大"):
            out = io.BytesIO()
            Image.new("1", size).save(out, "PNG")
            redrawn(out.getvalue())


def test_a_see_through_picture_stands_on_white() -> None:
    out = io.BytesIO()
    Image.new("RGBA", (4, 4), (0, 0, 0, 0)).save(out, "PNG")
    assert Image.open(io.BytesIO(redrawn(out.getvalue()))).getpixel((1, 1)) == (255, 255, 255)


# --- the answer -------------------------------------------------------------------------------------------------------
def test_the_receipt_tells_how_it_goes_on(school: School) -> None:
    address = sent(school).headers["Location"].removeprefix("..")
    school.turn()
    [row] = school.rows("issues")
    host = school.office.host
    for cells, says in (
        ({"status": "已派单"}, "状态 已派单"),
        ({"status": "待复核"}, "状态 处理中"),
        ({"status": "挂起", "hold_reason": "等厂家配件，9月10日到货。"}, "等厂家配件，9月10日到货。"),
        ({"status": "已办结", "fix_note": "已更换阀芯。"}, "已更换阀芯。"),
        ({"status": "不予受理", "hold_reason": "不属于学校管理范围。"}, "不属于学校管理范围。"),
    ):
        host.update("issues", {row.id: cells})
        school.web_office.mirror.patch("issues", row.id, cells)
        assert says in text(school.client.get(address))
    assert "这件事没有受理" in text(school.client.get(address))


def test_a_receipt_cannot_be_guessed(same_school: School) -> None:
    assert same_school.client.get(f"/a/{'0' * 32}").status_code == 404
    assert same_school.client.get("/a/GD-2026-0001").status_code == 404
