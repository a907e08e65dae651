"""The app's modals: what is typed survives, errors stand where they belong, the keyboard stays inside."""

import pytest
from playwright.sync_api import Locator, Page, expect

from sandbox import Sandbox
from tests.page.conftest import Enter
from tests.page.gallery import Gallery

pytestmark = pytest.mark.browser


def opened(page: Page, command: str) -> Locator:
    page.locator("#composer").fill(command)
    page.keyboard.press("Escape")
    page.keyboard.press("Enter")
    dialog = page.locator("dialog.modal[open]")
    expect(dialog).to_be_visible()
    return dialog


def test_questions_appear_one_by_one_and_typed_text_and_caret_stay(enter: Enter) -> None:
    page = enter("kari")
    dialog = opened(page, "/form")
    summary = dialog.get_by_label("In one line")
    summary.fill("Invoices will not send")
    summary.evaluate("e => e.setSelectionRange(8, 8)")
    dialog.get_by_label("More").fill("Since 09:40")
    dialog.get_by_label("Something fails").check()
    expect(dialog.get_by_text("Your business is")).to_be_visible()
    expect(dialog.get_by_text("work starts by")).to_be_visible()
    expect(summary).to_have_value("Invoices will not send")
    expect(dialog.get_by_label("More")).to_have_value("Since 09:40")
    expect(dialog.get_by_label("Something fails")).to_be_checked()


def test_typing_goes_on_while_the_view_changes(enter: Enter) -> None:
    page = enter("kari")
    dialog = opened(page, "/form")
    dialog.get_by_label("Something fails").check()
    dialog.get_by_label("In one line").click()
    page.keyboard.type("Invoices will not send to anybody at all")
    expect(dialog.get_by_text("Your business is")).to_be_visible()
    expect(dialog.get_by_label("In one line")).to_be_focused()
    expect(dialog.get_by_label("In one line")).to_have_value("Invoices will not send to anybody at all")


def test_the_submitted_state_is_what_is_on_screen(slack: Sandbox, gallery: Gallery, enter: Enter) -> None:
    page = enter("kari")
    dialog = opened(page, "/form Invoices")
    expect(dialog.get_by_label("In one line")).to_have_value("Invoices")
    dialog.get_by_label("A question").check()
    expect(dialog.get_by_text("A question has no promise.")).to_be_visible()
    dialog.get_by_label("none of these").check()
    dialog.get_by_role("button", name="Open").click()
    expect(dialog).to_be_hidden()
    expect(page.locator("#composer")).to_be_focused()
    values = gallery.submitted[0]["state"]["values"]
    assert values["kind"]["value"]["selected_option"]["value"] == "question"
    assert values["summary"]["value"]["value"] == "Invoices"
    assert values["details"]["value"]["value"] is None
    assert values["harm"]["value"]["selected_option"]["value"] == "none"


def test_a_missing_answer_is_asked_for_before_anything_is_sent(gallery: Gallery, enter: Enter) -> None:
    page = enter("kari")
    dialog = opened(page, "/form")
    dialog.get_by_role("button", name="Open").click()
    expect(dialog.locator(".error", has_text="Please complete")).to_have_count(2)
    expect(dialog.get_by_label("Something fails")).to_be_focused()
    assert gallery.submitted == []


def test_the_apps_errors_stand_under_their_fields(enter: Enter) -> None:
    page = enter("kari")
    dialog = opened(page, "/form wrong")
    dialog.get_by_label("Something fails").check()
    expect(dialog.get_by_text("Your business is")).to_be_visible()
    dialog.get_by_label("none of these").check()
    dialog.get_by_role("button", name="Open").click()
    summary = dialog.get_by_label("In one line")
    expect(dialog.locator("[data-block=summary] .error")).to_have_text("Say what fails, not that it does.")
    expect(summary).to_have_attribute("aria-invalid", "true")
    expect(summary).to_be_focused()
    summary.fill("right")
    dialog.get_by_role("button", name="Open").click()
    expect(dialog).to_be_hidden()


