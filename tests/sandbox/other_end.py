"""The other end: something that answers deliveries in place of an app, or holds a Bolt app behind plain HTTP."""

import json
import threading
import urllib.parse
from collections.abc import Callable
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from slack_bolt import App, BoltRequest
from slack_bolt.adapter.socket_mode import SocketModeHandler

from sandbox import Sandbox

Json = dict[str, Any]

MANIFEST: Json = {
    "display_information": {"name": "Echo"},
    "features": {
        "app_home": {"home_tab_enabled": True, "messages_tab_enabled": True},
        "bot_user": {"display_name": "echo", "always_online": True},
        "shortcuts": [
            {"name": "Open a form", "type": "global", "callback_id": "form", "description": "Opens a form"},
            {"name": "Quote it", "type": "message", "callback_id": "quote", "description": "Quotes a message"},
        ],
        "slash_commands": [
            {"command": "/echo", "description": "Says it back", "usage_hint": "words", "should_escape": True},
            {"command": "/plain", "description": "Says it back as typed", "should_escape": False},
        ],
    },
    "oauth_config": {
        "scopes": {
            "bot": [
                "commands",
                "chat:write",
                "users:read",
                "users:read.email",
                "app_mentions:read",
                "channels:read",
                "groups:read",
                "im:read",
                "im:write",
                "mpim:write",
                "channels:history",
                "groups:history",
                "im:history",
                "channels:manage",
                "channels:join",
                "groups:write",
                "reactions:read",
                "reactions:write",
                "pins:read",
                "pins:write",
                "bookmarks:read",
                "bookmarks:write",
                "usergroups:read",
                "usergroups:write",
                "files:write",
                "team:read",
                "canvases:write",
                "links:write",
                "dnd:read",
                "users.profile:read",
            ]
        }
    },
    "settings": {
        "event_subscriptions": {
            "bot_events": [
                "app_home_opened",
                "app_mention",
                "message.channels",
                "message.groups",
                "message.im",
                "member_joined_channel",
                "member_left_channel",
                "reaction_added",
                "reaction_removed",
                "pin_added",
                "channel_archive",
                "channel_rename",
                "subteam_members_changed",
                "channel_created",
            ]
        },
        "interactivity": {"is_enabled": True},
        "socket_mode_enabled": True,
    },
}


Reply = tuple[int, dict[str, str], str]


class HttpDoor:
    """Serves one function over plain HTTP on a free port, and keeps what came in."""

    def __init__(self, answer: Callable[[dict[str, str], str], Reply]) -> None:
        self.seen: list[tuple[dict[str, str], str]] = []
        outer = self

        class Door(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                headers = {key.lower(): value for key, value in self.headers.items()}
                outer.seen.append((headers, body))
                status, extra, text = answer(headers, body)
                self.send_response(status)
                for name, value in {**extra, "Content-Length": str(len(text.encode()))}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(text.encode())

            def log_message(self, *_: object) -> None:
                """Keep quiet."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02})
        self.thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_address[1]}/slack/events"

    def close(self) -> None:
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


def bolt_door(app: App) -> HttpDoor:
    """Serve a Bolt app."""

    def answer(headers: dict[str, str], body: str) -> Reply:
        reply = app.dispatch(BoltRequest(body=body, headers={**headers}))
        return reply.status, {key: ", ".join(values) for key, values in reply.headers.items()}, reply.body or ""

    return HttpDoor(answer)


class Recorder:
    """Something at the other end that keeps every payload and acknowledges it with what a test put in `answers`."""

    def __init__(self) -> None:
        self.payloads: list[Json] = []
        self.answers: dict[str, Json] = {}
        self.statuses: list[int] = []
        self.door = HttpDoor(self._answer)

    def _answer(self, headers: dict[str, str], body: str) -> Reply:
        if headers["content-type"].startswith("application/json"):
            payload = json.loads(body)
        else:
            form = dict(urllib.parse.parse_qsl(body, keep_blank_values=True))
            payload = json.loads(form["payload"]) if "payload" in form else form
        self.payloads.append(payload)
        kind = payload.get("type", "command")
        text = json.dumps(self.answers[kind]) if kind in self.answers else ""
        return self.statuses.pop(0) if self.statuses else 200, {}, text

    def last(self, kind: str) -> Json:
        """Return the newest payload of that type ("command" for commands, an event's own type for events)."""
        return next(
            one
            for one in reversed(self.payloads)
            if kind in {one.get("type", "command"), (one.get("event") or {}).get("type")}
        )

    def events(self, kind: str) -> list[Json]:
        return [one["event"] for one in self.payloads if (one.get("event") or {}).get("type") == kind]


class HookApp:
    """An app's clock behind a hook: something falls due ten and thirty minutes from the start."""

    def __init__(self, secret: str, start: datetime) -> None:
        self.secret = secret
        self.start = int(start.timestamp())
        self.now = float(self.start)
        self.moves: list[int] = []
        self.tokens: set[str] = set()
        outer = self

        class Door(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self._answer()

            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                outer.now = datetime.fromisoformat(body["to"]).timestamp()
                outer.moves.append(round(outer.now))
                self._answer()

            def _answer(self) -> None:
                outer.tokens.add(self.headers["Authorization"])
                text = json.dumps(outer.shown()).encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            def log_message(self, *_: object) -> None:
                """Keep quiet."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02})
        self.thread.start()
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/hook"

    def shown(self) -> Json:
        dues = [self.start + 600, self.start + 1800]
        coming = next((one for one in dues if one > self.now), None)
        iso = [datetime.fromtimestamp(one, UTC).isoformat() if one else None for one in (self.now, coming)]
        return {"now": iso[0], "next_due": iso[1], "next_reminder": iso[1], "next_opening": None}

    def close(self) -> None:
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


def disconnect(handler: SocketModeHandler, slack: Sandbox) -> None:
    """Close an app's client at once: its threads would sit out three seconds for Slack and one for a message."""
    client = handler.client
    client.auto_reconnect_enabled = False
    client.closed = True
    client.message_queue.put(None)
    slack.drop_sockets()
    handler.close()
