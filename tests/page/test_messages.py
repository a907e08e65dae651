"""What the page shows of messages: every block, every mark, and nothing that was only pretended."""

import pytest
from playwright.sync_api import Page, expect
from slack_sdk import WebClient

from sandbox import Sandbox
from tests.page.conftest import Enter
from tests.page.gallery import RICH, SHOWCASE, Gallery, Json, button, mrkdwn, option, plain, section

pytestmark = pytest.mark.browser

TOKEN = "<!date^1795426800^{date_short_pretty} at {time}|a fallback>"  # Mon 23 Nov 2026, 09:40 UTC


def shown(page: Page, words: str) -> None:
    expect(page.locator(".main .msg", has_text=words).last).to_be_visible()


def post(client: WebClient, slack: Sandbox, *blocks: Json, text: str = "a card") -> None:
    client.chat_postMessage(channel=slack.channel("acme").id, text=text, blocks=list(blocks))


def test_a_menu_that_was_gone_from_a_message_comes_back_without_what_was_chosen(
    slack: Sandbox, client: WebClient, enter: Enter
) -> None:
    options = [option("Customer", "customer"), option("Access", "access")]
    wait = {"type": "static_select", "action_id": "wait", "placeholder": plain("Wait"), "options": options}

    def row(element: Json) -> list[Json]:
        return [{"type": "actions", "block_id": "row", "elements": [element]}]

    where = slack.channel("acme").id
    posted = client.chat_postMessage(channel=where, text="a card", blocks=row(wait))
    page = enter("kari")
    page.get_by_role("button", name="Wait").click()
    page.get_by_role("option", name="Access").click()
    expect(page.get_by_role("button", name="Access")).to_be_visible()
    client.chat_update(channel=where, ts=posted["ts"], text="a card", blocks=row(button("Resume", "resume")))
    expect(page.get_by_role("button", name="Resume")).to_be_visible()
    client.chat_update(channel=where, ts=posted["ts"], text="a card", blocks=row(wait))
    expect(page.get_by_role("button", name="Wait")).to_be_visible()


def test_messages_of_one_author_stand_together_under_one_name(slack: Sandbox, enter: Enter) -> None:
    slack.person("kari").types("one", in_="#acme")
    slack.person("kari").types("two", in_="#acme")
    slack.person("ola").types("three", in_="#acme")
    page = enter("kari")
    expect(page.locator(".main .msg")).to_have_count(3)
    expect(page.locator(".main .msg .name")).to_have_text(["Kari Nordmann", "Ola Hansen"])
    expect(page.locator(".dayline")).to_have_text("Today")


def test_a_card_shows_its_blocks_and_elements(slack: Sandbox, client: WebClient, enter: Enter) -> None:
    post(client, slack, *SHOWCASE)
    card = enter("kari").locator(".main .msg")
    expect(card.get_by_role("heading", name="T-12 · Invoices will not send")).to_be_visible()
    expect(card.locator(".field-cell")).to_have_count(2)
    expect(card.locator("strong", has_text="Acme")).to_be_visible()
    expect(card.locator("em")).to_have_text("slanted")
    expect(card.locator("s")).to_have_text("gone")
    expect(card.locator("code")).to_have_text("code")
    expect(card.locator("blockquote")).to_have_text("quoted")
    expect(card.locator("pre")).to_have_text("def f():\n    return 1")
    expect(card.get_by_role("button", name="Start work")).to_be_visible()
    expect(card.get_by_role("button", name="Assign")).to_be_visible()
    expect(card.get_by_role("button", name="More actions").first).to_be_visible()
    expect(card.locator(".context")).to_contain_text("SO-15")


def test_rich_text_markdown_table_and_picture_are_drawn(slack: Sandbox, client: WebClient, enter: Enter) -> None:
    post(client, slack, *RICH)
    card = enter("kari").locator(".main .msg")
    expect(card.get_by_role("link", name="link")).to_have_attribute("href", "https://example.test/a")
    expect(card.locator(".rich ol li")).to_have_text(["first", "second"])
    expect(card.locator(".rich pre")).to_have_text("kept  as is")
    expect(card.get_by_role("heading", name="Post mortem")).to_be_visible()
    expect(card.locator("table th")).to_have_text(["Ticket", "Left"])
    expect(card.locator("table td")).to_have_text(["T-12", "2 h 05 min", "T-14", "40 min"])
    expect(card.get_by_role("img", name="A graph of the outage")).to_be_visible()


