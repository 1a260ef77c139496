"""A WeCom that answers as its documentation describes: HTTP 200 to everything, and an ``errcode``.

Not the real server: nobody here has one. Sources: developer.work.weixin.qq.com
document/path/90236, 99110, 90454, 90455.
"""

import json
import threading
import time
from collections import deque
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

CORP, SECRET, AGENT, ROBOT = "ww-school", "app-s3cret", 1000002, "robot-k3y"


class WeComDouble:
    """The server and what a test may look at or change.

    Attributes:
        members: User ids inside the application's visible range.
        inbox: (user id or ``group``, message body) in order of arrival; duplicates are dropped as WeCom does.
        script: Answers to give first, in order: an errcode, ``"html"``, ``"list"``, ``"hang"``, ``"redirect"``,
            ``"usual"`` for the answer it would give anyway.
        calls: Paths in order.
        renewals: Tokens handed out.
        robot_limit: Messages a robot may post in a minute before 45009.
        dropped: What a member had too much of, in a minute or an hour: answered with 0 and thrown away, as WeCom does.
        clock: Seconds, for the limits and the duplicate check.
        watch: Told (point, who asked, body) of every message: ``arrived``, ``accepted``, ``answered``.
    """

    def __init__(self) -> None:
        self.members = {"zhang", "wang"}
        self.unlicensed: set[str] = set()
        self.inbox: list[tuple[str, dict]] = []
        self.script: deque = deque()
        self.calls: list[str] = []
        self.renewals = 0
        self.robot_limit = 20
        self.dropped: list[tuple[str, dict]] = []
        self.clock: Callable[[], float] = time.monotonic
        self.watch: Callable[[str, str, dict], None] = lambda point, who, body: None
        self._times: dict[str, list[float]] = {}
        self.robot_removed = False
        self.release = threading.Event()
        self._valid = ""
        self._seen: dict[str, float] = {}
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def close(self) -> None:
        self.release.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def expire(self) -> None:
        """End the token before its time."""
        self._valid = ""

    def _handler(double):
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                self._answer({})

            def do_POST(self):
                self._answer(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))

            def _answer(self, body):
                where = urlsplit(self.path)
                double.calls.append(where.path)
                who = self.headers.get("X-Worker", "")
                if body:
                    double.watch("arrived", who, body)
                query = {k: v[0] for k, v in parse_qs(where.query).items()}
                odd = double.script.popleft() if double.script else None
                if odd == "hang":
                    double.release.wait(20)
                    return
                if odd == "redirect":
                    self.send_response(302)
                    self.send_header("Location", "http://127.0.0.1:9/login")
                    self.end_headers()
                    return
                if odd == "html":
                    text = "<html>请登录上网认证系统</html>"
                elif odd == "list":
                    text = "[]"
                elif odd not in (None, "usual"):
                    text = json.dumps({"errcode": odd, "errmsg": "scripted"})
                else:
                    answer = double.answer(where.path, query, body)
                    if body and answer["errcode"] == 0 and not answer.get("invaliduser"):
                        double.watch("accepted", who, body)
                    text = json.dumps(answer)
                self.send_response(200)
                self.end_headers()
                try:
                    self.wfile.write(text.encode())
                except ConnectionError:  # whoever asked was killed
                    return
                if body:
                    double.watch("answered", who, body)

            def log_message(self, *args):
                pass

        return Handler

    def answer(self, path: str, query: dict, body: dict) -> dict:
        if path == "/cgi-bin/gettoken":
            if query.get("corpid") != CORP:
                return {"errcode": 40013, "errmsg": "invalid corpid"}
            if query.get("corpsecret") != SECRET:
                return {"errcode": 40001, "errmsg": "invalid credential"}
            self.renewals += 1
            self._valid = f"t0ken-{self.renewals}"
            return {"errcode": 0, "errmsg": "ok", "access_token": self._valid, "expires_in": 7200}
        if path == "/cgi-bin/message/send":
            return self._app(query, body)
        if path == "/cgi-bin/webhook/send":
            return self._robot(query, body)
        return {"errcode": 40066, "errmsg": "invalid url"}

    def _app(self, query: dict, body: dict) -> dict:
        if query.get("access_token") != self._valid or not self._valid:
            return {"errcode": 42001, "errmsg": "access_token expired"}
        if body["agentid"] != AGENT:
            return {"errcode": 301002, "errmsg": "not allow operate another agent"}
        content = body[body["msgtype"]]
        if body["msgtype"] == "text" and len(content["content"].encode()) > 2048:
            return {"errcode": 40058, "errmsg": "content exceed max length"}
        sizes = {"title": 128, "description": 512, "url": 2048}
        if body["msgtype"] == "textcard" and any(len(content[n].encode()) > most for n, most in sizes.items()):
            return {"errcode": 40058, "errmsg": "content exceed max length"}
        user = body["touser"]
        if user not in self.members:
            return {"errcode": 0, "errmsg": "ok", "invaliduser": user}
        if user in self.unlicensed:
            return {"errcode": 0, "errmsg": "ok", "unlicenseduser": user}
        seen = json.dumps(body, sort_keys=True)
        again = self.clock() - self._seen.get(seen, float("-inf")) < body.get("duplicate_check_interval", 1800)
        if not (body.get("enable_duplicate_check") and again):
            room = self._lately(user, 60) < 30 and self._lately(user, 3600) < 1000
            (self.inbox if room else self.dropped).append((user, body))
            self._times.setdefault(user, []).append(self.clock())
        self._seen[seen] = self.clock()
        return {"errcode": 0, "errmsg": "ok", "invaliduser": "", "msgid": f"m{len(self.inbox)}"}

    def _robot(self, query: dict, body: dict) -> dict:
        if query.get("key") != ROBOT or self.robot_removed:
            return {"errcode": 93000, "errmsg": "invalid webhook url"}
        limit = {"text": 2048, "markdown": 4096}[body["msgtype"]]
        if len(body[body["msgtype"]]["content"].encode()) > limit:
            return {"errcode": 40058, "errmsg": "exceed max length"}
        if self._lately("group", 60) >= self.robot_limit:
            return {"errcode": 45009, "errmsg": "api freq out of limit"}
        self._times.setdefault("group", []).append(self.clock())
        self.inbox.append(("group", body))
        return {"errcode": 0, "errmsg": "ok"}

    def _lately(self, whom: str, seconds: float) -> int:
        return sum(at > self.clock() - seconds for at in self._times.get(whom, ()))
