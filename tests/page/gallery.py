"""A small Bolt app that shows one of everything, so that the page can be looked at and tested."""

from typing import Any

from slack_bolt import Ack, App, Respond
from slack_sdk import WebClient

Json = dict[str, Any]

MANIFEST: Json = {
    "display_information": {"name": "Gallery"},
    "features": {
        "app_home": {"home_tab_enabled": True, "messages_tab_enabled": True},
        "bot_user": {"display_name": "gallery", "always_online": True},
        "shortcuts": [
            {"name": "Open the form", "type": "global", "callback_id": "form", "description": "Opens the form"},
            {"name": "Quote it", "type": "message", "callback_id": "quote", "description": "Quotes a message"},
        ],
        "slash_commands": [
            {"command": "/form", "description": "Open the form", "usage_hint": "[summary]", "should_escape": True},
            {"command": "/fields", "description": "A form with one of every field"},
            {"command": "/hear", "description": "Answers only you", "usage_hint": "words"},
            {"command": "/late", "description": "Never answers"},
        ],
    },
    "oauth_config": {
        "scopes": {
            "bot": [
                "commands",
                "chat:write",
                "users:read",
                "channels:history",
                "im:history",
                "im:write",
                "channels:read",
            ]
        },
    },
    "settings": {
        "event_subscriptions": {"bot_events": ["app_home_opened", "message.channels", "message.im"]},
        "interactivity": {"is_enabled": True},
        "socket_mode_enabled": True,
    },
}


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def mrkdwn(text: str, **more: object) -> Json:
    return {"type": "mrkdwn", "text": text, **more}


def section(text: str, **more: object) -> Json:
    return {"type": "section", "text": mrkdwn(text), **more}


def button(text: str, action_id: str, **more: object) -> Json:
    return {"type": "button", "text": plain(text), "action_id": action_id, **more}


def option(text: str, value: str, **more: object) -> Json:
    return {"text": plain(text), "value": value, **more}


def field(label: str, block_id: str, element: Json, **more: object) -> Json:
    return {
        "type": "input",
        "block_id": block_id,
        "label": plain(label),
        "element": {"action_id": "value", **element},
        **more,
    }


KINDS = [option("Something fails", "fault"), option("A question", "question")]
HARM = [option("considerably harder", "much"), option("none of these", "none")]
CONFIRM: Json = {
    "title": plain("Start over?"),
    "text": mrkdwn("What was done is *lost*."),
    "confirm": plain("Yes, start over"),
    "deny": plain("Keep it"),
}

SHOWCASE: list[Json] = [
    {"type": "header", "text": plain("T-12 · Invoices will not send")},
    section(
        "*Acme* · SoftOne agreement · opened by Kari, due <!date^1764000000^{date_short_pretty} at {time}|some day>"
    ),
    {
        "type": "section",
        "fields": [mrkdwn("*Priority 2*\nbusiness made considerably harder"), mrkdwn("*Owner*\nnobody yet")],
    },
    section(
        "`code`, ~gone~, _slanted_ :tada:\n> quoted\n```def f():\n    return 1```", accessory=button("Why?", "why")
    ),
    {"type": "divider"},
    {
        "type": "actions",
        "block_id": "acts",
        "elements": [
            button("Start work", "start", style="primary", value="12"),
            button("Start over", "over", style="danger", confirm=CONFIRM),
            {
                "type": "static_select",
                "action_id": "wait",
                "placeholder": plain("Wait"),
                "options": [option("Customer", "customer"), option("Access", "access")],
            },
            {"type": "users_select", "action_id": "assign", "placeholder": plain("Assign")},
            {
                "type": "overflow",
                "action_id": "more",
                "options": [option("To level 3", "level3"), option("Resolve", "resolve")],
            },
        ],
    },
    {
        "type": "context",
        "elements": [mrkdwn("Work starts by Mon 13:40 · ▰▰▰▰▰▱▱▱▱▱ 2 h 05 min of 4 h left · promised · SO-15")],
    },
]

