"""The ids by which Slack tells us what was pressed, chosen or submitted.

A listener and a view meet here and nowhere else. Fields: `block_id` and `action_id` are the same
string, so a typed value is `state["values"][Field.SUMMARY][Field.SUMMARY]`. Buttons carry the
ticket's number in `value`; elements without a value carry it in the `block_id`
(`block_for(...)`, `ticket_in(...)`).
"""

import re
from datetime import UTC, datetime
from enum import StrEnum


class Action(StrEnum):
    """Buttons and selects in messages, modals and homes."""

    START = "ticket.start"
    REPLY = "ticket.reply"
    ASSIGN = "ticket.assign"
    WAIT = "ticket.wait"
    RESUME = "ticket.resume"
    STILL_WAITING = "ticket.still_waiting"
    WORKAROUND = "ticket.workaround"
    SEVERITY = "ticket.severity"
    MORE = "ticket.more"
    """The overflow menu: its options' values are a `More` and a number ("resolve:T-12")."""
    RESOLVE = "ticket.resolve"
    REOPEN = "ticket.reopen"
    CONFIRM = "ticket.confirm"
    WORKAROUND_WORKS = "ticket.workaround_works"
    WORKAROUND_FAILS = "ticket.workaround_fails"
    ACCEPT = "ticket.accept"
    RELEASE = "ticket.release"
    WHY = "ticket.why"
    SHOW = "ticket.show"
    OPEN = "ticket.open"
    ANSWER = "ticket.answer"
    """A radio under one question of the opening view; its block is `question_block(...)`."""
    SEND_TO_CONTACT = "ticket.send_to_contact"
    """*Send to Kari*: value is "<slack id>:<draft or number>" as given in the refusal."""
    SEND_TO_SUPER_USER = "ticket.send_to_super_user"
    """In the opening view: the question goes to the customer's own super users. Source: PI-11."""
    ACKNOWLEDGE = "page.acknowledge"
    DECLINE = "page.decline"
    ESCALATE = "page.escalate"
    NEXT_OPENING = "page.next_opening"
    WHO_TOLD = "page.who_told"
    LIST = "list.choose"
    LIST_PAGE = "list.page"
    """Value: "<listing>:<page>"."""
    DETAILS_PAGE = "details.page"
    """Value: "<number>:<page>"."""
    WHY_PAGE = "why.page"
    """Value: "<number>:<page>"."""
    HOME_PAGE = "home.page"
    """Value: the page, from 0."""
    ON_CALL_WEEK = "oncall.week"
    """Value: the rota's key."""
    ON_CALL_PAGE = "oncall.page"
    """Value: "<rota>:<page>"."""
    ON_CALL_TAKE = "oncall.take"
    """Value: a `shift_token`."""
    ON_CALL_SWAP = "oncall.swap"
    """Value: the rota's key, or the `shift_token` of one's own."""
    ON_CALL_OVERRIDE = "oncall.override"
    """Value: the rota's key."""
    ON_CALL_FEED = "oncall.feed"
    """A new address. Value: the rota's key; empty for one's own shifts."""
    SWAP_ACCEPT = "swap.accept"
    """Value: the id of the swap."""
    SWAP_DECLINE = "swap.decline"
    HANDOVER_ACCEPT = "handover.accept"
    """Value: the id of the message."""
    LINK = "link"
    """A button that only opens a URL; acknowledged and ignored."""


class More(StrEnum):
    """What the card's overflow menu offers; at most five at a time."""

    START_EARLIER = "start_earlier"
    LEVEL_3 = "level_3"
    NEEDS_MORE_WORK = "needs_more_work"
    RESOLVE = "resolve"
    REOPEN = "reopen"
    WHY = "why"
    DETAILS = "details"


class View(StrEnum):
    """Modals, by `callback_id`."""

    OPEN = "ticket_open"
    OPENED = "ticket_opened"
    START = "ticket_start"
    REPLY = "ticket_reply"
    WAIT = "ticket_wait"
    SEVERITY = "ticket_severity"
    WORKAROUND = "ticket_workaround"
    LEVEL_3 = "ticket_level_3"
    NEEDS_MORE_WORK = "ticket_needs_more_work"
    RESOLVE = "ticket_resolve"
    REOPEN = "ticket_reopen"
    ACCEPT = "ticket_accept"
    RELEASE = "ticket_release"
    NEXT_OPENING = "page_next_opening"
    TAKE = "oncall_take"
    OVERRIDE = "oncall_override"
    SWAP = "oncall_swap"
    CHANGED = "oncall_changed"
    WHY = "ticket_why"
    DETAILS = "ticket_details"
    TOLD = "ticket_told"
    LIST = "ticket_list"
    HELP = "help"
    REFUSAL = "refusal"
    BUG = "bug"
    HOME = "home"


