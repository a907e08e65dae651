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
    ACKNOWLEDGE_ALL = "page.acknowledge_all"
    """Value: the id of the row whose message it is."""
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
    HOME_ACKNOWLEDGE = "home.acknowledge"
    """Value: the ticket's number, or the name of a page without one."""
    NOTIFY = "oncall.notify"
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
    OVERRIDE_TAKE_BACK = "override.take_back"
    """Value: the id of the override."""
    ON_CALL_FEED = "oncall.feed"
    HOOK_REVOKE = "hook.revoke"
    """A new address. Value: the rota's key; empty for one's own shifts."""
    SWAP_ACCEPT = "swap.accept"
    """Value: the id of the swap."""
    SWAP_DECLINE = "swap.decline"
    HANDOVER_ACCEPT = "handover.accept"
    """Value: the id of the message."""
    REGISTER_REMOVE = "register.remove"
    """Value: the id of an entry of the register."""
    OUTAGE_UPDATE = "outage.update"
    """Value of this and the next ones: the outage's name, as "O-3"."""
    OUTAGE_END = "outage.end"
    OUTAGE_EDIT = "outage.edit"
    OUTAGE_ROLES = "outage.roles"
    OUTAGE_AFFECTED = "outage.affected"
    OUTAGE_DECLARE = "outage.declare"
    """On a ticket's card or in the window of an earlier outage: value is the ticket's number, or empty."""
    OUTAGE_LINK = "outage.link"
    OUTAGE_SHOW = "outage.show"
    OUTAGE_CHANNEL = "outage.channel"
    OUTAGE_REPORT = "outage.report"
    FOLLOW_UP = "outage.follow_up"
    """Value: "<outage>:<which>": the follow-up of its report that is opened as a ticket."""
    MAIL_SENT = "told.mail_sent"
    """The desk sent it. Value: the register's line, or "<announcement>:<step>" for all of a step."""
    MAINTENANCE_PLAN = "maintenance.plan"
    MAINTENANCE_USE = "maintenance.use"
    """Take a slot. Value: "<start>:<end>:<contracts left out>", seconds since 1970 and ids with commas."""
    MAINTENANCE_SPLIT = "maintenance.split"
    MAINTENANCE_LEAVE_OUT = "maintenance.leave_out"
    """Value: the id of the contract whose customers are left out."""
    MAINTENANCE_OVERRIDE = "maintenance.override"
    MAINTENANCE_APPROVE = "maintenance.approve"
    """Value of this and the next ones: the maintenance's name, as "M-7"."""
    MAINTENANCE_DECLINE = "maintenance.decline"
    MAINTENANCE_TELL = "maintenance.tell"
    MAINTENANCE_START = "maintenance.start"
    MAINTENANCE_END = "maintenance.end"
    MAINTENANCE_MOVE = "maintenance.move"
    MAINTENANCE_CANCEL = "maintenance.cancel"
    SLA_PERIOD = "sla.period"
    """Value: "<customer's id>:<period>"."""
    SLA_EXCLUDE = "sla.exclude"
    """Value of this and the next: "<customer's id>:<period>:<interval's id>"."""
    SLA_COUNT = "sla.count"
    SLA_MERGE = "sla.merge"
    """Value of this and the next: the ids of two intervals, "<one>:<other>"."""
    SLA_APART = "sla.apart"
    SLA_TAKE_APART = "sla.take_apart"
    """Value: the id of the interval that was merged into another one."""
    SLA_CHART = "sla.chart"
    """Value: the customer's id."""
    SLA_CLAIM = "sla.claim"
    """Value: "<customer's id>:<period>"."""
    CLAIM = "claim.make"
    """Value of this and the next ones: the id of a claim."""
    CLAIM_EVIDENCE = "claim.evidence"
    CLAIM_GRANT = "claim.grant"
    CLAIM_DECLINE = "claim.decline"
    CLAIM_TAKE_BACK = "claim.take_back"
    MAINTENANCE_FEED = "maintenance.feed"
    """A new address. Value: whose calendar it is."""
    NOTICE_OBJECT = "notice.object"
    """Value: "N-4:<customer>"."""
    NOTICE_MENDED = "notice.mended"
    """Value: the notice's name, as of the further ones."""
    NOTICE_REVIEW = "notice.review"
    NOTICE_CHANGE = "notice.change"
    NOTICE_CORRECT = "notice.correct"
    NOTICE_WITHDRAW = "notice.withdraw"
    NOTICE_OBJECTED = "notice.objected"
    NOTICE_TOLD = "notice.told"
    MAILS_TO_SEND = "mails.show"
    """Value: what they are about: "N-4", "T-12"."""
    BREACH_NOTIFY = "breach.notify"
    BREACH_CHECKLIST = "breach.checklist"
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
    NOTIFY = "oncall_notify"
    SUBSCRIBE = "subscribe"
    REGISTER = "register"
    OUTAGE = "outage"
    OUTAGE_PREVIEW = "outage_preview"
    OUTAGE_UPDATE = "outage_update"
    OUTAGE_END = "outage_end"
    OUTAGE_EDIT = "outage_edit"
    OUTAGE_ROLES = "outage_roles"
    OUTAGE_LINK = "outage_link"
    OUTAGE_DETAILS = "outage_details"
    MAINTENANCE = "maintenance"
    MAINTENANCE_PLANNED = "maintenance_planned"
    MAINTENANCE_CANCEL = "maintenance_cancel"
    SLA_EXCLUDE = "sla_exclude"
    CLAIM_GRANT = "claim_grant"
    CLAIM_DECLINE = "claim_decline"
    CLAIM_TAKE_BACK = "claim_take_back"
    ANNOUNCE = "announce"
    ANNOUNCE_REVIEW = "announce_review"
    NOTICE_CORRECT = "notice_correct"
    NOTICE_WITHDRAW = "notice_withdraw"
    NOTICE_OBJECT = "notice_object"
    NOTICE_OBJECTED = "notice_objected"
    NOTICE_TOLD = "notice_told"
    MAILS = "mails"
    BREACH_NOTIFY = "breach_notify"
    BREACH_CHECKLIST = "breach_checklist"
    OUTAGE_CHANNEL = "outage_channel"
    OUTAGE_REPORT = "outage_report"
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
    BY_MAIL = "notify.mail"
    BY_WEBHOOK = "notify.webhook"
    LAYER = "oncall.layer"
    CHANNEL = "subscribe.channel"
    FOR_CUSTOMER = "subscribe.customer"
    SERVICES = "about.services"
    COMPONENTS = "about.components"
    TOPICS = "subscribe.topics"
    AUDIENCE = "subscribe.audience"
    LANGUAGE = "subscribe.language"
    SHARED = "subscribe.shared"
    PERSON = "register.person"
    NAME = "register.name"
    EMAIL = "register.email"
    TITLE = "outage.title"
    SCOPE = "outage.scope"
    GRAVITY = "outage.gravity"
    CAUSE = "outage.cause"
    EXPECTED_END = "outage.expected_end"
    BEGAN_AT = "outage.began_at"
    DETECTED_AT = "outage.detected_at"
    ENDED_AT = "outage.ended_at"
    ANNOUNCE = "outage.announce"
    ALL_THE_SAME = "outage.all_the_same"
    RESOLVE_TICKETS = "outage.resolve_tickets"
    LEAD = "outage.lead"
    COMMUNICATIONS = "outage.communications"
    SCRIBE = "outage.scribe"
    ON_SERVICES = "maintenance.services"
    WORK_TITLE = "maintenance.title"
    WORK_KIND = "maintenance.kind"
    DOWNTIME = "maintenance.downtime"
    STARTS = "maintenance.starts"
    """Of this and the next one the block is `turned(...)`: drawn anew when a slot is taken."""
    ENDS = "maintenance.ends"
    NOTICED = "maintenance.noticed"
    ONLY_FOR = "maintenance.only_for"
    AGREED = "maintenance.agreed"
    APPROVER = "maintenance.approver"
    REPEATS = "maintenance.repeats"
    WHICH = "maintenance.which"
    """Radio: "one" or "later"."""
    EXCLUSION = "sla.exclusion"
    GRANTED_SHARE = "claim.share"
    GRANTED_AMOUNT = "claim.amount"
    NOTICE_TOPIC = "notice.topic"
    NOTICE_TITLE = "notice.title"
    NOTICE_EN = "notice.en"
    NOTICE_NB = "notice.nb"
    NOTICE_SV = "notice.sv"
    NOTICE_EFFECTIVE = "notice.effective"
    NOTICE_SEND_AT = "notice.send_at"
    NOTICE_AUDIENCE = "notice.audience"
    NOTICE_REPORTED = "notice.reported"
    NOTICE_CHOICE = "notice.choice"
    """Radio: "earliest" or "override"."""
    AGENTS = "outage.agents"
    CAUSES = "outage.causes"
    FOLLOW_UPS = "outage.follow_ups"
    FROM = "oncall.from"
    UNTIL = "oncall.until"


DISPATCHED = frozenset({Field.CUSTOMER, Field.INTAKE, Field.RECEIVED_AT, Field.KIND, Field.ITEM})
"""Fields of the opening view that send an action at once, so that what follows can change."""

YES = "yes"
NOW, EARLIER = "now", "earlier"
DEVELOPMENT, MANAGEMENT = "level_3", "management"
EVERY_LAYER = "*"
THIS_ONE, LATER_TOO = "one", "later"
AS_EARLIEST, OVERRIDE = "earliest", "override"
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


def unnumbered(action_id: str) -> str:
    """The action behind one of several equal buttons; any other id as it is."""
    return _NUMBER.sub("", action_id)


_NUMBER = re.compile(r"\.\d+$")


def turned(field: Field, turn: int) -> str:
    """The block of an input that is drawn anew with another value, as "maintenance.starts:2"."""
    return f"{field}:{turn}" if turn else str(field)


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
