"""The least of a Slack that can be answered: it takes every call, and looks at what it is shown."""

import itertools
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl

from sandbox.limits import message_problems, view_problems


def _channel(method: str, given: dict[str, Any]) -> object:
    """A channel as each method tells of it: by its id, or with more about it."""
    if method == "conversations.info":
        topic = {"value": ""}
        return {"id": given.get("channel"), "is_member": True, "is_ext_shared": False, "topic": topic, "properties": {}}
    return given.get("channel") or {"id": "D0ANYONE"}


class LocalSlack:
    """Counts the calls it got, and keeps what Slack would have refused in them."""

    def __init__(self) -> None:
        """Listen on a free port at once."""
        self.calls = 0
        self.wrong: list[str] = []
        self._stamps = itertools.count(1)
        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    @property
    def address(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self._server.server_port}"

    def stop(self) -> None:
        """Stop listening."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def took(self, method: str, given: dict[str, Any]) -> dict[str, Any]:
        """Slack's answer to a call."""
        problems: list[Any] = []
        if "view" in given:
            problems += view_problems(given["view"])
        elif method.startswith(("chat.post", "chat.update", "response_url")):
            problems += message_problems(
                text=given.get("text"), blocks=given.get("blocks"), attachments=given.get("attachments")
            )
        with self._lock:
            self.calls += 1
            stamp = next(self._stamps)
            self.wrong += [f"{method}: {problem}" for problem in problems]
        return {
            "ok": True,
            "team_id": "T0VAKT",
            "team": "Vakt's sandbox",
            "user_id": "U0VAKT",
            "bot_id": "B0VAKT",
            "channel": _channel(method, given),
            "ts": f"{1795000000 + stamp}.{stamp:06}",
            "view": {"id": f"V{stamp}", "hash": f"{stamp}.x"},
            "user": {"id": given.get("user"), "name": "somebody", "real_name": "Some Body", "tz": "Europe/Oslo"},
            "messages": [],
            "members": [],
            "channels": [],
            "bookmarks": [],
            "items": [],
            "files": [{"id": f"F{stamp}"}],
            "file_id": f"F{stamp}",
            "upload_url": f"{self.address}/upload",
            "canvas_id": f"F{stamp}",
            "bookmark": {"id": f"Bk{stamp}"},
            "permalink": "https://files.slack.com/x",
        }

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        slack = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("content-length") or 0)).decode()
                is_json = self.headers.get("content-type", "").startswith("application/json")
                given = json.loads(body or "{}") if is_json else dict(parse_qsl(body))
                method = self.path.rpartition("/")[2]
                answer = json.dumps(slack.took(method, given)).encode()
                self.send_response(200)
                self.send_header("content-type", "application/json")
                self.send_header("content-length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_: object) -> None:
                pass

        return Handler