def test_an_unknown_block_is_named_and_can_be_looked_into(slack: Sandbox, enter: Enter) -> None:
    page = enter("kari")
    page.evaluate(
        """async () => {
            const { drawBlocks } = await import('/page/blocks.js');
            const root = document.createElement('div');
            root.id = 'probe';
            document.body.append(root);
            drawBlocks(root, [{ type: 'hologram', depth: 3 }], {});
        }"""
    )
    expect(page.locator("#probe")).to_contain_text("Block “hologram” is not shown in the sandbox")
    expect(page.locator("#probe pre")).to_contain_text('"depth": 3')


def test_attachments_carry_their_colour(slack: Sandbox, client: WebClient, enter: Enter) -> None:
    old = {"color": "#b3261e", "title": "Old style", "text": "a *bold* word", "fallback": "x"}
    client.chat_postMessage(channel=slack.channel("acme").id, text="see below", attachments=[old])
    page = enter("kari")
    expect(page.locator(".attachment-bar")).to_have_css("background-color", "rgb(179, 38, 30)")
    expect(page.locator(".attachment strong")).to_have_text("bold")


@pytest.mark.parametrize(("who", "words"), [("kari", "I morgen at 11:00"), ("ola", "Tomorrow at 10:00")])
def test_a_date_is_said_in_the_readers_own_zone_and_language(
    slack: Sandbox, client: WebClient, enter: Enter, who: str, words: str
) -> None:
    post(client, slack, section(TOKEN.replace("1795426800", "1795514400")))
    expect(enter(who).locator("time.date")).to_have_text(words)


def test_a_day_inside_a_sentence_has_no_capital(slack: Sandbox, client: WebClient, enter: Enter) -> None:
    post(client, slack, section(f"*Due {TOKEN}*\n{TOKEN}"))
    expect(enter("ola").locator("time.date")).to_have_text(["today at 09:40", "Today at 09:40"])


def test_a_date_with_an_unknown_token_shows_its_fallback(slack: Sandbox, client: WebClient, enter: Enter) -> None:
    post(client, slack, section("<!date^1795428000^{moon}|a fallback>"))
    expect(enter("kari").locator("time.date")).to_have_text("a fallback")


def test_mentions_channels_groups_and_specials_are_said_by_name(
    slack: Sandbox, client: WebClient, enter: Enter
) -> None:
    kari, acme = slack.person("kari").id, slack.channel("acme").id
    post(client, slack, section(f"<@{kari}> <#{acme}> <!here> <!subteam^S123|@seniors>"))
    marks = enter("kari").locator(".main .mention")
    expect(marks).to_have_text(["@Kari Nordmann", "#acme", "@here", "@seniors"])
    expect(marks.first).to_have_class("mention self")


