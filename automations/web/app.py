"""The addresses of the public pages: ``/s`` surveys, ``/r`` reports, ``/a`` receipts, ``/health``.

No session and no cookie: there is nothing that another page could misuse in somebody's name. A page changes something
only by POST, and only once for each slip or receipt.
"""

import hmac
import logging
import re
import secrets
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from flask import Flask, Response, request
from werkzeug.datastructures import FileStorage
from werkzeug.exceptions import HTTPException

from automations.engine import Office, spool
from automations.errors import HouqinError
from automations.tables.values import File
from automations.web import forms, photos, tokens
from automations.web.inbox import ANSWERS, REPORTS, Inbox
from automations.web.limits import Limits
from automations.web.pages import Pages
from automations.web.school import STAGES, Place, School, Survey, mark
from automations.workdays import local_date

log = logging.getLogger("houqin")

MOST_TYPED = 150_000
"""Bytes of everything but photos on one page."""
MOST_SENT = photos.MOST_PHOTOS * photos.MOST_BYTES + 1_000_000
_TYPED, _WITH_FILES = "application/x-www-form-urlencoded", "multipart/form-data"
_RECEIPT = re.compile(r"[0-9a-f]{32}")


class Desk:
    """Answers one visitor at a time, in any number of threads.

    Args:
        office: To look at only: its host is never asked.
        waiting: Folder for photos until the worker takes them.
        clock: What time it is.
    """

    def __init__(self, office: Office, waiting: Path, clock: Callable[[], datetime], limits: Limits) -> None:
        self._tables, self._waiting, self._clock, self._limits = office.schema, waiting, clock, limits
        self._school = School(office)
        self.inbox = Inbox(office.journal, office.schema)
        self.pages = Pages()

    def notice(self, name: str, status: int = 200, **data: Any) -> Response:
        """A page that only says something."""
        return self.pages.notice(name, status, school=self._name(), **data)

    def trouble(self, name: str, status: int) -> Response:
        """The same when nothing can be looked up any more."""
        return self.pages.notice(name, status, school="")

    def _name(self) -> str:
        return self._school.name(local_date(self._clock()))

    # --- surveys ----------------------------------------------------------------------------------------------------
    def code_page(self) -> Response:
        """Where somebody types the code of his slip whose camera does not read it."""
        typed = request.form.get("code", "") if request.method == "POST" else ""
        if token := tokens.read_token(typed):
            return _see_other(f"s/{token}")
        wrong = "答卷码是16位数字和字母，请对照纸条再输一次。" if request.method == "POST" else ""
        return self.pages.show("code", 422 if wrong else 200, school=self._name(), typed=typed[:40], wrong=wrong)

    def survey(self, typed_token: str) -> Response:
        """The survey of one slip. Only sending it uses the slip: looking at it, as link checkers do, does not."""
        token = tokens.read_token(typed_token)
        slip = self.inbox.slip(token) if token else None
        if slip is None:
            return self._unknown("unknown_slip")
        if slip.state != "open":
            return self.notice("used" if slip.state == "used" else "void", 410)
        now = self._clock()
        today = local_date(now)
        survey = self._school.survey(slip.class_code, today)
        if survey is None:
            return self.notice("later", 503)
        if survey.called_off or today > survey.closes:
            return self.notice("closed", 410, of=survey.title, day=_day(survey.closes))
        if today < survey.opens:
            return self.notice("early", 403, of=survey.title, day=_day(survey.opens))
        if request.method != "POST":
            return self._survey_page(survey, forms.Typed())
        page = forms.read_answer(request.form, self._tables[ANSWERS], survey, now)
        if page.problems:
            return self._survey_page(survey, page)
        return self.notice("thanks" if self.inbox.answer(token, page.cells, now) else "used")

    def _survey_page(self, survey: Survey, page: forms.Typed) -> Response:
        table = self._tables[ANSWERS]
        return self.pages.show(
            "survey",
            422 if page.problems else 200,
            school=self._name(),
            survey=survey,
            closes=_day(survey.closes),
            questions=[(table[name].title, table[name]) for name in forms.QUESTIONS],
            most=forms.MOST_COMMENT,
            page=page,
        )

    # --- reports ----------------------------------------------------------------------------------------------------
    def report(self, code: str, shown_mark: str) -> Response:
        """The form of one place."""
        known = hmac.compare_digest(mark(self.inbox.key, code).encode(), shown_mark.encode())
        place = self._school.place(code) if known else None
        if known and place is None and not self._school.has_read("locations"):
            return self.notice("later", 503)
        if place is None:
            return self._unknown("unknown_place")
        classes = self._school.classes_of(local_date(self._clock()))
        if request.method != "POST":
            return self._report_page(place, classes, forms.Typed(), secrets.token_hex(16))
        receipt = request.form.get("receipt", "")
        receipt = receipt if _RECEIPT.fullmatch(receipt) else secrets.token_hex(16)
        if self.inbox.code_of(receipt) is None:
            if not self._may_report(place):
                return self.notice("too_many", 429)
            page = forms.read_report(request.form, self._tables[REPORTS], place, classes)
            pictures = self._pictures(page)
            if page.problems:
                return self._report_page(place, classes, page, receipt)
            self._take(receipt, page, pictures)
        return _see_other(f"../a/{receipt}")

    def _may_report(self, place: Place) -> bool:
        return self._limits.allow(address=(request.remote_addr or "", 10), place=(place.code, 10), all=("", 60))

    def _pictures(self, page: forms.Typed) -> list[bytes]:
        """The photos as they may be kept; what is wrong with them goes onto the page."""
        sent = [content for file in request.files.getlist("photos") if (content := _content(file))]
        if len(sent) > photos.MOST_PHOTOS:
            page.problems["photos"] = f"最多{photos.MOST_PHOTOS}张照片，现在选了{len(sent)}张。"
        elif any(len(content) > photos.MOST_BYTES for content in sent):
            page.problems["photos"] = "每张照片不能超过8 MB，请选小一点的照片。"
        elif not page.problems:
            try:
                return [photos.redrawn(content) for content in sent]
            except photos.NoPicture as wrong:
                page.problems["photos"] = str(wrong)
        if sent and "photos" not in page.problems:
            page.said["photos"] = "照片需要重新选一次。"
        return []

    def _take(self, receipt: str, page: forms.Typed, pictures: list[bytes]) -> None:
        """Photos to the disk first, then the row: killed in between, a sweep finds what nobody wants."""
        kept: tuple[File, ...] = tuple(
            spool.keep(self._waiting, f"照片{n}.jpg", picture) for n, picture in enumerate(pictures, 1)
        )
        if not self.inbox.report(receipt, {**page.cells, "photos": kept}, self._clock()):
            spool.clear({"photos": kept})

    def _report_page(self, place: Place, classes: list[tuple[int, str]], page: forms.Typed, receipt: str) -> Response:
        return self.pages.show(
            "report",
            422 if page.problems else 200,
            school=self._name(),
            place=place,
            classes=classes,
            kinds=forms.KINDS,
            categories=self._tables[REPORTS]["category"].options,
            most=forms.MOST_DESCRIPTION,
            page=page,
            receipt=receipt,
        )

    def receipt(self, receipt: str) -> Response:
        """Where a report stands, for whoever kept the address of its receipt."""
        code = self.inbox.code_of(receipt) if _RECEIPT.fullmatch(receipt) else None
        if code is None:
            return self._unknown("unknown_receipt")
        return self.pages.show("receipt", school=self._name(), stages=STAGES, report=self._school.report(code))

    # --- the rest ---------------------------------------------------------------------------------------------------
    def health(self) -> Response:
        """For whoever watches the machine: the stores can be read."""
        self._name()
        self.inbox.code_of("")
        return Response("ok\n", mimetype="text/plain")

    def _unknown(self, name: str) -> Response:
        """What nobody issued; whoever tries many in a minute is put off."""
        if not self._limits.allow(guess=(request.remote_addr or "", 20), guesses=("", 600)):
            return self.notice("too_many", 429)
        return self.notice(name, 404)


