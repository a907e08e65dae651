"""The small modals behind the card's buttons."""

from handlers.views.blocks import ViewDict
from handlers.views.facts import ActFacts
from handlers.views.words import Words


def start_view(facts: ActFacts, words: Words) -> ViewDict:
    """Start work: now, or earlier with a reason."""
    raise NotImplementedError


def reply_view(facts: ActFacts, words: Words) -> ViewDict:
    """Reply, with *work has started* ticked."""
    raise NotImplementedError


def wait_view(facts: ActFacts, words: Words) -> ViewDict:
    """A wait before the start: start and wait, or cannot begin without access. Metadata carries which wait."""
    raise NotImplementedError


def severity_view(facts: ActFacts, words: Words) -> ViewDict:
    """Confirm or change the class, with a reason."""
    raise NotImplementedError


def workaround_view(facts: ActFacts, words: Words) -> ViewDict:
    """A way round for the customer to try."""
    raise NotImplementedError


def level_3_view(facts: ActFacts, words: Words) -> ViewDict:
    """To development, with a reason."""
    raise NotImplementedError


def needs_more_work_view(facts: ActFacts, words: Words) -> ViewDict:
    """What takes more work, and when the customer hears next."""
    raise NotImplementedError


def resolve_view(facts: ActFacts, words: Words) -> ViewDict:
    """Resolve: the outcome is required."""
    raise NotImplementedError


def reopen_view(facts: ActFacts, words: Words) -> ViewDict:
    """Reopen, with a reason."""
    raise NotImplementedError


def accept_view(facts: ActFacts, words: Words) -> ViewDict:
    """Accept what is outside the agreement, with a reason."""
    raise NotImplementedError