HOSTILE = [
    "<img src=x onerror=\"document.title='broken'\">",
    "<script>document.title='broken'</script>",
    "</div></li><h1>out</h1>",
    "<!channel> <@U0SB000002> <https://evil.test|your bank>",
    "&lt;b&gt;twice&lt;/b&gt; & <",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_what_a_person_types_is_shown_as_typed(slack: Sandbox, enter: Enter, text: str) -> None:
    slack.person("ola").types(f"start {text} end", in_="#acme")
    page = enter("kari")
    body = page.locator(".main .msg .body")
    expect(body).to_contain_text("end")
    assert page.locator(".main .msg :is(img, script, h1)").count() == 0
    assert "broken" not in page.title()


def test_hostile_words_in_blocks_stay_words(slack: Sandbox, client: WebClient, enter: Enter) -> None:
    bad = "<img src=x onerror=alert(1)>"
    options = [option(bad, "1"), option("b", "2")]
    chooser: Json = {"type": "static_select", "action_id": "wait", "placeholder": plain(bad), "options": options}
    post(
        client,
        slack,
        {"type": "header", "text": plain(bad)},
        {"type": "section", "text": plain(bad), "fields": [mrkdwn("&lt;img src=x&gt; <javascript:alert(1)|press>")]},
        {"type": "actions", "elements": [button(bad, "why"), chooser]},
        {"type": "markdown", "text": f"# {bad}\n[press](javascript:alert(1))"},
        text=bad,
    )
    page = enter("kari")
    expect(page.locator(".main .msg h3").first).to_have_text(bad)
    assert page.locator(".main .msg img").count() == 0
    assert page.locator(".main .msg a").count() == 0
    page.locator(".main .select").click()
    expect(page.get_by_role("option", name=bad)).to_be_visible()


def test_a_turned_direction_does_not_leave_its_own_text(slack: Sandbox, client: WebClient, enter: Enter) -> None:
    """U+202E turns what follows; the card's other words must keep their order."""
    post(client, slack, section("\u202eevil"), section("T-12 due 13:40"))
    texts = enter("kari").locator(".main .section .text")
    expect(texts.nth(1)).to_have_css("unicode-bidi", "isolate")
    expect(texts.nth(1)).to_have_text("T-12 due 13:40")


def test_verbatim_text_grows_no_links(slack: Sandbox, client: WebClient, enter: Enter) -> None:
    post(
        client,
        slack,
        {"type": "section", "text": mrkdwn("see https://example.test", verbatim=True)},
        section("and https://example.org"),
    )
    expect(enter("kari").locator(".main .msg a")).to_have_text(["https://example.org"])


def test_a_click_reaches_the_app_and_its_update_keeps_the_keyboard_in_place(
    slack: Sandbox, client: WebClient, gallery: Gallery, enter: Enter
) -> None:
    post(client, slack, *SHOWCASE)
    page = enter("kari")
    page.get_by_role("button", name="Start work").focus()
    page.keyboard.press("Enter")
    shown(page, "Work started by @Kari Nordmann")
    assert gallery.heard[-1]["actions"][0]["value"] == "12"
    expect(page.get_by_role("button", name="Start work")).to_be_focused()


def test_choices_in_a_message_reach_the_app(slack: Sandbox, client: WebClient, gallery: Gallery, enter: Enter) -> None:
    post(client, slack, *SHOWCASE)
    page = enter("kari")
    page.get_by_role("button", name="Wait").click()
    page.get_by_role("option", name="Access").click()
    expect(page.locator(".select").first).to_have_text("Access")
    page.get_by_role("button", name="Assign").click()
    page.get_by_role("option", name="Ola Hansen").click()
    page.get_by_role("button", name="More actions").first.click()
    page.get_by_role("menuitem", name="Resolve").click()
    assert slack.until(lambda: len(gallery.heard) == 3, 5)
    actions = {one["actions"][0]["action_id"]: one["actions"][0] for one in gallery.heard}
    assert actions["wait"]["selected_option"]["value"] == "access"
    assert actions["assign"]["selected_user"] == slack.person("ola").id
    assert actions["more"]["selected_option"]["value"] == "resolve"


def test_a_confirm_dialog_stands_before_the_act(
    slack: Sandbox, client: WebClient, gallery: Gallery, enter: Enter
) -> None:
    post(client, slack, *SHOWCASE)
    page = enter("kari")
    page.get_by_role("button", name="Start over").click()
    dialog = page.get_by_role("alertdialog")
    expect(dialog).to_contain_text("What was done is lost.")
    dialog.get_by_role("button", name="Keep it").click()
    assert gallery.heard == []
    page.get_by_role("button", name="Start over").click()
    dialog.get_by_role("button", name="Yes, start over").click()
    expect(dialog).to_be_hidden()
    assert slack.until(lambda: gallery.heard, 5)
    assert gallery.heard[0]["actions"][0]["action_id"] == "over"


def test_new_messages_do_not_move_what_is_being_read(slack: Sandbox, enter: Enter) -> None:
    kari, ola = slack.person("kari"), slack.person("ola")
    for n in range(40):
        kari.types(f"line {n}", in_="#acme")
    page = enter("kari")
    scroller = page.locator(".main .scroller")
    shown(page, "line 39")
    scroller.evaluate("e => { e.scrollTop = 100; }")
    ola.types("fresh", in_="#acme")
    pill = page.get_by_role("button", name="New messages")
    expect(pill).to_be_visible()
    assert scroller.evaluate("e => e.scrollTop") == 100
    pill.click()
    expect(page.locator(".main .msg", has_text="fresh")).to_be_in_viewport()
    expect(pill).to_be_hidden()
    ola.types("fresher", in_="#acme")
    expect(page.locator(".main .msg", has_text="fresher")).to_be_in_viewport()


def test_new_messages_are_said_to_screen_readers(slack: Sandbox, enter: Enter) -> None:
    page = enter("kari")
    slack.person("ola").types("hello *there*", in_="#acme")
    expect(page.locator("#live")).to_contain_text("Ola Hansen: hello there")


def test_the_app_home_is_opened_and_acted_on(slack: Sandbox, gallery: Gallery, enter: Enter) -> None:
    page = enter("kari")
    page.get_by_label("Apps").get_by_role("button", name="Gallery").click()
    expect(page.get_by_role("tab", name="Home")).to_have_attribute("aria-selected", "true")
    page.get_by_role("button", name="New ticket").click()
    assert slack.until(lambda: gallery.heard, 5)
    assert gallery.heard[-1]["view"]["type"] == "home"
    page.get_by_role("tab", name="Messages").click()
    expect(page.get_by_placeholder("Message Gallery")).to_be_visible()
