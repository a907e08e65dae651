"""Payloads of our own shapes, as Slack sends them when people do what Vakt offers.

`FRESH` in a text stands for something that no delivery had before, `LATEST` for the ticket that was
opened last. Further samples are read from
the folder that SLACK_SAMPLES names, every JSON file in it.
"""

import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from bot.demo_seed import TEAM
from bot.workspace.file import CustomerEntry, Workspace
from handlers.views.names import (
    Action,
    Field,
    More,
    Shortcut,
    View,
    block_for,
    extra_block,
    more_value,
    question_block,
)
from models.sla.contract import Contract, TicketKind
from models.sla.questions import walk

FRESH = "FRESH"
LATEST = 904
"""Stands for the ticket that was opened last: the first ones are soon closed."""

TICKETS = (1, LATEST, 3, LATEST, LATEST)
ONES = {"team_id": TEAM["id"], "api_app_id": "A0VAKT", "token": "x"}


def payloads(workspace: Workspace, contracts: Mapping[str, Contract], answers_at: str) -> list[Any]:
    """Everything that people may cause; `answers_at` is where private answers are taken."""
    people = {person.handle: person.slack for person in workspace.people}
    ours: list[Any] = []
    for customer in workspace.customers:
        speaker = people[[*customer.contacts, *customer.super_users][0]]
        ours += openings(customer, contracts[customer.contract], speaker, people["ola"])
        ours += commands(str(customer.channel), speaker, answers_at)
    ours += commands("C0DESK", people["ola"], answers_at)
    ours += notices(people["ola"])
    for who in (people["ola"], people["anna"]):
        ours += clicks(who, answers_at)
        ours += modals(who)
        ours += events(who)
        ours += shortcuts(who)
    return ours


def opening_payloads(workspace: Workspace, contracts: Mapping[str, Contract]) -> list[Any]:
    """One opening for each customer: what the tickets that others are about are opened with."""
    people = {person.handle: person.slack for person in workspace.people}
    return [
        openings(each, contracts[each.contract], people[[*each.contacts, *each.super_users][0]], people["ola"])[0]
        for each in workspace.customers
    ]


def commands(channel: str, who: str, answers_at: str) -> list[Any]:
    """Every command, with everything that may stand after it."""
    texts = (
        "",
        "help",
        "list",
        "list late",
        "why T-1",
        "T-2",
        "T-99999999999",
        "Invoices will not send",
        "list nothing",
    )
    rotas = ("", "next", "week support", "take", "swap", "override", "help", "no such rota")
    asked = rotas if channel == "C0DESK" else ("week",)
    told = ("", "list", "O-1", "update O-1", "link O-1 T-1", "Signing in fails")
    heard = ("", "list", "register", "help", "nothing of the kind")
    measured = ("", "2026-11", "bykommune 12m", "claim", "affected bykommune O-1 2026-11-23T10:00", "help")
    typed = [*(("/ticket", text) for text in texts), *(("/oncall", text) for text in asked)]
    typed += [("/announce", text) for text in ("", "list", "help", "N-1", "n-99999999999", "N-", "no such")]
    planned = ("", "plan", "feed", "M-1", "M-99999999999") if channel == "C0DESK" else ("plan",)
    typed += [("/maintenance", text) for text in planned]
    typed += [("/sla", text) for text in measured]
    called = ("", "on_call", "<@U0INGRID> It burns", "on_call The portal is down", "fridge It is open")
    typed += [("/page", text) for text in (called if channel == "C0DESK" else called[:1])]
    typed += [*(("/outage", text) for text in told), *(("/subscribe", text) for text in heard), ("/unsubscribe", "")]
    return [
        {
            **ONES,
            "command": command,
            "text": text,
            "user_id": who,
            "user_name": "somebody",
            "channel_id": channel,
            "channel_name": "x",
            "trigger_id": f"tr.{FRESH}",
            "response_url": answers_at,
        }
        for command, text in typed
    ]


def _caused(who: str) -> dict[str, Any]:
    return {
        **ONES,
        "user": {"id": who, "username": "somebody", "team_id": TEAM["id"]},
        "team": {"id": TEAM["id"], "domain": TEAM["domain"]},
        "trigger_id": f"tr.{FRESH}",
    }


def shortcuts(who: str) -> list[Any]:
    """Both shortcuts."""
    message = {
        "type": "message",
        "user": "U0ANNA",
        "ts": "1795422000.000100",
        "text": "It says <https://x.y|error> 500",
    }
    return [
        {"type": "shortcut", "callback_id": str(Shortcut.OPEN), **_caused(who)},
        {
            "type": "message_action",
            "callback_id": str(Shortcut.FROM_MESSAGE),
            "channel": {"id": "C0ACME", "name": "acme"},
            "message_ts": message["ts"],
            "message": message,
            "response_url": "https://127.0.0.1:1/none",
            **_caused(who),
        },
    ]


