"""Writing: the message box, its completion, threads, edits, reactions, files."""

import base64

import pytest
from playwright.sync_api import expect

from sandbox import Sandbox
from tests.page.conftest import Enter
from tests.page.gallery import Gallery

pytestmark = pytest.mark.browser


def test_enter_sends_and_shift_enter_breaks_the_line(slack: Sandbox, enter: Enter) -> None:
    page = enter("kari")
    page.keyboard.type("first")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("second")
    page.keyboard.press("Enter")
    expect(page.locator(".main .msg .text")).to_have_text("first\nsecond", use_inner_text=True)
    expect(page.locator("#composer")).to_have_value("")
    expect(page.locator("#composer")).to_be_focused()


def test_slash_offers_the_manifests_commands_to_the_keyboard(slack: Sandbox, enter: Enter) -> None:
    page = enter("kari")
    page.keyboard.type("/")
    expect(page.locator(".offer-label")).to_have_text(["/form", "/fields", "/hear", "/late"])
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("option", selected=True)).to_contain_text("/hear")
    page.keyboard.press("Tab")
    expect(page.locator("#composer")).to_have_value("/hear ")
    expect(page.locator(".usage")).to_contain_text("Answers only you")
    page.keyboard.type("me")
    page.keyboard.press("Enter")
    private = page.locator(".msg.ephemeral")
    expect(private).to_contain_text("Only visible to you")
    expect(private).to_contain_text("You said: me")
    private.get_by_role("button", name="Dismiss message").click()
    expect(private).to_be_hidden()


def test_escape_leaves_the_completion_and_keeps_the_text(enter: Enter) -> None:
    page = enter("kari")
    page.keyboard.type("/f")
    expect(page.locator(".offer-label")).to_have_text(["/form", "/fields", "Open the form"])
    page.keyboard.press("Escape")
    expect(page.locator(".complete")).to_be_hidden()
    expect(page.locator("#composer")).to_have_value("/f")


def test_an_unknown_command_is_refused_and_not_posted(enter: Enter) -> None:
    page = enter("kari")
    page.keyboard.type("/nonsense now")
    page.keyboard.press("Enter")
    expect(page.locator(".toast")).to_contain_text("/nonsense is not a command here")
    expect(page.locator("#composer")).to_have_value("/nonsense now")
    expect(page.locator(".main .msg")).to_have_count(0)


def test_people_and_channels_are_completed_and_become_mentions(enter: Enter) -> None:
    page = enter("kari")
    page.keyboard.type("ask @ola")
    expect(page.get_by_role("option", name="Ola Hansen")).to_be_visible()
    page.keyboard.press("Enter")
    page.keyboard.type("in #ac")
    page.keyboard.press("Tab")
    expect(page.locator("#composer")).to_have_value("ask @ola in #acme ")
    page.keyboard.press("Enter")
    expect(page.locator(".main .mention")).to_have_text(["@Ola Hansen", "#acme"])


def test_a_command_that_gets_no_answer_is_said_to_the_person_alone(slack: Sandbox, enter: Enter) -> None:
    page = enter("kari")
    page.keyboard.type("/late")
    page.keyboard.press("Enter")
    note = page.locator(".msg.ephemeral")
    expect(note).to_contain_text("/late failed with the error", timeout=10_000)
    expect(note).to_contain_text("operation_timeout")


def test_a_thread_opens_at_the_right_and_counts_its_replies(slack: Sandbox, enter: Enter) -> None:
    parent = slack.person("ola").types("the parent", in_="#acme")
    page = enter("kari")
    page.locator(".main .msg").hover()
    page.get_by_role("button", name="Reply in thread").click()
    expect(page.get_by_label("Reply", exact=True)).to_be_focused()
    page.keyboard.type("my reply")
    page.keyboard.press("Enter")
    expect(page.locator("#side .msg")).to_have_count(2)
    expect(page.locator(".main .threadline")).to_contain_text("1 reply")
    slack.person("ola").types("another", in_="#acme", thread=parent)
    expect(page.locator("#side .msg", has_text="another")).to_be_visible()
    expect(page.locator(".main .threadline")).to_contain_text("2 replies")
    expect(page.locator(".main .msg")).to_have_count(1)
    page.keyboard.press("Escape")
    expect(page.locator("#side")).to_be_hidden()
    expect(page.locator("#composer")).to_be_focused()


