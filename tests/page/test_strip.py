"""The strip on top and the frame: who I am, what time it is, the requests; unread marks, hints, the keyboard."""

import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import expect
from slack_sdk import WebClient

from sandbox import Sandbox
from tests.page.conftest import MONDAY, Enter, Running, running

pytestmark = pytest.mark.browser


def test_switching_person_shows_what_she_sees(slack: Sandbox, enter: Enter) -> None:
    page = enter("kari")
    expect(page.get_by_role("button", name="desk")).to_be_hidden()
    page.get_by_role("button", name="You are Kari Nordmann, Acme, contact. Switch person").click()
    page.keyboard.type("agent")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="You are Ola Hansen")).to_be_visible()
    expect(page.get_by_role("button", name="desk")).to_be_visible()
    page.locator("#composer").fill("as Ola")
    page.keyboard.press("Enter")
    expect(page.locator(".main .msg .name")).to_have_text("Ola Hansen")
    page.reload()
    expect(page.get_by_role("button", name="You are Ola Hansen")).to_be_visible()


def test_what_i_have_not_read_is_marked_until_i_read_it(slack: Sandbox, enter: Enter) -> None:
    page = enter("ola", at="desk")
    slack.person("kari").types("hello", in_="#acme")
    slack.person("kari").types("@ola please", in_="#acme")
    row = page.get_by_label("Channels").get_by_role("button", name="acme")
    expect(row).to_have_accessible_name("acme, unread, 1")
    row.click()
    expect(page.locator(".newline")).to_be_visible()
    expect(row).to_have_accessible_name("acme")


def test_a_reply_in_a_thread_elsewhere_marks_its_channel(slack: Sandbox, enter: Enter) -> None:
    parent = slack.person("ola").types("the parent", in_="#acme")
    page = enter("ola", at="desk")
    row = page.get_by_label("Channels").get_by_role("button", name="acme")
    expect(row).to_have_accessible_name("acme")
    slack.person("kari").types("my answer", in_="#acme", thread=parent)
    expect(row).to_have_accessible_name("acme, unread")
    row.click()
    expect(row).to_have_accessible_name("acme")


def test_direct_messages_are_begun_from_the_side(slack: Sandbox, enter: Enter) -> None:
    page = enter("kari")
    page.get_by_role("button", name="New direct message").click()
    page.get_by_role("option", name="Ola Hansen").click()
    expect(page.get_by_placeholder("Message Ola Hansen")).to_be_focused()
    page.keyboard.type("hei")
    page.keyboard.press("Enter")
    expect(page.locator(".main .msg")).to_contain_text("hei")


def test_control_k_jumps_by_name(slack: Sandbox, enter: Enter) -> None:
    page = enter("ola")
    page.keyboard.press("Control+k")
    page.keyboard.type("des")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="desk").first).to_be_visible()


def test_the_requests_panel_lists_opens_and_filters(slack: Sandbox, client: WebClient, enter: Enter) -> None:
    client.auth_test()
    page = enter("kari")
    page.get_by_role("button", name="Requests").click()
    page.locator("#composer").fill("/hear <b>this</b>")
    page.keyboard.press("Enter")
    row = page.locator(".request", has_text="/hear")
    expect(row).to_contain_text("ms")
    row.get_by_role("button").click()
    expect(row.locator(".json").first).to_contain_text("<b>this</b>")
    page.get_by_label("Filter requests").fill("auth.test")
    expect(page.locator(".request-name")).to_have_text(["auth.test"])
    page.get_by_label("Filter requests").fill("")
    page.get_by_role("button", name="Errors").click()
    expect(page.locator(".requests")).to_contain_text("Nothing fits the filter.")
    expect(page.locator(".inspector")).not_to_contain_text(slack.bot_token)


def test_without_a_clock_of_the_app_only_lengths_are_offered(slack: Sandbox, enter: Enter) -> None:
    page = enter("kari")
    expect(page.locator(".step:visible")).to_have_text(["+15 min", "+1 h"])
    expect(page.locator(".clock-face")).to_contain_text("09:40")
    page.get_by_role("button", name="+1 h").click()
    expect(page.locator(".clock-face")).to_contain_text("10:40")


