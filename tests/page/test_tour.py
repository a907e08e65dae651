"""The first minutes of the demonstration, in a real browser: from the command to the broken promise and its account."""

from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from bot.demo import playing

pytestmark = pytest.mark.browser

MONDAY = datetime(2026, 11, 23, 9, 40, tzinfo=ZoneInfo("Europe/Oslo"))
ANSWERS = (
    ("Does GO start, with all its essential parts available?", "Yes"),
    ("Your business is", "considerably harder"),
    ("Is there another way to get it done for now?", "No"),
)

REMINDED = (
    "2 h of working time left",
    "1 h 40 min of working time left; closed from",
    "1 h of working time left",
    "24 min of working time left",
)
"""What the thread says at a half, an hour before closing (it falls due soon after opening), at 75 % and at 90 %."""


@pytest.fixture
def address() -> Iterator[str]:
    """Where the demonstration is that began on a Monday morning."""
    with playing(0, MONDAY) as (where, _):
        yield where.url


def _entered(browser: Browser, address: str, person: str, channel: str) -> Page:
    page = browser.new_page(locale="en-GB", timezone_id="Europe/Oslo", viewport={"width": 1280, "height": 1000})
    page.add_init_script("localStorage.setItem('sandbox-hints-done', 'yes')")
    page.goto(f"{address}/#as={person}&at={channel}")
    page.wait_for_selector("html[data-ready]")
    return page


def _opens(page: Page, summary: str, promise: str) -> None:
    """Answer until the last line of the form says what is promised, and open it."""
    page.locator("#composer").fill(f"/ticket {summary}")
    page.keyboard.press("Escape")
    page.keyboard.press("Enter")
    form = page.locator("dialog.modal[open]")
    for question, answer in ANSWERS:
        form.get_by_text(question).wait_for()
        form.get_by_label(answer, exact=True).last.check()
    expect(form.get_by_text(f"work starts by {promise} · SO-11, SO-15")).to_be_visible()
    expect(form.get_by_label("In one line")).to_have_value(summary)
    form.get_by_role("button", name="Open", exact=True).click()


def _chooses(page: Page, what: str, card: Locator) -> Locator:
    """Choose from a card's menu; gives the window that opens."""
    card.get_by_role("button", name="More actions").first.click()
    page.get_by_role("menuitem", name=what).click()
    return page.locator("dialog.modal[open]")


def _at_the_next_reminder(page: Page, thread: Locator, told: str) -> None:
    expect(thread).not_to_contain_text(told)
    page.get_by_role("button", name="Next reminder").click()
    expect(thread).to_contain_text(told)


def test_the_whole_tour(browser: Browser, address: str) -> None:
    anna, ola = _entered(browser, address, "U0ANNA", "C0ACME"), _entered(browser, address, "U0OLA", "C0DESK")
    desk, acme = ola.locator(".main"), anna.locator(".main")

    _opens(anna, "Invoices will not send", "today 13:40")
    expect(anna.locator("dialog.modal[open]").get_by_text("T-1").first).to_be_visible()
    anna.keyboard.press("Escape")
    first = desk.locator(".msg").filter(has_text="T-1 · Invoices will not send")
    first.get_by_role("button", name="Start work").click()
    expect(first).to_contain_text("ahead of the promise")
    expect(acme).to_contain_text("Status: pågår")
    first.get_by_role("button", name="Reply", exact=True).click()
    answer = ola.locator("dialog.modal[open]")
    answer.get_by_role("textbox").first.fill("Try again, please")
    answer.get_by_role("button", name="Send").click()
    expect(acme.get_by_role("button", name="1 reply")).to_be_visible()
    solved = _chooses(ola, "Resolve", first)
    solved.get_by_role("textbox").first.fill("The queue was stuck")
    solved.get_by_role("button", name="Resolve").click()
    expect(acme).to_contain_text("The queue was stuck")

    for hour in ("10:40", "11:40", "12:40", "13:40"):
        ola.get_by_role("button", name="+1 h").click()
        expect(ola.get_by_role("button", name=f"at {hour}")).to_be_visible()
    _opens(anna, "Labels will not print", "tomorrow 08:40")
    second = desk.locator(".msg").filter(has_text="T-2 · Labels will not print")
    second.get_by_role("button", name="1 reply").click()
    thread = ola.locator("#side")
    for told in REMINDED:
        _at_the_next_reminder(ola, thread, told)
    _at_the_next_reminder(ola, thread, "T-2: breached today 08:40")
    expect(thread).to_contain_text("@Ingrid Berg (senior): T-2 is late")
    expect(acme).to_contain_text("tidsgränsen överskriden")
    _at_the_next_reminder(ola, thread, "@Per Lind (management): T-2 is late")

    account = _chooses(ola, "Why?", second)
    for line in ("13:40–17:00   3 h 20 min", "08:00–08:40   40 min", "closed", "4 h → due Tue 24 Nov 08:40"):
        expect(account).to_contain_text(line)
