"""One browser, one workspace and one app for all page tests; each finds the workspace empty and opens its own page."""

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright
from slack_bolt import App
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_sdk import WebClient

from sandbox import Clock, Limits, Sandbox
from tests.page.gallery import MANIFEST, Gallery

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
MONDAY = datetime(2026, 11, 23, 8, 40, tzinfo=UTC)
PATIENCE = 10_000
WIDE = {"width": 1280, "height": 800}
NARROW = {"width": 400, "height": 800}

Enter = Callable[..., Page]
Running = tuple[Sandbox, Gallery]


@pytest.fixture(scope="session")
def browser(chromium: Path) -> Iterator[Browser]:
    """The Chromium of this machine."""
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, headless=True, args=list(FLAGS))
        yield browser
        browser.close()


@contextmanager
def without_proxies() -> Iterator[None]:
    """slack_sdk sends even loopback calls to a proxy named in the environment."""
    names = [name for name in os.environ if name.lower() in {"http_proxy", "https_proxy", "all_proxy", "no_proxy"}]
    saved = {name: os.environ.pop(name) for name in names}
    try:
        yield
    finally:
        os.environ.update(saved)


@pytest.fixture(autouse=True)
def _no_proxies() -> Iterator[None]:
    with without_proxies():
        yield


@contextmanager
def running(clock_hook: str | None = None) -> Iterator[Running]:
    """Kari and Ola in #acme, Ola alone in #desk, and the gallery app connected."""
    clock, limits = Clock(MONDAY, runs=True), Limits().lifted()
    with (
        without_proxies(),
        Sandbox(MANIFEST, clock=clock, limits=limits, clock_hook=clock_hook) as sandbox,
        ThreadPoolExecutor(10) as pool,
    ):
        sandbox.add_person("kari", name="Kari Nordmann", title="Acme, contact", tz="Europe/Oslo", locale="nb-NO")
        sandbox.add_person("ola", name="Ola Hansen", title="Support agent", tz="Europe/London", locale="en-GB")
        sandbox.add_channel("acme", members=["kari", "ola"])
        sandbox.add_channel("desk", members=["ola"])
        client = WebClient(sandbox.bot_token, base_url=sandbox.api_url)
        app = App(client=client, signing_secret=sandbox.signing_secret, listener_executor=pool)
        gallery = Gallery(app)
        handler = SocketModeHandler(app, sandbox.app_token, ping_interval=2)
        handler.connect()
        sandbox.waits_for_app()
        yield sandbox, gallery
        handler.close()


@pytest.fixture(scope="session")
def _shared() -> Iterator[Running]:
    with running() as both:
        yield both


def emptied(both: Running) -> Running:
    """Take every message, view and request out again, and let it be Monday morning."""
    sandbox, gallery = both
    world = sandbox.world
    sandbox.idle()

    def empty() -> None:
        places = world.workspace.conversations
        for one in list(places.values()):
            if one.kind == "im":
                del places[one.id]
            for kept in (one.posts, one.ephemerals, one.read):
                kept.clear()
            one.last_micros = 0
        for rest in (world.views.stacks, world.views.homes, world.inspector.rows, world.heard):
            rest.clear()

    sandbox.do(empty)
    sandbox.clock.set(MONDAY)
    gallery.heard.clear()
    gallery.submitted.clear()
    return both


@pytest.fixture
def both(_shared: Running) -> Running:
    """The workspace and its app, empty."""
    return emptied(_shared)


@pytest.fixture
def slack(both: Running) -> Sandbox:
    return both[0]


@pytest.fixture
def gallery(both: Running) -> Gallery:
    return both[1]


@pytest.fixture
def client(slack: Sandbox) -> WebClient:
    """The bot's own client, for messages that nobody asked for."""
    return WebClient(slack.bot_token, base_url=slack.api_url)


@pytest.fixture
def enter(browser: Browser, slack: Sandbox) -> Iterator[Enter]:
    """Opens the page as somebody: `enter("kari", at="acme")`. An error or a breach of its policy fails the test."""
    contexts = []
    wrong: list[str] = []

    def open_page(
        who: str = "kari",
        *,
        at: str = "acme",
        viewport: dict[str, int] = WIDE,
        dark: bool = False,
        first: bool = False,
    ) -> Page:
        context = browser.new_context(
            viewport=viewport,  # type: ignore[arg-type]  # a dict of the two keys it wants
            color_scheme="dark" if dark else "light",
            locale="en-GB",
        )
        contexts.append(context)
        if not first:
            context.add_init_script("localStorage.setItem('sandbox-hints-done', 'yes')")
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("console", lambda line: wrong.append(line.text) if line.type == "error" else None)
        page.goto(f"{slack.url}/#as={slack.person(who).id}&at={slack.channel(at).id}")
        page.wait_for_selector("html[data-ready]")
        return page

    yield open_page
    for context in contexts:
        context.close()
    offline = "ERR_INTERNET_DISCONNECTED"
    assert [words for words in wrong if offline not in words] == []
