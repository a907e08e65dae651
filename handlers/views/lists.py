"""Lists, details and help."""

from handlers.views.blocks import Rendered, ViewDict
from handlers.views.facts import DetailsFacts, ListFacts
from handlers.views.words import Words


def list_message(facts: ListFacts, words: Words) -> Rendered:
    """A list as a private answer."""
    raise NotImplementedError


def list_view(facts: ListFacts, words: Words) -> ViewDict:
    """A list in a modal."""
    raise NotImplementedError


def details_message(facts: DetailsFacts, words: Words) -> Rendered:
    """A ticket in full, as a private answer."""
    raise NotImplementedError


def details_view(facts: DetailsFacts, words: Words) -> ViewDict:
    """A ticket in full, in a modal."""
    raise NotImplementedError


def help_message(for_desk: bool, words: Words) -> Rendered:
    """What can be typed, as a private answer."""
    raise NotImplementedError
