"""A small Bolt app and a workspace for it, over sockets and over signed HTTP."""

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import pytest
from slack_bolt import App
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_sdk import WebClient

from sandbox import Clock, Limits, Sandbox
from tests.sandbox.other_end import MANIFEST, HookApp, Json, Recorder, bolt_door, disconnect


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
    return Limits().lifted().hurried(0.001)


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


@pytest.fixture
def recorder(slack: Sandbox, closing: ExitStack) -> Recorder:
    """Delivers to a recorder in place of an app."""
    found = Recorder()
    closing.callback(found.door.close)
    slack.deliver_by_http(found.door.url)
    return found


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
        closing.callback(disconnect, handler, slack)
        handler.connect()
        slack.waits_for_app()

    return run


@pytest.fixture
def run(slack: Sandbox, transport: str, closing: ExitStack, run_by_sockets: Run) -> Run:
    """Connects an app over the transport under test."""

    def run_by_http(app: App) -> None:
        door = bolt_door(app)
        closing.callback(door.close)
        slack.deliver_by_http(door.url)

    return run_by_sockets if transport == "sockets" else run_by_http


@pytest.fixture
def hook_app(closing: ExitStack) -> Iterator[HookApp]:
    """An app's clock, and its secret in the environment."""
    found = HookApp("hook-secret", Clock().now())
    closing.callback(found.close)
    os.environ["VAKT_CLOCK_HOOK_TOKEN"] = found.secret
    yield found
    del os.environ["VAKT_CLOCK_HOOK_TOKEN"]