def _element(action: str, number: int) -> dict[str, Any]:
    name = f"T-{number}"
    elements: dict[str, dict[str, Any]] = {
        Action.ASSIGN: {"type": "users_select", "selected_user": "U0INGRID"},
        Action.MORE: _option(more_value(list(More)[number % len(More)], name)),
        Action.WAIT: _option("access" if number == LATEST else "customer"),
        Action.LIST: _option("open"),
        Action.LIST_PAGE: {"type": "button", "value": "open:1"},
        Action.DETAILS_PAGE: {"type": "button", "value": f"{name}:1"},
        Action.WHY_PAGE: {"type": "button", "value": f"{name}:1"},
        Action.HOME_PAGE: {"type": "button", "value": "1"},
        Action.SLA_PERIOD: {"type": "button", "value": "customer:2026-11"},
        Action.SLA_EXCLUDE: {"type": "button", "value": "customer:2026-11:interval"},
        Action.ON_CALL_WEEK: {"type": "button", "value": "support"},
        Action.ON_CALL_PAGE: {"type": "button", "value": "support:1"},
        Action.ON_CALL_TAKE: {"type": "button", "value": f"support:primary:{number}:1795500000:1795586400"},
        Action.ON_CALL_SWAP: {"type": "button", "value": "support"},
        Action.ON_CALL_OVERRIDE: {"type": "button", "value": "support"},
    }
    announced = ANNOUNCED.get(action.partition(".")[0])
    return elements.get(action, {"type": "button", "value": announced or name})


ANNOUNCED = {"outage": "O-1", "maintenance": "M-1", "notice": "N-1", "told": "O-1:0", "mails": "N-1"}
"""What the buttons on announcements carry, by how their action begins."""


def clicks(who: str, answers_at: str) -> list[Any]:
    """Every button and menu, on a message and in a modal."""
    found = []
    for at, action in enumerate(Action):
        number = TICKETS[at % len(TICKETS)]
        pressed = {"action_id": str(action), "block_id": block_for("desk", f"T-{number}"), **_element(action, number)}
        click = {"type": "block_actions", "actions": [{**pressed, "action_ts": "1.0"}], **_caused(who)}
        on_message = {
            "container": {"type": "message", "message_ts": "1795000001.000001", "channel_id": "C0DESK"},
            "channel": {"id": "C0DESK", "name": "desk"},
            "message": {"ts": "1795000001.000001", "text": "card"},
            "response_url": answers_at,
        }
        in_view = {"container": {"type": "view", "view_id": "V1"}, "view": _view(View.DETAILS, {}, ticket=number)}
        found += [{**click, **on_message}, {**click, **in_view}]
    return found


def _view(callback: View, state: Mapping[str, Any], **carried: Any) -> dict[str, Any]:
    return {
        "id": f"V{FRESH}",
        "hash": f"{FRESH}.h",
        "type": "modal",
        "callback_id": str(callback),
        "app_installed_team_id": TEAM["id"],
        "private_metadata": json.dumps({"nonce": f"n{FRESH}", **carried}),
        "state": {"values": {block: {block: element} for block, element in state.items()}},
        "blocks": [],
    }


def _typed(text: str) -> dict[str, Any]:
    return {"type": "plain_text_input", "value": text}


def _option(value: str) -> dict[str, Any]:
    return {"type": "radio_buttons", "selected_option": {"value": value, "text": {"type": "plain_text", "text": value}}}


def _ticked(value: str) -> dict[str, Any]:
    return {"type": "checkboxes", "selected_options": [{"value": value}]}


def _at(epoch: int) -> dict[str, Any]:
    return {"type": "datetimepicker", "selected_date_time": epoch}


