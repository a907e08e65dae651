"""Why something is not done, and what a person can do about it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from handlers.views.facts.tickets import PersonFact, Texts


class Refusal(StrEnum):
    """Why not. The values each needs are the places in its text (`refusals.needs`)."""

    NO_RIGHT = "no_right"
    NOT_A_CONTACT = "not_a_contact"
    STRANGER = "stranger"
    NO_CUSTOMER_HERE = "no_customer_here"
    UNKNOWN_TICKET = "unknown_ticket"
    CLOSED = "closed"
    RESOLVED = "resolved"
    NOT_RESOLVED = "not_resolved"
    ALREADY_STARTED = "already_started"
    ALREADY_OWNED = "already_owned"
    ALREADY_WAITING = "already_waiting"
    NOT_WAITING = "not_waiting"
    ALREADY_LEVEL_3 = "already_level_3"
    ALREADY_ACKNOWLEDGED = "already_acknowledged"
    PAGE_ACKNOWLEDGED = "page_acknowledged"
    PAGE_OVER = "page_over"
    PAGE_GONE_ON = "page_gone_on"
    PAGE_WHOM = "page_whom"
    PAGE_ABOUT = "page_about"
    PAGE_TEXT = "page_text"
    ALREADY_ANSWERED = "already_answered"
    SAME_SEVERITY = "same_severity"
    CHANGED = "changed"
    NOT_AN_AGENT = "not_an_agent"
    SENIOR_ONLY = "senior_only"
    WINDOW_EXPIRED = "window_expired"
    BUSY = "busy"
    FULL = "full"
    UNWRITABLE = "unwritable"
    UNCERTAIN = "uncertain"
    NOT_IN_CHANNEL = "not_in_channel"
    OLD_BUTTON = "old_button"
    OLD_WINDOW = "old_window"
    UNREADABLE = "unreadable"
    NO_MOMENT = "no_moment"
    TOO_LONG_AGO = "too_long_ago"
    TOO_FAR_AHEAD = "too_far_ahead"
    NO_SUCH_CHOICE = "no_such_choice"
    SUMMARY_MISSING = "summary_missing"
    SUMMARY_TOO_LONG = "summary_too_long"
    TEXT_MISSING = "text_missing"
    TEXT_TOO_LONG = "text_too_long"
    REASON_MISSING = "reason_missing"
    OUTCOME_MISSING = "outcome_missing"
    CUSTOMER_MISSING = "customer_missing"
    KIND_MISSING = "kind_missing"
    ANSWER_MISSING = "answer_missing"
    SEVERITY_MISSING = "severity_missing"
    RECEIVED_IN_FUTURE = "received_in_future"
    STARTED_AT_MISSING = "started_at_missing"
    STARTED_IN_FUTURE = "started_in_future"
    STARTED_BEFORE_RECEIVED = "started_before_received"
    UPDATE_IN_PAST = "update_in_past"
    NO_ROTAS_FOR_YOU = "no_rotas_for_you"
    NO_ROTAS = "no_rotas"
    UNKNOWN_ROTA = "unknown_rota"
    WHICH_ROTA = "which_rota"
    UNUSABLE_ROTA = "unusable_rota"
    NOT_YOUR_ROTA = "not_your_rota"
    SHIFT_OVER = "shift_over"
    SHIFT_GONE = "shift_gone"
    SHIFT_YOURS = "shift_yours"
    SHIFT_MISSING = "shift_missing"
    NO_SHIFT_TO_TAKE = "no_shift_to_take"
    NO_SHIFT_TO_SWAP = "no_shift_to_swap"
    SHIFTS_OVERLAP = "shifts_overlap"
    NOT_OF_THIS_ROTA = "not_of_this_rota"
    LEFT_SLACK = "left_slack"
    MOMENT_MISSING = "moment_missing"
    UNTIL_BEFORE_FROM = "until_before_from"
    OVERRIDE_OVER = "override_over"
    SWAP_SETTLED = "swap_settled"
    SWAP_NOT_YOURS = "swap_not_yours"
    SWAP_GONE = "swap_gone"
    HANDOVER_TAKEN = "handover_taken"
    HANDOVER_NOT_YOURS = "handover_not_yours"
    NO_FEEDS = "no_feeds"


Value = str | int | datetime | timedelta | PersonFact | tuple[PersonFact, ...] | Texts
"""What a refusal may be told; the view turns each into the reader's words."""


@dataclass(frozen=True, slots=True)
class RefusalFacts:
    """Why not, and the way out: a key with the values its text has places for.

    `action` with `label` and `value` adds the way out as a button where a message can carry one;
    for NOT_A_CONTACT the label is made from `contact` ("Send to Kari").
    """

    key: Refusal
    now: datetime
    values: Mapping[str, Value] = field(default_factory=dict)
    action: str | None = None
    value: str = ""
    contact: PersonFact | None = None