def test_the_arrow_up_edits_ones_last_message(slack: Sandbox, enter: Enter) -> None:
    slack.person("kari").types("a <b> & @ola", in_="#acme")
    page = enter("kari")
    expect(page.locator(".main .msg")).to_have_count(1)
    page.keyboard.press("ArrowUp")
    field = page.get_by_label("Edit message")
    expect(field).to_have_value("a <b> & @ola")
    field.fill("better")
    page.keyboard.press("Enter")
    expect(page.locator(".main .msg .body")).to_have_text("better(edited)")


def test_ones_own_message_can_be_deleted_after_a_question(slack: Sandbox, enter: Enter) -> None:
    slack.person("kari").types("a mistake", in_="#acme")
    page = enter("kari")
    page.locator(".main .msg").hover()
    page.get_by_role("button", name="More actions").click()
    page.get_by_role("menuitem", name="Delete message…").click()
    page.get_by_role("alertdialog").get_by_role("button", name="Delete").click()
    expect(page.locator(".main .msg")).to_have_count(0)


def test_others_messages_cannot_be_edited(slack: Sandbox, enter: Enter) -> None:
    slack.person("ola").types("not yours", in_="#acme")
    page = enter("kari")
    page.locator(".main .msg").hover()
    page.get_by_role("button", name="More actions").click()
    expect(page.get_by_role("menuitem", name="Copy text")).to_be_visible()
    expect(page.get_by_role("menuitem", name="Edit message")).to_be_hidden()


def test_a_reaction_is_put_on_and_taken_off(slack: Sandbox, enter: Enter) -> None:
    slack.person("ola").types("good", in_="#acme")
    page = enter("kari")
    page.locator(".main .msg").hover()
    page.get_by_role("button", name="Add a reaction").click()
    page.keyboard.type("tada")
    page.keyboard.press("Enter")
    reaction = page.locator(".reaction")
    expect(reaction).to_have_attribute("aria-pressed", "true")
    reaction.click()
    expect(reaction).to_have_count(0)


def test_a_file_is_shared(slack: Sandbox, enter: Enter) -> None:
    page = enter("kari")
    page.locator(".main input[type=file]").set_input_files(
        {"name": "log.txt", "mimeType": "text/plain", "buffer": b"lines"}
    )
    expect(page.locator(".filecard")).to_contain_text("log.txt")


def test_a_picture_is_seen_and_described(slack: Sandbox, enter: Enter) -> None:
    page = enter("kari")
    dot = base64.b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")
    page.locator(".main input[type=file]").set_input_files({"name": "dot.gif", "mimeType": "image/gif", "buffer": dot})
    picture = page.get_by_role("img", name="dot.gif")
    expect(picture).to_be_visible()
    assert picture.evaluate("shown => shown.decode().then(() => shown.naturalWidth)") == 1


def test_a_message_shortcut_carries_the_message(slack: Sandbox, gallery: Gallery, enter: Enter) -> None:
    slack.person("ola").types("the printer is down", in_="#acme")
    page = enter("kari")
    page.locator(".main .msg").hover()
    page.get_by_role("button", name="More actions").click()
    page.get_by_role("menuitem", name="Quote it").click()
    expect(page.get_by_label("In one line")).to_have_value("the printer is down")


def test_a_global_shortcut_runs_from_the_plus_button(enter: Enter) -> None:
    page = enter("kari")
    page.get_by_role("button", name="Attach a file or run a shortcut").click()
    page.get_by_role("menuitem", name="Open the form").click()
    expect(page.get_by_role("dialog", name="Open a ticket")).to_be_visible()


def test_what_is_half_written_waits_in_its_channel(slack: Sandbox, enter: Enter) -> None:
    page = enter("ola")
    page.keyboard.type("half")
    page.get_by_role("button", name="desk").click()
    expect(page.locator("#composer")).to_have_value("")
    page.get_by_role("button", name="acme").click()
    expect(page.locator("#composer")).to_have_value("half")
