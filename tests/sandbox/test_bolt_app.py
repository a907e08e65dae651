"""A real Bolt app, as written for Slack, runs against the sandbox over both transports."""

from collections.abc import Callable
from typing import Any

import pytest
from slack_bolt import Ack, App, Respond, Say
from slack_sdk import WebClient

from sandbox import Sandbox

Run = Callable[[App], None]
Json = dict[str, Any]


def form(text: str = "", **more: Any) -> Json:
    """Return a modal with one field and a choice."""
    options = [{"text": {"type": "plain_text", "text": word}, "value": word.lower()} for word in ("High", "Low")]
    return {
        "type": "modal",
        "callback_id": "form",
        "title": {"type": "plain_text", "text": "Form"},
        "submit": {"type": "plain_text", "text": "Send"},
        "blocks": [
            {
                "type": "input",
                "block_id": "line",
                "label": {"type": "plain_text", "text": "In one line"},
                "element": {
                    "type": "plain_text_input",
                    "action_id": "text",
                    **({"initial_value": text} if text else {}),
                },
            },
            {
                "type": "input",
                "block_id": "level",
                "optional": True,
                "dispatch_action": True,
                "label": {"type": "plain_text", "text": "Level"},
                "element": {"type": "radio_buttons", "action_id": "level", "options": options},
            },
        ],
        **more,
    }


def card(text: str) -> list[Json]:
    """Return a message's blocks with a button and a menu."""
    options = [{"text": {"type": "plain_text", "text": "Close"}, "value": "close"}]
    return [
        {"type": "section", "text": {"type": "mrkdwn", "text": text}},
        {
            "type": "actions",
            "block_id": "doing",
            "elements": [
                {
                    "type": "button",
                    "action_id": "start",
                    "value": "1",
                    "text": {"type": "plain_text", "text": "Start work"},
                },
                {
                    "type": "users_select",
                    "action_id": "assign",
                    "placeholder": {"type": "plain_text", "text": "Assign"},
                },
                {"type": "overflow", "action_id": "more", "options": options},
            ],
        },
    ]


def test_a_command_is_acknowledged_with_words_for_its_author_alone(slack: Sandbox, app: App, run: Run) -> None:
    @app.command("/echo")
    def echo(ack: Ack, command: Json) -> None:
        ack(f"You said {command['text']}")

    run(app)
    answer = slack.person("kari").types("/echo hello there", in_="#acme")
    assert (answer.acked, answer.text, answer.error) == (True, "You said hello there", None)
    assert [one.text for one in slack.person("kari").private_answers("#acme")] == ["You said hello there"]
    assert slack.person("ola").private_answers("#acme") == []
    slack.sees_nothing_more()


