"""Opening a ticket: one view, the questions one by one, the consequence before it counts."""

from datetime import datetime

from handlers.views.blocks import ViewDict
from handlers.views.facts import OpenFacts, OpenedFacts, OutcomeFact
from handlers.views.typed import Mrkdwn
from handlers.views.words import Words


def open_view(facts: OpenFacts, words: Words) -> ViewDict:
    """The opening view at one step."""
    raise NotImplementedError


def opened_view(facts: OpenedFacts, words: Words) -> ViewDict:
    """The number and what is promised, after *Open*."""
    raise NotImplementedError


def loading_view(metadata: str, words: Words) -> ViewDict:
    """Shown while the real view is made."""
    raise NotImplementedError


def outcome_line(outcome: OutcomeFact, now: datetime, words: Words) -> Mrkdwn:
    """The consequence in a line."""
    raise NotImplementedError