def test_a_pushed_view_goes_back_to_what_was_filled_in(enter: Enter) -> None:
    page = enter("kari")
    dialog = opened(page, "/form more")
    dialog.get_by_label("Something fails").check()
    expect(dialog.get_by_text("Your business is")).to_be_visible()
    dialog.get_by_label("none of these").check()
    dialog.get_by_role("button", name="Open").click()
    expect(dialog.get_by_role("heading", name="Are you sure?")).to_be_visible()
    dialog.get_by_role("button", name="Back").first.click()
    expect(dialog.get_by_role("heading", name="Open a ticket")).to_be_visible()
    expect(dialog.get_by_label("In one line")).to_have_value("more")
    expect(dialog.get_by_label("none of these")).to_be_checked()
    dialog.get_by_role("button", name="Open").click()
    dialog.get_by_role("button", name="Yes").click()
    expect(dialog).to_be_hidden()


def test_escape_closes_and_gives_the_keyboard_back(slack: Sandbox, enter: Enter) -> None:
    page = enter("kari")
    dialog = opened(page, "/form")
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(page.locator("#composer")).to_be_focused()


def test_the_keyboard_stays_inside_a_modal(enter: Enter) -> None:
    page = enter("kari")
    dialog = opened(page, "/form")
    for _ in range(12):
        page.keyboard.press("Tab")
        assert dialog.evaluate("d => d.contains(document.activeElement)")
    for _ in range(12):
        page.keyboard.press("Shift+Tab")
        assert dialog.evaluate("d => d.contains(document.activeElement)")


def test_every_kind_of_field_gives_its_value(gallery: Gallery, enter: Enter) -> None:
    page = enter("kari")
    dialog = opened(page, "/fields")
    dialog.get_by_label("Words").fill("some words")
    dialog.get_by_label("Number").fill("12")
    dialog.get_by_label("Mail").fill("kari@example.test")
    dialog.get_by_label("Address").fill("https://example.test")
    dialog.get_by_label("Day").fill("2026-12-01")
    expect(dialog.get_by_label("Instant")).to_have_value("2025-11-24T17:00")
    dialog.get_by_label("Instant").fill("2026-12-01T08:30")
    dialog.get_by_role("button", name="One: Choose one").click()
    expect(page.locator(".options-heading")).to_have_text(["Open", "Closed"])
    page.get_by_role("option", name="Waiting").click()
    dialog.get_by_role("button", name="Some: Choose some").click()
    page.keyboard.type("Part 1")
    expect(page.get_by_role("option")).to_have_count(3)
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    dialog.get_by_role("button", name="Who: Choose one").click()
    page.get_by_role("option", name="Ola Hansen").click()
    dialog.get_by_role("button", name="Where: Choose one").click()
    page.get_by_role("option", name="#acme").click()
    dialog.get_by_role("button", name="Found outside: Choose one").click()
    page.keyboard.type("x")
    page.get_by_role("option", name="x 1").click()
    dialog.get_by_label("Two").check()
    dialog.get_by_role("button", name="Send").click()
    expect(dialog).to_be_hidden()
    values = {block: actions["value"] for block, actions in gallery.submitted[0]["state"]["values"].items()}
    assert values["number"]["value"] == "12"
    assert values["day"]["selected_date"] == "2026-12-01"
    assert values["instant"]["selected_date_time"] == 1796110200
    assert values["one"]["selected_option"]["value"] == "waiting"
    assert [one["value"] for one in values["some"]["selected_options"]] == ["p1", "p10"]
    assert values["outside"]["selected_option"]["text"]["text"] == "x 1"
    assert [one["value"] for one in values["which"]["selected_options"]] == ["2"]
    assert values["who"]["selected_user"].startswith("U")
    assert values["where"]["selected_conversation"].startswith("C")


@pytest.mark.parametrize(
    ("label", "typed", "words"),
    [
        ("Words", "ab", "Please enter at least 3 characters."),
        ("Number", "1.5", "Please enter a whole number."),
        ("Mail", "kari", "Please enter a valid email address."),
        ("Address", "javascript:1", "Please enter a valid URL."),
    ],
)
def test_a_value_of_the_wrong_kind_is_refused_in_place(
    gallery: Gallery, enter: Enter, label: str, typed: str, words: str
) -> None:
    page = enter("kari")
    dialog = opened(page, "/fields")
    dialog.get_by_label("Words").fill("long enough")
    dialog.get_by_label(label).fill(typed)
    dialog.get_by_role("button", name="Send").click()
    expect(dialog.locator(".error", has_text=words)).to_be_visible()
    assert gallery.submitted == []
