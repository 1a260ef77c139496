"""Pages from ``report_templates/web/``, which the office may edit, with the headers that every answer carries."""

import base64
import hashlib
import tomllib
from pathlib import Path
from typing import Any

import jinja2
from flask import Response
from jinja2.sandbox import SandboxedEnvironment
from markupsafe import Markup

from automations.errors import TemplateError
from automations.settings import HOUSE

HEADERS = {
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",  # the address of a page holds its token
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "X-Robots-Tag": "noindex, nofollow",
}


def folder() -> Path:
    """Where the pages lie: in the checkout, or inside the installed package."""
    places = (HOUSE / "report_templates" / "web", Path(__file__).parent.parent / "_data" / "report_templates" / "web")
    for place in places:
        if (place / "frame.html").is_file():
            return place
    raise TemplateError("找不到网页模板。请确认 report_templates/web/frame.html 存在。")


class Pages:
    """Fills the templates; every page is one self-contained file without scripts."""

    def __init__(self, place: Path | None = None) -> None:
        place = place or folder()
        self._environment = SandboxedEnvironment(
            loader=jinja2.FileSystemLoader(place),
            undefined=jinja2.StrictUndefined,
            autoescape=True,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        style = (place / "style.css").read_text("utf-8")
        self._environment.globals.update(style=Markup(style))  # ours: it holds nothing of what people typed
        digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
        self._policy = (
            f"default-src 'none'; style-src 'sha256-{digest}'; img-src 'self'; "
            "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
        )
        self._words = tomllib.loads((place / "notices.toml").read_text("utf-8"))

    def show(self, name: str, status: int = 200, **data: Any) -> Response:
        """A page from its template."""
        text = self._environment.get_template(f"{name}.html").render(**data)
        return Response(text, status, mimetype="text/html")

    def notice(self, name: str, status: int, **data: Any) -> Response:
        """A page that only says something: the words are in ``notices.toml``."""
        words = self._words[name]
        said = {part: str(words[part]).format_map(data) for part in ("page", "title", "text")}
        return self.show("notice", status, mood=words["mood"], **said, **data)

    def sealed(self, response: Response) -> Response:
        """The answer with its headers."""
        response.headers.update(HEADERS)
        response.headers["Content-Security-Policy"] = self._policy
        return response