class AppClock:
    """An app's clock that remembers where it was sent; it has one reminder, and the desk opens at 12:00 (UTC)."""

    reminder: datetime | None = datetime(2026, 11, 23, 10, 30, tzinfo=UTC)

    def __init__(self) -> None:
        self.moves: list[str] = []
        outer = self

        class Door(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self._answer()

            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                outer.moves.append(body["to"])
                self._answer()

            def _answer(self) -> None:
                text = json.dumps(outer.shown()).encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            def log_message(self, *_: object) -> None:
                """Keep quiet."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def shown(self) -> dict[str, str | None]:
        at = datetime.fromisoformat(self.moves[-1]) if self.moves else MONDAY
        due = self.reminder.isoformat() if self.reminder and at < self.reminder else None
        return {
            "now": at.isoformat(),
            "next_due": due,
            "next_reminder": due,
            "next_opening": "2026-11-23T12:00:00+00:00",
        }


class TestTheAppsClock:
    """With a clock hook."""

    @pytest.fixture
    def app_clock(self) -> Iterator[AppClock]:
        clock = AppClock()
        yield clock
        clock.server.shutdown()
        clock.server.server_close()

    @pytest.fixture
    def both(self, app_clock: AppClock) -> Iterator[Running]:
        with running(f"http://127.0.0.1:{app_clock.server.server_address[1]}/") as own:
            yield own

    def test_time_goes_to_the_next_reminder_and_the_next_opening(self, app_clock: AppClock, enter: Enter) -> None:
        page = enter("kari")
        reminder = page.get_by_role("button", name="Next reminder")
        expect(reminder).to_have_attribute("title", "Next reminder: 11:30")
        reminder.click()
        expect(page.locator(".clock-face")).to_contain_text("11:30")
        expect(reminder).to_have_attribute("aria-disabled", "true")
        reminder.press("Enter")
        expect(page.locator(".toast")).to_contain_text("No reminder is due")
        page.get_by_role("button", name="Next opening").click()
        expect(page.locator(".clock-face")).to_contain_text("13:00")
        assert app_clock.moves[-1] == "2026-11-23T12:00:00+00:00"

    def test_a_reminder_that_comes_to_be_due_is_offered(
        self, slack: Sandbox, app_clock: AppClock, enter: Enter
    ) -> None:
        app_clock.reminder = None
        page = enter("kari")
        reminder = page.get_by_role("button", name="Next reminder")
        expect(reminder).to_have_attribute("title", "Next reminder: none is due")
        app_clock.reminder = datetime(2026, 11, 23, 9, 15, tzinfo=UTC)
        slack.person("ola").types("a ticket, as it were", in_="#acme")
        expect(reminder).to_have_attribute("title", "Next reminder: 10:15")


def test_three_hints_lead_to_the_first_command_and_go_for_good(enter: Enter) -> None:
    page = enter("kari", first=True)
    hint = page.get_by_role("complementary", name="First steps")
    expect(hint).to_contain_text("You are Kari Nordmann, Acme, contact.")
    hint.get_by_role("button", name="Next").click()
    hint.get_by_role("button", name="Type /form for me").click()
    expect(page.locator("#composer")).to_have_value("/form ")
    page.keyboard.press("Enter")
    expect(page.locator("dialog.modal[open]")).to_be_visible()
    page.keyboard.press("Escape")
    expect(hint).to_contain_text("Move the time")
    hint.get_by_role("button", name="Done").click()
    expect(hint).to_be_hidden()
    page.reload()
    page.wait_for_selector("html[data-ready]")
    expect(hint).to_be_hidden()


def test_a_lost_line_is_said_and_mended(slack: Sandbox, enter: Enter) -> None:
    page = enter("kari")
    page.context.set_offline(True)
    page.evaluate("() => import('/page/api.js').then((m) => m.dropLine())")
    expect(page.locator(".line-state")).to_contain_text("Reconnecting")
    slack.person("ola").types("while you were away", in_="#acme")
    page.context.set_offline(False)
    expect(page.locator(".main .msg")).to_contain_text("while you were away", timeout=10_000)
    expect(page.locator(".line-state")).to_have_text("")


def test_the_whole_way_by_keyboard(slack: Sandbox, enter: Enter) -> None:
    """From the side to a channel, a command, the form, and the answer in it, without a mouse."""
    page = enter("ola", at="desk")
    page.keyboard.press("F6")
    page.keyboard.press("F6")
    expect(page.get_by_role("button", name="desk")).to_be_focused()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_placeholder("Message #acme")).to_be_focused()
    page.keyboard.type("/fo")
    page.keyboard.press("Enter")
    page.keyboard.type("Printer is down")
    page.keyboard.press("Enter")
    dialog = page.locator("dialog.modal[open]")
    expect(dialog.get_by_label("Something fails")).to_be_focused()
    page.keyboard.press("Space")
    expect(dialog.get_by_text("Your business is")).to_be_visible()
    expect(dialog.get_by_label("Something fails")).to_be_focused()
    page.keyboard.press("Tab")
    expect(dialog.get_by_label("In one line")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowDown")
    expect(dialog.get_by_label("none of these")).to_be_checked()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    expect(dialog.get_by_role("button", name="Open")).to_be_focused()
    page.keyboard.press("Enter")
    expect(dialog).to_be_hidden()


def test_messages_are_walked_with_the_arrows(slack: Sandbox, enter: Enter) -> None:
    for n in range(3):
        slack.person("ola").types(f"line {n}", in_="#acme")
    page = enter("kari")
    last = page.locator(".main .msg").last
    last.focus()
    page.keyboard.press("ArrowUp")
    expect(page.locator(".main .msg", has_text="line 1")).to_be_focused()
    page.keyboard.press("t")
    expect(page.get_by_label("Reply", exact=True)).to_be_focused()


def test_the_title_counts_what_is_unread(slack: Sandbox, enter: Enter) -> None:
    page = enter("ola", at="desk")
    slack.person("kari").types("hello", in_="#acme")
    expect(page).to_have_title("(1) desk · Sandbox")
