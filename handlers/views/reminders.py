"""What is about to fall due, has fallen due, and who must know."""

from handlers.views.blocks import Rendered
from handlers.views.facts import EscalationFacts, GatheredFacts, PageFacts, ReminderFacts
from handlers.views.words import Words


def reminder(facts: ReminderFacts, words: Words) -> Rendered:
    """Due soon: to the owner, or to the thread."""
    raise NotImplementedError


def gathered(facts: GatheredFacts, words: Words) -> Rendered:
    """Several at once: together, before closing, after downtime."""
    raise NotImplementedError


def late(facts: ReminderFacts, words: Words) -> Rendered:
    """Breached, past the aim or later than usual: the strength chooses."""
    raise NotImplementedError


def expected_passed(facts: ReminderFacts, words: Words) -> Rendered:
    """The expected instant is past, the latest is not."""
    raise NotImplementedError


def escalation(facts: EscalationFacts, words: Words) -> Rendered:
    """A role is mentioned, in the desk's thread."""
    raise NotImplementedError


def page(facts: PageFacts, words: Words) -> Rendered:
    """A page, by direct message; edited as it is answered."""
    raise NotImplementedError
