"""One browser, one workspace and one app for all page tests; each finds the workspace empty and opens its own page."""

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect, sync_playwright
from slack_bolt import App
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_sdk import WebClient

from sandbox import Clock, Limits, Sandbox
from tests.page.gallery import MANIFEST, Gallery
from tests.sandbox.other_end import disconnect

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
WIDE: ViewportSize = {"width": 1280, "height": 800}
NARROW: ViewportSize = {"width": 400, "height": 800}

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
        disconnect(handler, sandbox)


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


class Pages:
    """The browser's pages, kept since making one takes longer than most tests do; and what went wrong on them."""

    def __init__(self, browser: Browser) -> None:
        self.browser = browser
        self.kept: dict[bool, Page] = {}
        self.wrong: list[str] = []

    def fresh(self, *, dark: bool = False) -> Page:
        """A page of a browser that was never here."""
        page = self.browser.new_page(color_scheme="dark" if dark else "light", locale="en-GB")
        page.set_default_timeout(PATIENCE)
        page.on("pageerror", lambda error: self.wrong.append(str(error)))
        page.on("console", lambda line: self.wrong.append(line.text) if line.type == "error" else None)
        return page

    def known(self, *, dark: bool = False) -> Page:
        """A page of a browser that has seen the hints."""
        if dark not in self.kept:
            self.kept[dark] = self.fresh(dark=dark)
            self.kept[dark].add_init_script("if (origin !== 'null') localStorage.setItem('sandbox-hints-done', 'yes')")
        return self.kept[dark]


@pytest.fixture(scope="session")
def _pages(browser: Browser) -> Pages:
    return Pages(browser)


@pytest.fixture
def enter(_pages: Pages, slack: Sandbox) -> Iterator[Enter]:
    """Opens the page as somebody: `enter("kari", at="acme")`. An error or a breach of its policy fails the test."""
    opened: list[Page] = []
    _pages.wrong.clear()

    def open_page(
        who: str = "kari",
        *,
        at: str = "acme",
        viewport: ViewportSize = WIDE,
        dark: bool = False,
        first: bool = False,
    ) -> Page:
        page = _pages.fresh(dark=dark) if first else _pages.known(dark=dark)
        opened.append(page)
        page.set_viewport_size(viewport)
        page.goto(f"{slack.url}/#as={slack.person(who).id}&at={slack.channel(at).id}")
        page.wait_for_selector("html[data-ready]")
        return page

    yield open_page
    for page in opened:
        page.goto("about:blank")
        page.mouse.move(0, 0)
    offline = "ERR_INTERNET_DISCONNECTED"
    assert [words for words in _pages.wrong if offline not in words] == []
