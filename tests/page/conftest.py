"""One browser for all page tests; for each a workspace, the gallery app in it over sockets, and a fresh page."""

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
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
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip
MONDAY = datetime(2026, 11, 23, 8, 40, tzinfo=UTC)
PATIENCE = 5_000.0
WIDE = {"width": 1280, "height": 800}
NARROW = {"width": 400, "height": 800}

Enter = Callable[..., Page]


@pytest.fixture(scope="session")
def browser(chromium: Path) -> Iterator[Browser]:
    """The Chromium of this machine."""
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, headless=True, args=list(FLAGS))
        yield browser
        browser.close()


@pytest.fixture(autouse=True)
def _no_proxies() -> Iterator[None]:
    """slack_sdk sends even loopback calls to a proxy named in the environment."""
    names = [name for name in os.environ if name.lower() in {"http_proxy", "https_proxy", "all_proxy", "no_proxy"}]
    saved = {name: os.environ.pop(name) for name in names}
    yield
    os.environ.update(saved)


@pytest.fixture
def slack() -> Iterator[Sandbox]:
    """Kari and Ola in #acme, Ola alone in #desk, on a Monday morning that runs."""
    with Sandbox(MANIFEST, clock=Clock(MONDAY, runs=True), limits=Limits().lifted()) as sandbox:
        sandbox.add_person("kari", name="Kari Nordmann", title="Acme, contact", tz="Europe/Oslo", locale="nb-NO")
        sandbox.add_person("ola", name="Ola Hansen", title="Support agent", tz="Europe/London", locale="en-GB")
        sandbox.add_channel("acme", members=["kari", "ola"])
        sandbox.add_channel("desk", members=["ola"])
        yield sandbox


@pytest.fixture
def client(slack: Sandbox) -> WebClient:
    return WebClient(slack.bot_token, base_url=slack.api_url)


@pytest.fixture
def gallery(slack: Sandbox, client: WebClient) -> Iterator[Gallery]:
    """The app, connected."""
    with ThreadPoolExecutor(10) as pool:
        app = App(client=client, signing_secret=slack.signing_secret, listener_executor=pool)
        listeners = Gallery(app)
        handler = SocketModeHandler(app, slack.app_token, ping_interval=2)
        handler.connect()
        slack.waits_for_app()
        yield listeners
        handler.close()


@pytest.fixture
def enter(browser: Browser, slack: Sandbox, gallery: Gallery) -> Iterator[Enter]:
    """Opens the page as somebody: `enter("kari", at="acme")`. A page that logs an error or breaks its policy fails the test."""
    contexts = []
    wrong: list[str] = []

    def open_page(who: str = "kari", *, at: str | None = "acme", viewport: dict[str, int] = WIDE, dark: bool = False, first: bool = False) -> Page:
        context = browser.new_context(viewport=viewport, color_scheme="dark" if dark else "light", locale="en-GB")
        contexts.append(context)
        if not first:
            context.add_init_script("localStorage.setItem('sandbox-hints-done', 'yes')")
        page = context.new_page()
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("console", lambda line: wrong.append(line.text) if line.type == "error" else None)
        place = slack.channel(at).id if at and at != "home" else at or ""
        page.goto(f"{slack.url}/#as={slack.person(who).id}&at={place}")
        page.wait_for_selector("html[data-ready]")
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert wrong == []