RICH: list[Json] = [
    {
        "type": "rich_text",
        "elements": [
            {
                "type": "rich_text_section",
                "elements": [
                    {"type": "text", "text": "Bold", "style": {"bold": True}},
                    {"type": "text", "text": " and a "},
                    {"type": "link", "url": "https://example.test/a", "text": "link"},
                    {"type": "emoji", "name": "rocket"},
                ],
            },
            {
                "type": "rich_text_list",
                "style": "ordered",
                "elements": [
                    {"type": "rich_text_section", "elements": [{"type": "text", "text": "first"}]},
                    {"type": "rich_text_section", "elements": [{"type": "text", "text": "second"}]},
                ],
            },
            {"type": "rich_text_quote", "elements": [{"type": "text", "text": "said before"}]},
            {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": "kept  as is"}]},
        ],
    },
    {"type": "markdown", "text": "## Post mortem\n\nIt was **expired**.\n\n- [x] renewed\n- told\n\n1. one\n2. two"},
    {
        "type": "table",
        "column_settings": [{"align": "left"}, {"align": "right"}],
        "rows": [
            [{"type": "raw_text", "text": "Ticket"}, {"type": "raw_text", "text": "Left"}],
            [{"type": "raw_text", "text": "T-12"}, {"type": "raw_text", "text": "2 h 05 min"}],
            [{"type": "raw_text", "text": "T-14"}, {"type": "raw_text", "text": "40 min"}],
        ],
    },
    {
        "type": "image",
        "image_url": "https://example.test/graph.png",
        "alt_text": "A graph of the outage",
        "title": plain("Signing in"),
    },
]


def form(*, asked: bool = False, summary: str = "", kind: str | None = None) -> Json:
    """A form that asks one thing more once the first is answered, as /ticket does."""
    first: Json = {"type": "radio_buttons", "options": KINDS}
    blocks: list[Json] = [
        field("What is it?", "kind", first, dispatch_action=True),
        field(
            "In one line",
            "summary",
            {"type": "plain_text_input", "max_length": 150, **({"initial_value": summary} if summary else {})},
        ),
        field(
            "More",
            "details",
            {"type": "plain_text_input", "multiline": True},
            optional=True,
            hint=plain("What you saw, and since when"),
        ),
    ]
    if asked:
        blocks.append(
            field("Your business is", "harm", {"type": "radio_buttons", "options": HARM}, dispatch_action=True)
        )
        blocks.append(
            {
                "type": "context",
                "block_id": "outcome",
                "elements": [mrkdwn("→ *Priority 2* · work starts by Mon 23 Nov 13:40 · SO-15")],
            }
        )
    if kind == "question":
        blocks.append(
            {"type": "alert", "block_id": "note", "level": "warning", "text": mrkdwn("A question has no promise.")}
        )
    return {
        "type": "modal",
        "callback_id": "form",
        "title": plain("Open a ticket"),
        "submit": plain("Open"),
        "close": plain("Cancel"),
        "blocks": blocks,
    }


FIELDS: Json = {
    "type": "modal",
    "callback_id": "fields",
    "title": plain("One of every field"),
    "submit": plain("Send"),
    "blocks": [
        field("Words", "words", {"type": "plain_text_input", "min_length": 3}),
        field("Number", "number", {"type": "number_input", "is_decimal_allowed": False}, optional=True),
        field("Mail", "mail", {"type": "email_text_input"}, optional=True),
        field("Address", "url", {"type": "url_text_input"}, optional=True),
        field("Day", "day", {"type": "datepicker", "initial_date": "2026-11-23"}),
        field("Time", "time", {"type": "timepicker", "initial_time": "09:40"}),
        field("Instant", "instant", {"type": "datetimepicker", "initial_date_time": 1764000000}),
        field(
            "One",
            "one",
            {
                "type": "static_select",
                "option_groups": [
                    {"label": plain("Open"), "options": [option("New", "new"), option("Waiting", "waiting")]},
                    {"label": plain("Closed"), "options": [option("Solved", "solved")]},
                ],
            },
        ),
        field(
            "Some",
            "some",
            {"type": "multi_static_select", "options": [option(f"Part {n}", f"p{n}") for n in range(12)]},
            optional=True,
        ),
        field("Who", "who", {"type": "users_select"}, optional=True),
        field("Where", "where", {"type": "conversations_select"}, optional=True),
        field("Found outside", "outside", {"type": "external_select", "min_query_length": 1}, optional=True),
        field(
            "Which",
            "which",
            {"type": "checkboxes", "options": [option("One", "1", description=plain("the first")), option("Two", "2")]},
            optional=True,
        ),
    ],
}

SECOND: Json = {
    "type": "modal",
    "callback_id": "second",
    "title": plain("Are you sure?"),
    "submit": plain("Yes"),
    "blocks": [section("This is the *second* view.")],
}

HOME: Json = {
    "type": "home",
    "blocks": [
        {"type": "header", "text": plain("My tickets")},
        section("*T-12* · Invoices will not send\nWork starts by Mon 13:40", accessory=button("Open", "open_ticket")),
        {"type": "divider"},
        {"type": "actions", "elements": [button("New ticket", "home_new", style="primary")]},
    ],
}


class Gallery:
    """The app's listeners, and what they were sent."""

    def __init__(self, app: App) -> None:
        self.heard: list[Json] = []
        self.submitted: list[Json] = []
        app.command("/form")(self.form)
        app.command("/fields")(self.fields)
        app.command("/hear")(self.hear)
        app.shortcut("form")(self.form)
        app.shortcut("quote")(self.quote)
        app.action("value")(self.choose)
        app.action("start")(self.start)
        for name in ("over", "wait", "assign", "more", "why", "open_ticket", "home_new"):
            app.action(name)(self.act)
        app.options("value")(self.options)
        app.view("form")(self.submit)
        app.view("second")(self.finish)
        app.view("fields")(self.finish)
        app.event("app_home_opened")(self.home)
        app.event("message")(self.quiet)

    def form(self, ack: Ack, body: Json, client: WebClient) -> None:
        ack()
        client.views_open(trigger_id=body["trigger_id"], view=form(summary=body.get("text", "")))

    def fields(self, ack: Ack, body: Json, client: WebClient) -> None:
        ack()
        client.views_open(trigger_id=body["trigger_id"], view=FIELDS)

    def hear(self, ack: Ack, body: Json, respond: Respond) -> None:
        ack()
        words = f"You said: {body['text']}"
        respond(text=words, blocks=[section(words), {"type": "actions", "elements": [button("Why?", "why")]}])

    def quote(self, ack: Ack, body: Json, client: WebClient) -> None:
        ack()
        client.views_open(trigger_id=body["trigger_id"], view=form(summary=body["message"]["text"]))

    def choose(self, ack: Ack, body: Json, client: WebClient) -> None:
        self.heard.append(body)
        ack()
        view = body.get("view")
        if view and view["callback_id"] == "form":
            chosen = view["state"]["values"]["kind"]["value"]["selected_option"]
            client.views_update(
                view_id=view["id"], hash=view["hash"], view=form(asked=True, kind=chosen and chosen["value"])
            )

    def start(self, ack: Ack, body: Json, client: WebClient) -> None:
        self.heard.append(body)
        ack()
        said = section(f"Work started by <@{body['user']['id']}>")
        client.chat_update(
            channel=body["channel"]["id"], ts=body["message"]["ts"], text="T-12 started", blocks=[said, *SHOWCASE[5:]]
        )

    def act(self, ack: Ack, body: Json) -> None:
        self.heard.append(body)
        ack()

    def options(self, ack: Ack, payload: Json) -> None:
        ack(options=[option(f"{payload['value']} {n}", str(n)) for n in range(3)])

    def submit(self, ack: Ack, view: Json) -> None:
        summary = view["state"]["values"]["summary"]["value"]["value"]
        self.submitted.append(view)
        if summary == "wrong":
            ack(response_action="errors", errors={"summary": "Say what fails, not that it does."})
        elif summary == "more":
            ack(response_action="push", view=SECOND)
        else:
            ack()

    def finish(self, ack: Ack, view: Json) -> None:
        self.submitted.append(view)
        ack(response_action="clear")

    def home(self, event: Json, client: WebClient) -> None:
        if event["tab"] == "home":
            client.views_publish(user_id=event["user"], view=HOME)

    def quiet(self, event: Json) -> None:
        self.heard.append(event)
