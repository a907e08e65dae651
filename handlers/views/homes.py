"""App Home."""

from handlers.views.blocks import ViewDict
from handlers.views.facts import AgentHomeFacts, ContactHomeFacts
from handlers.views.words import Words


def agent_home(facts: AgentHomeFacts, words: Words) -> ViewDict:
    """An agent's tickets and the desk's queue."""
    raise NotImplementedError


def contact_home(facts: ContactHomeFacts, words: Words) -> ViewDict:
    """A contact's tickets and its contract in five lines."""
    raise NotImplementedError


def stranger_home(words: Words) -> ViewDict:
    """For someone who is neither: what Vakt is and whom to ask."""
    raise NotImplementedError