FIELDS: Mapping[str, dict[str, Any]] = {
    Field.TEXT: _typed("We look at it"),
    Field.REASON: _typed("Several are hit"),
    Field.WORK_STARTED: _ticked("yes"),
    Field.CALL_BACK: _ticked("yes"),
    Field.WHEN: _option("earlier"),
    Field.STARTED_AT: _at(1795423000),
    Field.BEFORE_START: _option("start_and_wait"),
    Field.SEVERITY: _option("P3"),
    Field.NEXT_UPDATE: _at(1795600000),
    Field.RELEASE: _typed("2026.4"),
    Field.WHERE_TO: _option("level_3"),
    Field.SHIFT: _option("support:primary:nobody:1795500000:1795586400"),
    Field.MY_SHIFT: _option("support:secondary:nobody:1795500000:1795586400"),
    Field.WHO: _option("nobody"),
    Field.LAYER: _option("*"),
    Field.FROM: _at(1795500000),
    Field.UNTIL: _at(1795586400),
    Field.TITLE: _typed("Signing in fails"),
    Field.SERVICES: {"type": "multi_static_select", "selected_options": [{"value": "app"}]},
    Field.SCOPE: _option("all_users"),
    Field.GRAVITY: _option("outage"),
    Field.CAUSE: _typed("A certificate"),
    Field.EXPECTED_END: _at(1795600000),
    Field.BEGAN_AT: _at(1795423000),
    Field.DETECTED_AT: _at(1795423060),
    Field.ANNOUNCE: _ticked("yes"),
    Field.ALL_THE_SAME: _ticked("yes"),
    Field.LEAD: {"type": "users_select", "selected_user": "U0INGRID"},
    Field.CHANNEL: {"type": "conversations_select", "selected_conversation": "C0ACME"},
    Field.TOPICS: {"type": "checkboxes", "selected_options": [{"value": "outage"}, {"value": "maintenance"}]},
    Field.AUDIENCE: _option("customer"),
    Field.LANGUAGE: _option("sv"),
    Field.NAME: _typed("Tor Vold"),
    Field.EMAIL: _typed("tor.vold@acme.example"),
    Field.NOTICE_TOPIC: _option("sub_processor"),
    Field.NOTICE_TITLE: _typed("New hosting"),
    Field.NOTICE_EN: _typed("We move <!here> & there"),
    Field.NOTICE_NB: _typed("Vi flytter"),
    Field.NOTICE_EFFECTIVE: {"type": "datepicker", "selected_date": "2027-03-01"},
    Field.NOTICE_AUDIENCE: {"type": "checkboxes", "selected_options": [{"value": "customer"}, {"value": "partner"}]},
    Field.NOTICE_REPORTED: _ticked("yes"),
    Field.NOTICE_CHOICE: _option("earliest"),
    Field.ON_SERVICES: {"type": "multi_static_select", "selected_options": [{"value": "portal"}]},
    Field.WORK_TITLE: _typed("Portal upgrade"),
    Field.WORK_KIND: _option("upgrade_major"),
    Field.DOWNTIME: _option("yes"),
    Field.STARTS: _at(1797102000),
    Field.ENDS: _at(1797109200),
    Field.NOTICED: _typed("You cannot <!channel> sign in"),
    Field.AGREED: _ticked("yes"),
    Field.APPROVER: {"type": "users_select", "selected_user": "U0PER"},
    Field.REPEATS: _typed("FREQ=MONTHLY;BYDAY=1SA;COUNT=3"),
}

DRAFT = {
    "title": "Signing in fails",
    "services": ["app"],
    "scope": "all_users",
    "gravity": "outage",
    "began_at": "2026-11-23T09:40:00+01:00",
    "next_update_at": "2026-11-25T09:40:00+01:00",
    "announce": True,
    "desk": "servicedesk",
}
"""An outage as its preview carries it."""


def modals(who: str) -> list[Any]:
    """Every small modal, submitted with all the fields there are."""
    found = []
    for at, callback in enumerate(View):
        if callback is not View.OPEN:
            carried = {"ticket": TICKETS[at % len(TICKETS)], "severity": "P5", "wait": "customer", "rota": "support"}
            carried |= {"draft": DRAFT, "channel": "C0ACME"} if "preview" in callback else {"outage": 1}
            carried |= {"notice": "N-1"}
            if callback in {View.MAINTENANCE, View.MAINTENANCE_CANCEL}:
                carried |= {"left_out": ["pindena"], "override": True}
                carried |= {"maintenance": "M-1"} if callback is View.MAINTENANCE_CANCEL else {}
            view = _view(callback, {str(field): element for field, element in FIELDS.items()}, **carried)
            found.append({"type": "view_submission", "view": view, "response_urls": [], **_caused(who)})
    found.append({"type": "view_closed", "view": _view(View.REPLY, {}), "is_cleared": False, **_caused(who)})
    return found


NOTICES = ("security", "release", "terms", "sub_processor", "transfer")


def notices(who: str) -> list[Any]:
    """Notices of every sort, written, confirmed, corrected and withdrawn, each by the name it is given then."""
    found = []
    for number, topic in enumerate(NOTICES, start=1):
        state = {
            str(field): element for field, element in FIELDS.items() if field not in {Field.SERVICES, Field.AUDIENCE}
        }
        state |= {str(Field.NOTICE_TOPIC): _option(topic), str(Field.NOTICE_AUDIENCE): {"type": "checkboxes"}}
        for callback in (View.ANNOUNCE, View.ANNOUNCE_REVIEW, View.NOTICE_CORRECT, View.NOTICE_WITHDRAW):
            view = _view(callback, state, notice=f"N-{number}")
            found.append({"type": "view_submission", "view": view, "response_urls": [], **_caused(who)})
    return found


