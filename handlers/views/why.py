"""Why?: each deadline as an account, counted and skipped."""

from handlers.views.blocks import Rendered, ViewDict
from handlers.views.facts import WhyFacts
from handlers.views.words import Words


def why_view(facts: WhyFacts, words: Words, page: int = 0) -> ViewDict:
    """The accounts in a modal, paged."""
    raise NotImplementedError


def why_message(facts: WhyFacts, words: Words) -> Rendered:
    """The same as a private answer to `/ticket why`."""
    raise NotImplementedError
