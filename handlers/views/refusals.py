"""Why not, and the way out; mistakes and bugs."""

from handlers.views.blocks import Rendered, ViewDict
from handlers.views.facts import RefusalFacts
from handlers.views.typed import Mrkdwn
from handlers.views.words import Words


def refusal_text(facts: RefusalFacts, words: Words) -> Mrkdwn:
    """One or two sentences: the rule, the way out."""
    raise NotImplementedError


def refusal_message(facts: RefusalFacts, words: Words) -> Rendered:
    """As a private answer, with the way out as a button where there is one."""
    raise NotImplementedError


def refusal_view(facts: RefusalFacts, words: Words) -> ViewDict:
    """As a modal that replaces the one submitted."""
    raise NotImplementedError


def field_error(facts: RefusalFacts, words: Words) -> str:
    """As plain text under a field (`errors`)."""
    raise NotImplementedError


def bug_text(reference: str, words: Words) -> Mrkdwn:
    """Something broke here: the reference that is also in the log."""
    raise NotImplementedError


def bug_message(reference: str, words: Words) -> Rendered:
    """The same as a private answer."""
    raise NotImplementedError


def bug_view(reference: str, words: Words) -> ViewDict:
    """The same as a modal."""
    raise NotImplementedError