def test_a_command_leads_to_a_modal_a_card_and_its_buttons(slack: Sandbox, app: App, run: Run) -> None:
    @app.command("/echo")
    def open_form(ack: Ack, command: Json, client: WebClient) -> None:
        ack()
        client.views_open(trigger_id=command["trigger_id"], view=form(private_metadata=command["channel_id"]))

    @app.action("level")
    def level(ack: Ack, body: Json, client: WebClient) -> None:
        ack()
        new = form(private_metadata=body["view"]["private_metadata"])
        new["blocks"].append({"type": "section", "text": {"type": "mrkdwn", "text": "→ *Priority 2*"}})
        client.views_update(view_id=body["view"]["id"], hash=body["view"]["hash"], view=new)

    @app.view("form")
    def submitted(ack: Ack, view: Json, client: WebClient) -> None:
        text = view["state"]["values"]["line"]["text"]["value"]
        if text == "bad":
            ack(response_action="errors", errors={"line": "Say more"})
            return
        ack()
        client.chat_postMessage(channel=view["private_metadata"], text=f"T-1 {text}", blocks=card(f"T-1 {text}"))

    @app.action("start")
    def start(ack: Ack, body: Json, client: WebClient) -> None:
        ack()
        client.chat_update(
            channel=body["channel"]["id"], ts=body["message"]["ts"], text="T-1 started", blocks=card("T-1 started")
        )

    @app.action("assign")
    def assign(ack: Ack, action: Json, say: Say) -> None:
        ack()
        say(f"Given to <@{action['selected_user']}>")

    @app.action("more")
    def more(ack: Ack, action: Json, respond: Respond) -> None:
        ack()
        respond(text=f"Chose {action['selected_option']['value']}", replace_original=False)

    run(app)
    kari, ola = slack.person("kari"), slack.person("ola")
    assert kari.types("/echo", in_="#acme").acked
    modal = kari.modal()
    assert modal.title == "Form"
    modal.fill("In one line", "bad").choose("Level", "High")
    modal.waits_for("Priority 2")
    assert modal.values["line"]["text"] == {"type": "plain_text_input", "value": "bad"}
    assert modal.submit().errors == {"line": "Say more"} == modal.errors
    assert modal.fill("In one line", "printer").submit().response_action == "close"
    assert modal.closed

    posted = slack.expects("T-1 printer", in_="#acme", thread=None)
    assert ola.clicks("Start work", on=posted) is None
    slack.expects_edit(posted, "T-1 started")
    ola.chooses("Assign", "Ola Hansen", on=posted)
    slack.expects(ola.mention(), in_="#acme")
    ola.clicks("Close", on=posted)
    slack.expects_private("Chose close", to=ola, in_="#acme")
    slack.sees_nothing_more()


def test_shortcuts_open_forms_and_quote_messages(slack: Sandbox, app: App, run: Run) -> None:
    @app.shortcut("form")
    def open_form(ack: Ack, shortcut: Json, client: WebClient) -> None:
        ack()
        client.views_open(trigger_id=shortcut["trigger_id"], view=form("from a shortcut"))

    @app.shortcut("quote")
    def quote(ack: Ack, shortcut: Json, client: WebClient) -> None:
        ack()
        client.chat_postMessage(channel=shortcut["user"]["id"], text=f"Quote: {shortcut['message']['text']}")

    @app.event("message")
    def message() -> None:
        """Bolt leaves what nobody listens to without an acknowledgement."""

    run(app)
    kari = slack.person("kari")
    said = kari.types("it is broken", in_="#acme")
    kari.uses_shortcut("Open a form")
    assert kari.modal().values["line"]["text"]["value"] == "from a shortcut"
    kari.uses_shortcut("Quote it", on=said)
    slack.expects("Quote: it is broken", to=kari)
    slack.sees_nothing_more()


def test_the_home_is_published_when_it_is_opened(slack: Sandbox, app: App, run: Run) -> None:
    @app.event("app_home_opened")
    def opened(event: Json, client: WebClient) -> None:
        block = {"type": "section", "text": {"type": "mrkdwn", "text": "Your tickets"}}
        client.views_publish(user_id=event["user"], view={"type": "home", "blocks": [block]})

    run(app)
    assert slack.person("kari").opens_home().text == "Your tickets"


def test_events_reach_the_app_and_it_answers_in_the_thread(slack: Sandbox, app: App, run: Run) -> None:
    @app.event("app_mention")
    def mentioned(event: Json, say: Say) -> None:
        say("Here", thread_ts=event["ts"])

    @app.event("message")
    def message(event: Json, say: Say) -> None:
        if event.get("text") == "ping":
            say("pong")

    run(app)
    kari = slack.person("kari")
    said = kari.types("are you there, @echo?", in_="#acme")
    slack.expects("Here", in_="#acme", thread=said)
    kari.types("ping")
    slack.expects("pong", to=kari, thread=None)
    slack.sees_nothing_more()


def test_a_message_nobody_expected_fails_the_story(slack: Sandbox, client: WebClient) -> None:
    client.chat_postMessage(channel=slack.channel("acme").id, text="by the way")
    with pytest.raises(AssertionError, match="by the way"):
        slack.sees_nothing_more()
