"""What the customer is told in its thread, and short prompts with one button."""

from handlers.views.blocks import Rendered
from handlers.views.facts import ClockFacts, LogFacts, TicketFacts
from handlers.views.words import Words


def opened_notice(ticket: TicketFacts, words: Words) -> Rendered:
    """To the person it was opened for, or as the first line of the thread."""
    raise NotImplementedError


def class_changed(line: LogFacts, ticket: TicketFacts, words: Words) -> Rendered:
    """The class changed, why, and what it means for the time."""
    raise NotImplementedError


def reply(line: LogFacts, words: Words) -> Rendered:
    """The desk's answer, in the customer's thread."""
    raise NotImplementedError


def waiting_notice(ticket: TicketFacts, question: str, words: Words) -> Rendered:
    """What is asked of the customer: an answer or access."""
    raise NotImplementedError


def workaround_notice(ticket: TicketFacts, words: Words) -> Rendered:
    """A way round, with *It works* and *It does not*."""
    raise NotImplementedError


def needs_more_work(line: LogFacts, ticket: TicketFacts, words: Words) -> Rendered:
    """It takes more work; when they hear next."""
    raise NotImplementedError


def resolved_notice(ticket: TicketFacts, words: Words) -> Rendered:
    """The outcome, with *Confirm* and *Reopen*."""
    raise NotImplementedError


def reopened_notice(line: LogFacts, ticket: TicketFacts, words: Words) -> Rendered:
    """It is open again."""
    raise NotImplementedError


def late_notice(ticket: TicketFacts, clock: ClockFacts, words: Words) -> Rendered:
    """A promise was broken: said plainly, with what happens now."""
    raise NotImplementedError


def after_resolution(ticket: TicketFacts, words: Words) -> Rendered:
    """Something was written after the resolution: reopen by a press."""
    raise NotImplementedError


def wait_ended(line: LogFacts, words: Words) -> Rendered:
    """To the desk: the customer wrote, the wait is over; *Still waiting* undoes it."""
    raise NotImplementedError
