"""Takes docs/screenshots/*.png: the demonstration, in the real page, in a real Chromium.

The browser is the one CHROMIUM names, else the first on PATH.
"""

import os
import shutil
import sys
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from playwright.sync_api import Browser, Locator, Page, sync_playwright

from bot.demo import playing

FOLDER = Path(__file__).parent / "screenshots"
FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync"]
MONDAY = datetime(2026, 11, 23, 9, 40, tzinfo=ZoneInfo("Europe/Oslo"))
"""When it is in the pictures, whenever they are taken."""

ANNA, OLA = "U0ANNA", "U0OLA"
ACME, DESK = "C0ACME", "C0DESK"
ANSWERS = (
    ("Does GO start, with all its essential parts available?", "Yes"),
    ("Your business is", "considerably harder"),
    ("Is there another way to get it done for now?", "No"),
)
"""What Anna is asked and answers, as far as Priority 2."""


def chromium() -> str:
    """The browser to drive. Ends the program when there is none."""
    found = next(filter(None, map(shutil.which, [os.environ.get("CHROMIUM", ""), "chromium", "google-chrome"])), None)
    return found or sys.exit("No Chromium: install one (Debian: chromium) or set CHROMIUM to its path")


def entered(browser: Browser, url: str, person: str, channel: str) -> Page:
    """The page, as somebody, in a channel."""
    context = browser.new_context(viewport={"width": 1280, "height": 980}, locale="en-GB", timezone_id="Europe/Oslo")
    context.add_init_script("localStorage.setItem('sandbox-hints-done', 'yes')")
    page = context.new_page()
    page.goto(f"{url}/#as={person}&at={channel}")
    page.wait_for_selector("html[data-ready]")
    return page


def shoot(page: Page, name: str) -> None:
    """Keep what is on screen once nothing moves any more."""
    page.wait_for_timeout(400)
    page.screenshot(path=FOLDER / f"{name}.png")
    print(f"docs/screenshots/{name}.png")


def open_ticket(page: Page) -> None:
    """Anna types, answers, sees what is promised, and submits."""
    page.locator("#composer").fill("/ticket Invoices will not send")
    page.keyboard.press("Escape")
    page.keyboard.press("Enter")
    modal = page.locator("dialog.modal[open]")
    modal.get_by_label("More").fill("Since 09:40, error 500 for every customer")
    for question, answer in ANSWERS:
        choose(modal, question, answer)
    modal.get_by_text("work starts by").wait_for()
    shoot(page, "open")
    modal.get_by_role("button", name="Open", exact=True).click()
    modal.get_by_text("T-1").first.wait_for()


def choose(modal: Locator, question: str, answer: str) -> None:
    """Answer the newest question, once it is there: it stands below all others."""
    modal.get_by_text(question).wait_for()
    modal.get_by_label(answer, exact=True).last.check()


def work(page: Page) -> None:
    """Ola's card, and its account."""
    page.get_by_role("button", name="Start work").first.wait_for()
    page.get_by_role("button", name="Next reminder").click()
    page.get_by_role("button", name="2 replies").first.click()
    page.get_by_text("Reminder").first.wait_for()
    shoot(page, "desk")
    page.get_by_role("button", name="More actions").first.click()
    page.get_by_role("menuitem", name="Why?").first.click()
    page.locator("dialog.modal[open]").get_by_text("Counted").first.wait_for()
    shoot(page, "why")


def main() -> None:
    """Play the first minutes and keep three pictures."""
    FOLDER.mkdir(exist_ok=True)
    with playing(0, MONDAY) as (address, _), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        open_ticket(entered(browser, address.url, ANNA, ACME))
        work(entered(browser, address.url, OLA, DESK))
        browser.close()


if __name__ == "__main__":
    main()
