"""A small Bolt app and a workspace for it, over sockets and over signed HTTP."""

import os
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from slack_bolt import App, BoltRequest
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_sdk import WebClient

from sandbox import Limits, Sandbox

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


@pytest.fixture(autouse=True)
def _no_proxies() -> Iterator[None]:
    """slack_sdk sends even loopback calls to a proxy named in the environment."""
    names = [name for name in os.environ if name.lower() in {"http_proxy", "https_proxy", "all_proxy", "no_proxy"}]
    saved = {name: os.environ.pop(name) for name in names}
    yield
    os.environ.update(saved)


@pytest.fixture
def manifest() -> Json:
    """The manifest of the app under test; a test may change it."""
    return MANIFEST


@pytest.fixture
def limits() -> Limits:
    """Slack's limits, without the rates, with the retries of events close together."""
    return Limits().lifted().hurried()


@pytest.fixture
def slack(manifest: Json, limits: Limits) -> Iterator[Sandbox]:
    """A running workspace with Kari, Ola and #acme, in which nothing undocumented is ever answered."""
    with Sandbox(manifest, limits=limits) as sandbox:
        sandbox.add_person("kari", name="Kari Nordmann", locale="nb-NO")
        sandbox.add_person("ola", name="Ola Hansen", is_admin=True)
        sandbox.add_channel("acme", members=["kari", "ola"])
        yield sandbox
        assert sandbox.world.undocumented == set()


@pytest.fixture
def client(slack: Sandbox) -> WebClient:
    """The bot's own client, which never tries again by itself."""
    return WebClient(slack.bot_token, base_url=slack.api_url, retry_handlers=[])


class HttpApp:
    """Serves a Bolt app over plain HTTP on a free port."""

    def __init__(self, app: App) -> None:
        self.app = app
        self.seen: list[tuple[dict[str, str], str]] = []
        outer = self

        class Door(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                outer.seen.append(({key.lower(): value for key, value in self.headers.items()}, body))
                answer = outer.app.dispatch(BoltRequest(body=body, headers=dict(self.headers.items())))
                text = (answer.body or "").encode()
                self.send_response(answer.status)
                for name, values in answer.headers.items():
                    for value in values:
                        self.send_header(name, value)
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

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


Run = Callable[[App], None]


@pytest.fixture(params=["sockets", "http"])
def transport(request: pytest.FixtureRequest) -> str:
    """Both ways to the app."""
    return str(request.param)


@pytest.fixture
def app(slack: Sandbox, client: WebClient) -> Iterator[App]:
    """An empty Bolt app of this workspace."""
    with ThreadPoolExecutor(10) as pool:
        yield App(
            client=client, signing_secret=slack.signing_secret, process_before_response=True, listener_executor=pool
        )


@pytest.fixture
def closing() -> Iterator[ExitStack]:
    """What is to be closed before the workspace stops."""
    with ExitStack() as stack:
        yield stack


@pytest.fixture
def run_by_sockets(slack: Sandbox, closing: ExitStack) -> Run:
    """Connects an app over Socket Mode."""

    def run(app: App) -> None:
        handler = SocketModeHandler(app, slack.app_token, ping_interval=2, concurrency=4)
        closing.callback(handler.close)
        closing.callback(slack.drop_sockets)  # its reader would otherwise sit out its own time-out of three seconds
        closing.callback(setattr, handler.client, "auto_reconnect_enabled", False)
        handler.connect()
        slack.waits_for_app()

    return run


@pytest.fixture
def run(slack: Sandbox, transport: str, closing: ExitStack, run_by_sockets: Run) -> Run:
    """Connects an app over the transport under test."""

    def run_by_http(app: App) -> None:
        door = HttpApp(app)
        closing.callback(door.close)
        slack.deliver_by_http(door.url)

    return run_by_sockets if transport == "sockets" else run_by_http