def application(office: Office, waiting: Path, clock: Callable[[], datetime], limits: Limits | None = None) -> Flask:
    """The WSGI application."""
    desk = Desk(office, waiting, clock, limits or Limits())
    app = Flask("houqin", static_folder=None, template_folder=None)
    app.config.update(MAX_CONTENT_LENGTH=MOST_SENT, MAX_FORM_MEMORY_SIZE=MOST_TYPED, MAX_FORM_PARTS=24)
    both = ["GET", "POST"]
    app.add_url_rule("/", "door", lambda: desk.notice("door"))
    app.add_url_rule("/s", "code", desk.code_page, methods=both)
    app.add_url_rule("/s/<typed_token>", "survey", desk.survey, methods=both)
    app.add_url_rule("/r/<code>.<shown_mark>", "report", desk.report, methods=both)
    app.add_url_rule("/a/<receipt>", "receipt", desk.receipt)
    app.add_url_rule("/health", "health", desk.health)
    app.add_url_rule("/favicon.ico", "icon", lambda: Response(status=204))

    @app.before_request
    def only_forms() -> Response | None:
        if request.method == "POST" and request.mimetype not in (_TYPED, _WITH_FILES):
            return desk.trouble("not_a_form", 415)
        if request.mimetype == _TYPED or not request.path.startswith("/r/"):  # such a form is read at once, into memory
            request.max_content_length = MOST_TYPED
        return None

    @app.errorhandler(HTTPException)
    def refused(error: HTTPException) -> Response:
        status = error.code or 500
        return desk.trouble({404: "nothing", 413: "too_large"}.get(status, "refused"), status)

    @app.errorhandler(HouqinError)
    def down(error: HouqinError) -> Response:
        log.error("网页暂时不能用：%s", error.message)
        return desk.trouble("later", 503)

    @app.errorhandler(Exception)
    def fault(error: Exception) -> Response:
        # The path holds a token and is not written down.
        log.error("网页程序出错，请把以下内容交给信息科", exc_info=error)
        return desk.trouble("later", 500)

    app.after_request(desk.pages.sealed)
    return app


def _content(file: FileStorage) -> bytes:
    """At most a byte more than is allowed; an empty field of a form sends an empty file."""
    return file.stream.read(photos.MOST_BYTES + 1)


def _see_other(place: str) -> Response:
    """To a page beside this one, wherever a proxy has put them."""
    return Response(status=303, headers={"Location": place})


def _day(day: Any) -> str:
    return f"{day.month}月{day.day}日"
