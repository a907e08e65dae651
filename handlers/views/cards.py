"""Cards: one per ticket, edited in place, always the present."""

from handlers.views.blocks import Rendered
from handlers.views.facts import TicketFacts
from handlers.views.words import Words


def desk_card(ticket: TicketFacts, words: Words) -> Rendered:
    """The desk's card with its buttons."""
    raise NotImplementedError


def customer_card(ticket: TicketFacts, words: Words) -> Rendered:
    """The customer's card: number, status, what is promised by when, outcome."""
    raise NotImplementedError