class Field(StrEnum):
    """Inputs of modals: `block_id` and `action_id` both."""

    CUSTOMER = "open.customer"
    INTAKE = "open.intake"
    RECEIVED_AT = "open.received_at"
    ORDERED_BY = "open.ordered_by"
    KIND = "open.kind"
    ITEM = "open.item"
    PRODUCT = "open.product"
    SUMMARY = "open.summary"
    DETAILS = "open.details"
    TEXT = "act.text"
    """The one long field of an act: reply, workaround, outcome, reason."""
    REASON = "act.reason"
    WORK_STARTED = "act.work_started"
    """Checkbox; its one option's value is "yes"."""
    CALL_BACK = "act.call_back"
    WHEN = "act.when"
    """Radio: "now" or "earlier"."""
    STARTED_AT = "act.started_at"
    BEFORE_START = "act.before_start"
    """Radio: "start_and_wait" or "cannot_begin"."""
    SEVERITY = "act.severity"
    NEXT_UPDATE = "act.next_update"
    RELEASE = "act.release"
    WHERE_TO = "act.where_to"
    """Radio: "level_3" or "management"."""
    SHIFT = "oncall.shift"
    MY_SHIFT = "oncall.my_shift"
    WHO = "oncall.person"
    LAYER = "oncall.layer"
    FROM = "oncall.from"
    UNTIL = "oncall.until"


DISPATCHED = frozenset({Field.CUSTOMER, Field.INTAKE, Field.RECEIVED_AT, Field.KIND, Field.ITEM})
"""Fields of the opening view that send an action at once, so that what follows can change."""

YES = "yes"
NOW, EARLIER = "now", "earlier"
DEVELOPMENT, MANAGEMENT = "level_3", "management"
EVERY_LAYER = "*"
START_AND_WAIT, CANNOT_BEGIN = "start_and_wait", "cannot_begin"

SUMMARY_LIMIT = 200
"""Characters of a summary; the opening view's field takes no more."""
TEXT_LIMIT = 3000
"""Characters of any other typed text: Slack's own limit for an input."""


class Shortcut(StrEnum):
    """Shortcuts, by `callback_id`, as in the manifest."""

    OPEN = "ticket_open"
    FROM_MESSAGE = "ticket_from_message"


def block_for(part: str, number: str) -> str:
    """The id of a block that belongs to a ticket, as "desk:T-12"."""
    return f"{part}:{number}"


def ticket_in(block_id: str) -> str | None:
    """The ticket's number in a `block_for` id, None when there is none."""
    _, found, number = block_id.partition(":")
    return number if found else None


def numbered(action: Action, index: int) -> str:
    """An action id for one of several equal buttons in a block, as "ticket.show.2"."""
    return f"{action}.{index}"


def heard(action: Action) -> re.Pattern[str]:
    """What to listen for: the action itself and its `numbered` ones."""
    return re.compile(rf"^{re.escape(action)}(\.\d+)?$")


def question_block(scope: str, question: str) -> str:
    """The id of a question's block; other contracts' questions of the same name differ."""
    return f"question:{scope}:{question}"


def question_in(block_id: str) -> tuple[str, str] | None:
    """Scope and question id of a `question_block`, None for any other block."""
    kind, _, rest = block_id.partition(":")
    scope, found, question = rest.rpartition(":")
    return (scope, question) if kind == "question" and found else None


def extra_block(extra: str) -> str:
    """The id of a contract's further ask; block and action are the same."""
    return f"extra:{extra}"


def extra_in(block_id: str) -> str | None:
    """The further ask's id, None for any other block."""
    kind, found, extra = block_id.partition(":")
    return extra if found and kind == "extra" else None


def more_value(choice: More, number: str) -> str:
    """The value of an overflow option, as "resolve:T-12"."""
    return f"{choice}:{number}"


def more_in(value: str) -> tuple[More, str]:
    """What an overflow option asks, and of which ticket. Raises ValueError on a foreign value."""
    choice, _, number = value.partition(":")
    return More(choice), number


def shift_token(rota: str, layer: str, person: str, since: datetime, until: datetime) -> str:
    """A shift as a press names it; `person` is empty where nobody is on call. At most 150 characters."""
    return f"{rota}:{layer}:{person}:{int(since.timestamp())}:{int(until.timestamp())}"


_SHIFT = re.compile(r"([a-z0-9_-]{1,41}):([a-z0-9_-]{1,41}):([a-z0-9]{0,40}):(\d{9,10}):(\d{9,10})")


def shift_in(token: str) -> tuple[str, str, str, datetime, datetime] | None:
    """Rota, layer, person, since and until of a `shift_token`; None for anything else."""
    found = _SHIFT.fullmatch(token)
    if found is None:
        return None
    since, until = (datetime.fromtimestamp(int(found[place]), UTC) for place in (4, 5))
    return (found[1], found[2], found[3], since, until) if since < until else None