def openings(customer: CustomerEntry, contract: Contract, speaker: str, agent: str) -> list[Any]:
    """The opening view under a contract, with its first answers, submitted and changed."""
    found: list[Any] = []
    for option in contract.kinds:
        for who in (speaker, agent):
            state: dict[str, Any] = {
                str(Field.KIND): _option(option.id),
                str(Field.SUMMARY): _typed("Invoices will not send"),
                str(Field.DETAILS): _typed("Since this morning:\n*all* of <them> & more"),
                str(Field.CUSTOMER): _option(customer.key),
                **{extra_block(ask.id): _typed("Firefox 128") for ask in contract.asks},
                **_answered(contract, option.kind),
            }
            if who == agent:
                state |= {
                    str(Field.INTAKE): _option(next(iter(contract.intakes))),
                    str(Field.RECEIVED_AT): _at(1795422000),
                    str(Field.ORDERED_BY): _typed("Lise in accounts"),
                }
            if option.kind is TicketKind.REQUEST and contract.items:
                state[str(Field.ITEM)] = _option(contract.items[0].id)
            view = _view(View.OPEN, state, channel=customer.channel)
            found.append({"type": "view_submission", "view": view, **_caused(who)})
            changed = {"action_id": str(Field.KIND), "block_id": str(Field.KIND), **_option(option.id)}
            found.append({"type": "block_actions", "actions": [changed], "view": view, **_caused(who)})
    return found


def _answered(contract: Contract, kind: TicketKind) -> dict[str, Any]:
    tree = contract.questions.get(kind) or contract.questions[TicketKind.FAULT]
    answers: dict[str, str] = {}
    while (question := walk(tree, answers).next) is not None:
        answers[question.id] = question.answers[0].id
    return {question_block(f"{contract.id}-{kind}", key): _option(value) for key, value in answers.items()}


def events(who: str) -> list[Any]:
    """Words, edits, deletions, files, pins, somebody who changed, and a look at App Home."""
    words = {"type": "message", "user": who, "text": "Any news?", "channel": "C0ACME", "team": TEAM["id"]}
    thread = {"thread_ts": "CARD", "ts": f"1795424000.{FRESH}", "parent_user_id": "U0VAKT"}
    said = {**words, **thread}
    file = {"id": "F1", "title": "log", "name": "log.txt", "permalink": "https://files.slack.com/x"}
    edit = {"type": "message", "channel": "C0ACME", "ts": f"1795424001.{FRESH}"}
    item = {"type": "message", "channel": "C0DESK", "created": 1795424000, "created_by": who, "message": words}
    pinned = {"item": item, "item_user": who, "pin_count": 1, "event_ts": "1795424000.000001"}
    person = {"id": "U0SARA", "team_id": TEAM["id"], "name": "sara", "deleted": False, "tz": "Europe/Stockholm"}
    person |= {"profile": {"real_name": "Sara Holm", "display_name": "sara"}, "locale": "sv-SE", "updated": 1795424000}
    told = [
        said,
        {**said, "subtype": "file_share", "files": [file]},
        {**edit, "subtype": "message_changed", "message": {**said, "text": "Any?"}, "previous_message": said},
        {**edit, "subtype": "message_deleted", "previous_message": said, "deleted_ts": "1795424000.000001"},
        {"type": "app_home_opened", "user": who, "channel": "D0ANNA", "tab": "home", "event_ts": "1795424000.000001"},
        *({"type": kind, "user": who, "channel_id": "C0DESK", **pinned} for kind in ("pin_added", "pin_removed")),
        {"type": "user_change", "user": person, "cache_ts": 1795424000, "event_ts": "1795424000.000001"},
    ]
    return [
        {
            **ONES,
            "type": "event_callback",
            "event_id": f"Ev{FRESH}",
            "event_time": 1795424000,
            "authorizations": [{"team_id": TEAM["id"], "user_id": "U0VAKT", "is_bot": True}],
            "event": event,
        }
        for event in told
    ]


def samples() -> Iterator[Any]:
    """Slack's own samples, where there are any."""
    folder = os.environ.get("SLACK_SAMPLES")
    for path in sorted(Path(folder).rglob("*.json")) if folder else ():
        try:
            found = json.loads(path.read_text("utf-8"))
        except ValueError:
            continue
        if isinstance(found, dict) and ({"type", "command", "event", "payload"} & found.keys()):
            yield found.get("payload") if isinstance(found.get("payload"), dict) else found
